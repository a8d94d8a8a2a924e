// What the files of the Python binding share. `fac` is the library; `fac::python` holds what knows both worlds.
//
// Rules: every function here needs the GIL unless it says otherwise. Failures inside are Results, as everywhere; at the
// border `take` and `check` turn them into Python exceptions. A function that calls Python code may also let an
// nb::python_error pass. Programs run with the GIL released (run.h).
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>
#include <nanobind/stl/vector.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "ir/unit.h"
#include "module/module.h"
#include "ops/table.h"
#include "value/value.h"

namespace fac::python {

namespace nb = nanobind;

// --- errors (errors.cpp) ----------------------------------------------------------------------------------------------

// Raises the Python exception of an Error: RuntimeError and its children in facula._errors, by kind. An Error that
// carries a Python exception (from_python_error) raises that one again.
[[noreturn]] void raise(const Error& e);
// A Python exception on its way through the library: an Error that `raise` turns back into the same exception.
ErrorPtr from_python_error(nb::python_error& e);

template <class T>
T take(Result<T> r) {
  if (!r.ok()) raise(r.error());
  return std::move(r).value();
}
inline void check(const Status& s) {
  if (!s.ok()) raise(s.error());
}

// --- values (convert_in.cpp, convert_out.cpp, tensor_exchange.cpp) ------------------------------------------------------

// The value of a Python object. `wanted` decides ambiguous cases (int -> float, [] -> List[T], Optional, Union, None,
// instances of scripted classes); null: the type is inferred from the object. Tensors (torch, numpy, DLPack) share
// memory. errors: kType, "Unable to cast ..." (callers word the sentence with the argument's name).
Result<Value> to_value(nb::handle object, const TypePtr& wanted = {});
// The type that an object would have: torch's inference for unannotated attributes. errors: kType with the reason.
Result<TypePtr> infer_type(nb::handle object);
// Lists, dicts and tuples are copied into Python's; tensors share memory; modules and objects share state, and the
// Python object of one module is the same as long as somebody holds it.
nb::object to_python(const Value& v);

bool is_tensor_like(nb::handle object);           // facula.Tensor or anything with __dlpack__, numpy arrays
Result<Tensor> to_tensor(nb::handle object);      // shares memory where that is possible
nb::object tensor_object(Tensor t);
// While one lives (on this thread), torch tensors that share a storage come in with one Storage: tied parameters stay
// tied. script() of a module holds one.
class SharedStorages {
 public:
  SharedStorages();
  ~SharedStorages();
  SharedStorages(const SharedStorages&) = delete;
  SharedStorages& operator=(const SharedStorages&) = delete;
  Ref<Storage> find(void* data, std::size_t bytes) const;  // null: not met yet
  void add(void* data, std::size_t bytes, Ref<Storage> s);

