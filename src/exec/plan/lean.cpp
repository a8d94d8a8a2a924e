// Makes lean programs: walks the region with what one call showed.
#include "exec/plan/lean.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <map>
#include <unordered_map>

#include "exec/plan/lean_native.h"
#include "exec/plan/lean_operator.h"
#include "exec/plan/lean_parts.h"

namespace fac::plan {
namespace lean {
namespace {

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

  bool walk() {
    zero_ = constant(0);
    one_ = constant(1);
    if (g_.inputs().size() != args_.size() || !arguments()) return false;
    bool ok = true;
    g_.for_each(g_.top(), [&](NodeId n) { ok = ok && !overflow_ && node(n); });
    if (!ok || overflow_ || !outputs()) return false;
    drop_unread();
    return true;
  }
  Parts take() { return std::move(p_); }

 private:
  // --- integers
  Reg fresh(std::int64_t now) {
    if (p_.integers.size() >= kMostIntegers) {
      overflow_ = true;
      return 0;
    }
    p_.integers.push_back(now);
    constant_.push_back(false);
    return static_cast<Reg>(p_.integers.size() - 1);
  }
  Reg constant(std::int64_t v) {
    if (const auto it = constants_.find(v); it != constants_.end()) return it->second;
    const Reg r = fresh(v);
    constant_[r] = true;
    constants_.emplace(v, r);
    return r;
  }
  std::int64_t now(Reg r) const { return p_.integers[r]; }
  bool is(Reg r, std::int64_t v) const { return constant_[r] && now(r) == v; }

