// The whole C++ API. Programs written for libtorch include torch/script.h or torch/torch.h instead, which give the same
// things under libtorch's names. Longer than most files: what the API says besides tensors and modules stands in one place.
#pragma once

#include "facula/module.h"

#include "facula/generated_functions.h"

namespace facula {

// --- tensors from C++ values -------------------------------------------------------------------------------------------

namespace detail {
template <class T>
void delete_callable(void* p) {
  T* f = static_cast<T*>(p);
  (*f)();
  delete f;
}
inline Tensor blob(void* data, IntArrayRef sizes, const std::int64_t* strides, const TensorOptions& o,
                   abi::Deleter release, void* context) {
  if (o.has_device() && !o.device().is_cpu())
    fail("from_blob: memory of device " + o.device().str() + " cannot be used: only the CPU is supported");
  abi::Slot s;
  abi::tensor_from_blob(&s, data, sizes.data(), strides, sizes.size(),
                        static_cast<std::int8_t>(o.dtype().toScalarType()), release, context);
  Tensor t = Tensor::adopt(s);
  if (o.requires_grad()) t.set_requires_grad(true);
  return t;
}
template <class F>
Tensor blob_with(void* data, IntArrayRef sizes, const std::int64_t* strides, const F& release, const TensorOptions& o) {
  auto bound = [release, data] { release(data); };
  using Bound = decltype(bound);
  return blob(data, sizes, strides, o, &delete_callable<Bound>, new Bound(bound));
}
inline void check_strides(IntArrayRef sizes, IntArrayRef strides) {
  if (sizes.size() != strides.size())
    fail(text("from_blob: ", sizes.size(), " sizes but ", strides.size(), " strides"));
}
}  // namespace detail

// Views of the caller's memory, which must live as long as the tensor; `deleter(data)` runs when it has gone.
inline Tensor from_blob(void* data, IntArrayRef sizes, const TensorOptions& options = {}) {
  return detail::blob(data, sizes, nullptr, options, nullptr, nullptr);
}
inline Tensor from_blob(void* data, IntArrayRef sizes, IntArrayRef strides, const TensorOptions& options = {}) {
  detail::check_strides(sizes, strides);
  return detail::blob(data, sizes, strides.data(), options, nullptr, nullptr);
}
template <class F, class = std::enable_if_t<std::is_invocable_v<const F&, void*>>>
Tensor from_blob(void* data, IntArrayRef sizes, const F& deleter, const TensorOptions& options = {}) {
  return detail::blob_with(data, sizes, nullptr, deleter, options);
}
template <class F, class = std::enable_if_t<std::is_invocable_v<const F&, void*>>>
Tensor from_blob(void* data, IntArrayRef sizes, IntArrayRef strides, const F& deleter,
                 const TensorOptions& options = {}) {
  detail::check_strides(sizes, strides);
  return detail::blob_with(data, sizes, strides.data(), deleter, options);
}

namespace detail {
// The argument of tensor(): a number, an array, or nested braces of them.
class TensorData {
 public:
  template <class T, std::enable_if_t<std::is_arithmetic_v<T> || std::is_same_v<T, Half> ||
                                          std::is_same_v<T, BFloat16> || std::is_same_v<T, Complex<float>> ||
                                          std::is_same_v<T, Complex<double>>,
                                      int> = 0>
  TensorData(T v) : type_(inferred(CppTypeToScalarType<T>::value)), values_{Scalar(v)} {}
  TensorData(std::initializer_list<TensorData> items) : sizes_{static_cast<std::int64_t>(items.size())} {
    type_ = get_default_dtype_as_scalartype();
    bool first = true;
    for (const TensorData& d : items) {
      if (first) {
        type_ = d.type_;
        sizes_.insert(sizes_.end(), d.sizes_.begin(), d.sizes_.end());
      } else {
        if (!std::equal(d.sizes_.begin(), d.sizes_.end(), sizes_.begin() + 1, sizes_.end()))
          fail("Expected all sub-lists to have sizes: " + ints_text({sizes_.data() + 1, sizes_.size() - 1}) +
               ", but got sub-list with sizes: " + ints_text(d.sizes_));
        if (d.type_ != type_)
          fail(std::string("Expected all elements of the tensor to have the same scalar type: ") + toString(type_) +
               ", but got element of scalar type: " + toString(d.type_));
      }
      first = false;
      values_.insert(values_.end(), d.values_.begin(), d.values_.end());
    }
  }
  template <class T, std::enable_if_t<CppTypeToScalarType<T>::value != ScalarType::Undefined, int> = 0>
  TensorData(ArrayRef<T> v)
      : type_(inferred(CppTypeToScalarType<T>::value)),
        whole_(from_blob(const_cast<T*>(v.data()), {static_cast<std::int64_t>(v.size())},
                         TensorOptions(CppTypeToScalarType<T>::value))
                   .clone()) {}
  template <class T>
  TensorData(const std::vector<T>& v) : TensorData(ArrayRef<T>(v)) {}
  TensorData(const std::vector<bool>& v) : type_(kBool), sizes_{static_cast<std::int64_t>(v.size())} {
    for (const bool b : v) values_.push_back(Scalar(b));
  }
  Tensor tensor(const TensorOptions& o) const {
    const TensorOptions options = o.has_dtype() ? o : o.dtype(type_);
    Tensor t = whole_.defined() ? whole_.to(options.requires_grad(std::nullopt)) : empty(sizes_, options.requires_grad(false));
    if (!whole_.defined() && !values_.empty()) {
      Tensor flat = t.view({-1});
      // Element by element only for complex numbers; real ones are written as doubles or integers and cast.
      const bool real = isFloatingType(type_), is_complex = isComplexType(type_);
      if (is_complex) {
        for (std::size_t i = 0; i < values_.size(); ++i) flat[static_cast<std::int64_t>(i)].fill_(values_[i]);
      } else if (real) {
        std::vector<double> v;
        for (const Scalar& s : values_) v.push_back(s.toDouble());
        flat.copy_(from_blob(v.data(), {flat.numel()}, kDouble));
      } else {
        std::vector<std::int64_t> v;
        for (const Scalar& s : values_) v.push_back(s.toLong());
        flat.copy_(from_blob(v.data(), {flat.numel()}, kLong));
      }
    }
    if (o.requires_grad()) t.set_requires_grad(true);
    return t;
  }

