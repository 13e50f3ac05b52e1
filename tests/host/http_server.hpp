#pragma once
// Implements: an HTTP server on this machine that answers as a test wants it to, well or badly.

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace rraebench {

struct HttpRequest {
  std::string target;                      // "/file", or a whole address where the server is used as a proxy.
  std::optional<std::size_t> range_begin;  // Of "Range: bytes=N-".
};

struct HttpResponse {
  int status = 200;
  std::string headers;  // Further ones, each ended by "\r\n".
  std::string body;
  std::optional<std::size_t> claimed_length;   // Instead of the body's own.
  std::chrono::milliseconds pause_between{0};  // Between pieces of the body,
  std::size_t piece = std::size_t{1} << 16;    // which are this large.
  bool hangs = false;                          // After the body: neither more bytes nor an end.
};

/// Serves one request at a time, on a port of its own, until it is destroyed.
class HttpServer {
 public:
  using Answer = std::function<HttpResponse(const HttpRequest& request)>;

  explicit HttpServer(Answer answer);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// "http://127.0.0.1:PORT" and `path`.
  std::string url(const std::string& path = "") const;
  std::vector<HttpRequest> requests() const;

 private:
  void serve();
  void answer_one(int connection);

  Answer answer_;
  int listener_;
  int port_ = 0;
  std::atomic<bool> stopping_{false};
  mutable std::mutex mutex_;
  std::vector<HttpRequest> requests_;
  std::thread thread_;
};

/// The file `content` from a server that knows ranges.
HttpResponse serve_range(const std::string& content, const HttpRequest& request);

}  // namespace rraebench
