#include "metrics/side_by_side.hpp"

#include "metrics/one_thread.hpp"

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>
#include <vector>

namespace rraebench {
namespace {

TEST(SideBySide, EveryPartOnce) {
  for (const int threads : {1, 2, 7})
    for (const std::int64_t count : {0, 1, 5, 100}) {
      std::vector<std::atomic<int>> visits(static_cast<std::size_t>(count));
      side_by_side(threads, count, 3, [&](std::int64_t begin, std::int64_t end) {
        EXPECT_LE(end - begin, 3);
        for (auto i = begin; i < end; ++i) ++visits[static_cast<std::size_t>(i)];
      });
      for (const auto& visit : visits) EXPECT_EQ(visit, 1);
    }
}

TEST(SideBySide, IsOnSeveralThreadsWithOneOfLibTorchsEach) {
  const int before = at::get_num_threads();
  at::set_num_threads(3);
  std::atomic<int> working{0};
  std::atomic<int> together{0};
  std::atomic<int> most_inside{0};
  {
    const OneThread one_thread;
    side_by_side(2, 2, 1, [&](std::int64_t, std::int64_t) {
      ++working;
      const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
      while (working < 2 && std::chrono::steady_clock::now() < end) std::this_thread::yield();
      if (working == 2) ++together;
      if (at::get_num_threads() > most_inside) most_inside = at::get_num_threads();
    });
  }
  EXPECT_EQ(together, 2) << "one after the other";
  EXPECT_EQ(most_inside, 1);
  EXPECT_EQ(at::get_num_threads(), 3);
  at::set_num_threads(before);
}

TEST(SideBySide, TheFirstFaultIsThrownWhenAllHaveEnded) {
  std::atomic<int> ended{0};
  EXPECT_THROW(side_by_side(3, 50, 1,
                            [&](std::int64_t i, std::int64_t) {
                              ++ended;
                              if (i == 4) throw std::range_error("no");
                            }),
               std::range_error);
  EXPECT_GE(ended, 5);
}

}  // namespace
}  // namespace rraebench
