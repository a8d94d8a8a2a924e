// What can be done with an SSA value: attributes, methods, items, iteration; all by its type.
#include "frontend/script/emitter.h"
#include "frontend/script/meanings/module.h"
#include "ir/symbols.h"

namespace fac::script {
namespace {

constexpr Diag<std::string_view, std::string_view, std::string_view> kNoAttribute{
    "no-attribute", "'{}' object has no attribute or method '{}'.{}"};
constexpr Diag<std::string_view, std::string_view, std::string_view> kNoModuleAttribute{
    "no-module-attribute", "Module '{}' has no attribute '{}' {}"};
constexpr Diag<std::string_view> kHasAttr{"hasattr-object", "hasattr's first argument must be an object, got {} instead"};
constexpr Diag<std::string_view, std::string_view> kSetOnValue{"set-attribute", "Tried to set an attribute: {} on a non-class: {}"};
constexpr Diag<std::string_view> kReadOnly{"read-only-attribute", "Tried to set read-only attribute: {}"};
constexpr Diag<std::string_view> kNonexistent{
    "nonexistent-attribute", "Tried to set nonexistent attribute: {}. Did you forget to initialize it in __init__()?"};
constexpr Diag<std::string_view, std::string_view> kAttributeType{
    "attribute-type", "Wrong type for attribute assignment. Expected {} but got {}"};
constexpr Diag<> kInitNested{"first-assignment-nested",
                             "First assignment cannot be in a control-flow block. Initialize the field at the top level first"};
constexpr Diag<std::string_view> kNotIterable{"not-iterable", "'{}' object is not iterable"};
constexpr Diag<std::string_view> kNotSubscriptable{"not-subscriptable", "'{}' object is not subscriptable"};
constexpr Diag<std::string_view> kNotCallable{"not-callable", "cannot call a value of type '{}'"};
constexpr Diag<std::string_view> kNotTuple{"not-a-tuple", "{} cannot be used as a tuple"};
constexpr Diag<> kOpenTuple{"open-tuple",
                            "Provided tuple is not fully defined/refined including its element types, please provide a value of "
                            "type like Tuple[int, int]"};
constexpr Diag<> kUnknownLength{"unknown-length", "cannot statically infer the expected size of a list in this context"};

// Attributes that are operators without arguments, and their result types where the table lacks the operator.
struct Property {
  std::string_view name, op;
  TypeKind type;
};
constexpr Property kTensorProperties[] = {
    {"dtype", "prim::dtype", TypeKind::kInt}, {"device", "prim::device", TypeKind::kDevice},
    {"grad", "prim::grad", TypeKind::kTensor}, {"data", "prim::data", TypeKind::kTensor},
    {"shape", "prim::shape", TypeKind::kList}, {"is_cuda", "prim::is_cuda", TypeKind::kBool},
    {"is_cpu", "prim::is_cpu", TypeKind::kBool}, {"is_xpu", "prim::is_xpu", TypeKind::kBool},
    {"is_sparse", "prim::is_sparse", TypeKind::kBool}, {"is_sparse_csr", "prim::is_sparse_csr", TypeKind::kBool},
    {"is_mkldnn", "prim::is_mkldnn", TypeKind::kBool}, {"is_mps", "prim::is_mps", TypeKind::kBool},
    {"is_quantized", "prim::is_quantized", TypeKind::kBool}, {"is_vulkan", "prim::is_vulkan", TypeKind::kBool},
    {"is_ipu", "prim::is_ipu", TypeKind::kBool}, {"is_meta", "prim::is_meta", TypeKind::kBool},
    {"is_leaf", "aten::is_leaf", TypeKind::kBool}, {"is_nested", "prim::is_nested", TypeKind::kBool},
    {"requires_grad", "prim::requires_grad", TypeKind::kBool}, {"layout", "prim::layout", TypeKind::kInt},
    {"T", "prim::T", TypeKind::kTensor}, {"H", "prim::H", TypeKind::kTensor}, {"mT", "aten::mT", TypeKind::kTensor},
    {"mH", "aten::mH", TypeKind::kTensor}, {"ndim", "prim::ndim", TypeKind::kInt},
    {"itemsize", "prim::itemsize", TypeKind::kInt}, {"nbytes", "prim::nbytes", TypeKind::kInt},
    {"name", "prim::name", TypeKind::kStr}, {"names", "prim::names", TypeKind::kList},
    {"real", "aten::real", TypeKind::kTensor}, {"imag", "aten::imag", TypeKind::kTensor},
    {"retains_grad", "aten::retains_grad", TypeKind::kBool}};
constexpr Property kDeviceProperties[] = {{"type", "prim::type", TypeKind::kStr}, {"index", "prim::index", TypeKind::kInt}};

struct Cast {
  std::string_view name;
  DType dtype;
};
constexpr Cast kCasts[] = {{"byte", DType::kUInt8}, {"char", DType::kInt8}, {"double", DType::kDouble},
                           {"float", DType::kFloat}, {"cfloat", DType::kComplexFloat}, {"cdouble", DType::kComplexDouble},
                           {"int", DType::kInt32}, {"long", DType::kInt64}, {"short", DType::kInt16},
                           {"half", DType::kHalf}, {"bfloat16", DType::kBFloat16}, {"bool", DType::kBool}};

// x.float(): x.to(torch.float32).
class CastMethod final : public Meaning {
 public:
  CastMethod(ir::ValueId self, DType dtype) : self_(self), dtype_(dtype) {}
  std::string kind() const override { return "method"; }
  MeaningPtr call(Emitter& e, Range at, std::vector<CallArg> args, const Wanted&) override {
    const ValueId dtype = e.constant(Value(dtype_), at), no = e.constant(Value(false), at);
    std::vector<CallArg> all{{at, {}, self_}, {at, {}, dtype}, {at, {}, no}, {at, {}, no}};
    for (const auto& a : args) all.push_back(a);
    return value_meaning(e.call_operator("aten::to", std::move(all), at));
  }

