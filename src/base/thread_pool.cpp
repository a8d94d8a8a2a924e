#include "base/thread_pool.h"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include "base/task_pool.h"

#if defined(__x86_64__) || defined(__i386__)
#include <immintrin.h>
#define FACULA_PAUSE() _mm_pause()
#else
#define FACULA_PAUSE() std::this_thread::yield()
#endif

namespace fac {
namespace {

int available_cores() {
#ifdef __linux__
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return std::max(1, CPU_COUNT(&set));
#endif
  return static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
}

std::atomic<int> g_threads{0};             // 0: not set, use available_cores()
thread_local int t_thread_limit = 0;       // ThreadCountGuard; 0: none
thread_local bool t_inside_parallel = false;
std::atomic<int> g_task_threads{0};        // threads of the task pool that work now

// Workers spin for this many polls before they sleep: fork-join between the layers of a network costs about
// a microsecond then, and an idle program burns nothing after some tens of microseconds.
constexpr int kSpins = 4000;

class Pool {
 public:
  static Pool& get() {
    static Pool pool;  // destroyed at library unload: joins the workers
    return pool;
  }

  // Runs fn over `ranges` equal parts of [0, n). Returns false if the pool is busy.
  bool run(std::int64_t n, int ranges, detail::RangeFn fn, void* body) {
    std::unique_lock busy(busy_, std::try_to_lock);
    if (!busy.owns_lock()) return false;
    grow(ranges - 1);
    fn_ = fn;
    body_ = body;
    n_ = n;
    ranges_ = ranges;
    next_.store(1, std::memory_order_relaxed);
    // Last: a worker that sees pending_ > 0 sees the whole job.
    pending_.store(ranges - 1, std::memory_order_release);
    epoch_.fetch_add(1, std::memory_order_seq_cst);
    if (sleepers_.load(std::memory_order_seq_cst) > 0) {
      std::lock_guard lock(sleep_mutex_);
      wake_.notify_all();
    }
    run_range(0);
    // Take over the ranges that no worker has begun, then wait for the others.
    for (int i; (i = next_.fetch_add(1, std::memory_order_acq_rel)) < ranges;) {
      run_range(i);
      pending_.fetch_sub(1, std::memory_order_seq_cst);
    }
    for (int spin = 0; pending_.load(std::memory_order_seq_cst) > 0; ++spin) {
      if (spin < kSpins) FACULA_PAUSE();
      else std::this_thread::yield();
    }
    // A worker may still be between reading the epoch and taking a range; it must see none left.
    while (active_.load(std::memory_order_seq_cst) > 0) FACULA_PAUSE();
    return true;
  }

 private:
  Pool() = default;
  ~Pool() {
    {
      std::lock_guard lock(sleep_mutex_);
      stop_.store(true);
      epoch_.fetch_add(1);
    }
    wake_.notify_all();
    for (auto& t : workers_) t.join();
  }

  // Where the system refuses another thread, the caller takes that thread's ranges.
  void grow(int wanted) {
    try {
      while (static_cast<int>(workers_.size()) < wanted) workers_.emplace_back([this, e = epoch_.load()] { work(e); });
    } catch (const std::system_error&) {
    }
  }

  void run_range(int i) {
    const std::int64_t begin = n_ * i / ranges_, end = n_ * (i + 1) / ranges_;
    if (begin < end) fn_(body_, begin, end);
  }

  void work(std::uint64_t seen) {
    t_inside_parallel = true;
    for (;;) {
      int spin = 0;
      while (epoch_.load(std::memory_order_acquire) == seen) {
        if (++spin < kSpins) {
          FACULA_PAUSE();
          continue;
        }
        std::unique_lock lock(sleep_mutex_);
        sleepers_.fetch_add(1, std::memory_order_seq_cst);
        wake_.wait(lock, [&] { return epoch_.load(std::memory_order_seq_cst) != seen; });
        sleepers_.fetch_sub(1, std::memory_order_seq_cst);
      }
      active_.fetch_add(1, std::memory_order_seq_cst);
      seen = epoch_.load(std::memory_order_acquire);
      if (stop_.load()) {
        active_.fetch_sub(1);
        return;
      }
      // pending_ > 0 means that the job of this epoch still waits for somebody.
      if (pending_.load(std::memory_order_seq_cst) > 0) {
        for (int i; (i = next_.fetch_add(1, std::memory_order_acq_rel)) < ranges_;) {
          run_range(i);
          pending_.fetch_sub(1, std::memory_order_seq_cst);
        }
      }
      active_.fetch_sub(1, std::memory_order_acq_rel);
    }
  }

  std::mutex busy_;  // held by the thread whose job runs
  detail::RangeFn fn_ = nullptr;
  void* body_ = nullptr;
  std::int64_t n_ = 0;
  int ranges_ = 1;
  // active_ and pending_ need one order for all threads: a worker raises active_ and then reads pending_, the caller sees
  // pending_ at 0 and then reads active_, and one of the two must see the other.
  std::atomic<int> next_{0}, pending_{0}, active_{0};
  std::atomic<std::uint64_t> epoch_{0};
  std::atomic<int> sleepers_{0};
  std::atomic<bool> stop_{false};
  std::mutex sleep_mutex_;
  std::condition_variable wake_;
  std::vector<std::thread> workers_;
};

}  // namespace

int thread_count() {
  const int global = g_threads.load(std::memory_order_relaxed);
  static const int cores = available_cores();
  const int n = t_thread_limit > 0 ? t_thread_limit : global > 0 ? global : cores;
  return std::max(1, n);
}

void set_thread_count(int n) { g_threads.store(std::max(0, n), std::memory_order_relaxed); }

ThreadCountGuard::ThreadCountGuard(int n) : saved_(t_thread_limit) {
  if (n > 0) t_thread_limit = n;
}
ThreadCountGuard::~ThreadCountGuard() { t_thread_limit = saved_; }

namespace detail {

TaskThread::TaskThread() : saved_(t_inside_parallel) {
  t_inside_parallel = true;
  g_task_threads.fetch_add(1, std::memory_order_relaxed);
}
TaskThread::~TaskThread() {
  g_task_threads.fetch_sub(1, std::memory_order_relaxed);
  t_inside_parallel = saved_;
}

void parallel_for_impl(std::int64_t n, std::int64_t grain, RangeFn fn, void* body) {
  if (n <= 0) return;
  const std::int64_t most = std::max<std::int64_t>(1, n / std::max<std::int64_t>(1, grain));
  const int free_threads = std::max(1, thread_count() - g_task_threads.load(std::memory_order_relaxed));
  const int ranges = t_inside_parallel ? 1 : static_cast<int>(std::min<std::int64_t>(free_threads, most));
  if (ranges > 1) {
    t_inside_parallel = true;
    const bool ran = Pool::get().run(n, ranges, fn, body);
    t_inside_parallel = false;
    if (ran) return;
  }
  fn(body, 0, n);
}

}  // namespace detail
}  // namespace fac
