// Comparisons and logic of Python numbers, strings, lists, enums and devices; min and max.
#include <algorithm>
#include <functional>

#include "ops/builtins.h"
#include "ops/op.h"

namespace fac::ops {
namespace {

using Int = std::int64_t;
using Complex = std::complex<double>;

// Compare is std::equal_to<> and its like; int with float is compared as floats, as libtorch does.
template <class Compare, class A, class B>
Result<bool> compare(A a, B b) {
  if constexpr (std::is_same_v<A, B>) return Compare()(a, b);
  else if constexpr (std::is_same_v<A, Complex> || std::is_same_v<B, Complex>) return Compare()(Complex(a), Complex(b));
  else return Compare()(static_cast<double>(a), static_cast<double>(b));
}

template <class Compare>
Result<bool> compare_scalars(const Scalar& a, const Scalar& b) {
  if constexpr (requires { Compare()(Complex(), Complex()); }) {
    if (a.is_complex() || b.is_complex()) return Compare()(a.to_complex(), b.to_complex());
  }
  FACULA_TRY_VOID(real_numbers(a, b));
  if (a.is_float() || b.is_float()) return Compare()(a.to_double(), b.to_double());
  return Compare()(a.to_int(), b.to_int());
}

// Whole values; `Equal` is false for `!=`.
template <bool Equal>
Result<bool> same_values(const Value& a, const Value& b) {
  return equal(a, b) == Equal;
}
template <bool Equal>
Result<bool> same_tensor_lists(const TensorList a, const TensorList b) {
  if (a.size() != b.size()) return !Equal;
  for (std::size_t i = 0; i < a.size(); ++i) {
    FACULA_TRY(const int order, compare_single(a[i], b[i]));
    if (order != 0) return !Equal;
  }
  return Equal;
}
Result<bool> is(const Value& a, const Value& b) { return a.is_same(b); }
Result<bool> is_not(const Value& a, const Value& b) { return !a.is_same(b); }
Result<bool> logical_not(bool a) { return !a; }
Result<bool> logical_and(bool a, bool b) { return a && b; }
Result<bool> logical_or(bool a, bool b) { return a || b; }
Result<bool> logical_xor(bool a, bool b) { return a != b; }

// --- min and max --------------------------------------------------------------------------------------------------------

template <bool Max, class A, class B>
auto extreme(A a, B b) -> Result<std::conditional_t<std::is_same_v<A, B>, A, double>> {
  using T = std::conditional_t<std::is_same_v<A, B>, A, double>;
  const T x = static_cast<T>(a), y = static_cast<T>(b);
  return Max ? (x > y ? x : y) : (x < y ? x : y);
}
template <bool Max>
Result<Scalar> extreme_scalars(const Scalar& a, const Scalar& b) {
  if (a.is_float() || b.is_float()) return Scalar(*extreme<Max>(a.to_double(), b.to_double()));
  return Scalar(*extreme<Max>(a.to_int(), b.to_int()));
}

template <class Items>
std::size_t extreme_place(const Items& items, bool max) {
  std::size_t best = 0;
  for (std::size_t i = 1; i < items.size(); ++i)
    if (max ? items[i] > items[best] : items[i] < items[best]) best = i;
  return best;
}
template <bool Max>
Status not_empty(std::size_t size) {
  FACULA_CHECK(size != 0, "{}() arg is an empty sequence", Max ? "max" : "min");
  return {};
}
template <bool Max>
Result<Int> extreme_int(Ints l) {
  FACULA_TRY_VOID(not_empty<Max>(l.size()));
  return l[extreme_place(l, Max)];
}
template <bool Max>
Result<double> extreme_float(Floats l) {
  FACULA_TRY_VOID(not_empty<Max>(l.size()));
  return l[extreme_place(l, Max)];
}
template <bool Max>
Result<bool> extreme_bool(const Value& v) {
  const auto& l = v.list().bools();
  FACULA_TRY_VOID(not_empty<Max>(l.size()));
  return l[extreme_place(l, Max)] != 0;
}
// The lexicographically greater (lesser) of two lists; the list itself, not a copy. Equal lists give the second.
template <bool Max>
Result<Value> extreme_list(const Value& l, const Value& r) {
  ListBox &a = l.list(), &b = r.list();
  const auto before = [](auto& x, auto& y) {
    return std::lexicographical_compare(x.begin(), x.end(), y.begin(), y.end());
  };
  ListBox &low = Max ? b : a, &high = Max ? a : b;
  const bool first = a.is_ints()     ? before(low.ints(), high.ints())
                     : a.is_floats() ? before(low.floats(), high.floats())
                                     : before(low.bools(), high.bools());
  return first ? l : r;
}

constexpr Op kCompare[] = {
    row<same_values<true>>("aten::eq.int_list(int[] a, int[] b) -> bool"),
    row<same_values<true>>("aten::eq.device(Device a, Device b) -> bool"),
    row<compare<std::equal_to<>, bool, bool>>("aten::eq.bool(bool a, bool b) -> bool"),
    row<same_values<true>>("aten::eq.enum(AnyEnumType a, AnyEnumType b) -> bool"),
    row<compare<std::equal_to<>, Int, Int>>("aten::eq.int(int a, int b) -> bool"),
    row<compare<std::equal_to<>, Complex, Complex>>("aten::eq.complex(complex a, complex b) -> bool"),
    row<compare<std::equal_to<>, double, double>>("aten::eq.float(float a, float b) -> bool"),
    row<compare<std::equal_to<>, Int, double>>("aten::eq.int_float(int a, float b) -> bool"),
    row<compare<std::equal_to<>, double, Int>>("aten::eq.float_int(float a, int b) -> bool"),
    row<compare<std::equal_to<>, double, Complex>>("aten::eq.float_complex(float a, complex b) -> bool"),
    row<compare<std::equal_to<>, Complex, double>>("aten::eq.complex_float(complex a, float b) -> bool"),
    row<compare_scalars<std::equal_to<>>>("aten::eq(Scalar a, Scalar b) -> bool"),
    row<compare<std::equal_to<>, std::string_view, std::string_view>>("aten::eq.str(str a, str b) -> bool"),
    row<same_values<true>>("aten::eq.float_list(float[] a, float[] b) -> bool"),
    row<same_tensor_lists<true>>("aten::eq.Tensor_list(Tensor[] a, Tensor[] b) -> bool"),
    row<same_values<true>>("aten::eq.bool_list(bool[] a, bool[] b) -> bool"),
    row<same_values<true>>("aten::eq.str_list(str[] a, str[] b) -> bool"),
    row<same_values<false>>("aten::ne.int_list(int[] a, int[] b) -> bool"),
    row<same_values<false>>("aten::ne.device(Device a, Device b) -> bool"),
    row<compare<std::not_equal_to<>, bool, bool>>("aten::ne.bool(bool a, bool b) -> bool"),
    row<same_values<false>>("aten::ne.enum(AnyEnumType a, AnyEnumType b) -> bool"),
    row<compare<std::not_equal_to<>, Int, Int>>("aten::ne.int(int a, int b) -> bool"),
    row<compare<std::not_equal_to<>, Complex, Complex>>("aten::ne.complex(complex a, complex b) -> bool"),
    row<compare<std::not_equal_to<>, double, double>>("aten::ne.float(float a, float b) -> bool"),
    row<compare<std::not_equal_to<>, Int, double>>("aten::ne.int_float(int a, float b) -> bool"),
    row<compare<std::not_equal_to<>, double, Int>>("aten::ne.float_int(float a, int b) -> bool"),
    row<compare<std::not_equal_to<>, double, Complex>>("aten::ne.float_complex(float a, complex b) -> bool"),
    row<compare<std::not_equal_to<>, Complex, double>>("aten::ne.complex_float(complex a, float b) -> bool"),
    row<compare_scalars<std::not_equal_to<>>>("aten::ne(Scalar a, Scalar b) -> bool"),
    row<compare<std::not_equal_to<>, std::string_view, std::string_view>>("aten::ne.str(str a, str b) -> bool"),
    row<same_values<false>>("aten::ne.float_list(float[] a, float[] b) -> bool"),
    row<same_tensor_lists<false>>("aten::ne.Tensor_list(Tensor[] a, Tensor[] b) -> bool"),
    row<same_values<false>>("aten::ne.bool_list(bool[] a, bool[] b) -> bool"),
    row<same_values<false>>("aten::ne.str_list(str[] a, str[] b) -> bool"),
    row<compare<std::less<>, Int, Int>>("aten::lt.int(int a, int b) -> bool"),
    row<compare<std::less<>, double, double>>("aten::lt.float(float a, float b) -> bool"),
    row<compare<std::less<>, Int, double>>("aten::lt.int_float(int a, float b) -> bool"),
    row<compare<std::less<>, double, Int>>("aten::lt.float_int(float a, int b) -> bool"),
    row<compare_scalars<std::less<>>>("aten::lt(Scalar a, Scalar b) -> bool"),
    row<compare<std::less<>, std::string_view, std::string_view>>("aten::lt.str(str a, str b) -> bool"),
    row<compare<std::greater<>, Int, Int>>("aten::gt.int(int a, int b) -> bool"),
    row<compare<std::greater<>, double, double>>("aten::gt.float(float a, float b) -> bool"),
    row<compare<std::greater<>, Int, double>>("aten::gt.int_float(int a, float b) -> bool"),
    row<compare<std::greater<>, double, Int>>("aten::gt.float_int(float a, int b) -> bool"),
    row<compare_scalars<std::greater<>>>("aten::gt(Scalar a, Scalar b) -> bool"),
    row<compare<std::greater<>, std::string_view, std::string_view>>("aten::gt.str(str a, str b) -> bool"),
    row<compare<std::less_equal<>, Int, Int>>("aten::le.int(int a, int b) -> bool"),
    row<compare<std::less_equal<>, double, double>>("aten::le.float(float a, float b) -> bool"),
    row<compare<std::less_equal<>, Int, double>>("aten::le.int_float(int a, float b) -> bool"),
    row<compare<std::less_equal<>, double, Int>>("aten::le.float_int(float a, int b) -> bool"),
    row<compare_scalars<std::less_equal<>>>("aten::le(Scalar a, Scalar b) -> bool"),
    row<compare<std::less_equal<>, std::string_view, std::string_view>>("aten::le.str(str a, str b) -> bool"),
    row<compare<std::greater_equal<>, Int, Int>>("aten::ge.int(int a, int b) -> bool"),
    row<compare<std::greater_equal<>, double, double>>("aten::ge.float(float a, float b) -> bool"),
    row<compare<std::greater_equal<>, Int, double>>("aten::ge.int_float(int a, float b) -> bool"),
    row<compare<std::greater_equal<>, double, Int>>("aten::ge.float_int(float a, int b) -> bool"),
    row<compare_scalars<std::greater_equal<>>>("aten::ge(Scalar a, Scalar b) -> bool"),
    row<compare<std::greater_equal<>, std::string_view, std::string_view>>("aten::ge.str(str a, str b) -> bool"),
    row<extreme<true, Int, Int>>("prim::max.int(int a, int b) -> int"),
    row<extreme<true, double, double>>("prim::max.float(float a, float b) -> float"),
    row<extreme<true, Int, double>>("prim::max.int_float(int a, float b) -> float"),
    row<extreme<true, double, Int>>("prim::max.float_int(float a, int b) -> float"),
    row<extreme_scalars<true>>("prim::max(Scalar a, Scalar b) -> Scalar"),
    row<extreme_list<true>>("prim::max.int_list(int[] l, int[] r) -> int[]"),
    row<extreme_int<true>>("prim::max.self_int(int[] self) -> int"),
    row<extreme_list<true>>("prim::max.float_list(float[] l, float[] r) -> float[]"),
    row<extreme_float<true>>("prim::max.self_float(float[] self) -> float"),
    row<extreme_list<true>>("prim::max.bool_list(bool[] l, bool[] r) -> bool[]"),
    row<extreme_bool<true>>("prim::max.self_bool(bool[] self) -> bool"),
    row<extreme<false, Int, Int>>("prim::min.int(int a, int b) -> int"),
    row<extreme<false, double, double>>("prim::min.float(float a, float b) -> float"),
    row<extreme<false, Int, double>>("prim::min.int_float(int a, float b) -> float"),
    row<extreme<false, double, Int>>("prim::min.float_int(float a, int b) -> float"),
    row<extreme_scalars<false>>("prim::min(Scalar a, Scalar b) -> Scalar"),
    row<extreme_list<false>>("prim::min.int_list(int[] l, int[] r) -> int[]"),
    row<extreme_int<false>>("prim::min.self_int(int[] self) -> int"),
    row<extreme_list<false>>("prim::min.float_list(float[] l, float[] r) -> float[]"),
    row<extreme_float<false>>("prim::min.self_float(float[] self) -> float"),
    row<extreme_list<false>>("prim::min.bool_list(bool[] l, bool[] r) -> bool[]"),
    row<extreme_bool<false>>("prim::min.self_bool(bool[] self) -> bool"),
    row<is>("aten::__is__(t1 self, t2 obj) -> bool"),
    row<is_not>("aten::__isnot__(t1 self, t2 obj) -> bool"),
    row<logical_not>("aten::__not__(bool self) -> bool"),
    row<logical_and>("aten::__and__.bool(bool a, bool b) -> bool"),
    row<logical_or>("aten::__or__.bool(bool a, bool b) -> bool"),
    row<logical_xor>("aten::__xor__.bool(bool a, bool b) -> bool"),
};

}  // namespace

}  // namespace fac::ops

namespace fac {
FACULA_FAMILY(builtins_compare, ops::kCompare)
}
