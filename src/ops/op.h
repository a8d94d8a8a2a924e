// The operator table (longer than most files: half of it is the compile-time check of rows). One operator overload is one row:
//
//   constexpr Op kActivation[] = {
//     row<leaky_relu>("aten::leaky_relu(Tensor self, Scalar negative_slope=0.01) -> Tensor",
//         {.forms = kInPlace | kOut, .traits = kPointwise, .samples = {"randn(2,3)", "randn(0)", "randn(4,4).t(), 0.2"}}),
//   };
//   FACULA_FAMILY(activation, kActivation)              // and a line FAMILY(activation) in ops/families.def
//
// The schema text is PyTorch's, byte for byte. It is parsed at compile time and compared with the C++ function's
// parameters: a disagreement is a compile error. Everything else (overload matching, the checker's types, in-place and
// out forms, Tensor methods of the C++ API, docs, tests) is derived from the row. Rows of one name stand in PyTorch's
// order of declaration: the compiler tries overloads in that order.
//
// How a C++ function may look:
//   Result<Tensor> f(const Tensor& self, std::int64_t dim, bool keepdim)         any operator
//   Status f(Out& out, const Tensor& self, const Tensor& other)                  element-wise operators: see Out
//   Status f(...)                                                                -> ()
//   Result<std::tuple<Tensor, Tensor>> f(...)                                    several results
//   Status f(std::span<Value> args, std::span<Value> results)                    untyped (varargs, generic containers)
// Schema type -> C++ parameter:
//   Tensor, Tensor?      const Tensor&  (undefined = None)      Tensor[], Tensor?[]   TensorList
//   int / int?           std::int64_t / std::optional<std::int64_t>      float, bool likewise with double, bool
//   complex              std::complex<double>
//   Scalar / Scalar?     const Scalar& / const std::optional<Scalar>&
//   int[] / int[]?       Ints / std::optional<Ints>             float[] / float[]?    Floats / std::optional<Floats>
//   str / str?           std::string_view / std::optional<std::string_view>
//   ScalarType, Device, Layout, MemoryFormat (and with ?)      DType, Device, Layout, MemoryFormat (std::optional<...>)
//   anything else        const Value&  (lists, dicts, t, Any, Generator?, classes)
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

#include "ops/scalar.h"
#include "tensor/tensor.h"
#include "value/schema.h"
#include "value/value.h"

namespace fac {

struct Op;
using OpFn = Status (*)(std::span<Value> args, std::span<Value> results);
using Floats = std::span<const double>;

// A list of tensors as an argument; absent optional tensors are undefined.
class TensorList {
 public:
  explicit TensorList(const ListBox* list) : list_(list) {}
  std::size_t size() const { return list_ ? list_->size() : 0; }
  bool empty() const { return size() == 0; }
  Tensor operator[](std::size_t i) const { return const_cast<ListBox*>(list_)->values()[i].tensor_or_undefined(); }

 private:
  const ListBox* list_;
};

// Where an element-wise operator puts its result. Functional form: a fresh tensor. In-place and out forms: the given
// tensor itself where dtype and shape agree, else a temporary that is cast and copied afterwards.
// An operator that takes Out& must read element i of its inputs before it writes element i of its result.
class Out {
 public:
  enum class Form : std::uint8_t { kFunctional, kInPlace, kOut };
  Out() = default;
  Out(Form form, Tensor given) : form_(form), given_(std::move(given)) {}
  // The tensor to write: sizes as given; memory order of `like` (may be undefined) where sizes agree.
  Result<Tensor> make(Ints sizes, DType dtype, const Tensor& like = Tensor());
  // Takes an already computed tensor as the result (the given one is overwritten by a copy).
  void set(Tensor t) { result_ = std::move(t); }
  Result<Tensor> finish();  // called by the row's wrapper
  // The result is the caller's own tensor: inputs may share its memory.
  bool is_in_place() const { return form_ == Form::kInPlace; }
  bool writes_given() const { return form_ != Form::kFunctional && result_.is_same(given_); }

