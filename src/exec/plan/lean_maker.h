// Makes a lean program: walks a region with what one call showed. Values are named by numbers: integers that the program will
// compute (Reg), and expressions, trees of operators whose leaves are views of arguments.
//   lean_maker.cpp integers, expressions, arguments · lean_nodes.cpp the operators · lean_results.cpp passes over memory
#pragma once

#include <cmath>
#include <functional>
#include <optional>
#include <unordered_map>

#include "exec/plan/lean_operator.h"
#include "exec/plan/lean_parts.h"

namespace fac::plan::lean {

using ir::NodeId;
using ir::ValueId;

// How a number of the result is computed: a tree whose leaves are views of arguments, all with the result's sizes.
struct Expr {
  enum Kind : std::uint8_t { kLoad, kNumber, kOp } kind = kNumber;
  bool truth = false, cheap = true;
  std::uint16_t argument = 0;  // load
  Reg offset = 0;
  std::vector<Reg> strides;
  Number number;
  kernels::BlockFn<float> fn = nullptr;  // op
  kernels::BlockArgs args;
  int x = -1, y = -1;  // y: -1 for unary ones
  std::optional<kernels::UnaryOp> unary;
  std::optional<kernels::BinaryOp> binary;
};
struct Lean {  // a value of the region
  enum Kind : std::uint8_t { kNothing, kTensor, kInt, kFloat, kInts, kKnown } kind = kNothing;
  DType dtype = DType::kFloat;
  int expr = -1;              // tensor
  std::vector<Reg> sizes;     // tensor; ints: the list's items
  int family = -1;            // computed tensors: those that would share memory
  bool whole = true;          // all of its family's memory, dense
  int view_of = -1;           // the argument that it is a view of
  Reg integer = 0;
  std::uint16_t argument = 0; // float
  const Value* known = nullptr;
};

class Maker {
 public:
  Maker(const ir::Graph& g, std::span<const Value* const> args) : g_(g), args_(args) {}

  bool walk();
  Parts take() { return std::move(p_); }

 private:
  // --- integers
  Reg fresh(std::int64_t now);
  Reg constant(std::int64_t v);
  std::int64_t now(Reg r) const { return p_.integers[r]; }
  bool is(Reg r, std::int64_t v) const { return constant_[r] && now(r) == v; }

  // The step's result; `ok_` falls where a guard does not hold for the call at hand.
  Reg emit(IntOp op, Reg b, Reg c);

  // --- expressions
  int add(Expr e);
  // The same computation on other views of its inputs.
  int push(int at, const std::function<void(Expr&)>& f, std::unordered_map<int, int>& done);
  int push(int at, const std::function<void(Expr&)>& f) {
    std::unordered_map<int, int> done;
    return push(at, f, done);
  }

  // --- arguments and values
  bool arguments();
  const Lean& value(ValueId v);
  std::optional<std::int64_t> known_int(ValueId v) {
    const Value* k = g_.constant(v);
    if (!k || !k->is_int()) return std::nullopt;
    return k->i();
  }
  std::optional<std::size_t> known_dim(ValueId v, std::size_t rank) {
    const auto d = known_int(v);
    if (!d || *d < -static_cast<std::int64_t>(rank) || *d >= static_cast<std::int64_t>(rank)) return std::nullopt;
    return static_cast<std::size_t>(*d < 0 ? *d + static_cast<std::int64_t>(rank) : *d);
  }

  // --- nodes
  bool node(NodeId n);
  bool ints(const ir::Node& node);
  bool integer(const ir::Node& node, std::string_view kind);
  void put_int(const ir::Node& node, Reg r);
  bool size(const ir::Node& node);
  bool select(const ir::Node& node);
  bool slice(const ir::Node& node);
  bool insert(Lean& t, std::size_t d);
  bool unsqueeze(const ir::Node& node);
  // Of rank 1: [n] as [-1] or [n], with ones before and behind.
  bool view(const ir::Node& node);

  // One size for two operands' dimensions; an operand whose size is 1 is repeated.
  Reg join(Reg a, Reg b);
  // t's computation for a result of these sizes.
  int expand(const Lean& t, const std::vector<Reg>& sizes);
  std::optional<Lean> computed(const ir::Node& node);
  bool pointwise(const ir::Node& node) {
    auto l = computed(node);
    if (l) values_[node.outputs[0].index] = std::move(*l);
    return l.has_value();
  }

  // The region's last node: x.copy_(y), x.add_(y) and the like, x a view of an argument.
  bool write(const ir::Node& node);

  // --- results
  bool outputs();

  // Views of what lies in between left integers that no pass or result reads.
  void drop_unread();

  bool is_truth(int at) const {
    const Expr& e = exprs_[static_cast<std::size_t>(at)];
    if (e.kind != Expr::kNumber) return e.truth;
    return e.number.kind == Number::kConstant && (e.number.value == 1 || (e.number.value == 0 && !std::signbit(e.number.value)));
  }
  bool pass(const Lean& l);

  const ir::Graph& g_;
  const std::span<const Value* const> args_;
  Parts p_;
  std::vector<bool> constant_;  // by integer
  std::unordered_map<std::int64_t, Reg> constants_;
  std::vector<Expr> exprs_;
  std::unordered_map<std::uint32_t, Lean> values_;
  Reg zero_ = 0, one_ = 0;
  int families_ = 0;
  std::optional<Lean> written_;
  bool ok_ = true, overflow_ = false;
};

}  // namespace fac::plan::lean
