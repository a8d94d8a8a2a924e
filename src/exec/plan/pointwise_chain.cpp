// Element-wise operators on float32 that follow one another become one pass over memory (kernels/pointwise_chain.h).
#include <algorithm>
#include <bit>
#include <cstring>
#include <unordered_map>

#include "exec/plan/builder.h"
#include "kernels/pointwise_chain.h"
#include "ops/elementwise.h"
#include "tensor/element.h"

namespace fac::plan {

using ir::NodeId;
using ir::ValueId;
using kernels::Chain;
using kernels::ChainInput;

namespace {

constexpr int kLookAhead = 64;  // nodes behind the first that may belong to the chain

// One operator as a step of a chain: which kernel, and which of its inputs are the operands.
struct Operand {
  std::optional<std::size_t> input;  // of the node; nullopt: a number
  float number = 0;
};
struct Probed {
  kernels::ChainStep step;
  Operand x, y;
};

// A constant of one number, as traces hold them (`x * 0.5` is a product with a tensor there); undefined otherwise.
Tensor number_tensor(const VariantBuilder& b, ValueId v) {
  const Tensor c = b.constant_tensor(v);
  return c.defined() && c.dim() == 0 && !is_complex(c.dtype()) ? c : Tensor();
}

// What the operator does to float32 tensors, found by watching it work on a few numbers; its result must be the step's.
std::optional<Probed> probe(const VariantBuilder& b, NodeId n) {
  const auto& node = b.graph().node(n);
  if (!node.op || !node.op->has(kPointwise) || node.op->has_effect() || node.outputs.size() != 1) return std::nullopt;
  static constexpr float kNumbers[2][6] = {{-1.75f, -0.25f, 0.0f, 0.5f, 1.25f, 3.0f}, {0.75f, -2.5f, 1.5f, -0.125f, 2.0f, 0.25f}};
  AllocHookGuard heap(nullptr);
  std::vector<Value> args;
  std::vector<std::pair<const TensorImpl*, std::size_t>> tensors;
  std::vector<std::pair<const TensorImpl*, float>> numbers;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    if (const Value* k = b.known(node.inputs[i])) {
      args.push_back(*k);
      continue;
    }
    if (const Tensor c = number_tensor(b, node.inputs[i]); c.defined()) {
      args.emplace_back(c);
      numbers.emplace_back(c.impl(), static_cast<float>(element_as_double(c, {})));
      continue;
    }
    if (b.graph().type(node.inputs[i])->kind() != TypeKind::kTensor || tensors.size() == 2) return std::nullopt;
    auto t = Tensor::empty(Dims{6}, DType::kFloat);
    if (!t.ok()) return std::nullopt;
    std::memcpy(t->data(), kNumbers[tensors.size()], sizeof kNumbers[0]);
    args.emplace_back(*t);
    tensors.emplace_back(args.back().tensor_impl(), i);
  }
  if (tensors.empty()) return std::nullopt;
  const std::vector<Value> kept = args;  // the call may consume its arguments
  Value result;
  ops::ElementwiseWatch watch;
  if (!node.op->call(args, {&result, 1}).ok() || watch.calls.size() != 1) return std::nullopt;
  const ops::ElementwiseCall& call = watch.calls[0];
  if (call.compute != DType::kFloat || call.result != DType::kFloat || !result.is_tensor()) return std::nullopt;
  const Tensor got = result.tensor();
  if (got.dtype() != DType::kFloat || got.numel() != 6 || !got.is_contiguous()) return std::nullopt;

