// Compile-time meanings of names: operators, functions, methods, namespaces, the language's builtins.
// Longer than most files: what a name may mean is looked up in one order.
#include "frontend/nn/everyday.h"
#include "frontend/nn/library.h"
#include "frontend/script/constant_from_tree.h"
#include "frontend/script/emitter.h"
#include "frontend/script/match.h"
#include "ir/symbols.h"

namespace fac::script {
namespace {

constexpr Diag<std::string_view> kNotValue{"not-a-value", "{} cannot be used as a value"};
constexpr Diag<std::string_view, std::string_view> kNoAttribute{"no-attribute-of-kind", "attribute lookup is not defined on {}: `{}`"};
constexpr Diag<std::string_view> kNotAssignable{"set-attribute-of-kind", "attribute assignment is not defined on {}"};
constexpr Diag<std::string_view> kNotCallable{"cannot-call", "cannot call a {}"};
constexpr Diag<std::string_view> kNotSubscriptable{"not-subscriptable-kind", "'{}' object is not subscriptable"};
constexpr Diag<std::string_view> kNotIterable{"not-iterable-kind", "'{}' object is not iterable"};
constexpr Diag<std::string_view> kNotTuple{"not-a-tuple-kind", "{} cannot be used as a tuple"};
constexpr Diag<std::string_view> kKeywords{"no-keywords", "{} doesn't accept any keyword arguments"};
constexpr Diag<std::string_view> kBadConstant{"constant-name", "invalid constant specifier: {}"};
constexpr Diag<std::string_view, std::uint64_t> kConstantRange{
    "constant-out-of-bounds", "constant index {} is out of bounds (constant table has {} entries)"};

class BuiltinFunction : public Meaning {
 public:
  BuiltinFunction(std::string name, std::optional<CallArg> self) : name_(std::move(name)), self_(std::move(self)) {}
  std::string kind() const override { return "builtin"; }
  bool is_bound() const override { return self_.has_value(); }
  MeaningPtr call(Emitter& e, Range at, std::vector<CallArg> args, const Wanted& wanted) override {
    constexpr std::string_view kOverKeys[] = {"aten::sorted", "aten::sum", "prim::min", "prim::max", "aten::all", "aten::any"};
    if (e.everyday() && !self_ && !args.empty() && args[0].value && e.type(args[0].value)->kind() == TypeKind::kDict &&
        std::find(std::begin(kOverKeys), std::end(kOverKeys), name_) != std::end(kOverKeys))
      args[0].value = e.call_operator("aten::keys", {args[0].value}, at);
    return value_meaning(e.call_operator(name_, std::move(args), at, wanted, self_));
  }

 private:
  std::string name_;
  std::optional<CallArg> self_;
};

class CastFunction final : public Meaning {
 public:
  CastFunction(TypePtr type, std::string op) : type_(std::move(type)), op_(std::move(op)) {}
  std::string kind() const override { return "builtin"; }
  MeaningPtr call(Emitter& e, Range at, std::vector<CallArg> args, const Wanted& wanted) override {
    if (args.size() == 1 && !args[0].name && args[0].value) {
      if (is_subtype(e.type(args[0].value), type_)) return value_meaning(args[0].value);
      if (e.everyday() && e.type(args[0].value)->kind() == TypeKind::kStr && (type_->kind() == TypeKind::kInt || type_->kind() == TypeKind::kFloat))
        args[0].value = e.call_operator("aten::strip", {args[0].value}, at);  // Python's int() and float() take white space around
      if (type_->kind() == TypeKind::kBool) return value_meaning(e.everyday() ? e.truth(args[0].value, at) : e.to_bool(args[0].value, at));
      if (e.everyday() && type_->kind() == TypeKind::kStr && e.python_text_differs(e.type(args[0].value)))
        return value_meaning(e.formatted(args[0].value, 's', {}, at));
    }
    Wanted w = wanted;
    if (!w.type) w.type = type_;
    return value_meaning(e.call_operator(op_, std::move(args), at, w));
  }

