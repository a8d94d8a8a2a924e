// Resampling of pictures: interpolation, grid sampling, im2col.
//   Interpolation works on dense [planes, in sizes...] with up to 3 spatial axes (missing leading ones have size 1).
//   An axis maps output to input positions with `scale` = input step per output step, computed by area_scale().
// Kinds: float, double; Half and BFloat16 (computed in float); nearest: any; uint8 otherwise linear with 1 or 3 axes only.
// Errors: kUndefined for other kinds.     Sources: PyTorch docs (interpolate, grid_sample), Keys 1981 (a = -0.75).
#pragma once

#include <cstdint>

#include "kernels/types.h"

namespace fac::kernels {

// The scale PyTorch derives: align_corners (in-1)/(out-1), else 1/given if given > 0, else in/out.
double area_scale(std::int64_t in, std::int64_t out, bool align_corners, double given) noexcept;

enum class UpsampleMode : std::uint8_t { kNearest, kNearestExact, kLinear, kCubic, kLanczos };

struct Upsample {
  const void* x = nullptr;
  void* y = nullptr;
  ScalarKind kind{};
  UpsampleMode mode{};
  bool align_corners = false;
  std::int64_t planes = 0;  // batch * channels
  std::int64_t in[3] = {1, 1, 1};   // depth, height, width
  std::int64_t out[3] = {1, 1, 1};
  double scale[3] = {1, 1, 1};      // of area_scale
};
Outcome upsample(const Upsample& u) noexcept;

// Antialiased kLinear, kCubic (a = -0.5) or kLanczos (3 lobes; antialiased only) of the last two axes.
// scratch: antialias_scratch_bytes(u) bytes.
std::int64_t antialias_scratch_bytes(const Upsample& u) noexcept;
Outcome upsample_antialias(const Upsample& u, void* scratch) noexcept;

// The same for uint8, with and without antialiasing. scratch: upsample_bytes_scratch(u, antialias) bytes.
std::int64_t upsample_bytes_scratch(const Upsample& u, bool antialias) noexcept;
void upsample_bytes(const Upsample& u, bool antialias, void* scratch) noexcept;

enum class GridMode : std::uint8_t { kBilinear = 0, kNearest = 1, kBicubic = 2 };    // PyTorch's numbers
enum class GridPadding : std::uint8_t { kZeros = 0, kBorder = 1, kReflection = 2 };
// x [batch, channels, in...], grid [batch, out..., 2 or 3] with coordinates in -1..1 (width first),
// y [batch, channels, out...]; all dense. dims is 2 or 3. float and double.
struct GridSample {
  const void* x = nullptr;
  const void* grid = nullptr;
  void* y = nullptr;
  ScalarKind kind{};
  int dims = 2;
  std::int64_t batch = 0, channels = 0;
  std::int64_t in[3] = {1, 1, 1};   // depth, height, width
  std::int64_t out[3] = {1, 1, 1};
  GridMode mode{};
  GridPadding padding{};
  bool align_corners = false;
};
Outcome grid_sample(const GridSample& g) noexcept;

// Sliding blocks. x [planes, h, w] <-> columns [planes, kh*kw, oh*ow], dense; any kind (im2col), numeric kinds
// (col2im, which adds overlapping blocks; x is overwritten).
struct Blocks {
  ScalarKind kind{};
  std::int64_t planes = 0, h = 0, w = 0, oh = 0, ow = 0;
  std::int64_t kernel[2], stride[2], padding[2], dilation[2];
};
void im2col(const Blocks& b, const void* x, void* columns) noexcept;
Outcome col2im(const Blocks& b, const void* columns, void* x) noexcept;

}  // namespace fac::kernels
