// What names and members mean while a method is compiled.
#include "frontend/nn/everyday.h"
#include "frontend/nn/library.h"
#include "frontend/script/emitter.h"
#include "frontend/script/parser.h"
#include "interp/compile.h"
#include "interp/compile_shared.h"

namespace fac::interp {

using script::CallArg;
using script::Emitter;
using script::Meaning;
using script::MeaningPtr;
using script::Wanted;

namespace {

constexpr Diag<std::string_view, std::string_view> kUnavailable{"python-unavailable", "`{}` is not available: {}"};
constexpr Diag<std::string_view> kNotValue{"host-not-a-value", "python value of type '{}' cannot be used as a value"};

// A Python module, class or object that is asked for its members only.
class ObjectMeaning final : public Meaning {
 public:
  ObjectMeaning(Compiler& c, Value v, std::string name) : compiler_(c), value_(std::move(v)), name_(std::move(name)) {}
  std::string kind() const override { return "python value of type '" + compiler_.interp().type_of(value_)->name + "'"; }
  ir::ValueId value(Emitter& e, Range at) override {
    e.error(at, kNotValue, compiler_.interp().type_of(value_)->name);
    return {};
  }
  MeaningPtr attribute(Emitter& e, Range at, std::string_view name) override {
    auto found = compiler_.interp().find_attr(value_, name);
    if (!found.ok()) {
      e.error(at, kBroken, found.error().message);
      return nullptr;
    }
    if (!*found) {
      e.error(at, kNoMember, kind(), name);
      return nullptr;
    }
    return compiler_.meaning(**found, &e, at, name_ + "." + std::string(name));
  }
  bool has_attribute(Emitter&, Range, std::string_view name) override {
    auto found = compiler_.interp().find_attr(value_, name);
    return found.ok() && found->has_value();
  }
  MeaningPtr call(Emitter& e, Range at, std::vector<CallArg> args, const Wanted& wanted) override;

 private:
  Compiler& compiler_;
  Value value_;
  std::string name_;
};

// nn.ReLU() inside of a method: a module without parameters, whose forward is compiled into the place of its call.
class FreshModule final : public Meaning {
 public:
  FreshModule(Compiler& c, Value v, std::string name) : compiler_(c), value_(std::move(v)), name_(std::move(name)) {}
  std::string kind() const override { return "module that a method makes"; }
  ir::ValueId value(Emitter& e, Range at) override {
    e.error(at, kNotValue, name_);
    return {};
  }
  MeaningPtr call(Emitter& e, Range at, std::vector<CallArg> args, const Wanted&) override {
    const Value* member = compiler_.interp().type_of(value_)->find("forward");
    Function* fn = member ? as<Function>(*member) : nullptr;
    if (!fn || !fn->def) {
      e.error(at, kNoMember, kind(), "forward");
      return nullptr;
    }
    CallArg self;
    self.range = at;
    self.meaning = std::make_shared<ObjectMeaning>(compiler_, value_, name_);
    args.insert(args.begin(), std::move(self));
    script::InlineBody body;
    body.params = fn->params;
    body.def = fn->def;
    body.resolver = compiler_.resolver(*fn);
    body.name = fn->qualified_name;
    return e.inline_call(body, std::move(args), at);
  }

