#pragma once
// Implements: what the programs return to the shell.

namespace rraebench {

constexpr int kExitOk = 0;
constexpr int kExitSomeFailed = 1;  // Some runs failed.
constexpr int kExitBadInput = 2;    // Wrong use or bad input: nothing was run, nothing stored.
constexpr int kExitInterrupted = 130;

}  // namespace rraebench
