#include "ir/passes/attribute_writes.h"

#include <algorithm>

#include "ir/alias.h"
#include "ir/implicit_calls.h"
#include "ir/symbols.h"
#include "ir/tasks.h"

namespace fac::ir {
namespace {

bool is_call(const Node& n) {
  return n.kind == sym::CallFunction || n.kind == sym::CallMethod || n.kind == sym::Enter || n.kind == sym::Exit;
}

// Nodes without an operator that neither write nor keep their inputs.
bool is_structural(const Graph& g, NodeId n) {
  const Node& at = g.node(n);
  return at.kind == sym::If || at.kind == sym::Loop || at.kind == sym::SetAttr || at.kind == sym::RaiseException ||
         at.kind == sym::Print || (at.kind == sym::fork && task_body(g, n) && is_quiet(*task_body(g, n))) ||
         (!at.op && !g.has_effect(n));
}

// Inputs of a node that it may write.
std::vector<ValueId> written_inputs(const Graph& g, NodeId n) {
  const Node& at = g.node(n);
  std::vector<ValueId> out;
  if (is_structural(g, n)) return out;
  if (AliasInfo::cannot_run(at)) return out;
  if (!at.op || !implicit_callees(g, n).empty() || at.inputs.size() < at.op->schema().arguments.size()) return at.inputs;  // unknown code
  const auto& arguments = at.op->schema().arguments;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const auto writes = [](const std::optional<AliasMark>& m) { return m && m->writes; };
    if (writes(arguments[i].alias) || writes(arguments[i].element_alias)) out.push_back(at.inputs[i]);
  }
  for (const std::size_t i : AliasInfo::statistics_written(g, n)) out.push_back(at.inputs[i]);
  return out;
}

class Origins {
 public:
  Origins(const Graph& g, AttributeSet& out) : g_(g), alias_(g), out_(out), seen_(g.value_count(), false) {
    g_.for_each_deep(g_.top(), [&](NodeId n) {
      if (g_.node(n).kind == sym::SetAttr) assignments_.push_back(n);
    });
  }

  bool follow(ValueId start) {
    pending_ = {start};
    while (!pending_.empty()) {
      const ValueId v = pending_.back();
      pending_.pop_back();
      if (seen_[v.index] || !AliasInfo::is_mutable(g_.type(v))) continue;
      seen_[v.index] = true;
      if (!step(v)) return false;
    }
    return true;
  }

 private:
  bool step(ValueId v) {
    const ValueInfo& info = g_.value(v);
    const bool container = g_.type(v)->kind() != TypeKind::kTensor;
    // What was put into a container later came in through nodes that write it.
    if (container && alias_.container_may_be_written(v)) {
      add_writers(v);
      for (NodeId a : assignments_)
        if (alias_.may_alias(g_.node(a).inputs[0], v)) pending_.push_back(g_.node(a).inputs[1]);
    }
    if (!info.producer) {
      if (info.block == g_.top()) return as_class(g_.type(v)) == nullptr;  // a written input is not an attribute
      const NodeId owner = g_.block(info.block).owner;
      if (g_.node(owner).kind != sym::Loop) return false;
      if (info.index > 0) carried(owner, info.index - 1);
      return true;
    }
    const Node& at = g_.node(info.producer);
    if (at.kind == sym::Constant) return true;
    if (at.kind == sym::If) {
      for (BlockId b : at.blocks) pending_.push_back(g_.block(b).returns[info.index]);
    } else if (at.kind == sym::Loop) {
      carried(info.producer, info.index);
    } else if (at.kind == sym::GetAttr) {
      return attribute(info.producer);
    } else if (!AliasInfo::makes_fresh(g_, info.producer)) {
      for (ValueId in : at.inputs) pending_.push_back(in);
    }
    return true;
  }

  void carried(NodeId loop, std::size_t i) {
    pending_.push_back(g_.node(loop).inputs[i + 2]);
    pending_.push_back(g_.block(g_.node(loop).blocks[0]).returns[i + 1]);
  }

  bool attribute(NodeId n) {
    const TypePtr& type = g_.type(g_.node(n).inputs[0]);
    const ClassType* owner = as_class(type);
    const auto name = g_.attr_string(n, sym::name);
    if (!owner || !name) return false;
    out_.emplace(owner, *name);
    for (NodeId a : assignments_)
      if (g_.attr_string(a, sym::name) == name && g_.node(a).inputs.size() > 1) pending_.push_back(g_.node(a).inputs[1]);
    // A written object: all that it reaches.
    return as_class(g_.type(g_.node(n).outputs[0])) == nullptr;
  }

  void add_writers(ValueId v) {
    g_.for_each_deep(g_.top(), [&](NodeId n) {
      for (ValueId w : written_inputs(g_, n))
        if (alias_.may_alias(w, v))
          for (ValueId in : g_.node(n).inputs) pending_.push_back(in);
    });
  }

  const Graph& g_;
  AliasInfo alias_;
  AttributeSet& out_;
  std::vector<bool> seen_;
  std::vector<ValueId> pending_;
  std::vector<NodeId> assignments_;
};

}  // namespace

void add_callees(const Graph& g, std::set<Function*>& seen) {
  const auto add = [&](Callable* callee) {
    auto* f = dynamic_cast<Function*>(callee);
    if (!f || !seen.insert(f).second) return;
    if (const auto body = f->graph(); body.ok()) add_callees(**body, seen);
  };
  g.for_each_deep(g.top(), [&](NodeId n) {
    const Node& at = g.node(n);
    if (at.kind == sym::fork)
      if (const auto task = task_body(g, n)) add_callees(*task, seen);
    for (Callable* f : implicit_callees(g, n)) add(f);
    if (!is_call(at) || at.inputs.empty()) return;
    if (const Value* c = g.constant(at.inputs[0]); c && c->is_function()) add(c->function());
    const ClassType* t = as_class(g.type(at.inputs[0]));
    if (!t) return;
    if (const auto name = g.attr_string(n, sym::name); name && at.kind == sym::CallMethod) add(t->find_method(*name));
  });
}

void add_assigned(const Graph& g, AttributeSet& out) {
  g.for_each_deep(g.top(), [&](NodeId n) {
    if (g.node(n).kind == sym::fork)
      if (const auto task = task_body(g, n)) add_assigned(*task, out);
    if (g.node(n).kind != sym::SetAttr) return;
    const ClassType* owner = as_class(g.type(g.node(n).inputs[0]));
    if (const auto name = g.attr_string(n, sym::name); owner && name) out.emplace(owner, *name);
  });
}

bool has_writes(const Graph& g) {
  bool any = false;
  g.for_each_deep(g.top(), [&](NodeId n) { any = any || (!is_call(g.node(n)) && !written_inputs(g, n).empty()); });
  return any;
}

bool add_written(const Graph& g, AttributeSet& out) {
  Origins origins(g, out);
  bool followed = true;
  g.for_each_deep(g.top(), [&](NodeId n) {
    for (ValueId v : written_inputs(g, n)) followed = followed && origins.follow(v);
  });
  return followed;
}

}  // namespace fac::ir
