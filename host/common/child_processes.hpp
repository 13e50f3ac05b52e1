#pragma once
// Implements: the end of processes that others left behind: helpers that a plugin started, in whatever
// session.

#include <string>

namespace rraebench {

/// Environment variable of a worker and of whatever it starts: "<process of the program>.<number>".
constexpr const char* kWorkerMark = "RRAEBENCH_PROGRAM";

/// From now on processes whose parent has gone become children of this one, wherever below it they were
/// started.
void adopt_orphans();

/// Kills this process's children that have `entry` ("NAME=value") in their environment, all of them where it
/// is empty, and those that become its children by that, until none is left or a second has passed.
void end_children(const std::string& entry = {});

}  // namespace rraebench
