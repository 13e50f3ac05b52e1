#include "program.hpp"

#include "host/program/processes/worker_process.hpp"
#include "program_paths.hpp"

#include <algorithm>

namespace rraebench {

ProgramResult call(const std::vector<std::string>& arguments) {
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

int line_count(const std::string& text) {
  return static_cast<int>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace rraebench
