#include "host/program/suites/suite_reader.hpp"

#include "host/common/errors.hpp"
#include "host/program/suites/adjusted_suite.hpp"
#include "host/program/suites/suite_text.hpp"
#include "tests/support/complaint.hpp"
#include "tests/support/temporary_folder.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>

namespace rraebench {
namespace {

using testing::AnyOf;
using testing::HasSubstr;

constexpr const char* kClaimed = R"(seeds = [0]
[[comparison]]
name = "one"
dataset = { name = "shift" }
network = { family = "mlp" }
training = { batch_size = 20, stages = [{ learning_rate = 1e-3, steps = 10 }] }
[[comparison.models]]
plugin = "ae"
label = "AE"
[[comparison.models]]
plugin = "vae"
label = "VAE"
)";

constexpr const char* kSuite = R"(
description = "an example"
seeds = [4, 5]
time_limit_minutes = 1.5

[[comparison]]
name = "one"
dataset = { name = "shift", test_count = 7 }
network = { family = "mlp", encoder_depth = 2 }
extractor = "pca:5"
features = { metrics = ["fid", "kid", "precision"], neighbours = 3, kid_subsets = 20, kid_subset_size = 50, bootstrap = 100 }
interpolate = { kind = "grid" }
generate = { count = 10, samplers = ["prior", "mixture:3"] }

[comparison.training]
optimiser = "adam"
batch_size = 12
stages = [{ learning_rate = 1e-3, steps = 100 }, { learning_rate = 1e-4, epochs = 2 }]
stagnation_window = 50

[[comparison.models]]
plugin = "vae"
label = "VAE"
options = { latent = 3, beta = 0.5 }

[[comparison.published]]
label = "VAE"
protocol = "reconstruct"
name = "relative_error"
split = "test"
value = 2
deviation = 0.1
source = "a paper"
)";

std::vector<std::string> kept(const std::string& suite, const std::vector<std::string>& by_option = {}) {
  const TemporaryFolder folder;
  auto loaded = load_suite(folder.write("example.toml", suite));
  if (!by_option.empty()) loaded = with_kept(std::move(loaded), by_option);
  return loaded.comparisons.at(0).keep;
}

std::string suite_fault(const std::filesystem::path& suite) {
  return complaint_of<UserError>([&] { load_suite(suite.string()); });
}

std::string keep_fault(const std::string& suite, const std::vector<std::string>& by_option = {}) {
  return complaint_of<UserError>([&] { kept(suite, by_option); });
}

TEST(LoadSuite, SaysWhatRunsLeave) {
  using Kinds = std::vector<std::string>;
  const std::string suite = kSuite;
  EXPECT_EQ(kept(suite), Kinds());
  EXPECT_EQ(kept("keep = [\"weights\", \"samples\"]\n" + suite), (Kinds{"weights", "samples"}));
  const auto with_defaults = "keep = [\"weights\"]\n" + suite + "\n[defaults]\nkeep = [\"coefficients\"]\n";
  EXPECT_EQ(kept(with_defaults), Kinds{"coefficients"});
  const auto own = [&](const std::string& kinds) {
    return std::string(with_defaults).insert(with_defaults.find("dataset ="), "keep = " + kinds + "\n");
  };
  EXPECT_EQ(kept(own("[\"reconstructions\"]")), Kinds{"reconstructions"});
  EXPECT_EQ(kept(with_defaults, {"samples"}), Kinds{"samples"});
  // Without generation there are no samples: what is asked of all comparisons is asked of those that have
  // some.
  EXPECT_EQ(kept("keep = [\"weights\", \"samples\"]\n" + std::string(kClaimed)), Kinds{"weights"});
  EXPECT_EQ(kept(kClaimed, {"weights", "samples"}), Kinds{"weights"});

  EXPECT_THAT(keep_fault(own("[\"weight\"]")), HasSubstr("no 'weight' can be kept: did you mean 'weights'?"));
  EXPECT_THAT(keep_fault(own("[\"weights\", \"weights\"]")), HasSubstr("'weights' stands twice"));
  EXPECT_THAT(keep_fault("keep = \"weights\"\n" + suite),
              HasSubstr("example.toml:1: 'keep': must be a list of texts"));
  const auto without =
      std::string(kClaimed).insert(std::string(kClaimed).find("dataset ="), "keep = [\"samples\"]\n");
  EXPECT_THAT(keep_fault(without), HasSubstr("names samples, and the comparison has no generate"));
  EXPECT_THAT(keep_fault(kClaimed, {"samples"}), HasSubstr("--keep is samples but no comparison"));
  EXPECT_THAT(keep_fault(kClaimed, {"coefficent"}), HasSubstr("--keep: no 'coefficent'"));
  EXPECT_THAT(keep_fault(kClaimed, {"weights", "weights"}), HasSubstr("stands twice"));
}