 private:
  SharedStorages* before_;
  std::unordered_map<void*, Ref<Storage>> storages_;
};
// The adapter's wrappers and our own Python classes: the package's object behind `object`, or `object` itself.
nb::object look_behind(nb::handle object);
// torch's name of a type for messages: "int", "Tensor", "List[int]", or the Python class's own name.
std::string friendly_type_name(nb::handle object);

std::optional<DType> to_dtype(nb::handle object);    // facula.float32, torch.float32, numpy dtypes, float/int/bool
std::optional<Device> to_device(nb::handle object);  // facula.device, torch.device, "cpu"

// --- Python classes of TorchScript types (registry.cpp) ---------------------------------------------------------------

// Ties a class, named tuple, enum or interface to its Python class: instances convert both ways from then on. `owner`
// keeps the methods alive (the unit); an instance that comes in holds it.
void register_class(const TypePtr& type, nb::handle python_class, std::shared_ptr<void> owner = nullptr);
// The Python class of a type, or none. Enums and named tuples without one get a class made from the type.
nb::object python_class_of(const TypePtr& type);
TypePtr type_of_python_class(nb::handle python_class);  // null: not registered

// --- what Python holds (functions.cpp, modules.cpp) ---------------------------------------------------------------------

// facula.ScriptFunction and friends are Python classes that derive from these.
struct FunctionHandle {
  Ref<ir::Function> f;
  std::shared_ptr<void> owner;  // the unit of the function, where it is known
};
struct ObjectHandle {  // ScriptModule, RecursiveScriptClass
  explicit ObjectHandle(Ref<ObjectBox> b) : box(std::move(b)) {}
  ObjectHandle(const ObjectHandle&) = delete;
  ObjectHandle& operator=(const ObjectHandle&) = delete;
  ~ObjectHandle();
  Ref<ObjectBox> box;
};
struct MethodHandle {  // a method bound to its object
  Ref<ObjectBox> self;
  ir::Function* f;  // lives as long as self's owner
};
struct GraphHandle {
  std::shared_ptr<const ir::Graph> graph;
};

nb::object function_object(Ref<ir::Function> f, std::shared_ptr<void> owner = nullptr);
nb::object object_object(Ref<ObjectBox> box);
// The handle inside a Python object (look_behind included), or null.
FunctionHandle* as_function(nb::handle object);
ObjectHandle* as_object(nb::handle object);

// --- calls (call.cpp) --------------------------------------------------------------------------------------------------

// The arguments of a Python call as the schema's parameters take them; `self` (may be none) comes first.
// errors: PyTorch's sentences ("Expected a value of type ... Position: ... Value: ... Declaration: ...").
Result<std::vector<Value>> bind_python_arguments(const Schema& schema, const Value* self, nb::args args, nb::kwargs kwargs);

// Runs work of the library without the GIL. On the main thread, Ctrl-C ends it: `options.stop` is set, and
// KeyboardInterrupt is raised afterwards. work: Result<T>(const RunOptions&).
class Running {
 public:
  Running();
  ~Running();
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  RunOptions options;
  bool interrupted() const;

 private:
  bool watches_ = false;
};
// Before a run: programs create tensors of torch's default dtype, where torch is loaded and has been told another one.
void follow_torch_default_dtype();
// Before it, writes of other libraries into shared memory are noticed (shared_memory.h).
void notice_outside_writes();
template <class F>
auto run_released(F&& work) {
  notice_outside_writes();
  follow_torch_default_dtype();
  auto result = [&] {
    nb::gil_scoped_release release;
    Running running;
    return work(running.options);
  }();
  if (!result.ok() && PyErr_CheckSignals() != 0) throw nb::python_error();
  return take(std::move(result));
}

// --- operators on facula.Tensor (operators.cpp) -------------------------------------------------------------------------

// Sees operators that Python code calls on facula.Tensor (facula.add, x.sum()): how programs on our tensors are traced.
class OperatorObserver {
 public:
  virtual ~OperatorObserver() = default;
  // After the call. args: as the schema's arguments, defaults filled in (an in-place form's result is its first one).
  virtual void called(const ops::Overload& op, std::span<const Value> args, std::span<const Value> results) = 0;
};
// Inside called(): what Python passed, (args, kwargs), before it became values; empty for calls from elsewhere.
nb::tuple given_arguments();
// For the calling thread; returns the one before. Null: none.
OperatorObserver* set_operator_observer(OperatorObserver* observer);
// Calls an operator by qualified name with a Python call's arguments: the first overload that they fit.
nb::object call_operator(std::string_view qualified_name, nb::args args, nb::kwargs kwargs);

// --- parts of the module `_facula` (module.cpp calls them in order) -----------------------------------------------------

void bind_types(nb::module_& m);      // dtype, device, Type, Generator
void bind_tensor(nb::module_& m);
void bind_operators(nb::module_& m);
void bind_functions(nb::module_& m);  // Function, Method, Graph, Unit, Schema
void bind_objects(nb::module_& m);    // Object: modules and instances of scripted classes
void bind_values(nb::module_& m);     // Future, ScriptList, ScriptDict
void bind_archives(nb::module_& m);   // load, save
void bind_host(nb::module_& m);       // print, warnings, threads, random numbers
void bind_script(nb::module_& m);     // script.cpp
void bind_trace(nb::module_& m);      // trace.cpp

// The Python classes that C++ makes instances of: set once by facula/__init__.py (registry.cpp).
struct PythonClasses {
  nb::object script_module, script_object, script_function, script_method;
};
PythonClasses& python_classes();

}  // namespace fac::python
