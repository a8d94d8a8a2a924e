#include "ir/alias.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "ir/implicit_calls.h"
#include "ir/symbols.h"
#include "ir/tasks.h"

namespace fac::ir {
namespace {

// Operators that hand an input on, or a view of it, in some cases although their schema has no alias mark.
bool may_return_input(std::string_view name) {
  static constexpr std::string_view kNames[] = {
      "dropout",       "feature_dropout",   "alpha_dropout",  "feature_alpha_dropout", "dropout1d", "native_dropout",
      "type_as",       "sum_to_size",       "_sum_to_size",   "broadcast_tensors",     "meshgrid",  "einsum",
      "chain_matmul",  "linalg_multi_dot",  "pixel_shuffle",  "pixel_unshuffle",       "channel_shuffle",
      "atleast_1d",    "atleast_2d",        "atleast_3d",     "cartesian_prod",        "block_diag", "expand_as",
      "conj_physical", "resolve_conj",      "resolve_neg",    "contiguous",            "to",        "reshape",
      "reshape_as",    "view_as",           "flatten",        "ravel",                 "unflatten", "cpu",
      "float",         "double",            "half",           "movedim",               "moveaxis",  "swapaxes",
      "dequantize",    "positive",          "nan_to_num",     "pad",                   "requires_grad_", "rot90",
      "matrix_H",      "adjoint",           "real",           "imag",                  "_autocast_to_full_precision",
      "_autocast_to_reduced_precision",     "combinations",   "result_type",           "interpolate", "repeat_interleave",
      "flip",          "tile",              "repeat",         "unbind",                "tensor_split", "lift_fresh"};
  const auto colons = name.find("::");
  if (colons != std::string_view::npos) name.remove_prefix(colons + 2);
  return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames);
}

bool has_wildcard(const std::optional<AliasMark>& m) {
  return m && (m->before.find('*') != std::string::npos || m->after.find('*') != std::string::npos);
}

// Whether two marks name a common set: "a" and "a|b" do.
bool share_set(const std::optional<AliasMark>& a, const std::optional<AliasMark>& b) {
  if (!a || !b) return false;
  const auto each = [](std::string_view sets, auto&& f) {
    while (!sets.empty()) {
      const auto bar = sets.find('|');
      f(sets.substr(0, bar));
      sets = bar == std::string_view::npos ? std::string_view{} : sets.substr(bar + 1);
    }
  };
  bool shared = false;
  for (const std::string* x : {&a->before, &a->after})
    for (const std::string* y : {&b->before, &b->after})
      each(*x, [&](std::string_view s) { each(*y, [&](std::string_view t) { shared = shared || s == t; }); });
  return shared;
}

bool marks_meet(const Argument& a, const Argument& b) {
  return share_set(a.alias, b.alias) || share_set(a.alias, b.element_alias) || share_set(a.element_alias, b.alias) ||
         share_set(a.element_alias, b.element_alias);
}

// prim:: operators rename and pick values; generic ones (`t[] -> t[]`) give what they were given, in new containers.
bool hands_values_on(const Node& n) {
  if (n.kind.str().starts_with("prim::")) return true;
  const auto& returns = n.op->schema().returns;
  return std::any_of(returns.begin(), returns.end(), [](const Argument& r) {
    return r.type->has_free_variables() || r.type->kind() == TypeKind::kAny;
  });
}

// A forked task that changes nothing; what it gives back may be what it was given.
bool is_quiet_task(const Graph& g, NodeId n) {
  if (g.node(n).kind != sym::fork) return false;
  const auto body = task_body(g, n);
  return body && is_quiet(*body);
}

}  // namespace

