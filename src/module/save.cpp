// Module -> archive: the pickle writer walks the objects, the printer writes the program of their classes.
#include "module/save.h"

#include <algorithm>
#include <filesystem>
#include <unordered_set>

#include "archive/debug_records.h"
#include "archive/pickle_writer.h"
#include "archive/zip_writer.h"
#include "frontend/unparse/printer.h"
#include "module/module.h"

namespace fac {
namespace {

using archive::Bytes;
using archive::PickleWriter;

constexpr std::size_t kWorthDeflating = 200, kProgressChunk = 16u << 20;
constexpr int kOldestVersion = 3;  // that every reader of today takes

// Whether a class has both __getstate__ and __setstate__, and fitting ones.   source of the texts: PyTorch's pickler
Result<bool> has_state_methods(const ClassType& c) {
  const Callable* get = c.find_method("__getstate__");
  if (!get) return false;
  FACULA_CHECK(get->schema().arguments.size() == 1, "'__getstate__' must have 'self' as its only argument, but found {} arguments", get->schema().arguments.size());
  const Callable* set = c.find_method("__setstate__");
  if (!set) return false;
  FACULA_CHECK(set->schema().arguments.size() == 2, "'__setstate__' must have 'self' and the state as its only arguments, but found {} arguments", set->schema().arguments.size());
  return true;
}

// The program: every class, function, enum and named tuple that objects and code name, in files by qualifier.
class Program final : public archive::ClassNamer {
 public:
  explicit Program(const Limits& limits) : limits_(limits) {}

  std::string name(const TypePtr& t) override { return names_.name(t); }
  std::string annotation(const TypePtr& t) override { return script::annotation(t, type_names()); }
  Result<std::optional<Value>> state(const Ref<ObjectBox>& object) override {
    FACULA_TRY(const bool has, has_state_methods(object->type()));
    if (!has) return std::optional<Value>();
    RunOptions options;
    options.limits = limits_;
    options.plan = false;  // runs once
    FACULA_TRY(Value v, run_method(object, "__getstate__", {}, {}, options));
    return std::optional<Value>(std::move(v));
  }

  Status define(const TypePtr& t) {
    if (!defined_.insert(t->kind() == TypeKind::kFunction ? static_cast<const void*>(static_cast<const FunctionType&>(*t).function()) : t.get()).second)
      return {};
    const std::string name = names_.name(t);
    const auto dot = name.rfind('.');
    return file(name.substr(0, dot == name.npos ? 0 : dot)).definition(t);
  }
  // What was named so far, and what that names in turn.
  Status define_all() {
    for (; done_ < dependencies_.size(); ++done_) {
      const TypePtr t = dependencies_[done_];  // defining may enlarge the table
      FACULA_TRY_VOID(define(t));
    }
    return {};
  }
  Status define_root(const TypePtr& t) {
    dependencies_.add(t);
    return define_all();
  }

  struct File {
    std::string qualifier;
    script::ProgramPrinter printer;
  };
  const std::vector<File>& files() const { return files_; }
  std::vector<Value>& constants() { return constants_; }
  int version() const {
    int v = kOldestVersion;
    for (const File& f : files_) v = std::max(v, f.printer.version());
    return v;
  }

 private:
  script::TypeNames type_names() {
    return [this](const TypePtr& t) { return names_.name(t); };
  }
  script::ProgramPrinter& file(const std::string& qualifier) {
    for (File& f : files_)
      if (f.qualifier == qualifier) return f.printer;
    files_.push_back({qualifier, script::ProgramPrinter(constants_, dependencies_, {type_names(), true})});
    return files_.back().printer;
  }

  const Limits& limits_;
  script::UniqueNames names_;
  script::Dependencies dependencies_;
  std::size_t done_ = 0;
  std::unordered_set<const void*> defined_;
  std::vector<Value> constants_;
  std::vector<File> files_;
};

// "__torch__.a.b" -> "code/__torch__/a/b.py"
std::string code_path(std::string qualifier) {
  std::replace(qualifier.begin(), qualifier.end(), '.', '/');
  return "code/" + qualifier + ".py";
}

// Where the text of each file came from. PyTorch records the source of one function at a time; a whole file of a user's
// or of our library is cut to the lines that are needed, so that archives do not carry it many times.
class DebugWriter {
 public:
  std::string write(const std::vector<script::TextMark>& marks) {
    const std::map<const SourceFile*, Excerpt> excerpts = excerpts_of(marks);
    archive::DebugRecords records;
    std::vector<std::int64_t> tags;
    for (const script::TextMark& m : marks) {
      archive::DebugRecord r;
      r.code_offset = static_cast<std::int64_t>(m.offset);
      if (m.range) {
        const Excerpt& e = excerpts.at(m.range.file);
        r.source = e.source;
        r.start = m.range.begin - e.begin;
        r.end = m.range.end - e.begin;
      }
      records.records.push_back(std::move(r));
      tags.push_back(tag(m.range));
    }
    return archive::write_debug_records(records, tags);
  }

