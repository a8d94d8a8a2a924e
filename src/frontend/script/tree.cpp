#include "frontend/script/tree.h"

#include <cstddef>

namespace fac::script {

#define FACULA_KIND_NAME(name) #name,
std::string_view kind_name(ExprKind kind) {
  static constexpr std::string_view kNames[] = {FACULA_EXPR_KINDS(FACULA_KIND_NAME)};
  return kNames[static_cast<std::size_t>(kind)];
}
std::string_view kind_name(StmtKind kind) {
  static constexpr std::string_view kNames[] = {FACULA_STMT_KINDS(FACULA_KIND_NAME)};
  return kNames[static_cast<std::size_t>(kind)];
}
#undef FACULA_KIND_NAME

std::string_view spelling(UnaryOp op) {
  static constexpr std::string_view kTexts[] = {"-", "+", "~", "not"};
  return kTexts[static_cast<std::size_t>(op)];
}
std::string_view spelling(BinaryOp op) {
  static constexpr std::string_view kTexts[] = {"+", "-", "*", "/", "//", "%", "**", "@", "<<", ">>", "&", "^", "|"};
  return kTexts[static_cast<std::size_t>(op)];
}
std::string_view spelling(LogicalOp op) { return op == LogicalOp::kAnd ? "and" : "or"; }
std::string_view spelling(CompareOp op) {
  static constexpr std::string_view kTexts[] = {"==", "!=", "<", "<=", ">", ">=", "in", "not in", "is", "is not"};
  return kTexts[static_cast<std::size_t>(op)];
}

}  // namespace fac::script
