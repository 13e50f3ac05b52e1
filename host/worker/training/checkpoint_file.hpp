#pragma once
// Implements: the state of a training as a file that is known to be whole before anything of it is used.

#include "rraebench/torch.hpp"

#include <filesystem>
#include <stdexcept>
#include <string>

namespace rraebench {

/// There is a file, but no checkpoint of this program is in it.
class DamagedCheckpoint : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The archive as LibTorch's reader takes it from memory.
std::string archive_bytes(torch::serialize::OutputArchive& archive);

/// The file that was there before stays until the new one is on the disk. Throws InfrastructureError naming
/// the file.
void write_checkpoint(const std::filesystem::path& file, torch::serialize::OutputArchive& archive);

/// The archive's bytes. Throws DamagedCheckpoint for a file that was cut off, changed or written by another
/// version of the program, and InfrastructureError for one that cannot be read.
std::string read_checkpoint(const std::filesystem::path& file);

}  // namespace rraebench
