# LibTorch as this project uses it: system headers (their warnings are not ours), its ABI flag, its libraries.
find_package(Torch REQUIRED)
if(NOT TARGET rraebench_torch)
  add_library(rraebench_torch INTERFACE)
  target_include_directories(rraebench_torch SYSTEM INTERFACE ${TORCH_INCLUDE_DIRS})
  separate_arguments(RRAEBENCH_TORCH_FLAGS UNIX_COMMAND "${TORCH_CXX_FLAGS}")
  target_compile_options(rraebench_torch INTERFACE ${RRAEBENCH_TORCH_FLAGS})
  target_link_libraries(rraebench_torch INTERFACE ${TORCH_LIBRARIES})
endif()
