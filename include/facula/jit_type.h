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

// A type of the language. It is known by its text in both notations: "Dict(str, Tensor)" and "Dict[str, Tensor]".
class Type {
 public:
  explicit Type(std::string text, std::string annotation = {})
      : text_(std::move(text)), annotation_(annotation.empty() ? text_ : std::move(annotation)) {}
  const std::string& str() const { return text_; }
  const std::string& repr_str() const { return annotation_; }
  const std::string& annotation_str() const { return annotation_; }
  friend bool operator==(const Type& a, const Type& b) { return a.text_ == b.text_; }
  friend bool operator!=(const Type& a, const Type& b) { return !(a == b); }
  friend std::ostream& operator<<(std::ostream& out, const Type& t) {
    abi::write_text(out, t.text_.data(), t.text_.size());
    return out;
  }

 private:
  std::string text_, annotation_;
};
using TypePtr = std::shared_ptr<Type>;
#define FACULA_TYPE(Name, text)                                      \
  struct Name {                                                      \
    static TypePtr get() { return std::make_shared<Type>(text); }    \
  };
FACULA_TYPE(TensorType, "Tensor")
FACULA_TYPE(IntType, "int")
FACULA_TYPE(FloatType, "float")
FACULA_TYPE(BoolType, "bool")
FACULA_TYPE(ComplexType, "complex")
FACULA_TYPE(StringType, "str")
FACULA_TYPE(NoneType, "NoneType")
FACULA_TYPE(AnyType, "Any")
FACULA_TYPE(DeviceObjType, "Device")
#undef FACULA_TYPE
struct ListType {
  static TypePtr create(const TypePtr& t) { return std::make_shared<Type>(t->str() + "[]", "List[" + t->repr_str() + "]"); }
  static TypePtr ofTensors() { return create(TensorType::get()); }
  static TypePtr ofInts() { return create(IntType::get()); }
  static TypePtr ofFloats() { return create(FloatType::get()); }
};
struct OptionalType {
  static TypePtr create(const TypePtr& t) {
    return std::make_shared<Type>(t->str() + "?", "Optional[" + t->repr_str() + "]");
  }
};
struct DictType {
  static TypePtr create(const TypePtr& k, const TypePtr& v) {
    return std::make_shared<Type>("Dict(" + k->str() + ", " + v->str() + ")",
                                  "Dict[" + k->repr_str() + ", " + v->repr_str() + "]");
  }
};

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