// Which kinds of writes change what is reached through a value of this type; 0: immutable all the way down.
std::uint8_t AliasInfo::reach_of(const TypePtr& t) {
  switch (t->kind()) {
    case TypeKind::kInt:
    case TypeKind::kFloat:
    case TypeKind::kBool:
    case TypeKind::kComplex:
    case TypeKind::kNumber:
    case TypeKind::kNone:
    case TypeKind::kStr:
    case TypeKind::kDevice:
    case TypeKind::kDtype:
    case TypeKind::kLayout:
    case TypeKind::kMemoryFormat:
    case TypeKind::kQScheme:
    case TypeKind::kFunction:
    case TypeKind::kEnum:
    case TypeKind::kAnyEnum: return 0;
    case TypeKind::kTensor: return kTensor;
    case TypeKind::kList:
    case TypeKind::kDict: {
      std::uint8_t reach = kContainer;
      for (const auto& e : t->elements()) reach |= reach_of(e);
      return reach;
    }
    case TypeKind::kOptional:
    case TypeKind::kUnion:
    case TypeKind::kTuple: {
      std::uint8_t reach = 0;
      for (const auto& e : t->elements()) reach |= reach_of(e);
      return reach;
    }
    default: return kAll;
  }
}

bool AliasInfo::is_mutable(const TypePtr& t) { return reach_of(t) != 0; }

std::vector<std::size_t> AliasInfo::statistics_written(const Graph& g, NodeId n) {
  const Node& at = g.node(n);
  const std::string_view name = at.kind.str();
  if (!at.op || (name.find("batch_norm") == std::string_view::npos && name.find("instance_norm") == std::string_view::npos))
    return {};
  std::vector<std::size_t> out;
  const Schema& s = at.op->schema();
  for (std::size_t i = 0; i < s.arguments.size() && i < at.inputs.size(); ++i) {
    const std::string_view argument = s.arguments[i].name;
    const Value* known = g.constant(at.inputs[i]);
    if (argument == "training" || argument == "use_input_stats") {
      if (known && known->is_bool() && !known->b()) return {};
    } else if (argument == "running_mean" || argument == "running_var") {
      if (!known || !known->is_none()) out.push_back(i);
    }
  }
  return out;
}

bool AliasInfo::makes_fresh(const Graph& g, NodeId n) {
  const Node& at = g.node(n);
  if (!at.op || at.op->has(kCompositeAlias) || may_return_input(at.op->name())) return false;
  const Schema& s = at.op->schema();
  if (s.is_vararg || s.is_varret || hands_values_on(at)) return false;
  return std::none_of(s.returns.begin(), s.returns.end(),
                      [](const Argument& r) { return r.alias || r.element_alias; });
}

AliasInfo::AliasInfo(const Graph& g)
    : g_(g), value_count_(g.value_count()), parent_(value_count_ + 1), classes_(parent_.size()) {
  for (Index i = 0; i < parent_.size(); ++i) parent_[i] = i;
  classes_[kOutside].escapes = true;
  for (ValueId v : g_.inputs()) join(of(v), kOutside);
  block(g_.top());
  for (ValueId v : g_.outputs())
    if (tracked(v)) join(of(v), kOutside);
}

AliasInfo::Index AliasInfo::find(Index c) const {
  while (parent_[c] != c) c = parent_[c] = parent_[parent_[c]];
  return c;
}

void AliasInfo::join(Index a, Index b) {
  a = find(a);
  b = find(b);
  if (a == b) return;
  if (a > b) std::swap(a, b);  // the outside stays the root of its class
  parent_[b] = a;
  classes_[a].written |= classes_[b].written;
  classes_[a].escapes = classes_[a].escapes || classes_[b].escapes;
}

bool AliasInfo::tracked(ValueId v) const { return reach_of(g_.type(v)) != 0; }

void AliasInfo::write(ValueId v, std::uint8_t what) {
  if (tracked(v)) classes_[of(v)].written |= what;
}

// Joins what may hold one another: a list of ints and a tensor cannot.
void AliasInfo::join_all(NodeId n) {
  const Node& at = g_.node(n);
  std::vector<ValueId> all(at.inputs);
  all.insert(all.end(), at.outputs.begin(), at.outputs.end());
  std::erase_if(all, [&](ValueId v) { return !tracked(v); });
  // Each with the first before it per kind of content; those hold together already.
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::uint8_t reach = reach_of(g_.type(all[i]));
    std::uint8_t seen = 0;
    for (std::size_t j = 0; j < i && (reach & ~seen) != 0; ++j) {
      const std::uint8_t other = reach_of(g_.type(all[j]));
      if ((reach & other) == 0) continue;
      join(of(all[i]), of(all[j]));
      if (other == reach) break;
      seen |= other;
    }
  }
}

