// Expressions that are values without running anything: default arguments, class constants, enum members.
#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "frontend/script/tree.h"
#include "value/value.h"

namespace fac::script {

// Asked first: names with a meaning (inf, nan, CONSTANTS.c0, enum members). nullopt: not one of them.
using ConstantNames = std::function<std::optional<Value>(const Expr&)>;

// The value of literals, their negatives, tuples, lists and dictionaries of them, torch.device("cpu"), torch.float32.
// Converted to `type` where one is given (int -> float, element types). nullopt: not a constant, or of another type.
std::optional<Value> constant_of(const Expr& expr, const TypePtr& type, const ConstantNames& names = {});

// "float32" -> 6; "strided" -> 0; "channels_last" -> 2; "per_tensor_affine" -> 0: constants that `torch` has as ints.
std::optional<std::int64_t> torch_int_constant(std::string_view name);

}  // namespace fac::script
