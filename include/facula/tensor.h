// Tensor: a handle on a strided view of memory. Copies share the view. The methods that operators give are generated from
// the operator table (generated_tensor_methods.h); what stands here is what tensors are beside that.
// Longer than most files: the API has few headers.
#pragma once

#include "facula/types.h"

namespace facula {

class Tensor;
class IValue;
template <class T>
class List;
namespace indexing {
struct TensorIndex;
}
using TensorList = ArrayRef<Tensor>;
using ITensorListRef = TensorList;

// A stream of random numbers with a seed of its own.
class Generator {
 public:
  explicit Generator(std::uint64_t seed) { abi::make_generator(&slot_, seed); }
  Generator(const Generator& o) noexcept : slot_(o.slot_) { abi::retain(slot_.p); }
  Generator& operator=(const Generator& o) noexcept {
    abi::retain(o.slot_.p);
    abi::release(slot_.p);
    slot_ = o.slot_;
    return *this;
  }
  ~Generator() { abi::release(slot_.p); }
  const abi::Slot& slot() const { return slot_; }

 private:
  abi::Slot slot_;
};

namespace abi {

// One call of an operator: arguments are added one by one, then a result is asked for.
class Call {
 public:
  explicit Call(const Operator* op) : op_(op) {}
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;
  ~Call() {
    for (std::size_t i = 0; i < count_; ++i)
      if (slots_[i].is_ref()) release(slots_[i].p);
  }

  // One name for each kind of argument: overloads would cost every program compile time at 2000 generated calls.
  Call& tensor(const Tensor& v);
  Call& opt_tensor(const std::optional<Tensor>& v);
  Call& tensors(TensorList v);
  Call& opt_tensors(const List<std::optional<Tensor>>& v);
  Call& boolean(bool v) { return put(Tag::kBool, v); }
  Call& opt_boolean(const std::optional<bool>& v) { return put_optional(Tag::kBool, v); }
  Call& integer(std::int64_t v) { return put(Tag::kInt, v); }
  Call& opt_integer(const std::optional<std::int64_t>& v) { return put_optional(Tag::kInt, v); }
  Call& real(double v) {
    Slot& s = next();
    s.tag = Tag::kFloat;
    s.d = v;
    return *this;
  }
  Call& opt_real(const std::optional<double>& v) { return v ? real(*v) : none(); }
  Call& dtype(ScalarType v) { return put(Tag::kInt, static_cast<std::int64_t>(v)); }
  Call& opt_dtype(const std::optional<ScalarType>& v) { return put_optional(Tag::kInt, v); }
  Call& layout(Layout v) { return put(Tag::kInt, static_cast<std::int64_t>(v)); }
  Call& opt_layout(const std::optional<Layout>& v) { return put_optional(Tag::kInt, v); }
  Call& format(MemoryFormat v) { return put(Tag::kInt, static_cast<std::int64_t>(v)); }
  Call& opt_format(const std::optional<MemoryFormat>& v) { return put_optional(Tag::kInt, v ? v : format_); }
  Call& device(Device v) { return put(Tag::kDevice, v.packed()); }
  Call& opt_device(const std::optional<Device>& v) { return v ? device(*v) : none(); }
  Call& scalar(const Scalar& v) {
    if (v.isComplex()) {
      const auto c = v.toComplexDouble();
      make_complex(&next(), c.real(), c.imag());
      return *this;
    }
    if (v.isFloatingPoint()) return real(v.toDouble());
    return put(v.isBoolean() ? Tag::kBool : Tag::kInt, v.toLong());
  }
  Call& opt_scalar(const std::optional<Scalar>& v) { return v ? scalar(*v) : none(); }
  Call& str(std::string_view v) {
    make_str(&next(), v.data(), v.size());
    return *this;
  }
  Call& opt_str(const std::optional<std::string_view>& v) { return v ? str(*v) : none(); }
  Call& ints(IntArrayRef v) {
    make_ints(&next(), v.data(), v.size());
    return *this;
  }
  Call& opt_ints(const OptionalIntArrayRef& v) { return v.has_value() ? ints(*v) : none(); }
  Call& reals(ArrayRef<double> v) {
    make_floats(&next(), v.data(), v.size());
    return *this;
  }
  Call& opt_reals(const std::optional<ArrayRef<double>>& v) { return v ? reals(*v) : none(); }
  Call& generator(const Generator& v) {
    Slot& s = next();
    s = v.slot();
    retain(s.p);
    return *this;
  }
  Call& opt_generator(const std::optional<Generator>& v) { return v ? generator(*v) : none(); }
  Call& options(const TensorOptions& o) {
    opt_dtype(o.dtype_opt()).opt_layout(o.layout_opt()).opt_device(o.device_opt()).opt_boolean(o.pinned_memory_opt());
    format_ = o.memory_format_opt();
    requires_grad_ = o.requires_grad();
    return *this;
  }
  Call& none() {
    next();
    return *this;
  }

