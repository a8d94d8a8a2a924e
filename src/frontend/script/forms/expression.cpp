// Expressions: names, literals, operators, formatted strings.
#include "frontend/script/cell.h"
#include "frontend/nn/everyday.h"
#include "frontend/script/emitter.h"
#include "source/did_you_mean.h"

namespace fac::script {
namespace {

constexpr Diag<> kComplexOrder{"complex-order", "complex numbers have no order: `<` and the like are not defined for them"};
constexpr Diag<std::string_view> kUndefined{"undefined-value", "undefined value {}"};
constexpr Diag<std::string_view, std::string_view> kCaptured{"captured-meaning", "'{}' is a {} of the function around: an inner function cannot reach it"};
constexpr Diag<std::string_view> kUndefinedBranch{"undefined-in-branch", "{} and was used here"};
constexpr Diag<std::string_view> kNotSupported{"expression-not-supported", "{} expressions aren't supported"};
constexpr Diag<> kBigInt{"integer-too-large", "Integral constant is out of range: integers have 64 bits"};
// Names that a file forgot to import.
constexpr std::pair<std::string_view, std::string_view> kUsualImports[] = {
    {"math", "import math"}, {"torch", "import torch"}, {"F", "import torch.nn.functional as F"}, {"nn", "import torch.nn as nn"},
    {"warnings", "import warnings"}};

}  // namespace

ValueId Emitter::expression(const Expr& e, const TypePtr& wanted) {
  const MeaningPtr m = meaning(e, {wanted, 1});
  ValueId v = m ? m->value(*this, e.range) : ValueId{};
  // Any is the one type that nothing unifies to, so `x: Any = 1` remembers it by a cast.
  if (v && wanted && wanted->kind() == TypeKind::kAny && type(v)->kind() != TypeKind::kAny)
    v = unchecked_cast(v, wanted, e.range);
  return v;
}

MeaningPtr Emitter::meaning(const Expr& e, const Wanted& wanted) {
  switch (e.kind) {
    case ExprKind::kName: return lookup(e.as<Name>().name, e.range);
    case ExprKind::kNoneLit: return value_meaning(none(e.range));
    case ExprKind::kBoolLit: return value_meaning(constant(Value(e.as<BoolLit>().value), e.range));
    case ExprKind::kIntLit: return value_meaning(constant(Value(e.as<IntLit>().value), e.range));
    case ExprKind::kFloatLit: return value_meaning(constant(Value(e.as<FloatLit>().value), e.range));
    case ExprKind::kImagLit:
      return value_meaning(constant(Value(std::complex<double>(0, e.as<ImagLit>().value)), e.range));
    case ExprKind::kStringLit: return value_meaning(constant(Value(e.as<StringLit>().value), e.range));
    case ExprKind::kBigIntLit: error(e.range, kBigInt); return nullptr;
    case ExprKind::kFString: return value_meaning(format_string(e.as<FString>()));
    case ExprKind::kTuple: return value_meaning(tuple_literal(e.as<Tuple>(), wanted.type));
    case ExprKind::kList: return value_meaning(list_literal(e.as<List>(), wanted.type));
    case ExprKind::kDict: return value_meaning(dict_literal(e.as<Dict>(), wanted.type));
    case ExprKind::kComprehension: return value_meaning(comprehension(e.as<Comprehension>(), wanted.type));
    case ExprKind::kUnary: return value_meaning(unary(e.as<Unary>()));
    case ExprKind::kBinary: {
      const auto& b = e.as<Binary>();
      const ValueId left = expression(*b.left), right = expression(*b.right);
      return value_meaning(binary(b.op, left, right, e.range));
    }
    case ExprKind::kLogical: return value_meaning(everyday() ? logical_value(e.as<Logical>()) : condition(e).value);
    case ExprKind::kCompare: {
      // == and friends may give any type (Tensor < Tensor is a Tensor); only chains and `is` are conditions.
      const auto& c = e.as<Compare>();
      const CompareOp op = c.parts[0].op;
      if (c.parts.size() > 1 || op == CompareOp::kIs || op == CompareOp::kIsNot) return value_meaning(condition(e).value);
      const ValueId left = expression(*c.left), right = expression(*c.parts[0].right);
      return value_meaning(compare_values(op, left, right, e.range));
    }
    case ExprKind::kTernary:
      if (MeaningPtr f = chosen_by(e.as<Ternary>())) return f;
      return value_meaning(ternary(e.as<Ternary>(), wanted.type));
    case ExprKind::kCall: return call(e.as<Call>(), wanted);
    case ExprKind::kAttribute: {
      const auto& a = e.as<Attribute>();
      const MeaningPtr object = meaning(*a.object);
      MeaningPtr m = object ? object->attribute(*this, e.range, a.name.str()) : nullptr;
      if (const ValueId v = everyday() && attribute_is_set(e) ? plain_value(m) : ValueId{}; v && optional_element(type(v)))
        return value_meaning(call_operator("aten::_unwrap_optional", {v}, e.range));
      return m;
    }
    case ExprKind::kSubscript: return subscript(e.as<Subscript>(), wanted.type);
    case ExprKind::kWalrus: {
      const auto& w = e.as<Walrus>();
      const MeaningPtr value = meaning(*w.value);
      set_variable(w.target, value, w.target_range);
      walrus_names_.push_back(w.target);
      return value;
    }
    case ExprKind::kLambda:
      if (everyday()) return lambda_meaning(e.as<Lambda>(), this, nullptr);
      break;
    case ExprKind::kSet:
      if (everyday()) return value_meaning(set_literal(e.as<Set>()));
      break;
    case ExprKind::kEllipsisLit:
    case ExprKind::kBytesLit:
    case ExprKind::kSlice:
    case ExprKind::kStarred: break;
  }
  error(e.range, kNotSupported, kind_name(e.kind));
  return nullptr;
}

MeaningPtr Emitter::lookup(Symbol name, Range at) {
  if (const Variable* v = env_.find(name)) {
    if (const auto* cell = dynamic_cast<const CellMeaning*>(v->meaning.get())) return value_meaning(read_cell(*this, *cell, at));
    return v->meaning;
  }
  const std::string_view text = name.str();
  if (outer_ && outer_->sees(name))
    for (Emitter* around = outer_; around; around = around->outer_)
      if (const Variable* v = around->env_.find(name)) {
        if (const auto* cell = dynamic_cast<const CellMeaning*>(v->meaning.get())) return value_meaning(read_cell(*around, *cell, at));
        break;
      }
  if (outer_ && outer_->sees(name)) {
    const MeaningPtr m = outer_->lookup(name, at);
    return capture_meaning(*outer_, m, name, at);
  }
  if (const auto why = env_.undefined_because.find(name); why != env_.undefined_because.end()) {
    error(at, kUndefinedBranch, why->second);
    return nullptr;
  }
  const std::size_t errors = sink_.error_count();
  const bool own = resolver_->defines(text);
  if (!own && everyday())
    if (MeaningPtr m = nn::everyday_builtin(text)) return m;
  if (!own)
    if (MeaningPtr m = language_builtin(text)) return m;
  if (!own && everyday() && (text == "set" || text == "frozenset")) return special_form(SpecialForm::kSet);
  if (MeaningPtr m = resolver_->value_in(*this, text, at)) return m;
  if (sink_.error_count() != errors) return nullptr;  // it has a meaning, which is broken
  if (const TypePtr t = resolver_->type(text, at)) return class_meaning(t);
  if (own) return nullptr;
  const auto known = env_.names();
  DiagBuilder report = error(at, kUndefined, text);
  for (const auto& [missing, import] : kUsualImports)
    if (missing == text) {
      report.hint("add `" + std::string(import) + "` at the top of the file");
      return nullptr;
    }
  report.hint(did_you_mean(text, known));
  return nullptr;
}

// Of a tuple known item by item, each item; a range or an iterable holds values of the function around in ways that this one cannot reach.
MeaningPtr Emitter::capture_meaning(Emitter& from, const MeaningPtr& m, Symbol name, Range at) {
  if (const ValueId v = plain_value(m)) return value_meaning(capture_from(from, v, name));
  if (!m || dynamic_cast<ValueMeaning*>(m.get())) return m;
  if (m->kind() == "Tuple") {
    const auto items = m->elements(from, at, std::nullopt);
    std::vector<MeaningPtr> out;
    for (const MeaningPtr& item : *items) out.push_back(capture_meaning(from, item, {}, at));
    return tuple_meaning(std::move(out));
  }
  if (m->kind() == "range" || m->kind() == "iterable" || m->kind() == "Python slice value" || m->is_bound()) {
    error(at, kCaptured, name.str(), m->kind()).hint("make it a list, or write it out inside");
    return nullptr;
  }
  return m;
}

ValueId Emitter::capture_from(Emitter& from, ValueId value, Symbol name) {
  if (!value) return {};
  if (const Value* c = from.graph_.constant(value)) return constant(*c, from.type(value), from.builder_.range());
  for (const auto& [outer, to] : captures_)
    if (outer.first == &from && outer.second == value) return to;
  const ValueId param = graph_.add_param(graph_.top(), from.type(value));
  set_name(param, name);
  for (const auto& [v, key] : from.open_)
    if (v == value) open_.emplace_back(param, key);
  for (const auto& [v, key] : from.elements_open_)
    if (v == value) elements_open_.emplace_back(param, key);
  if (const Missing* m = from.missing_of(value)) missing_.emplace_back(param, *m);
  captures_.emplace_back(std::pair(&from, value), param);
  return param;
}

// --- operators ------------------------------------------------------------------------------------------------------

namespace {

struct OperatorNames {
  std::string_view op, magic;
};
OperatorNames names_of(BinaryOp op) {
  switch (op) {
    case BinaryOp::kAdd: return {"aten::add", "__add__"};
    case BinaryOp::kSub: return {"aten::sub", "__sub__"};
    case BinaryOp::kMul: return {"aten::mul", "__mul__"};
    case BinaryOp::kDiv: return {"aten::div", "__truediv__"};
    case BinaryOp::kFloorDiv: return {"aten::floordiv", "__floordiv__"};
    case BinaryOp::kMod: return {"aten::remainder", "__mod__"};
    case BinaryOp::kPow: return {"aten::pow", "__pow__"};
    case BinaryOp::kMatMul: return {"aten::matmul", "__matmul__"};
    case BinaryOp::kShiftLeft: return {"aten::__lshift__", "__lshift__"};
    case BinaryOp::kShiftRight: return {"aten::__rshift__", "__rshift__"};
    case BinaryOp::kBitAnd: return {"aten::__and__", "__and__"};
    case BinaryOp::kBitXor: return {"aten::__xor__", "__xor__"};
    case BinaryOp::kBitOr: return {"aten::__or__", "__or__"};
  }
  return {};
}
OperatorNames names_of(CompareOp op) {
  switch (op) {
    case CompareOp::kEq: return {"aten::eq", "__eq__"};
    case CompareOp::kNe: return {"aten::ne", "__ne__"};
    case CompareOp::kLt: return {"aten::lt", "__lt__"};
    case CompareOp::kLe: return {"aten::le", "__le__"};
    case CompareOp::kGt: return {"aten::gt", "__gt__"};
    case CompareOp::kGe: return {"aten::ge", "__ge__"};
    case CompareOp::kIn:
    case CompareOp::kNotIn: return {"aten::__contains__", "__contains__"};
    case CompareOp::kIs: return {"aten::__is__", ""};
    case CompareOp::kIsNot: return {"aten::__isnot__", ""};
  }
  return {};
}

bool has_method(Emitter& e, ValueId v, std::string_view name) {
  const ClassType* cls = v ? as_class(e.type(v)) : nullptr;
  return cls && cls->find_method(name);
}

}  // namespace

std::string_view Emitter::operator_name(BinaryOp op) { return names_of(op).op; }
std::string_view Emitter::magic_name(BinaryOp op) { return names_of(op).magic; }

ValueId Emitter::binary(BinaryOp op, ValueId left, ValueId right, Range at) {
  if (!left || !right) return {};
  const OperatorNames n = names_of(op);
  if (op == BinaryOp::kAdd && as_tuple(type(left)) && as_tuple(type(right))) {
    std::vector<ValueId> items = unpack_tuple(left, at);
    for (ValueId v : unpack_tuple(right, at)) items.push_back(v);
    return make_tuple(std::move(items), at);
  }
  if (const Value* c = graph_.constant(right); c && c->is_complex() && (op == BinaryOp::kAdd || op == BinaryOp::kSub)) {
    // 1.5-2j: the grammar has no literals with both parts.
    const Value* real = graph_.constant(left);
    if (real && (real->is_float() || real->is_int())) {
      const std::complex<double> a = real->is_float() ? real->d() : static_cast<double>(real->i());
      return constant(Value(op == BinaryOp::kAdd ? a + c->c() : a - c->c()), at);
    }
  }
  if (has_method(*this, left, n.magic)) return call_method(left, n.magic, {{at, {}, right}}, at);
  if (as_class(type(left)) && !has_method(*this, right, n.magic)) {
    ValueMeaning(left).attribute(*this, at, n.magic);  // reports that it is missing
    return {};
  }
  if (const ValueId power = everyday() && op == BinaryOp::kPow ? int_power(left, right, at) : ValueId{}) return power;
  if (everyday()) {  // TorchScript's operators of a complex number and another one forget a part
    if (type(left)->kind() == TypeKind::kComplex) right = coerce(right, types::complex_(), at);
    else if (type(right)->kind() == TypeKind::kComplex) left = coerce(left, types::complex_(), at);
  }
  if (const ValueId set = set_binary(op, left, right, at)) return set;
  if (everyday() && op == BinaryOp::kBitOr && type(left)->kind() == TypeKind::kDict && type(right)->kind() == TypeKind::kDict) {
    const ValueId out = call_operator("aten::copy", {left}, at);
    call_operator("aten::update", {out, right}, at);
    return out;
  }
  if (everyday() && op == BinaryOp::kMul)  // "-" * 10
    for (const auto& [text, times] : {std::pair(left, right), std::pair(right, left)})
      if (type(text)->kind() == TypeKind::kStr && type(times)->kind() == TypeKind::kInt)
        return call_function(nn::text_function("repeat"), {{at, {}, text}, {at, {}, times}}, at);
  if (op == BinaryOp::kMod && type(left)->kind() == TypeKind::kStr) {  // "%d" % 3
    if (const Value* known = everyday() ? graph_.constant(left) : nullptr; known && known->is_str())
      return percent_text(std::string(known->str()), right, at);
    return emit_row("aten::percentFormat", {left, right}, types::str(), at);
  }
  return call_operator(n.op, {left, right}, at);
}

// n ** 2 of an int is an int in Python, a float in TorchScript; of a complex number it is exact.
ValueId Emitter::int_power(ValueId base, ValueId exponent, Range at) {
  const Value* known = graph_.constant(exponent);
  if ((type(base)->kind() != TypeKind::kInt && type(base)->kind() != TypeKind::kComplex) || !known || !known->is_int() || known->i() < 0 || known->i() > 64) return {};
  ValueId out, square = base;
  for (std::int64_t left = known->i(); left > 0; left >>= 1) {
    if (left & 1) out = out ? call_operator("aten::mul", {out, square}, at) : square;
    if (left > 1) square = call_operator("aten::mul", {square, square}, at);
  }
  if (out) return out;
  return type(base)->kind() == TypeKind::kInt ? constant(Value(std::int64_t{1}), at) : constant(Value(std::complex<double>(1, 0)), at);
}

ValueId Emitter::unary(const Unary& e) {
  if (e.op == UnaryOp::kNot) return condition(e).value;
  if (e.op == UnaryOp::kNeg) {  // the grammar has no negative literals
    if (const auto* i = e.operand->try_as<IntLit>())
      return constant(Value(static_cast<std::int64_t>(-static_cast<std::uint64_t>(i->value))), e.range);
    if (const auto* f = e.operand->try_as<FloatLit>()) return constant(Value(-f->value), e.range);
  }
  const ValueId v = expression(*e.operand);
  if (!v) return {};
  if (const Value* c = e.op == UnaryOp::kNeg ? graph_.constant(v) : nullptr; c && c->is_float()) return constant(Value(-c->d()), e.range);  // -inf
  struct Row {
    std::string_view op, magic;
  };
  const Row row = e.op == UnaryOp::kNeg   ? Row{"aten::neg", "__neg__"}
                  : e.op == UnaryOp::kPos ? Row{"aten::positive", "__pos__"}
                                          : Row{"aten::bitwise_not", "__invert__"};
  if (has_method(*this, v, row.magic)) return call_method(v, row.magic, {}, e.range);
  if (row.op == "aten::bitwise_not" && everyday() && type(v)->kind() == TypeKind::kInt)  // ~n of an int
    return call_operator("aten::sub", {call_operator("aten::neg", {v}, e.range), constant(Value(std::int64_t{1}), e.range)}, e.range);
  if (e.op == UnaryOp::kPos && type(v)->kind() != TypeKind::kTensor) return v;
  return call_operator(row.op, {v}, e.range);
}

ValueId Emitter::compare_values(CompareOp op, ValueId left, ValueId right, Range at) {
  if (!left || !right) return {};
  const OperatorNames n = names_of(op);
  ValueId out;
  if (op == CompareOp::kIn || op == CompareOp::kNotIn) {
    if (everyday() && as_tuple(type(right)) && as_enum(type(left))) {  // TorchScript has no lists of enum members to ask
      for (const ValueId item : unpack_tuple(right, at)) {
        if (!same(type(item), type(left))) continue;
        const ValueId equal = call_operator("aten::eq", {left, item}, at);
        out = out ? call_operator("aten::__or__", {out, equal}, at) : equal;
      }
      if (!out) out = constant(Value(false), at);
      return op == CompareOp::kNotIn && out ? call_operator("aten::__not__", {out}, at) : out;
    }
    if (everyday() && as_tuple(type(right))) {
      out = in_tuple(left, right, at);
      return op == CompareOp::kNotIn && out ? call_operator("aten::__not__", {out}, at) : out;
    }
    out = has_method(*this, right, n.magic) ? call_method(right, n.magic, {{at, {}, left}}, at)
                                            : call_operator(n.op, {right, left}, at);
    return op == CompareOp::kNotIn && out ? call_operator("aten::__not__", {to_bool(out, at)}, at) : out;
  }
  if (!n.magic.empty() && has_method(*this, left, n.magic)) return call_method(left, n.magic, {{at, {}, right}}, at);
  const TypePtr inner_left = everyday() ? optional_element(type(left)) : nullptr, inner_right = everyday() ? optional_element(type(right)) : nullptr;
  const bool with_none = type(left)->kind() == TypeKind::kNone || type(right)->kind() == TypeKind::kNone;
  if ((inner_left || inner_right) && !with_none && (op == CompareOp::kEq || op == CompareOp::kNe)) {  // None equals None only
    const auto is_none = [&](ValueId v) {
      return optional_element(type(v)) || type(v)->kind() == TypeKind::kNone ? call_operator("aten::__is__", {v, none(at)}, at) : constant(Value(false), at);
    };
    const ValueId left_none = is_none(left), right_none = is_none(right);
    Condition missing;
    missing.value = call_operator("aten::__or__", {left_none, right_none}, at);
    return branch_value(
        missing, [&] { return call_operator(n.op, {left_none, right_none}, at); },
        [&] {
          return compare_values(op, inner_left ? unchecked_cast(left, inner_left, at) : left,
                                inner_right ? unchecked_cast(right, inner_right, at) : right, at);
        },
        at);
  }
  if (everyday()) {
    if (type(left)->kind() == TypeKind::kComplex) right = coerce(right, types::complex_(), at);
    else if (type(right)->kind() == TypeKind::kComplex) left = coerce(left, types::complex_(), at);
    if (type(left)->kind() == TypeKind::kComplex && type(right)->kind() == TypeKind::kComplex && op != CompareOp::kEq && op != CompareOp::kNe) {
      error(at, kComplexOrder);
      return {};
    }
    if (as_tuple(type(left)) && as_tuple(type(right))) return compare_tuples(op, left, right, at);
    if (type(left)->kind() == TypeKind::kList && type(right)->kind() == TypeKind::kList && op != CompareOp::kEq && op != CompareOp::kNe)
      return compare_lists(op, left, right, at);
  }
  if (everyday() && type(left)->kind() == TypeKind::kDict && type(right)->kind() == TypeKind::kDict)
    if (const ValueId v = compare_dicts(op, left, right, at)) return v;
  return call_operator(n.op, {left, right}, at);
}

}  // namespace fac::script
