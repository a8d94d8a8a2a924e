// Transposition of a float32 matrix with rows any distance apart.
//   out[j * out_stride + i] = in[i * in_stride + j],  i < rows, j < columns;  no overlap
#pragma once

#include <cstdint>

namespace fac::kernels {

void transpose_f32(const float* in, std::int64_t in_stride, float* out, std::int64_t out_stride, std::int64_t rows,
                   std::int64_t columns) noexcept;

}  // namespace fac::kernels
