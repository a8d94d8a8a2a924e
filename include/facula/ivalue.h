// IValue: any value of the language, and the boxes it may hold: tuples, strings, objects, futures; ivalue_containers.h has
// List and Dict. Containers are shared by reference, as in Python: a copy of a List is the same list.
#pragma once

#include <map>
#include <memory>
#include <unordered_map>

#include "facula/jit_type.h"

namespace facula {

namespace jit {
class Module;
}

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

}  // namespace facula

#define FACULA_IVALUE_PARTS
#include "facula/ivalue_containers.h"
#include "facula/ivalue_convert.h"
#undef FACULA_IVALUE_PARTS
