// Value: 16 bytes, a tag and a payload. int64 and double are exact, so no NaN-boxing.
//
//   byte 0      1..7     8..15
//   +-----+-----------+------------------------------------------------+
//   | tag |  unused   | bool | int64 | double | Device | RefCounted*   |
//   +-----+-----------+------------------------------------------------+
//
// Tags from kTensor on own a reference. Lists, dicts and objects are shared by reference, as in Python.
// dtype, layout and memory_format are plain ints in TorchScript, and so they are here.
#pragma once

#include <complex>
#include <cstdint>
#include <cstring>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "base/ref.h"
#include "base/result.h"
#include "tensor/tensor.h"
#include "value/type.h"

namespace fac {

enum class Tag : std::uint8_t {
  kNone, kBool, kInt, kFloat, kDevice,
  kTensor,  // first tag that owns a reference
  kComplex, kStr, kList, kDict, kTuple, kObject, kEnum, kFuture, kFunction, kGenerator, kStorage, kCapsule,
};

class StrBox;
class ListBox;
class DictBox;
class TupleBox;
class ObjectBox;
class EnumBox;
class FutureBox;

class Value {
 public:
  Value() noexcept { u_.i = 0; }
  Value(bool b) noexcept : tag_(Tag::kBool) { u_.i = b; }
  Value(std::int64_t i) noexcept : tag_(Tag::kInt) { u_.i = i; }
  Value(int i) noexcept : Value(static_cast<std::int64_t>(i)) {}
  Value(double d) noexcept : tag_(Tag::kFloat) { u_.d = d; }
  Value(std::complex<double> c);
  Value(Device d) noexcept : tag_(Tag::kDevice) {
    u_.i = static_cast<std::int64_t>(d.type) * 256 + static_cast<std::uint8_t>(d.index);
  }
  Value(DType d) noexcept : Value(static_cast<std::int64_t>(d)) {}
  Value(Tensor t);  // an undefined tensor becomes None, as an absent optional tensor
  Value(std::string s);
  Value(std::string_view s);
  Value(const char* s);
  Value(Ref<ListBox> p);
  Value(Ref<DictBox> p);
  Value(Ref<TupleBox> p);
  Value(Ref<ObjectBox> p);
  Value(Ref<EnumBox> p);
  Value(Ref<FutureBox> p);
  // Any other box; `tag` says which.
  Value(Tag tag, Ref<RefCounted> p) noexcept : tag_(tag) { u_.p = p.detach(); }
  static Value function(Callable* f);

  Value(const Value& o) noexcept : tag_(o.tag_), u_(o.u_) {
    if (is_ref()) u_.p->retain();
  }
  Value(Value&& o) noexcept : tag_(o.tag_), u_(o.u_) { o.tag_ = Tag::kNone; }
  ~Value() {
    if (is_ref()) u_.p->release();
  }
  Value& operator=(const Value& o) noexcept {
    Value copy(o);
    swap(copy);
    return *this;
  }
  Value& operator=(Value&& o) noexcept {
    if (this != &o) {
      if (is_ref()) u_.p->release();
      tag_ = o.tag_;
      u_ = o.u_;
      o.tag_ = Tag::kNone;
    }
    return *this;
  }
  void swap(Value& o) noexcept {
    std::swap(tag_, o.tag_);
    std::swap(u_, o.u_);
  }

  Tag tag() const { return tag_; }
  bool is_ref() const { return tag_ >= Tag::kTensor; }
  bool is_none() const { return tag_ == Tag::kNone; }
  bool is_bool() const { return tag_ == Tag::kBool; }
  bool is_int() const { return tag_ == Tag::kInt; }
  bool is_float() const { return tag_ == Tag::kFloat; }
  bool is_complex() const { return tag_ == Tag::kComplex; }
  bool is_scalar() const { return is_bool() || is_int() || is_float() || is_complex(); }
  bool is_device() const { return tag_ == Tag::kDevice; }
  bool is_tensor() const { return tag_ == Tag::kTensor; }
  bool is_str() const { return tag_ == Tag::kStr; }
  bool is_list() const { return tag_ == Tag::kList; }
  bool is_dict() const { return tag_ == Tag::kDict; }
  bool is_tuple() const { return tag_ == Tag::kTuple; }
  bool is_object() const { return tag_ == Tag::kObject; }
  bool is_enum() const { return tag_ == Tag::kEnum; }
  bool is_future() const { return tag_ == Tag::kFuture; }
  bool is_function() const { return tag_ == Tag::kFunction; }

