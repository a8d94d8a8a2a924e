// Autocasting, which Facula does not do: programs switch it off or clear its cache around a model, without effect.
#pragma once
#include "facula/libtorch_names.h"

namespace facula {
namespace autocast {
inline bool is_autocast_enabled(DeviceType) { return false; }
inline void set_autocast_enabled(DeviceType, bool) {}
inline bool is_enabled() { return false; }
inline void set_enabled(bool) {}
inline bool is_cpu_enabled() { return false; }
inline void set_cpu_enabled(bool) {}
inline void set_autocast_cache_enabled(bool) {}
inline void clear_cache() {}
inline int increment_nesting() { return 1; }
inline int decrement_nesting() { return 0; }
}  // namespace autocast
}  // namespace facula
