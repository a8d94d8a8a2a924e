// The inner loop of reduced precision for one way to multiply: `Dot`, a struct in the scope of the #include (see
// reduced_dot.cpp). Included once for each, as functions that use further instructions need attributes of their own.
//   Dot: kRows, the most rows of a tile; kVectorBytes, of a vector's words of weights; kInteger; kCorrects, whether the sums
//   start at -zero * sums; Sum, the type of a sum; Acc, a vector of them; zero(), broadcast(word), load(weights),
//   step(acc, word, weights), to_float(sums).

// What follows the sums [row][2][lanes]; one copy for all sizes, as it is long and seldom what takes time.
inline void dot_write(const DotTile& t, const typename Dot::Sum* sums, int rows, const float* residual, float* y) {
  const hn::ScalableTag<float> d;
  constexpr std::int64_t L = HWY_LANES(float);
  const auto lo = hn::Set(d, t.lo), hi = hn::Set(d, t.hi);
  for (int v = 0; v < t.vectors; ++v) {
    const auto bias = hn::LoadU(d, t.bias + v * L);
    for (int r = 0; r < rows; ++r) {
      auto sum = Dot::to_float(sums + (2 * r + v) * L);
      if (Dot::kInteger) {
        sum = hn::Mul(sum, hn::Set(d, t.row_scale[r * t.row_step]));
        sum = hn::Mul(sum, hn::LoadU(d, t.scale + v * L));
      }
      sum = hn::Add(sum, bias);
      if (residual != nullptr) sum = hn::Add(sum, hn::LoadU(d, residual + r * t.r_row + v * t.r_vector));
      if (t.clamp) sum = clamp_keeping_nan(d, sum, lo, hi);
      hn::StoreU(sum, d, y + r * t.y_row + v * t.y_vector);
    }
  }
}

template <int R>
void dot_tile(const DotTile& t, const std::uint8_t* HWY_RESTRICT x, const std::uint8_t* HWY_RESTRICT w, const float* residual,
              float* y) {
  [[maybe_unused]] const hn::ScalableTag<std::int32_t> di;
  constexpr std::int64_t L = HWY_LANES(float);
  typename Dot::Acc acc[R][2];
  FACULA_UNROLL(16)
  for (int r = 0; r < R; ++r) {
    if constexpr (Dot::kCorrects) {
      const auto zero = hn::Set(di, -t.row_zero[r * t.row_step]);
      acc[r][0] = hn::Mul(zero, hn::LoadU(di, t.sums));
      acc[r][1] = hn::Mul(zero, hn::LoadU(di, t.sums + L));
    } else {
      acc[r][0] = Dot::zero();
      acc[r][1] = Dot::zero();
    }
  }
  for (std::int64_t tap = 0; tap < t.tap_count; ++tap) {
    const std::uint8_t* HWY_RESTRICT at = x + t.taps[tap];
    for (std::int64_t k = 0; k < t.words; ++k, at += 4, w += 2 * Dot::kVectorBytes) {
      const auto w0 = Dot::load(w), w1 = Dot::load(w + Dot::kVectorBytes);
      FACULA_UNROLL(16)
      for (int r = 0; r < R; ++r) {
        std::int32_t word;
        std::memcpy(&word, at + r * t.x_row, sizeof word);
        const auto v = Dot::broadcast(word);
        acc[r][0] = Dot::step(acc[r][0], v, w0);
        acc[r][1] = Dot::step(acc[r][1], v, w1);
      }
    }
  }
  alignas(64) typename Dot::Sum sums[R * 2 * L];
  const hn::ScalableTag<typename Dot::Sum> ds;
  FACULA_UNROLL(16)
  for (int r = 0; r < R; ++r) {
    hn::Store(acc[r][0], ds, sums + 2 * r * L);
    hn::Store(acc[r][1], ds, sums + (2 * r + 1) * L);
  }
  dot_write(t, sums, R, residual, y);
}

inline DotKernels make_kernels(int group, int weight_bytes) {
  DotKernels k;
  k.lanes = HWY_LANES(float);
  k.group = group;
  k.weight_bytes = weight_bytes;
  k.signed_inputs = Dot::kInteger && !Dot::kCorrects;
  int i = 0;
  // Few sizes: each takes half a kilobyte to two, for each target and form.
  if constexpr (Dot::kRows > 4) k.sizes[i] = Dot::kRows, k.tiles[i++] = &dot_tile<Dot::kRows>;
  k.sizes[i] = 4, k.tiles[i++] = &dot_tile<4>;
  k.sizes[i] = 1, k.tiles[i] = &dot_tile<1>;
  return k;
}
