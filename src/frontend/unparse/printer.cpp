#include "frontend/unparse/printer.h"

#include <array>

#include "frontend/unparse/canonical_loops.h"
#include "frontend/unparse/writer.h"

namespace fac::script {
namespace {

// Names that mean something to a reader of the text.   source: the names that torch.jit.load's resolver answers, and
// Python's keywords
bool is_reserved(const std::string& name) {
  static const std::unordered_set<std::string> kReserved = {
      "_", "aten", "attribute", "CONSTANTS", "fork", "getattr", "inf", "nan", "infj", "nanj", "ops", "__torch__", "uninitialized",
      "unchecked_cast", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else",
      "except", "False", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "None", "nonlocal", "not",
      "or", "pass", "raise", "return", "True", "try", "with", "while", "yield"};
  return kReserved.contains(name);
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "x.1" -> "x": what SSA added.
std::string_view base_name(std::string_view name) {
  const auto dot = name.rfind('.');
  if (dot == name.npos || dot + 1 == name.size() || name.find_first_not_of("0123456789", dot + 1) != name.npos) return name;
  return name.substr(0, dot);
}

std::string as_identifier(std::string_view name) {
  std::string out;
  if (name.empty() || is_digit(name[0])) out += '_';
  for (const char c : name) out += is_letter(c) || is_digit(c) ? c : '_';
  return out;
}

}  // namespace

bool is_identifier(std::string_view name) {
  if (name.empty() || is_digit(name[0])) return false;
  for (const char c : name)
    if (!is_letter(c) && !is_digit(c)) return false;
  return true;
}

Range original(Range r) {
  if (!r) return r;
  if (const Range known = r.file->origin(r)) return known;
  // Code of an archive whose author is unknown stays so, instead of passing for the author's.
  return r.file->name().starts_with("code/__torch__") ? Range{} : r;
}

std::string ProgramPrinter::Impl::fresh_name(const std::string& candidate) {
  std::string name = candidate;
  while (used_names_.contains(name) || is_reserved(name)) name = candidate + std::to_string(next_suffix_[name]++);
  used_names_.insert(name);
  return name;
}

std::string ProgramPrinter::Impl::variable_for(ValueId v) {
  const std::string& name = g().value(v).name;
  return fresh_name(name.empty() ? "_" : as_identifier(base_name(name)));
}

std::shared_ptr<const MarkedText> ProgramPrinter::Impl::use(ValueId v) const {
  const std::string& variable = at_->variables[v.index];
  if (!variable.empty()) {
    const auto text = std::make_shared<MarkedText>();
    text->add(variable, here_);
    return text;
  }
  if (at_->expressions[v.index]) return at_->expressions[v.index];
  // A graph that the verifier accepts defines each value before its use.
  FACULA_ASSERT(false);
  return std::make_shared<MarkedText>();
}

ProgramPrinter::ProgramPrinter(std::vector<Value>& constants, Dependencies& dependencies, PrintOptions options)
    : impl_(std::make_unique<Impl>(constants, dependencies, std::move(options))) {}
ProgramPrinter::~ProgramPrinter() = default;
ProgramPrinter::ProgramPrinter(ProgramPrinter&&) noexcept = default;

Status ProgramPrinter::definition(const TypePtr& t) { return impl_->definition(t); }
Status ProgramPrinter::function(ir::Function& f) { return impl_->function(f, true); }
Status ProgramPrinter::method(ir::Function& f) { return impl_->function(f, false); }

Status ProgramPrinter::graph(const ir::Graph& g, std::string_view name, bool is_method) {
  std::vector<Argument> arguments;
  for (std::size_t i = 0; i < g.inputs().size(); ++i) {
    const auto& v = g.value(g.inputs()[i]);
    Argument a;
    a.name = as_identifier(v.name.empty() ? "_" + std::to_string(v.number) : base_name(v.name));
    a.type = v.type;
    arguments.push_back(std::move(a));
  }
  std::vector<TypePtr> results;
  for (const ValueId v : g.outputs()) results.push_back(g.type(v));
  const TypePtr result = results.empty() ? types::none() : results.size() == 1 ? results[0] : types::tuple(results);
  const auto canonical = canonical_loops(g);
  return impl_->body_of(canonical ? *canonical : g, name, arguments, result, !is_method);
}

const std::string& ProgramPrinter::text() const { return impl_->out_.text(); }
const std::vector<TextMark>& ProgramPrinter::marks() const { return impl_->out_.marks(); }
int ProgramPrinter::version() const { return impl_->version_; }

}  // namespace fac::script
