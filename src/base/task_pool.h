// Threads for tasks that run beside their maker (fork), at most thread_count() - 1 of them. They start on first use and
// end with the library. parallel_for inside a task runs on the task's thread alone, and a parallel_for elsewhere takes
// one thread less for each task that runs, so that no more threads work than are allowed.
#pragma once

#include <functional>

namespace fac {

// Queues `task` for another thread. False if the calling thread may use no other (thread_count() is 1) or the system
// gives no thread: nothing is queued then. `task` must not throw; it may run long after submit() returns, so it must own
// what it needs.
bool submit_task(std::function<void()> task);

namespace detail {
// Marks the calling thread as one that works on a task. Defined with the pool of parallel_for.
class TaskThread {
 public:
  TaskThread();
  ~TaskThread();
  TaskThread(const TaskThread&) = delete;
  TaskThread& operator=(const TaskThread&) = delete;

 private:
  bool saved_;
};
}  // namespace detail

}  // namespace fac
