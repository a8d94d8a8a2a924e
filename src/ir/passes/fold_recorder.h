// While one lives (on this thread), passes note in it whose bytes went into new constants: a pass that reads a constant tensor's
// numbers calls note(), or a later write to an attribute's tensor would not be seen.
#pragma once

#include <vector>

#include "tensor/baked.h"
#include "tensor/tensor.h"

namespace fac::ir {

class FoldRecorder {
 public:
  FoldRecorder();
  ~FoldRecorder();
  FoldRecorder(const FoldRecorder&) = delete;
  FoldRecorder& operator=(const FoldRecorder&) = delete;
  static void note(const Tensor& t);

  std::vector<BakedFrom> folded;

 private:
  FoldRecorder* before_;
};

}  // namespace fac::ir
