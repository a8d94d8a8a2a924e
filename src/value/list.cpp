#include "value/value.h"

namespace fac {
namespace {

template <class T>
auto at(std::vector<T>& v, std::size_t i) {
  return v.begin() + static_cast<std::ptrdiff_t>(i);
}

// Raw forms of a value; lists from archives may hold an int where a float was declared.
std::int64_t raw_int(const Value& v) { return v.is_float() ? static_cast<std::int64_t>(v.d()) : v.i(); }
double raw_float(const Value& v) { return v.is_float() ? v.d() : static_cast<double>(v.i()); }
std::uint8_t raw_bool(const Value& v) { return v.i() != 0; }

}  // namespace

ListBox::ListBox(TypePtr element_type) : element_type_(std::move(element_type)) {
  switch (element_type_->kind()) {
    case TypeKind::kInt:
    case TypeKind::kDtype:
    case TypeKind::kLayout:
    case TypeKind::kMemoryFormat:
    case TypeKind::kQScheme: rep_.emplace<0>(); break;
    case TypeKind::kFloat: rep_.emplace<1>(); break;
    case TypeKind::kBool: rep_.emplace<2>(); break;
    default: rep_.emplace<3>();
  }
}

ListBox::ListBox(TypePtr element_type, std::vector<Value> given) : ListBox(std::move(element_type)) {
  if (rep_.index() == 3) {
    rep_.emplace<3>(std::move(given));
    return;
  }
  for (auto& v : given) append(std::move(v));
}

Ref<ListBox> ListBox::of_ints(Ints v) {
  auto list = make_ref<ListBox>(types::int_());
  list->ints().assign(v.begin(), v.end());
  return list;
}
Ref<ListBox> ListBox::of_floats(std::span<const double> v) {
  auto list = make_ref<ListBox>(types::float_());
  list->floats().assign(v.begin(), v.end());
  return list;
}
Ref<ListBox> ListBox::of_bools(std::span<const bool> v) {
  auto list = make_ref<ListBox>(types::bool_());
  list->bools().assign(v.begin(), v.end());
  return list;
}
Ref<ListBox> ListBox::of_tensors(std::vector<Tensor> v) {
  auto list = make_ref<ListBox>(types::tensor());
  list->values().reserve(v.size());
  for (auto& t : v) list->values().emplace_back(std::move(t));
  return list;
}

std::size_t ListBox::size() const {
  return std::visit([](const auto& v) { return v.size(); }, rep_);
}

Value ListBox::get(std::size_t i) const {
  switch (rep_.index()) {
    case 0: return Value((*std::get_if<0>(&rep_))[i]);
    case 1: return Value((*std::get_if<1>(&rep_))[i]);
    case 2: return Value((*std::get_if<2>(&rep_))[i] != 0);
    default: return (*std::get_if<3>(&rep_))[i];
  }
}

void ListBox::set(std::size_t i, Value v) {
  switch (rep_.index()) {
    case 0: ints()[i] = raw_int(v); break;
    case 1: floats()[i] = raw_float(v); break;
    case 2: bools()[i] = raw_bool(v); break;
    default: values()[i] = std::move(v);
  }
}

void ListBox::append(Value v) {
  switch (rep_.index()) {
    case 0: ints().push_back(raw_int(v)); break;
    case 1: floats().push_back(raw_float(v)); break;
    case 2: bools().push_back(raw_bool(v)); break;
    default: values().push_back(std::move(v));
  }
}

void ListBox::insert(std::size_t i, Value v) {
  switch (rep_.index()) {
    case 0: ints().insert(at(ints(), i), raw_int(v)); break;
    case 1: floats().insert(at(floats(), i), raw_float(v)); break;
    case 2: bools().insert(at(bools(), i), raw_bool(v)); break;
    default: values().insert(at(values(), i), std::move(v));
  }
}

void ListBox::erase(std::size_t i) {
  std::visit([i](auto& v) { v.erase(at(v, i)); }, rep_);
}

void ListBox::clear() {
  std::visit([](auto& v) { v.clear(); }, rep_);
}

std::vector<Value> ListBox::to_values() const {
  std::vector<Value> out;
  out.reserve(size());
  for (std::size_t i = 0; i < size(); ++i) out.push_back(get(i));
  return out;
}

}  // namespace fac
