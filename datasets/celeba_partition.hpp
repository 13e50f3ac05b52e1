#pragma once
// Implements: CelebA's list_eval_partition.txt: lines of an image's name and 0 (training), 1 (validation) or
// 2 (test).

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace rraebench {

struct CelebaPartition {
  std::vector<std::string> train;  // Names without folders, in the file's order.
  std::vector<std::string> validation;
  std::vector<std::string> test;
};

/// `name` stands for the text in errors. Throws DatasetError naming the line, also for a name that could lead
/// out of the image folder and for one that stands twice.
CelebaPartition parse_celeba_partition(std::string_view text, const std::string& name);

/// As parse_celeba_partition. Throws DatasetError, also when `path` is no readable file.
CelebaPartition read_celeba_partition(const std::filesystem::path& path);

}  // namespace rraebench
