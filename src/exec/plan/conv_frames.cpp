// Convolutions of films (conv3d) with constant weights, as convolutions of their frames (kernels/conv_frames.h), with the batch norm
// and the activation behind them.
#include <algorithm>

#include "exec/plan/builder.h"
#include "exec/plan/conv_parts.h"
#include "exec/plan/tail.h"
#include "kernels/conv_frames.h"
#include "tensor/mapped_files.h"

namespace fac::plan {

using ir::NodeId;
using ir::ValueId;
using kernels::ConvFrames;

namespace {

class ConvFramesStep final : public Step {
 public:
  ConvFrames c;
  kernels::ConvAlgo algo{};
  Ref<Storage> packed, bias;  // bias may be null
  kernels::Epilogue epilogue;
  Dims out_sizes;
  Slot x = 0, y = 0;

  Status run(Frame& f) const override {
    const Tensor in = f.slots[x].tensor();
    if (in.numel() != c.n * c.frame.c_in * c.d * c.frame.h * c.frame.w || !in.is_contiguous())
      return error(ErrorKind::kInternal, "a planned convolution met another shape");
    FACULA_TRY(Tensor out, Tensor::empty(out_sizes, DType::kFloat));
    const std::size_t bytes = kernels::conv_frames_scratch_bytes(c, algo);
    FACULA_TRY(const Ref<Storage> scratch, allocate_storage(bytes));
    kernels::conv_frames_run(c, algo, in.data_as<float>(), static_cast<const float*>(packed->data()),
                             bias ? static_cast<const float*>(bias->data()) : nullptr, epilogue, out.data_as<float>(), scratch->data(), bytes);
    f.slots[y] = Value(std::move(out));
    return {};
  }
  std::string text() const override {
    const auto& f = c.frame;
    return fmt("conv3d {}x{}x{} {} -> {} at {}x{}x{}, {}{}", c.kd, f.kh, f.kw, f.c_in, f.c_out, c.out_d, f.out_h, f.out_w,
               kernels::conv_algo_name(algo), epilogue.activation == kernels::Activation::kNone ? "" : " + activation");
  }
  Traffic traffic() const override { return {{x, y}, packed->bytes()}; }
  double flops() const override {
    const auto& f = c.frame;
    return 2.0 * static_cast<double>(c.n * f.c_out * c.out_d * f.out_h * f.out_w) * static_cast<double>(f.c_in / f.groups * c.kd * f.kh * f.kw);
  }
};

struct Node {
  ValueId x;
  Tensor weight, bias;
  ConvFrames c;
  Dims out_sizes;
};

std::optional<Node> read(const VariantBuilder& b, NodeId n) {
  const auto& node = b.graph().node(n);
  const std::string_view kind = node.kind.str();
  const bool plain = kind == "aten::conv3d";
  if (!plain && kind != "aten::_convolution") return std::nullopt;
  const auto& in = node.inputs;
  if (!plain && b.known_bool(in.at(6)) != false) return std::nullopt;  // transposed
  const auto weights = read_weights(b, n);
  if (!weights || weights->weight.dim() != 5 || !weights->bias_fits(weights->weight.size(0))) return std::nullopt;
  const Dims& x = weights->input;
  const Tensor &w = weights->weight, &bias = weights->bias;
  const auto stride = b.known_ints(in.at(3)), pad = b.known_ints(in.at(4)), dilation = b.known_ints(in.at(5));
  const auto groups = b.known_int(in.at(plain ? 6 : 8));
  if (!stride || !pad || !dilation || !groups || *groups < 1) return std::nullopt;
  constexpr std::int64_t kMost = 1 << 20;  // far from overflow
  for (const Dims* v : {&*stride, &*pad, &*dilation}) {
    if (v->size() != 1 && v->size() != 3) return std::nullopt;
    for (const std::int64_t e : *v)
      if (e < (v == &*pad ? 0 : 1) || e > kMost) return std::nullopt;
  }
  const auto at = [](const Dims& v, std::size_t axis) { return v.size() == 1 ? v[0] : v[axis]; };
  Node out{in[0], w, bias, {}, {}};
  ConvFrames& c = out.c;
  kernels::Conv2d& f = c.frame;
  c.n = x[0], f.c_in = x[1], c.d = x[2], f.h = x[3], f.w = x[4];
  f.c_out = w.size(0), c.kd = w.size(2), f.kh = w.size(3), f.kw = w.size(4), f.groups = *groups;
  c.stride = at(*stride, 0), f.stride_h = at(*stride, 1), f.stride_w = at(*stride, 2);
  c.pad = at(*pad, 0), f.pad_top = f.pad_bottom = at(*pad, 1), f.pad_left = f.pad_right = at(*pad, 2);
  c.dilation = at(*dilation, 0), f.dilation_h = at(*dilation, 1), f.dilation_w = at(*dilation, 2);
  // What does not fit is reported by the operator itself.
  if (f.c_in % f.groups || f.c_out % f.groups || w.size(1) != f.c_in / f.groups) return std::nullopt;
  const auto fits = [](std::int64_t size, std::int64_t padding, std::int64_t kernel, std::int64_t apart) {
    return size + 2 * padding >= apart * (kernel - 1) + 1;
  };
  if (!fits(c.d, c.pad, c.kd, c.dilation) || !fits(f.h, f.pad_top, f.kh, f.dilation_h) || !fits(f.w, f.pad_left, f.kw, f.dilation_w))
    return std::nullopt;
  if (!kernels::conv_frames_set_output(c)) return std::nullopt;
  out.out_sizes = {c.n, f.c_out, c.out_d, f.out_h, f.out_w};
  return out;
}

}  // namespace

Result<bool> plan_conv_frames(VariantBuilder& b, NodeId n) {
  const auto node = read(b, n);
  if (!node) return false;
  auto step = std::make_unique<ConvFramesStep>();
  step->c = node->c;
  step->out_sizes = node->out_sizes;

  ValueId y = b.graph().node(n).outputs.at(0);
  const auto norm = take_norm(b, y, node->c.frame.c_out, node->out_sizes);
  const Tail tail = take_tail(b, y, node->out_sizes, Residual::kNone);
  tail.fill(step->epilogue);
  y = tail.result;

  FACULA_TRY(step->x, b.need_contiguous(node->x));
  step->algo = kernels::conv_frames_choose(step->c);
  const std::vector<float> scale = norm ? norm->factors() : std::vector<float>();
  FACULA_TRY(step->packed, weight_storage(b, kernels::conv_frames_packed_bytes(step->c, step->algo)));
  auto* packed = static_cast<float*>(step->packed->data());
  if (node->weight.is_contiguous()) {
    const FileReading weight(node->weight.data_as<float>(), static_cast<std::size_t>(node->weight.numel()) * sizeof(float));
    kernels::conv_frames_pack_weights(step->c, step->algo, weight.as<float>(), norm ? scale.data() : nullptr, packed);
  } else {
    kernels::conv_frames_pack_weights(step->c, step->algo, floats_of(node->weight).data(), norm ? scale.data() : nullptr, packed);
  }
  if (const auto bias = folded_bias(node->bias, norm); !bias.empty()) {
    FACULA_TRY(step->bias, weight_storage(b, bias.size() * sizeof(float)));
    std::copy(bias.begin(), bias.end(), static_cast<float*>(step->bias->data()));
  }
  b.watch(node->weight);
  b.watch(node->bias);
  step->y = plain_slot(y);
  FACULA_TRY_VOID(b.add(std::move(step)));
  b.define_plain(y);
  return true;
}

}  // namespace fac::plan