  void discard(std::size_t results) {
    Slot out[8];
    call_operator(op_, slots_, count_, out, results);
    for (const Slot& s : out)
      if (s.is_ref()) release(s.p);
  }
  Tensor take_tensor();
  std::vector<Tensor> take_tensors();
  std::tuple<Tensor, Tensor> take_tensor2();
  std::tuple<Tensor, Tensor, Tensor> take_tensor3();
  std::tuple<Tensor, Tensor, Tensor, Tensor> take_tensor4();
  std::tuple<Tensor, Tensor, Tensor, Tensor, Tensor> take_tensor5();
  Slot take_slot() {
    Slot out;
    call_operator(op_, slots_, count_, &out, 1);
    return out;
  }
  bool take_bool() { return take_slot().i != 0; }
  std::int64_t take_int() { return take_slot().i; }
  double take_real() { return take_slot().d; }
  ScalarType take_dtype() { return static_cast<ScalarType>(take_slot().i); }
  Scalar take_scalar();
  std::vector<std::int64_t> take_ints() {
    const Slot s = take_slot();
    const std::int64_t* p = list_ints(s.p);
    std::vector<std::int64_t> v(p, p + (p ? list_size(s.p) : 0));
    release(s.p);
    return v;
  }

 private:
  static constexpr std::size_t kMost = 32;  // arguments; the longest schemas have fewer than 25
  Slot& next() { return slots_[count_++]; }
  Call& put(Tag tag, std::int64_t v) {
    Slot& s = next();
    s.tag = tag;
    s.i = v;
    return *this;
  }
  template <class T>
  Call& put_optional(Tag tag, const std::optional<T>& v) {
    return v ? put(tag, static_cast<std::int64_t>(*v)) : none();
  }
  const Operator* op_;
  std::size_t count_ = 0;
  bool requires_grad_ = false;
  std::optional<MemoryFormat> format_;
  Slot slots_[kMost];
};

// The handle of an operator, looked up when the place of the call is first reached.
#define FACULA_CALL(name, overload) \
  static const ::facula::abi::Operator* const facula_op = ::facula::abi::find_operator(name, overload); \
  ::facula::abi::Call facula_call(facula_op)

}  // namespace abi

// --- direct access to elements -----------------------------------------------------------------------------------------

template <class T>
struct DefaultPtrTraits {
  using PtrType = T*;
};
template <class T>
using RestrictPtrTraits = DefaultPtrTraits<T>;

// a[i][j] on the memory of a tensor; borrowed, valid while the tensor lives and keeps its shape.
template <class T, std::size_t N, template <class> class = DefaultPtrTraits, class Index = std::int64_t>
class TensorAccessor {
 public:
  TensorAccessor(T* data, const Index* sizes, const Index* strides) : data_(data), sizes_(sizes), strides_(strides) {}
  decltype(auto) operator[](Index i) const {
    if constexpr (N == 1) return (data_[strides_[0] * i]);
    else return TensorAccessor<T, N - 1, DefaultPtrTraits, Index>(data_ + strides_[0] * i, sizes_ + 1, strides_ + 1);
  }
  Index size(std::int64_t d) const { return sizes_[d]; }
  Index stride(std::int64_t d) const { return strides_[d]; }
  ArrayRef<Index> sizes() const { return {sizes_, N}; }
  ArrayRef<Index> strides() const { return {strides_, N}; }
  T* data() const { return data_; }

