// Truth, equality, order, hashes, membership.
#include <cmath>

#include "interp/interp.h"

namespace fac::interp {

using namespace script;

namespace {

bool is_real(const Value& v) { return v.is_int() || v.is_bool() || v.is_float(); }

// int against float, exactly.
int order(const Value& a, const Value& b) {  // -1, 0, 1; 2: a NaN
  if (!a.is_float() && !b.is_float()) return a.i() < b.i() ? -1 : a.i() > b.i();
  const double x = a.is_float() ? a.d() : static_cast<double>(a.i()), y = b.is_float() ? b.d() : static_cast<double>(b.i());
  if (std::isnan(x) || std::isnan(y)) return 2;
  if (x != y) return x < y ? -1 : 1;
  if (a.is_float() != b.is_float() && std::fabs(x) >= 9007199254740992.0 && std::fabs(x) < 9.2e18) {
    const std::int64_t i = a.is_float() ? static_cast<std::int64_t>(x) : a.i(), j = b.is_float() ? static_cast<std::int64_t>(y) : b.i();
    return i < j ? -1 : i > j;
  }
  return 0;
}

}  // namespace

Result<bool> Interp::truth(const Value& v) {
  FACULA_TRY(const auto own, try_special(v, "__bool__", {}));
  if (own) return own->is_bool() && own->b();
  const Value& p = plain(v);
  switch (p.tag()) {
    case Tag::kNone: return false;
    case Tag::kBool:
    case Tag::kInt: return p.i() != 0;
    case Tag::kFloat: return p.d() != 0;
    case Tag::kComplex: return p.c() != 0.0;
    case Tag::kStr: return !p.str().empty();
    case Tag::kTensor: {
      Args args{{p}, {}};
      if (p.tensor_impl()->numel != 1) return raise("RuntimeError", "Boolean value of Tensor with {} is ambiguous", p.tensor_impl()->numel ? "more than one value" : "no values");
      FACULA_TRY(const Value item, call_operator("aten::item", args));
      return truth(item);
    }
    default: break;
  }
  if (const Seq* s = as<Seq>(p)) {
    FACULA_TRY(const auto own_length, try_special(v, "__len__", {}));
    return own_length ? own_length->is_int() && own_length->i() != 0 : !s->items.empty();
  }
  if (const Dict* d = as<Dict>(p)) return d->size() != 0;
  if (const RangeObj* r = as<RangeObj>(p)) return r->length() != 0;
  FACULA_TRY(const auto length, try_special(v, "__len__", {}));
  if (length) return length->is_int() && length->i() != 0;
  if (const Inert* i = as<Inert>(p)) return raise("ImportError", "`{}` is not available: {}", i->name, i->why);
  return true;
}

Result<bool> Interp::same_key(const Value& a, const Value& b) {
  if (a.is_same(b)) return true;
  return equal(a, b);
}

Result<bool> Interp::equal(const Value& given_a, const Value& given_b) {
  const Depth depth(*this);
  FACULA_TRY_VOID(depth.ok());
  FACULA_TRY_VOID(tick());
  if (given_a.is_same(given_b) && !given_a.is_float() && !given_a.is_tensor()) return true;
  for (const bool forward : {true, false}) {
    const Value &self = forward ? given_a : given_b, &other = forward ? given_b : given_a;
    FACULA_TRY(const auto own, try_special(self, "__eq__", {other}));
    if (own && !own->is_same(not_implemented)) return truth(*own);
  }
  const Value &a = plain(given_a), &b = plain(given_b);
  if (is_real(a) && is_real(b)) return order(a, b) == 0;
  if (a.is_scalar() && b.is_scalar()) {
    const std::complex<double> x = a.is_complex() ? a.c() : a.is_float() ? a.d() : static_cast<double>(a.i());
    const std::complex<double> y = b.is_complex() ? b.c() : b.is_float() ? b.d() : static_cast<double>(b.i());
    return x == y;
  }
  if (a.is_str() && b.is_str()) return a.str() == b.str();
  if (a.is_device() && b.is_device()) return a.device() == b.device();
  if (a.is_tensor() && b.is_tensor()) return a.is_same(b);
  const Obj *oa = object(a), *ob = object(b);
  if (!oa || !ob) return false;
  if (oa == ob) return true;
  if (oa->kind != ob->kind) return false;
  switch (oa->kind) {
    case Kind::kList:
    case Kind::kTuple: {
      const Ref<Seq> x(as<Seq>(a)), y(as<Seq>(b));
      if (x->items.size() != y->items.size()) return false;
      for (std::size_t i = 0; i < x->items.size() && i < y->items.size(); ++i) {
        const Value p = x->items[i], q = y->items[i];
        FACULA_TRY(const bool same, same_key(p, q));
        if (!same) return false;
      }
      return true;
    }
    case Kind::kDict:
    case Kind::kSet: {
      const Ref<Dict> x(as<Dict>(a)), y(as<Dict>(b));
      if (x->size() != y->size()) return false;
      for (const auto& [k, v] : x->items()) {
        FACULA_TRY(const Value* found, y->find(*this, k));
        if (!found) return false;
        const Value other = *found;
        FACULA_TRY(const bool same, same_key(v, other));
        if (!same) return false;
      }
      return true;
    }
    case Kind::kRange: {
      const auto *x = as<RangeObj>(a), *y = as<RangeObj>(b);
      return x->length() == y->length() && (x->length() == 0 || (x->start == y->start && (x->length() == 1 || x->step == y->step)));
    }
    case Kind::kMethod: {
      const auto *x = as<Method>(a), *y = as<Method>(b);
      return x->self.is_same(y->self) && x->function.is_same(y->function);
    }
    case Kind::kConstant: return as<Constant>(a)->text == as<Constant>(b)->text;
    default: return false;
  }
}

Result<std::uint64_t> Interp::hash_of(const Value& given) {
  const Depth depth(*this);
  FACULA_TRY_VOID(depth.ok());
  const Value& v = plain(given);
  switch (v.tag()) {
    case Tag::kNone: return 0x9e3779b97f4a7c15ull;
    case Tag::kBool:
    case Tag::kInt: return static_cast<std::uint64_t>(v.i()) * 0x9e3779b97f4a7c15ull;
    case Tag::kFloat:
      if (v.d() == std::floor(v.d()) && std::fabs(v.d()) < 9e18) return static_cast<std::uint64_t>(static_cast<std::int64_t>(v.d())) * 0x9e3779b97f4a7c15ull;
      return std::hash<double>()(v.d());
    case Tag::kComplex: return std::hash<double>()(v.c().real()) * 31 + std::hash<double>()(v.c().imag());
    case Tag::kStr: return hash_text(v.str());
    case Tag::kDevice: return static_cast<std::uint64_t>(v.device().type) * 1024 + static_cast<std::uint8_t>(v.device().index);
    default: break;
  }
  Obj* o = object(v);
  if (o && o->kind == Kind::kTuple) {
    std::uint64_t h = 0x345678;
    for (const Value& item : static_cast<Seq*>(o)->items) {
      FACULA_TRY(const std::uint64_t one, hash_of(item));
      h = (h ^ one) * 1000003 + 97;
    }
    return h;
  }
  if (o && (o->kind == Kind::kList || o->kind == Kind::kDict || (o->kind == Kind::kSet && o->cls.get() != known.frozenset)))
    return raise("TypeError", "unhashable type: '{}'", type_name(*this, given));
  if (o && o->kind == Kind::kSet) return static_cast<std::uint64_t>(static_cast<Dict*>(o)->size());
  if (o && o->kind == Kind::kConstant) return hash_text(static_cast<Constant*>(o)->text);
  if (o && !o->cls->is_builtin) {
    FACULA_TRY(const auto own, try_special(given, "__hash__", {}));
    if (own && own->is_int()) return static_cast<std::uint64_t>(own->i());
  }
  const auto p = reinterpret_cast<std::uintptr_t>(v.box_ptr());
  return static_cast<std::uint64_t>(p >> 4) * 0x9e3779b97f4a7c15ull;
}

Result<bool> Interp::less(const Value& given_a, const Value& given_b) {
  const Depth depth(*this);
  FACULA_TRY_VOID(depth.ok());
  FACULA_TRY(const auto own, try_special(given_a, "__lt__", {given_b}));
  if (own && !own->is_same(not_implemented)) return truth(*own);
  FACULA_TRY(const auto other, try_special(given_b, "__gt__", {given_a}));
  if (other && !other->is_same(not_implemented)) return truth(*other);
  const Value &a = plain(given_a), &b = plain(given_b);
  if (is_real(a) && is_real(b)) return order(a, b) == -1;
  if (a.is_str() && b.is_str()) return a.str() < b.str();
  const Seq *x = as<Seq>(a), *y = as<Seq>(b);
  if (x && y && x->kind == y->kind) {
    for (std::size_t i = 0; i < x->items.size() && i < y->items.size(); ++i) {
      const Value p = x->items[i], q = y->items[i];
      FACULA_TRY(const bool same, same_key(p, q));
      if (!same) return less(p, q);
    }
    return x->items.size() < y->items.size();
  }
  Dict *s = as<Dict>(a), *t = as<Dict>(b);
  if (s && t && s->kind == Kind::kSet && t->kind == Kind::kSet) {
    if (s->size() >= t->size()) return false;
    for (const auto& [k, v] : s->items()) {
      FACULA_TRY(const Value* found, t->find(*this, k));
      if (!found) return false;
    }
    return true;
  }
  return raise("TypeError", "'<' not supported between instances of '{}' and '{}'", type_name(*this, given_a), type_name(*this, given_b));
}

Result<bool> Interp::contains(const Value& container, const Value& item) {
  FACULA_TRY(const auto own, try_special(container, "__contains__", {item}));
  if (own) return truth(*own);
  const Value& c = plain(container);
  if (Dict* d = as<Dict>(c)) {
    FACULA_TRY(const Value* found, d->find(*this, item));
    return found != nullptr;
  }
  if (c.is_str()) {
    const Value& text = plain(item);
    if (!text.is_str()) return raise("TypeError", "'in <string>' requires string as left operand, not {}", type_name(*this, item));
    return c.str().find(text.str()) != std::string::npos;
  }
  if (const RangeObj* r = as<RangeObj>(c); r && (item.is_int() || item.is_bool())) {
    const std::int64_t i = item.i();
    if (r->length() == 0 || (r->step > 0 ? i < r->start || i >= r->stop : i > r->start || i <= r->stop)) return false;
    return (static_cast<std::uint64_t>(i) - static_cast<std::uint64_t>(r->start)) % static_cast<std::uint64_t>(r->step > 0 ? r->step : -r->step) == 0;
  }
  FACULA_TRY(const Value it, iterate(container));
  Value one;
  while (true) {
    FACULA_TRY(const bool more, next(it, one));
    if (!more) return false;
    FACULA_TRY(const bool same, same_key(one, item));
    if (same) return true;
  }
}

Result<Value> Interp::compare(CompareOp op, const Value& a, const Value& b) {
  const auto answer = [](Result<bool> r, bool expected) -> Result<Value> {
    if (!r.ok()) return r.take_error();
    return Value(*r == expected);
  };
  switch (op) {
    case CompareOp::kIs: return Value(a.is_same(b) || (a.is_str() && b.is_str() && a.str() == b.str()));  // as if all texts were interned
    case CompareOp::kIsNot: return Value(!a.is_same(b) && !(a.is_str() && b.is_str() && a.str() == b.str()));
    case CompareOp::kIn: return answer(contains(b, a), true);
    case CompareOp::kNotIn: return answer(contains(b, a), false);
    default: break;
  }
  const Value &pa = plain(a), &pb = plain(b);
  if ((pa.is_tensor() || pb.is_tensor()) && (pa.is_tensor() || pa.is_scalar()) && (pb.is_tensor() || pb.is_scalar())) {
    static constexpr std::string_view kForward[] = {"aten::eq", "aten::ne", "aten::lt", "aten::le", "aten::gt", "aten::ge"};
    static constexpr std::string_view kBackward[] = {"aten::eq", "aten::ne", "aten::gt", "aten::ge", "aten::lt", "aten::le"};
    const auto i = static_cast<std::size_t>(op);
    Args args{{pa.is_tensor() ? pa : pb, pa.is_tensor() ? pb : pa}, {}};
    return call_operator(pa.is_tensor() ? kForward[i] : kBackward[i], args);
  }
  static constexpr std::string_view kNames[] = {"__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__"};
  static constexpr std::string_view kMirror[] = {"__eq__", "__ne__", "__gt__", "__ge__", "__lt__", "__le__"};
  const auto i = static_cast<std::size_t>(op);
  FACULA_TRY(const auto own, try_special(a, kNames[i], {b}));
  if (own && !own->is_same(not_implemented)) return *own;
  FACULA_TRY(const auto other, try_special(b, kMirror[i], {a}));
  if (other && !other->is_same(not_implemented)) return *other;
  switch (op) {
    case CompareOp::kEq: return answer(equal(a, b), true);
    case CompareOp::kNe: return answer(equal(a, b), false);
    case CompareOp::kLt: return answer(less(a, b), true);
    case CompareOp::kGt: return answer(less(b, a), true);
    default: {
      const Value &x = op == CompareOp::kLe ? a : b, &y = op == CompareOp::kLe ? b : a;
      if (is_real(pa) && is_real(pb)) {
        const int o = order(pa, pb);
        return Value(o != 2 && (op == CompareOp::kLe ? o <= 0 : o >= 0));
      }
      FACULA_TRY(const bool before, less(x, y));
      if (before) return Value(true);
      return answer(equal(x, y), true);
    }
  }
}

}  // namespace fac::interp
