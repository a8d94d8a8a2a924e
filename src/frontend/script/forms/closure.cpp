// Functions inside functions, and lambdas, in the everyday dialect: each call compiles the body into its place, with the
// types of that call's arguments. They capture variables as Python does, by name at the time of the call, and may be
// passed on to other functions, but not returned or stored: TorchScript has no function values.
#include <algorithm>

#include "frontend/script/emitter.h"
#include "frontend/script/meanings/keywords.h"
#include "frontend/script/schema_from_tree.h"
#include "ir/symbols.h"

namespace fac::script {
namespace {

constexpr Diag<std::string_view> kDeep{"inline-recursion", "function '{}' is called recursively. Recursive calls are not supported"};
constexpr Diag<std::string_view, std::string_view> kMissing{"inline-missing-argument", "{}(): Argument {} not provided."};
constexpr Diag<std::string_view, std::uint64_t, std::uint64_t> kTooMany{
    "inline-too-many-arguments", "{}(): Expected at most {} arguments but found {} positional arguments."};
constexpr Diag<std::string_view, std::string_view> kUnknownKeyword{"inline-unknown-keyword", "{}(): Keyword argument {} unknown."};
constexpr Diag<std::string_view, std::string_view> kTwice{"inline-keyword-twice", "{}(): Keyword argument {} specified twice."};
constexpr Diag<std::string_view, std::string_view, std::string_view> kArgType{
    "inline-argument-type", "Expected a value of type '{}' for argument '{}' but instead found type '{}'."};
constexpr Diag<> kEscapes{"function-value", "a function made inside a function can be called and passed on, but it is no value that "
                                            "can be returned or stored"};
constexpr int kMaxInlineDepth = 60;

class LambdaMeaning final : public Meaning {
 public:
  LambdaMeaning(const Lambda& e, Emitter* home, Resolver* resolver) : lambda_(e), home_(home), resolver_(resolver) {}
  std::string kind() const override { return "lambda"; }
  bool takes_meanings() const override { return true; }
  ValueId value(Emitter& e, Range at) override {
    e.error(at, kEscapes);
    return {};
  }
  MeaningPtr call(Emitter& e, Range at, std::vector<CallArg> args, const Wanted&) override {
    InlineBody body;
    body.params = lambda_.params;
    body.expression = lambda_.body;
    body.home = home_;
    body.resolver = resolver_;
    body.name = "<lambda>";
    return e.inline_call(body, std::move(args), at);
  }

 private:
  const Lambda& lambda_;
  Emitter* home_;
  Resolver* resolver_;
};

// functools.partial(f, x, k=y): the values stay those of the function that made it.
class PartialMeaning final : public Meaning {
 public:
  PartialMeaning(MeaningPtr callee, std::vector<CallArg> args, Emitter* home) : callee_(std::move(callee)), args_(std::move(args)), home_(home) {}
  std::string kind() const override { return "closure"; }
  bool keeps_values() const override { return true; }
  bool takes_meanings() const override { return callee_->takes_meanings(); }
  ValueId value(Emitter& e, Range at) override {
    e.error(at, kEscapes);
    return {};
  }
  MeaningPtr call(Emitter& e, Range at, std::vector<CallArg> args, const Wanted& wanted) override {
    std::vector<CallArg> all, keywords;
    for (CallArg a : args_) {
      if (a.value) a.value = e.reachable(*home_, a.value);
      if (!a.value && !a.meaning) {
        e.error(at, kEscapes);
        return nullptr;
      }
      (a.name ? keywords : all).push_back(a);
    }
    for (CallArg& a : args) {
      if (a.name) std::erase_if(keywords, [&](const CallArg& k) { return k.name == a.name; });
      (a.name ? keywords : all).push_back(std::move(a));
    }
    all.insert(all.end(), keywords.begin(), keywords.end());
    return callee_->call(e, at, std::move(all), wanted);
  }

