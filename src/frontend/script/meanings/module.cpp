#include "frontend/script/meanings/module.h"

#include <algorithm>

#include "ir/symbols.h"

namespace fac::script {
namespace {

using Kind = ModuleContainer::Kind;

constexpr Diag<> kNotIterable{"module-not-iterable",
                              "Only constant Sequential, ModuleList, ModuleDict, or ParameterList can be used as an iterable"};
constexpr Diag<> kNotUnpackable{"module-not-a-tuple", "Only ModuleList or Sequential modules can be used as tuple"};
constexpr Diag<> kNotIndexable{"module-not-subscriptable",
                               "Only ModuleList, Sequential, ModuleDict, ParameterList, and ParameterDict modules are subscriptable"};
constexpr Diag<> kIndexLiteral{"module-index-literal",
                               "Expected integer literal for index but got a variable or non-integer. ModuleList/Sequential indexing is only supported with "
                               "integer literals. For example, 'i = 4; self.layers[i](x)' will fail because i is not a literal. "
                               "Enumeration is supported, e.g. 'for index, v in enumerate(self): out = v(inp)'"};
constexpr Diag<> kKeyLiteral{"module-key-literal",
                             "Unable to extract string literal index. ModuleDict indexing is only supported with string "
                             "literals. For example, 'i = \"a\"; self.layers[i](x)' will fail because i is not a literal. "
                             "Enumeration of ModuleDict is supported, e.g. 'for k, v in self.items(): out = v(inp)'"};
constexpr Diag<std::string_view> kNoKey{"module-key", "Key Error, {}"};
constexpr Diag<std::int64_t, std::uint64_t> kIndexRange{"module-index-range", "Index {} out of range of length {}"};
constexpr Diag<std::string_view, std::string_view, std::string_view> kNotOfInterface{
    "module-index-interface", "Attribute {} is not of annotated type {}: {}"};
constexpr Diag<std::string_view> kOnInterface{"interface-children",
                                              "Could not compile {}() because module is an interface type. Please file issue."};

ValueId get(Emitter& e, Range at, const ModuleValue& m, std::size_t slot) {
  const auto& a = m.cls.attributes()[slot];
  const ValueId out = e.emit("prim::GetAttr", {m.self}, a.type, at);
  if (!out) return out;
  e.graph().set_attr(e.graph().value(out).producer, ir::sym::name, a.name);
  // Named after the attribute, whatever variable runs over it.
  const bool number = a.name.find_first_not_of("0123456789") == a.name.npos;
  e.graph().set_name(out, number ? "_" + a.name : a.name);
  return out;
}

bool is_module_type(const TypePtr& t) {
  if (const ClassType* c = as_class(t)) return c->is_module();
  const InterfaceType* i = as_interface(t);
  return i && i->is_module();
}

bool holds_parameters(Kind k) { return k == Kind::kParameterList || k == Kind::kParameterDict; }

MeaningPtr text(Emitter& e, Range at, std::string_view s) { return value_meaning(e.constant(Value(s), at)); }

// Attributes that a test picks, as names and values.
struct Members {
  std::vector<MeaningPtr> names, values;
};
template <class F>
Members members(Emitter& e, Range at, const ModuleValue& m, F&& picks) {
  Members out;
  for (std::size_t i = 0; i < m.cls.attributes().size(); ++i) {
    if (!picks(m.cls.attributes()[i])) continue;
    out.names.push_back(text(e, at, m.cls.attributes()[i].name));
    out.values.push_back(value_meaning(get(e, at, m, i)));
  }
  return out;
}
Members children(Emitter& e, Range at, const ModuleValue& m) {
  return members(e, at, m, [](const ClassType::Attribute& a) { return is_module_type(a.type); });
}

// The container's own entries. A parameter list also has attributes that are no entries, hence the names.
Members entries(Emitter& e, Range at, const ModuleValue& m, const ModuleContainer& c) {
  return members(e, at, m, [&](const ClassType::Attribute& a) {
    return holds_parameters(c.kind) ? std::find(c.names.begin(), c.names.end(), a.name) != c.names.end() : is_module_type(a.type);
  });
}

bool nested(Emitter& e, Range at, ValueId self, const std::string& prefix, std::string_view method, Members& out) {
  out.names.push_back(text(e, at, prefix));
  out.values.push_back(value_meaning(self));
  const ClassType* cls = as_class(e.type(self));
  if (!cls) {
    e.error(at, kOnInterface, method);
    return false;
  }
  for (std::size_t i = 0; i < cls->attributes().size(); ++i) {
    const auto& a = cls->attributes()[i];
    if (!is_module_type(a.type)) continue;
    const ValueId child = get(e, at, {self, *cls}, i);
    if (!child || !nested(e, at, child, prefix.empty() ? a.name : prefix + "." + a.name, method, out)) return false;
  }
  return true;
}

// self.layers.items: called without arguments, gives what it was made with.
class ListingMethod final : public Meaning {
 public:
  explicit ListingMethod(MeaningPtr result) : result_(std::move(result)) {}
  std::string kind() const override { return "method"; }
  MeaningPtr call(Emitter& e, Range at, std::vector<CallArg> args, const Wanted&) override {
    static constexpr Diag<> kNoArguments{"module-listing-arguments", "this method of a module takes no arguments while compiling"};
    if (args.empty()) return result_;
    e.error(at, kNoArguments);
    return nullptr;
  }

