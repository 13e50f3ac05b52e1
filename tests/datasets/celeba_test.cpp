#include "datasets/catalog.hpp"
#include "datasets/celeba_partition.hpp"
#include "datasets/error.hpp"
#include "tests/datasets/image_bytes.hpp"
#include "tests/support/complaint.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <future>
#include <map>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace rraebench {
namespace {

namespace fs = std::filesystem;

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::jpeg;
using ::testing::Pair;

TEST(CelebaPartitionTest, ReadsThreeParts) {
  const auto partition =
      parse_celeba_partition("000001.jpg 0\n000002.jpg 2\r\n000003.jpg 1\n000004.jpg 0", "list");
  EXPECT_THAT(partition.train, ElementsAre("000001.jpg", "000004.jpg"));
  EXPECT_THAT(partition.validation, ElementsAre("000003.jpg"));
  EXPECT_THAT(partition.test, ElementsAre("000002.jpg"));
}

TEST(CelebaPartitionTest, RefusesBadLinesByNumber) {
  const auto refusal = [](const std::string& text) {
    return complaint_of<DatasetError>([&] { parse_celeba_partition(text, "list"); });
  };
  EXPECT_THAT(refusal(""), HasSubstr("list: it is empty"));
  for (const char* line :
       {"000002.jpg", "000002.jpg 3", "000002.jpg 00", "000002.jpg  0", "000002.jpg 0 0", " 0"})
    EXPECT_THAT(refusal("000001.jpg 0\n" + std::string(line)), HasSubstr("list:2: ")) << line;
  for (const char* name : {"../000001.jpg", "/etc/passwd", "..", ".hidden", "a/b.jpg", "a\x1b.jpg"})
    EXPECT_THAT(refusal(std::string(name) + " 0"), HasSubstr("list:1: not the plain name")) << name;
  EXPECT_THAT(refusal("a.jpg 0\nb.jpg 0\na.jpg 1"), HasSubstr("list:3: image a.jpg stands in it twice"));
  EXPECT_THAT(refusal(std::string(100, 'a') + " 0"), HasSubstr("plain name"));
}

class CelebaTest : public ::testing::Test {
 protected:
  /// `count` images, of which every fifth is for validation and the one behind it for the test.
  void write_images(int count) const {
    std::string partition;
    for (int n = 0; n < count; ++n) {
      const auto name = std::to_string(100000 + n) + ".jpg";
      folder_.write("celeba/img_align_celeba/" + name, jpeg(178, 218, n));
      partition += name + (n % 5 == 3 ? " 1\n" : n % 5 == 4 ? " 2\n" : " 0\n");
    }
    folder_.write("celeba/list_eval_partition.txt", partition);
  }
  RawDataset load(const std::map<std::string, std::string>& given = {},
                  const DataProgress& progress = {}) const {
    const auto& source = data_source("celeba");
    return source.load(Options(source.description.options, given),
                       {folder_.path(), folder_ / "cache", progress});
  }
  std::vector<fs::path> cache_files() const {
    std::vector<fs::path> files;
    if (fs::exists(folder_ / "cache"))
      for (const auto& entry : fs::directory_iterator(folder_ / "cache")) files.push_back(entry.path());
    return files;
  }
  TemporaryFolder folder_;
};

TEST_F(CelebaTest, WhoWaitsForAnothersDecodingSaysSo) {
  write_images(10);
  std::promise<void> begun;
  std::promise<void> said;
  std::thread other([&, first = true]() mutable {
    load({}, [&](std::int64_t, std::int64_t) {
      if (!std::exchange(first, false)) return;
      begun.set_value();
      said.get_future().wait_for(std::chrono::seconds(60));
    });
  });
  begun.get_future().wait();
  std::string text;
  const auto& source = data_source("celeba");
  const auto data = source.load(Options(source.description.options, {}),
                                {folder_.path(), folder_ / "cache", {{}, [&](const std::string& waiting) {
                                                                       text += waiting;
                                                                       said.set_value();
                                                                     }}});
  other.join();
  EXPECT_THAT(text, AllOf(HasSubstr("waiting for " + (folder_ / "cache/images-celeba-").string()),
                          HasSubstr("holds")));
  EXPECT_EQ(data.train.size(), 6);
}

TEST_F(CelebaTest, ReadsTheOfficialParts) {
  write_images(10);
  const auto data = load();
  EXPECT_EQ(data.train.shape, (std::vector<std::int64_t>{6, 3, 160, 160}));
  EXPECT_EQ(data.validation.size(), 2);
  EXPECT_EQ(data.test.size(), 2);
  // The third channel of image n is 100 + n everywhere.
  const auto blue = [](const RawSplit& split, int n) {
    return split.bytes()[static_cast<std::size_t>(n) * split.sample_bytes() + 2 * 160 * 160 + 80 * 160 + 80];
  };
  EXPECT_NEAR(blue(data.train, 5), 107, 2);
  EXPECT_NEAR(blue(data.validation, 1), 108, 2);
  EXPECT_NEAR(blue(data.test, 0), 104, 2);
  EXPECT_THAT(data_source("celeba").locate(folder_.path()).text, HasSubstr("present in"));
}

TEST_F(CelebaTest, WhatIsPresentIsRead) {
  write_images(10);
  const auto list = folder_ / "celeba/list_eval_partition.txt";
  fs::rename(list, list.string() + ".gz");
  EXPECT_FALSE(data_source("celeba").locate(folder_.path()).present);
  EXPECT_THAT(data_source("celeba").locate(folder_.path()).text,
              HasSubstr("missing: list_eval_partition.txt in " + (folder_ / "celeba").string()));
  EXPECT_THAT(complaint_of<DatasetError>([&] { load(); }), HasSubstr("no list_eval_partition.txt"));
}

TEST_F(CelebaTest, TheSecondTimeNothingIsDecoded) {
  write_images(10);
  const auto first = load({{"size", "16"}});
  ASSERT_EQ(cache_files().size(), 1U);
  const auto made = fs::last_write_time(cache_files()[0]);
  // The same names, sizes and times, but no images: only the cache can answer.
  for (const auto& entry : fs::directory_iterator(folder_ / "celeba/img_align_celeba")) {
    const auto time = fs::last_write_time(entry);
    const std::string nothing(fs::file_size(entry), 'x');
    folder_.write("celeba/img_align_celeba/" + entry.path().filename().string(), nothing);
    fs::last_write_time(entry, time);
  }
  const auto second = load({{"size", "16"}});
  EXPECT_EQ(second.fingerprint, first.fingerprint);
  EXPECT_EQ(fs::last_write_time(cache_files()[0]), made);
  EXPECT_EQ(std::memcmp(second.train.bytes(), first.train.bytes(), 6 * first.train.sample_bytes()), 0);
}

TEST_F(CelebaTest, TheCacheFollowsSizeSelectionAndFiles) {
  write_images(10);
  const auto first = load({{"size", "16"}});
  EXPECT_EQ(load({{"size", "24"}}).fingerprint, first.fingerprint) << "of the source, not of the size";
  EXPECT_EQ(cache_files().size(), 2U);
  const auto few = load({{"size", "16"}, {"train_count", "2"}});
  EXPECT_EQ(few.train.size(), 2);
  EXPECT_NE(few.fingerprint, first.fingerprint);
  folder_.write("celeba/img_align_celeba/100000.jpg", jpeg(178, 218, 77));
  EXPECT_NE(load({{"size", "16"}}).fingerprint, first.fingerprint);
}

TEST_F(CelebaTest, ADamagedCacheIsMadeAnew) {
  write_images(5);
  const auto fingerprint = load({{"size", "16"}}).fingerprint;
  const auto cache = cache_files()[0];
  const auto size = fs::file_size(cache);
  fs::resize_file(cache, size / 2);
  EXPECT_EQ(load({{"size", "16"}}).fingerprint, fingerprint);
  EXPECT_EQ(fs::file_size(cache), size);
  {
    const int file = ::open(cache.c_str(), O_WRONLY);
    ASSERT_EQ(::pwrite(file, "garbage", 7, 0), 7);
    ::close(file);
  }
  EXPECT_EQ(load({{"size", "16"}}).fingerprint, fingerprint);
  // What a killed process left behind is written over.
  fs::remove(cache);
  folder_.write("cache/" + cache.filename().string() + ".part", std::string(1 << 20, 'x'));
  EXPECT_EQ(load({{"size", "16"}}).fingerprint, fingerprint);
  EXPECT_EQ(cache_files().size(), 1U);
}

TEST_F(CelebaTest, WhatIsNoCacheIsReplacedOrNamed) {
  write_images(5);
  const auto fingerprint = load({{"size", "16"}}).fingerprint;
  const auto cache = cache_files()[0];
  fs::remove(cache);
  ASSERT_EQ(::mkfifo(cache.c_str(), 0600), 0);
  EXPECT_EQ(load({{"size", "16"}}).fingerprint, fingerprint);
  EXPECT_TRUE(fs::is_regular_file(cache));
  fs::remove(cache);
  fs::create_directory(cache);
  const auto refused = [&] { return complaint_of<DatasetError>([&] { load({{"size", "16"}}); }); };
  EXPECT_THAT(refused(), AllOf(HasSubstr(cache.string() + ": cannot be written"), HasSubstr("--cache-dir")));
  fs::remove_all(folder_ / "cache");
  folder_.write("cache", "a file");
  EXPECT_THAT(refused(), AllOf(HasSubstr((folder_ / "cache").string()), HasSubstr("--cache-dir")));
}

TEST_F(CelebaTest, ACacheFolderThatVanishesIsNamed) {
  write_images(40);
  const auto remove_cache = [&](std::int64_t /*done*/, std::int64_t /*total*/) {
    fs::remove_all(folder_ / "cache");
  };
  EXPECT_THAT(complaint_of<DatasetError>([&] {
                load({{"size", "16"}}, remove_cache);
              }),
              AllOf(HasSubstr((folder_ / "cache").string()), HasSubstr("No such file or directory")));
  EXPECT_EQ(load({{"size", "16"}}).train.size(), 24);
}

/// Loads where no file may grow beyond `most` bytes, as on a full disk. Exits with 0 if that is said.
void read_without_room(const fs::path& data_dir, const fs::path& cache_dir, rlim_t most) {
  ::signal(SIGXFSZ, SIG_IGN);
  const rlimit limit{most, most};
  if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) std::_Exit(2);
  try {
    const auto& source = data_source("celeba");
    source.load(Options(source.description.options, {}), {data_dir, cache_dir});
    std::_Exit(3);
  } catch (const DatasetError& error) {
    const std::string text = error.what();
    const bool named =
        text.rfind(cache_dir.string(), 0) == 0 && text.find("no room for") != std::string::npos;
    std::_Exit(named && fs::is_empty(cache_dir) ? 0 : 4);
  }
}

