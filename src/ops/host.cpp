#include "ops/host.h"

#include <atomic>

namespace fac {
namespace {
std::atomic<void (*)(std::string_view)> g_print{nullptr};
std::atomic<void (*)(std::string_view, std::string_view)> g_warn{nullptr};
}  // namespace

Host host() { return {g_print.load(), g_warn.load()}; }
void set_host(Host h) {
  g_print.store(h.print);
  g_warn.store(h.warn);
}

}  // namespace fac
