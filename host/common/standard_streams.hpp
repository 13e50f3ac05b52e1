#pragma once
// Implements: standard input, output and errors of a process as the rest may take them for granted.

namespace rraebench {

/// First thing in main(). A standard descriptor that was closed is opened, so that no file of ours becomes
/// standard error and gets its messages; reading or writing it fails as before. A pipe that nobody reads
/// and a file that may not grow further (ulimit -f) are errors of write() and no longer end the process.
void prepare_standard_streams();

}  // namespace rraebench
