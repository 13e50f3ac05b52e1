// Samples that were made elsewhere, from files to figures in reports.
#include "host/common/npz.hpp"
#include "program.hpp"
#include "tests/datasets/image_bytes.hpp"
#include "tests/datasets/npy_bytes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace rraebench {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::npy_file;
using testing::npy_header;

constexpr int kSide = 16;

class Score : public ::testing::Test {
 protected:
  Score() {
    write_images("train.npy", 40, 1);
    write_images("test.npy", 30, 2);
  }

  /// Bytes, N x 16 x 16, that vary from image to image.
  std::string write_images(const std::string& name, int count, int phase) const {
    std::string bytes;
    for (int n = 0; n < count; ++n)
      for (int pixel = 0; pixel < kSide * kSide; ++pixel)
        bytes.push_back(static_cast<char>((phase * 31 + n * n * 7 + pixel * (n % 5 + 1)) % 251));
    const auto shape = "(" + std::to_string(count) + ", 16, 16)";
    return folder_.write(name, npy_file(npy_header("|u1", shape), bytes)).string();
  }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  ProgramResult with_folders(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--db", database_, "--cache-dir", path("cache"), "--data-dir",
                                       folder_.path().string(), "--threads", "1"});
    return call(arguments);
  }
  ProgramResult score(const std::string& generated, const std::string& label,
                      std::vector<std::string> more = {},
                      const std::string& real = "npy:train.npy,test.npy") const {
    more.insert(more.begin(), {"score", "--generated", generated, "--label", label, "--real", real});
    if (std::find(more.begin(), more.end(), "--extractor") == more.end())
      more.insert(more.end(), {"--extractor", "pca:3"});
    return with_folders(more);
  }
  /// A run of a tiny model that keeps what it generates.
  ProgramResult run() const {
    const auto suite = folder_.write(
        "own.toml",
        "seeds = [0]\nkeep = [\"samples\"]\n[[comparison]]\nname = \"own\"\ndataset = { name = "
        "\"npy:train.npy,test.npy\" }\nnetwork = { family = \"cnn-rrae\", mlp_width = 4 }\nextractor = "
        "\"pca:3\"\n"
        "features = { metrics = [\"fid\", \"precision\", \"recall\", \"density\", \"coverage\"], neighbours "
        "= 5 }\n"
        "generate = { count = 600, samplers = [\"gaussian\"] }\ntraining = { batch_size = 4, stages = [{ "
        "learning_rate = 1e-3, steps = 20 }] }\n" +
            model_table("ae"));
    return with_folders({"run", suite});
  }
  double figure(const std::string& label, const std::string& name) const {
    return std::stod(query_value(database_, "select value from figures where label = '" + label +
                                                "' and name = '" + name + "' and protocol = 'generate'"));
  }
  void expect_refused(const ProgramResult& result, const std::string& reason) const {
    EXPECT_EQ(result.exit_code, 2) << result.output;
    EXPECT_EQ(line_count(result.errors), 1) << result.errors;
    EXPECT_THAT(result.errors, HasSubstr(reason));
  }

  TemporaryFolder folder_;
  std::string database_ = path("results.db");
};

TEST_F(Score, WhatARunKeptHasTheRunsOwnFigures) {
  const auto trained = run();
  ASSERT_EQ(trained.exit_code, 0) << trained.errors;
  ASSERT_EQ(call({"export", "1", "--what", "samples", "--output", path("out"), "--db", database_}).exit_code,
            0);
  const auto scored = score(path("out/samples-gaussian.npy"), "again");
  ASSERT_EQ(scored.exit_code, 0) << scored.errors;
  EXPECT_THAT(scored.output, AllOf(HasSubstr("fid"), HasSubstr("again")));
  for (const char* name : {"fid", "precision", "recall", "density", "coverage"})
    EXPECT_NEAR(figure("again", name), figure("ae", name), 1e-6 * std::abs(figure("ae", name))) << name;

  const auto exported = call(
      {"export", "1", "--what", "samples", "--format", "png", "--output", path("images"), "--db", database_});
  ASSERT_EQ(exported.exit_code, 0) << exported.errors;
  EXPECT_TRUE(std::filesystem::exists(folder_ / "images/000599.png"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "images/000600.png"));
  ASSERT_EQ(score(path("images"), "rounded").exit_code, 0);
  EXPECT_NEAR(figure("rounded", "fid"), figure("ae", "fid"), 1e-2 * figure("ae", "fid"));
  expect_refused(call({"export", "1", "--what", "samples", "--format", "png", "--output", path("images"),
                       "--db", database_}),
                 "is not empty");
}

