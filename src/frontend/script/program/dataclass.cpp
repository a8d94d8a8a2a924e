// Dataclasses, and named tuples and enums made by a call.
#include <algorithm>
#include <array>

#include "frontend/script/program/meanings.h"

namespace fac::script {
namespace {

std::string last_of(std::string_view dotted) { return std::string(dotted.substr(dotted.rfind('.') + 1)); }

struct Field {
  std::string name, type;
  std::string default_text;  // empty: none
  std::string factory;
  bool init = true, compare = true, keyword_only = false;
};

void read_fields(const ClassDef& def, std::vector<Field>& out) {
  for (const Stmt* s : def.body) {
    const auto* a = s->try_as<AnnAssign>();
    if (!a || a->target->kind != ExprKind::kName) continue;
    const auto* sub = a->annotation->try_as<Subscript>();
    if (sub && last_of(dotted_name(*sub->object)) == "ClassVar") continue;
    Field f;
    f.name = dotted_name(*a->target);
    f.type = std::string(a->annotation->range.text());
    const auto* call = a->value ? a->value->try_as<Call>() : nullptr;
    if (call && last_of(dotted_name(*call->callee)) == "field") {
      for (const Arg& arg : call->args) {
        const auto* flag = arg.value->try_as<BoolLit>();
        if (arg.name.str() == "default") f.default_text = std::string(arg.value->range.text());
        if (arg.name.str() == "default_factory") {
          const auto* lambda = arg.value->try_as<Lambda>();
          f.factory = lambda ? "(" + std::string(lambda->body->range.text()) + ")" : std::string(arg.value->range.text()) + "()";
        }
        if (arg.name.str() == "init" && flag) f.init = flag->value;
        if (arg.name.str() == "compare" && flag) f.compare = flag->value;
      }
    } else if (a->value) {
      f.default_text = std::string(a->value->range.text());
    }
    const auto same_name = std::find_if(out.begin(), out.end(), [&](const Field& x) { return x.name == f.name; });
    if (same_name != out.end()) *same_name = std::move(f);
    else out.push_back(std::move(f));
  }
}

bool has_method(const std::vector<const ClassDef*>& classes, std::string_view name) {
  for (const ClassDef* c : classes)
    for (const Stmt* s : c->body)
      if (const auto* d = s->try_as<FunctionDef>(); d && d->name.str() == name) return true;
  return false;
}

bool decorator_says_no(const ClassDef& def, std::string_view option) {
  for (const Expr* d : def.decorators)
    if (const auto* call = d->try_as<Call>())
      for (const Arg& a : call->args)
        if (a.name && a.name.str() == option && a.value->kind == ExprKind::kBoolLit) return !a.value->as<BoolLit>().value;
  return false;
}

}  // namespace

bool is_dataclass(const ClassDef& def) {
  return std::any_of(def.decorators.begin(), def.decorators.end(), [](const Expr* d) {
    const auto* call = d->try_as<Call>();
    return last_of(dotted_name(call ? *call->callee : *d)) == "dataclass";
  });
}

std::string dataclass_text(const ClassDef& def, const std::vector<const ClassDef*>& bases) {
  std::vector<Field> fields;
  for (const ClassDef* c : bases) read_fields(*c, fields);
  std::string params = "self", body, equal;
  for (const Field& f : fields) {
    const bool made = !f.factory.empty();
    if (f.init) {
      params += ", " + f.name + ": " + (made ? "Optional[" + f.type + "] = None" : f.type);
      if (!f.default_text.empty()) params += " = " + f.default_text;
      const std::string target = "    self." + f.name + ": " + f.type + " = ";
      body += target + (made ? f.name + " if " + f.name + " is not None else " + f.factory : f.name) + "\n";
    } else if (made || !f.default_text.empty()) {
      body += "    self." + f.name + ": " + f.type + " = " + (made ? f.factory : f.default_text) + "\n";
    }
    if (f.compare) equal += (equal.empty() ? "" : " and ") + ("self." + f.name + " == other." + f.name);
  }
  if (has_method(bases, "__post_init__")) body += "    self.__post_init__()\n";
  if (body.empty()) body = "    pass\n";
  std::string out;
  if (!decorator_says_no(def, "init")) out += "def __init__(" + params + "):\n" + body;
  if (!decorator_says_no(def, "eq"))
    out += "def __eq__(self, other: " + std::string(def.name.str()) + ") -> bool:\n    return " + (equal.empty() ? "True" : equal) + "\n";
  const bool ordered = std::any_of(def.decorators.begin(), def.decorators.end(), [](const Expr* d) {
    const auto* call = d->try_as<Call>();
    return call && std::any_of(call->args.begin(), call->args.end(), [](const Arg& a) {
      return a.name && a.name.str() == "order" && a.value->kind == ExprKind::kBoolLit && a.value->as<BoolLit>().value;
    });
  });
  if (!ordered) return out;
  const std::string name(def.name.str());
  for (const auto& [method, op, otherwise] : {std::array<const char*, 3>{"__lt__", "<", "False"}, {"__le__", "<", "True"}, {"__gt__", ">", "False"}, {"__ge__", ">", "True"}}) {
    out += std::string("def ") + method + "(self, other: " + name + ") -> bool:\n";
    for (const Field& f : fields)
      if (f.compare) out += "    if self." + f.name + " != other." + f.name + ":\n        return self." + f.name + " " + op + " other." + f.name + "\n";
    out += std::string("    return ") + otherwise + "\n";
  }
  return out;
}

TypePtr functional_type(Program& program, ModuleScope& module, const Binding& b, const std::string& name) {
  const auto* call = b.value ? b.value->try_as<Call>() : nullptr;
  if (!call || call->args.size() < 2) return nullptr;
  const std::string maker = last_of(program.canonical_type(module, dotted_name(*call->callee)));
  if (maker != "namedtuple" && maker != "NamedTuple" && maker != "Enum") return nullptr;
  if (TypePtr t = program.unit().find_type(name)) return t;
  std::vector<std::string> fields;
  std::vector<TypePtr> elements;
  TypeReader reader(*module.resolver, program.sink());
  const Expr& second = *call->args[1].value;
  const Exprs items = second.kind == ExprKind::kList    ? second.as<List>().items
                      : second.kind == ExprKind::kTuple ? second.as<Tuple>().items
                                                        : Exprs{};
  for (const Expr* item : items) {
    if (const auto* text = item->try_as<StringLit>()) {
      fields.emplace_back(text->value);
      elements.push_back(inferred_tensor());
    } else if (const auto* pair = item->try_as<Tuple>(); pair && pair->items.size() == 2) {
      const auto* field = pair->items[0]->try_as<StringLit>();
      TypePtr t = field ? reader.read(*pair->items[1]) : nullptr;
      if (!t) return nullptr;
      fields.emplace_back(field->value);
      elements.push_back(std::move(t));
    }
  }
  if (const auto* words = second.try_as<StringLit>()) {
    std::string word;
    for (const char c : std::string(words->value) + " ") {
      if (c != ' ' && c != ',') {
        word += c;
        continue;
      }
      if (!word.empty()) {
        fields.push_back(word);
        elements.push_back(inferred_tensor());
      }
      word.clear();
    }
  }
  if (fields.empty()) return nullptr;
  if (const AttributeHints* hints = program.options().attributes.get(); hints && maker == "namedtuple")  // what calls have taught about fields without types
    for (std::size_t i = 0; i < fields.size(); ++i)
      if (TypePtr known = hints->find(name, fields[i])) elements[i] = std::move(known);
  TypePtr t;
  if (maker == "Enum") {
    std::vector<std::pair<std::string, Value>> members;
    for (std::size_t i = 0; i < fields.size(); ++i) members.emplace_back(fields[i], Value(static_cast<std::int64_t>(i + 1)));
    t = make_ref<const EnumType>(name, types::int_(), std::move(members));
  } else {
    std::vector<Value> defaults;
    for (const Arg& a : call->args)
      if (a.name && a.name.str() == "defaults")
        for (const Expr* d : a.value->kind == ExprKind::kTuple  ? a.value->as<Tuple>().items
                             : a.value->kind == ExprKind::kList ? a.value->as<List>().items
                                                                : Exprs{})
          if (auto v = constant_of(*d, nullptr, program.constants(module))) {
            const std::size_t place = fields.size() - (a.value->kind == ExprKind::kTuple ? a.value->as<Tuple>().items.size() : a.value->as<List>().items.size()) + defaults.size();
            if (place < elements.size()) elements[place] = type_of(*v);
            defaults.push_back(std::move(*v));
          }
    t = types::named_tuple(name, std::move(fields), std::move(elements), std::move(defaults));
  }
  return program.unit().add_type(t).ok() ? t : nullptr;
}

}  // namespace fac::script
