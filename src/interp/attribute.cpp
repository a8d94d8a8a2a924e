// Attributes: look-up along the method resolution order, descriptors, and what every object answers.
#include "interp/interp.h"
#include "source/did_you_mean.h"

namespace fac::interp {

Class* Interp::type_of(const Value& v) {
  switch (v.tag()) {
    case Tag::kNone: return known.none;
    case Tag::kBool: return known.boolean;
    case Tag::kInt: return known.integer;
    case Tag::kFloat: return known.floating;
    case Tag::kComplex: return known.complex;
    case Tag::kStr: return known.str;
    case Tag::kDevice: return known.device;
    case Tag::kTensor: return v.tensor_impl()->is_parameter ? known.parameter : known.tensor;
    case Tag::kCapsule: {
      Obj* o = object(v);
      return o->cls ? o->cls.get() : known.object;
    }
    default: return known.object;
  }
}

std::string type_name(Interp& in, const Value& v) { return in.type_of(v)->name; }

const Value& Interp::plain(const Value& v) const {
  if (const Obj* o = object(v); o && o->kind == Kind::kInstance) {
    const Value& payload = static_cast<const Instance*>(o)->payload;
    if (!payload.is_none()) return payload;
  }
  return v;
}

Value Interp::method(const Value& self, const Value& function) {
  return value_of(make_ref<Method>(heap_, known.method, self, function));
}

Result<Value> Interp::bind(const Value& member, const Value& self, Class* owner) {
  Obj* o = object(member);
  if (!o) return member;
  switch (o->kind) {
    case Kind::kFunction: return method(self, member);
    case Kind::kNative: return static_cast<Native*>(o)->is_method ? method(self, member) : member;
    case Kind::kProperty: {
      const Value getter = static_cast<Descriptor*>(o)->get;
      if (getter.is_none()) return raise("AttributeError", "unreadable attribute");
      return call(getter, std::vector<Value>{self});
    }
    case Kind::kStaticMethod: return static_cast<Descriptor*>(o)->get;
    case Kind::kClassMethod: {
      const Value c = as<Class>(self) ? self : value_of(Ref<Obj>(type_of(self)));
      const Value f = static_cast<Descriptor*>(o)->get;
      if (as<Descriptor>(f)) return bind(f, c, owner);  // classmethod(property(…))
      return method(c, f);
    }
    case Kind::kInstance:
      if (!o->cls->is_builtin && o->cls->find("__get__"))
        return call_method(member, "__get__", {as<Class>(self) && owner == as<Class>(self) ? Value() : self, value_of(Ref<Obj>(type_of(self)))});
      return member;
    default: return member;
  }
}

namespace {

// Attributes of the interpreter's own kinds of objects.
std::optional<Value> own_attribute(Interp& in, Obj& o, std::string_view name) {
  switch (o.kind) {
    case Kind::kClass: {
      auto& c = static_cast<Class&>(o);
      if (name == "__name__") return Value(c.name);
      if (name == "__qualname__") return Value(c.qualified_name.empty() ? c.name : c.qualified_name);
      if (name == "__module__") return Value(c.is_builtin ? std::string("builtins") : c.module_name);
      if (name == "__dict__") return value_of(c.members);
      if (name == "__mro__" || name == "__bases__") {
        std::vector<Value> v;
        for (const auto& b : name == "__mro__" ? c.mro : c.bases) v.push_back(value_of(b));
        return in.tuple(std::move(v));
      }
      if (name == "__subclasses__") return std::nullopt;
      break;
    }
    case Kind::kFunction: {
      auto& f = static_cast<Function&>(o);
      if (name == "__name__") return Value(f.name);
      if (name == "__qualname__") return Value(f.qualified_name);
      if (name == "__module__") return Value(f.module ? f.module->name : std::string());
      if (name == "__globals__" && f.module) return value_of(f.module->attrs);
      if (name == "__doc__") return Value();
      if (name == "__kwdefaults__" || name == "__closure__") return Value();
      if (name == "__defaults__") {
        std::vector<Value> v;
        for (std::size_t i = 0; i < f.params.size(); ++i)
          if (f.has_default[i] && f.params[i].kind != script::ParamKind::kKeywordOnly) v.push_back(f.defaults[i]);
        return v.empty() ? Value() : in.tuple(std::move(v));
      }
      if (name == "__annotations__") return value_of(in.dict());
      break;
    }
    case Kind::kNative:
      if (name == "__name__" || name == "__qualname__") return Value(static_cast<Native&>(o).name);
      if (name == "__module__") return Value("builtins");
      if (name == "__doc__") return Value();
      break;
    case Kind::kMethod:
      if (name == "__self__") return static_cast<Method&>(o).self;
      if (name == "__func__") return static_cast<Method&>(o).function;
      break;
    case Kind::kModule: {
      auto& m = static_cast<Module&>(o);
      if (name == "__name__") return Value(m.name);
      if (name == "__file__") return Value(m.path);
      break;
    }
    case Kind::kProperty:
      if (name == "fget") return static_cast<Descriptor&>(o).get;
      if (name == "fset") return static_cast<Descriptor&>(o).set;
      break;
    case Kind::kStaticMethod:
    case Kind::kClassMethod:
      if (name == "__func__" || name == "__wrapped__") return static_cast<Descriptor&>(o).get;
      break;
    case Kind::kRange: {
      auto& r = static_cast<RangeObj&>(o);
      if (name == "start") return Value(r.start);
      if (name == "stop") return Value(r.stop);
      if (name == "step") return Value(r.step);
      break;
    }
    case Kind::kSlice: {
      auto& s = static_cast<SliceObj&>(o);
      if (name == "start") return s.start;
      if (name == "stop") return s.stop;
      if (name == "step") return s.step;
      break;
    }
    default: break;
  }
  if (name == "__dict__" && (o.kind == Kind::kInstance || o.kind == Kind::kModule || o.kind == Kind::kFunction ||
                             o.kind == Kind::kList || o.kind == Kind::kDict)) {
    if (!o.attrs) o.attrs = in.dict();
    return value_of(o.attrs);
  }
  return std::nullopt;
}

}  // namespace

Result<std::optional<Value>> Interp::find_attr(const Value& v, std::string_view name) {
  using Found = std::optional<Value>;
  const Depth depth(*this);
  FACULA_TRY_VOID(depth.ok());
  Obj* o = object(v);
  Class* c = type_of(v);
  if (name == "__class__") return Found(value_of(Ref<Obj>(c)));
  if (o && o->kind == Kind::kInert) {
    const auto& i = static_cast<Inert&>(*o);
    if (name.starts_with("__") && name != "__version__" && name != "__name__") return Found();
    return Found(inert(i.name + "." + std::string(name), i.why));
  }
  if (o && o->kind == Kind::kSuper) {
    const auto& s = static_cast<Super&>(*o);
    Class* start = as<Class>(s.self) ? as<Class>(s.self) : type_of(s.self);
    if (!start->is_subclass_of(s.behind.get())) start = type_of(s.self);
    if (const Value* m = start->find(name, s.behind.get())) {
      const Value member = *m;
      if (as<Class>(s.self) && as<Function>(member)) return Found(member);
      FACULA_TRY(Value bound, bind(member, s.self, start));
      return Found(std::move(bound));
    }
    return Found();
  }
  if (o && o->kind == Kind::kClass) {
    auto* self = static_cast<Class*>(o);
    if (name == "__doc__" || name == "__annotations__") {  // never inherited
      if (const Value* m = self->members->find(name)) return Found(*m);
      if (name == "__annotations__") {
        self->members->set(name, value_of(dict()));
        return Found(*self->members->find(name));
      }
      return Found(Value());
    }
    if (auto own = own_attribute(*this, *o, name)) return own;
    if (const Value* m = self->find(name)) {
      const Value member = *m;
      const Obj* mo = object(member);
      if (mo && (mo->kind == Kind::kStaticMethod || mo->kind == Kind::kClassMethod || mo->kind == Kind::kInstance)) {
        FACULA_TRY(Value bound, bind(member, v, self));
        return Found(std::move(bound));
      }
      return Found(member);
    }
    if (const Value* m = c->find(name)) {
      const Value member = *m;
      FACULA_TRY(Value bound, bind(member, v, c));
      return Found(std::move(bound));
    }
    if (const Value* hook = c->find("__getattr__"); hook && c != known.type) {
      FACULA_TRY(Value got, call(*hook, std::vector<Value>{v, Value(name)}));
      return Found(std::move(got));
    }
    return Found();
  }
  const Value* on_class = c->find(name);
  if (on_class)
    if (const Obj* d = object(*on_class); d && d->kind == Kind::kProperty) {
      const Value member = *on_class;
      FACULA_TRY(Value got, bind(member, v, c));
      return Found(std::move(got));
    }
  if (o && o->attrs)
    if (const Value* found = o->attrs->find(name)) return Found(*found);
  if (on_class) {
    const Value member = *on_class;
    FACULA_TRY(Value bound, bind(member, v, c));
    return Found(std::move(bound));
  }
  if (o) {
    if (auto own = own_attribute(*this, *o, name)) return own;
    if (o->kind == Kind::kModule) {
      return member_of(static_cast<Module&>(*o), name);
    }
    if (o->kind == Kind::kMethod) return find_attr(static_cast<Method*>(o)->function, name);
  }
  if (v.is_tensor() || !plain(v).is_same(v)) {
    const Value self = plain(v);
    if (self.is_tensor() && has_operator("aten::" + std::string(name))) {
      const Value* make = known.tensor->find("$operator");
      auto n = make_ref<Native>(heap_, known.native, std::string(name), as<Native>(*make)->fn);
      n->has_data = true;
      n->data = Value("aten::" + std::string(name));
      return Found(method(self, value_of(n)));  // called as ("aten::x", self, …): see Method and Native
    }
  }
  if (const Value* hook = c->find("__getattr__"); hook && !c->is_builtin) {
    const Value f = *hook;
    Result<Value> got = call(f, std::vector<Value>{v, Value(name)});
    if (got.ok()) return Found(std::move(*got));
    if (got.error().kind == ErrorKind::kRaised && is_instance(pending_, builtin_class("AttributeError"))) {
      attribute_error_ = std::exchange(pending_, Value());
      return Found();
    }
    return got.take_error();
  }
  return Found();
}

Result<Value> Interp::get_attr(const Value& v, std::string_view name) {
  attribute_error_ = Value();
  FACULA_TRY(auto found, find_attr(v, name));
  if (found) return std::move(*found);
  if (!attribute_error_.is_none()) return raise_object(std::exchange(attribute_error_, Value()));
  std::vector<std::string_view> names;
  std::vector<std::string> kept;
  if (const Obj* o = object(v); o && o->attrs)
    for (const auto& e : o->attrs->entries())
      if (e.live && e.key.is_str()) names.push_back(e.key.str());
  for (const auto& c : type_of(v)->mro)
    for (const auto& e : c->members->entries())
      if (e.live && e.key.is_str() && !e.key.str().starts_with("$")) names.push_back(e.key.str());
  std::string hint = did_you_mean(name, names);
  if (!hint.empty()) hint = "; " + hint;
  if (const Module* m = as<Module>(v)) return raise("AttributeError", "module '{}' has no attribute '{}'{}", m->name, name, hint);
  if (const Class* c = as<Class>(v)) return raise("AttributeError", "type object '{}' has no attribute '{}'{}", c->name, name, hint);
  return raise("AttributeError", "'{}' object has no attribute '{}'{}", type_name(*this, v), name, hint);
}

void Interp::set_attr_raw(Obj& o, std::string_view name, Value v) {
  if (!o.attrs) o.attrs = dict();
  o.attrs->set(name, std::move(v));
}

Status Interp::set_attr(const Value& v, std::string_view name, Value to) {
  Obj* o = object(v);
  Class* c = type_of(v);
  if (Class* self = as<Class>(v)) {
    if (self->is_builtin) return raise("TypeError", "cannot set '{}' attribute of immutable type '{}'", name, self->name);
    if (name == "__name__" && to.is_str()) self->name = to.str();
    if (name == "__qualname__" && to.is_str()) self->qualified_name = to.str();
    self->members->set(name, std::move(to));
    return {};
  }
  if (!c->is_builtin) {
    if (const Value* hook = c->find("__setattr__"); hook && !as<Native>(*hook)) {
      const Value f = *hook;
      FACULA_TRY_VOID(call(f, std::vector<Value>{v, Value(name), std::move(to)}));
      return {};
    }
    if (const Value* d = c->find(name); d && object(*d) && object(*d)->kind == Kind::kProperty) {
      const Value setter = static_cast<Descriptor*>(object(*d))->set;
      if (setter.is_none()) return raise("AttributeError", "property '{}' of '{}' object has no setter", name, c->name);
      FACULA_TRY_VOID(call(setter, std::vector<Value>{v, std::move(to)}));
      return {};
    }
  }
  if (v.is_tensor()) {
    if (name == "requires_grad") {
      FACULA_TRY(const bool on, truth(to));
      v.tensor_impl()->requires_grad = on;
      return {};
    }
    if (name == "data" && to.is_tensor()) {
      TensorImpl* a = v.tensor_impl();
      const TensorImpl* b = to.tensor_impl();
      a->storage = b->storage;
      a->offset = b->offset;
      a->sizes = b->sizes;
      a->strides = b->strides;
      a->dtype = b->dtype;
      a->refresh();
      return {};
    }
    if (name == "grad") return {};
    return raise("AttributeError", "attribute '{}' of a tensor cannot be set here", name);
  }
  if (!o || o->kind == Kind::kNative || o->kind == Kind::kRange || o->kind == Kind::kSlice || o->kind == Kind::kConstant || o->kind == Kind::kSuper ||
      (o->kind != Kind::kInstance && o->kind != Kind::kModule && o->kind != Kind::kFunction && o->kind != Kind::kMethod &&
       o->kind != Kind::kInert && c->is_builtin && o->kind != Kind::kProperty))
    return raise("AttributeError", "'{}' object has no attribute '{}'", c->name, name);
  if (o->kind == Kind::kMethod) return raise("AttributeError", "'method' object has no attribute '{}'", name);
  if (Function* f = as<Function>(v)) {
    if (name == "__name__" && to.is_str()) {
      f->name = to.str();
      return {};
    }
    if (name == "__qualname__" && to.is_str()) {
      f->qualified_name = to.str();
      return {};
    }
  }
  set_attr_raw(*o, name, std::move(to));
  return {};
}

Status Interp::delete_attr(const Value& v, std::string_view name) {
  Class* c = type_of(v);
  if (!c->is_builtin)
    if (const Value* hook = c->find("__delattr__"); hook && !as<Native>(*hook)) {
      const Value f = *hook;
      FACULA_TRY_VOID(call(f, std::vector<Value>{v, Value(name)}));
      return {};
    }
  Dict* attrs = as<Class>(v) ? as<Class>(v)->members.get() : object(v) ? object(v)->attrs.get() : nullptr;
  if (!attrs || !attrs->erase(name)) return raise("AttributeError", "'{}' object has no attribute '{}'", c->name, name);
  return {};
}

Result<bool> Interp::is_subclass_of(Class* c, const Value& info) {
  if (const Seq* s = as<Seq>(info)) {
    for (const Value& item : s->items) {
      FACULA_TRY(const bool yes, is_subclass_of(c, item));
      if (yes) return true;
    }
    return false;
  }
  if (const Class* k = as<Class>(info)) {
    if (c->is_subclass_of(k)) return true;
    // The abstract classes of collections.abc and numbers.
    if (const Value* hook = k->find("__abstract_of__"); hook && hook->is_str())
      for (const auto& b : c->mro) {
        const std::string& kinds = hook->str();
        if (b->is_builtin && (" " + kinds + " ").find(" " + b->name + " ") != std::string::npos) return true;
        if (kinds.starts_with("__") && b->members->find(kinds)) return true;
      }
    return false;
  }
  if (as<Inert>(info)) return false;
  if (const Instance* i = as<Instance>(info); i && i->attrs) {  // Union[...], Optional[...], typing aliases
    const Value* all = i->attrs->find("__union__");
    if (all) return is_subclass_of(c, *all);
    if (const Value* origin = i->attrs->find("__origin__")) return is_subclass_of(c, *origin);
  }
  if (info.is_none()) return c == known.none;
  return raise("TypeError", "isinstance() arg 2 must be a type, a tuple of types, or a union");
}

Result<bool> Interp::is_instance_of(const Value& v, const Value& info) {
  if (const Obj* o = object(v); o && o->kind == Kind::kInert) return false;
  if (const Class* k = as<Class>(info)) {
    if (k->name == "Callable" && k->find("__abstract_of__")) {
      const Kind kind = object(v) ? object(v)->kind : Kind::kConstant;
      if (kind == Kind::kFunction || kind == Kind::kNative || kind == Kind::kMethod || kind == Kind::kClass) return true;
    }
    if (k->cls && k->cls.get() != known.type && k->cls->find("__instancecheck__")) {
      FACULA_TRY(const Value yes, call_method(value_of(Ref<Obj>(k->cls.get())), "__instancecheck__", {info, v}));
      return truth(yes);
    }
  }
  if (const Obj* o = object(v); o && o->kind == Kind::kInstance && o->attrs)
    if (const Value* c = o->attrs->find("__class__"); c && as<Class>(*c)) return is_subclass_of(as<Class>(*c), info);
  return is_subclass_of(type_of(v), info);
}

}  // namespace fac::interp
