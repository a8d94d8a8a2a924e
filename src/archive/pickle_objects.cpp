// Objects, enum members and named tuples of the program in the archive.
#include "archive/pickle_machine.h"

namespace fac::archive {

// NEWOBJ: class, arguments -> an object without attributes. It becomes a value at BUILD only, so it cannot hold itself.
Status Machine::new_object() {
  FACULA_TRY(const Item args, pop());
  FACULA_TRY(const Item callee, pop());
  const RawBox* f = as_raw(callee.value);
  if (!f || f->kind != RawBox::Kind::kGlobal || !args.value.is_tuple()) return fail("an object has no class");
  const std::vector<Value>& values = args.value.tuple().values;
  if (f->global == GlobalKind::kClass && as_tuple(f->type)) {
    FACULA_TRY(Value tuple, named_tuple(*f, values));
    return push(std::move(tuple), new_node(std::max(nodes_[args.node].depth, 1u), true, false));
  }
  if (f->global != GlobalKind::kClass || !as_class(f->type)) return fail("'{}' is not a class of the program", f->name);
  if (!values.empty()) return fail("class '{}' is given arguments; only attributes are expected", f->name);
  RawBox raw;
  raw.kind = RawBox::Kind::kUnbuilt;
  raw.type = f->type;
  raw.name = f->name;
  return push_raw(std::move(raw));
}

Status Machine::build() {
  FACULA_TRY(Item state, pop());
  FACULA_TRY(Item * target, top());
  // Attributes of a Python dictionary or tensor (state_dict()._metadata) mean nothing here.
  if (target->value.is_dict() || target->value.is_tensor()) return {};
  const RawBox* raw = as_raw(target->value);
  if (!raw || raw->kind != RawBox::Kind::kUnbuilt) return fail("attributes are given to something that is not an object");
  const Value keep = target->value;
  stack_.pop_back();
  return build_object(*static_cast<const RawBox*>(keep.box_ptr()), std::move(state));
}

Status Machine::build_object(const RawBox& unbuilt, Item state) {
  const Ref<const ClassType> type(as_class(unbuilt.type));
  std::uint32_t depth = 1;
  FACULA_TRY_VOID(hold(state, depth, false));
  auto object = make_ref<ObjectBox>(type, in_.classes->owner());
  if (in_.classes->has_set_state(*type)) {
    Status s = in_.classes->set_state(object, std::move(state.value), restorer_);
    if (!s.ok()) return s;  // the program's own error, with its own frames
    FACULA_TRY_VOID(check_slots(*object, " after __setstate__"));
    return push(std::move(object), new_node(depth, true, false));
  }
  if (!state.value.is_dict()) return fail("the attributes of class '{}' are not a dictionary", type->name());
  const DictBox& attributes = state.value.dict();
  object->slots.resize(type->attributes().size());
  for (std::size_t i = 0; i < object->slots.size(); ++i) {
    const ClassType::Attribute& a = type->attributes()[i];
    const Value* v = attributes.find(Value(a.name));
    if (!v) return fail("attribute '{}' of class '{}' is missing", a.name, type->name());
    Status s = restorer_.restore(*v, a.type);
    if (!s.ok()) {
      s.error().message = fmt("attribute '{}' of class '{}': {}", a.name, type->name(), s.error().message);
      return located(s.take_error());
    }
    object->slots[i] = *v;
    if (a.is_parameter && v->is_tensor()) v->tensor_impl()->is_parameter = true;
  }
  FACULA_TRY_VOID(check_slots(*object, ""));
  return push(std::move(object), new_node(depth, true, false));
}

// Compiled code trusts the declared types, so nothing else may get into a slot.
Status Machine::check_slots(const ObjectBox& object, const char* when) {
  const std::vector<ClassType::Attribute>& attributes = object.type().attributes();
  if (object.slots.size() != attributes.size())
    return fail("an object of class '{}' has {} of {} attributes{}", object.type().name(), object.slots.size(),
                attributes.size(), when);
  for (std::size_t i = 0; i < attributes.size(); ++i)
    if (!value_matches(object.slots[i], *attributes[i].type))
      return fail("attribute '{}' of class '{}' should be of type {}, but is of type {}{}", attributes[i].name,
                  object.type().name(), attributes[i].type->annotation(), tag_name(object.slots[i].tag()), when);
  return {};
}

// PyTorch passes the member's value alone, Python in a tuple.
Result<Value> Machine::enum_member(const RawBox& f, const Value& value) {
  const EnumType* type = as_enum(f.type);
  const Value& v = value.is_tuple() && value.tuple().values.size() == 1 ? value.tuple().values[0] : value;
  for (std::size_t i = 0; i < type->members().size(); ++i)
    if (type->members()[i].second.tag() == v.tag() && equal(type->members()[i].second, v))
      return Value(make_ref<EnumBox>(Ref<const EnumType>(type), i));
  return fail("enum '{}' has no member of this value", f.name);
}

Result<Value> Machine::named_tuple(const RawBox& f, const std::vector<Value>& args) {
  const TupleType* type = as_tuple(f.type);
  if (args.size() != type->elements().size())
    return fail("named tuple '{}' has {} fields, but {} values are given", f.name, type->elements().size(), args.size());
  for (std::size_t i = 0; i < args.size(); ++i) {
    if (as_raw(args[i])) return fail("a class or function is used as a field of '{}'", f.name);
    Status s = restorer_.restore(args[i], type->element(i));
    if (!s.ok()) return located(s.take_error());
    if (!value_matches(args[i], *type->element(i))) return fail("field {} of '{}' is of the wrong type", i, f.name);
  }
  return Value(make_ref<TupleBox>(args, f.type));
}

}  // namespace fac::archive