 private:
  T* data_;
  const Index* sizes_;
  const Index* strides_;
};
// The same with its own copy of sizes and strides.
template <class T, std::size_t N, template <class> class Traits = DefaultPtrTraits, class Index = std::int64_t>
class GenericPackedTensorAccessor {
 public:
  GenericPackedTensorAccessor(T* data, const std::int64_t* sizes, const std::int64_t* strides) : data_(data) {
    for (std::size_t i = 0; i < N; ++i) {
      sizes_[i] = static_cast<Index>(sizes[i]);
      strides_[i] = static_cast<Index>(strides[i]);
    }
  }
  decltype(auto) operator[](Index i) const { return TensorAccessor<T, N, Traits, Index>(data_, sizes_, strides_)[i]; }
  Index size(std::int64_t d) const { return sizes_[d]; }
  Index stride(std::int64_t d) const { return strides_[d]; }
  T* data() const { return data_; }

 private:
  T* data_;
  Index sizes_[N], strides_[N];
};
template <class T, std::size_t N, template <class> class Traits = DefaultPtrTraits>
using PackedTensorAccessor32 = GenericPackedTensorAccessor<T, N, Traits, std::int32_t>;
template <class T, std::size_t N, template <class> class Traits = DefaultPtrTraits>
using PackedTensorAccessor64 = GenericPackedTensorAccessor<T, N, Traits, std::int64_t>;

class Storage {
 public:
  Storage(void* data, std::size_t bytes) : data_(data), bytes_(bytes) {}
  void* data() const { return data_; }
  void* mutable_data() const { return data_; }
  template <class T>
  T* data() const {
    return static_cast<T*>(data_);
  }
  std::size_t nbytes() const { return bytes_; }

 private:
  void* data_;
  std::size_t bytes_;
};

// --- Tensor ------------------------------------------------------------------------------------------------------------

// What the deprecated Tensor::type() gives.
class DeprecatedTypeProperties {
 public:
  explicit DeprecatedTypeProperties(ScalarType t) : type_(t) {}
  ScalarType scalarType() const { return type_; }
  bool is_cuda() const { return false; }
  std::string toString() const { return std::string("CPU") + facula::toString(type_) + "Type"; }
  operator TensorOptions() const { return type_; }
  friend bool operator==(const DeprecatedTypeProperties& a, const DeprecatedTypeProperties& b) {
    return a.type_ == b.type_;
  }
  friend std::ostream& operator<<(std::ostream& out, const DeprecatedTypeProperties& t) {
    const std::string s = t.toString();
    abi::write_text(out, s.data(), s.size());
    return out;
  }

 private:
  ScalarType type_;
};

class Tensor {
 public:
  Tensor() noexcept : impl_(nullptr) {}  // undefined
  Tensor(const Tensor& o) noexcept : impl_(o.impl_) {
    if (impl_) abi::retain(impl_);
  }
  Tensor(Tensor&& o) noexcept : impl_(std::exchange(o.impl_, nullptr)) {}
  ~Tensor() {
    if (impl_) abi::release(impl_);
  }
  Tensor& operator=(const Tensor& o) & noexcept {
    Tensor copy(o);
    std::swap(impl_, copy.impl_);
    return *this;
  }
  Tensor& operator=(Tensor&& o) & noexcept {
    std::swap(impl_, o.impl_);
    return *this;
  }
  // `x[0] = y` writes into x.
  Tensor& operator=(const Tensor& o) && { return copy_(o); }
  Tensor& operator=(Tensor&& o) && { return copy_(o); }
  Tensor& operator=(const Scalar& v) && { return fill_(v); }
  // Takes over a reference that a slot holds.
  static Tensor adopt(const abi::Slot& s) noexcept {
    Tensor t;
    if (s.tag == abi::Tag::kTensor) t.impl_ = s.p;
    return t;
  }
  void* impl() const { return impl_; }
  void* unsafeGetTensorImpl() const { return impl_; }

  bool defined() const { return impl_ != nullptr; }
  void reset() { *this = Tensor(); }
  bool is_same(const Tensor& o) const { return impl_ == o.impl_; }
  std::size_t use_count() const { return impl_ ? abi::use_count(impl_) : 0; }

