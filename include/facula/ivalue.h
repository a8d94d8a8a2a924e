// IValue: any value of the language, and the containers it may hold: List, Dict, tuples, strings, objects.
// Containers are shared by reference, as in Python: a copy of a List is the same list.
#pragma once

#include <map>
#include <memory>
#include <unordered_map>

#include "facula/tensor.h"

namespace facula {

class IValue;
template <class K, class V>
class Dict;
namespace jit {
class Module;
}

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

// --- the boxes ---------------------------------------------------------------------------------------------------------

namespace ivalue {
class Box {
 public:
  explicit Box(const abi::Slot& s) noexcept : slot_(s) { abi::retain(slot_.p); }
  Box(const Box& o) noexcept : Box(o.slot_) {}
  Box& operator=(const Box& o) noexcept {
    abi::retain(o.slot_.p);
    abi::release(slot_.p);
    slot_ = o.slot_;
    return *this;
  }
  ~Box() { abi::release(slot_.p); }
  const abi::Slot& slot() const { return slot_; }

 private:
  abi::Slot slot_;
};

class TupleElements;

class Tuple : public Box {
 public:
  using Box::Box;
  static intrusive_ptr<Tuple> create(std::vector<IValue> elements);
  template <class... A>
  static intrusive_ptr<Tuple> create(A&&... elements);
  TupleElements elements() const;
  std::size_t size() const { return abi::tuple_size(slot().p); }
  TypePtr type() const;
};

class ConstantString : public Box {
 public:
  using Box::Box;
  static intrusive_ptr<ConstantString> create(const std::string& s) {
    abi::Slot v;
    abi::make_str(&v, s.data(), s.size());
    intrusive_ptr<ConstantString> p{ConstantString(v)};
    abi::release(v.p);
    return p;
  }
  std::string string() const {
    const abi::Text t = abi::str_text(slot().p);
    return {t.data, t.size};
  }
  std::string_view string_view() const {
    const abi::Text t = abi::str_text(slot().p);
    return {t.data, t.size};
  }
  operator std::string() const { return string(); }
};

class Object : public Box {
 public:
  using Box::Box;
  IValue getAttr(const std::string& name) const;
  void setAttr(const std::string& name, const IValue& v) const;
  std::string name() const;
  TypePtr type() const;
};

class EnumHolder : public Box {
 public:
  using Box::Box;
  std::string name() const;
  IValue value() const;
};

class Future : public Box {
 public:
  using Box::Box;
  void wait() const { (void)result(); }
  IValue value() const;
  bool completed() const { return true; }

 private:
  abi::Slot result() const;
};
}  // namespace ivalue

using GenericList = List<IValue>;
using GenericDict = Dict<IValue, IValue>;

// --- IValue --------------------------------------------------------------------------------------------------------------

class IValue {
 public:
  IValue() noexcept = default;  // None
  IValue(const IValue& o) noexcept : slot_(o.slot_) {
    if (slot_.is_ref()) abi::retain(slot_.p);
  }
  IValue(IValue&& o) noexcept : slot_(std::exchange(o.slot_, abi::Slot())) {}
  ~IValue() {
    if (slot_.is_ref()) abi::release(slot_.p);
  }
  IValue& operator=(const IValue& o) noexcept {
    IValue copy(o);
    std::swap(slot_, copy.slot_);
    return *this;
  }
  IValue& operator=(IValue&& o) noexcept {
    std::swap(slot_, o.slot_);
    return *this;
  }
  // Takes over what the slot holds.
  static IValue adopt(const abi::Slot& s) noexcept {
    IValue v;
    v.slot_ = s;
    return v;
  }
  const abi::Slot& slot() const { return slot_; }
  abi::Slot* slot_address() { return &slot_; }

