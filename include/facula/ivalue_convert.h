// Making an IValue of C++ values and back, where containers take part. A part of ivalue.h.
#pragma once

#include <map>
#include <unordered_map>

#ifndef FACULA_IVALUE_PARTS
#error "include facula/ivalue.h"
#endif

namespace facula {

// --- IValue: what needs the containers -----------------------------------------------------------------------------------

template <class T>
IValue::IValue(const List<T>& v) : IValue(v.value()) {}
template <class K, class V>
IValue::IValue(const Dict<K, V>& v) : IValue(v.value()) {}
template <class K, class V, class M>
IValue IValue::dict_of(const M& m) {
  Dict<K, V> d;
  for (const auto& [k, v] : m) d.insert_or_assign(k, v);
  return d.value();
}
inline List<IValue> IValue::toList() const { return List<IValue>(*this); }
inline std::vector<IValue> IValue::toListRef() const { return toList().vec(); }
template <class T>
std::vector<T> IValue::vector_of() const {
  return List<T>(*this).vec();
}
inline List<Tensor> IValue::toTensorList() const { return List<Tensor>(*this); }
inline List<std::int64_t> IValue::toIntList() const { return List<std::int64_t>(*this); }
inline List<double> IValue::toDoubleList() const { return List<double>(*this); }
inline List<bool> IValue::toBoolList() const { return List<bool>(*this); }
inline Dict<IValue, IValue> IValue::toGenericDict() const { return Dict<IValue, IValue>(*this); }

namespace detail {
template <class T>
List<IValue> ListElement<T>::toList() const {
  return value().toList();
}
template <class T>
Dict<IValue, IValue> ListElement<T>::toGenericDict() const {
  return value().toGenericDict();
}
// IValue -> T.
template <class T>
struct From;
template <class T>
struct From<std::optional<T>> {
  static std::optional<T> get(const IValue& v) { return v.toOptional<T>(); }
};
template <class T>
struct From<std::vector<T>> {
  static std::vector<T> get(const IValue& v) { return List<T>(v).vec(); }
};
template <class T>
struct From<List<T>> {
  static List<T> get(const IValue& v) { return List<T>(v); }
};
template <class K, class V>
struct From<Dict<K, V>> {
  static Dict<K, V> get(const IValue& v) { return Dict<K, V>(v); }
};
template <class K, class V>
struct From<std::unordered_map<K, V>> {
  static std::unordered_map<K, V> get(const IValue& v) {
    std::unordered_map<K, V> m;
    for (const auto& e : Dict<K, V>(v)) m.emplace(e.key(), e.value());
    return m;
  }
};
template <class... A>
struct From<std::tuple<A...>> {
  static std::tuple<A...> get(const IValue& v) {
    const auto e = v.toTuple()->elements();
    if (e.size() != sizeof...(A)) fail("a tuple of " + std::to_string(e.size()) + " elements was asked as one of " + std::to_string(sizeof...(A)));
    return get(e, std::index_sequence_for<A...>());
  }
  template <std::size_t... I>
  static std::tuple<A...> get(const std::vector<IValue>& e, std::index_sequence<I...>) {
    return {e[I].template to<A>()...};
  }
};
}  // namespace detail

template <class T>
T IValue::to() const {
  if constexpr (std::is_same_v<T, IValue>) return *this;
  else if constexpr (std::is_same_v<T, Tensor>) return toTensor();
  else if constexpr (std::is_same_v<T, bool>) return toBool();
  else if constexpr (std::is_same_v<T, ScalarType> || std::is_same_v<T, Layout> || std::is_same_v<T, MemoryFormat>)
    return static_cast<T>(toInt());
  else if constexpr (std::is_integral_v<T>) return static_cast<T>(toInt());
  else if constexpr (std::is_floating_point_v<T>) return static_cast<T>(toDouble());
  else if constexpr (std::is_same_v<T, std::string>) return std::string(toStringView());
  else if constexpr (std::is_same_v<T, std::string_view>) return toStringView();
  else if constexpr (std::is_same_v<T, Scalar>) return toScalar();
  else if constexpr (std::is_same_v<T, Device>) return toDevice();
  else if constexpr (std::is_same_v<T, Complex<double>>) return toComplexDouble();
  else return detail::From<T>::get(*this);
}

namespace ivalue {
inline intrusive_ptr<Tuple> Tuple::create(std::vector<IValue> elements) { return IValue::tuple_of(elements).toTuple(); }
template <class... A>
intrusive_ptr<Tuple> Tuple::create(A&&... elements) {
  return IValue::tuple_of(std::vector<IValue>{IValue(std::forward<A>(elements))...}).toTuple();
}
inline TupleElements Tuple::elements() const {
  TupleElements v;
  for (std::size_t i = 0, n = size(); i < n; ++i) {
    abi::Slot s;
    abi::tuple_get(slot().p, i, &s);
    v.push_back(IValue::adopt(s));
  }
  return v;
}
inline TypePtr Tuple::type() const { return IValue::retained(slot()).type(); }
inline IValue Object::getAttr(const std::string& name) const {
  abi::Slot s;
  abi::module_get(slot().p, {name.data(), name.size()}, &s);
  return IValue::adopt(s);
}
inline void Object::setAttr(const std::string& name, const IValue& v) const {
  abi::module_set(slot().p, {name.data(), name.size()}, &v.slot(), 0);
}
inline TypePtr Object::type() const { return IValue::retained(slot()).type(); }
inline std::string Object::name() const { return type()->str(); }
inline std::string EnumHolder::name() const {
  abi::Slot n, v;
  abi::enum_parts(slot().p, &n, &v);
  IValue::adopt(v);
  return IValue::adopt(n).toStringRef();
}
inline IValue EnumHolder::value() const {
  abi::Slot n, v;
  abi::enum_parts(slot().p, &n, &v);
  IValue::adopt(n);
  return IValue::adopt(v);
}
inline abi::Slot Future::result() const {
  abi::Slot s;
  abi::future_wait(slot().p, &s);
  return s;
}
inline IValue Future::value() const { return IValue::adopt(result()); }
}  // namespace ivalue

namespace abi {
inline Call& Call::opt_tensors(const List<std::optional<Tensor>>& v) {
  Slot& s = next();
  s = v.value().slot();
  retain(s.p);
  return *this;
}
}  // namespace abi

}  // namespace facula
