// The compiler's handles in Python: what facula/_script/*.py builds programs from. The classification of Python objects
// is Python code there; this side only makes what it asks for.
#pragma once

#include <functional>

#include "binding.h"
#include "frontend/script/emitter.h"
#include "functions.h"

namespace fac::python {

// A Meaning, or the making of one from the object whose member it is (methods).
struct MeaningHandle {
  script::MeaningPtr meaning;
  std::function<script::MeaningPtr(script::Emitter&, ir::ValueId self)> of_member;
};

// What functions and classes are defined in; the package keeps one for everything that live objects become.
struct ProgramHandle {
  std::shared_ptr<ir::Unit> unit;
};

// Names as Python sees them: `scope` answers value(name), type(name), annotation(text); `classes` answers for members of
// compiled classes: member(type, name), missing(type, name).
class PythonResolver final : public script::Resolver {
 public:
  PythonResolver(nb::object scope, nb::object classes, script::Dialect dialect);
  ~PythonResolver() override;
  script::MeaningPtr value(std::string_view name, Range at) override;
  TypePtr type(std::string_view qualified_name, Range at) override;
  TypePtr annotation(std::string_view text, Range at) override;
  script::MeaningPtr member(script::Emitter& e, Range at, ir::ValueId self, const ClassType& cls, std::string_view name) override;
  bool has_member(const ClassType& cls, std::string_view name) override;
  std::optional<std::string> missing_member(const ClassType& cls, std::string_view name) override;
  const script::ModuleContainer* container(const ClassType& cls) override;
  Status outcome() override;
  script::Dialect dialect() const override { return dialect_; }
  bool marks_as_pytorch() const override { return true; }

  // Runs `ask`, which calls Python; what it raises is kept or reported at `at`, and the result is empty then.
  nb::object guarded(Range at, const std::function<nb::object()>& ask);

 private:
  nb::object scope_, classes_;
  script::Dialect dialect_;
  std::optional<ErrorPtr> failure_;
};

// What modules hold by position or key, by class (set_container).
void bind_script_types(nb::module_& m);
void bind_script_meanings(nb::module_& m);
void bind_script_programs(nb::module_& m);
const script::ModuleContainer* container_of(const ClassType& cls);

}  // namespace fac::python
