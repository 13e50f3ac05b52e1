#include "metrics/side_by_side.hpp"

#include "metrics/one_thread.hpp"

#include <ATen/Parallel.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <system_error>

namespace rraebench {
namespace {

/// Which threads of LibTorch's pool are at work; one that comes when it is over goes again.
class Helpers {
 public:
  /// Before any is called: what was written until then is theirs to read, whatever the pool does.
  void begin() {
    const std::lock_guard<std::mutex> lock(mutex_);
    over_ = false;
  }

  bool enter() {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (over_) return false;
    ++inside_;
    return true;
  }

  void leave() {
    const std::lock_guard<std::mutex> lock(mutex_);
    --inside_;
    left_.notify_all();
  }

  void end() {
    std::unique_lock<std::mutex> lock(mutex_);
    over_ = true;
    left_.wait(lock, [this] { return inside_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable left_;
  int inside_ = 0;
  bool over_ = true;
};

}  // namespace

void side_by_side(int threads, std::int64_t count, std::int64_t grain,
                  const std::function<void(std::int64_t, std::int64_t)>& work) {
  std::atomic<std::int64_t> next{0};
  std::mutex mutex;
  std::exception_ptr fault;
  const auto take_parts = [&] {
    try {
      for (std::int64_t begin = 0; (begin = next.fetch_add(grain)) < count;)
        work(begin, std::min(begin + grain, count));
    } catch (...) {
      next = count;  // Nothing more is begun.
      const std::lock_guard<std::mutex> lock(mutex);
      if (!fault) fault = std::current_exception();
    }
  };
  const auto helpers = std::make_shared<Helpers>();  // Outlives this call where a thread comes late.
  const int threads_of_caller = at::get_num_threads();
  const auto parts = (count + grain - 1) / grain;
  helpers->begin();
  try {
    for (std::int64_t i = 1; i < std::min<std::int64_t>(threads, parts); ++i)
      at::launch([helpers, threads_of_caller, &take_parts] {
        if (!helpers->enter()) return;
        set_threads_of_caller(threads_of_caller);  // OpenMP has one number for every thread.
        take_parts();
        helpers->leave();
      });
  } catch (const std::system_error&) {
    // The pool cannot start its threads: this one does the work.
  }
  take_parts();
  helpers->end();
  if (fault) std::rethrow_exception(fault);
}

}  // namespace rraebench
