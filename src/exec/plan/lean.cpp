#include "exec/plan/lean.h"

#include <algorithm>

#include "exec/plan/lean_maker.h"

namespace fac::plan {

namespace {
bool may_be_lean(const ir::Graph& region) {
  bool fits = true, ended = false;
  region.for_each(region.top(), [&](ir::NodeId n) {
    const auto& node = region.node(n);
    const std::string_view kind = node.kind.str();
    if (kind == "prim::Constant" || kind == "prim::ListConstruct") return;
    static constexpr std::string_view kOthers[] = {"aten::select", "aten::slice", "aten::unsqueeze", "aten::view", "aten::size"};
    const bool known = std::find(std::begin(kOthers), std::end(kOthers), kind) != std::end(kOthers);
    const bool integer = node.op && node.outputs.size() == 1 && region.type(node.outputs[0])->kind() == TypeKind::kInt;
    const bool last = node.op && LeanRegion::may_be_last(*node.op);
    fits = fits && !ended && node.blocks.empty() && node.op && (known || integer || last || node.op->has(kPointwise));
    ended = ended || last;
  });
  return fits && (ended || region.outputs().size() > 0);
}
}  // namespace

std::unique_ptr<const LeanProgram> LeanProgram::make(const ir::Graph& region, std::span<const Value* const> args) {
  lean::Maker maker(region, args);
  if (!maker.walk()) return nullptr;
  return lean::make_program(maker.take());
}

bool LeanRegion::may_be_last(const ops::Overload& op) {
  static constexpr std::string_view kNames[] = {"aten::copy_", "aten::add_", "aten::sub_", "aten::mul_", "aten::div_"};
  if (std::find(std::begin(kNames), std::end(kNames), op.name()) == std::end(kNames)) return false;
  return op.overload() == "Tensor" || op.overload() == "Scalar" || (op.overload().empty() && op.name() == kNames[0]);
}

std::shared_ptr<LeanRegion> LeanRegion::create(std::shared_ptr<const ir::Graph> region) {
  if (!may_be_lean(*region)) return nullptr;
  return std::shared_ptr<LeanRegion>(new LeanRegion(std::move(region)));
}

// Those that there are are asked first; some calls that none of them takes make another one.
bool LeanRegion::run(std::span<const Value* const> args, std::span<Value> results) {
  for (const auto& slot : programs_) {
    const LeanProgram* program = slot.load(std::memory_order_acquire);
    if (!program) break;
    if (program->run(args, results)) return true;
  }
  const auto small = [](const Value* v) { return !v->is_tensor() || v->tensor_impl()->numel <= LeanProgram::kMost; };
  if (tries_.load(std::memory_order_relaxed) >= kTries || !std::all_of(args.begin(), args.end(), small)) return false;
  const std::lock_guard lock(mutex_);
  const std::uint32_t tries = tries_.fetch_add(1, std::memory_order_relaxed);
  if (tries < kPlainRuns || tries >= kTries || owned_.size() == kPrograms) return false;
  auto made = LeanProgram::make(*region_, args);
  if (!made || !made->run(args, results)) return false;
  programs_[owned_.size()].store(made.get(), std::memory_order_release);
  owned_.push_back(std::move(made));
  return true;
}

std::string LeanRegion::text() const {
  const std::lock_guard lock(mutex_);
  std::string out;
  for (const auto& program : owned_) out += "  lean: " + program->text() + "\n";
  return out;
}

}  // namespace fac::plan
