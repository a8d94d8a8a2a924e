#include "frontend/nn/library.h"

#include <algorithm>
#include <memory>
#include <string>
#include <unordered_map>

#include "frontend/nn/embedded.h"
#include "frontend/script/define.h"
#include "frontend/script/emitter.h"
#include "frontend/script/parser.h"
#include "frontend/script/schema_from_tree.h"
#include "ops/op.h"

namespace fac::nn {

using script::MeaningPtr;

std::span<const unsigned char> compressed_files();  // generated
extern const std::size_t kInflatedBytes;

std::string_view library_text(std::string_view file) {
  static const EmbeddedFiles* const files = inflate_files(compressed_files(), kInflatedBytes);
  const auto it = files->by_name.find(file);
  return it == files->by_name.end() ? std::string_view() : it->second;
}

namespace {

constexpr std::string_view kPrefix = "__torch__.torch.nn.functional.";

// Inside the library: its own functions and operators.
class LibraryResolver final : public script::Resolver {
 public:
  MeaningPtr value(std::string_view name, Range) override {
    if (name == "torch" || name == "warnings") return script::builtin_module("aten");
    if (name == "math") return script::math_module();
    if (!functional(name).empty()) return functional_meaning(name);
    return nullptr;
  }
  TypePtr type(std::string_view, Range) override { return nullptr; }
};

struct Library {
  ir::Unit unit;
  std::unordered_map<std::string, std::vector<ir::Function*>> by_name;

  Library() {
    DiagSink sink;
    const auto file = make_ref<SourceFile>("torch/nn/functional.py", std::string(library_text("functional")));
    const Ref<script::Tree> tree = script::parse_module(file, sink);
    const auto resolver = std::make_shared<LibraryResolver>();
    script::TypeReader types(*resolver, sink);
    for (const script::Stmt* s : tree->body) {
      const auto* def = s->try_as<script::FunctionDef>();
      if (!def) continue;
      const std::string full(def->name.str());
      const std::string name = full.substr(0, full.find("__of_"));
      auto schema = script::schema_of(*def, name, nullptr, types, sink, {});
      if (!schema) continue;
      auto& versions = by_name[name];
      auto f = unit.add_function(std::string(kPrefix) + (versions.empty() ? name : full), std::move(*schema));
      if (!f.ok()) continue;
      script::define_later(**f, *def, tree, resolver);
      versions.push_back(*f);
    }
  }
};

const Library& library() {
  static const auto* const made = new Library;  // never destroyed: programs may refer to its functions to the end
  return *made;
}

// A function of two bodies; a constant argument decides between them while compiling.
struct Dispatch {
  std::string_view name;
  std::size_t position;  // of `return_indices`
};
constexpr Dispatch kBooleanDispatch[] = {{"max_pool1d", 6}, {"max_pool2d", 6}, {"max_pool3d", 6},
                                         {"adaptive_max_pool1d", 2}, {"adaptive_max_pool2d", 2},
                                         {"adaptive_max_pool3d", 2}};
constexpr Diag<std::string_view> kNotConstant{"return-indices-constant",
                                              "the argument `return_indices` of {} must be a constant"};

class DispatchMeaning final : public script::Meaning {
 public:
  explicit DispatchMeaning(const Dispatch& d) : dispatch_(d) {}
  std::string kind() const override { return "function"; }
  MeaningPtr call(script::Emitter& e, Range at, std::vector<script::CallArg> args, const script::Wanted& w) override {
    bool with_indices = false;
    std::size_t positional = 0;
    for (const auto& a : args) {
      const bool is_it = a.name ? a.name.str() == "return_indices" : positional++ == dispatch_.position;
      if (!is_it || !a.value) continue;
      const Value* known = e.graph().constant(a.value);
      if (!known || !known->is_bool()) {
        e.error(a.range, kNotConstant, dispatch_.name);
        return nullptr;
      }
      with_indices = known->b();
    }
    const std::string name = with_indices ? std::string(dispatch_.name) + "_with_indices" : "_" + std::string(dispatch_.name);
    return functional_meaning(name)->call(e, at, std::move(args), w);
  }

 private:
  Dispatch dispatch_;
};

class FunctionalModule final : public script::Meaning {
 public:
  std::string kind() const override { return "torch.nn.functional"; }
  MeaningPtr attribute(script::Emitter&, Range, std::string_view name) override { return functional_meaning(name); }
  bool has_attribute(script::Emitter&, Range, std::string_view name) override {
    return !functional(name).empty() || !ops::find("aten::" + std::string(name)).empty();
  }
};

}  // namespace

const std::vector<ir::Function*>& functional(std::string_view name) {
  static const std::vector<ir::Function*> none;
  const auto& by_name = library().by_name;
  const auto found = by_name.find(std::string(name));
  return found == by_name.end() ? none : found->second;
}

MeaningPtr functional_meaning(std::string_view name) {
  for (const Dispatch& d : kBooleanDispatch)
    if (d.name == name) return std::make_shared<DispatchMeaning>(d);
  if (const auto& versions = functional(name); !versions.empty()) return script::overloaded_meaning(versions);
  return script::builtin_function("aten::" + std::string(name));
}

MeaningPtr functional_module() { return std::make_shared<FunctionalModule>(); }

}  // namespace fac::nn
