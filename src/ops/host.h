// What a running program may ask of its host: where `print` and `warnings.warn` go. The library itself never prints;
// the facade installs the process's standard streams, a Python host its own.
#pragma once

#include <string_view>

namespace fac {

struct Host {
  void (*print)(std::string_view text) = nullptr;                    // text ends with a newline
  void (*warn)(std::string_view text, std::string_view where) = nullptr;  // where: "file.py:12" or empty
};
Host host();  // null members: the text is dropped
void set_host(Host h);

}  // namespace fac
