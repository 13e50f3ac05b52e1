#include "datasets/sha256.hpp"
#include "host/common/artefact_kinds.hpp"
#include "host/common/durable_file.hpp"
#include "host/common/errors.hpp"
#include "host/common/exit_codes.hpp"
#include "host/common/installation.hpp"
#include "host/program/commands.hpp"
#include "host/program/commands/planning.hpp"
#include "host/program/planning/stored_weights.hpp"
#include "host/program/processes/worker_process.hpp"
#include "host/program/utf8_names.hpp"
#include "reports/store/rows.hpp"
#include "reports/store/run_parts.hpp"
#include "reports/store/stored_run.hpp"
#include "reports/text.hpp"
#include "rraebench/suggest.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <optional>

namespace rraebench {
namespace {

namespace po = boost::program_options;
namespace fs = std::filesystem;

std::vector<std::string> wanted_kinds(const po::variables_map& values) {
  auto kinds = split_list(values, "what");
  const auto& known = artefact_kinds();
  if (kinds.empty()) throw UserError("export what? --what " + join_names(known));
  for (const auto& kind : kinds)
    if (std::find(known.begin(), known.end(), kind) == known.end())
      throw UserError(fmt::format("--what: no run keeps '{}': {}", kind, suggest_name(kind, known)));
  return kinds;
}

/// The run's own, narrowed to it where that has no choice of its own.
std::string command_that_keeps(const RunRecord& run, const std::optional<std::string>& suite_file,
                               const std::string& kind) {
  auto command = run.command;
  if (command.empty())
    command = "rraebench run " + quote_shell(suite_file.value_or(run.suite.substr(0, run.suite.find('@'))));
  const auto lacks = [&](const std::string& option) {
    return command.find(" --" + option) == std::string::npos;
  };
  if (lacks("model")) command += " --model " + quote_shell(run.label);
  if (lacks("seeds")) command += fmt::format(" --seeds {}", run.seed);
  return command_in_folder(run.folder, command + " --keep " + kind);
}

/// Another attempt of the run that left such a file, which is there; the last of them.
std::optional<std::int64_t> attempt_that_kept(const ResultsDatabase& database, const RunRecord& run,
                                              const std::string& kind) {
  std::optional<std::int64_t> found;
  for_each_row(
      database,
      "SELECT run.id, path FROM run JOIN artefact ON run_id = run.id WHERE identity = ? AND what = ? "
      "ORDER BY run.id",
      [&](Row& row) {
        std::int64_t id = 0;
        ArtefactRecord artefact;
        row.into(id, artefact.path);
        std::error_code ignored;
        if (fs::exists(artefact_file(database, artefact), ignored)) found = id;
      },
      run.identity, kind);
  return found;
}

/// Where that is to be had which the run did not keep.
std::string remedy_for_not_kept(const ResultsDatabase& database, const RunRecord& run,
                                const std::string& kind) {
  const auto export_of = [&](std::int64_t id) {
    return fmt::format("rraebench export {} --what {} --db {}", id, kind,
                       quote_shell(database.path().string()));
  };
  if (const auto other = attempt_that_kept(database, run, kind))
    return fmt::format("another attempt of it did: {}", export_of(*other));
  if (kind == kWeights)
    if (const auto weights = WeightsIndex(database).find(run.spec_json))
      return fmt::format("a run that trained the same did: {}", export_of(weights->run_id));
  return "the same command with them makes it again: " +
         command_that_keeps(run, database.suite_file(run.suite), kind);
}

/// What the run left of these kinds, of each at least something.
std::vector<ArtefactRecord> choose(const ResultsDatabase& database, const RunRecord& run, std::int64_t id,
                                   const std::vector<std::string>& kinds, const std::string& sampler) {
  std::vector<ArtefactRecord> chosen;
  for (const auto& kind : kinds) {
    std::vector<std::string> samplers;
    const auto before = chosen.size();
    for (const auto& artefact : run.artefacts) {
      if (artefact.what != kind) continue;
      samplers.push_back(artefact.variant);
      if (sampler.empty() || kind != kSamples || artefact.variant == sampler) chosen.push_back(artefact);
    }
    if (chosen.size() > before) continue;
    if (!samplers.empty())
      throw UserError(
          fmt::format("run {} has no samples of '{}': {}", id, sampler, suggest_name(sampler, samplers)));
    throw UserError(fmt::format("run {} kept no {}; {}", id, kind, remedy_for_not_kept(database, run, kind)));
  }
  return chosen;
}

[[noreturn]] void fail_as_changed(const fs::path& file, const ArtefactRecord& artefact,
                                  const std::string& now) {
  throw UserError(fmt::format("{}: is not what the run left (sha256 {}, now {}); put that file back",
                              file.string(), artefact.sha256.substr(0, 12), now.substr(0, 12)));
}

fs::path require_there(const fs::path& file) {
  std::error_code ignored;
  if (!fs::exists(file, ignored))
    throw UserError(file.string() +
                    ": is gone; put it back, or make the run again: rraebench run SUITE --keep ...");
  return file;
}

/// Nothing appears under its name before every byte of it is known to be right.
void copy_checked(const fs::path& from, const fs::path& to, const ArtefactRecord& artefact) {
  std::error_code ignored;
  if (fs::exists(to, ignored)) throw UserError(to.string() + ": is there already; name another --output");
  std::ifstream source(from, std::ios::binary);
  DurableFile target(to);
  Sha256 hash;
  std::vector<char> buffer(std::size_t{1} << 20);
  while (source) {
    source.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    const auto count = static_cast<std::size_t>(source.gcount());
    hash.update(buffer.data(), count);
    target.append({buffer.data(), count});
  }
  if (hash.hex() != artefact.sha256) fail_as_changed(from, artefact, hash.hex());
  target.commit();
}

void write_images(const fs::path& file, const fs::path& folder, const ArtefactRecord& artefact) {
  if (const auto now = sha256_of_file(file); now != artefact.sha256) fail_as_changed(file, artefact, now);
  PreparationLine progress("images");
  const nlohmann::json order = {{"file", file.string()}, {"output", folder.string()}};
  const auto answer = ask_worker(worker_path(), {"images"}, order.dump(), [&](std::string_view event) {
    progress.show(progress_from_event(nlohmann::json::parse(event)));
  });
  if (answer.exit.exit_code != kExitOk)
    throw UserError(last_line(answer.errors, folder.string() + ": the images could not be written"));
}

bool as_images(const po::variables_map& values) {
  const auto format = values["format"].as<std::string>();
  if (format != "npy" && format != "png")
    throw UserError("--format is '" + format + "' but must be npy or png");
  return format == "png";
}

}  // namespace

CommandLine export_command_line() {
  CommandLine line{
      "rraebench export RUN --what KIND --output DIR [OPTION...]",
      "Copies what a run left (rraebench run --keep), each file held against the SHA-256 that was stored:\n"
      "arrays as .npy, weights as .safetensors, images also as a folder of PNG files, one a sample.\n"
      "RUN is an id or the beginning of an identity (rraebench query --view runs).",
      po::options_description("options"),
      "run",
      1,
      {"rraebench export 12 --what weights,coefficients --output out",
       "rraebench export 12 --what samples --sampler gaussian --format png --output images"}};
  line.options.add_options()("what", po::value<std::vector<std::string>>(),
                             "weights, samples, coefficients, reconstructions; a list with commas")(
      "output,o", po::value<std::string>(), "folder for the files; for PNG files it must be new or empty")(
      "format", po::value<std::string>()->default_value("npy"), "of arrays: npy or png")(
      "sampler", po::value<std::string>(), "of samples only these: prior, gaussian, mixture:K")(
      "db", po::value<std::string>()->default_value("results.db"), "results database");
  return line;
}

int run_export(const std::vector<std::string>& arguments) {
  auto line = export_command_line();
  const auto parsed = parse_command_line(line, arguments);
  if (!parsed) return kExitOk;
  const auto& values = *parsed;
  if (values.count("run") == 0)
    throw UserError("export which run? usage: " + line.usage + " (rraebench query --view runs)");
  const auto kinds = wanted_kinds(values);
  const bool images = as_images(values);
  if (values.count("output") == 0) throw UserError("export where? --output names a folder");
  const fs::path output = values["output"].as<std::string>();
  require_utf8("--output", output.string());
  const auto database = ResultsDatabase::open_read_only(values["db"].as<std::string>());
  const auto id = find_run_id(database, values["run"].as<std::vector<std::string>>().front());
  const auto run = read_run(database, id);
  const auto sampler = values.count("sampler") > 0 ? values["sampler"].as<std::string>() : "";
  const auto chosen = choose(database, run, id, kinds, sampler);
  if (images && chosen.size() > 1)
    throw UserError(fmt::format("{} sets of images would mix in one folder; name one: --what and --sampler",
                                chosen.size()));
  if (images && chosen.front().shape.size() != 4)
    throw UserError(
        fmt::format("run {} left no images under '{}'; leave out --format png", id, kinds.front()));
  if (!images) fs::create_directories(output);
  for (const auto& artefact : chosen) {
    const auto file = require_there(artefact_file(database, artefact));
    const auto target = images ? output : output / file.filename();
    if (images)
      write_images(file, target, artefact);
    else
      copy_checked(file, target, artefact);
    std::cout << printable(target.string(), 2000) << "\n";
  }
  return kExitOk;
}

}  // namespace rraebench