TEST_F(Score, SetsOfOneLabelAreItsSeedsAndTheLastOnesCount) {
  const auto first = write_images("a.npy", 20, 3);
  const auto second = write_images("b.npy", 25, 4);
  const auto two = score(first, "GAN", {"--generated", second, "--metrics", "fid,recall"});
  ASSERT_EQ(two.exit_code, 0) << two.errors;
  EXPECT_THAT(
      query_csv(database_, "select suite, comparison, label, model, seed, status from runs where current"),
      HasSubstr("scores,\"npy:train.npy,test.npy\",GAN,external,0,ok\r\n"
                "scores,\"npy:train.npy,test.npy\",GAN,external,1,ok\r\n"));
  EXPECT_THAT(query_csv(database_, "select count(*) from leaderboard where label = 'GAN' and name = 'fid'"),
              HasSubstr("\r\n2"))
      << "figures of 20 and of 25 samples share no column";
  ASSERT_EQ(score(second, "DDPM", {"--metrics", "fid"}).exit_code, 0);
  ASSERT_EQ(score(first, "GAN", {"--metrics", "fid"}).exit_code, 0);
  EXPECT_THAT(query_csv(database_, "select label || seed from runs where current order by 1"),
              HasSubstr("\r\nDDPM0\r\nGAN0\r\n"));
  EXPECT_THAT(query_csv(database_, "select count(*) from run"), HasSubstr("\r\n4"));
}

TEST_F(Score, IsShownAndReportedLikeARun) {
  ASSERT_EQ(score(write_images("a.npy", 20, 3), "GAN").exit_code, 0);
  const auto shown = call({"show", "1", "--db", database_});
  EXPECT_EQ(shown.exit_code, 0) << shown.errors;
  EXPECT_THAT(shown.output,
              AllOf(HasSubstr("made elsewhere"), HasSubstr("generate fid"), HasSubstr("rraebench score")));
  for (const char* format : {"html", "markdown", "csv", "json"}) {
    const auto file = path(std::string("report.") + format);
    const auto report = call({"report", "--db", database_, "--format", format, "--output", file});
    EXPECT_EQ(report.exit_code, 0) << report.errors;
    EXPECT_THAT(read_file(file), HasSubstr("GAN")) << format;
  }
  for (const char* command : {"rerun", "explain"}) {
    std::vector<std::string> arguments = {command, "1", "--db", database_};
    if (std::string(command) == "rerun") arguments.emplace_back("--verify");
    const auto result = call(arguments);
    EXPECT_LE(line_count(result.errors), 1) << result.errors;
  }
  expect_refused(call({"rerun", "1", "--verify", "--db", database_}), "were made elsewhere");
}

