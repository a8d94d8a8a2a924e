// Types of the language as text, and the counted pointer to what an IValue holds.
#pragma once

#include <memory>

#include "facula/tensor.h"

namespace facula {

class IValue;
template <class T>
class List;
template <class K, class V>
class Dict;

// A counted pointer to one of the boxes below. The boxes are themselves handles, so it holds one by value.
template <class T>
class intrusive_ptr {
 public:
  using element_type = T;
  intrusive_ptr() = default;
  intrusive_ptr(std::nullptr_t) {}
  explicit intrusive_ptr(T box) : box_(std::move(box)) {}
  T* operator->() const { return const_cast<T*>(&*box_); }
  T& operator*() const { return const_cast<T&>(*box_); }
  T* get() const { return box_ ? const_cast<T*>(&*box_) : nullptr; }
  explicit operator bool() const { return box_.has_value(); }
  bool defined() const { return box_.has_value(); }
  friend bool operator==(const intrusive_ptr& a, std::nullptr_t) { return !a.box_; }
  friend bool operator!=(const intrusive_ptr& a, std::nullptr_t) { return a.box_.has_value(); }

 private:
  std::optional<T> box_;
};

// --- types as text -----------------------------------------------------------------------------------------------------

enum class TypeKind {
  AnyType, NoneType, TensorType, NumberType, FloatType, IntType, BoolType, ComplexType, StringType, ListType, DictType, TupleType,
  OptionalType, UnionType, FutureType, AwaitType, RRefType, DeviceObjType, GeneratorType, StreamObjType, EnumType, InterfaceType,
  ClassType,
};
inline const char* typeKindToString(TypeKind kind) {
  constexpr const char* names[] = {"AnyType", "NoneType", "TensorType", "NumberType", "FloatType", "IntType", "BoolType", "ComplexType",
                                   "StringType", "ListType", "DictType", "TupleType", "OptionalType", "UnionType", "FutureType",
                                   "AwaitType", "RRefType", "DeviceObjType", "GeneratorType", "StreamObjType", "EnumType",
                                   "InterfaceType", "ClassType"};
  return names[static_cast<std::size_t>(kind)];
}

class Type;
using TypePtr = std::shared_ptr<Type>;
// A type of the language. It is known by its text in both notations: "Dict(str, Tensor)" and "Dict[str, Tensor]".
class Type {
 public:
  explicit Type(std::string text, std::string annotation = {})
      : text_(std::move(text)), annotation_(annotation.empty() ? text_ : std::move(annotation)) {}
  const std::string& str() const { return text_; }
  const std::string& repr_str() const { return annotation_; }
  const std::string& annotation_str() const { return annotation_; }
  TypeKind kind() const;
  // What a list, an optional, a dict or a tuple is made of.
  std::vector<TypePtr> containedTypes() const;
  bool isSubtypeOf(const Type& o) const {
    return text_ == o.text_ || o.kind() == TypeKind::AnyType ||
           (o.kind() == TypeKind::OptionalType && (kind() == TypeKind::NoneType || isSubtypeOf(*o.containedTypes()[0])));
  }
  bool isSubtypeOf(const TypePtr& o) const { return isSubtypeOf(*o); }
  // The same type as a TensorType, ListType …; null where it is of another kind.
  template <class T>
  std::shared_ptr<T> cast() const {
    return kind() == T::Kind ? std::make_shared<T>(*this) : nullptr;
  }
  template <class T>
  std::shared_ptr<T> expect() const {
    if (kind() != T::Kind) fail("`" + text_ + "` is no " + typeKindToString(T::Kind));
    return std::make_shared<T>(*this);
  }
  friend bool operator==(const Type& a, const Type& b) { return a.text_ == b.text_; }
  friend bool operator!=(const Type& a, const Type& b) { return !(a == b); }
  friend std::ostream& operator<<(std::ostream& out, const Type& t) {
    abi::write_text(out, t.text_.data(), t.text_.size());
    return out;
  }

