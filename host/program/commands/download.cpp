#include "datasets/catalog.hpp"
#include "datasets/celeba_partition.hpp"
#include "datasets/error.hpp"
#include "host/common/errors.hpp"
#include "host/common/exit_codes.hpp"
#include "host/common/file_lock.hpp"
#include "host/common/installation.hpp"
#include "host/common/stop_request.hpp"
#include "host/program/commands.hpp"
#include "host/program/download/downloads.hpp"
#include "reports/text.hpp"
#include "rraebench/suggest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <memory>
#include <unistd.h>

namespace rraebench {
namespace {

namespace fs = std::filesystem;
namespace po = boost::program_options;

using Clock = std::chrono::steady_clock;

/// One line that is redrawn on a terminal; elsewhere a line every ten seconds.
class ProgressLine {
 public:
  explicit ProgressLine(std::string name)
      : name_(std::move(name)),
        terminal_(::isatty(STDERR_FILENO) != 0),
        started_(Clock::now()),
        shown_(started_) {}
  ~ProgressLine() {
    if (drawn_) std::cerr << "\n";
  }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void show(std::uint64_t done, std::uint64_t total) {
    const auto now = Clock::now();
    if (!begun_) {
      begun_ = true;
      first_ = done;
    }
    const bool last = done == total;
    if (!last && now - shown_ < (terminal_ ? std::chrono::milliseconds(200) : std::chrono::seconds(10)))
      return;
    shown_ = now;
    const double seconds = std::max(std::chrono::duration<double>(now - started_).count(), 1e-3);
    const double rate = static_cast<double>(done - first_) / seconds;
    std::string text = fmt::format("{}: {:.1f} MB", name_, static_cast<double>(done) / 1e6);
    if (total > 0)
      text += fmt::format(" of {:.1f} MB ({:.0f} %)", static_cast<double>(total) / 1e6,
                          100.0 * static_cast<double>(done) / static_cast<double>(total));
    text += fmt::format(", {:.1f} MB/s", rate / 1e6);
    if (total > done && rate > 0.0)
      text += fmt::format(", {:.0f} s left", static_cast<double>(total - done) / rate);
    std::cerr << (terminal_ ? "\r\x1b[K" : "") << text << (terminal_ ? "" : "\n") << std::flush;
    drawn_ = terminal_;
  }

