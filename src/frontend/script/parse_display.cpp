// Displays: what stands in parentheses, brackets and braces, and comprehensions.
#include "frontend/script/parser_impl.h"

namespace fac::script {
namespace {

constexpr Diag<> kDictAndSet{"dict-and-set", "a display in braces is either a dict with `key: value` items or a set"};
constexpr Diag<> kUnpackInComprehension{"unpack-in-comprehension", "unpacking is not possible in a comprehension"};

}  // namespace

const Expr* Parser::parenthesised() {
  const std::uint32_t begin = begin_here();
  next();
  if (accept(Tok::kCloseParen)) return make<Tuple>(since(begin));
  const Expr* first = star_or(&Parser::named_expression);
  if (at(Tok::kFor) || at(Tok::kAsync)) {
    const Expr* node = comprehension(ComprehensionForm::kGenerator, first, nullptr, begin);
    expect(Tok::kCloseParen, "after the generator expression");
    return node;
  }
  if (at(Tok::kComma)) {
    const Expr* tuple = bare_tuple(first, begin, [](Tok t) { return t == Tok::kCloseParen || t == Tok::kEnd; });
    if (!at(Tok::kCloseParen)) fail(here(), kExpectedComma, found(), ")");
    next();
    const_cast<Expr*>(tuple)->range = since(begin);  // made just above: the parentheses belong to a tuple
    return tuple;
  }
  if (first->kind == ExprKind::kStarred) fail(first->range, kStarAlone);
  expect(Tok::kCloseParen, "to close the parenthesis");
  return first;
}

const Expr* Parser::list_display() {
  const std::uint32_t begin = begin_here();
  next();
  std::vector<const Expr*> items;
  while (!at(Tok::kCloseBracket) && !has_failed()) {
    items.push_back(star_or(&Parser::named_expression));
    if (items.size() == 1 && (at(Tok::kFor) || at(Tok::kAsync))) {
      const Expr* node = comprehension(ComprehensionForm::kList, items[0], nullptr, begin);
      expect(Tok::kCloseBracket, "after the comprehension");
      const_cast<Expr*>(node)->range = since(begin);  // the bracket belongs to it
      return node;
    }
    if (at(Tok::kCloseBracket)) break;
    if (!accept(Tok::kComma)) fail(here(), kExpectedComma, found(), "]");
  }
  expect(Tok::kCloseBracket, "to close the list");
  List* node = make<List>(since(begin));
  node->items = keep(items);
  deepen(node, node->items);
  return node;
}

const Expr* Parser::brace_display() {
  const std::uint32_t begin = begin_here();
  next();
  std::vector<const Expr*> members;
  std::vector<DictItem> items;
  while (!at(Tok::kCloseBrace) && !has_failed()) {
    DictItem item;
    if (accept(Tok::kStarStar)) {
      item.value = binary(kPowerBitOr);
    } else {
      const Expr* first = star_or(&Parser::named_expression);
      if (accept(Tok::kColon)) {
        item.key = first;
        item.value = expression();
      } else {
        members.push_back(first);
      }
    }
    if (item.value) items.push_back(item);
    if (!members.empty() && !items.empty()) fail(item.value ? item.value->range : members.back()->range, kDictAndSet);
    if (members.size() + items.size() == 1 && (at(Tok::kFor) || at(Tok::kAsync))) {
      if (item.value && !item.key) fail(item.value->range, kUnpackInComprehension);
      const Expr* node = item.value ? comprehension(ComprehensionForm::kDict, item.key, item.value, begin)
                                    : comprehension(ComprehensionForm::kSet, members[0], nullptr, begin);
      expect(Tok::kCloseBrace, "after the comprehension");
      const_cast<Expr*>(node)->range = since(begin);  // the brace belongs to it
      return node;
    }
    if (at(Tok::kCloseBrace)) break;
    if (!accept(Tok::kComma)) fail(here(), kExpectedComma, found(), "}");
  }
  expect(Tok::kCloseBrace, members.empty() ? "to close the dict" : "to close the set");
  if (!members.empty()) {
    Set* node = make<Set>(since(begin));
    node->items = keep(members);
    deepen(node, node->items);
    return node;
  }
  Dict* node = make<Dict>(since(begin));
  node->items = keep(items);
  for (const DictItem& item : items) {
    deepen(node, item.key);
    deepen(node, item.value);
  }
  return node;
}

const Expr* Parser::comprehension(ComprehensionForm form, const Expr* element, const Expr* value,
                                  std::uint32_t begin) {
  if (element && element->kind == ExprKind::kStarred) fail(element->range, kUnpackInComprehension);
  if (at(Tok::kAsync)) fail(here(), kUnsupportedWord, "Async");
  std::vector<ComprehensionFor> fors;
  while (at(Tok::kFor)) {
    ComprehensionFor part;
    const std::uint32_t for_begin = begin_here();
    next();
    part.target = target_list();
    check_target(part.target, "assign to");
    expect(Tok::kIn, "after the target of `for`");
    part.iterable = binary(kPowerOr);
    std::vector<const Expr*> conditions;
    while (accept(Tok::kIf)) conditions.push_back(binary(kPowerOr));
    part.conditions = keep(conditions);
    part.range = since(for_begin);
    fors.push_back(part);
  }
  Comprehension* node = make<Comprehension>(since(begin));
  node->form = form;
  node->element = element;
  node->value = value;
  node->fors = keep(fors);
  deepen(node, element);
  deepen(node, value);
  for (const ComprehensionFor& part : fors) {
    deepen(node, part.target);
    deepen(node, part.iterable);
    deepen(node, part.conditions);
  }
  return node;
}

}  // namespace fac::script