void AliasInfo::block(BlockId b) {
  for (NodeId n = g_.block(b).first; n; n = g_.node(n).next) node(n);
}

void AliasInfo::node(NodeId n) {
  const Node& at = g_.node(n);
  if (at.kind == sym::Constant) {
    for (ValueId v : at.outputs)
      if (tracked(v)) join(of(v), kOutside);
    return;
  }
  if (at.kind == sym::If) {
    for (BlockId b : at.blocks) {
      block(b);
      for (std::size_t i = 0; i < at.outputs.size(); ++i)
        if (tracked(at.outputs[i])) join(of(at.outputs[i]), of(g_.block(b).returns[i]));
    }
    return;
  }
  if (at.kind == sym::Loop) {
    const Block& body = g_.block(at.blocks[0]);
    for (std::size_t i = 0; i < at.outputs.size(); ++i) {
      if (!tracked(at.outputs[i])) continue;
      for (ValueId v : {at.inputs[i + 2], body.params[i + 1], body.returns[i + 1]}) join(of(at.outputs[i]), of(v));
    }
    block(at.blocks[0]);
    return;
  }
  if (at.kind == sym::RaiseException || at.kind == sym::Print) return;
  if (at.kind == sym::SetAttr) {
    join_all(n);
    write(at.inputs[0], kObject);
    return;
  }
  static const std::vector<Symbol> kJoining = {
      sym::GetAttr,       sym::ListConstruct, sym::ListUnpack,     sym::TupleConstruct,            sym::TupleUnpack,
      sym::TupleIndex,    sym::TupleSlice,    sym::DictConstruct,  sym::unchecked_cast,            sym::CreateObject,
      sym::unchecked_unwrap_optional, sym::isinstance, sym::Uninitialized};
  if (std::find(kJoining.begin(), kJoining.end(), at.kind) != kJoining.end()) {
    join_all(n);
    return;
  }
  if (at.op && implicit_callees(g_, n).empty()) schema(n);
  else if (cannot_run(at) || is_quiet_task(g_, n)) join_all(n);
  else call(n);
}

// A call of code that is not seen here: it may keep, return and write everything that it is given.
void AliasInfo::call(NodeId n) {
  const Node& at = g_.node(n);
  for (const auto* list : {&at.inputs, &at.outputs})
    for (ValueId v : *list)
      if (tracked(v)) join(of(v), kOutside);
  classes_[find(kOutside)].written = kAll;
  for (BlockId b : at.blocks) {
    for (ValueId p : g_.block(b).params)
      if (tracked(p)) join(of(p), kOutside);
    block(b);
    for (ValueId r : g_.block(b).returns)
      if (tracked(r)) join(of(r), kOutside);
  }
}

