// Transposed convolutions with constant weights, as ordinary convolutions of their phases (kernels/conv_transposed.h), with
// the batch norm and the activation behind them.
#include <algorithm>

#include "exec/plan/builder.h"
#include "exec/plan/conv_parts.h"
#include "exec/plan/plain_steps.h"
#include "exec/plan/tail.h"
#include "kernels/conv_transposed.h"
#include "tensor/mapped_files.h"

namespace fac::plan {

using ir::NodeId;
using ir::ValueId;
using kernels::ConvTransposed2d;

namespace {

struct Part {
  kernels::TransposedPart shape;
  kernels::ConvAlgo algo{};
  Ref<Storage> packed, bias;  // bias may be null
};

class ConvTransposedStep final : public Step {
 public:
  ConvTransposed2d d;
  std::vector<Part> parts;
  kernels::Epilogue epilogue;
  Slot x = 0, y = 0;

  Status run(Frame& f) const override {
    const Dims& s = f.slots[x].tensor_impl()->sizes;
    if (s.size() != 5 || s[0] != d.n || s[2] != d.h || s[3] != d.w)
      return error(ErrorKind::kInternal, "a planned transposed convolution met another shape");
    FACULA_TRY(Tensor out, empty_blocked(d.n, d.c_out, d.out_h, d.out_w));
    for (const Part& part : parts) {
      const kernels::Conv2d& c = part.shape.conv;
      const bool whole = part.shape.whole(d);
      Tensor result = out;
      if (!whole) {
        FACULA_TRY(result, empty_blocked(c.n, c.c_out, c.out_h, c.out_w));
      }
      const std::size_t bytes = kernels::conv2d_scratch_bytes(c, part.algo);
      Ref<Storage> scratch;
      if (bytes) {
        FACULA_TRY(scratch, allocate_storage(bytes));
      }
      kernels::conv2d_run(c, part.algo, f.slots[x].tensor().data_as<float>(), static_cast<const float*>(part.packed->data()),
                          part.bias ? static_cast<const float*>(part.bias->data()) : nullptr, epilogue, result.data_as<float>(),
                          scratch ? scratch->data() : nullptr, bytes);
      if (!whole) kernels::transposed_spread(d, part.shape, result.data_as<float>(), out.data_as<float>());
    }
    f.slots[y] = Value(std::move(out));
    return {};
  }
  std::string text() const override {
    return fmt("conv_transpose2d {}x{} {} -> {} at {}x{}, {} {}{}", d.kh, d.kw, d.c_in, d.c_out, d.out_h, d.out_w, parts.size(),
               parts.size() == 1 ? "convolution" : "convolutions",
               epilogue.activation == kernels::Activation::kNone ? "" : " + activation");
  }
  Traffic traffic() const override {
    std::size_t weights = 0;
    for (const Part& part : parts) weights += part.packed->bytes();
    return {{x, y}, weights};
  }
  double flops() const override {
    return 2.0 * static_cast<double>(d.n * d.c_in * d.h * d.w) * static_cast<double>(d.c_out / d.groups * d.kh * d.kw);
  }
};

struct Node {
  ValueId x;
  Tensor weight, bias;
  ConvTransposed2d d;
  Dims out_sizes;
};

std::optional<Node> read(const VariantBuilder& b, NodeId n) {
  const auto& node = b.graph().node(n);
  const std::string_view kind = node.kind.str();
  const bool named = kind == "aten::conv_transpose2d" || kind == "aten::conv_transpose1d";
  if (!named && kind != "aten::_convolution") return std::nullopt;
  const auto& in = node.inputs;
  if (!named && b.known_bool(in.at(6)) != true) return std::nullopt;
  const auto weights = read_weights(b, n);
  if (!weights || (weights->weight.dim() != 3 && weights->weight.dim() != 4)) return std::nullopt;
  const Dims& x = weights->input;
  const Tensor &w = weights->weight, &bias = weights->bias;
  const bool signal = w.dim() == 3;
  if (named && signal != (kind == "aten::conv_transpose1d")) return std::nullopt;
  const auto groups = b.known_int(in.at(named ? 6 : 8));
  if (!groups || *groups < 1 || *groups > w.size(0) || w.size(0) % *groups != 0 || !weights->bias_fits(w.size(1) * *groups)) return std::nullopt;
  // Arguments: named (stride, padding, output_padding, groups, dilation), _convolution (stride, padding, dilation, transposed,
  // output_padding, groups).
  const auto stride = b.known_ints(in.at(3)), pad = b.known_ints(in.at(4));
  const auto dilation = b.known_ints(in.at(named ? 7 : 5)), extra = b.known_ints(in.at(named ? 5 : 7));
  if (!stride || !pad || !dilation || !extra) return std::nullopt;
  constexpr std::int64_t kMost = 1 << 20;  // far from overflow
  for (const Dims* v : {&*stride, &*pad, &*dilation, &*extra}) {
    if (v->empty() || v->size() > (signal ? 1u : 2u)) return std::nullopt;
    for (const std::int64_t e : *v)
      if (e < 0 || e > kMost) return std::nullopt;
  }
  Node out{in[0], w, bias, {}, {}};
  auto& d = out.d;
  d.n = x[0], d.c_in = x[1], d.h = signal ? 1 : x[2], d.w = x.back();
  d.groups = *groups, d.c_out = w.size(1) * d.groups, d.kh = signal ? 1 : w.size(2), d.kw = w.size(w.dim() - 1);
  const auto height = [&](const Dims& v, std::int64_t none) { return signal ? none : v[0]; };
  d.stride_h = height(*stride, 1), d.stride_w = stride->back();
  d.dilation_h = height(*dilation, 1), d.dilation_w = dilation->back();
  d.pad_h = height(*pad, 0), d.pad_w = pad->back();
  const std::int64_t extra_h = height(*extra, 0), extra_w = extra->back();
  // What does not fit is reported by the operator itself.
  if (d.stride_h < 1 || d.stride_w < 1 || d.dilation_h < 1 || d.dilation_w < 1 || w.size(0) != d.c_in) return std::nullopt;
  if (extra_h >= std::max(d.stride_h, d.dilation_h) || extra_w >= std::max(d.stride_w, d.dilation_w)) return std::nullopt;
  d.out_h = (d.h - 1) * d.stride_h - 2 * d.pad_h + d.dilation_h * (d.kh - 1) + extra_h + 1;
  d.out_w = (d.w - 1) * d.stride_w - 2 * d.pad_w + d.dilation_w * (d.kw - 1) + extra_w + 1;
  if (d.out_h < 1 || d.out_w < 1) return std::nullopt;
  out.out_sizes = signal ? Dims{d.n, d.c_out, d.out_w} : Dims{d.n, d.c_out, d.out_h, d.out_w};
  return out;
}

Result<Part> make_part(VariantBuilder& b, const Node& node, const kernels::TransposedPart& shape, const float* weights,
                       const std::optional<Norm>& norm, const std::vector<float>& bias) {
  Part part;
  part.shape = shape;
  const kernels::Conv2d& c = shape.conv;
  part.algo = kernels::conv2d_choose(c);
  const std::vector<float> scale = norm ? norm->factors() : std::vector<float>();
  std::vector<float> own(static_cast<std::size_t>(c.c_out * (c.c_in / c.groups) * c.kh * c.kw));
  kernels::transposed_part_weights(node.d, shape, weights, norm ? scale.data() : nullptr, own.data());
  FACULA_TRY(part.packed, weight_storage(b, kernels::conv2d_packed_bytes(c, part.algo)));
  kernels::conv2d_pack_weights(c, part.algo, own.data(), nullptr, static_cast<float*>(part.packed->data()));
  if (!bias.empty()) {
    FACULA_TRY(part.bias, weight_storage(b, static_cast<std::size_t>(c.c_out) * sizeof(float)));
    kernels::transposed_part_bias(node.d, shape, bias.data(), static_cast<float*>(part.bias->data()));
  }
  return part;
}

}  // namespace

Result<bool> plan_conv_transposed(VariantBuilder& b, NodeId n) {
  const auto node = read(b, n);
  if (!node) return false;
  const auto shapes = kernels::transposed_parts(node->d);
  if (shapes.empty()) return false;
  auto step = std::make_unique<ConvTransposedStep>();
  step->d = node->d;

  ValueId y = b.graph().node(n).outputs.at(0);
  const auto norm = take_norm(b, y, node->d.c_out, node->out_sizes);
  const Tail tail = take_tail(b, y, node->out_sizes, Residual::kNone);
  tail.fill(step->epilogue);
  y = tail.result;

  FACULA_TRY(step->x, b.need_blocked(node->x));
  const auto bias = folded_bias(node->bias, norm);
  const std::vector<float> copy = node->weight.is_contiguous() ? std::vector<float>{} : floats_of(node->weight);
  const FileReading mapped(node->weight.data_as<float>(), node->weight.is_contiguous() ? static_cast<std::size_t>(node->weight.numel()) * sizeof(float) : 0);
  for (const auto& shape : shapes) {
    FACULA_TRY(Part part, make_part(b, *node, shape, copy.empty() ? mapped.as<float>() : copy.data(), norm, bias));
    step->parts.push_back(std::move(part));
  }
  b.watch(node->weight);
  b.watch(node->bias);
  step->y = blocked_slot(y);
  FACULA_TRY_VOID(b.add(std::move(step)));
  b.define_blocked(y, node->out_sizes);
  b.define_sizes(b.graph().node(n).outputs[0], node->out_sizes);
  return true;
}

}  // namespace fac::plan
