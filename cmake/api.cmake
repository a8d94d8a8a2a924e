# The generated part of the C++ API: gen_api reads the operator table and writes three headers into the build tree.
set(rooms_of_gen_api)
foreach(room base source tensor kernels value ops)
  list(APPEND rooms_of_gen_api $<TARGET_OBJECTS:room_${room}>)
endforeach()
add_executable(gen_api ${PROJECT_SOURCE_DIR}/tools/gen_api.cpp ${rooms_of_gen_api})
target_link_libraries(gen_api PRIVATE facula_options)

set(FACULA_GENERATED_INCLUDE ${PROJECT_BINARY_DIR}/include)
set(generated ${FACULA_GENERATED_INCLUDE}/facula/generated_tensor_methods.h
              ${FACULA_GENERATED_INCLUDE}/facula/generated_functions.h
              ${FACULA_GENERATED_INCLUDE}/facula/generated_namespaces.h)
file(MAKE_DIRECTORY ${FACULA_GENERATED_INCLUDE}/facula)
add_custom_command(OUTPUT ${generated} COMMAND gen_api ${generated} DEPENDS gen_api
                   COMMENT "Generating Tensor methods and functions from the operator table")
add_custom_target(api_headers ALL DEPENDS ${generated})
set_property(TARGET api_headers PROPERTY FACULA_FILES ${generated})

# The facade is compiled as users compile: against include/ and the generated headers, but in C++20.
if(TARGET room_facade)
  get_target_property(kind room_facade TYPE)
  if(kind STREQUAL "OBJECT_LIBRARY")
    target_include_directories(room_facade PRIVATE ${PROJECT_SOURCE_DIR}/include ${FACULA_GENERATED_INCLUDE})
    target_compile_definitions(room_facade PRIVATE FACULA_BUILDING FACULA_VERSION="${PROJECT_VERSION}")
    add_dependencies(room_facade api_headers)
  endif()
endif()
