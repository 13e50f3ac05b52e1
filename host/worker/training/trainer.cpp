#include "host/worker/training/trainer.hpp"

#include "host/common/elapsed.hpp"
#include "host/common/errors.hpp"
#include "host/common/stop_request.hpp"
#include "host/worker/environment.hpp"
#include "host/worker/seeds.hpp"
#include "host/worker/torch_errors.hpp"
#include "host/worker/training/checkpoint_file.hpp"
#include "host/worker/training/frozen_parameters.hpp"
#include "host/worker/training/loss_leaves.hpp"
#include "host/worker/training/optimisers.hpp"
#include "host/worker/training/stagnation_watch.hpp"
#include "host/worker/training/training_checkpoint.hpp"
#include "host/worker/training/training_position.hpp"

#include <c10/util/StringUtil.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>
#include <optional>
#include <utility>

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
    position_.steps_planned = total_steps(stages_);
    position_.machines = {machine_words(device_of(model.module()), at::get_num_threads())};
    record_every_ =
        std::max<std::int64_t>(1, (position_.steps_planned + kHistoryPoints - 1) / kHistoryPoints);
    torch::manual_seed(derive_seed(seed, "training noise"));
  }

  TrainingSummary run() {
    if (!checkpoint_.empty() && std::filesystem::exists(checkpoint_)) take_up_checkpoint();
    last_checkpoint_ = Clock::now();
    started_ = Clock::now();
    try {
      run_stages();
    } catch (...) {
      say_trained_so_far();
      throw;
    }
    return summary();
  }

 private:
  void run_stages() {
    if (position_.step == 0 && !stages_.empty() &&
        has_nothing_to_train(model_.module(), samples_.batch(torch::arange(order_.batch_size())))) {
      if (hooks_.warning)
        hooks_.warning(
            c10::str("the model has nothing to train: the ", position_.steps_planned, " steps are left out"));
      position_.stage = stages_.size();
    }
    for (; position_.stage < stages_.size(); ++position_.stage, position_.step_in_stage = 0) {
      if (position_.stage == training_stages_ && !position_.finalised) finalise();
      run_stage();
    }
    if (!position_.finalised) finalise();
    flush_curve();
    model_.module().eval();
    // What follows training may be interrupted too.
    if (!checkpoint_.empty()) save(nullptr);
  }

  TrainingSummary summary() const {
    TrainingSummary summary;
    summary.train_seconds = position_.seconds + seconds_since(started_);
    summary.train_steps = position_.step;
    summary.samples_per_second =
        static_cast<double>(position_.step * order_.batch_size()) / std::max(summary.train_seconds, 1e-9);
    for (const auto& parameter : model_.module().parameters()) summary.parameter_count += parameter.numel();
    return summary;
  }

  void say_trained_so_far() const {
    if (hooks_.trained_so_far) hooks_.trained_so_far(summary());
  }

  void run_stage() {
    const auto& stage = stages_[position_.stage];
    const auto groups = model_.module().parameter_groups();
    require_saved(model_.module(), groups);
    std::optional<FrozenParameters> frozen;
    if (position_.stage >= training_stages_) frozen.emplace(model_.module(), groups);
    auto optimiser = make_optimiser(plan_, groups, stage.learning_rate);
    if (resumed_optimiser_) {
      optimiser->load(*resumed_optimiser_);
      resumed_optimiser_.reset();
    } else {
      watch_ = StagnationWatch(plan_);
    }
    model_.module().train();
    for (bool first = true; position_.step_in_stage < stage.steps; first = false) {
      std::optional<LossLeaves> leaves;
      const double loss = one_step(*optimiser, first ? &leaves : nullptr);
      if (leaves)
        leaves->require_trained(model_.module(), groups,
                                /*all_are_trained=*/position_.stage < training_stages_);
      ++position_.step_in_stage;
      ++position_.step;
      if (watch_.stagnates(loss)) {
        position_.steps_planned -= stage.steps - position_.step_in_stage;
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
    batch.step = position_.step;
    const auto loss = model_.loss(batch);
    const double value = loss.total.item<double>();
    if (!std::isfinite(value))
      throw DivergedError("the loss is not finite at step " + std::to_string(position_.step + 1));
    if (leaves != nullptr) leaves->emplace(loss.total);
    loss.total.backward();
    optimiser.step();
    {
      const torch::NoGradGuard no_gradients;
      model_.after_step();
    }
    position_.means.add("loss", value);
    if (loss.parts.size() > 1)
      for (const auto& [name, part] : loss.parts) position_.means.add(name, part.item<double>());
    position_.means.count_step();
    if (position_.means.steps() == record_every_) flush_curve();
    return value;
  }

  void finalise() {
    say_trained_so_far();
    hooks_.progress({"finalise", 0, 0, 0.0, 0.0});
    const torch::NoGradGuard no_gradients;
    model_.module().eval();
    model_.finalise([next = in_order(samples_, kFinaliseBatch), step = position_.step] {
      auto batch = next();
      if (batch) batch->step = step;
      return batch;
    });
    position_.finalised = true;
  }

  void flush_curve() {
    if (position_.means.steps() == 0) return;
    position_.recorded_steps += position_.means.steps();
    for (const auto& [name, mean] : position_.means.take()) {
      position_.curve.push_back({name, position_.recorded_steps, mean});
      hooks_.curve_point(position_.curve.back());
    }
  }

  void report_progress(double loss) {
    if (seconds_since(last_progress_) < kSecondsBetweenProgress && position_.step != position_.steps_planned)
      return;
    last_progress_ = Clock::now();
    const auto rate =
        static_cast<double>((position_.step - resumed_step_) * order_.batch_size()) / seconds_since(started_);
    hooks_.progress({position_.stage < training_stages_ ? "train" : "fine-tune", position_.step,
                     position_.steps_planned, loss, rate});
  }

  /// Without an optimiser where all stages are done.
  void save(const torch::optim::Optimizer* optimiser) {
    auto position = position_;
    position.seconds += seconds_since(started_);
    save_training(checkpoint_, model_.module(), optimiser, {std::move(position), order_, watch_});
    last_checkpoint_ = Clock::now();
  }

  /// Goes on from the checkpoint or, where that is no good, begins as if there were none.
  void take_up_checkpoint() {
    torch::serialize::OutputArchive initial;
    model_.module().save(initial);
    const auto initial_model = archive_bytes(initial);
    try {
      load(read_checkpoint(checkpoint_));
      if (position_.machines.size() > 1 && hooks_.warning)
        hooks_.warning(c10::str("trained in parts, on ", c10::Join("; then on ", position_.machines),
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

  void load(const std::string& bytes) {
    auto loaded =
        load_training(bytes, model_.module(), BatchOrder(samples_.size(), plan_.batch_size, order_seed_),
                      StagnationWatch(plan_));
    const auto here = position_.machines.back();
    position_ = std::move(loaded.state.position);
    if (position_.machines.empty() || position_.machines.back() != here) position_.machines.push_back(here);
    order_ = std::move(loaded.state.order);
    watch_ = loaded.state.watch;
    resumed_step_ = position_.step;
    if (position_.stage < stages_.size()) resumed_optimiser_ = std::move(loaded.optimiser);
    for (const auto& point : position_.curve) hooks_.curve_point(point);
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
  TrainingPosition position_;
  std::unique_ptr<torch::serialize::InputArchive> resumed_optimiser_;
  std::int64_t resumed_step_ = 0;
  std::int64_t record_every_ = 1;
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
