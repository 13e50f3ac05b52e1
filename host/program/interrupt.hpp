#pragma once
// Implements: Ctrl-C as a wish to stop, looked at by what waits.

namespace rraebench {

/// From now on SIGINT and SIGTERM only raise the wish; a second one ends the program at once.
void install_interrupt_handler();
bool interrupt_requested();

}  // namespace rraebench
