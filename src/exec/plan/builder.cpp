// Longer than most files: short functions that ask for and define values, and one walk, all on the builder's own tables.
#include "exec/plan/builder.h"

#include <algorithm>

#include "exec/plan/plain_steps.h"
#include "ir/passes/support.h"

namespace fac::plan {

using ir::BlockId;
using ir::NodeId;
using ir::ValueId;

namespace {

// Operators on a tensor whose result depends on its metadata alone.
constexpr std::string_view kMetadata[] = {
    "aten::size", "aten::dim", "aten::numel", "aten::stride", "aten::is_floating_point", "aten::len", "prim::shape",
    "prim::dtype", "prim::device", "prim::layout", "aten::is_complex", "prim::requires_grad", "prim::is_cuda",
    "aten::storage_offset", "aten::is_contiguous", "prim::is_quantized", "prim::is_sparse", "prim::is_mkldnn", "prim::is_nested",
    "aten::__is__", "aten::__isnot__", "prim::isinstance"};

bool is_scalar_like(const TypePtr& t) {
  switch (t->kind()) {
    case TypeKind::kTensor: return false;
    case TypeKind::kList:
    case TypeKind::kTuple:
    case TypeKind::kOptional:
      return std::all_of(t->elements().begin(), t->elements().end(), is_scalar_like);
    case TypeKind::kInt: case TypeKind::kFloat: case TypeKind::kBool: case TypeKind::kNumber: case TypeKind::kNone:
    case TypeKind::kStr: case TypeKind::kDevice: case TypeKind::kComplex: case TypeKind::kDtype: case TypeKind::kLayout:
    case TypeKind::kMemoryFormat: return true;
    default: return false;
  }
}

}  // namespace

bool is_metadata_op(std::string_view kind) { return std::find(std::begin(kMetadata), std::end(kMetadata), kind) != std::end(kMetadata); }

VariantBuilder::VariantBuilder(const ir::Graph& g, std::span<const Value> args, Precision precision)
    : g_(g), precision_(precision), states_(g.value_count()), reps_(g.value_count()), fused_(g.node_count(), false),
      is_output_(g.value_count(), false), variant_(std::make_shared<Variant>()) {
  frame_.slots.resize(2 * g.value_count());
  for (std::uint32_t i = 0; i < reps_.size(); ++i) {
    reps_[i] = ValueId{i};
    states_[i].uses = static_cast<std::uint32_t>(g.uses(ValueId{i}).size());
  }
  for (auto v : g.outputs()) is_output_[v.index] = true;
  for (std::size_t i = 0; i < args.size(); ++i) {
    const ValueId v = g.inputs()[i];
    variant_->inputs.push_back(plain_slot(v));
    frame_.slots[plain_slot(v)] = args[i];
    states_[v.index].plain = true;
    // Scalars are part of the key, so they are the same in every run of this variant.
    if (is_scalar_like(g.type(v)) && !args[i].is_tensor()) set_known(v, args[i]);
  }
}

ValueId VariantBuilder::rep(ValueId v) const {
  while (reps_[v.index] != v) v = reps_[v.index];
  return v;
}

const Value* VariantBuilder::known(ValueId v) const {
  return state(v).known ? &frame_.slots[plain_slot(rep(v))] : nullptr;
}
std::optional<std::int64_t> VariantBuilder::known_int(ValueId v) const {
  const Value* k = known(v);
  return k && k->is_int() ? std::optional(k->i()) : std::nullopt;
}
std::optional<double> VariantBuilder::known_number(ValueId v) const {
  const Value* k = known(v);
  if (!k) return std::nullopt;
  if (k->is_float()) return k->d();
  if (k->is_int() || k->is_bool()) return static_cast<double>(k->i());
  return std::nullopt;
}
std::optional<bool> VariantBuilder::known_bool(ValueId v) const {
  const Value* k = known(v);
  return k && k->is_bool() ? std::optional(k->b()) : std::nullopt;
}
std::optional<Dims> VariantBuilder::known_ints(ValueId v) const {
  const Value* k = known(v);
  if (k && k->is_int()) return Dims{k->i()};
  if (!k || !k->is_list() || !k->list().is_ints()) return std::nullopt;
  return Dims(Ints(k->list().ints()));
}
bool VariantBuilder::known_none(ValueId v) const {
  const Value* k = known(v);
  return k && k->is_none();
}
Tensor VariantBuilder::constant_tensor(ValueId v) const {
  const Value* c = g_.constant(rep(v));
  return c && c->is_tensor() ? c->tensor() : Tensor();
}
std::optional<std::vector<Tensor>> VariantBuilder::constant_tensors(ValueId v) const {
  std::vector<Tensor> out;
  if (const auto items = list_items(v)) {
    for (const ValueId item : *items) out.push_back(constant_tensor(item));
  } else if (const Value* c = g_.constant(rep(v)); c && c->is_list()) {
    for (std::size_t i = 0; i < c->list().size(); ++i) out.push_back(c->list().get(i).tensor_or_undefined());
  }
  if (out.empty() || !std::all_of(out.begin(), out.end(), [](const Tensor& t) { return t.defined(); })) return std::nullopt;
  return out;
}
bool VariantBuilder::has_plain(ValueId v) const { return state(v).plain; }
bool VariantBuilder::has_blocked(ValueId v) const { return state(v).blocked; }
Tensor VariantBuilder::plain(ValueId v) const { return frame_.slots[plain_slot(rep(v))].tensor_or_undefined(); }
const Dims* VariantBuilder::sizes(ValueId v) const {
  const State& s = state(v);
  if (s.plain && frame_.slots[plain_slot(rep(v))].is_tensor()) return &frame_.slots[plain_slot(rep(v))].tensor_impl()->sizes;
  return s.has_sizes ? &s.sizes : nullptr;
}
DType VariantBuilder::dtype(ValueId v) const {
  if (state(v).plain) {
    const Tensor t = plain(v);
    return t.defined() ? t.dtype() : DType::kUndefined;
  }
  return state(v).has_sizes ? DType::kFloat : DType::kUndefined;
}

Status VariantBuilder::add(std::unique_ptr<Step> step) {
  FACULA_TRY_VOID(step->run(frame_));
  variant_->steps.push_back(std::move(step));
  return {};
}
void VariantBuilder::fuse(NodeId n) {
  fused_[n.index] = true;
  for (auto v : g_.node(n).inputs) pending_.push_back(v);
}
void VariantBuilder::define_blocked(ValueId v, Dims sizes) {
  State& s = state(v);
  s.blocked = true;
  s.has_sizes = true;
  s.sizes = std::move(sizes);
}
void VariantBuilder::define_sizes(ValueId v, Dims sizes) {
  State& s = state(v);
  s.has_sizes = true;
  s.sizes = std::move(sizes);
}
void VariantBuilder::define_plain(ValueId v) { state(v).plain = true; }
void VariantBuilder::watch(const Tensor& t) {
  if (t.defined()) variant_->watched.emplace_back(t.storage());
}
void VariantBuilder::set_known(ValueId v, Value value) {
  State& s = state(v);
  s.known = s.plain = s.pinned = true;
  const Slot slot = plain_slot(rep(v));
  variant_->constants.emplace_back(slot, value);
  frame_.slots[slot] = std::move(value);
}
void VariantBuilder::alias(ValueId from, ValueId to) {
  const ValueId target = rep(to);
  reps_[from.index] = target;
  states_[target.index].uses += states_[from.index].uses;
  if (is_output_[from.index]) is_output_[target.index] = true;
}

Result<Slot> VariantBuilder::need_plain(ValueId v) {
  if (state(v).virtual_list) FACULA_TRY_VOID(materialise_list(v));
  if (!state(v).plain) {
    const State& s = state(v);
    if (!s.blocked) return error(ErrorKind::kInternal, "a planned value has no form");
    FACULA_TRY_VOID(add(make_unblock(blocked_slot(rep(v)), plain_slot(rep(v)), s.sizes)));
    state(v).plain = true;
  }
  return plain_slot(rep(v));
}
Result<Slot> VariantBuilder::need_contiguous(ValueId v) {
  FACULA_TRY(const Slot s, need_plain(v));
  if (!plain(v).is_contiguous()) FACULA_TRY_VOID(add(make_contiguous(s)));
  return s;
}
Result<Slot> VariantBuilder::need_blocked(ValueId v) {
  if (!state(v).blocked) {
    const Tensor t = plain(v);
    State& s = state(v);
    s.sizes = Dims(t.sizes());
    s.has_sizes = s.blocked = true;
    FACULA_TRY_VOID(add(make_block(plain_slot(rep(v)), blocked_slot(rep(v)))));
  }
  return blocked_slot(rep(v));
}

std::optional<NodeId> VariantBuilder::only_reader(ValueId v) const {
  if (is_output_[v.index] || rep(v) != v) return std::nullopt;
  std::optional<NodeId> reader;
  for (const auto& use : g_.uses(v)) {
    if (!use.user) return std::nullopt;
    const auto& user = g_.node(use.user);
    if (is_metadata_op(user.kind.str())) continue;
    if (reader) return std::nullopt;
    reader = use.user;
  }
  if (!reader || fused_[reader->index]) return std::nullopt;
  const auto producer = g_.value(v).producer;
  if (!producer || g_.node(*reader).parent != g_.node(producer).parent) return std::nullopt;
  return reader;
}

std::optional<std::vector<NodeId>> VariantBuilder::readers(ValueId v) const {
  if (is_output_[v.index] || rep(v) != v) return std::nullopt;
  std::vector<NodeId> out;
  for (const auto& use : g_.uses(v)) {
    if (!use.user) return std::nullopt;
    if (!is_metadata_op(g_.node(use.user).kind.str())) out.push_back(use.user);
  }
  return out;
}

std::optional<std::vector<ValueId>> VariantBuilder::list_items(ValueId v) const {
  const ValueId r = rep(v);
  if (!states_[r.index].virtual_list) return std::nullopt;
  return g_.node(g_.value(r).producer).inputs;
}

Status VariantBuilder::materialise_list(ValueId v) {
  const ValueId r = rep(v);
  std::vector<Slot> items;
  for (auto item : g_.node(g_.value(r).producer).inputs) {
    FACULA_TRY(Slot s, need_plain(item));
    if (g_.type(r)->element()->kind() == TypeKind::kTensor && frame_.slots[s].is_none())
      return runtime_error("expected a Tensor in a list but found None");
    items.push_back(s);
  }
  FACULA_TRY_VOID(add(make_list(std::move(items), plain_slot(r), g_.type(r)->element())));
  State& s = states_[r.index];
  s.virtual_list = false;
  s.plain = true;
  for (auto item : g_.node(g_.value(r).producer).inputs) consume(item);
  return {};
}

void VariantBuilder::consume(ValueId v, std::uint32_t count) {
  const ValueId r = rep(v);
  State& s = states_[r.index];
  s.uses -= std::min(s.uses, count);
  if (s.uses > 0 || is_output_[r.index] || s.pinned) return;
  if (s.virtual_list) {  // read by a step that takes the items themselves
    s.virtual_list = false;
    for (auto item : g_.node(g_.value(r).producer).inputs) consume(item);
    return;
  }
  if (variant_->steps.empty()) return;
  for (const Slot slot : {plain_slot(r), blocked_slot(r)}) {
    if (frame_.slots[slot].is_none()) continue;
    frame_.slots[slot] = Value();
    variant_->steps.back()->release.push_back(slot);
  }
}

void VariantBuilder::skip_block(BlockId b) {
  // Nothing in it will run: its reads of outer values never happen.
  g_.for_each_deep(b, [&](NodeId n) {
    for (auto v : g_.node(n).inputs) consume(v);
    for (auto inner : g_.node(n).blocks)
      for (auto v : g_.block(inner).returns) consume(v);
  });
  for (auto v : g_.block(b).returns) consume(v);
}

Tensor VariantBuilder::meta_tensor(ValueId v) const {
  if (state(v).plain) return plain(v);
  const State& s = state(v);
  return Tensor::from_storage(borrow_storage(nullptr, 0, {}), 0, s.sizes, contiguous_strides(s.sizes), DType::kFloat);
}

// Nodes whose results are the same in every run: evaluated now, once.
Result<bool> VariantBuilder::try_known(NodeId n) {
  const auto& node = g_.node(n);
  const std::string_view kind = node.kind.str();
  if (kind == "prim::Constant") {
    const Value* c = g_.constant(node.outputs.at(0));
    set_known(node.outputs[0], c ? *c : Value());
    state(node.outputs[0]).known = !(c && c->is_tensor());
    return true;
  }
  if (kind == "prim::Uninitialized") {  // None stands in its slot; nothing may be worked out from it
    set_known(node.outputs.at(0), Value());
    state(node.outputs[0]).known = false;
    return true;
  }
  if (!std::all_of(node.outputs.begin(), node.outputs.end(), [&](ValueId v) { return is_scalar_like(g_.type(v)); }))
    return false;
  const bool metadata = is_metadata_op(kind);
  std::vector<Value> args;
  for (auto v : node.inputs) {
    if (const Value* k = known(v)) args.push_back(*k);
    else if (metadata && sizes(v)) args.push_back(Value(meta_tensor(v)));
    else return false;
  }
  std::vector<Value> results(node.outputs.size());
  if (kind == "prim::ListConstruct") {
    auto list = make_ref<ListBox>(g_.type(node.outputs[0])->element());
    for (auto& a : args) list->append(std::move(a));
    results[0] = Value(std::move(list));
  } else if (kind == "prim::TupleConstruct") {
    results[0] = Value(make_ref<TupleBox>(std::move(args), as_tuple(g_.type(node.outputs[0]))->fields().empty()
                                                                ? nullptr : g_.type(node.outputs[0])));
  } else if (kind == "prim::ListUnpack" || kind == "prim::TupleUnpack") {
    const bool list = args[0].is_list();
    const std::size_t count = list ? args[0].list().size() : args[0].tuple().values.size();
    if (count != results.size()) return false;
    for (std::size_t i = 0; i < count; ++i) results[i] = list ? args[0].list().get(i) : args[0].tuple().values[i];
  } else if (node.op) {
    FACULA_TRY_VOID(node.op->call(args, results));
  } else {
    return false;
  }
  for (std::size_t i = 0; i < results.size(); ++i) set_known(node.outputs[i], std::move(results[i]));
  return true;
}

Result<bool> VariantBuilder::branch(NodeId n) {
  const auto& node = g_.node(n);
  const auto condition = known_bool(node.inputs.at(0));
  if (!condition) return false;
  const BlockId taken = node.blocks.at(*condition ? 0 : 1), other = node.blocks.at(*condition ? 1 : 0);
  skip_block(other);
  FACULA_TRY(const bool ok, walk_block(taken));
  if (!ok) return false;
  const auto returns = g_.block(taken).returns;
  for (std::size_t i = 0; i < node.outputs.size(); ++i) {
    alias(node.outputs[i], returns[i]);
    consume(returns[i]);
  }
  return true;
}

Result<bool> VariantBuilder::eager(NodeId n) {
  const auto& node = g_.node(n);
  const std::string_view kind = node.kind.str();
  if (kind == "prim::ListConstruct" && g_.type(node.outputs[0])->element()->kind() == TypeKind::kTensor) {
    for (auto v : node.inputs)
      if (known_none(v)) return false;
    state(node.outputs[0]).virtual_list = true;
    return true;
  }
  std::vector<Slot> in, out;
  for (auto v : node.inputs) {
    FACULA_TRY(Slot s, need_plain(v));
    // None where the operator needs a tensor (archives can write that): the fallback reports it.
    const bool needed = node.op && in.size() < node.op->schema().arguments.size() &&
                        node.op->schema().arguments[in.size()].type->kind() == TypeKind::kTensor;
    if (needed && frame_.slots[s].is_none()) return false;
    in.push_back(s);
  }
  for (auto v : node.outputs) {
    out.push_back(plain_slot(v));
    define_plain(v);
  }
  auto step = make_plain(g_, n, std::move(in), std::move(out));
  if (!step) return false;
  FACULA_TRY_VOID(add(std::move(step)));
  return true;
}

Result<bool> VariantBuilder::node(NodeId n) {
  const auto& node = g_.node(n);
  const std::string_view kind = node.kind.str();
  if (fused_[n.index]) return true;  // its inputs were consumed with the node that took it in
  pending_.assign(node.inputs.begin(), node.inputs.end());
  FACULA_TRY(bool done, try_known(n));
  if (!done && kind == "prim::If") {
    auto own = std::move(pending_);
    FACULA_TRY(done, branch(n));
    if (!done) return false;
    pending_ = std::move(own);
  }
  if (!done && kind == "prim::unchecked_cast") {
    // A cast that does not hold (archives can write it): operator by operator, whose arguments are checked.
    if (known_none(node.inputs.at(0)) && !ir::may_be_none(g_.type(node.outputs.at(0)))) return false;
    alias(node.outputs.at(0), node.inputs.at(0));
    done = true;
  }
#define STEP(name, what)                                   \
  if (!done) {                                             \
    FACULA_TRY(done, name(*this, n));                      \
  }
#include "exec/plan/steps.def"
#undef STEP
  if (!done) {
    FACULA_TRY(done, eager(n));
    if (!done) return false;
  }
  const bool list = kind == "prim::ListConstruct" && state(node.outputs[0]).virtual_list;
  if (!list) {
    const auto read = std::move(pending_);
    pending_.clear();
    for (auto v : read) consume(v);
  }
  for (auto v : node.outputs)
    if (g_.uses(v).empty()) consume(v);
  return true;
}

Result<bool> VariantBuilder::walk_block(BlockId b) {
  for (NodeId n = g_.block(b).first; n; n = g_.node(n).next) {
    FACULA_TRY(const bool ok, node(n));
    if (!ok) return false;
  }
  return true;
}

Result<bool> VariantBuilder::walk() {
  FACULA_TRY(const bool ok, walk_block(g_.top()));
  if (!ok) return false;
  for (auto v : g_.outputs()) {
    FACULA_TRY(Slot s, need_plain(v));
    // A list that leaves the region may be changed by the program: each run must give its own.
    if (known(v) && known(v)->is_list()) {
      const Slot fresh = static_cast<Slot>(frame_.slots.size());
      frame_.slots.emplace_back();
      FACULA_TRY_VOID(add(make_list_copy(s, fresh)));
      s = fresh;
    }
    variant_->outputs.push_back(s);
  }
  return true;
}

Result<std::shared_ptr<Variant>> VariantBuilder::finish(std::span<Value> results, const std::function<ArenaLayout()>& layout) {
  for (std::size_t i = 0; i < results.size(); ++i) results[i] = frame_.slots[variant_->outputs[i]];
  const std::size_t slots = frame_.slots.size();
  std::vector<bool> pinned(slots, false);
  for (const auto& [slot, value] : variant_->constants) pinned[slot] = true;
  for (Slot s = 0; s < slots; ++s)
    if (!pinned[s] && !frame_.slots[s].is_none()) variant_->leftover.push_back(s);
  frame_.slots.clear();
  variant_->layout = std::make_shared<const ArenaLayout>(layout());
  variant_->slot_count = slots;
  return std::move(variant_);
}

}  // namespace fac::plan
