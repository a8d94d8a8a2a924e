// Interfaces (@torch.jit.interface) and the methods that dataclasses are given: what classes have besides what their text says.
#include <algorithm>

#include "frontend/script/parser.h"
#include "frontend/script/program/meanings.h"
#include "frontend/script/schema_from_tree.h"
#include "interp/compile.h"
#include "source/render.h"

namespace fac::interp {

Result<TypePtr> Compiler::interface_type(Class& c, const std::string& name) {
  const Ref<Module> m = in_.find_module("torch.nn.modules.module");
  const Value* module = m && m->attrs ? m->attrs->find("Module") : nullptr;
  const auto face = make_ref<InterfaceType>(name, module && c.is_subclass_of(as<Class>(*module)));
  FACULA_TRY_VOID(unit_->add_type(face));
  classes_[&c] = TypePtr(face);
  DiagSink sink;
  for (const auto& [k, member] : c.members->items()) {
    Function* fn = as<Function>(member);
    if (!fn || !fn->def || k.str().starts_with("__")) continue;
    auto resolver = std::make_shared<FunctionResolver>(*this, *fn);
    resolver->sink = &sink;
    script::TypeReader types(*resolver, sink);
    auto schema = script::schema_of(*fn->def, k.str(), TypePtr(face), types, sink, {}, resolver->dialect());
    resolver->sink = nullptr;
    FACULA_TRY_VOID(resolver->outcome());
    if (sink.has_errors()) return to_error(sink);
    if (schema) face->add_method(std::move(*schema));
  }
  interfaces_.push_back(face);
  for (const auto& [key, info] : by_key_) FACULA_TRY_VOID(declare_for_interfaces(*info));
  return TypePtr(face);
}

// Methods are declared when something asks for them by name; an interface asks for what it holds.
Status Compiler::declare_for_interfaces(ModuleInfo& info) {
  if (!info.cls || !info.type) return {};
  for (std::size_t i = 0; i < interfaces_.size(); ++i) {  // declaring one may add others
    const Ref<InterfaceType> face = interfaces_[i];
    if (face->is_module() && !info.type->is_module()) continue;
    std::vector<std::pair<std::string, Function*>> methods;
    for (const Schema& s : face->methods()) {
      const Value* member = info.cls->find(s.name);
      Function* fn = member ? as<Function>(*member) : nullptr;
      if (!fn || !fn->def || !mark(*fn).empty()) break;
      methods.emplace_back(s.name, fn);
    }
    if (methods.size() != face->methods().size()) continue;
    for (const auto& [name, fn] : methods) FACULA_TRY_VOID(method(info, name, *fn));
  }
  return {};
}

Result<TypePtr> Compiler::module_interface(const Value& annotation) {
  Class* c = as<Class>(annotation);
  if (!c || !c->members->find("__facula_interface__")) return TypePtr();
  return class_type(*c);
}

Status Compiler::dataclass_methods(Class& c) {
  std::vector<const script::ClassDef*> texts;  // bases first
  for (auto base = c.mro.rbegin(); base != c.mro.rend(); ++base)
    if ((*base)->def && script::is_dataclass(*(*base)->def)) texts.push_back((*base)->def);
  if (texts.empty() || !c.def) return {};
  // The names of the fields' types and defaults mean what they mean where the class's own methods were written, or in its module.
  const Ref<Module> module = in_.find_module(c.module_name);
  if (!module) return {};
  DiagSink sink;
  const auto file = make_ref<SourceFile>("<dataclass " + c.name + ">", script::dataclass_text(*c.def, texts));
  const Ref<script::Tree> tree = script::parse_module(file, sink);
  if (sink.has_errors()) return to_error(sink);
  made_trees_.push_back(tree);
  Frame f;
  f.module = module;
  f.tree = tree;
  for (const script::Stmt* s : tree->body) {
    const auto* def = s->try_as<script::FunctionDef>();
    if (!def) continue;
    const std::string name(def->name.str());
    const Value* own = c.members->find(name);
    if (const Function* written = own ? as<Function>(*own) : nullptr; written && written->module && written->module->name != "dataclasses") continue;
    FACULA_TRY(const Value made, in_.make_function(def, nullptr, f));
    Function* fn = as<Function>(made);
    if (!fn) continue;
    fn->owner = Ref<Class>(&c);
    fn->qualified_name = c.qualified_name + "." + name;
    made_methods_[&c][name] = made;
  }
  return {};
}

}  // namespace fac::interp
