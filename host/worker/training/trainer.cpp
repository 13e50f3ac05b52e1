#include "host/worker/training/trainer.hpp"

#include "host/common/elapsed.hpp"
#include "host/common/errors.hpp"
#include "host/common/stop_request.hpp"
#include "host/worker/environment.hpp"
#include "host/worker/random_state.hpp"
#include "host/worker/seeds.hpp"
#include "host/worker/torch_errors.hpp"
#include "host/worker/training/checkpoint_file.hpp"
#include "host/worker/training/frozen_parameters.hpp"
#include "host/worker/training/loss_leaves.hpp"
#include "host/worker/training/optimisers.hpp"

#include <c10/util/StringUtil.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <system_error>

namespace rraebench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::int64_t kHistoryPoints = 300;
constexpr double kSecondsBetweenProgress = 0.25;
constexpr std::int64_t kFinaliseBatch = 1000;

struct Stage {
  double learning_rate;
  std::int64_t steps;
};

std::vector<Stage> resolve_stages(const std::vector<TrainingStage>& stages, std::int64_t batches_per_epoch,
                                  double scale) {
  std::vector<Stage> resolved;
  for (const auto& stage : stages)
    resolved.push_back({stage.learning_rate, scaled_steps(stage, scale, batches_per_epoch)});
  return resolved;
}

std::int64_t total_steps(const std::vector<Stage>& stages) {
  std::int64_t steps = 0;
  for (const auto& stage : stages) steps += stage.steps;
  return steps;
}

/// Sums a loss and its parts until they are asked for as means.
class RunningMeans {
 public:
  void add(const std::string& name, double value) {
    if (sums_.count(name) == 0) order_.push_back(name);
    sums_[name] += value;
  }
  void count_step() { ++steps_; }
  std::int64_t steps() const { return steps_; }

  nlohmann::json state() const { return {{"order", order_}, {"sums", sums_}, {"steps", steps_}}; }
  void restore(const nlohmann::json& state) {
    state.at("order").get_to(order_);
    for (const auto& [name, sum] : state.at("sums").items())  // JSON has no number for one that is none.
      sums_[name] = sum.is_null() ? std::numeric_limits<double>::quiet_NaN() : sum.get<double>();
    state.at("steps").get_to(steps_);
  }

  template <typename Visitor>
  void flush(Visitor&& visit) {
    for (const auto& name : order_) visit(name, sums_[name] / static_cast<double>(steps_));
    *this = RunningMeans();
  }

 private:
  std::vector<std::string> order_;
  std::map<std::string, double> sums_;
  std::int64_t steps_ = 0;
};

/// Sees the losses of a stage and says when they have stopped falling.
class StagnationWatch {
 public:
  explicit StagnationWatch(const TrainingPlan& plan)
      : window_(plan.stagnation_window),
        tolerance_(plan.stagnation_tolerance),
        patience_(plan.stagnation_count) {}

  bool stagnates(double loss) {
    if (window_ == 0) return false;
    sum_ += loss;
    if (++count_ < window_) return false;
    const double mean = sum_ / static_cast<double>(count_);
    if (has_previous_ && mean > previous_ * (1.0 - tolerance_)) ++stagnant_;
    previous_ = mean;
    has_previous_ = true;
    sum_ = 0.0;
    count_ = 0;
    return stagnant_ >= patience_;
  }

  void save(torch::serialize::OutputArchive& archive) const {
    archive.write("watch",
                  torch::tensor({sum_, static_cast<double>(count_), previous_, has_previous_ ? 1.0 : 0.0,
                                 static_cast<double>(stagnant_)},
                                torch::kFloat64),
                  /*is_buffer=*/true);
  }

  void load(torch::serialize::InputArchive& archive) {
    torch::Tensor state;
    archive.read("watch", state, /*is_buffer=*/true);
    sum_ = state[0].item<double>();
    count_ = static_cast<std::int64_t>(state[1].item<double>());
    previous_ = state[2].item<double>();
    has_previous_ = state[3].item<double>() != 0.0;
    stagnant_ = static_cast<std::int64_t>(state[4].item<double>());
  }