 private:
  MeaningPtr callee_;
  std::vector<CallArg> args_;
  Emitter* home_;
};

class PartialFunction final : public Meaning {
 public:
  std::string kind() const override { return "function"; }
  bool takes_meanings() const override { return true; }
  MeaningPtr call(Emitter& e, Range at, std::vector<CallArg> args, const Wanted&) override {
    if (args.empty() || !args[0].meaning) {
      e.error(at, kNoCallee);
      return nullptr;
    }
    MeaningPtr callee = args[0].meaning;
    args.erase(args.begin());
    return std::make_shared<PartialMeaning>(std::move(callee), std::move(args), &e);
  }

 private:
  static constexpr Diag<> kNoCallee{"partial-callee", "`functools.partial` needs a function as its first argument"};
};

}  // namespace

MeaningPtr partial_function() { return std::make_shared<PartialFunction>(); }

MeaningPtr lambda_meaning(const Lambda& e, Emitter* home, Resolver* resolver) {
  return std::make_shared<LambdaMeaning>(e, home, resolver);
}

MeaningPtr Emitter::in_scope_of(Resolver& resolver, const std::function<MeaningPtr(Emitter&)>& f) {
  Environment env;
  env.push();
  std::swap(env, env_);
  Emitter* outer = std::exchange(outer_, nullptr);
  Resolver* own = std::exchange(resolver_, &resolver);
  TypeReader types = std::exchange(types_, TypeReader(resolver, sink_));
  MeaningPtr out = f(*this);
  types_ = types;
  resolver_ = own;
  outer_ = outer;
  std::swap(env, env_);
  return out;
}

ValueId Emitter::import_value(Emitter& from, ValueId v) {
  if (this == &from) return v;
  if (!caller_) return {};
  const ValueId up = caller_->import_value(from, v);
  return up ? capture_from(*caller_, up, {}) : ValueId{};
}

// Which argument each parameter gets; -1: its default.
std::optional<std::vector<int>> Emitter::bind_inline(const InlineBody& body, const std::vector<CallArg>& args,
                                                     std::vector<int>& rest, std::vector<int>& keywords, Range at) {
  std::vector<int> out(body.params.size(), -1);
  std::size_t next = 0, plain = 0;
  std::optional<std::size_t> star;
  bool double_star = false;
  for (std::size_t i = 0; i < body.params.size(); ++i) {
    if (body.params[i].kind == ParamKind::kStar && body.params[i].name) star = i;
    if (body.params[i].kind == ParamKind::kPositional || body.params[i].kind == ParamKind::kPositionalOnly) ++plain;
    if (body.params[i].kind == ParamKind::kDoubleStar) double_star = true;
  }
  std::size_t positional = 0;
  for (const CallArg& a : args) positional += a.name ? 0 : 1;
  for (std::size_t k = 0; k < args.size(); ++k) {
    if (!args[k].name) {
      if (next < plain) out[next++] = static_cast<int>(k);
      else if (star) rest.push_back(static_cast<int>(k));
      else {
        error(at, kTooMany, body.name, plain, positional);
        return std::nullopt;
      }
      continue;
    }
    std::size_t i = 0;
    const auto takes = [&](const Param& p) {
      return p.name == args[k].name && (p.kind == ParamKind::kPositional || p.kind == ParamKind::kKeywordOnly);
    };
    while (i < body.params.size() && !takes(body.params[i])) ++i;
    if (i == body.params.size() && double_star) {
      keywords.push_back(static_cast<int>(k));
      continue;
    }
    if (i == body.params.size()) {
      error(args[k].range, kUnknownKeyword, body.name, args[k].name.str());
      return std::nullopt;
    }
    if (out[i] >= 0) {
      error(args[k].range, kTwice, body.name, args[k].name.str());
      return std::nullopt;
    }
    out[i] = static_cast<int>(k);
  }
  for (std::size_t i = 0; i < body.params.size(); ++i)
    if (out[i] < 0 && !body.params[i].default_value && body.params[i].kind != ParamKind::kStar &&
        body.params[i].kind != ParamKind::kDoubleStar) {
      error(at, kMissing, body.name, body.params[i].name.str());
      return std::nullopt;
    }
  return out;
}

MeaningPtr Emitter::inline_call(const InlineBody& body, std::vector<CallArg> args, Range at) {
  if (inline_depth_ >= kMaxInlineDepth) {
    error(at, kDeep, body.name);
    return nullptr;
  }
  std::vector<int> rest, keywords;
  const auto bound = bind_inline(body, args, rest, keywords, at);
  if (!bound) return nullptr;
  const auto graph = std::make_shared<ir::Graph>();
  Resolver& resolver = body.home ? body.home->resolver() : body.resolver ? *body.resolver : *resolver_;
  Emitter inner(*graph, resolver, sink_, body.name, body.home, hints_);
  inner.caller_ = this;
  inner.inline_depth_ = inline_depth_ + 1;
  inner.path_ = (path_ * 1000003 + at.begin + 1) * 1000003 + reinterpret_cast<std::uintptr_t>(at.file) % 1000003;
  inner.stop_names_at_ = body.home == nullptr;
  const auto pass = [&](ValueId v, Symbol name) {  // a value of this graph inside the other one
    return inner.capture_from(*this, v, name);
  };
  for (std::size_t i = 0; i < body.params.size(); ++i) {
    const Param& p = body.params[i];
    if (p.kind == ParamKind::kStar) {
      if (!p.name) continue;
      std::vector<MeaningPtr> items;
      for (const int k : rest) {
        const CallArg& a = args[static_cast<std::size_t>(k)];
        items.push_back(a.meaning ? a.meaning : value_meaning(pass(a.value, {})));
      }
      inner.env_.set(p.name, tuple_meaning(std::move(items)));
      continue;
    }
    if (p.kind == ParamKind::kDoubleStar) {
      KeywordsMeaning::Items items;
      for (const int k : keywords) {
        const CallArg& a = args[static_cast<std::size_t>(k)];
        items.emplace_back(a.name, a.meaning ? a.meaning : value_meaning(pass(a.value, a.name)));
      }
      inner.env_.set(p.name, std::make_shared<KeywordsMeaning>(std::move(items), inner));
      continue;
    }
    const int k = (*bound)[i];
    if (k < 0) {
      inner.env_.set(p.name, inner.meaning(*p.default_value));
      continue;
    }
    const CallArg& a = args[static_cast<std::size_t>(k)];
    if (a.meaning) {
      inner.env_.set(p.name, a.meaning);
      continue;
    }
    ValueId v = a.value;
    if (p.annotation) {
      const TypePtr t = inner.types_.read(*p.annotation);
      if (!t || !v) return nullptr;
      v = coerce(convert(v, t, true, a.range), t, a.range);
      if (!is_subtype(type(v), t)) {
        error(a.range, kArgType, t->annotation(), p.name.str(), type(v)->annotation());
        return nullptr;
      }
      if (!same(type(v), t)) v = unchecked_cast(v, t, a.range);
    }
    inner.env_.set(p.name, value_meaning(pass(v, p.name)));
  }
  const std::size_t errors = sink_.error_count();
  if (body.expression) {
    const ValueId v = inner.expression(*body.expression);
    if (!v) return nullptr;
    graph->add_return(graph->top(), v);
  } else {
    Schema schema;
    schema.name = body.name;
    if (body.def->returns)
      if (TypePtr t = inner.types_.read(*body.def->returns)) {
        Argument r;
        r.type = std::move(t);
        inner.declared_return_ = r.type;
        schema.returns.push_back(std::move(r));
      }
    inner.return_key_ = body.def;
    inner.begin_cells(*body.def);
    inner.finish(*body.def, inner.statements(body.def->body), schema);
  }
  if (sink_.error_count() != errors) return nullptr;
  std::vector<ValueId> map(graph->value_count());
  for (const auto& [from, to] : inner.captures_) {
    const ValueId here = from.first == this ? from.second : import_value(*from.first, from.second);
    if (!here) {
      error(at, kEscapes);
      return nullptr;
    }
    map[to.index] = here;
  }
  const ValueId result = graph->outputs()[0];
  const std::vector<ValueId> out = graph_.copy_block(*graph, graph->top(), builder_.block(), {}, map, -1, at);
  for (const auto& [v, key] : inner.open_)
    if (v == result) open_container(out.at(0), key);
  if (const Value* known = graph->constant(result); known && known->is_none()) return value_meaning(none(at));
  return value_meaning(out.at(0));
}

}  // namespace fac::script
