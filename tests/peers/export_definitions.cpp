// Runs every protocol on two small data sets with a model whose weights are known, and writes what went in,
// what was drawn at random and the figures that came out: definitions.py computes the figures anew from the
// rest.
//
//   export_definitions FOLDER    writes images.npz, curves.npz and figures.json, {"protocol name variant
//   split":
//                                value}
#include "host/common/npz.hpp"
#include "host/worker/protocols/protocols.hpp"
#include "host/worker/seeds.hpp"
#include "metrics/tensors.hpp"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <fstream>
#include <memory>
#include <utility>

namespace rraebench {
namespace {

constexpr std::int64_t kCoefficients = 5;
constexpr std::int64_t kPairs = 40;
constexpr std::int64_t kSteps = 5;
constexpr std::int64_t kOwn = 400;  // Samples drawn.
constexpr std::int64_t kSubsets = 10;
constexpr std::int64_t kSubsetSize = 100;
constexpr std::int64_t kReplicates = 20;

NpzArray to_array(const torch::Tensor& tensor) {
  const auto values = tensor.to(torch::kFloat64).contiguous();
  return {
      tensor.sizes().vec(), {values.data_ptr<double>(), values.data_ptr<double>() + values.numel()}, false};
}

/// Affine in everything, so that NumPy needs three lines for it: near the principal components of the
/// training samples, so that what it decodes lies among them, and beyond [0, 1] where they are images.
class Affine : public Model {
 public:
  explicit Affine(const Dataset& dataset) : shape_(dataset.sample_shape) {
    const auto rows = normalise(to_values(dataset.train.samples), dataset.normalisation).flatten(1);
    decoder_offset = rows.mean(0);
    const auto vt = std::get<2>(torch::linalg_svd(rows - decoder_offset, /*full_matrices=*/false));
    decoder = vt.slice(0, 0, kCoefficients).contiguous() * 1.1;
    encoder = vt.slice(0, 0, kCoefficients).t().contiguous();
    encoder.select(1, kCoefficients - 1).mul_(0.01);  // A dimension that is all but collapsed.
    auto generator = seeded_generator(1);
    spread = torch::randn({kCoefficients, kCoefficients}, generator, torch::kFloat32) * 0.05;
  }
  Loss loss(const Batch& batch) override { return {batch.samples.sum(), {}}; }
  torch::Tensor encode(const torch::Tensor& samples) override { return samples.flatten(1).mm(encoder); }
  torch::Tensor decode(const torch::Tensor& coefficients) override {
    decoded.push_back(coefficients.clone());
    auto shape = shape_;
    shape.insert(shape.begin(), coefficients.size(0));
    return (coefficients.mm(decoder) + decoder_offset).view(shape);
  }
  std::optional<Posterior> posterior(const torch::Tensor& samples) override {
    const auto mean = encode(samples);
    const auto log_variance = mean.mm(spread) - 1.0;
    log_variance.select(1, kCoefficients - 1).zero_();
    return Posterior{mean, log_variance};
  }

  torch::Tensor encoder, decoder, decoder_offset, spread;
  std::vector<torch::Tensor> decoded;  // What decode() was given, call by call.

