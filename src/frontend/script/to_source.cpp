// The tree as Python source. Parentheses go where a child binds weaker than its place asks for. Longer than most files:
// one writer, a case for each kind of node.
#include "base/result.h"
#include "frontend/script/literal_text.h"
#include "frontend/script/parser_impl.h"
#include "frontend/script/tree_print.h"

namespace fac::script {
namespace {

Power power_of(const Expr& e) {
  switch (e.kind) {
    case ExprKind::kWalrus: return kPowerWalrus;
    case ExprKind::kLambda: return kPowerLambda;
    case ExprKind::kTernary: return kPowerTernary;
    case ExprKind::kLogical: return e.as<Logical>().op == LogicalOp::kOr ? kPowerOr : kPowerAnd;
    case ExprKind::kUnary: return e.as<Unary>().op == UnaryOp::kNot ? kPowerNot : kPowerUnary;
    case ExprKind::kCompare: return kPowerCompare;
    case ExprKind::kBinary: return power_of(e.as<Binary>().op);
    case ExprKind::kIntLit: return e.as<IntLit>().value < 0 ? kPowerUnary : kPowerPostfix;
    default: return kPowerPostfix;
  }
}

constexpr Power above(Power p) { return static_cast<Power>(p + 1); }

class SourceWriter {
 public:
  explicit SourceWriter(int indent) : indent_(indent) {}
  void expr(const Expr& e, Power min = kPowerLambda);
  void bare(const Expr& e);  // a tuple without its parentheses where they are not needed
  void stmt(const Stmt& s);
  void block(Block body);
  std::string take() { return std::move(out_); }

 private:
  void put(std::string_view text) { out_ += text; }
  void put(Symbol name) { out_ += name.str(); }
  void line_start() { out_.append(static_cast<std::size_t>(indent_) * 4, ' '); }
  void list(Exprs items, bool is_tuple);
  void unparenthesised(const Expr& e);
  void args(std::span<const Arg> args);
  void params(std::span<const Param> params);
  void param(const Param& p);
  void fstring_parts(const FString& e, bool is_spec);
  void comprehension(const Comprehension& c);
  void clause(std::string_view head, Block body);
  void import_names(std::span<const ImportName> names);
  void simple(const Stmt& s);
  bool compound(const Stmt& s);

  int indent_;
  std::string out_;
};

void SourceWriter::list(Exprs items, bool is_tuple) {
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i) put(", ");
    expr(*items[i]);
  }
  if (is_tuple && items.size() == 1) put(",");
}

void SourceWriter::bare(const Expr& e) {
  const Tuple* tuple = e.try_as<Tuple>();
  if (tuple && !tuple->items.empty()) list(tuple->items, true);
  else expr(e);
}

void SourceWriter::expr(const Expr& e, Power min) {
  if (power_of(e) >= min) return unparenthesised(e);
  put("(");
  unparenthesised(e);
  put(")");
}

void SourceWriter::args(std::span<const Arg> args) {
  for (const Arg& a : args) {
    if (&a != args.data()) put(", ");
    if (a.kind == ArgKind::kKeyword) {
      put(a.name);
      put("=");
    } else if (a.kind == ArgKind::kStar) {
      put("*");
    } else if (a.kind == ArgKind::kDoubleStar) {
      put("**");
    }
    expr(*a.value);
  }
}

void SourceWriter::param(const Param& p) {
  if (p.kind == ParamKind::kStar) put("*");
  if (p.kind == ParamKind::kDoubleStar) put("**");
  put(p.name);
  if (p.annotation) {
    put(": ");
    expr(*p.annotation);
  }
  if (p.default_value) {
    put(p.annotation ? " = " : "=");
    expr(*p.default_value);
  }
}

void SourceWriter::params(std::span<const Param> params) {
  bool has_star = false;
  for (std::size_t i = 0; i < params.size(); ++i) {
    const Param& p = params[i];
    if (i) put(", ");
    if (i && params[i - 1].kind == ParamKind::kPositionalOnly && p.kind != ParamKind::kPositionalOnly) put("/, ");
    if (p.kind == ParamKind::kKeywordOnly && !has_star) put("*, ");
    has_star = has_star || p.kind == ParamKind::kStar || p.kind == ParamKind::kKeywordOnly;
    param(p);
  }
  if (!params.empty() && params.back().kind == ParamKind::kPositionalOnly) put(", /");
}