 private:
  TypePtr type_;
  std::string op_;
};

class MagicFunction final : public Meaning {
 public:
  MagicFunction(std::string method, MeaningPtr otherwise) : method_(std::move(method)), otherwise_(std::move(otherwise)) {}
  std::string kind() const override { return otherwise_->kind(); }
  MeaningPtr call(Emitter& e, Range at, std::vector<CallArg> args, const Wanted& wanted) override {
    if (!args.empty() && args[0].value && as_class(e.type(args[0].value))) {
      const ValueId self = args[0].value;
      args.erase(args.begin());
      const MeaningPtr method = ValueMeaning(self).attribute(e, at, method_);
      return method ? method->call(e, at, std::move(args), wanted) : nullptr;
    }
    return otherwise_->call(e, at, std::move(args), wanted);
  }

 private:
  std::string method_;
  MeaningPtr otherwise_;
};

constexpr Diag<> kPrintEnd{"print-end", "print() of a compiled program ends with a new line; `sep` is a string literal, `end` can only be \"\\n\""};

class PrintFunction final : public Meaning {
 public:
  std::string kind() const override { return "print"; }
  MeaningPtr call(Emitter& e, Range at, std::vector<CallArg> args, const Wanted&) override {
    std::vector<ValueId> values;
    std::optional<std::string> separator;
    for (const auto& a : args) {
      if (!a.value) return nullptr;
      if (!a.name) {
        values.push_back(e.python_text_differs(e.type(a.value)) ? e.formatted(a.value, 0, {}, at) : a.value);
        if (!values.back()) return nullptr;
        continue;
      }
      const Value* text = e.graph().constant(a.value);
      if (!e.everyday() || (a.name.str() != "sep" && a.name.str() != "end")) {
        e.error(at, kKeywords, "print");
      } else if (!text || !text->is_str() || (a.name.str() == "end" && text->str() != "\n")) {
        e.error(a.range, kPrintEnd).hint("join the texts first and print them at once");
      } else if (a.name.str() == "sep") {
        separator = std::string(text->str());
      }
    }
    if (separator && *separator != " " && values.size() > 1) {
      ValueId joined;
      for (const ValueId v : values) {
        const ValueId text = e.type(v)->kind() == TypeKind::kStr ? v : e.call_operator("aten::str", {v}, at);
        if (!text) return nullptr;
        joined = joined ? e.call_operator("aten::add", {e.call_operator("aten::add", {joined, e.constant(Value(*separator), at)}, at), text}, at) : text;
      }
      values = {joined};
    }
    const auto rows = ops::find("prim::Print");
    if (rows.empty()) e.emit_node("prim::Print", std::move(values), at);
    else e.builder().insert(e.graph().create(*rows[0], std::move(values), at));
    return value_meaning(e.none(at));
  }
};

// torch.jit.is_scripting() and the like: questions that have one answer here.
class AnsweredQuestion final : public Meaning {
 public:
  explicit AnsweredQuestion(bool answer) : answer_(answer) {}
  std::string kind() const override { return "builtin"; }
  MeaningPtr call(Emitter& e, Range at, std::vector<CallArg>, const Wanted&) override {
    return value_meaning(e.constant(Value(answer_), at));
  }

 private:
  bool answer_;
};

class FunctionMeaning final : public Meaning {
 public:
  explicit FunctionMeaning(ir::Function* f) : function_(f) {}
  std::string kind() const override { return "function"; }
  ValueId value(Emitter& e, Range at) override {
    return e.constant(Value::function(function_), make_ref<FunctionType>(function_), at);
  }
  MeaningPtr call(Emitter& e, Range at, std::vector<CallArg> args, const Wanted&) override {
    return value_meaning(e.call_function(*function_, std::move(args), at));
  }

