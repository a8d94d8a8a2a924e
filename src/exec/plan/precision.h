// Reduced precision: an option of whoever runs a program, never the default (docs/reduced_precision.md).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.h"

namespace fac::kernels {
enum class DotForm : std::uint8_t;
}

namespace fac::plan {

enum class Precision : std::uint8_t {
  kFloat32,
  kInt8Dynamic,   // steps with constant weights: these as 8-bit integers, inputs on each run
  kBf16,          // both as bfloat16, where the CPU multiplies such
  kBf16Emulated,  // the same numbers on any CPU, slowly: to see what bf16 would give
};
inline constexpr int kPrecisions = 4;

std::string_view precision_name(Precision p) noexcept;  // "float32", "int8-dynamic", "bf16", "bf16-emulated"
// errors: no such name; this CPU lacks the instructions.
Result<Precision> precision_named(std::string_view name);

// How steps multiply; nullopt: in float32.
std::optional<kernels::DotForm> dot_form(Precision p) noexcept;

}  // namespace fac::plan