TEST_F(CelebaTest, AFullDiskLeavesNoCache) {
  write_images(5);
  EXPECT_EXIT(read_without_room(folder_.path(), folder_ / "cache", 100000), ::testing::ExitedWithCode(0), "");
  EXPECT_EQ(load().train.size(), 3);
}

TEST_F(CelebaTest, SeveralAtOnceAgree) {
  write_images(40);
  std::vector<std::string> fingerprints(4);
  std::vector<std::thread> threads;
  for (auto& fingerprint : fingerprints)
    threads.emplace_back([&] { fingerprint = load({{"size", "32"}}).fingerprint; });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(fingerprints, std::vector<std::string>(4, load({{"size", "32"}}).fingerprint));
  EXPECT_EQ(cache_files().size(), 1U);
}

TEST_F(CelebaTest, DecodingReportsItsProgress) {
  write_images(40);
  std::vector<std::int64_t> seen;
  const auto count = [&](std::int64_t done, std::int64_t total) {
    EXPECT_EQ(total, 40);
    seen.push_back(done);
  };
  load({{"size", "16"}}, count);
  ASSERT_FALSE(seen.empty());
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
  EXPECT_GE(seen.front(), 1);
  EXPECT_LE(seen.back(), 40);
  seen.clear();
  load({{"size", "16"}}, count);
  EXPECT_TRUE(seen.empty());
}

