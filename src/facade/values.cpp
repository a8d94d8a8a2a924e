// Values across the boundary: making, reading and changing them.
#include <ostream>

#include "facade/boundary.h"
#include "ops/generator.h"
#include "value/print.h"
#include "value/schema.h"

namespace facula::abi {

using namespace fac::facade;
using fac::DictBox;
using fac::ListBox;
using fac::make_ref;
using fac::TupleBox;
using fac::TypePtr;
using fac::Value;

namespace {

TypePtr parse_type(const char* text) { return take(fac::parse_schema_type(text)); }

// The one type that all items have; Any where they differ.
TypePtr common_type(const Slot* items, std::size_t n) {
  if (n == 0) return fac::types::any();
  TypePtr t = fac::type_of(as_value(&items[0]));
  for (std::size_t i = 1; i < n && t; ++i) t = fac::unify(t, fac::type_of(as_value(&items[i])));
  return t ? t : fac::types::any();
}

// A list holds what its type says; anything else in it would be read as something that it is not.
void expect_element(const ListBox& list, const Value& v) {
  if (!fac::value_matches(v, *list.element_type()))
    ::facula::fail("a list of " + list.element_type()->annotation() + " cannot hold a value of type " +
         fac::type_of(v)->annotation());
}
void expect_index(const ListBox& list, std::size_t i) {
  if (i >= list.size()) ::facula::fail("list index out of range", ErrorClass::kIndex);
}

}  // namespace

void retain(void* reference) noexcept { as_ref(reference)->retain(); }
void release(void* reference) noexcept { as_ref(reference)->release(); }
std::uint32_t use_count(const void* reference) noexcept {
  return static_cast<const fac::RefCounted*>(reference)->use_count();
}

void make_str(Slot* out, const char* text, std::size_t size) {
  guarded([&] { as_value(out) = Value(std::string(text, size)); });
}
void make_complex(Slot* out, double re, double im) {
  guarded([&] { as_value(out) = Value(std::complex<double>(re, im)); });
}
void make_ints(Slot* out, const std::int64_t* v, std::size_t n) {
  guarded([&] { as_value(out) = Value(ListBox::of_ints({v, n})); });
}
void make_floats(Slot* out, const double* v, std::size_t n) {
  guarded([&] { as_value(out) = Value(ListBox::of_floats({v, n})); });
}
void make_list(Slot* out, const Slot* items, std::size_t n, const char* element_type) {
  guarded([&] {
    auto list = make_ref<ListBox>(element_type ? parse_type(element_type) : common_type(items, n));
    const bool maybe_undefined = list->element_type()->kind() == fac::TypeKind::kTensor;
    for (std::size_t i = 0; i < n; ++i) {
      // An undefined tensor is None inside; the operator that meets it says so.
      if (!maybe_undefined || !as_value(&items[i]).is_none()) expect_element(*list, as_value(&items[i]));
      list->append(as_value(&items[i]));
    }
    as_value(out) = Value(std::move(list));
  });
}
void make_dict(Slot* out, const char* key_type, const char* value_type) {
  guarded([&] { as_value(out) = Value(make_ref<DictBox>(parse_type(key_type), parse_type(value_type))); });
}
void make_tuple(Slot* out, const Slot* items, std::size_t n) {
  guarded([&] {
    std::vector<Value> values;
    for (std::size_t i = 0; i < n; ++i) values.push_back(as_value(&items[i]));
    as_value(out) = Value(make_ref<TupleBox>(std::move(values)));
  });
}
void make_generator(Slot* out, std::uint64_t seed) {
  guarded([&] { as_value(out) = Value(fac::Tag::kGenerator, make_ref<fac::ops::Generator>(seed)); });
}

Text str_text(const void* ref) noexcept {
  const std::string& s = as_box<fac::StrBox>(ref).text;
  return {s.data(), s.size()};
}
void complex_parts(const void* ref, double* re_im) noexcept {
  const auto c = as_box<fac::ComplexBox>(ref).value;
  re_im[0] = c.real();
  re_im[1] = c.imag();
}

std::size_t list_size(const void* ref) noexcept { return as_box<ListBox>(ref).size(); }
void list_get(const void* ref, std::size_t i, Slot* out) {
  guarded([&] {
    expect_index(as_box<ListBox>(ref), i);
    as_value(out) = as_box<ListBox>(ref).get(i);
  });
}
void list_set(void* ref, std::size_t i, const Slot* v) {
  guarded([&] {
    ListBox& list = as_box<ListBox>(ref);
    expect_index(list, i);
    expect_element(list, as_value(v));
    list.set(i, as_value(v));
  });
}
void list_insert(void* ref, std::size_t i, const Slot* v) {
  guarded([&] {
    ListBox& list = as_box<ListBox>(ref);
    if (i > list.size()) expect_index(list, i);
    expect_element(list, as_value(v));
    list.insert(i, as_value(v));
  });
}
void list_erase(void* ref, std::size_t i) {
  guarded([&] {
    expect_index(as_box<ListBox>(ref), i);
    as_box<ListBox>(ref).erase(i);
  });
}
void list_clear(void* ref) {
  guarded([&] { as_box<ListBox>(ref).clear(); });
}
const std::int64_t* list_ints(const void* ref) noexcept {
  auto& list = as_box<ListBox>(const_cast<void*>(ref));
  return list.is_ints() ? list.ints().data() : nullptr;
}
const double* list_floats(const void* ref) noexcept {
  auto& list = as_box<ListBox>(const_cast<void*>(ref));
  return list.is_floats() ? list.floats().data() : nullptr;
}

std::size_t dict_size(const void* ref) noexcept { return as_box<DictBox>(ref).size(); }
bool dict_find(const void* ref, const Slot* key, Slot* out) {
  return guarded([&] {
    const Value* v = as_box<DictBox>(ref).find(as_value(key));
    if (v) as_value(out) = *v;
    return v != nullptr;
  });
}
void dict_set(void* ref, const Slot* key, const Slot* v) {
  guarded([&] {
    DictBox& d = as_box<DictBox>(ref);
    if (!fac::value_matches(as_value(key), *d.key_type()) || !fac::value_matches(as_value(v), *d.value_type()))
      ::facula::fail("a Dict[" + d.key_type()->annotation() + ", " + d.value_type()->annotation() + "] cannot hold " +
           fac::type_of(as_value(key))->annotation() + ": " + fac::type_of(as_value(v))->annotation());
    d.set(as_value(key), as_value(v));
  });
}
bool dict_erase(void* ref, const Slot* key) {
  return guarded([&] { return as_box<DictBox>(ref).erase(as_value(key)); });
}
void dict_clear(void* ref) {
  guarded([&] { as_box<DictBox>(ref).clear(); });
}
void dict_items(const void* ref, Slot* out) {
  guarded([&] {
    as_box<DictBox>(ref).for_each([&](const Value& key, const Value& value) {
      as_value(out++) = key;
      as_value(out++) = value;
    });
  });
}

std::size_t tuple_size(const void* ref) noexcept { return as_box<TupleBox>(ref).values.size(); }
void tuple_get(const void* ref, std::size_t i, Slot* out) {
  guarded([&] {
    const auto& values = as_box<TupleBox>(ref).values;
    if (i >= values.size()) ::facula::fail("tuple index out of range", ErrorClass::kIndex);
    as_value(out) = values[i];
  });
}
void enum_parts(const void* ref, Slot* name, Slot* value) {
  guarded([&] {
    const auto& e = as_box<fac::EnumBox>(ref);
    as_value(name) = Value(e.name());
    as_value(value) = e.value();
  });
}
void future_wait(void* ref, Slot* out) {
  guarded([&] { as_value(out) = take(as_box<fac::FutureBox>(ref).wait()); });
}
bool is_module(const void* object_ref) noexcept { return as_box<fac::ObjectBox>(object_ref).type().is_module(); }
bool equal(const Slot* a, const Slot* b) {
  return guarded([&] { return fac::equal(as_value(a), as_value(b)); });
}

void text_of(const Slot* v, TextOf what, Slot* out) {
  guarded([&] {
    const Value& x = as_value(v);
    std::string s;
    switch (what) {
      case TextOf::kType: s = fac::type_of(x)->str(); break;
      case TextOf::kAnnotation: s = fac::type_of(x)->annotation(); break;
      case TextOf::kElementType: s = x.is_list() ? x.list().element_type()->str() : ""; break;
      case TextOf::kKeyType: s = x.is_dict() ? x.dict().key_type()->str() : ""; break;
      case TextOf::kValueType: s = x.is_dict() ? x.dict().value_type()->str() : ""; break;
      case TextOf::kValue: s = fac::value_text(x); break;
      case TextOf::kTagName: s = fac::tag_name(x.tag()); break;
    }
    as_value(out) = Value(std::move(s));
  });
}
void write(std::ostream& out, const Slot* v) {
  guarded([&] { out << fac::value_text(as_value(v)); });
}
void write_text(std::ostream& out, const char* text, std::size_t size) {
  guarded([&] { out << std::string_view(text, size); });  // with the stream's width, as a string has it
}

}  // namespace facula::abi

namespace facula {

std::ostream& operator<<(std::ostream& out, const Scalar& s) {
  if (s.isFloatingPoint()) return out << s.toDouble();
  if (s.isBoolean()) return out << (s.toBool() ? "true" : "false");
  if (s.isComplex()) return out << '(' << s.toComplexDouble().real() << ',' << s.toComplexDouble().imag() << ')';
  return out << s.toLong();
}

}  // namespace facula