 private:
  std::string text_, annotation_;
};
#define FACULA_TYPE(Name, text)                                            \
  struct Name : Type {                                                     \
    static constexpr TypeKind Kind = TypeKind::Name;                       \
    explicit Name(const Type& t) : Type(t) {}                              \
    static std::shared_ptr<Name> get() { return std::make_shared<Name>(Type(text)); } \
  };
FACULA_TYPE(IntType, "int")
FACULA_TYPE(FloatType, "float")
FACULA_TYPE(BoolType, "bool")
FACULA_TYPE(ComplexType, "complex")
FACULA_TYPE(StringType, "str")
FACULA_TYPE(NoneType, "NoneType")
FACULA_TYPE(AnyType, "Any")
FACULA_TYPE(DeviceObjType, "Device")
#undef FACULA_TYPE
// The language's Tensor says nothing of dtype and shape.
struct TensorType : Type {
  static constexpr TypeKind Kind = TypeKind::TensorType;
  explicit TensorType(const Type& t) : Type(t) {}
  static std::shared_ptr<TensorType> get() { return std::make_shared<TensorType>(Type("Tensor")); }
  std::optional<ScalarType> scalarType() const { return std::nullopt; }
  std::optional<std::size_t> dim() const { return std::nullopt; }
};
struct ListType : Type {
  static constexpr TypeKind Kind = TypeKind::ListType;
  explicit ListType(const Type& t) : Type(t) {}
  static std::shared_ptr<ListType> create(const TypePtr& t) {
    return std::make_shared<ListType>(Type(t->str() + "[]", "List[" + t->repr_str() + "]"));
  }
  static std::shared_ptr<ListType> ofTensors() { return create(TensorType::get()); }
  static std::shared_ptr<ListType> ofInts() { return create(IntType::get()); }
  static std::shared_ptr<ListType> ofFloats() { return create(FloatType::get()); }
  static std::shared_ptr<ListType> ofBools() { return create(BoolType::get()); }
  static std::shared_ptr<ListType> ofStrings() { return create(StringType::get()); }
  TypePtr getElementType() const { return containedTypes()[0]; }
};
struct OptionalType : Type {
  static constexpr TypeKind Kind = TypeKind::OptionalType;
  explicit OptionalType(const Type& t) : Type(t) {}
  static std::shared_ptr<OptionalType> create(const TypePtr& t) {
    return std::make_shared<OptionalType>(Type(t->str() + "?", "Optional[" + t->repr_str() + "]"));
  }
  static std::shared_ptr<OptionalType> ofTensor() { return create(TensorType::get()); }
  TypePtr getElementType() const { return containedTypes()[0]; }
};
struct DictType : Type {
  static constexpr TypeKind Kind = TypeKind::DictType;
  explicit DictType(const Type& t) : Type(t) {}
  static std::shared_ptr<DictType> create(const TypePtr& k, const TypePtr& v) {
    return std::make_shared<DictType>(
        Type("Dict(" + k->str() + ", " + v->str() + ")", "Dict[" + k->repr_str() + ", " + v->repr_str() + "]"));
  }
  TypePtr getKeyType() const { return containedTypes()[0]; }
  TypePtr getValueType() const { return containedTypes()[1]; }
};
struct TupleType : Type {
  static constexpr TypeKind Kind = TypeKind::TupleType;
  explicit TupleType(const Type& t) : Type(t) {}
  static std::shared_ptr<TupleType> create(const std::vector<TypePtr>& of) {
    std::string text, annotation;
    for (const TypePtr& t : of) {
      text += (text.empty() ? "" : ", ") + t->str();
      annotation += (annotation.empty() ? "" : ", ") + t->repr_str();
    }
    return std::make_shared<TupleType>(Type("(" + text + ")", "Tuple[" + (of.empty() ? "()" : annotation) + "]"));
  }
  std::vector<TypePtr> elements() const { return containedTypes(); }
};

namespace detail {
// "a, (b, c)" at its outer commas.
inline std::vector<std::string> split_types(std::string_view text) {
  std::vector<std::string> parts;
  std::size_t start = 0;
  int depth = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    const char c = i < text.size() ? text[i] : ',';
    if (c == '(' || c == '[') ++depth;
    if (c == ')' || c == ']') --depth;
    if (c != ',' || depth != 0) continue;
    if (i > start) parts.emplace_back(text.substr(start, i - start));
    start = i + 2;
  }
  return parts;
}
}  // namespace detail
inline TypeKind Type::kind() const {
  const std::string& t = text_;
  const auto begins = [&](const char* with) { return t.rfind(with, 0) == 0; };
  if (!t.empty() && t.back() == '?') return TypeKind::OptionalType;
  if (t.size() > 2 && t.compare(t.size() - 2, 2, "[]") == 0) return TypeKind::ListType;
  static constexpr std::pair<const char*, TypeKind> kWhole[] = {
      {"Tensor", TypeKind::TensorType}, {"int", TypeKind::IntType}, {"float", TypeKind::FloatType}, {"bool", TypeKind::BoolType},
      {"complex", TypeKind::ComplexType}, {"str", TypeKind::StringType}, {"NoneType", TypeKind::NoneType}, {"Any", TypeKind::AnyType},
      {"Scalar", TypeKind::NumberType}, {"number", TypeKind::NumberType}, {"Device", TypeKind::DeviceObjType},
      {"Generator", TypeKind::GeneratorType}, {"Stream", TypeKind::StreamObjType}};
  for (const auto& [name, kind] : kWhole)
    if (t == name) return kind;
  static constexpr std::pair<const char*, TypeKind> kStart[] = {
      {"Dict(", TypeKind::DictType}, {"(", TypeKind::TupleType}, {"NamedTuple(", TypeKind::TupleType}, {"Union[", TypeKind::UnionType},
      {"Future(", TypeKind::FutureType}, {"Await(", TypeKind::AwaitType}, {"RRef(", TypeKind::RRefType}, {"Enum<", TypeKind::EnumType},
      {"InterfaceType<", TypeKind::InterfaceType}};
  for (const auto& [name, kind] : kStart)
    if (begins(name)) return kind;
  return TypeKind::ClassType;
}
inline std::vector<TypePtr> Type::containedTypes() const {
  std::vector<std::string> text, annotation;
  const TypeKind k = kind();
  const std::size_t open = annotation_.find('[');
  if (open != std::string::npos && annotation_.back() == ']')
    annotation = detail::split_types(std::string_view(annotation_).substr(open + 1, annotation_.size() - open - 2));
  if (k == TypeKind::OptionalType) text = {text_.substr(0, text_.size() - 1)};
  else if (k == TypeKind::ListType) text = {text_.substr(0, text_.size() - 2)};
  else if (k == TypeKind::DictType) text = detail::split_types(std::string_view(text_).substr(5, text_.size() - 6));
  else if (k == TypeKind::TupleType && text_.front() == '(') text = detail::split_types(std::string_view(text_).substr(1, text_.size() - 2));
  std::vector<TypePtr> types;
  for (std::size_t i = 0; i < text.size(); ++i)
    types.push_back(std::make_shared<Type>(text[i], annotation.size() == text.size() ? annotation[i] : std::string()));
  return types;
}

