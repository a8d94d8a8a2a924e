// Classes, functions and the other things that have a name.
#include "frontend/unparse/canonical_loops.h"
#include "frontend/unparse/writer.h"
#include "value/print.h"

namespace fac::script {
namespace {

std::string_view last_component(std::string_view name) {
  const auto dot = name.rfind('.');
  return dot == name.npos ? name : name.substr(dot + 1);
}

// PyTorch writes the strings of enums as they are; so do we where that is right.
bool is_plain(std::string_view text) {
  for (const char c : text)
    if (c < ' ' || c > '~' || c == '"' || c == '\\') return false;
  return true;
}

}  // namespace

Status ProgramPrinter::Impl::definition(const TypePtr& t) {
  switch (t->kind()) {
    case TypeKind::kFunction: {
      auto* f = dynamic_cast<ir::Function*>(static_cast<const FunctionType&>(*t).function());
      return f ? function(*f, true) : error(ErrorKind::kCompile, "function '{}' has no body that could be saved", t->name());
    }
    case TypeKind::kClass: return class_(static_cast<const ClassType&>(*t));
    case TypeKind::kTuple: return named_tuple(static_cast<const TupleType&>(*t)), Status();
    case TypeKind::kInterface: return interface(static_cast<const InterfaceType&>(*t)), Status();
    case TypeKind::kEnum: return enum_(static_cast<const EnumType&>(*t)), Status();
    default: return error(ErrorKind::kInternal, "type {} cannot be defined", t->annotation());
  }
}

Status ProgramPrinter::Impl::function(ir::Function& f, bool annotate_first) {
  FACULA_TRY(const ir::Graph* graph, f.graph());
  const Schema& schema = f.schema();
  const auto canonical = canonical_loops(*graph);
  const ir::Graph& g = canonical ? *canonical : *graph;
  if (g.inputs().size() != schema.arguments.size())
    return error(ErrorKind::kInternal, "'{}' has {} arguments, but its graph {}", f.qualified_name(), schema.arguments.size(), g.inputs().size());
  return body_of(g, f.name(), schema.arguments, schema.returns.empty() ? types::none() : schema.returns[0].type, annotate_first);
}

Status ProgramPrinter::Impl::body_of(const ir::Graph& g, std::string_view name, const std::vector<Argument>& arguments,
                                     const TypePtr& result, bool annotate_first) {
  used_names_.clear();
  GraphNames names(g, nullptr);
  at_ = &names;
  here_ = {};
  indent();
  put("def " + std::string(name) + "(");
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const Argument& a = arguments[i];
    dependencies_.add_all(a.type);
    const std::string text = fresh_name(a.name);
    if (i) put(",\n    ");
    put(text);
    if (i || annotate_first) put(": " + type_text(a.type));
    if (a.default_value) {
      put("=");
      const Value& v = *a.default_value;
      if (a.type->kind() == TypeKind::kList && (v.is_int() || v.is_float() || v.is_bool())) {  // int[2]=1
        auto list = make_ref<ListBox>(a.type->element());
        for (std::int64_t k = 0; k < a.fixed_size.value_or(1); ++k) list->append(v);
        put(constant_text(Value(std::move(list))));
      } else {
        put(constant_text(v));
      }
    }
    assign(g.inputs()[i], text);
  }
  put(") -> " + type_text(result) + ":\n");
  dependencies_.add_all(result);
  Status done = body(g.top());
  at_ = nullptr;
  here_ = {};
  return done;
}

void ProgramPrinter::Impl::name_list(std::string_view what, const std::vector<std::string>& names) {
  indent();
  std::string text = std::string(what) + " = [";
  for (const std::string& n : names) text += quoted(n) + ", ";
  put(text + "]\n");
}

