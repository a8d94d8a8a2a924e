# find_package(TorchVision): torchvision's operators are part of Facula, its C++ header is there for programs that include it.
include(CMakeFindDependencyMacro)
find_dependency(Torch HINTS ${CMAKE_CURRENT_LIST_DIR}/../Torch)
if(NOT TARGET TorchVision::TorchVision)
  add_library(TorchVision::TorchVision INTERFACE IMPORTED)
  set_property(TARGET TorchVision::TorchVision PROPERTY INTERFACE_LINK_LIBRARIES torch)
endif()
set(TORCHVISION_LIBRARIES TorchVision::TorchVision)