TEST_F(Score, RealSamplesMayBeAnArrayAFolderOrStatistics) {
  const auto generated = write_images("a.npy", 20, 3);
  EXPECT_EQ(score(generated, "array", {"--metrics", "fid"}, path("test.npy")).exit_code, 0);
  EXPECT_THAT(query_csv(database_, "select comparison, dataset from runs where label = 'array'"),
              HasSubstr("/test.npy,"));
  for (int n = 0; n < 8; ++n)
    folder_.write("photos/" + std::to_string(n) + ".jpg", testing::jpeg(kSide, kSide, 10 * n));
  for (int n = 0; n < 6; ++n)
    folder_.write("painted/" + std::to_string(n) + ".jpg", testing::jpeg(kSide, kSide, 7 * n));
  const auto folders = score(path("painted"), "folder", {"--metrics", "fid"}, path("photos"));
  EXPECT_EQ(folders.exit_code, 0) << folders.errors;
  EXPECT_THAT(query_csv(database_, "select comparison from runs where label = 'folder'"),
              HasSubstr("photos"));
  folder_.write("mu.npz", "PK");
  expect_refused(score(generated, "x", {}, path("mu.npz")), "has no samples to train extractor 'pca:3' with");
}

TEST_F(Score, ADataSetMayHaveOptions) {
  const auto generated = write_images("a.npy", 20, 3);
  const std::vector<std::string> eight = {"--metrics", "fid", "--set", "train_count=8"};
  ASSERT_EQ(score(generated, "GAN", eight).exit_code, 0);
  ASSERT_EQ(score(generated, "GAN", {"--metrics", "fid"}).exit_code, 0);
  EXPECT_THAT(query_csv(database_, "select comparison from runs where current order by 1"),
              HasSubstr("\r\n\"npy:train.npy,test.npy\"\r\n\"npy:train.npy,test.npy train_count=8\"\r\n"));
  EXPECT_NE(query_value(database_, "select min(value) from figures where name = 'fid'"),
            query_value(database_, "select max(value) from figures where name = 'fid'"))
      << "components of 8 images are others than those of 40";
  expect_refused(score(generated, "x", {"--set", "train_cuont=8"}), "did you mean 'train_count'?");
  expect_refused(score(generated, "x", {"--set", "train_count"}), "must be NAME=VALUE, such as size=64");
  expect_refused(score(generated, "x", {"--set", "train_count=\xff"}), "--set");
  expect_refused(score(generated, "x", {"--set", "train_count=8", "--set", "train_count=9"}), "two values");
  expect_refused(score(generated, "x", {"--set", "train_count=8"}, path("test.npy")),
                 "--set train_count: an option of a data set, and --real");
}

constexpr std::size_t kSmallPixels = 16;  // 4 x 4.

/// Pixels of `count` dark images and then of as many bright ones.
std::string two_classes(std::size_t count, unsigned seed) {
  constexpr unsigned kRange = 40;
  std::mt19937 generator(seed);
  std::string bytes;
  for (const unsigned level : {0U, 200U})
    for (std::size_t pixel = 0; pixel < count * kSmallPixels; ++pixel)
      bytes.push_back(static_cast<char>(level + generator() % kRange));
  return bytes;
}

std::string small_images(const std::string& pixels) {
  const auto count = std::to_string(pixels.size() / kSmallPixels);
  return npy_file(npy_header("|u1", "(" + count + ", 4, 4)"), pixels);
}

TEST_F(Score, SamplesThatAreSortedByClassCountAsTheyDoMixed) {
  // The first 10000 samples of the sorted ones, whose features would be kept, are of one class.
  constexpr std::size_t kOfAClass = 11000;
  const auto sorted = two_classes(kOfAClass, 2);
  std::string mixed;
  for (std::size_t n = 0; n < kOfAClass; ++n)
    for (const auto image : {n, kOfAClass + n}) mixed += sorted.substr(image * kSmallPixels, kSmallPixels);
  const auto real = folder_.write("real.npy", small_images(two_classes(20, 1))).string();
  for (const auto& [label, pixels] : {std::pair{"sorted", sorted}, std::pair{"mixed", mixed}}) {
    const auto generated = folder_.write(std::string(label) + ".npy", small_images(pixels)).string();
    const auto result = score(generated, label, {"--metrics", "fid,coverage"}, real);
    ASSERT_EQ(result.exit_code, 0) << result.errors;
    EXPECT_GT(figure(label, "coverage"), 0.95) << label;
  }
  EXPECT_NEAR(figure("sorted", "fid"), figure("mixed", "fid"), 1e-6 * figure("mixed", "fid"));
  // The same draws again.
  const double coverage = figure("sorted", "coverage");
  ASSERT_EQ(score(path("sorted.npy"), "again", {"--metrics", "fid,coverage"}, real).exit_code, 0);
  EXPECT_EQ(figure("again", "coverage"), coverage);
}

