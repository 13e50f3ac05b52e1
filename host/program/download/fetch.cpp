#include "host/program/download/fetch.hpp"

#include "host/common/durable_file.hpp"
#include "host/common/errors.hpp"
#include "host/common/stop_request.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <curl/curl.h>
#include <memory>

namespace rraebench {
namespace {

namespace fs = std::filesystem;

std::uint64_t size_of(const fs::path& path) {
  std::error_code error;
  const auto size = fs::file_size(path, error);
  return error ? 0 : size;
}

std::uint64_t most_bytes(const RemoteFile& file) {
  return file.size > 0 ? file.size : file.size_limit;
}

/// One attempt at one mirror. libcurl's callbacks reach it through pointers.
class Transfer {
 public:
  Transfer(const RemoteFile& file, const fs::path& partial, const FetchHooks& hooks,
           const FetchLimits& limits)
      : file_(file), partial_(partial), hooks_(hooks), curl_(curl_easy_init(), curl_easy_cleanup) {
    if (!curl_) throw std::runtime_error("libcurl cannot be started");
    const auto set = [&](auto option, auto value) { curl_easy_setopt(curl_.get(), option, value); };
    set(CURLOPT_ERRORBUFFER, message_);
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_USERAGENT, "rraebench");
    set(CURLOPT_FAILONERROR, 1L);
    set(CURLOPT_FOLLOWLOCATION, 1L);
    set(CURLOPT_MAXREDIRS, static_cast<long>(limits.redirects));
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    set(CURLOPT_CONNECTTIMEOUT, limits.connect_seconds);
    set(CURLOPT_LOW_SPEED_LIMIT, 1L);
    set(CURLOPT_LOW_SPEED_TIME, limits.stall_seconds);
    set(CURLOPT_WRITEFUNCTION, &Transfer::on_bytes);
    set(CURLOPT_WRITEDATA, this);
    set(CURLOPT_NOPROGRESS, 0L);
    set(CURLOPT_XFERINFOFUNCTION, &Transfer::on_progress);
    set(CURLOPT_XFERINFODATA, this);
  }

  /// Appends what `url` holds behind the partial file's end. Returns what was wrong; empty: nothing.
  std::string run(const std::string& url) {
    held_ = size_of(partial_);
    resumed_from_ = held_;
    curl_easy_setopt(curl_.get(), CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl_.get(), CURLOPT_RESUME_FROM_LARGE, static_cast<curl_off_t>(held_));
    out_.reset(std::fopen(partial_.c_str(), "ab"));
    if (!out_) throw UserError(partial_.string() + ": cannot be written: " + std::strerror(errno));
    const auto code = curl_easy_perform(curl_.get());
    const bool flushed = std::fclose(out_.release()) == 0;
    if (stopped_) throw InterruptedError();
    if (write_error_ != 0 || !flushed)
      throw UserError(partial_.string() +
                      ": cannot be written: " + std::strerror(write_error_ != 0 ? write_error_ : errno));
    if (too_large_)
      return "it is larger than the " + std::to_string(most_bytes(file_)) + " bytes that were expected";
    if (code == CURLE_OK) return "";
    return message_[0] != '\0' ? message_ : curl_easy_strerror(code);
  }

  /// The server does not know the range that was asked for, or sends the whole file where a part was wanted.
  bool must_begin_anew() const {
    long status = 0;
    curl_easy_getinfo(curl_.get(), CURLINFO_RESPONSE_CODE, &status);
    return resumed_from_ > 0 && (status == 416 || status == 200);
  }

 private:
  static std::size_t on_bytes(char* bytes, std::size_t one, std::size_t count, void* self) {
    return static_cast<Transfer*>(self)->take(bytes, one * count);
  }
  static int on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    auto& transfer = *static_cast<Transfer*>(self);
    transfer.stopped_ = transfer.hooks_.should_stop && transfer.hooks_.should_stop();
    return transfer.stopped_ ? 1 : 0;
  }

  std::size_t take(const char* bytes, std::size_t count) {
    if (held_ + count > most_bytes(file_)) {
      too_large_ = true;
      return 0;  // libcurl ends the transfer.
    }
    if (std::fwrite(bytes, 1, count, out_.get()) != count) {
      write_error_ = errno;
      return 0;
    }
    held_ += count;
    if (hooks_.progress) hooks_.progress(held_, file_.size);
    return count;
  }

  struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  const RemoteFile& file_;
  const fs::path& partial_;
  const FetchHooks& hooks_;
  std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl_;
  std::unique_ptr<std::FILE, CloseFile> out_;
  char message_[CURL_ERROR_SIZE] = "";
  std::uint64_t held_ = 0;
  std::uint64_t resumed_from_ = 0;
  bool stopped_ = false;
  bool too_large_ = false;
  int write_error_ = 0;
};

/// What is wrong with a file that arrived; empty: nothing.
std::string fault_of(const fs::path& path, const RemoteFile& file) {
  const auto size = size_of(path);
  if (file.size > 0 && size != file.size)
    return "it holds " + std::to_string(size) + " bytes, expected " + std::to_string(file.size);
  const auto digest = file_digest(path, file.checksum.algorithm);
  if (digest != file.checksum.digest)
    return "its " + file.checksum.algorithm + " is " + digest + ", expected " + file.checksum.digest;
  return "";
}

/// Returns what was wrong with the mirror; empty: `partial` is complete and right.
std::string fetch_from(const std::string& url, const RemoteFile& file, const fs::path& partial,
                       const FetchHooks& hooks, const FetchLimits& limits) {
  // A partial file of an earlier attempt may belong to something else: its fault costs one more attempt.
  for (bool anew : {false, true}) {
    std::error_code ignored;
    if (anew) fs::remove(partial, ignored);
    const bool resumes = size_of(partial) > 0;
    if (!(file.size > 0 && size_of(partial) == file.size)) {
      Transfer transfer(file, partial, hooks, limits);
      auto fault = transfer.run(url);
      if (resumes && transfer.must_begin_anew()) continue;
      if (!fault.empty()) return fault;
    }
    auto fault = fault_of(partial, file);
    if (fault.empty()) return "";
    if (size_of(partial) < file.size) return fault;  // Cut off: what there is may be gone on from.
    fs::remove(partial, ignored);
    if (!resumes) return fault;
  }
  return "it could not be resumed";
}

}  // namespace

bool is_complete(const fs::path& path, const RemoteFile& file) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored) && fault_of(path, file).empty();
}

bool fetch_file(const RemoteFile& file, const fs::path& folder, const FetchHooks& hooks,
                const FetchLimits& limits) {
  const auto path = folder / file.name;
  if (is_complete(path, file)) return false;
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw UserError(folder.string() + ": cannot be made: " + error.message());
  const fs::path partial = path.string() + ".part";
  std::string faults;
  for (const auto& url : file.urls) {
    const auto fault = fetch_from(url, file, partial, hooks, limits);
    if (fault.empty()) {
      sync_and_rename(partial, path);
      return true;
    }
    if (hooks.note) hooks.note(url + ": " + fault);
    faults += (faults.empty() ? "" : "; ") + url + ": " + fault;
  }
  throw UserError(file.name + " could not be had: " + faults +
                  "; check the network (http_proxy, https_proxy) or name another place with --mirror");
}

}  // namespace rraebench
