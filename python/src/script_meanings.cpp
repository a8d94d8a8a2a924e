// What a name may stand for in a program, made at the wish of facula/_script/meaning.py.
#include <map>

#include "ir/host_function.h"
#include "script.h"

namespace fac::python {
namespace {

using script::CallArg;
using script::Emitter;
using script::Meaning;
using script::MeaningPtr;
using script::Wanted;

constexpr Diag<std::string_view, std::string_view> kNotValue{"python-not-a-value", "{} cannot be used as a value{}"};
constexpr Diag<std::string_view> kNoAttributes{"python-no-attributes", "attribute lookup is not defined on {}"};
constexpr Diag<std::string_view> kNoTuple{"python-not-a-tuple", "{} cannot be used as a tuple"};
constexpr Diag<std::string_view> kNotCallable{"python-not-callable", "{}"};

// Where the resolver of the function that is compiled reports what Python raises.
PythonResolver* python_resolver(Emitter& e) { return dynamic_cast<PythonResolver*>(&e.resolver()); }

MeaningPtr ask(Emitter& e, Range at, const std::function<nb::object()>& question) {
  nb::gil_scoped_acquire gil;
  PythonResolver* r = python_resolver(e);
  nb::object found = r ? r->guarded(at, question) : question();
  if (!found.is_valid() || found.is_none()) return nullptr;
  return nb::cast<MeaningHandle&>(found).meaning;
}

// A Python object that answers for its attributes, and for what a call of it means: modules, classes, values of unknown
// classes. `object` has kind (str), attribute(name), call_error (str), value_error (str).
class ObjectMeaning final : public Meaning {
 public:
  ObjectMeaning(nb::object object, MeaningPtr inner) : object_(std::move(object)), inner_(std::move(inner)) {}
  ~ObjectMeaning() override {
    if (!Py_IsInitialized()) {
      (void)object_.release();
      return;
    }
    nb::gil_scoped_acquire gil;
    object_.reset();
  }
  std::string kind() const override { return inner_ ? inner_->kind() : text("kind"); }
  ir::ValueId value(Emitter& e, Range at) override {
    if (inner_) return inner_->value(e, at);
    e.error(at, kNotValue, text("kind"), text("value_hint"));
    return {};
  }
  MeaningPtr attribute(Emitter& e, Range at, std::string_view name) override {
    const std::size_t errors = e.sink().error_count();
    MeaningPtr found = ask(e, at, [&] { return object_.attr("attribute")(name); });
    if (found || e.sink().error_count() != errors) return found;
    if (inner_) return inner_->attribute(e, at, name);
    const std::string why = text("attribute_error");
    if (why.empty()) e.error(at, kNoAttributes, text("kind"));
    else
      e.error(at, kNotCallable, why + std::string(name));
    return nullptr;
  }
  bool has_attribute(Emitter& e, Range at, std::string_view name) override {
    {
      nb::gil_scoped_acquire gil;
      if (nb::cast<bool>(object_.attr("has_attribute")(name))) return true;
    }
    return inner_ && !inner_->meant_type() && inner_->has_attribute(e, at, name);  // a class has what Python says
  }
  MeaningPtr call(Emitter& e, Range at, std::vector<CallArg> args, const Wanted& wanted) override {
    if (inner_) return inner_->call(e, at, std::move(args), wanted);
    const std::size_t errors = e.sink().error_count();
    if (MeaningPtr callee = ask(e, at, [&] { return object_.attr("callee")(); })) return callee->call(e, at, std::move(args), wanted);
    if (e.sink().error_count() != errors) return nullptr;
    e.error(at, kNotCallable, text("call_error"));
    return nullptr;
  }
  MeaningPtr item(Emitter& e, Range at, ir::ValueId index, const TypePtr& wanted) override {
    if (inner_) return inner_->item(e, at, index, wanted);
    e.error(at, kNotValue, text("kind"), text("value_hint"));
    return nullptr;
  }
  MeaningPtr iterable(Emitter& e, Range at) override {
    if (inner_) return inner_->iterable(e, at);
    e.error(at, kNotValue, text("kind"), text("value_hint"));
    return nullptr;
  }
  std::optional<std::vector<MeaningPtr>> elements(Emitter& e, Range at, std::optional<std::size_t> count) override {
    if (inner_) return inner_->elements(e, at, count);
    e.error(at, kNoTuple, text("kind"));
    return std::nullopt;
  }
  const MeaningPtr& inner() const { return inner_; }

