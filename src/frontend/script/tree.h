// The syntax tree of Python text. Nodes are immutable, live in the Tree's arena and stay valid as long as the Tree.
//   switch (e.kind) { case ExprKind::kCall: return check(e.as<Call>()); ... }
// Pointers named `..._or_null`-like in comments may be null, all others never are. Every node carries its Range and a
// dense id (0 .. Tree::expr_count) for side tables. Nesting is bounded by Limits::source_depth, so consumers may recurse.
// The tree says what was written, not what it means: `annotate(...)`, `CONSTANTS.c0`, `inf` are ordinary names, and type
// annotations are ordinary expressions.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/arena.h"
#include "base/ref.h"
#include "base/symbol.h"
#include "source/source_file.h"

namespace fac::script {

// ---- kinds -------------------------------------------------------------------------------------------------------

#define FACULA_EXPR_KINDS(X)                                                                                      \
  X(Name) X(NoneLit) X(BoolLit) X(EllipsisLit) X(IntLit) X(BigIntLit) X(FloatLit) X(ImagLit) X(StringLit)        \
  X(BytesLit) X(FString) X(Tuple) X(List) X(Set) X(Dict) X(Comprehension) X(Unary) X(Binary) X(Logical)          \
  X(Compare) X(Ternary) X(Call) X(Attribute) X(Subscript) X(Slice) X(Starred) X(Lambda) X(Walrus)

#define FACULA_STMT_KINDS(X)                                                                                      \
  X(ExprStmt) X(Assign) X(AnnAssign) X(AugAssign) X(Return) X(Raise) X(Assert) X(If) X(For) X(While) X(With)     \
  X(Try) X(Delete) X(Global) X(Nonlocal) X(Break) X(Continue) X(Pass) X(Import) X(ImportFrom) X(FunctionDef)     \
  X(ClassDef) X(Bad)

#define FACULA_KIND_CONSTANT(name) k##name,
enum class ExprKind : std::uint8_t { FACULA_EXPR_KINDS(FACULA_KIND_CONSTANT) };
enum class StmtKind : std::uint8_t { FACULA_STMT_KINDS(FACULA_KIND_CONSTANT) };
#undef FACULA_KIND_CONSTANT

std::string_view kind_name(ExprKind kind);  // "Call"
std::string_view kind_name(StmtKind kind);

enum class UnaryOp : std::uint8_t { kNeg, kPos, kInvert, kNot };
enum class BinaryOp : std::uint8_t {
  kAdd, kSub, kMul, kDiv, kFloorDiv, kMod, kPow, kMatMul, kShiftLeft, kShiftRight, kBitAnd, kBitXor, kBitOr
};
enum class LogicalOp : std::uint8_t { kAnd, kOr };
enum class CompareOp : std::uint8_t { kEq, kNe, kLt, kLe, kGt, kGe, kIn, kNotIn, kIs, kIsNot };

std::string_view spelling(UnaryOp op);  // "-", "not"
std::string_view spelling(BinaryOp op);
std::string_view spelling(LogicalOp op);
std::string_view spelling(CompareOp op);  // "==", "is not"

// ---- expressions -------------------------------------------------------------------------------------------------

struct Expr {
  Range range;
  std::uint32_t id = 0;
  ExprKind kind = ExprKind::kName;
  std::uint16_t depth = 1;  // 1 + the deepest child

