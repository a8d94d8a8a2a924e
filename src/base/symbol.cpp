#include "base/symbol.h"

#include <deque>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <unordered_map>

namespace fac {
namespace {

struct Table {
  std::shared_mutex mutex;
  std::deque<std::string> texts{""};  // deque: references stay valid while it grows
  std::unordered_map<std::string_view, std::uint32_t> ids{{"", 0}};
};
Table& table() {
  static Table* t = new Table;  // never destroyed: symbols may be used by other static objects' destructors
  return *t;
}

}  // namespace

Symbol::Symbol(std::string_view text) {
  Table& t = table();
  {
    std::shared_lock lock(t.mutex);
    if (auto it = t.ids.find(text); it != t.ids.end()) {
      id_ = it->second;
      return;
    }
  }
  std::unique_lock lock(t.mutex);
  if (auto it = t.ids.find(text); it != t.ids.end()) {
    id_ = it->second;
    return;
  }
  t.texts.emplace_back(text);
  id_ = static_cast<std::uint32_t>(t.texts.size() - 1);
  t.ids.emplace(t.texts.back(), id_);
}

std::string_view Symbol::str() const {
  Table& t = table();
  std::shared_lock lock(t.mutex);
  return t.texts[id_];
}

}  // namespace fac