Status ProgramPrinter::Impl::class_(const ClassType& c) {
  // A class of a C++ library is known wherever the archive can be used.
  for (Callable* m : c.methods())
    if (!dynamic_cast<ir::Function*>(m)) return {};
  if (c.name().starts_with("__torch__.torch.classes.")) return {};
  put("class " + std::string(last_component(type_text(TypePtr(&c)))));
  if (c.is_module()) put("(Module)");
  else if (!c.base_name.empty()) put("(" + c.base_name + ")");
  put(":\n");
  ++level_;
  attributes(c);
  const std::size_t before = out_.text().size();
  // A body that is compiled only now may add methods: `super()` reaches another one.
  for (std::size_t i = 0; i < c.methods().size(); ++i) FACULA_TRY_VOID(class_function(c.methods()[i]));
  // A hook may stand in both lists, and several times.
  std::set<std::string_view> printed;
  for (Callable* h : c.forward_hooks())
    if (printed.insert(h->name()).second) FACULA_TRY_VOID(class_function(h));
  for (Callable* h : c.forward_pre_hooks())
    if (printed.insert(h->name()).second) FACULA_TRY_VOID(class_function(h));
  if (out_.text().size() == before && !c.is_module() && c.attributes().empty() && c.constants().empty()) {
    indent();
    put("pass\n");
  }
  --level_;
  return {};
}

Status ProgramPrinter::Impl::class_function(Callable* f) {
  auto* function = dynamic_cast<ir::Function*>(f);
  return function ? this->function(*function, true) : error(ErrorKind::kCompile, "'{}' has no body that could be saved", f->qualified_name());
}

void ProgramPrinter::Impl::attributes(const ClassType& c) {
  const auto names_of = [](const std::vector<Callable*>& fs) {
    std::vector<std::string> out;
    for (const Callable* f : fs) out.emplace_back(f->name());
    return out;
  };
  if (c.is_module()) {
    std::vector<std::string> parameters, buffers;
    for (const auto& a : c.attributes()) {
      if (a.is_parameter) parameters.push_back(a.name);
      if (a.is_buffer) buffers.push_back(a.name);
    }
    name_list("__parameters__", parameters);
    name_list("__buffers__", buffers);
    if (!c.forward_pre_hooks().empty()) name_list("__forward_pre_hooks__", names_of(c.forward_pre_hooks()));
    if (!c.forward_hooks().empty()) name_list("__forward_hooks__", names_of(c.forward_hooks()));
  }
  bool first = true;
  for (const auto& a : c.attributes()) {
    dependencies_.add_all(a.type);
    indent();
    if (is_identifier(a.name)) {
      put(a.name + " : " + type_text(a.type) + "\n");
    } else {
      if (first) {
        put("__annotations__ = []\n");
        indent();
      }
      put("__annotations__[" + quoted(a.name) + "] = " + type_text(a.type) + "\n");
    }
    first = false;
  }
  for (const auto& [name, value] : c.constants()) {
    indent();
    put(name + " : Final[" + type_text(type_of(value)) + "] = ");
    put(constant_text(value));
    put("\n");
  }
}

void ProgramPrinter::Impl::named_tuple(const TupleType& t) {
  put("class " + std::string(last_component(type_text(TypePtr(&t)))) + "(NamedTuple):\n");
  ++level_;
  for (std::size_t i = 0; i < t.fields().size(); ++i) {
    dependencies_.add_all(t.element(i));
    indent();
    put(t.fields()[i] + " : " + type_text(t.element(i)) + "\n");
  }
  if (t.fields().empty()) {
    indent();
    put("pass\n");
  }
  --level_;
}

void ProgramPrinter::Impl::interface(const InterfaceType& t) {
  put("class " + std::string(last_component(type_text(TypePtr(&t)))) + (t.is_module() ? "(ModuleInterface):\n" : "(Interface):\n"));
  ++level_;
  for (const Schema& m : t.methods()) {
    indent();
    put("def " + m.name + "(self");
    for (std::size_t i = 1; i < m.arguments.size(); ++i) {
      dependencies_.add_all(m.arguments[i].type);
      put(", " + m.arguments[i].name + ": " + type_text(m.arguments[i].type));
    }
    const TypePtr result = m.returns.empty() ? types::none() : m.returns[0].type;
    dependencies_.add_all(result);
    put(") -> " + type_text(result) + ":\n");
    indent();
    put("  pass\n");
  }
  if (t.methods().empty()) {
    indent();
    put("pass\n");
  }
  --level_;
}

void ProgramPrinter::Impl::enum_(const EnumType& t) {
  put("class " + std::string(last_component(type_text(TypePtr(&t)))) + "(Enum):\n");
  ++level_;
  for (const auto& [name, value] : t.members()) {
    indent();
    put(name + " = " + (value.is_str() && is_plain(value.str()) ? "\"" + value.str() + "\"" : constant_text(value)) + "\n");
  }
  --level_;
}

}  // namespace fac::script