  Probed p;
  p.step.params = call.params;
  const auto find = [&](const ops::ElementwiseCall::Operand& o) -> std::optional<Operand> {
    if (!o.tensor) {
      if (o.number.is_complex()) return std::nullopt;
      return Operand{std::nullopt, static_cast<float>(o.number.to_double())};
    }
    for (const auto& [impl, input] : tensors)
      if (impl == o.tensor) return Operand{input, 0};
    for (const auto& [impl, number] : numbers)
      if (impl == o.tensor) return Operand{std::nullopt, number};
    return std::nullopt;
  };
  const auto x = find(call.x);
  if (!x) return std::nullopt;
  p.x = *x;
  if (call.unary && kernels::chainable(*call.unary)) {
    p.step.unary = *call.unary;
  } else if (call.binary && kernels::chainable(*call.binary)) {
    p.step.is_binary = true;
    p.step.binary = *call.binary;
    const auto y = find(call.y);
    if (!y) return std::nullopt;
    p.y = *y;
  } else {
    return std::nullopt;
  }
  // The operator must have done that and nothing else.
  Chain one;
  const float* in[2] = {};
  for (const Operand* o : {&p.x, &p.y}) {
    if (o == &p.y && !p.step.is_binary) break;
    one.input_kinds[one.inputs] = o->input ? ChainInput::kDense : ChainInput::kScalar;
    in[one.inputs++] = o->input ? kept[*o->input].tensor().data_as<float>() : &o->number;
  }
  one.steps = 1;
  one.tape[0] = p.step;
  one.tape[0].x = 0, one.tape[0].y = p.step.is_binary ? 1 : 0;
  float out[6];
  kernels::run_chain(one, in, out, 1, 1, 6);
  if (std::memcmp(out, got.data(), sizeof out) != 0) return std::nullopt;
  return p;
}

// The result cut in three by what per-channel operands have: one number for each of the middle part's indices.
struct Cut {
  std::int64_t outer = 1, channels = 1, inner = 1;
  bool operator==(const Cut&) const = default;
};
// How an operand of the given sizes stands to a result: dense, one number, or per channel of a cut. nullopt: otherwise.
std::optional<std::pair<ChainInput, Cut>> stand(const Dims& s, const Dims& result) {
  if (s == result) return std::pair(ChainInput::kDense, Cut{});
  if (s.size() > result.size()) return std::nullopt;
  const std::size_t shift = result.size() - s.size();
  std::size_t first = result.size(), last = 0;  // dimensions that the operand has itself
  for (std::size_t i = 0; i < s.size(); ++i) {
    if (s[i] == 1) continue;
    if (s[i] != result[shift + i]) return std::nullopt;
    first = std::min(first, shift + i);
    last = shift + i + 1;
  }
  if (first == result.size()) return std::pair(ChainInput::kScalar, Cut{});
  Cut c;
  for (std::size_t i = 0; i < result.size(); ++i) {
    const bool own = i >= shift && s[i - shift] == result[i];
    if (i < first) c.outer *= result[i];
    else if (i >= last) c.inner *= result[i];
    else if (!own) return std::nullopt;
    else c.channels *= result[i];
  }
  return std::pair(ChainInput::kChannel, c);
}

// Place of a number, by its bits: NaN equals nothing, and zero equals -zero.
std::size_t place_of(const std::vector<float>& numbers, float number) {
  const auto same = [&](float x) { return std::bit_cast<std::uint32_t>(x) == std::bit_cast<std::uint32_t>(number); };
  return static_cast<std::size_t>(std::find_if(numbers.begin(), numbers.end(), same) - numbers.begin());
}

class ChainStepRun final : public Step {
 public:
  Chain chain;
  std::vector<Slot> in;          // of the tensors among the inputs
  std::vector<float> numbers;    // the inputs behind them
  Dims sizes;
  Cut cut;
  Slot y = 0;

  Status run(Frame& f) const override {
    FACULA_TRY(Tensor out, Tensor::empty(sizes, DType::kFloat));
    const float* at[kernels::kMaxChainInputs];
    std::size_t k = 0;
    for (const Slot s : in) at[k++] = f.slots[s].tensor().data_as<float>();
    for (const float& n : numbers) at[k++] = &n;
    kernels::run_chain(chain, at, out.data_as<float>(), cut.outer, cut.channels, cut.inner);
    f.slots[y] = Value(std::move(out));
    return {};
  }
  Traffic traffic() const override {
    Traffic t{in, 0};
    t.slots.push_back(y);
    return t;
  }
  std::string text() const override {
    std::string names;
    for (int s = 0; s < chain.steps; ++s) {
      const auto& step = chain.tape[s];
      names += (s ? ", " : "") + std::string(step.is_binary ? ops::name_of(step.binary) : ops::name_of(step.unary));
    }
    return fmt("{} in one pass of {}", names, ints_text(sizes));
  }
};

// Collects the nodes of a chain.
class Collector {
 public:
  // With branches: also operators on an input that the chain has already (`f(x) + g(x)`).
  Collector(const VariantBuilder& b, NodeId first, bool branches) : b_(b), g_(b.graph()), first_(first), branches_(branches) {}

