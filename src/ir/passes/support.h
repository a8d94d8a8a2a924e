// What several passes need.
#pragma once

#include "ir/graph.h"

namespace fac::ir {

// Whether a value may stand as prim::Constant: numbers, strings, tensors, enums, and containers of such.
bool can_be_constant(const Value& v);
// A constant before `at`, in its range and scope. A declared type that says less than the value is narrowed.
ValueId constant_before(Graph& g, NodeId at, Value v, const TypePtr& declared);
// Replaces a single-output node by a value; the node is erased.
void replace_node(Graph& g, NodeId n, ValueId by);
// Puts the nodes of a block before `at` (the node that owns it), whose parameters must be unused already.
void splice_before(Graph& g, NodeId at, BlockId b);
std::optional<std::int64_t> constant_int(const Graph& g, ValueId v);
std::optional<bool> constant_bool(const Graph& g, ValueId v);
// The node that made a value, when its kind is as given; else none.
NodeId producer_of_kind(const Graph& g, ValueId v, Symbol kind);
bool may_be_none(const TypePtr& t);

}  // namespace fac::ir