 private:
  struct Excerpt {
    std::uint32_t first_line = ~0u, last_line = 0;  // that are marked, 0-based
    std::uint32_t begin = 0;                        // of the text, in the file
    std::shared_ptr<const archive::OriginalSource> source;
  };

  static std::map<const SourceFile*, Excerpt> excerpts_of(const std::vector<script::TextMark>& marks) {
    constexpr std::uint32_t kLarge = 16 << 10, kContext = 3;  // messages show three lines around an error
    std::map<const SourceFile*, Excerpt> out;
    for (const script::TextMark& m : marks) {
      if (!m.range) continue;
      Excerpt& e = out[m.range.file];
      e.first_line = std::min(e.first_line, m.range.file->line_index(m.range.begin));
      e.last_line = std::max(e.last_line, m.range.file->line_index(m.range.end));
    }
    for (auto& [file, e] : out) {
      auto s = std::make_shared<archive::OriginalSource>();
      s->file = file->name();
      s->starting_line = static_cast<std::int64_t>(file->first_line()) - 1;
      s->text = file->text();
      if (file->size() > kLarge) {
        const std::uint32_t first = e.first_line - std::min(e.first_line, kContext), after = e.last_line + kContext + 1;
        e.begin = file->line_begin(first);
        const std::uint32_t end = after < file->line_count() ? file->line_begin(after) : file->size();
        s->text = file->text().substr(e.begin, end - e.begin);
        s->starting_line += first;
      }
      e.source = std::move(s);
    }
    return out;
  }

  std::int64_t tag(const Range& r) {
    return tags_.try_emplace({r.file, {r.begin, r.end}}, static_cast<std::int64_t>(tags_.size())).first->second;
  }

  std::map<std::pair<const SourceFile*, std::pair<std::uint32_t, std::uint32_t>>, std::int64_t> tags_;
};

// Tells how far the tensors are. Large ones arrive at the sink in pieces.
class ProgressSink final : public archive::ByteSink {
 public:
  ProgressSink(archive::ByteSink& to, const SaveOptions& options) : to_(to), options_(options) {}
  void start(std::uint64_t total) {
    total_ = total;
    counting_ = true;
  }
  void stop() { counting_ = false; }
  Status write(Bytes bytes) override {
    if (!counting_ || !options_.progress) return to_.write(bytes);
    while (!bytes.empty()) {
      const Bytes part = bytes.first(std::min(bytes.size(), kProgressChunk));
      FACULA_TRY_VOID(to_.write(part));
      done_ = std::min(done_ + part.size(), total_);  // headers count too little to matter
      if (!options_.progress(done_, total_)) return runtime_error("the save was stopped");
      bytes = bytes.subspan(part.size());
    }
    return {};
  }

