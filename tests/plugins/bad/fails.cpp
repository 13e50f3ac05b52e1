// One model with many ways to fail: option `where` says in which call, `way` how, and `after_training` that
// it does not before this process has trained.
#include "model.hpp"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <functional>
#include <map>
#include <pthread.h>
#include <string>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace {

using torch::Tensor;

constexpr rraebench::OptionRule kFailureOptions[] = {
    {"latent", rraebench::OptionType::kInteger, "2", "latent size", 1, 64},
    {"where", rraebench::OptionType::kText, "", "the call that fails"},
    {"way", rraebench::OptionType::kText, "", "how it fails"},
    {"after_training", rraebench::OptionType::kBoolean, "false", "fail only once a step has been made"}};

/// In this process, so not where a run is taken up that was trained before.
bool has_trained = false;

[[noreturn]] void sleep_for_ever() {
  while (true) std::this_thread::sleep_for(std::chrono::seconds(1));
}

/// A process of its own that lives longer than any test and holds all descriptors.
void leave_helper(bool in_own_session) {
  if (fork() != 0) return;
  if (in_own_session) setsid();
  std::signal(SIGTERM, SIG_IGN);
  sleep(600);
  _exit(0);
}

/// Writes to every pipe but the standard ones: the events go through one of them.
bool write_to_event_pipe(const std::string& text) {
  bool written = false;
  for (int descriptor = 3; descriptor < 100; ++descriptor) {
    struct stat status {};
    if (fstat(descriptor, &status) == 0 && S_ISFIFO(status.st_mode))
      written = ::write(descriptor, text.data(), text.size()) > 0 || written;
  }
  return written;
}

volatile int deepest = 0;

int recurse(int depth) {
  volatile char frame[4096] = {};
  frame[depth % 4096] = 1;
  deepest = depth;
  if (deepest < 0) return 0;  // Never, which the compiler cannot know.
  return recurse(depth + 1) + frame[0];
}

void fill_memory() {
  std::vector<std::vector<char>> blocks;
  while (true) blocks.emplace_back(std::size_t{16} << 20, 'x');
}

void print_lines(std::size_t count) {
  const std::string line(1023, 'x');
  for (std::size_t i = 0; i < count; ++i) std::fprintf(i % 2 == 0 ? stderr : stdout, "%s\n", line.c_str());
}

void block_signals() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, nullptr);
}