 private:
  Compiler& compiler_;
  Value value_;
  std::string name_;
};

MeaningPtr ObjectMeaning::call(Emitter& e, Range at, std::vector<CallArg> args, const Wanted& wanted) {
  Interp& in = compiler_.interp();
  const Class* c = as<Class>(value_);
  const Ref<Module> home = in.find_module("torch.nn.modules.module");
  const Value* base = home ? home->attrs->find("Module") : nullptr;
  if (!c || !base || !c->is_subclass_of(as<Class>(*base)) || compiler_.dialect() != script::Dialect::kEveryday)
    return Meaning::call(e, at, std::move(args), wanted);
  Args given;
  for (const CallArg& a : args) {
    const Value* known = a.value ? e.graph().constant(a.value) : nullptr;
    if (!known) {
      e.error(at, kUnavailable, name_, "its arguments are not known while compiling; make the module in `__init__`");
      return nullptr;
    }
    if (a.name) given.kw.emplace_back(std::string(a.name.str()), *known);
    else given.pos.push_back(*known);
  }
  auto made = in.call(value_, std::move(given));
  if (!made.ok()) {
    e.error(at, kBroken, made.error().full());
    return nullptr;
  }
  const Obj* o = fac::interp::object(*made);
  for (const char* table : {"_parameters", "_buffers", "_modules"}) {
    const Value* held = o && o->attrs ? o->attrs->find(table) : nullptr;
    const Dict* d = held ? as<Dict>(*held) : nullptr;
    if (d && !d->items().empty()) {
      e.error(at, kUnavailable, name_, "a module with parameters or parts is made in `__init__`");
      return nullptr;
    }
  }
  return std::make_shared<FreshModule>(compiler_, std::move(*made), name_);
}

// A list, tuple or dict that no type of the language fits, as a dict of settings: its items one by one, by keys that are known here.
class ItemsMeaning final : public Meaning, public std::enable_shared_from_this<ItemsMeaning> {
 public:
  ItemsMeaning(Compiler& c, Value v, std::string name, std::string why) : compiler_(c), value_(std::move(v)), name_(std::move(name)), why_(std::move(why)) {}
  std::string kind() const override { return "python value of type '" + compiler_.interp().type_of(value_)->name + "'"; }
  ir::ValueId value(Emitter& e, Range at) override {
    e.error(at, kUnavailable, name_, why_);
    return {};
  }
  MeaningPtr item(Emitter& e, Range at, ir::ValueId index, const TypePtr&) override {
    const Value* key = e.graph().constant(index);
    if (!key) {
      e.error(at, kUnavailable, name_, why_);
      return nullptr;
    }
    auto found = compiler_.interp().get_item(value_, *key);
    if (!found.ok()) {
      e.error(at, kBroken, found.error().message);
      return nullptr;
    }
    return compiler_.meaning(*found, &e, at, name_ + "[...]");
  }
  // A dict's keys, a list's items.
  std::optional<std::vector<MeaningPtr>> elements(Emitter& e, Range at, std::optional<std::size_t>) override {
    auto items = compiler_.interp().gather(Value(value_));
    if (!items.ok()) {
      e.error(at, kBroken, items.error().message);
      return std::nullopt;
    }
    std::vector<MeaningPtr> out;
    for (const Value& v : *items) out.push_back(compiler_.meaning(v, &e, at, name_ + "[...]"));
    return out;
  }
  MeaningPtr iterable(Emitter&, Range) override { return shared_from_this(); }
  ir::ValueId length(Emitter& e, Range at) override { return e.constant(Value(known_length().value_or(0)), at); }
  std::optional<std::int64_t> known_length() const override {
    auto items = compiler_.interp().gather(Value(value_));
    if (!items.ok()) return std::nullopt;
    return static_cast<std::int64_t>(items->size());
  }
  bool is_unrolled() const override { return true; }

 private:
  Compiler& compiler_;
  Value value_;
  std::string name_, why_;
};

// A class of the user's: what class_meaning() knows, and below it the static methods and constants of the Python class.
class UserClass final : public Meaning {
 public:
  UserClass(Compiler& c, Ref<Class> cls, const TypePtr& type) : compiler_(c), class_(std::move(cls)), inner_(script::class_meaning(type)) {}
  std::string kind() const override { return inner_->kind(); }
  TypePtr meant_type() const override { return inner_->meant_type(); }
  bool takes_meanings() const override { return inner_->takes_meanings(); }
  MeaningPtr call(Emitter& e, Range at, std::vector<CallArg> args, const Wanted& wanted) override {
    const ClassType* cls = as_class(meant_type());  // a class without __init__ has no attributes
    if (cls && args.empty() && compiler_.dialect() == script::Dialect::kEveryday && !cls->find_method("__init__"))
      return script::value_meaning(e.emit("prim::CreateObject", {}, meant_type(), at));
    return inner_->call(e, at, std::move(args), wanted);
  }
  MeaningPtr attribute(Emitter& e, Range at, std::string_view name) override {
    const Value* member = own(name);
    return member ? compiler_.meaning(*member, &e, at, class_->name + "." + std::string(name)) : inner_->attribute(e, at, name);
  }
  bool has_attribute(Emitter& e, Range at, std::string_view name) override { return own(name) || inner_->has_attribute(e, at, name); }

 private:
  const Value* own(std::string_view name) const {
    const Value* member = class_->find(name);
    if (!member) return nullptr;
    if (const Descriptor* d = as<Descriptor>(*member)) return d->kind == Kind::kStaticMethod ? &d->get : nullptr;
    return as<Function>(*member) || as<Native>(*member) ? nullptr : member;
  }

