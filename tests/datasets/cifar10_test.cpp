#include "datasets/catalog.hpp"
#include "datasets/cifar_batch.hpp"
#include "datasets/error.hpp"
#include "tests/support/complaint.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

namespace rraebench {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

/// `count` records with labels first, first + 1, ... modulo 10; pixel i of image n is (n + i) modulo 251.
std::string records(int count, int first = 0) {
  std::string bytes;
  for (int n = 0; n < count; ++n) {
    bytes += static_cast<char>((first + n) % 10);
    for (std::size_t i = 0; i < kCifarImageBytes; ++i)
      bytes += static_cast<char>((static_cast<std::size_t>(n) + i) % 251);
  }
  return bytes;
}

std::string refusal(const std::string& bytes) {
  CifarBatch batch;
  return complaint_of<DatasetError>([&] { parse_cifar_batch(bytes, "batch", batch); });
}

RawDataset load(const TemporaryFolder& folder, const std::map<std::string, std::string>& given = {}) {
  const auto& source = data_source("cifar10");
  return source.load(Options(source.description.options, given), {folder.path(), {}});
}

std::string batch_name(int number) {
  return "cifar-10-batches-bin/data_batch_" + std::to_string(number) + ".bin";
}

constexpr const char* kTestBatch = "cifar-10-batches-bin/test_batch.bin";

TEST(CifarBatchTest, ReadsLabelsAndPlanes) {
  CifarBatch batch;
  parse_cifar_batch(records(3, 8), "batch", batch);
  EXPECT_EQ(batch.labels, (std::vector<std::uint8_t>{8, 9, 0}));
  ASSERT_EQ(batch.pixels.size(), 3 * kCifarImageBytes);
  EXPECT_EQ(batch.pixels[2 * kCifarImageBytes + 5], 7);
}

TEST(CifarBatchTest, RefusesWhatIsNotWholeRecords) {
  EXPECT_THAT(refusal(""), AllOf(HasSubstr("batch: it is empty"), HasSubstr("download it again")));
  const auto whole = records(2);
  for (const std::size_t size :
       {std::size_t{1}, kCifarRecordBytes - 1, kCifarRecordBytes + 1, whole.size() - 1})
    EXPECT_THAT(refusal(whole.substr(0, size)), HasSubstr("not whole records")) << size;
  EXPECT_THAT(refusal(whole + "x"), HasSubstr("not whole records"));
}

TEST(CifarBatchTest, RefusesOtherLabels) {
  auto bytes = records(3);
  bytes[kCifarRecordBytes] = 10;
  EXPECT_THAT(refusal(bytes), HasSubstr("label 10 of image 1, expected 0 to 9"));
}

TEST(CifarBatchTest, RefusesAHugeFileUnread) {
  const TemporaryFolder folder;
  const auto path = folder.write("huge.bin", "");
  std::filesystem::resize_file(path, std::uintmax_t{1} << 40);  // Sparse: takes no disk.
  CifarBatch batch;
  EXPECT_THAT(complaint_of<DatasetError>([&] { read_cifar_batch(path, batch); }),
              AllOf(HasSubstr(path.string()), HasSubstr("more than")));
}

TEST(Cifar10Test, TakesTheBatchesThatAreThereInTheirOrder) {
  const TemporaryFolder folder;
  folder.write(batch_name(4), records(3, 5));
  folder.write(batch_name(2), records(2));
  folder.write(kTestBatch, records(4));
  const auto data = load(folder);
  EXPECT_EQ(data.train.shape, (std::vector<std::int64_t>{5, 3, 32, 32}));
  EXPECT_EQ(data.train.type, ElementType::kByte);
  EXPECT_EQ(data.train.labels, (std::vector<std::int64_t>{0, 1, 5, 6, 7}));
  EXPECT_EQ(data.test.size(), 4);
  EXPECT_THAT(data_source("cifar10").locate(folder.path()).text,
              AllOf(HasSubstr("2 of 5 training batches"), HasSubstr("5 training images")));
  EXPECT_EQ(data.notes, std::vector<std::string>{
                            "cifar10: only 2 of 5 training batches are there and used (data_batch_2.bin, "
                            "data_batch_4.bin)"});

  folder.write(batch_name(1), records(1));
  EXPECT_NE(load(folder).fingerprint, data.fingerprint);
  const auto limited = load(folder, {{"train_count", "2"}, {"validation_count", "1"}, {"test_count", "3"}});
  EXPECT_EQ(limited.train.size(), 1);
  EXPECT_EQ(limited.validation.labels, (std::vector<std::int64_t>{0}));
  EXPECT_EQ(limited.test.size(), 3);
}

TEST(Cifar10Test, MissingFilesAreNamed) {
  const TemporaryFolder folder;
  EXPECT_THAT(complaint_of<DatasetError>([&] { load(folder); }),
              AllOf(HasSubstr("data_batch_1.bin"), HasSubstr("--data-dir")));
  folder.write(batch_name(3), records(1));
  EXPECT_THAT(complaint_of<DatasetError>([&] { load(folder); }), HasSubstr("test_batch.bin"));
  EXPECT_FALSE(data_source("cifar10").locate(folder.path()).present);
  folder.write(kTestBatch, "");
  EXPECT_THAT(complaint_of<DatasetError>([&] { load(folder); }),
              AllOf(HasSubstr((folder / kTestBatch).string()), HasSubstr("empty")));
}

TEST(RealCifar10Test, IsReadWhole) {
  const char* data_dir = std::getenv("RRAEBENCH_TEST_DATA_DIR");
  const auto& source = data_source("cifar10");
  if (data_dir == nullptr || !source.locate(data_dir).present)
    GTEST_SKIP() << "set RRAEBENCH_TEST_DATA_DIR to a folder that holds cifar-10-batches-bin/";
  const auto data = source.load(Options(source.description.options, {}), {data_dir, {}});
  EXPECT_EQ(data.train.size() % 10000, 0);
  EXPECT_EQ(data.test.size(), 10000);
}

}  // namespace
}  // namespace rraebench
