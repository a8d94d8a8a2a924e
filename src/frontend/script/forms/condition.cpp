// Conditions: `and`, `or`, `not`, comparisons, and what a test says about its variables' types (`x is not None`,
// isinstance) and thereby sometimes about the branch to compile at all.
#include <algorithm>
#include <utility>

#include "frontend/script/emitter.h"
#include "frontend/script/meanings/keywords.h"
#include "ir/symbols.h"

namespace fac::script {
namespace {

constexpr Diag<std::string_view, std::uint64_t> kArgCount{"special-arguments", "{} expected exactly 2 arguments but found {}"};
constexpr Diag<> kHasAttrName{"hasattr-name", "hasattr's second argument must be a string literal"};

constexpr std::size_t kMaxChain = 100;  // each comparison nests one deeper
constexpr Diag<std::uint64_t> kLongChain{"comparison-chain", "more than {} comparisons in one chain"};

using Refinements = std::vector<Refinement>;

// Both hold. Two different claims about one variable are dropped.
Refinements all_of(const Refinements& a, const Refinements& b) {
  Refinements out = a;
  for (const Refinement& r : b) {
    const auto found = std::find_if(out.begin(), out.end(), [&](const Refinement& x) { return x.name == r.name; });
    if (found == out.end()) out.push_back(r);
    else if (!same(found->type, r.type)) out.erase(found);
  }
  return out;
}

// One of them holds: what both claim.
Refinements any_of(const Refinements& a, const Refinements& b) {
  Refinements out;
  for (const Refinement& r : a)
    if (std::any_of(b.begin(), b.end(), [&](const Refinement& x) { return x.name == r.name && same(x.type, r.type); }))
      out.push_back(r);
  return out;
}

enum class CanBeNone { kAlways, kMaybe, kNever };
CanBeNone can_be_none(const TypePtr& t) {
  if (t->kind() == TypeKind::kNone) return CanBeNone::kAlways;
  if (t->kind() == TypeKind::kOptional || t->kind() == TypeKind::kAny) return CanBeNone::kMaybe;
  if (t->kind() == TypeKind::kUnion && is_subtype(types::none(), t)) return CanBeNone::kMaybe;
  return CanBeNone::kNever;
}

TypePtr without_none(const TypePtr& t) {
  if (const TypePtr inner = optional_element(t)) return inner;
  if (t->kind() != TypeKind::kUnion) return nullptr;
  std::vector<TypePtr> rest;
  for (const auto& m : t->elements())
    if (m->kind() != TypeKind::kNone) rest.push_back(m);
  return types::union_of(std::move(rest));
}

// What two constants compare to; nullopt: not known here.
std::optional<bool> compared(CompareOp op, const Value* a, const Value* b) {
  if (!a || !b) return std::nullopt;
  const auto number = [](const Value& v) { return v.is_int() || v.is_bool(); };
  const auto whole = [](const Value& v) { return v.is_bool() ? std::int64_t{v.b()} : v.i(); };
  const auto told = [op](const auto& x, const auto& y) -> std::optional<bool> {
    switch (op) {
      case CompareOp::kEq: return x == y;
      case CompareOp::kNe: return x != y;
      case CompareOp::kLt: return x < y;
      case CompareOp::kLe: return x <= y;
      case CompareOp::kGt: return x > y;
      case CompareOp::kGe: return x >= y;
      default: return std::nullopt;
    }
  };
  if (number(*a) && number(*b)) return told(whole(*a), whole(*b));
  if (a->is_str() && b->is_str()) return told(a->str(), b->str());
  return std::nullopt;
}

}  // namespace

Condition Emitter::condition(const Expr& e) {
  if (const auto* u = e.try_as<Unary>(); u && u->op == UnaryOp::kNot) {
    Condition c = condition(*u->operand);
    std::swap(c.when_true, c.when_false);
    if (c.known) c.known = !*c.known;
    if (!c.value) return c;
    c.value = c.known ? constant(Value(*c.known), e.range) : call_operator("aten::__not__", {c.value}, e.range);
    return c;
  }
  if (const auto* l = e.try_as<Logical>()) return logical(*l);
  if (const auto* c = e.try_as<Compare>()) return compare(*c);
  if (const auto* call_expr = e.try_as<Call>()) {
    if (const auto* name = call_expr->callee->try_as<Name>(); name || call_expr->callee->kind == ExprKind::kAttribute) {
      const std::string_view text = name ? name->name.str() : call_expr->callee->as<Attribute>().name.str();
      if (text == "isinstance" || text == "hasattr") {
        const auto& args = call_expr->args;
        if (args.size() != 2) {
          error(e.range, kArgCount, text, args.size());
          return {};
        }
        return text == "isinstance" ? is_instance(*args[0].value, *args[1].value, e.range)
                                    : has_attribute(*args[0].value, *args[1].value, e.range);
      }
    }
  }
  Condition c;
  const bool raw = std::exchange(raw_attributes_, e.kind == ExprKind::kAttribute);
  const ValueId v = expression(e);
  raw_attributes_ = raw;
  if (const TypePtr inner = v && everyday() && e.kind == ExprKind::kAttribute ? optional_element(type(v)) : nullptr)
    if (const std::string path = dotted_name(e); !path.empty()) c.when_true.push_back({Symbol(path), inner, &e});
  c.value = everyday() ? truth(v, e.range) : to_bool(v, e.range);
  if (!c.value) return c;
  if (const auto* name = e.try_as<Name>(); name && everyday() && v)
    if (const TypePtr rest = without_none(type(v))) c.when_true.push_back({name->name, rest});
  // Literals and class constants decide at compile time; a variable that holds one does not.
  if (const Value* known = graph_.constant(c.value); known && known->is_bool() &&
      (e.kind != ExprKind::kName || (everyday() && !sees(e.as<Name>().name))))
    c.known = known->b();
  return c;
}

// Left to right: the right side of each step runs only where the left one has not decided.
Condition Emitter::logical(const Logical& e) {
  const bool is_and = e.op == LogicalOp::kAnd;
  Condition left = condition(*e.operands[0]);
  for (const Expr* operand : e.operands.subspan(1)) {
    if (left.known && *left.known != is_and) return left;
    if (left.known) {
      refine(is_and ? left.when_true : left.when_false, e.range);
      left = condition(*operand);
      continue;
    }
    if (!left.value) return {};
    Condition right;
    const auto run_right = [&] {
      right = condition(*operand);
      return right.value;
    };
    const auto shortcut = [&] { return constant(Value(!is_and), e.range); };
    Condition both;
    both.value = is_and ? branch_value(left, run_right, shortcut, e.range) : branch_value(left, shortcut, run_right, e.range);
    both.when_true = is_and ? all_of(left.when_true, right.when_true) : any_of(left.when_true, right.when_true);
    both.when_false = is_and ? any_of(left.when_false, right.when_false) : all_of(left.when_false, right.when_false);
    if (right.known && *right.known != is_and) both.known = right.known;
    left = std::move(both);
  }
  return left;
}

Condition Emitter::compare(const Compare& e) {
  if (e.parts.size() == 1) {
    const ComparePart& part = e.parts[0];
    const bool with_none = everyday() && part.right->kind == ExprKind::kNoneLit && (part.op == CompareOp::kEq || part.op == CompareOp::kNe);
    if (part.op == CompareOp::kIs || part.op == CompareOp::kIsNot || with_none)
      return is_none_test(*e.left, *part.right, part.op == CompareOp::kIsNot || part.op == CompareOp::kNe, e.range);
    Condition c;
    const auto* asked = part.right->try_as<Name>();
    const auto* name = e.left->try_as<StringLit>();
    if (asked && name && everyday() && (part.op == CompareOp::kIn || part.op == CompareOp::kNotIn) && sees(asked->name)) {
      const MeaningPtr m = lookup(asked->name, part.right->range);
      if (const auto* given = dynamic_cast<const KeywordsMeaning*>(m.get())) {
        c.known = (given->find(*this, name->value) != nullptr) == (part.op == CompareOp::kIn);
        c.value = constant(Value(*c.known), e.range);
        return c;
      }
    }
    const ValueId left = expression(*e.left), right = expression(*part.right);
    // An attribute that is a constant decides at compile time, as in `if self.stride == 2`.
    if (everyday() && left && right && (e.left->kind == ExprKind::kAttribute) != (part.right->kind == ExprKind::kAttribute) &&
        e.left->kind != ExprKind::kName && part.right->kind != ExprKind::kName)
      if ((c.known = compared(part.op, graph_.constant(left), graph_.constant(right)))) {
        c.value = constant(Value(*c.known), e.range);
        return c;
      }
    c.value = to_bool(compare_values(part.op, left, right, e.range), e.range);
    return c;
  }
  if (e.parts.size() > kMaxChain) {
    error(e.range, kLongChain, kMaxChain);
    return {};
  }
  // a < b < c: b is computed once, c only where a < b.
  const std::function<ValueId(ValueId, std::size_t)> chain = [&](ValueId left, std::size_t i) -> ValueId {
    const ComparePart& part = e.parts[i];
    const ValueId right = expression(*part.right);
    const ValueId here = to_bool(compare_values(part.op, left, right, e.range), e.range);
    if (i + 1 == e.parts.size()) return here;
    Condition c;
    c.value = here;
    return branch_value(c, [&] { return chain(right, i + 1); }, [&] { return constant(Value(false), e.range); }, e.range);
  };
  Condition out;
  out.value = chain(expression(*e.left), 0);
  return out;
}

Condition Emitter::is_none_test(const Expr& left, const Expr& right, bool negated, Range at) {
  const bool raw = std::exchange(raw_attributes_, left.kind == ExprKind::kAttribute);
  const ValueId l = expression(left);
  raw_attributes_ = raw;
  const ValueId r = expression(right);
  if (!l || !r) return {};
  const CanBeNone a = can_be_none(type(l)), b = can_be_none(type(r));
  Condition out;
  if ((a == CanBeNone::kAlways && b != CanBeNone::kMaybe) || (b == CanBeNone::kAlways && a != CanBeNone::kMaybe)) {
    const bool is = a == b;
    out.known = is != negated;
    out.value = constant(Value(*out.known), at);
    return out;
  }
  if (everyday() && as_enum(type(l)) && as_enum(type(r))) {  // a member is one object in Python, and several equal ones here
    out.value = compare_values(negated ? CompareOp::kNe : CompareOp::kEq, l, r, at);
    return out;
  }
  out.value = call_operator(negated ? "aten::__isnot__" : "aten::__is__", {l, r}, at);
  if (everyday() && left.kind == ExprKind::kAttribute && b == CanBeNone::kAlways && a == CanBeNone::kMaybe)
    if (const std::string path = dotted_name(left); !path.empty() && optional_element(type(l)))
      (negated ? out.when_true : out.when_false).push_back({Symbol(path), optional_element(type(l)), &left});
  const auto* name = left.try_as<Name>();
  if (name && b == CanBeNone::kAlways && a == CanBeNone::kMaybe)
    if (const TypePtr rest = without_none(type(l))) {
      Refinements& some = negated ? out.when_true : out.when_false;
      some.push_back({name->name, rest});
      if (type(l)->kind() == TypeKind::kUnion) (negated ? out.when_false : out.when_true).push_back({name->name, types::none()});
    }
  return out;
}

Condition Emitter::is_instance(const Expr& object, const Expr& info, Range at) {
  const ValueId v = expression(object);
  if (!v) return {};
  const TypePtr have = type(v);
  std::vector<TypePtr> members{have};
  if (have->kind() == TypeKind::kOptional) members = {have->element(), types::none()};
  else if (have->kind() == TypeKind::kUnion) members.assign(have->elements().begin(), have->elements().end());
  else if (have->kind() == TypeKind::kNumber) members = {types::int_(), types::float_(), types::complex_()};
  std::vector<TypePtr> asked;
  if (!types_.read_class_info(info, asked, members)) return {};

  std::vector<TypePtr> yes, no;
  bool always = true;
  for (const TypePtr& m : members) {
    if (m->kind() == TypeKind::kAny) {
      yes = asked;
      no.push_back(m);
      always = false;
      break;
    }
    TypePtr found;
    for (const TypePtr& t : asked) {
      if (is_subtype(m, t)) {
        found = m;
        break;
      }
      if (is_subtype(t, m)) found = found ? unify(found, t, true) : t;
    }
    if (found) yes.push_back(found);
    if (!found || !same(found, m)) {
      no.push_back(m);
      always = false;
    }
  }
  Condition out;
  if (const auto* name = object.try_as<Name>()) {
    if (!yes.empty()) out.when_true.push_back({name->name, types::union_of(yes)});
    if (!no.empty()) out.when_false.push_back({name->name, types::union_of(no)});
  }
  if (always || yes.empty()) {
    out.known = always;
    out.value = constant(Value(always), at);
    return out;
  }
  out.value = emit("prim::isinstance", {v}, types::bool_(), at);
  graph_.set_attr(graph_.value(out.value).producer, Symbol("types"), asked);
  return out;
}

Condition Emitter::has_attribute(const Expr& object, const Expr& name, Range at) {
  const MeaningPtr m = meaning(object);
  const auto* text = name.try_as<StringLit>();
  if (!text) error(name.range, kHasAttrName);
  if (!m || !text) return {};
  Condition out;
  out.known = m->has_attribute(*this, at, text->value);
  out.value = constant(Value(*out.known), at);
  return out;
}

}  // namespace fac::script
