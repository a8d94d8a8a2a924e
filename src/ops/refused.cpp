// Operators that compile but do not run here: gradients, and tensors of other layouts and quantised types. A program that
// contains them in a branch that is not taken works; where one is reached, the message says what is missing.
#include <array>

#include "ops/op.h"

namespace fac {
namespace {

enum class Why : std::uint8_t { kGradient, kQuantized, kSparse, kNested, kRotated, kOther };
struct Refused {
  std::string_view schema;
  Why why;
};
constexpr Refused kRefused[] = {
    {"aten::backward(Tensor self, Tensor? gradient=None, bool? retain_graph=None, bool create_graph=False) -> ()", Why::kGradient},
    {"aten::backward.TensorList(Tensor[] tensors, Tensor?[]? grad_tensors=None, bool? retain_graph=None, bool create_graph=False) -> ()", Why::kGradient},
    {"aten::grad(Tensor[] outputs, Tensor[] inputs, Tensor?[]? grad_outputs=None, bool? retain_graph=None, bool create_graph=False, bool allow_unused=False) -> Tensor?[]", Why::kGradient},
    {"aten::retain_grad(Tensor(a!) self) -> ()", Why::kGradient},
    {"aten::quantize_per_tensor(Tensor self, float scale, int zero_point, ScalarType dtype) -> Tensor", Why::kQuantized},
    {"aten::quantize_per_tensor.tensor_qparams(Tensor self, Tensor scale, Tensor zero_point, ScalarType dtype) -> Tensor", Why::kQuantized},
    {"aten::quantize_per_tensor_dynamic(Tensor self, ScalarType dtype, bool reduce_range) -> Tensor", Why::kQuantized},
    {"aten::quantize_per_channel(Tensor self, Tensor scales, Tensor zero_points, int axis, ScalarType dtype) -> Tensor", Why::kQuantized},
    {"aten::int_repr(Tensor self) -> Tensor", Why::kQuantized},
    {"aten::q_scale(Tensor self) -> float", Why::kQuantized},
    {"aten::q_zero_point(Tensor self) -> int", Why::kQuantized},
    {"aten::q_per_channel_scales(Tensor self) -> Tensor", Why::kQuantized},
    {"aten::q_per_channel_zero_points(Tensor self) -> Tensor", Why::kQuantized},
    {"aten::q_per_channel_axis(Tensor self) -> int", Why::kQuantized},
    {"aten::to_sparse.sparse_dim(Tensor self, int sparse_dim) -> Tensor", Why::kSparse},
    {"aten::to_sparse(Tensor self, *, Layout? layout=None, int[2]? blocksize=None, int? dense_dim=None) -> Tensor", Why::kSparse},
    {"aten::to_sparse_csr(Tensor self, int? dense_dim=None) -> Tensor", Why::kSparse},
    {"aten::sparse_coo_tensor.indices(Tensor indices, Tensor values, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None, bool? is_coalesced=None) -> Tensor", Why::kSparse},
    {"aten::sparse_coo_tensor.indices_size(Tensor indices, Tensor values, int[] size, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None, bool? is_coalesced=None) -> Tensor", Why::kSparse},
    {"aten::coalesce(Tensor(a) self) -> Tensor(a)", Why::kSparse},
    {"aten::indices(Tensor(a) self) -> Tensor(a)", Why::kSparse},
    {"aten::values(Tensor(a) self) -> Tensor(a)", Why::kSparse},
    {"aten::crow_indices(Tensor(a) self) -> Tensor(a)", Why::kSparse},
    {"aten::col_indices(Tensor(a) self) -> Tensor(a)", Why::kSparse},
    {"aten::ccol_indices(Tensor(a) self) -> Tensor(a)", Why::kSparse},
    {"aten::row_indices(Tensor(a) self) -> Tensor(a)", Why::kSparse},
    {"aten::smm(Tensor self, Tensor mat2) -> Tensor", Why::kSparse},
    {"aten::hspmm(Tensor mat1, Tensor mat2) -> Tensor", Why::kSparse},
    {"aten::sspaddmm(Tensor self, Tensor mat1, Tensor mat2, *, Scalar beta=1, Scalar alpha=1) -> Tensor", Why::kSparse},
    {"aten::to_mkldnn(Tensor self, ScalarType? dtype=None) -> Tensor", Why::kOther},
    {"aten::to_padded_tensor(Tensor self, float padding, SymInt[]? output_size=None) -> Tensor", Why::kNested},
    {"aten::_nested_tensor_from_mask(Tensor t, Tensor mask, bool mask_check=True) -> Tensor", Why::kNested},
    {"aten::pin_memory(Tensor(a) self, Device? device=None) -> Tensor(a)", Why::kOther},
    {"torchvision::box_iou_rotated(Tensor boxes1, Tensor boxes2) -> Tensor", Why::kRotated},
};

template <std::size_t N>
Status refuse(std::span<Value>, std::span<Value>) {
  constexpr std::string_view schema = kRefused[N].schema, name = schema.substr(0, schema.find_first_of(".("));
  switch (kRefused[N].why) {
    case Why::kGradient: return runtime_error("{}: Facula has no autograd, gradients are not computed", name);
    case Why::kQuantized: return runtime_error("{}: quantised tensors are not supported", name);
    case Why::kSparse: return runtime_error("{}: only dense (strided) tensors are supported", name);
    case Why::kNested: return runtime_error("{}: nested tensors are not supported (nn.TransformerEncoder makes none with enable_nested_tensor=False)", name);
    case Why::kRotated: return runtime_error("{}: rotated boxes are not supported", name);
    case Why::kOther: break;
  }
  return runtime_error("{} is not available on the CPU", name);
}
template <std::size_t... N>
consteval auto rows(std::index_sequence<N...>) {
  return std::array{row<refuse<N>>(kRefused[N].schema, {.traits = kSideEffect})...};
}
constexpr auto kRows = rows(std::make_index_sequence<std::size(kRefused)>());

}  // namespace

FACULA_FAMILY(refused, kRows)

}  // namespace fac
