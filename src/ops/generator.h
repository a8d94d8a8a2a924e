// Random numbers: the Mersenne twister and the streams that PyTorch's CPU generator makes of it, so that
// manual_seed(s) gives the same numbers.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <random>

#include "base/ref.h"
#include "value/value.h"

namespace fac::ops {

class Generator final : public RefCounted {
 public:
  static constexpr std::uint64_t kDefaultSeed = 67280421310721;
  explicit Generator(std::uint64_t seed = kDefaultSeed) { set_seed(seed); }
  void set_seed(std::uint64_t seed) {
    seed_ = seed;
    engine_.seed(static_cast<std::uint32_t>(seed));
    cached_normal_.reset();
  }
  std::uint64_t seed() const { return seed_; }

  std::uint32_t bits32() { return static_cast<std::uint32_t>(engine_()); }
  std::uint64_t bits64() {
    const std::uint64_t high = bits32();
    return high << 32 | bits32();
  }
  double uniform_double() { return static_cast<double>(bits64() & ((1ull << 53) - 1)) * 0x1p-53; }  // [0, 1)
  float uniform_float() { return static_cast<float>(bits32() & ((1u << 24) - 1)) * 0x1p-24f; }
  double normal_double();  // Box and Muller; the second number of a pair is kept for the next call

  std::mutex mutex;

 private:
  std::mt19937 engine_;
  std::uint64_t seed_ = 0;
  std::optional<double> cached_normal_;
};

Generator& default_generator();

// Holds a generator while numbers are drawn. None means the default one.
class GeneratorLock {
 public:
  explicit GeneratorLock(const Value& generator);
  Generator* operator->() const { return generator_; }
  Generator& operator*() const { return *generator_; }

 private:
  Generator* generator_;
  std::unique_lock<std::mutex> lock_;
};

}  // namespace fac::ops
