#include "exec/plan/plan.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <chrono>
#include <mutex>

#include "exec/plan/builder.h"
#include "exec/plan/lean.h"
#include "exec/plan/variant.h"

namespace fac::plan {
namespace {

constexpr std::size_t kMaxVariants = 8;  // kinds of input remembered; the one unused for longest goes first
constexpr std::size_t kMaxMisses = 64;   // inputs that never repeat: planning does not pay, run operator by operator

bool append_key(const Value& v, std::vector<std::int64_t>& key) {
  key.push_back(static_cast<std::int64_t>(v.tag()));
  switch (v.tag()) {
    case Tag::kNone: return true;
    case Tag::kBool:
    case Tag::kInt: key.push_back(v.i()); return true;
    case Tag::kFloat: key.push_back(std::bit_cast<std::int64_t>(v.d())); return true;
    case Tag::kDevice: key.push_back(static_cast<std::int64_t>(v.device().type)); return true;
    case Tag::kTensor: {
      const TensorImpl& t = *v.tensor_impl();
      key.push_back(static_cast<std::int64_t>(t.dtype) | static_cast<std::int64_t>(t.sizes.size()) << 8 |
                    static_cast<std::int64_t>(t.requires_grad) << 16 | static_cast<std::int64_t>(t.contiguous) << 17);
      key.insert(key.end(), t.sizes.begin(), t.sizes.end());
      if (!t.contiguous) key.insert(key.end(), t.strides.begin(), t.strides.end());
      return true;
    }
    case Tag::kStr:
      key.push_back(static_cast<std::int64_t>(v.str().size()));
      key.insert(key.end(), v.str().begin(), v.str().end());
      return true;
    case Tag::kList: {
      ListBox& list = v.list();
      key.push_back(static_cast<std::int64_t>(list.size()));
      if (list.size() > 64) return false;
      // Operators may give no tensor, and programs may put that into a list.
      const bool needed = list.element_type()->kind() == TypeKind::kTensor;
      for (std::size_t i = 0; i < list.size(); ++i) {
        const Value item = list.get(i);
        if ((needed && item.is_none()) || !append_key(item, key)) return false;
      }
      return true;
    }
    case Tag::kTuple:
      key.push_back(static_cast<std::int64_t>(v.tuple().values.size()));
      for (const Value& item : v.tuple().values)
        if (!append_key(item, key)) return false;
      return true;
    default: return false;
  }
}

// Loops over a few elements: what a plan saves is less than finding it costs, so after some runs it is left out.
constexpr std::int64_t kTiny = 128;         // elements of each tensor
constexpr std::uint32_t kManyTinyRuns = 8;

bool is_tiny(const Value& v) { return !v.is_tensor() || v.tensor_impl()->numel <= kTiny; }

// No operator that gains by preparation, whatever the inputs' sizes.
bool is_light(const ir::Graph& g) {
  static constexpr std::string_view kHeavy[] = {"aten::conv", "aten::_conv", "aten::linear", "aten::matmul", "aten::mm", "aten::bmm",
                                                "aten::add", "aten::badd", "aten::lstm", "aten::gru", "aten::rnn", "aten::scaled_dot"};
  bool light = true;
  g.for_each_deep(g.top(), [&](ir::NodeId n) {
    const std::string_view kind = g.node(n).kind.str();
    const bool sum = kind == "aten::add" || kind == "aten::add_";
    for (const auto heavy : kHeavy) light = light && (sum || !kind.starts_with(heavy));
    for (auto v : g.node(n).outputs)
      if (const Value* c = g.constant(v)) light = light && is_tiny(*c);
  });
  return light;
}

class RegionPlan final : public Plan {
 public:
  RegionPlan(std::shared_ptr<const ir::Graph> region, Fallback fallback, Precision precision)
      : region_(std::move(region)), fallback_(std::move(fallback)), precision_(precision), light_(is_light(*region_)), lean_(LeanRegion::create(region_)) {}

