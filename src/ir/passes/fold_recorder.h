// While one lives (on this thread), constant_fold notes in it whose bytes went into new constants.
#pragma once

#include <vector>

#include "tensor/baked.h"

namespace fac::ir {

class FoldRecorder {
 public:
  FoldRecorder();
  ~FoldRecorder();
  FoldRecorder(const FoldRecorder&) = delete;
  FoldRecorder& operator=(const FoldRecorder&) = delete;
  static FoldRecorder* current();

  std::vector<BakedFrom> folded;

 private:
  FoldRecorder* before_;
};

}  // namespace fac::ir
