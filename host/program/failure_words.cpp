#include "host/program/failure_words.hpp"

#include "host/common/errors.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <ios>
#include <new>
#include <stdexcept>
#include <system_error>
#include <typeinfo>

namespace rraebench {
namespace {

constexpr const char* kOwnFault =
    "a fault of rraebench itself; please report it with the command and its input";

}  // namespace

// From the particular to the general: what stands first is the first that fits.
std::string failure_words(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const std::filesystem::filesystem_error& error) {
    const auto why = error.code().message();
    return error.path1().empty() ? "a file or folder cannot be used: " + why
                                 : error.path1().string() + ": " + why;
  } catch (const nlohmann::json::type_error&) {  // Of writing: texts of files and workers are checked.
    return "a name of a file, a folder or a label is not UTF-8; rename it";
  } catch (const nlohmann::json::exception&) {
    return "the worker's answer cannot be read; are rraebench and rraebench-worker of one build?";
  } catch (const SQLite::Exception& error) {
    return fmt::format("the results database cannot be used: {}; `rraebench doctor --db FILE` looks at it",
                       error.what());
  } catch (const std::bad_alloc&) {
    return "not enough memory";
  } catch (const std::ios_base::failure&) {
    return "a file could not be read or written";
  } catch (const std::system_error& error) {
    return "the system refuses what is needed: " + error.code().message();
  } catch (const std::invalid_argument& error) {  // The SDK's and the data sets' way to refuse input.
    return error.what();
  } catch (const std::logic_error&) {
    return kOwnFault;
  } catch (const std::bad_cast&) {
    return kOwnFault;
  } catch (const std::exception& error) {
    return error.what();
  } catch (...) {
    return kOwnFault;
  }
}

}  // namespace rraebench