 private:
  ir::ValueId self_;
  DType dtype_;
};

TypePtr property_type(TypeKind kind) { return kind == TypeKind::kList ? types::list(types::int_()) : types::simple(kind); }

// Whether some overload of the operator takes a value of this type as `self`.
bool takes_self(std::string_view op, const TypePtr& self) {
  for (const ops::Overload* o : ops::find(op))
    for (const Argument& arg : o->schema().arguments) {
      if (arg.name != "self") continue;
      const TypePtr& formal = arg.type;
      if (formal->kind() == TypeKind::kVar || is_subtype(self, formal)) return true;
      // Containers of variables: list[t].
      if (formal->has_free_variables() && formal->kind() == self->kind()) return true;
    }
  return false;
}

bool has_hook(const ClassType& cls, std::string_view name) {
  for (const auto* hooks : {&cls.forward_pre_hooks(), &cls.forward_hooks()})
    for (const Callable* f : *hooks)
      if (f->name() == name) return true;
  return false;
}

}  // namespace

MeaningPtr value_meaning(ir::ValueId v) { return v ? std::make_shared<ValueMeaning>(v) : nullptr; }

ir::ValueId plain_value(const MeaningPtr& m) {
  const auto* v = dynamic_cast<const ValueMeaning*>(m.get());
  return v ? v->get() : ir::ValueId{};
}

MeaningPtr ValueMeaning::attribute(Emitter& e, Range at, std::string_view name) {
  const TypePtr type = e.type(value_);
  const std::string text(name);
  const auto property = [&](std::span<const Property> rows) -> MeaningPtr {
    for (const Property& p : rows)
      if (p.name == name)
        return value_meaning(e.call_operator(p.op, {{at, {}, value_}}, at, {property_type(p.type), 1}));
    return nullptr;
  };
  if (type->kind() == TypeKind::kTensor) {
    for (const Cast& c : kCasts)
      if (c.name == name) return std::make_shared<CastMethod>(value_, c.dtype);
    if (MeaningPtr p = property(kTensorProperties)) return p;
    if (name == "tolist") return special_form(SpecialForm::kToList, value_meaning(value_));
    if (name == "__getitem__") return special_form(SpecialForm::kTensorIndex, value_meaning(value_));
  }
  if (type->kind() == TypeKind::kDevice)
    if (MeaningPtr p = property(kDeviceProperties)) return p;
  if (type->kind() == TypeKind::kOptional && name == "unchecked_unwrap_optional")
    return value_meaning(e.call_operator("prim::unchecked_unwrap_optional", {value_}, at));
  if (const TupleType* tuple = as_tuple(type))
    if (const auto index = tuple->field_index(name))
      return value_meaning(e.emit("prim::TupleIndex", {value_, e.constant(Value(static_cast<std::int64_t>(*index)), at)},
                                  tuple->element(*index), at));
  std::string hint;
  if (const ClassType* cls = as_class(type)) {
    if (cls->find_method(name) || has_hook(*cls, name)) return method_meaning(value_, text);
    if (const auto slot = cls->find_attribute(name)) {
      const ValueId out = e.emit("prim::GetAttr", {value_}, cls->attributes()[*slot].type, at);
      if (out) {
        e.graph().set_attr(e.graph().value(out).producer, ir::sym::name, text);
        // Named after the attribute, whatever variable it is assigned to.
        const bool number = text.find_first_not_of("0123456789") == text.npos;
        e.graph().set_name(out, number ? "_" + text : text);
        if (const AttributeHints* hints = e.everyday() ? e.resolver().attribute_hints() : nullptr; hints && hints->is_open(cls->name(), name))
          e.open_attribute(out, cls->name(), text);
        if (e.everyday()) e.recall_missing_attribute(*cls, name, out);
      }
      return value_meaning(out);
    }
    if (const Value* constant = cls->find_constant(name)) return constant_meaning(*constant);
    const std::size_t errors = e.sink().error_count();
    if (cls->is_module())
      if (MeaningPtr m = module_method(e, at, {value_, *cls}, name)) return m;
    if (MeaningPtr m = e.resolver().member(e, at, value_, *cls, name)) return m;
    if (e.sink().error_count() != errors) return nullptr;
    if (const auto* p = cls->find_property(name))
      return value_meaning(e.call_method(value_, std::string(p->getter->name()), {}, at));
    if (MeaningPtr m = e.resolver().class_member(e, type, value_, name, at)) return m;
    if (const auto why = e.resolver().missing_member(*cls, name); why && cls->is_module()) {
      const std::string_view full = cls->name();
      e.error(at, kNoModuleAttribute, full.substr(full.rfind('.') + 1), name, *why);
      return nullptr;
    } else {
      hint = why ? *why : " Did you forget to initialize an attribute in __init__()?";
    }
  }
  if (const InterfaceType* face = as_interface(type))
    if (face->find_method(name)) return method_meaning(value_, text);
  if (e.everyday() && type->kind() == TypeKind::kUnion)
    if (MeaningPtr m = union_member(e, value_, name, at)) return m;
  if (const EnumType* en = as_enum(type)) {
    if (name == "name") return value_meaning(e.emit_row("prim::EnumName", {value_}, types::str(), at));
    if (name == "value") return value_meaning(e.emit_row("prim::EnumValue", {value_}, en->value_type(), at));
  }
  if (as_tuple(type) || as_enum(type))
    if (MeaningPtr m = e.everyday() ? e.resolver().class_member(e, type, value_, name, at) : nullptr) return m;
  if (MeaningPtr m = set_method(e, value_, name)) return m;
  if (MeaningPtr m = e.everyday() ? everyday_attribute(e, value_, name, at) : nullptr) return m;
  const std::string op = name == "type" ? "aten::to" : "aten::" + text;
  if (takes_self(op, type) || (e.resolver().keeps_unknown_operators() && type->kind() != TypeKind::kClass))
    return builtin_function(op, CallArg{at, Symbol("self"), value_});
  e.error(at, kNoAttribute, type->annotation(), name, hint);
  return nullptr;
}

bool ValueMeaning::has_attribute(Emitter& e, Range at, std::string_view name) {
  const ClassType* cls = as_class(e.type(value_));
  if (!cls) {
    e.error(at, kHasAttr, e.type(value_)->annotation());
    return false;
  }
  return cls->find_method(name) || cls->find_attribute(name) || cls->find_constant(name) || cls->find_property(name) ||
         (cls->is_module() && has_module_method(e, {value_, *cls}, name)) || e.resolver().has_member(*cls, name);
}

void ValueMeaning::set_attribute(Emitter& e, Range at, std::string_view name, ir::ValueId to) {
  if (!to) return;
  const ClassType* cls = as_class(e.type(value_));
  if (!cls) {
    e.error(at, kSetOnValue, name, e.type(value_)->annotation());
    return;
  }
  auto slot = cls->find_attribute(name);
  if (!slot) {
    // `self.x = …` in __init__ declares x.
    const auto inputs = e.graph().inputs();
    const bool in_init = e.function_name().ends_with("__init__") && !inputs.empty() && inputs[0] == value_;
    if (in_init) {
      if (e.builder().block() != e.graph().top()) e.error(at, kInitNested);
      TypePtr given = e.type(to);
      if (AttributeHints* hints = e.everyday() ? e.resolver().attribute_hints() : nullptr) {
        if (e.is_open(to)) hints->open(cls->name(), name);
        e.note_missing_attribute(*cls, name, to, at);
        if (const TypePtr known = hints->find(cls->name(), name); known && !hints->is_fixed(cls->name(), name)) given = known;
        if (const std::string text = hints->find_text(cls->name(), name); !text.empty())
          if (const TypePtr named = e.types().read_text(text)) given = named;
      }
      slot = const_cast<ClassType*>(cls)->add_attribute({std::string(name), given, false, false});
    } else if (const auto* p = cls->find_property(name)) {
      if (!p->setter) e.error(at, kReadOnly, name);
      else e.call_method(value_, p->setter->name(), {{at, {}, to}}, at);
      return;
    } else {
      e.error(at, kNonexistent, name);
      return;
    }
  }
  const TypePtr& wanted = cls->attributes()[*slot].type;
  to = e.coerce(e.convert(to, wanted, false, at), wanted, at);
  if (!is_subtype(e.type(to), wanted)) {
    if (AttributeHints* hints = e.everyday() ? e.resolver().attribute_hints() : nullptr)
      if (const TypePtr both = join_types(wanted, e.type(to))) hints->note(cls->name(), name, both);  // for the next attempt
    e.error(at, kAttributeType, wanted->annotation(), e.type(to)->annotation());
    return;
  }
  const NodeId n = e.emit_node("prim::SetAttr", {value_, to}, at);
  e.graph().set_attr(n, ir::sym::name, std::string(name));
}

MeaningPtr ValueMeaning::call(Emitter& e, Range at, std::vector<CallArg> args, const Wanted& wanted) {
  const TypePtr& type = e.type(value_);
  if (const auto* f = dynamic_cast<const FunctionType*>(type.get()))
    if (auto* fn = dynamic_cast<ir::Function*>(f->function())) return value_meaning(e.call_function(*fn, std::move(args), at));
  if (const ClassType* cls = as_class(type)) {
    if (cls->is_module() && (!cls->find_method("__call__") || e.resolver().missing_member(*cls, "__call__")))
      return call_module(e, at, {value_, *cls}, std::move(args), wanted);
    for (const std::string_view name : {"__call__", "forward"})
      if (cls->find_method(name)) return value_meaning(e.call_method(value_, name, std::move(args), at));
  }
  if (const InterfaceType* face = as_interface(type))
    if (face->find_method("forward")) return value_meaning(e.call_method(value_, "forward", std::move(args), at));
  e.error(at, kNotCallable, type->annotation());
  return nullptr;
}

MeaningPtr ValueMeaning::item(Emitter& e, Range at, ir::ValueId index, const TypePtr& wanted) {
  if (!index) return nullptr;
  const TypePtr& type = e.type(value_);
  switch (type->kind()) {
    case TypeKind::kList:
    case TypeKind::kStr: return value_meaning(e.call_operator("aten::__getitem__", {value_, index}, at));
    case TypeKind::kDict:
      if (const Missing* m = e.missing_of(value_)) return value_meaning(e.item_or_missing(value_, index, Missing(*m), at));
      return value_meaning(e.call_operator("aten::__getitem__", {value_, index}, at));
    case TypeKind::kTensor:
      return value_meaning(e.call_operator("aten::select", {value_, e.constant(Value(0), at), index}, at));
    case TypeKind::kClass: {
      const ClassType* cls = as_class(type);
      if (cls->is_module() && e.resolver().container(*cls)) return module_item(e, at, {value_, *cls}, index, wanted);
      if (cls->is_module() && wanted)
        return value_meaning(e.emit_row("prim::ModuleContainerIndex", {value_, index}, wanted, at));
      if (cls->is_module() && !cls->find_method("__getitem__")) return module_item(e, at, {value_, *cls}, index, wanted);
      if (cls->find_method("__getitem__")) return value_meaning(e.call_method(value_, "__getitem__", {{at, {}, index}}, at));
      break;
    }
    default: break;
  }
  e.error(at, kNotSubscriptable, type->annotation());
  return nullptr;
}

std::optional<std::vector<MeaningPtr>> ValueMeaning::elements(Emitter& e, Range at, std::optional<std::size_t> count) {
  if (count && e.is_guess(value_) && e.type(value_)->kind() == TypeKind::kTensor)
    value_ = e.unchecked_cast(value_, types::tuple(std::vector<TypePtr>(*count, types::tensor())), at);
  const TypePtr type = e.type(value_);
  if (const ClassType* cls = as_class(type); cls && cls->is_module()) return module_elements(e, at, {value_, *cls});
  std::vector<ValueId> values;
  if (type->kind() == TypeKind::kTensor && count && e.everyday()) {  // a, b = t: its rows
    return ValueMeaning(e.call_operator("aten::unbind", {value_}, at)).elements(e, at, count);
  } else if (type->kind() == TypeKind::kTuple) {
    values = e.unpack_tuple(value_, at);
  } else if (type->kind() == TypeKind::kList) {
    if (!count) {
      e.error(at, kUnknownLength);
      return std::nullopt;
    }
    const TypePtr element = type->element();
    const NodeId n = e.emit_node("prim::ListUnpack", {value_}, at);
    for (std::size_t i = 0; i < *count; ++i) values.push_back(e.graph().add_output(n, element));
  } else if (type->kind() == TypeKind::kAnyTuple) {
    e.error(at, kOpenTuple);
    return std::nullopt;
  } else {
    e.error(at, kNotTuple, type->annotation());
    return std::nullopt;
  }
  std::vector<MeaningPtr> out;
  for (ValueId v : values) out.push_back(value_meaning(v));
  return out;
}

MeaningPtr ValueMeaning::iterable(Emitter& e, Range at) {
  const TypePtr& type = e.type(value_);
  switch (type->kind()) {
    case TypeKind::kList:
    case TypeKind::kStr:
    case TypeKind::kTensor: return value_meaning(value_);
    case TypeKind::kDict: return value_meaning(e.call_operator("aten::keys", {value_}, at));
    case TypeKind::kTuple: {
      auto parts = elements(e, at, std::nullopt);
      return parts ? tuple_meaning(std::move(*parts)) : nullptr;
    }
    case TypeKind::kClass:
      if (const ClassType* cls = as_class(type); cls->is_module()) return module_iterable(e, at, {value_, *cls});
      [[fallthrough]];
    default: e.error(at, kNotIterable, type->annotation()); return nullptr;
  }
}

ir::ValueId ValueMeaning::length(Emitter& e, Range at) { return e.call_operator("aten::len", {value_}, at); }

}  // namespace fac::script
