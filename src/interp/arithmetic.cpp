// Operators on numbers, texts and containers.
#include <cmath>
#include <limits>

#include "base/checked.h"
#include "interp/interp.h"

namespace fac::interp {

using namespace script;

namespace {

struct OpNames {
  std::string_view forward, reverse, in_place, aten;
};
constexpr OpNames kNames[] = {
    {"__add__", "__radd__", "__iadd__", "aten::add"},          {"__sub__", "__rsub__", "__isub__", "aten::sub"},
    {"__mul__", "__rmul__", "__imul__", "aten::mul"},          {"__truediv__", "__rtruediv__", "__itruediv__", "aten::div"},
    {"__floordiv__", "__rfloordiv__", "__ifloordiv__", "aten::floor_divide"},
    {"__mod__", "__rmod__", "__imod__", "aten::remainder"},    {"__pow__", "__rpow__", "__ipow__", "aten::pow"},
    {"__matmul__", "__rmatmul__", "__imatmul__", "aten::matmul"},
    {"__lshift__", "__rlshift__", "__ilshift__", "aten::__lshift__"},
    {"__rshift__", "__rrshift__", "__irshift__", "aten::__rshift__"},
    {"__and__", "__rand__", "__iand__", "aten::__and__"},      {"__xor__", "__rxor__", "__ixor__", "aten::__xor__"},
    {"__or__", "__ror__", "__ior__", "aten::__or__"}};
const OpNames& names(BinaryOp op) { return kNames[static_cast<std::size_t>(op)]; }

bool is_integral(const Value& v) { return v.is_int() || v.is_bool(); }
bool is_real(const Value& v) { return is_integral(v) || v.is_float(); }
double to_double(const Value& v) { return v.is_float() ? v.d() : static_cast<double>(v.i()); }
std::complex<double> to_complex(const Value& v) { return v.is_complex() ? v.c() : std::complex<double>(to_double(v), 0); }

double python_mod(double a, double b) {
  double m = std::fmod(a, b);
  if (m != 0) {
    if ((b < 0) != (m < 0)) m += b;
  } else {
    m = std::copysign(0.0, b);
  }
  return m;
}
double python_floor_div(double a, double b) {
  const double m = std::fmod(a, b);
  double d = (a - m) / b;
  if (m != 0 && (b < 0) != (m < 0)) d -= 1;
  if (d == 0) return std::copysign(0.0, a / b);
  const double f = std::floor(d);
  return d - f > 0.5 ? f + 1 : f;
}

Result<Value> integers(Interp& in, BinaryOp op, std::int64_t a, std::int64_t b) {
  const auto fits = [&](std::optional<std::int64_t> r) -> Result<Value> {
    if (!r) return in.raise("OverflowError", "the integer result does not fit 64 bits");
    return Value(*r);
  };
  switch (op) {
    case BinaryOp::kAdd: return fits(checked_add(a, b));
    case BinaryOp::kSub: {
      std::int64_t r = 0;
      return fits(__builtin_sub_overflow(a, b, &r) ? std::nullopt : std::optional(r));
    }
    case BinaryOp::kMul: {
      std::int64_t r = 0;
      return fits(__builtin_mul_overflow(a, b, &r) ? std::nullopt : std::optional(r));
    }
    case BinaryOp::kDiv:
      if (b == 0) return in.raise("ZeroDivisionError", "division by zero");
      return Value(static_cast<double>(a) / static_cast<double>(b));
    case BinaryOp::kFloorDiv:
    case BinaryOp::kMod: {
      if (b == 0) return in.raise("ZeroDivisionError", "integer division or modulo by zero");
      if (b == -1) return op == BinaryOp::kMod ? Result<Value>(Value(0)) : fits(a == std::numeric_limits<std::int64_t>::min() ? std::nullopt : std::optional(-a));
      std::int64_t q = a / b, r = a % b;
      if (r != 0 && (r < 0) != (b < 0)) {
        --q;
        r += b;
      }
      return Value(op == BinaryOp::kMod ? r : q);
    }
    case BinaryOp::kPow: {
      if (b < 0) {
        if (a == 0) return in.raise("ZeroDivisionError", "0.0 cannot be raised to a negative power");
        return Value(std::pow(static_cast<double>(a), static_cast<double>(b)));
      }
      std::int64_t r = 1, base = a;
      for (std::int64_t n = b; n > 0; n >>= 1) {
        if ((n & 1) && __builtin_mul_overflow(r, base, &r)) return fits(std::nullopt);
        if (n > 1 && __builtin_mul_overflow(base, base, &base)) return fits(std::nullopt);
      }
      return Value(r);
    }
    case BinaryOp::kShiftLeft:
      if (b < 0) return in.raise("ValueError", "negative shift count");
      if (a == 0) return Value(0);
      if (b > 62 || ((a << b) >> b) != a) return fits(std::nullopt);
      return Value(a << b);
    case BinaryOp::kShiftRight:
      if (b < 0) return in.raise("ValueError", "negative shift count");
      return Value(a >> std::min<std::int64_t>(b, 63));
    case BinaryOp::kBitAnd: return Value(a & b);
    case BinaryOp::kBitXor: return Value(a ^ b);
    case BinaryOp::kBitOr: return Value(a | b);
    case BinaryOp::kMatMul: break;
  }
  return in.not_implemented;
}

Result<Value> numbers(Interp& in, BinaryOp op, const Value& a, const Value& b) {
  if (is_integral(a) && is_integral(b)) {
    if (a.is_bool() && b.is_bool() && (op == BinaryOp::kBitAnd || op == BinaryOp::kBitOr || op == BinaryOp::kBitXor)) {
      const bool x = a.b(), y = b.b();
      return Value(op == BinaryOp::kBitAnd ? (x && y) : op == BinaryOp::kBitOr ? (x || y) : x != y);
    }
    return integers(in, op, a.i(), b.i());
  }
  if (is_real(a) && is_real(b)) {
    const double x = to_double(a), y = to_double(b);
    switch (op) {
      case BinaryOp::kAdd: return Value(x + y);
      case BinaryOp::kSub: return Value(x - y);
      case BinaryOp::kMul: return Value(x * y);
      case BinaryOp::kDiv:
        if (y == 0) return in.raise("ZeroDivisionError", "float division by zero");
        return Value(x / y);
      case BinaryOp::kFloorDiv:
        if (y == 0) return in.raise("ZeroDivisionError", "float floor division by zero");
        return Value(python_floor_div(x, y));
      case BinaryOp::kMod:
        if (y == 0) return in.raise("ZeroDivisionError", "float modulo");
        return Value(python_mod(x, y));
      case BinaryOp::kPow:
        if (x == 0 && y < 0) return in.raise("ZeroDivisionError", "0.0 cannot be raised to a negative power");
        if (x < 0 && y != std::floor(y)) return Value(std::pow(std::complex<double>(x, 0), y));
        return Value(std::pow(x, y));
      default: return in.not_implemented;
    }
  }
  const std::complex<double> x = to_complex(a), y = to_complex(b);
  switch (op) {
    case BinaryOp::kAdd: return Value(x + y);
    case BinaryOp::kSub: return Value(x - y);
    case BinaryOp::kMul: return Value(x * y);
    case BinaryOp::kDiv:
      if (y == 0.0) return in.raise("ZeroDivisionError", "complex division by zero");
      return Value(x / y);
    case BinaryOp::kPow: return Value(std::pow(x, y));
    default: return in.not_implemented;
  }
}

Result<Value> repeat(Interp& in, const Value& v, std::int64_t times) {
  const auto n = static_cast<std::uint64_t>(std::max<std::int64_t>(times, 0));
  if (v.is_str()) {
    const std::string& s = v.str();
    if (n != 0 && s.size() > (1ull << 40) / n) return in.charge(~0ull).take_error();
    FACULA_TRY_VOID(in.charge(s.size() * n));
    std::string out;
    out.reserve(s.size() * n);
    for (std::uint64_t i = 0; i < n; ++i) out += s;
    return Value(std::move(out));
  }
  const Seq* s = as<Seq>(v);
  if (n != 0 && s->items.size() > (1ull << 36) / n) return in.charge(~0ull).take_error();
  FACULA_TRY_VOID(in.charge(s->items.size() * n * sizeof(Value)));
  std::vector<Value> out;
  out.reserve(s->items.size() * n);
  const std::vector<Value> items = s->items;
  for (std::uint64_t i = 0; i < n; ++i) out.insert(out.end(), items.begin(), items.end());
  return s->kind == Kind::kList ? in.list(std::move(out)) : in.tuple(std::move(out));
}

Result<Value> sets(Interp& in, BinaryOp op, Dict& a, Dict& b) {
  Ref<Dict> out = in.set();
  out->cls = a.cls;
  const auto keep = [&](Dict& from, Dict& other, bool present) -> Status {
    for (const auto& [k, v] : from.items()) {
      FACULA_TRY(const Value* found, other.find(in, k));
      if ((found != nullptr) == present) FACULA_TRY_VOID(out->set(in, k, Value()));
    }
    return {};
  };
  switch (op) {
    case BinaryOp::kBitAnd: FACULA_TRY_VOID(keep(a, b, true)); break;
    case BinaryOp::kSub: FACULA_TRY_VOID(keep(a, b, false)); break;
    case BinaryOp::kBitXor:
      FACULA_TRY_VOID(keep(a, b, false));
      FACULA_TRY_VOID(keep(b, a, false));
      break;
    case BinaryOp::kBitOr:
      for (Dict* d : {&a, &b})
        for (const auto& [k, v] : d->items()) FACULA_TRY_VOID(out->set(in, k, Value()));
      break;
    default: return in.not_implemented;
  }
  return value_of(out);
}

// The builtin meaning; NotImplemented where there is none.
Result<Value> builtin_binary(Interp& in, BinaryOp op, const Value& a, const Value& b) {
  if (a.is_scalar() && b.is_scalar()) return numbers(in, op, a, b);
  if (a.is_tensor() || b.is_tensor()) {
    const bool fits = (a.is_tensor() || a.is_scalar()) && (b.is_tensor() || b.is_scalar());
    if (!fits) return in.not_implemented;
    if (a.is_scalar() && op != BinaryOp::kPow) {
      Value t = a;
      FACULA_TRY(Tensor like, [&]() -> Result<Tensor> {
        Args args;
        args.pos.push_back(a);
        FACULA_TRY(Value made, in.call_operator("aten::scalar_tensor", args));
        return made.tensor();
      }());
      if (op == BinaryOp::kAdd || op == BinaryOp::kMul) {
        Args args{{b, a}, {}};
        return in.call_operator(names(op).aten, args);
      }
      if (op == BinaryOp::kSub) {
        Args args{{b, a}, {}};
        return in.call_operator("aten::rsub", args);
      }
      if (op == BinaryOp::kDiv) {
        Args args{{b}, {}};
        FACULA_TRY(const Value inverse, in.call_operator("aten::reciprocal", args));
        Args product{{inverse, a}, {}};
        return in.call_operator("aten::mul", product);
      }
      Args args{{Value(like), b}, {}};
      return in.call_operator(names(op).aten, args);
    }
    Args args{{a, b}, {}};
    return in.call_operator(names(op).aten, args);
  }
  if (op == BinaryOp::kMod && a.is_str()) {
    FACULA_TRY(std::string s, in.format_percent(a.str(), b));
    return Value(std::move(s));
  }
  Seq *sa = as<Seq>(a), *sb = as<Seq>(b);
  if (op == BinaryOp::kAdd) {
    if (a.is_str() && b.is_str()) {
      FACULA_TRY_VOID(in.charge(a.str().size() + b.str().size()));
      return Value(a.str() + b.str());
    }
    if (sa && sb && sa->kind == sb->kind) {
      FACULA_TRY_VOID(in.charge((sa->items.size() + sb->items.size()) * sizeof(Value)));
      std::vector<Value> out = sa->items;
      out.insert(out.end(), sb->items.begin(), sb->items.end());
      return sa->kind == Kind::kList ? in.list(std::move(out)) : in.tuple(std::move(out));
    }
  }
  if (op == BinaryOp::kMul) {
    if ((a.is_str() || sa) && is_integral(b)) return repeat(in, a, b.i());
    if ((b.is_str() || sb) && is_integral(a)) return repeat(in, b, a.i());
  }
  Dict *da = as<Dict>(a), *db = as<Dict>(b);
  if (da && db && da->kind == Kind::kSet && db->kind == Kind::kSet) return sets(in, op, *da, *db);
  if (da && db && da->kind == Kind::kDict && db->kind == Kind::kDict && op == BinaryOp::kBitOr) {
    Ref<Dict> out = in.dict();
    for (Dict* d : {da, db})
      for (auto& [k, v] : d->items()) FACULA_TRY_VOID(out->set(in, k, v));
    return value_of(out);
  }
  return in.not_implemented;
}

bool is_type_like(const Value& v) {
  return v.is_none() || as<Class>(v) || as<Inert>(v) || (as<Instance>(v) && as<Instance>(v)->attrs && as<Instance>(v)->attrs->find("__typing__"));
}

}  // namespace

Result<Value> Interp::binary(BinaryOp op, const Value& a, const Value& b) {
  const OpNames& n = names(op);
  Class *ca = type_of(a), *cb = type_of(b);
  // A subclass's reflected method goes first.
  const bool reflected_first = ca != cb && !cb->is_builtin && cb->is_subclass_of(ca) && cb->find(n.reverse);
  if (reflected_first) {
    FACULA_TRY(const auto r, try_special(b, n.reverse, {a}));
    if (r && !r->is_same(not_implemented)) return *r;
  }
  FACULA_TRY(const auto left, try_special(a, n.forward, {b}));
  if (left && !left->is_same(not_implemented)) return *left;
  if (!reflected_first) {
    FACULA_TRY(const auto right, try_special(b, n.reverse, {a}));
    if (right && !right->is_same(not_implemented)) return *right;
  }
  FACULA_TRY(Value v, builtin_binary(*this, op, plain(a), plain(b)));
  if (!v.is_same(not_implemented)) return v;
  // int | None, Tensor | SomeUnknownType
  if (op == BinaryOp::kBitOr && is_type_like(a) && is_type_like(b))
    if (const Ref<Module> typing = find_module("typing"))
      if (const Value* u = typing->attrs->find("Union")) return get_item(*u, tuple({a, b}));
  if (as<Inert>(a) || as<Inert>(b)) {
    const Inert& i = *(as<Inert>(a) ? as<Inert>(a) : as<Inert>(b));
    return raise("ImportError", "`{}` is not available: {}", i.name, i.why);
  }
  if (op == BinaryOp::kAdd && a.is_str()) return raise("TypeError", "can only concatenate str (not \"{}\") to str", cb->name);
  return raise("TypeError", "unsupported operand type(s) for {}: '{}' and '{}'", spelling(op), ca->name, cb->name);
}

Result<Value> Interp::in_place(BinaryOp op, const Value& a, const Value& b) {
  const OpNames& n = names(op);
  FACULA_TRY(const auto own, try_special(a, n.in_place, {b}));
  if (own && !own->is_same(not_implemented)) return *own;
  if (Seq* s = as<Seq>(a); s && s->kind == Kind::kList && op == BinaryOp::kAdd) {
    FACULA_TRY(auto more, gather(b));
    FACULA_TRY_VOID(charge(more.size() * sizeof(Value)));
    for (Value& v : more) s->items.push_back(std::move(v));
    return a;
  }
  if (Dict* d = as<Dict>(a); d && (op == BinaryOp::kBitOr || d->kind == Kind::kSet)) {
    FACULA_TRY(const Value v, binary(op, a, b));
    Dict* r = as<Dict>(v);
    if (!r || r->kind != d->kind) return v;
    const auto items = r->items();
    d->drop();
    for (const auto& [k, item] : items) FACULA_TRY_VOID(d->set(*this, k, item));
    return a;
  }
  if (plain(a).is_tensor()) {
    const std::string name = op == BinaryOp::kFloorDiv ? "aten::floor_divide_" : std::string(n.aten) + "_";
    if (has_operator(name)) {
      Args args{{plain(a), plain(b)}, {}};
      FACULA_TRY_VOID(call_operator(name, args));
      return a;
    }
  }
  return binary(op, a, b);
}

Result<Value> Interp::unary(UnaryOp op, const Value& given) {
  if (op == UnaryOp::kNot) {
    FACULA_TRY(const bool t, truth(given));
    return Value(!t);
  }
  const std::string_view special = op == UnaryOp::kNeg ? "__neg__" : op == UnaryOp::kPos ? "__pos__" : "__invert__";
  FACULA_TRY(const auto own, try_special(given, special, {}));
  if (own) return *own;
  const Value& v = plain(given);
  if (v.is_tensor()) {
    Args args{{v}, {}};
    return call_operator(op == UnaryOp::kNeg ? "aten::neg" : op == UnaryOp::kPos ? "aten::positive" : "aten::bitwise_not", args);
  }
  if (is_integral(v)) {
    if (op == UnaryOp::kPos) return Value(v.i());
    if (op == UnaryOp::kInvert) return Value(~v.i());
    if (v.i() == std::numeric_limits<std::int64_t>::min()) return raise("OverflowError", "the integer result does not fit 64 bits");
    return Value(-v.i());
  }
  if (op != UnaryOp::kInvert) {
    if (v.is_float()) return Value(op == UnaryOp::kNeg ? -v.d() : v.d());
    if (v.is_complex()) return Value(op == UnaryOp::kNeg ? -v.c() : v.c());
  }
  return raise("TypeError", "bad operand type for unary {}: '{}'", spelling(op), type_name(*this, given));
}

}  // namespace fac::interp
