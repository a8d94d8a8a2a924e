#include "frontend/nn/everyday.h"

#include <algorithm>
#include <map>
#include <memory>
#include <string>

#include "frontend/nn/library.h"
#include "frontend/script/define.h"
#include "frontend/script/emitter.h"
#include "frontend/script/parser.h"
#include "frontend/script/schema_from_tree.h"

namespace fac::nn {
namespace {

using script::CallArg;
using script::Emitter;
using script::FunctionDef;
using script::MeaningPtr;

// ---- text.py: functions of the archive ----------------------------------------------------------------------------------------

class TextResolver final : public script::Resolver {
 public:
  MeaningPtr value(std::string_view name, Range) override;
  TypePtr type(std::string_view, Range) override { return nullptr; }
};

struct TextLibrary {
  ir::Unit unit;
  std::map<std::string, ir::Function*, std::less<>> by_name;

  TextLibrary() {
    DiagSink sink;
    const Ref<script::Tree> tree = script::parse_module(make_ref<SourceFile>("facula/text.py", std::string(library_text("text"))), sink);
    const auto resolver = std::make_shared<TextResolver>();
    script::TypeReader types(*resolver, sink);
    for (const script::Stmt* s : tree->body) {
      const auto* def = s->try_as<FunctionDef>();
      if (!def) continue;
      const std::string name(def->name.str());
      auto schema = script::schema_of(*def, name, nullptr, types, sink, {});
      if (!schema) continue;
      auto f = unit.add_function("__torch__.facula.text." + name, std::move(*schema));
      if (!f.ok()) continue;
      script::define_later(**f, *def, tree, resolver);
      by_name[name] = *f;
    }
  }
};

const TextLibrary& texts() {
  static const auto* const made = new TextLibrary;  // never destroyed: programs may refer to its functions to the end
  return *made;
}

MeaningPtr TextResolver::value(std::string_view name, Range) {
  if (name == "math") return script::math_module();
  const auto it = texts().by_name.find(name);
  return it == texts().by_name.end() ? nullptr : script::function_meaning(it->second);
}

// ---- everyday.py: compiled into the call --------------------------------------------------------------------------------------

class EverydayResolver final : public script::Resolver {
 public:
  MeaningPtr value(std::string_view name, Range) override;
  TypePtr type(std::string_view, Range) override { return nullptr; }
  script::Dialect dialect() const override { return script::Dialect::kEveryday; }
};

struct EverydayLibrary {
  Ref<script::Tree> tree;
  std::map<std::string, std::vector<const FunctionDef*>, std::less<>> by_name;

