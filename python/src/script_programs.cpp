// Functions, methods and interfaces from source text whose names a Python object explains.
#include "frontend/script/define.h"
#include "frontend/script/parser.h"
#include "frontend/script/pytorch_ranges.h"
#include "frontend/script/schema_from_tree.h"
#include "script.h"
#include "source/render.h"

namespace fac::python {
namespace {

using script::FunctionDef;

constexpr Diag<> kOneFunction{"expected-one-function", "Expected a single top-level function"};

// A text and where it stands in the user's file.
struct Text {
  std::string source, file;
  std::uint32_t first_line;
};
Text text_of(const nb::tuple& t) {
  return {nb::cast<std::string>(t[0]), nb::cast<std::string>(t[1]), nb::cast<std::uint32_t>(t[2])};
}

enum class From : bool { kText, kPython };

Result<Ref<script::Tree>> parse(Text text, From from = From::kPython) {
  DiagSink sink;
  Ref<script::Tree> tree =
      script::parse_module(make_ref<SourceFile>(std::move(text.file), std::move(text.source), text.first_line), sink);
  if (sink.has_errors()) return to_error(sink);
  script::shorten_ranges_as_pytorch(*tree, from == From::kPython);
  return tree;
}

const FunctionDef* only_function(const script::Tree& tree) {
  const FunctionDef* found = nullptr;
  for (const script::Stmt* s : tree.body)
    if (const auto* def = s->try_as<FunctionDef>()) {
      if (found) return nullptr;
      found = def;
    }
  return found;
}

Result<const FunctionDef*> function_in(const script::Tree& tree) {
  const FunctionDef* def = only_function(tree);
  if (def) return def;
  DiagSink sink;
  sink.error(tree.body.empty() ? Range{} : tree.body[0]->range, kOneFunction);
  return to_error(sink);
}

// Argument defaults as Python has evaluated them.
script::KnownDefaults defaults_of(const nb::dict& values) {
  if (nb::len(values) == 0) return {};
  return [values](const Argument& a) -> std::optional<Value> {
    nb::str key(a.name.c_str());
    if (!values.contains(key)) return std::nullopt;
    auto v = to_value(values[key], a.type);
    if (TypePtr list = optional_element(a.type) ? optional_element(a.type) : a.type;
        !v.ok() && a.fixed_size && list->kind() == TypeKind::kList)  // BroadcastingList2[int] = 0
      if (auto one = to_value(values[key], list->element()); one.ok()) {
        auto all = make_ref<ListBox>(list->element());
        for (std::int64_t i = 0; i < *a.fixed_size; ++i) all->append(*one);
        v = Value(std::move(all));
      }
    if (!v.ok())
      raise(*make_error(ErrorKind::kRuntime,
                        fmt("Expected a default value of type {} on parameter \"{}\".", a.type->annotation(), a.name)));
    return std::move(*v);
  };
}

// An overload's declaration repeats the implementation's defaults; where its own type does not take one, the argument has none
// (torch.norm's `p="fro"` of the version for numbers). The declaration's tree is nobody else's.
void drop_foreign_defaults(const FunctionDef& declaration, const nb::dict& values, script::TypeReader& types) {
  for (const script::Param& p : declaration.params) {
    nb::str key(std::string(p.name.str()).c_str());
    if (!p.default_value || !p.annotation || !values.contains(key)) continue;
    const TypePtr type = types.read(*p.annotation);
    if (type && !to_value(values[key], type).ok()) const_cast<script::Param&>(p).default_value = {};
  }
}

struct Wish {
  std::string name;      // qualified
  TypePtr self;          // null: a function
  nb::object scope, classes;
  nb::dict defaults;
  bool of_overload = false;
  script::Dialect dialect = script::Dialect::kStrict;  // kText for programs that are text, as torch.jit.CompilationUnit takes them
};

Result<ir::Function*> declare(ir::Unit& unit, const Wish& wish, const FunctionDef& signature, const FunctionDef& body,
                              Ref<const script::Tree> tree) {
  DiagSink sink;
  auto resolver = std::make_shared<PythonResolver>(wish.scope, wish.classes, wish.dialect);
  resolver->sink = &sink;
  resolver->function = wish.name;
  script::TypeReader types(*resolver, sink);
  if (wish.of_overload) drop_foreign_defaults(signature, wish.defaults, types);
  const auto dot = wish.name.rfind('.');
  auto schema = schema_of(signature, dot == std::string::npos ? wish.name : wish.name.substr(dot + 1), wish.self, types, sink, {},
                          wish.dialect, defaults_of(wish.defaults));
  resolver->sink = nullptr;
  FACULA_TRY_VOID(resolver->outcome());
  if (sink.has_errors()) return to_error(sink);
  if (!schema) return error(ErrorKind::kCompile, "the signature of `{}` has no meaning", wish.name);
  FACULA_TRY(ir::Function* f, unit.add_function(wish.name, std::move(*schema)));
  script::define_later(*f, body, std::move(tree), resolver);
  return f;
}

void raise_with_callee(const Error& e, const std::string& callee) {
  try {
    raise(e);
  } catch (nb::python_error& raised) {
    nb::object exception = nb::borrow(raised.value());
    if (nb::hasattr(exception, "message") && !nb::hasattr(exception, "callee")) exception.attr("callee") = callee;
    throw;
  }
}

}  // namespace

void bind_script_programs(nb::module_& m) {
  nb::class_<ProgramHandle>(m, "Program", "What functions and classes are defined in.")
      .def("__init__", [](ProgramHandle* self) { new (self) ProgramHandle{std::make_shared<ir::Unit>()}; })
      .def("unique_name", [](const ProgramHandle& p, std::string_view name) {
        if (!p.unit->find_function(name) && !p.unit->find_type(name)) return std::string(name);
        return p.unit->unique_name(name);
      })
      .def("has", [](const ProgramHandle& p, std::string_view name) {
        return p.unit->find_function(name) != nullptr || p.unit->find_type(name);
      })
      .def("find_function", [](const ProgramHandle& p, std::string_view name) -> nb::object {
        ir::Function* f = p.unit->find_function(name);
        return f ? function_object(Ref<ir::Function>(f), p.unit) : nb::none();
      })
      .def("find_type", [](const ProgramHandle& p, std::string_view name) -> std::optional<TypeHandle> {
        TypePtr t = p.unit->find_type(name);
        if (!t) return std::nullopt;
        return TypeHandle{std::move(t)};
      });

  // One function. text: (source, file, first line). signature: the same of an overload whose signature the function's
  // body is compiled for. The body is compiled by compile().
  m.def("define", [](const ProgramHandle& p, std::string name, nb::tuple text, nb::object scope, nb::object classes, nb::dict defaults,
                     std::optional<TypeHandle> self, std::optional<nb::tuple> signature, bool everyday) {
    auto made = [&]() -> Result<ir::Function*> {
      FACULA_TRY(Ref<script::Tree> tree, parse(text_of(text)));
      FACULA_TRY(const FunctionDef* body, function_in(*tree));
      const FunctionDef* head = body;
      Ref<script::Tree> other;
      if (signature) {
        FACULA_TRY(other, parse(text_of(*signature)));
        FACULA_TRY(head, function_in(*other));
      }
      return declare(*p.unit, {name, self ? self->type : TypePtr(), scope, classes, defaults, signature.has_value(), everyday ? script::Dialect::kEveryday : script::Dialect::kStrict}, *head, *body, std::move(tree));
    }();
    if (!made.ok()) raise_with_callee(made.error(), name.substr(name.rfind('.') + 1));
    return function_object(Ref<ir::Function>(*made), p.unit);
  }, nb::arg("program"), nb::arg("name"), nb::arg("text"), nb::arg("scope"), nb::arg("classes"), nb::arg("defaults"),
     nb::arg("self") = nb::none(), nb::arg("signature") = nb::none(), nb::arg("everyday") = false);

  // Every `def` of a text, by name: declared, not yet compiled. Names get `prefix`.
  m.def("define_all", [](const ProgramHandle& p, std::string prefix, nb::tuple text, nb::object scope, nb::object classes,
                         std::optional<TypeHandle> self) {
    auto tree = take(parse(text_of(text), From::kText));
    nb::dict out;
    for (const script::Stmt* s : tree->body) {
      const auto* def = s->try_as<FunctionDef>();
      if (!def) continue;
      const std::string name(def->name.str());
      ir::Function* f = take(declare(*p.unit, {prefix + name, self ? self->type : TypePtr(), scope, classes, nb::dict(), false, script::Dialect::kText}, *def, *def, tree));
      out[name.c_str()] = function_object(Ref<ir::Function>(f), p.unit);
    }
    return out;
  }, nb::arg("program"), nb::arg("prefix"), nb::arg("text"), nb::arg("scope"), nb::arg("classes"), nb::arg("self") = nb::none());

  m.def("compile", [](FunctionHandle& h) {
    auto g = h.f->graph();
    if (!g.ok()) raise_with_callee(g.error(), script::display_name(*h.f));
  });
  m.def("is_compiled", [](FunctionHandle& h) { return h.f->is_defined(); });
  m.def("display_name", [](FunctionHandle& h) { return script::display_name(*h.f); });
  m.def("raises", [](const FunctionHandle& h) { return h.f->schema().returns.empty(); });

  m.def("add_method", [](const TypeHandle& t, FunctionHandle& f, std::string_view kind) {
    auto* cls = const_cast<ClassType*>(as_class(t.type));
    if (!cls) raise(*error(ErrorKind::kType, "`{}` is no class", t.type->annotation()));
    if (kind == "pre_hook") cls->add_forward_pre_hook(f.f.get());
    else if (kind == "hook") cls->add_forward_hook(f.f.get());
    else
      cls->add_method(f.f.get());
  });
  m.def("find_method", [](const TypeHandle& t, std::string_view name, const ProgramHandle& p) -> nb::object {
    const ClassType* cls = as_class(t.type);
    auto* f = cls ? dynamic_cast<ir::Function*>(cls->find_method(name)) : nullptr;
    return f ? function_object(Ref<ir::Function>(f), p.unit) : nb::none();
  });

  // The methods of an interface: signatures only.
  m.def("add_interface_method", [](const TypeHandle& t, nb::tuple text, nb::object scope, nb::object classes, nb::dict defaults) {
    auto* face = const_cast<InterfaceType*>(as_interface(t.type));
    if (!face) raise(*error(ErrorKind::kType, "`{}` is no interface", t.type->annotation()));
    auto tree = take(parse(text_of(text)));
    const FunctionDef* def = take(function_in(*tree));
    DiagSink sink;
    PythonResolver resolver(scope, classes, script::Dialect::kStrict);
    resolver.sink = &sink;
    script::TypeReader types(resolver, sink);
    auto schema = schema_of(*def, std::string(def->name.str()), t.type, types, sink, {}, script::Dialect::kStrict, defaults_of(defaults));
    check(resolver.outcome());
    if (sink.has_errors()) raise(*to_error(sink));
    if (schema && schema->returns.empty()) {
      Argument none;
      none.type = types::none();
      schema->returns.push_back(std::move(none));
    }
    if (schema) face->add_method(std::move(*schema));
  });
}

}  // namespace fac::python
