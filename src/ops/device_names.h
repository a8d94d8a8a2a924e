// Devices by name, as TorchScript takes a text where a device is asked.
#pragma once

#include <string_view>

#include "base/result.h"
#include "tensor/tensor.h"

namespace fac::ops {

// "cpu", "cuda:1". errors: names of the devices that there are, for another word; a malformed index.
Result<Device> device_named(std::string_view text);

}  // namespace fac::ops
