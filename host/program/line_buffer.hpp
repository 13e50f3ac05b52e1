#pragma once
// Implements: lines out of text that comes in pieces.

#include <cstddef>
#include <string>
#include <string_view>

namespace rraebench {

class LineBuffer {
 public:
  /// Calls `take` with every line that `text` completes, without its end.
  template <typename Take>
  void add(std::string_view text, Take&& take) {
    unfinished_.append(text);
    std::size_t start = 0;
    for (auto end = unfinished_.find('\n'); end != std::string::npos; end = unfinished_.find('\n', start)) {
      take(std::string_view(unfinished_).substr(start, end - start));
      start = end + 1;
    }
    unfinished_.erase(0, start);
  }

  std::size_t unfinished_size() const { return unfinished_.size(); }
  void clear() { unfinished_.clear(); }

 private:
  std::string unfinished_;
};

}  // namespace rraebench
