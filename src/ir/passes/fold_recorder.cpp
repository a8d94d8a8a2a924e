#include "ir/passes/fold_recorder.h"

#include <utility>

namespace fac::ir {
namespace {
thread_local FoldRecorder* t_recorder = nullptr;
}

FoldRecorder::FoldRecorder() : before_(std::exchange(t_recorder, this)) {}
FoldRecorder::~FoldRecorder() { t_recorder = before_; }
void FoldRecorder::note(const Tensor& t) {
  if (t_recorder) t_recorder->folded.emplace_back(t.storage());
}

}  // namespace fac::ir
