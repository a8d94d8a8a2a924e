# What prepares is compiled small; what runs (the loop, its calls, the steps of plans) stays fast.
target_compile_options(room_exec PRIVATE $<$<CONFIG:Release>:-O2>)
set_source_files_properties(${PROJECT_SOURCE_DIR}/src/exec/vm/run.cpp PROPERTIES COMPILE_OPTIONS $<$<CONFIG:Release>:-O3>)
foreach(source vm/lower vm/registers vm/disassemble vm/frames vm/native/assembler vm/native/compile vm/native/emit_objects
               vm/native/emit_scalar vm/native/flow vm/native/layout plan/builder plan/regions plan/blocked plan/lean plan/lean_maker plan/lean_nodes
               plan/lean_results plan/lean_operator plan/lean_native)
  set_source_files_properties(${PROJECT_SOURCE_DIR}/src/exec/${source}.cpp PROPERTIES COMPILE_OPTIONS $<$<CONFIG:Release>:-Os>)
endforeach()
