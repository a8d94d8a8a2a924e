// Builds a variant: walks the region in order with the first call's values at hand, so that every shape is known by
// having happened; each step is run as soon as it is made.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "exec/plan/variant.h"
#include "exec/plan/weight_pool.h"

namespace fac::plan {

class VariantBuilder {
 public:
  VariantBuilder(const ir::Graph& g, std::span<const Value> args, Precision precision);
  // False: this region cannot be planned for these inputs.
  Result<bool> walk();
  Result<std::shared_ptr<Variant>> finish(std::span<Value> results, const std::function<ArenaLayout()>& layout);

  // --- what the step makers (conv.cpp, linear.cpp, blocked.cpp ...) use
  const ir::Graph& graph() const { return g_; }
  std::optional<kernels::DotForm> form() const { return dot_form(precision_); }  // of steps that multiply by constant weights
  // A value known for all runs of this variant: constants, and what follows from metadata.
  const Value* known(ir::ValueId v) const;
  std::optional<std::int64_t> known_int(ir::ValueId v) const;
  std::optional<double> known_number(ir::ValueId v) const;
  std::optional<bool> known_bool(ir::ValueId v) const;
  std::optional<Dims> known_ints(ir::ValueId v) const;     // List[int], or one int
  bool known_none(ir::ValueId v) const;
  Tensor constant_tensor(ir::ValueId v) const;             // undefined if v is not a constant tensor
  std::optional<std::vector<Tensor>> constant_tensors(ir::ValueId v) const;  // a list of constants, or a constant list

  bool has_plain(ir::ValueId v) const;
  bool has_blocked(ir::ValueId v) const;
  const Dims* sizes(ir::ValueId v) const;                  // logical sizes of a float32 blocked or any plain tensor
  DType dtype(ir::ValueId v) const;
  Tensor plain(ir::ValueId v) const;
  // Make the form available (adds a conversion step where needed) and give its slot.
  Result<Slot> need_plain(ir::ValueId v);
  Result<Slot> need_contiguous(ir::ValueId v);             // plain and contiguous
  Result<Slot> need_blocked(ir::ValueId v);                // [N, C, H, W] or [N, C, L] float32

  // The only reader of v's data, if there is one, it stands in v's block behind `after`, and reads v once.
  std::optional<ir::NodeId> only_reader(ir::ValueId v) const;
  // All readers of v's data (metadata aside); nullopt if it leaves the region or stands for another value too.
  std::optional<std::vector<ir::NodeId>> readers(ir::ValueId v) const;
  bool is_fused(ir::NodeId n) const { return fused_[n.index]; }
  // The tensors of a list value made by prim::ListConstruct in this region.
  std::optional<std::vector<ir::ValueId>> list_items(ir::ValueId v) const;

  // Adds a step and runs it. `fused`: nodes that the step covers besides the current one.
  Status add(std::unique_ptr<Step> step);
  void fuse(ir::NodeId n);
  // Declares the result of the step just added: its logical sizes.
  void define_blocked(ir::ValueId v, Dims sizes);
  void define_plain(ir::ValueId v);
  // For a value that was fused away: its sizes may still be asked for.
  void define_sizes(ir::ValueId v, Dims sizes);
  void watch(const Tensor& t);
  // For what outlives the run: packed weights have no place in its arena.
  AllocHook* weights() { return &pool_; }
  ir::ValueId rep(ir::ValueId v) const;  // behind casts and resolved branches

 private:
  struct State {
    bool known = false;   // a scalar, the same in every run
    bool pinned = false;  // stands in Variant::constants: never released
    bool plain = false, blocked = false, virtual_list = false;
    Dims sizes;       // of the blocked form or of a fused-away value
    bool has_sizes = false;
    std::uint32_t uses = 0;
  };
  Result<bool> walk_block(ir::BlockId b);
  Result<bool> node(ir::NodeId n);
  Result<bool> eager(ir::NodeId n);
  Result<bool> try_known(ir::NodeId n);
  Result<bool> branch(ir::NodeId n);
  Status materialise_list(ir::ValueId v);
  void skip_block(ir::BlockId b);
  void consume(ir::ValueId v, std::uint32_t count = 1);
  void set_known(ir::ValueId v, Value value);
  void alias(ir::ValueId from, ir::ValueId to);
  Tensor meta_tensor(ir::ValueId v) const;
  State& state(ir::ValueId v) { return states_[rep(v).index]; }
  const State& state(ir::ValueId v) const { return states_[rep(v).index]; }

  const ir::Graph& g_;
  const Precision precision_;
  std::vector<State> states_;
  std::vector<ir::ValueId> reps_;
  std::vector<bool> fused_, is_output_;
  std::vector<ir::ValueId> pending_;  // inputs of fused nodes, consumed with the current node
  std::shared_ptr<Variant> variant_;
  Frame frame_;
  WeightPool pool_;
};

// Step makers: true if the node became (part of) a step. Each looks at the node's kind first.
using StepMaker = Result<bool> (*)(VariantBuilder&, ir::NodeId);
#define STEP(name, what) Result<bool> name(VariantBuilder& b, ir::NodeId n);
#include "exec/plan/steps.def"
#undef STEP

}  // namespace fac::plan