  Compiler& compiler_;
  Ref<Class> class_;
  MeaningPtr inner_;
};

class UnavailableMeaning final : public Meaning {
 public:
  UnavailableMeaning(std::string name, std::string why) : name_(std::move(name)), why_(std::move(why)) {}
  std::string kind() const override { return "`" + name_ + "`, which is not available: " + why_; }
  ir::ValueId value(Emitter& e, Range at) override {
    e.error(at, kUnavailable, name_, why_);
    return {};
  }
  MeaningPtr attribute(Emitter& e, Range at, std::string_view) override {
    e.error(at, kUnavailable, name_, why_);
    return nullptr;
  }
  MeaningPtr call(Emitter& e, Range at, std::vector<CallArg>, const Wanted&) override {
    e.error(at, kUnavailable, name_, why_);
    return nullptr;
  }

 private:
  std::string name_, why_;
};

// A function that is marked as unused: calling it raises when the program runs.
class UnusedMeaning final : public Meaning {
 public:
  UnusedMeaning(std::string name, TypePtr result) : name_(std::move(name)), result_(std::move(result)) {}
  std::string kind() const override { return "unused function"; }
  MeaningPtr call(Emitter& e, Range at, std::vector<CallArg>, const Wanted& wanted) override {
    e.call_operator("prim::RaiseException",
                    {e.constant(Value("'" + name_ + "' was marked as unused or ignored and cannot run in a compiled program"), at), e.none(at)}, at);
    TypePtr t = result_ ? result_ : wanted.targets == 0 ? types::none() : types::tensor();
    return script::value_meaning(e.emit("prim::Uninitialized", {}, std::move(t), at));
  }

 private:
  std::string name_;
  TypePtr result_;
};

// torch.a.b as the compiler itself knows it.
MeaningPtr torch_path(Emitter& e, Range at, std::string_view path) {
  if (path.starts_with("torch.nn.functional")) {
    if (path == "torch.nn.functional") return nn::functional_module();
    return nn::functional_meaning(path.substr(path.rfind('.') + 1));
  }
  MeaningPtr m = script::builtin_module("aten");
  std::size_t start = path.find('.');
  while (m && start != std::string_view::npos) {
    const std::size_t end = path.find('.', start + 1);
    m = m->attribute(e, at, path.substr(start + 1, end == std::string_view::npos ? path.npos : end - start - 1));
    start = end;
  }
  return m;
}

// `torch` and what is below it: names of the compiler first, our Python modules' afterwards.
class TorchMeaning final : public Meaning {
 public:
  TorchMeaning(Compiler& c, Value module, std::string path) : compiler_(c), module_(std::move(module)), path_(std::move(path)) {}
  std::string kind() const override { return "module '" + path_ + "'"; }
  MeaningPtr attribute(Emitter& e, Range at, std::string_view name) override {
    if (path_ == "torch.nn.functional") return nn::functional_meaning(name);
    auto found = compiler_.interp().find_attr(module_, name);
    if (found.ok() && *found) {
      const Value& v = **found;
      if (as<Module>(v) || as<Class>(v) || (as<Function>(v) && path_.starts_with("torch.nn"))) return compiler_.meaning(v, &e, at, path_ + "." + std::string(name));
      if (const Constant* c = as<Constant>(v)) return script::constant_meaning(Value(c->number));
      if (v.is_scalar()) return script::constant_meaning(v);
    }
    return torch_path(e, at, path_ + "." + std::string(name));
  }

