#include "frontend/script/composites.h"

#include <memory>
#include <mutex>
#include <unordered_map>

#include "frontend/script/define.h"

namespace fac::script {
namespace {

// A function's name up to "__of_" is the operator's.   source of the list: PyTorch's TorchScript language reference
constexpr std::string_view kScalarText = R"(
def mul__of_$(a: $, b: Tensor) -> Tensor:
  return torch.mul(b, a)
def add__of_$(a: $, b: Tensor) -> Tensor:
  return torch.add(b, a)
def ne__of_$(a: $, b: Tensor) -> Tensor:
  return torch.ne(b, a)
def eq__of_$(a: $, b: Tensor) -> Tensor:
  return torch.eq(b, a)
def sub__of_$(a: $, b: Tensor) -> Tensor:
  return torch.add(torch.neg(b), a)
def div__of_$(a: $, b: Tensor) -> Tensor:
  return torch.mul(torch.reciprocal(b), a)
)";
constexpr std::string_view kOrderedText = R"(
def lt__of_$(a: $, b: Tensor) -> Tensor:
  return torch.gt(b, a)
def le__of_$(a: $, b: Tensor) -> Tensor:
  return torch.ge(b, a)
def gt__of_$(a: $, b: Tensor) -> Tensor:
  return torch.lt(b, a)
def ge__of_$(a: $, b: Tensor) -> Tensor:
  return torch.le(b, a)
)";
constexpr std::string_view kText = R"(
def floordiv__of_tensor(self: Tensor, other: Tensor) -> Tensor:
  return torch.floor_divide(self, other)
def floordiv__of_number(self: Tensor, other: number) -> Tensor:
  return torch.floor_divide(self, other)
def _assert__of_bool(condition: bool, message: str):
  assert condition, message
def _assert__of_tensor(condition: Tensor, message: str):
  assert bool(condition), message
def _assert_int_or_pair__of_list(vals: List[int], name: str, message: str):
  pass
def list_with_default__of_list(out_size: List[int], defaults: List[int]) -> List[int]:
  assert len(defaults) > len(out_size)
  return out_size
def _single__of_int(x: BroadcastingList1[int]) -> List[int]:
  return x
def _single__of_float(x: BroadcastingList1[float]) -> List[float]:
  return x
def _pair__of_int(x: BroadcastingList2[int]) -> List[int]:
  return x
def _pair__of_float(x: BroadcastingList2[float]) -> List[float]:
  return x
def _triple__of_int(x: BroadcastingList3[int]) -> List[int]:
  return x
def _triple__of_float(x: BroadcastingList3[float]) -> List[float]:
  return x
def _quadruple__of_int(x: BroadcastingList4[int]) -> List[int]:
  return x
def _quadruple__of_float(x: BroadcastingList4[float]) -> List[float]:
  return x
def embedding_renorm___of_tensor(self: Tensor, indices: Tensor, max_norm: float, norm_type: float) -> Tensor:
  flat = torch.reshape(indices, [-1])
  rows = torch.index_select(self, 0, flat)
  norms = torch.norm(rows, norm_type, [1], True)
  scale = torch.where(torch.gt(norms, max_norm), torch.div(torch.full_like(norms, max_norm), torch.add(norms, 1e-7)), torch.ones_like(norms))
  return torch.index_copy_(self, 0, flat, torch.mul(rows, scale))
def _no_grad_embedding_renorm___of_tensor(weight: Tensor, input: Tensor, max_norm: float, norm_type: float) -> Tensor:
  torch.embedding_renorm_(weight, input, max_norm, norm_type)
  return weight
def _no_grad_fill___of_tensor(tensor: Tensor, val: float) -> Tensor:
  return torch.fill_(tensor, val)
def _no_grad_zero___of_tensor(tensor: Tensor) -> Tensor:
  return torch.zero_(tensor)
def _no_grad_uniform___of_tensor(tensor: Tensor, a: float, b: float) -> Tensor:
  return torch.uniform_(tensor, a, b)
def _no_grad_normal___of_tensor(tensor: Tensor, mean: float, std: float) -> Tensor:
  return torch.normal_(tensor, mean, std)
def device__of_type(type: str) -> Device:
  return torch.device(type)
def type__of_tensor(self: Tensor, dtype: int, non_blocking: bool=False, copy: bool=False) -> Tensor:
  return torch.to(self, dtype, non_blocking, copy)
def __contains____of_str(self: str, key: str) -> bool:
  return torch.find(self, key, 0, torch.len(self)) != -1
)";
constexpr std::string_view kPropertyText = R"(
def abs__of_tensor(x: Tensor) -> Tensor:
  return torch.abs(x)
def ndim__of_tensor(a: Tensor) -> int:
  return torch.dim(a)
def T__of_tensor(a: Tensor) -> Tensor:
  return torch.numpy_T(a)
def H__of_tensor(a: Tensor) -> Tensor:
  return torch.matrix_H(a)
def shape__of_tensor(a: Tensor) -> List[int]:
  return torch.size(a)
)";

std::string with_type(std::string_view text, std::string_view type) {
  std::string out;
  for (char c : text) {
    if (c == '$') out += type;
    else out += c;
  }
  return out;
}

struct Library {
  std::vector<std::shared_ptr<ir::Unit>> units;
  std::unordered_map<std::string, std::vector<ir::Function*>> by_name;

  Library() {
    std::string aten(kText);
    for (const std::string_view type : {"int", "float", "complex"}) aten += with_type(kScalarText, type);
    for (const std::string_view type : {"int", "float"}) aten += with_type(kOrderedText, type);
    add("aten::", std::move(aten));
    add("prim::", std::string(kPropertyText));
  }
  void add(std::string_view name_space, std::string text) {
    auto unit = compile_text(std::move(text), "<builtins>", When::kAtFirstUse);
    if (!unit.ok()) return;
    for (ir::Function* f : (*unit)->functions()) {
      const std::string& name = f->qualified_name();
      Schema schema = f->schema();
      schema.name = std::string(name_space) + name.substr(0, name.find("__of_"));
      by_name[schema.name].push_back(f);
      f->set_schema(std::move(schema));
    }
    units.push_back(std::move(*unit));
  }
};

}  // namespace

const std::vector<ir::Function*>& composites(std::string_view qualified_name) {
  static const Library library;
  static const std::vector<ir::Function*> none;
  const auto found = library.by_name.find(std::string(qualified_name));
  return found == library.by_name.end() ? none : found->second;
}

}  // namespace fac::script
