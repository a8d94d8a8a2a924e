// Passes: named functions on a graph, each in its own file below ir/passes/; ir/passes.def lists them in order.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string_view>

#include "ir/graph.h"

namespace fac::ir {

// The text of FACULA_DUMP-style tracing goes here after each pass; empty: none.
using DumpSink = std::function<void(std::string_view pass, const Graph&)>;

#define PASS(name, what) bool name(Graph& g);
#include "ir/passes.def"
#undef PASS

struct PassInfo {
  std::string_view name, what;
  bool (*run)(Graph&);
  bool makes_weights;  // new copies of weights: worth it for archives, not before a plan
};
std::span<const PassInfo> all_passes();
const PassInfo* find_pass(std::string_view name);

// Replaces calls of functions and methods by their bodies, recursively, recording inline scopes. errors: a body that
// does not compile. Recursive functions stay calls.
Status inline_calls(Graph& g);

// Replaces GetAttr chains from the first parameter (`self`) by constants (tensors keep their identity), for attributes
// that nothing in reach assigns or writes in place: neither this graph nor other methods of the objects reachable from
// `self`. Calls on interfaces whose object becomes known are inlined. `used` receives every object whose slots were
// read, for the caller's validity check (ObjectBox::version). `own` is the qualified name of the graph's function.
// Needs: inline_calls. errors: a body that does not compile.
Status freeze_attributes(Graph& g, const Ref<ObjectBox>& self, std::vector<Ref<ObjectBox>>* used,
                         std::string_view own = {});

// Orders what branches and loops give by first use, as PyTorch does after compiling. Part of compiling, not of optimize().
void canonical_outputs(Graph& g);

// All passes of passes.def but those that make weights, until nothing changes, in order (bounded). In debug builds verify() runs between them.
Status optimize(Graph& g, const DumpSink& dump = {});

}  // namespace fac::ir
