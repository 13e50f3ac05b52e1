#pragma once
// Implements: the environment of a worker: this program's, and what its libraries must know before they load.

#include <string>
#include <vector>

namespace rraebench {

/// `inherited` ("NAME=VALUE"), with `mark` in place of a mark that it has, and settings that the user has not
/// made:
///
/// GOMP_SPINCOUNT  How long a thread of OpenMP spins for the others before it sleeps. By default it spins for
///                 milliseconds, and a step on two cores, one of them shared with a busy process, takes five
///                 to twenty times as long; a thread that never spins makes a step alone a fifth slower.
/// GLIBC_TUNABLES  Memory in huge pages where the kernel has them: tensors are touched page by page.
std::vector<std::string> worker_environment(const std::vector<std::string>& inherited,
                                            const std::string& mark);

}  // namespace rraebench
