// Python objects of functions and what describes them.
#pragma once

#include "binding.h"
#include "value/schema.h"

namespace fac::python {

struct SchemaHandle {
  Schema schema;
};
struct ArgumentHandle {
  Argument argument;
};
struct TypeHandle {
  TypePtr type;
};
struct UnitHandle {
  std::vector<std::shared_ptr<ir::Unit>> parts;  // one for each text that was defined
};

inline std::vector<ArgumentHandle> argument_handles(const std::vector<Argument>& arguments) {
  std::vector<ArgumentHandle> out;
  for (const auto& a : arguments) out.push_back({a});
  return out;
}
std::string_view type_kind_name(TypeKind kind);  // "TensorType", as torch's Type.kind()

nb::object call_method(const Ref<ObjectBox>& self, std::string_view name, nb::args args, nb::kwargs kwargs);

// A return type that was not annotated is known once the body is compiled.
inline Result<bool> graph_of_if_needed(ir::Function& f) {
  if (!f.schema().returns.empty()) return true;
  nb::gil_scoped_release release;
  FACULA_TRY(const ir::Graph* g, f.graph());
  return g != nullptr;
}
void bind_graphs(nb::module_& m);  // graphs.cpp

}  // namespace fac::python
