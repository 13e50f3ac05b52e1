// What options do that change how much is run, or what is shown of it: each on the same few runs.
#include "host/program/planning/resources.hpp"
#include "program.hpp"
#include "program_paths.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <memory>
#include <pty.h>
#include <sstream>
#include <sys/wait.h>
#include <unistd.h>

namespace rraebench {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
namespace fs = std::filesystem;

constexpr const char* kTinySuite = R"(
seeds = [0, 1, 2]
keep = ["samples"]
[[comparison]]
name = "tiny"
dataset = { name = "shift", test_count = 10 }
network = { family = "mlp", encoder_width = 8, decoder_depth = 1, decoder_width = 8 }
extractor = "pca:3"
generate = { count = 30, samplers = ["gaussian"] }
training = { batch_size = 20, stages = [{ learning_rate = 1e-3, steps = 30 }] }
models = [{ plugin = "ae", label = "narrow", options = { latent = 2 } },
          { plugin = "ae", label = "wide", options = { latent = 3 } }]
[[claim]]
text = "the error is small"
label = "narrow"
figure = "reconstruct/relative_error"
at_most = 1e6
)";

/// As many principal components as images: what is reconstructed is what the data set gave.
constexpr const char* kOptionsSuite = R"(
seeds = [0]
keep = ["reconstructions"]
[defaults]
training = { batch_size = 20, stages = [{ learning_rate = 1e-3, steps = 3 }] }
[[comparison]]
name = "shallow"
dataset = { name = "gaussian2d", size = 16, test_count = 50, y_low = 0.2, y_high = 0.5 }
network = { family = "cnn-rrae", mlp_depth = 1, mlp_width = 4 }
models = [{ plugin = "ae", options = { latent = 2 } },
          { plugin = "principal-components", options = { latent = 50 } }]
[[comparison]]
name = "deep"
dataset = { name = "gaussian2d", size = 16, test_count = 50 }
network = { family = "cnn-rrae", mlp_depth = 3, mlp_width = 4 }
models = [{ plugin = "ae", options = { latent = 2 } }]
[[comparison]]
name = "train"
dataset = { name = "shift", test_count = 10 }
network = { family = "mlp", encoder_width = 8, decoder_depth = 1, decoder_width = 8 }
extractor = "pca:3"
reference_split = "train"
generate = { count = 30, samplers = ["gaussian"] }
models = [{ plugin = "ae", options = { latent = 2 } }]
)";

class OptionEffects : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = std::make_unique<TemporaryFolder>();
    folder_->write("tiny.toml", kTinySuite);
    folder_->write("options.toml", kOptionsSuite);
    const auto ran = on_machine(
        {"run", path("tiny.toml"), path("options.toml"), "--threads", "1", "--db", path("results.db")});
    ASSERT_EQ(ran.exit_code, 0) << ran.errors;
  }
  static void TearDownTestSuite() { folder_.reset(); }

  static std::string path(const std::string& name) { return (*folder_ / name).string(); }

  /// Of commands that plan or measure.
  static ProgramResult on_machine(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--cache-dir", path("cache"), "--plugin-dir", kOtherPlugins});
    return call(arguments);
  }
  /// Of commands that read the runs there are.
  static ProgramResult of_results(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--db", path("results.db")});
    return call(arguments);
  }

  static nlohmann::json rows(const std::string& sql, const std::string& database = "results.db") {
    const auto result = call({"query", sql, "--db", path(database), "--format", "json"});
    EXPECT_EQ(result.exit_code, 0) << result.errors;
    return nlohmann::json::parse(result.output, nullptr, /*allow_exceptions=*/false);
  }
  /// The one value that the SQL asks for as `x`.
  static nlohmann::json value(const std::string& sql, const std::string& database = "results.db") {
    const auto found = rows(sql, database);
    EXPECT_EQ(found.size(), 1U) << sql;
    return found.empty() ? nlohmann::json() : found[0].at("x");
  }

  /// Of the samples that a run kept.
  static ProgramResult score(const std::string& database, std::vector<std::string> more) {
    const auto samples = value(
        "select path as x from artefact join run on run.id = run_id where what = 'samples' and "
        "label = 'narrow' and seed = 0");
    more.insert(more.begin(), {"score", "--generated", path(samples), "--real", "shift", "--label", "again",
                               "--extractor", "pca:3", "--threads", "1", "--db", database});
    return on_machine(more);
  }

  static std::string copy(const std::string& name) {
    fs::copy_file(path("results.db"), path(name), fs::copy_options::overwrite_existing);
    return path(name);
  }

  static void expect_refused(const ProgramResult& result, const std::string& reason) {
    EXPECT_EQ(result.exit_code, 2) << result.output;
    EXPECT_EQ(line_count(result.errors), 1) << result.errors;
    EXPECT_THAT(result.errors, HasSubstr(reason));
  }

 private:
  static std::unique_ptr<TemporaryFolder> folder_;
};

