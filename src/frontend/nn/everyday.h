// The everyday dialect's library. everyday.py: what it adds to Python's builtins (`sorted` with a key, `map`, functools, itertools,
// functions of math that TorchScript lacks), compiled into the place of each call. text.py: texts of numbers, real functions of
// the archive, `__torch__.facula.text.format_float`.
#pragma once

#include <string_view>
#include <vector>

#include "frontend/script/meaning.h"
#include "ir/unit.h"

namespace fac::nn {

// "sorted", "functools.reduce", "math.prod"; null: the library has none of that name. Where TorchScript's own builtin serves the
// call as it is, that one is called.
script::MeaningPtr everyday_builtin(std::string_view name);
// A function of everyday.py on values; none after an error, and where it returns nothing.
ir::ValueId call_everyday(script::Emitter& e, std::string_view name, const std::vector<ir::ValueId>& args, Range at);
script::MeaningPtr everyday_method(std::string_view name, ir::ValueId self);  // self is its first argument
// A function of text.py; never null.
ir::Function& text_function(std::string_view name);

}  // namespace fac::nn
