#include "module/executor.h"

#include <array>
#include <map>
#include <mutex>

#include "exec/plan/plan.h"
#include "ir/passes.h"
#include "ir/passes/fold_recorder.h"
#include "ir/symbols.h"
#include "ir/tasks.h"

namespace fac {
namespace {

// Without plans, then with those of each precision.
using Codes = std::array<std::shared_ptr<const vm::Code>, 1 + plan::kPrecisions>;
std::size_t index_of(bool planned, Precision precision) { return planned ? 1 + static_cast<std::size_t>(precision) : 0; }

struct FunctionCache {
  Codes code;
};

// What a folded object looked like. The object that holds the cache itself must not be kept by it: no `keep` there.
struct Witness {
  ObjectBox* object;
  Ref<ObjectBox> keep;
  std::uint32_t version;
};
struct MethodCache {
  struct Entry {
    Codes code;
    std::vector<Witness> witnesses;
    std::vector<BakedFrom> folded;
    bool fresh() const {
      for (const auto& b : folded)
        if (b.stale()) return false;
      for (const auto& w : witnesses)
        if (w.object->version() != w.version) return false;
      return true;
    }
  };
  std::map<const ir::Function*, Entry> entries;
  Precision precision = Precision::kFloat32;  // of calls that do not say otherwise
};

// In the graph and in the bodies of its tasks.
void form_all_regions(ir::Graph& g) {
  g.for_each_deep(g.top(), [&](ir::NodeId n) {
    if (g.node(n).kind != ir::sym::fork) return;
    if (const auto body = ir::task_body(g, n)) form_all_regions(*body);
  });
  plan::form_regions(g);
}

Result<std::shared_ptr<const vm::Code>> lower(std::shared_ptr<ir::Graph> g, std::string name, bool planned, Precision precision) {
  if (planned) form_all_regions(*g);
  return vm::lower(std::move(g), std::move(name), precision);
}

}  // namespace

Result<std::shared_ptr<const vm::Code>> FunctionCode::code(ir::Function& f) {
  const std::size_t at = index_of(planned_, precision_);
  {
    std::lock_guard lock(f.extension_mutex);
    if (const auto* c = static_cast<const FunctionCache*>(f.extension.get()); c && c->code[at]) return c->code[at];
  }
  FACULA_TRY(const ir::Graph* compiled, f.graph());
  std::shared_ptr<ir::Graph> g = compiled->clone();
  FACULA_TRY_VOID(ir::inline_calls(*g));
  FACULA_TRY_VOID(ir::prepare_tasks(*g));
  FACULA_TRY_VOID(ir::optimize(*g));
  FACULA_TRY(auto code, lower(std::move(g), std::string(f.name()), planned_, precision_));
  std::lock_guard lock(f.extension_mutex);
  if (!f.extension) f.extension = std::make_shared<FunctionCache>();
  static_cast<FunctionCache*>(f.extension.get())->code[at] = code;
  return code;
}

Result<std::shared_ptr<ir::Graph>> specialise(const Ref<ObjectBox>& self, ir::Function& f, std::vector<Ref<ObjectBox>>* used) {
  FACULA_TRY(const ir::Graph* compiled, f.graph());
  std::shared_ptr<ir::Graph> g = compiled->clone();
  FACULA_TRY_VOID(ir::inline_calls(*g));
  FACULA_TRY_VOID(ir::prepare_tasks(*g));
  FACULA_TRY_VOID(ir::freeze_attributes(*g, self, used, f.qualified_name()));
  FACULA_TRY_VOID(ir::optimize(*g));
  return g;
}

Result<std::shared_ptr<const vm::Code>> method_code(const Ref<ObjectBox>& self, ir::Function& f, bool planned,
                                                    Precision precision) {
  const std::size_t at = index_of(planned, precision);
  std::lock_guard lock(self->extension_mutex);
  if (!self->extension) self->extension = std::make_shared<MethodCache>();
  auto& cache = *static_cast<MethodCache*>(self->extension.get());
  auto& entry = cache.entries[&f];
  if (!entry.fresh()) entry = {};
  if (entry.code[at]) return entry.code[at];
  std::vector<Ref<ObjectBox>> used;
  ir::FoldRecorder recorder;
  FACULA_TRY(auto g, specialise(self, f, &used));
  FACULA_TRY(auto code, lower(std::move(g), std::string(f.name()), planned, precision));
  entry.witnesses.clear();
  for (const auto& o : used) entry.witnesses.push_back({o.get(), o == self ? Ref<ObjectBox>() : o, o->version()});
  // All forms of the code were compiled from the same bytes, or the entry would not have been fresh.
  entry.folded.insert(entry.folded.end(), recorder.folded.begin(), recorder.folded.end());
  entry.code[at] = code;
  return code;
}

void set_precision(const Ref<ObjectBox>& root, Precision precision) {
  std::lock_guard lock(root->extension_mutex);
  if (!root->extension) root->extension = std::make_shared<MethodCache>();
  static_cast<MethodCache*>(root->extension.get())->precision = precision;
}

Precision precision_of(const Ref<ObjectBox>& module) {
  std::lock_guard lock(module->extension_mutex);
  const auto* cache = static_cast<const MethodCache*>(module->extension.get());
  return cache ? cache->precision : Precision::kFloat32;
}

}  // namespace fac
