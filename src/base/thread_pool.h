// The one pool of worker threads. Threads start on first use and end with the library.
//   parallel_for(n, grain, body): splits [0, n) into at most thread_count() ranges of at least `grain`
//   indices and runs body(begin, end) on each; the caller takes part and returns when all are done.
//   Nested calls, and calls while another thread holds the pool, run on the calling thread alone, so
//   programs that run many modules at once never oversubscribe.
// body must not throw.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <type_traits>

namespace fac {

// Threads that a parallel_for may use, the caller included. Defaults to the number of cores this process
// may run on. set_thread_count is global; ThreadCountGuard narrows it for the calling thread (0 = no change).
int thread_count();
void set_thread_count(int n);

class ThreadCountGuard {
 public:
  explicit ThreadCountGuard(int n);
  ~ThreadCountGuard();
  ThreadCountGuard(const ThreadCountGuard&) = delete;
  ThreadCountGuard& operator=(const ThreadCountGuard&) = delete;

 private:
  int saved_;
};

namespace detail {
using RangeFn = void (*)(void* body, std::int64_t begin, std::int64_t end);
void parallel_for_impl(std::int64_t n, std::int64_t grain, RangeFn fn, void* body);
}  // namespace detail

template <class F>
void parallel_for(std::int64_t n, std::int64_t grain, F&& body) {
  using Body = std::remove_reference_t<F>;
  detail::parallel_for_impl(
      n, grain, [](void* b, std::int64_t begin, std::int64_t end) { (*static_cast<Body*>(b))(begin, end); },
      const_cast<void*>(static_cast<const void*>(&body)));
}

}  // namespace fac