  IValue(std::nullopt_t) noexcept {}
  IValue(const Tensor& t) noexcept {
    if (t.defined()) {
      slot_.tag = abi::Tag::kTensor;
      slot_.p = t.impl();
      abi::retain(slot_.p);
    }
  }
  template <class T, std::enable_if_t<std::is_arithmetic_v<T>, int> = 0>
  IValue(T v) noexcept {
    if constexpr (std::is_same_v<T, bool>) {
      slot_.tag = abi::Tag::kBool;
      slot_.i = v;
    } else if constexpr (std::is_floating_point_v<T>) {
      slot_.tag = abi::Tag::kFloat;
      slot_.d = static_cast<double>(v);
    } else {
      slot_.tag = abi::Tag::kInt;
      slot_.i = static_cast<std::int64_t>(v);
    }
  }
  template <class T>
  IValue(Complex<T> v) {
    abi::make_complex(&slot_, static_cast<double>(v.real()), static_cast<double>(v.imag()));
  }
  IValue(const Scalar& v) {
    if (v.isComplex()) *this = IValue(v.toComplexDouble());
    else if (v.isFloatingPoint()) *this = IValue(v.toDouble());
    else if (v.isBoolean()) *this = IValue(v.toBool());
    else *this = IValue(v.toLong());
  }
  IValue(ScalarType v) noexcept : IValue(static_cast<std::int64_t>(v)) {}
  IValue(Layout v) noexcept : IValue(static_cast<std::int64_t>(v)) {}
  IValue(MemoryFormat v) noexcept : IValue(static_cast<std::int64_t>(v)) {}
  IValue(Device v) noexcept {
    slot_.tag = abi::Tag::kDevice;
    slot_.i = v.packed();
  }
  IValue(const Generator& v) : IValue(retained(v.slot())) {}
  IValue(const std::string& s) { abi::make_str(&slot_, s.data(), s.size()); }
  IValue(std::string_view s) { abi::make_str(&slot_, s.data(), s.size()); }
  IValue(const char* s) { abi::make_str(&slot_, s, std::strlen(s)); }
  template <class T>
  IValue(const std::optional<T>& v) {
    if (v) *this = IValue(*v);
  }
  IValue(IntArrayRef v) { abi::make_ints(&slot_, v.data(), v.size()); }
  IValue(ArrayRef<double> v) { abi::make_floats(&slot_, v.data(), v.size()); }
  IValue(TensorList v) : IValue(list_of(v.begin(), v.end(), "Tensor")) {}
  template <class T>
  IValue(const std::vector<T>& v) : IValue(list_of(v.begin(), v.end(), detail::TypeText<T>::get())) {}
  template <class T, std::size_t N>
  IValue(const std::array<T, N>& v) : IValue(list_of(v.begin(), v.end(), detail::TypeText<T>::get())) {}
  template <class T>
  IValue(const List<T>& v);
  template <class K, class V>
  IValue(const Dict<K, V>& v);
  template <class V>
  IValue(const std::unordered_map<std::string, V>& m) : IValue(dict_of<std::string, V>(m)) {}
  template <class V>
  IValue(const std::map<std::string, V>& m) : IValue(dict_of<std::string, V>(m)) {}
  template <class V>
  IValue(const std::unordered_map<std::int64_t, V>& m) : IValue(dict_of<std::int64_t, V>(m)) {}
  template <class... A>
  IValue(const std::tuple<A...>& t)
      : IValue(std::apply([](const auto&... a) { return tuple_of(std::vector<IValue>{IValue(a)...}); }, t)) {}
  template <class A, class B>
  IValue(const std::pair<A, B>& p) : IValue(tuple_of({IValue(p.first), IValue(p.second)})) {}
  template <class T, std::enable_if_t<std::is_base_of_v<ivalue::Box, T>, int> = 0>
  IValue(const intrusive_ptr<T>& p) : IValue(p ? retained(p->slot()) : IValue()) {}
  IValue(const jit::Module& m);
  template <class T, std::enable_if_t<!std::is_same_v<std::remove_cv_t<T>, char>, int> = 0>
  IValue(T*) = delete;  // a pointer is no value

