// Integers, expressions and arguments of a lean program.
#include "exec/plan/lean_maker.h"

#include <algorithm>
#include <cstring>

namespace fac::plan::lean {

namespace {
bool same(const Expr& a, const Expr& b) {
  if (a.kind != b.kind || a.truth != b.truth) return false;
  switch (a.kind) {
    case Expr::kLoad: return a.argument == b.argument && a.offset == b.offset && a.strides == b.strides;
    case Expr::kNumber:
      return a.number.kind == b.number.kind && a.number.from == b.number.from &&
             std::memcmp(&a.number.value, &b.number.value, sizeof(float)) == 0;
    default:
      return a.fn == b.fn && a.x == b.x && a.y == b.y && std::memcmp(&a.args.p, &b.args.p, sizeof a.args.p) == 0;
  }
}
}  // namespace

bool Maker::walk() {
  zero_ = constant(0);
  one_ = constant(1);
  if (g_.inputs().size() != args_.size() || !arguments()) return false;
  bool ok = true;
  g_.for_each(g_.top(), [&](NodeId n) { ok = ok && !overflow_ && node(n); });
  if (!ok || overflow_ || !outputs()) return false;
  drop_unread();
  return true;
}

Reg Maker::fresh(std::int64_t now) {
  if (p_.integers.size() >= kMostIntegers) {
    overflow_ = true;
    return 0;
  }
  p_.integers.push_back(now);
  constant_.push_back(false);
  return static_cast<Reg>(p_.integers.size() - 1);
}

Reg Maker::constant(std::int64_t v) {
  if (const auto it = constants_.find(v); it != constants_.end()) return it->second;
  const Reg r = fresh(v);
  constant_[r] = true;
  constants_.emplace(v, r);
  return r;
}

Reg Maker::emit(IntOp op, Reg b, Reg c) {
  if (op == IntOp::kAdd && is(b, 0)) return c;
  if ((op == IntOp::kAdd || op == IntOp::kSub) && is(c, 0)) return b;
  if (op == IntOp::kMul && is(c, 1)) return b;
  if (op == IntOp::kMul && (is(b, 0) || is(c, 0))) return zero_;
  if (op == IntOp::kBound && is(b, 0)) return zero_;
  if (op == IntOp::kBound && b == c) return c;
  if (op == IntOp::kLength && is(b, 0)) return c;
  if (op == IntOp::kSame && b == c) return zero_;
  for (const IntStep& s : p_.steps)
    if (s.op == op && s.b == b && s.c == c) return s.to;
  if (constant_[b] && constant_[c]) {
    std::int64_t r[3] = {0, now(b), now(c)};
    if (!run_step({op, 0, 1, 2}, r)) ok_ = false;
    return constant(r[0]);
  }
  const Reg to = op == IntOp::kSame ? zero_ : fresh(0);
  if (overflow_) return 0;
  const IntStep step{op, to, b, c};
  if (!run_step(step, p_.integers.data())) ok_ = false;
  p_.steps.push_back(step);
  return to;
}

int Maker::add(Expr e) {
  for (std::size_t i = 0; i < exprs_.size(); ++i)
    if (same(exprs_[i], e)) return static_cast<int>(i);
  if (exprs_.size() > 400) overflow_ = true;
  exprs_.push_back(std::move(e));
  return static_cast<int>(exprs_.size() - 1);
}

int Maker::push(int at, const std::function<void(Expr&)>& f, std::unordered_map<int, int>& done) {
  if (at < 0) return at;
  if (const auto it = done.find(at); it != done.end()) return it->second;
  Expr e = exprs_[static_cast<std::size_t>(at)];
  if (e.kind == Expr::kLoad) {
    f(e);
  } else if (e.kind == Expr::kOp) {
    e.x = push(e.x, f, done);
    e.y = push(e.y, f, done);
  }
  const int r = add(std::move(e));
  done.emplace(at, r);
  return r;
}

bool Maker::arguments() {
  for (std::size_t i = 0; i < args_.size(); ++i) {
    const Value& v = *args_[i];
    Argument a;
    Lean l;
    if (v.is_tensor()) {
      const TensorImpl& t = *v.tensor_impl();
      if (t.sizes.size() > kMostRank || t.requires_grad) return false;
      a.kind = Argument::kTensor;
      a.dtype = t.dtype;
      a.rank = static_cast<std::uint8_t>(t.sizes.size());
      a.first = fresh(t.offset);
      l.kind = Lean::kTensor;
      l.dtype = t.dtype;
      l.view_of = static_cast<int>(i);
      for (const std::int64_t s : t.sizes) l.sizes.push_back(fresh(s));
      Expr e;
      e.kind = Expr::kLoad;
      e.truth = t.dtype == DType::kBool;
      e.argument = static_cast<std::uint16_t>(i);
      e.offset = a.first;
      for (const std::int64_t s : t.strides) e.strides.push_back(fresh(s));
      l.expr = add(std::move(e));
    } else if (v.is_int()) {
      a.kind = Argument::kInt;
      a.first = l.integer = fresh(v.i());
      l.kind = Lean::kInt;
    } else if (v.is_float()) {
      l.kind = Lean::kFloat;
      l.argument = static_cast<std::uint16_t>(i);
    } else {
      return false;
    }
    p_.arguments.push_back(a);
    values_[g_.inputs()[i].index] = std::move(l);
  }
  return !overflow_;
}

const Lean& Maker::value(ValueId v) {
  Lean& l = values_[v.index];
  if (l.kind != Lean::kNothing) return l;
  if (const Value* k = g_.constant(v)) {
    l.known = k;
    l.kind = Lean::kKnown;
    if (k->is_int()) {
      l.kind = Lean::kInt;
      l.integer = constant(k->i());
    } else if (k->is_tensor() && k->tensor_impl()->contiguous && k->tensor_impl()->sizes.size() <= kMostRank) {
      const TensorImpl& t = *k->tensor_impl();
      Expr e;
      e.kind = Expr::kLoad;
      e.truth = t.dtype == DType::kBool;
      e.argument = static_cast<std::uint16_t>(p_.arguments.size() + p_.constants.size());
      e.offset = constant(t.offset);
      for (const std::int64_t s : t.strides) e.strides.push_back(constant(s));
      for (const std::int64_t s : t.sizes) l.sizes.push_back(constant(s));
      l.kind = Lean::kTensor;
      l.dtype = t.dtype;
      l.view_of = e.argument;
      l.expr = add(std::move(e));
      p_.constants.push_back(*k);
    }
  }
  return l;
}

}  // namespace fac::plan::lean
