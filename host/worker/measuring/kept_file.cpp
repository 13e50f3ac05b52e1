#include "host/worker/measuring/kept_file.hpp"

#include "host/common/durable_file.hpp"
#include "host/common/errors.hpp"
#include "host/common/file_lock.hpp"
#include "host/worker/planned_file.hpp"
#include "host/worker/torch_errors.hpp"

#include <optional>

namespace rraebench {
namespace {

std::optional<std::string> read_kept(const std::filesystem::path& file) {
  std::error_code error;
  if (!std::filesystem::exists(file, error) && !error) return std::nullopt;
  try {
    return read_planned_file(file, "");
  } catch (const std::exception& fault) {
    throw InfrastructureError(std::string(fault.what()) +
                              "; make it readable, or name another folder with --cache-dir");
  }
}

/// Whether the kept file is there and good. `damage`: what is wrong with one that is not.
bool load_kept(const std::filesystem::path& file, const std::function<void(const std::string&)>& load,
               std::optional<std::string>& damage) {
  const auto bytes = read_kept(file);
  if (!bytes) return false;
  try {
    load(*bytes);
    return true;
  } catch (const std::exception& error) {
    if (is_out_of_memory(error)) throw;
    damage = sentence_of(error);
    return false;
  }
}

void create_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error)
    throw InfrastructureError(folder.string() + ": the cache folder cannot be created: " + error.message() +
                              "; name another with --cache-dir");
}

}  // namespace

void load_or_make(const std::filesystem::path& file, const std::function<void(const std::string&)>& load,
                  const std::function<std::string()>& make, const Notices& notices) {
  std::optional<std::string> damage;
  if (load_kept(file, load, damage))
    return;  // Without a lock: files appear whole, and folders may be shared.
  create_folder(file.parent_path());
  const FileLock lock(file.string() + ".lock", notices.waiting);
  damage.reset();
  if (load_kept(file, load, damage)) return;  // Another run made it in the meantime.
  if (damage && notices.warn) notices.warn(file.string() + " is damaged and made anew (" + *damage + ")");
  const auto bytes = make();
  write_file_durably(file, bytes);
  load(bytes);
}

}  // namespace rraebench