 private:
  std::vector<std::int64_t> shape_;
};

/// Images whose brightness and place of a spot follow from their class, with noise.
Dataset images() {
  auto generator = seeded_generator(2);
  const auto split = [&](std::int64_t count) {
    Split made;
    made.labels = torch::randint(3, {count}, generator, torch::TensorOptions(torch::kInt64));
    auto values = torch::rand({count, 1, 8, 8}, generator) * 0.4;
    for (std::int64_t n = 0; n < count; ++n)
      values[n][0].slice(0, made.labels[n].item<std::int64_t>() * 2,
                         made.labels[n].item<std::int64_t>() * 2 + 3) += 0.5;
    made.samples = (values * 255.0).round().to(torch::kUInt8);
    return made;
  };
  Dataset dataset;
  dataset.name = "spots";
  dataset.sample_shape = {1, 8, 8};
  dataset.train = split(450);
  dataset.test = split(kOwn);
  dataset.normalisation = standardisation(dataset.train.samples);
  return dataset;
}

/// sin(p t) for a grid of p and, between its points, the test's.
Dataset curves() {
  const auto sines = [](const torch::Tensor& p) {
    const auto t = torch::linspace(0.0, 3.0, 50, torch::kFloat64).unsqueeze(0);
    return torch::sin(p.unsqueeze(1) * t).to(torch::kFloat32);
  };
  Dataset dataset;
  dataset.name = "sines";
  dataset.sample_shape = {50};
  const auto axis = torch::linspace(1.0, 2.0, 9, torch::kFloat64);
  const auto between = torch::linspace(1.03, 1.97, 12, torch::kFloat64);
  dataset.train.samples = sines(axis);
  dataset.train.parameters = axis.unsqueeze(1);
  dataset.test.samples = sines(between);
  dataset.test.parameters = between.unsqueeze(1);
  dataset.grid = {{axis.data_ptr<double>(), axis.data_ptr<double>() + axis.numel()}};
  dataset.normalisation = standardisation(dataset.train.samples);
  return dataset;
}

/// The random rows of the metrics of features, as their seeds give them.
void export_draws(NpzArrays& arrays, const std::string& place, std::int64_t seed, std::int64_t real,
                  std::int64_t own) {
  const auto generator_for = [&](const std::string& name) {
    return seeded_generator(derive_seed(seed, name + " of " + place));
  };
  const auto permutations = [](torch::Generator generator, std::vector<std::int64_t> counts) {
    std::vector<torch::Tensor> orders;
    for (const auto count : counts)
      orders.push_back(torch::randperm(count, generator, torch::TensorOptions(torch::kInt64)));
    return orders;
  };
  std::vector<std::int64_t> sides;
  for (std::int64_t i = 0; i < kSubsets; ++i) sides.insert(sides.end(), {real, own});
  std::vector<torch::Tensor> subsets;
  for (const auto& order : permutations(generator_for("kid"), sides))
    subsets.push_back(order.slice(0, 0, kSubsetSize));
  arrays[place + " kid"] = to_array(torch::stack(subsets));
  constexpr std::int64_t kPoints = 15;
  arrays[place + " fid_infinity"] = to_array(
      torch::stack(permutations(generator_for("fid_infinity"), std::vector<std::int64_t>(kPoints, own))));
  arrays[place + " inception_score"] =
      to_array(permutations(generator_for("inception_score"), {own}).front());
  for (const std::string name : {"fid", "precision", "recall", "density", "coverage", "entropy"}) {
    const auto count = name == "recall" || name == "coverage" ? real : own;
    auto generator = generator_for("bootstrap of " + name);
    std::vector<torch::Tensor> rows;
    for (std::int64_t i = 0; i < kReplicates; ++i)
      rows.push_back(torch::randint(count, {count}, generator, torch::TensorOptions(torch::kInt64)));
    arrays[place + " bootstrap " + name] = to_array(torch::stack(rows));
  }
}

class Exporter {
 public:
  Exporter(RunSpec spec, Dataset dataset, std::filesystem::path folder)
      : spec_(std::move(spec)),
        dataset_(std::move(dataset)),
        affine_(std::make_shared<Affine>(dataset_)),
        model_(affine_, dataset_.sample_shape),
        source_(dataset_.test, dataset_.normalisation, torch::kCPU),
        train_source_(dataset_.train, dataset_.normalisation, torch::kCPU),
        coefficients_(encode_all(model_, train_source_)),
        encodings_(encode_split(model_, source_)) {
    if (!spec_.extractor.empty()) {
      extractor_ = make_extractor(spec_.extractor, dataset_, folder, torch::kCPU, {});
      reference_ = prepare_reference(spec_, dataset_, *extractor_, folder, [](auto, auto) {});
    }
    put("train", to_values(dataset_.train.samples));
    put("test", to_values(dataset_.test.samples));
    put("normalisation",
        torch::tensor({dataset_.normalisation.offset, dataset_.normalisation.scale}, torch::kFloat64));
    put("encoder", affine_->encoder);
    put("decoder", affine_->decoder);
    put("decoder_offset", affine_->decoder_offset);
    put("spread", affine_->spread);
  }

  void put(const std::string& name, const torch::Tensor& tensor) { arrays[name] = to_array(tensor); }

  /// Runs it and puts what decode() was given under "decoded PLACE CALL".
  void measure(const std::string& place, void (*protocol)(const ProtocolContext&), nlohmann::json& figures) {
    affine_->decoded.clear();
    const std::function<void(const nlohmann::json&)> emit = [&](const nlohmann::json& event) {
      if (event.at("event") == "warning")
        std::fprintf(stderr, "%s\n", event.at("text").get<std::string>().c_str());
      if (event.at("event") != "metric") return;
      const auto text = [&](const char* name) { return event.at(name).get<std::string>(); };
      figures[text("protocol") + " " + text("name") + " " + text("variant") + " " + text("split")] =
          event.at("value");
    };
    const std::function<void(std::int64_t, std::int64_t)> ignore = [](std::int64_t, std::int64_t) {};
    protocol({spec_, dataset_, model_, torch::kCPU, train_source_, coefficients_, encodings_,
              extractor_ ? &*extractor_ : nullptr, reference_, emit, ignore, Artefacts()});
    for (std::size_t call = 0; call < affine_->decoded.size(); ++call)
      put("decoded " + place + " " + std::to_string(call), affine_->decoded[call]);
  }

