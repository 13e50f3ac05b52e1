#include "host/program/processes/worker_process.hpp"
#include "program.hpp"
#include "program_paths.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rraebench {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST(CommandLine, HelpAndVersionSucceed) {
  EXPECT_EQ(call({"--version"}).exit_code, 0);
  EXPECT_THAT(call({"--help"}).output, HasSubstr("usage: rraebench COMMAND"));
  for (const char* command :
       {"list", "run", "report", "query", "statistics", "new-model", "new-plugin", "check-plugin", "merge",
        "doctor", "explain", "rerun", "claims", "compare", "show", "measure", "export", "score"}) {
    const auto result = call({command, "--help"});
    EXPECT_EQ(result.exit_code, 0) << command;
    EXPECT_THAT(result.output, HasSubstr("examples:")) << command;
  }
}

TEST(CommandLine, EveryOptionOfAModelDataSetOrNetworkIsListed) {
  EXPECT_THAT(call({"list", "models", "vrrae"}).output,
              AllOf(HasSubstr("at most latent, at most batch"), HasSubstr("coefficients, linear")));
  EXPECT_THAT(call({"list", "datasets", "gaussian2d"}).output, HasSubstr("2 to 256"));
  EXPECT_THAT(call({"list", "metrics", "fid", "--format", "csv"}).output,
              AllOf(HasSubstr("Heusel"), Not(HasSubstr("Binkowski"))));
  EXPECT_THAT(call({"list", "suites", "quick", "--format", "csv"}).output,
              AllOf(HasSubstr("shift"), HasSubstr("rrae-strong")));
  EXPECT_THAT(call({"list", "networks", "mlp"}).output, HasSubstr("1 to 65536"));
}