  // The step's result; `ok_` falls where a guard does not hold for the call at hand.
  Reg emit(IntOp op, Reg b, Reg c) {
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

  // --- expressions
  int add(Expr e) {
    for (std::size_t i = 0; i < exprs_.size(); ++i)
      if (same(exprs_[i], e)) return static_cast<int>(i);
    if (exprs_.size() > 400) overflow_ = true;
    exprs_.push_back(std::move(e));
    return static_cast<int>(exprs_.size() - 1);
  }
  // The same computation on other views of its inputs.
  int push(int at, const std::function<void(Expr&)>& f, std::unordered_map<int, int>& done) {
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
  int push(int at, const std::function<void(Expr&)>& f) {
    std::unordered_map<int, int> done;
    return push(at, f, done);
  }

  // --- arguments and values
  bool arguments() {
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
  const Lean& value(ValueId v) {
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
  bool node(NodeId n) {
    const auto& node = g_.node(n);
    const std::string_view kind = node.kind.str();
    if (kind == "prim::Constant") return true;
    if (kind == "prim::ListConstruct") return ints(node);
    if (!node.op || node.outputs.size() != 1 || p_.write) return false;
    const std::string_view overload = node.op->overload();
    bool made = false;
    if (kind == "aten::select" && overload == "int") made = select(node);
    else if (kind == "aten::slice" && overload == "Tensor") made = slice(node);
    else if (kind == "aten::unsqueeze") made = unsqueeze(node);
    else if (kind == "aten::view" && overload.empty()) made = view(node);
    else if (kind == "aten::size" && overload == "int") made = size(node);
    else if (overload == "int" && g_.type(node.outputs[0])->kind() == TypeKind::kInt) made = integer(node, kind);
    else if (LeanRegion::may_be_last(*node.op)) made = write(node);
    else if (node.op->has(kPointwise)) made = pointwise(node);
    return made && ok_ && !overflow_;
  }
  bool ints(const ir::Node& node) {
    Lean l;
    l.kind = Lean::kInts;
    for (const ValueId v : node.inputs) {
      const Lean& item = value(v);
      if (item.kind != Lean::kInt) return false;
      l.sizes.push_back(item.integer);
    }
    values_[node.outputs[0].index] = std::move(l);
    return true;
  }
  bool integer(const ir::Node& node, std::string_view kind) {
    static constexpr std::pair<std::string_view, IntOp> kOps[] = {
        {"aten::add", IntOp::kAdd}, {"aten::sub", IntOp::kSub}, {"aten::mul", IntOp::kMul}, {"aten::floordiv", IntOp::kFloorDiv},
        {"aten::remainder", IntOp::kMod}, {"prim::min", IntOp::kMin}, {"prim::max", IntOp::kMax}};
    const auto* op = std::find_if(std::begin(kOps), std::end(kOps), [&](const auto& row) { return row.first == kind; });
    if (op == std::end(kOps) || node.inputs.size() != 2) return false;
    const Lean b = value(node.inputs[0]), c = value(node.inputs[1]);
    if (b.kind != Lean::kInt || c.kind != Lean::kInt) return false;
    put_int(node, emit(op->second, b.integer, c.integer));
    return true;
  }
  void put_int(const ir::Node& node, Reg r) {
    Lean l;
    l.kind = Lean::kInt;
    l.integer = r;
    values_[node.outputs[0].index] = std::move(l);
  }
  bool size(const ir::Node& node) {
    const Lean t = value(node.inputs[0]);
    if (t.kind != Lean::kTensor) return false;
    const auto d = known_dim(node.inputs[1], t.sizes.size());
    if (!d) return false;
    put_int(node, t.sizes[*d]);
    return true;
  }
  bool select(const ir::Node& node) {
    Lean t = value(node.inputs[0]);
    const Lean i = value(node.inputs[2]);
    if (t.kind != Lean::kTensor || i.kind != Lean::kInt) return false;
    const auto d = known_dim(node.inputs[1], t.sizes.size());
    if (!d) return false;
    const Reg index = emit(IntOp::kIndex, i.integer, t.sizes[*d]);
    t.expr = push(t.expr, [&](Expr& e) {
      e.offset = emit(IntOp::kAdd, e.offset, emit(IntOp::kMul, index, e.strides[*d]));
      e.strides.erase(e.strides.begin() + static_cast<std::ptrdiff_t>(*d));
    });
    t.sizes.erase(t.sizes.begin() + static_cast<std::ptrdiff_t>(*d));
    t.whole = false;
    values_[node.outputs[0].index] = std::move(t);
    return true;
  }
  bool slice(const ir::Node& node) {
    Lean t = value(node.inputs[0]);
    if (t.kind != Lean::kTensor || known_int(node.inputs[4]) != 1) return false;
    const auto d = known_dim(node.inputs[1], t.sizes.size());
    if (!d) return false;
    const Reg size = t.sizes[*d];
    const auto bound = [&](ValueId v, Reg absent) -> std::optional<Reg> {
      const Lean b = value(v);
      if (b.kind == Lean::kInt) return emit(IntOp::kBound, b.integer, size);
      if (b.kind == Lean::kKnown && b.known->is_none()) return absent;
      return std::nullopt;
    };
    const auto from = bound(node.inputs[2], zero_), to = bound(node.inputs[3], size);
    if (!from || !to) return false;
    if (is(*from, 0) && *to == size) {  // x[:]
      values_[node.outputs[0].index] = std::move(t);
      return true;
    }
    t.expr = push(t.expr, [&](Expr& e) { e.offset = emit(IntOp::kAdd, e.offset, emit(IntOp::kMul, *from, e.strides[*d])); });
    t.sizes[*d] = emit(IntOp::kLength, *from, *to);
    t.whole = false;
    values_[node.outputs[0].index] = std::move(t);
    return true;
  }
  bool insert(Lean& t, std::size_t d) {
    if (t.sizes.size() >= kMostRank) return false;
    t.expr = push(t.expr, [&](Expr& e) {
      const Reg stride = d < t.sizes.size() ? emit(IntOp::kMul, t.sizes[d], e.strides[d]) : one_;
      e.strides.insert(e.strides.begin() + static_cast<std::ptrdiff_t>(d), stride);
    });
    t.sizes.insert(t.sizes.begin() + static_cast<std::ptrdiff_t>(d), one_);
    return true;
  }
  bool unsqueeze(const ir::Node& node) {
    Lean t = value(node.inputs[0]);
    if (t.kind != Lean::kTensor) return false;
    const auto d = known_dim(node.inputs[1], t.sizes.size() + 1);
    if (!d || !insert(t, *d)) return false;
    values_[node.outputs[0].index] = std::move(t);
    return true;
  }
  // Of rank 1: [n] as [-1] or [n], with ones before and behind.
  bool view(const ir::Node& node) {
    Lean t = value(node.inputs[0]);
    const Lean list = value(node.inputs[1]);
    if (t.kind != Lean::kTensor || t.sizes.size() != 1 || list.kind != Lean::kInts || list.sizes.size() > kMostRank) return false;
    if (t.view_of >= 0 && list.sizes.size() != 1) return false;  // its strides depend on more
    std::optional<std::size_t> place;
    for (std::size_t i = 0; i < list.sizes.size(); ++i) {
      if (is(list.sizes[i], 1)) continue;
      if (place || !(is(list.sizes[i], -1) || list.sizes[i] == t.sizes[0])) return false;
      place = i;
    }
    if (!place) return false;
    for (std::size_t i = list.sizes.size() - 1; i > *place; --i)
      if (!insert(t, 1)) return false;
    for (std::size_t i = 0; i < *place; ++i)
      if (!insert(t, 0)) return false;
    values_[node.outputs[0].index] = std::move(t);
    return true;
  }

  // One size for two operands' dimensions; an operand whose size is 1 is repeated.
  Reg join(Reg a, Reg b) {
    if (a == b) return a;
    const std::int64_t x = now(a), y = now(b);
    if (x == y) {
      emit(IntOp::kSame, a, b);
      return constant_[b] ? b : a;
    }
    if (x == 1) {
      emit(IntOp::kSame, a, one_);
      return b;
    }
    if (y != 1) ok_ = false;  // an error, which the operator itself reports
    emit(IntOp::kSame, b, one_);
    return a;
  }
  // t's computation for a result of these sizes.
  int expand(const Lean& t, const std::vector<Reg>& sizes) {
    const std::size_t shift = sizes.size() - t.sizes.size();
    std::vector<bool> repeats(t.sizes.size());
    bool any = false;
    for (std::size_t d = 0; d < t.sizes.size(); ++d) {
      repeats[d] = now(t.sizes[d]) == 1 && now(sizes[shift + d]) != 1;
      any = any || repeats[d];
    }
    std::int64_t more = 1;
    for (std::size_t d = 0; d < shift; ++d) more *= now(sizes[d]);
    if (shift == 0 && !any) return t.expr;
    if (!exprs_[static_cast<std::size_t>(t.expr)].cheap && (any || more != 1)) ok_ = false;
    return push(t.expr, [&](Expr& e) {
      for (std::size_t d = 0; d < e.strides.size(); ++d)
        if (repeats[d]) e.strides[d] = zero_;
      e.strides.insert(e.strides.begin(), shift, zero_);
    });
  }
  std::optional<Lean> computed(const ir::Node& node) {
    std::vector<OperandKind> kinds;
    std::vector<Reg> sizes;
    bool first = true;
    for (const ValueId v : node.inputs) {
      const Lean l = value(v);
      OperandKind k;
      const Value* known = g_.constant(v);
      if (known && !known->is_tensor()) {
        k.known = known;
      } else if (l.kind == Lean::kTensor && (l.dtype == DType::kFloat || l.dtype == DType::kBool)) {
        k.kind = l.dtype == DType::kFloat ? OperandKind::kFloats : OperandKind::kTruth;
        const std::size_t rank = std::max(sizes.size(), l.sizes.size());
        std::vector<Reg> joined(rank);
        for (std::size_t i = 0; i < rank; ++i) {  // from the last dimension on
          const bool mine = i < sizes.size(), other = i < l.sizes.size();
          const Reg a = mine ? sizes[sizes.size() - 1 - i] : 0, b = other ? l.sizes[l.sizes.size() - 1 - i] : 0;
          joined[rank - 1 - i] = mine && other ? join(a, b) : mine ? a : b;
        }
        sizes = std::move(joined);
        first = false;
      } else if (l.kind == Lean::kInt) {
        k.kind = OperandKind::kInt;
      } else if (l.kind == Lean::kFloat) {
        k.kind = OperandKind::kFloat;
      } else {
        return std::nullopt;
      }
      kinds.push_back(k);
    }
    if (first || !ok_) return std::nullopt;
    const auto op = find_operation(node, kinds);
    if (!op) return std::nullopt;
    const auto operand = [&](const Operation::Operand& o) {
      Expr e;
      if (!o.input) {
        e.number = {Number::kConstant, o.number, 0};
        return add(std::move(e));
      }
      const Lean l = value(node.inputs[*o.input]);
      if (l.kind == Lean::kTensor) return expand(l, sizes);
      if (l.kind == Lean::kInt) e.number = {Number::kInteger, 0, l.integer};
      else e.number = {Number::kArgument, 0, l.argument};
      return add(std::move(e));
    };
    Expr e;
    e.kind = Expr::kOp;
    e.truth = op->truth;
    e.fn = op->fn;
    e.args = op->args;
    e.unary = op->unary;
    e.binary = op->binary;
    e.x = operand(op->x);
    e.y = op->is_binary ? operand(op->y) : -1;
    e.cheap = op->cheap && exprs_[static_cast<std::size_t>(e.x)].cheap && (e.y < 0 || exprs_[static_cast<std::size_t>(e.y)].cheap);
    Lean l;
    l.kind = Lean::kTensor;
    l.dtype = op->truth ? DType::kBool : DType::kFloat;
    l.expr = add(std::move(e));
    l.sizes = std::move(sizes);
    l.family = families_++;
    p_.text += (p_.text.empty() ? "" : ", ") + std::string(op->name);
    return l;
  }
  bool pointwise(const ir::Node& node) {
    auto l = computed(node);
    if (l) values_[node.outputs[0].index] = std::move(*l);
    return l.has_value();
  }

  // The region's last node: x.copy_(y), x.add_(y) and the like, x a view of an argument.
  bool write(const ir::Node& node) {
    const Lean to = value(node.inputs[0]);
    if (to.kind != Lean::kTensor || to.view_of < 0 || to.view_of >= static_cast<int>(args_.size())) return false;
    Lean from;
    if (node.kind.str() == "aten::copy_") {
      from = value(node.inputs[1]);
      if (from.kind != Lean::kTensor || from.sizes.size() > to.sizes.size()) return false;
      std::vector<Reg> sizes = to.sizes;
      for (std::size_t i = 1; i <= from.sizes.size(); ++i) {
        const Reg mine = from.sizes[from.sizes.size() - i], theirs = to.sizes[to.sizes.size() - i];
        if (join(mine, theirs) != theirs && now(mine) != now(theirs)) return false;  // more than one goes nowhere
      }
      from.expr = expand(from, sizes);
      from.sizes = sizes;
    } else {
      ir::Node functional = node;
      const std::string_view name = node.kind.str();
      functional.op = ops::find(name.substr(0, name.size() - 1), node.op->overload());
      if (!functional.op) return false;
      auto l = computed(functional);
      if (!l || l->sizes.size() != to.sizes.size()) return false;
      from = std::move(*l);
    }
    for (std::size_t d = 0; d < to.sizes.size(); ++d) {
      if (now(from.sizes[d]) != now(to.sizes[d])) return false;
      emit(IntOp::kSame, from.sizes[d], to.sizes[d]);
    }
    if (from.dtype != to.dtype || (to.dtype != DType::kFloat && to.dtype != DType::kBool)) return false;
    written_ = from;
    Write w;
    w.argument = static_cast<std::uint16_t>(to.view_of);
    const Expr& e = exprs_[static_cast<std::size_t>(to.expr)];
    w.offset = e.offset;
    w.strides = e.strides;
    w.sizes = to.sizes;
    w.copies = node.kind.str() == "aten::copy_";
    p_.write = std::move(w);
    p_.text += (p_.text.empty() ? "" : ", ") + std::string(node.kind.str());
    return true;
  }


  // --- results
  bool outputs() {
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

  // Views of what lies in between left integers that no pass or result reads.
  void drop_unread() {
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

  bool is_truth(int at) const {
    const Expr& e = exprs_[static_cast<std::size_t>(at)];
    if (e.kind != Expr::kNumber) return e.truth;
    return e.number.kind == Number::kConstant && (e.number.value == 1 || (e.number.value == 0 && !std::signbit(e.number.value)));
  }
  bool pass(const Lean& l) {
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

}  // namespace
}  // namespace lean

namespace {
bool may_be_lean(const ir::Graph& region) {
  bool fits = true, ended = false;
  region.for_each(region.top(), [&](ir::NodeId n) {
    const auto& node = region.node(n);
    const std::string_view kind = node.kind.str();
    if (kind == "prim::Constant" || kind == "prim::ListConstruct") return;
    static constexpr std::string_view kOthers[] = {"aten::select", "aten::slice", "aten::unsqueeze", "aten::view", "aten::size"};
    const bool known = std::find(std::begin(kOthers), std::end(kOthers), kind) != std::end(kOthers);
    const bool integer = node.op && node.outputs.size() == 1 && region.type(node.outputs[0])->kind() == TypeKind::kInt;
    const bool last = node.op && LeanRegion::may_be_last(*node.op);
    fits = fits && !ended && node.blocks.empty() && node.op && (known || integer || last || node.op->has(kPointwise));
    ended = ended || last;
  });
  return fits && (ended || region.outputs().size() > 0);
}
}  // namespace

std::unique_ptr<const LeanProgram> LeanProgram::make(const ir::Graph& region, std::span<const Value* const> args) {
  lean::Maker maker(region, args);
  if (!maker.walk()) return nullptr;
  return lean::make_program(maker.take());
}

bool LeanRegion::may_be_last(const ops::Overload& op) {
  static constexpr std::string_view kNames[] = {"aten::copy_", "aten::add_", "aten::sub_", "aten::mul_", "aten::div_"};
  if (std::find(std::begin(kNames), std::end(kNames), op.name()) == std::end(kNames)) return false;
  return op.overload() == "Tensor" || op.overload() == "Scalar" || (op.overload().empty() && op.name() == kNames[0]);
}

std::shared_ptr<LeanRegion> LeanRegion::create(std::shared_ptr<const ir::Graph> region) {
  if (!may_be_lean(*region)) return nullptr;
  return std::shared_ptr<LeanRegion>(new LeanRegion(std::move(region)));
}

// Those that there are are asked first; some calls that none of them takes make another one.
bool LeanRegion::run(std::span<const Value* const> args, std::span<Value> results) {
  for (const auto& slot : programs_) {
    const LeanProgram* program = slot.load(std::memory_order_acquire);
    if (!program) break;
    if (program->run(args, results)) return true;
  }
  const auto small = [](const Value* v) { return !v->is_tensor() || v->tensor_impl()->numel <= LeanProgram::kMost; };
  if (tries_.load(std::memory_order_relaxed) >= kTries || !std::all_of(args.begin(), args.end(), small)) return false;
  const std::lock_guard lock(mutex_);
  const std::uint32_t tries = tries_.fetch_add(1, std::memory_order_relaxed);
  if (tries < kPlainRuns || tries >= kTries || owned_.size() == kPrograms) return false;
  auto made = LeanProgram::make(*region_, args);
  if (!made || !made->run(args, results)) return false;
  programs_[owned_.size()].store(made.get(), std::memory_order_release);
  owned_.push_back(std::move(made));
  return true;
}

std::string LeanRegion::text() const {
  const std::lock_guard lock(mutex_);
  std::string out;
  for (const auto& program : owned_) out += "  lean: " + program->text() + "\n";
  return out;
}

}  // namespace fac::plan
