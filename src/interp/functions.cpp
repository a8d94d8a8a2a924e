// The builtin functions.
// Longer than most files: a short function and a row for each builtin.
#include <cmath>

#include "interp/install.h"
#include "interp/number_text.h"
#include "interp/utf8.h"
#include "ops/host.h"

namespace fac::interp {

Status sort_values(Interp& in, std::vector<Value>& items, const Value* key, bool reverse);

namespace {

using R = Result<Value>;

R print(Interp& in, Args& a) {
  std::string sep = " ", end = "\n";
  if (const Value* v = arg(a, ~0u, "sep"); v && v->is_str()) sep = v->str();
  if (const Value* v = arg(a, ~0u, "end"); v && v->is_str()) end = v->str();
  std::string line;
  for (std::size_t i = 0; i < a.pos.size(); ++i) {
    FACULA_TRY(const std::string s, in.text(a.pos[i]));
    line += (i ? sep : "") + s;
  }
  line += end;
  FACULA_TRY_VOID(in.charge(line.size()));
  if (host().print) host().print(line);
  return Value();
}

R get_attribute(Interp& in, Args& a) {
  FACULA_TRY_VOID(expect_count(in, a, 2, 3, "getattr"));
  FACULA_TRY(const std::string name, text_arg(in, a, 1, "getattr"));
  if (a.pos.size() == 2) return in.get_attr(a.pos[0], name);
  FACULA_TRY(const auto found, in.find_attr(a.pos[0], name));
  return found ? *found : a.pos[2];
}

// min and max: of the arguments or of one iterable.
R extreme(Interp& in, Args& a, bool largest) {
  FACULA_TRY_VOID(expect_count(in, a, 1, ~0u, largest ? "max" : "min"));
  std::vector<Value> items = a.pos;
  if (items.size() == 1) {
    FACULA_TRY(items, in.gather(a.pos[0]));
  }
  const Value* key = arg(a, ~0u, "key");
  if (items.empty()) {
    if (const Value* d = arg(a, ~0u, "default")) return *d;
    return in.raise("ValueError", "{}() arg is an empty sequence", largest ? "max" : "min");
  }
  Value best = items[0], best_key = items[0];
  if (key) {
    FACULA_TRY(best_key, in.call(*key, std::vector<Value>{best}));
  }
  for (std::size_t i = 1; i < items.size(); ++i) {
    Value k = items[i];
    if (key) {
      FACULA_TRY(k, in.call(*key, std::vector<Value>{items[i]}));
    }
    FACULA_TRY(const bool better, largest ? in.less(best_key, k) : in.less(k, best_key));
    if (better) {
      best = items[i];
      best_key = std::move(k);
    }
  }
  return best;
}

R absolute(Interp& in, Args& a) {
  FACULA_TRY_VOID(expect_count(in, a, 1, 1, "abs"));
  FACULA_TRY(const auto own, in.try_special(a.pos[0], "__abs__", {}));
  if (own) return *own;
  const Value& v = in.plain(a.pos[0]);
  if (v.is_int() || v.is_bool()) {
    if (v.i() == std::numeric_limits<std::int64_t>::min()) return in.raise("OverflowError", "the integer result does not fit 64 bits");
    return Value(v.i() < 0 ? -v.i() : v.i());
  }
  if (v.is_float()) return Value(std::fabs(v.d()));
  if (v.is_complex()) return Value(std::abs(v.c()));
  if (v.is_tensor()) return in.call_operator("aten::abs", a);
  return in.raise("TypeError", "bad operand type for abs(): '{}'", type_name(in, a.pos[0]));
}

R round_number(Interp& in, Args& a) {
  FACULA_TRY_VOID(expect_count(in, a, 1, 2, "round"));
  const Value& v = in.plain(a.pos[0]);
  const Value* n = arg(a, 1, "ndigits");
  if (v.is_tensor()) return in.call_operator("aten::round", a);
  if (!n || n->is_none()) {
    if (v.is_int() || v.is_bool()) return Value(v.i());
    if (!v.is_float()) return in.raise("TypeError", "type {} doesn't define __round__ method", type_name(in, v));
    const double r = std::nearbyint(v.d());
    if (!(std::fabs(r) < 9.2e18)) return in.raise("OverflowError", "cannot convert the float to a 64-bit integer");
    return Value(static_cast<std::int64_t>(r));
  }
  FACULA_TRY(const std::int64_t digits, in.index(*n));
  if (v.is_float()) {
    if (digits > 308 || !std::isfinite(v.d())) return v;
    if (digits < -308) return Value(0.0);
    if (digits < 0) {
      const double p = std::pow(10.0, static_cast<double>(-digits));
      return Value(std::nearbyint(v.d() / p) * p);
    }
    char buffer[700];  // correctly rounded decimal text, as CPython does it
    std::snprintf(buffer, sizeof buffer, "%.*f", static_cast<int>(digits), v.d());
    return Value(std::strtod(buffer, nullptr));
  }
  if (v.is_int() && digits >= 0) return v;
  if (v.is_int()) {
    const double p = std::pow(10.0, static_cast<double>(-digits));
    return Value(static_cast<std::int64_t>(std::nearbyint(static_cast<double>(v.i()) / p) * p));
  }
  return in.raise("TypeError", "type {} doesn't define __round__ method", type_name(in, v));
}

R sum(Interp& in, Args& a) {
  FACULA_TRY_VOID(expect_count(in, a, 1, 2, "sum"));
  FACULA_TRY(const auto items, in.gather(a.pos[0]));
  const Value* start = arg(a, 1, "start");
  Value total = start ? *start : Value(0);
  for (const Value& v : items) {
    FACULA_TRY(total, in.binary(script::BinaryOp::kAdd, total, v));
  }
  return total;
}

R any_or_all(Interp& in, Args& a, bool any) {
  FACULA_TRY_VOID(expect_count(in, a, 1, 1, any ? "any" : "all"));
  FACULA_TRY(const Value it, in.iterate(a.pos[0]));
  Value v;
  while (true) {
    FACULA_TRY(const bool more, in.next(it, v));
    if (!more) return Value(!any);
    FACULA_TRY(const bool t, in.truth(v));
    if (t == any) return Value(any);
  }
}

// --- lazy iterators ----------------------------------------------------------------------------------------------------

Result<bool> step_enumerate(Interp& in, Iter& it, Value& out) {
  Value v;
  FACULA_TRY(const bool more, in.next(it.held[0], v));
  if (more) out = in.tuple({Value(it.at++), std::move(v)});
  return more;
}
Result<bool> step_zip(Interp& in, Iter& it, Value& out) {
  std::vector<Value> row;
  if (it.held.empty()) return false;
  for (std::size_t i = 0; i < it.held.size(); ++i) {
    Value v;
    FACULA_TRY(const bool more, in.next(Value(it.held[i]), v));
    if (!more) return false;
    row.push_back(std::move(v));
  }
  out = in.tuple(std::move(row));
  return true;
}
Result<bool> step_map(Interp& in, Iter& it, Value& out) {
  std::vector<Value> row;
  for (std::size_t i = 1; i < it.held.size(); ++i) {
    Value v;
    FACULA_TRY(const bool more, in.next(Value(it.held[i]), v));
    if (!more) return false;
    row.push_back(std::move(v));
  }
  FACULA_TRY(out, in.call(Value(it.held[0]), std::move(row)));
  return true;
}
Result<bool> step_filter(Interp& in, Iter& it, Value& out) {
  while (true) {
    FACULA_TRY(const bool more, in.next(it.held[1], out));
    if (!more) return false;
    Value kept = out;
    if (!it.held[0].is_none()) {
      FACULA_TRY(kept, in.call(it.held[0], std::vector<Value>{out}));
    }
    FACULA_TRY(const bool t, in.truth(kept));
    if (t) return true;
  }
}
Result<bool> step_reversed(Interp& in, Iter& it, Value& out) {
  if (it.at <= 0) return false;
  FACULA_TRY(out, in.get_item(it.held[0], Value(--it.at)));
  return true;
}

R iterator_over(Interp& in, Iter::Step step, const Args& a, std::size_t first) {
  std::vector<Value> held(a.pos.begin(), a.pos.begin() + static_cast<std::ptrdiff_t>(first));
  for (std::size_t i = first; i < a.pos.size(); ++i) {
    FACULA_TRY(Value it, in.iterate(a.pos[i]));
    held.push_back(std::move(it));
  }
  return in.iterator(step, std::move(held));
}

R reversed(Interp& in, Args& a) {
  FACULA_TRY_VOID(expect_count(in, a, 1, 1, "reversed"));
  FACULA_TRY(auto own, in.try_special(a.pos[0], "__reversed__", {}));
  if (own) return *own;
  Value source = a.pos[0];
  if (as<Dict>(in.plain(source))) {
    FACULA_TRY(auto keys, in.gather(source));
    source = in.list(std::move(keys));
  }
  FACULA_TRY(const std::int64_t n, in.length(source));
  Value it = in.iterator(step_reversed, {source});
  as<Iter>(it)->at = n;
  return it;
}

R next_of(Interp& in, Args& a) {
  FACULA_TRY_VOID(expect_count(in, a, 1, 2, "next"));
  Value v;
  FACULA_TRY(const bool more, in.next(a.pos[0], v));
  if (more) return v;
  if (a.pos.size() > 1) return a.pos[1];
  return in.raise("StopIteration", "");
}

constexpr MethodRow kFunctions[] = {
    {"print", print},
    {"len", [](Interp& in, Args& a) -> R {
       FACULA_TRY_VOID(expect_count(in, a, 1, 1, "len"));
       FACULA_TRY(const std::int64_t n, in.length(a.pos[0]));
       return Value(n);
     }},
    {"repr", [](Interp& in, Args& a) -> R {
       FACULA_TRY_VOID(expect_count(in, a, 1, 1, "repr"));
       FACULA_TRY(std::string s, in.repr(a.pos[0]));
       return Value(std::move(s));
     }},
    {"ascii", [](Interp& in, Args& a) -> R {
       FACULA_TRY_VOID(expect_count(in, a, 1, 1, "ascii"));
       FACULA_TRY(std::string s, in.repr(a.pos[0]));
       return Value(std::move(s));
     }},
    {"getattr", get_attribute},
    {"setattr", [](Interp& in, Args& a) -> R {
       FACULA_TRY_VOID(expect_count(in, a, 3, 3, "setattr"));
       FACULA_TRY(const std::string name, text_arg(in, a, 1, "setattr"));
       FACULA_TRY_VOID(in.set_attr(a.pos[0], name, a.pos[2]));
       return Value();
     }},
    {"hasattr", [](Interp& in, Args& a) -> R {
       FACULA_TRY_VOID(expect_count(in, a, 2, 2, "hasattr"));
       FACULA_TRY(const std::string name, text_arg(in, a, 1, "hasattr"));
       FACULA_TRY(const auto found, in.find_attr(a.pos[0], name));
       return Value(found.has_value());
     }},
    {"delattr", [](Interp& in, Args& a) -> R {
       FACULA_TRY_VOID(expect_count(in, a, 2, 2, "delattr"));
       FACULA_TRY(const std::string name, text_arg(in, a, 1, "delattr"));
       FACULA_TRY_VOID(in.delete_attr(a.pos[0], name));
       return Value();
     }},
    {"isinstance", [](Interp& in, Args& a) -> R {
       FACULA_TRY_VOID(expect_count(in, a, 2, 2, "isinstance"));
       FACULA_TRY(const bool yes, in.is_instance_of(a.pos[0], a.pos[1]));
       return Value(yes);
     }},
    {"issubclass", [](Interp& in, Args& a) -> R {
       FACULA_TRY_VOID(expect_count(in, a, 2, 2, "issubclass"));
       if (!as<Class>(a.pos[0])) return in.raise("TypeError", "issubclass() arg 1 must be a class");
       FACULA_TRY(const bool yes, in.is_subclass_of(as<Class>(a.pos[0]), a.pos[1]));
       return Value(yes);
     }},
    {"callable", [](Interp& in, Args& a) -> R {
       FACULA_TRY_VOID(expect_count(in, a, 1, 1, "callable"));
       const Obj* o = object(a.pos[0]);
       const bool own = o && (o->kind == Kind::kFunction || o->kind == Kind::kNative || o->kind == Kind::kMethod || o->kind == Kind::kClass);
       return Value(own || in.type_of(a.pos[0])->find("__call__") != nullptr);
     }},
    {"id", [](Interp& in, Args& a) -> R {
       FACULA_TRY_VOID(expect_count(in, a, 1, 1, "id"));
       return Value(a.pos[0].is_ref() ? static_cast<std::int64_t>(reinterpret_cast<std::intptr_t>(a.pos[0].box_ptr())) : a.pos[0].is_none() ? 0 : a.pos[0].i());
     }},
    {"hash", [](Interp& in, Args& a) -> R {
       FACULA_TRY_VOID(expect_count(in, a, 1, 1, "hash"));
       FACULA_TRY(const std::uint64_t h, in.hash_of(a.pos[0]));
       return Value(static_cast<std::int64_t>(h));
     }},
    {"min", [](Interp& in, Args& a) -> R { return extreme(in, a, false); }},
    {"max", [](Interp& in, Args& a) -> R { return extreme(in, a, true); }},
    {"abs", absolute},
    {"round", round_number},
    {"sum", sum},
    {"any", [](Interp& in, Args& a) -> R { return any_or_all(in, a, true); }},
    {"all", [](Interp& in, Args& a) -> R { return any_or_all(in, a, false); }},
    {"pow", [](Interp& in, Args& a) -> R {
       FACULA_TRY_VOID(expect_count(in, a, 2, 3, "pow"));
       FACULA_TRY(Value v, in.binary(script::BinaryOp::kPow, a.pos[0], a.pos[1]));
       if (a.pos.size() == 3) return in.binary(script::BinaryOp::kMod, v, a.pos[2]);
       return v;
     }},
    {"divmod", [](Interp& in, Args& a) -> R {
       FACULA_TRY_VOID(expect_count(in, a, 2, 2, "divmod"));
       FACULA_TRY(Value q, in.binary(script::BinaryOp::kFloorDiv, a.pos[0], a.pos[1]));
       FACULA_TRY(Value r, in.binary(script::BinaryOp::kMod, a.pos[0], a.pos[1]));
       return in.tuple({std::move(q), std::move(r)});
     }},
    {"iter", [](Interp& in, Args& a) -> R {
       FACULA_TRY_VOID(expect_count(in, a, 1, 1, "iter"));
       return in.iterate(a.pos[0]);
     }},
    {"next", next_of},
    {"enumerate", [](Interp& in, Args& a) -> R {
       FACULA_TRY_VOID(expect_count(in, a, 1, 2, "enumerate"));
       FACULA_TRY(Value source, in.iterate(a.pos[0]));
       Value it = in.iterator(step_enumerate, {std::move(source)});
       if (const Value* start = arg(a, 1, "start")) {
         FACULA_TRY(as<Iter>(it)->at, in.index(*start));
       }
       return it;
     }},
    {"zip", [](Interp& in, Args& a) -> R { return iterator_over(in, step_zip, a, 0); }},
    {"map", [](Interp& in, Args& a) -> R {
       FACULA_TRY_VOID(expect_count(in, a, 2, ~0u, "map"));
       return iterator_over(in, step_map, a, 1);
     }},
    {"filter", [](Interp& in, Args& a) -> R {
       FACULA_TRY_VOID(expect_count(in, a, 2, 2, "filter"));
       return iterator_over(in, step_filter, a, 1);
     }},
    {"reversed", reversed},
    {"sorted", [](Interp& in, Args& a) -> R {
       FACULA_TRY_VOID(expect_count(in, a, 1, 1, "sorted"));
       FACULA_TRY(auto items, in.gather(a.pos[0]));
       bool reverse = false;
       if (const Value* r = arg(a, ~0u, "reverse")) {
         FACULA_TRY(reverse, in.truth(*r));
       }
       FACULA_TRY_VOID(sort_values(in, items, arg(a, ~0u, "key"), reverse));
       return in.list(std::move(items));
     }},
    {"format", [](Interp& in, Args& a) -> R {
       FACULA_TRY_VOID(expect_count(in, a, 1, 2, "format"));
       std::string spec;
       if (a.pos.size() > 1) {
         FACULA_TRY(spec, text_arg(in, a, 1, "format"));
       }
       FACULA_TRY(std::string s, in.format(a.pos[0], spec));
       return Value(std::move(s));
     }},
    {"chr", [](Interp& in, Args& a) -> R {
       FACULA_TRY_VOID(expect_count(in, a, 1, 1, "chr"));
       FACULA_TRY(const std::int64_t i, in.index(a.pos[0]));
       if (i < 0 || i > 0x10FFFF) return in.raise("ValueError", "chr() arg not in range(0x110000)");
       return Value(encode_point(static_cast<std::uint32_t>(i)));
     }},
    {"ord", [](Interp& in, Args& a) -> R {
       FACULA_TRY(const std::string s, text_arg(in, a, 0, "ord"));
       if (count_points(s) != 1) return in.raise("TypeError", "ord() expected a character");
       return Value(static_cast<std::int64_t>(decode_point(s)));
     }},
    {"hex", [](Interp& in, Args& a) -> R {
       FACULA_TRY_VOID(expect_count(in, a, 1, 1, "hex"));
       FACULA_TRY(std::string s, in.format(a.pos[0], "#x"));
       return Value(std::move(s));
     }},
    {"bin", [](Interp& in, Args& a) -> R {
       FACULA_TRY_VOID(expect_count(in, a, 1, 1, "bin"));
       FACULA_TRY(std::string s, in.format(a.pos[0], "#b"));
       return Value(std::move(s));
     }},
    {"oct", [](Interp& in, Args& a) -> R {
       FACULA_TRY_VOID(expect_count(in, a, 1, 1, "oct"));
       FACULA_TRY(std::string s, in.format(a.pos[0], "#o"));
       return Value(std::move(s));
     }},
    {"vars", [](Interp& in, Args& a) -> R {
       FACULA_TRY_VOID(expect_count(in, a, 1, 1, "vars"));
       return in.get_attr(a.pos[0], "__dict__");
     }},
    {"dir", [](Interp& in, Args& a) -> R {
       FACULA_TRY_VOID(expect_count(in, a, 1, 1, "dir"));
       Ref<Dict> names = in.set();
       const auto add = [&](Dict& d) -> Status {
         for (const auto& [k, v] : d.items()) FACULA_TRY_VOID(names->set(in, k, Value()));
         return {};
       };
       if (const Obj* o = object(a.pos[0]); o && o->attrs) FACULA_TRY_VOID(add(*o->attrs));
       const Class* c = as<Class>(a.pos[0]) ? as<Class>(a.pos[0]) : in.type_of(a.pos[0]);
       for (const auto& b : c->mro) FACULA_TRY_VOID(add(*b->members));
       FACULA_TRY(auto all, in.gather(value_of(names)));
       FACULA_TRY_VOID(sort_values(in, all, nullptr, false));
       return in.list(std::move(all));
     }},
    {"open", [](Interp& in, Args&) -> R { return in.raise("OSError", "files are out of reach while a model is compiled"); }},
    {"eval", [](Interp& in, Args&) -> R { return in.raise("NotImplementedError", "eval() is not available here"); }},
    {"exec", [](Interp& in, Args&) -> R { return in.raise("NotImplementedError", "exec() is not available here"); }},
    {"input", [](Interp& in, Args&) -> R { return in.raise("OSError", "input is out of reach while a model is compiled"); }},
    {"__import__", [](Interp& in, Args& a) -> R {
       FACULA_TRY(const std::string name, text_arg(in, a, 0, "__import__"));
       return in.import_module(name, nullptr);
     }},
};

// --- math --------------------------------------------------------------------------------------------------------------

Result<double> number(Interp& in, const Args& a, std::size_t i) {
  if (i >= a.pos.size()) return in.raise("TypeError", "a number is missing");
  const Value& v = in.plain(a.pos[i]);
  if (v.is_float()) return v.d();
  if (v.is_int() || v.is_bool()) return static_cast<double>(v.i());
  if (v.is_tensor() && v.tensor_impl()->numel == 1) {
    Args item{{v}, {}};
    FACULA_TRY(const Value n, in.call_operator("aten::item", item));
    if (n.is_float()) return n.d();
    if (n.is_int()) return static_cast<double>(n.i());
  }
  return in.raise("TypeError", "must be real number, not {}", type_name(in, v));
}
using Real = double (*)(double);
template <Real F>
R real(Interp& in, Args& a) {
  FACULA_TRY(const double x, number(in, a, 0));
  const double y = F(x);
  if (std::isnan(y) && !std::isnan(x)) return in.raise("ValueError", "math domain error");
  if (std::isinf(y) && std::isfinite(x)) {
    if (x == 0 || x == 1 || x == -1) return in.raise("ValueError", "math domain error");
    return in.raise("OverflowError", "math range error");
  }
  return Value(y);
}
template <Real F>
R whole(Interp& in, Args& a) {
  FACULA_TRY_VOID(expect_count(in, a, 1, 1, "floor"));
  const Value& v = in.plain(a.pos[0]);
  if (v.is_int() || v.is_bool()) return Value(v.i());
  FACULA_TRY(const double x, number(in, a, 0));
  const double y = F(x);
  if (!(std::fabs(y) < 9.2e18)) return in.raise("OverflowError", "cannot convert the float to a 64-bit integer");
  return Value(static_cast<std::int64_t>(y));
}
template <class F>
R binary_real(Interp& in, Args& a, F f) {
  FACULA_TRY(const double x, number(in, a, 0));
  FACULA_TRY(const double y, number(in, a, 1));
  return Value(f(x, y));
}

constexpr MethodRow kMath[] = {
    {"sqrt", real<std::sqrt>}, {"exp", real<std::exp>}, {"expm1", real<std::expm1>}, {"log2", real<std::log2>},
    {"log10", real<std::log10>}, {"log1p", real<std::log1p>}, {"sin", real<std::sin>}, {"cos", real<std::cos>},
    {"tan", real<std::tan>}, {"asin", real<std::asin>}, {"acos", real<std::acos>}, {"atan", real<std::atan>},
    {"sinh", real<std::sinh>}, {"cosh", real<std::cosh>}, {"tanh", real<std::tanh>}, {"fabs", real<std::fabs>},
    {"erf", real<std::erf>}, {"erfc", real<std::erfc>}, {"gamma", real<std::tgamma>}, {"lgamma", real<std::lgamma>},
    {"floor", whole<std::floor>}, {"ceil", whole<std::ceil>}, {"trunc", whole<std::trunc>},
    {"log", [](Interp& in, Args& a) -> R {
       FACULA_TRY(const double x, number(in, a, 0));
       if (x <= 0) return in.raise("ValueError", "math domain error");
       if (a.pos.size() < 2) return Value(std::log(x));
       FACULA_TRY(const double base, number(in, a, 1));
       if (base <= 0) return in.raise("ValueError", "math domain error");
       if (base == 1) return in.raise("ZeroDivisionError", "float division by zero");
       return Value(std::log(x) / std::log(base));
     }},
    {"pow", [](Interp& in, Args& a) -> R { return binary_real(in, a, [](double x, double y) { return std::pow(x, y); }); }},
    {"atan2", [](Interp& in, Args& a) -> R { return binary_real(in, a, [](double x, double y) { return std::atan2(x, y); }); }},
    {"fmod", [](Interp& in, Args& a) -> R { return binary_real(in, a, [](double x, double y) { return std::fmod(x, y); }); }},
    {"copysign", [](Interp& in, Args& a) -> R { return binary_real(in, a, [](double x, double y) { return std::copysign(x, y); }); }},
    {"hypot", [](Interp& in, Args& a) -> R { return binary_real(in, a, [](double x, double y) { return std::hypot(x, y); }); }},
    {"isnan", [](Interp& in, Args& a) -> R {
       FACULA_TRY(const double x, number(in, a, 0));
       return Value(std::isnan(x));
     }},
    {"isinf", [](Interp& in, Args& a) -> R {
       FACULA_TRY(const double x, number(in, a, 0));
       return Value(std::isinf(x));
     }},
    {"isfinite", [](Interp& in, Args& a) -> R {
       FACULA_TRY(const double x, number(in, a, 0));
       return Value(std::isfinite(x));
     }},
    {"isclose", [](Interp& in, Args& a) -> R {
       return binary_real(in, a, [](double x, double y) { return x == y || std::fabs(x - y) <= 1e-9 * std::max(std::fabs(x), std::fabs(y)); });
     }},
    {"degrees", [](Interp& in, Args& a) -> R {
       FACULA_TRY(const double x, number(in, a, 0));
       return Value(x * (180.0 / 3.141592653589793));
     }},
    {"radians", [](Interp& in, Args& a) -> R {
       FACULA_TRY(const double x, number(in, a, 0));
       return Value(x * (3.141592653589793 / 180.0));
     }},
    {"factorial", [](Interp& in, Args& a) -> R {
       FACULA_TRY_VOID(expect_count(in, a, 1, 1, "factorial"));
       FACULA_TRY(const std::int64_t n, in.index(a.pos[0]));
       if (n < 0) return in.raise("ValueError", "factorial() not defined for negative values");
       if (n > 20) return in.raise("OverflowError", "the integer result does not fit 64 bits");
       std::int64_t r = 1;
       for (std::int64_t i = 2; i <= n; ++i) r *= i;
       return Value(r);
     }},
    {"gcd", [](Interp& in, Args& a) -> R {
       std::uint64_t g = 0;
       for (const Value& v : a.pos) {
         FACULA_TRY(const std::int64_t n, in.index(v));
         std::uint64_t b = n < 0 ? 0 - static_cast<std::uint64_t>(n) : static_cast<std::uint64_t>(n);
         while (b) {
           const std::uint64_t r = g % b;
           g = b;
           b = r;
         }
       }
       return Value(static_cast<std::int64_t>(g));
     }},
    {"isqrt", [](Interp& in, Args& a) -> R {
       FACULA_TRY_VOID(expect_count(in, a, 1, 1, "isqrt"));
       FACULA_TRY(const std::int64_t n, in.index(a.pos[0]));
       if (n < 0) return in.raise("ValueError", "isqrt() argument must be nonnegative");
       auto r = static_cast<std::int64_t>(std::sqrt(static_cast<double>(n)));
       while (r > 0 && r > n / r) --r;
       while ((r + 1) <= n / (r + 1)) ++r;
       return Value(r);
     }},
    {"prod", [](Interp& in, Args& a) -> R {
       FACULA_TRY_VOID(expect_count(in, a, 1, 1, "prod"));
       FACULA_TRY(const auto items, in.gather(a.pos[0]));
       const Value* start = arg(a, ~0u, "start");
       Value total = start ? *start : Value(1);
       for (const Value& v : items) {
         FACULA_TRY(total, in.binary(script::BinaryOp::kMul, total, v));
       }
       return total;
     }},
};

}  // namespace

void install_functions(Interp& in) { Installer(in).functions(*in.builtins(), kFunctions); }

void install_math(Interp& in) {
  const Ref<Module> m = in.new_module("math");
  Installer(in).functions(*m, kMath);
  m->attrs->set("pi", Value(3.141592653589793));
  m->attrs->set("e", Value(2.718281828459045));
  m->attrs->set("tau", Value(6.283185307179586));
  m->attrs->set("inf", Value(std::numeric_limits<double>::infinity()));
  m->attrs->set("nan", Value(std::numeric_limits<double>::quiet_NaN()));
}

}  // namespace fac::interp
