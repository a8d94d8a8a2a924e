// Types and values of the compiled program from the interpreter's.
#include "interp/compile.h"

namespace fac::interp {

namespace {

const Value* attr(const Value& v, std::string_view name) {
  const Obj* o = fac::interp::object(v);
  return o && o->attrs ? o->attrs->find(name) : nullptr;
}

}  // namespace

Result<TypePtr> Compiler::class_type(Class& c) {
  if (const auto it = classes_.find(&c); it != classes_.end()) return it->second;
  if (c.is_builtin) return TypePtr();
  std::string name = qualified_name(c);
  if (unit_->find_type(name)) name = unit_->unique_name(name);
  // Enums: the members' values have one type.
  if (const Value* members = c.members->find("__members__"); members && c.find("_member_names_")) {
    std::vector<std::pair<std::string, Value>> list;
    TypePtr type;
    for (const auto& [k, member] : as<Dict>(*members)->items()) {
      const Value* v = attr(member, "_value_");
      std::string why;
      FACULA_TRY(TypePtr t, v ? infer(*v, why) : Result<TypePtr>(TypePtr()));
      if (!t || (type && !same(t, type))) return TypePtr();
      type = t;
      FACULA_TRY(auto value, convert(*v, t));
      if (!value) return TypePtr();
      list.emplace_back(k.str(), std::move(*value));
    }
    if (!type) return TypePtr();
    TypePtr t = make_ref<const EnumType>(name, type, std::move(list));
    FACULA_TRY_VOID(unit_->add_type(t));
    classes_[&c] = t;
    return t;
  }
  if (const Value* fields = c.find("_fields"); fields && c.layout == fac::interp::Layout::kTuple) {
    std::vector<std::string> names;
    std::vector<TypePtr> elements;
    std::vector<Value> defaults;
    const Value* annotations = c.find("__annotations__");
    Dict* d = annotations ? as<Dict>(*annotations) : nullptr;
    const Value* given = c.find("_field_defaults");
    FACULA_TRY(const auto all, in_.gather(Value(*fields)));
    for (const Value& n : all) {
      names.push_back(n.str());
      const Value* a = d ? d->find(n.str()) : nullptr;
      TypePtr t = types::tensor();
      if (a) {
        FACULA_TRY(t, annotation_type(*a));
        if (!t) return TypePtr();
      }
      if (const Dict* dd = given ? as<Dict>(*given) : nullptr)
        if (const Value* v = const_cast<Dict*>(dd)->find(n.str())) {
          FACULA_TRY(auto value, convert(*v, t));
          if (value) defaults.push_back(std::move(*value));
        }
      elements.push_back(std::move(t));
    }
    TypePtr t = types::named_tuple(name, std::move(names), std::move(elements), std::move(defaults));
    FACULA_TRY_VOID(unit_->add_type(t));
    classes_[&c] = t;
    return t;
  }
  if (c.members->find("__facula_interface__")) return interface_type(c, name);
  return plain_class(c, std::move(name));
}

Result<TypePtr> Compiler::annotation_type(const Value& a) {
  if (a.is_none()) return types::none();
  if (const Class* c = as<Class>(a)) {
    const auto& k = in_.known;
    if (c == k.integer) return types::int_();
    if (c == k.floating) return types::float_();
    if (c == k.boolean) return types::bool_();
    if (c == k.str) return types::str();
    if (c == k.complex) return types::complex_();
    if (c == k.none) return types::none();
    if (c == k.tensor || c == k.parameter) return types::tensor();
    if (c == k.device) return types::device();
    if (c == k.dtype || c == k.layout || c == k.memory_format) return types::int_();
    if (c == k.list) return types::list(types::tensor());
    if (c == k.dict) return types::dict(types::str(), types::tensor());
    if (c == k.object) return types::any();
    return class_type(const_cast<Class&>(*c));
  }
  if (a.is_str()) return TypePtr();  // read from the text where it is met
  const Value* args = attr(a, "__args__");
  const Value* form = attr(a, "_name");
  const std::string name = form && form->is_str() ? form->str().substr(form->str().rfind('.') + 1) : "";
  if (!args) {
    if (name == "Any") return types::any();
    if (name == "List") return types::list(types::tensor());
    if (name == "Dict") return types::dict(types::str(), types::tensor());
    return TypePtr();
  }
  std::vector<TypePtr> inner;
  FACULA_TRY(const auto parts, in_.gather(Value(*args)));
  for (const Value& p : parts) {
    FACULA_TRY(TypePtr t, annotation_type(p));
    if (!t) return TypePtr();
    inner.push_back(std::move(t));
  }
  if (inner.empty()) return TypePtr();
  if (name == "Union") return types::union_of(std::move(inner));
  if ((name == "List" || name == "list" || name == "Sequence") && inner.size() == 1) return types::list(inner[0]);
  if ((name == "Dict" || name == "dict" || name == "OrderedDict" || name == "Mapping") && inner.size() == 2) return types::dict(inner[0], inner[1]);
  if (name == "Tuple" || name == "tuple") return types::tuple(std::move(inner));
  if (name == "Final" || name == "Annotated" || name == "ClassVar") return inner[0];
  return TypePtr();
}

Result<TypePtr> Compiler::infer(const Value& given, std::string& why) {
  const Interp::Depth depth(in_);
  FACULA_TRY_VOID(depth.ok());
  const Value& v = in_.plain(given);
  switch (v.tag()) {
    case Tag::kNone: return types::none();
    case Tag::kBool: return types::bool_();
    case Tag::kInt: return types::int_();
    case Tag::kFloat: return types::float_();
    case Tag::kComplex: return types::complex_();
    case Tag::kStr: return types::str();
    case Tag::kDevice: return types::device();
    case Tag::kTensor: return types::tensor();
    default: break;
  }
  if (as<Constant>(v)) {
    if (as<Constant>(v)->cls.get() == in_.known.dtype || as<Constant>(v)->cls.get() == in_.known.layout ||
        as<Constant>(v)->cls.get() == in_.known.memory_format)
      return types::int_();
    why = "it is " + as<Constant>(v)->text;
    return TypePtr();
  }
  if (const Seq* s = as<Seq>(v)) {
    std::vector<TypePtr> elements;
    for (const Value& item : s->items) {
      FACULA_TRY(TypePtr t, infer(Value(item), why));
      if (!t) return TypePtr();
      elements.push_back(std::move(t));
    }
    if (s->kind == Kind::kTuple) {
      if (!s->cls->is_builtin) {
        FACULA_TRY(TypePtr t, class_type(*s->cls));
        if (t) return t;
      }
      if (s->cls.get() == in_.known.size) return types::list(types::int_());
      return types::tuple(std::move(elements));
    }
    if (elements.empty()) return types::list(types::tensor());
    TypePtr t = elements[0];
    for (const auto& other : elements) {
      t = unify(t, other);
      if (!t) {
        why = "the elements of a list have several types";
        return TypePtr();
      }
    }
    return types::list(t);
  }
  if (const Dict* d = as<Dict>(v); d && d->kind == Kind::kDict) {
    TypePtr key, value;
    for (const auto& [k, item] : d->items()) {
      FACULA_TRY(TypePtr kt, infer(k, why));
      FACULA_TRY(TypePtr vt, kt ? infer(item, why) : Result<TypePtr>(TypePtr()));
      if (!vt) return TypePtr();
      key = key ? unify(key, kt) : kt;
      value = value ? unify(value, vt) : vt;
      if (!key || !value) {
        why = "the entries of a dict have several types";
        return TypePtr();
      }
    }
    if (!key) {
      why = "an empty dict says nothing about its types; annotate it in the class";
      return TypePtr();
    }
    switch (key->kind()) {
      case TypeKind::kInt: case TypeKind::kFloat: case TypeKind::kStr: case TypeKind::kBool: case TypeKind::kEnum: break;
      default: why = "keys of type " + key->annotation() + " are not supported"; return TypePtr();
    }
    return types::dict(key, value);
  }
  if (const Instance* i = as<Instance>(v)) {
    auto t = class_type(*i->cls);
    if (t.ok() && *t && (as_enum(*t) || as_class(*t))) return *t;
    why = !t.ok() ? t.error().full() : "objects of the Python class '" + i->cls->name + "' have no TorchScript type";
    return TypePtr();
  }
  why = "a " + type_name(in_, v) + " has no TorchScript type";
  return TypePtr();
}

Result<std::optional<Value>> Compiler::convert(const Value& given, const TypePtr& type) {
  using Out = std::optional<Value>;
  const Interp::Depth depth(in_);
  FACULA_TRY_VOID(depth.ok());
  const Value& v = in_.plain(given);
  switch (type->kind()) {
    case TypeKind::kAny: {
      std::string why;
      FACULA_TRY(TypePtr t, infer(given, why));
      if (!t) return Out();
      return convert(given, t);
    }
    case TypeKind::kOptional:
      if (v.is_none()) return Out(Value());
      return convert(given, type->element());
    case TypeKind::kUnion:
      for (const auto& member : type->elements()) {
        FACULA_TRY(auto c, convert(given, member));
        if (c) return c;
      }
      return Out();
    case TypeKind::kNone: return v.is_none() ? Out(Value()) : Out();
    case TypeKind::kEnum: {
      const EnumType* en = as_enum(type);
      const Value* name = attr(given, "_name_");
      if (!name || !name->is_str()) return Out();
      const auto i = en->find_member(name->str());
      return i ? Out(Value(make_ref<EnumBox>(Ref<const EnumType>(en), *i))) : Out();
    }
    case TypeKind::kList: {
      const Seq* s = as<Seq>(v);
      if (!s) return Out();
      auto list = make_ref<ListBox>(type->element());
      for (const Value& item : s->items) {
        FACULA_TRY(auto c, convert(Value(item), type->element()));
        if (!c) return Out();
        list->append(std::move(*c));
      }
      return Out(Value(std::move(list)));
    }
    case TypeKind::kTuple: {
      const Seq* s = as<Seq>(v);
      if (!s || s->items.size() != type->elements().size()) return Out();
      std::vector<Value> items;
      for (std::size_t i = 0; i < s->items.size(); ++i) {
        FACULA_TRY(auto c, convert(Value(s->items[i]), type->element(i)));
        if (!c) return Out();
        items.push_back(std::move(*c));
      }
      const TupleType* t = as_tuple(type);
      return Out(Value(make_ref<TupleBox>(std::move(items), t && !t->fields().empty() ? type : nullptr)));
    }
    case TypeKind::kDict: {
      const Dict* d = as<Dict>(v);
      if (!d || d->kind != Kind::kDict) return Out();
      auto out = make_ref<DictBox>(type->element(0), type->element(1));
      for (const auto& [k, item] : d->items()) {
        FACULA_TRY(auto key, convert(k, type->element(0)));
        FACULA_TRY(auto value, convert(item, type->element(1)));
        if (!key || !value) return Out();
        out->set(std::move(*key), std::move(*value));
      }
      return Out(Value(std::move(out)));
    }
    default:
      if (const ClassType* c = as_class(type); c && !c->is_module()) return convert_object(v, *c);
      return in_.to_native(v, type, std::nullopt);
  }
}

}  // namespace fac::interp
