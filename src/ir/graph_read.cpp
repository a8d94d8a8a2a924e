// Graph: reading. Editing is in graph_edit.cpp, copying in copy.cpp.
#include <algorithm>
#include <array>

#include "ir/alias.h"
#include "ir/graph.h"
#include "ir/implicit_calls.h"
#include "ir/symbols.h"

namespace fac::ir {

const Attr* Node::attr(Symbol name) const {
  for (const auto& [key, value] : attrs)
    if (key == name) return &value;
  return nullptr;
}

void Graph::for_each_deep(BlockId b, const std::function<void(NodeId)>& f) const {
  for_each(b, [&](NodeId n) {
    f(n);
    if (!node(n).alive) return;
    const auto blocks = node(n).blocks;  // f may have changed the node
    for (BlockId inner : blocks) for_each_deep(inner, f);
  });
}

const Value* Graph::constant(ValueId v) const {
  static const Value kNone;
  const NodeId producer = value(v).producer;
  if (!producer || node(producer).kind != sym::Constant) return nullptr;
  const Attr* a = node(producer).attr(sym::value);
  if (!a) return &kNone;
  return std::get_if<Value>(a);
}

std::optional<std::string> Graph::attr_string(NodeId n, Symbol name) const {
  const Attr* a = node(n).attr(name);
  if (!a) return std::nullopt;
  if (const auto* s = std::get_if<std::string>(a)) return *s;
  if (const auto* v = std::get_if<Value>(a); v && v->is_str()) return v->str();
  return std::nullopt;
}

bool Graph::has_effect(NodeId n) const {
  // Nodes without a row in the operator table that only build, take apart or rename values.
  static const std::array kPure = {
      sym::Constant,     sym::ListConstruct, sym::ListUnpack,  sym::TupleConstruct,
      sym::TupleUnpack,  sym::TupleIndex,    sym::TupleSlice,  sym::DictConstruct,
      sym::GetAttr,      sym::CreateObject,  sym::Uninitialized, sym::unchecked_cast,
      sym::unchecked_unwrap_optional, sym::isinstance};
  const Node& at = node(n);
  if (at.kind == sym::If || at.kind == sym::Loop) {
    for (BlockId b : at.blocks)
      for (NodeId inner = block(b).first; inner; inner = node(inner).next)
        if (has_effect(inner)) return true;
    return false;
  }
  if (std::find(kPure.begin(), kPure.end(), at.kind) != kPure.end()) return false;
  return !at.op || at.op->has_effect() || !implicit_callees(*this, n).empty() || !AliasInfo::statistics_written(*this, n).empty();
}

}  // namespace fac::ir