void SourceWriter::fstring_parts(const FString& e, bool is_spec) {
  for (const FStringPart& part : e.parts) {
    if (!part.value) {
      put(python_string_body(part.text, !is_spec));
      continue;
    }
    put("{");
    const std::size_t begin = out_.size();
    // Here `:` ends the expression, so lambdas and walruses need parentheses.
    const Tuple* tuple = part.value->try_as<Tuple>();
    if (tuple && !tuple->items.empty()) {
      put("(");
      list(tuple->items, true);
      put(")");
    } else {
      expr(*part.value, kPowerTernary);
    }
    if (out_[begin] == '{') out_.insert(begin, 1, ' ');  // a dict or a set, not an escaped brace
    if (part.conversion) put(std::string{'!', part.conversion});
    if (part.spec) {
      put(":");
      fstring_parts(*part.spec, true);
    }
    put("}");
  }
}

void SourceWriter::comprehension(const Comprehension& c) {
  static constexpr std::string_view kOpen[] = {"[", "{", "{", "("}, kClose[] = {"]", "}", "}", ")"};
  const auto form = static_cast<std::size_t>(c.form);
  put(kOpen[form]);
  expr(*c.element);
  if (c.value) {
    put(": ");
    expr(*c.value);
  }
  for (const ComprehensionFor& part : c.fors) {
    put(" for ");
    bare(*part.target);
    put(" in ");
    expr(*part.iterable, kPowerOr);
    for (const Expr* condition : part.conditions) {
      put(" if ");
      expr(*condition, kPowerOr);
    }
  }
  put(kClose[form]);
}

void SourceWriter::unparenthesised(const Expr& e) {
  switch (e.kind) {
    case ExprKind::kName: return put(e.as<Name>().name);
    case ExprKind::kNoneLit: return put("None");
    case ExprKind::kBoolLit: return put(e.as<BoolLit>().value ? "True" : "False");
    case ExprKind::kEllipsisLit: return put("...");
    case ExprKind::kIntLit: return put(fmt("{}", e.as<IntLit>().value));
    case ExprKind::kBigIntLit: return put(e.range.text());
    case ExprKind::kFloatLit: return put(python_float(e.as<FloatLit>().value));
    case ExprKind::kImagLit: return put(python_float(e.as<ImagLit>().value) + "j");
    case ExprKind::kStringLit: return put(python_string(e.as<StringLit>().value));
    case ExprKind::kBytesLit: return put(python_bytes(e.as<BytesLit>().value));
    case ExprKind::kFString:
      put("f\"");
      fstring_parts(e.as<FString>(), false);
      return put("\"");
    case ExprKind::kTuple:
      put("(");
      list(e.as<Tuple>().items, true);
      return put(")");
    case ExprKind::kList:
      put("[");
      list(e.as<List>().items, false);
      return put("]");
    case ExprKind::kSet:
      put("{");
      list(e.as<Set>().items, false);
      return put("}");
    case ExprKind::kDict:
      put("{");
      for (const DictItem& item : e.as<Dict>().items) {
        if (&item != e.as<Dict>().items.data()) put(", ");
        if (item.key) {
          expr(*item.key);
          put(": ");
          expr(*item.value);
        } else {
          put("**");
          expr(*item.value, kPowerBitOr);
        }
      }
      return put("}");
    case ExprKind::kComprehension: return comprehension(e.as<Comprehension>());
    case ExprKind::kUnary: {
      const auto& u = e.as<Unary>();
      put(spelling(u.op));
      if (u.op == UnaryOp::kNot) put(" ");
      return expr(*u.operand, u.op == UnaryOp::kNot ? kPowerNot : kPowerUnary);
    }
    case ExprKind::kBinary: {
      const auto& b = e.as<Binary>();
      const Power p = power_of(b.op);
      const bool to_right = b.op == BinaryOp::kPow;
      expr(*b.left, to_right ? above(p) : p);
      put(fmt(" {} ", spelling(b.op)));
      return expr(*b.right, to_right ? kPowerUnary : above(p));
    }
    case ExprKind::kLogical: {
      const auto& l = e.as<Logical>();
      for (const Expr* operand : l.operands) {
        if (operand != l.operands.front()) put(fmt(" {} ", spelling(l.op)));
        expr(*operand, above(power_of(e)));
      }
      return;
    }
    case ExprKind::kCompare:
      expr(*e.as<Compare>().left, kPowerBitOr);
      for (const ComparePart& part : e.as<Compare>().parts) {
        put(fmt(" {} ", spelling(part.op)));
        expr(*part.right, kPowerBitOr);
      }
      return;
    case ExprKind::kTernary:
      expr(*e.as<Ternary>().then_value, kPowerOr);
      put(" if ");
      expr(*e.as<Ternary>().condition, kPowerOr);
      put(" else ");
      return expr(*e.as<Ternary>().else_value);
    case ExprKind::kCall: {
      const auto& c = e.as<Call>();
      expr(*c.callee, kPowerPostfix);
      put("(");
      args(c.args);
      return put(")");
    }
    case ExprKind::kAttribute: {
      const auto& a = e.as<Attribute>();
      const bool is_number = a.object->kind == ExprKind::kIntLit || a.object->kind == ExprKind::kBigIntLit;
      expr(*a.object, kPowerPostfix);
      put(is_number ? " ." : ".");
      return put(a.name);
    }
    case ExprKind::kSubscript:
      expr(*e.as<Subscript>().object, kPowerPostfix);
      put("[");
      list(e.as<Subscript>().indices, e.as<Subscript>().is_tuple);
      return put("]");
    case ExprKind::kSlice: {
      const auto& s = e.as<Slice>();
      if (s.lower) expr(*s.lower);
      put(":");
      if (s.upper) expr(*s.upper);
      if (s.step) {
        put(":");
        expr(*s.step);
      }
      return;
    }
    case ExprKind::kStarred:
      put("*");
      return expr(*e.as<Starred>().value, kPowerBitOr);
    case ExprKind::kLambda:
      put(e.as<Lambda>().params.empty() ? "lambda" : "lambda ");
      params(e.as<Lambda>().params);
      put(": ");
      return expr(*e.as<Lambda>().body);
    case ExprKind::kWalrus:
      put(e.as<Walrus>().target);
      put(" := ");
      return expr(*e.as<Walrus>().value);
  }
}