  bool isNone() const { return slot_.tag == abi::Tag::kNone; }
  bool isTensor() const { return slot_.tag == abi::Tag::kTensor; }
  bool isBool() const { return slot_.tag == abi::Tag::kBool; }
  bool isInt() const { return slot_.tag == abi::Tag::kInt; }
  bool isDouble() const { return slot_.tag == abi::Tag::kFloat; }
  bool isComplexDouble() const { return slot_.tag == abi::Tag::kComplex; }
  bool isScalar() const { return isInt() || isDouble() || isComplexDouble() || isBool(); }
  bool isString() const { return slot_.tag == abi::Tag::kStr; }
  bool isTuple() const { return slot_.tag == abi::Tag::kTuple; }
  bool isList() const { return slot_.tag == abi::Tag::kList; }
  bool isTensorList() const { return is_list_of("Tensor"); }
  bool isIntList() const { return is_list_of("int"); }
  bool isDoubleList() const { return is_list_of("float"); }
  bool isBoolList() const { return is_list_of("bool"); }
  bool isGenericDict() const { return slot_.tag == abi::Tag::kDict; }
  bool isDevice() const { return slot_.tag == abi::Tag::kDevice; }
  bool isObject() const { return slot_.tag == abi::Tag::kObject; }
  bool isModule() const { return isObject() && abi::is_module(slot_.p); }
  bool isEnum() const { return slot_.tag == abi::Tag::kEnum; }
  bool isFuture() const { return slot_.tag == abi::Tag::kFuture; }
  bool isGenerator() const { return slot_.tag == abi::Tag::kGenerator; }
  bool isPtrType() const { return slot_.is_ref(); }
  bool isCapsule() const { return slot_.tag == abi::Tag::kCapsule; }
  bool isPyObject() const { return false; }

  Tensor toTensor() const {
    expect(isTensor(), "Tensor");
    return Tensor::adopt(retained(slot_).release());
  }
  bool toBool() const {
    expect(isBool(), "Bool");
    return slot_.i != 0;
  }
  std::int64_t toInt() const {
    expect(isInt(), "Int");
    return slot_.i;
  }
  double toDouble() const {
    if (isInt()) return static_cast<double>(slot_.i);
    expect(isDouble(), "Double");
    return slot_.d;
  }
  Complex<double> toComplexDouble() const {
    expect(isComplexDouble(), "ComplexDouble");
    double v[2];
    abi::complex_parts(slot_.p, v);
    return {v[0], v[1]};
  }
  Scalar toScalar() const {
    expect(isScalar(), "Scalar");
    return abi::scalar_of(slot_);
  }
  ScalarType toScalarType() const { return static_cast<ScalarType>(toInt()); }
  Layout toLayout() const { return static_cast<Layout>(toInt()); }
  MemoryFormat toMemoryFormat() const { return static_cast<MemoryFormat>(toInt()); }
  Device toDevice() const {
    expect(isDevice(), "Device");
    return Device::unpacked(slot_.i);
  }
  void toNone() const { expect(isNone(), "None"); }
  intrusive_ptr<ivalue::ConstantString> toString() const {
    expect(isString(), "String");
    return intrusive_ptr<ivalue::ConstantString>(ivalue::ConstantString(slot_));
  }
  std::string toStringRef() const { return std::string(toStringView()); }
  std::string_view toStringView() const {
    expect(isString(), "String");
    const abi::Text t = abi::str_text(slot_.p);
    return {t.data, t.size};
  }
  intrusive_ptr<ivalue::Tuple> toTuple() const {
    expect(isTuple(), "Tuple");
    return intrusive_ptr<ivalue::Tuple>(ivalue::Tuple(slot_));
  }
  ivalue::Tuple toTupleRef() const { return *toTuple(); }
  List<IValue> toList() const;
  std::vector<IValue> toListRef() const;
  std::vector<IValue> toVector() const { return toListRef(); }
  List<Tensor> toTensorList() const;
  std::vector<Tensor> toTensorVector() const { return vector_of<Tensor>(); }
  List<std::int64_t> toIntList() const;
  std::vector<std::int64_t> toIntVector() const { return vector_of<std::int64_t>(); }
  List<double> toDoubleList() const;
  std::vector<double> toDoubleVector() const { return vector_of<double>(); }
  List<bool> toBoolList() const;
  Dict<IValue, IValue> toGenericDict() const;
  intrusive_ptr<ivalue::Object> toObject() const {
    expect(isObject(), "Object");
    return intrusive_ptr<ivalue::Object>(ivalue::Object(slot_));
  }
  ivalue::Object toObjectRef() const { return *toObject(); }
  jit::Module toModule() const;
  intrusive_ptr<ivalue::EnumHolder> toEnumHolder() const {
    expect(isEnum(), "Enum");
    return intrusive_ptr<ivalue::EnumHolder>(ivalue::EnumHolder(slot_));
  }
  intrusive_ptr<ivalue::Future> toFuture() const {
    expect(isFuture(), "Future");
    return intrusive_ptr<ivalue::Future>(ivalue::Future(slot_));
  }
  Generator toGenerator() const;
  template <class T>
  T to() const;
  template <class T>
  std::optional<T> toOptional() const {
    if (isNone()) return std::nullopt;
    return to<T>();
  }

