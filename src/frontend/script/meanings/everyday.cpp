// Methods of values that Python has and TorchScript lacks, in the everyday dialect; most are functions of the library
// (nn/everyday.py) with the value as their first argument.
#include <algorithm>
#include <string_view>

#include "frontend/nn/everyday.h"
#include "frontend/script/emitter.h"

namespace fac::script {
namespace {

// "…".format(…) of a known text.
class FormatMethod final : public Meaning {
 public:
  FormatMethod(ValueId self, std::string text) : self_(self), text_(std::move(text)) {}
  std::string kind() const override { return "method"; }
  MeaningPtr call(Emitter& e, Range at, std::vector<CallArg> args, const Wanted&) override {
    return value_meaning(e.format_text(text_, args, at));
  }

 private:
  ValueId self_;
  std::string text_;
};

// xs.sort(key=…), s.startswith(("a", "b")): the library's function where the arguments ask for more than TorchScript's method has.
class WiderMethod final : public Meaning {
 public:
  WiderMethod(ValueId self, std::string op, std::string wider, bool by_key) : self_(self), op_(std::move(op)), wider_(std::move(wider)), by_key_(by_key) {}
  std::string kind() const override { return "method"; }
  bool takes_meanings() const override { return by_key_; }
  MeaningPtr call(Emitter& e, Range at, std::vector<CallArg> args, const Wanted& w) override {
    bool wider = false;
    for (const CallArg& a : args) wider = wider || a.meaning || (a.value && !by_key_ && e.type(a.value)->kind() == TypeKind::kTuple);
    if (wider) return nn::everyday_method(wider_, self_)->call(e, at, std::move(args), w);
    return builtin_function(op_, CallArg{at, Symbol("self"), self_})->call(e, at, std::move(args), w);
  }

 private:
  ValueId self_;
  std::string op_, wider_;
  bool by_key_;
};

// torch.Size.numel()
class NumelMethod final : public Meaning {
 public:
  explicit NumelMethod(ValueId self) : self_(self) {}
  std::string kind() const override { return "method"; }
  MeaningPtr call(Emitter& e, Range at, std::vector<CallArg>, const Wanted&) override {
    return value_meaning(nn::call_everyday(e, "math.prod", {self_}, at));
  }

 private:
  ValueId self_;
};

// x.new_tensor([1, 2])
class NewTensor final : public Meaning {
 public:
  explicit NewTensor(ValueId self) : self_(self) {}
  std::string kind() const override { return "method"; }
  MeaningPtr call(Emitter& e, Range at, std::vector<CallArg> args, const Wanted&) override {
    for (const std::string_view name : {"dtype", "device"})
      if (std::none_of(args.begin(), args.end(), [&](const CallArg& a) { return a.name.str() == name; }))
        args.push_back({at, Symbol(name), e.call_operator("prim::" + std::string(name), {self_}, at)});
    return value_meaning(e.call_operator("aten::tensor", std::move(args), at));
  }

 private:
  ValueId self_;
};

// pair._replace(x=1)
class ReplaceMethod final : public Meaning {
 public:
  explicit ReplaceMethod(ValueId self) : self_(self) {}
  std::string kind() const override { return "method"; }
  MeaningPtr call(Emitter& e, Range at, std::vector<CallArg> args, const Wanted&) override {
    const TypePtr type = e.type(self_);
    std::vector<ValueId> items = e.unpack_tuple(self_, at);
    for (const CallArg& a : args) {
      const auto i = a.name ? as_tuple(type)->field_index(a.name.str()) : std::nullopt;
      if (!i) {
        e.error(a.range, kNoField, a.name.str());
        return nullptr;
      }
      items[*i] = e.coerce(a.value, type->element(*i), at);
    }
    return value_meaning(e.make_tuple(std::move(items), at, type));
  }

 private:
  static constexpr Diag<std::string_view> kNoField{"replace-field", "_replace() takes fields of the named tuple by name; it has no field `{}`"};
  ValueId self_;
};

// operator.itemgetter(1): as sorting by an element wants it
class ItemGetter final : public Meaning {
 public:
  std::string kind() const override { return "builtin"; }
  MeaningPtr call(Emitter& e, Range at, std::vector<CallArg> args, const Wanted& w) override {
    args.insert(args.begin(), CallArg{at, {}, {}, nn::everyday_builtin("item_at")});
    return partial_function()->call(e, at, std::move(args), w);
  }
};

// torch.is_tensor(x)
class IsTensor final : public Meaning {
 public:
  std::string kind() const override { return "builtin"; }
  MeaningPtr call(Emitter& e, Range at, std::vector<CallArg> args, const Wanted&) override {
    if (args.size() != 1 || !args[0].value) {
      e.error(at, kOneArgument, "torch.is_tensor");
      return nullptr;
    }
    const TypeKind k = e.type(args[0].value)->kind();
    if (k != TypeKind::kTensor && k != TypeKind::kOptional && k != TypeKind::kUnion && k != TypeKind::kAny) return value_meaning(e.constant(Value(false), at));
    if (k == TypeKind::kTensor) return value_meaning(e.constant(Value(true), at));
    const ValueId out = e.emit("prim::isinstance", {args[0].value}, types::bool_(), at);
    e.graph().set_attr(e.graph().value(out).producer, Symbol("types"), std::vector<TypePtr>{types::tensor()});
    return value_meaning(out);
  }

