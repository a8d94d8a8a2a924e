// What a lean program leaves: one pass over memory for each computed result, registers given out, and no integer unread.
#include "exec/plan/lean_maker.h"

#include <algorithm>
#include <map>

#include "exec/plan/lean_native.h"

namespace fac::plan::lean {

bool Maker::outputs() {
  std::vector<bool> seen(static_cast<std::size_t>(families_));
  for (const ValueId v : g_.outputs()) {
    const Lean l = value(v);
    Output o;
    if (l.kind == Lean::kInt && !g_.constant(v)) {
      o.from = l.integer;
    } else if (l.kind == Lean::kTensor && l.view_of >= 0) {
      const Expr& e = exprs_[static_cast<std::size_t>(l.expr)];
      o.kind = Output::kView;
      o.from = static_cast<std::uint16_t>(l.view_of);
      o.dtype = l.dtype;
      o.offset = e.offset;
      o.sizes = l.sizes;
      o.strides = e.strides;
    } else if (l.kind == Lean::kTensor) {
      // Two results that share memory must share it still.
      if (!l.whole || seen[static_cast<std::size_t>(l.family)]) return false;
      seen[static_cast<std::size_t>(l.family)] = true;
      o.kind = Output::kChain;
      o.from = static_cast<std::uint16_t>(p_.passes.size());
      o.dtype = l.dtype;
      o.sizes = l.sizes;
      if (!pass(l)) return false;
    } else {
      return false;
    }
    p_.outputs.push_back(std::move(o));
  }
  return !p_.write || pass(*written_);
}

void Maker::drop_unread() {
  std::vector<bool> read(p_.integers.size());
  const auto mark = [&](const std::vector<Reg>& list) {
    for (const Reg r : list) read[r] = true;
  };
  for (const Output& o : p_.outputs) {
    mark(o.sizes);
    mark(o.strides);
    read[o.offset] = true;
    if (o.kind == Output::kInt) read[o.from] = true;
  }
  if (p_.write) {
    read[p_.write->offset] = true;
    mark(p_.write->sizes);
    mark(p_.write->strides);
  }
  for (const Pass& p : p_.passes) {
    mark(p.sizes);
    for (const Input& in : p.inputs) {
      read[in.offset] = true;
      for (std::size_t d = 0; d < p.sizes.size(); ++d) read[in.strides[d]] = true;
    }
    for (const Number& n : p.numbers)
      if (n.kind == Number::kInteger) read[n.from] = true;
  }
  std::vector<IntStep> kept;
  for (std::size_t i = p_.steps.size(); i-- > 0;) {
    const IntStep& s = p_.steps[i];
    const bool guard = s.op == IntOp::kSame || s.op == IntOp::kIndex || s.op == IntOp::kFloorDiv || s.op == IntOp::kMod;
    if (!guard && !read[s.to]) continue;
    read[s.b] = read[s.c] = true;
    kept.push_back(s);
  }
  p_.steps.assign(kept.rbegin(), kept.rend());
}

bool Maker::pass(const Lean& l) {
  Pass pass;
  pass.sizes = l.sizes;
  kernels::StridedChain& c = pass.chain;
  c.rank = static_cast<int>(l.sizes.size());
  std::vector<int> order;  // operations, operands first
  std::map<int, int> reg;  // by expression
  std::vector<int> loads, numbers;
  std::function<void(int)> visit = [&](int at) {
    if (at < 0 || reg.contains(at)) return;
    reg.emplace(at, -1);
    const Expr& e = exprs_[static_cast<std::size_t>(at)];
    if (e.kind == Expr::kLoad) return loads.push_back(at);
    if (e.kind == Expr::kNumber) return numbers.push_back(at);
    visit(e.x);
    visit(e.y);
    order.push_back(at);
  };
  visit(l.expr);
  if (exprs_[static_cast<std::size_t>(l.expr)].kind == Expr::kNumber) return false;
  if (loads.size() > kernels::kMaxStridedInputs || order.size() > kernels::kMaxStridedSteps) return false;
  int next = 0;
  for (const int at : loads) {
    const Expr& e = exprs_[static_cast<std::size_t>(at)];
    Input in{e.argument, e.offset, {}};
    std::copy(e.strides.begin(), e.strides.end(), in.strides);
    c.truth[next] = e.truth;
    c.same[next] = std::all_of(e.strides.begin(), e.strides.end(), [&](Reg r) { return r == zero_; });
    pass.inputs.push_back(in);
    reg[at] = next++;
  }
  for (const int at : numbers) {
    pass.numbers.push_back(exprs_[static_cast<std::size_t>(at)].number);
    reg[at] = next++;
  }
  c.inputs = static_cast<int>(loads.size());
  c.numbers = static_cast<int>(numbers.size());
  // Registers of results whose last reader has been are used again.
  std::map<int, std::size_t> last;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const Expr& e = exprs_[static_cast<std::size_t>(order[i])];
    last[e.x] = last[e.y] = i;
  }
  std::vector<int> free;
  std::vector<NativeStep> native;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const Expr& e = exprs_[static_cast<std::size_t>(order[i])];
    kernels::StridedStep& s = c.tape[c.steps++];
    s.fn = e.fn;
    s.args = e.args;
    s.x = static_cast<std::uint8_t>(reg[e.x]);
    s.y = e.y < 0 ? s.x : static_cast<std::uint8_t>(reg[e.y]);
    native.push_back({e.unary, e.binary, is_truth(e.x), e.y >= 0 && is_truth(e.y)});
    for (const int operand : {e.x, e.y}) {
      if (operand < 0 || last[operand] != i || exprs_[static_cast<std::size_t>(operand)].kind != Expr::kOp) continue;
      if (operand == e.y && e.x == e.y) continue;
      free.push_back(reg[operand]);
    }
    int to = next;
    if (!free.empty()) {
      to = free.back();
      free.pop_back();
    } else if (next++ >= kernels::kStridedRegisters) {
      return false;
    }
    reg[order[i]] = to;
    s.to = static_cast<std::uint8_t>(to);
  }
  if (next > kernels::kStridedRegisters) return false;
  c.result = static_cast<std::uint8_t>(reg[l.expr]);
  c.result_truth = l.dtype == DType::kBool;
  if (c.steps > 0) pass.native = make_native(c, native);
  p_.passes.push_back(std::move(pass));
  return true;
}

}  // namespace fac::plan::lean