  // The longest chain from the first node on whose last value is the only one that others read; true for at least two steps.
  bool collect() {
    int looked = 0;
    for (NodeId n = first_; n && looked < kLookAhead; n = g_.node(n).next, ++looked) {
      const auto& node = g_.node(n);
      if (!node.blocks.empty()) break;
      if (!b_.is_fused(n) && take(n)) {
        if (static_cast<int>(nodes_.size()) == kernels::kMaxChainSteps) break;
        continue;
      }
      if (n == first_ || (node.op && node.op->has_effect())) break;
    }
    while (nodes_.size() > 1 && !closed(nodes_.size())) drop_last();
    return nodes_.size() > 1;
  }

  std::vector<NodeId> nodes_;
  std::vector<Probed> steps_;
  std::vector<ValueId> tensors_;   // inputs from outside
  std::vector<ChainInput> kinds_;
  std::vector<float> numbers_;
  std::optional<Dims> sizes_;
  std::optional<Cut> cut_;

 private:
  struct Mark {
    std::size_t tensors, numbers;
    std::optional<Cut> cut;
  };

  bool inside(ValueId v) const {
    return std::any_of(nodes_.begin(), nodes_.end(), [&](NodeId n) { return g_.node(n).outputs[0] == v; });
  }
  // The values of the first `count` nodes, but for the last one, are read by these nodes alone.
  bool closed(std::size_t count) const {
    for (std::size_t i = 0; i + 1 < count; ++i) {
      const auto readers = b_.readers(g_.node(nodes_[i]).outputs[0]);
      if (!readers) return false;
      for (const NodeId r : *readers)
        if (std::find(nodes_.begin(), nodes_.begin() + static_cast<std::ptrdiff_t>(count), r) == nodes_.begin() + static_cast<std::ptrdiff_t>(count))
          return false;
    }
    return true;
  }
  void drop_last() {
    nodes_.pop_back();
    steps_.pop_back();
    tensors_.resize(marks_.back().tensors);
    kinds_.resize(marks_.back().tensors);
    numbers_.resize(marks_.back().numbers);
    cut_ = marks_.back().cut;
    marks_.pop_back();
  }

  // Sizes of an operand that is at hand now, dense in row-major order (or will be, once it is no longer blocked).
  const Dims* outside(ValueId v) const {
    if (b_.dtype(v) != DType::kFloat || (b_.has_plain(v) ? !b_.plain(v).is_contiguous() : !b_.has_blocked(v))) return nullptr;
    return b_.sizes(v);
  }
  bool take(NodeId n) {
    const auto& node = g_.node(n);
    if (!node.op || !node.op->has(kPointwise)) return false;
    // Its tensors: made in the chain, or there already.
    Dims result;
    bool reads_chain = nodes_.empty(), other_dtype = false;
    for (const ValueId v : node.inputs) {
      if (b_.known(v) || g_.type(v)->kind() != TypeKind::kTensor) continue;
      if (const Tensor c = number_tensor(b_, v); c.defined()) {
        other_dtype = other_dtype || c.dtype() != DType::kFloat;
        continue;
      }
      const bool own = inside(v);
      const auto input = std::find(tensors_.begin(), tensors_.end(), b_.rep(v));
      const bool branch = branches_ && input != tensors_.end() && kinds_[static_cast<std::size_t>(input - tensors_.begin())] == ChainInput::kDense;
      reads_chain = reads_chain || own || branch;
      const Dims* s = own ? &*sizes_ : outside(v);
      if (!s) return false;
      if (sizes_) continue;
      auto wider = broadcast(result, *s);
      if (!wider) return false;
      result = std::move(*wider);
    }
    if (!reads_chain) return false;
    if (!sizes_ && product(result) == 0) return false;
    if (other_dtype && (sizes_ ? *sizes_ : result).empty()) return false;  // beside a tensor of one number it decides the dtype, too
    auto p = probe(b_, n);
    if (!p) return false;
    const Mark mark{tensors_.size(), numbers_.size(), cut_};
    const bool first = !sizes_;
    if (first) sizes_ = result;
    const auto undo = [&] {
      tensors_.resize(mark.tensors);
      kinds_.resize(mark.tensors);
      numbers_.resize(mark.numbers);
      cut_ = mark.cut;
      if (first) sizes_.reset();
      return false;
    };
    bool dense = !first && !branches_;
    for (const Operand* o : {&p->x, &p->y}) {
      if (o == &p->y && !p->step.is_binary) break;
      if (!o->input) {
        if (place_of(numbers_, o->number) == numbers_.size()) numbers_.push_back(o->number);
        continue;
      }
      const ValueId v = b_.rep(node.inputs[*o->input]);
      const auto input = std::find(tensors_.begin(), tensors_.end(), v);
      if (inside(v) || input != tensors_.end()) {
        dense = dense || input == tensors_.end() || kinds_[static_cast<std::size_t>(input - tensors_.begin())] == ChainInput::kDense;
        continue;
      }
      const auto how = stand(*outside(v), *sizes_);
      if (!how) return undo();
      if (how->first == ChainInput::kChannel) {
        if (cut_ && !(*cut_ == how->second)) return undo();
        cut_ = how->second;
      }
      dense = dense || how->first == ChainInput::kDense;
      tensors_.push_back(v);
      kinds_.push_back(how->first);
    }
    // Two broadcast operands that make up a larger result: rare, left to the operator.
    if (!dense && product(*sizes_) > 1) return undo();
    if (tensors_.size() + numbers_.size() > kernels::kMaxChainInputs) return undo();
    nodes_.push_back(n);
    steps_.push_back(std::move(*p));
    marks_.push_back(mark);
    return true;
  }
  static std::optional<Dims> broadcast(const Dims& a, const Dims& b) {
    Dims out = a.size() >= b.size() ? a : b;
    const Dims& other = a.size() >= b.size() ? b : a;
    const std::size_t shift = out.size() - other.size();
    for (std::size_t i = 0; i < other.size(); ++i) {
      if (out[shift + i] == 1) out[shift + i] = other[i];
      else if (other[i] != 1 && other[i] != out[shift + i]) return std::nullopt;
    }
    return out;
  }

