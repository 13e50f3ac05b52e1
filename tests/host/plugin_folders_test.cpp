#include "host/program/processes/worker_process.hpp"
#include "program.hpp"
#include "program_paths.hpp"
#include "reports/text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace rraebench {
namespace {

using testing::HasSubstr;
using testing::Not;

class PluginFolders : public testing::Test {
 protected:
  static std::filesystem::path installed(const std::string& plugin) {
    return std::filesystem::path(kProgram).parent_path().parent_path() / "lib/rraebench/plugins" /
           (plugin + ".so");
  }

  std::string path(const std::string& name) { return (folder_ / name).string(); }

  TemporaryFolder folder_;
};

TEST_F(PluginFolders, AnUnknownOneIsNamed) {
  for (const std::string command : {"list", "run"}) {
    const auto result =
        call({command, command == "list" ? "models" : "quick", "--plugin-dir", path("nowhere")});
    EXPECT_EQ(result.exit_code, 2) << command;
    EXPECT_THAT(result.errors, HasSubstr(path("nowhere") + ": no such folder of plugins"));
  }
}

TEST_F(PluginFolders, APluginThatTakesAnothersNameIsSaid) {
  std::filesystem::create_directory(path("own"));
  std::filesystem::copy_file(installed("vae"), path("own/vae.so"));
  const auto plan = [&](const std::string& model) {
    const auto suite = folder_.write(model + ".toml", tiny_suite(model_table(model)));
    return call({"run", suite, "--plan", "--db", path("r.db"), "--plugin-dir", path("own")});
  };
  EXPECT_THAT(plan("vae").errors, HasSubstr("warning: plugin 'vae' is " + path("own/vae.so") + ", not "));
  EXPECT_THAT(plan("ae").errors, Not(HasSubstr("warning: plugin")));
}

TEST_F(PluginFolders, OneThatOthersCanChangeIsSaidOnceByWhateverLoadsPlugins) {
  namespace fs = std::filesystem;
  fs::create_directory(path("own"));
  fs::copy_file(installed("ae"), path("own/ae.so"));
  const auto suite = folder_.write("s.toml", tiny_suite(model_table("ae"))).string();
  const std::vector<std::vector<std::string>> commands = {
      {"list", "models", "--plugin-dir", path("own")},
      {"run", suite, "--plan", "--db", path("r.db"), "--plugin-dir", path("own")},
      {"check-plugin", "ae", "--plugin-dir", path("own")},
      {"check-plugin", path("own/ae.so")}};
  for (const auto& command : commands)
    EXPECT_THAT(call(command).errors, Not(HasSubstr("chmod"))) << command[0];
  fs::permissions(path("own"), fs::perms::others_write, fs::perm_options::add);
  const auto expected = "others can change plugins, which run as you: chmod go-w " + path("own") + "\n";
  for (const auto& command : commands) {
    const auto errors = call(command).errors;
    const auto place = errors.find("warning: " + expected);
    ASSERT_NE(place, std::string::npos) << command[0] << errors;
    EXPECT_EQ(errors.find("chmod", place + expected.size()), std::string::npos) << errors;
  }
  EXPECT_THAT(call({"doctor", "--plugin-dir", path("own")}).output,
              HasSubstr("WARN plugins         " + expected));
}

TEST_F(PluginFolders, WhatCouldNotBeLoadedOnceIsTriedAgain) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "AddressSanitizer takes all address space for itself";
#endif
  const auto list = [&](const std::string& before) {
    return ask_worker("/bin/bash",
                      {"-c", "export RRAEBENCH_CACHE_DIR=" + quote_shell(path("cache")) + "; " + before +
                                 quote_shell(kProgram) + " list models --format csv"},
                      "")
        .output;
  };
  EXPECT_THAT(list("ulimit -v 400000; "), HasSubstr("UNUSABLE"));
  EXPECT_THAT(list(""), Not(HasSubstr("UNUSABLE")));
}

}  // namespace
}  // namespace rraebench