TEST_F(CelebaTest, DecodingCanBeGivenUp) {
  write_images(40);
  const auto give_up = [](std::int64_t /*done*/, std::int64_t /*total*/) {
    throw std::runtime_error("enough");
  };
  EXPECT_THROW(load({}, give_up), std::runtime_error);
  EXPECT_TRUE(cache_files().empty());
}

TEST_F(CelebaTest, BadImagesAreNamedAndLeaveNoCache) {
  write_images(40);
  const auto refused = [&] { return complaint_of<DatasetError>([&] { load({{"size", "16"}}); }); };
  folder_.write("celeba/img_align_celeba/100020.jpg", jpeg(178, 218).substr(0, 900));
  folder_.write("celeba/img_align_celeba/100030.jpg", "");
  EXPECT_THAT(refused(), AllOf(HasSubstr("100020.jpg"), HasSubstr("damaged JPEG")));
  EXPECT_TRUE(cache_files().empty());
  folder_.write("celeba/img_align_celeba/100020.jpg", jpeg(200, 218));
  EXPECT_THAT(refused(),
              AllOf(HasSubstr("100020.jpg"), HasSubstr("200 x 218"), HasSubstr("expected 178 x 218")));
  folder_.write("celeba/img_align_celeba/100020.jpg", jpeg(178, 218, 0, TJSAMP_GRAY));
  EXPECT_THAT(refused(), AllOf(HasSubstr("100030.jpg"), HasSubstr("empty file")));
  fs::remove(folder_ / "celeba/img_align_celeba/100030.jpg");
  EXPECT_THAT(refused(), AllOf(HasSubstr("100030.jpg"), HasSubstr("no such readable file")));
  folder_.write("celeba/img_align_celeba/100030.jpg", jpeg(178, 218, 0, TJSAMP_GRAY));
  EXPECT_EQ(refused(), kNoComplaint);
}

