# g++ at -O3 keeps input numbers that the next turn of a loop will read again in registers ("predictive commoning").
# Our inner loops use all registers for sums, so those numbers land on the stack: the first layer of ResNet-34 runs at
# 95 instead of 167 GFLOP/s.
target_compile_options(room_kernels PRIVATE $<$<CXX_COMPILER_ID:GNU>:-fno-predictive-commoning>)

# Unrolling is asked for where g++ gains by it; clang says so where it cannot.
target_compile_options(room_kernels PRIVATE $<$<CXX_COMPILER_ID:Clang>:-Wno-pass-failed>)

# Polynomials on several vectors at once: interleaved by the compiler, their chains overlap (a third faster).
set_source_files_properties(${PROJECT_SOURCE_DIR}/src/kernels/epilogue.cpp ${PROJECT_SOURCE_DIR}/src/kernels/pointwise_f32_unary.cpp
  PROPERTIES COMPILE_OPTIONS "$<$<AND:$<CXX_COMPILER_ID:GNU>,$<CONFIG:Release>>:-fschedule-insns;-fsched-pressure>")

# Loops that are unrolled by hand, or are long chains that unrolling does not help: -O2 is as fast and a third smaller.
foreach(source gemm conv_general recurrent linalg linalg_eig linalg_jacobi linalg_ldl fft special_math sort)
  set_source_files_properties(${PROJECT_SOURCE_DIR}/src/kernels/${source}.cpp PROPERTIES COMPILE_OPTIONS $<$<CONFIG:Release>:-O2>)
endforeach()

# The same bits on every CPU target: products and sums of the scales are rounded one by one. The loops are unrolled by hand.
set_source_files_properties(${PROJECT_SOURCE_DIR}/src/kernels/reduced.cpp PROPERTIES COMPILE_OPTIONS "-ffp-contract=off;$<$<CONFIG:Release>:-Os>")
set_source_files_properties(${PROJECT_SOURCE_DIR}/src/kernels/reduced_dot.cpp PROPERTIES COMPILE_OPTIONS "-ffp-contract=off;$<$<CONFIG:Release>:-O2>")

# Not where time goes: half the size.
foreach(source linalg_eig linalg_jacobi linalg_ldl)
  set_source_files_properties(${PROJECT_SOURCE_DIR}/src/kernels/${source}.cpp PROPERTIES COMPILE_OPTIONS $<$<CONFIG:Release>:-Os>)
endforeach()
foreach(source upsample upsample_antialias upsample_bytes grid_sample search index_write)
  set_source_files_properties(${PROJECT_SOURCE_DIR}/src/kernels/${source}.cpp PROPERTIES COMPILE_OPTIONS $<$<CONFIG:Release>:-O2>)
endforeach()
