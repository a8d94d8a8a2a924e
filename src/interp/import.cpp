// Files, packages and `import`.
//
// A name is looked for among our own modules (embedded Python and native ones), then below the given folders. What is
// not found, or fails while it runs, does not stop the program: the name stands for an inert object that says so when
// somebody really uses it. A package's __init__.py runs only when a name is asked for that no file of the package has.
#include <algorithm>
#include <filesystem>
#include <fstream>

#include "frontend/script/parser.h"
#include "interp/embedded.h"
#include "interp/interp.h"
#include "source/render.h"

namespace fac::interp {

using namespace script;

namespace {

std::string parent_of(std::string_view dotted) {
  const auto dot = dotted.rfind('.');
  return dot == std::string_view::npos ? std::string() : std::string(dotted.substr(0, dot));
}
std::string last_of(std::string_view dotted) { return std::string(dotted.substr(dotted.rfind('.') + 1)); }

bool exists(const std::string& path) {
  std::error_code code;
  return std::filesystem::is_regular_file(path, code);
}

}  // namespace

Result<std::string> Interp::read_source(const std::string& path) {
  std::ifstream in(path, std::ios::binary | std::ios::ate);
  if (!in) return error(ErrorKind::kIo, "cannot read {}", path);
  const auto size = static_cast<std::int64_t>(in.tellg());
  if (size < 0 || (source_bytes_ += static_cast<std::uint64_t>(size)) > limits_.source_bytes)
    return error(ErrorKind::kLimit, "the program has more than {} MiB of source files", limits_.source_bytes >> 20);
  std::string text(static_cast<std::size_t>(size), '\0');
  in.seekg(0);
  in.read(text.data(), size);
  if (!in) return error(ErrorKind::kIo, "cannot read {}", path);
  return text;
}

Status Interp::run_body(Module& m, std::string text, const std::string& file_name) {
  const Depth depth(*this);
  FACULA_TRY_VOID(depth.ok());
  DiagSink sink;
  auto file = make_ref<SourceFile>(file_name, std::move(text));
  m.tree = parse_module(file, sink);
  // Statements that did not parse are met again when they run: a file may use syntax that this model does not need.
  if (sink.has_errors() && m.tree->body.empty()) return to_error(sink);
  const Ref<Module> keep(&m);
  Frame f;
  f.module = keep;
  f.tree = m.tree;
  m.attrs->set("__name__", Value(m.name));
  m.attrs->set("__file__", Value(m.path));
  m.attrs->set("__package__", Value(m.package));
  const int guard = std::exchange(import_guard_, 0);
  Result<Flow> flow = exec(m.tree->body, f);
  import_guard_ = guard;
  if (flow.ok()) return {};
  ErrorPtr e = flow.take_error();
  if (f.at && e->frames.size() < 64) {
    const auto line = f.at.file->line_index(f.at.begin);
    e->frames.push_back({"<module>", fmt("  File \"{}\", line {}, in <module>\n    {}", file_name, f.at.file->position(f.at.begin).line,
                                         f.at.file->line_text(line))});
  }
  return e;
}

Result<Ref<Module>> Interp::run_text(std::string text, std::string name) {
  const Ref<Module> m = new_module("__main__");
  m->package = "";
  FACULA_TRY_VOID(run_body(*m, std::move(text), name));
  return m;
}

Result<Ref<Module>> Interp::run_embedded(std::string name, std::string_view text) {
  const Ref<Module> m = find_module(name) ? find_module(name) : new_module(name);
  m->package = parent_of(name);
  m->has_run = true;
  Status s = run_body(*m, std::string(text), "<facula>/" + name + ".py");
  if (!s.ok()) {  // a defect of ours, unless a limit was met
    ErrorPtr e = s.take_error();
    if (e->kind == ErrorKind::kRaised) e = explained(std::move(e));
    return e;
  }
  return m;
}

// The file's place in its package decides its dotted name, so that its relative imports work.
Result<Ref<Module>> Interp::run_file(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code code;
  const fs::path full = fs::absolute(path, code);
  if (!exists(full.string())) return error(ErrorKind::kIo, "cannot read {}", path);
  std::string name = full.stem().string();
  const bool is_package = name == "__init__";
  fs::path folder = full.parent_path();
  if (is_package) {
    name = folder.filename().string();
    folder = folder.parent_path();
  }
  while (exists((folder / "__init__.py").string())) {
    name = folder.filename().string() + "." + name;
    folder = folder.parent_path();
  }
  paths_.insert(paths_.begin(), folder.string());
  if (name.find('.') != std::string::npos) {
    FACULA_TRY(const Ref<Module> parent, load(parent_of(name)));
    (void)parent;
  }
  FACULA_TRY(std::string text, read_source(full.string()));
  const Ref<Module> m = new_module(name);
  m->path = full.string();
  m->package = is_package ? name : parent_of(name);
  if (is_package) m->folder = full.parent_path().string();
  m->has_run = true;
  FACULA_TRY_VOID(run_body(*m, std::move(text), path));
  return m;
}

Result<Args> Interp::read_arguments(Module& module, std::string_view text) {
  DiagSink sink;
  auto file = make_ref<SourceFile>("--args", "f(" + std::string(text) + ")");
  const Ref<Tree> tree = parse_module(file, sink);
  if (sink.has_errors()) return to_error(sink);
  if (tree->body.size() != 1 || tree->body[0]->kind != StmtKind::kExprStmt || tree->body[0]->as<ExprStmt>().value->kind != ExprKind::kCall)
    return error(ErrorKind::kCompile, "`{}` are not the arguments of a call", text);
  Frame f;
  f.module = Ref<Module>(&module);
  f.tree = tree;
  Args args;
  FACULA_TRY_VOID(arguments(tree->body[0]->as<ExprStmt>().value->as<Call>().args, f, args));
  return args;
}

std::string Interp::find_file(const std::string& name, bool& is_package) const {
  std::string relative;
  for (const char c : name) {
    if (c == '/' || c == '\\' || c == '\0') return {};
    relative += c == '.' ? '/' : c;
  }
  for (const std::string& folder : paths_) {
    const std::string base = folder + "/" + relative;
    is_package = true;
    if (exists(base + "/__init__.py")) return base + "/__init__.py";
    is_package = false;
    if (exists(base + ".py")) return base + ".py";
  }
  return {};
}

// A folder without __init__.py.
std::string Interp::find_folder(const std::string& name) const {
  std::string relative = name;
  std::replace(relative.begin(), relative.end(), '.', '/');
  std::error_code code;
  for (const std::string& folder : paths_)
    if (!relative.empty() && std::filesystem::is_directory(folder + "/" + relative, code)) return folder + "/" + relative;
  return {};
}

// Runs a module whose failure must not stop the program: the names it has defined by then are there.
void Interp::run_guarded(Module& m, const std::string& path) {
  m.has_run = true;
  Status s;
  if (auto text = read_source(path); text.ok()) s = run_body(m, std::move(*text), path);
  else s = text.take_error();
  if (s.ok()) return;
  ErrorPtr e = s.take_error();
  m.attrs->set("$failed", Value(explained(std::move(e))->message));
  pending_ = Value();
}

Result<Ref<Module>> Interp::load(const std::string& name) {
  const Depth depth(*this);
  FACULA_TRY_VOID(depth.ok());
  if (Ref<Module> known_module = find_module(name)) return known_module;
  Ref<Module> parent;
  if (const std::string above = parent_of(name); !above.empty()) {
    FACULA_TRY(parent, load(above));
    if (!parent) return Ref<Module>();
  }
  Ref<Module> m;
  if (const std::string_view* text = embedded_module(name)) {
    FACULA_TRY(m, run_embedded(name, *text));
  } else {
    bool is_package = false;
    const std::string path = find_file(name, is_package);
    if (path.empty()) {
      const std::string folder = find_folder(name);
      if (folder.empty()) return Ref<Module>();
      m = new_module(name);
      m->folder = folder;
      m->has_run = true;
      if (parent && parent->attrs) parent->attrs->set(last_of(name), value_of(m));
      return m;
    }
    m = new_module(name);
    m->path = path;
    m->package = is_package ? name : parent_of(name);
    if (is_package) {
      m->folder = path.substr(0, path.rfind('/'));
      if (parent && parent->attrs) parent->attrs->set(last_of(name), value_of(m));
      return m;  // its __init__.py waits until it is needed
    }
    run_guarded(*m, path);
    if (steps_ > limits_.steps) return tick().take_error();
  }
  if (parent && parent->attrs && !parent->attrs->find(last_of(name))) parent->attrs->set(last_of(name), value_of(m));
  return m;
}

Result<Value> Interp::import_module(std::string_view name, const Frame*) {
  FACULA_TRY(const Ref<Module> m, load(std::string(name)));
  if (m) return value_of(m);
  if (import_guard_ > 0) return raise("ModuleNotFoundError", "No module named '{}'", name);
  const Value v = inert(std::string(name), "no module of this name is known here; give its folder with --path");
  if (const Ref<Module> parent = find_module(parent_of(name)); parent && parent->attrs) parent->attrs->set(last_of(name), v);
  return v;
}

// A name that the module's own variables lack: a file of the package, what its __init__.py makes, an operator of torch.
Result<std::optional<Value>> Interp::member_of(Module& m, std::string_view name) {
  using Found = std::optional<Value>;
  if (name.starts_with("__") && name.ends_with("__")) return Found();
  if (m.name == "torch" || m.name.starts_with("torch.")) {
    FACULA_TRY(auto found, torch_member(m, name));
    if (found) return found;
  }
  const std::string full = m.name + "." + std::string(name);
  if (Ref<Module> sub = find_module(full)) return Found(value_of(sub));
  bool is_package = false;
  if (embedded_module(full) || (!m.folder.empty() && !find_file(full, is_package).empty())) {
    FACULA_TRY(const Ref<Module> sub, load(full));
    if (sub) return Found(value_of(sub));
  }
  if (!m.folder.empty() && !m.has_run) {
    run_guarded(m, m.path);
    if (const Value* v = m.attrs->find(name)) return Found(*v);
  }
  if (const Value* failed = m.attrs->find("$failed")) return Found(inert(full, "running " + m.path + " failed:\n" + failed->str()));
  if (const Value* hook = m.attrs->find("__getattr__")) {
    const Value f = *hook;
    FACULA_TRY(Value v, call(f, std::vector<Value>{Value(name)}));
    return Found(std::move(v));
  }
  // Parts of torch that no module construction needs.
  if (m.name == "torch" || m.name.starts_with("torch.")) return Found();
  return Found();
}

Status Interp::import(const Import& s, Frame& f) {
  for (const ImportName& n : s.names) {
    const std::string name(n.name.str());
    FACULA_TRY(Value v, import_module(name, &f));
    if (n.alias) {
      FACULA_TRY_VOID(assign_name(n.alias, std::move(v), f));
      continue;
    }
    const std::string head = name.substr(0, name.find('.'));
    if (head != name) {
      FACULA_TRY(v, import_module(head, &f));
    }
    FACULA_TRY_VOID(assign_name(Symbol(head), std::move(v), f));
  }
  return {};
}

Status Interp::import_from(const ImportFrom& s, Frame& f) {
  std::string name(s.module.str());
  if (s.level > 0) {
    std::string base = f.module->package;
    for (std::uint32_t i = 1; i < s.level; ++i) base = parent_of(base);
    if (base.empty() && s.level > 1) return raise("ImportError", "attempted relative import beyond top-level package");
    // A file outside any package: its neighbours.
    name = base.empty() ? name : name.empty() ? base : base + "." + name;
  }
  if (name == "__future__") return {};
  FACULA_TRY(const Value from, import_module(name, &f));
  Module* m = as<Module>(from);
  for (const ImportName& n : s.names) {
    if (n.name.str() == "*") {
      if (!m) continue;
      if (!m->folder.empty() && !m->has_run) run_guarded(*m, m->path);
      const Value* all = m->attrs->find("__all__");
      std::vector<Value> names;
      if (all) {
        FACULA_TRY(names, gather(Value(*all)));
      } else {
        for (const auto& [k, v] : m->attrs->items())
          if (k.is_str() && !k.str().starts_with("_") && !k.str().starts_with("$")) names.push_back(k);
      }
      for (const Value& k : names) {
        if (!k.is_str()) continue;
        FACULA_TRY(auto v, find_attr(from, k.str()));
        if (v) FACULA_TRY_VOID(assign_name(Symbol(k.str()), std::move(*v), f));
      }
      continue;
    }
    const std::string_view what = n.name.str();
    FACULA_TRY(auto v, find_attr(from, what));
    if (!v) {
      if (import_guard_ > 0) return raise("ImportError", "cannot import name '{}' from '{}'", what, name);
      v = inert(name + "." + std::string(what), "`" + name + "` has no such name here");
    }
    FACULA_TRY_VOID(assign_name(n.alias ? n.alias : n.name, std::move(*v), f));
  }
  return {};
}

}  // namespace fac::interp