  std::string tagKind() const {
    const char* const names[] = {"None", "Bool", "Int", "Double", "Device", "Tensor", "ComplexDouble", "String",
                                 "GenericList", "GenericDict", "Tuple", "Object", "Enum", "Future", "Function",
                                 "Generator", "Storage", "Capsule"};
    return names[static_cast<int>(slot_.tag)];
  }
  TypePtr type() const {
    return std::make_shared<Type>(text(abi::TextOf::kType), text(abi::TextOf::kAnnotation));
  }
  // Text about the value; see abi::TextOf.
  std::string text(abi::TextOf what) const {
    IValue s;
    abi::text_of(&slot_, what, &s.slot_);
    return std::string(s.toStringView());
  }
  bool is(const IValue& o) const {
    return slot_.tag == o.slot_.tag && (isNone() || slot_.i == o.slot_.i);
  }
  std::size_t use_count() const { return slot_.is_ref() ? abi::use_count(slot_.p) : 1; }
  IValue deepcopy() const { return *this; }
  friend bool operator==(const IValue& a, const IValue& b) { return abi::equal(&a.slot_, &b.slot_); }
  friend bool operator!=(const IValue& a, const IValue& b) { return !(a == b); }
  friend std::ostream& operator<<(std::ostream& out, const IValue& v) {
    abi::write(out, &v.slot_);
    return out;
  }

  static IValue tuple_of(const std::vector<IValue>& items) {
    IValue v;
    abi::make_tuple(&v.slot_, reinterpret_cast<const abi::Slot*>(items.data()), items.size());
    return v;
  }
  static IValue retained(const abi::Slot& s) noexcept {
    if (s.is_ref()) abi::retain(s.p);
    return adopt(s);
  }
  abi::Slot release() noexcept { return std::exchange(slot_, abi::Slot()); }

 private:
  template <class It>
  static IValue list_of(It begin, It end, const std::string& type) {
    std::vector<IValue> items;
    for (; begin != end; ++begin) items.push_back(IValue(*begin));
    IValue v;
    abi::make_list(&v.slot_, reinterpret_cast<const abi::Slot*>(items.data()), items.size(),
                   type.empty() ? nullptr : type.c_str());
    return v;
  }
  template <class K, class V, class M>
  static IValue dict_of(const M& m);
  template <class T>
  std::vector<T> vector_of() const;
  bool is_list_of(const char* type) const { return isList() && text(abi::TextOf::kElementType) == type; }
  void expect(bool holds, const char* what) const {
    if (!holds) fail(std::string("Expected ") + what + " but got " + tagKind());
  }
  friend class jit::Module;

