// Scalar: a Python number as an operator argument (int, float, bool or complex), exact in its own kind.
#pragma once

#include <complex>
#include <cstdint>

#include "tensor/dtype.h"
#include "value/value.h"

namespace fac {

class Scalar {
 public:
  enum class Kind : std::uint8_t { kInt, kFloat, kBool, kComplex };
  Scalar(std::int64_t i = 0) : kind_(Kind::kInt), i_(i) {}
  Scalar(int i) : Scalar(static_cast<std::int64_t>(i)) {}
  Scalar(double d) : kind_(Kind::kFloat), d_(d) {}
  Scalar(bool b) : kind_(Kind::kBool), i_(b) {}
  Scalar(std::complex<double> c) : kind_(Kind::kComplex), i_(0), d_(c.real()), im_(c.imag()) {}
  // `v` must be a number (v.is_scalar()).
  static Scalar from_value(const Value& v) {
    if (v.is_int()) return Scalar(v.i());
    if (v.is_bool()) return Scalar(v.b());
    if (v.is_float()) return Scalar(v.d());
    return Scalar(v.c());
  }
  Value to_value() const {
    switch (kind_) {
      case Kind::kInt: return Value(i_);
      case Kind::kFloat: return Value(d_);
      case Kind::kBool: return Value(i_ != 0);
      default: return Value(to_complex());
    }
  }

  Kind kind() const { return kind_; }
  bool is_int() const { return kind_ == Kind::kInt; }
  bool is_float() const { return kind_ == Kind::kFloat; }
  bool is_bool() const { return kind_ == Kind::kBool; }
  bool is_complex() const { return kind_ == Kind::kComplex; }
  std::int64_t to_int() const {
    return kind_ == Kind::kInt || kind_ == Kind::kBool ? i_ : static_cast<std::int64_t>(d_);
  }
  double to_double() const { return kind_ == Kind::kInt || kind_ == Kind::kBool ? static_cast<double>(i_) : d_; }
  bool to_bool() const {
    return kind_ == Kind::kInt || kind_ == Kind::kBool ? i_ != 0 : d_ != 0.0 || im_ != 0.0;
  }
  std::complex<double> to_complex() const { return {to_double(), kind_ == Kind::kComplex ? im_ : 0.0}; }
  // int64, default float, bool or the default complex: what torch.tensor(scalar) would have.
  DType dtype() const {
    switch (kind_) {
      case Kind::kInt: return DType::kInt64;
      case Kind::kBool: return DType::kBool;
      case Kind::kFloat: return default_dtype();
      default: return complex_dtype(default_dtype());
    }
  }

 private:
  Kind kind_;
  std::int64_t i_ = 0;
  double d_ = 0;
  double im_ = 0;
};

}  // namespace fac
