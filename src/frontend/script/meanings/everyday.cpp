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

}  // namespace

MeaningPtr everyday_attribute(Emitter& e, ValueId self, std::string_view name) {
  switch (e.type(self)->kind()) {
    case TypeKind::kTensor: return name == "new_tensor" ? std::make_shared<NewTensor>(self) : nullptr;
    case TypeKind::kTuple:
      return name == "_replace" && !as_tuple(e.type(self))->fields().empty() ? std::make_shared<ReplaceMethod>(self) : nullptr;
    case TypeKind::kStr:
      if (name == "format")
        if (const Value* known = e.graph().constant(self); known && known->is_str()) return std::make_shared<FormatMethod>(self, std::string(known->str()));
      if (name == "removeprefix" || name == "removesuffix") return nn::everyday_method(name, self);
      if (name == "startswith" || name == "endswith")
        return std::make_shared<WiderMethod>(self, "aten::" + std::string(name), std::string(name) + "_any", false);
      return nullptr;
    case TypeKind::kList:
      if (name == "sort") return std::make_shared<WiderMethod>(self, "aten::sort", "list_sort", true);
      if (name == "numel" && e.type(self)->element()->kind() == TypeKind::kInt) return std::make_shared<NumelMethod>(self);
      return nullptr;
    case TypeKind::kFloat: return name == "is_integer" ? nn::everyday_method(name, self) : nullptr;
    default: return nullptr;
  }
}

}  // namespace fac::script
