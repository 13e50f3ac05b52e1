#include "reports/store/database.hpp"

#include "reports/name_list.hpp"
#include "reports/store/contradictions.hpp"
#include "reports/store/merge.hpp"
#include "reports/store/open_database.hpp"
#include "reports/store/past_state.hpp"
#include "reports/store/real_file.hpp"
#include "reports/store/standing.hpp"
#include "reports/store/statements.hpp"
#include "reports/store/write_run.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include <utility>

namespace rraebench {
namespace {

/// What is stored where nobody asked for anything else counts.
void ask_where_nothing_was(SQLite::Database& connection, std::int64_t run_id) {
  SQLite::Statement ask(
      connection,
      "INSERT OR IGNORE INTO asked (suite, comparison, dataset, label, settings, suite_file, asked_at) "
      "SELECT suite, comparison, dataset, label, settings, '', started_at FROM run WHERE id = ?");
  insert(ask, run_id);
}

void put_asked(SQLite::Database& connection, const std::string& suite, const std::string& suite_file,
               const std::string& now, const std::vector<AskedSettings>& asked) {
  SQLite::Statement put(
      connection,
      "INSERT OR REPLACE INTO asked (suite, comparison, dataset, label, suite_file, asked_at, settings) "
      "VALUES (?,?,?,?,?,?," +
          settings_sql("?7") + ")");
  for (const auto& [place, spec_json] : asked)
    insert(put, suite, place.comparison, place.dataset, place.label, suite_file, now, spec_json);
}

bool is_recorded(const SQLite::Database& connection, const std::string& identity, std::int64_t attempt) {
  SQLite::Statement find(connection, "SELECT 1 FROM run WHERE identity = ? AND attempt = ?");
  bind_all(find, identity, attempt);
  return find.executeStep();
}

}  // namespace

ResultsDatabase::ResultsDatabase(std::filesystem::path path, OpenDatabase database, Access access)
    : path_(std::move(path)),
      lock_wait_(std::move(database.lock_wait)),
      connection_(std::move(database.connection)),
      access_(access),
      file_(file_number(path_)) {}

ResultsDatabase::ResultsDatabase(ResultsDatabase&& other) noexcept = default;

ResultsDatabase::~ResultsDatabase() {
  if (connection_ == nullptr || access_ == Access::kRead) return;
  // Fails, and may, while others have the file open: the last of them tidies up.
  connection_->tryExec("PRAGMA busy_timeout = 0");
  connection_->tryExec("PRAGMA journal_mode = DELETE");
}

ResultsDatabase ResultsDatabase::open_or_create(const std::filesystem::path& path, LockPatience patience) {
  const auto file = real_file(path);
  return {file, open_for_writing(file, std::move(patience)), Access::kWrite};
}

ResultsDatabase ResultsDatabase::open_read_only(const std::filesystem::path& path) {
  const auto file = real_file(path);
  return {file, open_for_reading(file), Access::kRead};
}

ResultsDatabase ResultsDatabase::open_together(const std::vector<std::filesystem::path>& given) {
  std::vector<std::filesystem::path> paths;
  for (const auto& path : given) paths.push_back(real_file(path));
  std::vector<OpenDatabase> files;
  std::vector<const SQLite::Database*> connections;
  for (const auto& path : paths) {
    files.push_back(open_for_reading(path));
    connections.push_back(files.back().connection.get());
  }
  if (files.size() == 1) return {paths.front(), std::move(files.front()), Access::kRead};
  if (const auto found = find_contradictions(connections); !found.empty())
    throw DatabaseError(fmt::format(
        "{} and {} have other figures of the run {}; take them into one file with rraebench merge "
        "--prefer newest or first",
        paths[found.front().first].string(), paths[found.front().second].string(), found.front().place));
  return translate_database_errors(paths.front(), [&]() -> ResultsDatabase {
    auto together = copy_in_memory(*files.front().connection);
    {
      RunMerger merger(*together, paths.front());
      for (std::size_t i = 1; i < files.size(); ++i) merger.take(*files[i].connection, paths[i]);
      merger.commit();
    }
    together->exec("PRAGMA query_only = ON");
    return {paths.front(), {std::make_unique<LockWait>(), std::move(together)}, Access::kRead};
  });  // NOLINT(clang-analyzer-cplusplus.NewDeleteLeaks): the database owns it.
}

ResultsDatabase ResultsDatabase::open_as_of(const std::filesystem::path& path, const std::string& moment) {
  const auto now = open_for_reading(path);
  return translate_database_errors(path, [&]() -> ResultsDatabase {
    auto past = copy_in_memory(*now.connection);
    take_back(*past, moment);
    past->exec("PRAGMA query_only = ON");
    return {path, {std::make_unique<LockWait>(), std::move(past)}, Access::kRead};
  });  // NOLINT(clang-analyzer-cplusplus.NewDeleteLeaks): the database owns it.
}

void ResultsDatabase::require_same_file() const {
  if (file_number(path_) != file_)
    throw DatabaseError(path_.string() +
                        ": was replaced by another file while in use; what was stored in it is gone with it");
}

void ResultsDatabase::store(const RunRecord& run) {
  translate_database_errors(path_, [&] {
    require_same_file();
    SQLite::Transaction transaction(*connection_, SQLite::TransactionBehavior::IMMEDIATE);
    if (is_recorded(*connection_, run.identity, run.attempt))
      throw DatabaseError(
          fmt::format("{}: attempt {} of run {} is already recorded; use the next attempt number",
                      path_.string(), run.attempt, run.identity));
    const auto id = write_run(*connection_, run);
    ask_where_nothing_was(*connection_, id);
    update_standing(*connection_, id);
    transaction.commit();
    // Into the file itself, so that a copy of it alone has all runs. Waits for nobody: what a reader holds up
    // now is carried over after the next run.
    connection_->tryExec("PRAGMA wal_checkpoint(PASSIVE)");
  });
}

std::int64_t ResultsDatabase::store_next_attempt(RunRecord run) {
  run.attempt = next_attempt(run.identity);
  store(run);
  return run.attempt;
}

void ResultsDatabase::ask(const std::string& suite, const std::string& suite_file, const std::string& now,
                          const std::vector<AskedSettings>& asked, const std::vector<SuitePlace>& named) {
  translate_database_errors(path_, [&] {
    SQLite::Transaction transaction(*connection_, SQLite::TransactionBehavior::IMMEDIATE);
    put_asked(*connection_, suite, suite_file, now, asked);
    connection_->exec("CREATE TEMP TABLE named (comparison, dataset, label)");
    SQLite::Statement name(*connection_, "INSERT INTO temp.named VALUES (?,?,?)");
    for (const auto& place : named) insert(name, place.comparison, place.dataset, place.label);
    // Not removed: a file of earlier that is merged must not bring back what the suite has dropped since.
    SQLite::Statement forget(
        *connection_,
        "UPDATE asked SET settings = '', suite_file = ?, asked_at = ? WHERE suite = ? AND "
        "settings <> '' AND (comparison, dataset, label) NOT IN "
        "(SELECT comparison, dataset, label FROM temp.named)");
    insert(forget, suite_file, now, suite);
    SQLite::Statement number(
        *connection_,
        "UPDATE asked SET position = IFNULL((SELECT MIN(named.rowid) FROM temp.named WHERE "
        "(named.comparison, "
        "named.dataset, named.label) = (asked.comparison, asked.dataset, asked.label)), 0) WHERE suite = ?");
    insert(number, suite);
    connection_->exec("DROP TABLE temp.named");
    transaction.commit();
  });
}

void ResultsDatabase::ask_besides(const std::string& suite, const std::string& now,
                                  const std::vector<AskedSettings>& asked) {
  translate_database_errors(path_, [&] {
    SQLite::Transaction transaction(*connection_, SQLite::TransactionBehavior::IMMEDIATE);
    put_asked(*connection_, suite, "", now, asked);
    transaction.commit();
  });
}

std::optional<std::string> ResultsDatabase::suite_file(const std::string& suite) const {
  return translate_database_errors(path_, [&]() -> std::optional<std::string> {
    SQLite::Statement find(*connection_,
                           "SELECT suite_file FROM asked WHERE suite = ? AND suite_file <> '' "
                           "ORDER BY asked_at DESC LIMIT 1");
    bind_all(find, suite);
    if (!find.executeStep()) return std::nullopt;
    return find.getColumn(0).getString();
  });
}

std::optional<StoredRun> ResultsDatabase::find_run(const std::string& identity) const {
  return translate_database_errors(path_, [&]() -> std::optional<StoredRun> {
    SQLite::Statement find(
        *connection_,
        // As the view `runs` has it, without ranking all others.
        "SELECT id, status, fault, attempt, message, EXISTS (SELECT 1 FROM asked WHERE (asked.suite, "
        "asked.comparison, asked.dataset, asked.label, asked.settings) = (run.suite, run.comparison, "
        "run.dataset, run.label, run.settings)), keep, (SELECT threads FROM environment WHERE "
        "environment.id = environment_id) FROM run WHERE identity = ? "
        "ORDER BY status = 'ok' DESC, attempt DESC LIMIT 1");
    bind_all(find, identity);
    if (!find.executeStep()) return std::nullopt;
    StoredRun run;
    run.id = find.getColumn(0).getInt64();
    run.status = parse_run_status(find.getColumn(1).getString());
    const auto fault = find.getColumn(2).getString();
    if (!fault.empty()) run.fault = parse_fault(fault);
    run.attempt = find.getColumn(3).getInt64();
    run.message = find.getColumn(4).getString();
    run.counts = find.getColumn(5).getInt() != 0;
    run.keep = split_names(find.getColumn(6).getString());
    run.threads = find.getColumn(7).getInt64();
    return run;
  });
}

std::optional<std::string> ResultsDatabase::last_spec(const std::string& suite, const std::string& comparison,
                                                      const std::string& dataset, const std::string& label,
                                                      std::int64_t seed) const {
  return translate_database_errors(path_, [&]() -> std::optional<std::string> {
    SQLite::Statement find(
        *connection_,
        "SELECT spec_json FROM run WHERE (suite, comparison, dataset, label, seed) = (?,?,?,?,?) "
        "AND status = 'ok' ORDER BY started_at DESC, id DESC LIMIT 1");
    bind_all(find, suite, comparison, dataset, label, seed);
    if (!find.executeStep()) return std::nullopt;
    return find.getColumn(0).getString();
  });
}

std::int64_t ResultsDatabase::next_attempt(const std::string& identity) const {
  return translate_database_errors(path_, [&] {
    SQLite::Statement find(*connection_, "SELECT COALESCE(MAX(attempt), 0) + 1 FROM run WHERE identity = ?");
    bind_all(find, identity);
    find.executeStep();
    return find.getColumn(0).getInt64();
  });
}

void ResultsDatabase::set_published(const std::string& suite, const std::vector<PublishedRecord>& figures) {
  translate_database_errors(path_, [&] {
    SQLite::Transaction transaction(*connection_, SQLite::TransactionBehavior::IMMEDIATE);
    SQLite::Statement forget(*connection_, "DELETE FROM published WHERE suite = ?");
    forget.bind(1, suite);
    forget.exec();
    SQLite::Statement put(*connection_,
                          "INSERT INTO published (suite, comparison, label, protocol, name, variant, split, "
                          "value, deviation, source) VALUES (?,?,?,?,?,?,?,?,?,?)");
    for (const auto& f : figures)
      insert(put, suite, f.comparison, f.label, f.protocol, f.name, f.variant, f.split, f.value, f.deviation,
             f.source);
    transaction.commit();
  });
}

void ResultsDatabase::set_claims(const std::string& suite, const std::vector<ClaimRecord>& claims) {
  translate_database_errors(path_, [&] {
    SQLite::Transaction transaction(*connection_, SQLite::TransactionBehavior::IMMEDIATE);
    SQLite::Statement forget(*connection_, "DELETE FROM claim WHERE suite = ?");
    insert(forget, suite);
    SQLite::Statement put(
        *connection_,
        "INSERT INTO claim (suite, position, comparison, text, kind, label, than, protocol, "
        "name, variant, split, value, tolerance, source, at_equal) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
    std::int64_t position = 0;
    for (const auto& c : claims)
      insert(put, suite, ++position, c.comparison, c.text, c.kind, c.label, c.than, c.protocol, c.name,
             c.variant, c.split, c.value, c.tolerance, c.source, c.at_equal);
    transaction.commit();
  });
}

void ResultsDatabase::describe_plugins(const std::vector<PluginRecord>& plugins) {
  translate_database_errors(path_, [&] {
    SQLite::Transaction transaction(*connection_, SQLite::TransactionBehavior::IMMEDIATE);
    SQLite::Statement put(
        *connection_,
        "INSERT OR REPLACE INTO plugin (sha256, name, version, summary, citation) VALUES (?,?,?,?,?)");
    for (const auto& p : plugins) insert(put, p.sha256, p.name, p.version, p.summary, p.citation);
    transaction.commit();
  });
}

std::vector<MergeCount> ResultsDatabase::take_over(const std::vector<std::filesystem::path>& files,
                                                   const std::vector<std::set<std::string>>& left_out,
                                                   const std::set<std::string>& without) {
  return translate_database_errors(path_, [&] {
    RunMerger merger(*connection_, path_, without);
    std::vector<MergeCount> counts;
    for (std::size_t i = 0; i < files.size(); ++i)
      counts.push_back(merger.take(open_read_only(files[i]).connection(), files[i], left_out[i]));
    merger.commit();
    return counts;
  });
}

MergeCount ResultsDatabase::take_over(const ResultsDatabase& other, const std::set<std::string>& left_out) {
  return translate_database_errors(path_, [&] {
    RunMerger merger(*connection_, path_);
    const auto count = merger.take(other.connection(), other.path(), left_out);
    merger.commit();
    return count;
  });
}

}  // namespace rraebench
