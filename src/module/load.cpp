// Archive -> module: the reader gives bytes and pickles, the importer compiles the code that they name.
#include <algorithm>
#include <unordered_map>

#include "archive/reader.h"
#include "frontend/script/importer.h"
#include "module/module.h"

namespace fac {
namespace {

using archive::Archive;

// The code of one file, with the places of the author's own program that it came from.
Ref<const SourceFile> make_file(std::string_view qualifier, std::string text, const archive::DebugRecords& debug) {
  std::string path = "code/";
  for (char c : qualifier) path += c == '.' ? '/' : c;
  auto file = make_ref<SourceFile>(path + ".py", std::move(text));
  if (debug.records.empty()) return file;
  std::unordered_map<const archive::OriginalSource*, Ref<const SourceFile>> originals;
  std::vector<Origin> origins;
  std::vector<Ref<const SourceFile>> files;
  for (const auto& r : debug.records) {
    if (r.code_offset < 0 || r.code_offset > static_cast<std::int64_t>(file->size())) continue;
    auto& original = originals[r.source.get()];
    if (!original) {
      original = make_ref<SourceFile>(r.source->file, r.source->text, static_cast<std::uint32_t>(std::clamp<std::int64_t>(r.source->starting_line + 1, 1, 1 << 30)));
      files.push_back(original);
    }
    Range range;
    if (!r.source->text.empty())
      range = {original.get(), static_cast<std::uint32_t>(r.start), static_cast<std::uint32_t>(r.end)};
    origins.push_back({static_cast<std::uint32_t>(r.code_offset), range});
  }
  file->set_origins(std::move(origins), std::move(files));
  return file;
}

Result<Ref<const SourceFile>> read_file(const Archive& a, std::string_view qualifier) {
  FACULA_TRY(auto text, a.source(qualifier));
  if (!text) return Ref<const SourceFile>();
  // Damaged debug records only make messages poorer.
  auto debug = a.debug_records(qualifier);
  return make_file(qualifier, std::move(*text), debug.ok() ? *debug : archive::DebugRecords{});
}

// Code is compiled when it is first called, maybe long after the load: it is read now where the bytes are not ours.
Result<script::SourceImporter::Loader> make_loader(std::shared_ptr<Archive> a, bool keep_bytes) {
  if (keep_bytes)
    return script::SourceImporter::Loader([a = std::move(a)](std::string_view q) { return read_file(*a, q); });
  auto files = std::make_shared<std::unordered_map<std::string, Ref<const SourceFile>>>();
  for (const std::string& q : a->sources()) {
    FACULA_TRY((*files)[q], read_file(*a, q));
  }
  return script::SourceImporter::Loader([files](std::string_view q) -> Result<Ref<const SourceFile>> {
    const auto it = files->find(std::string(q));
    return it == files->end() ? Ref<const SourceFile>() : it->second;
  });
}

class Classes final : public archive::ClassResolver {
 public:
  Classes(std::shared_ptr<ir::Unit> unit, std::shared_ptr<script::SourceImporter> importer, const Limits& limits)
      : unit_(std::move(unit)), importer_(std::move(importer)), limits_(limits) {}
  Result<TypePtr> resolve(std::string_view name) override { return importer_->type(name); }
  Status set_state(const Ref<ObjectBox>& object, Value state, archive::TypeRestorer& types) override {
    const Callable* f = object->type().find_method("__setstate__");
    if (!f || f->schema().arguments.size() != 2)
      return error(ErrorKind::kArchive, "`{}` has no __setstate__ of one argument", object->type().name());
    FACULA_TRY_VOID(types.restore(state, f->schema().arguments[1].type));
    RunOptions options;
    options.limits = limits_;
    options.plan = false;  // run once, on an object that is not finished
    FACULA_TRY(Value none, run_method(object, "__setstate__", {std::move(state)}, {}, options));
    (void)none;
    return {};
  }
  std::shared_ptr<void> owner() override { return unit_; }

 private:
  std::shared_ptr<ir::Unit> unit_;
  std::shared_ptr<script::SourceImporter> importer_;
  Limits limits_;
};

}  // namespace

Result<Ref<ObjectBox>> load_module(archive::ByteSource source, const LoadOptions& options) {
  if (options.device.type != DeviceType::kCPU)
    return runtime_error("cannot load a module to device {}: this build of Facula runs on the CPU", device_text(options.device));
  const bool keep_bytes = source.owner() != nullptr;
  archive::OpenOptions open;
  open.limits = options.limits;
  open.verify = options.verify;
  FACULA_TRY(auto opened, Archive::open(std::move(source), open));
  std::shared_ptr<Archive> a = std::move(opened);
  FACULA_TRY_VOID(a->expect_torchscript());

  auto unit = std::make_shared<ir::Unit>();
  auto constants = std::make_shared<std::vector<Value>>();
  FACULA_TRY(auto loader, make_loader(a, keep_bytes));
  auto importer = std::make_shared<script::SourceImporter>(*unit, constants, std::move(loader), a->version(), options.limits);
  unit->keep(importer);
  Classes classes(unit, importer, options.limits);
  FACULA_TRY(*constants, a->constants(&classes));
  FACULA_TRY(Value data, a->data(classes));
  if (!data.is_object() || !data.object().type().is_module())
    return error(ErrorKind::kArchive, "{}: data.pkl holds a {}, not a module", a->file(), tag_name(data.tag()));
  if (options.extra_files)
    for (auto& [name, text] : *options.extra_files) {
      auto found = a->extra_file(name);
      if (found.ok()) text = std::move(*found);
    }
  return Ref<ObjectBox>(&data.object());
}

}  // namespace fac
