// Operators called from Python: facula.add(x, y), x.sum(dim=1). The overload is chosen as PyTorch's argument parser does:
// the first one in the table's order whose parameters take the arguments.
#include "operators.h"

#include "functions.h"

namespace fac::python {
namespace {

thread_local OperatorObserver* observer = nullptr;
thread_local PyObject *given_args = nullptr, *given_kwargs = nullptr;

// What Python passed to the operator that is being called.
struct Given {
  Given(nb::args args, nb::kwargs kwargs) : args_(std::exchange(given_args, args.ptr())), kwargs_(std::exchange(given_kwargs, kwargs.ptr())) {}
  ~Given() {
    given_args = args_;
    given_kwargs = kwargs_;
  }
  PyObject *args_, *kwargs_;
};

struct Bound {
  const ops::Overload* overload = nullptr;
  std::vector<Value> values;
};

bool is_int_list(const TypePtr& t) {
  const Type* e = t.get();
  if (const TypePtr inner = optional_element(t)) e = inner.get();
  return e->kind() == TypeKind::kList && e->element()->kind() == TypeKind::kInt;
}

// x.view(2, 3): ints that follow one another may stand for the one list that comes last among the positional ones.
bool may_pack(const Schema& s, std::size_t first, nb::args args) {
  if (first >= s.arguments.size() || !is_int_list(s.arguments[first].type) || args.size() <= first) return false;
  for (std::size_t i = first; i < args.size(); ++i)
    if (!PyLong_Check(args[i].ptr()) || PyBool_Check(args[i].ptr())) return false;
  // Whatever follows the list must be given by name.
  return args.size() > first + 1 || args.size() == first + 1;
}

Result<Value> argument(const Argument& a, nb::handle given) {
  // int[2]: one number serves every place.
  if (a.fixed_size && PyLong_Check(given.ptr()) && !PyBool_Check(given.ptr()) && is_int_list(a.type)) {
    const std::vector<std::int64_t> ints(static_cast<std::size_t>(*a.fixed_size), nb::cast<std::int64_t>(given));
    return Value(ListBox::of_ints(ints));
  }
  const Type* plain = a.type.get();
  if (const TypePtr inner = optional_element(a.type)) plain = inner.get();
  // Python's strictness, where to_value would be generous: 1 is no bool, 1.5 no int, a bool no number of dimensions.
  if (plain->kind() == TypeKind::kBool && !PyBool_Check(given.ptr()) && !given.is_none()) return make_error(ErrorKind::kType, "not a bool");
  if (plain->kind() == TypeKind::kInt && PyBool_Check(given.ptr())) return make_error(ErrorKind::kType, "not an int");
  if (plain->kind() == TypeKind::kDtype && PyLong_Check(given.ptr())) return make_error(ErrorKind::kType, "not a dtype");
  return to_value(given, a.type);
}

Status bind(const ops::Overload& o, nb::args args, nb::kwargs kwargs, Bound& out) {
  const Schema& s = o.schema();
  out.overload = &o;
  out.values.clear();
  out.values.reserve(s.arguments.size());
  std::size_t used = 0, at = 0;
  for (const Argument& a : s.arguments) {
    const std::size_t i = out.values.size();
    if (at < args.size() && !a.keyword_only) {
      if (is_int_list(a.type) && args.size() > at + 1 && may_pack(s, i, args) && at == i) {
        std::vector<std::int64_t> ints;
        for (; at < args.size(); ++at) ints.push_back(nb::cast<std::int64_t>(args[at]));
        out.values.push_back(Value(ListBox::of_ints(ints)));
        continue;
      }
      if (is_int_list(a.type) && !a.fixed_size && PyLong_Check(args[at].ptr()) && !PyBool_Check(args[at].ptr())) {
        const std::int64_t one = nb::cast<std::int64_t>(args[at++]);
        out.values.push_back(Value(ListBox::of_ints(Ints(&one, 1))));
        continue;
      }
      FACULA_TRY(Value v, argument(a, args[at++]));
      out.values.push_back(std::move(v));
      continue;
    }
    const char* name = a.name.c_str();
    if (kwargs.size() && !kwargs.contains(name)) {  // NumPy's names, which torch takes as well
      if (a.name == "self" && kwargs.contains("input")) name = "input";
      else if (a.name == "dim" && kwargs.contains("axis")) name = "axis";
      else if (a.name == "keepdim" && kwargs.contains("keepdims")) name = "keepdims";
    }
    if (kwargs.size() && kwargs.contains(name)) {
      FACULA_TRY(Value v, argument(a, kwargs[name]));
      out.values.push_back(std::move(v));
      ++used;
    } else if (a.default_value) {
      out.values.push_back(a.default_value->is_list() ? Value(make_ref<ListBox>(a.default_value->list())) : *a.default_value);
    } else {
      return make_error(ErrorKind::kType, fmt("missing argument '{}'", a.name));
    }
  }
  if (at < args.size()) return make_error(ErrorKind::kType, fmt("takes {} positional arguments, not {}", at, args.size()));
  if (used < kwargs.size()) {
    // requires_grad=False and the like are accepted; nothing here has gradients.
    for (auto [key, value] : kwargs) {
      const std::string name = nb::cast<std::string>(key);
      if (name == "requires_grad" && !nb::cast<bool>(value)) continue;
      if (std::none_of(s.arguments.begin(), s.arguments.end(), [&](const Argument& a) {
            return a.name == name || (a.name == "self" && name == "input") || (a.name == "dim" && name == "axis") ||
                   (a.name == "keepdim" && name == "keepdims");
          }))
        return make_error(ErrorKind::kType, fmt("unknown argument '{}'", name));
      const auto position = std::find_if(s.arguments.begin(), s.arguments.end(), [&](const Argument& a) { return a.name == name; });
      if (position != s.arguments.end() && static_cast<std::size_t>(position - s.arguments.begin()) < args.size())
        return make_error(ErrorKind::kType, fmt("got multiple values for argument '{}'", name));
    }
  }
  return {};
}

std::string given_types(nb::args args, nb::kwargs kwargs) {
  std::string out;
  for (nb::handle a : args) out += (out.empty() ? "" : ", ") + friendly_type_name(a);
  for (auto [key, value] : kwargs)
    out += (out.empty() ? "" : ", ") + nb::cast<std::string>(key) + "=" + friendly_type_name(value);
  return out;
}

nb::object results_object(const ops::Overload& o, std::vector<Value>& results) {
  (void)o;
  if (results.empty()) return nb::none();
  if (results.size() == 1) return to_python(results[0]);
  nb::list out;
  for (const Value& v : results) out.append(to_python(v));
  return nb::tuple(out);
}

// In-place forms give back the very object that they were called on: `x.add_(1) is x`.
nb::object finish(const Bound& b, std::vector<Value>& results, nb::args args) {
  if (results.size() == 1 && results[0].is_tensor() && args.size() > 0 && nb::isinstance<Tensor>(args[0]) &&
      nb::inst_ptr<Tensor>(args[0])->impl() == results[0].tensor_impl())
    return nb::borrow(args[0]);
  return results_object(*b.overload, results);
}

}  // namespace

nb::tuple given_arguments() {
  if (!given_args) return nb::make_tuple();
  return nb::make_tuple(nb::borrow(given_args), nb::borrow(given_kwargs));
}

OperatorObserver* set_operator_observer(OperatorObserver* o) { return std::exchange(observer, o); }

std::vector<Value> invoke(const ops::Overload& o, std::vector<Value> args) {
  std::vector<Value> results(o.schema().returns.size());
  // The observer sees what was passed, even where an operator moves its arguments away.
  std::vector<Value> seen;
  if (observer) seen = args;
  Status done = [&]() -> Status {
    nb::gil_scoped_release release;
    return o.call(args, results);
  }();
  check(done);
  if (observer) observer->called(o, seen, results);
  return results;
}

Value invoke(std::string_view name, std::string_view overload, std::vector<Value> args) {
  const ops::Overload* o = ops::find(name, overload);
  if (!o) raise(*error(ErrorKind::kInternal, "operator {}.{} is missing", name, overload));
  return std::move(invoke(*o, std::move(args))[0]);
}

nb::object call_operator(std::string_view name, nb::args args, nb::kwargs kwargs) {
  const auto overloads = ops::find(name);
  if (overloads.empty()) throw nb::attribute_error(fmt("there is no operator '{}'", name).c_str());
  Bound bound;
  std::string reasons;
  const ops::Overload* chosen = nullptr;
  for (const ops::Overload* o : overloads) {
    auto fits = bind(*o, args, kwargs, bound);
    if (fits.ok()) {
      chosen = o;
      break;
    }
    if (fits.error().kind != ErrorKind::kType) raise(fits.error());
    reasons += fmt("\n * {}\n      {}", o->schema_text(), fits.error().message);
  }
  if (!chosen) {
    const std::string_view short_name = name.substr(name.rfind(':') + 1);
    throw nb::type_error(fmt("{}() received an invalid combination of arguments - got ({}), but expected one of:{}", short_name,
                             given_types(args, kwargs), reasons).c_str());
  }
  const Given given(args, kwargs);
  std::vector<Value> results = invoke(*chosen, std::move(bound.values));
  return finish(bound, results, args);
}

namespace {

// A descriptor: an operator as a function of the module or a method of Tensor.
struct Operator {
  std::string name;  // "aten::add"
};

}  // namespace

void bind_operators(nb::module_& m) {
  nb::class_<Operator>(m, "Operator", "An operator of the table; its overloads are tried in order.")
      .def("__call__", [](const Operator& o, nb::args args, nb::kwargs kwargs) { return call_operator(o.name, args, kwargs); })
      .def("__get__", [](nb::handle self, nb::handle instance, nb::handle) {
        if (instance.is_none()) return nb::borrow(self);
        return nb::steal(PyMethod_New(self.ptr(), instance.ptr()));
      }, nb::arg("instance").none(), nb::arg("owner").none() = nb::none())
      .def("__getattr__", [](const Operator& o, std::string_view name) -> std::string {
        if (name == "__name__" || name == "__qualname__") return o.name.substr(o.name.rfind(':') + 1);
        throw nb::attribute_error(std::string(name).c_str());
      })
      .def_prop_ro("overloads", [](const Operator& o) {
        std::vector<std::string> out;
        for (const auto* overload : ops::find(o.name)) out.push_back(overload->schema_text());
        return out;
      })
      .def_prop_ro("schemas", [](const Operator& o) {
        std::vector<SchemaHandle> out;
        for (const auto* overload : ops::find(o.name)) out.push_back({overload->schema()});
        return out;
      })
      .def("__repr__", [](const Operator& o) { return "<operator " + o.name + ">"; });
  m.def("_operator", [](std::string name) -> nb::object {
    if (ops::find(name).empty()) return nb::none();
    return nb::cast(Operator{std::move(name)});
  }, nb::arg("name"));
  // (name without "aten::", whether its first argument is a tensor named self): what becomes functions and methods.
  m.def("_operator_names", [] {
    nb::list out;
    std::string_view last;
    for (const auto* o : ops::all()) {
      const std::string_view name = o->name();
      if (!name.starts_with("aten::") || name == last) continue;
      last = name;
      bool method = false;
      for (const auto* each : ops::find(name)) {
        const std::string_view text = each->schema_text();
        const auto open = text.find('(');
        method = method || (text.substr(open + 1).starts_with("Tensor") && text.substr(open + 1, 24).find(" self") != std::string_view::npos);
      }
      out.append(nb::make_tuple(std::string(name.substr(6)), method));
    }
    return out;
  });
}

}  // namespace fac::python
