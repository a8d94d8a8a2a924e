// Which attributes programs may change: by assignment, or by writing into what they hold.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ir/unit.h"

namespace fac::ir {

using AttributeSet = std::set<std::pair<const ClassType*, std::string>>;

// Functions that a raw (not inlined) graph calls, itself included, as far as they are known; adds to `seen`.
// Bodies that do not compile are left out: they cannot run.
void add_callees(const Graph& g, std::set<Function*>& seen);

// Attributes that the graph assigns (prim::SetAttr).
void add_assigned(const Graph& g, AttributeSet& out);

// Attributes holding memory that some node of the graph may write: followed from each written value back through
// views, containers and control flow to prim::GetAttr. Gives false where the origin of a write cannot be followed:
// then every attribute counts as written.
bool add_written(const Graph& g, AttributeSet& out);

// A cheap test: whether any node writes an argument at all.
bool has_writes(const Graph& g);

// freeze_attributes (passes.h), but `kept` stay attributes: somebody will set them later.
Status freeze_attributes_except(Graph& g, const Ref<ObjectBox>& self, std::vector<Ref<ObjectBox>>* used,
                                std::string_view own, const AttributeSet& kept);

}  // namespace fac::ir
