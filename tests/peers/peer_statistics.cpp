// Implements: a development-only program that prints what the reports' statistics say of samples, as JSON,
// for report_statistics.py. Standard input: {"samples": [[...], ...], "p_values": [...]}.

#include "reports/analysis/holm.hpp"
#include "reports/analysis/permutation_test.hpp"
#include "reports/analysis/welch_test.hpp"
#include "reports/summary_statistics.hpp"

#include <nlohmann/json.hpp>

#include <iostream>

int main() {
  const auto input = nlohmann::json::parse(std::cin);
  const auto samples = input.at("samples").get<std::vector<std::vector<double>>>();
  nlohmann::json output;
  for (const auto& sample : samples) {
    const auto summary = rraebench::summarise_values(sample);
    output["summaries"].push_back({summary.mean, summary.deviation.value_or(0.0), summary.median,
                                   rraebench::interval_half_width(summary, 0.95).value_or(0.0)});
  }
  for (std::size_t i = 0; i + 1 < samples.size(); i += 2) {
    const auto test = rraebench::welch_test(samples[i], samples[i + 1]);
    output["welch"].push_back({test.p_value, test.lower, test.upper});
    std::vector<double> differences;
    for (std::size_t k = 0; k < std::min(samples[i].size(), samples[i + 1].size()); ++k)
      differences.push_back(samples[i][k] - samples[i + 1][k]);
    output["paired"].push_back(rraebench::paired_permutation_test(differences));
  }
  output["holm"] = rraebench::holm_adjusted(input.at("p_values").get<std::vector<double>>());
  std::cout << output.dump() << "\n";
}
