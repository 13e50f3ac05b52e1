#include "host/program/failure_words.hpp"

#include "host/common/errors.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <any>
#include <filesystem>
#include <functional>
#include <new>
#include <string>
#include <system_error>

namespace rraebench {
namespace {

std::string words_for(const std::function<void()>& fail) {
  try {
    fail();
  } catch (...) {
    return failure_words(std::current_exception());
  }
  return "(nothing was thrown)";
}

TEST(FailureWords, AreOurOwnForWhateverALibraryThrows) {
  const std::vector<std::pair<std::function<void()>, std::string>> cases = {
      {[] { throw UserError("--db is empty"); }, "--db is empty"},
      {[] { (void)nlohmann::json("\xff").dump(); },
       "a name of a file, a folder or a label is not UTF-8; rename it"},
      {[] { [[maybe_unused]] const auto parsed = nlohmann::json::parse("{"); },
       "the worker's answer cannot be read; are rraebench and rraebench-worker of one build?"},
      {[] { (void)nlohmann::json::object().at("name"); },
       "the worker's answer cannot be read; are rraebench and rraebench-worker of one build?"},
      {[] { [[maybe_unused]] const auto size = std::filesystem::file_size("/nowhere/file"); },
       "/nowhere/file: No such file or directory"},
      {[] {
         throw std::filesystem::filesystem_error("x", std::make_error_code(std::errc::invalid_argument));
       },
       "a file or folder cannot be used: Invalid argument"},
      {[] { SQLite::Database(":memory:").exec("nonsense"); },
       "the results database cannot be used: near \"nonsense\": syntax error; `rraebench doctor --db FILE` "
       "looks "
       "at it"},
      {[] { throw std::bad_alloc(); }, "not enough memory"},
      {[] { throw std::system_error(EAGAIN, std::generic_category(), "thread"); },
       "the system refuses what is needed: Resource temporarily unavailable"},
      {[] { (void)std::string("a").at(3); },
       "a fault of rraebench itself; please report it with the command and its input"},
      {[] { (void)std::any_cast<int>(std::any(1.0)); },
       "a fault of rraebench itself; please report it with the command and its input"},
      {[] { throw 7; }, "a fault of rraebench itself; please report it with the command and its input"}};
  for (const auto& [fail, expected] : cases) EXPECT_EQ(words_for(fail), expected);
}

}  // namespace
}  // namespace rraebench
