// Steps on plain values: single operators, lists and tuples, conversions between layouts.
#pragma once

#include <memory>
#include <vector>

#include "exec/plan/variant.h"

namespace fac::plan {

bool is_metadata_op(std::string_view kind);

// The node as it stands: an operator of the table, or prim:: list and tuple nodes; null for anything else.
std::unique_ptr<Step> make_plain(const ir::Graph& g, ir::NodeId n, std::vector<Slot> in, std::vector<Slot> out);
std::unique_ptr<Step> make_list(std::vector<Slot> items, Slot out, TypePtr element);
std::unique_ptr<Step> make_list_copy(Slot in, Slot out);
std::unique_ptr<Step> make_contiguous(Slot s);                          // in place of the old value
std::unique_ptr<Step> make_block(Slot plain, Slot blocked);             // [N, C, H, W] float32 -> blocked
std::unique_ptr<Step> make_unblock(Slot blocked, Slot plain, Dims sizes);

// A blocked tensor for logical [n, c, h, w].
Result<Tensor> empty_blocked(std::int64_t n, std::int64_t c, std::int64_t h, std::int64_t w);

}  // namespace fac::plan