TEST(CommandLine, WrongUseIsOneLineAndExitCode2) {
  EXPECT_EQ(call({}).exit_code, 2);
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases = {
      {{"rum"}, "did you mean 'run'?"},
      {{"run"}, "run which suite?"},
      {{"run", "quick", "--sedes", "1"}, "did you mean '--seeds'?"},
      {{"run", "quick", "--seeds", "1:x"}, "--seeds '1:x'"},
      {{"run", "quick", "--jobs", "0"}, "--jobs is 0"},
      {{"run", "quick", "--jobs", "9223372036854775807"},
       "--jobs is 9223372036854775807 but must be at most 1024"},
      {{"run", "quick", "--threads", "1025"}, "--threads is 1025 but must be at most 1024"},
      {{"run", "quick", "--jobs", "99999999999999999999"}, "--jobs"},
      {{"run", "quick", "--scale", "nan"}, "--scale is nan"},
      {{"run", "quick", "--seeds", "0:3,2"}, "--seeds '0:3,2': 2 stands twice"},
      {{"explain"}, "explain which run?"},
      {{"explain", "1", "--db", "/nowhere/results.db"}, "/nowhere/results.db"},
      {{"rerun"}, "rerun which run?"},
      {{"rerun", "1"}, "add --verify"},
      {{"rerun", "1", "--verify", "--db", "/nowhere/results.db"}, "/nowhere/results.db"},
      {{"doctor", "all"}, "too many arguments"},
      {{"run", "quick", "--device", "tpu"}, "must be cpu or cuda"},
      {{"run", "quick", "--models", "va"}, "did you mean 'vae'?"},
      {{"run", "qick"}, "did you mean 'quick'?"},
      {{"run", "nowhere.toml"}, "no such suite file"},
      {{"list", "model"}, "did you mean 'models'?"},
      {{"list", "models", "vea"}, "no plugin 'vea'"},
      {{"list", "datasets", "shit"}, "did you mean 'shift'?"},
      {{"list", "networks", "mpl"}, "did you mean 'mlp'?"},
      {{"list", "metrics", "fidd"}, "no metric 'fidd': did you mean 'fid'"},
      {{"list", "models", "ae", "vae"}, "too many arguments"},
      {{"report", "--format", "pdf"}, "known: html, markdown, latex"},
      {{"report", "--db", "/nowhere/results.db"}, "/nowhere/results.db"},
      {{"query", "--db", "/nowhere/results.db"}, "/nowhere/results.db"},
      {{"statistics"}, "statistics of which suite?"},
      {{"statistics", "quick", "more"}, "too many arguments"},
      {{"measure"}, "measure which suite?"},
      {{"export"}, "export which run?"},
      {{"export", "1"}, "--what weights, samples, coefficients, reconstructions"},
      {{"export", "1", "--what", "samples"}, "--output names a folder"},
      {{"export", "1", "--what", "samples", "--output", "o", "--format", "jpg"}, "must be npy or png"},
      {{"score"}, "--generated names a folder of images or a .npy file"},
      {{"statistics", "rrae-table1"}, "no comparison with an extractor"},
      {{"query", "select 1", "--view", "runs"}, "one of SQL, --view and --views"},
      {{"merge"}, "merge which files?"},
      {{"merge", "/nowhere/a.db", "--db", "/nowhere/b.db"}, "/nowhere/a.db"},
      {{"new-plugin"}, "of which name?"},
      {{"new-model", "--python"}, "of which name?"},
      {{"new-model", "my_vae"}, "add --python"},
      {{"new-model", "--python", "random"}, "must be two words at least, such as my_random"},
      {{"new-model", "--python", "My_vae"}, "must be lower-case words"},
      {{"new-model", "--python", "../my_vae"}, "must be lower-case words"},
      {{"new-model", "--python", "my_vae", "--output", "/nowhere"}, "/nowhere: no such folder"},
      {{"new-model", "--python", "my_vae", "--output", "/proc"}, "/proc/my_vae.py: cannot be written"},
      {{"check-plugin"}, "check which plugin?"},
      {{"check-plugin", "vrraee"}, "did you mean 'vrrae'?"},
      {{"check-plugin", "/nowhere/x.so"}, "/nowhere/x.so"},
      {{"check-plugin", std::string(kBadPlugins) + "/bad-wrong-contract.so"}, "rebuild the plugin"},
      {{"new-plugin", "My Model"}, "must be lower-case words with dashes"},
      {{"new-plugin", "-x"}, "-x"},
      {{"new-plugin", "a--b"}, "must be lower-case words with dashes"},
      {{"new-plugin", "../up"}, "must be lower-case words with dashes"},
      {{"new-plugin", "bin", "--output", "/usr"}, "/usr/bin: exists"},
      {{"new-plugin", "class"}, "the name 'class' is a word of C++"},
      {{"new-plugin", "my-model", "--kind", "vaes"},
       "no kind 'vaes' of models to start from; did you mean 'vae'?"},
      {{"new-plugin", "vrrae"}, "there is a plugin 'vrrae' already"},
      {{"new-plugin", "bad-throws", "--plugin-dir", kBadPlugins}, "there is a plugin 'bad-throws' already"},
      {{"new-plugin", "mnist-quick"}, "there is a suite 'mnist-quick' already"},
      {{"new-plugin", "mine", "--plugin-dir", "/nowhere"}, "/nowhere: no such folder of plugins"},
      {{"new-plugin", "mine", "--output", "/dev/null"}, "/dev/null/mine: cannot be made"},
  };
  for (const auto& [arguments, expected] : cases) {
    const auto result = call(arguments);
    EXPECT_EQ(result.exit_code, 2) << arguments.back();
    EXPECT_EQ(line_count(result.errors), 1) << result.errors;
    EXPECT_THAT(result.errors, HasSubstr(expected));
    EXPECT_EQ(result.output, "");
  }
}

TEST(CommandLine, ANewPluginCarriesItsName) {
  const TemporaryFolder folder;
  const auto result = call({"new-plugin", "sparse-ae2", "--output", folder.path().string()});
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  EXPECT_EQ(line_count(result.output), 3);
  EXPECT_THAT(result.errors, HasSubstr("sparse-ae2/build -DCMAKE_PREFIX_PATH="));
  const auto plugin = folder / "sparse-ae2";
  EXPECT_THAT(read_file(plugin / "sparse_ae2.cpp"),
              HasSubstr("RRAEBENCH_EXPORT_PLUGIN(SparseAe2, \"sparse-ae2\""));
  EXPECT_THAT(read_file(plugin / "CMakeLists.txt"),
              HasSubstr("rraebench_add_plugin(sparse-ae2 sparse_ae2.cpp)"));
  EXPECT_THAT(read_file(plugin / "sparse-ae2.toml"), HasSubstr("plugin = \"sparse-ae2\""));
  for (const auto& entry : std::filesystem::directory_iterator(plugin))
    EXPECT_THAT(read_file(entry.path()),
                AllOf(Not(HasSubstr("my-model")), Not(HasSubstr("my_model")), Not(HasSubstr("MyModel"))));
}

