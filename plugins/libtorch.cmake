# LibTorch as this project uses it: system headers (their warnings are not ours), its ABI flag, its libraries.
option(RRAEBENCH_CPU_ONLY "Leave out the CUDA part of a LibTorch that has one: then no CUDA toolkit is needed" OFF)
if(RRAEBENCH_CPU_ONLY AND NOT TARGET torch::cudart)
  add_library(torch::cudart INTERFACE IMPORTED)  # LibTorch's package looks for CUDA only where this is missing.
endif()
if(Torch_DIR AND EXISTS "${Torch_DIR}/../Caffe2/Caffe2Config.cmake")
  # Its package looks for its other half in the system's folders first, where another LibTorch may be.
  get_filename_component(Caffe2_DIR "${Torch_DIR}/../Caffe2" ABSOLUTE)
endif()
find_package(Torch REQUIRED)
if(TORCH_CXX_FLAGS MATCHES "_GLIBCXX_USE_CXX11_ABI=0")
  message(FATAL_ERROR "The LibTorch in ${TORCH_INSTALL_PREFIX} has another std::string (_GLIBCXX_USE_CXX11_ABI=0) than "
                      "the system's libraries: take one built with the cxx11 ABI, as pip's are since torch 2.7")
endif()
if(NOT TARGET rraebench_torch)
  add_library(rraebench_torch INTERFACE)
  target_include_directories(rraebench_torch SYSTEM INTERFACE ${TORCH_INCLUDE_DIRS})
  separate_arguments(RRAEBENCH_TORCH_FLAGS UNIX_COMMAND "${TORCH_CXX_FLAGS}")
  target_compile_options(rraebench_torch INTERFACE ${RRAEBENCH_TORCH_FLAGS})
  get_target_property(RRAEBENCH_TORCH_FEATURES torch INTERFACE_COMPILE_FEATURES)  # Its headers are C++20 since 2.13 or so.
  if(RRAEBENCH_TORCH_FEATURES)
    target_compile_features(rraebench_torch INTERFACE ${RRAEBENCH_TORCH_FEATURES})
  endif()
  if(RRAEBENCH_CPU_ONLY)
    target_link_libraries(rraebench_torch INTERFACE torch_cpu_library c10)
  else()
    target_link_libraries(rraebench_torch INTERFACE ${TORCH_LIBRARIES})
    if(TARGET torch_cuda)
      # Its CUDA libraries find their own NCCL and the like when they are loaded; the linker finds the toolkit's first,
      # which may be older.
      target_link_options(rraebench_torch INTERFACE LINKER:--allow-shlib-undefined)
    endif()
  endif()
endif()
