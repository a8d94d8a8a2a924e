// Built-ins that belong to no one type: enums, devices, shapes, optional, futures, and the questions about
// the run-time's mode (scripting, autocast, gradients), whose answers are fixed in an inference library.
#include <algorithm>

#include "ops/device_names.h"
#include "ops/op.h"

namespace fac::ops {

Result<Device> device_named(std::string_view text) {
  FACULA_CHECK(!text.empty(), "Device string must not be empty");
  if (const auto d = device_from_text(text)) return *d;
  const auto name = text.substr(0, text.find(':'));
  const bool word = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  });
  FACULA_CHECK(word && !device_from_text(name), "Invalid device string: '{}'", text);
  return runtime_error(
      "Expected one of cpu, cuda, ipu, xpu, mkldnn, opengl, opencl, ideep, hip, ve, fpga, maia, xla, lazy, vulkan, mps, "
      "meta, hpu, mtia, privateuseone device type at start of device string: {}",
      name);
}

namespace {

using Int = std::int64_t;

// --- enums, devices -----------------------------------------------------------------------------------------------------

Result<std::string> enum_name(const Value& e) { return e.enum_().name(); }
Result<Int> enum_int(const Value& e) { return e.enum_().value().i(); }
Result<double> enum_float(const Value& e) { return e.enum_().value().d(); }
Result<std::string> enum_str(const Value& e) { return e.enum_().value().str(); }

Result<Device> device(std::string_view text) { return device_named(text); }
Result<Device> device_with_index(std::string_view type, Int index) {
  FACULA_CHECK(type.find(':') == std::string_view::npos,
               "type (string) must not include an index because index was passed explicitly: {}", type);
  FACULA_TRY(Device d, device(type));
  FACULA_CHECK(index >= -1 && index < 128, "Device index must be -1 or non-negative, got {}", index);
  d.index = static_cast<std::int8_t>(index);
  return d;
}
Result<std::string> device_type(Device d) { return device_text({d.type, -1}); }
Result<Value> device_index(Device d) { return d.index < 0 ? Value() : Value(Int{d.index}); }

// --- shapes ------------------------------------------------------------------------------------------------------------------


Result<std::vector<Int>> broadcast_shapes(Ints a, Ints b) {
  const std::size_t rank = std::max(a.size(), b.size());
  std::vector<Int> out(rank);
  for (std::size_t i = 0; i < rank; ++i) {  // i counts from the last dimension
    const Int x = i < a.size() ? a[a.size() - 1 - i] : 1, y = i < b.size() ? b[b.size() - 1 - i] : 1;
    FACULA_CHECK(x == y || x == 1 || y == 1,
                 "The size of tensor a ({}) must match the size of tensor b ({}) at non-singleton dimension {}", x, y,
                 rank - 1 - i);
    out[rank - 1 - i] = x == 1 ? y : x;
  }
  return out;
}
Result<Value> size_if_not_equal(const Value& self, const Value& other) { return equal(self, other) ? Value() : self; }
Status constrain_range(const Scalar& size, std::optional<Int> least, std::optional<Int> most) {
  const Int n = size.to_int();
  FACULA_CHECK((!least || n >= *least) && (!most || n <= *most), "Invalid value range for {} between [{}, {}].", n,
               least ? std::to_string(*least) : "-inf", most ? std::to_string(*most) : "inf");
  return {};
}
Status assert_scalar(const Scalar& condition, std::string_view message) {
  FACULA_CHECK(condition.to_bool(), "{}", message.empty() ? "Assertion is failed" : message);
  return {};
}

// --- values -----------------------------------------------------------------------------------------------------------------

Result<Value> unwrap(const Value& v) {
  FACULA_CHECK(!v.is_none(), "Unwrapping null optional");
  return v;
}
Result<Value> same_value(const Value& v) { return v; }
Result<Value> if_then_else(bool condition, const Value& x, const Value& y) { return condition ? x : y; }
Result<Value> wait(const Value& v) { return v.future().wait(); }
Result<Int> id(const Value& v) { return v.is_ref() ? static_cast<Int>(reinterpret_cast<std::intptr_t>(v.box_ptr())) : 0; }
Status raise(std::string_view message, std::optional<std::string_view> python_class) {
  ErrorPtr e = make_error(ErrorKind::kRaised, std::string(message));
  if (python_class) e->python_class = *python_class;
  return e;
}

// --- the mode -----------------------------------------------------------------------------------------------------------------

Result<bool> yes() { return true; }
Result<bool> no() { return false; }
Status no_torch_function(std::span<Value>, std::span<Value> results) {
  results[0] = Value(false);
  return {};
}
Result<DType> autocast_dtype(std::string_view device_type) {
  return device_type == "cuda" ? DType::kHalf : DType::kBFloat16;
}
thread_local bool t_grad_enabled = true;  // remembered for the program's own questions; no gradients are recorded
Result<bool> is_grad_enabled() { return t_grad_enabled; }
Status set_grad_enabled(bool on) {
  t_grad_enabled = on;
  return {};
}
Result<std::string> cpu_capability() { return std::string("DEFAULT"); }

// A program may not touch files: archives are untrusted.
Status save(const Value&, std::string_view) {
  return error(ErrorKind::kNotImplemented, "a TorchScript program may not write files: torch.save is refused");
}
// Remote references exist only with torch.distributed, which has no counterpart here.
Status no_rpc(std::span<Value>, std::span<Value>) {
  return error(ErrorKind::kNotImplemented, "remote references (RRef) are not supported");
}

// --- modules that hold modules --------------------------------------------------------------------------------------------

Result<Value> module_named(const Value& self, const std::string& name) {
  if (!self.is_object()) return error(ErrorKind::kType, "prim::ModuleContainerIndex of a value that is no module");
  const Value* found = self.object().find(name);
  if (!found) return error(ErrorKind::kIndex, "{} has no module '{}'", self.object().type().name(), name);
  return *found;
}
Result<Value> module_at(const Value& self, Int index) { return module_named(self, std::to_string(index)); }
Result<Value> module_of_key(const Value& self, std::string_view key) { return module_named(self, std::string(key)); }

constexpr Op kMisc[] = {
    row<module_at>("prim::ModuleContainerIndex.list(Any self, int ind) -> Any", {.traits = kCompositeAlias}),
    row<module_of_key>("prim::ModuleContainerIndex.dict(Any self, str ind) -> Any", {.traits = kCompositeAlias}),
    row<enum_name>("prim::EnumName(AnyEnumType enum) -> str"),
    row<enum_int>("prim::EnumValue.int(AnyEnumType enum) -> int"),
    row<enum_float>("prim::EnumValue.float(AnyEnumType enum) -> float"),
    row<enum_str>("prim::EnumValue.str(AnyEnumType enum) -> str"),
    row<device>("aten::device(str a) -> Device"),
    row<device_with_index>("aten::device.with_index(str type, int index) -> Device"),
    row<device_type>("prim::type(Device self) -> str"),
    row<device_index>("prim::index(Device self) -> int?"),
    row<broadcast_shapes>("aten::_infer_size(int[] a, int[] b) -> int[]"),
    row<size_if_not_equal>("aten::_size_if_not_equal(int[] self_size, int[] other_size) -> int[]?"),
    row<constrain_range>("aten::sym_constrain_range(Scalar size, *, int? min=None, int? max=None) -> ()",
                         {.traits = kSideEffect}),
    row<constrain_range>("aten::sym_constrain_range_for_size(Scalar size, *, int? min=None, int? max=None) -> ()",
                         {.traits = kSideEffect}),
    row<assert_scalar>("aten::_assert_scalar(Scalar self, str assert_msg) -> ()", {.traits = kSideEffect}),
    row<unwrap>("aten::_unwrap_optional(t(a)? optional) -> t(a)"),
    row<unwrap>("prim::unchecked_unwrap_optional(t(a)? optional) -> t(a)"),
    row<same_value>("prim::unchecked_cast(t x) -> t"),
    row<if_then_else>("prim::IfThenElse(bool cond, Any(a) x, Any(b) y) -> Any(b|a)"),
    row<wait>("aten::wait(Future(t) self) -> t", {.traits = kSideEffect}),
    row<id>("prim::id(AnyClassType? x) -> int"),
    row<raise>("prim::RaiseException(str msg, str? cls=None) -> ()", {.traits = kSideEffect}),
    row<yes>("aten::is_scripting() -> bool"),
    row<no>("aten::_get_tracing_state() -> bool"),
    row<no_torch_function>("aten::has_torch_function(...) -> bool"),
    row<no>("aten::is_autocast_enabled() -> bool"),
    row<no>("aten::is_autocast_cpu_enabled() -> bool"),
    row<autocast_dtype>("aten::get_autocast_dtype(str device_type) -> ScalarType"),
    row<is_grad_enabled>("aten::is_grad_enabled() -> bool", {.traits = kSideEffect}),
    row<set_grad_enabled>("aten::set_grad_enabled(bool val) -> ()", {.traits = kSideEffect}),
    row<no>("aten::is_vulkan_available() -> bool"),
    row<no>("aten::_nnpack_available() -> bool"),
    row<no>("aten::_use_cudnn_rnn_flatten_weight() -> bool"),
    row<cpu_capability>("aten::_get_cpu_capability() -> str"),
    row<save>("aten::save(t item, str filename) -> ()", {.traits = kSideEffect}),
    row<no_rpc>("aten::to_here(RRef(t) self, float timeout=60.) -> t(*)", {.traits = kSideEffect}),
    row<no_rpc>("aten::local_value(RRef(t) self) -> t(*)", {.traits = kSideEffect}),
    row<no_rpc>("aten::is_owner(RRef(t) self) -> bool", {.traits = kSideEffect}),
    row<no_rpc>("aten::owner(RRef(t) self) -> __torch__.torch.classes.dist_rpc.WorkerInfo", {.traits = kSideEffect}),
    row<no_rpc>("aten::owner_name(RRef(t) self) -> str", {.traits = kSideEffect}),
    row<no_rpc>("aten::confirmed_by_owner(RRef(t) self) -> bool", {.traits = kSideEffect}),
};

}  // namespace

}  // namespace fac::ops

namespace fac {
FACULA_FAMILY(builtins_misc, ops::kMisc)
}