 private:
  static ScalarType inferred(ScalarType t) {
    return t == kInt || t == kLong ? kLong : t == kFloat || t == kDouble ? get_default_dtype_as_scalartype() : t;
  }
  ScalarType type_;
  std::vector<std::int64_t> sizes_;
  std::vector<Scalar> values_;
  Tensor whole_;
};
}  // namespace detail
inline Tensor tensor(detail::TensorData data, const TensorOptions& options = {}) { return data.tensor(options); }
inline Tensor scalar_to_tensor(const Scalar& s) { return full({}, s, TensorOptions(s.type())); }

inline void print(const Tensor& t, std::int64_t line_size = 80) {
  abi::tensor_print(t.impl(), line_size);
}
inline void Tensor::print() const {
  std::string s = "[" + toString();
  if (defined()) s += " " + ints_text(sizes());
  s += "]\n";
  abi::print_text({s.data(), s.size()}, true);
}

// --- index({...}) --------------------------------------------------------------------------------------------------------

namespace indexing {
namespace detail {
// What slices and integers select, and the index tensors for the rest, at their dimensions of the result.
struct Selection {
  Tensor self;
  std::vector<std::optional<Tensor>> indices;
};
inline Selection select(const Tensor& self, ArrayRef<TensorIndex> entries) {
  std::int64_t given = 0;
  for (const TensorIndex& e : entries) {
    if (e.is_integer() || e.is_slice()) ++given;
    if (e.is_tensor()) given += e.tensor().scalar_type() == kBool || e.tensor().scalar_type() == kByte ? e.tensor().dim() : 1;
  }
  if (given > self.dim()) fail(facula::detail::text("too many indices for tensor of dimension ", self.dim()), abi::ErrorClass::kIndex);
  Selection s{self, {}};
  std::int64_t dim = 0;
  const auto record = [&](Tensor t) {
    s.indices.resize(static_cast<std::size_t>(dim) + 1);
    s.indices[static_cast<std::size_t>(dim++)] = std::move(t);
  };
  for (const TensorIndex& e : entries) {
    switch (e.kind()) {
      case TensorIndex::Kind::kNone: s.self = s.self.unsqueeze(dim++); break;
      case TensorIndex::Kind::kEllipsis: dim += self.dim() - given; break;
      case TensorIndex::Kind::kInteger: {
        const std::int64_t size = s.self.dim() > dim ? s.self.size(dim) : 0;
        if (e.integer() < -size || e.integer() >= size)
          fail(facula::detail::text("index ", e.integer(), " is out of bounds for dimension ", dim, " with size ", size),
               abi::ErrorClass::kIndex);
        s.self = s.self.select(dim, e.integer());
        break;
      }
      case TensorIndex::Kind::kSlice:
        s.self = s.self.slice(dim++, e.slice().start(), e.slice().stop(), e.slice().step());
        break;
      case TensorIndex::Kind::kBoolean:
        s.self = s.self.unsqueeze(dim);
        record(e.boolean() ? zeros({1}, kLong) : zeros({0}, kLong));
        break;
      case TensorIndex::Kind::kTensor: {
        const Tensor& t = e.tensor();
        const ScalarType type = t.scalar_type();
        if (t.dim() == 0 && type == kBool) {
          s.self = s.self.unsqueeze(dim);
          record(t.item<bool>() ? zeros({1}, kLong) : zeros({0}, kLong));
        } else if (t.dim() == 0 && isIntegralType(type, false)) {
          s.self = s.self.select(dim, t.item<std::int64_t>());
        } else {
          record(t);
        }
        break;
      }
    }
  }
  return s;
}
inline void assign(const Tensor& self, ArrayRef<TensorIndex> entries, const Tensor& v) {
  const Selection s = select(self, entries);
  const Tensor value = v.scalar_type() == self.scalar_type() ? v : v.to(self.scalar_type());
  if (s.indices.empty()) {
    // Leading dimensions of size 1 of the value are dropped, as Python does it.
    Tensor w = value;
    while (w.dim() > s.self.dim() && w.size(0) == 1) w = w.squeeze(0);
    s.self.copy_(w);
    return;
  }
  Tensor target = s.self;
  target.index_put_(List<std::optional<Tensor>>(s.indices), value);
}
}  // namespace detail
}  // namespace indexing

inline Tensor Tensor::index(ArrayRef<indexing::TensorIndex> entries) const {
  const auto s = indexing::detail::select(*this, entries);
  if (s.indices.empty()) return s.self.is_same(*this) ? s.self.alias() : s.self;
  return s.self.index(List<std::optional<Tensor>>(s.indices));
}
inline Tensor Tensor::index(std::initializer_list<indexing::TensorIndex> entries) const {
  return index(ArrayRef<indexing::TensorIndex>(entries));
}
inline Tensor& Tensor::index_put_(ArrayRef<indexing::TensorIndex> entries, const Tensor& v) {
  indexing::detail::assign(*this, entries, v);
  return *this;
}
inline Tensor& Tensor::index_put_(ArrayRef<indexing::TensorIndex> entries, const Scalar& v) {
  indexing::detail::assign(*this, entries, full({}, v, TensorOptions(scalar_type())));
  return *this;
}
inline Tensor& Tensor::index_put_(std::initializer_list<indexing::TensorIndex> entries, const Tensor& v) {
  return index_put_(ArrayRef<indexing::TensorIndex>(entries), v);
}
inline Tensor& Tensor::index_put_(std::initializer_list<indexing::TensorIndex> entries, const Scalar& v) {
  return index_put_(ArrayRef<indexing::TensorIndex>(entries), v);
}

// See Tensor::std(int).
inline Tensor std(const Tensor& t, int dim) { return t.std(dim); }
inline Tensor var(const Tensor& t, int dim) { return t.var(dim); }
inline std::tuple<Tensor, Tensor> std_mean(const Tensor& t, int dim) { return std_mean(t, IntArrayRef{dim}); }
inline std::tuple<Tensor, Tensor> var_mean(const Tensor& t, int dim) { return var_mean(t, IntArrayRef{dim}); }

inline Tensor index(const Tensor& t, const List<std::optional<Tensor>>& indices) { return t.index(indices); }
inline std::int64_t size(const Tensor& t, std::int64_t dim) { return t.size(dim); }
inline std::int64_t numel(const Tensor& t) { return t.numel(); }
inline bool is_floating_point(const Tensor& t) { return t.is_floating_point(); }

// --- the process -----------------------------------------------------------------------------------------------------------

inline void manual_seed(std::uint64_t seed) { abi::manual_seed(seed); }
inline int get_num_threads() { return abi::thread_count(); }
inline void set_num_threads(int n) {
  if (n < 1) fail("Expected positive number of threads");
  abi::set_thread_count(n);
}
inline int get_num_interop_threads() { return 1; }
inline void set_num_interop_threads(int) {}
inline void init_num_threads() {}
inline bool in_parallel_region() { return false; }
inline int get_thread_num() { return 0; }
// f(begin, end) must not throw.
template <class F>
void parallel_for(std::int64_t begin, std::int64_t end, std::int64_t grain, const F& f) {
  if (begin >= end) return;
  struct Context {
    const F* f;
    std::int64_t begin;
  } context{&f, begin};
  abi::parallel_for(
      end - begin, grain < 1 ? 1 : grain,
      [](void* p, std::int64_t b, std::int64_t e) {
        const auto* c = static_cast<const Context*>(p);
        (*c->f)(c->begin + b, c->begin + e);
      },
      &context);
}

namespace detail {
class ModeGuard {
 public:
  ModeGuard(abi::Mode which, bool on) : which_(which), before_(abi::mode(which)) { abi::set_mode(which, on); }
  ~ModeGuard() { abi::set_mode(which_, before_); }
  ModeGuard(const ModeGuard&) = delete;
  ModeGuard& operator=(const ModeGuard&) = delete;