  // Unchecked accessors: the caller knows the tag (types are proven by the checker, or it has looked).
  bool b() const { return u_.i != 0; }
  std::int64_t i() const { return u_.i; }
  double d() const { return u_.d; }
  Device device() const {
    return {static_cast<DeviceType>(u_.i >> 8), static_cast<std::int8_t>(u_.i & 0xff)};
  }
  std::complex<double> c() const;
  Tensor tensor() const { return Tensor(Ref<TensorImpl>(tensor_impl())); }
  TensorImpl* tensor_impl() const { return static_cast<TensorImpl*>(u_.p); }
  Tensor take_tensor() && {
    tag_ = Tag::kNone;
    return Tensor(Ref<TensorImpl>::adopt(static_cast<TensorImpl*>(u_.p)));
  }
  Tensor tensor_or_undefined() const { return is_tensor() ? tensor() : Tensor(); }
  const std::string& str() const;
  ListBox& list() const;
  DictBox& dict() const;
  TupleBox& tuple() const;
  ObjectBox& object() const;
  EnumBox& enum_() const;
  FutureBox& future() const;
  Callable* function() const;
  Ref<RefCounted> box() const { return Ref<RefCounted>(u_.p); }
  RefCounted* box_ptr() const { return u_.p; }

  // Overwrite without releasing: only for a place known to hold no reference (typed registers of the VM).
  void put_int(std::int64_t i) noexcept {
    tag_ = Tag::kInt;
    u_.i = i;
  }
  void put_float(double d) noexcept {
    tag_ = Tag::kFloat;
    u_.d = d;
  }
  void put_bool(bool b) noexcept {
    tag_ = Tag::kBool;
    u_.i = b;
  }

  // Same tag and same box or scalar: Python's `is`.
  bool is_same(const Value& o) const;

 private:
  Tag tag_ = Tag::kNone;
  union U {
    std::int64_t i;  // bool is stored here as 0 or 1
    double d;
    RefCounted* p;
  } u_;
};
static_assert(sizeof(Value) == 16);

class StrBox final : public RefCounted {
 public:
  explicit StrBox(std::string s) : text(std::move(s)) {}
  const std::string text;
};
class ComplexBox final : public RefCounted {
 public:
  explicit ComplexBox(std::complex<double> c) : value(c) {}
  const std::complex<double> value;
};

// A list keeps raw storage where its elements allow it: List[int] is a vector of int64_t.
class ListBox final : public RefCounted {
 public:
  using Bytes = std::vector<std::uint8_t>;
  explicit ListBox(TypePtr element_type);  // representation follows from the type
  ListBox(TypePtr element_type, std::vector<Value> values);
  static Ref<ListBox> of_ints(Ints v);
  static Ref<ListBox> of_floats(std::span<const double> v);
  static Ref<ListBox> of_bools(std::span<const bool> v);
  static Ref<ListBox> of_tensors(std::vector<Tensor> v);

  const TypePtr& element_type() const { return element_type_; }
  void set_element_type(TypePtr t) { element_type_ = std::move(t); }  // same representation only
  std::size_t size() const;
  bool is_ints() const { return rep_.index() == 0; }
  bool is_floats() const { return rep_.index() == 1; }
  bool is_bools() const { return rep_.index() == 2; }
  std::vector<std::int64_t>& ints() { return *std::get_if<0>(&rep_); }
  std::vector<double>& floats() { return *std::get_if<1>(&rep_); }
  Bytes& bools() { return *std::get_if<2>(&rep_); }
  std::vector<Value>& values() { return *std::get_if<3>(&rep_); }

  // Index already checked to lie in [0, size()).
  Value get(std::size_t i) const;
  void set(std::size_t i, Value v);
  void append(Value v);
  void insert(std::size_t i, Value v);
  void erase(std::size_t i);
  void clear();
  std::vector<Value> to_values() const;

 private:
  TypePtr element_type_;
  std::variant<std::vector<std::int64_t>, std::vector<double>, Bytes, std::vector<Value>> rep_;
};

// Insertion-ordered dictionary, as Python's. Keys: int, float, bool, str, complex, Device, Tensor (by identity), Enum.
class DictBox final : public RefCounted {
 public:
  DictBox(TypePtr key, TypePtr value) : key_type_(std::move(key)), value_type_(std::move(value)) {}
  const TypePtr& key_type() const { return key_type_; }
  const TypePtr& value_type() const { return value_type_; }
  // Entries are not looked at: the caller knows that they fit.
  void set_types(TypePtr key, TypePtr value) {
    key_type_ = std::move(key);
    value_type_ = std::move(value);
  }
  std::size_t size() const { return live_; }
  const Value* find(const Value& key) const;
  void set(Value key, Value value);  // keeps the place of an existing key
  bool erase(const Value& key);
  void clear();
  // Entries in insertion order.
  std::vector<std::pair<Value, Value>> items() const;
  template <class F>
  void for_each(F&& f) const {
    for (const auto& e : entries_)
      if (e.live) f(e.key, e.value);
  }