TEST(LoadSuite, ReadsEveryField) {
  const TemporaryFolder folder;
  const auto suite = load_suite(folder.write("example.toml", kSuite));
  EXPECT_EQ(suite.name, "example");
  EXPECT_DOUBLE_EQ(suite.time_limit_minutes, 1.5);
  ASSERT_EQ(suite.comparisons.size(), 1U);
  const auto& comparison = suite.comparisons[0];
  EXPECT_EQ(comparison.seeds, (std::vector<std::int64_t>{4, 5}));
  EXPECT_EQ(comparison.dataset_options, (OptionValues{{"test_count", "7"}}));
  EXPECT_EQ(comparison.network_options, (OptionValues{{"encoder_depth", "2"}}));
  EXPECT_EQ(comparison.training.optimiser, "adam");
  EXPECT_EQ(comparison.training.stages[1].epochs, 2);
  EXPECT_EQ(comparison.training.stagnation_window, 50);
  EXPECT_EQ(comparison.generation->samplers[1], "mixture:3");
  EXPECT_EQ(comparison.features.metrics, (std::vector<std::string>{"fid", "kid", "precision"}));
  EXPECT_TRUE(comparison.features.wants("kid"));
  EXPECT_FALSE(comparison.features.wants("recall"));
  EXPECT_EQ(comparison.features.neighbours, 3);
  EXPECT_EQ(comparison.features.kid_subsets, 20);
  EXPECT_EQ(comparison.features.kid_subset_size, 50);
  EXPECT_EQ(comparison.features.bootstrap, 100);
  EXPECT_EQ(comparison.models[0].options, (OptionValues{{"beta", "0.5"}, {"latent", "3"}}));
  EXPECT_EQ(comparison.published[0].comparison, "one");
  EXPECT_DOUBLE_EQ(*comparison.published[0].deviation, 0.1);
}

TEST(LoadSuite, ReadsHowOftenPairsAreDrawn) {
  const TemporaryFolder folder;
  std::string text = kSuite;
  text.replace(text.find("{ kind = \"grid\" }"), 17, "{ kind = \"pairs\", pairs = 10, steps = 3, sets = 4 }");
  EXPECT_THAT(suite_fault(folder.write("example.toml", text)), HasSubstr("leave out sets or bootstrap"))
      << "sets beside a bootstrap of one set";
  text.replace(text.find(", bootstrap = 100"), 17, "");
  EXPECT_EQ(load_suite(folder.write("example.toml", text)).comparisons[0].interpolation->sets, 4);
}

TEST(LoadSuite, EveryLineMissingOrBrokenIsAUserErrorOrStillASuite) {
  const TemporaryFolder folder;
  const std::string text = kSuite;
  // Cut the file at every byte: never anything but a suite or a UserError.
  for (std::size_t length = 0; length < text.size(); ++length) {
    const auto file = folder.write("cut.toml", text.substr(0, length));
    EXPECT_THAT(suite_fault(file), AnyOf(HasSubstr("cut.toml"), kNoComplaint)) << length;
  }
}

