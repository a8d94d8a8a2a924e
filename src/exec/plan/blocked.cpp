// Steps that keep pictures in the blocked layout between convolutions: pooling, means, scaling by channel, element-wise
// operators, concatenation of channels.
#include <algorithm>

#include "exec/plan/activation.h"
#include "exec/plan/builder.h"
#include "exec/plan/plain_steps.h"
#include "kernels/layout.h"
#include "kernels/pool.h"
#include "ops/conv_shapes.h"

namespace fac::plan {

using ir::NodeId;
using ir::ValueId;

namespace {

enum class PoolKind : std::uint8_t { kMax, kAverage, kAdaptiveAverage, kGlobal };

class PoolStep final : public Step {
 public:
  PoolKind kind{};
  kernels::Pool p;
  std::int64_t n = 1, c = 1;
  Slot x = 0, y = 0;
  bool to_plain = false;  // kGlobal: result [n, c, 1, 1] or [n, c] in plain form
  Dims plain_sizes;

  Status run(Frame& f) const override {
    const float* in = f.slots[x].tensor().data_as<float>();
    if (kind == PoolKind::kGlobal) {
      FACULA_TRY(Tensor means, empty_blocked(n, c, 1, 1));
      kernels::global_avg_pool_blocked(in, means.data_as<float>(), n, c, p.in[1] * p.in[2]);
      if (to_plain) {
        FACULA_TRY(Tensor out, Tensor::empty(plain_sizes, DType::kFloat));
        kernels::blocked_to_nchw(means.data_as<float>(), out.data_as<float>(), n, c, 1);
        f.slots[y] = Value(std::move(out));
      } else {
        f.slots[y] = Value(std::move(means));
      }
      return {};
    }
    FACULA_TRY(Tensor out, empty_blocked(n, c, p.out[1], p.out[2]));
    if (kind == PoolKind::kMax) kernels::max_pool_blocked(p, in, out.data_as<float>());
    else if (kind == PoolKind::kAverage) kernels::avg_pool_blocked(p, in, out.data_as<float>());
    else kernels::adaptive_avg_pool_blocked(p, in, out.data_as<float>());
    f.slots[y] = Value(std::move(out));
    return {};
  }
  Traffic traffic() const override { return {{x, y}, 0}; }
  std::string text() const override {
    const char* name = kind == PoolKind::kMax ? "max_pool2d" : kind == PoolKind::kAverage ? "avg_pool2d" : "mean over the picture";
    return fmt("{} {} channels, {}x{} -> {}x{}", kind == PoolKind::kAdaptiveAverage ? "adaptive_avg_pool2d" : name, c,
               p.in[1], p.in[2], p.out[1], p.out[2]);
  }
};

// x blocked [n, c, h, w] times s [n, c, 1, 1].
class ScaleStep final : public Step {
 public:
  std::int64_t n, c, hw;
  Slot x, scale, y;
  ScaleStep(std::int64_t n_, std::int64_t c_, std::int64_t hw_, Slot x_, Slot scale_, Slot y_)
      : n(n_), c(c_), hw(hw_), x(x_), scale(scale_), y(y_) {}
  Status run(Frame& f) const override {
    FACULA_TRY(Tensor out, Tensor::empty(f.slots[x].tensor().sizes(), DType::kFloat));
    kernels::blocked_scale_channels(f.slots[x].tensor().data_as<float>(), f.slots[scale].tensor().data_as<float>(),
                                    out.data_as<float>(), n, c, hw);
    f.slots[y] = Value(std::move(out));
    return {};
  }
  Traffic traffic() const override { return {{x, y}, 0}; }
  std::string text() const override { return fmt("scale {} channels", c); }
};

// An element-wise operator run on the blocked tensors as they lie in memory.
class BlockedOpStep final : public Step {
 public:
  BlockedOpStep(const ops::Overload* op, std::vector<Slot> in, Slot out) : op_(op), in_(std::move(in)), out_(out) {}
  Status run(Frame& f) const override {
    std::vector<Value> args;
    for (Slot s : in_) args.push_back(f.slots[s]);
    Value result;
    FACULA_TRY_VOID(op_->call(args, {&result, 1}));
    f.slots[out_] = std::move(result);
    return {};
  }
  Traffic traffic() const override {
    Traffic t{in_, 0};
    t.slots.push_back(out_);
    return t;
  }
  std::string text() const override { return std::string(op_->name()) + " (blocked)"; }

