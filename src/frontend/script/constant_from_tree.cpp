#include "frontend/script/constant_from_tree.h"

#include <cmath>
#include <limits>

#include "frontend/script/types_from_tree.h"

namespace fac::script {
namespace {

struct Named {
  std::string_view name;
  std::int64_t value;
};
constexpr Named kTorchInts[] = {
    {"strided", 0}, {"sparse_coo", 1}, {"sparse_csr", 2}, {"_mkldnn", 3},
    {"contiguous_format", 0}, {"legacy_contiguous_format", 0}, {"preserve_format", 1}, {"channels_last", 2}, {"channels_last_3d", 3},
    {"per_tensor_affine", 0}, {"per_channel_affine", 1}, {"per_tensor_symmetric", 2}, {"per_channel_symmetric", 3},
    {"per_channel_affine_float_qparams", 4},
};

// A number as the type wants it; nullopt where it does not fit.
std::optional<Value> fit(Value v, const TypePtr& type) {
  if (!type) return v;
  switch (type->kind()) {
    case TypeKind::kFloat:
      if (v.is_int()) return Value(static_cast<double>(v.i()));
      break;
    case TypeKind::kComplex:
      if (v.is_int()) return Value(std::complex<double>(static_cast<double>(v.i()), 0));
      if (v.is_float()) return Value(std::complex<double>(v.d(), 0));
      break;
    case TypeKind::kOptional:
      if (!v.is_none()) return fit(std::move(v), type->element());
      return v;
    default: break;
  }
  if (!value_matches(v, *type)) return std::nullopt;
  return v;
}

// a op b as Python computes it on ints and floats; nullopt for what is no number, overflows or divides by zero.
std::optional<Value> arithmetic(BinaryOp op, const Value& a, const Value& b) {
  if (a.is_str() && b.is_str() && op == BinaryOp::kAdd) return Value(a.str() + b.str());
  if (!(a.is_int() || a.is_float()) || !(b.is_int() || b.is_float())) return std::nullopt;
  if (a.is_int() && b.is_int() && op != BinaryOp::kDiv) {
    const std::int64_t x = a.i(), y = b.i();
    std::int64_t out = 0;
    switch (op) {
      case BinaryOp::kAdd: return __builtin_add_overflow(x, y, &out) ? std::nullopt : std::optional(Value(out));
      case BinaryOp::kSub: return __builtin_sub_overflow(x, y, &out) ? std::nullopt : std::optional(Value(out));
      case BinaryOp::kMul: return __builtin_mul_overflow(x, y, &out) ? std::nullopt : std::optional(Value(out));
      case BinaryOp::kFloorDiv:
      case BinaryOp::kMod: {
        if (y == 0 || y == -1) return std::nullopt;
        const std::int64_t q = x / y - ((x % y != 0 && (x % y < 0) != (y < 0)) ? 1 : 0);
        return Value(op == BinaryOp::kFloorDiv ? q : x - q * y);
      }
      case BinaryOp::kPow: {
        if (y < 0 || y > 63) return std::nullopt;
        out = 1;
        for (std::int64_t i = 0; i < y; ++i)
          if (__builtin_mul_overflow(out, x, &out)) return std::nullopt;
        return Value(out);
      }
      case BinaryOp::kShiftLeft:
        if (y < 0 || y > 62 || x < 0 || x > (std::numeric_limits<std::int64_t>::max() >> y)) return std::nullopt;
        return Value(x << y);
      case BinaryOp::kShiftRight: return y < 0 || y > 63 ? std::nullopt : std::optional(Value(x >> y));
      case BinaryOp::kBitAnd: return Value(x & y);
      case BinaryOp::kBitOr: return Value(x | y);
      case BinaryOp::kBitXor: return Value(x ^ y);
      default: return std::nullopt;
    }
  }
  const double x = a.is_int() ? static_cast<double>(a.i()) : a.d(), y = b.is_int() ? static_cast<double>(b.i()) : b.d();
  switch (op) {
    case BinaryOp::kAdd: return Value(x + y);
    case BinaryOp::kSub: return Value(x - y);
    case BinaryOp::kMul: return Value(x * y);
    case BinaryOp::kDiv: return y == 0 ? std::nullopt : std::optional(Value(x / y));
    case BinaryOp::kPow: return x < 0 || (x == 0 && y < 0) ? std::nullopt : std::optional(Value(std::pow(x, y)));
    default: return std::nullopt;
  }
}

TypePtr element_type_of(const std::vector<Value>& items) {
  if (items.empty()) return types::tensor();
  TypePtr t = type_of(items[0]);
  for (const Value& v : items)
    if (t) t = unify(t, type_of(v), true);
  return t ? t : types::any();
}

}  // namespace

std::optional<std::int64_t> torch_int_constant(std::string_view name) {
  if (const auto t = dtype_from_python(name)) return static_cast<std::int64_t>(*t);
  for (const auto& n : kTorchInts)
    if (n.name == name) return n.value;
  return std::nullopt;
}

std::optional<Value> constant_of(const Expr& e, const TypePtr& type, const ConstantNames& names) {
  if (names)
    if (auto v = names(e)) return fit(std::move(*v), type);
  const TypePtr inner = type && optional_element(type) ? optional_element(type) : type;
  const auto element = [&](TypeKind kind, std::size_t i) -> TypePtr {
    return inner && inner->kind() == kind && i < inner->elements().size() ? inner->element(i) : nullptr;
  };
  switch (e.kind) {
    case ExprKind::kNoneLit: return fit(Value(), type);
    case ExprKind::kBoolLit: return fit(Value(e.as<BoolLit>().value), type);
    case ExprKind::kIntLit: return fit(Value(e.as<IntLit>().value), type);
    case ExprKind::kFloatLit: return fit(Value(e.as<FloatLit>().value), type);
    case ExprKind::kImagLit: return fit(Value(std::complex<double>(0, e.as<ImagLit>().value)), type);
    case ExprKind::kStringLit: return fit(Value(e.as<StringLit>().value), type);
    case ExprKind::kUnary: {
      const auto& u = e.as<Unary>();
      auto v = constant_of(*u.operand, nullptr, names);
      if (!v) return std::nullopt;
      if (u.op == UnaryOp::kNeg) {
        if (v->is_int()) return fit(Value(static_cast<std::int64_t>(0 - static_cast<std::uint64_t>(v->i()))), type);
        if (v->is_float()) return fit(Value(-v->d()), type);
        if (v->is_complex()) return fit(Value(-v->c()), type);
      }
      if (u.op == UnaryOp::kNot && v->is_bool()) return fit(Value(!v->b()), type);
      return std::nullopt;
    }
    case ExprKind::kBinary: {  // complex literals: 1.+2.j
      const auto& b = e.as<Binary>();
      auto l = constant_of(*b.left, nullptr, names), r = constant_of(*b.right, nullptr, names);
      if (!l || !r) return std::nullopt;
      if (auto v = arithmetic(b.op, *l, *r)) return fit(std::move(*v), type);
      if (!l->is_scalar() || !r->is_complex()) return std::nullopt;
      const std::complex<double> left = l->is_complex() ? l->c() : std::complex<double>(l->is_float() ? l->d() : static_cast<double>(l->i()), 0);
      if (b.op == BinaryOp::kAdd) return fit(Value(left + r->c()), type);
      if (b.op == BinaryOp::kSub) return fit(Value(left - r->c()), type);
      return std::nullopt;
    }
    case ExprKind::kTuple: {
      std::vector<Value> items;
      const auto& t = e.as<Tuple>();
      for (std::size_t i = 0; i < t.items.size(); ++i) {
        auto v = constant_of(*t.items[i], element(TypeKind::kTuple, i), names);
        if (!v) return std::nullopt;
        items.push_back(std::move(*v));
      }
      if (inner && inner->kind() == TypeKind::kList) {  // `int[2] x=(1, 1)`
        auto list = make_ref<ListBox>(inner->element());
        for (Value& v : items) list->append(std::move(v));
        return fit(Value(std::move(list)), type);
      }
      return fit(Value(make_ref<TupleBox>(std::move(items))), type);
    }
    case ExprKind::kList: {
      std::vector<Value> items;
      for (const Expr* item : e.as<List>().items) {
        auto v = constant_of(*item, element(TypeKind::kList, 0), names);
        if (!v) return std::nullopt;
        items.push_back(std::move(*v));
      }
      const TypePtr et = element(TypeKind::kList, 0);
      auto list = make_ref<ListBox>(et ? et : element_type_of(items));
      for (Value& v : items) list->append(std::move(v));
      return fit(Value(std::move(list)), type);
    }
    case ExprKind::kDict: {
      const TypePtr kt = element(TypeKind::kDict, 0), vt = element(TypeKind::kDict, 1);
      std::vector<Value> keys, values;
      for (const auto& item : e.as<Dict>().items) {
        if (!item.key) return std::nullopt;
        auto k = constant_of(*item.key, kt, names), v = constant_of(*item.value, vt, names);
        if (!k || !v) return std::nullopt;
        keys.push_back(std::move(*k));
        values.push_back(std::move(*v));
      }
      auto dict = make_ref<DictBox>(kt ? kt : keys.empty() ? types::str() : element_type_of(keys), vt ? vt : element_type_of(values));
      for (std::size_t i = 0; i < keys.size(); ++i) dict->set(std::move(keys[i]), std::move(values[i]));
      return fit(Value(std::move(dict)), type);
    }
    case ExprKind::kCall: {
      const auto& c = e.as<Call>();
      const std::string name = dotted_name(*c.callee);
      if (c.args.size() == 1 && c.args[0].kind == ArgKind::kPositional) {
        auto v = constant_of(*c.args[0].value, nullptr, names);
        if (v && v->is_str() && name == "torch.device")
          if (const auto d = device_from_text(v->str())) return fit(Value(*d), type);
        if (v && v->is_str() && name == "float") {
          const std::string& s = v->str();
          if (s == "inf" || s == "infinity") return fit(Value(std::numeric_limits<double>::infinity()), type);
          if (s == "-inf") return fit(Value(-std::numeric_limits<double>::infinity()), type);
          if (s == "nan") return fit(Value(std::numeric_limits<double>::quiet_NaN()), type);
        }
      }
      if (c.args.size() == 2 && name == "annotate") return constant_of(*c.args[1].value, type, names);
      return std::nullopt;
    }
    case ExprKind::kAttribute: {
      const auto& a = e.as<Attribute>();
      if (dotted_name(*a.object) == "torch")
        if (const auto i = torch_int_constant(a.name.str())) return fit(Value(*i), type);
      return std::nullopt;
    }
    case ExprKind::kName: {
      const std::string_view n = e.as<Name>().name.str();
      if (n == "inf") return fit(Value(std::numeric_limits<double>::infinity()), type);
      if (n == "nan") return fit(Value(std::numeric_limits<double>::quiet_NaN()), type);
      return std::nullopt;
    }
    default: return std::nullopt;
  }
}

}  // namespace fac::script
