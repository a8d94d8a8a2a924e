#include "base/task_pool.h"

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include "base/thread_pool.h"

namespace fac {
namespace {

class TaskPool {
 public:
  static TaskPool& get() {
    static TaskPool pool;  // destroyed at library unload: joins the workers
    return pool;
  }

  bool submit(std::function<void()> task, std::size_t most_threads) {
    {
      const std::lock_guard lock(mutex_);
      if (idle_ <= tasks_.size() && workers_.size() < most_threads) try {
          workers_.emplace_back([this] { work(); });
        } catch (const std::system_error&) {  // the system refuses another thread: those that there are must do
          if (workers_.empty()) return false;
        }
      tasks_.push_back(std::move(task));
    }
    wake_.notify_one();
    return true;
  }

 private:
  TaskPool() = default;
  ~TaskPool() {
    {
      const std::lock_guard lock(mutex_);
      stop_ = true;
    }
    wake_.notify_all();
    for (auto& t : workers_) t.join();
  }

  void work() {
    std::unique_lock lock(mutex_);
    for (;;) {
      ++idle_;
      wake_.wait(lock, [this] { return stop_ || !tasks_.empty(); });
      --idle_;
      if (stop_) return;
      auto task = std::move(tasks_.front());
      tasks_.pop_front();
      lock.unlock();
      {
        const detail::TaskThread here;
        task();
        task = nullptr;  // what it owned goes before this thread counts as idle
      }
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> tasks_;
  std::vector<std::thread> workers_;
  std::size_t idle_ = 0;
  bool stop_ = false;
};

}  // namespace

bool submit_task(std::function<void()> task) {
  const int most = thread_count() - 1;
  if (most < 1) return false;
  return TaskPool::get().submit(std::move(task), static_cast<std::size_t>(most));
}

}  // namespace fac
