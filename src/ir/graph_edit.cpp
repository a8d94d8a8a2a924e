// Graph: editing. Every operand is mirrored by a Use of its value; names are unique.
#include <algorithm>
#include <charconv>
#include <unordered_map>

#include "ir/graph.h"
#include "ir/graph_names.h"

namespace fac::ir {

Graph::Graph() : names_(std::make_shared<Names>()) { blocks_.emplace_back(); }
Graph::~Graph() = default;

std::int32_t Graph::add_scope(InlineScope s) {
  scopes_.push_back(std::move(s));
  return static_cast<std::int32_t>(scopes_.size()) - 1;
}

// --- values

ValueId Graph::new_value(TypePtr type, std::string name) {
  const ValueId v{static_cast<std::uint32_t>(values_.size())};
  values_.push_back({std::move(type), {}, names_->next_number++, {}, {}, 0, {}});
  if (!name.empty()) set_name(v, std::move(name));
  return v;
}

void Graph::forget_value(ValueId v) {
  FACULA_ASSERT(values_[v.index].uses.empty());
  set_name(v, {});
  values_[v.index].producer = {};
  values_[v.index].block = {};
}

void Graph::set_number(ValueId v, std::uint32_t number) {
  values_[v.index].number = number;
  names_->next_number = std::max(names_->next_number, number + 1);
}

void Graph::set_name(ValueId v, std::string name) {
  auto& owners = names_->owners;
  std::string& own = values_[v.index].name;
  if (own == name) return;
  if (!own.empty()) owners.erase(own);
  own.clear();
  if (name.empty()) return;
  if (const auto taken = owners.find(name); taken != owners.end()) {
    std::string base = name;
    std::uint64_t suffix = 1;
    if (const auto dot = name.find_last_of('.'); dot != std::string::npos && dot + 1 < name.size()) {
      const char* end = name.data() + name.size();
      std::uint64_t given = 0;
      if (const auto r = std::from_chars(name.data() + dot + 1, end, given); r.ec == std::errc() && r.ptr == end) {
        suffix = given;
        base.resize(dot);
      }
    }
    std::uint64_t& next = names_->next_suffix[base];
    if (next) suffix = std::max(suffix, next + 1);
    std::string free;
    do free = base + "." + std::to_string(suffix++);
    while (owners.contains(free));
    next = suffix;
    set_name(taken->second, std::move(free));
  }
  owners.emplace(name, v);
  values_[v.index].name = std::move(name);
}

void Graph::add_use(ValueId v, Use u) { values_[v.index].uses.push_back(u); }

void Graph::drop_use(ValueId v, Use u) {
  auto& uses = values_[v.index].uses;
  const auto at = std::find(uses.begin(), uses.end(), u);
  FACULA_ASSERT(at != uses.end());
  uses.erase(at);
}

void Graph::replace_uses(ValueId from, ValueId to) {
  if (from == to) return;
  const auto uses = std::exchange(values_[from.index].uses, {});
  for (const Use& u : uses) {
    auto& operands = u.user ? nodes_[u.user.index].inputs : blocks_[u.block.index].returns;
    operands[u.operand] = to;
    add_use(to, u);
  }
}

// --- blocks

ValueId Graph::add_param(BlockId b, TypePtr type, std::string name) {
  const ValueId v = new_value(std::move(type), std::move(name));
  values_[v.index].block = b;
  values_[v.index].index = static_cast<std::uint32_t>(blocks_[b.index].params.size());
  blocks_[b.index].params.push_back(v);
  return v;
}

void Graph::remove_param(BlockId b, std::size_t i) {
  auto& params = blocks_[b.index].params;
  forget_value(params[i]);
  params.erase(params.begin() + static_cast<std::ptrdiff_t>(i));
  for (; i < params.size(); ++i) values_[params[i].index].index = static_cast<std::uint32_t>(i);
}

BlockId Graph::add_block(NodeId owner) {
  const BlockId b{static_cast<std::uint32_t>(blocks_.size())};
  blocks_.emplace_back();
  blocks_.back().owner = owner;
  nodes_[owner.index].blocks.push_back(b);
  return b;
}

void Graph::remove_block(NodeId owner, std::size_t i) {
  auto& blocks = nodes_[owner.index].blocks;
  const BlockId b = blocks[i];
  blocks.erase(blocks.begin() + static_cast<std::ptrdiff_t>(i));
  erase_contents(b);
  blocks_[b.index].owner = {};
}

void Graph::erase_contents(BlockId b) {
  set_returns(b, {});
  while (blocks_[b.index].last) erase(blocks_[b.index].last);
  while (!blocks_[b.index].params.empty()) remove_param(b, blocks_[b.index].params.size() - 1);
}

void Graph::add_return(BlockId b, ValueId v) {
  auto& returns = blocks_[b.index].returns;
  add_use(v, {{}, b, static_cast<std::uint32_t>(returns.size())});
  returns.push_back(v);
}

void Graph::set_returns(BlockId b, std::vector<ValueId> vs) {
  auto& returns = blocks_[b.index].returns;
  for (std::size_t i = 0; i < returns.size(); ++i) drop_use(returns[i], {{}, b, static_cast<std::uint32_t>(i)});
  returns.clear();
  for (ValueId v : vs) add_return(b, v);
}

void Graph::remove_return(BlockId b, std::size_t i) {
  auto rest = blocks_[b.index].returns;
  rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(i));
  set_returns(b, std::move(rest));
}