 private:
  std::int64_t window_;
  double tolerance_;
  std::int64_t patience_;      // Windows that may bring nothing, the last of which ends the stage.
  std::int64_t stagnant_ = 0;  // Windows that brought nothing.
  double sum_ = 0.0;
  std::int64_t count_ = 0;
  double previous_ = 0.0;
  bool has_previous_ = false;
};

class Trainer {
 public:
  Trainer(const CheckedModel& model, const TrainingPlan& plan, const SampleSource& samples, std::int64_t seed,
          const std::filesystem::path& checkpoint, const TrainingHooks& hooks)
      : model_(model),
        plan_(plan),
        samples_(samples),
        checkpoint_(checkpoint),
        hooks_(hooks),
        order_seed_(derive_seed(seed, "batch order")),
        order_(samples.size(), plan.batch_size, order_seed_),
        stages_(resolve_stages(plan.stages, order_.batches_per_epoch(), plan.scale)),
        watch_(plan) {
    training_stages_ = stages_.size();
    for (const auto& stage : resolve_stages(plan.fine_tuning, order_.batches_per_epoch(), plan.scale))
      stages_.push_back(stage);
    steps_planned_ = total_steps(stages_);
    record_every_ = std::max<std::int64_t>(1, (steps_planned_ + kHistoryPoints - 1) / kHistoryPoints);
    torch::manual_seed(derive_seed(seed, "training noise"));
  }

  TrainingSummary run() {
    if (!checkpoint_.empty() && std::filesystem::exists(checkpoint_)) take_up_checkpoint();
    last_checkpoint_ = Clock::now();
    started_ = Clock::now();
    if (step_ == 0 && !stages_.empty() &&
        has_nothing_to_train(model_.module(), samples_.batch(torch::arange(order_.batch_size())))) {
      if (hooks_.warning)
        hooks_.warning(
            c10::str("the model has nothing to train: the ", steps_planned_, " steps are left out"));
      stage_ = stages_.size();
    }
    for (; stage_ < stages_.size(); ++stage_, step_in_stage_ = 0) {
      if (stage_ == training_stages_ && !finalised_) finalise();
      run_stage();
    }
    if (!finalised_) finalise();
    flush_curve();
    model_.module().eval();
    // What follows training may be interrupted too.
    if (!checkpoint_.empty()) save(nullptr);

    TrainingSummary summary;
    summary.train_seconds = seconds_before_ + seconds_since(started_);
    summary.train_steps = step_;
    summary.samples_per_second =
        static_cast<double>(step_ * order_.batch_size()) / std::max(summary.train_seconds, 1e-9);
    for (const auto& parameter : model_.module().parameters()) summary.parameter_count += parameter.numel();
    return summary;
  }

 private:
  void run_stage() {
    const auto& stage = stages_[stage_];
    const auto groups = model_.module().parameter_groups();
    require_saved(model_.module(), groups);
    std::optional<FrozenParameters> frozen;
    if (stage_ >= training_stages_) frozen.emplace(model_.module(), groups);
    auto optimiser = make_optimiser(plan_, groups, stage.learning_rate);
    if (resumed_optimiser_) {
      optimiser->load(*resumed_optimiser_);
      resumed_optimiser_.reset();
    } else {
      watch_ = StagnationWatch(plan_);
    }
    model_.module().train();
    for (bool first = true; step_in_stage_ < stage.steps; first = false) {
      std::optional<LossLeaves> leaves;
      const double loss = one_step(*optimiser, first ? &leaves : nullptr);
      if (leaves)
        leaves->require_trained(model_.module(), groups, /*all_are_trained=*/stage_ < training_stages_);
      ++step_in_stage_;
      ++step_;
      if (watch_.stagnates(loss)) {
        steps_planned_ -= stage.steps - step_in_stage_;
        break;
      }
      report_progress(loss);
      const bool due = seconds_since(last_checkpoint_) > hooks_.seconds_between_checkpoints;
      const bool stop = hooks_.should_stop();
      if (!checkpoint_.empty() && (due || stop)) save(optimiser.get());
      if (stop) throw InterruptedError();
    }
  }

