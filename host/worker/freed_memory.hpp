#pragma once
// Implements: how this process treats the memory of tensors that it no longer needs.

namespace rraebench {

/// Every step allocates and frees the same large tensors. By default each of them is mapped from the kernel
/// and cleared anew, which costs a third of the time of a wide linear layer's step: freed memory is kept.
void keep_freed_memory();

}  // namespace rraebench
