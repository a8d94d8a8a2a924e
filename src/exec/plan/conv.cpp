// Convolution steps: shapes and constant weights known, weights packed once, what follows fused into the stores.
#include <algorithm>

#include "exec/plan/builder.h"
#include "exec/plan/conv_parts.h"
#include "exec/plan/plain_steps.h"
#include "exec/plan/tail.h"
#include "kernels/conv.h"
#include "kernels/layout.h"
#include "kernels/reduced.h"
#include "ops/conv_shapes.h"
#include "tensor/mapped_files.h"

namespace fac::plan {

using ir::NodeId;
using ir::ValueId;

namespace {

class ConvStep final : public Step {
 public:
  kernels::Conv2d d;
  kernels::ConvAlgo algo{};
  std::optional<kernels::DotForm> form;  // nullopt: float32
  Ref<Storage> packed, bias;  // bias may be null, and is part of packed in reduced precision
  kernels::Epilogue epilogue;
  Slot x = 0, y = 0;
  std::optional<Slot> residual;
  bool plain_input = false;

  Status run(Frame& f) const override {
    const TensorImpl& in = *f.slots[x].tensor_impl();
    const Dims& s = in.sizes;
    const bool fits = plain_input ? product(s) == d.n * d.c_in * d.h * d.w
                                  : s.size() == 5 && s[0] == d.n && s[2] == d.h && s[3] == d.w;
    if (!fits) return error(ErrorKind::kInternal, "a planned convolution met another shape");
    FACULA_TRY(Tensor out, empty_blocked(d.n, d.c_out, d.out_h, d.out_w));
    const std::size_t bytes = form ? kernels::reduced_conv_scratch_bytes(*form, d) : kernels::conv2d_scratch_bytes(d, algo);
    Ref<Storage> scratch;
    if (bytes) {
      FACULA_TRY(scratch, allocate_storage(bytes));
    }
    kernels::Epilogue e = epilogue;
    if (residual) e.residual = f.slots[*residual].tensor().data_as<float>();
    if (form) {
      kernels::reduced_conv(*form, d, f.slots[x].tensor().data_as<float>(), packed->data(), e, out.data_as<float>(), scratch->data());
      f.slots[y] = Value(std::move(out));
      return {};
    }
    kernels::conv2d_run(d, algo, f.slots[x].tensor().data_as<float>(), static_cast<const float*>(packed->data()),
                        bias ? static_cast<const float*>(bias->data()) : nullptr, e, out.data_as<float>(),
                        scratch ? scratch->data() : nullptr, bytes);
    f.slots[y] = Value(std::move(out));
    return {};
  }
  std::string text() const override {
    return fmt("conv2d {}x{} {} -> {} at {}x{}, {}{}{}", d.kh, d.kw, d.c_in, d.c_out, d.out_h, d.out_w,
               form ? kernels::dot_form_name(*form) : kernels::conv_algo_name(algo), epilogue.activation == kernels::Activation::kNone ? "" : " + activation",
               residual ? " + add" : "");
  }
  Traffic traffic() const override {
    Traffic t{{x}, packed->bytes()};
    if (residual) t.slots.push_back(*residual);
    t.slots.push_back(y);
    return t;
  }
  bool reduced() const override { return form.has_value(); }
  double flops() const override {
    return 2.0 * static_cast<double>(d.n * d.c_out * d.out_h * d.out_w) * static_cast<double>(d.c_in / d.groups * d.kh * d.kw);
  }
};

// Arguments of the convolution operators in one form. A convolution of signals [N, C, L] is one of pictures of height 1.
struct ConvNode {
  ValueId x;
  Tensor weight, bias;
  kernels::Conv2d d;
  Dims out_sizes;
};

std::optional<ConvNode> read_conv(const VariantBuilder& b, NodeId n) {
  const auto& node = b.graph().node(n);
  const std::string_view kind = node.kind.str();
  const bool plain = kind == "aten::conv2d" || kind == "aten::conv1d";
  if (!plain && kind != "aten::_convolution") return std::nullopt;
  const auto& in = node.inputs;
  const auto weights = read_weights(b, n);
  if (!weights || (weights->weight.dim() != 3 && weights->weight.dim() != 4) || !weights->bias_fits(weights->weight.size(0))) return std::nullopt;
  const Dims& x = weights->input;
  const Tensor &w = weights->weight, &bias = weights->bias;
  const bool signal = w.dim() == 3;
  if (plain && signal != (kind == "aten::conv1d")) return std::nullopt;
  const auto stride = b.known_ints(in.at(3)), dilation = b.known_ints(in.at(5));
  const auto groups = b.known_int(in.at(plain ? 6 : 8));
  if (!plain && b.known_bool(in.at(6)) != false) return std::nullopt;  // transposed
  if (!stride || !dilation || !groups || *groups < 1) return std::nullopt;
  // Of height and width, given one number for both, or of the length alone.
  const auto height = [&](const Dims& v, std::int64_t none) { return signal ? none : v[0]; };
  const auto width = [&](const Dims& v) { return v.back(); };
  for (const Dims& v : {*stride, *dilation})
    if (v.empty() || v.size() > (signal ? 1u : 2u)) return std::nullopt;
  ConvNode c{in[0], w, bias, {}, {}};
  auto& d = c.d;
  d.n = x[0], d.c_in = x[1], d.h = signal ? 1 : x[2], d.w = x.back();
  d.c_out = w.size(0), d.kh = signal ? 1 : w.size(2), d.kw = w.size(w.dim() - 1);
  d.stride_h = height(*stride, 1), d.stride_w = width(*stride);
  d.dilation_h = height(*dilation, 1), d.dilation_w = width(*dilation);
  d.groups = *groups;
  if (d.stride_h < 1 || d.stride_w < 1 || d.dilation_h < 1 || d.dilation_w < 1) return std::nullopt;
  if (!fit_windows({d.h, d.w, d.kh, d.kw, d.stride_h, d.stride_w, d.dilation_h, d.dilation_w})) return std::nullopt;
  if (const auto pad = b.known_ints(in.at(4))) {
    if (pad->empty() || pad->size() > (signal ? 1u : 2u)) return std::nullopt;
    d.pad_top = d.pad_bottom = height(*pad, 0);
    d.pad_left = d.pad_right = width(*pad);
    if (d.pad_top < 0 || d.pad_left < 0 || !fit_windows({d.pad_top, d.pad_left})) return std::nullopt;
  } else if (const Value* mode = b.known(in[4]); mode && mode->is_str()) {
    if (mode->str() == "same") {
      if (d.stride_h != 1 || d.stride_w != 1) return std::nullopt;
      const std::int64_t total_h = d.dilation_h * (d.kh - 1), total_w = d.dilation_w * (d.kw - 1);
      d.pad_top = total_h / 2, d.pad_bottom = total_h - d.pad_top;
      d.pad_left = total_w / 2, d.pad_right = total_w - d.pad_left;
    } else if (mode->str() != "valid") {
      return std::nullopt;
    }
  } else {
    return std::nullopt;
  }
  // What does not fit is reported by the operator itself.
  if (d.c_in % d.groups || d.c_out % d.groups || w.size(1) != d.c_in / d.groups) return std::nullopt;
  if (d.h + d.pad_top + d.pad_bottom < d.dilation_h * (d.kh - 1) + 1 ||
      d.w + d.pad_left + d.pad_right < d.dilation_w * (d.kw - 1) + 1)
    return std::nullopt;
  kernels::conv2d_set_output(d);
  c.out_sizes = signal ? Dims{d.n, d.c_out, d.out_w} : Dims{d.n, d.c_out, d.out_h, d.out_w};
  return c;
}

// Packs the weights, times the norm's scale of each output channel. False: the step's form cannot have them.
bool pack(const ConvStep& step, const ConvNode& c, const std::optional<Norm>& norm, const std::vector<float>& bias) {
  const std::vector<float> scale = norm ? norm->factors() : std::vector<float>();
  const float* factors = norm ? scale.data() : nullptr;
  const auto from = [&](const float* weights) {
    if (step.form)
      return kernels::reduced_conv_pack(*step.form, step.d, weights, factors, bias.empty() ? nullptr : bias.data(), step.packed->data());
    kernels::conv2d_pack_weights(step.d, step.algo, weights, factors, static_cast<float*>(step.packed->data()));
    return true;
  };
  if (!c.weight.is_contiguous()) return from(floats_of(c.weight).data());
  const FileReading weight(c.weight.data_as<float>(), static_cast<std::size_t>(c.weight.numel()) * sizeof(float));
  return from(weight.as<float>());
}

}  // namespace

Result<bool> plan_conv2d(VariantBuilder& b, NodeId n) {
  const auto conv = read_conv(b, n);
  if (!conv) return false;
  auto step = std::make_unique<ConvStep>();
  step->d = conv->d;
  const Dims& out_sizes = conv->out_sizes;

  // A batch norm goes into the weights, what follows into the epilogue.
  ValueId y = b.graph().node(n).outputs.at(0);
  const auto norm = take_norm(b, y, conv->d.c_out, out_sizes);
  const Tail tail = take_tail(b, y, out_sizes, Residual::kBlocked);
  tail.fill(step->epilogue);
  y = tail.result;

  const bool plain_ok = !b.has_blocked(conv->x) && b.plain(conv->x).is_contiguous();
  step->algo = kernels::conv2d_choose(step->d, plain_ok);
  step->plain_input = kernels::conv2d_takes_plain_input(step->algo);
  if (step->plain_input) {
    FACULA_TRY(step->x, b.need_plain(conv->x));
  } else {
    FACULA_TRY(step->x, b.need_blocked(conv->x));
  }
  if (tail.residual) {
    FACULA_TRY(Slot s, b.need_blocked(*tail.residual));
    step->residual = s;
  }
  const auto bias = folded_bias(conv->bias, norm);
  if (const auto form = b.form(); form && kernels::reduced_conv_pays(*form, step->d, step->algo)) {
    FACULA_TRY(step->packed, weight_storage(b, kernels::reduced_conv_packed_bytes(*form, step->d)));
    step->form = form;
    if (!pack(*step, *conv, norm, bias)) step->form.reset();
  }
  if (!step->form) {
    FACULA_TRY(step->packed, weight_storage(b, kernels::conv2d_packed_bytes(step->d, step->algo)));
    pack(*step, *conv, norm, bias);
  }
  if (!bias.empty() && !step->form) {
    FACULA_TRY(step->bias, weight_storage(b, bias.size() * sizeof(float)));
    std::copy(bias.begin(), bias.end(), static_cast<float*>(step->bias->data()));
  }
  b.watch(conv->weight);
  b.watch(conv->bias);
  step->y = blocked_slot(y);
  FACULA_TRY_VOID(b.add(std::move(step)));
  b.define_blocked(y, out_sizes);
  b.define_sizes(b.graph().node(n).outputs[0], out_sizes);
  return true;
}

}  // namespace fac::plan
