// Adaptive rank reduction autoencoder (arXiv 2405.13980v2): the strong formulation whose rank is lowered
// while the loss still reaches its reference; rank_schedule.hpp has the rule.

#include "rank_schedule.hpp"
#include "rraebench/fixed_basis.hpp"
#include "rraebench/losses.hpp"
#include "rraebench/networks.hpp"
#include "rraebench/plugin.hpp"
#include "rraebench/rank_truncation.hpp"
#include "rraebench/training_state.hpp"

namespace {

using rraebench::OptionType;
using rraebench::RankChange;
using rraebench::RankSchedule;

constexpr rraebench::OptionRule kOptions[] = {
    {"latent", OptionType::kInteger, "200", "latent size L, long", 1, 1 << 20},
    rraebench::bounded_by({"rank", OptionType::kInteger, "16",
                           "modes at the start: k, large; at most the batch size", 1, 1 << 20},
                          "latent|batch"),
    rraebench::bounded_by(
        {"lowest_rank", OptionType::kInteger, "1", "modes that are always kept", 1, 1 << 20}, "rank"),
    {"window", OptionType::kInteger, "100", "steps whose mean loss is compared with the window before", 1,
     1 << 30},
    {"stagnation", OptionType::kReal, "0.01",
     "a loss that falls by less than this share in a window stagnates", 0, 1},
    {"patience", OptionType::kInteger, "5", "stagnant windows above the reference that prove a rank too low",
     1, 1 << 20},
    {"reference_loss", OptionType::kReal, "0",
     "loss in % that a rank has to reach; 0: that at which the first rank stagnates", 0},
};

rraebench::RankScheduleSettings settings_of(const rraebench::Options& options) {
  rraebench::require_rank_within_latent(options);
  rraebench::RankScheduleSettings settings;
  settings.first_rank = options.integer("rank");
  settings.lowest_rank = options.integer("lowest_rank");
  settings.window = options.integer("window");
  settings.stagnation = options.real("stagnation");
  settings.patience = options.integer("patience");
  settings.reference_loss = options.real("reference_loss");
  if (settings.lowest_rank > settings.first_rank)
    throw std::invalid_argument("option 'lowest_rank' is " + std::to_string(settings.lowest_rank) +
                                " but must not exceed 'rank', " + std::to_string(settings.first_rank));
  return settings;
}

class AdaptiveRankReduction : public rraebench::Model {
 public:
  explicit AdaptiveRankReduction(const rraebench::ModelSpec& spec) : schedule_(settings_of(spec.options)) {
    const auto latent_size = spec.options.integer("latent");
    encoder_ = register_module("encoder", make_encoder(spec.architecture, spec.sample_shape, latent_size));
    decoder_ = register_module("decoder", make_decoder(spec.architecture, spec.sample_shape, latent_size));
    std::int64_t count = 0;
    for (const auto& parameter : parameters()) count += parameter.numel();
    const auto training = register_module("training", std::make_shared<rraebench::TrainingState>());
    saved_parameters_ = training->register_buffer("saved_parameters", torch::zeros({count}));
    schedule_state_ = training->register_buffer(
        "schedule", torch::zeros({static_cast<std::int64_t>(RankSchedule::kStateSize)}, torch::kFloat64));
    keep_schedule();
    basis_ = register_module("basis", std::make_shared<rraebench::FixedBasis>(latent_size, schedule_.rank()));
  }

  rraebench::Loss loss(const rraebench::Batch& batch) override {
    const auto reduced = basis_->is_set()
                             ? latent(batch.samples)
                             : rraebench::truncate_rank(encoder_->forward(batch.samples), rank());
    const auto error = rraebench::relative_error_loss(decoder_->forward(reduced), batch.samples);
    last_loss_ = error.detach();
    return {error, {{"reconstruction", last_loss_}, {"rank", torch::tensor(static_cast<double>(rank()))}}};
  }

  std::vector<rraebench::ParameterGroup> parameter_groups() override {
    return {{basis_->is_set() ? decoder_->parameters() : parameters(), 1.0}};
  }

  void after_step() override {
    if (basis_->is_set()) return;
    read_schedule();
    apply(schedule_.observe(last_loss_.item<double>()));
    keep_schedule();
  }

  void finalise(const rraebench::NextBatch& training_samples) override {
    read_schedule();
    apply(schedule_.end_training());
    keep_schedule();
    basis_->fit(encoder_, training_samples);
  }

  torch::Tensor encode(const torch::Tensor& samples) override {
    return basis_->coefficients(encoder_->forward(samples)).slice(1, 0, rank());
  }

  torch::Tensor decode(const torch::Tensor& coefficients) override {
    return decoder_->forward(to_latent(coefficients));
  }

  torch::Tensor latent(const torch::Tensor& samples) override { return to_latent(encode(samples)); }

 private:
  std::int64_t rank() {
    read_schedule();
    return schedule_.rank();
  }

  torch::Tensor to_latent(const torch::Tensor& coefficients) {
    const auto dropped = basis_->vectors().size(1) - coefficients.size(1);
    return basis_->latent(torch::constant_pad_nd(coefficients, {0, dropped}));
  }

  void apply(RankChange change) {
    std::int64_t first = 0;
    for (auto& parameter : parameters()) {
      auto saved = saved_parameters_.slice(0, first, first + parameter.numel()).view_as(parameter);
      first += parameter.numel();
      if (change == RankChange::kSaveAndLower) saved.copy_(parameter);
      if (change == RankChange::kRestoreAndRaise) parameter.copy_(saved);
    }
  }

  // The buffer is what a checkpoint keeps: it is the truth, schedule_ the hand that works on it.
  void read_schedule() {
    RankSchedule::State state;
    const auto values = schedule_state_.to(torch::kCPU, torch::kFloat64);
    for (std::size_t i = 0; i < state.size(); ++i)
      state[i] = values[static_cast<std::int64_t>(i)].item<double>();
    schedule_.restore(state);
  }

  void keep_schedule() {
    const auto state = schedule_.state();
    schedule_state_.copy_(torch::tensor(std::vector<double>(state.begin(), state.end()), torch::kFloat64));
  }

  RankSchedule schedule_;
  torch::nn::Sequential encoder_{nullptr};
  torch::nn::Sequential decoder_{nullptr};
  torch::Tensor saved_parameters_;  // Of the lowest rank that reached the reference, one after the other.
  torch::Tensor schedule_state_;
  torch::Tensor last_loss_;
  std::shared_ptr<rraebench::FixedBasis> basis_;
};

}  // namespace

RRAEBENCH_EXPORT_PLUGIN(AdaptiveRankReduction, "arrae",
                        "adaptive rank reduction autoencoder: lowers its rank while the loss allows it", "2",
                        "Mounayer et al., arXiv 2405.13980v2, adaptive algorithm", kOptions)