 private:
  ir::Function* function_;
};

class HostFunctionMeaning final : public Meaning {
 public:
  HostFunctionMeaning(Ref<ir::HostFunction> f, ValueId self) : function_(std::move(f)), self_(self) {}
  std::string kind() const override { return "python value of type 'function'"; }
  MeaningPtr call(Emitter& e, Range at, std::vector<CallArg> args, const Wanted& wanted) override {
    if (self_) args.insert(args.begin(), CallArg{at, {}, self_});
    for (const auto& a : args)
      if (!a.value) return nullptr;
    Schema schema = function_->schema();
    if (schema.is_vararg)  // def f(*args): as many as are given, of any type
      for (std::size_t i = schema.arguments.size(); i < args.size(); ++i) {
        Argument a;
        a.name = std::to_string(i);
        a.type = e.type(args[i].value);
        schema.arguments.push_back(std::move(a));
      }
    std::string why;
    const auto m = match_schema(e, schema, args, std::nullopt, true, &why);
    if (!m) {
      e.error(at, kNoMatch, why);
      return nullptr;
    }
    std::vector<ValueId> inputs = bind_arguments(e, schema, *m, args, std::nullopt, true, at);
    // Without annotations the result is what the place of the call takes.
    TypePtr result = schema.returns.empty() ? types::tensor() : schema.returns[0].type;
    if (schema.returns.empty() && wanted.targets == 0) result = types::none();
    if (schema.returns.empty() && wanted.targets > 1)
      result = types::tuple(std::vector<TypePtr>(wanted.targets, types::tensor()));
    const ValueId out = e.emit("prim::PythonOp", std::move(inputs), result, at);
    if (out) {
      const NodeId n = e.graph().value(out).producer;
      e.graph().set_attr(n, ir::sym::name, function_->qualified_name());
      e.graph().set_attr(n, ir::sym::value, Value::function(function_.get()));
    }
    return value_meaning(out);
  }

 private:
  static constexpr Diag<std::string_view> kNoMatch{"host-function-arguments", "{}"};
  Ref<ir::HostFunction> function_;
  ValueId self_;
};

class BooleanDispatchMeaning final : public Meaning {
 public:
  explicit BooleanDispatchMeaning(BooleanDispatch d) : d_(std::move(d)) {}
  std::string kind() const override { return "function"; }
  MeaningPtr call(Emitter& e, Range at, std::vector<CallArg> args, const Wanted& wanted) override {
    bool which = d_.otherwise;
    std::size_t positional = 0;
    for (const CallArg& a : args) {
      const bool by_name = a.name && a.name.str() == d_.argument;
      const bool by_place = !a.name && positional++ == d_.index;
      if (!by_name && !by_place) continue;
      const Value* known = a.value ? e.graph().constant(a.value) : nullptr;
      if (!known || !known->is_bool()) {
        if (by_name) e.error(at, kKeyword, d_.argument);
        else
          e.error(at, kPosition, d_.index);
        return nullptr;
      }
      which = known->b();
    }
    const MeaningPtr f = d_.version(which);
    return f ? f->call(e, at, std::move(args), wanted) : nullptr;
  }

 private:
  static constexpr Diag<std::uint64_t> kPosition{"dispatch-not-constant",
                                                 "Argument for boolean dispatch at position {} was not constant"};
  static constexpr Diag<std::string_view> kKeyword{
      "dispatch-keyword-not-constant", "Keyword argument '{}' for boolean dispatch at position was not constant"};
  BooleanDispatch d_;
};

class MethodMeaning final : public Meaning {
 public:
  MethodMeaning(ValueId self, std::string name) : self_(self), name_(std::move(name)) {}
  std::string kind() const override { return "method"; }
  MeaningPtr call(Emitter& e, Range at, std::vector<CallArg> args, const Wanted&) override {
    return value_meaning(e.call_method(self_, name_, std::move(args), at));
  }

 private:
  ValueId self_;
  std::string name_;
};

class ConstantMeaning final : public Meaning {
 public:
  ConstantMeaning(Value v, TypePtr type) : value_(std::move(v)), type_(std::move(type)) {}
  std::string kind() const override { return "constant"; }
  ValueId value(Emitter& e, Range at) override { return type_ ? e.constant(value_, type_, at) : e.constant(value_, at); }
  MeaningPtr plain(Emitter& e, Range at) { return value_meaning(value(e, at)); }
  MeaningPtr attribute(Emitter& e, Range at, std::string_view name) override { return plain(e, at)->attribute(e, at, name); }
  MeaningPtr call(Emitter& e, Range at, std::vector<CallArg> args, const Wanted& w) override {
    return plain(e, at)->call(e, at, std::move(args), w);
  }
  MeaningPtr item(Emitter& e, Range at, ValueId index, const TypePtr& w) override { return plain(e, at)->item(e, at, index, w); }
  std::optional<std::vector<MeaningPtr>> elements(Emitter& e, Range at, std::optional<std::size_t> n) override {
    return plain(e, at)->elements(e, at, n);
  }
  MeaningPtr iterable(Emitter& e, Range at) override { return plain(e, at)->iterable(e, at); }

