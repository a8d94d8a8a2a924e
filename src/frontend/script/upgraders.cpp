// source of the changes: PyTorch's release notes 1.6 (div), 1.7 (full), 1.11 (linspace, logspace), 1.12 (gelu)
#include "frontend/script/upgraders.h"

#include <unordered_map>

#include "frontend/script/define.h"

namespace fac::script {
namespace {

constexpr std::string_view kText = R"(
def div_Tensor(self: Tensor, other: Tensor) -> Tensor:
  if torch.is_floating_point(self) or torch.is_floating_point(other):
    return torch.true_divide(self, other)
  return torch.div(self, other, rounding_mode="trunc")

def div_Scalar(self: Tensor, other: number) -> Tensor:
  if torch.is_floating_point(self) or isinstance(other, float):
    return torch.true_divide(self, other)
  return torch.div(self, other, rounding_mode="trunc")

def div__Tensor(self: Tensor, other: Tensor) -> Tensor:
  if torch.is_floating_point(self) or torch.is_floating_point(other):
    return torch.true_divide_(self, other)
  return torch.div_(self, other, rounding_mode="trunc")

def div__Scalar(self: Tensor, other: number) -> Tensor:
  if torch.is_floating_point(self) or isinstance(other, float):
    return torch.true_divide_(self, other)
  return torch.div_(self, other, rounding_mode="trunc")

def div_out(self: Tensor, other: Tensor, *, out: Tensor) -> Tensor:
  if torch.is_floating_point(self) or torch.is_floating_point(other) or torch.is_floating_point(out):
    return torch.true_divide(self, other, out=out)
  return torch.div(self, other, rounding_mode="trunc", out=out)

def full(size: List[int], fill_value: number, *, dtype: Optional[int]=None, layout: Optional[int]=None, device: Optional[Device]=None, pin_memory: Optional[bool]=None) -> Tensor:
  if dtype is None:
    return torch.full(size, float(fill_value), dtype=dtype, layout=layout, device=device, pin_memory=pin_memory)
  return torch.full(size, fill_value, dtype=dtype, layout=layout, device=device, pin_memory=pin_memory)

def full_out(size: List[int], fill_value: number, *, out: Tensor) -> Tensor:
  return torch.full(size, fill_value, out=out)

def linspace(start: number, end: number, steps: Optional[int]=None, *, dtype: Optional[int]=None, layout: Optional[int]=None, device: Optional[Device]=None, pin_memory: Optional[bool]=None) -> Tensor:
  if steps is None:
    return torch.linspace(start, end, 100, dtype=dtype, layout=layout, device=device, pin_memory=pin_memory)
  return torch.linspace(start, end, steps, dtype=dtype, layout=layout, device=device, pin_memory=pin_memory)

def linspace_out(start: number, end: number, steps: Optional[int]=None, *, out: Tensor) -> Tensor:
  if steps is None:
    return torch.linspace(start, end, 100, out=out)
  return torch.linspace(start, end, steps, out=out)

def logspace(start: number, end: number, steps: Optional[int]=None, base: float=10.0, *, dtype: Optional[int]=None, layout: Optional[int]=None, device: Optional[Device]=None, pin_memory: Optional[bool]=None) -> Tensor:
  if steps is None:
    return torch.logspace(start, end, 100, base, dtype=dtype, layout=layout, device=device, pin_memory=pin_memory)
  return torch.logspace(start, end, steps, base, dtype=dtype, layout=layout, device=device, pin_memory=pin_memory)

def logspace_out(start: number, end: number, steps: Optional[int]=None, base: float=10.0, *, out: Tensor) -> Tensor:
  if steps is None:
    return torch.logspace(start, end, 100, base, out=out)
  return torch.logspace(start, end, steps, base, out=out)

def gelu(self: Tensor) -> Tensor:
  return torch.gelu(self, approximate="none")

def gelu_out(self: Tensor, *, out: Tensor) -> Tensor:
  return torch.gelu(self, approximate="none", out=out)
)";

constexpr Upgrader kUpgraders[] = {
    {"aten::div.Tensor", 4, "aten::div.Tensor(Tensor self, Tensor other) -> Tensor", kText, "div_Tensor"},
    {"aten::div.Scalar", 4, "aten::div.Scalar(Tensor self, Scalar other) -> Tensor", kText, "div_Scalar"},
    {"aten::div_.Tensor", 4, "aten::div_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)", kText, "div__Tensor"},
    {"aten::div_.Scalar", 4, "aten::div_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)", kText, "div__Scalar"},
    {"aten::div.out", 4, "aten::div.out(Tensor self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", kText, "div_out"},
    {"aten::full", 5, "aten::full(int[] size, Scalar fill_value, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor", kText, "full"},
    {"aten::full.out", 5, "aten::full.out(int[] size, Scalar fill_value, *, Tensor(a!) out) -> Tensor(a!)", kText, "full_out"},
    {"aten::linspace", 8, "aten::linspace(Scalar start, Scalar end, int? steps=None, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor", kText, "linspace"},
    {"aten::linspace.out", 8, "aten::linspace.out(Scalar start, Scalar end, int? steps=None, *, Tensor(a!) out) -> Tensor(a!)", kText, "linspace_out"},
    {"aten::logspace", 9, "aten::logspace(Scalar start, Scalar end, int? steps=None, float base=10.0, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor", kText, "logspace"},
    {"aten::logspace.out", 9, "aten::logspace.out(Scalar start, Scalar end, int? steps=None, float base=10.0, *, Tensor(a!) out) -> Tensor(a!)", kText, "logspace_out"},
    {"aten::gelu", 10, "aten::gelu(Tensor self) -> Tensor", kText, "gelu"},
    {"aten::gelu.out", 10, "aten::gelu.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", kText, "gelu_out"},
};

bool applies(const Upgrader& u, std::int64_t version) { return version != 0 && version < u.bumped_at; }

// The functions above; each is compiled when it is first needed.
ir::Unit* compiled_text() {
  static const std::shared_ptr<ir::Unit> unit = [] {
    auto made = compile_text(std::string(kText), "<upgraders>", When::kAtFirstUse);
    return made.ok() ? std::move(*made) : nullptr;
  }();
  return unit.get();
}

}  // namespace

const Upgrader* find_upgrader(std::string_view op, std::int64_t version) {
  for (const auto& u : kUpgraders)
    if (u.op == op && applies(u, version)) return &u;
  return nullptr;
}

std::vector<const Upgrader*> upgraders_of(std::string_view op_name, std::int64_t version) {
  std::vector<const Upgrader*> out;
  for (const auto& u : kUpgraders)
    if (u.op.substr(0, u.op.find('.')) == op_name && applies(u, version)) out.push_back(&u);
  return out;
}

const Schema* upgrader_schema(const Upgrader& u) {
  static const auto schemas = [] {
    std::unordered_map<std::string_view, Schema> m;
    for (const auto& k : kUpgraders)
      if (auto s = parse_schema(k.old_schema); s.ok()) m.emplace(k.op, std::move(*s));
    return m;
  }();
  const auto it = schemas.find(u.op);
  return it == schemas.end() ? nullptr : &it->second;
}

ir::Function* upgrader_function(const Upgrader& u) {
  ir::Unit* unit = compiled_text();
  ir::Function* f = unit ? unit->find_function(u.function) : nullptr;
  return f && f->graph().ok() ? f : nullptr;
}

}  // namespace fac::script