std::unique_ptr<TemporaryFolder> OptionEffects::folder_;

TEST_F(OptionEffects, DatasetsChoosesComparisonsByTheirData) {
  const auto planned = [&](const std::string& datasets) {
    const auto plan = on_machine({"run", path("options.toml"), "--plan", "--format", "csv", "--db",
                                  path("none.db"), "--datasets", datasets});
    EXPECT_EQ(plan.exit_code, 0) << plan.errors;
    return plan.output;
  };
  const auto curves = planned("shift");
  EXPECT_EQ(line_count(curves), 2) << curves;
  EXPECT_THAT(curves, HasSubstr("options,train,shift,ae,"));
  const auto images = planned("gaussian2d");
  EXPECT_EQ(line_count(images), 4) << images;
  EXPECT_THAT(images, Not(HasSubstr("shift")));
  EXPECT_EQ(line_count(planned("shift,gaussian2d")), 5);
  expect_refused(on_machine({"run", path("options.toml"), "--plan", "--datasets", "stairs"}), "stairs");
}

TEST_F(OptionEffects, ScaleTrainsAShareOfTheStepsAndKeepsTheFiguresApart) {
  const auto database = copy("scaled.db");
  const auto ran = on_machine({"run", path("tiny.toml"), "--scale", "0.5", "--models", "narrow", "--seeds",
                               "0", "--threads", "1", "--db", database});
  ASSERT_EQ(ran.exit_code, 0) << ran.errors;
  EXPECT_EQ(rows("select suite, train_steps as steps, count(*) as runs from runs where current and "
                 "label = 'narrow' group by suite order by suite",
                 "scaled.db"),
            nlohmann::json({{{"suite", "tiny"}, {"steps", 30}, {"runs", 3}},
                            {{"suite", "tiny@0.5"}, {"steps", 15}, {"runs", 1}}}));
}

/// What stands after each "±" of the model's line in the report's table of reconstructions.
std::vector<double> spreads_of(const std::string& report, const std::string& label) {
  std::vector<double> spreads;
  const auto table = report.find("### Reconstruction");
  const auto line = report.find("| " + label + " | ", table);
  if (table == std::string::npos || line == std::string::npos) return spreads;
  const auto text = report.substr(line, report.find('\n', line) - line);
  const std::string sign = "± ";
  for (auto at = text.find(sign); at != std::string::npos; at = text.find(sign, at + 1))
    spreads.push_back(std::stod(text.substr(at + sign.size())));
  return spreads;
}

TEST_F(OptionEffects, IntervalShowsHalfOfStudentsIntervalInPlaceOfTheDeviation) {
  const auto deviations = rows(
      "select std from leaderboard where suite = 'tiny' and label = 'narrow' and name = "
      "'relative_error' order by split = 'test'");
  ASSERT_EQ(deviations.size(), 2U);
  const auto expect_spreads = [&](const std::vector<std::string>& more, double of_a_deviation,
                                  const std::string& words) {
    std::vector<std::string> command = {"report", "tiny", "--format", "markdown", "--output", "-"};
    command.insert(command.end(), more.begin(), more.end());
    const auto report = of_results(command);
    EXPECT_EQ(report.exit_code, 0) << report.errors;
    EXPECT_THAT(report.output, HasSubstr(words));
    const auto spreads = spreads_of(report.output, "narrow");
    ASSERT_EQ(spreads.size(), 2U) << report.output;
    for (std::size_t i = 0; i < 2; ++i) {
      const double expected = of_a_deviation * deviations[i].at("std").get<double>();
      EXPECT_NEAR(spreads[i], expected, 0.06 * expected) << "two digits of it";
    }
  };
  // Quantiles of Student's t with two degrees of freedom.
  const double root = std::sqrt(3.0);
  expect_spreads({}, 1.0, "± sample standard deviation");
  expect_spreads({"--interval", "95"}, 4.302653 / root, "± half of their 95 % interval");
  expect_spreads({"--interval", "50"}, 0.816497 / root, "± half of their 50 % interval");
  expect_refused(of_results({"report", "--output", "-", "--interval", "100"}), "--interval is '100'");
}

