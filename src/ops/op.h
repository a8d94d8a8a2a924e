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

#include "ops/op_call.h"
#include "ops/op_row.h"
#include "ops/scalar.h"
#include "tensor/tensor.h"
#include "value/schema.h"
#include "value/value.h"

namespace fac {

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
