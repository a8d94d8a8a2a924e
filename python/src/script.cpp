#include "script.h"

#include <map>

#include "errors.h"
#include "frontend/script/define.h"

namespace fac::python {
namespace {

constexpr Diag<std::string_view, std::string_view, std::string_view> kCallee{
    "broken-python-callee", "{}\n'{}' is being compiled since it was called from '{}'"};
constexpr Diag<std::string_view> kBroken{"broken-python-name", "{}"};

// Classes of archives may have the name of one that was made here: the type itself says which is meant.
nb::object type_object(const ClassType& cls) { return nb::cast(TypeHandle{TypePtr(&cls)}); }

std::string short_name(std::string_view qualified) { return std::string(qualified.substr(qualified.rfind('.') + 1)); }

}  // namespace

PythonResolver::PythonResolver(nb::object scope, nb::object classes, script::Dialect dialect)
    : scope_(std::move(scope)), classes_(std::move(classes)), dialect_(dialect) {}

PythonResolver::~PythonResolver() {
  if (!Py_IsInitialized()) {
    (void)scope_.release();
    (void)classes_.release();
    return;
  }
  nb::gil_scoped_acquire gil;
  scope_.reset();
  classes_.reset();
}

nb::object PythonResolver::guarded(Range at, const std::function<nb::object()>& ask) {
  if (failure_) return nb::object();
  try {
    nb::object found = ask();
    return found.is_none() ? nb::object() : found;
  } catch (nb::python_error& e) {
    // A callee that does not compile: the story goes on with the place that called it.
    if (e.matches(error_classes().frontend) && sink) {
      nb::object text = nb::str(e.value());
      nb::object callee = nb::getattr(e.value(), "callee", nb::none());
      const std::string why = nb::cast<std::string>(text);
      if (callee.is_none()) sink->error(at, kBroken, why);
      else
        sink->error(statement ? statement : at, kCallee, why, nb::cast<std::string>(callee), short_name(function));
    } else {
      failure_.emplace(from_python_error(e));
      if (sink) sink->error(at, kBroken, e.what());
    }
    return nb::object();
  }
}

script::MeaningPtr PythonResolver::value(std::string_view name, Range at) {
  nb::gil_scoped_acquire gil;
  nb::object found = guarded(at, [&] { return scope_.attr("value")(name); });
  return found.is_valid() ? nb::cast<MeaningHandle&>(found).meaning : nullptr;
}

TypePtr PythonResolver::type(std::string_view name, Range at) {
  nb::gil_scoped_acquire gil;
  nb::object found = guarded(at, [&] { return scope_.attr("type")(name); });
  return found.is_valid() ? nb::cast<TypeHandle&>(found).type : nullptr;
}

TypePtr PythonResolver::annotation(std::string_view text, Range at) {
  nb::gil_scoped_acquire gil;
  nb::object found = guarded(at, [&] { return scope_.attr("annotation")(text); });
  return found.is_valid() ? nb::cast<TypeHandle&>(found).type : nullptr;
}

script::MeaningPtr PythonResolver::member(script::Emitter& e, Range at, ir::ValueId self, const ClassType& cls,
                                          std::string_view name) {
  nb::gil_scoped_acquire gil;
  nb::object found = guarded(at, [&] { return classes_.attr("member")(type_object(cls), name); });
  if (!found.is_valid()) return nullptr;
  const auto& h = nb::cast<MeaningHandle&>(found);
  return h.of_member ? h.of_member(e, self) : h.meaning;
}

bool PythonResolver::has_member(const ClassType& cls, std::string_view name) {
  nb::gil_scoped_acquire gil;
  nb::object found = guarded({}, [&] { return classes_.attr("has_member")(type_object(cls), name); });
  return found.is_valid() && nb::cast<bool>(found);
}

std::optional<std::string> PythonResolver::missing_member(const ClassType& cls, std::string_view name) {
  nb::gil_scoped_acquire gil;
  nb::object found = guarded({}, [&] { return classes_.attr("missing")(type_object(cls), name); });
  if (!found.is_valid()) return std::nullopt;
  return nb::cast<std::string>(found);
}

const script::ModuleContainer* PythonResolver::container(const ClassType& cls) { return container_of(cls); }

Status PythonResolver::outcome() {
  if (!failure_) return {};
  ErrorPtr e = std::move(*failure_);
  failure_.reset();
  return e;
}

void bind_script(nb::module_& m) {
  nb::module_ part = m.def_submodule("script", "The compiler's handles, for facula's own Python files.");
  bind_script_types(part);
  bind_script_meanings(part);
  bind_script_programs(part);
}

}  // namespace fac::python
