# Writes Vega's modules into one file that defines the global `vega`.
# cmake -DOUTPUT=<file> -DVEGA_DIR=<folder> "-DMODULES=util;..." -DPARTS_DIR=<folder> -P bundle.cmake
function(append_file path)
  file(READ ${path} content)
  # Source maps are not inlined, and a page that needs no other file should not name one.
  string(REGEX REPLACE "//# sourceMappingURL=[^\n]*" "" content "${content}")
  if("${content}" MATCHES "</[sS][cC][rR][iI][pP][tT]|<!--")
    message(FATAL_ERROR "${path} would end the script element that it is inlined in")
  endif()
  file(APPEND ${OUTPUT}.new "${content}")
endfunction()

file(WRITE ${OUTPUT}.new "")
append_file(${PARTS_DIR}/licence.js)
append_file(${PARTS_DIR}/registry.js)
foreach(module IN LISTS MODULES)
  set(name ${module})
  if(module STREQUAL "selection")
    set(name selections)  # The one module that Debian's file name and the others' require() call differently.
  endif()
  file(APPEND ${OUTPUT}.new "define(\"vega-${name}\", function (require, module, exports) {\n")
  append_file(${VEGA_DIR}/vega-${module}.min.js)
  file(APPEND ${OUTPUT}.new "\n});\n")
endforeach()
append_file(${PARTS_DIR}/index.js)
file(RENAME ${OUTPUT}.new ${OUTPUT})