  abi::Slot slot_;
};
static_assert(sizeof(IValue) == sizeof(abi::Slot), "arrays of IValue cross the boundary as arrays of Slot");

namespace ivalue {
class TupleElements : public std::vector<IValue> {
 public:
  using std::vector<IValue>::vector;
  std::vector<IValue> vec() const& { return *this; }
};
}  // namespace ivalue

// --- List ----------------------------------------------------------------------------------------------------------------

namespace detail {
// What l[i] gives: reads as T, writes into the list.
template <class T>
class ListElement {
 public:
  ListElement(void* list, std::size_t i) : list_(list), i_(i) {}
  IValue value() const {
    abi::Slot s;
    abi::list_get(list_, i_, &s);
    return IValue::adopt(s);
  }
  T get() const { return value().template to<T>(); }
  operator T() const { return get(); }
  ListElement& operator=(const T& v) {
    const IValue x(v);
    abi::list_set(list_, i_, &x.slot());
    return *this;
  }
  ListElement& operator=(const ListElement& o) { return *this = o.get(); }
  ListElement(const ListElement&) = default;
  friend std::ostream& operator<<(std::ostream& out, const ListElement& e) { return out << e.value(); }
  friend bool operator==(const ListElement& a, const T& b) { return a.value() == IValue(b); }
  friend bool operator==(const T& a, const ListElement& b) { return b == a; }

  // The methods of an IValue, where the list is of any kind.
  Tensor toTensor() const { return value().toTensor(); }
  std::int64_t toInt() const { return value().toInt(); }
  double toDouble() const { return value().toDouble(); }
  bool toBool() const { return value().toBool(); }
  auto toTuple() const { return value().toTuple(); }
  List<IValue> toList() const;
  Dict<IValue, IValue> toGenericDict() const;
  std::string toStringRef() const { return value().toStringRef(); }
  std::vector<Tensor> toTensorVector() const { return value().toTensorVector(); }
  bool isTensor() const { return value().isTensor(); }
  bool isTuple() const { return value().isTuple(); }
  bool isList() const { return value().isList(); }
  bool isInt() const { return value().isInt(); }
  bool isNone() const { return value().isNone(); }

 private:
  void* list_;
  std::size_t i_;
};

template <class T>
class ListIterator {
 public:
  using iterator_category = std::random_access_iterator_tag;
  using value_type = T;
  using difference_type = std::ptrdiff_t;
  using pointer = ListElement<T>*;
  using reference = ListElement<T>;
  ListIterator(void* list, std::size_t i) : list_(list), i_(i) {}
  ListElement<T> operator*() const { return {list_, i_}; }
  ListElement<T> operator[](std::ptrdiff_t n) const { return *(*this + n); }
  ListIterator& operator++() {
    ++i_;
    return *this;
  }
  ListIterator operator++(int) { return {list_, i_++}; }
  ListIterator& operator--() {
    --i_;
    return *this;
  }
  ListIterator& operator+=(std::ptrdiff_t n) {
    i_ += static_cast<std::size_t>(n);
    return *this;
  }
  friend ListIterator operator+(ListIterator a, std::ptrdiff_t n) { return a += n; }
  friend ListIterator operator-(ListIterator a, std::ptrdiff_t n) { return a += -n; }
  friend std::ptrdiff_t operator-(const ListIterator& a, const ListIterator& b) {
    return static_cast<std::ptrdiff_t>(a.i_) - static_cast<std::ptrdiff_t>(b.i_);
  }
  friend bool operator==(const ListIterator& a, const ListIterator& b) { return a.i_ == b.i_; }
  friend bool operator!=(const ListIterator& a, const ListIterator& b) { return a.i_ != b.i_; }
  friend bool operator<(const ListIterator& a, const ListIterator& b) { return a.i_ < b.i_; }
  std::size_t position() const { return i_; }

 private:
  void* list_;
  std::size_t i_;
};
}  // namespace detail

template <class T>
class List {
 public:
  using value_type = T;
  using size_type = std::size_t;
  using iterator = detail::ListIterator<T>;
  List() : List(std::vector<T>()) {}
  explicit List(const TypePtr& element) {
    abi::Slot s;
    abi::make_list(&s, nullptr, 0, element->str().c_str());
    value_ = IValue::adopt(s);
  }
  List(std::initializer_list<T> items) : List(std::vector<T>(items)) {}
  explicit List(ArrayRef<T> items) : List(items.vec()) {}
  explicit List(const std::vector<T>& items) {
    std::vector<IValue> values;
    for (const auto& i : items) values.push_back(IValue(static_cast<const T&>(i)));
    const std::string type = std::is_same_v<T, IValue> ? (items.empty() ? "Any" : "") : detail::TypeText<T>::get();
    abi::Slot s;
    abi::make_list(&s, reinterpret_cast<const abi::Slot*>(values.data()), values.size(),
                   type.empty() ? nullptr : type.c_str());
    value_ = IValue::adopt(s);
  }
  explicit List(IValue list) : value_(std::move(list)) {
    if (!value_.isList()) fail("Expected GenericList but got " + value_.tagKind());
  }
  const IValue& value() const { return value_; }

