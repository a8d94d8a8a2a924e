// Linear layers with constant weights: packed once, bias, addition and activation in the product's epilogue.
#include "exec/plan/builder.h"
#include "exec/plan/tail.h"
#include "kernels/gemm.h"
#include "tensor/mapped_files.h"

namespace fac::plan {

using ir::NodeId;
using ir::ValueId;

namespace {

class LinearStep final : public Step {
 public:
  std::int64_t rows = 0, n = 0, k = 0;
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
    auto e = epilogue;
    if (bias.defined()) e.bias = bias.data_as<float>();
    if (residual) {
      e.residual = f.slots[*residual].tensor().data_as<float>();
      e.ldr = n;
    }
    const std::size_t bytes = kernels::gemm_scratch_bytes<float>(g, true);
    Ref<Storage> scratch;
    if (bytes) {
      FACULA_TRY(scratch, allocate_storage(bytes));
    }
    kernels::gemm_run_packed(g, in.data_as<float>(), static_cast<const float*>(packed->data()), e, out.data_as<float>(),
                             scratch ? scratch->data() : nullptr, bytes);
    f.slots[y] = Value(std::move(out));
    return {};
  }
  std::string text() const override {
    return fmt("linear {} -> {}{}{}", k, n, epilogue.activation == kernels::Activation::kNone ? "" : " + activation",
               residual ? " + add" : "");
  }
  Traffic traffic() const override {
    Traffic t{{x}, packed->bytes()};
    if (residual) t.slots.push_back(*residual);
    t.slots.push_back(y);
    return t;
  }
  double flops() const override { return 2.0 * static_cast<double>(rows * n) * static_cast<double>(k); }
};

}  // namespace

Result<bool> plan_linear(VariantBuilder& b, NodeId n) {
  const auto& node = b.graph().node(n);
  if (node.kind.str() != "aten::linear") return false;
  const ValueId x = node.inputs.at(0);
  const Tensor w = b.constant_tensor(node.inputs.at(1)), bias = b.constant_tensor(node.inputs.at(2));
  const Dims* in = b.sizes(x);
  if (!in || in->empty() || b.dtype(x) != DType::kFloat) return false;
  if (!w.defined() || w.dim() != 2 || w.dtype() != DType::kFloat || w.numel() == 0 || w.stride(1) != 1) return false;
  if (in->back() != w.size(1) || product(*in) == 0) return false;
  if (!bias.defined() && !b.known_none(node.inputs[2])) return false;
  if (bias.defined() && (bias.dtype() != DType::kFloat || bias.dim() != 1 || bias.size(0) != w.size(0) || !bias.is_contiguous()))
    return false;
  auto step = std::make_unique<LinearStep>();
  step->n = w.size(0), step->k = w.size(1);
  step->rows = product(*in) / step->k;
  Dims out_sizes = *in;
  out_sizes.back() = step->n;

  const Tail tail = take_tail(b, node.outputs.at(0), out_sizes, Residual::kPlain);
  tail.fill(step->epilogue);
  FACULA_TRY(step->x, b.need_contiguous(x));
  if (tail.residual) {
    FACULA_TRY(Slot s, b.need_contiguous(*tail.residual));
    step->residual = s;
  }
  {
    const AllocHookGuard guard(b.weights());
    FACULA_TRY(step->packed, allocate_storage(kernels::gemm_packed_b_bytes<float>(step->n, step->k)));
  }
  const auto rows = static_cast<std::size_t>((step->n - 1) * w.stride(0) + step->k);
  const FileReading weight(w.data_as<float>(), rows * sizeof(float));
  kernels::gemm_pack_b(step->n, step->k, weight.as<float>(), w.stride(0), true, static_cast<float*>(step->packed->data()));
  step->bias = bias;
  b.watch(w);
  step->y = plain_slot(tail.result);
  FACULA_TRY_VOID(b.add(std::move(step)));
  b.define_plain(tail.result);
  b.define_sizes(node.outputs[0], out_sizes);
  return true;
}

}  // namespace fac::plan