  abi::TensorInfo info() const {
    if (!impl_) fail("an undefined tensor has no properties");
    abi::TensorInfo i;
    abi::tensor_info(impl_, &i);
    return i;
  }
  IntArrayRef sizes() const {
    const auto i = info();
    return {i.sizes, i.dim};
  }
  IntArrayRef strides() const {
    const auto i = info();
    return {i.strides, i.dim};
  }
  std::int64_t size(std::int64_t d) const { return sizes()[wrapped(d)]; }
  std::int64_t stride(std::int64_t d) const { return strides()[wrapped(d)]; }
  std::int64_t dim() const { return static_cast<std::int64_t>(info().dim); }
  std::int64_t ndimension() const { return dim(); }
  std::int64_t numel() const { return info().numel; }
  std::int64_t storage_offset() const { return info().offset; }
  std::size_t itemsize() const { return elementSize(scalar_type()); }
  std::int64_t element_size() const { return static_cast<std::int64_t>(itemsize()); }
  std::size_t nbytes() const { return static_cast<std::size_t>(numel()) * itemsize(); }
  ScalarType scalar_type() const { return static_cast<ScalarType>(info().dtype); }
  TypeMeta dtype() const { return scalar_type(); }
  Device device() const { return static_cast<DeviceType>(info().device_type); }
  DeviceIndex get_device() const { return -1; }
  Layout layout() const { return (info(), kStrided); }
  Storage storage() const {
    const auto i = info();
    return {i.storage_data, i.storage_bytes};
  }
  bool has_storage() const { return defined(); }
  TensorOptions options() const { return TensorOptions().dtype(scalar_type()).device(device()).layout(layout()); }
  std::string toString() const {
    if (!defined()) return "UndefinedType";
    return type().toString();
  }
  DeprecatedTypeProperties type() const { return DeprecatedTypeProperties(scalar_type()); }
  bool is_contiguous(MemoryFormat f = MemoryFormat::Contiguous) const {
    return (info(), abi::tensor_is_contiguous(impl_, static_cast<std::int8_t>(f)));
  }
  MemoryFormat suggest_memory_format() const {
    return (info(), static_cast<MemoryFormat>(abi::tensor_memory_format(impl_)));
  }
  bool is_cpu() const { return device().is_cpu(); }
  bool is_cuda() const { return device().is_cuda(); }
  bool is_mps() const { return false; }
  bool is_sparse() const { return false; }
  bool is_quantized() const { return false; }
  bool is_meta() const { return false; }
  bool is_mkldnn() const { return false; }
  bool is_alias_of(const Tensor& o) const { return storage().data() == o.storage().data(); }
  bool is_floating_point() const { return isFloatingType(scalar_type()); }
  bool is_complex() const { return isComplexType(scalar_type()); }

  bool requires_grad() const { return info().requires_grad; }
  const Tensor& set_requires_grad(bool on) const {
    abi::tensor_set_requires_grad((info(), impl_), on);
    return *this;
  }
  Tensor grad() const { return {}; }
  Tensor& mutable_grad() const { fail("Facula runs models and computes no gradients: mutable_grad() is not supported"); }
  void backward(const Tensor& = {}, std::optional<bool> = std::nullopt, bool = false) const {
    fail("Facula runs models and computes no gradients: backward() is not supported");
  }
  std::int64_t _version() const { return info().version; }
  Tensor data() const { return detach(); }
  Tensor variable_data() const { return detach(); }
  Tensor tensor_data() const { return detach(); }
  void set_data(const Tensor& o) const { abi::tensor_assign((info(), impl_), (o.info(), o.impl_)); }

