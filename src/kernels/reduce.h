// Reductions and scans.
//   s: output(s), then the input; sizes are the input's. Along reduced dimensions the outputs have stride 0; bit d
//   of `reduced` marks dimension d. Several output elements never share memory. Empty reduced extents give the
//   identity (sum 0, prod 1, any false, ...); the caller rejects those that have none (amax, argmax, ...).
//   float, Half and BFloat16 accumulate in float, pairwise over blocks; integers in int64.
//   Results do not depend on the number of threads.
// Errors: kUndefined for element types that PyTorch does not take.
#pragma once

#include <cstdint>

#include "kernels/loop_nest.h"
#include "kernels/types.h"

namespace fac::kernels {

using DimMask = std::uint64_t;
constexpr DimMask all_dims(int rank) { return rank >= 64 ? ~DimMask{0} : (DimMask{1} << rank) - 1; }

enum class ReduceOp : std::uint8_t {
  kSum,
  kNansum,
  kMean,      // floating and complex compute
  kProd,
  kAmax,      // NaN wins
  kAmin,
  kAny,       // output bool or uint8
  kAll,
  kCountNonzero,  // output int64
  kNorm,      // (sum |x|^a)^(1/a); a may be 0, inf, -inf. Complex input: real output
  kSumSquares,
  kVar,       // divided by max(0, n - a): a is the correction
  kStd,
  kLogsumexp,
};

// compute: element type of the result (inputs of other kinds are converted, e.g. sum of int32 with compute kInt64,
// or with dtype=torch.float32).
Outcome reduce(ReduceOp op, ScalarKind compute, const Strided& s, DimMask reduced, double a = 0) noexcept;

// Outputs: value (kind of the input), variance first, then mean.
Outcome var_mean(ScalarKind compute, const Strided& s, DimMask reduced, double correction, bool take_root) noexcept;

// Outputs: index only (s: int64 output, input), or value and index (s: value, int64 index, input).
// The index is row-major over the reduced dimensions; the first extreme wins, a NaN beats every number.
Outcome arg_max(const Strided& s, DimMask reduced) noexcept;
Outcome arg_min(const Strided& s, DimMask reduced) noexcept;

enum class ScanOp : std::uint8_t { kCumsum, kCumprod, kLogcumsumexp };
// s: output, input of equal sizes. compute as in reduce().
Outcome scan(ScanOp op, ScalarKind compute, const Strided& s, int dim) noexcept;
// s: value, int64 index, input. Among equals the last index is reported, as PyTorch does.
Outcome cummax(const Strided& s, int dim) noexcept;
Outcome cummin(const Strided& s, int dim) noexcept;

}  // namespace fac::kernels
