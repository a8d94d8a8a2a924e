// Blocks, recovery after errors, and simple statements.
#include "frontend/script/parser_impl.h"

namespace fac::script {
namespace {

constexpr Diag<> kUnexpectedIndent{"unexpected-indent", "this line is indented, but no block starts here"};
constexpr Diag<std::string_view> kExpectedBlock{"expected-block", "expected an indented block after {}"};
constexpr Diag<std::string> kExpectedLineEnd{"expected-line-end", "expected the end of the statement, found {}"};
constexpr Diag<std::string_view, std::string> kBadTarget{"bad-target", "unexpected expression on left-hand side of assignment: cannot {} {}"};
constexpr Diag<> kOneTarget{"augmented-target", "augmented assignment can only have one LHS expression"};
constexpr Diag<> kPack{"star-target", "Cannot pack a tuple into a non-variable"};
constexpr Diag<> kSeveralStars{"several-stars", "Only one starred expression is allowed on the lhs"};
constexpr Diag<std::string> kExpectedImport{"expected-import", "expected a name to import, found {}"};
constexpr Diag<> kLoneStar{"starred-target",
                           "A Starred expression may only appear on the lhs within the presence of another non-starred expression"};
constexpr Diag<std::string_view> kStrayClause{"stray-clause", "`{}` without the statement that it belongs to"};

// How a message calls an expression that is no target.
std::string describe(const Expr& e) {
  switch (e.kind) {
    case ExprKind::kCall: return "a call";
    case ExprKind::kNoneLit: return "`None`";
    case ExprKind::kBoolLit: return fmt("`{}`", e.range.text());
    case ExprKind::kIntLit: case ExprKind::kBigIntLit: case ExprKind::kFloatLit: case ExprKind::kImagLit:
    case ExprKind::kStringLit: case ExprKind::kBytesLit: case ExprKind::kFString: case ExprKind::kEllipsisLit:
      return "a literal";
    case ExprKind::kCompare: return "a comparison";
    case ExprKind::kLambda: return "a lambda";
    case ExprKind::kTernary: return "a conditional expression";
    case ExprKind::kDict: case ExprKind::kSet: return "a display in braces";
    case ExprKind::kComprehension: return "a comprehension";
    default: return "an expression with operators";
  }
}

bool assignment_op(Tok t, BinaryOp& op) {
  switch (t) {
    case Tok::kPlusEqual: op = BinaryOp::kAdd; return true;
    case Tok::kMinusEqual: op = BinaryOp::kSub; return true;
    case Tok::kStarEqual: op = BinaryOp::kMul; return true;
    case Tok::kStarStarEqual: op = BinaryOp::kPow; return true;
    case Tok::kSlashEqual: op = BinaryOp::kDiv; return true;
    case Tok::kSlashSlashEqual: op = BinaryOp::kFloorDiv; return true;
    case Tok::kPercentEqual: op = BinaryOp::kMod; return true;
    case Tok::kAtEqual: op = BinaryOp::kMatMul; return true;
    case Tok::kShiftLeftEqual: op = BinaryOp::kShiftLeft; return true;
    case Tok::kShiftRightEqual: op = BinaryOp::kShiftRight; return true;
    case Tok::kAmpersandEqual: op = BinaryOp::kBitAnd; return true;
    case Tok::kBarEqual: op = BinaryOp::kBitOr; return true;
    case Tok::kCaretEqual: op = BinaryOp::kBitXor; return true;
    default: return false;
  }
}

}  // namespace

void Parser::statements(std::vector<const Stmt*>& out, bool in_block) {
  while (!at(Tok::kEnd) && !(in_block && at(Tok::kDedent))) {
    const std::uint32_t first_token = at_;
    if (at(Tok::kIndent)) {
      fail(here(), kUnexpectedIndent);
    } else if (at(Tok::kDedent) || at(Tok::kNewline)) {  // left over from an error that was reported
      next();
      continue;
    } else if (const Stmt* compound = compound_statement()) {
      if (!has_failed()) out.push_back(compound);
    } else if (!has_failed()) {
      simple_statements(out);
    }
    if (has_failed()) out.push_back(recover(first_token));
  }
}

// After the header's colon: an indented block, or simple statements on the same line.
Block Parser::block(std::string_view owner) {
  if (has_failed()) return {};
  const Level level(*this);
  if (!level.ok) return {};
  std::vector<const Stmt*> body;
  if (!accept(Tok::kNewline)) {
    const std::uint32_t first_token = at_;
    simple_statements(body);
    if (has_failed()) body.push_back(recover(first_token));
    return keep(body);
  }
  if (!accept(Tok::kIndent)) {
    fail(here(), kExpectedBlock, owner);
    return {};
  }
  statements(body, true);
  accept(Tok::kDedent);
  return keep(body);
}

void Parser::simple_statements(std::vector<const Stmt*>& out) {
  do {
    if (const Stmt* s = simple_statement(); !has_failed()) out.push_back(s);
  } while (accept(Tok::kSemicolon) && !at(Tok::kNewline));
  if (!accept(Tok::kNewline)) fail(here(), kExpectedLineEnd, found());
}

const Stmt* Parser::simple_statement() {
  const std::uint32_t begin = begin_here();
  const auto ends = [this] { return at(Tok::kNewline) || at(Tok::kSemicolon); };
  switch (const Tok kind = peek()) {
    case Tok::kPass: next(); return make<Pass>(since(begin));
    case Tok::kBreak: next(); return make<Break>(since(begin));
    case Tok::kContinue: next(); return make<Continue>(since(begin));
    case Tok::kReturn: {
      next();
      const Expr* value = ends() ? nullptr : expression_list();
      Return* node = make<Return>(since(begin));
      node->value = value;
      return node;
    }
    case Tok::kRaise: {
      next();
      const Expr* exception = ends() ? nullptr : expression();
      const Expr* cause = exception && accept(Tok::kFrom) ? expression() : nullptr;
      Raise* node = make<Raise>(since(begin));
      node->exception = exception;
      node->cause = cause;
      return node;
    }
    case Tok::kAssert: {
      next();
      const Expr* condition = named_expression();
      const Expr* message = accept(Tok::kComma) ? expression() : nullptr;
      Assert* node = make<Assert>(since(begin));
      node->condition = condition;
      node->message = message;
      return node;
    }
    case Tok::kDel: {
      next();
      std::vector<const Expr*> targets;
      do targets.push_back(binary(kPowerBitOr));
      while (accept(Tok::kComma) && !ends());
      for (const Expr* target : targets) check_target(target, "delete");
      Delete* node = make<Delete>(since(begin));
      node->targets = keep(targets);
      return node;
    }
    case Tok::kName:
      if (const Stmt* form = simple_form()) return form;
      return expression_statement();
    case Tok::kGlobal: return names_statement<Global>();
    case Tok::kNonlocal: return names_statement<Nonlocal>();
    case Tok::kImport: return import_statement();
    case Tok::kFrom: return import_from_statement();
    case Tok::kElif: case Tok::kElse: case Tok::kExcept: case Tok::kFinally:
      fail(here(), kStrayClause, spelling(kind));
      return nullptr;
    default: return expression_statement();
  }
}

const Stmt* Parser::simple_form() {
#define FACULA_COMPOUND_FORM(word)
#define FACULA_SIMPLE_FORM(word) \
  if (token_text(at_) == #word)  \
    if (const Stmt* s = word##_form(*this)) return s;
#include "frontend/script/forms.def"
#undef FACULA_COMPOUND_FORM
#undef FACULA_SIMPLE_FORM
  return nullptr;
}

template <class T>
const Stmt* Parser::names_statement() {
  const std::uint32_t begin = begin_here();
  next();
  std::vector<Symbol> names;
  do names.push_back(expect_name("a name"));
  while (accept(Tok::kComma));
  T* node = make<T>(since(begin));
  node->names = keep(names);
  return node;
}

// Marks the narrowest part that cannot be assigned to.
bool Parser::check_target(const Expr* target, std::string_view verb) {
  if (has_failed()) return false;
  switch (target->kind) {
    case ExprKind::kName: case ExprKind::kAttribute: case ExprKind::kSubscript: return true;
    case ExprKind::kTuple: case ExprKind::kList: {
      const Exprs items = target->kind == ExprKind::kTuple ? target->as<Tuple>().items : target->as<List>().items;
      bool has_star = false;
      for (const Expr* item : items) {
        if (const Starred* star = item->try_as<Starred>()) {
          if (has_star) fail(item->range, kSeveralStars);
          has_star = true;
          item = star->value;
          if (item->kind != ExprKind::kName && item->kind != ExprKind::kAttribute && item->kind != ExprKind::kSubscript)
            fail(item->range, kPack);
        }
        if (!check_target(item, verb)) return false;
      }
      return !has_failed();
    }
    case ExprKind::kStarred: fail(target->range, kLoneStar); return false;
    default: fail(target->range, kBadTarget, verb, describe(*target)); return false;
  }
}

const Stmt* Parser::expression_statement() {
  const std::uint32_t begin = begin_here();
  const Expr* first = expression_list();
  if (at(Tok::kEqual)) return assignment(first, begin);
  if (at(Tok::kColon)) {
    if (first->kind != ExprKind::kName && first->kind != ExprKind::kAttribute && first->kind != ExprKind::kSubscript) {
      fail(first->range, kBadTarget, "annotate", describe(*first));
      return nullptr;
    }
    next();
    const Expr* annotation = expression();
    const Expr* value = accept(Tok::kEqual) ? expression_list() : nullptr;
    AnnAssign* node = make<AnnAssign>(since(begin));
    node->target = first;
    node->annotation = annotation;
    node->value = value;
    return node;
  }
  BinaryOp op;
  if (assignment_op(peek(), op)) {
    if (first->kind != ExprKind::kName && first->kind != ExprKind::kAttribute && first->kind != ExprKind::kSubscript) {
      if (first->kind == ExprKind::kTuple) fail(first->range, kOneTarget);
      fail(first->range, kBadTarget, "update", describe(*first));
      return nullptr;
    }
    const Range op_range = here();
    next();
    const Expr* value = expression_list();
    AugAssign* node = make<AugAssign>(since(begin));
    node->op = op;
    node->op_range = op_range;
    node->target = first;
    node->value = value;
    return node;
  }
  ExprStmt* node = make<ExprStmt>(since(begin));
  node->value = first;
  return node;
}

const Stmt* Parser::assignment(const Expr* first, std::uint32_t begin) {
  std::vector<const Expr*> chain{first};
  while (accept(Tok::kEqual)) {
    check_target(chain.back(), "assign to");
    chain.push_back(expression_list());
  }
  Assign* node = make<Assign>(since(begin));
  node->value = chain.back();
  chain.pop_back();
  node->targets = keep(chain);
  if (at(Tok::kNewline))
    if (const TypeComment* comment = comment_before(at_)) node->type_comment = type_comment(*comment);
  return node;
}

// a.b.c as one symbol.
Symbol Parser::dotted_name(std::string_view what) {
  Symbol name = expect_name(what);
  if (!at(Tok::kDot)) return name;
  std::string text(name.str());
  while (accept(Tok::kDot)) {
    text += '.';
    text += expect_name(what).str();
  }
  return Symbol(text);
}

const Stmt* Parser::import_statement() {
  const std::uint32_t begin = begin_here();
  next();
  std::vector<ImportName> names;
  do {
    ImportName item;
    const std::uint32_t item_begin = begin_here();
    item.name = dotted_name("the name of a module");
    if (accept(Tok::kAs)) item.alias = expect_name("a name after `as`");
    item.range = since(item_begin);
    names.push_back(item);
  } while (accept(Tok::kComma));
  Import* node = make<Import>(since(begin));
  node->names = keep(names);
  return node;
}

const Stmt* Parser::import_from_statement() {
  const std::uint32_t begin = begin_here();
  next();
  std::uint32_t level = 0;
  for (; at(Tok::kDot) || at(Tok::kEllipsis); next()) level += at(Tok::kDot) ? 1 : 3;
  const Symbol module = level > 0 && at(Tok::kImport) ? Symbol() : dotted_name("the name of a module");
  expect(Tok::kImport, "after the module's name");
  const bool in_parens = accept(Tok::kOpenParen);
  std::vector<ImportName> names;
  do {
    if (in_parens && at(Tok::kCloseParen)) break;
    ImportName item;
    const std::uint32_t item_begin = begin_here();
    if (!in_parens && names.empty() && accept(Tok::kStar)) {
      item.name = Symbol("*");
    } else {
      if (!at(Tok::kName)) fail(here(), kExpectedImport, found());
      item.name = expect_name("a name");
      if (accept(Tok::kAs)) item.alias = expect_name("a name after `as`");
    }
    item.range = since(item_begin);
    names.push_back(item);
  } while (accept(Tok::kComma));
  if (names.empty()) fail(here(), kExpectedImport, found());
  if (in_parens) expect(Tok::kCloseParen, "after the imported names");
  ImportFrom* node = make<ImportFrom>(since(begin));
  node->module = module;
  node->level = level;
  node->names = keep(names);
  return node;
}

}  // namespace fac::script