  std::size_t size() const { return abi::list_size(box()); }
  bool empty() const { return size() == 0; }
  T get(std::size_t i) const { return at(i).get(); }
  T extract(std::size_t i) const { return get(i); }
  detail::ListElement<T> operator[](std::size_t i) const { return at(i); }
  void set(std::size_t i, const T& v) const { at(i) = v; }
  void push_back(const T& v) const { insert_at(size(), v); }
  template <class... A>
  void emplace_back(A&&... a) const {
    push_back(T(std::forward<A>(a)...));
  }
  iterator insert(iterator at, const T& v) const {
    insert_at(at.position(), v);
    return at;
  }
  void append(const List& o) const {
    for (std::size_t i = 0, n = o.size(); i < n; ++i) push_back(o.get(i));
  }
  iterator erase(iterator at) const {
    abi::list_erase(box(), at.position());
    return at;
  }
  void pop_back() const { abi::list_erase(box(), size() - 1); }
  void clear() const { abi::list_clear(box()); }
  void reserve(std::size_t) const {}
  iterator begin() const { return {box(), 0}; }
  iterator end() const { return {box(), size()}; }
  std::vector<T> vec() const {
    std::vector<T> v;
    for (std::size_t i = 0, n = size(); i < n; ++i) v.push_back(get(i));
    return v;
  }
  List copy() const { return List(vec()); }
  bool is(const List& o) const { return value_.is(o.value_); }
  TypePtr elementType() const { return std::make_shared<Type>(value_.text(abi::TextOf::kElementType)); }
  friend bool operator==(const List& a, const List& b) { return a.value_ == b.value_; }

 private:
  void* box() const { return value_.slot().p; }
  detail::ListElement<T> at(std::size_t i) const {
    if (i >= size()) fail("list index out of range", abi::ErrorClass::kIndex);
    return {box(), i};
  }
  void insert_at(std::size_t i, const T& v) const {
    const IValue x(v);
    abi::list_insert(box(), i, &x.slot());
  }
  IValue value_;
};

// --- Dict ----------------------------------------------------------------------------------------------------------------

template <class K, class V>
class DictEntry {
 public:
  DictEntry(void* dict, IValue key, IValue value) : dict_(dict), key_(std::move(key)), value_(std::move(value)) {}
  K key() const { return key_.template to<K>(); }
  V value() const { return value_.template to<V>(); }
  void setValue(const V& v) const {
    const IValue x(v);
    abi::dict_set(dict_, &key_.slot(), &x.slot());
  }

 private:
  void* dict_;
  IValue key_, value_;
};

// Walks a snapshot of the entries, in order of insertion.
template <class K, class V>
class DictIterator {
 public:
  using iterator_category = std::forward_iterator_tag;
  using value_type = DictEntry<K, V>;
  using difference_type = std::ptrdiff_t;
  using pointer = const DictEntry<K, V>*;
  using reference = const DictEntry<K, V>&;
  using Entries = std::shared_ptr<std::vector<DictEntry<K, V>>>;
  DictIterator() = default;  // the end
  DictIterator(Entries e, std::size_t i) : entries_(std::move(e)), i_(i) {}
  reference operator*() const { return (*entries_)[i_]; }
  pointer operator->() const { return &(*entries_)[i_]; }
  DictIterator& operator++() {
    ++i_;
    return *this;
  }
  DictIterator operator++(int) {
    DictIterator old = *this;
    ++i_;
    return old;
  }
  friend bool operator==(const DictIterator& a, const DictIterator& b) {
    return a.at_end() == b.at_end() && (a.at_end() || a.i_ == b.i_);
  }
  friend bool operator!=(const DictIterator& a, const DictIterator& b) { return !(a == b); }