  template <class T>
  const T& as() const { return static_cast<const T&>(*this); }
  template <class T>
  const T* try_as() const { return kind == T::kKind ? static_cast<const T*>(this) : nullptr; }
};
using Exprs = std::span<const Expr* const>;

template <ExprKind K>
struct ExprOf : Expr {
  static constexpr ExprKind kKind = K;
};

struct Name : ExprOf<ExprKind::kName> { Symbol name; };
struct NoneLit : ExprOf<ExprKind::kNoneLit> {};
struct BoolLit : ExprOf<ExprKind::kBoolLit> { bool value = false; };
struct EllipsisLit : ExprOf<ExprKind::kEllipsisLit> {};
// Non-negative, except that -9223372036854775808 is one literal. `-5` is Unary(kNeg, 5).
struct IntLit : ExprOf<ExprKind::kIntLit> { std::int64_t value = 0; };
struct BigIntLit : ExprOf<ExprKind::kBigIntLit> {};  // beyond 64 bits; the range holds the digits
struct FloatLit : ExprOf<ExprKind::kFloatLit> { double value = 0; };
struct ImagLit : ExprOf<ExprKind::kImagLit> { double value = 0; };            // 2j
struct StringLit : ExprOf<ExprKind::kStringLit> { std::string_view value; };  // UTF-8, escapes done, neighbours joined
struct BytesLit : ExprOf<ExprKind::kBytesLit> { std::string_view value; };

struct FString;
struct FStringPart {
  std::string_view text;               // literal text; used when value is null
  const Expr* value = nullptr;         // {value!conversion:spec}
  char conversion = 0;                 // 'r', 's', 'a' or 0
  const FString* spec = nullptr;       // null without ':'
};
// f"a{x!r:>{w}}b". `{x=}` arrives as the text "x=" followed by {x!r}.
struct FString : ExprOf<ExprKind::kFString> { std::span<const FStringPart> parts; };

struct Tuple : ExprOf<ExprKind::kTuple> { Exprs items; };  // items may be Starred; so in List, Set
struct List : ExprOf<ExprKind::kList> { Exprs items; };
struct Set : ExprOf<ExprKind::kSet> { Exprs items; };
struct DictItem {
  const Expr* key = nullptr;  // null: **value
  const Expr* value = nullptr;
};
struct Dict : ExprOf<ExprKind::kDict> { std::span<const DictItem> items; };

enum class ComprehensionForm : std::uint8_t { kList, kSet, kDict, kGenerator };
struct ComprehensionFor {
  Range range;
  const Expr* target = nullptr;  // Name, Tuple, List, Attribute, Subscript or Starred inside a Tuple
  const Expr* iterable = nullptr;
  Exprs conditions;
};
struct Comprehension : ExprOf<ExprKind::kComprehension> {
  ComprehensionForm form = ComprehensionForm::kList;
  const Expr* element = nullptr;  // kDict: the key
  const Expr* value = nullptr;    // kDict only, else null
  std::span<const ComprehensionFor> fors;  // at least one, outermost first
};

struct Unary : ExprOf<ExprKind::kUnary> {
  UnaryOp op = UnaryOp::kNeg;
  const Expr* operand = nullptr;
};
struct Binary : ExprOf<ExprKind::kBinary> {
  BinaryOp op = BinaryOp::kAdd;
  Range op_range;
  const Expr* left = nullptr;
  const Expr* right = nullptr;
};
struct Logical : ExprOf<ExprKind::kLogical> {  // a and b and c: one node, three operands
  LogicalOp op = LogicalOp::kAnd;
  Exprs operands;  // at least two
};
struct ComparePart {
  CompareOp op = CompareOp::kEq;
  Range op_range;
  const Expr* right = nullptr;
};
struct Compare : ExprOf<ExprKind::kCompare> {  // left < a <= b: one node with two parts
  const Expr* left = nullptr;
  std::span<const ComparePart> parts;  // at least one
};
struct Ternary : ExprOf<ExprKind::kTernary> {
  const Expr* condition = nullptr;
  const Expr* then_value = nullptr;
  const Expr* else_value = nullptr;
};

enum class ArgKind : std::uint8_t { kPositional, kKeyword, kStar, kDoubleStar };
struct Arg {
  Range range;  // keyword and value
  ArgKind kind = ArgKind::kPositional;
  Symbol name;  // kKeyword only
  const Expr* value = nullptr;
};
struct Call : ExprOf<ExprKind::kCall> {
  const Expr* callee = nullptr;
  std::span<const Arg> args;  // in written order
};
struct Attribute : ExprOf<ExprKind::kAttribute> {
  const Expr* object = nullptr;
  Symbol name;
  Range name_range;
};
// x[a, 1:2, ...]: three indices. x[a,] has one index and is_tuple; x[(a, b)] has one index, a Tuple.
struct Subscript : ExprOf<ExprKind::kSubscript> {
  const Expr* object = nullptr;
  Exprs indices;  // items may be Slice or Starred
  bool is_tuple = false;  // a comma was written
};
struct Slice : ExprOf<ExprKind::kSlice> {  // only directly among Subscript::indices; each bound may be null
  const Expr* lower = nullptr;
  const Expr* upper = nullptr;
  const Expr* step = nullptr;
};
struct Starred : ExprOf<ExprKind::kStarred> { const Expr* value = nullptr; };

enum class ParamKind : std::uint8_t { kPositionalOnly, kPositional, kStar, kKeywordOnly, kDoubleStar };
struct Param {
  Range range;
  ParamKind kind = ParamKind::kPositional;
  Symbol name;
  Range name_range;
  const Expr* annotation = nullptr;  // null without; `# type:` comments are filled in here
  const Expr* default_value = nullptr;
};
struct Lambda : ExprOf<ExprKind::kLambda> {
  std::span<const Param> params;
  const Expr* body = nullptr;
};
struct Walrus : ExprOf<ExprKind::kWalrus> {  // (target := value)
  Symbol target;
  Range target_range;
  const Expr* value = nullptr;
};

// ---- statements --------------------------------------------------------------------------------------------------

struct Stmt {
  Range range;  // compound statements: header and body
  StmtKind kind = StmtKind::kPass;