  // --- elements ---
  void* data_ptr() const {
    abi::tensor_will_change((info(), impl_));
    return info().data;
  }
  const void* const_data_ptr() const { return info().data; }
  void* mutable_data_ptr() const { return data_ptr(); }
  template <class T>
  T* data_ptr() const {
    check_type<T>();
    return static_cast<T*>(data_ptr());
  }
  template <class T>
  const T* const_data_ptr() const {
    check_type<T>();
    return static_cast<const T*>(info().data);
  }
  template <class T>
  T* mutable_data_ptr() const {
    return data_ptr<T>();
  }
  template <class T>
  T* data() const {
    return data_ptr<T>();
  }
  template <class T, std::size_t N>
  TensorAccessor<T, N> accessor() const& {
    static_assert(N > 0, "accessor is used for indexing tensor, for scalars use *data_ptr<T>()");
    check_rank(N);
    const auto i = info();
    return {data_ptr<T>(), i.sizes, i.strides};
  }
  template <class T, std::size_t N>
  TensorAccessor<T, N> accessor() && = delete;
  template <class T, std::size_t N, template <class> class Traits = DefaultPtrTraits>
  PackedTensorAccessor32<T, N, Traits> packed_accessor32() const& {
    check_rank(N);
    const auto i = info();
    return {data_ptr<T>(), i.sizes, i.strides};
  }
  template <class T, std::size_t N, template <class> class Traits = DefaultPtrTraits>
  PackedTensorAccessor64<T, N, Traits> packed_accessor64() const& {
    check_rank(N);
    const auto i = info();
    return {data_ptr<T>(), i.sizes, i.strides};
  }
  Scalar item() const {
    FACULA_CALL("aten::item", "");
    return facula_call.tensor(*this).take_scalar();
  }
  template <class T>
  T item() const {
    return item().template to<T>();
  }

  // --- conversions ---
  Tensor to(const TensorOptions& options = {}, bool non_blocking = false, bool copy = false,
            std::optional<MemoryFormat> format = std::nullopt) const {
    FACULA_CALL("aten::to", "dtype_layout");
    return facula_call.tensor(*this).options(options).boolean(non_blocking).boolean(copy).opt_format(format).take_tensor();
  }
  Tensor to(Device device, ScalarType dtype, bool non_blocking = false, bool copy = false,
            std::optional<MemoryFormat> format = std::nullopt) const {
    return to(TensorOptions(device).dtype(dtype), non_blocking, copy, format);
  }
  Tensor to(ScalarType dtype, bool non_blocking = false, bool copy = false,
            std::optional<MemoryFormat> format = std::nullopt) const {
    return to(TensorOptions(dtype), non_blocking, copy, format);
  }
  Tensor to(TypeMeta dtype, bool non_blocking = false, bool copy = false) const {
    return to(TensorOptions(dtype), non_blocking, copy);
  }
  Tensor to(Device device, TypeMeta dtype, bool non_blocking = false, bool copy = false) const {
    return to(device, dtype.toScalarType(), non_blocking, copy);
  }
  Tensor to(const Tensor& other, bool non_blocking = false, bool copy = false,
            std::optional<MemoryFormat> format = std::nullopt) const {
    return to(other.device(), other.scalar_type(), non_blocking, copy, format);
  }
  Tensor toType(ScalarType t) const { return to(t); }
  Tensor toType(TypeMeta t) const { return to(t); }
  Tensor toBackend(int) const { return *this; }
  Tensor cpu() const { return to(TensorOptions(kCPU)); }
  Tensor cuda() const { return to(TensorOptions(kCUDA)); }

  // --- indexing ---
  Tensor operator[](std::int64_t i) const { return select(0, i); }
  Tensor operator[](const Scalar& i) const { return select(0, i.toLong()); }
  Tensor operator[](const Tensor& i) const { return select(0, i.item<std::int64_t>()); }
  Tensor index(ArrayRef<indexing::TensorIndex> indices) const;
  Tensor index(std::initializer_list<indexing::TensorIndex> indices) const;
  Tensor& index_put_(ArrayRef<indexing::TensorIndex> indices, const Tensor& v);
  Tensor& index_put_(ArrayRef<indexing::TensorIndex> indices, const Scalar& v);
  Tensor& index_put_(std::initializer_list<indexing::TensorIndex> indices, const Tensor& v);
  Tensor& index_put_(std::initializer_list<indexing::TensorIndex> indices, const Scalar& v);
  // A list of (optional) index tensors; a template, so that braces never mean it.
  template <class L, class = std::enable_if_t<std::is_same_v<L, List<std::optional<Tensor>>>>>
  Tensor index(const L& indices) const {
    FACULA_CALL("aten::index", "Tensor");
    return facula_call.tensor(*this).opt_tensors(indices).take_tensor();
  }
  template <class L, class = std::enable_if_t<std::is_same_v<L, List<std::optional<Tensor>>>>>
  Tensor& index_put_(const L& indices, const Tensor& v, bool accumulate = false) {
    FACULA_CALL("aten::index_put_", "");
    facula_call.tensor(*this).opt_tensors(indices).tensor(v).boolean(accumulate).discard(1);
    return *this;
  }

