// source of the rules and words: PyTorch 2.13, torch/jit/frontend.py
#include "frontend/script/strict.h"

#include "frontend/script/types_from_tree.h"

namespace fac::script {
namespace {

constexpr Diag<std::string_view> kNode{"python-only-syntax", "{} aren't supported"};
constexpr Diag<std::string_view> kElse{"strict-loop-else", "else branches of {} loops aren't supported"};
constexpr Diag<std::string_view> kAugmented{"strict-augmented", "unsupported kind of augmented assignment: {}"};
constexpr Diag<> kUnaryPlus{"strict-unary-plus", "unsupported unary operator: UAdd"};
constexpr Diag<> kKeywords{"strict-keyword-expansion", "keyword-arg expansion is not supported"};
constexpr Diag<> kDictExpansion{"strict-dict-expansion", "Dict expansion (e.g. `{**dict}`) is not supported"};
constexpr Diag<> kConversion{"strict-format-conversion", "Don't support conversion in JoinedStr"};
constexpr Diag<> kFormat{"strict-format-spec", "Don't support formatting in JoinedStr"};
constexpr Diag<> kGenerators{"strict-comprehension-generators", "Only a single generator is currently supported"};
constexpr Diag<> kIfs{"strict-comprehension-ifs", "Comprehension ifs are not supported yet"};
constexpr Diag<> kReserved{"strict-reserved-name", "names of variables used in JIT-ed functions can't start with __jit"};
constexpr Diag<> kVarArgs{"strict-variable-arguments",
                          "Compiled functions can't take variable number of arguments or use keyword-only arguments with defaults"};
constexpr Diag<> kConstant{"strict-constant-type", "Unknown Constant expression type"};

struct Checker {
  DiagSink& sink;

  void node(Range at, std::string_view what, std::string_view mend) { sink.error(at, kNode, what).hint(std::string(mend)); }

  void all(Exprs items) {
    for (const Expr* e : items) expr(e);
  }
  void block(Block body) {
    for (const Stmt* s : body) statement(*s);
  }

  void params(std::span<const Param> list) {
    for (const Param& p : list) {
      const bool star = p.kind == ParamKind::kDoubleStar || (p.kind == ParamKind::kStar && p.name);
      if (star) sink.error(p.range, kVarArgs).hint("take a list, or one parameter for each value");
      if (p.kind == ParamKind::kKeywordOnly && p.default_value)
        sink.error(p.default_value->range, kVarArgs).hint("make it a positional parameter, or drop the default");
    }
  }

  void expr(const Expr* e) {
    if (!e) return;
    switch (e->kind) {
      case ExprKind::kName:
        if (e->as<Name>().name.str().starts_with("__jit")) sink.error(e->range, kReserved);
        return;
      case ExprKind::kBytesLit: sink.error(e->range, kConstant); return;
      case ExprKind::kFString:
        for (const FStringPart& part : e->as<FString>().parts) {
          if (!part.value) continue;
          if (part.conversion) sink.error(part.value->range, kConversion);
          if (part.spec) sink.error(part.value->range, kFormat).hint("round or pad the value before");
          expr(part.value);
        }
        return;
      case ExprKind::kTuple: return all(e->as<Tuple>().items);
      case ExprKind::kList: return all(e->as<List>().items);
      case ExprKind::kSet: node(e->range, "Set", "use a list or the keys of a dict"); return;
      case ExprKind::kDict:
        for (const DictItem& item : e->as<Dict>().items) {
          if (!item.key) sink.error(e->range, kDictExpansion).hint("call `update`");
          expr(item.key);
          expr(item.value);
        }
        return;
      case ExprKind::kComprehension: {
        const auto& c = e->as<Comprehension>();
        if (c.form == ComprehensionForm::kSet) node(e->range, "SetComp", "make a list or a dict");
        if (c.fors.size() != 1) sink.error(e->range, kGenerators).hint("write a loop");
        for (const ComprehensionFor& f : c.fors) {
          if (!f.conditions.empty()) sink.error(f.conditions[0]->range, kIfs).hint("write a loop with an `if`");
          expr(f.iterable);
        }
        expr(c.element);
        expr(c.value);
        return;
      }
      case ExprKind::kUnary:
        if (e->as<Unary>().op == UnaryOp::kPos) sink.error(e->range, kUnaryPlus);
        return expr(e->as<Unary>().operand);
      case ExprKind::kBinary: expr(e->as<Binary>().left); return expr(e->as<Binary>().right);
      case ExprKind::kLogical: return all(e->as<Logical>().operands);
      case ExprKind::kCompare:
        expr(e->as<Compare>().left);
        for (const ComparePart& part : e->as<Compare>().parts) expr(part.right);
        return;
      case ExprKind::kTernary:
        expr(e->as<Ternary>().condition);
        expr(e->as<Ternary>().then_value);
        return expr(e->as<Ternary>().else_value);
      case ExprKind::kCall:
        expr(e->as<Call>().callee);
        for (const Arg& a : e->as<Call>().args) {
          if (a.kind == ArgKind::kDoubleStar) sink.error(a.range, kKeywords).hint("name the arguments");
          expr(a.value);
        }
        return;
      case ExprKind::kAttribute: return expr(e->as<Attribute>().object);
      case ExprKind::kSubscript: expr(e->as<Subscript>().object); return all(e->as<Subscript>().indices);
      case ExprKind::kSlice:
        expr(e->as<Slice>().lower);
        expr(e->as<Slice>().upper);
        return expr(e->as<Slice>().step);
      case ExprKind::kStarred: return expr(e->as<Starred>().value);
      case ExprKind::kLambda: node(e->range, "Lambda", "write a function, or compile with the everyday dialect"); return;
      case ExprKind::kWalrus: node(e->range, "NamedExpr", "assign before, in a statement of its own"); return expr(e->as<Walrus>().value);
      default: return;
    }
  }

