// What a user can get wrong about a run: one line that names it and the remedy, exit code 2, no database made
// or changed.
#include "host/program/processes/worker_process.hpp"
#include "program.hpp"
#include "program_paths.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>

namespace rraebench {
namespace {

using testing::HasSubstr;

class BadInput : public testing::Test {
 protected:
  void expect_refused(const std::string& suite_text, const std::string& expected,
                      const std::vector<std::string>& more = {}) {
    const auto suite = folder_.write("bad.toml", suite_text);
    std::vector<std::string> arguments = {"run", suite, "--db", database_};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const auto result = call(arguments);
    EXPECT_EQ(result.exit_code, 2) << result.errors;
    EXPECT_EQ(line_count(result.errors), 1) << result.errors;
    EXPECT_THAT(result.errors, HasSubstr(expected));
    EXPECT_FALSE(std::filesystem::exists(database_));
  }

  TemporaryFolder folder_;
  std::string database_ = (folder_ / "results.db").string();
};

TEST_F(BadInput, MissingPlugin) {
  expect_refused(tiny_suite(model_table("rrae-strog")), "did you mean 'rrae-strong'?");
}

TEST_F(BadInput, PluginOfAnotherContractVersion) {
  expect_refused(tiny_suite(model_table("bad-wrong-contract")), "rebuild the plugin",
                 {"--plugin-dir", kBadPlugins});
}

TEST_F(BadInput, UnknownPluginOption) {
  expect_refused(tiny_suite(model_table("ae", "latnt = 2")), "no option 'latnt': did you mean 'latent'?");
}

TEST_F(BadInput, PluginOptionOutOfRange) {
  expect_refused(tiny_suite(model_table("ae", "latent = 0")),
                 "option 'latent' is '0' but must be at least 1");
}

TEST_F(BadInput, AnOptionIsNamedWithItsOwnLine) {
  const std::string table = "[[comparison.models]]\nplugin = \"ae\"\n";  // At lines 11 and 12.
  expect_refused(tiny_suite(table + "label = \"AE\"\noptions = { latnt = 2 }\n"),
                 "bad.toml:14: [comparison.models.options] 'latnt': no option 'latnt'");
  expect_refused(tiny_suite(table + "[comparison.models.options]\n# wide\nlatent = 0\n"),
                 "bad.toml:15: [comparison.models.options] 'latent': option 'latent' is '0'");
  expect_refused(tiny_suite(table + "[comparison.models.sweep]\noption = \"latnt\"\nvalues = [1, 2]\n"),
                 "bad.toml:15: [comparison.models.sweep] 'values': no option 'latnt'");
  const auto with = [](const std::string& from, const std::string& to) {
    auto suite = tiny_suite(model_table("ae"));
    return suite.replace(suite.find(from), from.size(), to);
  };
  expect_refused(with("encoder_width", "encoder_wdth"),
                 "bad.toml:6: [comparison.network] 'encoder_wdth': no option 'encoder_wdth'");
  expect_refused(with("\"mlp\"", "\"mpl\""), "bad.toml:6: [comparison.network] 'family': no network family");
  expect_refused(with("test_count = 10", "test_cout = 10"),
                 "bad.toml:5: [comparison.dataset] 'test_cout': no option 'test_cout'");
  // Of tables with a line for each key, which may stand anywhere in the comparison.
  auto suite = with("dataset = { name = \"shift\", test_count = 10 }\n", "") + "[comparison.dataset]\n";
  expect_refused(suite + "name = \"shift\"\n\ntest_count = -1\n",
                 "bad.toml:16: [comparison.dataset] 'test_count': option 'test_count' is '-1'");
}

TEST_F(BadInput, UnknownSuiteKeyNamesFileAndLine) {
  auto suite = tiny_suite(model_table("ae"));
  suite.replace(suite.find("batch_size"), 10, "batch_sise");
  expect_refused(suite,
                 "bad.toml:10: [comparison.training] 'batch_sise': no such key; did you mean 'batch_size'?");
}

TEST_F(BadInput, BrokenToml) {
  expect_refused("seeds = [0\n[[comparison", "bad.toml:2:");
  expect_refused("", "'seeds': is missing");
  expect_refused(std::string("\0\xff\xfe garbage", 11), "bad.toml:1:");
}

TEST_F(BadInput, UnknownDataSetNetworkSamplerExtractor) {
  const auto with = [](const std::string& from, const std::string& to) {
    auto suite = tiny_suite(model_table("ae"));
    return suite.replace(suite.find(from), from.size(), to);
  };
  expect_refused(with("\"shift\"", "\"shfit\""), "did you mean 'shift'?");
  expect_refused(with("\"mlp\"", "\"mpl\""), "did you mean 'mlp'?");
  expect_refused(with("mixture:2", "mixture:0"), "no sampler 'mixture:0'");
  expect_refused(with("pca:3", "inception"), "no extractor 'inception'");
  expect_refused(with("pca:3", "torchscript:/nowhere/net.pt"), "/nowhere/net.pt");
  expect_refused(with("pca:3", "torchscript:net.pt"),
                 "'extractor': net.pt: no such file beside the suite (" + folder_.path().string() + ")");
  folder_.write("net.pt", "beside the suite");
  expect_refused(with("pca:3", "torchscript:net.pt"), "'torchscript:net.pt' needs images");
  expect_refused(with("test_count = 10", "test_cuont = 10"), "did you mean 'test_count'?");
  expect_refused(with("steps = 30", "steps = 30, epochs = 1"), "either steps (batches) or epochs");
}

TEST_F(BadInput, FeatureMetrics) {
  const auto with = [](const std::string& features) {
    auto suite = tiny_suite(model_table("ae"));
    const std::string before = "interpolate =";
    return suite.insert(suite.find(before), "features = { " + features + " }\n");
  };
  expect_refused(with("metrics = [\"fid\", \"kdi\"]"), "no metric 'kdi': did you mean 'kid'?");
  expect_refused(with("metrics = [\"entropy\"]"), "'entropy' needs class probabilities");
  expect_refused(with("metrics = [\"kid\"]"),
                 "kid draws subsets of 1000 from 10 real samples; set features.kid_subset_size");
  expect_refused(with("metrics = [\"kid\"], kid_subset_size = 31, statistics = \"none.npz\""),
                 "none.npz: no such file beside the suite");
  expect_refused(with("bootstrap = 1"), "at least 2 replicates");
  expect_refused(with("kid_subset_size = 10001"), "must be at most 10000");
  expect_refused(with("neighbours = 0"), "neighbours");
  expect_refused(with("kid_subsetsize = 5"), "did you mean 'kid_subset_size'?");
  const auto text = folder_.write("diary.npz", "hello, I am a diary").string();
  expect_refused(with("statistics = \"" + text + "\""), "diary.npz: is no whole .npz file");
  auto no_extractor = with("bootstrap = 5");
  no_extractor.erase(no_extractor.find("extractor ="), std::string("extractor = \"pca:3\"\n").size());
  expect_refused(no_extractor, "needs an extractor");
}

/// tiny_suite() with parts of its text replaced.
std::string changed_suite(const std::vector<std::pair<std::string, std::string>>& changes,
                          const std::string& models = model_table("ae")) {
  auto suite = tiny_suite(models);
  for (const auto& [from, to] : changes) suite.replace(suite.find(from), from.size(), to);
  return suite;
}

TEST_F(BadInput, WhatCouldOnlyFailAfterTrainingIsFoundByThePlan) {
  const auto expect = [&](const std::string& suite, const std::string& expected) {
    expect_refused(suite, expected);
    expect_refused(suite, expected, {"--plan"});
  };
  // `shift` has 17 training curves of 200 values.
  expect(
      changed_suite({{"pca:3", "pca:500"}}),
      "bad.toml:7: [comparison] 'extractor': pca:500 from 17 training samples of 200 values, which have at "
      "most 16");
  expect(changed_suite({{"mixture:2", "mixture:50"}}),
         "bad.toml:9: [comparison.generate] 'samplers': 'mixture:50' from 17 training samples");
  expect(changed_suite({{"pca:3", "classifier"}}), "'classifier' needs images with labels");
  expect(
      changed_suite({{"\"mlp\", encoder_width = 8, decoder_depth = 1, decoder_width = 8", "\"cnn-rrae\""}}),
      "bad.toml:6: [comparison] 'network': network family 'cnn-rrae' needs square images");
  expect(
      changed_suite({{"{ learning_rate = 1e-3, steps = 30 }",
                      "{ learning_rate = 1e-3, steps = 1000000000 }, { learning_rate = 1e-3, steps = 1 }"}}),
      "bad.toml:10: [comparison.training] 'stages': are more than 1000000000 steps in all");
  expect(
      changed_suite({{"interpolate", "features = { metrics = [\"recall\"], neighbours = 10 }\ninterpolate"}}),
      "bad.toml:8: [comparison.features] 'neighbours': 10 neighbours need 11 from 10 real samples");
  expect(changed_suite({{"interpolate", "features = { metrics = [\"fid_infinity\"] }\ninterpolate"},
                        {"count = 30", "count = 12"}}),
         "[comparison.features] 'metrics': fid_infinity draws at least 20 from 12 generated samples");
}

TEST_F(BadInput, AnOutputThatDoesNotReachTheData) {
  const auto with = [](const std::string& output, const std::string& normalisation) {
    return changed_suite({{"test_count = 10", "test_count = 10, normalisation = \"" + normalisation + "\""},
                          {"decoder_width = 8", "decoder_width = 8, output = \"" + output + "\""}});
  };
  expect_refused(
      with("sigmoid", "standardise"),
      "bad.toml:6: [comparison.network] 'output': 'sigmoid' gives values from 0 to 1, and the training "
      "samples of 'shift' go from -1.41 to 1.41 with normalisation = \"standardise\"; set \"minmax\", or "
      "output = \"none\"");
  expect_refused(with("tanh", "standardise"), "set \"symmetric\", or output = \"none\"", {"--plan"});
  for (const auto& [output, normalisation] :
       {std::pair("sigmoid", "minmax"), std::pair("tanh", "symmetric")}) {
    const auto suite = folder_.write("good.toml", with(output, normalisation));
    const auto plan = call({"run", suite, "--plan", "--db", database_});
    EXPECT_EQ(plan.exit_code, 0) << plan.errors;
  }
}

TEST_F(BadInput, ASeedOfAChoiceThatIsNotMade) {
  const auto with = [](const std::string& options) {
    return changed_suite({{"test_count = 10", "test_count = 10, " + options}});
  };
  expect_refused(with("train_seed = 3"),
                 "bad.toml:5: [comparison.dataset] 'train_seed': is 3 but without train_count all training "
                 "samples are taken and none is chosen; give train_count or leave train_seed out");
  const auto suite = folder_.write(
      "good.toml", changed_suite({{"test_count = 10",
                                   "train_seed = 3, sweep = { option = \"train_count\", values = [9, 0] }"},
                                  {"\"grid\"", "\"pairs\""}}));
  const auto plan = call({"run", suite, "--plan", "--db", database_});
  EXPECT_EQ(plan.exit_code, 0) << plan.errors;
}

TEST_F(BadInput, ARankBeyondWhatBoundsIt) {
  const auto expect = [&](const std::string& model, const std::string& expected) {
    expect_refused(tiny_suite(model), expected);
  };
  expect(model_table("rrae-strong", "latent = 64, rank = 32"),
         "bad.toml:13: [comparison.models.options] 'rank': option 'rank' is 32 but must be at most 17, the "
         "samples of a batch");
  expect(model_table("vrrae", "latent = 8, rank = 9"), "at most 8, option 'latent'");
  // The default is a size like any other.
  expect(model_table("rrae-strong", "latent = 8"),
         "option 'rank' is 16 but must be at most 8, option 'latent'");
  expect_refused(
      changed_suite({{"batch_size = 20", "batch_size = 1"}}, model_table("rrae-strong", "rank = 2")),
      "option 'rank' is 2 but must be at most 1, the samples of a batch");
}

TEST_F(BadInput, RepetitionAndContradiction) {
  expect_refused(tiny_suite(model_table("ae") + model_table("ae") + "label = \"again\"\n"),
                 "'again' is the same model with the same options as 'ae'");
  const auto suite = folder_.write("bad.toml", tiny_suite(model_table("ae")));
  expect_refused(tiny_suite(model_table("ae")), "bad.toml' is given twice", {suite});
  std::filesystem::create_directory(folder_ / "other");
  expect_refused(tiny_suite(model_table("ae")), "both named 'bad'",
                 {folder_.write("other/bad.toml", tiny_suite(model_table("ae"), "[1]"))});
  expect_refused(tiny_suite(model_table("ae")), "--seeds '0,0': 0 stands twice", {"--seeds", "0,0"});
  expect_refused(tiny_suite(model_table("ae")), "model 'ae' is asked for twice", {"--models", "ae,ae"});
}

TEST_F(BadInput, APipeWhereAFileBelongsIsNotWaitedFor) {
  const auto pipe = (folder_ / "pipe").string();
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  expect_refused(changed_suite({{"pca:3", "torchscript:" + pipe}}),
                 "bad.toml:7: [comparison] 'extractor': " + pipe + ": a named pipe");
  expect_refused(
      changed_suite({{"interpolate", "features = { statistics = \"" + pipe + "\" }\ninterpolate"}}),
      "'statistics': " + pipe + ": a named pipe");
  std::filesystem::rename(pipe, folder_ / "pipe.toml");
  const auto result = call({"run", pipe + ".toml", "--db", database_});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.errors, HasSubstr("pipe.toml: is no regular file"));
}

TEST_F(BadInput, TooFewOpenFilesForTheJobs) {
  const auto suite = folder_.write("bad.toml", tiny_suite(model_table("ae"))).string();
  const auto command =
      std::string("ulimit -n 200; exec ") + kProgram + " run " + suite + " --jobs 100 --db " + database_;
  const auto answer = ask_worker("/bin/sh", {"-c", command}, "");
  EXPECT_EQ(answer.exit.exit_code, 2);
  EXPECT_THAT(answer.errors, HasSubstr("ask for fewer jobs or raise `ulimit -n`"));
  EXPECT_FALSE(std::filesystem::exists(database_));
}

TEST_F(BadInput, FoldersThatCannotBeWritten) {
  const auto file = folder_.write("file", "text").string();
  const auto suite = tiny_suite(model_table("ae"));
  const std::string cache =
      "cannot write the cache " + file + "/cache: Not a directory; --cache-dir names another";
  expect_refused(suite, cache, {"--cache-dir", file + "/cache"});
  expect_refused(suite, cache, {"--cache-dir", file + "/cache", "--plan"});
  folder_.write("results.db.checkpoints", "a file where the folder belongs");
  expect_refused(suite, "cannot write the checkpoints " + database_ + ".checkpoints: ");
  expect_refused(suite, "--db names a file in another folder", {"--plan"});
}

TEST_F(BadInput, AGpuThatIsNotThere) {
  if (std::filesystem::exists("/dev/nvidiactl")) GTEST_SKIP() << "there may be one";
  expect_refused(tiny_suite(model_table("ae")), "--device is cuda but this LibTorch finds no GPU",
                 {"--device", "cuda"});
}

TEST_F(BadInput, MissingAndTruncatedDataFiles) {
  auto suite = tiny_suite(model_table("ae"));
  const std::string from = R"({ name = "shift", test_count = 10 })";
  suite.replace(suite.find(from), from.size(), R"({ name = "mnist" })");
  suite.replace(suite.find("\"grid\""), 6, "\"pairs\"");
  expect_refused(suite, "--data-dir", {"--data-dir", folder_.path().string()});

  std::filesystem::create_directories(folder_ / "mnist");
  for (const char* name : {"train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte",
                           "t10k-labels-idx1-ubyte"})
    folder_.write(std::string("mnist/") + name, std::string("\0\0\x08\x03\0\0\0\x0a", 8));
  expect_refused(suite, "train-images-idx3-ubyte", {"--data-dir", folder_.path().string()});
}

TEST_F(BadInput, ADatabaseThatIsNotOursStaysAsItIs) {
  const auto suite = folder_.write("good.toml", tiny_suite(model_table("ae")));
  for (const std::string& content : {std::string("hello, I am a diary\n"), std::string(5000, 'x')}) {
    const auto file = folder_.write("other.db", content);
    for (const std::vector<std::string>& arguments : {std::vector<std::string>{"run", suite, "--db", file},
                                                      {"report", "--db", file},
                                                      {"query", "--db", file}}) {
      const auto result = call(arguments);
      EXPECT_EQ(result.exit_code, 2);
      EXPECT_EQ(line_count(result.errors), 1) << result.errors;
      EXPECT_THAT(result.errors, HasSubstr("other.db"));
      EXPECT_EQ(read_file(file), content);
    }
  }
}

}  // namespace
}  // namespace rraebench
