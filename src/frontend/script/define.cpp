#include "frontend/script/define.h"

#include <map>

#include "frontend/script/emitter.h"
#include "frontend/script/parser.h"
#include "frontend/script/schema_from_tree.h"
#include "frontend/script/strict.h"
#include "source/render.h"

namespace fac::script {
namespace {

constexpr Diag<std::string_view> kOnlyFunctions{"program-statement", "{} statements aren't supported outside of functions"};
constexpr Diag<std::string_view> kDefinedTwice{"defined-twice", "function `{}` is defined already"};

// A program text by itself: `torch`, `ops`, and its own functions.
class TextResolver final : public Resolver {
 public:
  explicit TextResolver(ir::Unit& unit) : unit_(unit) {}
  MeaningPtr value(std::string_view name, Range) override {
    if (name == "torch") return builtin_module("aten");
    if (name == "ops") return ops_module();
    if (name == "math") return math_module();
    if (name == "warnings") return builtin_module("aten");
    if (name == "inf") return constant_meaning(Value(std::numeric_limits<double>::infinity()));
    if (name == "nan") return constant_meaning(Value(std::numeric_limits<double>::quiet_NaN()));
    if (ir::Function* f = unit_.find_function(name)) return function_meaning(f);
    return nullptr;
  }
  TypePtr type(std::string_view name, Range) override { return unit_.find_type(name); }

 private:
  ir::Unit& unit_;
};

}  // namespace

namespace {

// What one function found, for a listing of all: without the echoes at its callers.
void report_once(const DiagSink& from, DiagSink& to) {
  for (const Diagnostic& d : from.diagnostics()) {
    if (d.id == "broken-callee") continue;
    DiagBuilder copy = to.add(d.severity, d.range, d.id, d.message);
    for (const Label& l : d.labels) copy.label(l.range, "{}", l.text);
    for (const std::string& h : d.hints) copy.hint(h);
  }
}

}  // namespace

std::string display_name(const ir::Function& f) {
  const std::string& full = f.qualified_name();
  const auto dot = full.rfind('.');
  if (dot == std::string::npos) return full;
  const bool is_method = !f.schema().arguments.empty() && f.schema().arguments[0].type->name() == full.substr(0, dot) &&
                         as_class(f.schema().arguments[0].type);
  if (!is_method || dot == 0) return full.substr(dot + 1);
  const auto owner = full.rfind('.', dot - 1);
  return owner == std::string::npos ? full : full.substr(owner + 1);
}

Status compile_function(ir::Function& f, const FunctionDef& def, Ref<const Tree> tree, Resolver& resolver) {
  constexpr int kMaxAttempts = 100;  // types only grow; each attempt adds one fact at least
  Hints hints;
  const bool learns = resolver.dialect() == Dialect::kEveryday;
  for (int attempt = 0;; ++attempt) {
    hints.start_attempt();
    DiagSink sink;
    if (resolver.dialect() == Dialect::kStrict) check_strict(def, sink);
    auto graph = std::make_shared<ir::Graph>();
    graph->keep_file(tree->file);
    Schema schema = f.schema();
    resolver.sink = &sink;
    resolver.function = f.qualified_name();
    Emitter emitter(*graph, resolver, sink, f.qualified_name(), nullptr, learns ? &hints : nullptr);
    if (!sink.has_errors()) emitter.function(def, schema);
    resolver.sink = nullptr;
    FACULA_TRY_VOID(resolver.outcome());
    if (hints.grown() && attempt < kMaxAttempts) continue;
    if (DiagSink* all = resolver.diagnostics()) report_once(sink, *all);
    if (sink.has_errors()) return to_error(sink);
    f.set_schema(std::move(schema));
    f.set_graph(std::move(graph));
    return {};
  }
}

void define_later(ir::Function& f, const FunctionDef& def, Ref<const Tree> tree, std::shared_ptr<Resolver> resolver) {
  f.range = def.range;
  f.set_define([&def, tree = std::move(tree), resolver = std::move(resolver)](ir::Function& self) {
    return compile_function(self, def, tree, *resolver);
  });
}

Result<std::shared_ptr<ir::Unit>> compile_text(std::string text, std::string name, When bodies) {
  DiagSink sink;
  const Ref<Tree> tree = parse_module(make_ref<SourceFile>(std::move(name), std::move(text)), sink);
  if (sink.has_errors()) return to_error(sink);
  auto unit = std::make_shared<ir::Unit>();
  const auto resolver = std::make_shared<TextResolver>(*unit);
  TypeReader types(*resolver, sink);
  std::vector<ir::Function*> functions;
  for (const Stmt* s : tree->body) {
    const auto* def = s->try_as<FunctionDef>();
    if (!def) {
      const bool harmless = s->kind == StmtKind::kImport || s->kind == StmtKind::kImportFrom || s->kind == StmtKind::kPass ||
                            (s->kind == StmtKind::kExprStmt && s->as<ExprStmt>().value->kind == ExprKind::kStringLit);
      if (!harmless) sink.error(s->range, kOnlyFunctions, kind_name(s->kind));
      continue;
    }
    const std::string function(def->name.str());
    auto schema = schema_of(*def, function, nullptr, types, sink, {});
    if (!schema) continue;
    auto f = unit->add_function(function, std::move(*schema));
    if (!f.ok()) {
      sink.error(def->name_range, kDefinedTwice, function);
      continue;
    }
    define_later(**f, *def, tree, resolver);
    functions.push_back(*f);
  }
  if (sink.has_errors()) return to_error(sink);
  if (bodies == When::kAtFirstUse) return unit;
  for (ir::Function* f : functions)
    if (auto graph = f->graph(); !graph.ok()) return graph.take_error();
  return unit;
}

}  // namespace fac::script