  /// Also looks at what the loss is made of, where `leaves` asks for it.
  double one_step(torch::optim::Optimizer& optimiser, std::optional<LossLeaves>* leaves) {
    for (auto& group : optimiser.param_groups())
      for (auto& parameter : group.params()) parameter.mutable_grad().reset();
    auto batch = samples_.batch(order_.next());
    batch.step = step_;
    const auto loss = model_.loss(batch);
    const double value = loss.total.item<double>();
    if (!std::isfinite(value))
      throw DivergedError("the loss is not finite at step " + std::to_string(step_ + 1));
    if (leaves != nullptr) leaves->emplace(loss.total);
    loss.total.backward();
    optimiser.step();
    {
      const torch::NoGradGuard no_gradients;
      model_.after_step();
    }
    means_.add("loss", value);
    if (loss.parts.size() > 1)
      for (const auto& [name, part] : loss.parts) means_.add(name, part.item<double>());
    means_.count_step();
    if (means_.steps() == record_every_) flush_curve();
    return value;
  }

  void finalise() {
    hooks_.progress({"finalise", 0, 0, 0.0, 0.0});
    const torch::NoGradGuard no_gradients;
    model_.module().eval();
    model_.finalise([next = in_order(samples_, kFinaliseBatch), step = step_] {
      auto batch = next();
      if (batch) batch->step = step;
      return batch;
    });
    finalised_ = true;
  }

  void flush_curve() {
    if (means_.steps() == 0) return;
    recorded_steps_ += means_.steps();
    means_.flush([&](const std::string& name, double mean) {
      add_curve_point({name, recorded_steps_, mean});
    });
  }

  void add_curve_point(CurvePoint point) {
    hooks_.curve_point(point);
    curve_.push_back(std::move(point));
  }

  void report_progress(double loss) {
    if (seconds_since(last_progress_) < kSecondsBetweenProgress && step_ != steps_planned_) return;
    last_progress_ = Clock::now();
    const auto rate =
        static_cast<double>((step_ - resumed_step_) * order_.batch_size()) / seconds_since(started_);
    hooks_.progress({stage_ < training_stages_ ? "train" : "fine-tune", step_, steps_planned_, loss, rate});
  }

  /// Without an optimiser: all stages are done.
  void save(torch::optim::Optimizer* optimiser) {
    torch::serialize::OutputArchive archive;
    torch::serialize::OutputArchive model_archive;
    torch::serialize::OutputArchive optimiser_archive;
    torch::serialize::OutputArchive order_archive;
    model_.module().save(model_archive);
    if (optimiser != nullptr) optimiser->save(optimiser_archive);
    order_.save(order_archive);
    archive.write("model", model_archive);
    archive.write("optimiser", optimiser_archive);
    archive.write("order", order_archive);
    watch_.save(archive);
    nlohmann::json position = {{"stage", stage_},
                               {"step_in_stage", step_in_stage_},
                               {"step", step_},
                               {"steps_planned", steps_planned_},
                               {"finalised", finalised_},
                               {"recorded_steps", recorded_steps_},
                               {"seconds", seconds_before_ + seconds_since(started_)},
                               {"means", means_.state()},
                               {"machines", machines_},
                               {"curve", nlohmann::json::array()}};
    for (const auto& point : curve_) position["curve"].push_back(event_of(point));
    archive.write("position", c10::IValue(position.dump()));
    archive.write("noise", generator_of(torch::kCPU).get_state(), /*is_buffer=*/true);
    if (const auto device = device_of(model_.module()); !device.is_cpu())
      archive.write("device_noise", generator_of(device).get_state(), /*is_buffer=*/true);
    write_checkpoint(checkpoint_, archive);
    last_checkpoint_ = Clock::now();
  }

  /// Goes on from the checkpoint or, where that is no good, begins as if there were none.
  void take_up_checkpoint() {
    torch::serialize::OutputArchive initial;
    model_.module().save(initial);
    const auto initial_model = archive_bytes(initial);
    try {
      load(read_checkpoint(checkpoint_));
      if (machines_.size() > 1 && hooks_.warning)
        hooks_.warning(c10::str("trained in parts, on ", c10::Join("; then on ", machines_),
                                ": such a run is another draw than one on either, as with another seed"));
    } catch (const InfrastructureError&) {
      throw;
    } catch (const std::exception& error) {
      if (is_out_of_memory(error)) throw;
      torch::serialize::InputArchive archive;
      archive.load_from(initial_model.data(), initial_model.size());
      model_.module().load(archive);
      if (hooks_.warning)
        hooks_.warning(checkpoint_.string() + ": cannot be taken up (" + sentence_of(error) +
                       "); the training begins anew");
    }
  }

