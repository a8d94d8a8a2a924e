// Longer than most files: what a module, its parts and its methods become is one description, looked up and filled by all of it.
#include "interp/compile.h"

#include <algorithm>

#include "frontend/script/define.h"
#include "frontend/script/scan.h"
#include "frontend/script/schema_from_tree.h"
#include "source/render.h"

namespace fac::interp {

namespace {

constexpr std::string_view kIgnored[] = {"_parameters", "_buffers", "_modules", "_non_persistent_buffers_set", "_forward_hooks",
                                         "_forward_pre_hooks", "_flat_weights_names", "__facula_flat__", "_version"};

bool is_ignored(std::string_view name) {
  for (const auto n : kIgnored)
    if (n == name) return true;
  return name.starts_with("__");
}

Dict* table(const Value& object, std::string_view name) {
  const Obj* o = fac::interp::object(object);
  const Value* v = o && o->attrs ? o->attrs->find(name) : nullptr;
  return v ? as<Dict>(*v) : nullptr;
}

}  // namespace

bool Compiler::is_module(const Value& v) {
  const Ref<Module> m = in_.find_module("torch.nn.modules.module");
  const Value* c = m && m->attrs ? m->attrs->find("Module") : nullptr;
  return c && as<Class>(*c) && as<Instance>(v) && in_.is_instance(v, as<Class>(*c));
}

std::string Compiler::qualified_name(const Class& c) const {
  std::string name = "__torch__";
  std::string module = c.module_name;
  if (module == "__main__") module.clear();
  if (!module.empty()) name += "." + module;
  name += "." + (c.qualified_name.empty() ? c.name : c.qualified_name);
  std::string out;  // components are identifiers in archives
  for (const char ch : name) {
    const bool plain = ch == '.' || ch == '_' || (ch >= '0' && ch <= '9') || (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z');
    out += plain ? ch : '_';
  }
  return out;
}

std::string Compiler::mark(const Function& fn) {
  const Value* v = fn.attrs ? fn.attrs->find("__facula_mark__") : nullptr;
  return v && v->is_str() ? v->str() : std::string();
}

Compiler::ModuleInfo* Compiler::info(const ClassType& type) {
  const auto it = by_type_.find(&type);
  return it == by_type_.end() ? nullptr : it->second;
}

// --- the class of a module -----------------------------------------------------------------------------------------------

Result<Compiler::ModuleInfo> Compiler::describe(const Value& v, std::string& key) {
  ModuleInfo m;
  m.cls = in_.type_of(v);
  m.sample = v;
  m.type = make_ref<ClassType>(qualified_name(*m.cls), true);
  key = std::to_string(reinterpret_cast<std::uintptr_t>(m.cls));
  Dict *parameters = table(v, "_parameters"), *buffers = table(v, "_buffers"), *modules = table(v, "_modules");
  if (!parameters || !buffers || !modules)
    return error(ErrorKind::kCompile, "'{}' has not been initialized, did you forget to call 'super().__init__()'?", m.cls->name);
  Value* annotated = nullptr;
  std::vector<std::pair<std::string, Value>> annotations;  // the nearest class's word counts
  for (const auto& c : m.cls->mro) {
    if ((annotated = c->members->find("__annotations__")))
      if (Dict* d = as<Dict>(*annotated))
        for (auto& [k, t] : d->items())
          if (k.is_str()) annotations.emplace_back(k.str(), t);
  }
  const auto annotation_of = [&](const std::string& name) -> const Value* {
    for (const auto& [k, t] : annotations)
      if (k == name) return &t;
    return nullptr;
  };
  std::set<std::string> done;
  const auto add = [&](const std::string& name, TypePtr t, bool parameter, bool buffer) {
    key += "|" + name + ":" + t->annotation() + (parameter ? "p" : buffer ? "b" : "");
    m.type->add_attribute({name, std::move(t), parameter, buffer});
    done.insert(name);
  };
  const auto typed = [&](const std::string& name, const Value& value, std::string& why) -> Result<TypePtr> {
    if (const Value* a = annotation_of(name)) {
      FACULA_TRY(TypePtr t, annotation_type(*a));
      if (t) {
        FACULA_TRY(const auto fits, convert(value, t));
        if (fits) {
          if (attributes_) attributes_->fix(m.type->name(), name);
          return t;
        }
      }
    }
    if (!attributes_) return infer(value, why);
    // An empty list or dict, or None: what methods do with the attribute says more.
    const Seq* list = as<Seq>(in_.plain(value));
    const Dict* dict = as<Dict>(in_.plain(value));
    const bool empty_list = list && list->kind != Kind::kTuple && list->items.empty(), empty_dict = dict && dict->kind == Kind::kDict && dict->items().empty();
    if (empty_list || empty_dict) attributes_->open(m.type->name(), name);
    if (TypePtr known = attributes_->find(m.type->name(), name)) {
      FACULA_TRY(const auto fits, convert(value, known));
      if (fits) return known;
    }
    if (empty_dict) return types::dict(types::str(), types::tensor());
    return infer(value, why);
  };
  std::string why;
  for (Dict* d : {parameters, buffers})
    for (const auto& [k, value] : d->items()) {
      FACULA_TRY(TypePtr t, typed(k.str(), value, why));
      if (!t) return error(ErrorKind::kCompile, "parameter '{}' of '{}' has no type: {}", k.str(), m.cls->name, why);
      add(k.str(), std::move(t), d == parameters, d == buffers);
    }
  for (const auto& [k, value] : modules->items()) {
    if (value.is_none()) {
      add(k.str(), types::none(), false, false);
      continue;
    }
    FACULA_TRY(Ref<ClassType> t, type_of_module(value));
    if (const Value* a = annotation_of(k.str())) {
      FACULA_TRY(TypePtr face, module_interface(*a));
      if (face) {
        FACULA_TRY_VOID(declare_for_interfaces(*info(*t)));
        add(k.str(), std::move(face), false, false);
        continue;
      }
    }
    key += "|" + k.str() + "=" + std::to_string(reinterpret_cast<std::uintptr_t>(t.get()));
    m.type->add_attribute({k.str(), TypePtr(t), false, false});
    done.insert(k.str());
  }
  // Constants: __constants__ and Final annotations.
  std::set<std::string> constants;
  if (const Value* list = m.cls->find("__constants__")) {
    FACULA_TRY(const auto names, in_.gather(Value(*list)));
    for (const Value& n : names)
      if (n.is_str()) constants.insert(n.str());
  }
  for (const auto& [name, a] : annotations) {
    FACULA_TRY(const std::string text, in_.repr(a));
    if (text.starts_with("typing.Final") || (a.is_str() && a.str().starts_with("Final"))) constants.insert(name);
  }
  for (const std::string& name : index_attributes(*m.cls)) {
    const Value* own = fac::interp::object(v)->attrs->find(name);
    if (own && (own->is_int() || own->is_str() || own->is_bool())) constants.insert(name);
  }
  for (const std::string& name : constants) {
    if (done.contains(name)) continue;
    FACULA_TRY(const auto value, in_.find_attr(v, name));
    if (!value) continue;
    FACULA_TRY(TypePtr t, infer(*value, why));
    if (!t) {
      m.failed.emplace(name, why);
      continue;
    }
    FACULA_TRY(auto c, convert(*value, t));
    if (!c) continue;
    FACULA_TRY(const std::string text, in_.repr(*value));
    key += "|" + name + "~" + t->annotation() + text;
    m.type->add_constant(name, std::move(*c));
    done.insert(name);
  }
  const Obj* o = fac::interp::object(v);
  for (const auto& [k, value] : o->attrs->items()) {
    const std::string& name = k.str();
    if (is_ignored(name) || done.contains(name)) continue;
    if (as<Function>(value) || as<Native>(value) || as<Method>(value)) {
      key += "|" + name + "f" + std::to_string(reinterpret_cast<std::uintptr_t>(value.box_ptr()));
      continue;  // found through member()
    }
    FACULA_TRY(TypePtr t, typed(name, value, why));
    if (t) {
      add(name, std::move(t), false, false);
      continue;
    }
    m.failed.emplace(name, why);
    // Methods may read its items: modules that differ in it are of different classes.
    if (dialect_ == script::Dialect::kEveryday && (as<Dict>(value) || as<Seq>(value))) {
      FACULA_TRY(const std::string text, in_.repr(value));
      key += "|" + name + "!" + text;
    }
  }
  if (const Value* flat = o->attrs->find("__facula_flat__"); flat && as<Seq>(*flat))
    add("_flat_weights", types::list(types::tensor()), false, false);
  FACULA_TRY(m.pre_hooks, hooks_of(v, "_forward_pre_hooks"));
  FACULA_TRY(m.hooks, hooks_of(v, "_forward_hooks"));
  for (const auto* hooks : {&m.pre_hooks, &m.hooks}) {
    key += "|hooks";
    for (const auto& hook : *hooks) key += " " + std::to_string(reinterpret_cast<std::uintptr_t>(hook.get()));
  }
  const Ref<Module> containers = in_.find_module("torch.nn.modules.container");
  struct Row {
    const char* name;
    script::ModuleContainer::Kind kind;
  };
  for (const Row& r : {Row{"Sequential", script::ModuleContainer::Kind::kList}, Row{"ModuleList", script::ModuleContainer::Kind::kList},
                       Row{"ModuleDict", script::ModuleContainer::Kind::kDict},
                       Row{"ParameterList", script::ModuleContainer::Kind::kParameterList},
                       Row{"ParameterDict", script::ModuleContainer::Kind::kParameterDict}}) {
    const Value* c = containers ? containers->attrs->find(r.name) : nullptr;
    if (!c || !m.cls->is_subclass_of(as<Class>(*c))) continue;
    m.container = script::ModuleContainer{r.kind, {}};
    const bool of_parameters = r.kind == script::ModuleContainer::Kind::kParameterList || r.kind == script::ModuleContainer::Kind::kParameterDict;
    for (const auto& [k, value] : (of_parameters ? parameters : modules)->items()) m.container->names.push_back(k.str());
  }
  return m;
}

// Attributes of the class that choose, as in `shape[:self.n]`, `layers[self.i]` or `if self.flash`, and that no method assigns: such an
// index has to be known while compiling, and a branch that is not taken need not compile. These are constants without being declared so.
std::vector<std::string> Compiler::index_attributes(const Class& c) const {
  std::vector<std::string> out;
  if (dialect_ != script::Dialect::kEveryday) return out;
  script::AttributeScan scan;
  for (const auto& base : c.mro)
    for (const auto& [k, member] : base->members->items())
      if (const Function* fn = as<Function>(member); fn && fn->def && fn->name != "__init__") script::scan_attributes(*fn->def, scan);
  const auto is_assigned = [&](Symbol name) { return std::find(scan.assigned.begin(), scan.assigned.end(), name) != scan.assigned.end(); };
  for (const Symbol name : scan.indexes)
    if (!is_assigned(name)) out.emplace_back(name.str());
  for (const Symbol name : scan.conditions)
    if (!is_assigned(name) && name.str() != "training") out.emplace_back(name.str());
  return out;
}

Result<Ref<ClassType>> Compiler::type_of_module(const Value& v) {
  const Obj* o = fac::interp::object(v);
  if (const auto it = type_of_object_.find(o); it != type_of_object_.end()) return it->second;
  if (depth_ > 200) return error(ErrorKind::kLimit, "modules are nested more than 200 deep");
  if (!is_module(v)) return error(ErrorKind::kCompile, "a {} is no nn.Module", type_name(in_, v));
  ++depth_;
  std::string key;
  auto described = describe(v, key);
  --depth_;
  if (!described.ok()) return described.take_error();
  auto& slot = by_key_[key];
  if (!slot) {
    slot = std::make_unique<ModuleInfo>(std::move(*described));
    const std::string name = slot->type->name();
    if (unit_->find_type(name)) {  // another shape of the same Python class
      auto renamed = make_ref<ClassType>(unit_->unique_name(name), true);
      for (const auto& a : slot->type->attributes()) renamed->add_attribute(a);
      for (const auto& [n, c] : slot->type->constants()) renamed->add_constant(n, c);
      slot->type = renamed;
    }
    FACULA_TRY_VOID(unit_->add_type(slot->type));
    by_type_[slot->type.get()] = slot.get();
    FACULA_TRY_VOID(add_hooks(*slot));
  }
  type_of_object_[o] = slot->type;
  return slot->type;
}

// --- the object ----------------------------------------------------------------------------------------------------------

Result<Value> Compiler::object_of(const Value& v) {
  const Obj* o = fac::interp::object(v);
  if (const auto it = objects_.find(o); it != objects_.end()) return it->second;
  FACULA_TRY(Ref<ClassType> type, type_of_module(v));
  auto box = make_ref<ObjectBox>(Ref<const ClassType>(type), unit_);
  box->slots.resize(type->attributes().size());
  objects_[o] = Value(box);
  for (std::size_t i = 0; i < type->attributes().size(); ++i) {
    const auto& a = type->attributes()[i];
    if (a.name == "_flat_weights") {
      auto list = make_ref<ListBox>(types::tensor());
      FACULA_TRY(const auto names, in_.gather(*o->attrs->find("__facula_flat__")));
      for (const Value& n : names) {
        FACULA_TRY(Value t, in_.get_attr(v, n.str()));
        list->append(std::move(t));
      }
      box->slots[i] = Value(list);
      continue;
    }
    FACULA_TRY(const Value value, in_.get_attr(v, a.name));
    if (is_module(value)) {
      FACULA_TRY(box->slots[i], object_of(value));
      continue;
    }
    FACULA_TRY(auto c, convert(value, a.type));
    if (!c) return error(ErrorKind::kCompile, "attribute '{}' of '{}' does not fit its type {}", a.name, type->name(), a.type->annotation());
    box->slots[i] = std::move(*c);
  }
  return Value(box);
}

Result<Ref<ObjectBox>> Compiler::module(const Value& v) {
  if (!is_module(v)) return error(ErrorKind::kCompile, "a {} is no nn.Module", type_name(in_, v));
  FACULA_TRY(Value root, object_of(v));
  // forward and exported methods of every module that is reached; what they call compiles along.
  const Ref<ClassType> type = type_of_object_[fac::interp::object(v)];
  std::vector<ModuleInfo*> all{by_type_[type.get()]};
  for (ModuleInfo* m : all) {
    const Value* f = m->cls->find("forward");
    Function* forward = f ? as<Function>(*f) : nullptr;
    if (forward && mark(*forward).empty() && !m->type->find_method("forward")) {
      if (overloads(*m->cls, "forward", *forward).empty()) {
        FACULA_TRY(ir::Function* made, method(*m, "forward", *forward));
        (void)made;
      }
    }
    for (const auto& c : m->cls->mro)
      for (const auto& [k, member] : c->members->items())
        if (Function* fn = as<Function>(member); fn && mark(*fn) == "export" && !m->type->find_method(k.str())) {
          FACULA_TRY(ir::Function* made, method(*m, k.str(), *fn));
          (void)made;
        }
  }
  // Compiling a body declares more; until nothing is left.
  for (std::size_t done = 0; done < unit_->functions().size(); ++done) {
    ir::Function* f = unit_->functions()[done];
    if (abandoned_.contains(f)) continue;
    if (auto g = f->graph(); !g.ok()) return g.take_error();
  }
  for (const auto& [key, m] : by_key_) FACULA_TRY_VOID(check_hooks(*m));
  // Methods of sub-modules that nobody calls: `forward` where it compiles, as PyTorch has them all.
  return Ref<ObjectBox>(&root.object());
}

// --- functions and methods -----------------------------------------------------------------------------------------------

Result<ir::Function*> Compiler::declare(std::string name, const TypePtr& self, Function& fn, const script::FunctionDef& head,
                                      const std::vector<TypePtr>& without_annotation) {
  if (!fn.def) return error(ErrorKind::kCompile, "a lambda cannot be compiled; write a function");
  DiagSink sink;
  auto resolver = std::make_shared<FunctionResolver>(*this, fn);
  resolver->sink = &sink;
  script::TypeReader types(*resolver, sink);
  const auto known = [this, &fn](const Argument& a) -> std::optional<Value> {
    for (std::size_t i = 0; i < fn.params.size(); ++i)
      if (fn.params[i].name.str() == a.name && fn.has_default[i]) {
        auto v = convert(fn.defaults[i], a.type);
        return v.ok() ? std::move(*v) : std::nullopt;
      }
    return std::nullopt;
  };
  auto schema = script::schema_of(head, name.substr(name.rfind('.') + 1), self, types, sink, {}, resolver->dialect(), known);
  resolver->sink = nullptr;
  FACULA_TRY_VOID(resolver->outcome());
  if (sink.has_errors()) return to_error(sink);
  if (!schema) return error(ErrorKind::kCompile, "the signature of `{}` has no meaning", name);
  for (std::size_t i = 0; i < std::min(without_annotation.size(), schema->arguments.size()); ++i)
    if (without_annotation[i] && i < head.params.size() && !head.params[i].annotation) schema->arguments[i].type = without_annotation[i];
  FACULA_TRY(ir::Function* f, unit_->add_function(std::move(name), std::move(*schema)));
  script::define_later(*f, *fn.def, fn.tree, resolver);
  return f;
}

Result<ir::Function*> Compiler::function(Function& fn) {
  if (const auto it = functions_.find(&fn); it != functions_.end()) return it->second;
  std::string module = fn.module ? fn.module->name : "";
  if (module == "__main__") module.clear();
  std::string qualified = fn.qualified_name;
  for (char& c : qualified)
    if (c == '<' || c == '>') c = '_';
  // Below the name of a class an archive has its methods only.
  if (const std::size_t dot = qualified.rfind('.'); fn.owner && dot != std::string::npos) qualified.replace(dot, 1, "__");
  std::string name = "__torch__." + (module.empty() ? "" : module + ".") + qualified;
  if (unit_->find_function(name) || unit_->find_type(name)) name = unit_->unique_name(name);
  if (!fn.def) return error(ErrorKind::kCompile, "the lambda `{}` cannot be compiled; write a function", fn.lambda->range.text());
  FACULA_TRY(ir::Function* f, declare(std::move(name), nullptr, fn, *fn.def));
  functions_[&fn] = f;
  return f;
}

Result<ir::Function*> Compiler::method(ModuleInfo& m, std::string name, Function& fn, const script::FunctionDef* head) {
  if (Callable* known = m.type->find_method(name)) return dynamic_cast<ir::Function*>(known);
  ir::Function* f = nullptr;
  if (const auto it = m.declared.find(name); it != m.declared.end()) f = it->second;
  else {
    FACULA_TRY(f, declare(m.type->name() + "." + name, TypePtr(m.type), fn, head ? *head : *fn.def));
  }
  m.type->add_method(f);
  return f;
}

Result<ir::Function*> Compiler::declared_method(ModuleInfo& m, const std::string& name, Function& fn) {
  if (const auto it = m.declared.find(name); it != m.declared.end()) return it->second;
  FACULA_TRY(ir::Function* f, declare(m.type->name() + "." + name, TypePtr(m.type), fn, *fn.def));
  return m.declared[name] = f;
}

Result<std::string> Compiler::copy_method(ModuleInfo& m, const std::string& name, Function& fn, script::Specialised special) {
  if (const auto it = copies_.find(special.key); it != copies_.end()) return it->second->schema().name;
  std::string copy;
  for (int i = 1; copy.empty() || m.type->find_method(copy); ++i) copy = name + "__" + std::to_string(i);
  special.schema.name = copy;
  FACULA_TRY(ir::Function* f, unit_->add_function(m.type->name() + "." + copy, std::move(special.schema)));
  script::define_later(*f, *fn.def, fn.tree, std::make_shared<FunctionResolver>(*this, fn));
  m.type->add_method(f);
  copies_[special.key] = f;
  return copy;
}

// What torch.jit._overload_method has gathered for a method: signatures, in order.
std::vector<Function*> Compiler::overloads(Class&, std::string_view, const Function& fn) {
  const Ref<Module> jit = in_.find_module("torch.jit");
  const Value* all = jit && jit->attrs ? jit->attrs->find("_overloads") : nullptr;
  Dict* d = all ? as<Dict>(*all) : nullptr;
  std::vector<Function*> out;
  if (!d) return out;
  const Value* list = d->find((fn.module ? fn.module->name : "") + "." + fn.qualified_name);
  if (const Seq* s = list ? as<Seq>(*list) : nullptr)
    for (const Value& v : s->items)
      if (Function* f = as<Function>(v)) out.push_back(f);
  return out;
}

}  // namespace fac::interp
