// A user's own arrays and images, from a suite to figures.
#include "program.hpp"
#include "tests/datasets/image_bytes.hpp"
#include "tests/datasets/npy_bytes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace rraebench {
namespace {

using ::testing::HasSubstr;
using testing::npy_file;
using testing::npy_header;

class OwnData : public ::testing::Test {
 protected:
  /// A suite of one AE on `dataset`, trained for a moment; the data folder is the test's.
  ProgramResult run(const std::string& dataset, const std::string& interpolate, const std::string& network) {
    const auto suite =
        folder_.write("own.toml", "seeds = [0]\n[[comparison]]\nname = \"own\"\ndataset = { name = \"" +
                                      dataset + "\" }\nnetwork = { " + network +
                                      " }\nextractor = \"pca:2\"\ninterpolate = { " + interpolate +
                                      " }\ntraining = { batch_size = 4, stages = [{ learning_rate = 1e-3, "
                                      "steps = 5 }] }\n" +
                                      model_table("ae"));
    return call({"run", suite, "--db", database_, "--cache-dir", (folder_ / "cache").string(), "--data-dir",
                 folder_.path().string()});
  }
  void write_curves(const std::string& name, const std::vector<double>& frequencies) const {
    std::vector<float> values;
    for (const double frequency : frequencies)
      for (int t = 0; t < 20; ++t) values.push_back(static_cast<float>(std::sin(frequency * t)));
    const auto count = std::to_string(frequencies.size());
    folder_.write(name + ".npy", npy_file(npy_header("<f4", "(" + count + ", 20)"), testing::raw(values)));
    folder_.write(name + "_parameters.npy",
                  npy_file(npy_header("<f8", "(" + count + ",)"), testing::raw(frequencies)));
  }
  TemporaryFolder folder_;
  std::string database_ = (folder_ / "own.db").string();
};

TEST_F(OwnData, SimulatedCurvesWithTheirParameters) {
  write_curves("train", {0.3, 0.1, 0.2, 0.5, 0.4});
  write_curves("test", {0.15, 0.33});
  const auto result =
      run("npy:train.npy,test.npy,train_parameters.npy,test_parameters.npy", "kind = \"grid\"",
          "family = \"mlp\", encoder_width = 8, decoder_depth = 1, decoder_width = 8");
  ASSERT_EQ(result.exit_code, 0) << result.errors;
  EXPECT_THAT(
      query_csv(database_,
                "select sample_count from metric where protocol = 'interpolate' and name = 'relative_error'"),
      HasSubstr("2"));
  EXPECT_THAT(query_csv(database_, "select json_extract(spec_json, '$.sample_counts.train') from run"),
              HasSubstr("5"));
}

TEST_F(OwnData, AFolderOfImages) {
  for (int n = 0; n < 6; ++n)
    folder_.write("mine/" + std::string(n < 4 ? "train/" : "test/") + std::to_string(n) + ".jpg",
                  testing::jpeg(16, 16, 10 * n));
  const auto result =
      run("images:mine", "kind = \"pairs\", pairs = 3, steps = 2", "family = \"cnn-rrae\", mlp_width = 4");
  ASSERT_EQ(result.exit_code, 0) << result.errors;
  EXPECT_THAT(query_csv(database_, "select count(*) from image"), HasSubstr("3"))
      << "originals, reconstructions, strips";
}

TEST_F(OwnData, AGridThatThereIsNotIsKnownBeforeTraining) {
  write_curves("train", {0.1, 0.2, 0.3, 0.4, 0.5, 0.6});
  write_curves("test", {0.15, 0.25});
  const auto no_parameters = run("npy:train.npy,test.npy", "kind = \"grid\"", "family = \"mlp\"");
  EXPECT_EQ(no_parameters.exit_code, 2);
  EXPECT_THAT(
      no_parameters.errors,
      HasSubstr("own.toml:7: [comparison.interpolate] 'kind': 'grid' needs training parameters that form"));
  write_curves("train", {0.1, 0.2, 0.3, 0.4, 0.5, 0.5});
  const auto repeated = run("npy:train.npy,test.npy,train_parameters.npy,test_parameters.npy",
                            "kind = \"grid\"", "family = \"mlp\"");
  EXPECT_EQ(repeated.exit_code, 2);
  EXPECT_THAT(repeated.errors, HasSubstr("which 'npy' has not"));
  EXPECT_FALSE(std::filesystem::exists(database_));
}

TEST_F(OwnData, PathsLeadFromTheSuiteAndElseAsWithoutOne) {
  const auto data = folder_.write("elsewhere/none", "").parent_path();
  const auto suite = folder_.write("project/own.toml", R"(seeds = [0]
[[comparison]]
name = "own"
dataset = { name = "npy:train.npy,test.npy" }
network = { family = "mlp", encoder_width = 8, decoder_depth = 1, decoder_width = 8 }
extractor = "pca:2"
generate = { count = 10, samplers = ["gaussian"] }
training = { batch_size = 4, stages = [{ learning_rate = 1e-3, steps = 5 }] }
)" + model_table("ae"));
  const auto command = [&](std::vector<std::string> words) {
    words.insert(words.end(), {"--db", database_, "--cache-dir", (folder_ / "cache").string(), "--data-dir",
                               data.string()});
    return call(words);
  };
  const auto missing = command({"run", suite.string()});
  EXPECT_EQ(missing.exit_code, 2);
  EXPECT_THAT(missing.errors,
              HasSubstr("no file train.npy beside the suite (" + suite.parent_path().string() +
                        "), in the current folder (" + std::filesystem::current_path().string() + ") or in " +
                        data.string() + " (--data-dir)"));

  write_curves("project/train", {0.1, 0.2, 0.3, 0.4, 0.5, 0.6});
  write_curves("project/test", {0.15, 0.25});
  const auto ran = command({"run", suite.string()});
  ASSERT_EQ(ran.exit_code, 0) << ran.errors;
  EXPECT_THAT(query_csv(database_, "select json_extract(spec_json, '$.dataset_options.train') from run"),
              HasSubstr("\ntrain.npy"))
      << "as the suite has it";
  EXPECT_EQ(command({"rerun", "1", "--verify"}).exit_code, 0);
  const auto statistics = call({"statistics", suite.string(), "--output", (folder_ / "statistics").string(),
                                "--cache-dir", (folder_ / "cache").string(), "--data-dir", data.string()});
  EXPECT_EQ(statistics.exit_code, 0) << statistics.errors;

  // The same data where they were looked for before: the same run. Others there are not taken.
  for (const char* name : {"train.npy", "test.npy"})
    std::filesystem::copy_file(folder_ / "project" / name, data / name);
  const auto both = command({"run", suite.string(), "--plan"});
  EXPECT_THAT(both.output, HasSubstr("cached"));
  EXPECT_THAT(both.errors, HasSubstr("project/train.npy is taken, beside the suite, and not " +
                                     (data / "train.npy").string()));
  for (const char* name : {"train.npy", "test.npy"}) std::filesystem::remove(folder_ / "project" / name);
  const auto moved = command({"run", suite.string(), "--plan"});
  EXPECT_THAT(moved.output, HasSubstr("cached"));
  EXPECT_EQ(moved.errors.find("is taken"), std::string::npos);
}

TEST_F(OwnData, RerunRefusesDataThatChanged) {
  write_curves("train", {0.1, 0.2, 0.3, 0.4, 0.5, 0.6});
  write_curves("test", {0.15, 0.25});
  ASSERT_EQ(run("npy:train.npy,test.npy", "kind = \"pairs\", pairs = 10", "family = \"mlp\"").exit_code, 0);
  const std::vector<std::string> rerun = {"rerun",
                                          "1",
                                          "--verify",
                                          "--db",
                                          database_,
                                          "--cache-dir",
                                          (folder_ / "cache").string(),
                                          "--data-dir",
                                          folder_.path().string()};
  const auto same = call(rerun);
  EXPECT_EQ(same.exit_code, 0) << same.errors;
  write_curves("test", {0.15, 0.26});
  const auto changed = call(rerun);
  EXPECT_EQ(changed.exit_code, 2);
  EXPECT_THAT(changed.errors, HasSubstr("data set 'npy' changed since the run was made"));
}

TEST_F(OwnData, PicturesThatAreLeftOutAreSaidAndStored) {
  for (int n = 0; n < 6; ++n)
    folder_.write("mine/" + std::string(n < 4 ? "train/" : "test/") + std::to_string(n) + ".jpg",
                  testing::jpeg(16, 16, 10 * n));
  folder_.write("mine/train/6.webp", "RIFF");
  const auto result =
      run("images:mine", "kind = \"pairs\", pairs = 3, steps = 2", "family = \"cnn-rrae\", mlp_width = 4");
  ASSERT_EQ(result.exit_code, 0) << result.errors;
  const std::string note = "1 file in mine/train is no .jpg, .jpeg or .png and is left out (.webp)";
  const auto at = result.errors.find("warning: " + note);
  ASSERT_NE(at, std::string::npos) << result.errors;
  EXPECT_EQ(result.errors.find(note, at + note.size()), std::string::npos) << "once";
  EXPECT_THAT(query_csv(database_, "select text from note"), HasSubstr(note));
}

TEST_F(OwnData, SmallVariationAroundALargeMeanIsLearnt) {
  std::vector<double> values;
  for (int n = 0; n < 20; ++n)
    for (int t = 0; t < 30; ++t) values.push_back(1e5 + 0.003 * std::sin(0.2 * t + 0.3 * n));
  folder_.write("x.npy", npy_file(npy_header("<f8", "(20, 30)"), testing::raw(values)));
  const auto result = run("npy:x.npy,x.npy", "kind = \"pairs\", pairs = 10, steps = 2",
                          "family = \"mlp\", encoder_width = 8, decoder_depth = 1, decoder_width = 8");
  ASSERT_EQ(result.exit_code, 0) << result.errors;
  EXPECT_THAT(result.errors, HasSubstr("relative_error"));
  // Of constant samples both would be 0.
  EXPECT_THAT(
      query_csv(database_, "select value > 0 from metric where name = 'active_units' and split = 'test'"),
      HasSubstr("1"));
  EXPECT_THAT(query_csv(database_,
                        "select min(value > 0 and value < 3e-5) from metric where name = 'relative_error'"),
              HasSubstr("1"));
  EXPECT_THAT(query_csv(database_, "select value > 0 from metric where name = 'fid'"), HasSubstr("1"));
}

TEST_F(OwnData, EqualSamplesAreRefusedBeforeAnythingRuns) {
  folder_.write("x.npy",
                npy_file(npy_header("<f8", "(3, 2)"), testing::raw(std::vector<double>{1, 2, 1, 2, 1, 2})));
  const auto result = run("npy:x.npy,x.npy", "kind = \"pairs\", pairs = 3, steps = 2",
                          "family = \"mlp\", encoder_width = 8, decoder_depth = 1, decoder_width = 8");
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.errors, HasSubstr("all 3 training samples are equal"));
}

}  // namespace
}  // namespace rraebench
