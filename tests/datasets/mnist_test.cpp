#include "datasets/catalog.hpp"
#include "datasets/error.hpp"
#include "datasets/idx.hpp"
#include "datasets/load.hpp"
#include "datasets/sha256.hpp"
#include "tests/datasets/idx_bytes.hpp"
#include "tests/support/complaint.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <cstdlib>
#include <map>

namespace rraebench {
namespace {

namespace fs = std::filesystem;

using ::testing::AllOf;
using testing::gzip;
using ::testing::HasSubstr;
using testing::idx_content;
using ::testing::Not;

constexpr const char* kTrainImages = "mnist/train-images-idx3-ubyte";
constexpr const char* kTrainLabels = "mnist/train-labels-idx1-ubyte";
constexpr const char* kTestImages = "mnist/t10k-images-idx3-ubyte";
constexpr const char* kTestLabels = "mnist/t10k-labels-idx1-ubyte";

Dataset load(const fs::path& data_dir, const std::map<std::string, std::string>& given = {}) {
  return load_dataset("mnist", Options(dataset_description("mnist").options, given), {data_dir, {}});
}

/// 13 training and 5 test images whose bytes count up; labels 0, 1, ... 9, 0, ...
void write_small_mnist(const TemporaryFolder& folder) {
  folder.write(kTrainImages, idx_content({13, 28, 28}));
  folder.write(kTrainLabels, idx_content({13}, 10));
  folder.write(kTestImages, idx_content({5, 28, 28}, 7));
  folder.write(kTestLabels, idx_content({5}, 10));
}

TEST(MnistTest, ReadsImagesAndLabels) {
  const TemporaryFolder folder;
  write_small_mnist(folder);
  const Dataset data = load(folder.path());
  EXPECT_EQ(data.name, "mnist");
  EXPECT_EQ(data.train.samples.sizes(), (std::vector<std::int64_t>{13, 1, 28, 28}));
  EXPECT_EQ(data.test.samples.sizes(), (std::vector<std::int64_t>{5, 1, 28, 28}));
  EXPECT_EQ(data.train.samples.scalar_type(), torch::kUInt8);
  EXPECT_EQ(data.train.labels.scalar_type(), torch::kInt64);
  EXPECT_TRUE(
      torch::equal(data.train.samples.flatten().to(torch::kInt64), torch::arange(13 * 28 * 28) % 256));
  EXPECT_TRUE(torch::equal(data.train.labels, torch::arange(13) % 10));
  EXPECT_TRUE(torch::equal(data.test.labels, torch::arange(5)));
  EXPECT_FALSE(data.train.parameters.defined());
  EXPECT_TRUE(data.grid.empty());
  EXPECT_EQ(data.normalisation.offset, 0.0);
  EXPECT_EQ(data.normalisation.scale, 1.0);
  EXPECT_EQ(data.value_minimum, 0.0);
  EXPECT_EQ(data.value_maximum, 1.0);
}

TEST(MnistTest, FingerprintIsThatOfThePixelsAndLabelsInUse) {
  const TemporaryFolder folder;
  write_small_mnist(folder);
  const auto data_of = [](const std::string& content, std::size_t header, std::size_t count) {
    return content.substr(header, count);
  };
  const std::string expected =
      data_of(idx_content({13, 28, 28}), 16, 2 * 784) + data_of(idx_content({13}, 10), 8, 2) +
      data_of(idx_content({5, 28, 28}, 7), 16, 3 * 784) + data_of(idx_content({5}, 10), 8, 3);
  EXPECT_EQ(load(folder.path(), {{"train_count", "2"}, {"test_count", "3"}}).fingerprint,
            sha256_hex(expected));
}

TEST(MnistTest, GzipFilesAndFilesWithoutTheSubfolderAreTheSameData) {
  const TemporaryFolder plain;
  write_small_mnist(plain);
  const TemporaryFolder packed;
  for (const char* name : {kTrainImages, kTrainLabels, kTestImages, kTestLabels}) {
    const IdxArray array = read_idx(plain.path() / name);
    std::string content = testing::idx_header(array.dimensions);
    content.append(array.bytes.begin(), array.bytes.end());
    packed.write(fs::path(name).filename().string() + ".gz", gzip(content));
  }
  const Dataset first = load(plain.path());
  const Dataset second = load(packed.path());
  EXPECT_EQ(first.fingerprint, second.fingerprint);
  EXPECT_TRUE(torch::equal(first.train.samples, second.train.samples));
  EXPECT_TRUE(torch::equal(first.test.labels, second.test.labels));
}

TEST(MnistTest, FirstImagesOnly) {
  const TemporaryFolder folder;
  write_small_mnist(folder);
  const Dataset all = load(folder.path());
  const Dataset few = load(folder.path(), {{"train_count", "4"}, {"test_count", "2"}});
  EXPECT_TRUE(torch::equal(few.train.samples, all.train.samples.slice(0, 0, 4)));
  EXPECT_TRUE(torch::equal(few.train.labels, all.train.labels.slice(0, 0, 4)));
  EXPECT_EQ(few.test.size(), 2);
  EXPECT_NE(few.fingerprint, all.fingerprint);
}

TEST(MnistTest, AnyTrainingImagesByTheirSeed) {
  const TemporaryFolder folder;
  write_small_mnist(folder);
  const Dataset all = load(folder.path());
  const auto some = [&](const char* seed) {
    return load(folder.path(), {{"train_count", "4"}, {"train_seed", seed}});
  };
  const Dataset few = some("1");
  EXPECT_EQ(few.fingerprint, some("1").fingerprint);
  EXPECT_NE(few.fingerprint, some("2").fingerprint);
  // Each is one of the training images with its own label, and none is there twice.
  ASSERT_EQ(few.train.size(), 4);
  const auto same = (few.train.samples.unsqueeze(1) == all.train.samples.unsqueeze(0)).flatten(2).all(2);
  const auto rows = same.to(torch::kInt64).argmax(1);
  EXPECT_TRUE(same.any(1).all().item<bool>());
  EXPECT_EQ(std::get<0>(at::_unique(rows)).size(0), 4);
  EXPECT_TRUE(torch::equal(few.train.labels, all.train.labels.index_select(0, rows)));
  EXPECT_FALSE(torch::equal(rows, torch::arange(4)));
}

TEST(MnistTest, HoldsOutTheLastTrainingImagesOnRequest) {
  const TemporaryFolder folder;
  write_small_mnist(folder);
  const Dataset all = load(folder.path());
  EXPECT_EQ(all.validation.size(), 0);
  const Dataset split = load(folder.path(), {{"train_count", "10"}, {"validation_count", "3"}});
  EXPECT_TRUE(torch::equal(split.train.samples, all.train.samples.slice(0, 0, 7)));
  EXPECT_TRUE(torch::equal(split.validation.samples, all.train.samples.slice(0, 7, 10)));
  EXPECT_TRUE(torch::equal(split.validation.labels, all.train.labels.slice(0, 7, 10)));
  EXPECT_THROW(load(folder.path(), {{"validation_count", "13"}}), OptionError);
}

TEST(MnistTest, MoreImagesThanThereAreIsAnOptionError) {
  const TemporaryFolder folder;
  write_small_mnist(folder);
  try {
    load(folder.path(), {{"test_count", "6"}});
    FAIL();
  } catch (const OptionError& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("test_count"), HasSubstr("6"), HasSubstr("has 5 samples")));
  }
}

