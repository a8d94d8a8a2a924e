#include "value/type.h"

#include <array>
#include <map>
#include <mutex>

#include "value/print.h"
#include "value/schema.h"
#include "value/value.h"

namespace fac {
namespace {

// Text of the kinds without elements: in annotations, and in schemas and graphs where it differs.
struct KindText {
  std::string_view annotation, schema;
};
KindText kind_text(TypeKind kind) {
  const auto both = [](std::string_view t) { return KindText{t, t}; };
  switch (kind) {
    case TypeKind::kAny: return both("Any");
    case TypeKind::kTensor: return both("Tensor");
    case TypeKind::kInt: return both("int");
    case TypeKind::kFloat: return both("float");
    case TypeKind::kBool: return both("bool");
    case TypeKind::kComplex: return both("complex");
    case TypeKind::kNumber: return {"number", "Scalar"};
    case TypeKind::kNone: return both("NoneType");
    case TypeKind::kStr: return both("str");
    case TypeKind::kDevice: return both("Device");
    case TypeKind::kGenerator: return both("Generator");
    case TypeKind::kStorage: return both("Storage");
    case TypeKind::kStream: return both("Stream");
    case TypeKind::kCapsule: return both("Capsule");
    case TypeKind::kPyObject: return both("PyObject");
    case TypeKind::kDtype: return {"int", "ScalarType"};
    case TypeKind::kLayout: return {"int", "Layout"};
    case TypeKind::kMemoryFormat: return {"int", "MemoryFormat"};
    case TypeKind::kQScheme: return {"int", "QScheme"};
    case TypeKind::kAnyClass: return both("AnyClassType");
    case TypeKind::kAnyEnum: return both("AnyEnumType");
    case TypeKind::kAnyList: return both("list");
    case TypeKind::kAnyTuple: return both("tuple");
    default: return both("?");
  }
}

std::string joined(std::span<const TypePtr> types, std::string (Type::*text)() const) {
  std::string out;
  for (std::size_t i = 0; i < types.size(); ++i) {
    if (i) out += ", ";
    out += (*types[i].*text)();
  }
  return out;
}

}  // namespace

std::string Type::annotation() const {
  const auto inner = [this] { return joined(elements_, &Type::annotation); };
  switch (kind_) {
    case TypeKind::kOptional: return "Optional[" + inner() + "]";
    case TypeKind::kUnion: return "Union[" + inner() + "]";
    case TypeKind::kList: return "List[" + inner() + "]";
    case TypeKind::kDict: return "Dict[" + inner() + "]";
    case TypeKind::kFuture: return "Future[" + inner() + "]";
    case TypeKind::kAwait: return "Await[" + inner() + "]";
    case TypeKind::kRRef: return "RRef[" + inner() + "]";
    case TypeKind::kTuple:
      if (!name_.empty()) return name_;
      return "Tuple[" + (elements_.empty() ? "()" : inner()) + "]";
    case TypeKind::kFunction:
    case TypeKind::kClass:
    case TypeKind::kInterface:
    case TypeKind::kEnum:
    case TypeKind::kVar: return name_;
    default: return std::string(kind_text(kind_).annotation);
  }
}

std::string Type::str() const {
  const auto inner = [this] { return joined(elements_, &Type::str); };
  switch (kind_) {
    case TypeKind::kOptional: return inner() + "?";
    case TypeKind::kUnion: return "Union(" + inner() + ")";
    case TypeKind::kList: return inner() + "[]";
    case TypeKind::kDict: return "Dict(" + inner() + ")";
    case TypeKind::kFuture: return "Future(" + inner() + ")";
    case TypeKind::kAwait: return "Await(" + inner() + ")";
    case TypeKind::kRRef: return "RRef(" + inner() + ")";
    case TypeKind::kTuple: {
      if (name_.empty()) return "(" + inner() + ")";
      const auto& fields = static_cast<const TupleType*>(this)->fields();
      const auto defaults = static_cast<const TupleType*>(this)->defaults();
      const std::size_t first_default = elements_.size() - defaults.size();
      std::string out = "NamedTuple(";
      for (std::size_t i = 0; i < elements_.size(); ++i) {
        if (i) out += ", ";
        out += fields[i] + " : " + elements_[i]->str();
        if (i >= first_default) out += " = " + value_text(defaults[i - first_default]);
      }
      return out + ")";
    }
    case TypeKind::kFunction: return "Function";
    case TypeKind::kEnum: return "Enum<" + name_ + ">";
    case TypeKind::kClass:
    case TypeKind::kInterface:
    case TypeKind::kVar: return name_;
    default: return std::string(kind_text(kind_).schema);
  }
}

bool Type::has_free_variables() const {
  if (kind_ == TypeKind::kVar) return true;
  if (kind_ == TypeKind::kEnum) return false;
  for (const auto& e : elements_)
    if (e->has_free_variables()) return true;
  return false;
}

TupleType::TupleType(std::vector<TypePtr> elements, std::string name, std::vector<std::string> fields,
                     std::vector<Value> defaults)
    : Type(TypeKind::kTuple, std::move(elements), std::move(name)),
      fields_(std::move(fields)),
      defaults_(std::move(defaults)) {}
TupleType::TupleType(std::vector<TypePtr> elements, std::string name, std::vector<std::string> fields)
    : TupleType(std::move(elements), std::move(name), std::move(fields), {}) {}
TupleType::~TupleType() = default;
std::span<const Value> TupleType::defaults() const { return defaults_; }
std::optional<std::size_t> TupleType::field_index(std::string_view field) const {
  for (std::size_t i = 0; i < fields_.size(); ++i)
    if (fields_[i] == field) return i;
  return std::nullopt;
}

InterfaceType::InterfaceType(std::string qualified_name, bool is_module)
    : Type(TypeKind::kInterface, {}, std::move(qualified_name)), is_module_(is_module) {}
InterfaceType::~InterfaceType() = default;
void InterfaceType::add_method(Schema s) {
  // Were `self` this type itself, nothing would ever free it. An interface without methods stands for it: every object that
  // a method is called on fits.
  if (!s.arguments.empty() && s.arguments[0].type.get() == this) s.arguments[0].type = make_ref<const InterfaceType>(name(), is_module_);
  methods_.push_back(std::move(s));
}
const Schema* InterfaceType::find_method(std::string_view name) const {
  for (const auto& m : methods_)
    if (m.name == name) return &m;
  return nullptr;
}

EnumType::EnumType(std::string qualified_name, TypePtr value_type, std::vector<std::pair<std::string, Value>> members)
    : Type(TypeKind::kEnum, {std::move(value_type)}, std::move(qualified_name)), members_(std::move(members)) {}
EnumType::~EnumType() = default;
std::optional<std::size_t> EnumType::find_member(std::string_view name) const {
  for (std::size_t i = 0; i < members_.size(); ++i)
    if (members_[i].first == name) return i;
  return std::nullopt;
}

FunctionType::FunctionType(Callable* f) : Type(TypeKind::kFunction, {}, f->qualified_name()), function_(f) {}

namespace types {

const TypePtr& simple(TypeKind kind) {
  static const auto table = [] {
    std::array<TypePtr, static_cast<std::size_t>(TypeKind::kVar) + 1> t;
    for (std::size_t i = 0; i < t.size(); ++i) t[i] = make_ref<Type>(static_cast<TypeKind>(i));
    return t;
  }();
  return table[static_cast<std::size_t>(kind)];
}
const TypePtr& any() { return simple(TypeKind::kAny); }
const TypePtr& tensor() { return simple(TypeKind::kTensor); }
const TypePtr& int_() { return simple(TypeKind::kInt); }
const TypePtr& float_() { return simple(TypeKind::kFloat); }
const TypePtr& bool_() { return simple(TypeKind::kBool); }
const TypePtr& complex_() { return simple(TypeKind::kComplex); }
const TypePtr& number() { return simple(TypeKind::kNumber); }
const TypePtr& none() { return simple(TypeKind::kNone); }
const TypePtr& str() { return simple(TypeKind::kStr); }
const TypePtr& device() { return simple(TypeKind::kDevice); }
const TypePtr& generator() { return simple(TypeKind::kGenerator); }
const TypePtr& storage() { return simple(TypeKind::kStorage); }

TypePtr list(TypePtr element) {
  // The lists that list values carry are asked for at every list construction.
  if (element->kind() <= TypeKind::kStr) {
    static const auto table = [] {
      std::array<TypePtr, static_cast<std::size_t>(TypeKind::kStr) + 1> t;
      for (std::size_t i = 0; i < t.size(); ++i)
        t[i] = make_ref<Type>(TypeKind::kList, std::vector<TypePtr>{simple(static_cast<TypeKind>(i))});
      return t;
    }();
    return table[static_cast<std::size_t>(element->kind())];
  }
  return make_ref<Type>(TypeKind::kList, std::vector<TypePtr>{std::move(element)});
}
TypePtr dict(TypePtr key, TypePtr value) {
  return make_ref<Type>(TypeKind::kDict, std::vector<TypePtr>{std::move(key), std::move(value)});
}
TypePtr tuple(std::vector<TypePtr> elements) { return make_ref<TupleType>(std::move(elements)); }
TypePtr named_tuple(std::string qualified_name, std::vector<std::string> fields, std::vector<TypePtr> elements) {
  return make_ref<TupleType>(std::move(elements), std::move(qualified_name), std::move(fields));
}
TypePtr named_tuple(std::string qualified_name, std::vector<std::string> fields, std::vector<TypePtr> elements,
                    std::vector<Value> defaults) {
  return make_ref<TupleType>(std::move(elements), std::move(qualified_name), std::move(fields), std::move(defaults));
}
TypePtr future(TypePtr element) {
  return make_ref<Type>(TypeKind::kFuture, std::vector<TypePtr>{std::move(element)});
}
TypePtr var(std::string name) { return make_ref<Type>(TypeKind::kVar, std::vector<TypePtr>{}, std::move(name)); }

TypePtr custom_class(std::string_view qualified_name) {
  static std::mutex mutex;
  static std::map<std::string, TypePtr, std::less<>> known;
  const std::lock_guard lock(mutex);
  const auto found = known.find(qualified_name);
  if (found != known.end()) return found->second;
  std::string name(qualified_name);
  TypePtr type = make_ref<ClassType>(name, false);
  return known.emplace(std::move(name), std::move(type)).first->second;
}

}  // namespace types

const ClassType* as_class(const TypePtr& t) {
  return t && t->kind() == TypeKind::kClass ? static_cast<const ClassType*>(t.get()) : nullptr;
}
const TupleType* as_tuple(const TypePtr& t) {
  return t && t->kind() == TypeKind::kTuple ? static_cast<const TupleType*>(t.get()) : nullptr;
}
const EnumType* as_enum(const TypePtr& t) {
  return t && t->kind() == TypeKind::kEnum ? static_cast<const EnumType*>(t.get()) : nullptr;
}
const InterfaceType* as_interface(const TypePtr& t) {
  return t && t->kind() == TypeKind::kInterface ? static_cast<const InterfaceType*>(t.get()) : nullptr;
}
TypePtr optional_element(const TypePtr& t) {
  return t && t->kind() == TypeKind::kOptional ? t->element() : nullptr;
}

}  // namespace fac