  // --- arithmetic ---
  Tensor operator~() const { return bitwise_not(); }
  Tensor operator-() const { return neg(); }
  Tensor& operator+=(const Tensor& o) { return add_(o); }
  Tensor& operator+=(const Scalar& o) { return add_(o); }
  Tensor& operator-=(const Tensor& o) { return sub_(o); }
  Tensor& operator-=(const Scalar& o) { return sub_(o); }
  Tensor& operator*=(const Tensor& o) { return mul_(o); }
  Tensor& operator*=(const Scalar& o) { return mul_(o); }
  Tensor& operator/=(const Tensor& o) { return div_(o); }
  Tensor& operator/=(const Scalar& o) { return div_(o); }
  Tensor& operator&=(const Tensor& o) { return bitwise_and_(o); }
  Tensor& operator|=(const Tensor& o) { return bitwise_or_(o); }
  Tensor& operator^=(const Tensor& o) { return bitwise_xor_(o); }

  // Python's names of the operators, which libtorch's tensors have as methods.
#define FACULA_DUNDER(name, method)                                                  \
  Tensor __##name##__(const Tensor& o) const { return method(o); }                   \
  Tensor __##name##__(const Scalar& o) const { return method(o); }                   \
  Tensor& __i##name##__(const Tensor& o) const { return method##_(o); }              \
  Tensor& __i##name##__(const Scalar& o) const { return method##_(o); }
  FACULA_DUNDER(and, bitwise_and)
  FACULA_DUNDER(or, bitwise_or)
  FACULA_DUNDER(xor, bitwise_xor)
  FACULA_DUNDER(lshift, bitwise_left_shift)
  FACULA_DUNDER(rshift, bitwise_right_shift)
#undef FACULA_DUNDER

  // An int would rather become the bool of std(unbiased) than a dimension.
  Tensor std(int dim) const { return std(IntArrayRef{dim}); }
  Tensor var(int dim) const { return var(IntArrayRef{dim}); }

  void print() const;  // one line about dtype and shape, to the standard error

#include "facula/generated_tensor_methods.h"

 private:
  std::size_t wrapped(std::int64_t d) const {
    const std::int64_t n = dim();
    if (d < -(n ? n : 1) || d >= (n ? n : 1))
      fail(detail::text("Dimension out of range (expected to be in range of [", -(n ? n : 1), ", ", (n ? n : 1) - 1,
                        "], but got ", d, ")"),
           abi::ErrorClass::kIndex);
    if (n == 0) fail("dimension specified as " + std::to_string(d) + " but tensor has no dimensions", abi::ErrorClass::kIndex);
    return static_cast<std::size_t>(d < 0 ? d + n : d);
  }
  template <class T>
  void check_type() const {
    constexpr ScalarType want = CppTypeToScalarType<std::remove_cv_t<T>>::value;
    static_assert(want != ScalarType::Undefined, "no tensor has elements of this C++ type");
    const ScalarType have = scalar_type();
    const bool same = want == have || (want == kByte && have == kQUInt8) || (want == kChar && have == kQInt8) ||
                      (want == kInt && have == kQInt32);
    if (!same) fail(std::string("expected scalar type ") + facula::toString(want) + " but found " + facula::toString(have));
  }
  void check_rank(std::size_t n) const {
    const auto have = info().dim;
    if (have != n) fail(detail::text("TensorAccessor expected ", n, " dims but tensor has ", have));
  }

