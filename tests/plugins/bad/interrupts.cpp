#include "model.hpp"

#include <atomic>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <thread>
#include <unistd.h>

namespace {

std::atomic<bool> requested{false};
void (*workers_handler)(int) = nullptr;

extern "C" void note_request(int signal) {
  workers_handler(signal);
  requested = true;
}

constexpr rraebench::OptionRule kInterruptOptions[] = {
    {"latent", rraebench::OptionType::kInteger, "2", "latent size", 1, 64},
    {"marker", rraebench::OptionType::kText, "",
     "file whose presence asks for the interruption; it is removed"}};

/// Draws noise in every step, so that it matters where the generator stood.
class Model : public WorkingModel {
 public:
  explicit Model(const rraebench::ModelSpec& spec)
      : WorkingModel(spec), marker_(spec.options.text("marker")) {}

  rraebench::Loss loss(const rraebench::Batch& batch) override {
    if (++steps_ == 20 && std::filesystem::remove(marker_)) interrupt();
    const auto coefficients = encode(batch.samples);
    return {rraebench::relative_error_loss(decode(coefficients + 0.1 * torch::randn_like(coefficients)),
                                           batch.samples),
            {}};
  }

 private:
  /// As Ctrl-C does: the program gets the signal and asks this process to stop, which is waited for.
  static void interrupt() {
    workers_handler = std::signal(SIGTERM, note_request);
    kill(getppid(), SIGINT);
    while (!requested) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }

  std::filesystem::path marker_;
  int steps_ = 0;
};

}  // namespace

RRAEBENCH_EXPORT_PLUGIN(Model, "bad-interrupts", "interrupts the program at its 20th step", "1", "none",
                        kInterruptOptions)
