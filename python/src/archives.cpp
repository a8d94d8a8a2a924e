// Archives: load and save, and programs as text.
#include <set>

#include "archive/byte_sink.h"
#include "archive/byte_source.h"
#include "binding.h"
#include "ir/passes.h"
#include "module/save.h"

namespace fac::python {
namespace {

Result<Ref<ObjectBox>> load(Result<archive::ByteSource> source, Device device, std::map<std::string, std::string>* extra) {
  if (!source.ok()) return source.take_error();
  LoadOptions options;
  options.device = device;
  options.extra_files = extra;
  return load_module(std::move(*source), options);
}

// `extra`: names asked for, filled with bytes.
nb::object load_any(nb::object where, nb::handle map_location, nb::object extra) {
  Device device{};
  if (!map_location.is_none()) {
    const auto d = to_device(map_location);
    if (!d) throw nb::type_error("map_location should be a device or its name");
    device = *d;
  }
  std::map<std::string, std::string> files;
  const bool wants_files = extra.is_valid() && !extra.is_none();
  if (wants_files)
    for (auto [key, value] : nb::borrow<nb::dict>(extra)) files[nb::cast<std::string>(key)] = {};
  auto module = [&] {
    if (nb::isinstance<nb::bytes>(where)) {
      const auto bytes = nb::cast<nb::bytes>(where);
      const auto* data = bytes.c_str();
      const auto size = bytes.size();
      nb::gil_scoped_release release;
      return load(archive::ByteSource::copy(data, size), device, &files);
    }
    const std::string path = nb::cast<std::string>(where);
    nb::gil_scoped_release release;
    return load(archive::ByteSource::map_file(path), device, &files);
  }();
  nb::object out = object_object(take(std::move(module)));
  if (wants_files)
    for (const auto& [name, bytes] : files) extra[name.c_str()] = nb::bytes(bytes.data(), bytes.size());
  return out;
}

// Texts and bytes by name.
SaveOptions save_options(nb::handle extra_files) {
  SaveOptions options;
  if (!extra_files.is_valid() || extra_files.is_none()) return options;
  for (auto [name, content] : nb::borrow<nb::dict>(extra_files)) {
    std::string& bytes = options.extra_files[nb::cast<std::string>(name)];
    if (nb::isinstance<nb::bytes>(content)) {
      const auto b = nb::cast<nb::bytes>(content);
      bytes.assign(b.c_str(), b.size());
    } else {
      bytes = nb::cast<std::string>(content);
    }
  }
  return options;
}

// To a path, or, where `path` is None, to the bytes that are given back. On the main thread Ctrl-C stops it.
template <class Save>
nb::object save_any(nb::handle path, nb::handle extra_files, Save save) {
  SaveOptions options = save_options(extra_files);
  if (!path.is_none()) {
    const std::string where = nb::cast<std::string>(path);
    run_released([&](const RunOptions& run) -> Result<bool> {
      options.progress = [&run](std::uint64_t, std::uint64_t) { return !run.stop || !run.stop->load(std::memory_order_relaxed); };
      FACULA_TRY_VOID(save(where, options));
      return true;
    });
    return nb::none();
  }
  archive::StringSink sink;
  run_released([&](const RunOptions&) -> Result<bool> {
    FACULA_TRY_VOID(save(sink, options));
    return true;
  });
  const std::string bytes = sink.take();
  return nb::bytes(bytes.data(), bytes.size());
}

// Compiling may wait for another thread that compiles, and that one for the GIL.
template <class F>
auto without_gil(F&& f) {
  auto result = [&] {
    nb::gil_scoped_release release;
    return f();
  }();
  return take(std::move(result));
}

nb::object code_object(const CodeText& code) {
  nb::dict constants;
  for (std::size_t i = 0; i < code.constants.size(); ++i) constants[fmt("c{}", i).c_str()] = to_python(code.constants[i]);
  return nb::make_tuple(code.text, constants);
}

// The operators that the methods of a module and of all modules below it call.
Result<std::set<std::string>> operators_of(const Ref<ObjectBox>& root) {
  std::set<std::string> out;
  for (const auto& m : named_modules(root))
    for (Callable* c : m.module->type().methods()) {
      auto* f = dynamic_cast<ir::Function*>(c);
      if (!f) continue;
      FACULA_TRY(const ir::Graph* compiled, f->graph());
      auto g = compiled->clone();
      FACULA_TRY_VOID(ir::inline_calls(*g));
      g->for_each_deep(g->top(), [&](ir::NodeId n) {
        if (const ops::Overload* o = g->node(n).op)
          out.insert(std::string(o->name()) + (o->overload().empty() ? "" : "." + std::string(o->overload())));
      });
    }
  return out;
}

}  // namespace

void bind_archives(nb::module_& m) {
  m.def("_save", [](const ObjectHandle& h, nb::handle path, nb::handle extra_files) {
    return save_any(path, extra_files, [&](auto& where, const SaveOptions& o) { return save_module(h.box, where, o); });
  }, nb::arg("module"), nb::arg("path").none(), nb::arg("extra_files").none() = nb::none());
  m.def("_save_function", [](const FunctionHandle& h, nb::handle path, nb::handle extra_files) {
    return save_any(path, extra_files, [&](auto& where, const SaveOptions& o) { return save_function(*h.f, where, o); });
  }, nb::arg("function"), nb::arg("path").none(), nb::arg("extra_files").none() = nb::none());
  m.def("_function_code", [](const FunctionHandle& h) { return code_object(without_gil([&] { return code_of_function(*h.f); })); });
  m.def("_method_code", [](const MethodHandle& h) { return code_object(without_gil([&] { return code_of_method(*h.self, h.f->name()); })); });
  m.def("_program_code", [](const ObjectHandle& h) { return without_gil([&] { return code_of_program(h.box); }); });
  m.def("_operators_of", [](const ObjectHandle& h) {
    const auto names = without_gil([&] { return operators_of(h.box); });
    return std::vector<std::string>(names.begin(), names.end());
  });
  m.def("_load", &load_any, nb::arg("where"), nb::arg("map_location").none() = nb::none(),
        nb::arg("extra_files").none() = nb::none());
}

}  // namespace fac::python
