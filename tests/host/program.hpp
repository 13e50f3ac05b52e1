#pragma once
// Implements: the real program, called as a user calls it, with a cache of the test's own.

#include "tests/support/temporary_folder.hpp"

#include <string>
#include <vector>

namespace rraebench {

struct ProgramResult {
  int exit_code = -1;
  std::string output;
  std::string errors;
};

/// A folder "cache" that is yet to be made knows already what plugins say of themselves.
ProgramResult call(const std::vector<std::string>& arguments);

/// So that who starts the program otherwise than by call() can have that, too.
void fill_new_cache(const std::vector<std::string>& arguments);

/// A suite of one comparison on `shift` that trains for a moment. `models`: its [[comparison.models]] tables.
std::string tiny_suite(const std::string& models, const std::string& seeds = "[0]", int steps = 30);

std::string model_table(const std::string& plugin, const std::string& options = "latent = 2");

/// What `query` answers as CSV, its head at least: a query that fails is the test's failure, not an empty
/// text that equals another.
std::string query_csv(const std::string& database, const std::string& sql);

/// The answer of one row and one column, without its head.
std::string query_value(const std::string& database, const std::string& sql);

int line_count(const std::string& text);

}  // namespace rraebench
