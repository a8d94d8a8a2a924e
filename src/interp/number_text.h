// Numbers and texts as CPython writes them.
#pragma once

#include <complex>
#include <string>
#include <string_view>

namespace fac::interp {

std::string python_float(double d);                   // repr: shortest digits, "1.0", "1e-05"
std::string python_complex(std::complex<double> c);   // "(1+2j)"
std::string python_quoted(std::string_view s);        // repr of a str

}  // namespace fac::interp