TEST(CommandLine, ANewModelCarriesItsName) {
  const TemporaryFolder folder;
  const std::vector<std::string> command = {"new-model", "--python", "my_vae2", "--output",
                                            folder.path().string()};
  const auto result = call(command);
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  const auto file = folder / "my_vae2.py";
  EXPECT_EQ(result.output, file.string() + "\n");
  EXPECT_THAT(result.errors,
              AllOf(HasSubstr("python3 " + file.string()), HasSubstr("rraebench report --db my_vae2.db")));
  EXPECT_THAT(read_file(file), AllOf(HasSubstr("class MyVae2(nn.Module)"), Not(HasSubstr("my_model")),
                                     Not(HasSubstr("MyModel"))));
  const auto again = call(command);
  EXPECT_EQ(again.exit_code, 2);
  EXPECT_THAT(again.errors, HasSubstr("my_vae2.py: exists"));
}

TEST(CommandLine, ListsWhatThereIs) {
  EXPECT_THAT(call({"list", "models"}).output, HasSubstr("rrae-strong"));
  EXPECT_THAT(call({"list", "datasets"}).output, HasSubstr("gaussian2d"));
  EXPECT_THAT(call({"list", "metrics", "--format", "json"}).output, HasSubstr("\"active_units\""));
  EXPECT_THAT(call({"list", "protocols"}).output, HasSubstr("interpolate"));
  const auto suites = call({"list", "suites"}).output;
  EXPECT_THAT(suites, HasSubstr("quick"));
  EXPECT_THAT(suites, Not(HasSubstr("UNUSABLE")));
}

TEST(CommandLine, RunTakesComparisonsByTheirNames) {
  const auto plan = [](const std::vector<std::string>& more) {
    std::vector<std::string> arguments = {"run", "vrrae-gaussian2d-small", "--plan", "--format", "csv"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return call(arguments);
  };
  const auto result = plan({"--comparison", "small grid_size=7", "--comparison", "25 images, VAE at 64/N"});
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  EXPECT_THAT(result.output, AllOf(HasSubstr("small grid_size=7"), HasSubstr("25 images, VAE at 64/N"),
                                   Not(HasSubstr("grid_size=5")), Not(HasSubstr("576 images"))));
  const auto unknown = plan({"--comparison", "small grid_size=9"});
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_THAT(unknown.errors, HasSubstr("did you mean 'small grid_size="));
}

TEST(CommandLine, ListShowsWhyAPluginIsUnusable) {
  const auto result = call({"list", "models", "--plugin-dir", kBadPlugins});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.output, HasSubstr("UNUSABLE"));
  EXPECT_THAT(result.output, HasSubstr("contract=999"));
}

TEST(CommandLine, ViewsAreListedBeforeThereAreResults) {
  const TemporaryFolder folder;
  const auto views = ask_worker(
      "/bin/sh", {"-c", "cd \"$1\" && exec \"$2\" query --views", "sh", folder.path().string(), kProgram},
      "");
  EXPECT_EQ(views.exit.exit_code, 0) << views.errors;
  EXPECT_THAT(views.output, AllOf(HasSubstr("leaderboard"), HasSubstr("A row a figure and seed")));
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
  EXPECT_EQ(call({"query", "--views", "--db", (folder / "missing.db").string()}).exit_code, 2);
}

TEST(CommandLine, TheProgramDoesNotLoadLibTorch) {
  const auto libraries = ask_worker("/usr/bin/ldd", {kProgram}, "").output;
  EXPECT_THAT(libraries, HasSubstr("libsqlite3"));
  EXPECT_THAT(libraries, Not(HasSubstr("torch")));
  EXPECT_THAT(ask_worker("/usr/bin/ldd", {kWorker}, "").output, HasSubstr("libtorch"));
}

}  // namespace
}  // namespace rraebench