 private:
  const ops::Overload* op_;
  std::vector<Slot> in_;
  Slot out_;
};

class CatStep final : public Step {
 public:
  struct Part {
    Slot slot;
    std::int64_t c, first;
  };
  std::vector<Part> parts;
  std::int64_t n = 1, c = 0, h = 1, w = 1;
  Slot y = 0;
  Status run(Frame& f) const override {
    FACULA_TRY(Tensor out, empty_blocked(n, c, h, w));
    for (const Part& p : parts)
      kernels::blocked_place_channels(f.slots[p.slot].tensor().data_as<float>(), out.data_as<float>(), n, p.c, c, p.first, h * w);
    f.slots[y] = Value(std::move(out));
    return {};
  }
  Traffic traffic() const override {
    Traffic t;
    for (const Part& p : parts) t.slots.push_back(p.slot);
    t.slots.push_back(y);
    return t;
  }
  std::string text() const override { return fmt("cat of {} pictures, {} channels", parts.size(), c); }
};

std::int64_t pick(const Dims& v, std::size_t i) { return v.size() == 1 ? v[0] : v[i]; }
bool one_or_two(const std::optional<Dims>& v) { return v && (v->size() == 1 || v->size() == 2); }

void set_picture(PoolStep& s, const Dims& x) {
  s.n = x[0], s.c = x[1];
  s.p.planes = x[0] * kernels::blocks_of(x[1], kernels::channel_block());
  s.p.in[1] = x[2], s.p.in[2] = x[3];
}

// Whether f(0) = 0, so that the pads of a blocked tensor stay zero.
bool keeps_zero(std::string_view kind) {
  static constexpr std::string_view kNames[] = {"relu", "hardswish", "silu", "leaky_relu", "tanh", "gelu", "neg", "abs",
                                                "relu6", "mish", "elu", "selu", "square", "sqrt", "sin"};
  kind.remove_prefix(6);
  if (kind.ends_with('_')) kind.remove_suffix(1);
  return std::find(std::begin(kNames), std::end(kNames), kind) != std::end(kNames);
}

}  // namespace

Result<bool> plan_pool2d(VariantBuilder& b, NodeId n) {
  const auto& node = b.graph().node(n);
  const std::string_view kind = node.kind.str();
  const bool max = kind == "aten::max_pool2d", average = kind == "aten::avg_pool2d",
             adaptive = kind == "aten::adaptive_avg_pool2d";
  if (!max && !average && !adaptive) return false;
  const ValueId x = node.inputs.at(0);
  if (!b.has_blocked(x) || b.sizes(x)->size() != 4) return false;
  const Dims in = *b.sizes(x);
  auto step = std::make_unique<PoolStep>();
  set_picture(*step, in);
  auto& p = step->p;
  if (adaptive) {
    const auto out = b.known_ints(node.inputs.at(1));
    if (!one_or_two(out) || pick(*out, 0) < 1 || pick(*out, 1) < 1) return false;
    p.out[1] = pick(*out, 0), p.out[2] = pick(*out, 1);
    step->kind = p.out[1] == 1 && p.out[2] == 1 ? PoolKind::kGlobal : PoolKind::kAdaptiveAverage;
  } else {
    const auto kernel = b.known_ints(node.inputs.at(1)), stride = b.known_ints(node.inputs.at(2)), pad = b.known_ints(node.inputs.at(3));
    const auto dilation = max ? b.known_ints(node.inputs.at(4)) : std::optional(Dims{1});
    const auto ceil = b.known_bool(node.inputs.at(max ? 5 : 4));
    if (!one_or_two(kernel) || !one_or_two(pad) || !one_or_two(dilation) || !ceil) return false;
    if (!stride || (!stride->empty() && !one_or_two(stride))) return false;
    step->kind = max ? PoolKind::kMax : PoolKind::kAverage;
    if (average) {
      const auto include = b.known_bool(node.inputs.at(5));
      const auto divisor = b.known_int(node.inputs.at(6));
      if (!include || (!divisor && !b.known_none(node.inputs[6]))) return false;
      p.count_include_pad = *include;
      p.divisor_override = divisor.value_or(0);
      if (divisor && *divisor == 0) return false;
    }
    for (std::size_t i = 0; i < 2; ++i) {
      p.kernel[i + 1] = pick(*kernel, i);
      p.stride[i + 1] = stride->empty() ? p.kernel[i + 1] : pick(*stride, i);
      p.pad[i + 1] = pick(*pad, i);
      p.dilation[i + 1] = pick(*dilation, i);
      if (p.kernel[i + 1] < 1 || p.stride[i + 1] < 1 || p.dilation[i + 1] < 1 || p.pad[i + 1] < 0 ||
          p.pad[i + 1] > p.kernel[i + 1] / 2 || !fit_windows({p.in[i + 1], p.kernel[i + 1], p.stride[i + 1], p.dilation[i + 1]}))
        return false;
      p.out[i + 1] = pool_output_size(p.in[i + 1], p.kernel[i + 1], p.stride[i + 1], p.pad[i + 1], p.dilation[i + 1], *ceil);
      if (p.out[i + 1] < 1) return false;
    }
  }
  step->x = blocked_slot(b.rep(x));
  step->y = blocked_slot(node.outputs.at(0));
  const Dims out{in[0], in[1], p.out[1], p.out[2]};
  FACULA_TRY_VOID(b.add(std::move(step)));
  b.define_blocked(node.outputs[0], out);
  return true;
}

Result<bool> plan_spatial_mean(VariantBuilder& b, NodeId n) {
  const auto& node = b.graph().node(n);
  if (node.kind.str() != "aten::mean" || node.inputs.size() != 4 || !b.has_blocked(node.inputs[0])) return false;
  if (b.sizes(node.inputs[0])->size() != 4) return false;
  const auto dims = b.known_ints(node.inputs[1]);
  const auto keep = b.known_bool(node.inputs[2]);
  if (!dims || dims->size() != 2 || !keep || !b.known_none(node.inputs[3])) return false;
  const auto wrap = [](std::int64_t d) { return d < 0 ? d + 4 : d; };
  const std::int64_t d0 = wrap((*dims)[0]), d1 = wrap((*dims)[1]);
  if (std::min(d0, d1) != 2 || std::max(d0, d1) != 3) return false;
  const Dims in = *b.sizes(node.inputs[0]);
  auto step = std::make_unique<PoolStep>();
  set_picture(*step, in);
  step->kind = PoolKind::kGlobal;
  step->x = blocked_slot(b.rep(node.inputs[0]));
  const ValueId out = node.outputs.at(0);
  step->to_plain = !*keep;
  step->plain_sizes = Dims{in[0], in[1]};
  step->y = *keep ? blocked_slot(out) : plain_slot(out);
  FACULA_TRY_VOID(b.add(std::move(step)));
  if (*keep) b.define_blocked(out, Dims{in[0], in[1], 1, 1});
  else b.define_plain(out);
  return true;
}

Result<bool> plan_channel_scale(VariantBuilder& b, NodeId n) {
  const auto& node = b.graph().node(n);
  const std::string_view kind = node.kind.str();
  if (kind != "aten::mul" || node.inputs.size() != 2 || !node.op || node.op->overload() != "Tensor") return false;
  for (int turn = 0; turn < 2; ++turn) {
    const ValueId x = node.inputs[turn == 0 ? 0 : 1], s = node.inputs[turn == 0 ? 1 : 0];
    const Dims *xs = b.sizes(x), *ss = b.sizes(s);
    if (!xs || !ss || !b.has_blocked(x) || xs->size() != 4 || ss->size() != 4 || b.dtype(s) != DType::kFloat) continue;
    if ((*ss)[0] != (*xs)[0] || (*ss)[1] != (*xs)[1] || (*ss)[2] != 1 || (*ss)[3] != 1 || (*xs)[2] * (*xs)[3] == 1) continue;
    const Dims sizes = *xs;
    FACULA_TRY(const Slot scale, b.need_blocked(s));
    const ValueId y = node.outputs.at(0);
    FACULA_TRY_VOID(b.add(std::make_unique<ScaleStep>(sizes[0], sizes[1], sizes[2] * sizes[3], blocked_slot(b.rep(x)),
                                                      scale, blocked_slot(y))));
    b.define_blocked(y, sizes);
    return true;
  }
  return false;
}

Result<bool> plan_blocked_pointwise(VariantBuilder& b, NodeId n) {
  const auto& node = b.graph().node(n);
  if (!node.op || !node.op->has(kPointwise) || node.outputs.size() != 1 || node.op->schema().writes()) return false;
  const std::string_view kind = node.kind.str();
  const Dims* sizes = nullptr;
  bool any_blocked = false;
  std::size_t tensors = 0;
  for (auto v : node.inputs) {
    if (b.known(v)) continue;
    const Dims* s = b.sizes(v);
    if (!s || (s->size() != 4 && s->size() != 3) || b.dtype(v) != DType::kFloat || (sizes && !(*s == *sizes))) return false;
    sizes = s;
    any_blocked = any_blocked || b.has_blocked(v);
    ++tensors;
  }
  if (!any_blocked) return false;
  const bool full = (*sizes)[1] % kernels::channel_block() == 0;
  const auto act = activation_of(b, n);
  const bool zero = keeps_zero(kind) || ((kind == "aten::add" || kind == "aten::sub" || kind == "aten::mul") && tensors == 2) ||
                    (kind == "aten::mul" && tensors == 1) ||
                    (act && act->kind == kernels::Activation::kClamp && act->a <= 0 && act->b >= 0);
  if (!full && !zero) return false;
  // The result must be float32 too: comparisons and the like give bool.
  const auto& returns = node.op->schema().returns;
  static constexpr std::string_view kNotFloat[] = {"aten::eq", "aten::ne", "aten::lt", "aten::le", "aten::gt", "aten::ge"};
  if (returns.size() != 1 || std::find(std::begin(kNotFloat), std::end(kNotFloat), kind) != std::end(kNotFloat)) return false;
  if (!full && !zero) return false;
  if (!zero && !act && kind != "aten::add" && kind != "aten::sub" && kind != "aten::mul" && kind != "aten::div") return false;
  const Dims out = *sizes;
  std::vector<Slot> in;
  for (auto v : node.inputs) {
    if (b.known(v)) {
      in.push_back(plain_slot(b.rep(v)));
    } else {
      FACULA_TRY(Slot s, b.need_blocked(v));
      in.push_back(s);
    }
  }
  const ValueId y = node.outputs[0];
  FACULA_TRY_VOID(b.add(std::make_unique<BlockedOpStep>(node.op, std::move(in), blocked_slot(y))));
  b.define_blocked(y, out);
  return true;
}

Result<bool> plan_blocked_cat(VariantBuilder& b, NodeId n) {
  const auto& node = b.graph().node(n);
  if (node.kind.str() != "aten::cat" || node.inputs.size() != 2) return false;
  const auto items = b.list_items(node.inputs[0]);
  const auto dim = b.known_int(node.inputs[1]);
  if (!items || items->empty() || !dim || (*dim != 1 && *dim != -3)) return false;
  bool any_blocked = false;
  const Dims* first = b.sizes((*items)[0]);
  if (!first || first->size() != 4) return false;
  auto step = std::make_unique<CatStep>();
  step->n = (*first)[0], step->h = (*first)[2], step->w = (*first)[3];
  for (auto v : *items) {
    const Dims* s = b.sizes(v);
    if (!s || s->size() != 4 || b.dtype(v) != DType::kFloat) return false;
    if ((*s)[0] != step->n || (*s)[2] != step->h || (*s)[3] != step->w || product(*s) == 0) return false;
    any_blocked = any_blocked || b.has_blocked(v);
  }
  if (!any_blocked) return false;
  for (auto v : *items) {
    const std::int64_t c = (*b.sizes(v))[1];
    FACULA_TRY(const Slot s, b.need_blocked(v));
    step->parts.push_back({s, c, step->c});
    step->c += c;
  }
  const ValueId y = node.outputs.at(0);
  step->y = blocked_slot(y);
  const Dims out{step->n, step->c, step->h, step->w};
  FACULA_TRY_VOID(b.add(std::move(step)));
  b.define_blocked(y, out);
  return true;
}

}  // namespace fac::plan
