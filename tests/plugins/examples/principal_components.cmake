# principal_components.cpp, which is what `rraebench new-plugin --kind closed-form principal-components` writes.
set(template ${CMAKE_CURRENT_LIST_DIR}/../../../plugins/template/closed-form/my_model.cpp)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${template})
file(READ ${template} source)
string(REPLACE "my-model" "principal-components" source "${source}")
string(REPLACE "MyModel" "PrincipalComponents" source "${source}")
set(principal_components ${CMAKE_CURRENT_BINARY_DIR}/principal_components.cpp)
file(CONFIGURE OUTPUT ${principal_components} CONTENT "${source}" @ONLY)
