#include "frontend/script/emitter.h"

#include <algorithm>

#include "frontend/script/match.h"
#include "ir/symbols.h"

namespace fac::script {

Emitter::Emitter(ir::Graph& graph, Resolver& resolver, DiagSink& sink, std::string function_name, Emitter* outer,
                 Hints* hints)
    : graph_(graph),
      resolver_(&resolver),
      sink_(sink),
      function_name_(std::move(function_name)),
      outer_(outer),
      hints_(hints ? hints : outer ? outer->hints_ : nullptr),
      path_(outer ? outer->path_ : 0),
      builder_(graph, graph.top()),
      types_(resolver, sink) {
  env_.push();
}

const TypePtr& Emitter::type(ValueId v) const { return v ? graph_.type(v) : types::any(); }

namespace {

// What makes two scalar constants one; empty for values that are not shared.
std::string constant_key(const Value& v) {
  switch (v.tag()) {
    case Tag::kNone: return "n";
    case Tag::kBool: return v.b() ? "t" : "f";
    case Tag::kInt: return "i" + std::to_string(v.i());
    case Tag::kFloat: {
      const double d = v.d();
      std::string key("d");
      key.append(reinterpret_cast<const char*>(&d), sizeof d);
      return key;
    }
    case Tag::kStr: return "s" + v.str();
    case Tag::kTensor:
    case Tag::kFunction: return "p" + std::to_string(reinterpret_cast<std::uintptr_t>(v.box_ptr()));
    default: return {};
  }
}

}  // namespace

ValueId Emitter::constant(Value v, Range at) {
  TypePtr t = type_of(v);
  return constant(std::move(v), std::move(t), at);
}

ValueId Emitter::constant(Value v, TypePtr type, Range at) {
  std::string key = constant_key(v);
  if (!key.empty() && !v.is_function() && !same(type, type_of(v))) key.clear();
  if (!key.empty())
    if (const auto found = constants_.find(key); found != constants_.end()) return found->second;
  const NodeId n = graph_.create(ir::sym::Constant, {}, at);
  if (!v.is_none()) graph_.set_attr(n, ir::sym::value, std::move(v));
  const ValueId out = graph_.add_output(n, std::move(type));
  if (key.empty()) {
    builder_.insert(n);
    return out;
  }
  if (last_constant_) graph_.insert_after(last_constant_, n);
  else graph_.prepend(graph_.top(), n);
  last_constant_ = n;
  constants_.emplace(std::move(key), out);
  return out;
}

NodeId Emitter::emit_node(std::string_view kind, std::vector<ValueId> inputs, Range at) {
  builder_.set_range(at);
  return builder_.node(Symbol(kind), std::move(inputs));
}

ValueId Emitter::emit(std::string_view kind, std::vector<ValueId> inputs, TypePtr type, Range at) {
  for (ValueId v : inputs)
    if (!v) return {};
  return graph_.add_output(emit_node(kind, std::move(inputs), at), std::move(type));
}

ValueId Emitter::emit_row(std::string_view kind, std::vector<ValueId> inputs, TypePtr type, Range at) {
  const auto rows = ops::find(kind);
  if (rows.empty()) return emit(kind, std::move(inputs), std::move(type), at);
  for (ValueId v : inputs)
    if (!v) return {};
  const auto takes = [&](const ops::Overload& r) {
    const auto& formal = r.schema().arguments;
    for (std::size_t i = 0; i < inputs.size() && i < formal.size(); ++i)
      if (!formal[i].type->has_free_variables() && !is_subtype(this->type(inputs[i]), formal[i].type)) return false;
    return true;
  };
  const ops::Overload* row = rows[0];  // the one with that result, or with these arguments, where they differ
  for (const ops::Overload* r : rows)
    if (r->schema().returns.size() == 1 && same(r->schema().returns[0].type, type) && takes(*r)) row = r;
  if (!takes(*row))
    for (const ops::Overload* r : rows)
      if (takes(*r)) row = r;
  return graph_.add_output(builder_.insert(graph_.create(*row, std::move(inputs), at)), std::move(type));
}

ValueId Emitter::unchecked_cast(ValueId v, TypePtr type, Range at) {
  return emit("prim::unchecked_cast", {v}, std::move(type), at);
}

ValueId Emitter::make_list(TypePtr element, std::vector<ValueId> items, Range at) {
  return emit("prim::ListConstruct", std::move(items), types::list(std::move(element)), at);
}

ValueId Emitter::make_tuple(std::vector<ValueId> items, Range at, TypePtr named) {
  if (!named) {
    std::vector<TypePtr> elements;
    for (ValueId v : items) elements.push_back(type(v));
    named = types::tuple(std::move(elements));
  }
  return emit("prim::TupleConstruct", std::move(items), std::move(named), at);
}

std::vector<ValueId> Emitter::unpack_tuple(ValueId v, Range at) {
  if (!v) return {};
  const NodeId producer = graph_.value(v).producer;
  if (producer && graph_.node(producer).kind == ir::sym::TupleConstruct) return graph_.node(producer).inputs;
  const NodeId n = emit_node("prim::TupleUnpack", {v}, at);
  const std::vector<TypePtr> elements(type(v)->elements().begin(), type(v)->elements().end());
  std::vector<ValueId> out;
  for (const auto& t : elements) out.push_back(graph_.add_output(n, t));
  return out;
}

bool Emitter::is_none_constant(ValueId v) const { return v && type(v)->kind() == TypeKind::kNone; }

bool Emitter::is_empty_list_literal(ValueId v) const {
  return std::find(empty_lists_.begin(), empty_lists_.end(), v) != empty_lists_.end();
}

bool Emitter::is_guess(ValueId v) const {
  const NodeId n = v ? graph_.value(v).producer : NodeId{};
  return n && !graph_.node(n).op && !graph_.node(n).kind.str().starts_with("prim::");
}

std::optional<std::int64_t> Emitter::int_constant(ValueId v) const {
  const Value* c = v ? graph_.constant(v) : nullptr;
  if (!c || !c->is_int()) return std::nullopt;
  return c->i();
}

void Emitter::set_name(ValueId v, Symbol name) {
  // Temporaries of PyTorch's printer (_0, _1) name nothing.
  const std::string_view text = name.str();
  if (!v || text.empty() || text[0] == '$' || (text[0] == '_' && text.find_first_not_of("0123456789", 1) == text.npos))
    return;
  const auto& info = graph_.value(v);
  if (!info.name.empty()) return;
  // A value of an outer block keeps its own name: this one says something inside only.
  const BlockId home = info.producer ? graph_.node(info.producer).parent : info.block;
  if (home == builder_.block()) graph_.set_name(v, std::string(text));
}

ValueId Emitter::hidden(Symbol name) const {
  const Variable* v = env_.find(name);
  return v ? plain_value(v->meaning) : ValueId{};
}

void Emitter::refine(const std::vector<Refinement>& what, Range at) {
  for (const auto& r : what) {
    if (r.path) {
      note_attribute(*r.path, {}, {});
      continue;
    }
    const Variable* v = env_.find(r.name);
    if (!v) continue;
    const ValueId old = plain_value(v->meaning);
    if (!old || same(type(old), r.type)) continue;
    const ValueId cast = unchecked_cast(old, r.type, at);
    set_name(cast, r.name);
    env_.set(r.name, value_meaning(cast));
  }
}

}  // namespace fac::script
