// Freezing: a module whose methods have the values of its attributes in them, and no attribute that they no longer read.
#include <algorithm>
#include <set>

#include "ir/passes.h"
#include "ir/passes/attribute_writes.h"
#include "ir/symbols.h"
#include "module/module.h"

namespace fac {
namespace {

using ir::Function;
using ir::Graph;

bool names_member(const ObjectBox& root, const std::string& name) {
  const auto dot = name.find('.');
  const Value* held = root.find(name.substr(0, dot));
  if (dot == std::string::npos) return held || root.type().find_method(name) || root.type().find_constant(name);
  return held && held->is_object() && names_member(held->object(), name.substr(dot + 1));
}

// The class and the attribute that a dotted name leads to.
void add_member(const ObjectBox& root, const std::string& name, ir::AttributeSet& out) {
  const auto dot = name.find('.');
  if (dot == std::string::npos) out.emplace(&root.type(), name);
  else add_member(root.find(name.substr(0, dot))->object(), name.substr(dot + 1), out);
}

void tidy(Graph& g) {
  constexpr int kMostRounds = 20;
  for (int round = 0; round < kMostRounds; ++round) {
    bool changed = ir::constant_fold(g);
    changed |= ir::drop_dead(g);
    changed |= ir::peephole(g);
    changed |= ir::cse(g);
    if (!changed) return;
  }
}

// Without gradients `x.detach()` is x, unless somebody asks whether it is the same object.
void remove_detach(Graph& g) {
  static const Symbol detach("aten::detach"), is("aten::__is__"), is_not("aten::__isnot__");
  g.for_each_deep(g.top(), [&](ir::NodeId n) {
    if (g.node(n).kind != detach) return;
    const ir::ValueId out = g.node(n).outputs[0], in = g.node(n).inputs[0];
    for (const ir::Use& use : g.uses(out)) {
      if (!use.user || !g.node(use.user).op) return;  // returned, stored, passed on
      const Symbol kind = g.node(use.user).kind;
      if (kind == is || kind == is_not) return;
    }
    g.replace_uses(out, in);
    g.erase(n);
  });
}

// A constant is no parameter: PyTorch's compiler takes no constants that require gradients.
void detach_constants(Graph& g) {
  g.for_each_deep(g.top(), [&](ir::NodeId n) {
    const auto& node = g.node(n);
    if (node.outputs.size() != 1) return;
    const Value* c = g.constant(node.outputs[0]);
    if (!c || !c->is_tensor() || !c->tensor_impl()->requires_grad) return;
    const Tensor plain = c->tensor().alias();
    plain.impl()->requires_grad = false;
    g.set_attr(n, ir::sym::value, Value(plain));
  });
}

// The names of the attributes that a graph reads or sets on its first parameter.
void add_attributes_of_self(const Graph& g, std::set<std::string, std::less<>>& out) {
  if (g.inputs().empty()) return;
  for (const ir::Use& use : g.uses(g.inputs()[0])) {
    if (!use.user) continue;
    const auto kind = g.node(use.user).kind;
    if (kind != ir::sym::GetAttr && kind != ir::sym::SetAttr) continue;
    if (const auto name = g.attr_string(use.user, ir::sym::name)) out.insert(*name);
  }
}

// Whether `self` is used for anything but its attributes: passed on, returned, called (recursion).
bool self_escapes(const Graph& g) {
  const auto uses = g.uses(g.inputs()[0]);
  return std::any_of(uses.begin(), uses.end(), [&](const ir::Use& use) {
    if (!use.user) return true;
    const auto kind = g.node(use.user).kind;
    return (kind != ir::sym::GetAttr && kind != ir::sym::SetAttr) || use.operand != 0;
  });
}

struct Kept {
  Function* method;
  std::shared_ptr<Graph> graph;
};

Result<Ref<ObjectBox>> build(const Ref<ObjectBox>& root, const std::vector<Kept>& methods,
                             const std::set<std::string, std::less<>>& attributes) {
  auto unit = std::make_shared<ir::Unit>();
  unit->keep(root->owner());
  auto type = make_ref<ClassType>(root->type().name(), true);
  const auto& old = root->type().attributes();
  std::vector<Value> slots;
  for (std::size_t i = 0; i < old.size(); ++i) {
    if (!attributes.contains(old[i].name)) continue;
    type->add_attribute(old[i]);
    slots.push_back(root->slots[i]);
  }
  for (const auto& [name, value] : root->type().constants()) type->add_constant(name, value);
  FACULA_TRY_VOID(unit->add_type(type));
  for (const Kept& kept : methods) {
    Schema schema = kept.method->schema();
    schema.arguments[0].type = type;
    kept.graph->set_type(kept.graph->inputs()[0], type);
    FACULA_TRY(Function * f, unit->add_function(kept.method->qualified_name(), std::move(schema)));
    f->range = kept.method->range;
    f->set_graph(kept.graph);
    type->add_method(f);
  }
  auto out = make_ref<ObjectBox>(Ref<const ClassType>(type), unit);
  out->slots = std::move(slots);
  return out;
}

}  // namespace

Result<Ref<ObjectBox>> freeze(const Ref<ObjectBox>& root, std::span<const std::string> preserved) {
  FACULA_CHECK(!is_training(*root), "Freezing is currently only implemented for modules in eval mode. Please call .eval() on your module before freezing.");
  for (const std::string& name : preserved)
    FACULA_CHECK(names_member(*root, name), "Unknown name: {}. `preserved_attrs` must name attributes or methods of the module", name);
  FACULA_TRY(Ref<ObjectBox> copy, clone_module(root, true));
  // Hooks run around `forward` on the module itself: such a module stays as it is.
  if (!copy->type().forward_hooks().empty() || !copy->type().forward_pre_hooks().empty()) return copy;

  ir::AttributeSet kept;
  for (const std::string& name : preserved) add_member(*copy, name, kept);
  std::vector<Kept> methods;
  std::set<std::string, std::less<>> attributes;
  for (Callable* c : copy->type().methods()) {
    auto* f = dynamic_cast<Function*>(c);
    const bool keep = c->name() == "forward" || std::find(preserved.begin(), preserved.end(), c->name()) != preserved.end();
    if (!f || !keep) continue;
    FACULA_TRY(const Graph* compiled, f->graph());
    std::shared_ptr<Graph> g = compiled->clone();
    FACULA_TRY_VOID(ir::inline_calls(*g));
    FACULA_TRY_VOID(ir::freeze_attributes_except(*g, copy, nullptr, f->qualified_name(), kept));
    tidy(*g);
    if (ir::fold_conv_batch_norm(*g)) tidy(*g);
    remove_detach(*g);
    detach_constants(*g);
    if (self_escapes(*g)) return copy;  // somebody needs the whole module
    add_attributes_of_self(*g, attributes);
    methods.push_back({f, std::move(g)});
  }
  for (const std::string& name : preserved) attributes.insert(name.substr(0, name.find('.')));
  return build(copy, methods, attributes);
}

}  // namespace fac