  /// All that can fail comes before anything but the model is changed.
  void load(const std::string& bytes) {
    torch::serialize::InputArchive archive;
    archive.load_from(bytes.data(), bytes.size());
    torch::serialize::InputArchive model_archive;
    torch::serialize::InputArchive order_archive;
    auto optimiser_archive = std::make_unique<torch::serialize::InputArchive>();
    archive.read("model", model_archive);
    archive.read("optimiser", *optimiser_archive);
    archive.read("order", order_archive);
    BatchOrder order(samples_.size(), plan_.batch_size, order_seed_);
    order.load(order_archive);
    StagnationWatch watch(plan_);
    watch.load(archive);
    torch::Tensor noise;
    archive.read("noise", noise, /*is_buffer=*/true);
    const auto device = device_of(model_.module());
    torch::Tensor device_noise;
    if (!device.is_cpu()) archive.read("device_noise", device_noise, /*is_buffer=*/true);
    c10::IValue text;
    archive.read("position", text);
    const auto position = nlohmann::json::parse(text.toStringRef());
    RunningMeans means;
    means.restore(position.at("means"));
    RunRecord curve;
    for (const auto& event : position.at("curve")) apply_event(event, curve);
    const auto stage = position.at("stage").get<std::size_t>();
    const auto step_in_stage = position.at("step_in_stage").get<std::int64_t>();
    const auto step = position.at("step").get<std::int64_t>();
    const auto steps_planned = position.at("steps_planned").get<std::int64_t>();
    const auto finalised = position.at("finalised").get<bool>();
    const auto recorded_steps = position.at("recorded_steps").get<std::int64_t>();
    const auto seconds = position.at("seconds").get<double>();
    auto machines = position.value("machines", std::vector<std::string>{});  // Not of earlier programs.
    model_.module().load(model_archive);
    generator_of(torch::kCPU).set_state(noise);
    if (device_noise.defined()) generator_of(device).set_state(device_noise);
    stage_ = stage;
    step_in_stage_ = step_in_stage;
    step_ = resumed_step_ = step;
    steps_planned_ = steps_planned;
    finalised_ = finalised;
    recorded_steps_ = recorded_steps;
    seconds_before_ = seconds;
    if (machines.empty() || machines.back() != machines_.back()) machines.push_back(machines_.back());
    machines_ = std::move(machines);
    order_ = order;
    watch_ = watch;
    means_ = means;
    if (stage_ < stages_.size()) resumed_optimiser_ = std::move(optimiser_archive);
    for (auto& point : curve.curve) add_curve_point(std::move(point));
  }

  const CheckedModel& model_;
  const TrainingPlan& plan_;
  const SampleSource& samples_;
  const std::filesystem::path& checkpoint_;
  const TrainingHooks& hooks_;
  std::uint64_t order_seed_;
  BatchOrder order_;
  std::vector<Stage> stages_;  // Training stages, then those of fine-tuning.
  std::size_t training_stages_ = 0;
  StagnationWatch watch_;
  RunningMeans means_;
  std::vector<CurvePoint> curve_;
  std::unique_ptr<torch::serialize::InputArchive> resumed_optimiser_;

  std::size_t stage_ = 0;
  std::int64_t step_in_stage_ = 0;
  std::int64_t step_ = 0;
  std::int64_t resumed_step_ = 0;
  std::int64_t steps_planned_ = 0;
  std::int64_t record_every_ = 1;
  std::int64_t recorded_steps_ = 0;
  bool finalised_ = false;
  double seconds_before_ = 0.0;
  std::vector<std::string> machines_ = {machine_words(
      device_of(model_.module()), at::get_num_threads())};  // On which it was trained, one after the other.
  Clock::time_point started_;
  Clock::time_point last_progress_;
  Clock::time_point last_checkpoint_;
};

}  // namespace

TrainingSummary train(const CheckedModel& model, const TrainingPlan& plan, const SampleSource& samples,
                      std::int64_t seed, const std::filesystem::path& checkpoint,
                      const TrainingHooks& hooks) {
  return Trainer(model, plan, samples, seed, checkpoint, hooks).run();
}

}  // namespace rraebench