TEST_F(CelebaTest, MissingPartsAreNamed) {
  EXPECT_THAT(complaint_of<DatasetError>([&] { load(); }),
              AllOf(HasSubstr("list_eval_partition.txt"), HasSubstr("download celeba")));
  write_images(3);
  EXPECT_THAT(complaint_of<DatasetError>([&] { load(); }), HasSubstr("no training or no test images"));
  EXPECT_THAT(complaint_of<OptionError>([&] { load({{"train_count", "4"}}); }), HasSubstr("has 3 samples"));
}

/// Bytes of private memory that this process may write to, as RLIMIT_DATA counts them.
std::size_t private_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::size_t total = 0;
  std::size_t resident = 0;
  std::size_t shared = 0;
  std::size_t text = 0;
  std::size_t library = 0;
  std::size_t data = 0;
  statm >> total >> resident >> shared >> text >> library >> data;
  return data * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

/// Loads CelebA from `data_dir` and reads every byte, in a process that may not own more than half of what
/// the pixels take. Exits with 0 if that went well and asking for that much memory fails, as it must.
void read_within_limit(const fs::path& data_dir, const fs::path& cache_dir, std::int64_t image_count) {
  const auto pixel_bytes = static_cast<std::size_t>(image_count) * 3 * 160 * 160;
  const rlimit limit{private_bytes() + pixel_bytes / 2, private_bytes() + pixel_bytes / 2};
  if (::setrlimit(RLIMIT_DATA, &limit) != 0) std::_Exit(2);
  try {
    const std::vector<char> too_much(pixel_bytes);
    std::_Exit(3);
  } catch (const std::bad_alloc&) {
  }
  try {
    const auto& source = data_source("celeba");
    const auto data = source.load(Options(source.description.options, {}), {data_dir, cache_dir});
    if (data.train.size() + data.validation.size() + data.test.size() != image_count) std::_Exit(4);
    std::size_t sum = 0;
    for (const auto* split : {&data.train, &data.validation, &data.test})
      for (std::size_t i = 0; i < static_cast<std::size_t>(split->size()) * split->sample_bytes(); ++i)
        sum += split->bytes()[i];
    std::_Exit(sum > 0 ? 0 : 5);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    std::_Exit(6);
  }
}

TEST_F(CelebaTest, NeedsLessMemoryThanItsPixelsTake) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "the sanitizer's own memory would count";
#endif
  write_images(600);  // 46 MB of pixels; decoding 2 images at once takes a few.
  EXPECT_EXIT(read_within_limit(folder_.path(), folder_ / "cache", 600), ::testing::ExitedWithCode(0), "");
  EXPECT_EXIT(read_within_limit(folder_.path(), folder_ / "cache", 600), ::testing::ExitedWithCode(0), "");
}

TEST_F(CelebaTest, RealImagesNeedLessMemoryThanTheirPixelsTake) {
  const char* data_dir = std::getenv("RRAEBENCH_TEST_DATA_DIR");
  if (data_dir == nullptr || !data_source("celeba").locate(data_dir).present)
    GTEST_SKIP() << "set RRAEBENCH_TEST_DATA_DIR to a folder that holds celeba/";
  const auto& source = data_source("celeba");
  const auto data =
      source.load(Options(source.description.options, {}), {fs::path(data_dir), folder_ / "cache"});
  const auto count = data.train.size() + data.validation.size() + data.test.size();
  if (count > 10000) GTEST_SKIP() << "the whole of CelebA is too large for a test";
  fs::remove_all(folder_ / "cache");
  EXPECT_EXIT(read_within_limit(data_dir, folder_ / "cache", count), ::testing::ExitedWithCode(0), "");
}

