#include "host/worker/conformance/checks.hpp"

#include "host/worker/checked_model.hpp"
#include "host/worker/conformance/tiny_instance.hpp"
#include "host/worker/training/loss_leaves.hpp"
#include "host/worker/training/saved_state.hpp"

#include <c10/util/StringUtil.h>

#include <algorithm>
#include <cmath>
#include <malloc.h>
#include <optional>
#include <set>
#include <string>

namespace rraebench {
namespace {

void require(bool holds, const std::string& otherwise) {
  if (!holds) throw NonconformanceError(otherwise);
}

void require_equal(const torch::Tensor& a, const torch::Tensor& b, const std::string& otherwise) {
  if (!torch::equal(a, b))
    throw NonconformanceError(a.sizes() == b.sizes() ? c10::str(otherwise, ": they differ by up to ",
                                                                (a - b).abs().max().item<double>())
                                                     : otherwise + ": their shapes differ");
}

torch::Tensor encoded(Model& model, const torch::Tensor& samples) {
  return in_call("encode()", [&] { return model.encode(samples); });
}

torch::Tensor decoded(Model& model, const torch::Tensor& coefficients) {
  return in_call("decode()", [&] { return model.decode(coefficients); });
}

Batch samples_for(const TriedPlugin& plugin, torch::ScalarType type = torch::kFloat32) {
  return training_set(type, plugin.sample_shape);
}

void finalise_for(const TriedPlugin& plugin, Model& model, const Batch& all, std::int64_t batch_size = 4) {
  finalise_tiny(model, all, batch_size, plugin.library.contract());
}

/// For promises on training.
std::shared_ptr<Model> make_trainable(const TriedPlugin& plugin, std::uint64_t seed = 1,
                                      torch::ScalarType type = torch::kFloat32) {
  auto model = make_tiny(plugin, {}, seed, type);
  const auto all = samples_for(plugin, type);
  if (in_call("loss()", [&] { return has_nothing_to_train(*model, all); }))
    throw MeansNothing("it has nothing to train");
  return model;
}

void describes_itself(const TriedPlugin& plugin) {
  const auto& descriptor = plugin.library.descriptor();
  for (const auto& [what, text] : {std::pair{"name", descriptor.name},
                                   {"summary", descriptor.summary},
                                   {"version", descriptor.version},
                                   {"citation", descriptor.citation}})
    require(text != nullptr && *text != '\0', std::string("the ") + what + " is empty");
  for (const auto& rule : declared_options(plugin.library))
    require(*rule.help != '\0', std::string("option '") + rule.name + "' has no help");
  try {
    for (const auto& rule : declared_options(plugin.library))
      if (rule.default_value != nullptr) canonical_option(rule, rule.default_value);
  } catch (const OptionError& error) {
    throw NonconformanceError(std::string("its own defaults are refused: ") + error.what());
  }
}

bool refuses(const TriedPlugin& plugin, const std::string& option, const std::string& value) {
  try {
    make_tiny(plugin, {{option, value}});
  } catch (const OptionError&) {
    return true;
  }
  return false;
}

void refuses_bad_options(const TriedPlugin& plugin) {
  require(refuses(plugin, "no_such_option", "1"), "an option that it has not is taken");
  for (const auto& rule : declared_options(plugin.library)) {
    const bool number = rule.type == OptionType::kInteger || rule.type == OptionType::kReal;
    // Any text will do; a path is the program's to refuse.
    if ((rule.type == OptionType::kText && *rule.choices == '\0') || rule.type == OptionType::kFile) continue;
    const auto wrong =
        number && std::isfinite(rule.minimum) ? detail::number_text(rule.minimum - 1) : "no such value";
    require(refuses(plugin, rule.name, wrong),
            std::string("option '") + rule.name + "' may be '" + wrong + "'");
  }
}

void keeps_shapes(const TriedPlugin& plugin) {
  const auto all = samples_for(plugin);
  const auto model = make_tiny(plugin);
  const CheckedModel checked(model, plugin.sample_shape, plugin.library.contract());
  const auto loss = in_call("loss()", [&] { return checked.loss(all); });
  require(loss.total.numel() == 1, "the loss is not one number");
  require(std::isfinite(loss.total.item<double>()), "the loss of the untrained model is not finite");
  require(loss.total.requires_grad() || has_nothing_to_train(*model, all), "the loss has no gradient");
  for (const auto& [name, part] : loss.parts)
    require(!part.requires_grad(), "part '" + name + "' of the loss is not detached");
  finalise_for(plugin, *model, all);
  for (const std::int64_t count : {std::int64_t{1}, std::int64_t{3}, kTinySamples}) {
    const auto samples = all.samples.slice(0, 0, count);
    const auto coefficients = in_call("encode()", [&] { return checked.encode(samples); });
    const auto reconstruction = in_call("decode()", [&] { return checked.decode(coefficients); });
    require(reconstruction.size(0) == count, "decode() gives another number of samples");
    in_call("latent()", [&] { checked.latent(samples); });
    if (const auto posterior = in_call("posterior()", [&] { return checked.posterior(samples); }))
      require(posterior->mean.sizes() == coefficients.sizes(),
              "the posterior's mean has not the shape of the coefficients");
    in_call("kl()", [&] { checked.kl(samples); });
    if (const auto drawn = in_call("prior()", [&] { return checked.prior(count); }))
      require(drawn->sizes() == coefficients.sizes(), "prior() has not the shape of the coefficients");
  }
}

/// The gradients of all parameters in double precision, which a tensor that is not registered does not take.
void differentiate_in_double(Model& model, const Batch& all) {
  try {
    seeded_loss(model, all).backward();
  } catch (const CallError& error) {
    const std::string sentence = error.what();
    if (sentence.find("dtype") == std::string::npos && sentence.find("scalar type") == std::string::npos)
      throw;
    throw CallError(error.call(), sentence +
                                      " (in double precision: a module or tensor that is not registered, "
                                      "or one that is made in single precision)");
  }
}

void uses_every_parameter(const TriedPlugin& plugin) {
  const auto model = make_trainable(plugin, 1, torch::kFloat64);
  differentiate_in_double(*model, samples_for(plugin, torch::kFloat64));
  for (const auto& item : model->named_parameters()) {
    if (!item.value().requires_grad()) continue;
    const auto& gradient = item.value().grad();
    require(gradient.defined() && gradient.abs().max().item<double>() > 0.0,
            "parameter '" + item.key() + "' has no part in the loss");
  }
}

/// By a symmetric difference over 2 * `step`. Leaves the parameter as it was.
double numeric_gradient(Model& model, const Batch& all, torch::Tensor value, double step) {
  const double original = value.item<double>();
  value.fill_(original + step);
  const double above = seeded_loss(model, all).item<double>();
  value.fill_(original - step);
  const double below = seeded_loss(model, all).item<double>();
  value.fill_(original);
  return (above - below) / (2 * step);
}

void agrees_with_finite_differences(const TriedPlugin& plugin) {
  const auto all = samples_for(plugin, torch::kFloat64);
  const auto model = make_trainable(plugin, 1, torch::kFloat64);
  model->train();
  differentiate_in_double(*model, all);
  for (auto& item : model->named_parameters()) {
    auto& parameter = item.value();
    if (!parameter.requires_grad() || !parameter.grad().defined()) continue;
    const torch::NoGradGuard no_gradients;
    for (const std::int64_t i : {std::int64_t{0}, parameter.numel() / 2, parameter.numel() - 1}) {
      const double gradient = parameter.grad().view(-1)[i].item<double>();
      double numeric = 0.0;
      // A step may cross the kink of a rectifier, and a smaller one then does not.
      bool agrees = false;
      for (const double step : {1e-6, 1e-7, 1e-8}) {
        if (agrees) break;
        numeric = numeric_gradient(*model, all, parameter.view(-1)[i], step);
        agrees = std::abs(gradient - numeric) <= 1e-5 * std::max(1.0, std::abs(numeric));
      }
      require(agrees, c10::str(item.key(), "[", i, "]: the gradient is ", gradient,
                               ", finite differences give ", numeric));
    }
  }
}

void groups_every_parameter_once(const TriedPlugin& plugin) {
  const auto model = make_tiny(plugin);
  std::multiset<void*> grouped;
  for (const auto& group : model->parameter_groups())
    for (const auto& parameter : group.parameters) grouped.insert(parameter.unsafeGetTensorImpl());
  std::multiset<void*> trainable;
  for (const auto& parameter : model->parameters())
    if (parameter.requires_grad()) trainable.insert(parameter.unsafeGetTensorImpl());
  require(grouped == trainable, c10::str("parameter_groups() hold ", grouped.size(), " parameters, ",
                                         trainable.size(), " are trainable, or one stands twice"));
}

void registers_what_its_loss_uses(const TriedPlugin& plugin) {
  const auto model = make_trainable(plugin);
  const auto groups = model->parameter_groups();
  require_saved(*model, groups);
  std::optional<LossLeaves> leaves;
  {
    const auto loss = seeded_loss(*model, samples_for(plugin));
    leaves.emplace(loss);
  }
  leaves->require_trained(*model, groups, /*all_are_trained=*/true);
}

void learns(const TriedPlugin& plugin) {
  const auto all = samples_for(plugin);
  const auto model = make_trainable(plugin);
  const double before = seeded_loss(*model, all).item<double>();
  train_tiny(*model, all, 300);
  const double after = seeded_loss(*model, all).item<double>();
  require(after < before - 0.3 * std::abs(before),
          c10::str("300 steps took the loss from ", before, " to ", after, " only"));
}

void repeats_itself(const TriedPlugin& plugin) {
  const auto all = samples_for(plugin);
  const auto run = [&](std::uint64_t seed) {
    const auto model = make_trainable(plugin, seed);
    torch::manual_seed(7);
    train_tiny(*model, all, 5);
    return seeded_loss(*model, all).item<double>();
  };
  require(run(3) == run(3), "one seed gave two results");
  require(run(3) != run(4), "two seeds gave one result: does it draw from LibTorch's generator?");
}

void finalises_alike(const TriedPlugin& plugin) {
  const auto all = samples_for(plugin);
  const auto model = make_tiny(plugin);
  train_tiny(*model, all, 50);
  finalise_for(plugin, *model, all);
  const torch::NoGradGuard no_gradients;
  const auto first = encoded(*model, all.samples);
  finalise_for(plugin, *model, all);
  require_equal(encoded(*model, all.samples), first, "a second finalise() gives other coefficients");
  finalise_for(plugin, *model, all, 3);
  require(torch::allclose(encoded(*model, all.samples), first, 1e-4, 1e-5),
          "finalise() depends on how the samples come in batches");
}

void finalises_in_little_memory(const TriedPlugin& plugin) {
  const auto all = samples_for(plugin);
  const auto model = make_tiny(plugin);
  constexpr std::size_t kBatches = 300;
  std::vector<std::size_t> live_bytes;
  live_bytes.reserve(kBatches);
  const torch::NoGradGuard no_gradients;
  model->eval();
  const NextBatch next = [&]() -> std::optional<Batch> {
    if (live_bytes.size() == kBatches) return std::nullopt;
    const auto heap = mallinfo2();
    live_bytes.push_back(heap.uordblks + heap.hblkhd);
    return all;
  };
  in_call("finalise()", [&] { finalise_model(*model, next, plugin.library.contract()); });
  if (live_bytes.empty()) return;  // Nothing to fix in this model.
  require(live_bytes.size() == kBatches, "finalise() leaves samples unread");
  // What even one float kept of every sample would have cost since the tenth batch.
  constexpr std::size_t kOneFloatEach = (kBatches - 10) * kTinySamples * sizeof(float);
  require(live_bytes.back() < live_bytes[10] + kOneFloatEach, "finalise() keeps something of every sample");
}

void encodes_without_noise(const TriedPlugin& plugin) {
  const auto all = samples_for(plugin);
  const auto model = make_tiny(plugin);
  finalise_for(plugin, *model, all);
  const torch::NoGradGuard no_gradients;
  const auto coefficients = encoded(*model, all.samples);
  require_equal(encoded(*model, all.samples), coefficients, "encode() gives one answer, then another");
  require_equal(decoded(*model, coefficients), decoded(*model, coefficients),
                "decode() gives one answer, then another");
  if (const auto posterior = in_call("posterior()", [&] { return model->posterior(all.samples); }))
    require(torch::allclose(posterior->mean, coefficients),
            "the posterior's mean is not what encode() gives");
}

void comes_back_whole(const TriedPlugin& plugin) {
  const auto all = samples_for(plugin);
  const auto model = make_tiny(plugin, {}, 1);
  train_tiny(*model, all, 20);
  finalise_for(plugin, *model, all);
  const auto copy = make_tiny(plugin, {}, 2);
  load_state(*copy, saved_state(*model));
  copy->eval();
  const torch::NoGradGuard no_gradients;
  require_equal(
      decoded(*copy, encoded(*copy, all.samples)), decoded(*model, encoded(*model, all.samples)),
      "a saved and loaded model reconstructs otherwise: is all its state in parameters and buffers?");
}

void goes_on_where_it_was(const TriedPlugin& plugin) {
  const auto all = samples_for(plugin);
  const auto model = make_trainable(plugin);
  train_tiny(*model, all, 20);
  const auto copy = make_tiny(plugin, {}, 2);
  load_state(*copy, saved_state(*model));
  for (const int steps : {0, 5}) {
    std::vector<torch::Tensor> losses;
    for (auto* each : {model.get(), copy.get()}) {
      torch::manual_seed(7);
      train_tiny(*each, all, steps);
      each->train();
      losses.push_back(seeded_loss(*each, all).detach());
    }
    require_equal(losses[1], losses[0],
                  "a training that was cut off goes on with another loss: is all that it counts and keeps in "
                  "parameters and buffers, or taken from the batch's step?");
  }
}

/// ||decode(encode(x)) - x|| / ||x|| in %.
double reconstruction_error(Model& model, const torch::Tensor& samples) {
  const torch::NoGradGuard no_gradients;
  return (100 * (decoded(model, encoded(model, samples)) - samples).norm() / samples.norm()).item<double>();
}

void reconstructs_what_the_loss_saw(const TriedPlugin& plugin) {
  const auto all = samples_for(plugin);
  const auto model = make_trainable(plugin);
  const auto untrained = make_trainable(plugin);
  const double first_loss = seeded_loss(*untrained, all).item<double>();
  finalise_for(plugin, *untrained, all);
  const double first_error = reconstruction_error(*untrained, all.samples);
  train_tiny(*model, all, 600);
  finalise_for(plugin, *model, all);
  const double error = reconstruction_error(*model, all.samples);
  const double loss = seeded_loss(*model, all).item<double>();
  // The whole set is one batch here, so that a basis over it changes nothing; noise only adds to a loss.
  if (error < 1.05 * loss + 0.5) return;
  // A loss in other units, such as squares, must have fallen no further than its reconstructions have come.
  const double fallen = error / first_error;
  const bool has_shares = loss > 0.0 && first_loss > 0.0;  // Not a log-likelihood.
  const bool alike = fallen < 0.9 && (!has_shares || fallen * fallen < 1.1 * loss / first_loss + 0.01);
  require(alike, c10::str("decode(encode()) errs by ", error, " % (untrained: ", first_error,
                          " %) where the loss is ", loss, " (untrained: ", first_loss, ")"));
}

}  // namespace

const std::vector<ConformanceCheck>& conformance_checks() {
  static const std::vector<ConformanceCheck> checks = {
      {"description", "it describes itself and its options", describes_itself},
      {"bad_options", "bad options are refused", refuses_bad_options},
      {"shapes", "answers have the contract's shapes, for one sample and for many", keeps_shapes},
      {"parameter_groups", "the parameter groups hold every trainable parameter once",
       groups_every_parameter_once},
      {"registration", "it trains and saves all that its loss uses", registers_what_its_loss_uses},
      {"parameters", "every trainable parameter has a part in the loss", uses_every_parameter},
      {"finite_differences", "gradients agree with finite differences, in double precision",
       agrees_with_finite_differences},
      {"learning", "training lowers the loss", learns},
      {"seeds", "the same seed gives the same model and training, another one another", repeats_itself},
      {"finalise", "finalise() can be repeated and does not depend on batches", finalises_alike},
      {"finalise_memory", "finalise() needs no memory for each sample", finalises_in_little_memory},
      {"determinism", "encode() and decode() are deterministic", encodes_without_noise},
      {"saving", "a saved model comes back whole", comes_back_whole},
      {"resuming", "a training that was cut off goes on as if it had not been", goes_on_where_it_was},
      {"consistency", "a trained model's reconstruction is what the loss saw",
       reconstructs_what_the_loss_saw},
  };
  return checks;
}

}  // namespace rraebench
