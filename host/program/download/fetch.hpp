#pragma once
// Implements: one file from the network to its place: resumed, from the first mirror that has it, and moved
// into place only when size and checksum are right. Proxies are libcurl's: http_proxy, https_proxy, no_proxy.

#include "host/program/download/digest.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace rraebench {

struct RemoteFile {
  std::string name;               // In the folder that it goes to.
  std::vector<std::string> urls;  // http or https; tried in this order.
  std::uint64_t size = 0;         // Bytes; 0: not stated, then `size_limit` bounds it.
  Checksum checksum;
  std::uint64_t size_limit = std::uint64_t{1} << 30;
};

struct FetchHooks {
  /// Bytes held so far and in all (0: unknown). Called often.
  std::function<void(std::uint64_t done, std::uint64_t total)> progress;
  /// A line about something that went wrong and was got over.
  std::function<void(const std::string& line)> note;
  /// True ends the download; what has arrived is kept for the next time.
  std::function<bool()> should_stop;
};

struct FetchLimits {
  long connect_seconds = 20;
  long stall_seconds = 30;  // Without a byte for so long, the mirror is given up.
  int redirects = 5;
};

/// True if `path` has the stated size and checksum.
bool is_complete(const std::filesystem::path& path, const RemoteFile& file);

/// Returns false if the file was there already, complete. An unfinished file stays as NAME.part and is gone
/// on from. Throws UserError that says what was wrong with each mirror, InterruptedError on should_stop,
/// InfrastructureError where the disk does not take it.
bool fetch_file(const RemoteFile& file, const std::filesystem::path& folder, const FetchHooks& hooks,
                const FetchLimits& limits = {});

}  // namespace rraebench
