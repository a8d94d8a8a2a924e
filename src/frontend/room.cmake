# The library of torch.nn and torch.nn.functional (nn/*.py, TorchScript text) becomes part of the program.
file(GLOB nn_files CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/frontend/nn/*.py)
set(nn_embedded ${PROJECT_BINARY_DIR}/generated/nn_library.cpp)
file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/generated)
add_custom_command(OUTPUT ${nn_embedded}
  COMMAND ${CMAKE_COMMAND} -DNAMESPACE=fac::nn -DOUTPUT=${nn_embedded} "-DFILES=${nn_files}" -P ${PROJECT_SOURCE_DIR}/cmake/embed_compressed.cmake
  DEPENDS ${nn_files} ${PROJECT_SOURCE_DIR}/cmake/embed_compressed.cmake VERBATIM
  COMMENT "Embedding the library of torch.nn")
target_sources(room_frontend PRIVATE ${nn_embedded})