 private:
  Form form_ = Form::kFunctional;
  Tensor given_, result_;
};

// Forms derived from a functional row.
enum Forms : std::uint8_t {
  kFunctionalOnly = 0,
  kInPlace = 1,  // aten::name_[.overload](Tensor(a!) self, ...) -> Tensor(a!)
  kOut = 2,      // aten::name.<out_name>(..., *, Tensor(a!) out) -> Tensor(a!)
};
enum Traits : std::uint16_t {
  kPlain = 0,
  kPointwise = 1,         // result element i depends on element i of the (broadcast) inputs
  kRandom = 2,            // two calls differ: never folded, merged or removed with effects kept in order
  kSideEffect = 4,        // beyond writing marked arguments: print, warn, raise, global state
  kDataDependentShape = 8,  // result sizes depend on values (nonzero, unique, nms)
  kCompositeAlias = 16,   // result may alias an input depending on its metadata (reshape, contiguous, to)
};

struct Facts {
  std::uint8_t forms = kFunctionalOnly;
  std::uint16_t traits = kPlain;
  std::string_view out_name = {};          // overload of the out form; default: "out" or "<overload>_out"
  std::array<std::string_view, 8> samples = {};  // Python argument lists; made into tests by tests/ops
};

struct Op {
  std::string_view schema_text;
  OpFn fn = nullptr;        // functional form
  OpFn in_place = nullptr;  // derived forms, where facts.forms asks for them
  OpFn out = nullptr;
  Facts facts;
};

// --- the compile-time check ------------------------------------------------------------------------------------------

namespace detail {

// One letter per schema type; upper case = optional.
consteval char schema_code(std::string_view t) {
  struct Row {
    std::string_view text;
    char code;
  };
  constexpr Row rows[] = {
      {"Tensor", 't'}, {"Tensor?", 'T'}, {"Tensor[]", 'l'}, {"Tensor?[]", 'l'}, {"int", 'i'}, {"int?", 'I'},
      {"SymInt", 'i'}, {"SymInt?", 'I'}, {"float", 'f'}, {"float?", 'F'}, {"bool", 'b'}, {"bool?", 'B'},
      {"complex", 'c'}, {"Scalar", 's'}, {"Scalar?", 'S'}, {"number", 's'}, {"int[]", 'n'}, {"int[]?", 'N'}, {"SymInt[]", 'n'}, {"SymInt[]?", 'N'},
      {"float[]", 'd'}, {"float[]?", 'D'}, {"str", 'r'}, {"str?", 'R'}, {"ScalarType", 'y'}, {"ScalarType?", 'Y'},
      {"Device", 'v'}, {"Device?", 'V'}, {"Layout", 'a'}, {"Layout?", 'A'}, {"MemoryFormat", 'm'},
      {"MemoryFormat?", 'M'}};
  for (const auto& r : rows)
    if (r.text == t) return r.code;
  return '*';
}

struct TypeText {  // a schema type without alias marks and list sizes
  char text[64] = {};
  std::size_t size = 0;
};
consteval TypeText strip_type(std::string_view t) {
  TypeText out;
  for (std::size_t i = 0; i < t.size(); ++i) {
    if (t[i] == '(' && i > 0) {  // alias mark, e.g. Tensor(a!)
      while (t[i] != ')') ++i;
      continue;
    }
    if (t[i] >= '0' && t[i] <= '9' && i > 0 && out.size > 0 && out.text[out.size - 1] == '[') continue;
    if (out.size < 63) out.text[out.size++] = t[i];
  }
  return out;
}
consteval char code_of(std::string_view t) {
  const TypeText s = strip_type(t);
  return schema_code({s.text, s.size});
}

struct SchemaShape {
  char params[32] = {};
  std::size_t count = 0;
  char returns[12] = {};
  std::size_t return_count = 0;
};
consteval std::string_view trim(std::string_view s) {
  while (!s.empty() && s.front() == ' ') s.remove_prefix(1);
  while (!s.empty() && s.back() == ' ') s.remove_suffix(1);
  return s;
}
// Type part of "Tensor(a!) self=None": up to the first space at depth 0.
consteval std::string_view type_part(std::string_view arg) {
  int depth = 0;
  for (std::size_t i = 0; i < arg.size(); ++i) {
    if (arg[i] == '(' || arg[i] == '[') ++depth;
    if (arg[i] == ')' || arg[i] == ']') --depth;
    if (arg[i] == ' ' && depth == 0) return arg.substr(0, i);
  }
  return arg;
}
consteval std::size_t split_list(std::string_view list, char* codes, std::size_t most) {
  std::size_t n = 0, start = 0;
  int depth = 0;
  char quote = 0;
  for (std::size_t i = 0; i <= list.size(); ++i) {
    if (i < list.size()) {
      const char c = list[i];
      if (quote) {
        if (c == '\\') ++i;
        else if (c == quote) quote = 0;
        continue;
      }
      if (c == '"' || c == '\'') quote = c;
      if (c == '(' || c == '[') ++depth;
      if (c == ')' || c == ']') --depth;
    }
    if (i == list.size() || (list[i] == ',' && depth == 0)) {
      const auto arg = trim(list.substr(start, i - start));
      start = i + 1;
      if (arg.empty() || arg == "*") continue;
      if (n >= most) throw "too many arguments in an operator's schema";
      codes[n++] = arg == "..." ? '.' : code_of(type_part(arg));
    }
  }
  return n;
}
consteval SchemaShape shape_of(std::string_view text) {
  SchemaShape s;
  const auto open = text.find('(');
  const auto arrow = text.rfind(") -> ");
  if (open == std::string_view::npos || arrow == std::string_view::npos) throw "schema must be `ns::name(args) -> returns`";
  s.count = split_list(text.substr(open + 1, arrow - open - 1), s.params, 32);
  auto ret = trim(text.substr(arrow + 5));
  if (ret.size() >= 2 && ret.front() == '(' && ret.back() == ')') ret = ret.substr(1, ret.size() - 2);
  s.return_count = split_list(ret, s.returns, 12);
  return s;
}

// C++ parameter -> accepted codes, and conversion from a Value.
template <class T>
struct Param;
#define FACULA_PARAM(T, accepted, expr)                                   \
  template <>                                                             \
  struct Param<T> {                                                       \
    static constexpr std::string_view codes = accepted;                   \
    static T get(Value& v) { return expr; }                               \
  }
FACULA_PARAM(Tensor, "tT", v.tensor_or_undefined());
FACULA_PARAM(TensorList, "l*", TensorList(v.is_list() ? &v.list() : nullptr));
FACULA_PARAM(std::int64_t, "iy", v.i());
FACULA_PARAM(double, "f", v.is_float() ? v.d() : static_cast<double>(v.i()));
FACULA_PARAM(bool, "b", v.b());
FACULA_PARAM(std::complex<double>, "c", v.c());
FACULA_PARAM(Scalar, "s", Scalar::from_value(v));
FACULA_PARAM(Ints, "n", Ints(v.list().ints()));
FACULA_PARAM(Floats, "d", Floats(v.list().floats()));
FACULA_PARAM(std::string_view, "r", std::string_view(v.str()));
FACULA_PARAM(DType, "y", static_cast<DType>(v.i()));
FACULA_PARAM(Device, "v", v.device());
FACULA_PARAM(Layout, "a", static_cast<Layout>(v.i()));
FACULA_PARAM(MemoryFormat, "m", static_cast<MemoryFormat>(v.i()));
#undef FACULA_PARAM
template <>
struct Param<Value> {
  static constexpr std::string_view codes = "tTliIfFbBcsSnNdDrRyYvVaAmM*";
  static const Value& get(Value& v) { return v; }
};
template <class T>
struct Param<std::optional<T>> {
  static constexpr char upper = static_cast<char>(Param<T>::codes[0] - 32);
  static constexpr char text[1] = {upper};
  static constexpr std::string_view codes{text, 1};
  static std::optional<T> get(Value& v) {
    if (v.is_none()) return std::nullopt;
    return std::optional<T>(Param<T>::get(v));
  }
};

// C++ result -> accepted codes, and conversion to a Value.
template <class T>
struct Return {
  static constexpr std::string_view codes = std::is_same_v<T, Tensor> ? "tT" : std::is_same_v<T, std::int64_t> ? "iy"
                                            : std::is_same_v<T, double> ? "f" : std::is_same_v<T, std::complex<double>> ? "c" : std::is_same_v<T, bool> ? "b"
                                            : std::is_same_v<T, Device> ? "v" : std::is_same_v<T, DType> ? "yi"
                                            : std::is_same_v<T, std::string> ? "r"
                                                                             : "tTliIfFbBcsSnNdDrRyYvVaAmM*";
  static Value put(T&& v) {
    if constexpr (std::is_same_v<T, Tensor>) {
      return Value(std::move(v));
    } else {
      return Value(std::move(v));
    }
  }
};
template <>
struct Return<Scalar> {
  static constexpr std::string_view codes = "s";
  static Value put(Scalar&& s) { return s.to_value(); }
};
template <>
struct Return<std::vector<Tensor>> {
  static constexpr std::string_view codes = "l";
  static Value put(std::vector<Tensor>&& v) { return Value(ListBox::of_tensors(std::move(v))); }
};
template <>
struct Return<std::vector<std::int64_t>> {
  static constexpr std::string_view codes = "n";
  static Value put(std::vector<std::int64_t>&& v) { return Value(ListBox::of_ints(v)); }
};

template <class R>
struct ResultShape {
  static constexpr std::size_t count = 1;
  static consteval bool accepts(const char* codes) { return Return<R>::codes.find(codes[0]) != std::string_view::npos; }
  static void store(R&& r, std::span<Value> results) { results[0] = Return<R>::put(std::move(r)); }
};
template <class... R>
struct ResultShape<std::tuple<R...>> {
  static constexpr std::size_t count = sizeof...(R);
  static consteval bool accepts(const char* codes) {
    std::size_t i = 0;
    return ((Return<R>::codes.find(codes[i++]) != std::string_view::npos) && ...);
  }
  static void store(std::tuple<R...>&& r, std::span<Value> results) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      ((results[I] = Return<std::tuple_element_t<I, std::tuple<R...>>>::put(std::move(std::get<I>(r)))), ...);
    }(std::index_sequence_for<R...>{});
  }
};

