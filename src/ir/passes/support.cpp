#include "ir/passes/support.h"

#include <algorithm>

#include "ir/symbols.h"

namespace fac::ir {

bool can_be_constant(const Value& v) {
  switch (v.tag()) {
    case Tag::kList: {
      auto& l = v.list();
      if (l.is_ints() || l.is_floats() || l.is_bools()) return true;
      return std::all_of(l.values().begin(), l.values().end(), can_be_constant);
    }
    case Tag::kTuple: return std::all_of(v.tuple().values.begin(), v.tuple().values.end(), can_be_constant);
    case Tag::kDict: {
      bool all = true;
      v.dict().for_each([&](const Value& k, const Value& e) { all = all && can_be_constant(k) && can_be_constant(e); });
      return all;
    }
    case Tag::kObject:
    case Tag::kFuture:
    case Tag::kGenerator:
    case Tag::kStorage:
    case Tag::kCapsule: return false;
    default: return true;
  }
}

ValueId constant_before(Graph& g, NodeId at, Value v, const TypePtr& declared) {
  TypePtr type = declared;
  if (v.is_none()) {
    type = types::none();
  } else if (const TypePtr inner = optional_element(declared)) {
    type = inner;
  } else if (declared->kind() == TypeKind::kAny || declared->kind() == TypeKind::kNumber ||
             declared->kind() == TypeKind::kUnion) {
    type = type_of(v);
  }
  Builder b(g, g.node(at).parent);
  b.set_before(at);
  b.set_range(g.node(at).range);
  b.set_scope(g.node(at).scope);
  return b.constant(std::move(v), std::move(type));
}

void replace_node(Graph& g, NodeId n, ValueId by) {
  g.replace_uses(g.node(n).outputs[0], by);
  g.erase(n);
}

void splice_before(Graph& g, NodeId at, BlockId b) {
  g.for_each(b, [&](NodeId n) { g.move_before(at, n); });
}

std::optional<std::int64_t> constant_int(const Graph& g, ValueId v) {
  const Value* c = g.constant(v);
  if (!c || !c->is_int()) return std::nullopt;
  return c->i();
}

std::optional<bool> constant_bool(const Graph& g, ValueId v) {
  const Value* c = g.constant(v);
  if (!c || !c->is_bool()) return std::nullopt;
  return c->b();
}

NodeId producer_of_kind(const Graph& g, ValueId v, Symbol kind) {
  const NodeId n = g.value(v).producer;
  return n && g.node(n).kind == kind ? n : NodeId{};
}

bool may_be_none(const TypePtr& t) {
  switch (t->kind()) {
    case TypeKind::kAny:
    case TypeKind::kNone:
    case TypeKind::kOptional:
    case TypeKind::kVar: return true;
    case TypeKind::kUnion: return std::any_of(t->elements().begin(), t->elements().end(), may_be_none);
    default: return false;
  }
}

}  // namespace fac::ir