  const VariantBuilder& b_;
  const ir::Graph& g_;
  NodeId first_;
  bool branches_;
  std::vector<Mark> marks_;
};

}  // namespace

Result<bool> plan_pointwise_chain(VariantBuilder& b, NodeId n) {
  const auto& g = b.graph();
  if (!g.node(n).op || !g.node(n).op->has(kPointwise)) return false;
  Collector straight(b, n, false), branched(b, n, true);
  const bool any = straight.collect(), more = branched.collect() && branched.nodes_.size() > straight.nodes_.size();
  if (!any && !more) return false;
  const Collector& c = more ? branched : straight;

  auto step = std::make_unique<ChainStepRun>();
  Chain& chain = step->chain;
  for (const ChainInput k : c.kinds_) chain.input_kinds[chain.inputs++] = k;
  for (std::size_t i = 0; i < c.numbers_.size(); ++i) chain.input_kinds[chain.inputs++] = ChainInput::kScalar;
  step->numbers = c.numbers_;
  step->sizes = *c.sizes_;
  step->cut = c.cut_.value_or(Cut{1, 1, product(*c.sizes_)});
  std::unordered_map<std::uint32_t, std::uint8_t> registers;
  for (std::size_t i = 0; i < c.tensors_.size(); ++i) {
    registers[c.tensors_[i].index] = static_cast<std::uint8_t>(i);
    FACULA_TRY(const Slot s, b.need_plain(c.tensors_[i]));
    step->in.push_back(s);
  }
  for (std::size_t i = 0; i < c.nodes_.size(); ++i) {
    const auto& node = g.node(c.nodes_[i]);
    for (const ValueId v : node.inputs)
      if (const Tensor number = number_tensor(b, v); number.defined()) b.watch(number);  // its number is in the tape
    const auto reg = [&](const Operand& o) {
      if (o.input) return registers.at(b.rep(node.inputs[*o.input]).index);
      return static_cast<std::uint8_t>(c.tensors_.size() + place_of(c.numbers_, o.number));
    };
    auto& tape = chain.tape[chain.steps++];
    tape = c.steps_[i].step;
    tape.x = reg(c.steps_[i].x);
    if (tape.is_binary) tape.y = reg(c.steps_[i].y);
    registers[node.outputs[0].index] = static_cast<std::uint8_t>(chain.inputs + static_cast<int>(i));
    if (i > 0) b.fuse(c.nodes_[i]);
    if (i + 1 < c.nodes_.size()) b.define_sizes(node.outputs[0], *c.sizes_);
  }
  const ValueId y = g.node(c.nodes_.back()).outputs[0];
  step->y = plain_slot(y);
  FACULA_TRY_VOID(b.add(std::move(step)));
  b.define_plain(y);
  return true;
}

}  // namespace fac::plan
