#include "host/program/planning/dataset_facts.hpp"

#include "host/common/errors.hpp"
#include "host/common/installation.hpp"
#include "host/program/processes/worker_process.hpp"

#include <nlohmann/json.hpp>

#include <set>

namespace rraebench {
namespace {

DatasetFacts facts_from(const nlohmann::json& answer) {
  DatasetFacts facts;
  answer.at("fingerprint").get_to(facts.fingerprint);
  answer.at("sample_shape").get_to(facts.sample_shape);
  answer.at("sample_counts").get_to(facts.sample_counts);
  answer.at("normalised_range").get_to(facts.normalised_range);
  answer.at("has_labels").get_to(facts.has_labels);
  answer.at("has_grid").get_to(facts.has_grid);
  answer.at("network_faults").get_to(facts.network_faults);
  answer.at("notes").get_to(facts.notes);
  return facts;
}

nlohmann::json request_of(const std::vector<DatasetQuestion>& questions) {
  std::map<std::tuple<std::string, OptionValues, std::string>, std::set<std::string>> families;
  for (const auto& question : questions)
    families[{question.name, question.options, question.suite_folder}].insert(question.network_family);
  auto datasets = nlohmann::json::array();
  for (const auto& [dataset, asked] : families) {
    const auto& [name, options, suite_folder] = dataset;
    datasets.push_back(
        {{"name", name}, {"options", options}, {"suite_dir", suite_folder}, {"networks", asked}});
  }
  return datasets;
}

}  // namespace

InspectedData inspect_data(const std::vector<DatasetQuestion>& questions, const std::string& data_dir,
                           const std::string& cache_dir,
                           const std::function<void(const Progress&)>& progress) {
  const auto asked = request_of(questions);
  const nlohmann::json request = {{"data_dir", data_dir}, {"cache_dir", cache_dir}, {"datasets", asked}};
  nlohmann::json facts;
  const auto take_line = [&](std::string_view line) {
    auto event = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (!event.is_object()) return;
    if (event.contains("datasets")) {
      facts = std::move(event);
    } else if (progress && event.value("event", "") == "progress") {
      progress(progress_from_event(event));
    }
  };
  const auto answer = ask_worker(worker_path(), {"inspect"}, request.dump(), take_line);
  if (answer.exit.exit_code != 0 || !facts.is_object())
    throw UserError(last_line(answer.errors, "the data could not be inspected"));
  InspectedData inspected;
  facts.at("cuda").get_to(inspected.has_cuda);
  for (std::size_t i = 0; i < asked.size(); ++i)
    inspected.facts[{asked[i].at("name").get<std::string>(), asked[i].at("options").get<OptionValues>(),
                     asked[i].at("suite_dir").get<std::string>()}] = facts_from(facts.at("datasets").at(i));
  return inspected;
}

}  // namespace rraebench
