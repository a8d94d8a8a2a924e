// Methods and operators of lists. Lists are shared: what changes one changes it for every holder.
// Longer than most files: one family, a short function and a row for each of its operators.
#include <algorithm>
#include <cstdio>

#include "ops/builtins.h"
#include "ops/method_calls.h"
#include "ops/op.h"
#include "value/print.h"

namespace fac::ops {
namespace {

using Int = std::int64_t;

Value copy_of(const ListBox& l) { return Value(make_ref<ListBox>(l)); }

Result<std::size_t> checked_index(const ListBox& l, Int index) {
  const Int at = from_end(index, l.size());
  FACULA_CHECK_KIND(at >= 0 && at < static_cast<Int>(l.size()), kIndex, "list index out of range");
  return static_cast<std::size_t>(at);
}

// Runs `f` on the vector that holds a list's elements.
template <class F>
auto with_storage(ListBox& l, F&& f) {
  if (l.is_ints()) return f(l.ints());
  if (l.is_floats()) return f(l.floats());
  if (l.is_bools()) return f(l.bools());
  return f(l.values());
}

void append_all(ListBox& to, const ListBox& from) {
  const std::size_t n = from.size();  // `from` may be `to`
  for (std::size_t i = 0; i < n; ++i) to.append(from.get(i));
}

// --- reading ------------------------------------------------------------------------------------------------------------

Result<Int> length(const Value& l) {
  if (l.is_tuple()) return static_cast<Int>(l.tuple().values.size());  // len.any takes tuples
  return static_cast<Int>(l.list().size());
}
Result<Value> item(const Value& l, Int index) {
  FACULA_TRY(const std::size_t at, checked_index(l.list(), index));
  return l.list().get(at);
}
Result<Value> slice(const Value& l, std::optional<Int> start, std::optional<Int> end, Int step) {
  ListBox& from = l.list();
  FACULA_TRY(const SliceRange r, slice_range(static_cast<Int>(from.size()), start, end, step));
  auto out = make_ref<ListBox>(from.element_type());
  for (Int k = 0, i = r.start; k < r.count; ++k, i += r.step) out->append(from.get(static_cast<std::size_t>(i)));
  return Value(std::move(out));
}
Result<Value> copy(const Value& l) { return copy_of(l.list()); }
Result<Value> size_of_ints(const Value& l) { return l; }

// Place of the first element equal to `v`; the size if there is none.
Result<std::size_t> place_of(ListBox& l, const Value& v) {
  for (std::size_t i = 0; i < l.size(); ++i) {
    const Value e = l.get(i);
    if (e.is_tensor() && v.is_tensor()) {
      FACULA_TRY(const int order, compare_single(v.tensor(), e.tensor()));
      if (order == 0) return i;
    } else if (equal(e, v)) {
      return i;
    }
  }
  return l.size();
}
Result<bool> contains(const Value& l, const Value& v) {
  FACULA_TRY(const std::size_t at, place_of(l.list(), v));
  return at != l.list().size();
}
std::string stream_text(double d) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%g", d);
  return buffer;
}
Result<Int> index(const Value& l, const Value& v) {
  FACULA_TRY(const std::size_t at, place_of(l.list(), v));
  // C++ streams' text of a float (six digits) and of a bool stand in this message.
  const std::string text = v.is_bool() ? std::to_string(v.i()) : v.is_float() ? stream_text(v.d()) : value_text(v);
  FACULA_CHECK(at != l.list().size(), "'{}' is not in list", text);
  return static_cast<Int>(at);
}
Result<Int> count(const Value& l, const Value& v) {
  Int n = 0;
  for (std::size_t i = 0; i < l.list().size(); ++i) {
    const Value e = l.list().get(i);
    if (e.is_tensor() && v.is_tensor()) {
      FACULA_TRY(const int order, compare_single(v.tensor(), e.tensor()));
      n += order == 0;
    } else {
      n += equal(e, v);
    }
  }
  return n;
}

// --- changing -----------------------------------------------------------------------------------------------------------

Result<Value> append(const Value& l, const Value& v) {
  l.list().append(v);
  return l;
}
Result<Value> set_item(const Value& l, Int index, const Value& v) {
  FACULA_TRY(const std::size_t at, checked_index(l.list(), index));
  l.list().set(at, v);
  return l;
}
Result<Value> take(const Value& l, Int index, const char* when_empty) {
  FACULA_CHECK_KIND(l.list().size() != 0, kIndex, "{}", when_empty);
  FACULA_TRY(const std::size_t at, checked_index(l.list(), index));
  Value v = l.list().get(at);
  l.list().erase(at);
  return v;
}
Result<Value> pop(const Value& l, Int index) { return take(l, index, "pop from empty list"); }
Status delete_item(const Value& l, Int index) {
  FACULA_TRY_VOID(take(l, index, "pop index out of range"));
  return {};
}
Status insert(const Value& l, Int index, const Value& v) {
  const auto size = static_cast<Int>(l.list().size());
  l.list().insert(static_cast<std::size_t>(std::clamp<Int>(from_end(index, l.list().size()), 0, size)), v);
  return {};
}
Status remove(const Value& l, const Value& v) {
  FACULA_TRY(const std::size_t at, place_of(l.list(), v));
  FACULA_CHECK(at != l.list().size(), "list.remove(x): x not in list");
  l.list().erase(at);
  return {};
}
Status extend(const Value& l, const Value& other) {
  append_all(l.list(), other.list());
  return {};
}
Status clear(const Value& l) {
  l.list().clear();
  return {};
}
Status reverse(const Value& l) {
  with_storage(l.list(), [](auto& v) { std::reverse(v.begin(), v.end()); });
  return {};
}

// --- + and * ------------------------------------------------------------------------------------------------------------

Result<Value> add(const Value& a, const Value& b) {
  Value out = copy_of(a.list());
  append_all(out.list(), b.list());
  return out;
}
Result<Value> add_in_place(const Value& a, const Value& b) {
  append_all(a.list(), b.list());
  return a;
}

constexpr Int kMostElements = Int{1} << 31;  // of a list made by repetition

Status repeat(const ListBox& from, Int times, ListBox& to) {
  const auto size = static_cast<Int>(from.size());
  FACULA_CHECK_KIND(size == 0 || times <= kMostElements / size, kLimit, "a list of {} elements, {} times, is too long", size, times);
  for (Int n = 0; n < times && size != 0; ++n)
    for (std::size_t i = 0; i < static_cast<std::size_t>(size); ++i) to.append(from.get(i));
  return {};
}
Result<Value> times(const Value& l, Int n) {
  auto out = make_ref<ListBox>(l.list().element_type());
  FACULA_TRY_VOID(repeat(l.list(), n, *out));
  return Value(std::move(out));
}
Result<Value> times_left(Int n, const Value& l) { return times(l, n); }
Result<Value> times_in_place(const Value& l, Int n) {
  if (n <= 0) l.list().clear();
  else FACULA_TRY_VOID(repeat(l.list(), n - 1, l.list()));
  return l;
}

// --- order --------------------------------------------------------------------------------------------------------------

// a < b by the class's own comparison.
bool less_object(const Value& a, const Value& b, Status& trouble) {
  Callable* compare = a.object().type().find_method("__lt__");
  const bool fits = compare && compare->schema().arguments.size() == 2 && b.is_object() && &b.object().type() == &a.object().type();
  if (!fits) {
    const std::string name = type_of(a)->annotation();
    trouble = runtime_error("To sort a list of {} it must define a __lt__ method with two inputs of type {} that returns a bool", name, name);
    return false;
  }
  Value args[2] = {a, b};
  Result<Value> result = call_method(*compare, args);
  if (!result.ok()) {
    trouble = result.take_error();
    return false;
  }
  if (!result->is_bool()) trouble = runtime_error("__lt__ of {} must return a bool", type_of(a)->annotation());
  return result->is_bool() && result->b();
}

// a < b as Python orders list elements. `trouble` keeps the first error: a comparison function cannot return one.
bool less(const Value& a, const Value& b, Status& trouble) {
  if (!trouble.ok()) return false;
  if (a.is_tensor() && b.is_tensor()) {
    const Result<int> order = compare_single(a.tensor(), b.tensor());
    if (order.ok()) return *order < 0;
    trouble = make_error(ErrorKind::kRuntime, order.error().message);
    return false;
  }
  if (a.is_str() && b.is_str()) return a.str() < b.str();
  if (a.is_object()) return less_object(a, b, trouble);
  if (a.is_tuple() && b.is_tuple()) {
    if (!same(type_of(a), type_of(b))) {
      trouble = runtime_error("Only values of same type can be compared. Found {} and {}", type_of(a)->annotation(), type_of(b)->annotation());
      return false;
    }
    const auto &x = a.tuple().values, &y = b.tuple().values;
    for (std::size_t i = 0; i < std::min(x.size(), y.size()); ++i) {
      if (less(x[i], y[i], trouble)) return true;
      if (less(y[i], x[i], trouble)) return false;
    }
    return x.size() < y.size();
  }
  if (a.is_scalar() && b.is_scalar() && !a.is_complex() && !b.is_complex()) {
    if (!a.is_float() && !b.is_float()) return a.i() < b.i();
    return (a.is_float() ? a.d() : static_cast<double>(a.i())) < (b.is_float() ? b.d() : static_cast<double>(b.i()));
  }
  if (!same(type_of(a), type_of(b))) {
    trouble = runtime_error("Only values of same type can be compared. Found {} and {}", type_of(a)->annotation(), type_of(b)->annotation());
    return false;
  }
  trouble = runtime_error(
      "Only list of Tensors, ints, floats, bools, strs, a User Defined Class that defines the __lt__ compare method or "
      "Tuples of aforementioned types can be sorted, got list of {}",
      type_of(a)->annotation());
  return false;
}

bool is_sortable(const TypePtr& t) {
  switch (t->kind()) {
    case TypeKind::kInt:
    case TypeKind::kFloat:
    case TypeKind::kBool:
    case TypeKind::kStr:
    case TypeKind::kTensor:
    case TypeKind::kAny:
    case TypeKind::kClass: return true;
    case TypeKind::kTuple: return std::all_of(t->elements().begin(), t->elements().end(), is_sortable);
    default: return false;
  }
}

// A merge sort stays within its range whatever the comparison says (NaN, a failed one); std::sort would not.
void merge_sort(std::vector<Value>& v, bool descending, Status& trouble) {
  const auto before = [&](const Value& a, const Value& b) { return descending ? less(b, a, trouble) : less(a, b, trouble); };
  std::vector<Value> from = std::move(v), to(from.size());
  for (std::size_t width = 1; width < from.size(); width *= 2) {
    for (std::size_t low = 0; low < from.size(); low += 2 * width) {
      std::size_t a = low, b = std::min(low + width, from.size());
      const std::size_t middle = b, high = std::min(low + 2 * width, from.size());
      for (std::size_t k = low; k < high; ++k) {
        const bool second = a == middle || (b < high && before(from[b], from[a]));
        to[k] = std::move(from[second ? b++ : a++]);
      }
    }
    std::swap(from, to);
  }
  v = std::move(from);
}

Status sort(const Value& l, bool descending) {
  ListBox& list = l.list();
  const auto plain = [descending](auto& v) {
    if (descending) std::stable_sort(v.begin(), v.end(), [](auto a, auto b) { return a > b; });
    else std::stable_sort(v.begin(), v.end());
  };
  if (list.is_ints()) {
    plain(list.ints());
    return {};
  }
  if (list.is_bools()) {
    plain(list.bools());
    return {};
  }
  const TypePtr element = list.element_type();
  FACULA_CHECK(element->kind() != TypeKind::kTuple || is_sortable(element),
               "Contained elements in {} are not sortable. Only Int, Bool, Float, String, Tensor, a User Defined Class with __lt__ "
               "method defined or Tuples of aforementioned types can be sorted.", element->str());
  Status trouble;
  std::vector<Value> values = list.to_values();
  merge_sort(values, descending, trouble);
  if (!trouble.ok()) return trouble;
  FACULA_CHECK(list.size() == values.size(), "list modified during sort");  // by a __lt__
  for (std::size_t i = 0; i < values.size(); ++i) list.set(i, std::move(values[i]));
  return {};
}
Result<Value> sorted(const Value& l) {
  Value out = copy_of(l.list());
  FACULA_TRY_VOID(sort(out, false));
  return out;
}

// --- sums, any, all -----------------------------------------------------------------------------------------------------

Result<Int> sum_int(Ints l) {
  std::uint64_t sum = 0;
  for (const Int i : l) sum += static_cast<std::uint64_t>(i);
  return static_cast<Int>(sum);
}
Result<double> sum_float(Floats l) {
  double sum = 0;
  for (const double d : l) sum += d;
  return sum;
}
Result<std::complex<double>> sum_complex(const Value& l) {
  std::complex<double> sum = 0;
  for (const auto& c : l.list().values()) sum += c.c();
  return sum;
}
Result<Int> sum_bool(const Value& l) {
  return static_cast<Int>(std::count_if(l.list().bools().begin(), l.list().bools().end(), [](auto b) { return b != 0; }));
}
bool truth(const Value& v) {
  if (v.is_str()) return !v.str().empty();
  return v.is_float() ? v.d() != 0 : v.i() != 0;
}
Result<bool> any(const Value& l) {
  for (std::size_t i = 0; i < l.list().size(); ++i)
    if (truth(l.list().get(i))) return true;
  return false;
}
Result<bool> all(const Value& l) {
  for (std::size_t i = 0; i < l.list().size(); ++i)
    if (!truth(l.list().get(i))) return false;
  return true;
}

// --- range --------------------------------------------------------------------------------------------------------------

Result<Int> range_length(Int low, Int high, Int step) {
  FACULA_CHECK(step != 0, "range() arg 3 must not be zero");
  // Differences are taken unsigned: they may exceed the signed range.
  const auto gap = [](Int a, Int b) { return static_cast<std::uint64_t>(b) - static_cast<std::uint64_t>(a) - 1; };
  if (step > 0 && low < high) return static_cast<Int>(1 + gap(low, high) / static_cast<std::uint64_t>(step));
  if (step < 0 && high < low) return static_cast<Int>(1 + gap(high, low) / (0 - static_cast<std::uint64_t>(step)));
  return Int{0};
}
Result<Int> derive_index(Int index, Int start, Int step) {
  return static_cast<Int>(static_cast<std::uint64_t>(start) + static_cast<std::uint64_t>(index) * static_cast<std::uint64_t>(step));
}
Result<Value> range_list(Int n) {
  FACULA_CHECK_KIND(n <= kMostElements, kLimit, "a list of {} elements is too long", n);
  auto out = make_ref<ListBox>(types::int_());
  for (Int i = 0; i < n; ++i) out->ints().push_back(i);
  return Value(std::move(out));
}

constexpr Op kList[] = {
    row<length>("aten::len.t(t[] a) -> int"),
    row<length>("aten::len.any(Any[] a) -> int"),
    row<item>("aten::__getitem__.t(t[](a) list, int idx) -> t(*)"),
    row<item>("aten::select.t(t[](a) list, int idx) -> t(*)"),
    row<slice>("aten::slice.t(t[] l, int? start=None, int? end=None, int step=1) -> t[]"),
    row<copy>("aten::copy.t(t[](a) self) -> t[]"),
    row<copy>("aten::list.t(t[] l) -> t[]"),
    row<size_of_ints>("aten::Size(int[] sizes) -> int[]"),
    row<contains>("aten::__contains__.int_list(int[] l, int item) -> bool"),
    row<contains>("aten::__contains__.str_list(str[] l, str item) -> bool"),
    row<contains>("aten::__contains__.float_list(float[] l, float item) -> bool"),
    row<index>("aten::index.list_int(int[] self, int el) -> int"),
    row<index>("aten::index.list_float(float[] self, float el) -> int"),
    row<index>("aten::index.list_bool(bool[] self, bool el) -> int"),
    row<index>("aten::index.list_Tensor(Tensor[] self, Tensor el) -> int"),
    row<index>("aten::index.list_str(str[] self, str el) -> int"),
    row<count>("aten::count.int(int[] self, int el) -> int"),
    row<count>("aten::count.float(float[] self, float el) -> int"),
    row<count>("aten::count.bool(bool[] self, bool el) -> int"),
    row<count>("aten::count.Tensor(Tensor[] self, Tensor el) -> int"),
    row<count>("aten::count.str(str[] self, str el) -> int"),
    row<append>("aten::append.t(t[](a!) self, t(c -> *) el) -> t[](a!)"),
    row<set_item>("aten::_set_item.t(t[](a!) l, int idx, t(b -> *) el) -> t[](a!)"),
    row<pop>("aten::pop.t(t[](a!) self, int idx=-1) -> t(*)"),
    row<delete_item>("aten::Delete.t(t[](a!) self, int idx) -> ()"),
    row<insert>("aten::insert.t(t[](a!) self, int idx, t(b -> *) el) -> ()"),
    row<remove>("aten::remove.int(int[](a!) self, int el) -> ()"),
    row<remove>("aten::remove.float(float[](a!) self, float el) -> ()"),
    row<remove>("aten::remove.bool(bool[](a!) self, bool el) -> ()"),
    row<remove>("aten::remove.Tensor(Tensor[](a!) self, Tensor el) -> ()"),
    row<remove>("aten::remove.str(str[](a!) self, str el) -> ()"),
    row<extend>("aten::extend.t(t[](a!) self, t[] other) -> ()"),
    row<clear>("aten::clear.t(t[](a!) self) -> ()"),
    row<reverse>("aten::reverse.t(t[](a!) self) -> ()"),
    row<add>("aten::add.t(t[] a, t[] b) -> t[]"),
    row<add_in_place>("aten::add_.t(t[](a!) self, t[] b) -> t[]"),
    row<times>("aten::mul.left_t(t[] l, int n) -> t[]"),
    row<times_left>("aten::mul.right_(int n, t[] l) -> t[]"),
    row<times_in_place>("aten::mul_.t(t[](a!) l, int n) -> t[](a!)"),
    row<sort>("aten::sort.int(int[](a!) self, bool reverse=False) -> ()"),
    row<sort>("aten::sort.float(float[](a!) self, bool reverse=False) -> ()"),
    row<sort>("aten::sort.Tensor(Tensor[](a!) self, bool reverse=False) -> ()"),
    row<sort>("aten::sort.bool(bool[](a!) self, bool reverse=False) -> ()"),
    row<sort>("aten::sort.str(str[](a!) self, bool reverse=False) -> ()"),
    row<sort>("aten::sort.any(t[](a!) self, bool reverse=False) -> ()"),
    row<sorted>("aten::sorted.int(int[](a) input) -> int[]"),
    row<sorted>("aten::sorted.float(float[](a) input) -> float[]"),
    row<sorted>("aten::sorted.Tensor(Tensor[](a) input) -> Tensor[]"),
    row<sorted>("aten::sorted.bool(bool[](a) input) -> bool[]"),
    row<sorted>("aten::sorted.str(str[](a) input) -> str[]"),
    row<sorted>("aten::sorted.any(t[](a) self) -> t[]"),
    row<sum_int>("aten::sum.int(int[] self) -> int"),
    row<sum_float>("aten::sum.float(float[] self) -> float"),
    row<sum_complex>("aten::sum.complex(complex[] self) -> complex"),
    row<sum_bool>("aten::sum.bool(bool[] self) -> int"),
    row<any>("aten::any.str(str[] self) -> bool"),
    row<any>("aten::any.int(int[] self) -> bool"),
    row<any>("aten::any.float(float[] self) -> bool"),
    row<any>("aten::any.bool(bool[] self) -> bool"),
    row<all>("aten::all.int(int[] self) -> bool"),
    row<all>("aten::all.float(float[] self) -> bool"),
    row<all>("aten::all.bool(bool[] self) -> bool"),
    row<range_length>("aten::__range_length(int lo, int hi, int step) -> int"),
    row<derive_index>("aten::__derive_index(int index, int start, int step) -> int"),
    row<range_list>("prim::rangelist(int n) -> int[]"),
};

}  // namespace

}  // namespace fac::ops

namespace fac {
FACULA_FAMILY(builtins_list, ops::kList)
}
