#include "host/program/planning/changeable_plugins.hpp"

#include "reports/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <grp.h>
#include <optional>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

namespace rraebench {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostNamed = 4;  // In one line.

std::string user_name(uid_t user) {
  std::array<char, 4096> text{};
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwuid_r(user, &entry, text.data(), text.size(), &found) == 0 && found != nullptr)
    return found->pw_name;
  return "number " + std::to_string(user);
}

/// Many systems give every user a group of the same name and let it write: nobody else is in it.
bool is_own_group(gid_t group) {
  if (::geteuid() == 0 || group != ::getegid()) return false;
  std::array<char, 16384> text{};
  ::group entry{};
  ::group* found = nullptr;
  if (::getgrgid_r(group, &entry, text.data(), text.size(), &found) != 0 || found == nullptr) return false;
  const auto own = user_name(::geteuid());
  if (own != found->gr_name) return false;
  for (char** member = found->gr_mem; *member != nullptr; ++member)
    if (own != *member) return false;
  return true;
}

bool lets_others_write(const struct stat& status) {
  return (status.st_mode & S_IWOTH) != 0 || ((status.st_mode & S_IWGRP) != 0 && !is_own_group(status.st_gid));
}

struct Found {
  std::vector<fs::path> writable;
  std::vector<fs::path> of_others;
  std::optional<uid_t> owner;  // Of the first of them.

  /// A folder of plugins, or a plugin.
  void look_at(const fs::path& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return;
    if (status.st_uid != 0 && status.st_uid != ::geteuid()) {
      add(of_others, path);
      if (!owner) owner = status.st_uid;
    }
    if (lets_others_write(status)) add(writable, path);
  }

  /// A folder above: with the sticky bit, as /tmp has it, nobody renames in it what is another's.
  void look_above(const fs::path& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) == 0 && (status.st_mode & S_IWOTH) != 0 &&
        (status.st_mode & S_ISVTX) == 0)
      add(writable, path);
  }

  static void add(std::vector<fs::path>& paths, const fs::path& path) {
    if (std::find(paths.begin(), paths.end(), path) == paths.end()) paths.push_back(path);
  }
};

void look_at_folder(const fs::path& folder, Found& found) {
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored)) return;
  found.look_at(folder);
  // Both ways to it: whoever can rename a link changes what is found behind it.
  for (auto place : {fs::absolute(folder, ignored).lexically_normal(), fs::weakly_canonical(folder, ignored)})
    for (; place.has_relative_path(); place = place.parent_path()) found.look_above(place.parent_path());
}

std::string names(const std::vector<fs::path>& paths) {
  std::string text;
  for (std::size_t i = 0; i < std::min(paths.size(), kMostNamed); ++i)
    text += " " + quote_shell(paths[i].string());
  return text;
}

std::string and_more(const std::vector<fs::path>& paths) {
  return paths.size() > kMostNamed ? fmt::format(" (and {} more)", paths.size() - kMostNamed) : "";
}

std::vector<std::string> sentences_of(const Found& found) {
  std::vector<std::string> sentences;
  if (!found.writable.empty())
    sentences.push_back(fmt::format("others can change plugins, which run as you: chmod go-w{}{}",
                                    names(found.writable), and_more(found.writable)));
  if (!found.of_others.empty())
    sentences.push_back(
        fmt::format("user {} can change plugins, which run as you, and owns{}{}; use copies of your own if "
                    "that is no friend",
                    user_name(*found.owner), names(found.of_others), and_more(found.of_others)));
  return sentences;
}

}  // namespace

std::vector<std::string> changeable_plugins(const std::vector<fs::path>& folders) {
  Found found;
  for (const auto& folder : folders) {
    look_at_folder(folder, found);
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(folder, ignored))
      if (entry.path().extension() == ".so") found.look_at(entry.path());
  }
  return sentences_of(found);
}

std::vector<std::string> changeable_plugin(const fs::path& file) {
  Found found;
  look_at_folder(fs::absolute(file).parent_path(), found);
  found.look_at(file);
  return sentences_of(found);
}

}  // namespace rraebench
