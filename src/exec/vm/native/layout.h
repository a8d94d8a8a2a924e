// Where the vectors stand within boxes, found out by looking at real ones: native code reads them directly.
#pragma once

#include <cstdint>

namespace fac::vm {

struct BoxLayout {
  bool known = false;           // vectors are {begin, end, end of capacity}
  std::int32_t list = 0;        // offset of a list's vector, whatever its elements
  std::int32_t slots = 0;       // of an object's
};

const BoxLayout& box_layout();

}  // namespace fac::vm
