#include <algorithm>

#include "value/type.h"
#include "value/value.h"

namespace fac {

ClassType::ClassType(std::string qualified_name, bool is_module)
    : Type(TypeKind::kClass, {}, std::move(qualified_name)), is_module_(is_module) {}
ClassType::~ClassType() = default;

std::optional<std::size_t> ClassType::find_attribute(std::string_view name) const {
  for (std::size_t i = 0; i < attributes_.size(); ++i)
    if (attributes_[i].name == name) return i;
  return std::nullopt;
}

std::size_t ClassType::add_attribute(Attribute a) {
  attributes_.push_back(std::move(a));
  return attributes_.size() - 1;
}

void ClassType::remove_attribute(std::size_t slot) {
  attributes_.erase(attributes_.begin() + static_cast<std::ptrdiff_t>(slot));
}

const Value* ClassType::find_constant(std::string_view name) const {
  for (const auto& [key, value] : constants_)
    if (key == name) return &value;
  return nullptr;
}

void ClassType::add_constant(std::string name, Value v) { constants_.emplace_back(std::move(name), std::move(v)); }

Callable* ClassType::find_method(std::string_view name) const {
  for (Callable* f : methods_)
    if (f->name() == name) return f;
  return nullptr;
}

void ClassType::remove_method(std::string_view name) {
  std::erase_if(methods_, [name](const Callable* f) { return f->name() == name; });
}

const ClassType::Property* ClassType::find_property(std::string_view name) const {
  for (const auto& p : properties_)
    if (p.name == name) return &p;
  return nullptr;
}

}  // namespace fac
