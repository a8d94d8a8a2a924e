// The operators that a lean program knows.
#include "exec/plan/lean_maker.h"

#include <algorithm>

namespace fac::plan::lean {

bool Maker::node(NodeId n) {
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

bool Maker::ints(const ir::Node& node) {
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

bool Maker::integer(const ir::Node& node, std::string_view kind) {
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

void Maker::put_int(const ir::Node& node, Reg r) {
  Lean l;
  l.kind = Lean::kInt;
  l.integer = r;
  values_[node.outputs[0].index] = std::move(l);
}

bool Maker::size(const ir::Node& node) {
  const Lean t = value(node.inputs[0]);
  if (t.kind != Lean::kTensor) return false;
  const auto d = known_dim(node.inputs[1], t.sizes.size());
  if (!d) return false;
  put_int(node, t.sizes[*d]);
  return true;
}

bool Maker::select(const ir::Node& node) {
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

bool Maker::slice(const ir::Node& node) {
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

bool Maker::insert(Lean& t, std::size_t d) {
  if (t.sizes.size() >= kMostRank) return false;
  t.expr = push(t.expr, [&](Expr& e) {
    const Reg stride = d < t.sizes.size() ? emit(IntOp::kMul, t.sizes[d], e.strides[d]) : one_;
    e.strides.insert(e.strides.begin() + static_cast<std::ptrdiff_t>(d), stride);
  });
  t.sizes.insert(t.sizes.begin() + static_cast<std::ptrdiff_t>(d), one_);
  return true;
}

bool Maker::unsqueeze(const ir::Node& node) {
  Lean t = value(node.inputs[0]);
  if (t.kind != Lean::kTensor) return false;
  const auto d = known_dim(node.inputs[1], t.sizes.size() + 1);
  if (!d || !insert(t, *d)) return false;
  values_[node.outputs[0].index] = std::move(t);
  return true;
}

bool Maker::view(const ir::Node& node) {
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

Reg Maker::join(Reg a, Reg b) {
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

int Maker::expand(const Lean& t, const std::vector<Reg>& sizes) {
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

std::optional<Lean> Maker::computed(const ir::Node& node) {
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

bool Maker::write(const ir::Node& node) {
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

}  // namespace fac::plan::lean