TEST_F(OptionEffects, CompareShowsWhatDidNotChangeAndMindsWhatIsGoneWhereItIsAsked) {
  const auto more = copy("more.db");
  ASSERT_EQ(score(more, {"--metrics", "fid"}).exit_code, 0);
  const auto compared = [&](std::vector<std::string> options) {
    options.insert(options.begin(), {"compare", more, path("results.db"), "--format", "csv"});
    return call(options);
  };
  const std::string header =
      "change,suite,comparison,label,figure,before,after,percent,seeds_before,seeds_after,p\r\n";
  const std::string gone = "gone,scores,shift,again,runs that went well,1,0,,1,0,\r\n";
  const auto plain = compared({});
  EXPECT_EQ(plain.exit_code, 0) << plain.errors;
  EXPECT_EQ(plain.output, header + gone);
  EXPECT_EQ(compared({"--require-all"}).exit_code, 1);

  const auto all = compared({"--all"});
  EXPECT_EQ(all.exit_code, 0);
  EXPECT_THAT(all.output,
              AllOf(HasSubstr(gone), HasSubstr("same,tiny,tiny,wide,reconstruct/relative_error test,"),
                    HasSubstr("same,options,deep,ae,")));
  const auto tiny = compared({"--all", "--suite", "tiny", "--require-all"});
  EXPECT_EQ(tiny.exit_code, 0) << "what is gone is of another suite";
  EXPECT_THAT(tiny.output, AllOf(HasSubstr("same,tiny,"), Not(HasSubstr("options")), Not(HasSubstr("gone"))));
  expect_refused(compared({"--suite", "tini"}), "no runs of a suite 'tini'");
}

TEST_F(OptionEffects, SplitAndKidSubsetSizeSayWithWhatIsCompared) {
  const auto database = path("scores.db");
  const auto scored = [&](const std::vector<std::string>& more) {
    auto command = more;
    command.insert(command.end(), {"--format", "json"});
    const auto result = score(database, command);
    EXPECT_EQ(result.exit_code, 0) << result.errors;
    return std::pair(nlohmann::json::parse(result.output, nullptr, /*allow_exceptions=*/false),
                     result.errors);
  };
  const auto [test, warning] = scored({"--metrics", "fid,kid"});
  const auto train = scored({"--metrics", "fid", "--split", "train"}).first;
  ASSERT_EQ(test.size(), 1U);
  ASSERT_EQ(train.size(), 1U);
  EXPECT_THAT(warning,
              HasSubstr("kid not measured: kernel distance: subsets of 1000 from 80 and 30 samples"));
  EXPECT_EQ(test[0].at("real"), 80);
  EXPECT_EQ(train[0].at("real"), 17);
  EXPECT_NE(test[0].at("value"), train[0].at("value"));
  EXPECT_EQ(rows("select split as x from figures where label = 'again'", "scores.db"),
            nlohmann::json({{{"x", "train"}}}))
      << "the last one counts";
  expect_refused(score(database, {"--split", "validation"}),
                 "--split is 'validation' but must be test or train");

  const auto five = scored({"--metrics", "kid", "--kid-subset-size", "5"}).first;
  const auto thirty = scored({"--metrics", "kid", "--kid-subset-size", "30"}).first;
  ASSERT_EQ(five.size(), 2U) << "kid and its deviation";
  ASSERT_EQ(thirty.size(), 2U);
  // Of subsets that are all of one side's samples the other side's alone are drawn.
  EXPECT_LT(thirty[1].at("value"), five[1].at("value")) << thirty << five;
  EXPECT_EQ(five[1].at("metric"), "kid_deviation");
}

TEST_F(OptionEffects, ViewIsReadAsAWhole) {
  const auto view = of_results({"query", "--view", "leaderboard", "--format", "csv"});
  EXPECT_EQ(view.exit_code, 0) << view.errors;
  EXPECT_THAT(view.output, StartsWith("suite,comparison,dataset,label,model,protocol,name,"));
  EXPECT_EQ(line_count(view.output), 1 + value("select count(*) as x from leaderboard").get<int>());
  const auto table = of_results({"query", "--view", "claim", "--format", "json"});
  EXPECT_EQ(nlohmann::json::parse(table.output).at(0).at("text"), "the error is small");
  expect_refused(of_results({"query", "--view", "leaderbord"}), "did you mean 'leaderboard'?");
}

