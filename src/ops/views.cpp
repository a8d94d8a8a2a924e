// Views: another shape on the same storage.
// Longer than most files: one short function and one row for each of TorchScript's many spellings of a view.
#include <algorithm>

#include "ops/broadcast.h"
#include "ops/copy.h"
#include "ops/dims.h"
#include "ops/elementwise.h"
#include "ops/functions.h"
#include "tensor/sizes.h"

namespace fac {
namespace {

using I = std::int64_t;
using Tensors = Result<std::vector<Tensor>>;

Result<Tensor> expand(const Tensor& self, Ints size, bool) { return ops::expand_to(self, size); }
Result<Tensor> broadcast_to(const Tensor& self, Ints size) { return ops::expand_to(self, size); }
Result<Tensor> expand_as(const Tensor& self, const Tensor& other) { return ops::expand_to(self, other.sizes()); }
Result<Tensor> view_as(const Tensor& self, const Tensor& other) { return ops::view(self, other.sizes()); }
Result<Tensor> reshape_as(const Tensor& self, const Tensor& other) { return ops::reshape(self, other.sizes()); }
Result<Tensor> alias(const Tensor& self) { return self.alias(); }
Result<Tensor> itself(const Tensor& self) { return self; }

Result<Tensor> t(const Tensor& self) {
  FACULA_CHECK(self.dim() <= 2, "t() expects a tensor with <= 2 dimensions, but self is {}D", self.dim());
  return ops::transpose(self, 0, self.dim() < 2 ? 0 : 1);
}
Result<Tensor> numpy_t(const Tensor& self) {
  Dims order;
  for (I d = self.dim(); d-- > 0;) order.push_back(d);
  return ops::permute(self, order);
}
Result<Tensor> matrix_t(const Tensor& self) {
  FACULA_CHECK(self.dim() >= 2, "tensor.mT is only supported on matrices or batches of matrices. Got {}-D tensor.",
               self.dim());
  return ops::transpose(self, -2, -1);
}
// Conjugation is done at once (as aten::conj does it), so what comes back of a complex tensor is no view.
Result<Tensor> conjugated(Result<Tensor> t) {
  if (!t.ok() || !is_complex(t->dtype())) return t;
  return ops::unary(*t, kernels::UnaryOp::conj);
}
Result<Tensor> matrix_h(const Tensor& self) {
  FACULA_CHECK(self.dim() == 2 || self.dim() == 0,
               "tensor.H is only supported on matrices (2-D tensors). Got {}-D tensor.", self.dim());
  return conjugated(self.dim() == 0 ? Result<Tensor>(self.alias()) : ops::transpose(self, 0, 1));
}
Result<Tensor> adjoint(const Tensor& self) {
  FACULA_CHECK(self.dim() >= 2, "tensor.adjoint() is only supported on matrices or batches of matrices. Got {}-D tensor.",
               self.dim());
  return conjugated(ops::transpose(self, -2, -1));
}
Result<Tensor> movedim_int(const Tensor& self, I source, I destination) {
  return ops::movedim(self, {&source, 1}, {&destination, 1});
}

Result<Tensor> squeeze_all(const Tensor& self) { return ops::squeeze_set(self, ops::DimSet().set()); }
Result<Tensor> squeeze_dims(const Tensor& self, Ints dims) {
  FACULA_TRY(const ops::DimSet set, ops::dim_set(dims, self.dim(), false));
  return ops::squeeze_set(self, set);
}

Tensors unbind(const Tensor& self, I dim) {
  FACULA_CHECK_KIND(self.dim() > 0, kIndex,
                    "Dimension specified as {} but tensor has no dimensions", dim);
  FACULA_TRY(const I d, ops::wrap_dim(dim, self.dim()));
  std::vector<Tensor> out;
  for (I i = 0; i < self.size(d); ++i) {
    FACULA_TRY(Tensor part, ops::select(self, d, i));
    out.push_back(std::move(part));
  }
  return out;
}

Tensors split_with_sizes(const Tensor& self, Ints sizes, I dim) {
  FACULA_CHECK(self.dim() != 0, "split expects at least a 1-dimensional tensor");
  FACULA_TRY(const I d, ops::wrap_dim(dim, self.dim()));
  I sum = 0;
  for (auto s : sizes) {
    FACULA_CHECK(s >= 0, "split_with_sizes expects split_sizes have only non-negative entries, but got split_sizes={}",
                 ints_text(sizes));
    sum = wrap_add(sum, std::min(s, self.size(d) + 1));  // any larger one is as wrong
  }
  FACULA_CHECK(sum == self.size(d),
               "split_with_sizes expects split_sizes to sum exactly to {} (input tensor's size at dimension {}), but "
               "got split_sizes={}",
               self.size(d), d, ints_text(sizes));
  std::vector<Tensor> out;
  I start = 0;
  for (auto s : sizes) {
    FACULA_TRY(Tensor part, ops::slice(self, d, start, start + s, 1));
    out.push_back(std::move(part));
    start += s;
  }
  return out;
}

Tensors split(const Tensor& self, I size, I dim) {
  FACULA_CHECK(self.dim() != 0, "split expects at least a 1-dimensional tensor");
  FACULA_CHECK(size >= 0, "split expects split_size be non-negative, but got split_size={}", size);
  FACULA_TRY(const I d, ops::wrap_dim(dim, self.dim()));
  const I n = self.size(d);
  FACULA_CHECK(size > 0 || n == 0, "split_size can only be 0 if dimension size is 0, but got dimension size of {}", n);
  const I count = n == 0 ? 1 : (n - 1) / size + 1;
  std::vector<Tensor> out;
  for (I i = 0; i < count; ++i) {
    FACULA_TRY(Tensor part, ops::slice(self, d, i * size, i * size + std::min(size, n - i * size), 1));
    out.push_back(std::move(part));
  }
  return out;
}

// More parts than elements are empty ones: each costs memory that no limit counts.
Status check_parts(I parts) {
  FACULA_CHECK(parts <= I{1} << 24, "a tensor in {} parts is not supported", parts);
  return {};
}

Tensors chunk(const Tensor& self, I chunks, I dim) {
  FACULA_CHECK(self.dim() > 0, "chunk expects at least a 1-dimensional tensor");
  FACULA_CHECK(chunks > 0, "chunk expects `chunks` to be greater than 0, got: {}", chunks);
  FACULA_TRY(const I d, ops::wrap_dim(dim, self.dim()));
  const I n = self.size(d), size = n == 0 ? 0 : (n - 1) / chunks + 1;
  if (size == 0) {
    FACULA_TRY_VOID(check_parts(chunks));
    return split_with_sizes(self, Dims(static_cast<std::size_t>(chunks), 0), d);
  }
  return split(self, size, d);
}

Tensors tensor_split_at(const Tensor& self, Ints indices, I dim) {
  FACULA_CHECK(self.dim() > 0, "tensor_split expected at least a 1-dimensional tensor, but got a tensor with 0 dims");
  FACULA_TRY(const I d, ops::wrap_dim(dim, self.dim()));
  std::vector<Tensor> out;
  I start = 0;
  for (std::size_t i = 0; i <= indices.size(); ++i) {
    const I end = i < indices.size() ? indices[i] : self.size(d);
    FACULA_TRY(Tensor part, ops::slice(self, d, start, end, 1));
    out.push_back(std::move(part));
    start = end;
  }
  return out;
}
Tensors tensor_split(const Tensor& self, I sections, I dim) {
  FACULA_CHECK(self.dim() > 0, "tensor_split expected at least a 1-dimensional tensor, but got a tensor with 0 dims");
  FACULA_CHECK(sections > 0, "number of sections must be larger than 0, got {}", sections);
  FACULA_TRY(const I d, ops::wrap_dim(dim, self.dim()));
  if (sections > self.size(d)) FACULA_TRY_VOID(check_parts(sections));
  Dims ends;
  const I n = self.size(d), least = n / sections, larger = n % sections;
  for (I i = 1, at = 0; i < sections; ++i) ends.push_back(at += i <= larger ? least + 1 : least);
  return tensor_split_at(self, ends, d);
}
Tensors tensor_split_tensor(const Tensor& self, const Tensor& where, I dim) {
  FACULA_CHECK(where.dtype() == DType::kInt64, "tensor_split expected tensor_indices_or_sections to have dtype of "
               "long, but got {}", dtype_name(where.dtype()));
  FACULA_CHECK(where.dim() <= 1, "tensor_split expected tensor_indices_or_sections to be a zero-dimensional or "
               "one-dimensional tensor, but got a tensor with {} dims", where.dim());
  FACULA_TRY(const Tensor dense, contiguous(where));
  const Ints values(dense.data_as<I>(), static_cast<std::size_t>(dense.numel()));
  return where.dim() == 0 ? tensor_split(self, values[0], dim) : tensor_split_at(self, values, dim);
}

// hsplit, vsplit and dsplit: sections must divide the size.
Tensors axis_split(const Tensor& self, I sections, I dim, I least_rank, std::string_view name) {
  FACULA_CHECK(self.dim() >= least_rank, "torch.{} requires a tensor with at least {} dimension{}, but got a tensor "
               "with {} dimensions!", name, least_rank, least_rank > 1 ? "s" : "", self.dim());
  FACULA_CHECK(sections > 0 && self.size(dim) % sections == 0, "torch.{} attempted to split along dimension {}, but "
               "the size of the dimension {} is not divisible by the split_size {}!", name, dim, self.size(dim),
               sections);
  return tensor_split(self, sections, dim);
}
Tensors axis_split_at(const Tensor& self, Ints at, I dim, I least_rank, std::string_view name) {
  FACULA_CHECK(self.dim() >= least_rank, "torch.{} requires a tensor with at least {} dimension{}, but got a tensor "
               "with {} dimensions!", name, least_rank, least_rank > 1 ? "s" : "", self.dim());
  return tensor_split_at(self, at, dim);
}
Tensors hsplit(const Tensor& self, I sections) { return axis_split(self, sections, self.dim() == 1 ? 0 : 1, 1, "hsplit"); }
Tensors hsplit_at(const Tensor& self, Ints at) { return axis_split_at(self, at, self.dim() == 1 ? 0 : 1, 1, "hsplit"); }
Tensors vsplit(const Tensor& self, I sections) { return axis_split(self, sections, 0, 2, "vsplit"); }
Tensors vsplit_at(const Tensor& self, Ints at) { return axis_split_at(self, at, 0, 2, "vsplit"); }
Tensors dsplit(const Tensor& self, I sections) { return axis_split(self, sections, 2, 3, "dsplit"); }
Tensors dsplit_at(const Tensor& self, Ints at) { return axis_split_at(self, at, 2, 3, "dsplit"); }

Result<Tensor> unfold(const Tensor& self, I dim, I size, I step) {
  FACULA_TRY(const I d, ops::wrap_dim(dim, self.dim()));
  const I most = self.dim() == 0 ? 1 : self.size(d);
  FACULA_CHECK(size >= 0, "size is {} but must be >= 0", size);
  FACULA_CHECK(size <= most, "maximum size for tensor at dimension {} is {} but size is {}", d, most, size);
  FACULA_CHECK(step > 0, "step is {} but must be > 0", step);
  Dims sizes(self.sizes()), strides(self.strides());
  sizes.push_back(size);
  strides.push_back(self.dim() == 0 ? 1 : self.stride(d));
  if (self.dim() > 0) {
    const auto k = static_cast<std::size_t>(d);
    sizes[k] = (self.size(d) - size) / step + 1;
    strides[k] = wrap_mul(strides[k], step);
  }
  FACULA_TRY_VOID(checked_numel(sizes));
  return ops::view_of(self, sizes, strides, self.offset());
}

Result<Tensor> as_strided(const Tensor& self, Ints size, Ints stride, std::optional<I> offset) {
  FACULA_CHECK(size.size() == stride.size(), "mismatch in length of strides and shape");
  const I start = offset.value_or(self.offset());
  FACULA_CHECK(start >= 0 && start <= std::numeric_limits<I>::max() / 16, "Tensor: invalid storage offset {}", start);  // of empty tensors, too
  FACULA_TRY_VOID(checked_numel(size));
  I last = start;
  bool none = false;
  for (std::size_t i = 0; i < size.size(); ++i) {
    FACULA_CHECK(size[i] >= 0, "Trying to create tensor with negative dimension {}: {}", size[i], ints_text(size));
    FACULA_CHECK(stride[i] >= 0, "as_strided: Negative strides are not supported at the moment, got strides: {}",
                 ints_text(stride));
    none = none || size[i] == 0;
    I reach = 0;
    FACULA_CHECK(size[i] == 0 || (!__builtin_mul_overflow(size[i] - 1, stride[i], &reach) &&
                                  !__builtin_add_overflow(last, reach, &last)),
                 "Storage size calculation overflowed with sizes={} and strides={}", ints_text(size), ints_text(stride));
  }
  const I width = static_cast<I>(self.element_bytes()), have = static_cast<I>(self.storage()->bytes());
  FACULA_CHECK(none || last < have / width,
               "setStorage: sizes {}, strides {}, storage offset {}, and itemsize {} requiring a storage size of {} "
               "are out of bounds for storage of size {}",
               ints_text(size), ints_text(stride), start, width, wrap_mul(wrap_add(last, 1), width), have);
  return ops::view_of(self, size, stride, start);
}

Result<Tensor> unflatten(const Tensor& self, I dim, Ints sizes) {
  FACULA_TRY(const I d, ops::wrap_dim(dim, self.dim()));
  FACULA_CHECK(!sizes.empty(), "unflatten: sizes must be non-empty");
  FACULA_CHECK(self.dim() > 0, "unflatten: cannot unflatten a 0-dim tensor");
  I known = 1;
  bool hole = false, fits = true;
  for (auto s : sizes) {
    if (s == -1) hole = true;
    else fits = fits && !__builtin_mul_overflow(known, s, &known);
  }
  FACULA_CHECK(fits && (hole ? known != 0 && self.size(d) % known == 0 : known == self.size(d)),
               "unflatten: Provided sizes {} don't multiply up to the size of dim {} ({}) in the input tensor",
               ints_text(sizes), d, self.size(d));
  Dims shape;
  for (I i = 0; i < self.dim(); ++i) {
    if (i != d) shape.push_back(self.size(i));
    else for (auto s : sizes) shape.push_back(s == -1 ? self.size(d) / known : s);
  }
  return ops::view(self, shape);
}

Result<Tensor> ravel(const Tensor& self) { return ops::reshape(self, Dims{-1}); }

Result<std::vector<Tensor>> broadcast_tensors(TensorList tensors) {
  return ops::broadcast_tensors(ops::to_vector(tensors));
}

// Complex numbers seen as pairs of reals and back.
Tensor retyped(const Tensor& self, DType dtype, Ints sizes, Ints strides, I offset) {
  return Tensor::from_storage(self.storage(), offset, sizes, strides, dtype);
}
Dims doubled(Ints strides) {
  Dims out(strides);
  for (auto& s : out) s = wrap_mul(s, 2);
  return out;
}
Result<Tensor> view_as_real(const Tensor& self) {
  FACULA_CHECK(is_complex(self.dtype()), "view_as_real is only supported for complex tensors");
  Dims sizes(self.sizes()), strides = doubled(self.strides());
  sizes.push_back(2);
  strides.push_back(1);
  return retyped(self, real_dtype(self.dtype()), sizes, strides, self.offset() * 2);
}
Result<Tensor> view_as_complex(const Tensor& self) {
  FACULA_CHECK(is_floating(self.dtype()) && self.dtype() != DType::kBFloat16,
               "view_as_complex is only supported for half, float and double tensors, but got a tensor of scalar type: "
               "{}", dtype_name(self.dtype()));
  FACULA_CHECK(self.dim() > 0, "Input tensor must have one or more dimensions");
  const I last = self.dim() - 1;
  FACULA_CHECK(self.size(last) == 2, "Tensor must have a last dimension of size 2");
  FACULA_CHECK(self.stride(last) == 1, "Tensor must have a last dimension with stride 1");
  Dims sizes(self.sizes()), strides(self.strides());
  sizes.pop_back();
  strides.pop_back();
  for (auto& s : strides) {
    FACULA_CHECK(s % 2 == 0, "Tensor must have a stride divisible by 2 for all but last dimension");
    s /= 2;
  }
  FACULA_CHECK(self.offset() % 2 == 0, "Tensor must have a storage_offset divisible by 2");
  return retyped(self, complex_dtype(self.dtype()), sizes, strides, self.offset() / 2);
}
Result<Tensor> real(const Tensor& self) {
  if (!is_complex(self.dtype())) return self;
  return retyped(self, real_dtype(self.dtype()), self.sizes(), doubled(self.strides()), self.offset() * 2);
}
Result<Tensor> imag(const Tensor& self) {
  FACULA_CHECK(is_complex(self.dtype()), "imag is not implemented for tensors with non-complex dtypes.");
  return retyped(self, real_dtype(self.dtype()), self.sizes(), doubled(self.strides()), self.offset() * 2 + 1);
}

Result<Tensor> view_dtype(const Tensor& self, DType dtype) {
  const I from = static_cast<I>(self.element_bytes()), to = static_cast<I>(item_size(dtype));
  FACULA_CHECK(to > 0, "view: unsupported dtype");
  if (from == to) return retyped(self, dtype, self.sizes(), self.strides(), self.offset());
  FACULA_CHECK(self.dim() > 0, "self.dim() cannot be 0 to view {} as {} (different element sizes)",
               dtype_name(self.dtype()), dtype_name(dtype));
  Dims sizes(self.sizes()), strides(self.strides());
  const auto last = sizes.size() - 1;
  FACULA_CHECK(strides[last] == 1, "self.stride(-1) must be 1 to view {} as {} (different element sizes), but got {}",
               dtype_name(self.dtype()), dtype_name(dtype), strides[last]);
  if (from > to) {
    const I ratio = from / to;
    FACULA_CHECK(!__builtin_mul_overflow(sizes[last], ratio, &sizes[last]), "view: size {} does not fit as {}", self.sizes()[last], dtype_name(dtype));
    FACULA_TRY_VOID(checked_numel(sizes));
    for (std::size_t i = 0; i < last; ++i) strides[i] = wrap_mul(strides[i], ratio);
    return retyped(self, dtype, sizes, strides, self.offset() * ratio);
  }
  const I ratio = to / from;
  FACULA_CHECK(sizes[last] % ratio == 0, "self.size(-1) must be divisible by {} to view {} as {} (different element "
               "sizes), but got {}", ratio, dtype_name(self.dtype()), dtype_name(dtype), sizes[last]);
  FACULA_CHECK(self.offset() % ratio == 0, "self.storage_offset() must be divisible by {} to view {} as {} (different "
               "element sizes), but got {}", ratio, dtype_name(self.dtype()), dtype_name(dtype), self.offset());
  sizes[last] /= ratio;
  for (std::size_t i = 0; i < last; ++i) {
    FACULA_CHECK(strides[i] % ratio == 0, "self.stride({}) must be divisible by {} to view {} as {} (different element "
                 "sizes), but got {}", i, ratio, dtype_name(self.dtype()), dtype_name(dtype), strides[i]);
    strides[i] /= ratio;
  }
  return retyped(self, dtype, sizes, strides, self.offset() / ratio);
}

// In-place forms change the tensor's own sizes and strides.
Result<Tensor> take_shape(const Tensor& self, Result<Tensor> view) {
  FACULA_TRY(const Tensor v, std::move(view));
  TensorImpl& impl = *self.impl();
  impl.sizes = v.impl()->sizes;
  impl.strides = v.impl()->strides;
  impl.offset = v.offset();
  impl.refresh();
  return self;
}
Result<Tensor> squeeze_all_(const Tensor& self) { return take_shape(self, squeeze_all(self)); }
Result<Tensor> squeeze_dim_(const Tensor& self, I dim) { return take_shape(self, ops::squeeze(self, dim)); }
Result<Tensor> squeeze_dims_(const Tensor& self, Ints dims) { return take_shape(self, squeeze_dims(self, dims)); }
Result<Tensor> unsqueeze_(const Tensor& self, I dim) { return take_shape(self, ops::unsqueeze(self, dim)); }
Result<Tensor> transpose_(const Tensor& self, I a, I b) { return take_shape(self, ops::transpose(self, a, b)); }
Result<Tensor> t_(const Tensor& self) { return take_shape(self, t(self)); }
Result<Tensor> as_strided_(const Tensor& self, Ints size, Ints stride, std::optional<I> offset) {
  return take_shape(self, as_strided(self, size, stride, offset));
}

Result<Tensor> narrow_tensor(const Tensor& self, I dim, const Tensor& start, I length) {
  FACULA_CHECK(start.dim() == 0 && is_integral(start.dtype(), false), "start must be an 0-dim integral Tensor.");
  FACULA_TRY(const Scalar s, ops::item(start));
  return ops::narrow(self, dim, s.to_int(), length);
}

Result<Tensor> atleast(const Tensor& self, I rank) {
  if (self.dim() >= rank) return self;
  if (rank == 3 && self.dim() == 2) return ops::unsqueeze(self, 2);
  if (rank == 3 && self.dim() == 1) return ops::view(self, Dims{1, self.size(0), 1});
  if (rank == 2 && self.dim() == 1) return ops::unsqueeze(self, 0);
  return ops::view(self, Dims(static_cast<std::size_t>(rank), 1));
}
template <int rank>
Result<Tensor> atleast_nd(const Tensor& self) {
  return atleast(self, rank);
}
template <int rank>
Tensors atleast_nd_list(TensorList tensors) {
  std::vector<Tensor> out;
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    FACULA_TRY(Tensor v, atleast(tensors[i], rank));
    out.push_back(std::move(v));
  }
  return out;
}

Result<Tensor> as_strided_scatter(const Tensor& self, const Tensor& src, Ints size, Ints stride, std::optional<I> offset) {
  Tensor out;
  if (self.is_non_overlapping_and_dense()) {
    FACULA_TRY(out, clone(self));
  } else {  // the slot may lie between self's elements: the copy has all of the storage
    const I all = static_cast<I>(self.storage()->bytes() / self.element_bytes()), step = 1;
    FACULA_TRY(out, clone(ops::view_of(self, {&all, 1}, {&step, 1}, 0)));
    out = ops::view_of(out, self.sizes(), self.strides(), self.offset());
  }
  FACULA_TRY(const Tensor slot, as_strided(out, size, stride, offset));
  FACULA_CHECK(ops::same_sizes(slot.sizes(), src.sizes()), "expected src to have a size equal to the slice of self. src size = {}, slice size = {}",
               ints_text(src.sizes()), ints_text(slot.sizes()));
  FACULA_TRY_VOID(copy_into(slot, src));
  return out;
}
Result<Tensor> linalg_diagonal(const Tensor& self, I offset, I dim1, I dim2) {
  return ops::diagonal(self, offset, dim1, dim2);
}

}  // namespace