  void* impl_;
};
static_assert(sizeof(Tensor) == sizeof(void*), "a tensor is one counted reference");

using Variable = Tensor;

// --- Call: what needs the whole class ----------------------------------------------------------------------------------

namespace abi {
inline Call& Call::tensor(const Tensor& v) {
  Slot& s = next();
  if (v.defined()) {
    s.tag = Tag::kTensor;
    s.p = v.impl();
    retain(s.p);
  }
  return *this;
}
inline Call& Call::opt_tensor(const std::optional<Tensor>& v) { return v ? tensor(*v) : none(); }
inline Call& Call::tensors(TensorList v) {
  std::vector<Slot> items(v.size());
  for (std::size_t i = 0; i < v.size(); ++i)
    if (v[i].defined()) {
      items[i].tag = Tag::kTensor;
      items[i].p = v[i].impl();
    }
  make_list(&next(), items.data(), items.size(), "Tensor");
  return *this;
}
inline Tensor Call::take_tensor() {
  Tensor t = Tensor::adopt(take_slot());
  if (requires_grad_) t.set_requires_grad(true);
  return t;
}
inline std::vector<Tensor> Call::take_tensors() {
  const Slot list = take_slot();
  std::vector<Tensor> v(list_size(list.p));
  for (std::size_t i = 0; i < v.size(); ++i) {
    Slot s;
    list_get(list.p, i, &s);
    v[i] = Tensor::adopt(s);
  }
  release(list.p);
  return v;
}
inline std::tuple<Tensor, Tensor> Call::take_tensor2() {
  Slot s[2];
  call_operator(op_, slots_, count_, s, 2);
  return {Tensor::adopt(s[0]), Tensor::adopt(s[1])};
}
inline std::tuple<Tensor, Tensor, Tensor> Call::take_tensor3() {
  Slot s[3];
  call_operator(op_, slots_, count_, s, 3);
  return {Tensor::adopt(s[0]), Tensor::adopt(s[1]), Tensor::adopt(s[2])};
}
inline std::tuple<Tensor, Tensor, Tensor, Tensor> Call::take_tensor4() {
  Slot s[4];
  call_operator(op_, slots_, count_, s, 4);
  return {Tensor::adopt(s[0]), Tensor::adopt(s[1]), Tensor::adopt(s[2]), Tensor::adopt(s[3])};
}
inline std::tuple<Tensor, Tensor, Tensor, Tensor, Tensor> Call::take_tensor5() {
  Slot s[5];
  call_operator(op_, slots_, count_, s, 5);
  return {Tensor::adopt(s[0]), Tensor::adopt(s[1]), Tensor::adopt(s[2]), Tensor::adopt(s[3]), Tensor::adopt(s[4])};
}
inline Scalar scalar_of(const Slot& s) {
  switch (s.tag) {
    case Tag::kBool: return Scalar(s.i != 0);
    case Tag::kFloat: return Scalar(s.d);
    case Tag::kComplex: {
      double parts[2];
      complex_parts(s.p, parts);
      return Scalar(Complex<double>(parts[0], parts[1]));
    }
    default: return Scalar(s.i);
  }
}
inline Scalar Call::take_scalar() {
  const Slot s = take_slot();
  const Scalar v = scalar_of(s);
  if (s.is_ref()) release(s.p);
  return v;
}
}  // namespace abi

// --- operators ---------------------------------------------------------------------------------------------------------

#define FACULA_BINARY(op, method)                                                               \
  inline Tensor operator op(const Tensor& a, const Tensor& b) { return a.method(b); }           \
  inline Tensor operator op(const Tensor& a, const Scalar& b) { return a.method(b); }
FACULA_BINARY(+, add)
FACULA_BINARY(-, sub)
FACULA_BINARY(*, mul)
FACULA_BINARY(/, div)
FACULA_BINARY(%, remainder)
FACULA_BINARY(&, bitwise_and)
FACULA_BINARY(|, bitwise_or)
FACULA_BINARY(^, bitwise_xor)
FACULA_BINARY(<, lt)
FACULA_BINARY(<=, le)
FACULA_BINARY(>, gt)
FACULA_BINARY(>=, ge)
FACULA_BINARY(==, eq)
FACULA_BINARY(!=, ne)
#undef FACULA_BINARY
inline Tensor operator+(const Scalar& a, const Tensor& b) { return b.add(a); }
inline Tensor operator*(const Scalar& a, const Tensor& b) { return b.mul(a); }
inline Tensor operator-(const Scalar& a, const Tensor& b) { return b.neg().add(a); }
inline Tensor operator/(const Scalar& a, const Tensor& b) { return b.reciprocal().mul(a); }
inline Tensor operator&(const Scalar& a, const Tensor& b) { return b.bitwise_and(a); }
inline Tensor operator|(const Scalar& a, const Tensor& b) { return b.bitwise_or(a); }
inline Tensor operator^(const Scalar& a, const Tensor& b) { return b.bitwise_xor(a); }
inline Tensor operator<(const Scalar& a, const Tensor& b) { return b.gt(a); }
inline Tensor operator<=(const Scalar& a, const Tensor& b) { return b.ge(a); }
inline Tensor operator>(const Scalar& a, const Tensor& b) { return b.lt(a); }
inline Tensor operator>=(const Scalar& a, const Tensor& b) { return b.le(a); }
inline Tensor operator==(const Scalar& a, const Tensor& b) { return b.eq(a); }
inline Tensor operator!=(const Scalar& a, const Tensor& b) { return b.ne(a); }
inline Tensor operator!(const Tensor& a) { return a.logical_not(); }

inline std::ostream& print(std::ostream& out, const Tensor& t, std::int64_t line_size) {
  abi::tensor_write(out, t.impl(), line_size);
  return out;
}
inline std::ostream& operator<<(std::ostream& out, const Tensor& t) { return print(out, t, 80); }

// --- index({...}) ------------------------------------------------------------------------------------------------------

namespace indexing {

inline constexpr std::nullopt_t None = std::nullopt;
enum class EllipsisIndexType : char { kEllipsis };
inline constexpr EllipsisIndexType Ellipsis = EllipsisIndexType::kEllipsis;

struct Slice final {
  Slice(std::optional<std::int64_t> start = std::nullopt, std::optional<std::int64_t> stop = std::nullopt,
        std::optional<std::int64_t> step = std::nullopt)
      : start_(start), stop_(stop), step_(step.value_or(1)) {
    if (step_ == 0) fail("slice step cannot be zero", abi::ErrorClass::kValue);
  }
  const std::optional<std::int64_t>& start() const { return start_; }
  const std::optional<std::int64_t>& stop() const { return stop_; }
  std::int64_t step() const { return step_; }

