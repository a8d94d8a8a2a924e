# Printing takes no time that matters, and a sixth of the room in the library this way.
set_source_files_properties(${PROJECT_SOURCE_DIR}/src/tensor/repr.cpp ${PROJECT_SOURCE_DIR}/src/tensor/print.cpp
  PROPERTIES COMPILE_OPTIONS $<$<CONFIG:Release>:-Os>)
