// The views of PyTorch as operators that copy: the view is made, then each result becomes a tensor of its own.
#include <array>
#include <vector>

#include "ops/copy.h"
#include "ops/functions.h"
#include "ops/op.h"
#include "ops/table.h"

namespace fac {
namespace {

struct Copied {
  std::string_view schema, name, overload;  // the view
  std::string_view sample;
};
constexpr Copied kCopies[] = {
    {"aten::_reshape_copy(Tensor self, SymInt[] size) -> Tensor", "aten::reshape", "", "randn(2,3), [3,2]"},
    {"aten::unsqueeze_copy(Tensor self, int dim) -> Tensor", "aten::unsqueeze", "", "randn(2,3), 1"},
    {"aten::transpose_copy.int(Tensor self, int dim0, int dim1) -> Tensor", "aten::transpose", "int", "randn(2,3), 0, 1"},
    {"aten::t_copy(Tensor self) -> Tensor", "aten::t", "", "randn(2,3)"},
    {"aten::squeeze_copy(Tensor self) -> Tensor", "aten::squeeze", "", "randn(2,1,3)"},
    {"aten::squeeze_copy.dim(Tensor self, int dim) -> Tensor", "aten::squeeze", "dim", "randn(2,1,3), 1"},
    {"aten::squeeze_copy.dims(Tensor self, int[] dim) -> Tensor", "aten::squeeze", "dims", "randn(2,1,3), [0,1]"},
    {"aten::split_copy.Tensor(Tensor self, SymInt split_size, int dim=0) -> Tensor[]", "aten::split", "Tensor", "randn(5,2), 2"},
    {"aten::split_with_sizes_copy(Tensor self, SymInt[] split_sizes, int dim=0) -> Tensor[]", "aten::split_with_sizes", "", "randn(5,2), [2,3]"},
    {"aten::slice_copy.Tensor(Tensor self, int dim=0, SymInt? start=None, SymInt? end=None, SymInt step=1) -> Tensor", "aten::slice", "Tensor", "randn(5,2), 0, 1, 5, 2"},
    {"aten::detach_copy(Tensor self) -> Tensor", "aten::detach", "", "randn(2,3)"},
    {"aten::select_copy.int(Tensor self, int dim, SymInt index) -> Tensor", "aten::select", "int", "randn(2,3), 1, -1"},
    {"aten::_reshape_alias_copy(Tensor self, SymInt[] size, SymInt[] stride) -> Tensor", "aten::as_strided", "", "randn(2,3), [3,2], [2,1]"},
    {"aten::permute_copy(Tensor self, int[] dims) -> Tensor", "aten::permute", "", "randn(2,3,4), [2,0,1]"},
    {"aten::_conj_copy(Tensor self) -> Tensor", "aten::conj", "", "torch.complex(randn(2),randn(2))"},
    {"aten::_neg_view_copy(Tensor self) -> Tensor", "aten::neg", "", "randn(2)"},
    {"aten::view_as_complex_copy(Tensor self) -> Tensor", "aten::view_as_complex", "", "randn(3,2)"},
    {"aten::view_as_real_copy(Tensor self) -> Tensor", "aten::view_as_real", "", "torch.complex(randn(2),randn(2))"},
    {"aten::lift_fresh_copy(Tensor self) -> Tensor", "aten::alias", "", "randn(2,3)"},
    {"aten::alias_copy(Tensor self) -> Tensor", "aten::alias", "", "randn(2,3)"},
    {"aten::diagonal_copy(Tensor self, int offset=0, int dim1=0, int dim2=1) -> Tensor", "aten::diagonal", "", "randn(3,4), 1"},
    {"aten::as_strided_copy(Tensor self, SymInt[] size, SymInt[] stride, SymInt? storage_offset=None) -> Tensor", "aten::as_strided", "", "randn(2,3), [2,2], [1,2], 1"},
    {"aten::unfold_copy(Tensor self, int dimension, int size, int step) -> Tensor", "aten::unfold", "", "randn(7,2), 0, 3, 2"},
    {"aten::unbind_copy.int(Tensor self, int dim=0) -> Tensor[]", "aten::unbind", "int", "randn(2,3), 1"},
    {"aten::view_copy(Tensor self, SymInt[] size) -> Tensor", "aten::reshape", "", "randn(2,3), [3,2]"},
    {"aten::view_copy.dtype(Tensor self, ScalarType dtype) -> Tensor", "aten::view", "dtype", "randn(2,3), torch.int32"},
    {"aten::expand_copy(Tensor self, SymInt[] size, *, bool implicit=False) -> Tensor", "aten::expand", "", "randn(2,1), [2,3]"},
};

Status copied(const Copied& c, std::span<Value> args, std::span<Value> results) {
  const ops::Overload* view = ops::find(c.name, c.overload);
  FACULA_CHECK(view, "operator {} is missing", c.name);
  const auto& wanted = view->schema().arguments;
  std::vector<Value> all(args.begin(), args.end());
  while (all.size() < wanted.size()) all.push_back(wanted[all.size()].default_value.value_or(Value()));
  FACULA_TRY_VOID(view->call(std::span(all).first(wanted.size()), results));
  const auto fresh = [](const Tensor& t) { return ops::clone_as(t, MemoryFormat::kContiguous); };
  if (results[0].is_tensor()) {
    FACULA_TRY(Tensor t, fresh(results[0].tensor()));
    results[0] = Value(std::move(t));
    return {};
  }
  std::vector<Tensor> parts;
  for (std::size_t i = 0; i < results[0].list().size(); ++i) {
    FACULA_TRY(Tensor t, fresh(results[0].list().get(i).tensor()));
    parts.push_back(std::move(t));
  }
  results[0] = Value(ListBox::of_tensors(std::move(parts)));
  return {};
}
template <std::size_t N>
Status run(std::span<Value> args, std::span<Value> results) {
  return copied(kCopies[N], args, results);
}
template <std::size_t... N>
consteval auto rows(std::index_sequence<N...>) {
  return std::array{row<run<N>>(kCopies[N].schema, {.samples = {kCopies[N].sample}})...};
}
constexpr auto kViewCopies = rows(std::make_index_sequence<std::size(kCopies)>());

}  // namespace

FACULA_FAMILY(view_copies, kViewCopies)

}  // namespace fac
