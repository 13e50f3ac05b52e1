// As if compiled against another version of the SDK.
#define RRAEBENCH_CONTRACT_VERSION 999
#include "model.hpp"

RRAEBENCH_EXPORT_PLUGIN(WorkingModel, "bad-wrong-contract", "built for another contract", "1", "none",
                        kOptions)