  void statement(const Stmt& s) {
    switch (s.kind) {
      case StmtKind::kExprStmt: return expr(s.as<ExprStmt>().value);
      case StmtKind::kAssign: all(s.as<Assign>().targets); return expr(s.as<Assign>().value);
      case StmtKind::kAnnAssign:
        if (!s.as<AnnAssign>().value) node(s.range, "annotated assignments without assigned value", "give it a value");
        return expr(s.as<AnnAssign>().value);
      case StmtKind::kAugAssign: {
        const auto& a = s.as<AugAssign>();
        if (a.op == BinaryOp::kFloorDiv || a.op == BinaryOp::kMatMul)
          sink.error(a.op_range, kAugmented, a.op == BinaryOp::kFloorDiv ? "FloorDiv" : "MatMult").hint("write x = x " + std::string(spelling(a.op)) + " ...");
        expr(a.target);
        return expr(a.value);
      }
      case StmtKind::kReturn: return expr(s.as<Return>().value);
      case StmtKind::kRaise: return expr(s.as<Raise>().exception);
      case StmtKind::kAssert: expr(s.as<Assert>().condition); return expr(s.as<Assert>().message);
      case StmtKind::kIf:
        if (s.range.text().starts_with("match") || s.range.text().starts_with("case")) {  // how the parser gives `match`
          node(s.range, "Match", "write `if` and `elif`");
          return;
        }
        expr(s.as<If>().condition);
        block(s.as<If>().body);
        return block(s.as<If>().else_body);
      case StmtKind::kFor:
        if (!s.as<For>().else_body.empty()) sink.error(s.range, kElse, "for").hint("set a flag before `break` and test it afterwards");
        expr(s.as<For>().iterable);
        return block(s.as<For>().body);
      case StmtKind::kWhile:
        if (!s.as<While>().else_body.empty()) sink.error(s.range, kElse, "while").hint("set a flag before `break` and test it afterwards");
        expr(s.as<While>().condition);
        return block(s.as<While>().body);
      case StmtKind::kWith:
        for (const WithItem& item : s.as<With>().items) expr(item.context);
        return block(s.as<With>().body);
      case StmtKind::kTry: node(s.range, "try blocks", "test for the condition before; compiled programs catch no exceptions"); return;
      case StmtKind::kGlobal: node(s.range, "global variables", "pass the value as an argument and return it"); return;
      case StmtKind::kNonlocal: node(s.range, "nonlocal variables", "pass the value as an argument and return it"); return;
      case StmtKind::kImport:
      case StmtKind::kImportFrom: node(s.range, "import statements", "import at the top of the file"); return;
      case StmtKind::kFunctionDef: node(s.range, "function definitions", "move the function out of this one"); return;
      case StmtKind::kClassDef: node(s.range, "class definitions", "move the class out of the function"); return;
      default: return;
    }
  }
};

}  // namespace

void check_strict(const FunctionDef& def, DiagSink& sink) {
  Checker checker{sink};
  checker.params(def.params);
  checker.block(def.body);
}

}  // namespace fac::script
