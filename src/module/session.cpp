// Session: what `facula repl` stands on. Each line is a module of its own that takes over the names of all before it.
#include "frontend/script/define.h"
#include "frontend/script/parser.h"
#include "frontend/script/scan.h"
#include "module/module.h"
#include "module/program.h"
#include "source/render.h"

namespace fac {

Session::Session(CompileOptions options) : options_(std::move(options)), unit_(std::make_shared<ir::Unit>()) {
  const CompiledProgram frame(options_);  // its options are what a program's are
  script::ProgramOptions o = const_cast<CompiledProgram&>(frame).program().options();
  o.session = true;
  o.attributes = nullptr;  // nothing is compiled twice here
  program_ = std::make_shared<script::Program>(*unit_, std::move(o));
}

Status Session::load(std::string text, std::string name) {
  const std::string module_name = "file" + std::to_string(++lines_);
  script::ModuleScope* module = program_->add_module(module_name, make_ref<SourceFile>(std::move(name), std::move(text)));
  module->star_imports = modules_;
  modules_.insert(modules_.begin(), module_name);
  if (!program_->sink().has_errors()) program_->compile_all(*module);
  if (program_->sink().has_errors()) return to_error(program_->sink());
  return {};
}

bool Session::is_open(std::string_view text) {
  int depth = 0;
  for (const char c : text) depth += c == '(' || c == '[' || c == '{' ? 1 : c == ')' || c == ']' || c == '}' ? -1 : 0;
  const auto end = text.find_last_not_of(" \t\r\n");
  if (depth > 0) return true;
  if (end != text.npos && (text[end] == ':' || text[end] == '\\')) return true;
  const bool decorated = text.starts_with('@') && text.find('\n') == text.npos;
  return decorated;
}

Result<std::optional<Value>> Session::run(const std::string& text) {
  const std::string name = "line" + std::to_string(++lines_);
  const std::size_t errors_before = program_->sink().error_count();
  // As an expression first: `return (text)`.
  DiagSink quiet;
  const auto file = make_ref<SourceFile>("<" + name + ">", text);
  const Ref<script::Tree> tree = script::parse_module(file, quiet);
  if (quiet.has_errors()) return to_error(quiet);
  script::BodyScan scan = script::scan_body(tree->body);
  bool defines = true;
  for (const script::Stmt* s : tree->body)
    defines = defines && (s->kind == script::StmtKind::kFunctionDef || s->kind == script::StmtKind::kClassDef ||
                          s->kind == script::StmtKind::kImport || s->kind == script::StmtKind::kImportFrom);
  if (defines) {
    script::ModuleScope* module = program_->add_module(name, file);
    module->star_imports = modules_;
    modules_.insert(modules_.begin(), name);
    DiagSink fresh;
    if (program_->sink().error_count() == errors_before) program_->compile_all(*module);
    if (program_->sink().error_count() != errors_before) {
      for (std::size_t i = 0; i < program_->sink().diagnostics().size(); ++i)
        if (i >= errors_before) {
          const Diagnostic& d = program_->sink().diagnostics()[i];
          fresh.add(d.severity, d.range, d.id, d.message);
        }
      modules_.erase(modules_.begin());
      return fresh.has_errors() ? to_error(fresh) : error(ErrorKind::kCompile, "too many errors in this session");
    }
    return std::optional<Value>();
  }
  // Statements become a function of the variables so far, which returns those it assigns.
  const bool is_expression = tree->body.size() == 1 && tree->body[0]->kind == script::StmtKind::kExprStmt;
  std::string params, body, results;
  Schema schema;
  std::vector<Value> args;
  for (const auto& [variable, value] : variables_) {
    params += (params.empty() ? "" : ", ") + variable;
    Argument a;
    a.name = variable;
    a.type = type_of(value);
    schema.arguments.push_back(std::move(a));
    args.push_back(value);
  }
  std::string line;
  for (const char c : text + "\n") {
    if (c != '\n') {
      line += c;
      continue;
    }
    if (!line.empty()) body += "    " + (is_expression && body.empty() ? "return " + line : line) + "\n";
    line.clear();
  }
  for (const Symbol s : scan.assigned) results += std::string(s.str()) + ", ";
  if (!is_expression && !results.empty()) body += "    return (" + results + ")\n";
  const auto wrapped = make_ref<SourceFile>("<" + name + ">", "def __line(" + params + "):\n" + body);
  script::ModuleScope* module = program_->add_module(name, wrapped);
  module->star_imports = modules_;
  const auto* def = module->tree->body.empty() ? nullptr : module->tree->body[0]->try_as<script::FunctionDef>();
  FACULA_CHECK(def, "this cannot be run");
  schema.name = "__line";
  FACULA_TRY(ir::Function* f, unit_->add_function("__torch__." + name + ".__line", std::move(schema)));
  script::define_later(*f, *def, module->tree, module->resolver);
  FACULA_TRY(Value result, run_function(*f, std::move(args)));
  if (is_expression) return result.is_none() ? std::optional<Value>() : std::optional<Value>(std::move(result));
  std::size_t i = 0;
  if (!results.empty() && result.is_tuple())
    for (const Symbol s : scan.assigned) variables_[std::string(s.str())] = result.tuple().values[i++];
  return std::optional<Value>();
}

}  // namespace fac