// Guards the unchecked accessors where a wrong tag would be dereferenced as a tensor. None becomes an undefined tensor.
template <class T>
bool param_fits(const Value& v) {
  if constexpr (std::is_same_v<T, Tensor>) return v.is_tensor() || v.is_none();
  else return true;
}
ErrorPtr not_a_tensor(std::size_t index, const Value& found);

template <auto F, class Sig>
struct Wrap;

template <auto F, class R, class... A>
struct Wrap<F, Result<R> (*)(A...)> {
  static constexpr std::size_t arity = sizeof...(A);
  static constexpr bool kIsOut = false;
  static consteval bool matches(const SchemaShape& s) {
    if (s.count != arity) throw "the schema's arguments and the C++ function's differ in number";
    std::size_t i = 0;
    if (!((Param<std::decay_t<A>>::codes.find(s.params[i++]) != std::string_view::npos) && ...))
      throw "a schema argument's type does not fit the C++ parameter";
    if constexpr (std::is_void_v<R>) {
      if (s.return_count != 0) throw "the C++ function returns nothing, the schema says otherwise";
    } else {
      if (s.return_count != ResultShape<R>::count) throw "the number of results differs from the schema's";
      if (!ResultShape<R>::accepts(s.returns)) throw "a result's type does not fit the schema";
    }
    return true;
  }
  static Status call(std::span<Value> args, std::span<Value> results) {
    return [&]<std::size_t... I>(std::index_sequence<I...>) -> Status {
      std::size_t bad = arity;
      ((bad == arity && !param_fits<std::decay_t<A>>(args[I]) ? void(bad = I) : void()), ...);
      if (bad != arity) return not_a_tensor(bad, args[bad]);
      if constexpr (std::is_void_v<R>) {
        return F(Param<std::decay_t<A>>::get(args[I])...);
      } else {
        Result<R> r = F(Param<std::decay_t<A>>::get(args[I])...);
        if (!r.ok()) return r.take_error();
        ResultShape<R>::store(std::move(*r), results);
        return {};
      }
    }(std::index_sequence_for<A...>{});
  }
  // In-place and out forms of a functional operator: compute, then copy with a cast.
  static Status in_place(std::span<Value> args, std::span<Value> results) {
    if constexpr (std::is_same_v<R, Tensor>) {
      Out out(Out::Form::kInPlace, args[0].tensor_or_undefined());
      FACULA_TRY_VOID(call(args, results));
      out.set(std::move(results[0]).take_tensor());
      FACULA_TRY(Tensor t, out.finish());
      results[0] = Value(std::move(t));
    }
    return {};
  }
  static Status out(std::span<Value> args, std::span<Value> results) {
    if constexpr (std::is_same_v<R, Tensor>) {
      Out out(Out::Form::kOut, args[arity].tensor_or_undefined());
      FACULA_TRY_VOID(call(args.first(arity), results));
      out.set(std::move(results[0]).take_tensor());
      FACULA_TRY(Tensor t, out.finish());
      results[0] = Value(std::move(t));
    }
    return {};
  }
};