/// What the program shows on a terminal of so many columns.
std::string on_terminal(const std::vector<std::string>& arguments, unsigned short columns) {
  struct winsize size {};
  size.ws_row = 24;
  size.ws_col = columns;
  std::vector<std::string> words{kProgram};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (auto& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  int terminal = -1;
  const pid_t program = ::forkpty(&terminal, nullptr, nullptr, &size);
  if (program < 0) return "no terminal";
  if (program == 0) {
    ::execv(kProgram, pointers.data());
    ::_exit(127);
  }
  std::string text;
  char piece[4096];
  for (ssize_t count = 0; (count = ::read(terminal, piece, sizeof piece)) > 0;)
    text.append(piece, static_cast<std::size_t>(count));
  ::close(terminal);
  ::waitpid(program, nullptr, 0);
  return text;
}

std::size_t longest_line(const std::string& text) {
  std::size_t longest = 0;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) longest = std::max(longest, line.size());
  return longest;
}

TEST_F(OptionEffects, WholeShowsAllColumnsAndDigitsOnATerminal) {
  const std::string sql =
      "select * from leaderboard where suite = 'tiny' and label = 'narrow' and name = 'relative_error'";
  const auto digits =
      value("select cast(mean as text) as x from (" + sql + " and split = 'test')").get<std::string>();
  ASSERT_GT(digits.size(), 8U);
  constexpr unsigned short kColumns = 70;
  std::vector<std::string> command = {"query", sql, "--db", path("results.db")};
  const auto fitted = on_terminal(command, kColumns);
  EXPECT_THAT(fitted, AllOf(HasSubstr("shift"), Not(HasSubstr(digits.substr(0, 8)))));
  EXPECT_LE(longest_line(fitted), kColumns + 1U) << "with its carriage return";
  command.emplace_back("--whole");
  const auto whole = on_terminal(command, kColumns);
  EXPECT_THAT(whole, HasSubstr(digits.substr(0, 8)));
  EXPECT_GT(longest_line(whole), 2U * kColumns);
}

TEST_F(OptionEffects, ExplainHoldsARunAgainstTheSuiteAtAnotherScaleAndPrecision) {
  const auto explained = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"explain", "1", "--suite", path("tiny.toml"), "--db", path("results.db")});
    return on_machine(more);
  };
  const auto same = explained({"--format", "csv"});
  EXPECT_THAT(same.errors, HasSubstr("counts: it is what"));
  EXPECT_THAT(same.output, AllOf(StartsWith("field,this run,asked for instead\r\n"),
                                 HasSubstr("training.batch_size,20,\r\n")));
  const auto half = explained({"--scale", "0.5", "--format", "json"});
  EXPECT_THAT(half.errors, HasSubstr("asks for suite tiny -> tiny@0.5, training.scale 1.0 -> 0.5"));
  const auto fields = nlohmann::json::parse(half.output);
  const auto scale = std::find_if(fields.begin(), fields.end(), [](const nlohmann::json& field) {
    return field.at("field") == "training.scale";
  });
  ASSERT_NE(scale, fields.end());
  EXPECT_EQ(scale->at("this run"), "1.0");
  EXPECT_EQ(scale->at("asked for instead"), "0.5");
  const auto full = explained({"--precision", "float32", "--format", "markdown"});
  EXPECT_THAT(full.errors, HasSubstr("counts: it is what"));
  EXPECT_THAT(full.output, StartsWith("| field | this run |"));
  const auto reduced = explained({"--precision", "bfloat16"});
  if (processor_has_bfloat16())
    EXPECT_THAT(reduced.errors, AllOf(HasSubstr("does not count"), HasSubstr("training.precision")));
  else
    expect_refused(reduced, "precision is bfloat16, for which this processor has no instructions");
}

TEST_F(OptionEffects, ClaimsComeInEveryFormat) {
  const auto claims = [&](const std::string& format) {
    const auto result = of_results({"claims", "--format", format});
    EXPECT_EQ(result.exit_code, 0) << result.errors;
    EXPECT_THAT(result.errors, StartsWith("1 claim: 1 holds,"));
    return result.output;
  };
  EXPECT_THAT(claims("text"), StartsWith("holds          the error is small\n"));
  EXPECT_THAT(claims("table"), StartsWith("claim               verdict  evidence"));
  EXPECT_THAT(claims("csv"), AllOf(StartsWith("claim,verdict,evidence,figure,n,effect,"),
                                   HasSubstr("\r\nthe error is small,holds,\"mean ")));
  EXPECT_THAT(claims("markdown"), AllOf(StartsWith("| claim | verdict | evidence | p | figure | source |\n"),
                                        HasSubstr("\n| the error is small | holds | mean ")));
  const auto rows = nlohmann::json::parse(claims("json"));
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].at("verdict"), "holds");
  EXPECT_EQ(rows[0].at("n"), 3);
  const auto mean = value(
      "select mean as x from leaderboard where suite = 'tiny' and label = 'narrow' and name = "
      "'relative_error' and split = 'test'");
  EXPECT_DOUBLE_EQ(rows[0].at("effect").get<double>(), mean.get<double>());
  expect_refused(of_results({"claims", "--format", "xml"}), "no table format 'xml': known: text, table, csv");
}