 private:
  archive::ByteSink& to_;
  const SaveOptions& options_;
  std::uint64_t total_ = 0, done_ = 0;
  bool counting_ = false;
};

Bytes bytes_of(const Storage& s) { return {static_cast<const std::uint8_t*>(s.data()), s.bytes()}; }

std::string archive_name(const std::string& path) {
  std::string name = std::filesystem::path(path).filename().string();
  if (const auto dot = name.rfind('.'); dot != name.npos) name.resize(dot);
  return name.empty() ? "archive" : name;
}

Status add_storages(archive::ZipWriter& zip, const std::string& folder, const PickleWriter& pickle) {
  for (std::size_t i = 0; i < pickle.storages().size(); ++i)
    FACULA_TRY_VOID(zip.add(folder + std::to_string(i), bytes_of(*pickle.storages()[i])));
  return {};
}

}  // namespace

Status save_module(const Ref<ObjectBox>& module, archive::ByteSink& sink, const SaveOptions& options) {
  const TypePtr type = module->type_ref();
  FACULA_CHECK(module->type().is_module(), "only modules can be saved, not an object of class '{}'", type->name());
  // Everything that can fail for reasons of the program comes before the first byte.
  Program program(options.limits);
  PickleWriter data(&program, options.limits), constants(&program, options.limits);
  FACULA_TRY(const std::string data_pickle, data.write(Value(module)));
  for (const TypePtr& t : data.classes()) FACULA_TRY_VOID(program.define(t));
  FACULA_TRY_VOID(program.define_root(type));
  FACULA_TRY(const std::string constants_pickle, constants.write(Value(make_ref<TupleBox>(program.constants()))));
  for (const TypePtr& t : constants.classes()) FACULA_TRY_VOID(program.define(t));
  FACULA_TRY_VOID(program.define_all());

  ProgressSink out(sink, options);
  archive::ZipWriter zip(out, options.name);
  for (const auto& [name, text] : options.extra_files) FACULA_TRY_VOID(zip.add("extra/" + name, text));
  std::uint64_t total = 0;
  for (const auto& s : data.storages()) total += s->bytes();
  out.start(total);
  FACULA_TRY_VOID(add_storages(zip, "data/", data));
  out.stop();
  FACULA_TRY_VOID(zip.add("data.pkl", data_pickle));
  DebugWriter debug;
  for (const auto& f : program.files()) {
    const std::string path = code_path(f.qualifier);
    FACULA_TRY_VOID(zip.add(path, f.printer.text(), f.printer.text().size() > kWorthDeflating));
    if (!options.debug_records) continue;
    const std::string records = debug.write(f.printer.marks());
    FACULA_TRY_VOID(zip.add(path + ".debug_pkl", records, records.size() > kWorthDeflating));
  }
  FACULA_TRY_VOID(add_storages(zip, "constants/", constants));
  FACULA_TRY_VOID(zip.add("constants.pkl", constants_pickle));
  return zip.finish(program.version());
}

Status save_module(const Ref<ObjectBox>& module, const std::string& path, const SaveOptions& options) {
  SaveOptions named = options;
  named.name = archive_name(path);
  FACULA_TRY(auto file, archive::FileSink::create(path));
  FACULA_TRY_VOID(save_module(module, *file, named));
  return file->commit();
}

Result<Ref<ObjectBox>> module_of_function(ir::Function& f) {
  FACULA_TRY(const ir::Graph* body, f.graph());
  auto unit = std::make_shared<ir::Unit>();
  auto type = make_ref<ClassType>("__torch__.PlaceholderModule", true);
  type->add_attribute({"training", types::bool_(), false, false});
  FACULA_TRY_VOID(unit->add_type(type));
  auto graph = std::make_shared<ir::Graph>();
  graph->add_param(graph->top(), type, "self");
  std::vector<ir::ValueId> map(body->value_count());
  for (const ir::ValueId v : body->inputs())
    map[v.index] = graph->add_param(graph->top(), body->type(v), body->value(v).name);
  graph->set_returns(graph->top(), graph->copy_block(*body, body->top(), graph->top(), {}, map));
  Schema schema = f.schema();
  schema.name = "forward";
  Argument self;
  self.name = "self";
  self.type = type;
  schema.arguments.insert(schema.arguments.begin(), std::move(self));
  FACULA_TRY(ir::Function* forward, unit->add_function("__torch__.PlaceholderModule.forward", std::move(schema)));
  forward->range = f.range;
  forward->set_graph(std::move(graph));
  type->add_method(forward);
  auto object = make_ref<ObjectBox>(type, unit);
  object->slots[0] = Value(true);
  return object;
}

Status save_function(ir::Function& f, archive::ByteSink& sink, const SaveOptions& options) {
  FACULA_TRY(const auto module, module_of_function(f));
  return save_module(module, sink, options);
}
Status save_function(ir::Function& f, const std::string& path, const SaveOptions& options) {
  FACULA_TRY(const auto module, module_of_function(f));
  return save_module(module, path, options);
}

namespace {

template <class F>
Result<CodeText> code(F print) {
  CodeText out;
  script::Dependencies dependencies;
  script::ProgramPrinter printer(out.constants, dependencies, {});
  FACULA_TRY_VOID(print(printer));
  out.text = printer.text();
  return out;
}

}  // namespace

Result<CodeText> code_of_function(ir::Function& f) {
  return code([&](script::ProgramPrinter& p) { return p.function(f); });
}

Result<CodeText> code_of_method(const ObjectBox& object, std::string_view method) {
  const ClassType& c = object.type();
  auto* f = dynamic_cast<ir::Function*>(c.find_method(method));
  FACULA_CHECK(f, "'{}' object has no method '{}'", c.name(), method);
  return code([&](script::ProgramPrinter& p) { return p.method(*f); });
}

Result<CodeText> code_of_graph(const ir::Graph& g, std::string_view name, bool is_method) {
  return code([&](script::ProgramPrinter& p) { return p.graph(g, name, is_method); });
}

Result<std::vector<std::pair<std::string, std::string>>> code_of_program(const Ref<ObjectBox>& module) {
  const Limits limits;
  Program program(limits);
  FACULA_TRY_VOID(program.define_root(module->type_ref()));
  std::vector<std::pair<std::string, std::string>> out;
  for (const auto& f : program.files()) out.emplace_back(f.qualifier, f.printer.text());
  return out;
}

}  // namespace fac
