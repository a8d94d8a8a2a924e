// Expressions: operators by a table of binding powers (Pratt), the rest by recursive descent.
// Longer than most files: the levels of one recursive descent.
#include <algorithm>
#include <array>

#include "frontend/script/parser_impl.h"

namespace fac::script {
namespace {

constexpr Diag<std::string> kExpectedExpression{"expected-expression", "expected an expression, found {}"};
constexpr Diag<> kNotNeedsParens{"not-needs-parentheses", "`not` binds weaker than what stands before it; put it in parentheses"};
constexpr Diag<> kPositionalAfterKeyword{"positional-after-keyword", "positional argument follows a keyword argument"};
constexpr Diag<Symbol> kRepeatedKeyword{"repeated-keyword", "keyword argument `{}` is given twice"};
constexpr Diag<> kGeneratorArgument{"generator-argument", "a generator expression beside other arguments needs parentheses"};
constexpr Diag<> kWalrusTarget{"walrus-target", "only a plain name can stand before `:=`"};
constexpr Diag<> kEmptyIndex{"empty-index", "expected an index between `[` and `]`"};
constexpr Diag<> kTernaryElse{"ternary-without-else", "expected `else` after `if` inside an expression"};

enum class Infix : std::uint8_t { kNone, kBinary, kCompare, kLogical };
struct InfixRule {
  Infix form = Infix::kNone;
  Power power = kPowerNone;
  BinaryOp op = BinaryOp::kAdd;
};

constexpr std::size_t index_of(Tok t) { return static_cast<std::size_t>(t); }

constexpr std::array<InfixRule, kTokCount> kInfix = [] {
  std::array<InfixRule, kTokCount> t{};
  const auto binary = [&](Tok tok, Power power, BinaryOp op) { t[index_of(tok)] = {Infix::kBinary, power, op}; };
  binary(Tok::kBar, kPowerBitOr, BinaryOp::kBitOr);
  binary(Tok::kCaret, kPowerBitXor, BinaryOp::kBitXor);
  binary(Tok::kAmpersand, kPowerBitAnd, BinaryOp::kBitAnd);
  binary(Tok::kShiftLeft, kPowerShift, BinaryOp::kShiftLeft);
  binary(Tok::kShiftRight, kPowerShift, BinaryOp::kShiftRight);
  binary(Tok::kPlus, kPowerSum, BinaryOp::kAdd);
  binary(Tok::kMinus, kPowerSum, BinaryOp::kSub);
  binary(Tok::kStar, kPowerProduct, BinaryOp::kMul);
  binary(Tok::kSlash, kPowerProduct, BinaryOp::kDiv);
  binary(Tok::kSlashSlash, kPowerProduct, BinaryOp::kFloorDiv);
  binary(Tok::kPercent, kPowerProduct, BinaryOp::kMod);
  binary(Tok::kAt, kPowerProduct, BinaryOp::kMatMul);
  binary(Tok::kStarStar, kPowerPow, BinaryOp::kPow);
  for (const Tok tok : {Tok::kEqualEqual, Tok::kNotEqual, Tok::kLess, Tok::kLessEqual, Tok::kGreater,
                        Tok::kGreaterEqual, Tok::kIn, Tok::kNot, Tok::kIs})
    t[index_of(tok)] = {Infix::kCompare, kPowerCompare, BinaryOp::kAdd};
  t[index_of(Tok::kAnd)] = {Infix::kLogical, kPowerAnd, BinaryOp::kAdd};
  t[index_of(Tok::kOr)] = {Infix::kLogical, kPowerOr, BinaryOp::kAdd};
  return t;
}();

bool ends_expression_list(Tok t) {
  switch (t) {
    case Tok::kNewline: case Tok::kEnd: case Tok::kEqual: case Tok::kColon: case Tok::kSemicolon:
    case Tok::kCloseParen: case Tok::kCloseBracket: case Tok::kCloseBrace: case Tok::kIn: return true;
    default: return t >= Tok::kPlusEqual && t <= Tok::kCaretEqual;
  }
}

}  // namespace

Power power_of(BinaryOp op) {
  for (const InfixRule& rule : kInfix)
    if (rule.form == Infix::kBinary && rule.op == op) return rule.power;
  return kPowerNone;
}

const Expr* Parser::expression() {
  if (at(Tok::kLambda)) return lambda();
  const Expr* e = binary(kPowerOr);
  return at(Tok::kIf) ? ternary(e) : e;
}

const Expr* Parser::ternary(const Expr* then_value) {
  const Level level(*this);
  if (!level.ok) return then_value;
  next();
  const Expr* condition = binary(kPowerOr);
  if (!accept(Tok::kElse)) {
    fail(here(), kTernaryElse);
    return then_value;
  }
  const Expr* else_value = expression();
  Ternary* node = make<Ternary>(since(then_value->range.begin));
  node->condition = condition;
  node->then_value = then_value;
  node->else_value = else_value;
  deepen(node, condition);
  deepen(node, then_value);
  deepen(node, else_value);
  return node;
}

const Expr* Parser::lambda() {
  const Level level(*this);
  if (!level.ok) return placeholder();
  const std::uint32_t begin = begin_here();
  next();
  const std::span<const Param> params = parameters(Tok::kColon, true);
  expect(Tok::kColon, "after the parameters of `lambda`");
  const Expr* body = expression();
  Lambda* node = make<Lambda>(since(begin));
  node->params = params;
  node->body = body;
  for (const Param& p : params) deepen(node, p.default_value);
  deepen(node, body);
  return node;
}

const Expr* Parser::named_expression() {
  const Expr* e = expression();
  if (!at(Tok::kColonEqual)) return e;
  if (e->kind != ExprKind::kName) {
    fail(e->range, kWalrusTarget);
    return e;
  }
  next();
  const Expr* value = expression();
  Walrus* node = make<Walrus>(since(e->range.begin));
  node->target = e->as<Name>().name;
  node->target_range = e->range;
  node->value = value;
  deepen(node, value);
  return node;
}

const Expr* Parser::star_or(const Expr* (Parser::*item)()) {
  if (!at(Tok::kStar)) return (this->*item)();
  const std::uint32_t begin = begin_here();
  next();
  const Expr* value = binary(kPowerBitOr);
  Starred* node = make<Starred>(since(begin));
  node->value = value;
  deepen(node, value);
  return node;
}

const Expr* Parser::bare_tuple(const Expr* first, std::uint32_t begin, bool (*ends)(Tok)) {
  std::vector<const Expr*> items{first};
  while (accept(Tok::kComma) && !ends(peek())) items.push_back(star_or(&Parser::named_expression));
  Tuple* node = make<Tuple>(since(begin));
  node->items = keep(items);
  deepen(node, node->items);
  return node;
}

const Expr* Parser::expression_list() {
  const std::uint32_t begin = begin_here();
  const Expr* first = star_or(&Parser::named_expression);
  if (at(Tok::kComma)) return bare_tuple(first, begin, ends_expression_list);
  if (first->kind == ExprKind::kStarred) fail(first->range, kStarAlone);
  return first;
}

const Expr* Parser::target_list() {
  const std::uint32_t begin = begin_here();
  const auto item = [this] {
    if (!at(Tok::kStar)) return binary(kPowerBitOr);
    return star_or(&Parser::expression);
  };
  const Expr* first = item();
  if (!at(Tok::kComma)) return first;
  std::vector<const Expr*> items{first};
  while (accept(Tok::kComma) && !at(Tok::kIn) && !has_failed()) items.push_back(item());
  Tuple* node = make<Tuple>(since(begin));
  node->items = keep(items);
  deepen(node, node->items);
  return node;
}

const Expr* Parser::binary(Power min) {
  const Level level(*this);
  if (!level.ok) return placeholder();
  const Expr* left = prefix(min);
  while (true) {
    const InfixRule rule = kInfix[index_of(peek())];
    if (rule.form == Infix::kNone || rule.power < min) return left;
    if (rule.form == Infix::kCompare) {
      if (at(Tok::kNot) && peek(1) != Tok::kIn) return left;
      left = compare(left);
    } else if (rule.form == Infix::kLogical) {
      left = logical(left, peek());
    } else {
      const Range op_range = here();
      next();
      // ** groups to the right, and takes a sign on its right side: 2 ** -x ** y is 2 ** (-(x ** y)).
      const Expr* right = binary(rule.op == BinaryOp::kPow ? kPowerUnary : static_cast<Power>(rule.power + 1));
      Binary* node = make<Binary>(since(left->range.begin));
      node->op = rule.op;
      node->op_range = op_range;
      node->left = left;
      node->right = right;
      deepen(node, left);
      deepen(node, right);
      left = node;
    }
  }
}

const Expr* Parser::compare(const Expr* left) {
  std::vector<ComparePart> parts;
  const std::uint32_t begin = left->range.begin;
  while (kInfix[index_of(peek())].form == Infix::kCompare && !(at(Tok::kNot) && peek(1) != Tok::kIn)) {
    ComparePart part;
    const std::uint32_t op_begin = begin_here();
    switch (peek()) {
      case Tok::kEqualEqual: part.op = CompareOp::kEq; break;
      case Tok::kNotEqual: part.op = CompareOp::kNe; break;
      case Tok::kLess: part.op = CompareOp::kLt; break;
      case Tok::kLessEqual: part.op = CompareOp::kLe; break;
      case Tok::kGreater: part.op = CompareOp::kGt; break;
      case Tok::kGreaterEqual: part.op = CompareOp::kGe; break;
      case Tok::kIn: part.op = CompareOp::kIn; break;
      case Tok::kNot:
        next();
        part.op = CompareOp::kNotIn;
        break;
      default:
        part.op = peek(1) == Tok::kNot ? CompareOp::kIsNot : CompareOp::kIs;
        if (part.op == CompareOp::kIsNot) next();
    }
    next();
    part.op_range = since(op_begin);
    part.right = binary(kPowerBitOr);
    parts.push_back(part);
  }
  Compare* node = make<Compare>(since(begin));
  node->left = left;
  node->parts = keep(parts);
  deepen(node, left);
  for (const ComparePart& part : parts) deepen(node, part.right);
  return node;
}

const Expr* Parser::logical(const Expr* left, Tok op) {
  const Power power = op == Tok::kAnd ? kPowerAnd : kPowerOr;
  std::vector<const Expr*> operands{left};
  while (accept(op)) operands.push_back(binary(static_cast<Power>(power + 1)));
  Logical* node = make<Logical>(since(left->range.begin));
  node->op = op == Tok::kAnd ? LogicalOp::kAnd : LogicalOp::kOr;
  node->operands = keep(operands);
  deepen(node, node->operands);
  return node;
}

const Expr* Parser::prefix(Power min) {
  UnaryOp op;
  switch (peek()) {
    case Tok::kMinus: op = UnaryOp::kNeg; break;
    case Tok::kPlus: op = UnaryOp::kPos; break;
    case Tok::kTilde: op = UnaryOp::kInvert; break;
    case Tok::kNot: op = UnaryOp::kNot; break;
    default: return postfix(atom());
  }
  const std::uint32_t begin = begin_here();
  if (op == UnaryOp::kNot && min > kPowerNot) {
    fail(here(), kNotNeedsParens);
    return placeholder();
  }
  next();
  const Expr* operand = binary(op == UnaryOp::kNot ? kPowerNot : kPowerUnary);
  if (op == UnaryOp::kNeg && operand->kind == ExprKind::kBigIntLit && operand->range.text() == "9223372036854775808") {
    IntLit* node = make<IntLit>(since(begin));
    node->value = INT64_MIN;
    return node;
  }
  Unary* node = make<Unary>(since(begin));
  node->op = op;
  node->operand = operand;
  deepen(node, operand);
  return node;
}

const Expr* Parser::postfix(const Expr* head) {
  while (true) {
    switch (peek()) {
      case Tok::kDot: {
        next();
        Attribute* node = make<Attribute>({});
        node->object = head;
        // Attributes of modules may be called like a keyword: self.lambda, from setattr or an archive.
        if (is_keyword(peek())) {
          node->name_range = here();
          node->name = Symbol(token_text(at_));
          next();
        } else {
          node->name = expect_name("a name after `.`", &node->name_range);
        }
        node->range = since(head->range.begin);
        deepen(node, head);
        head = node;
        break;
      }
      case Tok::kOpenParen: head = call(head); break;
      case Tok::kOpenBracket: head = subscript(head); break;
      default: return head;
    }
  }
}

const Expr* Parser::call(const Expr* callee) {
  next();
  Call* node = make<Call>({});
  node->callee = callee;
  node->range = {file_, callee->range.begin, begin_here()};
  deepen(node, callee);
  node->args = arguments(node);
  node->range = since(callee->range.begin);
  return node;
}

// After `(`, up to and with `)`.
std::span<const Arg> Parser::arguments(Expr* owner) {
  std::vector<Arg> args;
  bool has_keyword = false;
  const Expr* generator = nullptr;
  while (!at(Tok::kCloseParen) && !has_failed()) {
    Arg arg;
    const std::uint32_t begin = begin_here();
    if (accept(Tok::kStar)) {
      arg.kind = ArgKind::kStar;
      arg.value = expression();
    } else if (accept(Tok::kStarStar)) {
      arg.kind = ArgKind::kDoubleStar;
      arg.value = expression();
      has_keyword = true;
    } else if (at(Tok::kName) && peek(1) == Tok::kEqual) {
      arg.kind = ArgKind::kKeyword;
      arg.name = Symbol(token_text(at_));
      next();
      next();
      arg.value = expression();
      has_keyword = true;
    } else {
      arg.value = named_expression();
      if (at(Tok::kFor)) {
        arg.value = comprehension(ComprehensionForm::kGenerator, arg.value, nullptr, arg.value->range.begin);
        generator = arg.value;
      } else if (has_keyword) {
        fail(arg.value->range, kPositionalAfterKeyword);
      }
    }
    arg.range = since(begin);
    deepen(owner, arg.value);
    args.push_back(arg);
    if (at(Tok::kCloseParen)) break;
    if (!accept(Tok::kComma)) fail(here(), kExpectedComma, found(), ")");
  }
  if (generator && args.size() > 1) fail(generator->range, kGeneratorArgument);
  expect(Tok::kCloseParen, "after the arguments");
  if (has_keyword && args.size() > 1) check_repeated_keywords(args);
  return keep(args);
}

void Parser::check_repeated_keywords(std::span<const Arg> args) {
  std::vector<const Arg*> sorted;
  for (const Arg& a : args)
    if (a.kind == ArgKind::kKeyword) sorted.push_back(&a);
  std::stable_sort(sorted.begin(), sorted.end(), [](const Arg* a, const Arg* b) { return a->name < b->name; });
  for (std::size_t i = 1; i < sorted.size(); ++i)
    if (sorted[i]->name == sorted[i - 1]->name) fail(sorted[i]->range, kRepeatedKeyword, sorted[i]->name);
}

const Expr* Parser::subscript(const Expr* object) {
  next();
  Subscript* node = make<Subscript>({file_, object->range.begin, object->range.end});
  std::vector<const Expr*> indices;
  if (at(Tok::kCloseBracket)) fail(here(), kEmptyIndex);
  while (!at(Tok::kCloseBracket) && !has_failed()) {
    indices.push_back(slice_or_index());
    if (at(Tok::kCloseBracket)) break;
    if (!accept(Tok::kComma)) fail(here(), kExpectedComma, found(), "]");
    node->is_tuple = true;
  }
  expect(Tok::kCloseBracket, "after the index");
  node->object = object;
  node->indices = keep(indices);
  node->range = since(object->range.begin);
  deepen(node, object);
  deepen(node, node->indices);
  return node;
}

const Expr* Parser::slice_or_index() {
  const std::uint32_t begin = begin_here();
  const auto ends_bound = [this] { return at(Tok::kColon) || at(Tok::kComma) || at(Tok::kCloseBracket); };
  const Expr* lower = nullptr;
  if (!at(Tok::kColon)) {
    lower = star_or(&Parser::named_expression);
    if (!at(Tok::kColon)) return lower;
  }
  next();
  const Expr* upper = ends_bound() ? nullptr : expression();
  const Expr* step = accept(Tok::kColon) && !ends_bound() ? expression() : nullptr;
  Slice* node = make<Slice>(since(begin));
  node->lower = lower;
  node->upper = upper;
  node->step = step;
  deepen(node, lower);
  deepen(node, upper);
  deepen(node, step);
  return node;
}

const Expr* Parser::atom() {
  const Range range = here();
  switch (const Tok kind = peek()) {
    case Tok::kName: {
      Name* node = make<Name>(range);
      node->name = Symbol(token_text(at_));
      next();
      return node;
    }
    case Tok::kNone: next(); return make<NoneLit>(range);
    case Tok::kTrue: case Tok::kFalse: {
      BoolLit* node = make<BoolLit>(range);
      node->value = kind == Tok::kTrue;
      next();
      return node;
    }
    case Tok::kEllipsis: next(); return make<EllipsisLit>(range);
    case Tok::kInt: return integer();
    case Tok::kFloat: case Tok::kImag: return floating(kind);
    case Tok::kString: return strings();
    case Tok::kOpenParen: return parenthesised();
    case Tok::kOpenBracket: return list_display();
    case Tok::kOpenBrace: return brace_display();
    case Tok::kAwait: fail(range, kUnsupportedWord, "Await"); break;
    case Tok::kYield: fail(range, kUnsupportedWord, "Yield"); break;
    case Tok::kAsync: fail(range, kUnsupportedWord, "Async"); break;
    default: fail(range, kExpectedExpression, found());
  }
  return placeholder();
}

}  // namespace fac::script