TEST_F(Score, FloatsThatAnExtractorOfBytesWouldClampAreRefused) {
  // Before the module is read: this one is none.
  const std::vector<std::string> as_bytes = {"--metrics", "fid", "--extractor",
                                             "torchscript:" + folder_.write("net.pt", "no module").string()};
  const auto floats = [&](const std::string& name, float first) {
    std::vector<float> values(8 * kSide * kSide, 0.5F);
    values.front() = first;
    return folder_.write(name, npy_file(npy_header("<f4", "(8, 16, 16)"), testing::raw(values))).string();
  };
  const auto symmetric = floats("symmetric.npy", -1.0F);
  const auto large = floats("large.npy", 255.0F);
  const auto good = floats("good.npy", 1.0005F);
  expect_refused(score(symmetric, "x", as_bytes, good),
                 "symmetric.npy: its values lie from -1.000000 to 0.5");
  expect_refused(score(large, "x", as_bytes, good), "to 255.000000, those of the images that extractor");
  expect_refused(score(good, "x", as_bytes, symmetric), "symmetric.npy: its values lie from -1.000000");
  expect_refused(score(good, "x", as_bytes, "npy:good.npy,large.npy"), "npy:good.npy,large.npy: its values");
  write_npz(folder_ / "mu.npz", {{"mu", {{2}, {1, 2}, false}}, {"sigma", {{2, 2}, {4, 1, 1, 9}, false}}});
  expect_refused(score(symmetric, "x", as_bytes, path("mu.npz")), "symmetric.npy: its values lie from");
  expect_refused(score(good, "x", as_bytes, good), "net.pt: not a TorchScript module");
  EXPECT_EQ(score(symmetric, "x", {"--metrics", "fid"}, symmetric).exit_code, 0)
      << "principal components take any values";
}

TEST_F(Score, BytesBesideFloatsOfAnotherRangeAreRefused) {
  const auto bytes = write_images("bytes.npy", 20, 3);
  const auto floats = [&](const std::string& name, float scale) {
    std::vector<float> values;
    for (int n = 0; n < 20 * kSide * kSide; ++n)
      values.push_back(scale * static_cast<float>((37 * n + 11 * (n / 256)) % 250));
    return folder_.write(name, npy_file(npy_header("<f4", "(20, 16, 16)"), testing::raw(values))).string();
  };
  const auto as_bytes = floats("of255.npy", 1.0F);
  const auto unit = floats("of1.npy", 1.0F / 255.0F);
  const std::vector<std::string> fid = {"--metrics", "fid"};
  const auto refused = score(bytes, "x", fid, as_bytes);
  expect_refused(refused, "bytes.npy: its images are bytes, which stand for values from 0 to 1");
  EXPECT_THAT(refused.errors, AllOf(HasSubstr("of255.npy) from 0 to 249; save both as bytes")));
  expect_refused(score(bytes, "x", fid, "npy:of1.npy,of255.npy"), "(npy:of1.npy,of255.npy) from 0 to 249");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "results.db"));

  const std::string note = "unless both are of one scale, no figure means anything";
  const auto alike = score(bytes, "bytes", fid, unit);
  EXPECT_EQ(alike.exit_code, 0) << alike.errors;
  EXPECT_THAT(alike.errors, Not(HasSubstr(note)));
  const auto smaller = score(unit, "floats", fid, as_bytes);
  EXPECT_EQ(smaller.exit_code, 0) << smaller.errors;
  EXPECT_THAT(smaller.errors, AllOf(HasSubstr("of1.npy: its values lie from 0 to 0.97"),
                                    HasSubstr("of255.npy) from 0 to 249: " + note)));
  EXPECT_THAT(query_csv(database_, "select text from notes"), HasSubstr(note));
}