class ImagesTest : public ::testing::Test {
 protected:
  RawDataset load(std::map<std::string, std::string> given = {}) const {
    const auto& source = data_source("images");
    given.emplace("folder", "mine");
    return source.load(Options(source.description.options, given), {folder_.path(), folder_ / "cache"});
  }
  TemporaryFolder folder_;
};

TEST_F(ImagesTest, ClassFoldersAreLabelsInTheOrderOfTheirNames) {
  for (const char* name :
       {"train/dog/b.jpg", "train/dog/a.JPG", "train/cat/x.jpg", "test/dog/z.jpg", "validation/cat/v.jpg"})
    folder_.write(std::string("mine/") + name, jpeg(20, 30));
  folder_.write("mine/train/dog/notes.txt", "not an image");
  folder_.write("mine/train/cat/y.png", testing::png(20, 30, PNG_FORMAT_RGB, testing::gradient(20, 30)));
  const auto data = load();
  EXPECT_EQ(data.train.shape, (std::vector<std::int64_t>{4, 3, 30, 20}));
  EXPECT_THAT(data.train.labels, ElementsAre(0, 0, 1, 1));
  EXPECT_THAT(data.test.labels, ElementsAre(1));
  EXPECT_THAT(data.validation.labels, ElementsAre(0));
  folder_.write("mine/test/bird/b.jpg", jpeg(20, 30));
  EXPECT_THAT(complaint_of<DatasetError>([&] { load(); }),
              HasSubstr("no training image is of its class 'bird'"));
}

TEST_F(ImagesTest, FewerSamplesAreOfAllClasses) {
  const auto shade = [&](const std::string& name, std::uint8_t value) {
    folder_.write("mine/" + name, testing::png(2, 2, PNG_FORMAT_GRAY, std::vector<std::uint8_t>(4, value)));
  };
  std::uint8_t value = 0;
  for (const char* part : {"train/", "validation/", "test/"})
    for (const char* name : {"ant/a", "ant/b", "ant/c", "bee/a", "cat/a", "cat/b", "cat/c"})
      shade(std::string(part) + name + ".png", value++);
  const auto labels_and_shades = [](const RawSplit& split) {
    std::vector<std::pair<std::int64_t, int>> pairs;
    for (std::int64_t n = 0; n < split.size(); ++n)
      pairs.emplace_back(split.labels[static_cast<std::size_t>(n)],
                         split.bytes()[static_cast<std::size_t>(n) * split.sample_bytes()]);
    return pairs;
  };
  const auto of = [&](const char* option, const char* count) { return load({{option, count}}); };
  EXPECT_THAT(labels_and_shades(of("train_count", "2").train), ElementsAre(Pair(0, 0), Pair(1, 3)));
  EXPECT_THAT(labels_and_shades(of("validation_count", "4").validation),
              ElementsAre(Pair(0, 7), Pair(0, 8), Pair(1, 10), Pair(2, 11)));
  EXPECT_THAT(labels_and_shades(of("test_count", "5").test),
              ElementsAre(Pair(0, 14), Pair(0, 15), Pair(1, 17), Pair(2, 18), Pair(2, 19)));
  // All of them lie as they did; what is drawn was of all classes before.
  EXPECT_EQ(of("test_count", "7").fingerprint, load().fingerprint);
  EXPECT_THAT(load().test.labels, ElementsAre(0, 0, 0, 1, 2, 2, 2));
  const auto drawn = load({{"train_count", "3"}, {"train_seed", "1"}}).train;
  const auto& source = data_source("images");
  const Options seeded(source.description.options, {{"train_count", "3"}, {"train_seed", "1"}});
  std::vector<int> places;
  for (const auto row : samples_in_use(seeded, "train", 7, "train")) places.push_back(static_cast<int>(row));
  std::vector<int> shades;
  for (const auto& pair : labels_and_shades(drawn)) shades.push_back(pair.second);
  EXPECT_EQ(shades, places);
}

TEST_F(ImagesTest, OtherSizesAreResizedOnRequestAndElseNamed) {
  folder_.write("mine/train/a.jpg", jpeg(20, 30));
  folder_.write("mine/train/b.jpg", jpeg(40, 10));
  folder_.write("mine/test/c.png", testing::png(12, 12, PNG_FORMAT_GRAY, std::vector<std::uint8_t>(144, 50)));
  EXPECT_THAT(complaint_of<DatasetError>([&] { load(); }),
              AllOf(HasSubstr("b.jpg"), HasSubstr("40 x 10"), HasSubstr("20 x 30")));
  const auto data = load({{"size", "16"}, {"colour", "grey"}});
  EXPECT_EQ(data.train.shape, (std::vector<std::int64_t>{2, 1, 16, 16}));
  EXPECT_EQ(data.test.bytes()[0], 50);
  EXPECT_TRUE(data.train.labels.empty());
  EXPECT_EQ(load({{"size", "16"}, {"train_count", "1"}}).train.size(), 1);
}

