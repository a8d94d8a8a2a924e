#include "ir/implicit_calls.h"

#include "ir/symbols.h"

namespace fac::ir {
namespace {

void add_method(const TypePtr& t, std::string_view name, std::vector<Callable*>& out) {
  if (const ClassType* c = as_class(t))
    if (Callable* f = c->find_method(name)) out.push_back(f);
  for (const TypePtr& e : t->elements()) add_method(e, name, out);
}

}  // namespace

std::vector<Callable*> implicit_callees(const Graph& g, NodeId n) {
  static const Symbol kSort{"aten::sort"}, kSorted{"aten::sorted"};
  const Node& at = g.node(n);
  std::vector<Callable*> out;
  if (at.inputs.empty()) return out;
  const TypePtr& type = g.type(at.inputs[0]);
  if (at.kind == sym::Enter || at.kind == sym::Exit) {
    add_method(type, "__enter__", out);
    add_method(type, "__exit__", out);
  } else if ((at.kind == kSort || at.kind == kSorted) && type->kind() == TypeKind::kList) {
    add_method(type->element(), "__lt__", out);
  }
  return out;
}

}  // namespace fac::ir
