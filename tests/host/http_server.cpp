#include "http_server.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace rraebench {
namespace {

constexpr int kPollMilliseconds = 20;

bool send_all(int connection, const std::string& bytes) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const auto count = ::send(connection, bytes.data() + done, bytes.size() - done, MSG_NOSIGNAL);
    if (count <= 0) return false;
    done += static_cast<std::size_t>(count);
  }
  return true;
}

std::string read_head(int connection) {
  std::string head;
  char buffer[4096];
  while (head.find("\r\n\r\n") == std::string::npos) {
    const auto count = ::recv(connection, buffer, sizeof(buffer), 0);
    if (count <= 0) break;
    head.append(buffer, static_cast<std::size_t>(count));
  }
  return head;
}

HttpRequest parse_request(const std::string& head) {
  HttpRequest request;
  const auto begin = head.find(' ') + 1;
  request.target = head.substr(begin, head.find(' ', begin) - begin);
  const std::string range = "Range: bytes=";
  if (const auto at = head.find(range); at != std::string::npos)
    request.range_begin = std::stoull(head.substr(at + range.size()));
  return request;
}

}  // namespace

HttpServer::HttpServer(Answer answer)
    : answer_(std::move(answer)), listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  if (listener_ < 0 || ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      ::listen(listener_, 8) != 0 ||
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    throw std::runtime_error("the test's HTTP server cannot be started");
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

HttpServer::~HttpServer() {
  stopping_ = true;
  thread_.join();
  ::close(listener_);
}

std::string HttpServer::url(const std::string& path) const {
  return "http://127.0.0.1:" + std::to_string(port_) + path;
}

std::vector<HttpRequest> HttpServer::requests() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return requests_;
}

void HttpServer::serve() {
  while (!stopping_) {
    pollfd waiting{listener_, POLLIN, 0};
    if (::poll(&waiting, 1, kPollMilliseconds) <= 0) continue;
    const int connection = ::accept(listener_, nullptr, nullptr);
    if (connection < 0) continue;
    answer_one(connection);
    ::close(connection);
  }
}

void HttpServer::answer_one(int connection) {
  const auto head = read_head(connection);
  if (head.empty()) return;
  const auto request = parse_request(head);
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    requests_.push_back(request);
  }
  const auto response = answer_(request);
  const auto length = response.claimed_length.value_or(response.body.size());
  if (!send_all(connection, "HTTP/1.1 " + std::to_string(response.status) +
                                " As Wanted\r\nContent-Length: " + std::to_string(length) +
                                "\r\nConnection: close\r\n" + response.headers + "\r\n"))
    return;
  for (std::size_t at = 0; at < response.body.size() && !stopping_; at += response.piece) {
    if (!send_all(connection, response.body.substr(at, response.piece))) return;
    std::this_thread::sleep_for(response.pause_between);
  }
  char ignored = 0;
  while (response.hangs && !stopping_) {
    pollfd waiting{connection, POLLIN, 0};
    if (::poll(&waiting, 1, kPollMilliseconds) > 0 && ::recv(connection, &ignored, 1, 0) <= 0) return;
  }
}

HttpResponse serve_range(const std::string& content, const HttpRequest& request) {
  HttpResponse response;
  const auto begin = request.range_begin.value_or(0);
  if (request.range_begin && begin >= content.size()) {
    response.status = 416;
    return response;
  }
  response.body = content.substr(begin);
  if (request.range_begin) {
    response.status = 206;
    response.headers = "Content-Range: bytes " + std::to_string(begin) + "-" +
                       std::to_string(content.size() - 1) + "/" + std::to_string(content.size()) + "\r\n";
  }
  return response;
}

}  // namespace rraebench