void AliasInfo::schema(NodeId n) {
  const Node& at = g_.node(n);
  const Schema& s = at.op->schema();
  bool join_everything =
      s.is_varret || at.op->has(kCompositeAlias) || may_return_input(at.op->name()) || hands_values_on(at);
  if (s.is_vararg && std::any_of(at.outputs.begin(), at.outputs.end(), [&](ValueId v) { return tracked(v); }))
    join_everything = true;
  for (const auto* side : {&s.arguments, &s.returns})
    for (const Argument& a : *side) join_everything = join_everything || has_wildcard(a.alias) || has_wildcard(a.element_alias);
  if (at.inputs.size() < s.arguments.size() || !at.blocks.empty()) {
    call(n);
    return;
  }
  if (join_everything) {
    join_all(n);
  } else {
    for (std::size_t r = 0; r < at.outputs.size() && r < s.returns.size(); ++r) {
      if (!tracked(at.outputs[r])) continue;
      for (std::size_t i = 0; i < s.arguments.size(); ++i)
        if (tracked(at.inputs[i]) && marks_meet(s.returns[r], s.arguments[i])) join(of(at.outputs[r]), of(at.inputs[i]));
      // A marked result that no argument explains could be anything.
      if (s.returns[r].alias && std::none_of(s.arguments.begin(), s.arguments.end(),
                                             [&](const Argument& a) { return marks_meet(s.returns[r], a); }))
        join(of(at.outputs[r]), kOutside);
    }
  }
  for (std::size_t i = 0; i < s.arguments.size(); ++i) {
    const Argument& a = s.arguments[i];
    const bool writes = (a.alias && a.alias->writes) || (a.element_alias && a.element_alias->writes);
    if (!writes) continue;
    // An in-place operator changes the thing itself; elements of a written list are changed only if marked so.
    const TypeKind kind = g_.type(at.inputs[i])->kind();
    if (kind == TypeKind::kTensor || (a.element_alias && a.element_alias->writes)) write(at.inputs[i], kTensor);
    else if (kind == TypeKind::kList || kind == TypeKind::kDict) write(at.inputs[i], kContainer);
    else write(at.inputs[i], kAll);
  }
  for (const std::size_t i : statistics_written(g_, n)) write(at.inputs[i], kTensor);
}

bool AliasInfo::may_alias(ValueId a, ValueId b) const {
  if (!tracked(a) || !tracked(b)) return false;
  if (a.index >= value_count_ || b.index >= value_count_) return true;
  return of(a) == of(b);
}

bool AliasInfo::may_be_written(ValueId v) const {
  const std::uint8_t reach = reach_of(g_.type(v));
  if (!reach) return false;
  if (v.index >= value_count_) return true;
  return (classes_[of(v)].written & reach) != 0;
}

bool AliasInfo::container_may_be_written(ValueId v) const {
  if (!tracked(v)) return false;
  return v.index >= value_count_ || (classes_[of(v)].written & (kContainer | kObject)) != 0;
}

bool AliasInfo::escapes(ValueId v) const {
  if (!tracked(v)) return false;
  return v.index >= value_count_ || classes_[of(v)].escapes;
}

namespace {

bool all_uses_read(const Graph& g, ValueId v, std::vector<bool>& seen) {
  if (seen[v.index] || !AliasInfo::is_mutable(g.type(v))) return true;
  seen[v.index] = true;
  const auto follow = [&](std::span<const ValueId> vs) {
    return std::all_of(vs.begin(), vs.end(), [&](ValueId o) { return all_uses_read(g, o, seen); });
  };
  for (const Use& u : g.uses(v)) {
    if (!u.user) {  // returned by a block
      const NodeId owner = g.block(u.block).owner;
      if (!owner) return false;
      const Node& at = g.node(owner);
      if (at.kind == sym::If) {
        if (!all_uses_read(g, at.outputs[u.operand], seen)) return false;
      } else if (at.kind == sym::Loop) {
        if (u.operand > 0 && (!all_uses_read(g, at.outputs[u.operand - 1], seen) ||
                              !all_uses_read(g, g.block(u.block).params[u.operand], seen)))
          return false;
      } else {
        return false;
      }
      continue;
    }
    const Node& at = g.node(u.user);
    if (at.kind == sym::Loop) {
      if (u.operand >= 2 && (!all_uses_read(g, at.outputs[u.operand - 2], seen) ||
                             !all_uses_read(g, g.block(at.blocks[0]).params[u.operand - 1], seen)))
        return false;
      continue;
    }
    if (at.kind == sym::If) continue;
    if (g.has_effect(u.user)) return false;
    if (AliasInfo::makes_fresh(g, u.user)) continue;
    if (!follow(at.outputs)) return false;
  }
  return true;
}

}  // namespace

bool is_private_and_unwritten(const Graph& g, ValueId v) {
  std::vector<bool> seen(g.value_count(), false);
  return all_uses_read(g, v, seen);
}

}  // namespace fac::ir
