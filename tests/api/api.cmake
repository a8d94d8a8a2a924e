# The C++ API seen from outside: the project beside this file is configured, built and run with CMake as a user's would be,
# with the package of the build tree.
if(TARGET facula_shared)
  add_test(NAME api_programs COMMAND ${CMAKE_CTEST_COMMAND}
    --build-and-test ${CMAKE_CURRENT_LIST_DIR} ${CMAKE_CURRENT_BINARY_DIR}/api_programs
    --build-generator ${CMAKE_GENERATOR} --build-options -DCMAKE_PREFIX_PATH=${PROJECT_BINARY_DIR}
      -DCMAKE_CXX_COMPILER=${CMAKE_CXX_COMPILER} -DCMAKE_CXX_COMPILER_LAUNCHER=${CMAKE_CXX_COMPILER_LAUNCHER}
      -DCMAKE_CXX_FLAGS=${CMAKE_CXX_FLAGS} -DCMAKE_BUILD_TYPE=Debug
    --test-command ${CMAKE_CTEST_COMMAND} --output-on-failure)
  set_property(TEST api_programs PROPERTY LABELS api)
  if(CMAKE_NM AND UNIX AND NOT APPLE AND NOT CMAKE_CXX_FLAGS MATCHES "-fsanitize")
    add_test(NAME api_symbols COMMAND ${CMAKE_COMMAND} -DNM=${CMAKE_NM} -DLIBRARY=$<TARGET_FILE:facula_shared>
      -DEXPECTED=${CMAKE_CURRENT_LIST_DIR}/symbols.txt -P ${CMAKE_CURRENT_LIST_DIR}/symbols.cmake)
    set_property(TEST api_symbols PROPERTY LABELS api text)
  endif()
endif()
