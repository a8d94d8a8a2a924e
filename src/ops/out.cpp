#include "ops/op.h"
#include "ops/copy.h"

namespace fac {

Result<Tensor> Out::make(Ints sizes, DType dtype, const Tensor& like) {
  if (form_ == Form::kFunctional) {
    if (like.defined() && std::equal(sizes.begin(), sizes.end(), like.sizes().begin(), like.sizes().end())) {
      FACULA_TRY(result_, Tensor::empty_like(like, dtype));
    } else {
      FACULA_TRY(result_, Tensor::empty(sizes, dtype));
    }
    return result_;
  }
  const bool same_sizes = std::equal(sizes.begin(), sizes.end(), given_.sizes().begin(), given_.sizes().end());
  FACULA_CHECK(form_ == Form::kOut || same_sizes,
               "output with shape {} doesn't match the broadcast shape {}", ints_text(given_.sizes()), ints_text(sizes));
  FACULA_CHECK(can_cast(dtype, given_.dtype()), "result type {} can't be cast to the desired output type {}",
               dtype_name(dtype), dtype_name(given_.dtype()));
  if (same_sizes && dtype == given_.dtype()) {
    given_.bump_version();
    result_ = given_;
    return result_;
  }
  FACULA_TRY(result_, Tensor::empty(sizes, dtype));
  return result_;
}

Result<Tensor> Out::finish() {
  if (form_ == Form::kFunctional || result_.is_same(given_)) return std::move(result_);
  if (!std::equal(result_.sizes().begin(), result_.sizes().end(), given_.sizes().begin(), given_.sizes().end())) {
    FACULA_CHECK(form_ == Form::kOut, "output with shape {} doesn't match the broadcast shape {}",
                 ints_text(given_.sizes()), ints_text(result_.sizes()));
    FACULA_TRY_VOID(resize(given_, result_.sizes()));
  }
  FACULA_CHECK(can_cast(result_.dtype(), given_.dtype()), "result type {} can't be cast to the desired output type {}",
               dtype_name(result_.dtype()), dtype_name(given_.dtype()));
  given_.bump_version();
  FACULA_TRY_VOID(copy_into(given_, result_));
  return given_;
}

}  // namespace fac