TEST(LoadSuite, RefusesAPublishedFigureThatNoRunCouldMeet) {
  const TemporaryFolder folder;
  const std::string text = kSuite;
  const auto published = text.find("[[comparison.published]]");
  const auto fault_with = [&](const std::string& line, const std::string& instead) {
    auto changed = text;
    changed.replace(changed.find(line, published), line.size(), instead);
    return suite_fault(folder.write("published.toml", changed));
  };
  const auto expect = [&](const std::string& line, const std::string& instead, const std::string& what) {
    EXPECT_THAT(fault_with(line, instead), HasSubstr(what)) << instead;
  };
  expect("label = \"VAE\"", "label = \"VEA\"", "has the label 'VEA': did you mean 'VAE'?");
  expect("\"relative_error\"", "\"relative_eror\"", "did you mean 'relative_error'?");
  expect("\"reconstruct\"", "\"generate\"", "is 'generate' but must be reconstruct or interpolate");
  expect("split = \"test\"", "", "is '' but must be train or test");
  expect("split = \"test\"", "variant = \"grid\"\nsplit = \"test\"", "is 'grid' but must be left out");
  const std::string line = "protocol = \"reconstruct\"\nname = \"relative_error\"\nsplit = \"test\"";
  const auto figure = [](const std::string& protocol, const std::string& name, const std::string& variant) {
    return "protocol = \"" + protocol + "\"\nname = \"" + name + "\"\nvariant = \"" + variant +
           "\"\nsplit = \"test\"";
  };
  expect(line, figure("interpolate", "fid", "pairs"), "interpolation of kind 'grid' does not measure");
  expect(line, figure("generate", "fid", "gaussian"), "is 'gaussian' but must be prior or mixture:3");
  for (const auto& met : {figure("interpolate", "relative_error", "grid"), figure("generate", "fid", "prior"),
                          figure("rank", "numerical_rank", "tolerance=0.001")})
    EXPECT_EQ(fault_with(line, met), kNoComplaint);
}

TEST(LoadSuite, EverySuiteOfTheProjectIsOne) {
  for (const auto& suite : std::filesystem::directory_iterator(RRAEBENCH_SUITES))
    EXPECT_NO_THROW(load_suite(suite.path().string())) << suite.path();
}

TEST(LoadSuite, ComparisonsShareDefaults) {
  const TemporaryFolder folder;
  const std::string text = R"(seeds = [0]
[defaults]
dataset = { name = "shift", test_count = 7 }
network = { family = "mlp" }
interpolate = { kind = "grid" }
training = { batch_size = 12, stages = [{ learning_rate = 1e-3, steps = 100 }] }

[[comparison]]
name = "one"
models = [{ plugin = "ae" }]

[[comparison]]
name = "two"
dataset = { name = "stairs" }
training = { stages = [{ learning_rate = 1e-2, steps = 5 }] }
models = [{ plugin = "ae" }]
)";
  const auto suite = load_suite(folder.write("defaults.toml", text));
  const auto& one = suite.comparisons.at(0);
  EXPECT_EQ(one.dataset_options, (OptionValues{{"test_count", "7"}}));
  EXPECT_EQ(one.training.batch_size, 12);
  EXPECT_EQ(one.interpolation->kind, "grid");
  const auto& two = suite.comparisons.at(1);
  EXPECT_EQ(two.dataset, "stairs");
  EXPECT_EQ(two.dataset_options, OptionValues{});  // A key is taken whole.
  EXPECT_EQ(two.training.batch_size, TrainingPlan().batch_size);
  EXPECT_EQ(two.network_family, "mlp");

  const auto fault_with = [&](const std::string& what, const std::string& instead) {
    auto changed = text;
    changed.replace(changed.find(what), what.size(), instead);
    return suite_fault(folder.write("defaults.toml", changed));
  };
  EXPECT_THAT(fault_with("\"grid\"", "\"gird\""), HasSubstr("defaults.toml:5: "));
  EXPECT_THAT(fault_with("network =", "netwrok ="), HasSubstr("did you mean 'network'?"));
  EXPECT_THAT(fault_with("network = { family = \"mlp\" }", ""), HasSubstr("'network': is missing"));
}

TEST(LoadSuite, RefusesTwoOfAName) {
  const TemporaryFolder folder;
  const std::string model = "[[comparison.models]]\nplugin = \"vae\"\nlabel = \"VAE\"\n";
  EXPECT_THROW(load_suite(folder.write("twice.toml", kSuite + model)), UserError);
}

