// facula.trace: what a recording (python/facula/_trace) needs of the library: graphs, modules with traced methods, and to
// see calls of compiled functions while a program is traced.
#include "binding.h"
#include "frontend/trace/trace_graph.h"
#include "functions.h"
#include "trace.h"

namespace fac::python {
namespace {

using trace::TraceGraph;
using trace::Values;
using Ids = std::vector<std::uint32_t>;

// The Python function that sees calls of compiled functions and methods while something is traced, for this thread.
thread_local PyObject* call_observer = nullptr;

// A module under construction: its class grows by the methods that are traced.
struct TracedModule {
  std::shared_ptr<ir::Unit> unit;
  Ref<ClassType> type;
  Ref<ObjectBox> box;
};
struct TraceUnit {
  std::shared_ptr<ir::Unit> unit;
};
struct TracedGraph {
  TraceGraph graph;
  std::shared_ptr<ir::Graph> finished;
};

// A type in schema notation, or the class of a module.
TypePtr type_of_handle(nb::handle h) {
  if (nb::isinstance<TypeHandle>(h)) return nb::cast<const TypeHandle&>(h).type;
  if (nb::isinstance<TracedModule>(h)) return TypePtr(nb::cast<const TracedModule&>(h).type);
  if (const ObjectHandle* o = as_object(h)) return TypePtr(o->box->type_ref());
  const std::string text = nb::cast<std::string>(h);
  if (text == "NoneType") return types::none();
  return take(parse_schema_type(text));
}

ir::ValueId value_id(const TracedGraph& g, std::uint32_t id) {
  const ir::ValueId v{id};
  if (!g.graph.knows(v)) throw nb::index_error("the graph has no such value");
  return v;
}
Values value_ids(const TracedGraph& g, const Ids& ids) {
  Values out;
  for (const auto id : ids) out.push_back(value_id(g, id));
  return out;
}
Ids numbers(const Values& values) {
  Ids out;
  for (const auto v : values) out.push_back(v.index);
  return out;
}

struct SourceHandle {
  Ref<const SourceFile> file;
};

// Lines count from 1, columns are bytes; an end of 0 is not known. "no range" where the file has no such place.
Range range_in(const SourceFile& file, std::uint32_t line, std::uint32_t column, std::uint32_t end_line, std::uint32_t end_column) {
  const auto offset = [&](std::uint32_t l, std::uint32_t c) -> std::optional<std::uint32_t> {
    if (l == 0 || l > file.line_count()) return std::nullopt;
    const auto size = static_cast<std::uint32_t>(file.line_text(l - 1).size());
    return file.line_begin(l - 1) + std::min(c, size);
  };
  const auto begin = offset(line, column);
  if (!begin) return {};
  auto end = end_line ? offset(end_line, end_column) : std::nullopt;
  if (!end || *end <= *begin) end = offset(line, static_cast<std::uint32_t>(file.line_text(line - 1).size()));
  return {&file, *begin, std::max(*end, *begin)};
}

ir::Function* add_function(ir::Unit& unit, const std::string& name, TracedGraph& g) {
  Schema schema = g.graph.schema(name);
  ir::Function* f = take(unit.add_function(name, std::move(schema)));
  f->set_graph(g.finished);
  for (const auto& owner : g.graph.owners()) unit.keep(owner);
  return f;
}

// Tells a Python function of each operator that is called on facula.Tensor: (name, overload, types of the arguments,
// whether it writes, arguments, results, what Python passed).
class PythonObserver final : public OperatorObserver {
 public:
  void called(const ops::Overload& op, std::span<const Value> args, std::span<const Value> results) override {
    nb::list types, given, arguments, made;
    for (const Argument& a : op.schema().arguments) types.append(a.type->str());
    for (const Value& v : args) arguments.append(to_python(v));
    for (const Value& v : results) made.append(to_python(v));
    if (const nb::tuple call = given_arguments(); call.size() == 2) {
      for (nb::handle a : nb::borrow<nb::tuple>(call[0])) given.append(a);
      for (auto [key, value] : nb::borrow<nb::dict>(call[1])) given.append(value);
    }
    // What the recorder itself does with tensors is not part of the program.
    OperatorObserver* self = set_operator_observer(nullptr);
    struct Back {
      OperatorObserver* observer;
      ~Back() { set_operator_observer(observer); }
    } back{self};
    const nb::object f = function;  // which may be exchanged meanwhile
    f(op.name(), op.overload(), types, op.schema().writes(), arguments, made, given);
  }
  nb::object function;
};

void check_finished(const TracedGraph& g) {
  if (!g.finished) throw nb::value_error("the graph has no result yet");
}

// attributes: (name, value, kind, type or None); kind: "parameter", "buffer", "module", "attribute".
TracedModule make_module(const TraceUnit& unit, const std::string& qualified_name, nb::list attributes) {
  TracedModule m{unit.unit, make_ref<ClassType>(unit.unit->unique_name(qualified_name), true), nullptr};
  std::vector<Value> slots;
  for (nb::handle item : attributes) {
    const std::string name = nb::cast<std::string>(item[0]), kind = nb::cast<std::string>(item[2]);
    Value v;
    TypePtr type;
    if (nb::isinstance<TracedModule>(item[1])) {
      const auto& child = nb::cast<const TracedModule&>(item[1]);
      v = Value(child.box);
      type = child.type;
    } else {
      type = item[3].is_none() ? TypePtr() : type_of_handle(item[3]);
      v = take(to_value(item[1], type));
      if (!type) type = type_of(v);
    }
    const bool parameter = kind == "parameter";
    if (parameter && v.is_tensor()) {
      const Tensor t = v.tensor().alias();  // the flags belong to this module's handle alone
      t.impl()->is_parameter = true;
      t.impl()->requires_grad = v.tensor().impl()->requires_grad;
      v = Value(t);
    }
    m.type->add_attribute({name, type, parameter, kind == "buffer"});
    slots.push_back(std::move(v));
  }
  check(unit.unit->add_type(TypePtr(m.type)));
  m.box = make_ref<ObjectBox>(Ref<const ClassType>(m.type), unit.unit);
  m.box->slots = std::move(slots);
  return m;
}

void bind_graph(nb::module_& m) {
  nb::class_<TracedGraph>(m, "_TraceGraph", "The graph of a traced program while it is written.")
      .def("__init__", [](TracedGraph* self) { new (self) TracedGraph; })
      .def("at", [](TracedGraph& g, const SourceHandle& s, std::uint32_t line, std::uint32_t column, std::uint32_t end_line,
                    std::uint32_t end_column) {
        g.graph.at(s.file, range_in(*s.file, line, column, end_line, end_column));
      })
      .def("input", [](TracedGraph& g, const std::string& name, nb::handle type) {
        return g.graph.input(name, type_of_handle(type)).index;
      })
      .def("constant", [](TracedGraph& g, nb::handle value, nb::handle type) {
        const TypePtr t = type_of_handle(type);
        return g.graph.constant(take(to_value(value, t)), t).index;
      }, nb::arg("value").none(), nb::arg("type"))
      .def("op", [](TracedGraph& g, std::string_view name, std::string_view overload, const Ids& inputs, nb::list types) {
        std::vector<TypePtr> wanted;
        for (nb::handle t : types) wanted.push_back(type_of_handle(t));
        return numbers(take(g.graph.op(name, overload, value_ids(g, inputs), wanted)));
      })
      .def("list", [](TracedGraph& g, nb::handle type, const Ids& items) {
        return take(g.graph.list(type_of_handle(type), value_ids(g, items))).index;
      })
      .def("tuple", [](TracedGraph& g, const Ids& items) { return g.graph.tuple(value_ids(g, items)).index; })
      .def("dict", [](TracedGraph& g, nb::handle key, nb::handle value, const Ids& items) {
        return take(g.graph.dict(type_of_handle(key), type_of_handle(value), value_ids(g, items))).index;
      })
      .def("unpack", [](TracedGraph& g, std::uint32_t container, std::size_t count) {
        return numbers(take(g.graph.unpack(value_id(g, container), count)));
      })
      .def("get_attr", [](TracedGraph& g, std::uint32_t object, const std::string& name) {
        return take(g.graph.get_attr(value_id(g, object), name)).index;
      })
      .def("call_method", [](TracedGraph& g, std::uint32_t object, const std::string& name, const Ids& arguments) {
        return take(g.graph.call_method(value_id(g, object), name, value_ids(g, arguments))).index;
      })
      .def("call_function", [](TracedGraph& g, nb::handle function, const Ids& arguments) {
        FunctionHandle* f = as_function(function);
        if (!f) throw nb::type_error("expected a compiled function");
        return take(g.graph.call_function(f->f, f->owner, value_ids(g, arguments))).index;
      })
      .def("fork", [](TracedGraph& g, const TracedGraph& body, const Ids& arguments) {
        check_finished(body);
        return take(g.graph.fork(body.finished, value_ids(g, arguments))).index;
      })
      .def("wait", [](TracedGraph& g, std::uint32_t future) { return take(g.graph.wait(value_id(g, future))).index; })
      .def("set_name", [](TracedGraph& g, std::uint32_t v, const std::string& name) { g.graph.set_name(value_id(g, v), name); })
      .def("type", [](const TracedGraph& g, std::uint32_t v) { return TypeHandle{g.graph.type(value_id(g, v))}; })
      .def("returns", [](TracedGraph& g, std::uint32_t v) { g.finished = take(g.graph.finish(value_id(g, v))); });
}

}  // namespace

bool is_call_observed() { return call_observer != nullptr; }

nb::object observed_call(nb::handle callee, const char* method, nb::args args, nb::kwargs kwargs) {
  if (!call_observer) return nb::object();
  // One call is seen once: what it runs in turn is its own affair.
  nb::object observer = nb::steal(std::exchange(call_observer, nullptr));
  struct Back {
    nb::object& observer;
    ~Back() { call_observer = observer.release().ptr(); }
  } back{observer};
  return observer(callee, method ? nb::cast(method) : nb::none(), args, kwargs);
}

void bind_trace(nb::module_& m) {
  bind_graph(m);
  nb::class_<SourceHandle>(m, "_Source", "A file that ranges point into.")
      .def("__init__", [](SourceHandle* self, std::string name, std::string text) {
        new (self) SourceHandle{make_ref<SourceFile>(std::move(name), std::move(text))};
      });
  nb::class_<TraceUnit>(m, "_TraceUnit", "Where the classes and functions of one trace live.")
      .def("__init__", [](TraceUnit* self) { new (self) TraceUnit{std::make_shared<ir::Unit>()}; })
      .def("add_function", [](const TraceUnit& u, const std::string& name, TracedGraph& g) {
        check_finished(g);
        return function_object(Ref<ir::Function>(add_function(*u.unit, u.unit->unique_name(name), g)), u.unit);
      });
  nb::class_<TracedModule>(m, "_TracedModule", "A module whose methods are being traced.")
      .def("__init__", [](TracedModule* self, const TraceUnit& unit, const std::string& name, nb::list attributes) {
        new (self) TracedModule(make_module(unit, name, attributes));
      })
      .def("has_method", [](const TracedModule& t, std::string_view name) { return t.type->find_method(name) != nullptr; })
      .def("add_method", [](TracedModule& t, const std::string& name, TracedGraph& g) {
        check_finished(g);
        t.type->add_method(add_function(*t.unit, t.type->name() + "." + name, g));
      })
      .def_prop_ro("object", [](const TracedModule& t) { return object_object(t.box); });
  struct Sharing {
    std::unique_ptr<SharedStorages> storages;
  };
  nb::class_<Sharing>(m, "_SharedStorages", "While it is entered, tensors that share memory come in with one storage.")
      .def(nb::init<>())
      .def("__enter__", [](Sharing& s) { s.storages = std::make_unique<SharedStorages>(); })
      .def("__exit__", [](Sharing& s, nb::args) { s.storages.reset(); });
  // Gives the observer before.
  m.def("_set_call_observer", [](nb::handle observer) {
    PyObject* before = std::exchange(call_observer, observer.is_none() ? nullptr : nb::borrow(observer).release().ptr());
    return before ? nb::steal(before) : nb::none();
  }, nb::arg("observer").none());
  // Gives the observer before.
  m.def("_set_operator_observer", [](nb::handle f) -> nb::object {
    thread_local auto* mine = new PythonObserver;  // one a thread, never destroyed: the interpreter may be gone by then
    nb::object before = mine->function.is_valid() ? mine->function : nb::none();
    mine->function = f.is_none() ? nb::object() : nb::borrow(f);
    set_operator_observer(f.is_none() ? nullptr : mine);
    return before;
  }, nb::arg("observer").none());
  m.def("_tensor_address", [](const Tensor& t) { return reinterpret_cast<std::uintptr_t>(t.impl()); });
  m.def("_known_operator", [](std::string_view name, std::string_view overload) { return ops::find(name, overload) != nullptr; });
}

}  // namespace fac::python
