#pragma once
// Implements: how a model is found in a shared library: one exported constant that the host reads before it
// makes any C++ call. A plugin's source ends with
//
//   RRAEBENCH_EXPORT_PLUGIN(MyModel, "my-model", "one line on what it is", "1", "paper or URL", kOptions)
//
// where kOptions is a file-scope `constexpr rraebench::OptionRule kOptions[]` (at least one entry) and
// MyModel has a constructor from `const rraebench::ModelSpec&`.

#include "rraebench/abi.hpp"
#include "rraebench/model.hpp"

// std::filesystem in place of Boost.Filesystem, which would be one more library to link.
#ifndef BOOST_DLL_USE_STD_FS
#define BOOST_DLL_USE_STD_FS
#endif
#include <boost/dll/alias.hpp>

#include <cstddef>
#include <iterator>

namespace rraebench {

/// Constant data. `abi` is the first field for ever: the host compares it before it reads anything else
/// (which contracts it takes: abi.hpp).
struct PluginDescriptor {
  const char* abi;       // RRAEBENCH_ABI as compiled into the plugin.
  const char* name;      // "rrae-strong": what suites and results call the model.
  const char* summary;   // One line.
  const char* version;   // The plugin's own; raise it when results change.
  const char* citation;  // Paper, equation or URL.
  const OptionRule* options;
  std::size_t option_count;
  Model* (*create)(const ModelSpec& spec);  // The caller owns the model. Throws std::exception types.
};

}  // namespace rraebench

/// The name under which every plugin exports its descriptor.
#define RRAEBENCH_PLUGIN_SYMBOL "rraebench_plugin"

#define RRAEBENCH_EXPORT_PLUGIN(Type, name, summary, version, citation, options)                        \
  namespace {                                                                                           \
  ::rraebench::Model* rraebench_create(const ::rraebench::ModelSpec& spec) {                            \
    return new Type(spec);                                                                              \
  }                                                                                                     \
  }                                                                                                     \
  extern const ::rraebench::PluginDescriptor rraebench_descriptor;                                      \
  const ::rraebench::PluginDescriptor rraebench_descriptor = {                                          \
      RRAEBENCH_ABI, name, summary, version, citation, options, std::size(options), &rraebench_create}; \
  BOOST_DLL_ALIAS(rraebench_descriptor, rraebench_plugin)
