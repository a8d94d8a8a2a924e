#include "ops/generator.h"

#include <cmath>

namespace fac::ops {

double Generator::normal_double() {
  if (cached_normal_) {
    const double x = *cached_normal_;
    cached_normal_.reset();
    return x;
  }
  const double u1 = uniform_double(), u2 = uniform_double();
  const double r = std::sqrt(-2.0 * std::log1p(-u2)), theta = 2.0 * M_PI * u1;
  cached_normal_ = r * std::sin(theta);
  return r * std::cos(theta);
}

Generator& default_generator() {
  static Generator g;
  return g;
}

GeneratorLock::GeneratorLock(const Value& generator)
    : generator_(generator.tag() == Tag::kGenerator ? static_cast<Generator*>(generator.box_ptr())
                                                    : &default_generator()),
      lock_(generator_->mutex) {}

}  // namespace fac::ops
