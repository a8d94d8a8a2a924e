# The room is compiled small; what is there for its speed is not.
set_source_files_properties(${PROJECT_SOURCE_DIR}/src/ops/tiny.cpp PROPERTIES COMPILE_OPTIONS $<$<CONFIG:Release>:-O2>)