TEST_F(OptionEffects, RerunTakesOtherThreadsAndSaysSo) {
  const auto again =
      on_machine({"rerun", "1", "--verify", "--threads", "2", "--format", "csv", "--db", path("results.db")});
  EXPECT_EQ(again.exit_code, 0) << again.errors;
  EXPECT_THAT(again.errors, HasSubstr("not where the run was made: threads: 2, was 1\n"));
  EXPECT_THAT(again.output, AllOf(StartsWith("figure,stored,again,agreement,relative difference\r\n"),
                                  HasSubstr("\r\nreconstruct relative_error test,")));
}

TEST_F(OptionEffects, ReferenceSplitSaysWithWhoseSamplesFeaturesAreCompared) {
  const std::string sql =
      "select distinct split, reference_count as count from figures where name = 'fid' and suite = ";
  EXPECT_EQ(rows(sql + "'options'"), nlohmann::json({{{"split", "train"}, {"count", 17}}}));
  EXPECT_EQ(rows(sql + "'tiny'"), nlohmann::json({{{"split", "test"}, {"count", 10}}}));
}

TEST_F(OptionEffects, MlpDepthAddsLayersToEncoderAndDecoder) {
  const auto parameters = [&](const std::string& comparison) {
    return value("select parameter_count as x from runs where label = 'ae' and comparison = '" + comparison +
                 "'")
        .get<std::int64_t>();
  };
  EXPECT_EQ(parameters("deep") - parameters("shallow"), 2 * 2 * (4 * 4 + 4))
      << "two more layers of 4 units in each";
}

/// Of a file of float32 of format version 1.0.
std::vector<float> read_floats(const std::string& file) {
  const auto bytes = read_file(file);
  constexpr std::size_t kBeforeHeader = 10;
  if (bytes.size() < kBeforeHeader) return {};
  std::uint16_t header = 0;
  std::memcpy(&header, bytes.data() + kBeforeHeader - sizeof header, sizeof header);
  if (bytes.size() < kBeforeHeader + header) return {};
  std::vector<float> values((bytes.size() - kBeforeHeader - header) / sizeof(float));
  std::memcpy(values.data(), bytes.data() + kBeforeHeader + header, values.size() * sizeof(float));
  return values;
}

struct Centre {
  double x = 0.0;
  double y = 0.0;
};

/// The mean place of what is bright in an image of `size` x `size` pixels on [-1, 1]^2.
Centre centre_of(const float* image, int size) {
  Centre sum;
  double brightness = 0.0;
  for (int row = 0; row < size; ++row)
    for (int column = 0; column < size; ++column) {
      const double pixel = *image++;
      brightness += pixel;
      sum.x += pixel * (2.0 * column / (size - 1) - 1.0);
      sum.y += pixel * (2.0 * row / (size - 1) - 1.0);
    }
  return {sum.x / brightness, sum.y / brightness};
}

TEST_F(OptionEffects, YLowAndYHighBoundTheHeightOfTheSpots) {
  const auto images =
      read_floats(path(value("select path as x from artefact join run on run.id = run_id where label = "
                             "'principal-components' and what = 'reconstructions'")));
  constexpr int kSize = 16;
  constexpr int kCount = 50;
  ASSERT_EQ(images.size(), static_cast<std::size_t>(kCount * kSize * kSize));
  std::vector<double> across;
  std::vector<double> down;
  for (int n = 0; n < kCount; ++n) {
    const auto centre = centre_of(images.data() + n * kSize * kSize, kSize);
    across.push_back(centre.x);
    down.push_back(centre.y);
  }
  const auto [top, bottom] = std::minmax_element(down.begin(), down.end());
  const auto [left, right] = std::minmax_element(across.begin(), across.end());
  EXPECT_GT(*top, 0.19);
  EXPECT_LT(*bottom, 0.51);
  EXPECT_GT(*bottom - *top, 0.2) << "they fill it";
  EXPECT_LT(*left, -0.3) << "and x is as before";
  EXPECT_GT(*right, 0.3);
}

}  // namespace
}  // namespace rraebench