TEST(MnistTest, StandardisesOnRequest) {
  const TemporaryFolder folder;
  write_small_mnist(folder);
  const Dataset data = load(folder.path(), {{"normalisation", "standardise"}});
  const auto normalised = normalise(to_values(data.train.samples).to(torch::kFloat64), data.normalisation);
  EXPECT_NEAR(normalised.mean().item<double>(), 0.0, 1e-6);
  EXPECT_NEAR(normalised.std(false).item<double>(), 1.0, 1e-6);
}

TEST(MnistTest, BringsBytesToARangeOnRequest) {
  const TemporaryFolder folder;
  write_small_mnist(folder);
  for (const auto& [kind, low] : {std::pair("minmax", 0.0), std::pair("symmetric", -1.0)}) {
    const Dataset data = load(folder.path(), {{"normalisation", kind}});
    const auto normalised = normalise(to_values(data.train.samples), data.normalisation);
    EXPECT_NEAR(normalised.min().item<double>(), low, 1e-6) << kind;
    EXPECT_NEAR(normalised.max().item<double>(), 1.0, 1e-6) << kind;
  }
}

TEST(MnistTest, AMissingFileIsNamedWithTheRemedy) {
  const TemporaryFolder folder;
  write_small_mnist(folder);
  fs::remove(folder.path() / kTestLabels);
  EXPECT_THAT(complaint_of<DatasetError>([&] { load(folder.path()); }),
              AllOf(HasSubstr("t10k-labels-idx1-ubyte"), HasSubstr((folder.path() / "mnist").string()),
                    HasSubstr("--data-dir"), Not(HasSubstr("\n"))));
}