 private:
  Value value_;
  TypePtr type_;
};

class ConstantTable final : public Meaning {
 public:
  explicit ConstantTable(std::shared_ptr<const std::vector<Value>> constants) : constants_(std::move(constants)) {}
  std::string kind() const override { return "CONSTANTS"; }
  MeaningPtr attribute(Emitter& e, Range at, std::string_view name) override {
    std::uint64_t index = 0;
    bool ok = name.size() > 1 && name.size() < 12;
    for (char c : name.substr(std::min<std::size_t>(1, name.size()))) {
      ok = ok && c >= '0' && c <= '9';
      index = index * 10 + static_cast<std::uint64_t>(c - '0');
    }
    if (!ok) e.error(at, kBadConstant, name);
    else if (index >= constants_->size()) e.error(at, kConstantRange, name.substr(1), constants_->size());
    else
      return value_meaning(e.constant((*constants_)[index], at));
    return nullptr;
  }

 private:
  std::shared_ptr<const std::vector<Value>> constants_;
};

struct NamedForm {
  std::string_view name;
  SpecialForm form;
};
constexpr NamedForm kTorchForms[] = {{"annotate", SpecialForm::kAnnotate}, {"isinstance", SpecialForm::kIsInstance},
                                     {"fork", SpecialForm::kFork}, {"_fork", SpecialForm::kFork},
                                     {"_awaitable", SpecialForm::kAwaitable}};

std::optional<double> math_constant(std::string_view name) {
  if (name == "pi") return 3.141592653589793;
  if (name == "e") return 2.718281828459045;
  if (name == "tau") return 6.283185307179586;
  if (name == "inf") return std::numeric_limits<double>::infinity();
  if (name == "nan") return std::numeric_limits<double>::quiet_NaN();
  return std::nullopt;
}

// torch.Tensor([1., 2.]), torch.LongTensor(3, 4): data becomes torch.tensor, sizes torch.empty.
constexpr Diag<std::string_view> kLegacyKeyword{"legacy-constructor-keyword",
                                                "Legacy tensor constructors take no keyword argument, but found `{}`"};
constexpr Diag<> kLegacySizes{"legacy-constructor-sizes",
                              "Legacy tensor constructor was given multiple positional arguments that were not all integers"};

class LegacyConstructor final : public Meaning {
 public:
  explicit LegacyConstructor(DType dtype) : dtype_(dtype) {}
  std::string kind() const override { return "builtin"; }
  ValueId value(Emitter& e, Range at) override {  // x.type(torch.LongTensor)
    return e.everyday() ? e.constant(Value(dtype_), at) : Meaning::value(e, at);
  }
  MeaningPtr call(Emitter& e, Range at, std::vector<CallArg> args, const Wanted&) override {
    const CallArg dtype{at, Symbol("dtype"), e.constant(Value(dtype_), at)};
    const bool is_data = args.size() == 1 && args[0].value && e.type(args[0].value)->kind() != TypeKind::kInt;
    if (is_data) {
      if (e.type(args[0].value)->kind() == TypeKind::kTensor)
        return value_meaning(e.call_operator("aten::to", {args[0].value, dtype.value}, at));
      return value_meaning(e.call_operator("aten::tensor", {args[0], dtype}, at));
    }
    std::vector<ValueId> sizes;
    for (const CallArg& a : args) {
      if (a.name) {
        e.error(a.range, kLegacyKeyword, a.name.str());
        return nullptr;
      }
      if (a.value && e.type(a.value)->kind() != TypeKind::kInt) {
        e.error(a.range, kLegacySizes);
        return nullptr;
      }
      sizes.push_back(a.value);
    }
    if (sizes.empty()) sizes.push_back(e.constant(Value(0), at));
    return value_meaning(e.call_operator("aten::empty", {{at, {}, e.make_list(types::int_(), std::move(sizes), at)}, dtype}, at));
  }