 private:
  MeaningPtr result_;
};
MeaningPtr listing(MeaningPtr m) { return std::make_shared<ListingMethod>(std::move(m)); }
MeaningPtr pairs(Members m) { return zip_meaning({tuple_meaning(std::move(m.names)), tuple_meaning(std::move(m.values))}); }

bool all_fit(Emitter& e, Range at, const ModuleValue& m, const TypePtr& wanted) {
  for (const auto& a : m.cls.attributes()) {
    std::string why;
    if (!is_module_type(a.type) || is_subtype(a.type, wanted, &why)) continue;
    e.error(at, kNotOfInterface, a.name, wanted->annotation(), why);
    return false;
  }
  return true;
}

}  // namespace

MeaningPtr module_iterable(Emitter& e, Range at, const ModuleValue& m) {
  const ModuleContainer* c = e.resolver().container(m.cls);
  if (!c || c->kind == Kind::kParameterDict) {
    e.error(at, kNotIterable);
    return nullptr;
  }
  if (c->kind == Kind::kDict) {
    std::vector<MeaningPtr> keys;
    for (const auto& n : c->names) keys.push_back(text(e, at, n));
    return tuple_meaning(std::move(keys));
  }
  return tuple_meaning(entries(e, at, m, *c).values);
}

std::optional<std::vector<MeaningPtr>> module_elements(Emitter& e, Range at, const ModuleValue& m) {
  const ModuleContainer* c = e.resolver().container(m.cls);
  if (c && (c->kind == Kind::kList || c->kind == Kind::kParameterList)) return entries(e, at, m, *c).values;
  e.error(at, kNotUnpackable);
  return std::nullopt;
}

MeaningPtr module_item(Emitter& e, Range at, const ModuleValue& m, ValueId index, const TypePtr& wanted) {
  const ModuleContainer* c = e.resolver().container(m.cls);
  if (!c) {
    e.error(at, kNotIndexable);
    return nullptr;
  }
  const Value* known = e.graph().constant(index);
  const bool by_key = c->kind == Kind::kDict || c->kind == Kind::kParameterDict;
  const bool literal = known && (by_key ? known->is_str() : known->is_int());
  if (wanted && is_module_type(wanted) && !(literal && by_key)) {
    if (!all_fit(e, at, m, wanted)) return nullptr;
    return value_meaning(e.emit_row("prim::ModuleContainerIndex", {m.self, index}, wanted, at));
  }
  if (!literal) {
    if (by_key) e.error(at, kKeyLiteral);
    else
      e.error(at, kIndexLiteral);
    return nullptr;
  }
  std::string name;
  if (by_key) {
    name = known->str();
  } else {
    const auto size = static_cast<std::int64_t>(c->names.size());
    const std::int64_t place = known->i() < 0 ? known->i() + size : known->i();
    if (place < 0 || place >= size) {
      e.error(at, kIndexRange, known->i(), c->names.size());
      return nullptr;
    }
    name = c->names[static_cast<std::size_t>(place)];
  }
  const auto slot = m.cls.find_attribute(name);
  if (!slot || std::find(c->names.begin(), c->names.end(), name) == c->names.end()) {
    e.error(at, kNoKey, name);
    return nullptr;
  }
  return value_meaning(get(e, at, m, *slot));
}

bool has_module_method(Emitter& e, const ModuleValue& m, std::string_view name) {
  const ModuleContainer* c = e.resolver().container(m.cls);
  if (c && (c->kind == Kind::kDict || c->kind == Kind::kParameterDict))
    if (name == "keys" || name == "values" || name == "items") return true;
  for (const std::string_view n : {"children", "named_children", "modules", "named_modules", "named_buffers", "buffers",
                                   "named_parameters", "parameters"})
    if (n == name) return e.resolver().missing_member(m.cls, name).has_value();
  return false;
}

MeaningPtr module_method(Emitter& e, Range at, const ModuleValue& m, std::string_view name) {
  if (!has_module_method(e, m, name)) return nullptr;
  if (name == "keys" || name == "values" || name == "items") {
    Members all = entries(e, at, m, *e.resolver().container(m.cls));
    if (name == "items") return listing(pairs(std::move(all)));
    return listing(tuple_meaning(name == "keys" ? std::move(all.names) : std::move(all.values)));
  }
  Members all;
  if (name.ends_with("modules")) {
    if (!nested(e, at, m.self, "", name, all)) return nullptr;
  } else if (name.ends_with("children")) {
    all = children(e, at, m);
  } else {
    const bool buffers = name.ends_with("buffers");
    all = members(e, at, m, [&](const ClassType::Attribute& a) {
      return (buffers ? a.is_buffer : a.is_parameter) && a.type->kind() == TypeKind::kTensor;
    });
  }
  return listing(name.starts_with("named_") ? pairs(std::move(all)) : tuple_meaning(std::move(all.values)));
}

MeaningPtr call_module(Emitter& e, Range at, const ModuleValue& m, std::vector<CallArg> args, const Wanted& wanted) {
  const auto call_hook = [&](Callable* hook, std::vector<CallArg> given) -> ValueId {
    auto* f = dynamic_cast<ir::Function*>(hook);
    return f ? e.call_function(*f, std::move(given), at) : ValueId{};
  };
  const bool hooked = !m.cls.forward_pre_hooks().empty() || !m.cls.forward_hooks().empty();
  ValueId input;
  if (hooked) {
    std::vector<ValueId> values;
    for (const auto& a : args) values.push_back(a.value);
    input = e.make_tuple(std::move(values), at);
  }
  if (!m.cls.forward_pre_hooks().empty()) {
    for (Callable* hook : m.cls.forward_pre_hooks()) {
      const ValueId changed = call_hook(hook, {{at, {}, m.self}, {at, {}, input}});
      if (!changed) return nullptr;
      if (e.type(changed)->kind() == TypeKind::kNone) continue;
      input = e.type(changed)->kind() == TypeKind::kTuple ? changed : e.make_tuple({changed}, at);
    }
    if (!args.empty()) {
      args.clear();
      for (ValueId v : e.unpack_tuple(input, at)) args.push_back({at, {}, v});
    }
  }
  const MeaningPtr forward = ValueMeaning(m.self).attribute(e, at, "forward");
  const MeaningPtr result = forward ? forward->call(e, at, std::move(args), wanted) : nullptr;
  if (m.cls.forward_hooks().empty() || !result) return result;
  ValueId output = result->value(e, at);
  for (Callable* hook : m.cls.forward_hooks()) {
    const ValueId changed = call_hook(hook, {{at, {}, m.self}, {at, {}, input}, {at, {}, output}});
    if (!changed) return nullptr;
    if (e.type(changed)->kind() != TypeKind::kNone) output = changed;
  }
  return value_meaning(output);
}

}  // namespace fac::script