const std::map<std::string, std::function<void()>>& ways() {
  static const std::map<std::string, std::function<void()>> all = {
      {"throw", [] { throw std::runtime_error("this model refuses"); }},
      {"throw-int", [] { throw 7; }},
      {"throw-nothing-to-say", [] { throw std::runtime_error(""); }},
      {"throw-much",
       [] {
         std::string text;
         text.resize(20'000'000, 'x');
         throw std::runtime_error(text);
       }},
      {"throw-controls", [] { throw std::runtime_error("\033[2Jcleared\xff\r\x07"); }},
      {"throw-bad-alloc", [] { throw std::bad_alloc(); }},
      {"throw-in-thread", [] { std::thread([] { throw std::runtime_error("in a thread"); }).join(); }},
      {"exit-0", [] { std::exit(0); }},
      {"exit-3", [] { std::exit(3); }},
      {"quit-0", [] { _exit(0); }},
      {"end-thread", [] { pthread_exit(nullptr); }},
      {"exec-true", [] { execl("/bin/true", "true", nullptr); }},
      {"exec-sleep", [] { execl("/bin/sleep", "sleep", "600", nullptr); }},
      {"abort", [] { std::abort(); }},
      {"segfault", [] { std::raise(SIGSEGV); }},
      {"divide", [] { std::raise(SIGFPE); }},
      {"overflow", [] { recurse(0); }},
      {"hang", [] { sleep_for_ever(); }},
      {"hang-blocked",
       [] {
         block_signals();
         sleep_for_ever();
       }},
      {"hang-ignoring",
       [] {
         for (const int signal : {SIGTERM, SIGINT, SIGHUP}) std::signal(signal, SIG_IGN);
         sleep_for_ever();
       }},
      {"spin",
       [] {
         while (true) deepest = (deepest + 1) % 1000;
       }},
      {"fork", [] { leave_helper(false); }},
      {"fork-session", [] { leave_helper(true); }},
      {"allocate", [] { fill_memory(); }},
      {"allocate-at-once", [] { torch::zeros({std::int64_t{1} << 40}); }},
      {"print", [] { print_lines(20'000); }},
      {"print-for-ever",
       [] {
         while (true) print_lines(1000);
       }},
      {"close",
       [] {
         for (int descriptor = 0; descriptor < 100; ++descriptor) ::close(descriptor);
       }},
      {"write-rubbish", [] { write_to_event_pipe("this is no event\n"); }},
      {"write-depth", [] { write_to_event_pipe(std::string(60'000, '[') + "\n"); }},
      {"write-absurd",
       [] {
         write_to_event_pipe(R"({"event":"progress","stage":"x","step":1e300,"steps":-1,"loss":1,)"
                             R"("samples_per_second":1})"
                             "\n");
       }},
      {"write-line-for-ever",
       [] {
         const std::string piece(60'000, 'x');
         while (write_to_event_pipe(piece)) {
         }
       }},
      {"terminate-itself", [] { kill(getpid(), SIGTERM); }},
      {"kill-itself", [] { kill(getpid(), SIGKILL); }},
      {"stop-itself", [] { kill(getpid(), SIGSTOP); }},
  };
  return all;
}

/// Ways that show in what a call returns.
Tensor spoil(const std::string& way, Tensor tensor) {
  if (way == "wrong-type") return tensor.to(torch::kInt64);
  if (way == "wrong-shape") return tensor.flatten().unsqueeze(0).repeat({2, 1});
  if (way == "not-finite") return tensor * std::numeric_limits<double>::quiet_NaN();
  if (way == "undefined") return {};
  return tensor;
}

void misbehave(const std::string& way) {
  const auto found = ways().find(way);
  if (found != ways().end()) found->second();
}

/// The identity, whose gradient misbehaves.
struct BadGradient : torch::autograd::Function<BadGradient> {
  static Tensor forward(torch::autograd::AutogradContext* context, const Tensor& value,
                        const std::string& way) {
    context->saved_data["way"] = way;
    return value.clone();
  }
  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& gradients) {
    const auto way = context->saved_data["way"].toStringRef();
    misbehave(way);
    return {spoil(way, gradients[0]), Tensor()};
  }
};

class Model : public WorkingModel {
 public:
  explicit Model(const rraebench::ModelSpec& spec)
      : WorkingModel(spec),
        where_(spec.options.text("where")),
        way_(spec.options.text("way")),
        after_training_(spec.options.boolean("after_training")) {
    misbehave_in("constructor");
  }

  std::vector<rraebench::ParameterGroup> parameter_groups() override {
    misbehave_in("groups");
    return WorkingModel::parameter_groups();
  }

  rraebench::Loss loss(const rraebench::Batch& batch) override {
    misbehave_in("loss");
    auto loss = WorkingModel::loss(batch);
    if (where_ == "backward") loss.total = BadGradient::apply(loss.total, way_);
    return {spoiled("loss", loss.total), {}};
  }
  void after_step() override {
    has_trained = true;
    misbehave_in("after-step");
  }
  void finalise(const rraebench::NextBatch& /*samples*/) override { misbehave_in("finalise"); }

  Tensor encode(const Tensor& samples) override {
    if (!is_training()) misbehave_in("encode");
    return spoiled("encode", WorkingModel::encode(samples));
  }
  Tensor decode(const Tensor& coefficients) override {
    if (!is_training()) misbehave_in("decode");
    return spoiled("decode", WorkingModel::decode(coefficients));
  }
  Tensor latent(const Tensor& samples) override {
    misbehave_in("latent");
    return spoiled("latent", WorkingModel::encode(samples));
  }
  std::optional<rraebench::Posterior> posterior(const Tensor& samples) override {
    if (where_ != "posterior") return std::nullopt;
    misbehave_in("posterior");
    const auto mean = WorkingModel::encode(samples);
    return rraebench::Posterior{spoiled("posterior", mean), torch::zeros_like(mean)};
  }
  std::optional<Tensor> prior(std::int64_t count) override {
    if (where_ != "prior") return std::nullopt;
    misbehave_in("prior");
    return spoiled("prior", torch::randn({count, 2}));
  }

 private:
  bool fails_in(const char* call) const { return where_ == call && (has_trained || !after_training_); }
  void misbehave_in(const char* call) const {
    if (fails_in(call)) misbehave(way_);
  }
  Tensor spoiled(const char* call, Tensor tensor) const {
    return fails_in(call) && (!is_training() || where_ == "loss") ? spoil(way_, std::move(tensor)) : tensor;
  }

  std::string where_;
  std::string way_;
  bool after_training_;
};

}  // namespace

RRAEBENCH_EXPORT_PLUGIN(Model, "bad-fails", "fails in every way that there is", "1", "none", kFailureOptions)