 private:
  std::string text(const char* name) const {
    nb::gil_scoped_acquire gil;
    nb::object t = object_.attr(name);
    return nb::cast<std::string>(t);
  }
  nb::object object_;
  MeaningPtr inner_;
};

// torch.FloatTensor(2, 3), torch.tensor-like calls and the rest: Python decides what the call is by its arguments' number.
MeaningHandle plain(MeaningPtr m) { return {std::move(m), nullptr}; }

constexpr std::pair<std::string_view, script::SpecialForm> kForms[] = {
    {"annotate", script::SpecialForm::kAnnotate}, {"isinstance", script::SpecialForm::kIsInstance},
    {"fork", script::SpecialForm::kFork}, {"awaitable", script::SpecialForm::kAwaitable},
    {"tuple", script::SpecialForm::kTuple}, {"list", script::SpecialForm::kList}, {"dict", script::SpecialForm::kDict},
    {"range", script::SpecialForm::kRange}, {"enumerate", script::SpecialForm::kEnumerate}, {"zip", script::SpecialForm::kZip},
    {"reversed", script::SpecialForm::kReversed}, {"getattr", script::SpecialForm::kGetAttr},
    {"hasattr", script::SpecialForm::kHasAttr}, {"slice", script::SpecialForm::kSlice}, {"super", script::SpecialForm::kSuper},
    {"uninitialized", script::SpecialForm::kUninitialized}, {"unchecked_cast", script::SpecialForm::kUncheckedCast}};

// Calls Python with the program's values. The function decides itself what to make of them.
Result<Value> call_python(const nb::object& f, std::span<Value> args, const TypePtr& result) {
  nb::gil_scoped_acquire gil;
  try {
    nb::list given;
    for (const Value& v : args) given.append(to_python(v));
    nb::object out = f(*given);
    auto v = to_value(out, result);
    if (!v.ok())
      return error(ErrorKind::kRuntime, "expected value of type {} for return value but instead got value of type {}.\nValue: {}\nCast error "
                   "details: {}", result ? result->annotation() : "Any", friendly_type_name(out), nb::cast<std::string>(nb::repr(out)),
                   v.error().message);
    return v;
  } catch (nb::python_error& e) {
    return from_python_error(e);
  }
}

struct HostHandle {
  Ref<ir::HostFunction> f;
};

struct KeptObject {
  explicit KeptObject(nb::object o) : object(std::move(o)) {}
  ~KeptObject() {
    if (!Py_IsInitialized()) {
      (void)object.release();
      return;
    }
    nb::gil_scoped_acquire gil;
    object.reset();
  }
  nb::object object;
};

}  // namespace

void bind_script_meanings(nb::module_& m) {
  nb::class_<MeaningHandle>(m, "Meaning", "What a name stands for in a program.");
  nb::class_<HostHandle>(m, "HostFunction", "A Python function that a program calls.");
  m.def("constant", [](nb::object o, std::optional<TypeHandle> type) {
    const TypePtr t = type ? type->type : TypePtr();
    return plain(script::constant_meaning(take(to_value(o, t)), t));
  }, nb::arg("object").none(), nb::arg("type") = nb::none());
  m.def("function", [](FunctionHandle& f) { return plain(script::function_meaning(f.f.get())); });
  m.def("builtin", [](std::string name) { return plain(script::builtin_function(std::move(name))); });
  m.def("has_operator", [](std::string_view name) { return !ops::find(name).empty(); });
  m.def("answer", [](bool b) { return plain(script::answered_question(b)); });
  m.def("operators", [](std::string_view name_space) { return plain(script::builtin_module(name_space)); });
  m.def("language", [](std::string_view name) -> std::optional<MeaningHandle> {
    MeaningPtr found = script::language_builtin(name);
    if (!found) return std::nullopt;
    return plain(std::move(found));
  });
  m.def("special", [](std::string_view name) -> MeaningHandle {
    for (const auto& [n, form] : kForms)
      if (n == name) return plain(script::special_form(form));
    raise(*error(ErrorKind::kValue, "no special form is called {}", name));
  });
  m.def("class_", [](const TypeHandle& t) { return plain(script::class_meaning(t.type)); });
  m.def("exception", [](std::string name) { return plain(script::exception_meaning(std::move(name))); });
  m.def("tuple_", [](const std::vector<MeaningHandle>& items) {
    std::vector<MeaningPtr> list;
    for (const auto& i : items) list.push_back(i.meaning);
    return plain(script::tuple_meaning(std::move(list)));
  });
  m.def("object_", [](nb::object o, std::optional<MeaningHandle> inner) {
    return plain(std::make_shared<ObjectMeaning>(std::move(o), inner ? inner->meaning : nullptr));
  }, nb::arg("object"), nb::arg("inner") = nb::none());
  m.def("overloads", [](const std::vector<FunctionHandle>& fs) {
    std::vector<ir::Function*> list;
    for (const auto& f : fs) list.push_back(f.f.get());
    return plain(script::overloaded_meaning(std::move(list)));
  });
  m.def("dispatch", [](std::size_t index, std::string argument, bool otherwise, nb::object version) {
    auto kept = std::make_shared<KeptObject>(std::move(version));
    return plain(script::boolean_dispatch({index, std::move(argument), otherwise, [kept](bool which) {
      nb::gil_scoped_acquire gil;
      return nb::cast<MeaningHandle&>(kept->object(which)).meaning;
    }}));
  });
  m.def("host_function", [](std::string name, std::vector<std::string> names, const std::vector<TypeHandle>& arg_types,
                            nb::list defaults, std::optional<TypeHandle> result, bool is_vararg, nb::object f) {
    Schema s;
    s.name = name;
    s.is_vararg = is_vararg;
    if (names.size() != arg_types.size()) raise(*error(ErrorKind::kValue, "each argument needs a type"));
    const std::size_t first_default = names.size() - std::min<std::size_t>(names.size(), nb::len(defaults));
    for (std::size_t i = 0; i < names.size(); ++i) {
      Argument a;
      a.name = names[i];
      a.type = arg_types[i].type;
      if (i >= first_default) {
        auto v = to_value(defaults[i - first_default], a.type);
        if (v.ok()) a.default_value = std::move(*v);
      }
      s.arguments.push_back(std::move(a));
    }
    if (result) {
      Argument r;
      r.type = result->type;
      s.returns.push_back(std::move(r));
    }
    auto kept = std::make_shared<KeptObject>(std::move(f));
    TypePtr wanted = result ? result->type : TypePtr();
    return HostHandle{make_ref<ir::HostFunction>(std::move(name), std::move(s), [kept, wanted](std::span<Value> args) {
      return call_python(kept->object, args, wanted);
    })};
  }, nb::arg("name"), nb::arg("names"), nb::arg("types"), nb::arg("defaults"), nb::arg("result").none(), nb::arg("is_vararg"),
     nb::arg("function"));
  m.def("host", [](const HostHandle& h) { return plain(script::host_function_meaning(h.f)); });

  // Members: meanings that need the object.
  m.def("method", [](std::string name) {
    return MeaningHandle{nullptr, [name = std::move(name)](Emitter&, ir::ValueId self) { return script::method_meaning(self, name); }};
  });
  m.def("method_overloads", [](const std::vector<FunctionHandle>& fs) {
    std::vector<ir::Function*> list;
    for (const auto& f : fs) list.push_back(f.f.get());
    return MeaningHandle{nullptr, [list = std::move(list)](Emitter&, ir::ValueId self) { return script::overloaded_meaning(list, self); }};
  });
  m.def("host_method", [](const HostHandle& h) {
    return MeaningHandle{nullptr, [f = h.f](Emitter&, ir::ValueId self) { return script::host_function_meaning(f, self); }};
  });
  // An exception in place of what an @unused function would do.
  m.def("dropped", [](const HostHandle& h, std::string message, bool has_self) {
    class Dropped final : public Meaning {
     public:
      Dropped(Ref<ir::HostFunction> f, std::string text, ir::ValueId self) : f_(std::move(f)), text_(std::move(text)), self_(self) {}
      std::string kind() const override { return "python value of type 'function'"; }
      MeaningPtr call(Emitter& e, Range at, std::vector<CallArg>, const Wanted& wanted) override {
        e.call_operator("prim::RaiseException", {e.constant(Value(text_), at), e.none(at)}, at);
        const Schema& s = f_->schema();
        TypePtr t = s.returns.empty() ? types::tensor() : s.returns[0].type;
        if (s.returns.empty() && wanted.targets == 0) t = types::none();
        return script::value_meaning(e.emit("prim::Uninitialized", {}, t, at));
      }

     private:
      Ref<ir::HostFunction> f_;
      std::string text_;
      ir::ValueId self_;
    };
    if (!has_self) return plain(std::make_shared<Dropped>(h.f, std::move(message), ir::ValueId{}));
    return MeaningHandle{nullptr, [f = h.f, message = std::move(message)](Emitter&, ir::ValueId self) -> MeaningPtr {
                           return std::make_shared<Dropped>(f, message, self);
                         }};
  });
}

}  // namespace fac::python