TEST(LoadSuite, ASweepIsAModelForEachValue) {
  const TemporaryFolder folder;
  const auto suite = load_suite(folder.write("sweep.toml", std::string(kSuite) + R"(
[[comparison.models]]
plugin = "vae"
label = "swept"
options = { latent = 2 }
sweep = { option = "beta", values = [1e-3, 1, 2.5] }
)"));
  const auto& models = suite.comparisons[0].models;
  ASSERT_EQ(models.size(), 4U);
  EXPECT_EQ(models[1].label, "swept beta=0.001");
  EXPECT_EQ(models[1].own_label, "swept") << "by which all of them are asked for";
  EXPECT_EQ(models[3].label, "swept beta=2.5");
  EXPECT_EQ(models[3].options, (OptionValues{{"beta", "2.5"}, {"latent", "2"}}));
}

TEST(LoadSuite, ASweptOptionMustNotBeSetBeside) {
  const TemporaryFolder folder;
  const auto file = folder.write("sweep.toml", std::string(kSuite) + R"(
[[comparison.models]]
plugin = "vae"
label = "swept"
options = { beta = 2 }
sweep = { option = "beta", values = [1] }
)");
  EXPECT_THROW(load_suite(file), UserError);
}

TEST(LoadSuite, AComparisonMayNameSeedsOfItsOwn) {
  const TemporaryFolder folder;
  auto text = std::string(kSuite);
  text.insert(text.find("dataset ="), "seeds = [7]\n");
  EXPECT_EQ(load_suite(folder.write("seeds.toml", text)).comparisons[0].seeds, std::vector<std::int64_t>{7});
}

/// What load_suite() says of kSuite with `line` replaced.
std::string error_with(const std::string& line, const std::string& instead) {
  const TemporaryFolder folder;
  std::string text = kSuite;
  text.replace(text.find(line), line.size(), instead);
  return suite_fault(folder.write("changed.toml", text));
}

void expect_error(const std::string& line, const std::string& instead, const std::string& what) {
  EXPECT_THAT(error_with(line, instead), testing::HasSubstr(what)) << instead;
}

TEST(LoadSuite, RefusesRepetitionAndNamesItsLine) {
  expect_error("[4, 5]", "[4, 5, 4]", "changed.toml:3: 'seeds': 4 stands twice");
  expect_error("\"prior\", ", "\"prior\", \"mixture:3\", ",
               "changed.toml:13: [comparison.generate] 'samplers': 'mixture:3' stands twice");
  expect_error("\"fid\", ", "\"fid\", \"fid\", ",
               "changed.toml:11: [comparison.features] 'metrics': 'fid' stands");
  expect_error("beta = 0.5 }", "beta = 0.5 }\nsweep = { option = \"penalty\", values = [1, 2, 1.0] }",
               "[comparison.models.sweep] 'values': '1' stands twice");
  std::string figure =
      "[[comparison.published]]\nlabel = \"VAE\"\nprotocol = \"reconstruct\"\n"
      "name = \"relative_error\"\nsplit = \"test\"\nvalue = 3\nsource = \"another\"\n\n";
  expect_error("[[comparison.published]]", figure + "[[comparison.published]]",
               "'relative_error' of 'VAE' stands twice with this protocol");
}

TEST(LoadSuite, AnOptionOfTheDataMayBeSwept) {
  const TemporaryFolder folder;
  std::string text = kSuite;
  const std::string dataset = "dataset = { name = \"shift\", test_count = 7 }";
  const std::string swept =
      "dataset = { name = \"shift\", sweep = { option = \"test_count\", values = [7, 9] } }";
  text.replace(text.find(dataset), dataset.size(), swept);
  const auto suite = load_suite(folder.write("swept.toml", text));
  ASSERT_EQ(suite.comparisons.size(), 2U);
  EXPECT_EQ(suite.comparisons[0].name, "one test_count=7");
  EXPECT_EQ(suite.comparisons[1].name, "one test_count=9");
  EXPECT_EQ(suite.comparisons[1].dataset_options, (OptionValues{{"test_count", "9"}}));
  EXPECT_EQ(suite.comparisons[1].models.size(), 1U);
  EXPECT_THAT(error_with(dataset,
                         "dataset = { name = \"shift\", test_count = 7, sweep = { option = "
                         "\"test_count\", values = [7, 9] } }"),
              testing::HasSubstr("'test_count' stands among the options, too"));
  EXPECT_THAT(error_with(dataset,
                         "dataset = { name = \"shift\", sweep = { option = \"test_count\", values = "
                         "[7, 7] } }"),
              testing::HasSubstr("'7' stands twice"));
}

TEST(LoadSuite, RefusesKeysThatContradictOrHaveNoEffect) {
  expect_error("kind = \"grid\"", "kind = \"grid\", pairs = 3",
               "'pairs': means nothing beside kind = \"grid\"");
  expect_error(", \"kid\"", "", "'kid_subsets': is for kid alone");
  expect_error(", \"precision\"", "", "'neighbours': is for precision, recall, density and coverage alone");
  expect_error("stagnation_window = 50", "stagnation_tolerance = 0.1",
               "means nothing without a stagnation_window");
  expect_error("stagnation_window = 50", "stagnation_count = 3", "means nothing without a stagnation_window");
  expect_error("stagnation_window = 50", "belief = \"previous\"",
               "'belief': is for optimiser = \"adabelief\" alone");
  expect_error("extractor = \"pca:5\"\n", "reference_split = \"train\"\n", "'features': needs an extractor");
  expect_error("generate = { count = 10, samplers = [\"prior\", \"mixture:3\"] }", "",
               "changed.toml:11: [comparison] 'features': has no samples to measure");
  expect_error("features = {", "reference_split = \"train\"\nfeatures = { statistics = \"a.npz\", ",
               "contradicts features.statistics");
}

TEST(LoadSuite, EverySizeHasAnEnd) {
  const std::string huge = "9223372036854775807";
  expect_error("[4, 5]", "[" + huge + "]", "'seeds': must be a list of integers from 0 to 9007199254740991");
  expect_error("[4, 5]", "[-1]", "'seeds': must be a list of integers from 0");
  expect_error("steps = 100", "steps = " + huge, "is " + huge + " but must be at most 1000000000");
  expect_error("epochs = 2", "epochs = " + huge, "but must be at most 1000000");
  expect_error("batch_size = 12", "batch_size = " + huge, "but must be at most 100000000");
  expect_error("count = 10", "count = " + huge, "but must be at most 100000000");
  expect_error("neighbours = 3", "neighbours = " + huge, "but must be at most 9999");
  expect_error("bootstrap = 100", "bootstrap = " + huge, "but must be at most 1000000");
  expect_error("stagnation_window = 50", "stagnation_window = " + huge, "but must be at most");
  expect_error("time_limit_minutes = 1.5", "time_limit_minutes = 1e300", "but must be at most 5256000");
  expect_error("time_limit_minutes = 1.5", "time_limit_minutes = nan", "must be a finite number");
  expect_error("learning_rate = 1e-3", "learning_rate = inf", "must be a finite number");
  expect_error("value = 2\n", "value = inf\n", "must be a finite number");
  expect_error("kind = \"grid\"", "kind = \"pairs\", pairs = 100000000, steps = 100000000",
               "more than 100000000 samples");
  expect_error("kind = \"grid\"", "kind = \"pairs\", pairs = 100000, steps = 5, sets = 1000000",
               "more than 100000000 samples");
  EXPECT_EQ(error_with("[4, 5]", "[0, 9007199254740991]"), kNoComplaint);
}

TEST(LoadSuite, RefusesFilesThatAreNoSuiteInOneLine) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder / "folder.toml");
  EXPECT_THAT(suite_fault(folder / "folder.toml"), HasSubstr("folder.toml: is no regular file"));
  ASSERT_EQ(::mkfifo((folder / "pipe.toml").c_str(), 0600), 0);
  EXPECT_THAT(suite_fault(folder / "pipe.toml"), HasSubstr("pipe.toml: is no regular file"));
  const auto large = folder.write("large.toml", kSuite);
  std::filesystem::resize_file(large, std::uintmax_t{1} << 30);  // Sparse.
  EXPECT_THAT(suite_fault(large), HasSubstr("large.toml: has more than 1048576 bytes"));
  const std::string wide("\xff\xfes\0e\0e\0d\0s\0", 12);
  EXPECT_THAT(suite_fault(folder.write("wide.toml", wide)),
              HasSubstr("wide.toml:1: is UTF-16; save it as UTF-8"));
  EXPECT_EQ(suite_fault(folder.write("marked.toml", std::string("\xef\xbb\xbf") + kSuite)), kNoComplaint);
  EXPECT_THAT(suite_fault(folder.write("twice.toml", "seeds = [0]\nseeds = [1]\n")),
              HasSubstr("twice.toml:2: "));
  const auto repeated = [](const std::string& part) {
    std::string text;
    for (int i = 0; i < 200000; ++i) text += part;
    return text;
  };
  EXPECT_THAT(suite_fault(folder.write("dots.toml", "\n" + repeated("a.") + "a = 1\n")),
              HasSubstr("dots.toml:2: a key of more than 100 parts"));
  EXPECT_THAT(suite_fault(folder.write("quoted.toml", "[" + repeated("\"\" .") + "a]\n")),
              HasSubstr("quoted.toml:1: a key of more than 100 parts"));
  EXPECT_THAT(suite_fault(folder.write("lists.toml", "seeds = " + repeated("["))),
              HasSubstr("lists.toml:1: "));
}

