#include "frontend/script/environment.h"

namespace fac::script {

const Variable* Environment::find_between(Symbol name, std::size_t first, std::size_t end) const {
  for (std::size_t i = end; i-- > first;) {
    const auto found = frames_[i].variables.find(name);
    if (found != frames_[i].variables.end()) return found->second.removed ? nullptr : &found->second;
  }
  return nullptr;
}

const Variable* Environment::find_in_parents(Symbol name) const {
  std::size_t depth = frames_.size() - 1;
  while (depth > 0 && frames_[depth].continues) --depth;
  std::size_t first = depth;
  while (first > 0 && !frames_[first].own_scope) --first;
  return find_between(name, first, depth);
}

std::vector<std::string_view> Environment::names() const {
  std::vector<std::string_view> out;
  for (const auto& frame : frames_)
    for (const auto& [name, variable] : frame.variables)
      if (!variable.removed && !name.str().starts_with('$')) out.push_back(name.str());
  return out;
}

}  // namespace fac::script
