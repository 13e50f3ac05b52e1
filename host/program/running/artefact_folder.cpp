#include "host/program/running/artefact_folder.hpp"

#include "host/common/durable_file.hpp"
#include "host/common/errors.hpp"

#include <unistd.h>
#include <vector>

namespace rraebench {
namespace {

namespace fs = std::filesystem;

constexpr const char* kUnfinished = ".part";
constexpr std::size_t kNamedDigits = 12;

fs::path free_name(const fs::path& all, const std::string& identity) {
  std::error_code ignored;
  for (int number = 1;; ++number) {
    auto name = all / (identity.substr(0, kNamedDigits) + "-" + std::to_string(number));
    if (!fs::exists(name, ignored) && !fs::exists(name.string() + kUnfinished, ignored)) return name;
  }
}

}  // namespace

fs::path artefact_folder(const fs::path& database) {
  // results.sqlite beside results.db has a folder of its own.
  const auto name = database.extension() == ".db" ? database.stem() : database.filename();
  return database.parent_path() / (name.string() + "-artefacts");
}

void remove_unfinished_artefacts(const fs::path& folder) {
  std::vector<fs::path> unfinished;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored))
    if (entry.path().extension() == kUnfinished) unfinished.push_back(entry.path());
  for (const auto& path : unfinished) fs::remove_all(path, ignored);
}

ArtefactFolder::ArtefactFolder(fs::path all, const std::string& identity)
    : all_(std::move(all)), folder_(free_name(all_, identity)) {
  std::error_code error;
  fs::create_directories(unfinished(), error);
  if (error) throw InfrastructureError(unfinished().string() + ": cannot be made: " + error.message());
}

ArtefactFolder::~ArtefactFolder() {
  std::error_code ignored;
  if (!settled_ || !finished_) fs::remove_all(finished_ ? folder_ : unfinished(), ignored);
  ::rmdir(all_.c_str());  // Where it is empty; a link to another disk is somebody's and stays.
}

fs::path ArtefactFolder::unfinished() const {
  return folder_.string() + kUnfinished;
}

void ArtefactFolder::finish(RunRecord& record) {
  if (record.status == RunStatus::kOk) {
    try {
      rename_durably(unfinished(), folder_);
      finished_ = true;
    } catch (const InfrastructureError& error) {
      record.status = RunStatus::kError;
      record.fault = Fault::kInfrastructure;
      record.message = error.what();
    }
  }
  if (!finished_) record.artefacts.clear();
  const auto way = all_.filename() / folder_.filename();
  for (auto& artefact : record.artefacts) artefact.path = (way / artefact.path).string();
}

}  // namespace rraebench
