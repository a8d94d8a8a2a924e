// Class names: constructors of classes and named tuples, members of enums.
#include "frontend/script/emitter.h"
#include "frontend/script/match.h"
#include "frontend/script/schema_from_tree.h"

namespace fac::script {
namespace {

constexpr Diag<std::string_view> kNoInit{"no-init", "Class {} does not have an __init__ function defined"};
constexpr Diag<std::string_view> kNoMember{"class-attribute", "Tried to lookup unknown attribute on class {}"};
constexpr Diag<std::string_view, std::string_view> kNoEnumMember{"enum-member", "Enum<{}>' has no attribute '{}'"};
constexpr Diag<std::string_view> kNotMade{"not-constructible", "a value of type {} cannot be made by calling its name"};
constexpr Diag<std::string_view> kFields{"named-tuple-fields", "{}"};

// collections.namedtuple says no types: the next attempt has those of the arguments.
void learn_fields(Emitter& e, const TupleType& tuple, const std::vector<CallArg>& args) {
  AttributeHints* hints = e.everyday() ? e.resolver().attribute_hints() : nullptr;
  if (!hints) return;
  for (std::size_t i = 0; i < args.size(); ++i) {
    const std::size_t field = args[i].name ? tuple.field_index(args[i].name.str()).value_or(tuple.fields().size()) : i;
    if (field >= tuple.fields().size() || !args[i].value) continue;
    const std::string& name = tuple.fields()[field];
    if (is_inferred_tensor(*tuple.element(field)) || hints->find(tuple.name(), name)) hints->note(tuple.name(), name, e.type(args[i].value));
  }
}

class ClassMeaning final : public Meaning {
 public:
  explicit ClassMeaning(TypePtr type) : type_(std::move(type)) {}
  std::string kind() const override { return type_->annotation(); }
  TypePtr meant_type() const override { return type_; }

  MeaningPtr call(Emitter& e, Range at, std::vector<CallArg> args, const Wanted&) override {
    if (const ClassType* cls = as_class(type_)) {
      if (!cls->find_method("__init__")) {
        e.error(at, kNoInit, cls->name());
        return nullptr;
      }
      const ValueId self = e.emit("prim::CreateObject", {}, type_, at);
      e.call_method(self, "__init__", std::move(args), at);
      return value_meaning(self);
    }
    const TupleType* tuple = as_tuple(type_);
    if (!tuple || tuple->fields().empty()) {
      e.error(at, kNotMade, type_->annotation());
      return nullptr;
    }
    Schema schema;
    schema.name = tuple->name();
    const std::size_t count = tuple->fields().size(), plain = count - tuple->defaults().size();
    for (std::size_t i = 0; i < count; ++i) {
      Argument a;
      a.name = tuple->fields()[i];
      a.type = tuple->element(i);
      if (i >= plain) a.default_value = tuple->defaults()[i - plain];
      schema.arguments.push_back(std::move(a));
    }
    for (const auto& a : args)
      if (!a.value) return nullptr;
    std::string why;
    const auto m = match_schema(e, schema, args, std::nullopt, true, &why);
    if (!m) {
      learn_fields(e, *tuple, args);
      e.error(at, kFields, why);
      return nullptr;
    }
    return value_meaning(e.make_tuple(bind_arguments(e, schema, *m, args, std::nullopt, true, at), at, type_));
  }

  MeaningPtr attribute(Emitter& e, Range at, std::string_view name) override {
    if (const EnumType* en = as_enum(type_)) {
      const auto member = en->find_member(name);
      if (!member) {
        e.error(at, kNoEnumMember, en->name(), name);
        return nullptr;
      }
      return constant_meaning(Value(make_ref<EnumBox>(Ref<const EnumType>(en), *member)), type_);
    }
    if (const ClassType* cls = as_class(type_)) {
      if (name == "__new__") return special_form(SpecialForm::kNew, std::make_shared<ClassMeaning>(type_));
      // A sub-module's hooks and (through super or the class) methods are called as functions with self given.
      for (const auto* list : {&cls->forward_pre_hooks(), &cls->forward_hooks(), &cls->methods()})
        for (Callable* f : *list)
          if (f->name() == name)
            if (auto* fn = dynamic_cast<ir::Function*>(f)) return function_meaning(fn);
      if (const Value* constant = cls->find_constant(name)) return constant_meaning(*constant);
    }
    e.error(at, kNoMember, type_->annotation());
    return nullptr;
  }

  MeaningPtr iterable(Emitter& e, Range at) override {
    const EnumType* en = as_enum(type_);
    if (!en) return Meaning::iterable(e, at);
    std::vector<ValueId> members;
    for (std::size_t i = 0; i < en->members().size(); ++i)
      members.push_back(e.constant(Value(make_ref<EnumBox>(Ref<const EnumType>(en), i)), type_, at));
    return value_meaning(e.make_list(type_, std::move(members), at));
  }

 private:
  TypePtr type_;
};

}  // namespace

MeaningPtr class_meaning(TypePtr type) {
  if (const ClassType* cls = as_class(type); cls && (cls->base_name.ends_with("Exception") || cls->base_name.ends_with("Error")))
    return exception_meaning(cls->name());
  return std::make_shared<ClassMeaning>(std::move(type));
}

TypePtr meant_class(const MeaningPtr& m) {
  return m ? m->meant_type() : nullptr;
}

}  // namespace fac::script
