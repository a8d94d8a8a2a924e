// cse — common subexpressions: a pure node that computes again what one before it did gives way to that one.
//   Needs: verified graph.  Keeps: order of effects; which results are distinct objects, where that can be seen.
//   Cost: O(nodes) on average.
#include <string>
#include <unordered_map>

#include "ir/alias.h"
#include "ir/literal.h"
#include "ir/passes.h"
#include "ir/symbols.h"

namespace fac::ir {
namespace {

class Merger {
 public:
  explicit Merger(Graph& g) : g_(g), alias_(g) {}
  bool run() {
    block(g_.top());
    return changed_;
  }

 private:
  using Known = std::unordered_map<std::string, NodeId>;

  void block(BlockId b) {
    scopes_.emplace_back();
    g_.for_each(b, [&](NodeId n) {
      const auto blocks = g_.node(n).blocks;
      for (BlockId inner : blocks) block(inner);
      if (blocks.empty() && is_candidate(n)) candidate(n);
    });
    scopes_.pop_back();
  }

  bool is_candidate(NodeId n) const {
    const Node& at = g_.node(n);
    if (at.outputs.empty() || g_.has_effect(n)) return false;
    if (at.kind == sym::CreateObject || at.kind == sym::GetAttr || at.kind == sym::Uninitialized) return false;
    if (at.kind == sym::Constant) return true;
    for (ValueId v : at.inputs)
      if (alias_.may_be_written(v)) return false;
    for (ValueId v : at.outputs)
      if (alias_.may_be_written(v)) return false;
    return true;
  }

  void candidate(NodeId n) {
    const std::string key = key_of(n);
    for (const Known& scope : scopes_)
      if (const auto found = scope.find(key); found != scope.end()) {
        if (may_merge(found->second, n)) merge(found->second, n);
        return;
      }
    scopes_.back().emplace(key, n);
  }

  bool may_merge(NodeId first, NodeId second) const {
    if (g_.node(first).kind == sym::Constant) return true;
    for (std::size_t i = 0; i < g_.node(first).outputs.size(); ++i) {
      const ValueId a = g_.node(first).outputs[i], b = g_.node(second).outputs[i];
      if (!AliasInfo::is_mutable(g_.type(a))) continue;
      if (!is_private_and_unwritten(g_, a) && !is_private_and_unwritten(g_, b)) return false;
    }
    return true;
  }

  void merge(NodeId first, NodeId second) {
    for (std::size_t i = 0; i < g_.node(first).outputs.size(); ++i)
      g_.replace_uses(g_.node(second).outputs[i], g_.node(first).outputs[i]);
    g_.erase(second);
    changed_ = true;
  }

  std::string key_of(NodeId n) const {
    const Node& at = g_.node(n);
    std::string key(at.kind.str());
    key += '|' + std::to_string(reinterpret_cast<std::uintptr_t>(at.op));
    for (ValueId v : at.inputs) key += '%' + std::to_string(v.index);
    for (ValueId v : at.outputs) {
      key += ':' + g_.type(v)->str();
      if (as_class(g_.type(v))) key += std::to_string(reinterpret_cast<std::uintptr_t>(g_.type(v).get()));
    }
    for (const auto& [name, attr] : at.attrs) {
      key += '[' + std::string(name.str()) + '=';
      if (const auto* v = std::get_if<Value>(&attr)) key += value_key(*v);
      else if (const auto* s = std::get_if<std::string>(&attr)) key += *s;
      else if (const auto* t = std::get_if<TypePtr>(&attr)) key += (*t)->str();
      else key += '#' + std::to_string(n.index);  // lists of types, graphs: not compared
    }
    return key;
  }

  // Immutable values by what they are, others by which object they are.
  static std::string value_key(const Value& v) {
    if (!v.is_ref() || v.is_str() || v.is_complex()) return std::string(tag_name(v.tag())) + literal(v);
    return std::to_string(reinterpret_cast<std::uintptr_t>(v.box_ptr()));
  }

  Graph& g_;
  AliasInfo alias_;
  std::vector<Known> scopes_;
  bool changed_ = false;
};

}  // namespace

bool cse(Graph& g) { return Merger(g).run(); }

}  // namespace fac::ir
