#include "reports/store/past_state.hpp"

#include "reports/store/standing.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>
#include <regex>

namespace rraebench {

void take_back(SQLite::Database& connection, const std::string& moment) {
  // Moments are compared as text.
  SQLite::Transaction transaction(connection);
  connection.exec("PRAGMA defer_foreign_keys = ON");
  for (const char* statement :
       {"DELETE FROM run WHERE finished_at >= ?", "DELETE FROM asked WHERE asked_at >= ?"}) {
    SQLite::Statement remove(connection, statement);
    remove.bind(1, moment);
    remove.exec();
  }
  connection.exec(
      "INSERT OR IGNORE INTO asked (suite, comparison, dataset, label, settings, suite_file, asked_at) "
      "SELECT suite, comparison, dataset, label, settings, '', started_at "
      "FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY suite, comparison, dataset, label "
      "                                   ORDER BY status = 'ok' DESC, started_at DESC, id DESC) AS place "
      "FROM run) "
      "WHERE place = 1");
  rebuild_standing(connection);
  transaction.commit();
}

std::optional<std::string> moment_of(const std::string& text) {
  static const std::regex form(R"((\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d))?Z?)?)");
  std::smatch parts;
  if (!std::regex_match(text, parts, form)) return std::nullopt;
  const auto part = [&](std::size_t n) { return parts[n].matched ? std::stoi(parts[n]) : 0; };
  const auto moment = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", part(1), part(2), part(3), part(4),
                                  part(5), part(6));
  std::tm time{};
  time.tm_year = part(1) - 1900;
  time.tm_mon = part(2) - 1;
  time.tm_mday = part(3);
  time.tm_hour = part(4);
  time.tm_min = part(5);
  time.tm_sec = part(6);
  const auto seconds = ::timegm(&time);  // Carries what is out of its range.
  if (moment != fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(seconds))) return std::nullopt;
  return moment;
}

}  // namespace rraebench
