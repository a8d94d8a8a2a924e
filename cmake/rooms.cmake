# facula_room(NAME): an object library of every .cpp below src/NAME.
add_library(facula_options INTERFACE)
target_include_directories(facula_options INTERFACE ${PROJECT_SOURCE_DIR}/src ${FACULA_HWY_INCLUDE})
target_compile_options(facula_options INTERFACE -Wall -Wextra -Wconversion
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>  # g++ 12 warns of `"text" + std::string` (GCC bug 105651)
  $<$<BOOL:${FACULA_WERROR}>:-Werror>
  -fno-math-errno -ffunction-sections -fdata-sections)
target_link_libraries(facula_options INTERFACE Threads::Threads)

# Sanitizers make each kernel several times slower to compile; one target instead of four makes that affordable. AVX2 has
# the vector code and its tails, which a baseline of one lane would not show. (The preset leaves out the checks for null:
# with them g++ 12 refuses the operator rows, as the address of a constant is no constant expression then.)
set(FACULA_KERNEL_TARGET "" CACHE STRING "compile for this CPU target only: AVX2, baseline; empty: all, chosen at run time")
if(FACULA_KERNEL_TARGET)
  target_compile_definitions(facula_options INTERFACE HWY_COMPILE_ONLY_STATIC)
  if(FACULA_KERNEL_TARGET STREQUAL "AVX2")
    target_compile_options(facula_options INTERFACE -mavx2 -mfma -mf16c -mbmi -mbmi2 -maes -mpclmul)
  endif()
endif()

function(facula_room room)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${room}/*.cpp)
  if(NOT sources)
    add_library(room_${room} INTERFACE)
    return()
  endif()
  add_library(room_${room} OBJECT ${sources})
  target_link_libraries(room_${room} PRIVATE facula_options)
  # Where time goes into kernels and the VM's loop (-O3), the rest is better small: the library's size is a promise.
  if(room MATCHES "^(ops|frontend|interp|ir|archive|module|facade)$")
    target_compile_options(room_${room} PRIVATE $<$<CONFIG:Release>:-Os>)
  elseif(room MATCHES "^(value|source)$")
    target_compile_options(room_${room} PRIVATE $<$<CONFIG:Release>:-O2>)
  endif()
  if(EXISTS ${PROJECT_SOURCE_DIR}/src/${room}/room.cmake)
    include(${PROJECT_SOURCE_DIR}/src/${room}/room.cmake)
  endif()
  set_property(GLOBAL APPEND PROPERTY FACULA_ROOMS room_${room})
endfunction()