 private:
  Compiler& compiler_;
  Value module_;
  std::string path_;
};

}  // namespace

MeaningPtr Compiler::meaning(const Value& given, Emitter* e, Range at, const std::string& name) {
  const Value& v = in_.plain(given);
  if (v.is_none() || v.is_scalar() || v.is_str() || v.is_device() || v.is_tensor()) return script::constant_meaning(v);
  Obj* o = fac::interp::object(v);
  if (!o) return nullptr;
  const auto report = [&](std::string why) -> MeaningPtr {
    return std::make_shared<UnavailableMeaning>(name, std::move(why));
  };
  switch (o->kind) {
    case Kind::kConstant: return script::constant_meaning(Value(static_cast<Constant*>(o)->number));
    case Kind::kInert: return report(static_cast<Inert*>(o)->why);
    case Kind::kModule: {
      const std::string& module = static_cast<Module*>(o)->name;
      if (is_of_torch(module)) return std::make_shared<TorchMeaning>(*this, v, module);
      if (module == "warnings") return script::builtin_module("aten");
      return std::make_shared<ObjectMeaning>(*this, v, name);
    }
    case Kind::kNative: {
      auto& n = static_cast<Native&>(*o);
      if (n.has_data && n.data.is_str()) {
        if (n.data.str().starts_with("F::")) return nn::functional_meaning(std::string_view(n.data.str()).substr(3));
        return script::builtin_function(n.data.str());
      }
      if (const Ref<Module> math = in_.find_module("math"))
        if (const Value* f = math->attrs->find(n.name); f && f->is_same(v)) {
          if (dialect_ == script::Dialect::kEveryday)
            if (MeaningPtr m = nn::everyday_builtin("math." + n.name)) return m;
          return script::builtin_function("aten::" + n.name);
        }
      if (MeaningPtr m = script::language_builtin(n.name)) return m;
      if (e && in_.has_operator("aten::" + n.name)) return script::builtin_function("aten::" + n.name);
      return report("it is a Python function that compiled programs do not have");
    }
    case Kind::kStaticMethod: return meaning(static_cast<Descriptor*>(o)->get, e, at, name);
    case Kind::kFunction: {
      auto& fn = static_cast<Function&>(*o);
      const std::string module = fn.module ? fn.module->name : "";
      if (is_of_torch(module) && !module.starts_with("torch.nn.modules") && e)
        if (MeaningPtr m = torch_path(*e, at, module + "." + fn.name)) return m;
      if (module == "warnings") return script::builtin_function("aten::" + fn.name);
      // Of NumPy, methods have what works on numbers and gives a float.
      if (module == "numpy")
        for (const std::string_view known : {"sqrt", "exp", "log", "log10", "sin", "cos"})
          if (fn.name == known) return script::builtin_function("aten::" + fn.name);
      if (const std::string m = mark(fn); m == "unused" || m == "ignore") {
        TypePtr result;
        if (fn.def && fn.def->returns) {
          DiagSink sink;
          FunctionResolver r(*this, fn);
          result = script::TypeReader(r, sink).try_read(*fn.def->returns);
        }
        return std::make_shared<UnusedMeaning>(fn.name, std::move(result));
      }
      if (e && dialect_ == script::Dialect::kEveryday)
        if (MeaningPtr m = nn::everyday_builtin(module + "." + fn.name)) return m;  // functools.reduce
      if (e && dialect_ == script::Dialect::kEveryday && !is_of_torch(module)) return user_function(fn);
      auto f = function(fn);
      if (!f.ok()) return report(f.error().full());
      return script::function_meaning(*f);
    }
    case Kind::kClass: {
      auto& c = static_cast<Class&>(*o);
      if (c.is_builtin) {
        if (c.layout == fac::interp::Layout::kException) return script::language_builtin(c.name) ? script::language_builtin(c.name) : script::exception_meaning("builtins." + c.name);
        if (MeaningPtr m = script::language_builtin(c.name)) return m;
        if (e && (&c == in_.known.tensor || &c == in_.known.device)) return torch_path(*e, at, &c == in_.known.tensor ? "torch.Tensor" : "torch.device");
        return std::make_shared<ObjectMeaning>(*this, v, name);
      }
      if (c.module_name == "functools" && c.name == "partial" && dialect_ == script::Dialect::kEveryday) return script::partial_function();
      if (c.module_name == "collections" && dialect_ == script::Dialect::kEveryday)
        if (MeaningPtr m = script::collection_class("collections." + c.name)) return m;
      if (c.module_name == "collections" && c.name == "OrderedDict") return script::special_form(script::SpecialForm::kDict);
      if (c.layout == fac::interp::Layout::kException) return script::exception_meaning(c.name);
      if (is_of_torch(c.module_name) && !c.module_name.starts_with("torch.nn") && e)
        if (MeaningPtr m = torch_path(*e, at, c.module_name + "." + c.name)) return m;
      auto t = class_type(c);
      if (!t.ok()) return report(t.error().full());
      if (*t && as_class(*t)) return std::make_shared<UserClass>(*this, Ref<Class>(&c), *t);
      if (*t) return script::class_meaning(*t);
      return std::make_shared<ObjectMeaning>(*this, v, name);
    }
    case Kind::kList:
    case Kind::kTuple:
    case Kind::kDict:
    case Kind::kInstance: {
      std::string why;
      auto t = infer(v, why);
      if (t.ok() && *t) {
        auto c = convert(v, *t);
        if (c.ok() && *c) return script::constant_meaning(std::move(**c), *t);
      }
      if (o->kind == Kind::kInstance) return std::make_shared<ObjectMeaning>(*this, v, name);
      if (e && dialect_ == script::Dialect::kEveryday) return std::make_shared<ItemsMeaning>(*this, v, name, std::move(why));
      return report(why);
    }
    default: return std::make_shared<ObjectMeaning>(*this, v, name);
  }
}

}  // namespace fac::interp
