// Functions, methods and their graphs as Python objects.
#include "functions.h"

#include "ir/passes.h"
#include "trace.h"

namespace fac::python {
namespace {

nb::object call_function(nb::handle self, nb::args args, nb::kwargs kwargs) {
  if (nb::object traced = observed_call(self, nullptr, args, kwargs); traced.is_valid()) return traced;
  const auto& h = nb::cast<const FunctionHandle&>(self);
  auto values = take(bind_python_arguments(h.f->schema(), nullptr, args, kwargs));
  return to_python(run_released([&](const RunOptions& options) { return run_function(*h.f, std::move(values), {}, options); }));
}

GraphHandle graph_of(ir::Function& f, bool inlined) {
  auto graph = [&]() -> Result<std::shared_ptr<const ir::Graph>> {
    nb::gil_scoped_release release;
    FACULA_TRY(const ir::Graph* g, f.graph());
    std::shared_ptr<ir::Graph> copy = g->clone();
    if (inlined) FACULA_TRY_VOID(ir::inline_calls(*copy));
    return std::shared_ptr<const ir::Graph>(std::move(copy));
  }();
  return {take(std::move(graph))};
}

}  // namespace

nb::object call_method(const Ref<ObjectBox>& self, std::string_view name, nb::args args, nb::kwargs kwargs) {
  const Callable* f = self->type().find_method(name);
  if (!f) throw nb::attribute_error(fmt("'{}' object has no method '{}'", self->type().name(), name).c_str());
  if (is_call_observed())
    if (nb::object traced = observed_call(object_object(self), std::string(name).c_str(), args, kwargs); traced.is_valid()) return traced;
  const Value self_value(self);
  auto values = take(bind_python_arguments(f->schema(), &self_value, args, kwargs));
  values.erase(values.begin());
  return to_python(run_released(
      [&](const RunOptions& options) { return run_method(self, name, std::move(values), {}, options); }));
}

FunctionHandle* as_function(nb::handle object) {
  nb::object real = look_behind(object);
  return nb::isinstance<FunctionHandle>(real) ? nb::inst_ptr<FunctionHandle>(real) : nullptr;
}

nb::object function_object(Ref<ir::Function> f, std::shared_ptr<void> owner) {
  nb::handle cls = python_classes().script_function;
  if (!cls) return nb::cast(FunctionHandle{std::move(f), std::move(owner)});
  nb::object made = nb::inst_alloc(cls);
  new (nb::inst_ptr<FunctionHandle>(made)) FunctionHandle{std::move(f), std::move(owner)};
  nb::inst_mark_ready(made);
  return made;
}

void bind_functions(nb::module_& m) {
  nb::class_<SchemaHandle>(m, "FunctionSchema", "Names, types and defaults of a function's arguments and results.")
      .def_prop_ro("name", [](const SchemaHandle& s) { return s.schema.name; })
      .def_prop_ro("overload_name", [](const SchemaHandle& s) { return s.schema.overload; })
      .def_prop_ro("arguments", [](const SchemaHandle& s) { return argument_handles(s.schema.arguments); })
      .def_prop_ro("returns", [](const SchemaHandle& s) { return argument_handles(s.schema.returns); })
      .def("__str__", [](const SchemaHandle& s) { return s.schema.str(); })
      .def("__repr__", [](const SchemaHandle& s) { return s.schema.str(); })
      .def("__eq__", [](const SchemaHandle& s, nb::handle o) {
        return nb::isinstance<SchemaHandle>(o) && nb::cast<const SchemaHandle&>(o).schema.str() == s.schema.str();
      }, nb::arg("other").none())
      .def("__hash__", [](const SchemaHandle& s) { return std::hash<std::string>()(s.schema.str()); });
  nb::class_<ArgumentHandle>(m, "Argument", "An argument or a result of a function schema.")
      .def_prop_ro("name", [](const ArgumentHandle& a) { return a.argument.name; })
      .def_prop_ro("type", [](const ArgumentHandle& a) { return TypeHandle{a.argument.type}; })
      .def_prop_ro("kwarg_only", [](const ArgumentHandle& a) { return a.argument.keyword_only; })
      .def("has_default_value", [](const ArgumentHandle& a) { return a.argument.default_value.has_value(); })
      .def_prop_ro("default_value", [](const ArgumentHandle& a) {
        return a.argument.default_value ? to_python(*a.argument.default_value) : nb::none();
      });
  nb::class_<TypeHandle>(m, "Type", "A type of TorchScript.")
      .def("__str__", [](const TypeHandle& t) { return t.type->annotation(); })
      .def("__repr__", [](const TypeHandle& t) { return t.type->annotation(); })
      .def("str", [](const TypeHandle& t) { return t.type->str(); }, "The type as graphs and schemas print it: int[].")
      .def_prop_ro("annotation_str", [](const TypeHandle& t) { return t.type->annotation(); })
      .def("kind", [](const TypeHandle& t) { return std::string(type_kind_name(t.type->kind())); })
      .def("isSubtypeOf", [](const TypeHandle& t, const TypeHandle& o) { return is_subtype(t.type, o.type); })
      .def("__eq__", [](const TypeHandle& t, nb::handle o) {
        return nb::isinstance<TypeHandle>(o) && same(t.type, nb::cast<const TypeHandle&>(o).type);
      }, nb::arg("other").none())
      .def("__hash__", [](const TypeHandle& t) { return std::hash<std::string>()(t.type->str()); });

  bind_graphs(m);

  nb::class_<FunctionHandle>(m, "Function", nb::is_weak_referenceable(), nb::dynamic_attr(), "A compiled function.")
      .def("__call__", &call_function)
      .def_prop_ro("name", [](const FunctionHandle& h) { return std::string(h.f->name()); })
      .def_prop_ro("qualified_name", [](const FunctionHandle& h) { return h.f->qualified_name(); })
      .def_prop_ro("schema", [](const FunctionHandle& h) {
        take(graph_of_if_needed(*h.f));
        return SchemaHandle{h.f->schema()};
      })
      .def_prop_ro("graph", [](const FunctionHandle& h) { return graph_of(*h.f, false); })
      .def_prop_ro("inlined_graph", [](const FunctionHandle& h) { return graph_of(*h.f, true); })
      .def_prop_ro("_address", [](const FunctionHandle& h) { return reinterpret_cast<std::uintptr_t>(h.f.get()); });

  nb::class_<MethodHandle>(m, "Method", nb::is_weak_referenceable(), nb::dynamic_attr(), "A method of a compiled module or object.")
      .def("__call__", [](const MethodHandle& h, nb::args args, nb::kwargs kwargs) {
        // m.forward(x) is the method alone; hooks belong to m(x), as in torch.nn.Module.
        const ClassType& type = h.self->type();
        if (h.f->name() == "forward" && !(type.forward_hooks().empty() && type.forward_pre_hooks().empty())) {
          const Value self(h.self);
          auto values = take(bind_python_arguments(h.f->schema(), &self, args, kwargs));
          return to_python(run_released([&](const RunOptions& options) { return run_function(*h.f, std::move(values), {}, options); }));
        }
        return call_method(h.self, h.f->name(), args, kwargs);
      })
      .def_prop_ro("name", [](const MethodHandle& h) { return std::string(h.f->name()); })
      .def_prop_ro("qualified_name", [](const MethodHandle& h) { return h.f->qualified_name(); })
      .def_prop_ro("owner", [](const MethodHandle& h) { return object_object(h.self); })
      .def_prop_ro("__self__", [](const MethodHandle& h) { return object_object(h.self); })
      .def_prop_ro("schema", [](const MethodHandle& h) {
        take(graph_of_if_needed(*h.f));
        return SchemaHandle{h.f->schema()};
      })
      .def_prop_ro("graph", [](const MethodHandle& h) { return graph_of(*h.f, false); })
      .def_prop_ro("inlined_graph", [](const MethodHandle& h) { return graph_of(*h.f, true); });

  nb::class_<UnitHandle>(m, "Unit", "Functions and classes that were compiled together.")
      .def(nb::init<>())
      .def("define", [](UnitHandle& u, std::string text, std::string name) {
        u.parts.push_back(take(compile_source(std::move(text), std::move(name))));
      }, nb::arg("source"), nb::arg("name") = "<string>")
      .def("find_function", [](const UnitHandle& u, std::string_view name) -> nb::object {
        for (auto part = u.parts.rbegin(); part != u.parts.rend(); ++part)
          if (ir::Function* f = (*part)->find_function(name)) return function_object(Ref<ir::Function>(f), *part);
        return nb::none();
      }, nb::arg("name"))
      .def("get_functions", [](const UnitHandle& u) {
        nb::list out;
        for (const auto& part : u.parts)
          for (ir::Function* f : part->functions()) out.append(function_object(Ref<ir::Function>(f), part));
        return out;
      });
}

}  // namespace fac::python
