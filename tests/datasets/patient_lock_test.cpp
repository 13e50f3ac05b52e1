#include "datasets/patient_lock.hpp"

#include "tests/support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <fcntl.h>
#include <fstream>
#include <stdexcept>
#include <string>
#include <sys/file.h>
#include <unistd.h>

namespace rraebench {
namespace {

class PatientLock : public testing::Test {
 protected:
  PatientLock()
      : held_(::open(file_.c_str(), O_CREAT | O_RDWR, 0600)), wanted_(::open(file_.c_str(), O_RDWR)) {
    EXPECT_EQ(::flock(held_, LOCK_EX), 0);
  }
  ~PatientLock() override {
    ::close(held_);
    ::close(wanted_);
  }

  TemporaryFolder folder_;
  std::filesystem::path file_ = folder_ / "data.part";
  int held_;
  int wanted_;
};

TEST_F(PatientLock, SaysOnceForWhatItWaitsAndWhoHoldsIt) {
  std::string said;
  int looks = 0;
  const auto free_later = [&] {
    if (!said.empty() && ++looks == 10) ::flock(held_, LOCK_UN);
  };
  EXPECT_EQ(lock_patiently(
                wanted_, "data.bin", [&](const std::string& text) { said += text; }, free_later),
            0);
  if (!std::ifstream("/proc/locks")) GTEST_SKIP() << "the system does not say who holds a lock";
  EXPECT_EQ(said, "waiting for data.bin, which process " + std::to_string(::getpid()) + " holds");
}

TEST_F(PatientLock, CanBeGivenUp) {
  EXPECT_THROW(lock_patiently(wanted_, file_, {}, [] { throw std::runtime_error("stop"); }),
               std::runtime_error);
}

TEST_F(PatientLock, WhatCannotBeLockedIsNotWaitedFor) {
  EXPECT_EQ(lock_patiently(-1, file_, {}, {}), EBADF);
}

}  // namespace
}  // namespace rraebench