namespace detail {
// The text of a C++ type's type, in the notation of schemas; empty: found from the values.
template <class T>
struct TypeText {
  static std::string get() {
    if constexpr (std::is_same_v<T, bool>) return "bool";
    else if constexpr (std::is_integral_v<T>) return "int";
    else if constexpr (std::is_floating_point_v<T>) return "float";
    else return {};
  }
};
template <>
struct TypeText<Tensor> {
  static std::string get() { return "Tensor"; }
};
template <>
struct TypeText<std::string> {
  static std::string get() { return "str"; }
};
template <>
struct TypeText<Complex<double>> {
  static std::string get() { return "complex"; }
};
template <class T>
struct TypeText<std::optional<T>> {
  static std::string get() { return TypeText<T>::get() + "?"; }
};
template <class T>
struct TypeText<std::vector<T>> {
  static std::string get() { return TypeText<T>::get().empty() ? "" : TypeText<T>::get() + "[]"; }
};
template <class T>
struct TypeText<List<T>> {
  static std::string get() { return TypeText<std::vector<T>>::get(); }
};
template <class K, class V>
struct TypeText<Dict<K, V>> {
  static std::string get() {
    return TypeText<V>::get().empty() ? "" : "Dict(" + TypeText<K>::get() + ", " + TypeText<V>::get() + ")";
  }
};
}  // namespace detail

}  // namespace facula
