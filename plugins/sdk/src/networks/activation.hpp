#pragma once

namespace rraebench::networks {

/// What a layer does to its values in the same pass.
enum class Activation { kNone, kRelu };

}  // namespace rraebench::networks
