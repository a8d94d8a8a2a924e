// Text of values as TorchScript prints them.
#pragma once

#include <string>
#include <string_view>

#include "value/value.h"

namespace fac {

// print(x), str(x), "{}".format(x): strings bare, also inside containers; 2.0 is "2."; C++ form of tensors.
std::string value_text(const Value& v);
// As a literal of the language: strings quoted, empty or ambiguous lists annotated, enums by qualified name.
std::string value_repr(const Value& v);
std::string float_text(double d);                    // "2.", "0.33333333333333331", "1e-08", "inf"
std::string complex_text(std::complex<double> c);    // "1.+2.j"
std::string quoted(std::string_view text);           // "\"a\\n\""

}  // namespace fac
