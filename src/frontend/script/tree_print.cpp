// The s-expression form: one writer for expressions, one for statements.
#include "frontend/script/tree_print.h"

#include "base/result.h"
#include "frontend/script/literal_text.h"

namespace fac::script {
namespace {

class TreePrinter {
 public:
  void expr(const Expr& e);
  void stmt(const Stmt& s, int indent);
  void block(Block body, int indent) {
    for (const Stmt* s : body) stmt(*s, indent);
  }
  std::string take() { return std::move(out_); }

 private:
  void open(std::string_view head) {
    out_ += '(';
    out_ += head;
  }
  void close() { out_ += ')'; }
  void word(std::string_view text) {
    out_ += ' ';
    out_ += text;
  }
  // A child after a space; `_` where it is absent.
  void child(const Expr* e) {
    out_ += ' ';
    if (e) expr(*e);
    else out_ += '_';
  }
  void children(Exprs items) {
    for (const Expr* e : items) child(e);
  }
  void args(std::span<const Arg> args);
  void params(std::span<const Param> params);
  void fstring(const FString& e);
  void section(std::string_view name, Block body, int indent);
  void import_names(std::span<const ImportName> names);
  void stmt_head(const Stmt& s);

  std::string out_;
};

void TreePrinter::args(std::span<const Arg> args) {
  for (const Arg& a : args) {
    switch (a.kind) {
      case ArgKind::kPositional: child(a.value); continue;
      case ArgKind::kKeyword: word("("); out_ += a.name.str(); out_ += '='; break;
      case ArgKind::kStar: word("(*"); break;
      case ArgKind::kDoubleStar: word("(**"); break;
    }
    child(a.value);
    close();
  }
}

void TreePrinter::params(std::span<const Param> params) {
  static constexpr std::string_view kHeads[] = {"pos", "param", "star", "kw", "starstar"};
  word("(params");
  for (const Param& p : params) {
    word("(");
    out_ += kHeads[static_cast<std::size_t>(p.kind)];
    word(p.name.str());
    if (p.annotation || p.default_value) child(p.annotation);
    if (p.default_value) child(p.default_value);
    close();
  }
  close();
}

void TreePrinter::fstring(const FString& e) {
  open("fstring");
  for (const FStringPart& part : e.parts) {
    if (!part.value) {
      word(python_string(part.text));
      continue;
    }
    word("(value");
    child(part.value);
    if (part.conversion) word(std::string{'!', part.conversion});
    if (part.spec) {
      out_ += ' ';
      fstring(*part.spec);
    }
    close();
  }
  close();
}

void TreePrinter::expr(const Expr& e) {
  switch (e.kind) {
    case ExprKind::kName: open("name"); word(e.as<Name>().name.str()); break;
    case ExprKind::kNoneLit: open("none"); break;
    case ExprKind::kBoolLit: open(e.as<BoolLit>().value ? "true" : "false"); break;
    case ExprKind::kEllipsisLit: open("ellipsis"); break;
    case ExprKind::kIntLit: open("int"); word(fmt("{}", e.as<IntLit>().value)); break;
    case ExprKind::kBigIntLit: open("bigint"); word(e.range.text()); break;
    case ExprKind::kFloatLit: open("float"); word(python_float(e.as<FloatLit>().value)); break;
    case ExprKind::kImagLit: open("imag"); word(python_float(e.as<ImagLit>().value)); break;
    case ExprKind::kStringLit: open("str"); word(python_string(e.as<StringLit>().value)); break;
    case ExprKind::kBytesLit: open("bytes"); word(python_bytes(e.as<BytesLit>().value)); break;
    case ExprKind::kFString: return fstring(e.as<FString>());
    case ExprKind::kTuple: open("tuple"); children(e.as<Tuple>().items); break;
    case ExprKind::kList: open("list"); children(e.as<List>().items); break;
    case ExprKind::kSet: open("set"); children(e.as<Set>().items); break;
    case ExprKind::kDict:
      open("dict");
      for (const DictItem& item : e.as<Dict>().items) {
        word(item.key ? "(item" : "(**");
        if (item.key) child(item.key);
        child(item.value);
        close();
      }
      break;
    case ExprKind::kComprehension: {
      static constexpr std::string_view kHeads[] = {"list-comp", "set-comp", "dict-comp", "generator"};
      const auto& c = e.as<Comprehension>();
      open(kHeads[static_cast<std::size_t>(c.form)]);
      child(c.element);
      if (c.value) child(c.value);
      for (const ComprehensionFor& part : c.fors) {
        word("(for");
        child(part.target);
        child(part.iterable);
        for (const Expr* condition : part.conditions) {
          word("(if");
          child(condition);
          close();
        }
        close();
      }
      break;
    }
    case ExprKind::kUnary: open(spelling(e.as<Unary>().op)); child(e.as<Unary>().operand); break;
    case ExprKind::kBinary:
      open(spelling(e.as<Binary>().op));
      child(e.as<Binary>().left);
      child(e.as<Binary>().right);
      break;
    case ExprKind::kLogical: open(spelling(e.as<Logical>().op)); children(e.as<Logical>().operands); break;
    case ExprKind::kCompare:
      open("compare");
      child(e.as<Compare>().left);
      for (const ComparePart& part : e.as<Compare>().parts) {
        word(spelling(part.op));
        child(part.right);
      }
      break;
    case ExprKind::kTernary:
      open("if-else");
      child(e.as<Ternary>().condition);
      child(e.as<Ternary>().then_value);
      child(e.as<Ternary>().else_value);
      break;
    case ExprKind::kCall: open("call"); child(e.as<Call>().callee); args(e.as<Call>().args); break;
    case ExprKind::kAttribute: open("."); child(e.as<Attribute>().object); word(e.as<Attribute>().name.str()); break;
    case ExprKind::kSubscript:
      open(e.as<Subscript>().is_tuple ? "index-tuple" : "index");
      child(e.as<Subscript>().object);
      children(e.as<Subscript>().indices);
      break;
    case ExprKind::kSlice:
      open("slice");
      child(e.as<Slice>().lower);
      child(e.as<Slice>().upper);
      child(e.as<Slice>().step);
      break;
    case ExprKind::kStarred: open("*"); child(e.as<Starred>().value); break;
    case ExprKind::kLambda: open("lambda"); params(e.as<Lambda>().params); child(e.as<Lambda>().body); break;
    case ExprKind::kWalrus: open(":="); word(e.as<Walrus>().target.str()); child(e.as<Walrus>().value); break;
  }
  close();
}

void TreePrinter::section(std::string_view name, Block body, int indent) {
  if (body.empty()) return;
  out_ += '\n';
  out_.append(static_cast<std::size_t>(indent) * 2, ' ');
  open(name);
  out_ += '\n';
  block(body, indent + 1);
  out_.pop_back();
  close();
}

void TreePrinter::import_names(std::span<const ImportName> names) {
  for (const ImportName& n : names) {
    word(n.name.str());
    if (n.alias) out_ += fmt(":{}", n.alias.str());
  }
}

// What stands on the statement's own line.
void TreePrinter::stmt_head(const Stmt& s) {
  switch (s.kind) {
    case StmtKind::kExprStmt: open("expr"); return child(s.as<ExprStmt>().value);
    case StmtKind::kAssign:
      open("assign");
      children(s.as<Assign>().targets);
      child(s.as<Assign>().value);
      if (const Expr* type = s.as<Assign>().type_comment) {
        word("# type:");
        child(type);
      }
      return;
    case StmtKind::kAnnAssign:
      open("annotate");
      child(s.as<AnnAssign>().target);
      child(s.as<AnnAssign>().annotation);
      if (s.as<AnnAssign>().value) child(s.as<AnnAssign>().value);
      return;
    case StmtKind::kAugAssign:
      open(spelling(s.as<AugAssign>().op));
      out_ += '=';
      child(s.as<AugAssign>().target);
      return child(s.as<AugAssign>().value);
    case StmtKind::kReturn:
      open("return");
      if (s.as<Return>().value) child(s.as<Return>().value);
      return;
    case StmtKind::kRaise:
      open("raise");
      if (s.as<Raise>().exception) child(s.as<Raise>().exception);
      if (s.as<Raise>().cause) child(s.as<Raise>().cause);
      return;
    case StmtKind::kAssert:
      open("assert");
      child(s.as<Assert>().condition);
      if (s.as<Assert>().message) child(s.as<Assert>().message);
      return;
    case StmtKind::kIf: open("if"); return child(s.as<If>().condition);
    case StmtKind::kFor:
      open("for");
      child(s.as<For>().target);
      child(s.as<For>().iterable);
      if (const Expr* type = s.as<For>().type_comment) {
        word("# type:");
        child(type);
      }
      return;
    case StmtKind::kWhile: open("while"); return child(s.as<While>().condition);
    case StmtKind::kWith:
      open("with");
      for (const WithItem& item : s.as<With>().items) {
        word("(item");
        child(item.context);
        if (item.target) child(item.target);
        close();
      }
      return;
    case StmtKind::kTry: return open("try");
    case StmtKind::kDelete: open("del"); return children(s.as<Delete>().targets);
    case StmtKind::kGlobal: case StmtKind::kNonlocal: {
      const bool is_global = s.kind == StmtKind::kGlobal;
      open(is_global ? "global" : "nonlocal");
      for (const Symbol name : is_global ? s.as<Global>().names : s.as<Nonlocal>().names) word(name.str());
      return;
    }
    case StmtKind::kBreak: return open("break");
    case StmtKind::kContinue: return open("continue");
    case StmtKind::kPass: return open("pass");
    case StmtKind::kImport: open("import"); return import_names(s.as<Import>().names);
    case StmtKind::kImportFrom:
      open("from");
      word(std::string(s.as<ImportFrom>().level, '.') + std::string(s.as<ImportFrom>().module.str()));
      return import_names(s.as<ImportFrom>().names);
    case StmtKind::kFunctionDef: {
      const auto& f = s.as<FunctionDef>();
      open("def");
      word(f.name.str());
      for (const Expr* d : f.decorators) {
        word("(@");
        child(d);
        close();
      }
      params(f.params);
      if (f.returns) {
        word("->");
        child(f.returns);
      }
      return;
    }
    case StmtKind::kClassDef: {
      const auto& c = s.as<ClassDef>();
      open("class");
      word(c.name.str());
      for (const Expr* d : c.decorators) {
        word("(@");
        child(d);
        close();
      }
      return args(c.bases);
    }
    case StmtKind::kBad: open("bad"); return word(python_string(s.as<Bad>().message));
  }
}

void TreePrinter::stmt(const Stmt& s, int indent) {
  out_.append(static_cast<std::size_t>(indent) * 2, ' ');
  stmt_head(s);
  const int inner = indent + 1;
  switch (s.kind) {
    case StmtKind::kIf:
      section("then", s.as<If>().body, inner);
      section("else", s.as<If>().else_body, inner);
      break;
    case StmtKind::kFor:
      section("do", s.as<For>().body, inner);
      section("else", s.as<For>().else_body, inner);
      break;
    case StmtKind::kWhile:
      section("do", s.as<While>().body, inner);
      section("else", s.as<While>().else_body, inner);
      break;
    case StmtKind::kWith: section("do", s.as<With>().body, inner); break;
    case StmtKind::kTry:
      section("do", s.as<Try>().body, inner);
      for (const Handler& h : s.as<Try>().handlers) {
        std::string head = "except";
        if (h.type) head += ' ' + print_tree(*h.type);
        if (h.name) head += fmt(" as {}", h.name.str());
        section(head, h.body, inner);
      }
      section("else", s.as<Try>().else_body, inner);
      section("finally", s.as<Try>().finally_body, inner);
      break;
    case StmtKind::kFunctionDef: section("do", s.as<FunctionDef>().body, inner); break;
    case StmtKind::kClassDef: section("do", s.as<ClassDef>().body, inner); break;
    default: break;
  }
  close();
  out_ += '\n';
}

}  // namespace

std::string print_tree(const Expr& expr) {
  TreePrinter p;
  p.expr(expr);
  return p.take();
}
std::string print_tree(const Stmt& stmt) {
  TreePrinter p;
  p.stmt(stmt, 0);
  return p.take();
}
std::string print_tree(const Tree& tree) {
  TreePrinter p;
  p.block(tree.body, 0);
  return p.take();
}

}  // namespace fac::script
