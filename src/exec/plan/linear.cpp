// Linear layers with constant weights: packed once, bias, addition and activation in the product's epilogue. In reduced precision
// other products with constant weights, too.
#include "exec/plan/builder.h"
#include "exec/plan/tail.h"
#include "kernels/gemm.h"
#include "kernels/reduced.h"
#include "tensor/mapped_files.h"

namespace fac::plan {

using ir::NodeId;
using ir::ValueId;

namespace {

class LinearStep final : public Step {
 public:
  std::int64_t rows = 0, n = 0, k = 0;
  std::optional<kernels::DotForm> form;  // nullopt: float32
  Ref<Storage> packed;
  Tensor bias;
  kernels::GemmEpilogue<float> epilogue;
  Slot x = 0, y = 0;
  std::optional<Slot> residual;

  Status run(Frame& f) const override {
    const Tensor in = f.slots[x].tensor();
    Dims sizes(in.sizes());
    if (sizes.empty() || sizes.back() != k || !in.is_contiguous())
      return error(ErrorKind::kInternal, "a planned linear layer met another shape");
    sizes.back() = n;
    FACULA_TRY(Tensor out, Tensor::empty(sizes, DType::kFloat));
    kernels::Gemm g;
    g.m = in.numel() / k, g.n = n, g.k = k;
    g.lda = k, g.ldb = k, g.ldc = n;
    g.trans_b = true;
    const kernels::ReducedGemm reduced{g.m, n, k, k, n};
    auto e = epilogue;
    if (residual) {
      e.residual = f.slots[*residual].tensor().data_as<float>();
      e.ldr = n;
    }
    const std::size_t bytes = form ? kernels::reduced_scratch_bytes(*form, reduced) : kernels::gemm_scratch_bytes<float>(g, true);
    Ref<Storage> scratch;
    if (bytes) {
      FACULA_TRY(scratch, allocate_storage(bytes));
    }
    if (form) {
      kernels::reduced_gemm(*form, reduced, in.data_as<float>(), packed->data(), e, out.data_as<float>(), scratch->data());
      f.slots[y] = Value(std::move(out));
      return {};
    }
    if (bias.defined()) e.bias = bias.data_as<float>();
    kernels::gemm_run_packed(g, in.data_as<float>(), static_cast<const float*>(packed->data()), e, out.data_as<float>(),
                             scratch ? scratch->data() : nullptr, bytes);
    f.slots[y] = Value(std::move(out));
    return {};
  }
  std::string text() const override {
    return fmt("linear {} -> {}{}{}{}", k, n, form ? fmt(", {}", kernels::dot_form_name(*form)) : "",
               epilogue.activation == kernels::Activation::kNone ? "" : " + activation", residual ? " + add" : "");
  }
  Traffic traffic() const override {
    Traffic t{{x}, packed->bytes()};
    if (residual) t.slots.push_back(*residual);
    t.slots.push_back(y);
    return t;
  }
  bool reduced() const override { return form.has_value(); }
  double flops() const override { return 2.0 * static_cast<double>(rows * n) * static_cast<double>(k); }
};

// x times constant weights [n, k], or [k, n] where `turned`.
struct LinearNode {
  ValueId x;
  Tensor w, bias;
  bool turned = false;
};

std::optional<LinearNode> read_linear(const VariantBuilder& b, NodeId n) {
  const auto& node = b.graph().node(n);
  const std::string_view kind = node.kind.str();
  const bool linear = kind == "aten::linear", addmm = kind == "aten::addmm", mm = kind == "aten::mm" || kind == "aten::matmul";
  // In float32 these read their weights where they lie.
  if (!linear && !(b.form() && (addmm || mm))) return std::nullopt;
  const auto& inputs = node.inputs;
  if (inputs.size() != (linear ? 3u : addmm ? 5u : 2u)) return std::nullopt;
  LinearNode l{inputs[addmm ? 1 : 0], b.constant_tensor(inputs[addmm ? 2 : 1]), {}, !linear};
  const Dims* in = b.sizes(l.x);
  if (!in || in->empty() || b.dtype(l.x) != DType::kFloat || (!linear && kind != "aten::matmul" && in->size() != 2)) return std::nullopt;
  const Tensor& w = l.w;
  if (!w.defined() || w.dim() != 2 || w.dtype() != DType::kFloat || w.numel() == 0) return std::nullopt;
  if (!linear && w.stride(1) != 1) l.turned = false;  // a transposed view of [n, k]
  if (w.stride(linear || l.turned ? 1 : 0) != 1) return std::nullopt;
  if (in->back() != w.size(linear ? 1 : 0) || product(*in) == 0) return std::nullopt;
  if (linear || addmm) {
    const ValueId bias = inputs[linear ? 2 : 0];
    l.bias = b.constant_tensor(bias);
    if (!l.bias.defined() && !(linear && b.known_none(bias))) return std::nullopt;
  }
  if (addmm && (b.known_number(inputs[3]) != 1.0 || b.known_number(inputs[4]) != 1.0)) return std::nullopt;
  if (l.bias.defined() && (l.bias.dtype() != DType::kFloat || l.bias.dim() != 1 || l.bias.size(0) != w.size(linear ? 0 : 1) ||
                           !l.bias.is_contiguous()))
    return std::nullopt;
  return l;
}

// Packs the weights in the given form; without one in float32. False: the form cannot have them.
Result<bool> pack(VariantBuilder& b, LinearStep& step, const LinearNode& l, std::optional<kernels::DotForm> form) {
  const bool linear_layout = !l.turned;  // [n, k] in memory
  const std::int64_t row = l.w.stride(l.w.stride(1) == 1 ? 0 : 1), rows = linear_layout ? step.n : step.k, columns = linear_layout ? step.k : step.n;
  {
    const AllocHookGuard guard(b.weights());
    const std::size_t bytes =
        form ? kernels::reduced_packed_bytes(*form, step.n, step.k) : kernels::gemm_packed_b_bytes<float>(step.n, step.k);
    FACULA_TRY(step.packed, allocate_storage(bytes));
  }
  const FileReading weight(l.w.data_as<float>(), static_cast<std::size_t>((rows - 1) * row + columns) * sizeof(float));
  step.form = form;
  if (form)
    return kernels::reduced_pack(*form, step.n, step.k, weight.as<float>(), row, l.turned, l.bias.defined() ? l.bias.data_as<float>() : nullptr,
                                 step.packed->data());
  kernels::gemm_pack_b(step.n, step.k, weight.as<float>(), row, true, static_cast<float*>(step.packed->data()));
  return true;
}

}  // namespace

Result<bool> plan_linear(VariantBuilder& b, NodeId n) {
  const auto l = read_linear(b, n);
  if (!l) return false;
  const auto& node = b.graph().node(n);
  const bool linear = node.kind.str() == "aten::linear";
  const Dims& in = *b.sizes(l->x);
  auto step = std::make_unique<LinearStep>();
  step->n = l->w.size(linear ? 0 : 1), step->k = in.back();
  step->rows = product(in) / step->k;
  Dims out_sizes = in;
  out_sizes.back() = step->n;

  auto form = b.form();
  if (form && !kernels::reduced_gemm_pays(*form, {step->rows, step->n, step->k, step->k, step->n})) form.reset();
  bool packed = false;
  if (form) {
    FACULA_TRY(packed, pack(b, *step, *l, form));
  }
  if (!packed) {
    if (!linear) return false;
    FACULA_TRY(packed, pack(b, *step, *l, std::nullopt));
  }
  const Tail tail = take_tail(b, node.outputs.at(0), out_sizes, Residual::kPlain);
  tail.fill(step->epilogue);
  FACULA_TRY(step->x, b.need_contiguous(l->x));
  if (tail.residual) {
    FACULA_TRY(Slot s, b.need_contiguous(*tail.residual));
    step->residual = s;
  }
  step->bias = l->bias;
  b.watch(l->w);
  if (step->form && l->bias.defined()) b.watch(l->bias);  // packed, too
  step->y = plain_slot(tail.result);
  FACULA_TRY_VOID(b.add(std::move(step)));
  b.define_plain(tail.result);
  b.define_sizes(node.outputs[0], out_sizes);
  return true;
}

}  // namespace fac::plan