TEST_F(ImagesTest, PicturesThatAreLeftOutAreSaid) {
  for (const char* name : {"train/cat/a.jpg", "train/dog/b.jpg", "test/cat/c.jpg"})
    folder_.write(std::string("mine/") + name, jpeg(20, 30));
  for (const char* name :
       {"train/notes.txt", "train/cat/Thumbs.db", "train/cat/.hidden.webp", "train/README"})
    folder_.write(std::string("mine/") + name, "no picture");
  fs::create_directories(folder_ / "mine/train/cat/empty");
  EXPECT_THAT(load().notes, IsEmpty());
  for (const char* name : {"train/cat/1.webp", "train/dog/2.GIF", "train/dog/3.webp", "test/cat/4.tif",
                           "train/cat/deeper/5.png", "train/cat/deeper/still/6.webp"})
    folder_.write(std::string("mine/") + name, "a picture");
  EXPECT_THAT(
      load().notes,
      ElementsAre(
          "3 files in mine/train are no .jpg, .jpeg or .png and are left out (.gif, .webp)",
          "1 folder of pictures in mine/train lies deeper than class folders and is left out (cat/deeper)",
          "1 file in mine/test is no .jpg, .jpeg or .png and is left out (.tif)"));
  folder_.write("other/train/a.webp", "a picture");
  folder_.write("other/test/a.jpg", jpeg(20, 30));
  EXPECT_THAT(complaint_of<DatasetError>([&] {
                load({{"folder", "other"}});
              }),
              AllOf(HasSubstr("it holds no images"), HasSubstr("1 file in other/train"), HasSubstr(".webp")));
}

TEST_F(ImagesTest, SplitsThatAreSortedDifferentlyAreNamed) {
  folder_.write("mine/train/cat/a.jpg", jpeg(20, 30));
  folder_.write("mine/test/a.jpg", jpeg(20, 30));
  EXPECT_THAT(complaint_of<DatasetError>([&] { load(); }),
              AllOf(HasSubstr("mine/test"), HasSubstr("no class folders")));
  folder_.write("other/train/a.jpg", jpeg(20, 30));
  folder_.write("other/test/cat/a.jpg", jpeg(20, 30));
  EXPECT_THAT(load({{"folder", "other"}}).notes, ElementsAre(HasSubstr("no labels")));
}

TEST_F(ImagesTest, NamesThatAreNoUtf8AreRead) {
  folder_.write("mine/train/caf\xE9/\xFF.jpg", jpeg(20, 30));
  folder_.write("mine/test/caf\xE9/a\n\x1b[31m.jpg", jpeg(20, 30));
  EXPECT_EQ(load().train.size(), 1);
  folder_.write("mine/test/caf\xE9/a\n\x1b[31m.jpg", "GIF89a");
  EXPECT_THAT(complaint_of<DatasetError>([&] { load(); }), HasSubstr("a\\x0a\\x1b[31m.jpg: a GIF image"));
}

TEST_F(ImagesTest, MissingFoldersAndImagesAreNamed) {
  const auto refused = [&](const std::map<std::string, std::string>& given = {}) {
    return complaint_of<DatasetError>([&] { load(given); });
  };
  EXPECT_THAT(refused({{"folder", ""}}), HasSubstr("images:FOLDER"));
  EXPECT_THAT(refused(), AllOf(HasSubstr("no folder mine"), HasSubstr("--data-dir")));
  folder_.write("mine/train/a.jpg", jpeg(20, 30));
  EXPECT_THAT(refused(), HasSubstr("no folder test/"));
  folder_.write("mine/test/readme.txt", "none here");
  EXPECT_THAT(refused(), HasSubstr("it holds no images"));
  folder_.write("mine/test/a.jpg", jpeg(20, 30));
  EXPECT_EQ(refused(), kNoComplaint);
  folder_.write("mine/train/class/a.jpg", jpeg(20, 30));
  EXPECT_THAT(refused(), HasSubstr("both images and folders"));
}

}  // namespace
}  // namespace rraebench
