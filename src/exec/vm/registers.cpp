#include "exec/vm/registers.h"

#include <algorithm>
#include <set>

namespace fac::vm {

RegisterKind register_kind(const TypePtr& t) {
  switch (t->kind()) {
    case TypeKind::kInt:
    case TypeKind::kDtype:
    case TypeKind::kLayout:
    case TypeKind::kMemoryFormat: return RegisterKind::kInt;
    case TypeKind::kBool: return RegisterKind::kBool;
    case TypeKind::kFloat: return RegisterKind::kFloat;
    default: return RegisterKind::kReference;
  }
}

namespace {

struct Interval {
  ir::ValueId value;
  std::uint32_t begin, end;
};

// Positions: each node has one; a node with blocks has a second one behind its blocks, where results are merged.
class Walk {
 public:
  Walk(const ir::Graph& g, Allocation& a) : g_(g), a_(a) {
    begin_.assign(g.value_count(), 0);
    held_.assign(g.value_count(), 0);
    a_.last_use.assign(g.value_count(), 0);
    a_.position.assign(g.node_count(), 0);
    a_.hoisted.assign(g.node_count(), false);
    seen_.assign(g.value_count(), false);
  }

  void run() {
    for (auto v : g_.inputs()) define(v);
    ++now_;
    block(g_.top());
    for (auto v : g_.outputs()) use(v);
  }

  std::vector<Interval> intervals() const {
    std::vector<Interval> out;
    for (std::uint32_t i = 0; i < seen_.size(); ++i)
      if (seen_[i]) out.push_back({ir::ValueId{i}, begin_[i], std::max({begin_[i], a_.last_use[i], held_[i]})});
    std::stable_sort(out.begin(), out.end(), [](const Interval& x, const Interval& y) { return x.begin < y.begin; });
    return out;
  }

 private:
  struct Loop {
    std::uint32_t start;
    std::vector<ir::ValueId> outer;  // read inside, defined outside: must live to the loop's end
  };

  void define(ir::ValueId v) {
    seen_[v.index] = true;
    begin_[v.index] = now_;
    a_.last_use[v.index] = now_;
  }
  void use(ir::ValueId v) {
    a_.last_use[v.index] = std::max(a_.last_use[v.index], now_);
    for (auto& l : loops_)
      if (begin_[v.index] < l.start) l.outer.push_back(v);
  }

  void block(ir::BlockId b) {
    g_.for_each(b, [&](ir::NodeId n) { node(n); });
  }

  void node(ir::NodeId n) {
    const ir::Node& node = g_.node(n);
    a_.position[n.index] = now_;
    const bool loop = node.kind.str() == "prim::Loop";
    if (node.blocks.empty()) {
      for (auto v : node.inputs) use(v);
      for (auto v : node.outputs) define(v);
      if (!loops_.empty() && node.kind.str() == "prim::Constant") {
        a_.hoisted[n.index] = true;
        begin_[node.outputs.at(0).index] = 0;
        use(node.outputs[0]);
      }
      ++now_;
      return;
    }
    for (auto v : node.inputs) use(v);
    ++now_;
    // The results are written at the end of each block, while the blocks' own values still live.
    for (auto v : node.outputs) define(v);
    if (loop) {
      loops_.push_back({now_, {}});
      for (auto v : node.inputs) use(v);  // the trip count is compared in each round
    }
    for (auto b : node.blocks) {
      for (auto v : g_.block(b).params) define(v);
      ++now_;
      block(b);
      for (auto v : g_.block(b).returns) use(v);
      // Parameters are written again in the next round: the register stays theirs, their value ends with its last reader.
      for (auto v : g_.block(b).params) held_[v.index] = now_;
      ++now_;
    }
    if (loop) {
      const Loop l = std::move(loops_.back());
      loops_.pop_back();
      for (auto v : l.outer) a_.last_use[v.index] = std::max(a_.last_use[v.index], now_);
      for (auto& outer : loops_)
        for (auto v : l.outer)
          if (begin_[v.index] < outer.start) outer.outer.push_back(v);
    }
    for (auto v : node.outputs) a_.last_use[v.index] = std::max(a_.last_use[v.index], now_);
    ++now_;
  }

  const ir::Graph& g_;
  Allocation& a_;
  std::vector<std::uint32_t> begin_;
  std::vector<std::uint32_t> held_;  // the register is taken until then, whether it is read or not
  std::vector<bool> seen_;
  std::vector<Loop> loops_;
  std::uint32_t now_ = 0;
};

}  // namespace

Result<Allocation> allocate_registers(const ir::Graph& g) {
  Allocation a;
  Walk walk(g, a);
  walk.run();
  a.reg.assign(g.value_count(), Allocation::kNone);

  // Linear scan, one pool for each kind; the pools are numbered one behind the other at the end.
  struct Pool {
    std::vector<std::uint32_t> free;
    std::uint32_t count = 0;
    std::multiset<std::pair<std::uint32_t, std::uint32_t>> active;  // (end, register)
  } pools[4];
  const auto pool_of = [&](ir::ValueId v) { return static_cast<std::size_t>(register_kind(g.type(v))); };
  for (const Interval& i : walk.intervals()) {
    Pool& p = pools[pool_of(i.value)];
    while (!p.active.empty() && p.active.begin()->first < i.begin) {
      p.free.push_back(p.active.begin()->second);
      p.active.erase(p.active.begin());
    }
    std::uint32_t r;
    if (p.free.empty()) {
      r = p.count++;
    } else {
      r = p.free.back();
      p.free.pop_back();
    }
    a.reg[i.value.index] = r;
    p.active.emplace(i.end, r);
  }
  a.ints = pools[0].count + 1;
  a.bools = pools[1].count + 1;
  a.floats = pools[2].count + 1;
  a.references = pools[3].count + 1;
  if (a.registers() > 0xffff)
    return error(ErrorKind::kLimit, "a function needs {} registers, more than the 65535 that can be named", a.registers());
  const std::uint32_t first[4] = {0, a.ints, a.ints + a.bools, a.scalar_registers()};
  for (std::uint32_t i = 0; i < a.reg.size(); ++i)
    if (a.reg[i] != Allocation::kNone) a.reg[i] += first[pool_of(ir::ValueId{i})];
  return a;
}

}  // namespace fac::vm