// --- nodes

NodeId Graph::create(Symbol kind, std::vector<ValueId> inputs, Range range) {
  const NodeId n{static_cast<std::uint32_t>(nodes_.size())};
  nodes_.emplace_back();
  nodes_.back().kind = kind;
  nodes_.back().range = range;
  for (ValueId v : inputs) add_input(n, v);
  return n;
}

NodeId Graph::create(const ops::Overload& op, std::vector<ValueId> inputs, Range range) {
  const NodeId n = create(Symbol(op.name()), std::move(inputs), range);
  nodes_[n.index].op = &op;
  return n;
}

ValueId Graph::add_output(NodeId n, TypePtr type, std::string name) {
  const ValueId v = new_value(std::move(type), std::move(name));
  values_[v.index].producer = n;
  values_[v.index].index = static_cast<std::uint32_t>(nodes_[n.index].outputs.size());
  nodes_[n.index].outputs.push_back(v);
  return v;
}

void Graph::remove_output(NodeId n, std::size_t i) {
  auto& outputs = nodes_[n.index].outputs;
  forget_value(outputs[i]);
  outputs.erase(outputs.begin() + static_cast<std::ptrdiff_t>(i));
  for (; i < outputs.size(); ++i) values_[outputs[i].index].index = static_cast<std::uint32_t>(i);
}

void Graph::set_attr(NodeId n, Symbol name, Attr a) {
  for (auto& [key, value] : nodes_[n.index].attrs)
    if (key == name) {
      value = std::move(a);
      return;
    }
  nodes_[n.index].attrs.emplace_back(name, std::move(a));
}

void Graph::add_input(NodeId n, ValueId v) {
  auto& inputs = nodes_[n.index].inputs;
  add_use(v, {n, {}, static_cast<std::uint32_t>(inputs.size())});
  inputs.push_back(v);
}

void Graph::set_input(NodeId n, std::size_t i, ValueId v) {
  ValueId& at = nodes_[n.index].inputs[i];
  if (at == v) return;
  const Use u{n, {}, static_cast<std::uint32_t>(i)};
  drop_use(at, u);
  at = v;
  add_use(v, u);
}

void Graph::remove_input(NodeId n, std::size_t i) {
  auto& inputs = nodes_[n.index].inputs;
  drop_use(inputs[i], {n, {}, static_cast<std::uint32_t>(i)});
  inputs.erase(inputs.begin() + static_cast<std::ptrdiff_t>(i));
  for (; i < inputs.size(); ++i) {
    auto& uses = values_[inputs[i].index].uses;
    *std::find(uses.begin(), uses.end(), Use{n, {}, static_cast<std::uint32_t>(i + 1)}) =
        Use{n, {}, static_cast<std::uint32_t>(i)};
  }
}

void Graph::erase(NodeId n) {
  for (BlockId b : nodes_[n.index].blocks) erase_contents(b);
  unlink(n);
  Node& at = nodes_[n.index];
  for (std::size_t i = 0; i < at.inputs.size(); ++i) drop_use(at.inputs[i], {n, {}, static_cast<std::uint32_t>(i)});
  for (ValueId v : at.outputs) forget_value(v);
  at = Node{};
  at.alive = false;
}

// --- order

void Graph::link(NodeId n, BlockId b, NodeId before) {
  Node& at = nodes_[n.index];
  FACULA_ASSERT(!at.parent);
  Block& into = blocks_[b.index];
  at.parent = b;
  at.next = before;
  at.prev = before ? nodes_[before.index].prev : into.last;
  (at.prev ? nodes_[at.prev.index].next : into.first) = n;
  (before ? nodes_[before.index].prev : into.last) = n;
}

void Graph::unlink(NodeId n) {
  Node& at = nodes_[n.index];
  if (!at.parent) return;
  Block& from = blocks_[at.parent.index];
  (at.prev ? nodes_[at.prev.index].next : from.first) = at.next;
  (at.next ? nodes_[at.next.index].prev : from.last) = at.prev;
  at.parent = {};
  at.prev = at.next = {};
}

void Graph::append(BlockId b, NodeId n) { link(n, b, {}); }
void Graph::prepend(BlockId b, NodeId n) { link(n, b, blocks_[b.index].first); }
void Graph::insert_before(NodeId at, NodeId n) { link(n, nodes_[at.index].parent, at); }
void Graph::insert_after(NodeId at, NodeId n) { link(n, nodes_[at.index].parent, nodes_[at.index].next); }
void Graph::move_before(NodeId at, NodeId n) {
  if (at == n) return;
  unlink(n);
  insert_before(at, n);
}
void Graph::move_to_end(BlockId b, NodeId n) {
  unlink(n);
  append(b, n);
}

void Graph::keep_file(Ref<const SourceFile> f) {
  if (f && std::find(files_.begin(), files_.end(), f) == files_.end()) files_.push_back(std::move(f));
}

}  // namespace fac::ir
