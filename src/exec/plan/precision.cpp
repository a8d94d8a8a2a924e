#include "exec/plan/precision.h"

#include <array>

#include "kernels/reduced.h"

namespace fac::plan {
namespace {

constexpr std::array<std::string_view, kPrecisions> kNames = {"float32", "int8-dynamic", "bf16", "bf16-emulated"};

}  // namespace

std::string_view precision_name(Precision p) noexcept { return kNames[static_cast<std::size_t>(p)]; }

Result<Precision> precision_named(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] != name) continue;
    const auto p = static_cast<Precision>(i);
    if (p == Precision::kBf16 && !kernels::dot_form_available(kernels::DotForm::kBf16))
      return runtime_error("this CPU has no instructions for bf16 (AVX-512 BF16): `bf16-emulated` gives their results, slowly");
    return p;
  }
  return runtime_error("no precision `{}`: it is float32, int8-dynamic, bf16 or bf16-emulated", name);
}

std::optional<kernels::DotForm> dot_form(Precision p) noexcept {
  switch (p) {
    case Precision::kFloat32: return std::nullopt;
    case Precision::kInt8Dynamic: return kernels::best_int8_form();
    case Precision::kBf16: return kernels::DotForm::kBf16;
    case Precision::kBf16Emulated: return kernels::DotForm::kBf16Emulated;
  }
  return std::nullopt;
}

}  // namespace fac::plan
