// What a failing word adds to an error, and other slow paths of the VM.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "exec/vm/code.h"

namespace fac::vm {

// Appends this function's frames (the functions inlined at that word first) to the error, innermost first.
void add_frames(Error& e, const Code& code, std::size_t word);

// ", did you mean `aten::relu`?" or nothing.
std::string known_alternatives(std::string_view op);

// Python's int(): towards zero; NaN and infinities as libtorch's cast gives them.
std::int64_t float_to_int(double d);

}  // namespace fac::vm
