#include "module/program.h"

#include <algorithm>
#include <filesystem>

#include "archive/byte_source.h"
#include "source/render.h"

namespace fac {
namespace {

namespace fs = std::filesystem;

Result<Ref<const SourceFile>> read_source(const std::string& path, const Limits& limits) {
  FACULA_TRY(const auto bytes, archive::ByteSource::map_file(path));
  FACULA_CHECK_KIND(bytes.bytes().size() <= limits.source_bytes, kLimit, "{} is larger than {} bytes", path, limits.source_bytes);
  return Ref<const SourceFile>(make_ref<SourceFile>(
      path, std::string(reinterpret_cast<const char*>(bytes.bytes().data()), bytes.bytes().size())));
}

// "a.b" below the folder: a/b.py or a/b/__init__.py. Names come from import statements: letters, digits and `_` only, so
// no path leaves the folder.
Result<Ref<const SourceFile>> find_module_file(const std::string& folder, std::string_view module, bool& is_package,
                                               const Limits& limits) {
  std::string path = folder;
  for (const char c : module) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
                       static_cast<unsigned char>(c) >= 0x80;
    if (!plain && c != '.') return Ref<const SourceFile>();
    if (path == folder && (path.empty() || path.back() != '/')) path += '/';
    path += c == '.' ? '/' : c;
  }
  std::error_code ignored;
  if (fs::is_regular_file(path + ".py", ignored)) return read_source(path + ".py", limits);
  if (fs::is_regular_file(path + "/__init__.py", ignored)) {
    is_package = true;
    return read_source(path + "/__init__.py", limits);
  }
  return Ref<const SourceFile>();
}

script::ProgramOptions program_options(const CompileOptions& o) {
  script::ProgramOptions out;
  out.dialect = o.strict ? script::Dialect::kStrict : script::Dialect::kEveryday;
  out.limits = o.limits;
  if (!o.strict) out.attributes = std::make_shared<script::AttributeHints>();
  if (!o.folder.empty())
    out.loader = [folder = o.folder, limits = o.limits](std::string_view module, bool& is_package) {
      return find_module_file(folder, module, is_package, limits);
    };
  return out;
}

}  // namespace

CompiledProgram::CompiledProgram(CompileOptions options)
    : options_(std::move(options)),
      unit_(std::make_shared<ir::Unit>()),
      program_(std::make_shared<script::Program>(*unit_, program_options(options_))) {}

void CompiledProgram::add(std::string module_name, Ref<const SourceFile> file) {
  files_.emplace_back(std::move(module_name), std::move(file));
  compile(files_.back().first, files_.back().second);
  // What uses taught about attributes makes another program: all is compiled again. Types only grow, so this ends.
  constexpr int kMaxAttempts = 50;
  script::AttributeHints* hints = program_->options().attributes.get();
  for (int attempt = 0; hints && hints->grown() && attempt < kMaxAttempts; ++attempt) {
    hints->start_attempt();
    const script::ProgramOptions options = program_->options();
    functions_.clear();
    unit_ = std::make_shared<ir::Unit>();
    program_ = std::make_shared<script::Program>(*unit_, options);
    for (const auto& [name, text] : files_) compile(name, text);
  }
}

void CompiledProgram::compile(const std::string& module_name, const Ref<const SourceFile>& file) {
  script::ModuleScope* module = program_->add_module(module_name, file);
  if (program_->sink().has_errors()) return;
  program_->compile_all(*module);
  for (ir::Function* f : program_->functions_of(*module)) functions_.push_back(f);
}

ir::Function* CompiledProgram::find(std::string_view name) const {
  for (ir::Function* f : functions_)
    if (f->name() == name) return f;
  return nullptr;
}

Result<std::shared_ptr<CompiledProgram>> compile_file(const std::string& path, CompileOptions options) {
  FACULA_TRY(auto file, read_source(path, options.limits));
  const fs::path p(path);
  if (options.folder.empty()) options.folder = p.has_parent_path() ? p.parent_path().string() : ".";
  auto out = std::make_shared<CompiledProgram>(std::move(options));
  out->add(p.stem().string(), std::move(file));
  return out;
}

Result<std::shared_ptr<CompiledProgram>> compile_program(std::string text, std::string name, CompileOptions options) {
  auto out = std::make_shared<CompiledProgram>(std::move(options));
  const fs::path p(name);
  const std::string stem = p.stem().string();
  out->add(stem.find_first_of("<> ") == stem.npos ? stem : "", make_ref<SourceFile>(std::move(name), std::move(text)));
  if (out->diagnostics().has_errors()) return to_error(out->diagnostics());
  return out;
}

Result<Ref<ObjectBox>> module_of_program(const CompiledProgram& program, std::string_view class_name) {
  std::vector<ir::Function*> functions;
  for (ir::Function* f : program.functions())
    if (!f->name().starts_with('_')) functions.push_back(f);
  FACULA_CHECK(!functions.empty(), "the program defines no function that could be saved");
  const std::string name = "__torch__." + std::string(class_name);
  auto unit = std::make_shared<ir::Unit>();
  unit->keep(program.unit());
  auto type = make_ref<ClassType>(name, true);
  type->add_attribute({"training", types::bool_(), false, false});
  FACULA_TRY_VOID(unit->add_type(type));
  const auto add = [&](ir::Function& f, const std::string& method) -> Status {
    FACULA_TRY(const ir::Graph* body, f.graph());
    auto graph = std::make_shared<ir::Graph>();
    graph->add_param(graph->top(), type, "self");
    std::vector<ir::ValueId> map(body->value_count());
    for (const ir::ValueId v : body->inputs())
      map[v.index] = graph->add_param(graph->top(), body->type(v), body->value(v).name);
    graph->set_returns(graph->top(), graph->copy_block(*body, body->top(), graph->top(), {}, map));
    Schema schema = f.schema();
    schema.name = method;
    Argument self;
    self.name = "self";
    self.type = type;
    schema.arguments.insert(schema.arguments.begin(), std::move(self));
    FACULA_TRY(ir::Function* made, unit->add_function(name + "." + method, std::move(schema)));
    made->range = f.range;
    made->set_graph(std::move(graph));
    type->add_method(made);
    return {};
  };
  for (ir::Function* f : functions) FACULA_TRY_VOID(add(*f, std::string(f->name())));
  if (functions.size() == 1 && functions[0]->name() != "forward") FACULA_TRY_VOID(add(*functions[0], "forward"));
  auto object = make_ref<ObjectBox>(type, unit);
  object->slots[0] = Value(false);
  return object;
}

}  // namespace fac