 private:
  DType dtype_;
};
struct LegacyClass {
  std::string_view name;
  DType dtype;
};
constexpr LegacyClass kLegacyClasses[] = {
    {"Tensor", DType::kFloat}, {"FloatTensor", DType::kFloat}, {"DoubleTensor", DType::kDouble}, {"HalfTensor", DType::kHalf},
    {"BFloat16Tensor", DType::kBFloat16}, {"LongTensor", DType::kInt64}, {"IntTensor", DType::kInt32},
    {"ShortTensor", DType::kInt16}, {"CharTensor", DType::kInt8}, {"ByteTensor", DType::kUInt8}, {"BoolTensor", DType::kBool}};

// torch.no_grad() and the like: there are no gradients to switch.
class GradientMode final : public Meaning {
 public:
  explicit GradientMode(bool called) : called_(called) {}
  std::string kind() const override { return "gradient mode"; }
  bool is_empty_context() const override { return called_; }
  MeaningPtr call(Emitter&, Range, std::vector<CallArg>, const Wanted&) override { return std::make_shared<GradientMode>(true); }

 private:
  bool called_;
};

class BuiltinModule final : public Meaning {
 public:
  BuiltinModule(std::string name_space, std::string path) : name_space_(std::move(name_space)), path_(std::move(path)) {}
  std::string kind() const override { return "builtin module"; }
  MeaningPtr attribute(Emitter& e, Range, std::string_view name) override {
    const std::string full = name_space_ + "::" + std::string(name);
    if (name_space_ != "aten") return builtin_function(full);
    if (path_ == "math") {
      if (const auto number = math_constant(name)) return constant_meaning(Value(*number));
      if (e.everyday())
        if (MeaningPtr m = nn::everyday_builtin("math." + std::string(name))) return m;
      return builtin_function(full);
    }
    if (path_ == "jit" || path_ == "jit._")
      for (const NamedForm& f : kTorchForms)
        if (f.name == name) return special_form(f.form);
    if (e.everyday() && path_.empty())
      if (MeaningPtr m = everyday_torch(name)) return m;
    if (name == "ops" && path_.empty()) return ops_module();
    if (name == "is_scripting") return std::make_shared<AnsweredQuestion>(true);
    if (name == "is_tracing" || name == "_get_tracing_state") return std::make_shared<AnsweredQuestion>(false);
    if (e.resolver().dialect() != Dialect::kText && path_.empty())
      for (const LegacyClass& c : kLegacyClasses)
        if (c.name == name) return std::make_shared<LegacyConstructor>(c.dtype);
    if (e.resolver().dialect() != Dialect::kText && path_.empty())
      for (const std::string_view mode : {"no_grad", "inference_mode", "enable_grad", "set_grad_enabled"})
        if (name == mode && ops::find(full).empty()) return std::make_shared<GradientMode>(false);
    if (name == "functional" && path_ == "nn") return nn::functional_module();
    for (const std::string_view nested : {"autograd", "nn", "functional", "jit", "linalg", "fft", "special", "_C", "_VF"})
      if (name == nested && ops::find(full).empty()) return std::make_shared<BuiltinModule>("aten", std::string(name));
    if (path_ == "linalg" || path_ == "fft" || path_ == "special")
      if (const std::string prefixed = "aten::" + path_ + "_" + std::string(name); !ops::find(prefixed).empty())
        return builtin_function(prefixed);
    // Archives name no dtypes (they are ints there), so the names can only be operators.
    if (ops::find(full).empty() && !e.resolver().keeps_unknown_operators()) {
      if (const auto number = torch_int_constant(name)) return constant_meaning(Value(*number));
      for (const std::string_view prim : {"layout", "dtype", "min", "max", "abs"})
        if (name == prim) return builtin_function("prim::" + std::string(name));
      if (name == "inf") return constant_meaning(Value(std::numeric_limits<double>::infinity()));
      if (name == "nan") return constant_meaning(Value(std::numeric_limits<double>::quiet_NaN()));
    }
    return builtin_function(full);
  }

