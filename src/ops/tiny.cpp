// Short paths of operators for tensors of a few elements. Longer than most files: one table of short functions.
#include "ops/tiny_element.h"

#include <charconv>
#include <cstring>
#include <typeinfo>
#include <unordered_map>

namespace fac::ops {
namespace {

constexpr std::int64_t kMost = 128;  // elements
constexpr std::int64_t kMostCopied = 1 << 12;

const TensorImpl* tiny(const Value& v) {
  if (!v.is_tensor()) return nullptr;
  const TensorImpl* t = v.tensor_impl();
  return t->contiguous && t->numel <= kMost && t->numel > 0 ? t : nullptr;
}
template <class T>
T* data_of(const TensorImpl& t) {
  return static_cast<T*>(t.storage->data()) + t.offset;
}
bool same(const Dims& a, const Dims& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(std::int64_t)) == 0;
}
bool is_one(const Value& v) { return v.is_int() ? v.i() == 1 : v.is_float() && v.d() == 1; }

// A fresh dense tensor of t's sizes and dtype; null: no memory, which the operator itself reports.
Ref<TensorImpl> fresh(const TensorImpl& t, std::size_t element) {
  auto storage = allocate_storage(static_cast<std::size_t>(t.numel) * element);
  if (!storage.ok()) return nullptr;
  auto r = make_ref<TensorImpl>();
  r->storage = std::move(*storage);
  r->numel = t.numel;
  r->sizes = t.sizes;
  std::int64_t step = 1;
  r->strides.resize(t.sizes.size());
  for (std::size_t i = t.sizes.size(); i-- > 0;) {
    r->strides[i] = step;
    step *= t.sizes[i];
  }
  r->dtype = t.dtype;
  return r;
}
// Whether nobody else can see the tensor or its memory, which is our own: then a result may be written into it.
bool is_lone(const TensorImpl& t) {
  static const std::type_info& small = []() -> const std::type_info& {
    const auto sample = allocate_storage(1);
    const Storage& s = **sample;
    return typeid(s);
  }();
  if (t.use_count() != 1 || t.storage->use_count() != 1 || t.is_parameter || t.requires_grad) return false;
  const Storage& s = *t.storage;
  return typeid(s) == small;
}
void put(Value& result, Ref<TensorImpl> r) { result = Value(Tensor(std::move(r))); }

struct Add {
  template <class T>
  static T of(T a, T b) {
    if constexpr (std::is_integral_v<T>) return static_cast<T>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
    else return a + b;
  }
};
struct Sub {
  template <class T>
  static T of(T a, T b) {
    if constexpr (std::is_integral_v<T>) return static_cast<T>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
    else return a - b;
  }
};
struct Mul {
  template <class T>
  static T of(T a, T b) {
    if constexpr (std::is_integral_v<T>) return static_cast<T>(static_cast<std::uint64_t>(a) * static_cast<std::uint64_t>(b));
    else return a * b;
  }
};
struct Div {
  template <class T>
  static T of(T a, T b) {
    return a / b;
  }
};

// One of the two may be a single element (step 0), the result has n.
template <class T, class F>
void apply(T* out, const T* a, std::int64_t step_a, const T* b, std::int64_t step_b, std::int64_t n) {
  if (step_a && step_b) {
    for (std::int64_t i = 0; i < n; ++i) out[i] = F::of(a[i], b[i]);
  } else if (step_a) {
    const T y = *b;
    for (std::int64_t i = 0; i < n; ++i) out[i] = F::of(a[i], y);
  } else {
    const T x = *a;
    for (std::int64_t i = 0; i < n; ++i) out[i] = F::of(x, b[i]);
  }
}

template <class T, class F>
bool two_tensors(Value* const* args, const TensorImpl& a, const TensorImpl& b, unsigned last, Value& result) {
  // Of one shape, or one of them a single element of no higher rank.
  const bool equal = same(a.sizes, b.sizes);
  const TensorImpl* shape = equal || (b.numel == 1 && b.sizes.size() <= a.sizes.size()) ? &a
                            : a.numel == 1 && a.sizes.size() <= b.sizes.size()          ? &b
                                                                                        : nullptr;
  if (!shape) return false;
  if ((last & 1) && shape == &a && is_lone(a)) {
    apply<T, F>(data_of<T>(a), data_of<T>(a), 1, data_of<T>(b), equal, a.numel);
    result = std::move(*args[0]);
    return true;
  }
  auto r = fresh(*shape, sizeof(T));
  if (!r) return false;
  apply<T, F>(data_of<T>(*r), data_of<T>(a), equal || shape == &a, data_of<T>(b), equal || shape == &b, shape->numel);
  put(result, std::move(r));
  return true;
}

template <class F, bool alpha>
bool tensor_tensor(Value* const* args, [[maybe_unused]] unsigned last, Value& result) {
  const TensorImpl *a = tiny(*args[0]), *b = tiny(*args[1]);
  if (!a || !b || a->dtype != b->dtype || (alpha && !is_one(*args[2]))) return false;
  switch (a->dtype) {
    case DType::kFloat: return two_tensors<float, F>(args, *a, *b, last, result);
    case DType::kDouble: return two_tensors<double, F>(args, *a, *b, last, result);
    case DType::kInt64:
      if constexpr (!std::is_same_v<F, Div>) return !(alpha && !args[2]->is_int()) && two_tensors<std::int64_t, F>(args, *a, *b, last, result);
      return false;
    default: return false;
  }
}

template <class T, class F>
bool one_tensor(Value* const* args, const TensorImpl& a, T number, unsigned last, Value& result) {
  if ((last & 1) && is_lone(a)) {
    apply<T, F>(data_of<T>(a), data_of<T>(a), 1, &number, 0, a.numel);
    result = std::move(*args[0]);
    return true;
  }
  auto r = fresh(a, sizeof(T));
  if (!r) return false;
  apply<T, F>(data_of<T>(*r), data_of<T>(a), 1, &number, 0, a.numel);
  put(result, std::move(r));
  return true;
}
template <class F, bool alpha>
bool tensor_number(Value* const* args, [[maybe_unused]] unsigned last, Value& result) {
  const TensorImpl* a = tiny(*args[0]);
  const Value& y = *args[1];
  if (!a || !(y.is_int() || y.is_float()) || (alpha && !is_one(*args[2]))) return false;
  const double number = y.is_int() ? static_cast<double>(y.i()) : y.d();
  switch (a->dtype) {
    case DType::kFloat: return one_tensor<float, F>(args, *a, static_cast<float>(number), last, result);
    case DType::kDouble: return one_tensor<double, F>(args, *a, number, last, result);
    case DType::kInt64:
      if constexpr (!std::is_same_v<F, Div>)
        return y.is_int() && !(alpha && !args[2]->is_int()) && one_tensor<std::int64_t, F>(args, *a, y.i(), last, result);
      return false;
    default: return false;
  }
}

// In place: the other operand must not share the memory, unless it is the very same tensor.
template <class F, bool alpha>
bool in_place_tensor(Value* const* args, [[maybe_unused]] unsigned last, Value& result) {
  const TensorImpl *a = tiny(*args[0]), *b = tiny(*args[1]);
  if (!a || !b || a->dtype != b->dtype || (alpha && !is_one(*args[2]))) return false;
  if (a != b && a->storage == b->storage) return false;
  const bool equal = same(a->sizes, b->sizes);
  if (!equal && !(b->numel == 1 && b->sizes.size() <= a->sizes.size())) return false;
  switch (a->dtype) {
    case DType::kFloat:
      apply<float, F>(data_of<float>(*a), data_of<float>(*a), 1, data_of<float>(*b), equal, a->numel);
      break;
    case DType::kDouble:
      apply<double, F>(data_of<double>(*a), data_of<double>(*a), 1, data_of<double>(*b), equal, a->numel);
      break;
    default: return false;
  }
  a->storage->bump_version();
  result = *args[0];
  return true;
}
template <class F, bool alpha>
bool in_place_number(Value* const* args, [[maybe_unused]] unsigned last, Value& result) {
  const TensorImpl* a = tiny(*args[0]);
  const Value& y = *args[1];
  if (!a || !(y.is_int() || y.is_float()) || (alpha && !is_one(*args[2]))) return false;
  const double number = y.is_int() ? static_cast<double>(y.i()) : y.d();
  if (a->dtype == DType::kFloat) {
    const auto x = static_cast<float>(number);
    apply<float, F>(data_of<float>(*a), data_of<float>(*a), 1, &x, 0, a->numel);
  } else if (a->dtype == DType::kDouble) {
    apply<double, F>(data_of<double>(*a), data_of<double>(*a), 1, &number, 0, a->numel);
  } else {
    return false;
  }
  a->storage->bump_version();
  result = *args[0];
  return true;
}

// copy_ between dense tensors of one dtype and shape.
bool copy(Value* const* args, [[maybe_unused]] unsigned last, Value& result) {
  if (!args[0]->is_tensor() || !args[1]->is_tensor()) return false;
  const TensorImpl &a = *args[0]->tensor_impl(), &b = *args[1]->tensor_impl();
  if (!a.contiguous || !b.contiguous || a.dtype != b.dtype || a.numel == 0 || a.numel > kMostCopied || a.storage->device() != b.storage->device()) return false;
  if (a.storage == b.storage && &a != &b) return false;
  const std::size_t size = item_size(a.dtype);
  char* to = static_cast<char*>(a.storage->data()) + static_cast<std::size_t>(a.offset) * size;
  const char* from = static_cast<const char*>(b.storage->data()) + static_cast<std::size_t>(b.offset) * size;
  if (!same(a.sizes, b.sizes)) return false;
  if (&a != &b) std::memcpy(to, from, static_cast<std::size_t>(a.numel) * size);
  a.storage->bump_version();
  result = *args[0];
  return true;
}

struct Relu {
  template <class T>
  static T of(T x) {
    return x < 0 ? T(0) : x;
  }
};
struct Neg {
  template <class T>
  static T of(T x) {
    return -x;
  }
};
template <class F>
bool unary(Value* const* args, [[maybe_unused]] unsigned last, Value& result) {
  const TensorImpl* a = tiny(*args[0]);
  if (!a || (a->dtype != DType::kFloat && a->dtype != DType::kDouble)) return false;
  const bool reuse = (last & 1) && is_lone(*a);
  auto r = reuse ? Ref<TensorImpl>() : fresh(*a, a->dtype == DType::kFloat ? sizeof(float) : sizeof(double));
  if (!reuse && !r) return false;
  const TensorImpl* to = reuse ? a : r.get();
  const auto run = [&]<class T>(const T* in, T* out) {
    for (std::int64_t i = 0; i < a->numel; ++i) out[i] = F::of(in[i]);
  };
  if (a->dtype == DType::kFloat) run(data_of<float>(*a), data_of<float>(*to));
  else run(data_of<double>(*a), data_of<double>(*to));
  if (reuse) result = std::move(*args[0]);
  else put(result, std::move(r));
  return true;
}

// --- numbers out of tensors

enum class As : std::uint8_t { kItem, kFloat, kInt, kBool };
template <As as>
bool read(const TensorImpl& t, std::int64_t offset, Value& result) {
  const void* data = t.storage->data();
  Value v;
  switch (t.dtype) {
    case DType::kFloat: v = Value(static_cast<double>(static_cast<const float*>(data)[offset])); break;
    case DType::kDouble: v = Value(static_cast<const double*>(data)[offset]); break;
    case DType::kInt64: v = Value(static_cast<const std::int64_t*>(data)[offset]); break;
    case DType::kBool: v = Value(static_cast<const std::uint8_t*>(data)[offset] != 0); break;
    default: return false;
  }
  if constexpr (as == As::kItem) {
    result = std::move(v);
  } else if constexpr (as == As::kFloat) {
    result = Value(v.is_float() ? v.d() : static_cast<double>(v.i()));
  } else if constexpr (as == As::kBool) {
    result = Value(v.is_float() ? v.d() != 0 : v.i() != 0);
  } else {
    if (v.is_float()) return false;  // the operator knows what is out of range
    result = Value(v.i());
  }
  return true;
}
template <As as>
bool number(Value* const* args, [[maybe_unused]] unsigned last, Value& result) {
  const TensorImpl* t = tiny(*args[0]);
  return t && t->numel == 1 && read<as>(*t, t->offset, result);
}
// Of x[i] or x[i, j]: all dimensions are selected.
template <As as, int selects>
bool element(Value* const* args, [[maybe_unused]] unsigned last, Value& result) {
  if (!args[0]->is_tensor()) return false;
  const TensorImpl& t = *args[0]->tensor_impl();
  if (t.sizes.size() != selects) return false;
  std::int64_t offset = t.offset;
  std::size_t left[selects];  // dimensions not selected yet
  for (std::size_t d = 0; d < selects; ++d) left[d] = d;
  for (int k = 0; k < selects; ++k) {
    const std::int64_t rank = selects - k;
    std::int64_t dim = args[1 + 2 * k]->i(), i = args[2 + 2 * k]->i();
    if (dim < 0) dim += rank;
    if (dim < 0 || dim >= rank) return false;
    const std::size_t d = left[dim];
    if (i < 0) i += t.sizes[d];
    if (i < 0 || i >= t.sizes[d]) return false;
    offset += i * t.strides[d];
    for (std::int64_t m = dim; m + 1 < rank; ++m) left[m] = left[m + 1];
  }
  return read<as>(t, offset, result);
}

// --- views: a new tensor on the same storage

Ref<TensorImpl> view_of(const TensorImpl& t) {
  auto r = make_ref<TensorImpl>();
  r->storage = t.storage;
  r->offset = t.offset;
  r->dtype = t.dtype;
  return r;
}
bool select(Value* const* args, [[maybe_unused]] unsigned last, Value& result) {
  if (!args[0]->is_tensor()) return false;
  const TensorImpl& t = *args[0]->tensor_impl();
  const auto rank = static_cast<std::int64_t>(t.sizes.size());
  std::int64_t dim = args[1]->i(), i = args[2]->i();
  if (dim < 0) dim += rank;
  if (dim < 0 || dim >= rank) return false;
  const auto d = static_cast<std::size_t>(dim);
  if (i < 0) i += t.sizes[d];
  if (i < 0 || i >= t.sizes[d]) return false;
  auto r = view_of(t);
  r->offset += i * t.strides[d];
  for (std::size_t k = 0; k < t.sizes.size(); ++k) {
    if (k == d) continue;
    r->sizes.push_back(t.sizes[k]);
    r->strides.push_back(t.strides[k]);
  }
  r->refresh();
  put(result, std::move(r));
  return true;
}
bool slice(Value* const* args, [[maybe_unused]] unsigned last, Value& result) {
  if (!args[0]->is_tensor() || args[4]->i() != 1) return false;
  const TensorImpl& t = *args[0]->tensor_impl();
  const auto rank = static_cast<std::int64_t>(t.sizes.size());
  std::int64_t dim = args[1]->i();
  if (dim < 0) dim += rank;
  if (dim < 0 || dim >= rank) return false;
  const auto d = static_cast<std::size_t>(dim);
  const std::int64_t size = t.sizes[d];
  const auto bound = [size](const Value& v, std::int64_t absent) {
    if (!v.is_int()) return absent;
    const std::int64_t i = v.i() < 0 ? v.i() + size : v.i();
    return i < 0 ? 0 : i > size ? size : i;
  };
  const std::int64_t from = bound(*args[2], 0), to = std::max(bound(*args[3], size), from);
  auto r = view_of(t);
  r->offset += from * t.strides[d];
  r->sizes = t.sizes;
  r->strides = t.strides;
  r->sizes[d] = to - from;
  r->refresh();
  put(result, std::move(r));
  return true;
}
// Of a dense tensor.
bool view(Value* const* args, [[maybe_unused]] unsigned last, Value& result) {
  const TensorImpl* t = tiny(*args[0]);
  if (!t || !args[1]->is_list() || !args[1]->list().is_ints()) return false;
  const auto& sizes = args[1]->list().ints();
  std::int64_t known = 1;
  std::size_t open = sizes.size();
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    if (sizes[i] == -1 && open == sizes.size()) open = i;
    else if (sizes[i] <= 0 || sizes[i] > kMost) return false;
    else known *= sizes[i];
    if (known > kMost) return false;
  }
  if (open < sizes.size() ? t->numel % known != 0 : known != t->numel) return false;
  auto r = view_of(*t);
  r->sizes = Dims(Ints(sizes));
  if (open < sizes.size()) r->sizes[open] = t->numel / known;
  r->strides = contiguous_strides(r->sizes);
  r->numel = t->numel;
  put(result, std::move(r));
  return true;
}
bool unsqueeze(Value* const* args, [[maybe_unused]] unsigned last, Value& result) {
  const TensorImpl* t = tiny(*args[0]);
  if (!t) return false;
  const auto rank = static_cast<std::int64_t>(t->sizes.size());
  const std::int64_t dim = args[1]->i() < 0 ? args[1]->i() + rank + 1 : args[1]->i();
  if (dim < 0 || dim > rank) return false;
  auto r = view_of(*t);
  r->sizes = t->sizes;
  r->strides = t->strides;
  const auto d = static_cast<std::size_t>(dim);
  const std::int64_t step = dim < rank ? t->sizes[d] * t->strides[d] : 1;
  r->sizes.insert(r->sizes.begin() + d, 1);
  r->strides.insert(r->strides.begin() + d, step);
  r->numel = t->numel;
  put(result, std::move(r));
  return true;
}