TEST(WithPrecision, MarksTheNameWhereItChangesSomething) {
  const TemporaryFolder folder;
  const auto suite = load_suite(folder.write("example.toml", kSuite));
  const auto reduced = with_precision(suite, "bfloat16");
  EXPECT_EQ(reduced.name, "example@bfloat16");
  EXPECT_EQ(reduced.comparisons[0].training.precision, "bfloat16");
  EXPECT_EQ(with_precision(suite, "float32").name, "example");
  EXPECT_EQ(with_precision(with_budget(suite, 0.1), "bfloat16").name, "example@0.1@bfloat16");
  EXPECT_EQ(with_precision(suite, "tf32").comparisons[0].training.precision, "tf32");
  EXPECT_THROW(with_precision(suite, "float16"), UserError);
}

TEST(WithBudget, MarksTheNameAndEveryComparison) {
  const TemporaryFolder folder;
  const auto suite = load_suite(folder.write("example.toml", kSuite));
  const auto reduced = with_budget(suite, 0.1);
  EXPECT_EQ(reduced.name, "example@0.1");
  EXPECT_EQ(reduced.comparisons[0].training.scale, 0.1);
  EXPECT_EQ(with_budget(suite, 1.0).name, "example");
  for (const double share : {0.0, -1.0, 1.5, std::nan("")})
    EXPECT_THROW(with_budget(suite, share), UserError);
}

