// Modules and instances of scripted classes as Python objects. One ObjectBox has one Python object at a time.
#include <unordered_map>

#include "functions.h"
#include "values.h"

namespace fac::python {
namespace {

// Borrowed: an entry leaves when its Python object does (~ObjectHandle, under the GIL).
std::unordered_map<const ObjectBox*, PyObject*>& living() {
  static auto* m = new std::unordered_map<const ObjectBox*, PyObject*>;
  return *m;
}

nb::args no_arguments() { return nb::steal<nb::args>(PyTuple_New(0)); }
nb::kwargs no_keywords() { return nb::steal<nb::kwargs>(PyDict_New()); }

nb::object get(const ObjectHandle& h, std::string_view name) {
  if (const Value* v = h.box->find(name)) return to_python(*v);
  if (const Value* c = h.box->type().find_constant(name)) return to_python(*c);
  if (const auto* p = h.box->type().find_property(name))
    return call_method(h.box, p->getter->name(), no_arguments(), no_keywords());
  if (Callable* f = h.box->type().find_method(name))
    if (auto* function = dynamic_cast<ir::Function*>(f)) {
      nb::handle cls = python_classes().script_method;
      if (!cls) return nb::cast(MethodHandle{h.box, function});
      nb::object made = nb::inst_alloc(cls);
      new (nb::inst_ptr<MethodHandle>(made)) MethodHandle{h.box, function};
      nb::inst_mark_ready(made);
      return made;
    }
  throw nb::attribute_error(fmt("'{}' object has no attribute '{}'", h.box->type().name(), name).c_str());
}

void set(const ObjectHandle& h, std::string_view name, nb::handle value) {
  const ClassType& type = h.box->type();
  if (const auto* p = type.find_property(name)) {
    if (!p->setter) throw nb::attribute_error(fmt("can't set attribute '{}'", name).c_str());
    call_method(h.box, p->setter->name(), nb::borrow<nb::args>(nb::make_tuple(nb::borrow(value))), no_keywords());
    return;
  }
  const auto slot = type.find_attribute(name);
  if (!slot) {
    if (type.find_constant(name))
      throw nb::attribute_error(fmt("Cannot mutate TorchScript constant value: '{}'. Value: '{}'", name,
                                    nb::cast<std::string>(nb::repr(to_python(*type.find_constant(name))))).c_str());
    throw nb::attribute_error(fmt("'{}' object has no attribute '{}'", type.name(), name).c_str());
  }
  const auto& a = type.attributes()[*slot];
  if (h.box->slots[*slot].is_object() && h.box->slots[*slot].object().type().is_module()) {
    const ObjectHandle* given = as_object(value);
    if (!given)
      throw std::runtime_error(fmt("Cannot re-assign modules in a ScriptModule with non-scripted module, tried to replace existing "
                                   "module '{}': {}", name, nb::cast<std::string>(nb::repr(value))));
    if (as_class(a.type) && !is_subtype(given->box->type_ref(), a.type)) {
      constexpr std::string_view kHome = " (of Python compilation unit)";
      throw std::runtime_error(fmt("Expected a value of type '{}{}' for field '{}', but found '{}{}'", a.type->annotation(), kHome, name,
                                   given->box->type().name(), kHome));
    }
  }
  auto v = to_value(value, a.is_parameter && value.is_none() ? types::none() : a.type);
  if (!v.ok() && v.error().kind == ErrorKind::kType)
    raise(*runtime_error("Could not cast attribute '{}' to type {}: {}", name, a.type->annotation(), v.error().message));
  Value taken = take(std::move(v));
  // A module's lists are folded into its code: nobody else may change them.
  if (held_list(look_behind(value))) taken = Value(make_ref<ListBox>(taken.list()));
  if (held_dict(look_behind(value))) taken = Value(make_ref<DictBox>(taken.dict()));
  if (taken.is_tensor() && a.is_parameter) {
    const Tensor t = taken.tensor().alias();  // the flag belongs to this handle alone
    t.impl()->is_parameter = true;
    t.impl()->requires_grad = taken.tensor().impl()->requires_grad;
    taken = Value(t);
  }
  check(set_attr(*h.box, name, std::move(taken)));
}

std::vector<std::string> method_names(const ObjectHandle& h) {
  std::vector<std::string> out;
  for (const Callable* f : h.box->type().methods()) out.emplace_back(f->name());
  return out;
}

}  // namespace

ObjectHandle::~ObjectHandle() {
  const auto it = living().find(box.get());
  // A newer Python object may have taken the place while this one was dying.
  if (it != living().end() && nb::inst_ptr<ObjectHandle>(it->second) == this) living().erase(it);
}

nb::object object_object(Ref<ObjectBox> box) {
  auto& place = living()[box.get()];
  if (place && Py_REFCNT(place) > 0) return nb::borrow(place);
  const auto& classes = python_classes();
  nb::handle cls = box->type().is_module() ? classes.script_module : classes.script_object;
  if (!cls) cls = nb::type<ObjectHandle>();
  nb::object made = nb::inst_alloc(cls);
  const ObjectBox* key = box.get();
  new (nb::inst_ptr<ObjectHandle>(made)) ObjectHandle(std::move(box));
  nb::inst_mark_ready(made);
  living()[key] = made.ptr();
  if (nb::hasattr(made, "_facula_init")) made.attr("_facula_init")();
  return made;
}

ObjectHandle* as_object(nb::handle object) {
  nb::object real = look_behind(object);
  return nb::isinstance<ObjectHandle>(real) ? nb::inst_ptr<ObjectHandle>(real) : nullptr;
}

void bind_objects(nb::module_& m) {
  m.def("look_behind", [](nb::handle h) { return look_behind(h); }, nb::arg("object").none(),
        "The package's object behind a wrapper that names it as __script_object__; anything else is given back.");
  nb::class_<ObjectHandle>(m, "Object", nb::is_weak_referenceable(), "A module or an instance of a compiled class.")
      .def("_get", &get, nb::arg("name"), "An attribute, constant, property or method. errors: AttributeError")
      .def("_set", &set, nb::arg("name"), nb::arg("value").none())
      .def("_has", [](const ObjectHandle& h, std::string_view name) {
        const ClassType& t = h.box->type();
        return t.find_attribute(name) || t.find_constant(name) || t.find_property(name) || t.find_method(name);
      }, nb::arg("name"))
      .def("_has_method", [](const ObjectHandle& h, std::string_view name) { return h.box->type().find_method(name) != nullptr; })
      .def("_method_names", &method_names)
      .def("_call", [](const ObjectHandle& h, std::string_view name, nb::args args, nb::kwargs kwargs) {
        return call_method(h.box, name, args, kwargs);
      })
      .def_prop_ro("_is_module", [](const ObjectHandle& h) { return h.box->type().is_module(); })
      .def_prop_ro("_type_name", [](const ObjectHandle& h) { return h.box->type().name(); })
      .def_prop_ro("_type", [](const ObjectHandle& h) { return TypeHandle{TypePtr(h.box->type_ref())}; })
      .def_prop_ro("_address", [](const ObjectHandle& h) { return reinterpret_cast<std::uintptr_t>(h.box.get()); })
      // (name, type, "parameter" | "buffer" | "module" | "attribute") of every slot, in order
      .def("_attributes", [](const ObjectHandle& h) {
        nb::list out;
        for (std::size_t i = 0; i < h.box->type().attributes().size(); ++i) {
          const auto& a = h.box->type().attributes()[i];
          const Value& v = h.box->slots[i];
          const bool module = (v.is_object() && v.object().type().is_module());
          const char* kind = a.is_parameter ? "parameter" : a.is_buffer ? "buffer" : module ? "module" : "attribute";
          out.append(nb::make_tuple(a.name, TypeHandle{a.type}, kind));
        }
        return out;
      })
      .def("_constants", [](const ObjectHandle& h) {
        nb::dict out;
        for (const auto& [name, v] : h.box->type().constants()) out[name.c_str()] = to_python(v);
        return out;
      })
      .def("_properties", [](const ObjectHandle& h) {
        std::vector<std::string> out;
        for (const auto& p : h.box->type().properties()) out.push_back(p.name);
        return out;
      })
      .def("_train", [](const ObjectHandle& h, bool on) { check(fac::train(h.box, on)); })
      .def("_to_dtype", [](const ObjectHandle& h, nb::handle dtype) {
        const auto d = to_dtype(dtype);
        if (!d) throw nb::type_error("expected a dtype");
        check(fac::to_dtype(h.box, *d));
      })
      .def("_clone", [](const ObjectHandle& h, bool copy_tensors) { return object_object(take(clone_module(h.box, copy_tensors))); })
      .def("_freeze", [](const ObjectHandle& h, std::vector<std::string> preserved) {
        auto frozen = [&] {
          nb::gil_scoped_release release;
          return fac::freeze(h.box, preserved);
        }();
        return object_object(take(std::move(frozen)));
      })
      .def("_set_precision", [](const ObjectHandle& h, std::string_view name) { set_precision(h.box, take(precision_named(name))); })
      .def("_precision", [](const ObjectHandle& h) { return std::string(precision_name(precision_of(h.box))); })
      .def("_graph", [](const ObjectHandle& h, std::string_view method, std::string_view stage) {
        const GraphStage s = stage == "inlined" ? GraphStage::kInlined : stage == "optimized" ? GraphStage::kOptimized
                             : stage == "planned" ? GraphStage::kPlanned : GraphStage::kCompiled;
        auto graph = [&] {
          nb::gil_scoped_release release;
          return method_graph(h.box, method, s);
        }();
        return GraphHandle{take(std::move(graph))};
      }, nb::arg("method"), nb::arg("stage") = "compiled");
}

}  // namespace fac::python
