// Names of PyTorch's insides whose meaning an operator of the public surface has: the arguments go on as they come, further
// ones of the target take their defaults.
#include <array>

#include "ops/op.h"
#include "ops/table.h"

namespace fac {
namespace {

struct Forward {
  std::string_view schema, name, overload;  // whose work it is
  std::string_view sample = {};
};
constexpr Forward kForwards[] = {
    {"aten::_unsafe_view(Tensor self, SymInt[] size) -> Tensor", "aten::view", "", "randn(2,3), [3,2]"},
    {"aten::_reshape_alias(Tensor(a) self, SymInt[] size, SymInt[] stride) -> Tensor(a)", "aten::as_strided", "", "randn(2,3), [3,2], [2,1]"},
    {"aten::_is_all_true(Tensor self) -> Tensor", "aten::all", "", "randn(2,3)>0"},
    {"aten::_is_any_true(Tensor self) -> Tensor", "aten::any", "", "randn(2,3)>0"},
    {"aten::_stack(Tensor[] tensors, int dim=0) -> Tensor", "aten::stack", "", "[randn(2),randn(2)], 1"},
    {"aten::_logcumsumexp(Tensor self, int dim) -> Tensor", "aten::logcumsumexp", "", "randn(2,3), 1"},
    {"aten::_lazy_clone(Tensor self) -> Tensor", "aten::clone", "", "randn(2,3)"},
    {"aten::_prelu_kernel(Tensor self, Tensor weight) -> Tensor", "aten::prelu", "", "randn(2,3), rand(1)"},
    {"aten::_euclidean_dist(Tensor x1, Tensor x2) -> Tensor", "aten::cdist", "", "randn(2,3), randn(4,3)"},
    {"aten::_unsafe_index.Tensor(Tensor self, Tensor?[] indices) -> Tensor", "aten::index", "Tensor", "randn(4,5), [tensor([0,2])]"},
    {"aten::_unsafe_index.Tensor_hacked_twin(Tensor self, Tensor[] indices) -> Tensor", "aten::index", "Tensor"},
    {"aten::_unsafe_index_put(Tensor self, Tensor?[] indices, Tensor values, bool accumulate=False) -> Tensor", "aten::index_put", "", "randn(4,5), [tensor([0,2])], randn(5)"},
    {"aten::_unsafe_index_put.hacked_twin(Tensor self, Tensor[] indices, Tensor values, bool accumulate=False) -> Tensor", "aten::index_put", ""},
    {"aten::_grid_sampler_2d_cpu_fallback(Tensor input, Tensor grid, int interpolation_mode, int padding_mode, bool align_corners) -> Tensor", "aten::grid_sampler_2d", "", "randn(1,2,4,5), rand(1,3,3,2)*2-1, 0, 0, False"},
    {"aten::_lu_with_info(Tensor self, bool pivot=True, bool check_errors=True) -> (Tensor LU, Tensor pivots, Tensor info)", "aten::linalg_lu_factor_ex", "", "randn(3,3)"},
    {"aten::_cholesky_solve_helper(Tensor self, Tensor A, bool upper) -> Tensor", "aten::cholesky_solve", ""},
    {"aten::_no_grad_normal_(Tensor(a!) tensor, float mean, float std, Generator? generator=None) -> Tensor(a!)", "aten::normal_", "", "zeros(2,3), 1., 2."},
    {"aten::_no_grad_uniform_(Tensor(a!) tensor, float a, float b, Generator? generator=None) -> Tensor(a!)", "aten::uniform_", "", "zeros(2,3), 1., 2."},
    {"aten::_no_grad_fill_(Tensor(a!) tensor, float val) -> Tensor(a!)", "aten::fill_", "Scalar", "zeros(2,3), 1."},
    {"aten::_no_grad_zero_(Tensor(a!) tensor) -> Tensor(a!)", "aten::zero_", "", "ones(2,3)"},
    {"aten::_no_grad_embedding_renorm_(Tensor weight, Tensor input, float max_norm, float norm_type) -> Tensor", "aten::embedding_renorm_", ""},
};

Status forward(const Forward& f, std::span<Value> args, std::span<Value> results) {
  const ops::Overload* target = ops::find(f.name, f.overload);
  FACULA_CHECK(target, "operator {} is missing", f.name);
  const auto& wanted = target->schema().arguments;
  std::vector<Value> all(args.begin(), args.end());
  while (all.size() < wanted.size()) all.push_back(wanted[all.size()].default_value.value_or(Value()));
  return target->call(std::span(all).first(wanted.size()), results);
}
template <std::size_t N>
Status run(std::span<Value> args, std::span<Value> results) {
  return forward(kForwards[N], args, results);
}
template <std::size_t... N>
consteval auto rows(std::index_sequence<N...>) {
  return std::array{row<run<N>>(kForwards[N].schema, {.samples = {kForwards[N].sample}})...};
}
constexpr auto kRows = rows(std::make_index_sequence<std::size(kForwards)>());

}  // namespace

FACULA_FAMILY(forwards, kRows)

}  // namespace fac