TEST(MnistTest, AMissingFolderIsNamedWithTheRemedy) {
  const TemporaryFolder folder;
  for (const fs::path& missing : {folder.path() / "nowhere", fs::path()})
    EXPECT_THAT(
        complaint_of<DatasetError>([&] { load(missing); }),
        AllOf(HasSubstr("train-images-idx3-ubyte"), HasSubstr(missing.string()), HasSubstr("--data-dir")));
}

TEST(MnistTest, ATruncatedFileIsNamed) {
  const TemporaryFolder folder;
  write_small_mnist(folder);
  const auto path = folder.path() / kTrainImages;
  fs::resize_file(path, 5000);
  EXPECT_THAT(complaint_of<DatasetError>([&] { load(folder.path()); }),
              AllOf(HasSubstr(path.string()), HasSubstr("truncated"), HasSubstr("download it again")));
}

TEST(MnistTest, OtherShapesAreRefused) {
  const TemporaryFolder folder;
  write_small_mnist(folder);
  const auto images = folder.write(kTrainImages, idx_content({13, 28, 27}));
  EXPECT_THAT(complaint_of<DatasetError>([&] { load(folder.path()); }),
              AllOf(HasSubstr(images.string()), HasSubstr("13 x 28 x 27"), HasSubstr("N x 28 x 28")));
  folder.write(kTrainImages, idx_content({13 * 28 * 28}));
  EXPECT_THAT(complaint_of<DatasetError>([&] { load(folder.path()); }), HasSubstr("expected images"));
  write_small_mnist(folder);
  const auto labels = folder.write(kTrainLabels, idx_content({13, 28, 28}));
  EXPECT_THAT(complaint_of<DatasetError>([&] { load(folder.path()); }),
              AllOf(HasSubstr(labels.string()), HasSubstr("expected a list")));
}

TEST(MnistTest, CountsMustAgree) {
  const TemporaryFolder folder;
  write_small_mnist(folder);
  folder.write(kTrainLabels, idx_content({12}, 10));
  EXPECT_THAT(complaint_of<DatasetError>([&] { load(folder.path()); }),
              AllOf(HasSubstr("13 images but 12 labels"), HasSubstr("train-labels-idx1-ubyte")));
}

TEST(MnistTest, LabelsAreDigits) {
  const TemporaryFolder folder;
  write_small_mnist(folder);
  folder.write(kTrainLabels, idx_content({13}, 11));
  EXPECT_THAT(complaint_of<DatasetError>([&] { load(folder.path()); }),
              HasSubstr("label 10 of sample 10, expected 0 to 9"));
}

