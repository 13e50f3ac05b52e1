#include "datasets/image_cache.hpp"

#include "tests/datasets/image_bytes.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <new>
#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

namespace rraebench {
namespace {

namespace fs = std::filesystem;

using testing::gradient;
using testing::png;

class ImageCacheTest : public ::testing::Test {
 protected:
  /// Enough for several threads.
  ImageList images(std::int64_t channels, std::int64_t side) const {
    ImageList list;
    list.name = "few";
    list.form = {channels, side, side};
    for (int n = 0; n < 64; ++n)
      list.files.push_back(folder_.write("images/" + std::to_string(n) + ".png",
                                         png(12, 10, PNG_FORMAT_RGB, gradient(12, 10, n))));
    return list;
  }

  TemporaryFolder folder_;
};

/// Exits with 0 if the images are read where no further thread can be started.
void read_without_threads(const ImageList& list, const fs::path& cache_dir, const std::string& fingerprint) {
  constexpr std::size_t kBeyondAllMemory = std::size_t{1} << 48;  // Such a thread's stack.
  pthread_attr_t attributes;
  ::pthread_attr_init(&attributes);
  ::pthread_attr_setstacksize(&attributes, kBeyondAllMemory);
  if (::pthread_setattr_default_np(&attributes) != 0) std::_Exit(2);
  std::_Exit(cached_images(list, cache_dir).fingerprint == fingerprint ? 0 : 3);
}

TEST_F(ImageCacheTest, IsMadeWhereNoThreadCanBeStarted) {
  const auto list = images(3, 8);
  const auto fingerprint = cached_images(list, folder_ / "cache").fingerprint;
  EXPECT_EXIT(read_without_threads(list, folder_ / "other", fingerprint), ::testing::ExitedWithCode(0), "");
}

/// Exits with 0 if that there is no memory for the pixels of one image is said, and leaves no cache.
void read_without_memory(const ImageList& list, const fs::path& cache_dir) {
  constexpr rlim_t kLittle = rlim_t{1} << 21;
  std::ifstream statm("/proc/self/statm");
  rlim_t pages = 0;
  for (int field = 0; field < 6; ++field) statm >> pages;  // The sixth are those that RLIMIT_DATA counts.
  const auto most = pages * static_cast<rlim_t>(::sysconf(_SC_PAGESIZE)) + kLittle;
  const rlimit limit{most, most};
  if (::setrlimit(RLIMIT_DATA, &limit) != 0) std::_Exit(2);
  try {
    cached_images(list, cache_dir);
    std::_Exit(3);
  } catch (const std::bad_alloc&) {
    std::_Exit(fs::is_empty(cache_dir) ? 0 : 4);
  }
}

TEST_F(ImageCacheTest, WhatAThreadHasNoMemoryForIsThrown) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "the sanitizer's own memory would count";
#endif
  // In a process of its own: what other tests have freed here would do for the pixels.
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(read_without_memory(images(1, 1024), folder_ / "cache"), ::testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace rraebench