  Status run(std::span<Value> args, std::span<Value> results) override {
    if (lean_ && run_lean(args, results)) return {};
    if (light_ && std::all_of(args.begin(), args.end(), is_tiny) &&
        (tiny_runs_.load(std::memory_order_relaxed) >= kManyTinyRuns ||
         tiny_runs_.fetch_add(1, std::memory_order_relaxed) >= kManyTinyRuns))
      return fallback_(args, results);
    for (const std::size_t i : tensors_)
      if (args[i].is_none()) return fallback_(args, results);
    auto key = key_of(args);
    if (!key) return fallback_(args, results);
    std::shared_ptr<Variant> variant;
    {
      std::unique_lock lock(mutex_);
      variant = find(*key);
      if (!variant) {
        if (misses_ >= kMaxMisses) {
          lock.unlock();
          return fallback_(args, results);
        }
        ++misses_;
        auto made = build(*region_, args, results, precision_);
        // A failure while building may be the user's (shapes that do not fit); run plainly, that reports it best.
        if (!made.ok() || !*made) {
          if (!made.ok()) ++misses_;
          else remember(std::make_shared<Variant>(), *key);
          lock.unlock();
          return fallback_(args, results);
        }
        remember(*made, *key);
        return {};
      }
    }
    if (variant->steps.empty() && variant->outputs.empty()) return fallback_(args, results);
    Status s = run_variant(*variant, args, results);
    return s.ok() ? std::move(s) : fallback_(args, results);
  }

  std::string text() const override {
    const std::lock_guard lock(mutex_);
    std::string out;
    if (lean_) out += lean_->text();
    for (const auto& v : variants_) {
      if (variants_.size() > 1) out += "variant:\n";
      for (const auto& step : v->steps) out += "  " + step->text() + "\n";
    }
    return out;
  }

  std::vector<VariantReport> report(const StepClock& clock) const override {
    const std::lock_guard lock(mutex_);
    std::vector<VariantReport> out;
    for (const auto& v : variants_) {
      VariantReport r;
      for (const auto& step : v->steps) {
        const auto at = clock.seen.find(step.get());
        const StepClock::Seen seen = at == clock.seen.end() ? StepClock::Seen{} : at->second;
        r.steps.push_back({step->text(), step->flops(), seen.seconds, seen.bytes, step->reduced()});
      }
      if (v->layout) {
        r.arena_bytes = v->layout->total;
        r.arena_lower_bound = v->layout->lower_bound;
      }
      out.push_back(std::move(r));
    }
    return out;
  }

 private:
  bool run_lean(std::span<Value> args, std::span<Value> results) {
    const Value* at[kMostLean];
    if (args.size() > kMostLean || StepClock::current()) return false;
    for (std::size_t i = 0; i < args.size(); ++i) at[i] = &args[i];
    return lean_->run({at, args.size()}, results);
  }
  static constexpr std::size_t kMostLean = 16;  // arguments

  std::shared_ptr<Variant> find(const std::vector<std::int64_t>& key) {
    for (std::size_t i = 0; i < variants_.size(); ++i) {
      if (variants_[i]->key != key) continue;
      if (variants_[i]->stale()) {
        variants_.erase(variants_.begin() + static_cast<std::ptrdiff_t>(i));
        return nullptr;
      }
      variants_[i]->last_used = ++clock_;
      misses_ = 0;
      return variants_[i];
    }
    return nullptr;
  }
  void remember(std::shared_ptr<Variant> v, std::vector<std::int64_t> key) {
    if (variants_.size() >= kMaxVariants)
      variants_.erase(std::min_element(variants_.begin(), variants_.end(),
                                       [](const auto& a, const auto& b) { return a->last_used < b->last_used; }));
    v->key = std::move(key);
    v->last_used = ++clock_;
    variants_.push_back(std::move(v));
  }