std::string with_claim(const std::string& claim) {
  return std::string(kClaimed) + "\n[[claim]]\ntext = \"a claim\"\n" + claim;
}

TEST(Claims, AreReadWithTheirSplitAndComparison) {
  TemporaryFolder folder;
  const auto suite = load_suite(folder.write(
      "a.toml", with_claim("better = \"VAE\"\nthan = \"AE\"\nfigure = \"reconstruct/relative_error\"\n")));
  ASSERT_EQ(suite.claims.size(), 1U);
  EXPECT_EQ(suite.claims[0].comparison, "one");
  EXPECT_EQ(suite.claims[0].split, "test");
  EXPECT_EQ(suite.claims[0].kind, "better");
  EXPECT_EQ(with_budget(suite, 0.5).claims[0].text, "a claim (with 0.5 of the training)");
}

TEST(Claims, ThatNoRunCouldDecideAreRefused) {
  const auto refusal = [](const std::string& claim) {
    const TemporaryFolder folder;
    return suite_fault(folder.write("a.toml", with_claim(claim)));
  };
  const std::string figure = "figure = \"reconstruct/relative_error\"\n";
  EXPECT_THAT(refusal(figure), testing::HasSubstr("says nothing of figures"));
  EXPECT_THAT(refusal("better = \"VAE\"\nthan = \"AEE\"\n" + figure), testing::HasSubstr("'than': no model"));
  EXPECT_THAT(refusal("better = \"VAE\"\nthan = \"VAE\"\n" + figure), testing::HasSubstr("the model itself"));
  EXPECT_THAT(refusal("better = \"VAE\"\nthan = \"AE\"\nat_most = 3\n" + figure),
              testing::HasSubstr("stands beside 'better'"));
  EXPECT_THAT(refusal("label = \"AE\"\nat_most = 3\nfigure = \"fid\"\n"),
              testing::HasSubstr("PROTOCOL/METRIC"));
  EXPECT_THAT(refusal("label = \"AE\"\nat_most = 3\nfigure = \"generate/fid\"\n"),
              testing::HasSubstr("does not ask for"));
  EXPECT_THAT(refusal("label = \"AE\"\nwithin = 3\n" + figure), testing::HasSubstr("needs value = NUMBER"));
  EXPECT_THAT(refusal("better = \"VAE\"\nthan = \"AE\"\nfigure = \"collapse/active_units\"\n"),
              testing::HasSubstr("has no better direction"));
  EXPECT_THAT(refusal("label = \"AE\"\nat_most = 3\nvariant = \"prior\"\n" + figure),
              testing::HasSubstr("'variant'"));
  EXPECT_THAT(refusal("label = \"AE\"\nat_most = 3\nat_equal = \"collapse/kl_total\"\n" + figure),
              testing::HasSubstr("'at_equal': means nothing beside 'at_most'"));
  EXPECT_THAT(
      refusal("better = \"VAE\"\nthan = \"AE\"\nat_equal = \"collapse/kl_total\"\n" + figure),
      testing::HasSubstr("'better': is 'VAE', which is no sweep of comparison 'one' over 3 values or more"));
}

