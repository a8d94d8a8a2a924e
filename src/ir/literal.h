// Values as graphs print them: prim::Constant[value=...].
#pragma once

#include <string>
#include <string_view>

#include "value/value.h"

namespace fac::ir {

// As PyTorch's IValue::repr: 1., 1.0000000000000001e-05, "a\n", [1, 2], {"k": 1.5}, annotate(List[int], []).
std::string literal(const Value& v);
std::string quoted(std::string_view text);
std::string float_literal(double d);
// "{3}" for one element, rounded elements up to ten, else "<Tensor>".
std::string tensor_literal(const Tensor& t);
// "Float(2, 3, strides=[3, 1], requires_grad=0, device=cpu)"
std::string tensor_type_text(const Tensor& t);

// Element i in row-major order, converted; real part of complex ones.
double element_as_double(const Tensor& t, std::int64_t i);
void set_element(const Tensor& t, std::int64_t i, double d);

}  // namespace fac::ir
