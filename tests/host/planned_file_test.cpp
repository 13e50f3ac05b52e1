#include "host/worker/planned_file.hpp"

#include "datasets/sha256.hpp"
#include "host/common/errors.hpp"
#include "tests/support/complaint.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>

namespace rraebench {
namespace {

using testing::HasSubstr;

class Planned : public testing::Test {
 protected:
  TemporaryFolder folder_;
  std::filesystem::path file_ = folder_.write("a.bin", "as planned");
  std::string sha256_ = sha256_hex("as planned");
};

TEST_F(Planned, GivesTheBytesThatWereCompared) {
  EXPECT_EQ(read_planned_file(file_, sha256_), "as planned");
  EXPECT_EQ(read_planned_file(file_, ""), "as planned");
  folder_.write("a.bin", "another");
  EXPECT_THAT(complaint_of<InfrastructureError>([&] { read_planned_file(file_, sha256_); }),
              HasSubstr("a.bin changed since the suite was planned; run the suite again"));
}

TEST_F(Planned, KnowsAFileThatWasWrittenOverAndOneThatTookItsName) {
  const PlannedFile planned(file_, sha256_);
  planned.require_same_name_and_bytes();
  std::filesystem::rename(folder_.write("b.bin", "as planned"), file_);
  EXPECT_THAT(complaint_of<InfrastructureError>([&] { planned.require_same_name_and_bytes(); }),
              HasSubstr("changed"));
  planned.require_same_bytes();

  const PlannedFile other(file_, sha256_);
  folder_.write("a.bin", "another");
  EXPECT_THAT(complaint_of<InfrastructureError>([&] { other.require_same_bytes(); }), HasSubstr("changed"));
}

TEST_F(Planned, TakesRegularFilesAlone) {
  EXPECT_THROW(read_planned_file(folder_ / "none", ""), InfrastructureError);
  EXPECT_THROW(read_planned_file(folder_.path(), ""), InfrastructureError);
  const auto fifo = folder_ / "fifo";
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  EXPECT_THROW(read_planned_file(fifo, ""), InfrastructureError);  // And does not wait for a writer.
}

}  // namespace
}  // namespace rraebench