TEST_F(Score, WhatGivesNoFigureIsRefusedAndNotStored) {
  const auto one = write_images("one.npy", 1, 3);
  const auto refused = score(one, "x");
  expect_refused(refused, "one.npy: nothing of it can be measured: fid not measured: a covariance needs two");
  EXPECT_THAT(refused.errors, Not(HasSubstr("too large")));
  const auto same =
      folder_
          .write("same.npy", npy_file(npy_header("|u1", "(20, 16, 16)"), std::string(20 * kSide * kSide, 7)))
          .string();
  expect_refused(score(path("train.npy"), "x", {}, same), "those of all real samples are the same");
  // Of several sets, too: half of a label would be stored.
  expect_refused(score(path("train.npy"), "x", {"--generated", one, "--metrics", "fid"}), "one.npy: nothing");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "results.db"));
}

TEST_F(Score, RefusesWhatCannotBeMeasuredInOneLine) {
  const auto good = write_images("a.npy", 20, 3);
  const auto cut = folder_.write("cut.npy", read_file(good).substr(0, 300)).string();
  expect_refused(score(cut, "x"), "cut.npy: ");
  expect_refused(score(folder_.write("text.npy", "no array").string(), "x"), "text.npy: ");
  const auto object = folder_.write("object.npy", npy_file(npy_header("|O", "(4, 16, 16)"), "....")).string();
  expect_refused(score(object, "x"), "object.npy: ");
  std::filesystem::create_directory(folder_ / "empty");
  expect_refused(score(path("empty"), "x"), "empty");
  folder_.write("broken/0.png", "no picture");
  expect_refused(score(path("broken"), "x"), "0.png");
  const auto small =
      folder_.write("small.npy", npy_file(npy_header("|u1", "(2, 4, 4)"), std::string(32, 'a'))).string();
  expect_refused(score(small, "x"), "its samples are 1 x 4 x 4, the real ones 1 x 16 x 16");
  std::vector<float> wide(2 * kSide * kSide, 0.5F);
  wide.front() = 255.0F;
  const auto unscaled =
      folder_.write("wide.npy", npy_file(npy_header("<f4", "(2, 16, 16)"), testing::raw(wide))).string();
  expect_refused(score(unscaled, "x"), "those of the real images from 0 to 1; scale them");
  expect_refused(score(path("nowhere"), "x"), "no such file or folder");
  expect_refused(score(folder_.write("a.txt", "").string(), "x"),
                 "must be a folder of images or a .npy file");
  expect_refused(score(good, "x", {}, "mnits"), "did you mean 'mnist'?");
  expect_refused(score(good, "x", {}, path("a.txt")), "must be a data set, a folder of images");
  expect_refused(score(good, "x", {"--extractor", "classifier"}), "needs images with labels");
  expect_refused(score(good, "x", {"--extractor", "pca:many"}), "--extractor: no extractor 'pca:many'");
  expect_refused(score(good, "x", {"--metrics", "fdi"}), "--metrics: no metric 'fdi': did you mean 'fid'?");
  expect_refused(score(good, "x", {"--metrics", "fid,fid"}), "stands twice");
  expect_refused(score(good, "x", {"--metrics", "path"}), "is of interpolations");
  expect_refused(score(good, "x", {"--metrics", "entropy"}), "needs class probabilities");
  expect_refused(with_folders({"score", "--real", "shift", "--label", "x"}), "--generated names a folder");
  expect_refused(with_folders({"score", "--real", "shift", "--generated", good}), "--label is the name");
  expect_refused(with_folders({"score", "--label", "x", "--generated", good}), "--real names a data set");
  EXPECT_FALSE(std::filesystem::exists(database_));
}

}  // namespace
}  // namespace rraebench