  /// The extractor's own answers to what is decoded from `coefficients`, clamped.
  void export_features(const std::string& place, const torch::Tensor& coefficients) {
    const auto values = denormalise(affine_->decode(coefficients), dataset_.normalisation).clamp(0.0, 1.0);
    const auto rows = extractor_->extractor->extract(values);
    put("features " + place, rows.features);
    put("probabilities " + place, rows.probabilities);
  }

  const torch::Tensor& decoded(std::size_t call) const { return affine_->decoded.at(call); }

  void export_reference() {
    put("features real", reference_->features);
    put("real_entropy", torch::tensor({*reference_->entropy}, torch::kFloat64));
    std::size_t place = 0;
    for (const auto& tensor : extractor_->extractor->state())
      put("classifier " + std::to_string(place++), tensor);
  }

  void export_information() {
    const auto seed = derive_seed(spec_.seed, "mutual information");
    auto generator = seeded_generator(seed);
    put("information order", torch::randperm(source_.size(), generator, torch::TensorOptions(torch::kInt64)));
    generator = seeded_generator(seed);
    put("information noise", torch::randn({source_.size(), kCoefficients}, generator, torch::kFloat64));
  }

  NpzArrays arrays;

 private:
  RunSpec spec_;
  Dataset dataset_;
  std::shared_ptr<Affine> affine_;
  CheckedModel model_;
  SampleSource source_;
  SampleSource train_source_;
  torch::Tensor coefficients_;
  Encodings encodings_;
  std::optional<NamedExtractor> extractor_;
  std::optional<ReferenceFeatures> reference_;
};

RunSpec image_spec() {
  RunSpec spec;
  spec.comparison = "definitions";
  spec.dataset = "spots";
  spec.extractor = "classifier";
  spec.features.metrics = feature_metric_names();
  spec.features.kid_subsets = kSubsets;
  spec.features.kid_subset_size = kSubsetSize;
  spec.features.bootstrap = kReplicates;
  spec.interpolates = true;
  spec.interpolation = {"pairs", kPairs, kSteps, 2};
  spec.generates = true;
  spec.generation = {kOwn, {"gaussian"}};
  return spec;
}

void export_all(const std::filesystem::path& folder) {
  const torch::NoGradGuard no_gradients;
  nlohmann::json figures;
  const auto spec = image_spec();
  Exporter of_images(spec, images(), folder);
  of_images.measure("reconstruct", reconstruct, figures["images"]);
  of_images.measure("generate", generate, figures["images"]);
  of_images.export_features("generate", torch::Tensor(of_images.decoded(0)));
  of_images.measure("interpolate", interpolate, figures["images"]);
  const std::vector<torch::Tensor> sets{of_images.decoded(0), of_images.decoded(1)};
  for (std::size_t set = 0; set < sets.size(); ++set)
    of_images.export_features("interpolate " + std::to_string(set), sets[set]);
  of_images.measure("collapse", measure_collapse, figures["images"]);
  of_images.measure("rank", measure_rank, figures["images"]);
  of_images.export_reference();
  of_images.export_information();
  export_draws(of_images.arrays, "generate gaussian", spec.seed, kOwn, kOwn);
  export_draws(of_images.arrays, "interpolate pairs", spec.seed, kOwn, kPairs * kSteps);
  write_npz(folder / "images.npz", of_images.arrays);

  RunSpec grid;
  grid.comparison = "definitions";
  grid.dataset = "sines";
  grid.interpolates = true;
  grid.interpolation.kind = "grid";
  Exporter of_curves(grid, curves(), folder);
  of_curves.measure("reconstruct", reconstruct, figures["curves"]);
  of_curves.measure("interpolate", interpolate, figures["curves"]);
  write_npz(folder / "curves.npz", of_curves.arrays);
  std::ofstream(folder / "figures.json") << figures.dump(1) << "\n";
}

}  // namespace
}  // namespace rraebench

int main(int argc, char** argv) {
  try {
    if (argc != 2) throw std::invalid_argument("usage: export_definitions FOLDER");
    rraebench::export_all(argv[1]);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  }
}
