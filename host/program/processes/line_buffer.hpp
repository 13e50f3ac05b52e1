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
    for (auto end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
      if (unfinished_.empty()) {
        take(text.substr(0, end));
      } else {
        unfinished_.append(text.substr(0, end));
        take(std::string_view(unfinished_));
        unfinished_.clear();
      }
      text.remove_prefix(end + 1);
    }
    unfinished_.append(text);
  }

  std::size_t unfinished_size() const { return unfinished_.size(); }

 private:
  std::string unfinished_;
};

}  // namespace rraebench