 private:
  struct Entry {
    Value key, value;
    bool live;
  };
  struct Hash {
    std::size_t operator()(const Value& v) const;
  };
  struct Equal {
    bool operator()(const Value& a, const Value& b) const;
  };
  void compact();
  TypePtr key_type_, value_type_;
  std::vector<Entry> entries_;
  std::unordered_map<Value, std::size_t, Hash, Equal> index_;
  std::size_t live_ = 0;
};

class TupleBox final : public RefCounted {
 public:
  explicit TupleBox(std::vector<Value> v, TypePtr type = nullptr) : values(std::move(v)), type(std::move(type)) {}
  std::vector<Value> values;
  TypePtr type;  // set for named tuples; null for plain ones
};

// An instance of a user class or a module. Slots follow ClassType::attributes().
class ObjectBox final : public RefCounted {
 public:
  // `owner` keeps the compilation unit (methods) alive for as long as the object.
  ObjectBox(Ref<const ClassType> type, std::shared_ptr<void> owner);
  const ClassType& type() const { return *type_; }
  const Ref<const ClassType>& type_ref() const { return type_; }
  const std::shared_ptr<void>& owner() const { return owner_; }
  std::vector<Value> slots;
  // Counts changes made from outside a running program (API set_attr, train(), to()): what a compiled method folded
  // is valid only while it stands still.
  std::uint32_t version() const { return version_.load(std::memory_order_acquire); }
  void bump_version() { version_.fetch_add(1, std::memory_order_acq_rel); }
  const Value* find(std::string_view attribute) const;

  // Whatever the module room attaches to a module object: compiled methods.
  std::mutex extension_mutex;
  std::shared_ptr<void> extension;

 private:
  Ref<const ClassType> type_;
  std::shared_ptr<void> owner_;
  std::atomic<std::uint32_t> version_{0};
};

class EnumBox final : public RefCounted {
 public:
  EnumBox(Ref<const EnumType> type, std::size_t member) : type(std::move(type)), member(member) {}
  const Ref<const EnumType> type;
  const std::size_t member;
  const std::string& name() const { return type->members()[member].first; }
  const Value& value() const { return type->members()[member].second; }
};

// Result of fork(); completed once. exec/ fills it.
class FutureBox : public RefCounted {
 public:
  explicit FutureBox(TypePtr element) : element_type(std::move(element)) {}
  const TypePtr element_type;
  virtual Result<Value> wait();  // blocks until completed
  void complete(Result<Value> r);
  bool done() const;

 private:
  struct State;
  std::shared_ptr<State> state_ = make_state();
  static std::shared_ptr<State> make_state();
};

// A function, method or builtin that a program can call; ir::Function is the main kind.
class Callable : public RefCounted {
 public:
  explicit Callable(std::string qualified_name) : name_(std::move(qualified_name)) {}
  const std::string& qualified_name() const { return name_; }
  std::string_view name() const;  // last component
  virtual const Schema& schema() const = 0;

 private:
  std::string name_;
};

inline Value::Value(Tensor t) {
  u_.i = 0;
  if (t.defined()) {
    tag_ = Tag::kTensor;
    u_.p = std::move(t).take().detach();
  }
}
inline Value::Value(Ref<ListBox> p) : tag_(Tag::kList) { u_.p = p.detach(); }
inline Value::Value(Ref<DictBox> p) : tag_(Tag::kDict) { u_.p = p.detach(); }
inline Value::Value(Ref<TupleBox> p) : tag_(Tag::kTuple) { u_.p = p.detach(); }
inline Value::Value(Ref<ObjectBox> p) : tag_(Tag::kObject) { u_.p = p.detach(); }
inline Value::Value(Ref<EnumBox> p) : tag_(Tag::kEnum) { u_.p = p.detach(); }
inline Value::Value(Ref<FutureBox> p) : tag_(Tag::kFuture) { u_.p = p.detach(); }
inline const std::string& Value::str() const { return static_cast<StrBox*>(u_.p)->text; }
inline std::complex<double> Value::c() const { return static_cast<ComplexBox*>(u_.p)->value; }
inline ListBox& Value::list() const { return *static_cast<ListBox*>(u_.p); }
inline DictBox& Value::dict() const { return *static_cast<DictBox*>(u_.p); }
inline TupleBox& Value::tuple() const { return *static_cast<TupleBox*>(u_.p); }
inline ObjectBox& Value::object() const { return *static_cast<ObjectBox*>(u_.p); }
inline EnumBox& Value::enum_() const { return *static_cast<EnumBox*>(u_.p); }
inline FutureBox& Value::future() const { return *static_cast<FutureBox*>(u_.p); }
inline Callable* Value::function() const { return static_cast<Callable*>(u_.p); }

// Python's == for two values; tensors compare by identity here (element-wise == is an operator).
bool equal(const Value& a, const Value& b);
// The type of a value as far as the value itself knows it.
TypePtr type_of(const Value& v);
// Whether a value may be passed where `t` is asked (checks containers' declared element types).
bool value_matches(const Value& v, const Type& t);
std::string_view tag_name(Tag t);  // "int", "Tensor", ...

}  // namespace fac