void SourceWriter::import_names(std::span<const ImportName> names) {
  for (const ImportName& n : names) {
    if (&n != names.data()) put(", ");
    put(n.name);
    if (n.alias) {
      put(" as ");
      put(n.alias);
    }
  }
}

void SourceWriter::simple(const Stmt& s) {
  const auto optional = [&](std::string_view before, const Expr* e) {
    if (!e) return;
    put(before);
    expr(*e);
  };
  switch (s.kind) {
    case StmtKind::kExprStmt: return bare(*s.as<ExprStmt>().value);
    case StmtKind::kAssign:
      for (const Expr* target : s.as<Assign>().targets) {
        bare(*target);
        put(" = ");
      }
      bare(*s.as<Assign>().value);
      return optional("  # type: ", s.as<Assign>().type_comment);
    case StmtKind::kAnnAssign:
      expr(*s.as<AnnAssign>().target);
      put(": ");
      expr(*s.as<AnnAssign>().annotation);
      return optional(" = ", s.as<AnnAssign>().value);
    case StmtKind::kAugAssign:
      expr(*s.as<AugAssign>().target);
      put(fmt(" {}= ", spelling(s.as<AugAssign>().op)));
      return bare(*s.as<AugAssign>().value);
    case StmtKind::kReturn:
      put("return");
      if (s.as<Return>().value) {
        put(" ");
        bare(*s.as<Return>().value);
      }
      return;
    case StmtKind::kRaise:
      put("raise");
      optional(" ", s.as<Raise>().exception);
      return optional(" from ", s.as<Raise>().cause);
    case StmtKind::kAssert:
      put("assert ");
      expr(*s.as<Assert>().condition);
      return optional(", ", s.as<Assert>().message);
    case StmtKind::kDelete: {
      put("del ");
      // One tuple is not several targets.
      return list(s.as<Delete>().targets, false);
    }
    case StmtKind::kGlobal: case StmtKind::kNonlocal: {
      const bool is_global = s.kind == StmtKind::kGlobal;
      put(is_global ? "global " : "nonlocal ");
      const auto names = is_global ? s.as<Global>().names : s.as<Nonlocal>().names;
      for (const Symbol& name : names) {
        if (&name != names.data()) put(", ");
        put(name);
      }
      return;
    }
    case StmtKind::kBreak: return put("break");
    case StmtKind::kContinue: return put("continue");
    case StmtKind::kImport:
      put("import ");
      return import_names(s.as<Import>().names);
    case StmtKind::kImportFrom:
      put("from ");
      put(std::string(s.as<ImportFrom>().level, '.'));
      put(s.as<ImportFrom>().module);
      put(" import ");
      return import_names(s.as<ImportFrom>().names);
    // Bad text has no source of its own; `pass` keeps its block whole.
    default: return put("pass");
  }
}