  static Status timed(StepClock& clock, const Step& step, Frame& frame) {
    const auto start = std::chrono::steady_clock::now();
    FACULA_TRY_VOID(step.run(frame));
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    const auto [at, fresh] = clock.seen.try_emplace(&step, StepClock::Seen{seconds, 0});
    at->second.seconds = std::min(at->second.seconds, seconds);
    if (fresh) at->second.bytes = moved(step, frame);
    return {};
  }
  // Bytes of the step's tensors and weights; 0 for views, which move nothing.
  static double moved(const Step& step, const Frame& frame) {
    const Step::Traffic t = step.traffic();
    if (t.slots.empty()) return 0;
    double bytes = static_cast<double>(t.weights);
    std::vector<const void*> storages;
    for (const Slot s : t.slots) {
      const Tensor x = frame.slots[s].tensor_or_undefined();
      if (!x.defined()) continue;
      const void* storage = x.storage().get();
      if (std::find(storages.begin(), storages.end(), storage) != storages.end()) {
        if (s == t.slots.back()) return 0;
        continue;
      }
      storages.push_back(storage);
      bytes += static_cast<double>(x.numel()) * static_cast<double>(item_size(x.dtype()));
    }
    return bytes;
  }
  static Status run_variant(Variant& v, std::span<Value> args, std::span<Value> results) {
    std::unique_ptr<Frame> frame;
    {
      std::lock_guard lock(v.frames_mutex);
      if (!v.idle_frames.empty()) {
        frame = std::move(v.idle_frames.back());
        v.idle_frames.pop_back();
      }
    }
    if (!frame) {
      frame = std::make_unique<Frame>();
      frame->slots.resize(v.slot_count);
      for (const auto& [slot, value] : v.constants) frame->slots[slot] = value;
    }
    if (!frame->arena) {
      FACULA_TRY(frame->arena, Arena::create(v.layout));
    }
    frame->arena->restart();
    // Arguments that are known scalars stand in `constants` already, with the same value.
    for (std::size_t i = 0; i < args.size(); ++i) frame->slots[v.inputs[i]] = args[i];
    {
      AllocHookGuard guard(frame->arena.get());
      StepClock* clock = StepClock::current();
      for (const auto& step : v.steps) {
        if (clock) FACULA_TRY_VOID(timed(*clock, *step, *frame));
        else FACULA_TRY_VOID(step->run(*frame));
        for (Slot s : step->release) frame->slots[s] = Value();
      }
    }
    for (std::size_t i = 0; i < results.size(); ++i) results[i] = frame->slots[v.outputs[i]];
    for (Slot s : v.leftover) frame->slots[s] = Value();
    std::lock_guard lock(v.frames_mutex);
    v.idle_frames.push_back(std::move(frame));
    return {};
  }

  const std::shared_ptr<const ir::Graph> region_;
  const Fallback fallback_;
  const Precision precision_;
  std::vector<std::size_t> tensors_;  // inputs that are never None, unless an archive casts one so
  const bool light_;
  const std::shared_ptr<LeanRegion> lean_;  // null: it cannot have one
  std::atomic<std::uint32_t> tiny_runs_{0};
  mutable std::mutex mutex_;
  std::vector<std::shared_ptr<Variant>> variants_;
  std::uint64_t clock_ = 0;
  std::size_t misses_ = 0;
};

}  // namespace

namespace {
thread_local StepClock* t_clock = nullptr;
}
StepClock::StepClock() : outer_(t_clock) { t_clock = this; }
StepClock::~StepClock() { t_clock = outer_; }
StepClock* StepClock::current() { return t_clock; }

bool Variant::stale() const {
  for (const auto& w : watched)
    if (w.stale()) return true;
  return false;
}

std::optional<std::vector<std::int64_t>> key_of(std::span<const Value> args) {
  std::vector<std::int64_t> key;
  key.reserve(32);
  for (const Value& v : args)
    if (!append_key(v, key)) return std::nullopt;
  return key;
}

Result<std::shared_ptr<Variant>> build(const ir::Graph& region, std::span<const Value> args, std::span<Value> results, Precision precision) {
  Recorder recorder;
  std::shared_ptr<Variant> variant;
  {
    AllocHookGuard guard(&recorder);
    VariantBuilder builder(region, args, precision);
    FACULA_TRY(const bool ok, builder.walk());
    if (!ok) return std::shared_ptr<Variant>();
    FACULA_TRY(variant, builder.finish(results, [&] { return pack(recorder.events()); }));
  }
  return variant;
}

Result<std::shared_ptr<Plan>> Plan::create(std::shared_ptr<const ir::Graph> region, Fallback fallback, Precision precision) {
  return std::shared_ptr<Plan>(std::make_shared<RegionPlan>(std::move(region), std::move(fallback), precision));
}

}  // namespace fac::plan
