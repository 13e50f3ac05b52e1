#include "program.hpp"

#include "host/program/processes/worker_process.hpp"
#include "program_paths.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <system_error>

namespace rraebench {
namespace {

namespace fs = std::filesystem;

/// Asked once for all tests of a build: each plugin costs the start of LibTorch.
const fs::path& descriptions_of_plugins() {
  static const fs::path folder = [] {
    std::vector<std::string> arguments = {"doctor", "--cache-dir", kTestCache};
    for (const char* plugins : {kBadPlugins, kOtherPlugins})
      if (fs::is_directory(plugins)) arguments.insert(arguments.end(), {"--plugin-dir", plugins});
    ask_worker(kProgram, arguments, "", {}, std::chrono::hours(1));
    return fs::path(kTestCache) / "plugins";
  }();
  return folder;
}

}  // namespace

void fill_new_cache(const std::vector<std::string>& arguments) {
  const auto option = std::find(arguments.begin(), arguments.end(), "--cache-dir");
  if (option == arguments.end() || option + 1 == arguments.end()) return;
  const fs::path cache = *(option + 1);
  std::error_code error;
  if (cache.filename() != "cache" || fs::exists(cache, error) ||
      !fs::is_directory(cache.parent_path(), error))
    return;
  fs::create_directory(cache, error);
  fs::copy(descriptions_of_plugins(), cache / "plugins", error);
}

ProgramResult call(const std::vector<std::string>& arguments) {
  fill_new_cache(arguments);
  const auto answer = ask_worker(kProgram, arguments, "", {}, std::chrono::hours(1));
  return {answer.exit.exit_code.value_or(-1), answer.output, answer.errors};
}

std::string tiny_suite(const std::string& models, const std::string& seeds, int steps) {
  return "seeds = " + seeds + R"(
time_limit_minutes = 2
[[comparison]]
name = "tiny"
dataset = { name = "shift", test_count = 10 }
network = { family = "mlp", encoder_width = 8, decoder_depth = 1, decoder_width = 8 }
extractor = "pca:3"
interpolate = { kind = "grid" }
generate = { count = 30, samplers = ["prior", "gaussian", "mixture:2"] }
training = { batch_size = 20, stages = [{ learning_rate = 1e-3, steps = )" +
         std::to_string(steps) + " }] }\n" + models;
}

std::string model_table(const std::string& plugin, const std::string& options) {
  return "[[comparison.models]]\nplugin = \"" + plugin + "\"\noptions = { " + options + " }\n";
}

std::string query_csv(const std::string& database, const std::string& sql) {
  const auto result = call({"query", sql, "--db", database, "--format", "csv"});
  EXPECT_EQ(result.exit_code, 0) << sql << "\n" << result.errors;
  EXPECT_NE(result.output, "") << sql;
  return result.output;
}

std::string query_value(const std::string& database, const std::string& sql) {
  const auto rows = query_csv(database, sql);
  EXPECT_EQ(line_count(rows), 2) << sql << "\n" << rows;
  const auto begin = std::min(rows.find('\n'), rows.size() - 1) + 1;
  return rows.substr(begin, rows.find('\r', begin) - begin);
}

int line_count(const std::string& text) {
  return static_cast<int>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace rraebench
