# Our Python modules (py/NAME.py: the module NAME, dots and all) become part of the program.
file(GLOB python_modules CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/interp/py/*.py)
set(python_embedded ${PROJECT_BINARY_DIR}/generated/embedded_python.cpp)
add_custom_command(OUTPUT ${python_embedded}
  COMMAND ${CMAKE_COMMAND} -DNAMESPACE=fac::interp -DOUTPUT=${python_embedded} "-DFILES=${python_modules}" -P ${PROJECT_SOURCE_DIR}/cmake/embed_compressed.cmake
  DEPENDS ${python_modules} ${PROJECT_SOURCE_DIR}/cmake/embed_compressed.cmake VERBATIM
  COMMENT "Embedding the Python modules of the interpreter")
target_sources(room_interp PRIVATE ${python_embedded})
