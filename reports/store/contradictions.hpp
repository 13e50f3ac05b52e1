#pragma once
// Implements: runs of one identity whose figures are not the same in several results databases.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace SQLite {
class Database;
}

namespace rraebench {

/// One identity whose figures are not the same in two files.
struct Contradiction {
  std::string identity;
  std::string place;         // "quick · shift · VAE · seed 0"
  std::size_t first = 0;     // Index of the file that has it first,
  std::size_t second = 0;    // and of that which contradicts.
  std::int64_t figures = 0;  // How many differ; those of time and training speed do not count.
  std::string figure;        // The one that differs most, "reconstruct relative_error test",
  double value_in_first = 0.0;
  double value_in_second = 0.0;
  std::string machine_of_first;  // "AMD EPYC, 2 threads"
  std::string machine_of_second;
};

/// Opens the file of that index; it is closed when nobody holds it any more.
using FileOpener = std::function<std::shared_ptr<const SQLite::Database>(std::size_t file)>;

/// Holds the last ok attempts of each identity in the files against each other, to the last bit. A run that
/// two files share contradicts nothing, nor does a later attempt beside it in one of them. Figures that one
/// of the two does not have differ. Of ten thousand files few are open at a time.
std::vector<Contradiction> find_contradictions(std::size_t file_count, const FileOpener& open);

/// The same of files that are open.
std::vector<Contradiction> find_contradictions(const std::vector<const SQLite::Database*>& files);

}  // namespace rraebench
