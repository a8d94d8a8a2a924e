// Names of c10::cuda and at::cuda for programs that choose a device at run time. This build computes on the CPU: what asks
// says that there is no other device, what releases memory has nothing to release, what needs a device is an error.
#pragma once

#include "facula/libtorch_names.h"

namespace facula {
namespace cuda {

namespace detail {
[[noreturn]] inline void no_device(const char* what) {
  fail(std::string(what) + ": this build computes on the CPU alone; ask torch::cuda::is_available() first");
}
}  // namespace detail

using DeviceIndex = std::int8_t;
inline DeviceIndex current_device() { detail::no_device("current_device"); }
inline void set_device(DeviceIndex) { detail::no_device("set_device"); }
inline void device_synchronize() {}
inline void empty_cache() {}

class CUDAStream {
 public:
  [[noreturn]] CUDAStream() { detail::no_device("CUDAStream"); }
  void* stream() const { return nullptr; }
  DeviceIndex device_index() const { return -1; }
  Device device() const { return Device(kCUDA); }
  bool query() const { return true; }
  void synchronize() const {}
  friend bool operator==(const CUDAStream&, const CUDAStream&) { return true; }
  friend bool operator!=(const CUDAStream&, const CUDAStream&) { return false; }
};
inline CUDAStream getCurrentCUDAStream(DeviceIndex = -1) { return {}; }
inline CUDAStream getDefaultCUDAStream(DeviceIndex = -1) { return {}; }
inline CUDAStream getStreamFromPool(bool = false, DeviceIndex = -1) { return {}; }
inline void setCurrentCUDAStream(const CUDAStream&) {}

// Entering a device is an error where there is none; the optional guards may stay empty.
class CUDAGuard {
 public:
  explicit CUDAGuard(DeviceIndex) { detail::no_device("CUDAGuard"); }
  explicit CUDAGuard(const Device&) { detail::no_device("CUDAGuard"); }
  void set_index(DeviceIndex) {}
  void set_device(const Device&) {}
};
class OptionalCUDAGuard {
 public:
  OptionalCUDAGuard() = default;
  explicit OptionalCUDAGuard(const std::optional<Device>& d) {
    if (d && d->is_cuda()) detail::no_device("OptionalCUDAGuard");
  }
  void set_index(DeviceIndex) { detail::no_device("OptionalCUDAGuard"); }
  void set_device(const Device& d) {
    if (d.is_cuda()) detail::no_device("OptionalCUDAGuard");
  }
};
class CUDAStreamGuard {
 public:
  explicit CUDAStreamGuard(const CUDAStream&) {}
};
class OptionalCUDAStreamGuard {
 public:
  OptionalCUDAStreamGuard() = default;
  explicit OptionalCUDAStreamGuard(const CUDAStream&) {}
};

class CUDAEvent {
 public:
  explicit CUDAEvent(unsigned = 0) {}
  void record() { detail::no_device("CUDAEvent"); }
  void record(const CUDAStream&) {}
  void block(const CUDAStream&) {}
  bool query() const { return true; }
  void synchronize() const {}
  float elapsed_time(const CUDAEvent&) const { detail::no_device("CUDAEvent"); }
};

namespace CUDACachingAllocator {
inline void emptyCache() {}
inline void resetPeakStats(DeviceIndex) {}
inline void resetAccumulatedStats(DeviceIndex) {}
}  // namespace CUDACachingAllocator

}  // namespace cuda
}  // namespace facula