 private:
  std::string name_space_, path_;
};

class OpsModule final : public Meaning {
 public:
  std::string kind() const override { return "ops"; }
  MeaningPtr attribute(Emitter&, Range, std::string_view name) override { return builtin_module(name); }
};

class SpecialFormMeaning final : public Meaning {
 public:
  explicit SpecialFormMeaning(SpecialFormOf f) : form(std::move(f)) {}
  std::string kind() const override { return "builtin"; }
  SpecialFormOf form;
};

class ExceptionMeaning final : public Meaning {
 public:
  explicit ExceptionMeaning(std::string class_name) : name(std::move(class_name)) {}
  std::string kind() const override { return "exception"; }
  const std::string* meant_exception() const override { return &name; }
  MeaningPtr call(Emitter&, Range, std::vector<CallArg>, const Wanted&) override { return std::make_shared<ExceptionMeaning>(name); }
  std::string name;
};

}  // namespace

// --- defaults of Meaning -------------------------------------------------------------------------------------------

ir::ValueId Meaning::value(Emitter& e, Range at) {
  e.error(at, kNotValue, kind());
  return {};
}
MeaningPtr Meaning::attribute(Emitter& e, Range at, std::string_view name) {
  e.error(at, kNoAttribute, kind(), name);
  return nullptr;
}
bool Meaning::has_attribute(Emitter& e, Range at, std::string_view name) {
  e.error(at, kNoAttribute, kind(), name);
  return false;
}
void Meaning::set_attribute(Emitter& e, Range at, std::string_view, ir::ValueId) { e.error(at, kNotAssignable, kind()); }
MeaningPtr Meaning::call(Emitter& e, Range at, std::vector<CallArg>, const Wanted&) {
  e.error(at, kNotCallable, kind());
  return nullptr;
}
MeaningPtr Meaning::item(Emitter& e, Range at, ir::ValueId, const TypePtr&) {
  e.error(at, kNotSubscriptable, kind());
  return nullptr;
}
std::optional<std::vector<MeaningPtr>> Meaning::elements(Emitter& e, Range at, std::optional<std::size_t>) {
  e.error(at, kNotTuple, kind());
  return std::nullopt;
}
MeaningPtr Meaning::iterable(Emitter& e, Range at) {
  e.error(at, kNotIterable, kind());
  return nullptr;
}
ir::ValueId Meaning::length(Emitter& e, Range at) {
  e.error(at, kNotIterable, kind());
  return {};
}

// --- makers --------------------------------------------------------------------------------------------------------

MeaningPtr builtin_module(std::string_view name_space) {
  return std::make_shared<BuiltinModule>(std::string(name_space), std::string());
}
std::optional<Value> math_number(std::string_view name) {
  const auto number = math_constant(name);
  return number ? std::optional(Value(*number)) : std::nullopt;
}
MeaningPtr torch_submodule(std::string_view path) {
  return std::make_shared<BuiltinModule>("aten", std::string(path.substr(path.rfind('.') + 1)));
}
MeaningPtr Resolver::value_in(Emitter&, std::string_view name, Range at) { return value(name, at); }
MeaningPtr Resolver::class_member(Emitter&, const TypePtr&, ir::ValueId, std::string_view, Range) { return nullptr; }
MeaningPtr math_module() { return std::make_shared<BuiltinModule>("aten", "math"); }
MeaningPtr ops_module() { return std::make_shared<OpsModule>(); }
MeaningPtr builtin_function(std::string name, std::optional<CallArg> self) {
  return std::make_shared<BuiltinFunction>(std::move(name), std::move(self));
}
MeaningPtr cast_function(TypePtr type, std::string op) { return std::make_shared<CastFunction>(std::move(type), std::move(op)); }
MeaningPtr magic_function(std::string method, MeaningPtr otherwise) {
  return std::make_shared<MagicFunction>(std::move(method), std::move(otherwise));
}
MeaningPtr print_function() { return std::make_shared<PrintFunction>(); }
MeaningPtr function_meaning(ir::Function* f) { return std::make_shared<FunctionMeaning>(f); }
MeaningPtr answered_question(bool answer) { return std::make_shared<AnsweredQuestion>(answer); }
MeaningPtr host_function_meaning(Ref<ir::HostFunction> f, ir::ValueId self) {
  return std::make_shared<HostFunctionMeaning>(std::move(f), self);
}
MeaningPtr boolean_dispatch(BooleanDispatch d) { return std::make_shared<BooleanDispatchMeaning>(std::move(d)); }
MeaningPtr method_meaning(ir::ValueId self, std::string name) { return std::make_shared<MethodMeaning>(self, std::move(name)); }
MeaningPtr constant_meaning(Value v, TypePtr type) { return std::make_shared<ConstantMeaning>(std::move(v), std::move(type)); }
MeaningPtr constant_table(std::shared_ptr<const std::vector<Value>> constants) {
  return std::make_shared<ConstantTable>(std::move(constants));
}
MeaningPtr special_form(SpecialForm form) { return special_form(form, nullptr); }
MeaningPtr special_form(SpecialForm form, MeaningPtr self) {
  return std::make_shared<SpecialFormMeaning>(SpecialFormOf{form, std::move(self)});
}
const SpecialFormOf* special_form_of(const MeaningPtr& m) {
  const auto* f = dynamic_cast<const SpecialFormMeaning*>(m.get());
  return f ? &f->form : nullptr;
}
MeaningPtr exception_meaning(std::string name) { return std::make_shared<ExceptionMeaning>(std::move(name)); }
const std::string* exception_name(const MeaningPtr& m) {
  return m ? m->meant_exception() : nullptr;
}

MeaningPtr language_builtin(std::string_view name) {
  static const auto* const table = [] {
    auto* t = new std::unordered_map<std::string_view, MeaningPtr>;
    const auto op = [](std::string_view n) { return builtin_function(std::string(n)); };
    const auto magic = [](std::string_view method, MeaningPtr m) { return magic_function(std::string(method), std::move(m)); };
    (*t)["print"] = print_function();
    (*t)["float"] = magic("__float__", cast_function(types::float_(), "aten::Float"));
    (*t)["int"] = magic("__int__", cast_function(types::int_(), "aten::Int"));
    (*t)["bool"] = magic("__bool__", cast_function(types::bool_(), "aten::Bool"));
    (*t)["complex"] = magic("__complex__", cast_function(types::complex_(), "aten::Complex"));
    (*t)["str"] = magic("__str__", cast_function(types::str(), "aten::str"));
    (*t)["_to_tensor"] = cast_function(types::tensor(), "prim::NumToTensor");
    for (const std::string_view n : {"len", "hex", "oct", "round"})
      (*t)[n] = magic("__" + std::string(n) + "__", op("aten::" + std::string(n)));
    for (const std::string_view n : {"hash", "all", "any", "divmod", "sum", "ord", "chr", "bin", "pow", "sorted"})
      (*t)[n] = op("aten::" + std::string(n));
    for (const std::string_view n : {"id", "min", "max", "abs", "rangelist"}) (*t)[n] = op("prim::" + std::string(n));
    for (const NamedForm& f : {NamedForm{"tuple", SpecialForm::kTuple}, {"list", SpecialForm::kList},
                               {"dict", SpecialForm::kDict}, {"range", SpecialForm::kRange},
                               {"enumerate", SpecialForm::kEnumerate}, {"zip", SpecialForm::kZip},
                               {"reversed", SpecialForm::kReversed}, {"getattr", SpecialForm::kGetAttr},
                               {"hasattr", SpecialForm::kHasAttr}, {"isinstance", SpecialForm::kIsInstance},
                               {"slice", SpecialForm::kSlice}, {"super", SpecialForm::kSuper},
                               {"annotate", SpecialForm::kAnnotate}, {"unchecked_cast", SpecialForm::kUncheckedCast},
                               {"uninitialized", SpecialForm::kUninitialized}, {"fork", SpecialForm::kFork},
                               {"awaitable", SpecialForm::kAwaitable}})
      (*t)[f.name] = special_form(f.form);
    for (const std::string_view n :
         {"Exception", "BaseException", "AssertionError", "ValueError", "TypeError", "RuntimeError", "IndexError", "KeyError",
          "NotImplementedError", "AttributeError", "ArithmeticError", "ZeroDivisionError", "OverflowError", "LookupError",
          "StopIteration", "UnboundLocalError", "NameError", "OSError", "IOError", "ImportError"})
      (*t)[n] = exception_meaning("builtins." + std::string(n));
    return t;
  }();
  const auto found = table->find(name);
  return found == table->end() ? nullptr : found->second;
}

}  // namespace fac::script
