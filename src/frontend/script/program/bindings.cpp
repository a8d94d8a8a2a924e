// What the statements at module level bind. They are read, not run: a name that any other code changes is `kDynamic`.
#include <algorithm>
#include <array>

#include "frontend/script/program/program.h"
#include "frontend/script/types_from_tree.h"

namespace fac::script {
namespace {

constexpr std::array kKnownModules = std::to_array<std::string_view>(
    {"torch", "torch.nn", "torch.nn.functional", "torch.functional", "torch.jit", "torch.linalg", "torch.fft", "torch.special",
     "torch.autograd", "torch.ops", "torch.utils", "torch.types", "torch._C", "torch._VF", "torch.nn.init", "torch.nn.modules",
     "torch.nn.parameter", "math", "typing", "typing_extensions", "collections", "collections.abc", "enum", "dataclasses",
     "abc", "functools", "warnings", "numbers", "__future__", "sys", "os", "itertools", "copy", "logging", "operator",
     "heapq", "bisect", "string"});

// Names read anywhere inside a statement that is not understood.
struct NameCollector {
  std::vector<std::string_view> names;
  void expr(const Expr* e) {
    if (!e) return;
    switch (e->kind) {
      case ExprKind::kName: names.push_back(e->as<Name>().name.str()); return;
      case ExprKind::kAttribute: return expr(e->as<Attribute>().object);
      case ExprKind::kSubscript: return expr(e->as<Subscript>().object);
      case ExprKind::kTuple:
        for (const Expr* x : e->as<Tuple>().items) expr(x);
        return;
      case ExprKind::kList:
        for (const Expr* x : e->as<List>().items) expr(x);
        return;
      case ExprKind::kStarred: return expr(e->as<Starred>().value);
      case ExprKind::kCall:
        expr(e->as<Call>().callee);
        for (const Arg& a : e->as<Call>().args) expr(a.value);
        return;
      default: return;
    }
  }
  void block(Block body) {
    for (const Stmt* s : body) statement(*s);
  }
  void statement(const Stmt& s) {
    switch (s.kind) {
      case StmtKind::kExprStmt: return expr(s.as<ExprStmt>().value);
      case StmtKind::kAssign:
        for (const Expr* t : s.as<Assign>().targets) expr(t);
        return;
      case StmtKind::kAnnAssign: return expr(s.as<AnnAssign>().target);
      case StmtKind::kAugAssign: return expr(s.as<AugAssign>().target);
      case StmtKind::kDelete:
        for (const Expr* t : s.as<Delete>().targets) expr(t);
        return;
      case StmtKind::kFor: expr(s.as<For>().target); return block(s.as<For>().body);
      case StmtKind::kWhile: return block(s.as<While>().body);
      case StmtKind::kIf: block(s.as<If>().body); return block(s.as<If>().else_body);
      case StmtKind::kWith: return block(s.as<With>().body);
      case StmtKind::kTry: return block(s.as<Try>().body);
      default: return;
    }
  }
};

bool is_main_guard(const Expr& e) {
  const auto* c = e.try_as<Compare>();
  const auto* name = c ? c->left->try_as<Name>() : nullptr;
  return name && name->name.str() == "__name__";
}

bool is_print(const Stmt& s) {
  const auto* e = s.try_as<ExprStmt>();
  const auto* call = e ? e->value->try_as<Call>() : nullptr;
  return call && dotted_name(*call->callee) == "print";
}

}  // namespace

bool is_known_module(std::string_view name) {
  return std::find(kKnownModules.begin(), kKnownModules.end(), name) != kKnownModules.end();
}

std::string Program::absolute(const ModuleScope& module, const ImportFrom& s) const {
  if (s.level == 0) return std::string(s.module.str());
  // One dot: the package that the module is in.
  std::string base = module.name;
  for (std::uint32_t up = module.is_package ? 1 : 0; up < s.level; ++up) {
    const auto dot = base.rfind('.');
    base = dot == std::string::npos ? "" : base.substr(0, dot);
  }
  const std::string_view tail = s.module.str();
  return base.empty() ? std::string(tail) : tail.empty() ? base : base + "." + std::string(tail);
}

void Program::bind_import(ModuleScope& module, const Stmt& s) {
  const auto put = [&](std::string name, Binding b) {
    b.statement = &s;
    module.bindings[std::move(name)] = std::move(b);
  };
  if (const auto* plain = s.try_as<Import>()) {
    for (const ImportName& n : plain->names) {
      Binding b;
      b.kind = Binding::Kind::kModule;
      const std::string full(n.name.str());
      const std::string head = full.substr(0, full.find('.'));
      b.module = n.alias ? full : head;  // `import a.b` binds a; a.b is found through it
      put(n.alias ? std::string(n.alias.str()) : head, b);
    }
    return;
  }
  const auto& from = s.as<ImportFrom>();
  const std::string source = absolute(module, from);
  for (const ImportName& n : from.names) {
    if (n.name.str() == "*") {
      module.star_imports.push_back(source);
      continue;
    }
    Binding b;
    b.kind = Binding::Kind::kImported;
    b.module = source;
    b.name = std::string(n.name.str());
    put(std::string((n.alias ? n.alias : n.name).str()), b);
  }
}

void Program::bind(ModuleScope& module, Block body) {
  const auto put = [&](std::string_view name, Binding b) {
    module.bindings[std::string(name)] = std::move(b);
    std::erase(module.order, name);
    module.order.emplace_back(name);
  };
  const auto value = [&](const Stmt& s, const Expr& target, const Expr* v) {
    Binding b;
    b.statement = &s;
    b.value = v;
    b.kind = v ? Binding::Kind::kValue : Binding::Kind::kDynamic;
    if (const auto* n = target.try_as<Name>()) put(n->name.str(), std::move(b));
  };
  const auto make_dynamic = [&](const NameCollector& c) {
    for (const std::string_view n : c.names)
      if (const auto it = module.bindings.find(n); it == module.bindings.end() || it->second.kind == Binding::Kind::kValue)
        put(n, Binding{});
  };
  for (const Stmt* s : body) {
    switch (s->kind) {
      case StmtKind::kFunctionDef: {
        Binding b;
        b.kind = Binding::Kind::kFunction;
        b.statement = s;
        put(s->as<FunctionDef>().name.str(), std::move(b));
        break;
      }
      case StmtKind::kClassDef: {
        Binding b;
        b.kind = Binding::Kind::kClass;
        b.statement = s;
        put(s->as<ClassDef>().name.str(), std::move(b));
        break;
      }
      case StmtKind::kImport:
      case StmtKind::kImportFrom: bind_import(module, *s); break;
      case StmtKind::kAssign: {
        const auto& a = s->as<Assign>();
        for (const Expr* target : a.targets) {
          const auto* names = target->try_as<Tuple>();
          const auto* values = a.value->try_as<Tuple>();
          if (names && values && names->items.size() == values->items.size())  // A, B = 1, 2
            for (std::size_t i = 0; i < names->items.size(); ++i) value(*s, *names->items[i], values->items[i]);
          else if (target->kind == ExprKind::kName) value(*s, *target, a.value);
          else {
            NameCollector c;
            c.expr(target);
            make_dynamic(c);
          }
        }
        break;
      }
      case StmtKind::kAnnAssign: value(*s, *s->as<AnnAssign>().target, s->as<AnnAssign>().value); break;
      case StmtKind::kIf: {
        const auto& branch = s->as<If>();
        if (is_main_guard(*branch.condition)) break;  // what follows the guard is no part of the program
        const std::string name = dotted_name(*branch.condition);
        const auto known = name.ends_with("TYPE_CHECKING") ? std::optional(Value(true))
                                                            : constant_of(*branch.condition, nullptr, constants(module));
        if (known && known->is_bool()) {
          bind(module, known->b() ? branch.body : branch.else_body);
        } else {
          // Which branch runs is not known: what either defines is taken from the first that does.
          bind(module, branch.else_body);
          bind(module, branch.body);
        }
        break;
      }
      case StmtKind::kTry: {  // try: import fast except ImportError: fast = None
        const auto& t = s->as<Try>();
        bool found = true;
        for (const Stmt* inner : t.body) {
          if (const auto* i = inner->try_as<Import>())
            for (const ImportName& n : i->names) found = found && knows_module(n.name.str());
          if (const auto* f = inner->try_as<ImportFrom>()) found = found && knows_module(absolute(module, *f));
        }
        if (found) {
          bind(module, t.body);
          bind(module, t.else_body);
        } else if (!t.handlers.empty()) {
          bind(module, t.handlers[0].body);
        }
        bind(module, t.finally_body);
        break;
      }
      case StmtKind::kBad:
      case StmtKind::kPass: break;
      default: {
        if (is_print(*s)) break;
        NameCollector c;
        c.statement(*s);
        make_dynamic(c);
      }
    }
  }
}

}  // namespace fac::script
