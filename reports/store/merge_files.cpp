#include "reports/store/merge_files.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

#include <memory>

namespace rraebench {
namespace {

std::shared_ptr<const SQLite::Database> open_file(const std::filesystem::path& file) {
  const auto database = std::make_shared<const ResultsDatabase>(ResultsDatabase::open_read_only(file));
  return {database, &database->connection()};
}

}  // namespace

MergeResult merge_files(ResultsDatabase& target, const std::vector<std::filesystem::path>& files,
                        Preference preference, const std::set<std::string>& without) {
  MergeResult result;
  const auto open = [&](std::size_t file) {
    return file > 0 ? open_file(files[file - 1])
                    : std::shared_ptr<const SQLite::Database>(&target.connection(),
                                                              [](const SQLite::Database*) {});
  };
  result.contradictions =
      translate_database_errors(target.path(), [&] { return find_contradictions(files.size() + 1, open); });
  if (preference == Preference::kNeither)
    for (const auto& found : result.contradictions) result.left_out.insert(found.identity);
  std::vector<std::set<std::string>> left_out(files.size(), result.left_out);
  if (preference == Preference::kFirst)
    for (const auto& found : result.contradictions)
      if (found.second > 0) left_out[found.second - 1].insert(found.identity);
  result.counts = target.take_over(files, left_out, without);
  return result;
}

}  // namespace rraebench
