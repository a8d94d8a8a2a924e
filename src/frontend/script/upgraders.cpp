// Sources: PyTorch's version map and release notes.
//   version 4: div of integers became true division (it truncated before)
//   version 5: full infers an integral dtype from an integral fill value (it gave floats before)
//   version 8, 9: linspace and logspace need `steps` (100 was the default)
//   version 10: gelu got `approximate`
#include "frontend/script/upgraders.h"

#include <array>
#include <mutex>

#include "frontend/script/define.h"

namespace fac::script {
namespace {

constexpr Upgrader kUpgraders[] = {
    {"aten::div.Tensor", 4, "aten::div.Tensor(Tensor self, Tensor other) -> Tensor", "div_tensor"},
    {"aten::div.Scalar", 4, "aten::div.Scalar(Tensor self, Scalar other) -> Tensor", "div_scalar"},
    {"aten::div.out", 4, "aten::div.out(Tensor self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", "div_out"},
    {"aten::div_.Tensor", 4, "aten::div_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)", "div_tensor_in_place"},
    {"aten::div_.Scalar", 4, "aten::div_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)", "div_scalar_in_place"},
    {"aten::full", 5,
     "aten::full(int[] size, Scalar fill_value, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? "
     "pin_memory=None) -> Tensor",
     "full"},
    {"aten::linspace", 8,
     "aten::linspace(Scalar start, Scalar end, int? steps=None, *, ScalarType? dtype=None, Layout? layout=None, Device? "
     "device=None, bool? pin_memory=None) -> Tensor",
     "linspace"},
    {"aten::linspace.out", 8,
     "aten::linspace.out(Scalar start, Scalar end, int? steps=None, *, Tensor(a!) out) -> Tensor(a!)", "linspace_out"},
    {"aten::logspace", 9,
     "aten::logspace(Scalar start, Scalar end, int? steps=None, float base=10.0, *, ScalarType? dtype=None, Layout? "
     "layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
     "logspace"},
    {"aten::logspace.out", 9,
     "aten::logspace.out(Scalar start, Scalar end, int? steps=None, float base=10.0, *, Tensor(a!) out) -> Tensor(a!)",
     "logspace_out"},
    {"aten::gelu", 10, "aten::gelu(Tensor self) -> Tensor", "gelu"},
    {"aten::gelu.out", 10, "aten::gelu.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", "gelu_out"},
};
constexpr std::size_t kCount = std::size(kUpgraders);

// One text a function, so that one whose operators are missing does not spoil the others.
constexpr std::pair<std::string_view, std::string_view> kPrograms[] = {
    {"div_tensor", R"(
def div_tensor(self: Tensor, other: Tensor) -> Tensor:
  if self.is_floating_point() or other.is_floating_point():
    return torch.div(self, other)
  return torch.div(self, other, rounding_mode="trunc")
)"},
    {"div_scalar", R"(
def div_scalar(self: Tensor, other: number) -> Tensor:
  if self.is_floating_point() or isinstance(other, float):
    return torch.div(self, other)
  return torch.div(self, other, rounding_mode="trunc")
)"},
    {"div_out", R"(
def div_out(self: Tensor, other: Tensor, out: Tensor) -> Tensor:
  if self.is_floating_point() or other.is_floating_point() or out.is_floating_point():
    return torch.div(self, other, out=out)
  return torch.div(self, other, rounding_mode="trunc", out=out)
)"},
    {"div_tensor_in_place", R"(
def div_tensor_in_place(self: Tensor, other: Tensor) -> Tensor:
  if self.is_floating_point() or other.is_floating_point():
    return torch.div_(self, other)
  return torch.div_(self, other, rounding_mode="trunc")
)"},
    {"div_scalar_in_place", R"(
def div_scalar_in_place(self: Tensor, other: number) -> Tensor:
  if self.is_floating_point() or isinstance(other, float):
    return torch.div_(self, other)
  return torch.div_(self, other, rounding_mode="trunc")
)"},
    {"full", R"(
def full(size: List[int], fill_value: number, dtype: Optional[int], layout: Optional[int], device: Optional[Device],
         pin_memory: Optional[bool]) -> Tensor:
  if dtype is None:
    fill_value = float(fill_value)
  return torch.full(size, fill_value, dtype=dtype, layout=layout, device=device, pin_memory=pin_memory)
)"},
    {"linspace", R"(
def linspace(start: number, end: number, steps: Optional[int], dtype: Optional[int], layout: Optional[int],
             device: Optional[Device], pin_memory: Optional[bool]) -> Tensor:
  count = 100 if steps is None else steps
  return torch.linspace(start, end, count, dtype=dtype, layout=layout, device=device, pin_memory=pin_memory)
)"},
    {"linspace_out", R"(
def linspace_out(start: number, end: number, steps: Optional[int], out: Tensor) -> Tensor:
  count = 100 if steps is None else steps
  return torch.linspace(start, end, count, out=out)
)"},
    {"logspace", R"(
def logspace(start: number, end: number, steps: Optional[int], base: float, dtype: Optional[int], layout: Optional[int],
             device: Optional[Device], pin_memory: Optional[bool]) -> Tensor:
  count = 100 if steps is None else steps
  return torch.logspace(start, end, count, base, dtype=dtype, layout=layout, device=device, pin_memory=pin_memory)
)"},
    {"logspace_out", R"(
def logspace_out(start: number, end: number, steps: Optional[int], base: float, out: Tensor) -> Tensor:
  count = 100 if steps is None else steps
  return torch.logspace(start, end, count, base, out=out)
)"},
    {"gelu", R"(
def gelu(self: Tensor) -> Tensor:
  return torch.gelu(self, approximate="none")
)"},
    {"gelu_out", R"(
def gelu_out(self: Tensor, out: Tensor) -> Tensor:
  return torch.gelu(self, approximate="none", out=out)
)"},
};

struct Made {
  std::once_flag schema_once, function_once;
  Schema schema;
  bool has_schema = false;
  std::shared_ptr<ir::Unit> unit;
};
Made& made(const Upgrader& u) {
  static std::array<Made, kCount> all;
  return all[static_cast<std::size_t>(&u - kUpgraders)];
}

}  // namespace

const Upgrader* find_upgrader(std::string_view op, std::int64_t version) {
  if (version <= 0) return nullptr;
  for (const Upgrader& u : kUpgraders)
    if (u.op == op && version < u.bumped_at) return &u;
  return nullptr;
}

const Schema* upgrader_schema(const Upgrader& u) {
  Made& m = made(u);
  std::call_once(m.schema_once, [&] {
    if (auto s = parse_schema(u.old_schema); s.ok()) {
      m.schema = std::move(*s);
      m.has_schema = true;
    }
  });
  return m.has_schema ? &m.schema : nullptr;
}

ir::Function* upgrader_function(const Upgrader& u) {
  Made& m = made(u);
  std::call_once(m.function_once, [&] {
    for (const auto& [name, text] : kPrograms)
      if (name == u.function)
        if (auto unit = compile_text(std::string(text), "<upgraders>"); unit.ok()) m.unit = std::move(*unit);
  });
  return m.unit ? m.unit->find_function(u.function) : nullptr;
}

}  // namespace fac::script
