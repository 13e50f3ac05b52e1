#include "host/worker/training/training_position.hpp"

#include "host/common/events.hpp"
#include "host/common/json_fields.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace rraebench {
namespace {

/// One table serves both directions: `visit(name, field)` for every field that JSON has a type for and every
/// checkpoint holds.
template <typename Position, typename Visitor>
void visit_position(Position& position, Visitor&& visit) {
  visit("stage", position.stage);
  visit("step_in_stage", position.step_in_stage);
  visit("step", position.step);
  visit("steps_planned", position.steps_planned);
  visit("finalised", position.finalised);
  visit("recorded_steps", position.recorded_steps);
  visit("seconds", position.seconds);
  visit("means", position.means);
}

constexpr const char* kMachinesKey = "machines";  // Not in checkpoints of earlier programs.
constexpr const char* kCurveKey = "curve";

}  // namespace

nlohmann::json to_json(const TrainingPosition& position) {
  nlohmann::json document = {{kMachinesKey, position.machines}, {kCurveKey, nlohmann::json::array()}};
  visit_position(position, write_fields_to(document));
  for (const auto& point : position.curve) document[kCurveKey].push_back(event_of(point));
  return document;
}

TrainingPosition training_position_from_json(const nlohmann::json& document) {
  TrainingPosition position;
  visit_position(position, read_fields_from(document));
  position.machines = document.value(kMachinesKey, std::vector<std::string>{});
  RunRecord run;
  for (const auto& event : document.at(kCurveKey)) apply_event(event, run);
  position.curve = std::move(run.curve);
  return position;
}

}  // namespace rraebench
