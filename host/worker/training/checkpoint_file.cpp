#include "host/worker/training/checkpoint_file.hpp"

#include "datasets/sha256.hpp"
#include "host/common/durable_file.hpp"
#include "host/common/errors.hpp"
#include "host/common/version.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <string_view>

namespace rraebench {
namespace {

/// A line of text before the archive: LibTorch's reader does not look at its checksums.
std::string header_of(std::string_view archive) {
  return "rraebench checkpoint 1 of " + std::string(program_version()) + " " + sha256_hex(archive) + "\n";
}

std::string read_whole(const std::filesystem::path& file) {
  if (std::filesystem::exists(file) && !std::filesystem::is_regular_file(file))
    throw InfrastructureError(
        file.string() + ": is no regular file but a folder, a pipe or a device; move it away to begin anew");
  std::ifstream stream(file, std::ios::binary | std::ios::ate);
  std::string bytes;
  if (stream) {
    bytes.resize(static_cast<std::size_t>(std::max<std::streamoff>(stream.tellg(), 0)));
    stream.seekg(0);
    stream.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }
  if (!stream)
    throw InfrastructureError(file.string() + ": cannot be read: " + std::strerror(errno) +
                              "; mend that, or delete it to begin anew");
  return bytes;
}

}  // namespace

std::string archive_bytes(torch::serialize::OutputArchive& archive) {
  // Into memory, where nothing can fail: LibTorch's writer ends the program when its file cannot be written.
  std::string bytes;
  archive.save_to([&](const void* data, std::size_t size) {
    bytes.append(static_cast<const char*>(data), size);
    return size;
  });
  return bytes;
}

void write_checkpoint(const std::filesystem::path& file, torch::serialize::OutputArchive& archive) {
  auto bytes = archive_bytes(archive);
  bytes.insert(0, header_of(bytes));
  write_file_durably(file, bytes);
}

std::string read_checkpoint(const std::filesystem::path& file) {
  auto bytes = read_whole(file);
  const auto header_end = bytes.find('\n');
  if (header_end == std::string::npos) throw DamagedCheckpoint("it is cut off");
  const auto header = bytes.substr(0, header_end + 1);
  bytes.erase(0, header_end + 1);
  const auto wanted = header_of(bytes);
  const auto version_end = wanted.rfind(' ');
  if (header.compare(0, version_end, wanted, 0, version_end) != 0)
    throw DamagedCheckpoint("it is not of this version of the program");
  if (header != wanted) throw DamagedCheckpoint("it is damaged");
  return bytes;
}

}  // namespace rraebench
