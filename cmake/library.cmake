# The library as users link it: libfacula.so and libfacula.a, made of the rooms' objects; and its package: headers, CMake
# and pkg-config files, for programs that ask for Facula and for those that ask for Torch.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

get_property(rooms GLOBAL PROPERTY FACULA_ROOMS)
set(objects)
foreach(room ${rooms})
  list(APPEND objects $<TARGET_OBJECTS:${room}>)
endforeach()

foreach(kind SHARED STATIC)
  string(TOLOWER ${kind} suffix)
  add_library(facula_${suffix} ${kind} ${objects})
  set_target_properties(facula_${suffix} PROPERTIES OUTPUT_NAME facula LINKER_LANGUAGE CXX)
  target_include_directories(facula_${suffix} INTERFACE
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<BUILD_INTERFACE:${FACULA_GENERATED_INCLUDE}>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  target_compile_features(facula_${suffix} INTERFACE cxx_std_17)
  add_dependencies(facula_${suffix} api_headers)
endforeach()
set_target_properties(facula_shared PROPERTIES VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}
                      EXPORT_NAME facula)
set_target_properties(facula_static PROPERTIES EXPORT_NAME static)
add_library(facula::facula ALIAS facula_shared)
add_library(facula::static ALIAS facula_static)
target_link_libraries(facula_shared PRIVATE ZLIB::ZLIB Threads::Threads)
target_link_libraries(facula_static PUBLIC ZLIB::ZLIB Threads::Threads)
if(UNIX AND NOT APPLE)
  target_link_options(facula_shared PRIVATE -Wl,--gc-sections -Wl,-z,defs -Wl,--exclude-libs,ALL
                      -Wl,--version-script=${PROJECT_SOURCE_DIR}/cmake/exports.map)
  set_property(TARGET facula_shared APPEND PROPERTY LINK_DEPENDS ${PROJECT_SOURCE_DIR}/cmake/exports.map)
  # Relative relocations as a bit map: 0.3 MB less, and less to do at start. The C library that the linker finds (glibc 2.36) must
  # know them; a program that is linked so says that it needs it.
  include(CheckLinkerFlag)
  check_linker_flag(CXX -Wl,-z,pack-relative-relocs FACULA_PACKS_RELOCATIONS)
  if(FACULA_PACKS_RELOCATIONS)
    target_link_options(facula_shared PRIVATE -Wl,-z,pack-relative-relocs)
  endif()
endif()

install(TARGETS facula_shared facula_static EXPORT facula
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
  RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(DIRECTORY ${FACULA_GENERATED_INCLUDE}/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})

# share/cmake/<name> is searched below every prefix, whatever the library directory is called.
set(package_dir share/cmake/facula)
set(torch_package_dir share/cmake/Torch)
install(EXPORT facula NAMESPACE facula:: FILE facula-targets.cmake DESTINATION ${package_dir})
export(EXPORT facula NAMESPACE facula:: FILE ${PROJECT_BINARY_DIR}/${package_dir}/facula-targets.cmake)
configure_file(${PROJECT_SOURCE_DIR}/cmake/facula-config.cmake.in
               ${PROJECT_BINARY_DIR}/${package_dir}/facula-config.cmake @ONLY)
configure_file(${PROJECT_SOURCE_DIR}/cmake/TorchConfig.cmake.in
               ${PROJECT_BINARY_DIR}/${torch_package_dir}/TorchConfig.cmake @ONLY)
configure_file(${PROJECT_SOURCE_DIR}/cmake/TorchVisionConfig.cmake
               ${PROJECT_BINARY_DIR}/share/cmake/TorchVision/TorchVisionConfig.cmake COPYONLY)
install(FILES ${PROJECT_SOURCE_DIR}/cmake/TorchVisionConfig.cmake DESTINATION share/cmake/TorchVision)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/${package_dir}/facula-config-version.cmake
                                 VERSION ${PROJECT_VERSION} COMPATIBILITY SameMajorVersion)
# Programs ask for the libtorch that they were written for; its interface, not its version, is what Facula has.
file(WRITE ${PROJECT_BINARY_DIR}/${torch_package_dir}/TorchConfigVersion.cmake
     "set(PACKAGE_VERSION 2.13.0)\nset(PACKAGE_VERSION_COMPATIBLE TRUE)\n")
# The file says where it stands, so that an installed tree may be moved.
file(RELATIVE_PATH FACULA_PC_TO_PREFIX /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
configure_file(${PROJECT_SOURCE_DIR}/cmake/facula.pc.in ${PROJECT_BINARY_DIR}/facula.pc @ONLY)
install(DIRECTORY ${PROJECT_BINARY_DIR}/${package_dir}/ DESTINATION ${package_dir}
        FILES_MATCHING PATTERN "facula-config*.cmake")
install(DIRECTORY ${PROJECT_BINARY_DIR}/${torch_package_dir}/ DESTINATION ${torch_package_dir})
install(FILES ${PROJECT_BINARY_DIR}/facula.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