TEST(FashionMnistTest, IsReadFromItsOwnFolderAlone) {
  const TemporaryFolder folder;
  write_small_mnist(folder);
  const auto options = Options(dataset_description("fashion-mnist").options, {});
  EXPECT_THAT(complaint_of<DatasetError>([&] {
                load_dataset("fashion-mnist", options, {folder.path(), {}});
              }),
              AllOf(HasSubstr((folder / "fashion-mnist").string()), HasSubstr("download fashion-mnist")));
  fs::copy(folder / "mnist", folder / "fashion-mnist");
  const Dataset data = load_dataset("fashion-mnist", options, {folder.path(), {}});
  EXPECT_EQ(data.name, "fashion-mnist");
  EXPECT_EQ(data.train.size(), 13);
  EXPECT_EQ(data.fingerprint, load(folder.path()).fingerprint) << "the same bytes";
  EXPECT_EQ(data_source("fashion-mnist").locate(folder.path()).text,
            "present in " + (folder / "fashion-mnist").string());
}

TEST(FashionMnistTest, ItsFolderIsNoneOfMnist) {
  const TemporaryFolder folder;
  write_small_mnist(folder);
  EXPECT_EQ(load(folder / "mnist").train.size(), 13) << "the files themselves in the data folder";
  for (const char* name : {"fashion-mnist", "FashionMNIST"}) {
    fs::rename(folder / "mnist", folder / name);
    for (const auto& data_dir : {folder / name, folder / name / "", folder / name / "../" / name}) {
      EXPECT_THAT(complaint_of<DatasetError>([&] { load(data_dir); }),
                  AllOf(HasSubstr((data_dir / "mnist").string()), HasSubstr("download mnist")));
      EXPECT_FALSE(data_source("mnist").locate(data_dir).present) << data_dir;
    }
    fs::rename(folder / name, folder / "mnist");
  }
  fs::create_directory_symlink(folder / "mnist", folder / "digits");
  EXPECT_TRUE(data_source("mnist").locate(folder / "digits").present);
}

/// The data folder of RRAEBENCH_TEST_DATA_DIR, or empty where it is not set or holds no MNIST.
fs::path real_data_dir() {
  const char* folder = std::getenv("RRAEBENCH_TEST_DATA_DIR");
  if (folder == nullptr || !fs::is_directory(fs::path(folder) / "mnist")) return {};
  return folder;
}

TEST(RealMnistTest, IsTheOriginal) {
  const fs::path data_dir = real_data_dir();
  if (data_dir.empty())
    GTEST_SKIP() << "set RRAEBENCH_TEST_DATA_DIR to a folder that holds mnist/ to run this test";
  const Dataset data = load(data_dir, {{"normalisation", "standardise"}});
  EXPECT_EQ(data.train.size(), 60000);
  EXPECT_EQ(data.test.size(), 10000);
  EXPECT_TRUE(torch::equal(data.train.labels.slice(0, 0, 10),
                           torch::tensor({5, 0, 4, 1, 9, 2, 1, 3, 1, 4}, torch::kInt64)));
  EXPECT_TRUE(torch::equal(data.test.labels.slice(0, 0, 5), torch::tensor({7, 2, 1, 0, 4}, torch::kInt64)));
  // The figures that everyone's MNIST code uses.
  EXPECT_NEAR(data.normalisation.offset, 0.1307, 5e-5);
  EXPECT_NEAR(data.normalisation.scale, 0.3081, 5e-5);

  // The known MD5 of the decompressed training images, header included.
  const std::string header = testing::idx_header({60000, 28, 28});
  std::string bytes = header;
  bytes.append(static_cast<const char*>(data.train.samples.data_ptr()), data.train.samples.nbytes());
  unsigned char digest[EVP_MAX_MD_SIZE];
  std::size_t size = 0;
  ASSERT_EQ(EVP_Q_digest(nullptr, "MD5", nullptr, bytes.data(), bytes.size(), digest, &size), 1);
  std::string md5;
  for (std::size_t i = 0; i < size; ++i) {
    constexpr char kDigits[] = "0123456789abcdef";
    md5 += kDigits[digest[i] >> 4];
    md5 += kDigits[digest[i] & 0xF];
  }
  EXPECT_EQ(md5, "6bbc9ace898e44ae57da46a324031adb");
  // sha256sum over the four files without their headers, in the order train, t10k and images, labels.
  EXPECT_EQ(data.fingerprint, "06b0d1f124c4e5fa796686ade41a9b778edacc8622f2195a352ef479ad44fc16");
}

}  // namespace
}  // namespace rraebench