TEST(Claims, AtEqualRateAreOfSweeps) {
  const auto read = [](const std::string& claim) {
    TemporaryFolder folder;
    return load_suite(folder.write("a.toml", std::string(kClaimed) + R"(
[[comparison.models]]
plugin = "vae"
label = "warm"
options = { beta_warmup = 5 }
sweep = { option = "beta", values = [0.1, 0.2, 0.3] }

[[comparison.models]]
plugin = "vae"
label = "cold"
sweep = { option = "beta", values = [0.1, 0.2, 0.3] }

[[claim]]
text = "a claim"
figure = "reconstruct/relative_error"
)" + claim))
        .claims.at(0);
  };
  const auto claim = read("better = \"warm\"\nthan = \"cold\"\nat_equal = \"collapse/kl_total\"\n");
  EXPECT_EQ(claim.label, "warm");
  EXPECT_EQ(claim.at_equal, "collapse/kl_total");
  EXPECT_EQ(claim.split, "test");
  for (const auto& [rate, fault] : {std::pair{"generate/fid", "must be PROTOCOL/METRIC of one figure"},
                                    {"kl_total", "must be PROTOCOL/METRIC of one figure"},
                                    {"collapse/kl_totl", "did you mean 'kl_total'"}})
    EXPECT_THAT(complaint_of<UserError>([&, rate = rate] {
                  read(fmt::format("better = \"warm\"\nthan = \"cold\"\nat_equal = \"{}\"\n", rate));
                }),
                HasSubstr(fault))
        << rate;
}

TEST(Claims, MayWriteASweptValueInTheirOwnWay) {
  const TemporaryFolder folder;
  const auto suite = load_suite(folder.write("a.toml", R"(
description = "one sweep"
seeds = [0]

[[comparison]]
name = "curves"
dataset = { name = "shift", sweep = { option = "train_count", values = [10, 12] } }
network = { family = "mlp" }
training = { batch_size = 4, stages = [{ learning_rate = 1e-3, steps = 2 }] }
published = [{ label = "VAE beta=0.0001", protocol = "reconstruct", name = "relative_error", split = "test", value = 1, source = "a paper" }]

[[comparison.models]]
plugin = "vae"
label = "VAE"
sweep = { option = "beta", values = [1e-4, 1e-3] }

[[claim]]
text = "a claim"
comparison = "curves train_count=12.0"
better = "VAE beta=1e-3"
than = "VAE beta=1e-4"
figure = "reconstruct/relative_error"
)"));
  ASSERT_EQ(suite.claims.size(), 1U);
  EXPECT_EQ(suite.claims[0].comparison, "curves train_count=12");
  EXPECT_EQ(suite.claims[0].label, "VAE beta=0.001");
  EXPECT_EQ(suite.claims[0].than, "VAE beta=1e-04");
  ASSERT_EQ(suite.comparisons.size(), 2U);
  for (const auto& comparison : suite.comparisons)
    EXPECT_EQ(comparison.published.at(0).label, "VAE beta=1e-04");
}

TEST(SuiteText, IsASuiteOfThatVeryRun) {
  RunSpec spec;
  spec.suite = "a";
  spec.comparison = "one";
  spec.label = "VAE";
  spec.plugin = "vae";
  spec.options = {{"latent", "2"}, {"beta", "0.001"}};
  spec.dataset = "gaussian2d";
  spec.dataset_options = {{"size", "32"}};
  spec.network_family = "mlp";
  spec.network_options = {{"encoder_width", "16"}};
  spec.training.batch_size = 20;
  spec.training.stages = {{1e-3, 30, 0}, {1e-4, 0, 2}};
  spec.training.fine_tuning = {{1e-4, 3, 0}};
  spec.training.belief = "previous";
  spec.training.stagnation_window = 80;
  spec.training.stagnation_tolerance = 0.01;
  spec.training.stagnation_count = 10;
  spec.extractor = "pca:5";
  spec.features.metrics = {"fid", "kid"};
  spec.features.kid_subset_size = 50;
  spec.interpolates = true;
  spec.interpolation.kind = "grid";
  spec.generates = true;
  spec.generation = {100, {"gaussian"}};
  spec.seed = 7;
  TemporaryFolder folder;
  const auto suite = load_suite(folder.write("a.toml", suite_text(spec)));
  ASSERT_EQ(suite.comparisons.size(), 1U);
  const auto& read = suite.comparisons[0];
  EXPECT_EQ(suite.name, "a");
  EXPECT_EQ(read.seeds, (std::vector<std::int64_t>{7}));
  EXPECT_EQ(read.dataset_options, spec.dataset_options);
  EXPECT_EQ(read.network_options, spec.network_options);
  EXPECT_EQ(read.models.at(0).options, spec.options);
  EXPECT_EQ(read.training.stages.at(1).epochs, 2);
  EXPECT_EQ(read.training.fine_tuning.at(0).steps, 3);
  EXPECT_EQ(read.training.belief, "previous");
  EXPECT_EQ(read.training.stagnation_count, 10);
  EXPECT_EQ(read.features.metrics, spec.features.metrics);
  EXPECT_EQ(read.features.kid_subset_size, 50);
  EXPECT_EQ(read.interpolation->kind, "grid");
  EXPECT_EQ(read.generation->count, 100);
  EXPECT_EQ(options_beside(spec), std::vector<std::string>{});
}

TEST(SuiteText, LeavesToOptionsWhatTheyChanged) {
  RunSpec spec;
  spec.dataset = "shift";
  spec.network_family = "mlp";
  spec.training.stages = {{1e-3, 30, 0}};
  spec.training.precision = "bfloat16";
  spec.suite = "a";
  EXPECT_THAT(suite_text(spec), testing::HasSubstr("precision = 'bfloat16'"));
  spec.suite = "a@0.5@bfloat16";
  spec.training.scale = 0.5;
  EXPECT_THAT(suite_text(spec), testing::Not(testing::HasSubstr("bfloat16")));
  EXPECT_THAT(options_beside(spec), testing::ElementsAre("--scale 0.5", "--precision bfloat16"));
}

}  // namespace
}  // namespace rraebench
