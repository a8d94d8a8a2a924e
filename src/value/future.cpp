#include <condition_variable>
#include <optional>

#include "value/value.h"

namespace fac {

struct FutureBox::State {
  std::mutex mutex;
  std::condition_variable completed;
  bool done = false;
  Value value;
  std::optional<Error> error;  // every waiter receives a copy
};

std::shared_ptr<FutureBox::State> FutureBox::make_state() { return std::make_shared<State>(); }

Result<Value> FutureBox::wait() {
  std::unique_lock lock(state_->mutex);
  state_->completed.wait(lock, [this] { return state_->done; });
  if (state_->error) return ErrorPtr(*state_->error);
  return state_->value;
}

void FutureBox::complete(Result<Value> r) {
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->done) return;
    if (r.ok()) state_->value = std::move(*r);
    else state_->error = r.error();
    state_->done = true;
  }
  state_->completed.notify_all();
}

bool FutureBox::done() const {
  const std::lock_guard lock(state_->mutex);
  return state_->done;
}

}  // namespace fac