  template <class T>
  const T& as() const { return static_cast<const T&>(*this); }
  template <class T>
  const T* try_as() const { return kind == T::kKind ? static_cast<const T*>(this) : nullptr; }
};
using Block = std::span<const Stmt* const>;

template <StmtKind K>
struct StmtOf : Stmt {
  static constexpr StmtKind kKind = K;
};

struct ExprStmt : StmtOf<StmtKind::kExprStmt> { const Expr* value = nullptr; };
struct Assign : StmtOf<StmtKind::kAssign> {  // a = b, c = value
  Exprs targets;  // Name, Attribute, Subscript, Tuple, List; Starred inside the latter two
  const Expr* value = nullptr;
  const Expr* type_comment = nullptr;  // x = []  # type: List[int]; null without
};
struct AnnAssign : StmtOf<StmtKind::kAnnAssign> {  // target: annotation = value
  const Expr* target = nullptr;  // Name, Attribute or Subscript
  const Expr* annotation = nullptr;
  const Expr* value = nullptr;  // null: declaration only
};
struct AugAssign : StmtOf<StmtKind::kAugAssign> {
  BinaryOp op = BinaryOp::kAdd;
  Range op_range;
  const Expr* target = nullptr;  // Name, Attribute or Subscript
  const Expr* value = nullptr;
};
struct Return : StmtOf<StmtKind::kReturn> { const Expr* value = nullptr; };  // null: plain `return`
struct Raise : StmtOf<StmtKind::kRaise> {
  const Expr* exception = nullptr;  // null: re-raise
  const Expr* cause = nullptr;      // raise ... from cause; null without
};
struct Assert : StmtOf<StmtKind::kAssert> {
  const Expr* condition = nullptr;
  const Expr* message = nullptr;  // null without
};
struct If : StmtOf<StmtKind::kIf> {
  const Expr* condition = nullptr;
  Block body;
  Block else_body;       // an `elif` is one If inside
  bool is_elif = false;  // this If was written as `elif`
};
struct For : StmtOf<StmtKind::kFor> {
  const Expr* target = nullptr;
  const Expr* iterable = nullptr;
  Block body;
  Block else_body;
  const Expr* type_comment = nullptr;  // for x in xs:  # type: int; null without
};
struct While : StmtOf<StmtKind::kWhile> {
  const Expr* condition = nullptr;
  Block body;
  Block else_body;
};
struct WithItem {
  const Expr* context = nullptr;
  const Expr* target = nullptr;  // null without `as`
};
struct With : StmtOf<StmtKind::kWith> {
  std::span<const WithItem> items;
  Block body;
};
struct Handler {
  Range range;
  const Expr* type = nullptr;  // null: bare `except:`
  Symbol name;                 // empty without `as`
  Block body;
};
struct Try : StmtOf<StmtKind::kTry> {
  Block body;
  std::span<const Handler> handlers;
  Block else_body;
  Block finally_body;
};
struct Delete : StmtOf<StmtKind::kDelete> { Exprs targets; };
struct Global : StmtOf<StmtKind::kGlobal> { std::span<const Symbol> names; };
struct Nonlocal : StmtOf<StmtKind::kNonlocal> { std::span<const Symbol> names; };
struct Break : StmtOf<StmtKind::kBreak> {};
struct Continue : StmtOf<StmtKind::kContinue> {};
struct Pass : StmtOf<StmtKind::kPass> {};
struct ImportName {
  Range range;
  Symbol name;   // Import: dotted "a.b.c"; ImportFrom: one name, or "*"
  Symbol alias;  // empty without `as`
};
struct Import : StmtOf<StmtKind::kImport> { std::span<const ImportName> names; };
struct ImportFrom : StmtOf<StmtKind::kImportFrom> {
  Symbol module;            // dotted; may be empty when level > 0
  std::uint32_t level = 0;  // leading dots
  std::span<const ImportName> names;
};

struct FunctionDef : StmtOf<StmtKind::kFunctionDef> {
  Symbol name;
  Range name_range;
  Exprs decorators;
  std::span<const Param> params;
  const Expr* returns = nullptr;  // null without; filled from a `# type: (...) -> T` comment as well
  Block body;
  bool is_broken = false;  // the body, at any depth, holds a Bad statement
};
struct ClassDef : StmtOf<StmtKind::kClassDef> {
  Symbol name;
  Range name_range;
  Exprs decorators;
  std::span<const Arg> bases;  // class C(Base, metaclass=M)
  Block body;
};
// Text that did not parse; the sink has the full story. Callers that use only some functions of a file (a plain .py
// module) may go on as long as they meet none of these.
struct Bad : StmtOf<StmtKind::kBad> { std::string_view message; };

// ---- the whole ---------------------------------------------------------------------------------------------------

struct Tree : RefCounted {
  Ref<const SourceFile> file;
  Arena arena;
  Block body;
  std::uint32_t expr_count = 0;  // ids of expressions are below this
};

}  // namespace fac::script
