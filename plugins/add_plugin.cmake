# rraebench_add_plugin(<name> <sources...>): one model as a loadable module <name>.so, linked against the SDK alone.
# Inside this project it joins the other plugins; elsewhere it is put into the build folder.
#
# -z nodelete: a plugin once loaded stays mapped, since autograd graphs and exceptions may still need its code.
# -z defs: a missing library fails here, at link time, and not in the host at load time.
function(rraebench_add_plugin name)
  add_library(${name} MODULE ${ARGN})
  set_target_properties(${name} PROPERTIES
    PREFIX ""
    CXX_STANDARD 17
    CXX_STANDARD_REQUIRED ON
    CXX_EXTENSIONS OFF
    CXX_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON
    LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
  target_link_libraries(${name} PRIVATE rraebench_sdk)
  target_link_options(${name} PRIVATE -Wl,-z,nodelete -Wl,-z,defs)
  if(TARGET rraebench_torch_pch)
    set_target_properties(${name} PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib/rraebench/plugins)
    set_property(GLOBAL APPEND PROPERTY RRAEBENCH_PLUGINS ${name})
    rraebench_use_torch(${name} PRIVATE)
  endif()
endfunction()