template <auto F, class... A>
struct Wrap<F, Status (*)(Out&, A...)> {
  static constexpr std::size_t arity = sizeof...(A);
  static constexpr bool kIsOut = true;
  static consteval bool matches(const SchemaShape& s) {
    if (s.count != arity) throw "the schema's arguments and the C++ function's differ in number";
    std::size_t i = 0;
    if (!((Param<std::decay_t<A>>::codes.find(s.params[i++]) != std::string_view::npos) && ...))
      throw "a schema argument's type does not fit the C++ parameter";
    if (s.return_count != 1 || s.returns[0] != 't') throw "an operator with Out& returns one Tensor";
    return true;
  }
  static Status run(Out& out, std::span<Value> args, std::span<Value> results) {
    return [&]<std::size_t... I>(std::index_sequence<I...>) -> Status {
      std::size_t bad = arity;
      ((bad == arity && !param_fits<std::decay_t<A>>(args[I]) ? void(bad = I) : void()), ...);
      if (bad != arity) return not_a_tensor(bad, args[bad]);
      FACULA_TRY_VOID(F(out, Param<std::decay_t<A>>::get(args[I])...));
      FACULA_TRY(Tensor t, out.finish());
      results[0] = Value(std::move(t));
      return {};
    }(std::index_sequence_for<A...>{});
  }
  static Status call(std::span<Value> args, std::span<Value> results) {
    Out out;
    return run(out, args, results);
  }
  static Status in_place(std::span<Value> args, std::span<Value> results) {
    Out out(Out::Form::kInPlace, args[0].tensor_or_undefined());
    return run(out, args, results);
  }
  static Status out(std::span<Value> args, std::span<Value> results) {
    Out out(Out::Form::kOut, args[arity].tensor_or_undefined());
    return run(out, args.first(arity), results);
  }
};

// Untyped functions see the raw arguments; only the caller's schema match protects them.
template <auto F>
struct Wrap<F, Status (*)(std::span<Value>, std::span<Value>)> {
  static consteval bool matches(const SchemaShape&) { return true; }
  static Status call(std::span<Value> args, std::span<Value> results) { return F(args, results); }
  static Status in_place(std::span<Value> args, std::span<Value> results) { return F(args, results); }
  static Status out(std::span<Value> args, std::span<Value> results) { return F(args, results); }
};

}  // namespace detail

template <auto F>
consteval Op row(std::string_view schema, Facts facts = {}) {
  using W = detail::Wrap<F, decltype(+F)>;
  W::matches(detail::shape_of(schema));
  return Op{schema, &W::call, (facts.forms & kInPlace) ? &W::in_place : nullptr,
            (facts.forms & kOut) ? &W::out : nullptr, facts};
}

// Defines the function through which table.cpp sees a family; see ops/families.def.
#define FACULA_FAMILY(name, array) \
  std::span<const ::fac::Op> name##_ops() { return array; }

}  // namespace fac