 private:
  std::string name_;
  bool terminal_;
  bool drawn_ = false;
  bool begun_ = false;
  std::uint64_t first_ = 0;
  Clock::time_point started_;
  Clock::time_point shown_;
};

bool is_unpacked(const Download& download, const fs::path& folder) {
  if (download.members.empty()) return false;
  for (const auto& member : download.members) {
    std::error_code error;
    if (fs::file_size(folder / fs::path(member.path).filename(), error) != member.size || error) return false;
  }
  return download.holds_members == nullptr || download.holds_members(folder);
}

/// Two downloads would write into one file. Where a file system knows no locks, nobody is kept out.
std::unique_ptr<FileLock> lock_folder(const fs::path& folder) {
  try {
    return std::make_unique<FileLock>(
        folder, [](const std::string& text) { std::cerr << printable(text) << std::endl; });
  } catch (const InfrastructureError&) {
    return nullptr;
  }
}

void run_download(const Download& download, const fs::path& data_dir) {
  const auto folder = data_dir / download.folder;
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw UserError(folder.string() + ": cannot be made: " + error.message());
  const auto lock = lock_folder(folder);
  if (is_unpacked(download, folder)) {
    std::cout << download.name << ": complete in " << printable(folder.string()) << "\n";
    return;
  }
  for (const auto& file : download.files) {
    bool fetched = false;
    {
      ProgressLine line(file.name);
      FetchHooks hooks;
      hooks.progress = [&](std::uint64_t done, std::uint64_t total) { line.show(done, total); };
      hooks.note = [](const std::string& text) { std::cerr << printable(text) << "\n"; };
      hooks.should_stop = stop_requested;
      fetched = fetch_file(file, folder, hooks);
    }
    std::cout << printable((folder / file.name).string()) << (fetched ? ": fetched, " : ": there already, ")
              << file.checksum.algorithm << " right\n";
  }
  if (download.members.empty()) return;
  const auto archive = folder / download.files.front().name;
  unpack_members(archive, download.members, folder);
  fs::remove(archive);
  std::cout << download.members.size() << " files unpacked into " << printable(folder.string()) << "\n";
}

/// CelebA's licence wants its users to fetch it themselves.
int explain_celeba(const fs::path& data_dir) {
  const auto folder = data_dir / "celeba";
  std::cout << "CelebA may be used for non-commercial research only, so its makers give it out themselves:\n"
            << "  1. Go to https://mmlab.ie.cuhk.edu.hk/projects/CelebA.html and agree to its terms.\n"
            << "  2. Fetch Img/img_align_celeba.zip (1.4 GB) and Eval/list_eval_partition.txt.\n"
            << "  3. Put the list into " << printable(folder.string())
            << " and unpack the images beside it:\n"
            << "     " << printable((folder / "img_align_celeba").string()) << "/000001.jpg to 202599.jpg\n";
  const auto presence = data_source("celeba").locate(data_dir);
  std::cout << "now: " << printable(presence.text) << "\n";
  if (!presence.present) return kExitOk;

  constexpr const char* kPartitionMd5 = "d32c9cbf5e040fd4025c592c306e6668";
  const auto found = source_folder(data_dir, "celeba");
  const auto list = found / "list_eval_partition.txt";
  const auto partition = read_celeba_partition(list);
  std::size_t missing = 0;
  std::string first_missing;
  for (const auto* part : {&partition.train, &partition.validation, &partition.test})
    for (const auto& name : *part)
      if (!is_file(found / "img_align_celeba" / name) && missing++ == 0) first_missing = name;
  std::cout << "listed: " << partition.train.size() << " train, " << partition.validation.size()
            << " validation, " << partition.test.size() << " test ("
            << (file_digest(list, "MD5") == kPartitionMd5 ? "the official list"
                                                          : "not the whole official list")
            << ")\n";
  if (missing > 0)
    throw UserError(std::to_string(missing) + " listed images are missing in " +
                    (found / "img_align_celeba").string() + ", the first is " + first_missing);
  std::cout << "all listed images are there\n";
  return kExitOk;
}

}  // namespace

CommandLine download_command_line() {
  CommandLine line{
      "rraebench download DATA... [OPTION...]",
      "Fetches data sets into the data folder, goes on where it was cut off, and checks size and "
      "checksum before\nanything is moved into place. 'celeba' says what to fetch where, and checks "
      "it. Proxies: http_proxy, https_proxy.",
      po::options_description("options"),
      "data",
      -1,
      {"rraebench download mnist cifar10", "rraebench download inception --data-dir ~/data",
       "rraebench download mnist --mirror https://data.example.org/mnist"}};
  line.options.add_options()("data-dir",
                             po::value<std::string>()->default_value(default_data_folder().string()),
                             "folder with the data sets")(
      "mirror", po::value<std::string>(), "look for the files at this address instead of their own");
  return line;
}

int run_download(const std::vector<std::string>& arguments) {
  auto line = download_command_line();
  const auto values = parse_command_line(line, arguments);
  if (!values) return kExitOk;
  std::vector<std::string> known;
  for (const auto& download : downloads()) known.push_back(download.name);
  known.emplace_back("celeba");
  if (values->count("data") == 0) throw UserError("download what? " + join_names(known));
  const auto names = (*values)["data"].as<std::vector<std::string>>();
  for (const auto& name : names)
    if (std::find(known.begin(), known.end(), name) == known.end())
      throw UserError("cannot download '" + name + "': " + suggest_name(name, known));

  install_stop_signals();
  const fs::path data_dir = (*values)["data-dir"].as<std::string>();
  try {
    for (const auto& name : names) {
      if (name == "celeba") {
        explain_celeba(data_dir);
        continue;
      }
      const auto found = std::find_if(downloads().begin(), downloads().end(),
                                      [&](const auto& download) { return download.name == name; });
      run_download(
          values->count("mirror") > 0 ? from_mirror(*found, (*values)["mirror"].as<std::string>()) : *found,
          data_dir);
    }
  } catch (const InterruptedError& error) {
    std::cerr << "rraebench: " << printable(error.what()) << "\n";
    return kExitInterrupted;
  }
  return kExitOk;
}

}  // namespace rraebench
