#pragma once
// Implements: what LibTorch's errors say, to people and to the program.

#include <exception>
#include <string>

namespace rraebench {

/// The sentence of an error, without the stack trace that LibTorch appends to it.
std::string sentence_of(const std::exception& error);

bool is_out_of_memory(const std::exception& error);

/// The same of what is being handled and is no std::exception: plugins throw what they like.
std::string sentence_of_unknown();

}  // namespace rraebench
