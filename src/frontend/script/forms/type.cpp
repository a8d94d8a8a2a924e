// `type Vec = list[float]` (Python 3.12): `Vec = list[float]`.
#include "frontend/script/parser_impl.h"

namespace fac::script {
namespace {

constexpr Diag<> kGeneric{"generic-type", "a type with parameters is not supported: a compiled program has no generics"};

}  // namespace

const Stmt* type_form(Parser& p) {
  if (p.peek(1) != Tok::kName) return nullptr;  // `type(x)`, `type = 3`
  const std::uint32_t begin = p.begin_here();
  p.next();
  Range range;
  const Symbol symbol = p.expect_name("the name of a type", &range);
  if (p.at(Tok::kOpenBracket)) p.fail(p.here(), kGeneric);
  p.expect(Tok::kEqual, "after the name of the type");
  const Expr* meaning = p.expression();
  Name* name = p.make<Name>(range);
  name->name = symbol;
  Assign* node = p.make<Assign>(p.since(begin));
  const std::vector<const Expr*> targets{name};
  node->targets = p.keep(targets);
  node->value = meaning;
  return node;
}

}  // namespace fac::script
