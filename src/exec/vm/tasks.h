// The tasks of fork(). A frame owns the tasks that it forks and ends after them, so a task never outlives what it reads.
//
// A task is begun once: by a thread of the task pool, by whoever waits for it, or by its frame while that waits for
// another of its tasks. A thread that waits blocks only on tasks that have begun. There is no circle of waiting: a task
// gets hold of futures made before it and of those that it forks, never of its own or of a later one, since isolated
// tasks share nothing that is written (ir/tasks.h). A frame helps with tasks of its own only: one of a stranger could
// wait for what lies below it on the same stack.
#pragma once

#include <atomic>
#include <memory>
#include <span>
#include <vector>

#include "exec/vm/run.h"

namespace fac::vm {

// Threads that the tasks of one call may take, those of their tasks included.
struct TaskThreads {
  explicit TaskThreads(int n) : most(n) {}
  const int most;
  std::atomic<int> running{0};
};

class Task final : public FutureBox {
 public:
  Task(const Call& c, std::span<Value> args, const RunContext& parent, std::shared_ptr<TaskThreads> threads);
  // Runs it on the calling thread, `depth` calls deep, unless somebody has begun it. True: it is done now.
  bool try_run(std::uint32_t depth);
  // Ends it unrun, unless somebody has begun it; waiters get an error.
  void cancel();
  Result<Value> wait() override;
  std::uint64_t instructions() const { return context_.instructions() - before_; }  // once it is done

 private:
  bool begin() { return !begun_.exchange(true, std::memory_order_acq_rel); }

  std::atomic<bool> begun_{false};
  std::shared_ptr<const Code> body_;
  std::vector<Value> args_;
  RunContext context_;
  std::shared_ptr<TaskThreads> threads_;
  std::uint64_t before_;  // instructions that the parent had run
};

// The tasks of one frame.
class TaskGroup {
 public:
  ~TaskGroup() { end(false, nullptr); }
  // Starts a task, if another thread may run it and not too many wait already; null otherwise.
  Ref<Task> start(const Call& c, std::span<Value> args, RunContext& context);
  // What the future holds. errors: those of its task; limits.
  Result<Value> wait(FutureBox& future, RunContext& context);
  // Waits for all tasks. Those that nobody has begun are run or, after an error, dropped.
  void end(bool ok, RunContext* context);

 private:
  void forget_done(RunContext& context);
  std::vector<Ref<Task>> tasks_;
  std::shared_ptr<TaskThreads> threads_;
};

}  // namespace fac::vm
