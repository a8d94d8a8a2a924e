// Arithmetic on tensors as formulas, for operators that are made of others: `Expr y = (a + b) * 2.0;`.
// The first error sticks and comes out of result(); nothing after it is worked out. Each step is an operator call of its
// own, with PyTorch's promotion: for formulas that are read more often than they are run.
#pragma once

#include <optional>
#include <utility>

#include "ops/copy.h"
#include "ops/dims.h"
#include "ops/elementwise.h"
#include "ops/functions.h"
#include "ops/reduction.h"

namespace fac::ops {

class Expr {
 public:
  Expr(const Tensor& t) : value_(t) {}
  Expr(Result<Tensor> r) {
    if (r.ok()) value_ = *std::move(r);
    else error_.emplace(r.take_error());
  }
  Expr(const Scalar& s) : number_(s) {}
  Expr(double d) : number_(Scalar(d)) {}
  Expr(std::int64_t i) : number_(Scalar(i)) {}
  Expr(int i) : number_(Scalar(i)) {}

  // The tensor, or the first error on the way to it. A plain number is not a result.
  Result<Tensor> result() {
    if (error_) return std::move(*error_);
    return value_;
  }
  bool ok() const { return !error_; }
  const Tensor& tensor() const { return value_; }  // undefined after an error

  // f(tensor) -> Result<Tensor>, unless an error stands.
  template <class F>
  Expr then(F&& f) {
    if (error_) return ErrorPtr(**error_);
    return Expr(f(value_));
  }

  friend Expr apply(const Expr& a, const Expr& b, BinaryOp op, Rule rule = Rule::kSame) {
    if (a.error_) return ErrorPtr(**a.error_);
    if (b.error_) return ErrorPtr(**b.error_);
    return binary(a.arg(), b.arg(), op, rule);
  }
  friend Expr apply(const Expr& a, UnaryOp op, Rule rule = Rule::kSame) {
    if (a.error_) return ErrorPtr(**a.error_);
    return unary(a.value_, op, rule);
  }
  friend Expr operator+(const Expr& a, const Expr& b) { return apply(a, b, BinaryOp::add); }
  friend Expr operator-(const Expr& a, const Expr& b) { return apply(a, b, BinaryOp::sub); }
  friend Expr operator*(const Expr& a, const Expr& b) { return apply(a, b, BinaryOp::mul); }
  friend Expr operator/(const Expr& a, const Expr& b) { return apply(a, b, BinaryOp::div, Rule::kFloating); }
  friend Expr operator-(const Expr& a) { return apply(a, UnaryOp::neg); }
  friend Expr operator>(const Expr& a, const Expr& b) { return apply(a, b, BinaryOp::gt, Rule::kBool); }
  friend Expr operator==(const Expr& a, const Expr& b) { return apply(a, b, BinaryOp::eq, Rule::kBool); }

 private:
  Expr(ErrorPtr e) { error_.emplace(std::move(e)); }
  Arg arg() const { return number_ ? Arg(*number_) : Arg(value_); }

  Tensor value_;
  std::optional<Scalar> number_;
  std::optional<ErrorPtr> error_;
};

inline Expr maximum(const Expr& a, const Expr& b) { return apply(a, b, BinaryOp::maximum); }
inline Expr minimum(const Expr& a, const Expr& b) { return apply(a, b, BinaryOp::minimum); }
inline Expr exp(const Expr& a) { return apply(a, UnaryOp::exp, Rule::kFloating); }
inline Expr log(const Expr& a) { return apply(a, UnaryOp::log, Rule::kFloating); }
inline Expr sqrt(const Expr& a) { return apply(a, UnaryOp::sqrt, Rule::kFloating); }
inline Expr cast_to(Expr a, DType t) {
  return a.then([&](const Tensor& x) { return fac::cast(x, t); });
}

}  // namespace fac::ops
