#include "value/value.h"

#include <algorithm>

namespace fac {

Value::Value(std::complex<double> c) : tag_(Tag::kComplex) { u_.p = make_ref<ComplexBox>(c).detach(); }
Value::Value(std::string s) : tag_(Tag::kStr) { u_.p = make_ref<StrBox>(std::move(s)).detach(); }
Value::Value(std::string_view s) : Value(std::string(s)) {}
Value::Value(const char* s) : Value(std::string(s)) {}
Value Value::function(Callable* f) { return Value(Tag::kFunction, Ref<RefCounted>(f)); }

bool Value::is_same(const Value& o) const {
  if (tag_ != o.tag_) return false;
  switch (tag_) {
    case Tag::kNone: return true;
    case Tag::kBool:
    case Tag::kInt: return u_.i == o.u_.i;
    case Tag::kFloat: return u_.d == o.u_.d;
    case Tag::kDevice: return device() == o.device();
    // Immutable boxes: two equal ones cannot be told apart by a program except through `is`, where PyTorch too says yes.
    case Tag::kComplex: return c() == o.c();
    case Tag::kStr: return str() == o.str();
    case Tag::kEnum: return enum_().type == o.enum_().type && enum_().member == o.enum_().member;
    default: return u_.p == o.u_.p;
  }
}

ObjectBox::ObjectBox(Ref<const ClassType> type, std::shared_ptr<void> owner)
    : slots(type->attributes().size()), type_(std::move(type)), owner_(std::move(owner)) {
  // Compiled code reads scalars without looking at their tag.
  for (std::size_t i = 0; i < slots.size(); ++i) switch (type_->attributes()[i].type->kind()) {
      case TypeKind::kInt:
      case TypeKind::kDtype:
      case TypeKind::kLayout:
      case TypeKind::kMemoryFormat: slots[i].put_int(0); break;
      case TypeKind::kBool: slots[i].put_bool(false); break;
      case TypeKind::kFloat: slots[i].put_float(0.0); break;
      default: break;
    }
}

const Value* ObjectBox::find(std::string_view attribute) const {
  const auto slot = type_->find_attribute(attribute);
  return slot && *slot < slots.size() ? &slots[*slot] : nullptr;
}

std::string_view Callable::name() const {
  const auto dot = name_.rfind('.');
  return dot == std::string::npos ? std::string_view(name_) : std::string_view(name_).substr(dot + 1);
}

namespace {

std::complex<double> as_complex(const Value& v) {
  if (v.is_complex()) return v.c();
  return v.is_float() ? v.d() : static_cast<double>(v.i());
}

bool equal_numbers(const Value& a, const Value& b) {
  if (a.is_complex() || b.is_complex()) return as_complex(a) == as_complex(b);
  if (a.is_float() || b.is_float())
    return (a.is_float() ? a.d() : static_cast<double>(a.i())) == (b.is_float() ? b.d() : static_cast<double>(b.i()));
  return a.i() == b.i();
}

bool equal_dicts(const DictBox& a, const DictBox& b) {
  if (a.size() != b.size()) return false;
  bool all = true;
  a.for_each([&](const Value& key, const Value& value) {
    const Value* other = all ? b.find(key) : nullptr;
    all = other && equal(value, *other);
  });
  return all;
}

}  // namespace

bool equal(const Value& a, const Value& b) {
  if (a.is_scalar() && b.is_scalar()) return equal_numbers(a, b);
  if (a.tag() != b.tag()) return false;
  switch (a.tag()) {
    case Tag::kList: {
      if (a.box_ptr() == b.box_ptr()) return true;
      const std::size_t n = a.list().size();
      if (n != b.list().size()) return false;
      for (std::size_t i = 0; i < n; ++i)
        if (!equal(a.list().get(i), b.list().get(i))) return false;
      return true;
    }
    case Tag::kTuple:
      return std::equal(a.tuple().values.begin(), a.tuple().values.end(), b.tuple().values.begin(),
                        b.tuple().values.end(), [](const Value& x, const Value& y) { return equal(x, y); });
    case Tag::kDict: return a.box_ptr() == b.box_ptr() || equal_dicts(a.dict(), b.dict());
    default: return a.is_same(b);
  }
}

TypePtr type_of(const Value& v) {
  switch (v.tag()) {
    case Tag::kNone: return types::none();
    case Tag::kBool: return types::bool_();
    case Tag::kInt: return types::int_();
    case Tag::kFloat: return types::float_();
    case Tag::kDevice: return types::device();
    case Tag::kTensor: return types::tensor();
    case Tag::kComplex: return types::complex_();
    case Tag::kStr: return types::str();
    case Tag::kList: return types::list(v.list().element_type());
    case Tag::kDict: return types::dict(v.dict().key_type(), v.dict().value_type());
    case Tag::kTuple: {
      if (v.tuple().type) return v.tuple().type;
      std::vector<TypePtr> elements;
      for (const auto& e : v.tuple().values) elements.push_back(type_of(e));
      return types::tuple(std::move(elements));
    }
    case Tag::kObject: return v.object().type_ref();
    case Tag::kEnum: return v.enum_().type;
    case Tag::kFuture: return types::future(v.future().element_type);
    case Tag::kFunction: return make_ref<FunctionType>(v.function());
    case Tag::kGenerator: return types::generator();
    case Tag::kStorage: return types::storage();
    case Tag::kCapsule: return types::simple(TypeKind::kCapsule);
  }
  return types::any();
}

bool value_matches(const Value& v, const Type& t) {
  switch (t.kind()) {
    case TypeKind::kAny: return true;
    case TypeKind::kOptional: return v.is_none() || value_matches(v, *t.element());
    case TypeKind::kUnion:
      return std::any_of(t.elements().begin(), t.elements().end(), [&](const TypePtr& m) { return value_matches(v, *m); });
    case TypeKind::kTuple: {
      if (!v.is_tuple()) return false;
      // Elements are looked at one by one: an Optional element's value knows only what it holds now.
      const auto& named = static_cast<const TupleType&>(t);
      const TupleType* own = as_tuple(v.tuple().type);
      if (!named.fields().empty() && (!own || own->fields() != named.fields())) return false;
      return std::equal(v.tuple().values.begin(), v.tuple().values.end(), t.elements().begin(), t.elements().end(),
                        [](const Value& x, const TypePtr& e) { return value_matches(x, *e); });
    }
    // type_of() a tuple would visit shared elements again and again: exponential for hostile nesting.
    case TypeKind::kTensor: return v.is_tensor();
    case TypeKind::kInt: return v.is_int();
    case TypeKind::kFloat: return v.is_float();
    case TypeKind::kBool: return v.is_bool();
    case TypeKind::kStr: return v.is_str();
    case TypeKind::kList: return v.is_list() && same(*v.list().element_type(), *t.element());
    case TypeKind::kDict:
      return v.is_dict() && same(*v.dict().key_type(), *t.element(0)) && same(*v.dict().value_type(), *t.element(1));
    default: return v.is_tuple() ? t.kind() == TypeKind::kAnyTuple : is_subtype(*type_of(v), t);
  }
}

std::string_view tag_name(Tag t) {
  switch (t) {
    case Tag::kNone: return "NoneType";
    case Tag::kBool: return "bool";
    case Tag::kInt: return "int";
    case Tag::kFloat: return "float";
    case Tag::kDevice: return "Device";
    case Tag::kTensor: return "Tensor";
    case Tag::kComplex: return "complex";
    case Tag::kStr: return "str";
    case Tag::kList: return "List";
    case Tag::kDict: return "Dict";
    case Tag::kTuple: return "Tuple";
    case Tag::kObject: return "Object";
    case Tag::kEnum: return "Enum";
    case Tag::kFuture: return "Future";
    case Tag::kFunction: return "Function";
    case Tag::kGenerator: return "Generator";
    case Tag::kStorage: return "Storage";
    case Tag::kCapsule: return "Capsule";
  }
  return "?";
}

}  // namespace fac
