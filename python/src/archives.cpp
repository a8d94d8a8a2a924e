// Archives: load and save.
#include "archive/byte_source.h"
#include "binding.h"

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

}  // namespace

void bind_archives(nb::module_& m) {
  m.def("_load", &load_any, nb::arg("where"), nb::arg("map_location").none() = nb::none(),
        nb::arg("extra_files").none() = nb::none());
}

}  // namespace fac::python