 private:
  std::optional<std::int64_t> start_, stop_;
  std::int64_t step_;
};

// One entry of index({...}): None, ..., an integer, a bool, a slice or a tensor.
struct TensorIndex final {
  enum class Kind : std::uint8_t { kNone, kEllipsis, kInteger, kBoolean, kSlice, kTensor };
  TensorIndex(std::nullopt_t) {}
  TensorIndex(EllipsisIndexType) : kind_(Kind::kEllipsis) {}
  TensorIndex(const char* text) : kind_(Kind::kEllipsis) {
    if (std::strcmp(text, "...") != 0) fail("Expected \"...\" to represent an ellipsis index, but got \"" + std::string(text) + "\"");
  }
  template <class T, std::enable_if_t<std::is_integral_v<T>, int> = 0>
  TensorIndex(T v)
      : kind_(std::is_same_v<T, bool> ? Kind::kBoolean : Kind::kInteger), integer_(static_cast<std::int64_t>(v)) {}
  TensorIndex(Slice s) : kind_(Kind::kSlice), slice_(s) {}
  TensorIndex(Tensor t) : kind_(Kind::kTensor), tensor_(std::move(t)) {}

  Kind kind() const { return kind_; }
  bool is_none() const { return kind_ == Kind::kNone; }
  bool is_ellipsis() const { return kind_ == Kind::kEllipsis; }
  bool is_integer() const { return kind_ == Kind::kInteger; }
  bool is_boolean() const { return kind_ == Kind::kBoolean; }
  bool is_slice() const { return kind_ == Kind::kSlice; }
  bool is_tensor() const { return kind_ == Kind::kTensor; }
  std::int64_t integer() const { return integer_; }
  bool boolean() const { return integer_ != 0; }
  const Slice& slice() const { return slice_; }
  const Tensor& tensor() const { return tensor_; }

 private:
  Kind kind_ = Kind::kNone;
  std::int64_t integer_ = 0;
  Slice slice_;
  Tensor tensor_;
};

}  // namespace indexing
}  // namespace facula