 private:
  abi::Mode which_;
  bool before_;
};
}  // namespace detail
struct GradMode {
  static bool is_enabled() { return abi::mode(abi::Mode::kGrad); }
  static void set_enabled(bool on) { abi::set_mode(abi::Mode::kGrad, on); }
};
class AutoGradMode {
 public:
  explicit AutoGradMode(bool on) : guard_(abi::Mode::kGrad, on) {}
  ~AutoGradMode() {}

 private:
  detail::ModeGuard guard_;
};
class NoGradGuard : public AutoGradMode {
 public:
  NoGradGuard() : AutoGradMode(false) {}
};
class InferenceMode {
 public:
  explicit InferenceMode(bool on = true) : guard_(abi::Mode::kInference, on), grad_(abi::Mode::kGrad, !on) {}
  ~InferenceMode() {}
  static bool is_enabled() { return abi::mode(abi::Mode::kInference); }

 private:
  detail::ModeGuard guard_, grad_;
};
struct AutoNonVariableTypeMode {
  explicit AutoNonVariableTypeMode(bool = true) {}
  ~AutoNonVariableTypeMode() {}
};
struct AutoDispatchBelowADInplaceOrView {
  AutoDispatchBelowADInplaceOrView() {}
  ~AutoDispatchBelowADInplaceOrView() {}
};

// The arguments printed one after the other, as in messages.
template <class... A>
std::string str(const A&... args) {
  return detail::text(args...);
}

// This build computes on the CPU alone.
namespace cuda {
inline bool is_available() { return false; }
inline bool cudnn_is_available() { return false; }
inline std::size_t device_count() { return 0; }
inline void synchronize(std::int64_t = -1) {}
inline void manual_seed(std::uint64_t) {}
inline void manual_seed_all(std::uint64_t) {}
}  // namespace cuda
inline bool hasCUDA() { return false; }
inline bool hasMPS() { return false; }
inline bool hasMKL() { return false; }
namespace mps {
inline bool is_available() { return false; }
}  // namespace mps
namespace xpu {
inline bool is_available() { return false; }
inline std::size_t device_count() { return 0; }
inline void synchronize(std::int64_t = -1) {}
}  // namespace xpu
class Context {
 public:
  bool hasCUDA() const { return false; }
  bool hasMKL() const { return false; }
  bool hasMKLDNN() const { return false; }
  void setBenchmarkCuDNN(bool) {}
  void setDeterministicCuDNN(bool) {}
  void setUserEnabledMkldnn(bool) {}
  void setFlushDenormal(bool) {}
  bool hasXPU() const { return false; }
  bool hasMPS() const { return false; }
  bool userEnabledCuDNN() const { return false; }
  bool userEnabledMkldnn() const { return false; }
  void setUserEnabledCuDNN(bool) {}
  bool benchmarkCuDNN() const { return false; }
  bool deterministicCuDNN() const { return false; }
  bool allowTF32CuBLAS() const { return false; }
  void setAllowTF32CuBLAS(bool) {}
  bool allowTF32CuDNN() const { return false; }
  void setAllowTF32CuDNN(bool) {}
  bool deterministicAlgorithms() const { return false; }
  void setDeterministicAlgorithms(bool, bool = false) {}
};
inline Context& globalContext() {
  static Context context;
  return context;
}
inline std::string show_config() {
  const abi::Text v = abi::version();
  return "Facula " + std::string(v.data, v.size);
}
inline std::string get_cxx_flags() { return {}; }
inline std::string get_cpu_capability() {
#if (defined(__x86_64__) || defined(__i386__)) && defined(__GNUC__)
  if (__builtin_cpu_supports("avx512f")) return "AVX512";
  if (__builtin_cpu_supports("avx2")) return "AVX2";
#endif
  return "DEFAULT";
}
inline std::string get_parallel_info() { return "ATen/Parallel:\n\tat::get_num_threads() : " + std::to_string(get_num_threads()) + "\n"; }

// Programs of facula's own say facula::load.
using jit::load;
using jit::OptimizeFrozenGraph;  // found by its argument

}  // namespace facula