void SourceWriter::clause(std::string_view head, Block body) {
  put(head);
  put(":\n");
  ++indent_;
  block(body);
  --indent_;
}

// Whether `s` was a compound statement; its first line has been started.
bool SourceWriter::compound(const Stmt& s) {
  const auto more = [&](std::string_view head, Block body) {
    if (body.empty()) return;
    line_start();
    clause(head, body);
  };
  switch (s.kind) {
    case StmtKind::kIf: {
      const If* branch = &s.as<If>();
      put("if ");
      while (true) {
        expr(*branch->condition);
        clause("", branch->body);
        const If* next = branch->else_body.size() == 1 ? branch->else_body[0]->try_as<If>() : nullptr;
        if (!next || !next->is_elif) break;
        branch = next;
        line_start();
        put("elif ");
      }
      more("else", branch->else_body);
      return true;
    }
    case StmtKind::kFor: {
      const auto& f = s.as<For>();
      put("for ");
      bare(*f.target);
      put(" in ");
      bare(*f.iterable);
      if (f.type_comment) {
        put(":  # type: ");
        expr(*f.type_comment);
        put("\n");
        ++indent_;
        block(f.body);
        --indent_;
      } else {
        clause("", f.body);
      }
      more("else", f.else_body);
      return true;
    }
    case StmtKind::kWhile:
      put("while ");
      expr(*s.as<While>().condition);
      clause("", s.as<While>().body);
      more("else", s.as<While>().else_body);
      return true;
    case StmtKind::kWith: {
      const auto& w = s.as<With>();
      put("with ");
      // `with (a, b):` would be two items, so a lone tuple gets a second pair.
      const bool is_lone_tuple = w.items.size() == 1 && !w.items[0].target && w.items[0].context->kind == ExprKind::kTuple;
      for (const WithItem& item : w.items) {
        if (&item != w.items.data()) put(", ");
        if (is_lone_tuple) put("(");
        expr(*item.context);
        if (is_lone_tuple) put(")");
        if (item.target) {
          put(" as ");
          expr(*item.target);
        }
      }
      clause("", w.body);
      return true;
    }
    case StmtKind::kTry: {
      const auto& t = s.as<Try>();
      clause("try", t.body);
      for (const Handler& h : t.handlers) {
        line_start();
        put("except");
        if (h.type) {
          put(" ");
          expr(*h.type);
        }
        if (h.name) {
          put(" as ");
          put(h.name);
        }
        clause("", h.body);
      }
      more("else", t.else_body);
      more("finally", t.finally_body);
      return true;
    }
    case StmtKind::kFunctionDef: {
      const auto& f = s.as<FunctionDef>();
      for (const Expr* d : f.decorators) {
        put("@");
        expr(*d);
        put("\n");
        line_start();
      }
      put("def ");
      put(f.name);
      put("(");
      params(f.params);
      put(")");
      if (f.returns) {
        put(" -> ");
        expr(*f.returns);
      }
      clause("", f.body);
      return true;
    }
    case StmtKind::kClassDef: {
      const auto& c = s.as<ClassDef>();
      for (const Expr* d : c.decorators) {
        put("@");
        expr(*d);
        put("\n");
        line_start();
      }
      put("class ");
      put(c.name);
      if (!c.bases.empty()) {
        put("(");
        args(c.bases);
        put(")");
      }
      clause("", c.body);
      return true;
    }
    default: return false;
  }
}

void SourceWriter::stmt(const Stmt& s) {
  line_start();
  if (compound(s)) return;
  simple(s);
  put("\n");
}

void SourceWriter::block(Block body) {
  for (const Stmt* s : body) stmt(*s);
}

}  // namespace

std::string to_source(const Expr& expr) {
  SourceWriter w(0);
  w.expr(expr);
  return w.take();
}
std::string to_source(const Stmt& stmt, int indent) {
  SourceWriter w(indent);
  w.stmt(stmt);
  return w.take();
}
std::string to_source(const Tree& tree) {
  SourceWriter w(0);
  w.block(tree.body);
  return w.take();
}

}  // namespace fac::script
