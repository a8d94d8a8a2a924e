// Expressions.
#include "interp/interp.h"

namespace fac::interp {

using namespace script;

Result<Value> Interp::eval(const Expr& e, Frame& f) {
  FACULA_TRY_VOID(tick());
  switch (e.kind) {
    case ExprKind::kName: return name(e.as<Name>().name, e.range, f);
    case ExprKind::kNoneLit: return Value();
    case ExprKind::kBoolLit: return Value(e.as<BoolLit>().value);
    case ExprKind::kEllipsisLit: return ellipsis;
    case ExprKind::kIntLit: return Value(e.as<IntLit>().value);
    case ExprKind::kBigIntLit: return raise("OverflowError", "the number {} does not fit 64 bits", e.range.text());
    case ExprKind::kFloatLit: return Value(e.as<FloatLit>().value);
    case ExprKind::kImagLit: return Value(std::complex<double>(0, e.as<ImagLit>().value));
    case ExprKind::kStringLit: return Value(e.as<StringLit>().value);
    case ExprKind::kBytesLit: return Value(e.as<BytesLit>().value);
    case ExprKind::kFString: {
      FACULA_TRY(std::string s, format_parts(e.as<FString>(), f));
      return Value(std::move(s));
    }
    case ExprKind::kTuple: {
      FACULA_TRY(auto v, items(e.as<Tuple>().items, f));
      return tuple(std::move(v));
    }
    case ExprKind::kList: {
      FACULA_TRY(auto v, items(e.as<List>().items, f));
      return list(std::move(v));
    }
    case ExprKind::kSet: {
      FACULA_TRY(auto v, items(e.as<Set>().items, f));
      Ref<Dict> s = set();
      for (const Value& item : v) FACULA_TRY_VOID(s->set(*this, item, Value()));
      return value_of(s);
    }
    case ExprKind::kDict: {
      Ref<Dict> d = dict();
      for (const DictItem& item : e.as<script::Dict>().items) {
        if (!item.key) {
          FACULA_TRY(const Value more, eval(*item.value, f));
          Dict* other = as<Dict>(more);
          if (!other) return raise("TypeError", "'{}' object is not a mapping", type_name(*this, more));
          for (auto& [k, v] : other->items()) FACULA_TRY_VOID(d->set(*this, k, v));
          continue;
        }
        FACULA_TRY(const Value k, eval(*item.key, f));
        FACULA_TRY(Value v, eval(*item.value, f));
        FACULA_TRY_VOID(d->set(*this, k, std::move(v)));
      }
      return value_of(d);
    }
    case ExprKind::kComprehension: return comprehension(e.as<Comprehension>(), f);
    case ExprKind::kUnary: {
      FACULA_TRY(const Value v, eval(*e.as<Unary>().operand, f));
      return unary(e.as<Unary>().op, v);
    }
    case ExprKind::kBinary: {
      const auto& b = e.as<Binary>();
      FACULA_TRY(const Value left, eval(*b.left, f));
      FACULA_TRY(const Value right, eval(*b.right, f));
      return binary(b.op, left, right);
    }
    case ExprKind::kLogical: {
      const auto& l = e.as<Logical>();
      Value v;
      for (std::size_t i = 0; i < l.operands.size(); ++i) {
        FACULA_TRY(v, eval(*l.operands[i], f));
        if (i + 1 == l.operands.size()) break;
        FACULA_TRY(const bool t, truth(v));
        if (t == (l.op == LogicalOp::kOr)) break;
      }
      return v;
    }
    case ExprKind::kCompare: return compare_chain(e.as<Compare>(), f);
    case ExprKind::kTernary: {
      const auto& t = e.as<Ternary>();
      FACULA_TRY(const Value c, eval(*t.condition, f));
      FACULA_TRY(const bool yes, truth(c));
      return eval(yes ? *t.then_value : *t.else_value, f);
    }
    case ExprKind::kCall: return eval_call(e.as<Call>(), f);
    case ExprKind::kAttribute: {
      FACULA_TRY(const Value v, eval(*e.as<Attribute>().object, f));
      return get_attr(v, e.as<Attribute>().name.str());
    }
    case ExprKind::kSubscript: return subscript(e.as<Subscript>(), f);
    case ExprKind::kSlice: {
      const auto& s = e.as<Slice>();
      Value parts[3];
      const Expr* exprs[3] = {s.lower, s.upper, s.step};
      for (int i = 0; i < 3; ++i)
        if (exprs[i]) {
          FACULA_TRY(parts[i], eval(*exprs[i], f));
        }
      return value_of(make_ref<SliceObj>(heap_, known.slice, parts[0], parts[1], parts[2]));
    }
    case ExprKind::kStarred: return raise("SyntaxError", "can't use starred expression here");
    case ExprKind::kLambda: return make_function(nullptr, &e.as<Lambda>(), f);
    case ExprKind::kWalrus: {
      const auto& w = e.as<Walrus>();
      FACULA_TRY(Value v, eval(*w.value, f));
      // Inside a comprehension the name belongs to the function around it.
      Frame outer = f;
      while (outer.scope && !outer.scope->names && !outer.scope->is_class) outer.scope = outer.scope->parent;
      FACULA_TRY_VOID(assign_name(w.target, v, outer));
      return v;
    }
  }
  return raise("SyntaxError", "this expression is not supported");
}

Result<Value> Interp::name(Symbol name, Range at, Frame& f) {
  const bool innermost_class = f.scope && f.scope->is_class;
  for (Scope* s = f.scope.get(); s; s = s->parent.get()) {
    if (s->is_class && !(innermost_class && s == f.scope.get())) continue;  // class bodies are seen from inside only
    if (const Value* v = s->find(name)) return *v;
    if (!s->names || s->is_class) continue;
    if (s->names->has(s->names->globals, name)) break;
    if (s->names->has(s->names->locals, name))
      return raise(s == f.scope.get() ? "UnboundLocalError" : "NameError",
                   "cannot access local variable '{}' where it is not associated with a value", name.str());
  }
  const std::string_view text = name.str();
  if (f.module && f.module->attrs)
    if (const Value* v = f.module->attrs->find(text)) return *v;
  if (const Value* v = builtins_->attrs->find(text)) return *v;
  (void)at;
  if (text == "__class__")
    for (Scope* s = f.scope.get(); s; s = s->parent.get())
      if (auto* fn = s->function ? static_cast<Function*>(s->function.get()) : nullptr; fn && fn->owner) return value_of(fn->owner);
  return raise("NameError", "name '{}' is not defined", text);
}

Result<std::vector<Value>> Interp::items(Exprs exprs, Frame& f) {
  std::vector<Value> out;
  out.reserve(exprs.size());
  for (const Expr* e : exprs) {
    if (const auto* star = e->try_as<Starred>()) {
      FACULA_TRY(const Value v, eval(*star->value, f));
      FACULA_TRY(auto more, gather(v));
      for (Value& m : more) out.push_back(std::move(m));
      continue;
    }
    FACULA_TRY(Value v, eval(*e, f));
    out.push_back(std::move(v));
  }
  FACULA_TRY_VOID(charge(out.size() * sizeof(Value)));
  return out;
}

Result<Value> Interp::index_of(const Subscript& e, Frame& f) {
  if (e.indices.size() == 1 && !e.is_tuple && e.indices[0]->kind != ExprKind::kStarred) return eval(*e.indices[0], f);
  FACULA_TRY(auto v, items(e.indices, f));
  return tuple(std::move(v));
}

Result<Value> Interp::subscript(const Subscript& e, Frame& f) {
  FACULA_TRY(const Value v, eval(*e.object, f));
  FACULA_TRY(const Value i, index_of(e, f));
  return get_item(v, i);
}

Result<Value> Interp::compare_chain(const Compare& e, Frame& f) {
  FACULA_TRY(Value left, eval(*e.left, f));
  Value result(true);
  for (std::size_t i = 0; i < e.parts.size(); ++i) {
    FACULA_TRY(Value right, eval(*e.parts[i].right, f));
    FACULA_TRY(result, compare(e.parts[i].op, left, right));
    if (i + 1 == e.parts.size()) break;
    FACULA_TRY(const bool t, truth(result));
    if (!t) break;
    left = std::move(right);
  }
  return result;
}

Status Interp::arguments(std::span<const Arg> args, Frame& f, Args& out) {
  for (const Arg& a : args) {
    FACULA_TRY(Value v, eval(*a.value, f));
    switch (a.kind) {
      case ArgKind::kPositional: out.pos.push_back(std::move(v)); break;
      case ArgKind::kKeyword: out.kw.emplace_back(a.name.str(), std::move(v)); break;
      case ArgKind::kStar: {
        FACULA_TRY(auto more, gather(v));
        for (Value& m : more) out.pos.push_back(std::move(m));
        break;
      }
      case ArgKind::kDoubleStar: {
        const Dict* d = as<Dict>(v);
        if (!d || d->kind != Kind::kDict) return raise("TypeError", "argument after ** must be a mapping, not {}", type_name(*this, v));
        for (auto& [k, item] : d->items()) {
          if (!k.is_str()) return raise("TypeError", "keywords must be strings");
          for (const auto& given : out.kw)
            if (given.first == k.str()) return raise("TypeError", "got multiple values for keyword argument '{}'", k.str());
          out.kw.emplace_back(k.str(), std::move(item));
        }
        break;
      }
    }
  }
  return {};
}

Result<Value> Interp::eval_call(const Call& e, Frame& f) {
  // super() without arguments: the class that the function was defined in, and the function's first argument.
  if (const auto* n = e.callee->try_as<Name>(); n && e.args.empty() && n->name.str() == "super") {
    for (Scope* s = f.scope.get(); s; s = s->parent.get()) {
      auto* fn = s->function ? static_cast<Function*>(s->function.get()) : nullptr;
      if (!fn || !fn->owner) continue;
      if (fn->params.empty() || s->variables.empty()) return raise("RuntimeError", "super(): no arguments");
      const Value* self = s->find(fn->params[0].name);
      if (!self) return raise("RuntimeError", "super(): arg[0] deleted");
      return value_of(make_ref<Super>(heap_, known.super, fn->owner, *self));
    }
    return raise("RuntimeError", "super(): no arguments");
  }
  // What needs the caller's variables.
  if (const auto* n = e.callee->try_as<Name>(); n && e.args.empty()) {
    const std::string_view text = n->name.str();
    if (text == "globals" || (text == "locals" && !f.scope)) return value_of(f.module->attrs);
    if (text == "locals") {
      Ref<Dict> d = dict();
      for (const auto& [key, v] : f.scope->variables) d->set(key.str(), v);
      return value_of(d);
    }
  }
  FACULA_TRY(const Value callee, eval(*e.callee, f));
  Args args;
  args.pos.reserve(e.args.size());
  FACULA_TRY_VOID(arguments(e.args, f, args));
  f.at = e.range;
  return call(callee, std::move(args));
}

// --- comprehensions ----------------------------------------------------------------------------------------------------

Status Interp::comprehension_level(const Comprehension& e, std::size_t level, Value first, Frame& f,
                                   const std::function<Status()>& element) {
  if (level == e.fors.size()) return element();
  const ComprehensionFor& c = e.fors[level];
  Value source = std::move(first);
  if (level > 0) {
    FACULA_TRY(source, eval(*c.iterable, f));
  }
  FACULA_TRY(const Value it, iterate(source));
  Value item;
  while (true) {
    FACULA_TRY_VOID(tick());
    FACULA_TRY(const bool more, next(it, item));
    if (!more) return {};
    FACULA_TRY_VOID(assign(*c.target, std::move(item), f));
    bool kept = true;
    for (const Expr* condition : c.conditions) {
      FACULA_TRY(const Value v, eval(*condition, f));
      FACULA_TRY(kept, truth(v));
      if (!kept) break;
    }
    if (kept) FACULA_TRY_VOID(comprehension_level(e, level + 1, Value(), f, element));
  }
}

Result<Value> Interp::comprehension(const Comprehension& e, Frame& f) {
  // The first iterable is evaluated outside, where a class body's names are seen.
  FACULA_TRY(Value first, eval(*e.fors[0].iterable, f));
  Frame inner = f;
  inner.scope = make_ref<Scope>(heap_, f.scope);
  if (f.scope && f.scope->is_class) inner.scope->parent = f.scope->parent;
  std::vector<Value> out;
  Ref<Dict> table = e.form == ComprehensionForm::kDict ? dict() : e.form == ComprehensionForm::kSet ? set() : Ref<Dict>();
  FACULA_TRY_VOID(comprehension_level(e, 0, std::move(first), inner, [&]() -> Status {
    FACULA_TRY(Value v, eval(*e.element, inner));
    FACULA_TRY_VOID(charge(sizeof(Value)));
    if (e.form == ComprehensionForm::kDict) {
      FACULA_TRY(Value to, eval(*e.value, inner));
      return table->set(*this, v, std::move(to));
    }
    if (e.form == ComprehensionForm::kSet) return table->set(*this, v, Value());
    out.push_back(std::move(v));
    return {};
  }));
  if (table) return value_of(table);
  if (e.form == ComprehensionForm::kList) return list(std::move(out));
  // A generator expression is run at once: nothing here can see the difference but endless ones, which meet a limit.
  return iterate(list(std::move(out)));
}

}  // namespace fac::interp