// Comparison of two numbers whose kind is known at run time only.
template <class Compare>
bool compare(Value* const* args, [[maybe_unused]] unsigned last, Value& result) {
  const Value &a = *args[0], &b = *args[1];
  if (!(a.is_int() || a.is_float()) || !(b.is_int() || b.is_float())) return false;
  const bool yes = a.is_int() && b.is_int() ? Compare()(a.i(), b.i())
                                            : Compare()(a.is_int() ? static_cast<double>(a.i()) : a.d(),
                                                        b.is_int() ? static_cast<double>(b.i()) : b.d());
  result.put_bool(yes);
  return true;
}

// str(int), str(str)
bool to_str(Value* const* args, [[maybe_unused]] unsigned last, Value& result) {
  if (args[0]->is_str()) {
    result = *args[0];
    return true;
  }
  if (!args[0]->is_int()) return false;
  char text[24];
  const auto end = std::to_chars(text, text + sizeof text, args[0]->i()).ptr;
  result = Value(std::string_view(text, static_cast<std::size_t>(end - text)));
  return true;
}

struct Row {
  const char* name;
  const char* overload;
  TinyFn fn;
};
constexpr Row kRows[] = {
    {"aten::add", "Tensor", tensor_tensor<Add, true>}, {"aten::sub", "Tensor", tensor_tensor<Sub, true>},
    {"aten::mul", "Tensor", tensor_tensor<Mul, false>}, {"aten::div", "Tensor", tensor_tensor<Div, false>},
    {"aten::add", "Scalar", tensor_number<Add, true>}, {"aten::sub", "Scalar", tensor_number<Sub, true>},
    {"aten::mul", "Scalar", tensor_number<Mul, false>}, {"aten::div", "Scalar", tensor_number<Div, false>},
    {"aten::add_", "Tensor", in_place_tensor<Add, true>}, {"aten::sub_", "Tensor", in_place_tensor<Sub, true>},
    {"aten::mul_", "Tensor", in_place_tensor<Mul, false>}, {"aten::div_", "Tensor", in_place_tensor<Div, false>},
    {"aten::add_", "Scalar", in_place_number<Add, true>}, {"aten::sub_", "Scalar", in_place_number<Sub, true>},
    {"aten::mul_", "Scalar", in_place_number<Mul, false>}, {"aten::div_", "Scalar", in_place_number<Div, false>},
    {"aten::copy_", "", copy}, {"aten::relu", "", unary<Relu>}, {"aten::neg", "", unary<Neg>},
    {"aten::item", "", number<As::kItem>}, {"aten::Float", "Tensor", number<As::kFloat>},
    {"aten::Int", "Tensor", number<As::kInt>}, {"aten::Bool", "Tensor", number<As::kBool>},
    {"aten::select", "int", select}, {"aten::slice", "Tensor", slice}, {"aten::view", "", view},
    {"aten::unsqueeze", "", unsqueeze}, {"aten::str", "", to_str},
    {"aten::lt", "", compare<std::less<>>}, {"aten::le", "", compare<std::less_equal<>>},
    {"aten::gt", "", compare<std::greater<>>}, {"aten::ge", "", compare<std::greater_equal<>>},
    {"aten::eq", "", compare<std::equal_to<>>}, {"aten::ne", "", compare<std::not_equal_to<>>},
};

}  // namespace

TinyFn tiny_form(const Overload& o) {
  static const auto forms = [] {
    std::unordered_map<const Overload*, TinyFn> m;
    for (const Row& r : kRows)
      if (const Overload* found = find(r.name, r.overload)) m.emplace(found, r.fn);
    return m;
  }();
  const auto it = forms.find(&o);
  return it == forms.end() ? nullptr : it->second;
}

TinyFn element_form(const Overload& reader, int selects) {
  if (selects < 1 || selects > kMostSelects) return nullptr;
  struct Reader {
    const char *name, *overload;
    TinyFn fn[kMostSelects];
  };
  static constexpr Reader kReaders[] = {{"aten::item", "", {element<As::kItem, 1>, element<As::kItem, 2>}},
                                        {"aten::Float", "Tensor", {element<As::kFloat, 1>, element<As::kFloat, 2>}},
                                        {"aten::Int", "Tensor", {element<As::kInt, 1>, element<As::kInt, 2>}},
                                        {"aten::Bool", "Tensor", {element<As::kBool, 1>, element<As::kBool, 2>}}};
  for (const Reader& r : kReaders)
    if (reader.name() == r.name && reader.overload() == r.overload) return r.fn[selects - 1];
  return nullptr;
}

}  // namespace fac::ops
