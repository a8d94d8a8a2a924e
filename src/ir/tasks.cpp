#include "ir/tasks.h"

#include <algorithm>

#include "ir/alias.h"
#include "ir/passes.h"
#include "ir/symbols.h"

namespace fac::ir {
namespace {

const Symbol kIsolated{"isolated"};

bool is_quiet_node(const Graph& g, NodeId n) {
  const Node& at = g.node(n);
  if (at.kind == sym::fork) {
    const auto body = task_body(g, n);
    return body && is_quiet(*body);
  }
  // What else has no row of the operator table is seen by AliasInfo as a call that writes everything.
  if (!at.op) return at.kind != sym::Print && at.kind != sym::Enter && at.kind != sym::Exit;
  return (!at.op->has(kSideEffect) || at.op->name() == "aten::wait") && !at.op->has(kRandom);
}

std::vector<NodeId> forks_of(const Graph& g) {
  std::vector<NodeId> out;
  g.for_each_deep(g.top(), [&](NodeId n) {
    if (g.node(n).kind == sym::fork) out.push_back(n);
  });
  return out;
}

}  // namespace

std::shared_ptr<Graph> task_body(const Graph& g, NodeId fork) {
  const Attr* attr = g.node(fork).attr(sym::Subgraph);
  const auto* body = attr ? std::get_if<std::shared_ptr<Graph>>(attr) : nullptr;
  return body ? *body : nullptr;
}

bool is_quiet(const Graph& body) {
  bool quiet = true;
  body.for_each_deep(body.top(), [&](NodeId n) { quiet = quiet && is_quiet_node(body, n); });
  return quiet && !AliasInfo(body).outside_may_be_written();
}

Status prepare_tasks(Graph& g) {
  const std::vector<NodeId> forks = forks_of(g);
  if (forks.empty()) return {};
  for (NodeId n : forks) {
    const auto raw = task_body(g, n);
    if (!raw) return error(ErrorKind::kInternal, "prim::fork without its graph");
    std::shared_ptr<Graph> body = raw->clone();
    FACULA_TRY_VOID(inline_calls(*body));
    FACULA_TRY_VOID(prepare_tasks(*body));
    FACULA_TRY_VOID(optimize(*body));
    g.set_attr(n, sym::Subgraph, std::move(body));
  }
  const AliasInfo alias(g);
  for (NodeId n : forks) {
    const auto& inputs = g.node(n).inputs;
    const bool steady = std::none_of(inputs.begin(), inputs.end(), [&](ValueId v) { return alias.may_be_written(v); });
    if (steady && is_quiet(*task_body(g, n))) g.set_attr(n, kIsolated, Value(1));
  }
  return {};
}

bool is_isolated(const Graph& g, NodeId fork) { return g.node(fork).attr(kIsolated) != nullptr; }

}  // namespace fac::ir
