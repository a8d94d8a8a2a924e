#include "frontend/trace/trace_graph.h"

#include <algorithm>

#include "ir/symbols.h"

namespace fac::trace {
namespace {

bool is_identifier(std::string_view s) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  if (s.empty() || !letter(s[0])) return false;
  return std::all_of(s.begin(), s.end(), [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

ErrorPtr wrong(std::string text) { return make_error(ErrorKind::kType, std::move(text)); }

Status check_arguments(const ir::Graph& g, const Schema& s, const Values& given) {
  if (given.size() != s.arguments.size())
    return wrong(fmt("{} takes {} argument(s), and the trace gives {}", s.name, s.arguments.size(), given.size()));
  for (std::size_t i = 0; i < given.size(); ++i)
    if (!is_subtype(g.type(given[i]), s.arguments[i].type))
      return wrong(fmt("Expected a value of type '{}' for argument '{}' but instead found type '{}'.\nDeclaration: {}",
                       s.arguments[i].type->annotation(), s.arguments[i].name, g.type(given[i])->annotation(), s.str()));
  return {};
}

// The result of a function whose annotation may only be known once its body is compiled.
Result<TypePtr> result_type(const Callable& f) {
  if (f.schema().returns.empty())
    if (auto* function = dynamic_cast<ir::Function*>(const_cast<Callable*>(&f))) {
      FACULA_TRY(const ir::Graph* g, function->graph());
      (void)g;
    }
  return f.schema().returns.empty() ? types::none() : f.schema().returns[0].type;
}

}  // namespace

void TraceGraph::at(const Ref<const SourceFile>& file, Range range) {
  if (file) graph_->keep_file(file);
  builder_.set_range(range);
}

ir::ValueId TraceGraph::input(const std::string& name, TypePtr type) {
  std::string unique = is_identifier(name) ? name : fmt("argument_{}", input_names_.size());
  while (std::find(input_names_.begin(), input_names_.end(), unique) != input_names_.end())
    unique = fmt("{}_{}", unique, input_names_.size());
  input_names_.push_back(unique);
  const ir::ValueId v = graph_->add_param(graph_->top(), std::move(type));
  set_name(v, is_identifier(name) ? name : "");
  return v;
}

ir::ValueId TraceGraph::constant(Value v, TypePtr type) { return builder_.constant(std::move(v), std::move(type)); }

ir::ValueId TraceGraph::one(Symbol kind, Values inputs, TypePtr type) {
  return builder_.value(kind, std::move(inputs), std::move(type));
}

Result<Values> TraceGraph::op(std::string_view name, std::string_view overload, Values inputs, std::span<const TypePtr> wanted) {
  const ops::Overload* found = ops::find(name, overload);
  ir::NodeId n;
  Values out;
  if (!found) {
    n = builder_.node(Symbol(name), std::move(inputs));
    for (const TypePtr& t : wanted) out.push_back(graph_->add_output(n, t));
    return out;
  }
  const Schema& s = found->schema();
  if (s.is_vararg == false && inputs.size() != s.arguments.size())
    return wrong(fmt("{} takes {} arguments, and the trace gives {}", s.str(), s.arguments.size(), inputs.size()));
  n = builder_.insert(graph_->create(*found, std::move(inputs), builder_.range()));
  for (std::size_t i = 0; i < s.returns.size(); ++i) {
    TypePtr t = s.returns[i].type;
    if (t->has_free_variables()) {
      if (i >= wanted.size()) return wrong(fmt("the type of {}'s result is not known", s.str()));
      t = wanted[i];
    }
    out.push_back(graph_->add_output(n, std::move(t)));
  }
  return out;
}

Result<ir::ValueId> TraceGraph::list(const TypePtr& element, Values items) {
  for (const auto v : items)
    if (!is_subtype(type(v), element))
      return wrong(fmt("a {} does not go into a list of {}", type(v)->annotation(), element->annotation()));
  return one(ir::sym::ListConstruct, std::move(items), types::list(element));
}

ir::ValueId TraceGraph::tuple(Values items) {
  std::vector<TypePtr> elements;
  for (const auto v : items) elements.push_back(type(v));
  return one(ir::sym::TupleConstruct, std::move(items), types::tuple(std::move(elements)));
}

Result<ir::ValueId> TraceGraph::dict(const TypePtr& key, const TypePtr& value, Values keys_and_values) {
  for (std::size_t i = 0; i < keys_and_values.size(); ++i)
    if (!is_subtype(type(keys_and_values[i]), i % 2 ? value : key))
      return wrong(fmt("a {} does not go into a dict of {} to {}", type(keys_and_values[i])->annotation(), key->annotation(),
                       value->annotation()));
  return one(ir::sym::DictConstruct, std::move(keys_and_values), types::dict(key, value));
}

Result<Values> TraceGraph::unpack(ir::ValueId container, std::size_t count) {
  const TypePtr t = type(container);
  const bool is_list = t->kind() == TypeKind::kList;
  if (!is_list && (t->kind() != TypeKind::kTuple || t->elements().size() != count))
    return wrong(fmt("a {} does not have {} elements", t->annotation(), count));
  const ir::NodeId n = builder_.node(is_list ? ir::sym::ListUnpack : ir::sym::TupleUnpack, {container});
  Values out;
  for (std::size_t i = 0; i < count; ++i) out.push_back(graph_->add_output(n, t->element(is_list ? 0 : i)));
  return out;
}

Result<ir::ValueId> TraceGraph::get_attr(ir::ValueId object, const std::string& name) {
  const ClassType* c = as_class(type(object));
  const auto slot = c ? c->find_attribute(name) : std::nullopt;
  if (!slot) return wrong(fmt("a {} has no attribute '{}'", type(object)->annotation(), name));
  const ir::ValueId v = one(ir::sym::GetAttr, {object}, c->attributes()[*slot].type);
  graph_->set_attr(graph_->value(v).producer, ir::sym::name, name);
  set_name(v, name);
  return v;
}

Result<ir::ValueId> TraceGraph::call_method(ir::ValueId object, const std::string& name, Values arguments) {
  const ClassType* c = as_class(type(object));
  const Callable* f = c ? c->find_method(name) : nullptr;
  if (!f) return wrong(fmt("a {} has no method '{}'", type(object)->annotation(), name));
  FACULA_TRY(TypePtr result, result_type(*f));
  arguments.insert(arguments.begin(), object);
  FACULA_TRY_VOID(check_arguments(*graph_, f->schema(), arguments));
  const ir::ValueId v = one(ir::sym::CallMethod, std::move(arguments), std::move(result));
  graph_->set_attr(graph_->value(v).producer, ir::sym::name, name);
  return v;
}

Result<ir::ValueId> TraceGraph::call_function(const Ref<ir::Function>& f, std::shared_ptr<void> owner, Values arguments) {
  FACULA_TRY(TypePtr result, result_type(*f));
  FACULA_TRY_VOID(check_arguments(*graph_, f->schema(), arguments));
  const ir::ValueId callee = constant(Value::function(f.get()), make_ref<FunctionType>(f.get()));
  if (owner) owners_.push_back(std::move(owner));
  arguments.insert(arguments.begin(), callee);
  return one(ir::sym::CallFunction, std::move(arguments), std::move(result));
}

Result<ir::ValueId> TraceGraph::fork(const std::shared_ptr<ir::Graph>& body, Values arguments) {
  if (body->outputs().size() != 1 || body->inputs().size() != arguments.size())
    return wrong("a forked body takes what the fork gives it and returns one value");
  const ir::ValueId v = one(Symbol("prim::fork"), std::move(arguments), types::future(body->type(body->outputs()[0])));
  graph_->set_attr(graph_->value(v).producer, Symbol("Subgraph"), body);
  return v;
}

Result<ir::ValueId> TraceGraph::wait(ir::ValueId future) {
  if (type(future)->kind() != TypeKind::kFuture) return wrong(fmt("a {} cannot be waited for", type(future)->annotation()));
  const TypePtr element[] = {type(future)->element()};
  FACULA_TRY(Values out, op("aten::wait", "", {future}, element));
  return out.at(0);
}

void TraceGraph::set_name(ir::ValueId v, const std::string& name) {
  if (is_identifier(name)) graph_->set_name(v, name);
}

Result<std::shared_ptr<ir::Graph>> TraceGraph::finish(ir::ValueId result) {
  graph_->set_returns(graph_->top(), {result});
  FACULA_TRY_VOID(ir::verify(*graph_));
  return graph_;
}

Schema TraceGraph::schema(std::string name) const {
  Schema s;
  s.name = std::move(name);
  const auto inputs = graph_->inputs();
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    Argument a;
    a.name = input_names_[i];
    a.type = type(inputs[i]);
    s.arguments.push_back(std::move(a));
  }
  Argument result;
  result.type = type(graph_->outputs()[0]);
  s.returns.push_back(std::move(result));
  return s;
}

}  // namespace fac::trace
