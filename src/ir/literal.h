// Values as graphs print them: prim::Constant[value=...].
#pragma once

#include <string>
#include <string_view>

#include "value/value.h"

namespace fac::ir {

// As PyTorch's IValue::repr, except that tensors are shown as in tensor_literal and lists of them as [<Tensors>].
std::string literal(const Value& v);
// "{3}" for one element, rounded elements up to ten, else "<Tensor>".
std::string tensor_literal(const Tensor& t);
// Type::str, except that graphs write Future[T] and RRef[T] with brackets.
std::string type_text(const TypePtr& t);
// "Float(2, 3, strides=[3, 1], requires_grad=0, device=cpu)"
std::string tensor_type_text(const Tensor& t);

// Stores d, converted to t's dtype, at the i-th element in row-major order.
void set_element(const Tensor& t, std::int64_t i, double d);

}  // namespace fac::ir
