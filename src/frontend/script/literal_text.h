// Values as Python literals that read back to the same value.
#pragma once

#include <string>
#include <string_view>

namespace fac::script {

// "text" in double quotes. Readable UTF-8 stays as it is; control characters are escaped, lone surrogates as \ud800,
// bytes that are no UTF-8 as \303 (which only an archive's reader takes for bytes, ParseOptions::byte_escapes).
std::string python_string(std::string_view text);
// Without the quotes; braces doubled when the text goes into an f-string.
std::string python_string_body(std::string_view text, bool double_braces);
std::string python_bytes(std::string_view bytes);  // b"..."
std::string python_float(double value);            // shortest exact digits, with a `.` or `e`; infinity as 1e999

}  // namespace fac::script
