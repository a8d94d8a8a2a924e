#include "ir/type_cycles.h"

#include <cstdint>
#include <unordered_map>

#include "value/schema.h"

namespace fac::ir {
namespace {

// The types that hold one another, and how many of each type's holders are among them.
struct Node {
  const Type* type;
  std::uint32_t held_inside = 0;
  bool alive = false;
  std::vector<std::size_t> names = {};  // the types that this one holds, once for each time
};

template <class F>
void each_held(const Type& t, F&& f) {
  for (const TypePtr& e : t.elements()) f(e);
  if (t.kind() == TypeKind::kClass) {
    for (const auto& a : static_cast<const ClassType&>(t).attributes()) f(a.type);
  } else if (t.kind() == TypeKind::kInterface) {
    for (const Schema& s : static_cast<const InterfaceType&>(t).methods()) {
      for (const Argument& a : s.arguments) f(a.type);
      for (const Argument& r : s.returns) f(r.type);
    }
  }
}

void cut(const Type& t) {
  // The types were made to be changed while they are built; those cut here are seen by nobody else any more.
  auto& type = const_cast<Type&>(t);
  if (t.kind() == TypeKind::kClass) {
    auto& c = static_cast<ClassType&>(type);
    for (std::size_t i = 0; i < c.attributes().size(); ++i) c.set_attribute_type(i, nullptr);
  } else if (t.kind() == TypeKind::kInterface) {
    const_cast<std::vector<Schema>&>(static_cast<InterfaceType&>(type).methods()).clear();
  }
}

}  // namespace

void release_type_cycles(std::vector<TypePtr> types) {
  std::vector<Node> nodes;
  std::unordered_map<const Type*, std::size_t> index;
  const auto node_of = [&](const TypePtr& t) {
    const auto [at, is_new] = index.try_emplace(t.get(), nodes.size());
    if (is_new) nodes.push_back({.type = t.get()});
    return at->second;
  };
  for (const TypePtr& t : types)
    if (t) ++nodes[node_of(t)].held_inside;  // by `types` itself
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    each_held(*nodes[i].type, [&](const TypePtr& held) {
      if (!held) return;
      const std::size_t n = node_of(held);
      ++nodes[n].held_inside;
      nodes[i].names.push_back(n);
    });
  }
  std::vector<std::size_t> todo;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (nodes[i].type->use_count() == nodes[i].held_inside) continue;
    nodes[i].alive = true;
    todo.push_back(i);
  }
  while (!todo.empty()) {
    const std::size_t i = todo.back();
    todo.pop_back();
    for (const std::size_t n : nodes[i].names) {
      if (nodes[n].alive) continue;
      nodes[n].alive = true;
      todo.push_back(n);
    }
  }
  std::vector<TypePtr> going;  // all stay until the last one is cut
  for (const Node& n : nodes)
    if (!n.alive) going.emplace_back(n.type);
  for (const TypePtr& t : going) cut(*t);
}

}  // namespace fac::ir