constexpr Op kViews[] = {
    row<ops::view>("aten::view(Tensor(a) self, SymInt[] size) -> Tensor(a)",
        {.samples = {"randn(2,3,4), [6,4]", "randn(2,3,4), [-1]", "randn(4,6).t(), [6,2,2]", "randn(0,3), [3,0]",
            "randn(()), [1,1]", "randn(6), [4]", "randn(2,3).t(), [6]"}}),
    row<view_dtype>("aten::view.dtype(Tensor(a) self, ScalarType dtype) -> Tensor(a)",
        {.samples = {"randn(2,4), torch.int32", "randn(2,4), torch.float64", "randn(2,4), torch.int16"}}),
    row<view_as>("aten::view_as(Tensor(a) self, Tensor other) -> Tensor(a)", {.samples = {"randn(6), randn(2,3)"}}),
    row<ops::reshape>("aten::reshape(Tensor(a) self, SymInt[] shape) -> Tensor(a)",
        {.traits = kCompositeAlias, .samples = {"randn(2,3,4), [6,4]", "randn(4,6).t(), [-1]", "randn(0,3), [3,0]",
            "randn(6), [4,-1]", "randn(2,3,4).transpose(0,1), [3,8]"}}),
    row<reshape_as>("aten::reshape_as(Tensor(a) self, Tensor other) -> Tensor(a)",
        {.traits = kCompositeAlias, .samples = {"randn(6), randn(2,3)"}}),
    row<expand>("aten::expand(Tensor(a) self, SymInt[] size, *, bool implicit=False) -> Tensor(a)",
        {.samples = {"randn(3,1), [3,4]", "randn(3,1), [2,-1,4]", "randn(()), [2,2]", "randn(3), [4]",
            "randn(1,3), [1,1,3]"}}),
    row<expand_as>("aten::expand_as(Tensor(a) self, Tensor other) -> Tensor(a)",
        {.samples = {"randn(3,1), randn(3,4)"}}),
    row<broadcast_to>("aten::broadcast_to(Tensor(a) self, SymInt[] size) -> Tensor(a)",
        {.samples = {"randn(3,1), [2,3,4]"}}),
    row<broadcast_tensors>("aten::broadcast_tensors(Tensor[] tensors) -> Tensor[]",
        {.samples = {"[randn(3,1), randn(4)]"}}),
    row<ops::permute>("aten::permute(Tensor(a) self, int[] dims) -> Tensor(a)",
        {.samples = {"randn(2,3,4), [2,0,1]", "randn(2,3,4), [-1,0,1]", "randn(()), []", "randn(2,3), [0,0]"}}),
    row<ops::transpose>("aten::transpose.int(Tensor(a) self, int dim0, int dim1) -> Tensor(a)",
        {.samples = {"randn(2,3,4), 0, 2", "randn(2,3), -1, -2", "randn(()), 0, -1", "randn(2,3), 2, 0"}}),
    row<ops::transpose>("aten::swapaxes(Tensor(a) self, int axis0, int axis1) -> Tensor(a)",
        {.samples = {"randn(2,3,4), 0, 2"}}),
    row<ops::transpose>("aten::swapdims(Tensor(a) self, int dim0, int dim1) -> Tensor(a)",
        {.samples = {"randn(2,3,4), 0, 2"}}),
    row<transpose_>("aten::transpose_(Tensor(a!) self, int dim0, int dim1) -> Tensor(a!)",
        {.samples = {"randn(2,3), 0, 1"}}),
    row<transpose_>("aten::swapaxes_(Tensor(a!) self, int axis0, int axis1) -> Tensor(a!)"),
    row<transpose_>("aten::swapdims_(Tensor(a!) self, int dim0, int dim1) -> Tensor(a!)"),
    row<t>("aten::t(Tensor(a) self) -> Tensor(a)",
        {.samples = {"randn(2,3)", "randn(3)", "randn(())", "randn(2,3,4)"}}),
    row<t_>("aten::t_(Tensor(a!) self) -> Tensor(a!)"),
    row<numpy_t>("aten::numpy_T(Tensor(a) self) -> Tensor(a)", {.samples = {"randn(2,3,4)"}}),
    row<numpy_t>("aten::numpy_T.a(Tensor(a) self) -> Tensor(a)"),
    row<matrix_h>("aten::matrix_H(Tensor(a) self) -> Tensor(a)",
        {.traits = kCompositeAlias, .samples = {"randn(2,3)", "torch.complex(randn(2,3),randn(2,3))"}}),
    row<matrix_h>("aten::matrix_H.a(Tensor(a) self) -> Tensor(a)", {.traits = kCompositeAlias}),
    row<matrix_t>("aten::mT(Tensor(a) self) -> Tensor(a)", {.samples = {"randn(2,3,4)"}}),
    row<matrix_t>("aten::mT.a(Tensor(a) self) -> Tensor(a)"),
    row<adjoint>("aten::mH(Tensor(a) self) -> Tensor(a)",
        {.traits = kCompositeAlias, .samples = {"randn(2,3,4)", "torch.complex(randn(2,3),randn(2,3))"}}),
    row<adjoint>("aten::mH.a(Tensor(a) self) -> Tensor(a)", {.traits = kCompositeAlias}),
    row<adjoint>("aten::adjoint(Tensor(a) self) -> Tensor(a)",
        {.traits = kCompositeAlias, .samples = {"randn(2,3,4)", "torch.complex(randn(2,3),randn(2,3))"}}),
    row<ops::movedim>("aten::movedim.intlist(Tensor(a) self, int[] source, int[] destination) -> Tensor(a)",
        {.samples = {"randn(2,3,4), [0,1], [2,0]"}}),
    row<movedim_int>("aten::movedim.int(Tensor(a) self, int source, int destination) -> Tensor(a)",
        {.samples = {"randn(2,3,4), 0, -1"}}),
    row<ops::movedim>("aten::moveaxis.intlist(Tensor(a) self, int[] source, int[] destination) -> Tensor(a)",
        {.samples = {"randn(2,3,4), [0,1], [2,0]"}}),
    row<movedim_int>("aten::moveaxis.int(Tensor(a) self, int source, int destination) -> Tensor(a)",
        {.samples = {"randn(2,3,4), 0, -1"}}),
    row<squeeze_all>("aten::squeeze(Tensor(a) self) -> Tensor(a)", {.samples = {"randn(1,3,1)", "randn(())"}}),
    row<ops::squeeze>("aten::squeeze.dim(Tensor(a) self, int dim) -> Tensor(a)",
        {.samples = {"randn(1,3,1), 0", "randn(1,3,1), 1", "randn(1,3,1), -1", "randn(()), 0", "randn(2), 3"}}),
    row<squeeze_dims>("aten::squeeze.dims(Tensor(a) self, int[] dim) -> Tensor(a)",
        {.samples = {"randn(1,3,1), [0,2]", "randn(1,3,1), [0,1]"}}),
    row<squeeze_all_>("aten::squeeze_(Tensor(a!) self) -> Tensor(a!)", {.samples = {"randn(1,3,1)"}}),
    row<squeeze_dim_>("aten::squeeze_.dim(Tensor(a!) self, int dim) -> Tensor(a!)", {.samples = {"randn(1,3,1), 0"}}),
    row<squeeze_dims_>("aten::squeeze_.dims(Tensor(a!) self, int[] dim) -> Tensor(a!)",
        {.samples = {"randn(1,3,1), [0,2]"}}),
    row<ops::unsqueeze>("aten::unsqueeze(Tensor(a) self, int dim) -> Tensor(a)",
        {.samples = {"randn(2,3), 0", "randn(2,3), -1", "randn(2,3).t(), 1", "randn(()), 0", "randn(2), 3"}}),
    row<unsqueeze_>("aten::unsqueeze_(Tensor(a!) self, int dim) -> Tensor(a!)", {.samples = {"randn(2,3), 1"}}),
    row<ops::select>("aten::select.int(Tensor(a) self, int dim, SymInt index) -> Tensor(a)",
        {.samples = {"randn(2,3), 0, 1", "randn(2,3), -1, -1", "randn(2,3), 0, 2", "randn(()), 0, 0"}}),
    row<ops::slice>("aten::slice.Tensor(Tensor(a) self, int dim=0, SymInt? start=None, SymInt? end=None, SymInt step=1) -> Tensor(a)",
        {.samples = {"randn(5,3), 0, 1, 4, 2", "randn(5,3), 1, None, -1, 1", "randn(5), 0, 3, 1, 1",
            "randn(5), 0, -100, 100, 3", "randn(5), 0, 0, 5, 0"}}),
    row<ops::narrow>("aten::narrow(Tensor(a) self, int dim, SymInt start, SymInt length) -> Tensor(a)",
        {.samples = {"randn(5,3), 0, 1, 3", "randn(5,3), 0, -2, 2", "randn(5,3), 0, 4, 3"}}),
    row<narrow_tensor>("aten::narrow.Tensor(Tensor(a) self, int dim, Tensor start, SymInt length) -> Tensor(a)",
        {.samples = {"randn(5,3), 0, tensor(1), 3"}}),
    row<split>("aten::split.Tensor(Tensor(a -> *) self, SymInt split_size, int dim=0) -> Tensor(a)[]",
        {.samples = {"randn(7,2), 3", "randn(2,7), 3, 1", "randn(0,2), 0", "randn(3), -1"}}),
    row<split_with_sizes>("aten::split.sizes(Tensor(a -> *) self, SymInt[] split_size, int dim=0) -> Tensor(a)[]",
        {.samples = {"randn(7,2), [3,4]", "randn(7,2), [3,3]"}}),
    row<split_with_sizes>("aten::split(Tensor(a -> *) self, int[] split_sizes, int dim=0) -> Tensor(a)[]",
        {.samples = {"randn(7,2), [3,4]"}}),
    row<split_with_sizes>("aten::split_with_sizes(Tensor(a -> *) self, SymInt[] split_sizes, int dim=0) -> Tensor(a)[]",
        {.samples = {"randn(2,7), [3,4], 1"}}),
    row<chunk>("aten::chunk(Tensor(a -> *) self, int chunks, int dim=0) -> Tensor(a)[]",
        {.samples = {"randn(7,2), 3", "randn(2,5), 4, 1", "randn(0,2), 3"}}),
    row<split>("aten::unsafe_split.Tensor(Tensor self, SymInt split_size, int dim=0) -> Tensor[]",
        {.samples = {"randn(7,2), 3"}}),
    row<chunk>("aten::unsafe_chunk(Tensor self, int chunks, int dim=0) -> Tensor[]", {.samples = {"randn(7,2), 3"}}),
    row<split_with_sizes>("aten::unsafe_split_with_sizes(Tensor self, SymInt[] split_sizes, int dim=0) -> Tensor[]",
        {.samples = {"randn(7,2), [3,4]"}}),
    row<tensor_split>("aten::tensor_split.sections(Tensor(a -> *) self, SymInt sections, int dim=0) -> Tensor(a)[]",
        {.samples = {"randn(7,2), 3", "randn(2,7), 4, 1"}}),
    row<tensor_split_at>("aten::tensor_split.indices(Tensor(a -> *) self, SymInt[] indices, int dim=0) -> Tensor(a)[]",
        {.samples = {"randn(7,2), [1,3]", "randn(7), [3,1,9]"}}),
    row<tensor_split_tensor>("aten::tensor_split.tensor_indices_or_sections(Tensor(a -> *) self, Tensor tensor_indices_or_sections, int dim=0) -> Tensor(a)[]",
        {.samples = {"randn(7,2), tensor([1,3])", "randn(7), tensor(2)"}}),
    row<hsplit>("aten::hsplit.int(Tensor(a -> *) self, int sections) -> Tensor(a)[]",
        {.samples = {"randn(4,6), 2", "randn(6), 3"}}),
    row<hsplit_at>("aten::hsplit.array(Tensor(a -> *) self, int[] indices) -> Tensor(a)[]",
        {.samples = {"randn(4,6), [1,4]"}}),
    row<vsplit>("aten::vsplit.int(Tensor(a -> *) self, int sections) -> Tensor(a)[]", {.samples = {"randn(4,6), 2"}}),
    row<vsplit_at>("aten::vsplit.array(Tensor(a -> *) self, int[] indices) -> Tensor(a)[]",
        {.samples = {"randn(4,6), [1,2]"}}),
    row<dsplit>("aten::dsplit.int(Tensor(a -> *) self, int sections) -> Tensor(a)[]",
        {.samples = {"randn(2,2,4), 2"}}),
    row<dsplit_at>("aten::dsplit.array(Tensor(a -> *) self, int[] indices) -> Tensor(a)[]",
        {.samples = {"randn(2,2,4), [1,2]"}}),
    row<unbind>("aten::unbind.int(Tensor(a -> *) self, int dim=0) -> Tensor(a)[]",
        {.samples = {"randn(3,2)", "randn(3,2), 1", "randn(0,2)"}}),
    row<unfold>("aten::unfold(Tensor(a) self, int dimension, int size, int step) -> Tensor(a)",
        {.samples = {"randn(7,3), 0, 3, 2", "randn(()), 0, 1, 1", "randn(3), 0, 4, 1"}}),
    row<ops::diagonal>("aten::diagonal(Tensor(a) self, int offset=0, int dim1=0, int dim2=1) -> Tensor(a)",
        {.samples = {"randn(3,4)", "randn(3,4), 1", "randn(3,4), -2", "randn(2,3,4), 0, 0, 2", "randn(3,3), 5"}}),
    row<linalg_diagonal>("aten::linalg_diagonal(Tensor(a) A, *, int offset=0, int dim1=-2, int dim2=-1) -> Tensor(a)",
        {.samples = {"randn(2,3,4)"}}),
    row<as_strided>("aten::as_strided(Tensor(a) self, SymInt[] size, SymInt[] stride, SymInt? storage_offset=None) -> Tensor(a)",
        {.samples = {"randn(12), [3,2], [2,1]", "randn(12), [3,2], [1,1], 2", "randn(4), [3,2], [2,1]"}}),
    row<as_strided_scatter>("aten::as_strided_scatter(Tensor self, Tensor src, SymInt[] size, SymInt[] stride, SymInt? storage_offset=None) -> Tensor",
        {.forms = kOut, .samples = {"randn(12), randn(3,2), [3,2], [2,1]"}}),
    row<as_strided_>("aten::as_strided_(Tensor(a!) self, SymInt[] size, SymInt[] stride, SymInt? storage_offset=None) -> Tensor(a!)",
        {.samples = {"randn(12), [3,2], [2,1]"}}),
    row<ops::flatten>("aten::flatten.using_ints(Tensor(a) self, int start_dim=0, int end_dim=-1) -> Tensor(a)",
        {.traits = kCompositeAlias, .samples = {"randn(2,3,4)", "randn(2,3,4), 1", "randn(2,3,4).transpose(1,2), 1",
            "randn(())", "randn(2,3), 0, 0"}}),
    row<unflatten>("aten::unflatten.int(Tensor(a) self, int dim, SymInt[] sizes) -> Tensor(a)",
        {.samples = {"randn(2,6), 1, [2,3]", "randn(2,6), -1, [-1,3]", "randn(2,6), 1, [4,2]"}}),
    row<ravel>("aten::ravel(Tensor(a) self) -> Tensor(a)",
        {.traits = kCompositeAlias, .samples = {"randn(2,3)", "randn(2,3).t()"}}),
    row<alias>("aten::alias(Tensor(a) self) -> Tensor(a)", {.samples = {"randn(2,3)"}}),
    row<alias>("aten::detach(Tensor(a) self) -> Tensor(a)", {.samples = {"randn(2,3)"}}),
    row<itself>("aten::detach_(Tensor(a!) self) -> Tensor(a!)", {.samples = {"randn(2,3)"}}),
    row<alias>("aten::lift(Tensor self) -> Tensor", {.forms = kOut, .samples = {"randn(2,3)"}}),
    row<itself>("aten::lift_fresh(Tensor(a) self) -> Tensor(a)", {.samples = {"randn(2,3)"}}),
    row<view_as_real>("aten::view_as_real(Tensor(a) self) -> Tensor(a)",
        {.samples = {"randn(2,3,dtype=torch.cfloat)"}}),
    row<view_as_complex>("aten::view_as_complex(Tensor(a) self) -> Tensor(a)",
        {.samples = {"randn(2,3,2)", "randn(2,3)"}}),
    row<real>("aten::real(Tensor(a) self) -> Tensor(a)",
        {.samples = {"randn(2,3,dtype=torch.cfloat)", "randn(2,3)"}}),
    row<imag>("aten::imag(Tensor(a) self) -> Tensor(a)",
        {.samples = {"randn(2,3,dtype=torch.cfloat)", "randn(2,3)"}}),
    row<itself>("aten::resolve_conj(Tensor(a) self) -> Tensor(a)", {.samples = {"randn(2,3)"}}),
    row<itself>("aten::resolve_neg(Tensor(a) self) -> Tensor(a)", {.samples = {"randn(2,3)"}}),
    row<atleast_nd<1>>("aten::atleast_1d(Tensor self) -> Tensor",
        {.traits = kCompositeAlias, .samples = {"randn(())", "randn(2)"}}),
    row<atleast_nd_list<1>>("aten::atleast_1d.Sequence(Tensor[] tensors) -> Tensor[]",
        {.samples = {"[randn(()), randn(2)]"}}),
    row<atleast_nd<2>>("aten::atleast_2d(Tensor self) -> Tensor",
        {.traits = kCompositeAlias, .samples = {"randn(())", "randn(2)"}}),
    row<atleast_nd_list<2>>("aten::atleast_2d.Sequence(Tensor[] tensors) -> Tensor[]",
        {.samples = {"[randn(()), randn(2)]"}}),
    row<atleast_nd<3>>("aten::atleast_3d(Tensor self) -> Tensor",
        {.traits = kCompositeAlias, .samples = {"randn(())", "randn(2)", "randn(2,3)"}}),
    row<atleast_nd_list<3>>("aten::atleast_3d.Sequence(Tensor[] tensors) -> Tensor[]",
        {.samples = {"[randn(()), randn(2), randn(2,3)]"}}),
};
FACULA_FAMILY(views, kViews)

}  // namespace fac
