// Spelling suggestions.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace fac {

// Edits (insert, delete, replace, swap of neighbours) that turn a into b; more than `limit` counts as limit + 1.
std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit);

// The candidate nearest to `name`, or "" when none is near enough (a third of the name's length, at least one edit).
std::string_view nearest_name(std::string_view name, std::span<const std::string_view> candidates);

// "did you mean `relu`?", or "" when no candidate is near.
std::string did_you_mean(std::string_view name, std::span<const std::string_view> candidates);

}  // namespace fac
