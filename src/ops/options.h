// Short names for the options that every creating operator takes: dtype, layout, device, pin_memory.
#pragma once

#include <optional>

#include "ops/op.h"

namespace fac::ops {

using DT = std::optional<DType>;
using LA = std::optional<Layout>;
using DV = std::optional<Device>;
using PM = std::optional<bool>;
using MF = std::optional<MemoryFormat>;

// Facula computes on the CPU. errors: any other device or layout.
inline Status check_place(const DV& device, const LA& layout = std::nullopt) {
  FACULA_CHECK(!device || device->type == DeviceType::kCPU,
               "cannot place a tensor on device {}: only the CPU is supported", device_text(*device));
  FACULA_CHECK(!layout || *layout == Layout::kStrided, "only strided tensors are supported");
  return {};
}

}  // namespace fac::ops
