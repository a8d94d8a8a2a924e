// unroll_loops — writes short loops with a known number of trips out, as over a list of layers or a tuple of sizes.
//   Needs: verified graph.  Keeps: order of effects.
//   Bounds: kMostTrips trips, kMostNodes nodes in all; a loop of one trip always.  Cost: O(size of the result).
#include "ir/passes.h"
#include "ir/passes/support.h"
#include "ir/symbols.h"

namespace fac::ir {
namespace {

constexpr std::int64_t kMostTrips = 16;
constexpr std::int64_t kMostNodes = 1024;

std::optional<std::int64_t> known_trips(const Graph& g, NodeId n) {
  const Node& at = g.node(n);
  const auto trips = constant_int(g, at.inputs[0]);
  if (!trips || *trips < 1 || constant_bool(g, at.inputs[1]) != true) return std::nullopt;
  const auto goes_on = constant_bool(g, g.block(at.blocks[0]).returns[0]);
  if (goes_on == false) return 1;  // leaves after the first trip
  if (*trips == 1) return 1;
  if (goes_on != true || *trips > kMostTrips) return std::nullopt;
  std::int64_t nodes = 0;
  g.for_each_deep(at.blocks[0], [&](NodeId) { ++nodes; });
  if (nodes * *trips > kMostNodes) return std::nullopt;
  return trips;
}

void unroll(Graph& g, NodeId n, std::int64_t trips) {
  const BlockId body = g.node(n).blocks[0];
  const auto params = g.block(body).params;
  std::vector<ValueId> carried(g.node(n).inputs.begin() + 2, g.node(n).inputs.end());
  for (std::int64_t trip = 0; trip < trips; ++trip) {
    std::vector<ValueId> map(g.value_count());
    for (std::uint32_t i = 0; i < map.size(); ++i) map[i] = ValueId{i};  // outer values stand for themselves
    map[params[0].index] = constant_before(g, n, trip, types::int_());
    for (std::size_t i = 0; i < carried.size(); ++i) map[params[i + 1].index] = carried[i];
    auto returns = g.copy_block(g, body, g.node(n).parent, n, map);
    carried.assign(returns.begin() + 1, returns.end());
  }
  for (std::size_t i = 0; i < carried.size(); ++i) g.replace_uses(g.node(n).outputs[i], carried[i]);
  g.erase(n);
}

}  // namespace

bool unroll_loops(Graph& g) {
  std::vector<std::pair<NodeId, std::int64_t>> loops;
  g.for_each_deep(g.top(), [&](NodeId n) {
    if (g.node(n).kind != sym::Loop) return;
    if (const auto trips = known_trips(g, n)) loops.emplace_back(n, *trips);
  });
  // Inner loops come after the outer ones that hold them and are written out first.
  for (auto at = loops.rbegin(); at != loops.rend(); ++at) unroll(g, at->first, at->second);
  return !loops.empty();
}

}  // namespace fac::ir
