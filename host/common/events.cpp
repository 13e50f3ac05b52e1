#include "host/common/events.hpp"

#include "reports/base64.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <stdexcept>

namespace rraebench {
namespace {

constexpr std::size_t kMostNotes = 100;

// JSON has no NaN: it is written as null.
double number_from(const nlohmann::json& value) {
  return value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.get<double>();
}

/// A conversion of anything else would be silent, and of a number beyond 64 bits undefined.
std::int64_t whole_number_from(const nlohmann::json& value) {
  constexpr std::uint64_t kLargest = std::numeric_limits<std::int64_t>::max();
  if (!value.is_number_integer() || (value.is_number_unsigned() && value.get<std::uint64_t>() > kLargest))
    throw std::invalid_argument("a number that is no whole one of 64 bits");
  return value.get<std::int64_t>();
}

/// Of a picture.
int pixels_from(const nlohmann::json& value) {
  const auto pixels = whole_number_from(value);
  if (pixels < 1 || pixels > 1'000'000) throw std::invalid_argument("a picture without a sensible size");
  return static_cast<int>(pixels);
}

std::string picture_format_from(const nlohmann::json& value) {
  auto format = value.get<std::string>();
  if (format != kPngPicture && format != kCurvesPicture)
    throw std::invalid_argument("a picture of no known format");
  return format;
}

}  // namespace

nlohmann::json event_of(const MetricRecord& metric) {
  return {{"event", "metric"},
          {"protocol", metric.protocol},
          {"name", metric.name},
          {"variant", metric.variant},
          {"split", metric.split},
          {"value", metric.value},
          {"unit", metric.unit},
          {"better", metric.better},
          {"extractor", metric.extractor},
          {"extractor_sha256", metric.extractor_sha256},
          {"reference_count", metric.reference_count},
          {"sample_count", metric.sample_count}};
}

nlohmann::json event_of(const CurvePoint& point) {
  return {{"event", "curve"}, {"series", point.series}, {"step", point.step}, {"value", point.value}};
}

nlohmann::json event_of(const SpectrumRecord& spectrum) {
  return {{"event", "spectrum"}, {"name", spectrum.name}, {"values", spectrum.values}};
}

nlohmann::json event_of(const ImageRecord& image) {
  return {
      {"event", "image"},         {"protocol", image.protocol}, {"name", image.name},
      {"variant", image.variant}, {"caption", image.caption},   {"width", image.width},
      {"height", image.height},   {"format", image.format},     {"content", base64_encode(image.content)}};
}

nlohmann::json event_of(const ArtefactRecord& artefact) {
  return {{"event", "artefact"},     {"what", artefact.what},  {"variant", artefact.variant},
          {"split", artefact.split}, {"path", artefact.path},  {"sha256", artefact.sha256},
          {"shape", artefact.shape}, {"bytes", artefact.bytes}};
}

nlohmann::json event_of(const EnvironmentRecord& environment) {
  return {{"event", "environment"},
          {"program_version", environment.program_version},
          {"libtorch_version", environment.libtorch_version},
          {"compiler", environment.compiler},
          {"blas", environment.blas},
          {"operating_system", environment.operating_system},
          {"cpu", environment.cpu},
          {"cores", environment.cores},
          {"memory_bytes", environment.memory_bytes},
          {"device", environment.device},
          {"threads", environment.threads}};
}

nlohmann::json event_of(const TrainingSummary& summary) {
  return {{"event", "summary"},
          {"train_seconds", summary.train_seconds},
          {"train_steps", summary.train_steps},
          {"samples_per_second", summary.samples_per_second},
          {"parameter_count", summary.parameter_count}};
}

nlohmann::json event_of(const Progress& progress) {
  nlohmann::json event = {{"event", "progress"},   {"stage", progress.stage},
                          {"step", progress.step}, {"steps", progress.steps},
                          {"loss", progress.loss}, {"samples_per_second", progress.samples_per_second}};
  if (!progress.waiting.empty()) event["waiting"] = progress.waiting;
  return event;
}

std::function<void(const std::string&)> waiting_events(std::function<void(const nlohmann::json&)> emit) {
  return [emit = std::move(emit)](const std::string& text) {
    Progress progress;
    progress.stage = "wait";
    progress.waiting = text;
    emit(event_of(progress));
  };
}

nlohmann::json warning_event(const std::string& text) {
  return {{"event", "warning"}, {"text", text}};
}

nlohmann::json failure_event(RunStatus status, const std::string& message, Fault fault) {
  return {{"event", "failed"},
          {"status", run_status_name(status)},
          {"message", message},
          {"fault", fault_name(fault)}};
}

nlohmann::json finished_event() {
  return {{"event", "finished"}};
}

void apply_event(const nlohmann::json& event, RunRecord& run) {
  const auto kind = event.at("event").get<std::string>();
  const auto text = [&](const char* name) { return event.at(name).get<std::string>(); };
  const auto count = [&](const char* name) { return whole_number_from(event.at(name)); };
  if (kind == "metric") {
    run.metrics.push_back({text("protocol"), text("name"), text("variant"), text("split"),
                           number_from(event.at("value")), text("unit"), text("better"), text("extractor"),
                           text("extractor_sha256"), count("reference_count"), count("sample_count")});
  } else if (kind == "curve") {
    run.curve.push_back({text("series"), count("step"), number_from(event.at("value"))});
  } else if (kind == "spectrum") {
    SpectrumRecord spectrum{text("name"), {}};
    for (const auto& value : event.at("values")) spectrum.values.push_back(number_from(value));
    run.spectra.push_back(std::move(spectrum));
  } else if (kind == "image") {
    run.images.push_back({text("protocol"), text("name"), text("variant"), text("caption"),
                          pixels_from(event.at("width")), pixels_from(event.at("height")),
                          base64_decode(text("content")), picture_format_from(event.at("format"))});
  } else if (kind == "artefact") {
    ArtefactRecord artefact{text("what"), text("variant"), text("split"), text("path"), text("sha256"),
                            {},           count("bytes")};
    for (const auto& size : event.at("shape")) artefact.shape.push_back(whole_number_from(size));
    if (std::filesystem::path(artefact.path).filename() != artefact.path)
      throw std::invalid_argument("a file that lies elsewhere");
    run.artefacts.push_back(std::move(artefact));
  } else if (kind == "environment") {
    run.environment = {text("program_version"),  text("libtorch_version"),
                       text("compiler"),         text("blas"),
                       text("operating_system"), text("cpu"),
                       count("cores"),           count("memory_bytes"),
                       text("device"),           count("threads")};
  } else if (kind == "summary") {
    run.train_seconds = event.at("train_seconds").get<double>();
    run.train_steps = count("train_steps");
    run.samples_per_second = event.at("samples_per_second").get<double>();
    run.parameter_count = count("parameter_count");
  } else if (kind == "failed") {
    run.status = parse_run_status(text("status"));
    run.message = text("message");
    run.fault = parse_fault(text("fault"));
  } else if (kind == "warning") {
    const auto note = text("text");
    const bool known = std::find(run.notes.begin(), run.notes.end(), note) != run.notes.end();
    if (!known && run.notes.size() < kMostNotes) run.notes.push_back(note);
  } else if (kind == "finished") {
    run.status = RunStatus::kOk;
    run.message.clear();
  }
}

Progress progress_from_event(const nlohmann::json& event) {
  return {event.at("stage").get<std::string>(),        whole_number_from(event.at("step")),
          whole_number_from(event.at("steps")),        number_from(event.at("loss")),
          number_from(event.at("samples_per_second")), event.value("waiting", "")};
}

}  // namespace rraebench