 private:
  bool at_end() const { return !entries_ || i_ >= entries_->size(); }
  Entries entries_;
  std::size_t i_ = 0;
};

template <class K, class V>
class Dict {
 public:
  using key_type = K;
  using mapped_type = V;
  using iterator = DictIterator<K, V>;
  Dict() : Dict(detail::TypeText<K>::get(), detail::TypeText<V>::get()) {}
  Dict(const TypePtr& key, const TypePtr& value) : Dict(key->str(), value->str()) {}
  explicit Dict(IValue dict) : value_(std::move(dict)) {
    if (!value_.isGenericDict()) fail("Expected GenericDict but got " + value_.tagKind());
  }
  const IValue& value() const { return value_; }

  std::size_t size() const { return abi::dict_size(box()); }
  bool empty() const { return size() == 0; }
  V at(const K& key) const {
    const IValue k(key);
    abi::Slot s;
    if (!abi::dict_find(box(), &k.slot(), &s)) fail("Argument passed to at() was not in the map.", abi::ErrorClass::kIndex);
    return IValue::adopt(s).template to<V>();
  }
  bool contains(const K& key) const {
    const IValue k(key);
    abi::Slot s;
    const bool found = abi::dict_find(box(), &k.slot(), &s);
    IValue::adopt(s);
    return found;
  }
  iterator find(const K& key) const {
    const IValue k(key);
    const auto e = entries();
    for (std::size_t i = 0; i < e->size(); ++i)
      if (IValue((*e)[i].key()) == k) return {e, i};
    return {};
  }
  std::pair<iterator, bool> insert(const K& key, const V& v) const {
    if (contains(key)) return {find(key), false};
    insert_or_assign(key, v);
    return {find(key), true};
  }
  std::pair<iterator, bool> insert_or_assign(const K& key, const V& v) const {
    const bool fresh = !contains(key);
    const IValue k(key), x(v);
    abi::dict_set(box(), &k.slot(), &x.slot());
    return {find(key), fresh};
  }
  std::size_t erase(const K& key) const {
    const IValue k(key);
    return abi::dict_erase(box(), &k.slot()) ? 1 : 0;
  }
  void clear() const { abi::dict_clear(box()); }
  void reserve(std::size_t) const {}
  iterator begin() const { return {entries(), 0}; }
  iterator end() const { return {}; }
  TypePtr keyType() const { return std::make_shared<Type>(value_.text(abi::TextOf::kKeyType)); }
  TypePtr valueType() const { return std::make_shared<Type>(value_.text(abi::TextOf::kValueType)); }

 private:
  Dict(const std::string& key, const std::string& value) {
    abi::Slot s;
    abi::make_dict(&s, key.empty() ? "Any" : key.c_str(), value.empty() ? "Any" : value.c_str());
    value_ = IValue::adopt(s);
  }
  void* box() const { return value_.slot().p; }
  typename iterator::Entries entries() const {
    std::vector<IValue> flat(2 * size());
    abi::dict_items(box(), reinterpret_cast<abi::Slot*>(flat.data()));
    auto e = std::make_shared<std::vector<DictEntry<K, V>>>();
    for (std::size_t i = 0; i + 1 < flat.size(); i += 2) e->emplace_back(box(), std::move(flat[i]), std::move(flat[i + 1]));
    return e;
  }
  IValue value_;
};

namespace impl {
using facula::GenericDict;
using facula::GenericList;
template <class T>
List<T> toTypedList(const List<IValue>& l) {
  return List<T>(l.value());
}
template <class T>
List<IValue> toList(const List<T>& l) {
  return List<IValue>(l.value());
}
template <class K, class V>
Dict<K, V> toTypedDict(const Dict<IValue, IValue>& d) {
  return Dict<K, V>(d.value());
}
}  // namespace impl

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