 private:
  static constexpr Diag<std::string_view> kOneArgument{"one-argument", "{}() takes exactly one argument"};
};

// torch.finfo(x.dtype).eps
class DTypeFacts final : public Meaning {
 public:
  DTypeFacts(ValueId dtype, bool floating) : dtype_(dtype), floating_(floating) {}
  std::string kind() const override { return floating_ ? "torch.finfo" : "torch.iinfo"; }
  MeaningPtr attribute(Emitter& e, Range at, std::string_view name) override {
    const bool tiny = floating_ && (name == "tiny" || name == "smallest_normal");
    if (name != "max" && name != "min" && name != "bits" && !tiny && !(floating_ && name == "eps")) {
      e.error(at, kFact, kind(), name);
      return nullptr;
    }
    const bool lowest = floating_ && name == "min";
    ValueId out = nn::call_everyday(e, floating_ ? "finfo" : "iinfo", {dtype_, e.constant(Value(lowest ? "max" : name), at)}, at);
    if (floating_ && name == "bits") out = e.call_operator("aten::Int", {out}, at);
    return value_meaning(lowest ? e.call_operator("aten::neg", {out}, at) : out);
  }

 private:
  static constexpr Diag<std::string_view, std::string_view> kFact{"dtype-fact", "{} has no attribute `{}` here: max, min, bits, and of floating point dtypes eps, tiny, smallest_normal"};
  ValueId dtype_;
  bool floating_;
};

class DTypeFactsFunction final : public Meaning {
 public:
  explicit DTypeFactsFunction(bool floating) : floating_(floating) {}
  std::string kind() const override { return "builtin"; }
  MeaningPtr call(Emitter& e, Range at, std::vector<CallArg> args, const Wanted&) override {
    if (args.size() > 1 || (args.empty() && !floating_) || (args.size() == 1 && !args[0].value)) {
      e.error(at, kDType, floating_ ? "torch.finfo" : "torch.iinfo");
      return nullptr;
    }
    return std::make_shared<DTypeFacts>(args.empty() ? e.constant(Value(DType::kFloat), at) : args[0].value, floating_);
  }

 private:
  static constexpr Diag<std::string_view> kDType{"dtype-facts-argument", "{}() takes a dtype"};
  bool floating_;
};

class DefaultDType final : public Meaning {
 public:
  std::string kind() const override { return "builtin"; }
  MeaningPtr call(Emitter& e, Range at, std::vector<CallArg>, const Wanted&) override { return value_meaning(e.constant(Value(DType::kFloat), at)); }
};

}  // namespace

MeaningPtr standard_name(std::string_view name) {
  struct Row {
    std::string_view name, text;
  };
  constexpr Row kTexts[] = {{"string.ascii_lowercase", "abcdefghijklmnopqrstuvwxyz"},
                            {"string.ascii_uppercase", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"},
                            {"string.ascii_letters", "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"},
                            {"string.digits", "0123456789"},
                            {"string.punctuation", "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"},
                            {"string.whitespace", " \t\n\r\v\f"}};
  for (const Row& row : kTexts)
    if (row.name == name) return constant_meaning(Value(row.text));
  return name == "operator.itemgetter" ? std::make_shared<ItemGetter>() : nullptr;
}

MeaningPtr everyday_torch(std::string_view name) {
  if (name == "is_tensor") return std::make_shared<IsTensor>();
  if (name == "finfo" || name == "iinfo") return std::make_shared<DTypeFactsFunction>(name == "finfo");
  if (name == "get_default_dtype") return std::make_shared<DefaultDType>();
  return nullptr;
}

MeaningPtr everyday_attribute(Emitter& e, ValueId self, std::string_view name, Range at) {
  switch (e.type(self)->kind()) {
    case TypeKind::kTensor: return name == "new_tensor" ? std::make_shared<NewTensor>(self) : nullptr;
    case TypeKind::kTuple:
      return name == "_replace" && !as_tuple(e.type(self))->fields().empty() ? std::make_shared<ReplaceMethod>(self) : nullptr;
    case TypeKind::kStr:
      if (name == "format")
        if (const Value* known = e.graph().constant(self); known && known->is_str()) return std::make_shared<FormatMethod>(self, std::string(known->str()));
      if (name == "removeprefix" || name == "removesuffix" || name == "casefold") return nn::everyday_method(name, self);
      if (name == "split" || name == "rsplit" || name == "splitlines") return nn::everyday_method("str_" + std::string(name), self);
      if (name == "startswith" || name == "endswith")
        return std::make_shared<WiderMethod>(self, "aten::" + std::string(name), std::string(name) + "_any", false);
      return nullptr;
    case TypeKind::kList:
      if (name == "sort") return std::make_shared<WiderMethod>(self, "aten::sort", "list_sort", true);
      if (name == "numel" && e.type(self)->element()->kind() == TypeKind::kInt) return std::make_shared<NumelMethod>(self);
      return deque_method(e, self, name);
    case TypeKind::kDict:
      if (name == "popitem") return nn::everyday_method(name, self);
      return counter_method(e, self, name);
    case TypeKind::kFloat:
      if (name == "real") return value_meaning(self);
      return name == "is_integer" ? nn::everyday_method(name, self) : nullptr;
    case TypeKind::kInt:
      if (name == "real") return value_meaning(self);
      return name == "bit_length" ? nn::everyday_method(name, self) : nullptr;
    case TypeKind::kComplex:
      if (name == "real" || name == "imag") return value_meaning(nn::call_everyday(e, "complex_" + std::string(name), {self}, at));
      return name == "conjugate" ? nn::everyday_method(name, self) : nullptr;
    default: return nullptr;
  }
}

}  // namespace fac::script
