// What may share memory, and what may be written. Conservative: values are sorted into classes, two values of one
// class may share memory or contain one another, values of different classes never do. Inputs, constants, attributes
// and whatever calls touched are one class, the outside. A wrong "no" would be a silent wrong answer: when in doubt,
// everything is joined.
#pragma once

#include <vector>

#include "ir/graph.h"

namespace fac::ir {

class AliasInfo {
 public:
  // Cost: O(nodes). Values created afterwards count as outside and written.
  explicit AliasInfo(const Graph& g);

  bool may_alias(ValueId a, ValueId b) const;
  // Whether some node of the graph may write memory that is reached through v, or change a list, dict or object in it.
  bool may_be_written(ValueId v) const;
  // The same without the memory of tensors in it: whether a list or dict keeps its elements.
  bool container_may_be_written(ValueId v) const;
  // Whether anything that was there before the graph runs, or is seen after it, may be written.
  bool outside_may_be_written() const { return classes_[find(kOutside)].written != 0; }
  // Whether it is seen before or after the graph runs, or by a call: returned, stored in an attribute, given as input.
  bool escapes(ValueId v) const;
  // A tensor, list, dict or object, or something that holds one. Other values never share memory.
  static bool is_mutable(const TypePtr& t);
  // The inputs that the node writes though its schema does not mark them: running statistics of norms in training.
  static std::vector<std::size_t> statistics_written(const Graph& g, NodeId n);
  // An operator that the table lacks: executing it is an error, so it never writes anything.
  static bool cannot_run(const Node& n) { return !n.op && n.kind.str().starts_with("aten::"); }
  // Whether the node's results never share memory with its inputs: a known operator without alias marks.
  static bool makes_fresh(const Graph& g, NodeId n);

 private:
  enum Written : std::uint8_t { kTensor = 1, kContainer = 2, kObject = 4, kAll = 7 };
  struct Class {
    std::uint8_t written = 0;
    bool escapes = false;
  };
  using Index = std::uint32_t;
  static constexpr Index kOutside = 0;

  static std::uint8_t reach_of(const TypePtr& t);
  Index find(Index c) const;
  void join(Index a, Index b);
  Index of(ValueId v) const { return find(v.index + 1); }
  bool tracked(ValueId v) const;
  void block(BlockId b);
  void node(NodeId n);
  void call(NodeId n);
  void schema(NodeId n);
  void join_all(NodeId n);
  void write(ValueId v, std::uint8_t what);

  const Graph& g_;
  std::size_t value_count_;
  mutable std::vector<Index> parent_;
  std::vector<Class> classes_;
};

// For a value whose memory is fresh, reached through it alone: whether nobody writes it and nobody outside the graph
// gets hold of it, so that one copy may serve all runs. Follows its uses.
bool is_private_and_unwritten(const Graph& g, ValueId v);

}  // namespace fac::ir