  EverydayLibrary() {
    DiagSink sink;
    tree = script::parse_module(make_ref<SourceFile>("facula/everyday.py", std::string(library_text("everyday"))), sink);
    for (const script::Stmt* s : tree->body)
      if (const auto* def = s->try_as<FunctionDef>()) {
        std::string name(def->name.str());
        if (const auto at = name.rfind("__"); at != std::string::npos && at + 3 == name.size() && name[at + 2] >= '2' && name[at + 2] <= '9')
          name.resize(at);
        by_name[name].push_back(def);
      }
  }
};

const EverydayLibrary& everyday() {
  static const auto* const made = new EverydayLibrary;
  return *made;
}

constexpr Diag<std::string_view> kNoSignature{"library-arguments", "the arguments of `{}` fit none of its forms that can be compiled"};

bool fits(const FunctionDef& def, const std::vector<CallArg>& args) {
  std::size_t positional = 0, plain = 0;
  bool star = false;
  for (const script::Param& p : def.params) {
    if (p.kind == script::ParamKind::kStar) star = true;
    else ++plain;
  }
  for (const CallArg& a : args) positional += a.name ? 0 : 1;
  if (positional > plain && !star) return false;
  for (const CallArg& a : args)
    if (a.name && std::none_of(def.params.begin() + static_cast<std::ptrdiff_t>(std::min(positional, plain)), def.params.end(),
                               [&](const script::Param& p) { return p.name == a.name; }))
      return false;
  for (std::size_t i = positional; i < def.params.size(); ++i) {
    const script::Param& p = def.params[i];
    if (!p.default_value && p.kind != script::ParamKind::kStar &&
        std::none_of(args.begin(), args.end(), [&](const CallArg& a) { return a.name == p.name; }))
      return false;
  }
  return true;
}

bool is_number(TypeKind k) {
  return k == TypeKind::kInt || k == TypeKind::kFloat || k == TypeKind::kBool || k == TypeKind::kComplex || k == TypeKind::kNumber;
}

// Calls that TorchScript's own builtin of the name serves as Python's would.
bool builtin_serves(Emitter& e, std::string_view name, const std::vector<CallArg>& args) {
  const bool extreme = name == "max" || name == "min";
  if (args.size() == 2 && extreme)
    return std::none_of(args.begin(), args.end(), [&](const CallArg& a) {
      const TypeKind k = e.type(a.value)->kind();
      return k == TypeKind::kStr || k == TypeKind::kTuple;
    });
  if (args.size() != 1 || (!extreme && name != "sorted" && name != "sum" && name != "all" && name != "any")) return false;
  const TypePtr t = e.type(args[0].value);
  if (t->kind() == TypeKind::kTensor) return name == "all" || name == "any";
  if (t->kind() != TypeKind::kList && t->kind() != TypeKind::kDict) return false;
  return name == "sorted" || is_number(t->element(0)->kind());
}

class EverydayFunction final : public script::Meaning {
 public:
  EverydayFunction(std::string name, const std::vector<const FunctionDef*>& defs, ir::ValueId self)
      : name_(std::move(name)), defs_(defs), self_(self) {}
  std::string kind() const override { return "builtin"; }
  bool takes_meanings() const override { return true; }
  MeaningPtr call(Emitter& e, Range at, std::vector<CallArg> args, const script::Wanted& wanted) override {
    const bool plain = std::all_of(args.begin(), args.end(), [](const CallArg& a) { return a.value && !a.name; });
    if (!self_ && plain && builtin_serves(e, name_, args)) return script::language_builtin(name_)->call(e, at, std::move(args), wanted);
    if (plain && args.size() == 1 && (name_ == "max" || name_ == "min") && e.type(args[0].value)->kind() == TypeKind::kTensor)
      return everyday_builtin("tensor_" + name_)->call(e, at, std::move(args), wanted);
    if (self_) args.insert(args.begin(), CallArg{at, {}, self_});
    for (const FunctionDef* def : defs_) {
      if (!fits(*def, args)) continue;
      EverydayResolver resolver;  // its own: several threads may compile
      script::InlineBody body;
      body.params = def->params;
      body.def = def;
      body.resolver = &resolver;
      body.name = name_;
      return e.inline_call(body, std::move(args), at);
    }
    e.error(at, kNoSignature, name_);
    return nullptr;
  }

 private:
  std::string name_;
  const std::vector<const FunctionDef*>& defs_;
  ir::ValueId self_;
};

MeaningPtr EverydayResolver::value(std::string_view name, Range) {
  if (name == "torch") return script::builtin_module("aten");
  if (name == "math") return script::math_module();
  if (name == "builtin_split" || name == "builtin_rsplit") return script::builtin_function("aten::" + std::string(name.substr(8)));
  if (name.starts_with("builtin_")) return script::language_builtin(name.substr(8));
  if (name.starts_with("text_")) return script::function_meaning(&text_function(name.substr(5)));
  return everyday_builtin(name);
}

}  // namespace

MeaningPtr everyday_builtin(std::string_view name) {
  std::string full(name);
  if (const auto dot = full.find('.'); dot != std::string::npos) full.replace(dot, 1, "__");
  const auto& table = everyday().by_name;
  const auto it = table.find(full);
  return it == table.end() ? nullptr : std::make_shared<EverydayFunction>(full, it->second, ir::ValueId{});
}

MeaningPtr everyday_method(std::string_view name, ir::ValueId self) {
  const auto& table = everyday().by_name;
  const auto it = table.find(name);
  return it == table.end() ? nullptr : std::make_shared<EverydayFunction>(std::string(name), it->second, self);
}

ir::ValueId call_everyday(Emitter& e, std::string_view name, const std::vector<ir::ValueId>& args, Range at) {
  const MeaningPtr f = everyday_builtin(name);
  std::vector<CallArg> given;
  for (const ir::ValueId v : args) {
    if (!v) return {};
    given.push_back({at, {}, v});
  }
  const MeaningPtr out = f ? f->call(e, at, std::move(given), {}) : nullptr;
  return out ? out->value(e, at) : ir::ValueId{};
}

ir::Function& text_function(std::string_view name) { return *texts().by_name.find(name)->second; }

}  // namespace fac::nn
