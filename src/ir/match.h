// Which overload of an operator takes given inputs. Graphs name operators without their overload ("aten::add"); the
// types of a node's inputs, which stand for every argument of the schema in order, decide.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "ops/table.h"

namespace fac::ir {

// Whether values of these types are accepted as they are, without conversion.
bool accepts(const Schema& s, std::span<const TypePtr> inputs);
// The first overload that accepts them; null if there is none or the name is unknown.
const ops::Overload* match_overload(std::string_view qualified_name, std::span<const TypePtr> inputs);
// Types of the results for these inputs; type variables are replaced. Nothing if the inputs do not fit.
std::optional<std::vector<TypePtr>> result_types(const Schema& s, std::span<const TypePtr> inputs);

}  // namespace fac::ir
