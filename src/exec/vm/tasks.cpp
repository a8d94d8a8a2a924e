#include "exec/vm/tasks.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/task_pool.h"
#include "base/thread_pool.h"

namespace fac::vm {
namespace {

// Tasks of one frame that are not done; more of them are run where they are forked.
constexpr std::size_t kMostTasks = 256;

thread_local std::shared_ptr<TaskThreads> t_threads;  // of the task that this thread works on

}  // namespace

Task::Task(const Call& c, std::span<Value> args, const RunContext& parent, std::shared_ptr<TaskThreads> threads)
    : FutureBox(c.type->element()),
      body_(c.body),
      args_(std::make_move_iterator(args.begin()), std::make_move_iterator(args.end())),
      context_(parent),
      threads_(std::move(threads)),
      before_(parent.instructions()) {}

bool Task::try_run(std::uint32_t depth) {
  if (!begin()) return false;
  context_.depth = std::max(depth, context_.depth) + 1;
  const ThreadCountGuard as_the_call(threads_->most + 1);
  std::optional<AllocHookGuard> counted;
  if (context_.memory) counted.emplace(context_.memory.get());
  const auto outer = std::exchange(t_threads, threads_);
  Result<Value> result = context_.depth > context_.limits.call_depth
                             ? Result<Value>(error(ErrorKind::kLimit, "maximum recursion depth of {} calls exceeded",
                                                   context_.limits.call_depth))
                             : vm::run(*body_, args_, context_);
  t_threads = outer;
  // Nothing of the run is kept: a future may be kept long.
  args_.clear();
  body_.reset();
  complete(std::move(result));
  return true;
}

void Task::cancel() {
  if (begin()) complete(error(ErrorKind::kRuntime, "the task was not run: the function that forked it failed"));
}

Result<Value> Task::wait() {
  try_run(0);
  return FutureBox::wait();
}

Ref<Task> TaskGroup::start(const Call& c, std::span<Value> args, RunContext& context) {
  if (thread_count() < 2) return nullptr;
  if (tasks_.size() >= kMostTasks) {
    forget_done(context);
    if (tasks_.size() >= kMostTasks) return nullptr;
  }
  if (!threads_) threads_ = t_threads ? t_threads : std::make_shared<TaskThreads>(thread_count() - 1);
  auto task = make_ref<Task>(c, args, context, threads_);
  tasks_.push_back(task);
  // A task that finds no thread free is left to those who wait for it.
  submit_task([task, threads = threads_] {
    if (threads->running.fetch_add(1) < threads->most) task->try_run(0);
    threads->running.fetch_sub(1);
  });
  return task;
}

Result<Value> TaskGroup::wait(FutureBox& future, RunContext& context) {
  if (auto* task = dynamic_cast<Task*>(&future)) task->try_run(context.depth);
  for (std::size_t i = 0; i < tasks_.size() && !future.done(); ++i) tasks_[i]->try_run(context.depth);
  auto result = future.wait();
  forget_done(context);
  FACULA_TRY_VOID(context.look(0));
  return result;
}

void TaskGroup::end(bool ok, RunContext* context) {
  for (const auto& t : tasks_)
    if (ok && context) t->try_run(context->depth);
    else t->cancel();
  for (const auto& t : tasks_) static_cast<void>(t->wait());
  if (context) forget_done(*context);
  tasks_.clear();
}

void TaskGroup::forget_done(RunContext& context) {
  std::erase_if(tasks_, [&](const Ref<Task>& t) {
    if (!t->done()) return false;
    context.add_instructions(t->instructions());
    return true;
  });
}

}  // namespace fac::vm
