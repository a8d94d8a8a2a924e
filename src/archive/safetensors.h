// safetensors: 8 bytes, little-endian length of the header | the header, JSON: {"name": {"dtype": "F32", "shape": [2, 3],
// "data_offsets": [begin, end]}, "__metadata__": {...}} | the tensors' bytes, offsets relative to here.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "archive/byte_source.h"
#include "base/limits.h"
#include "base/result.h"
#include "tensor/tensor.h"

namespace fac::archive {

bool is_safetensors(Bytes bytes);
// Tensors in the header's order; those of a mapped file point into it. errors (kArchive): what and at which offset.
Result<std::vector<std::pair<std::string, Tensor>>> read_safetensors(const ByteSource& source, const Limits& limits = {});

// A state dict in any format that PyTorch users have: .pth (zip or older), .safetensors. One that is wrapped in a
// checkpoint ({"state_dict": …}, {"model": …}) is taken out. errors: no dict of tensors; the readers' own
Result<std::vector<std::pair<std::string, Tensor>>> read_state_dict(ByteSource source, const Limits& limits = {});

}  // namespace fac::archive
