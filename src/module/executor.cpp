#include "module/executor.h"

#include <map>
#include <mutex>

#include "exec/plan/plan.h"
#include "ir/passes.h"
#include "ir/passes/fold_recorder.h"
#include "ir/symbols.h"
#include "ir/tasks.h"

namespace fac {
namespace {

struct FunctionCache {
  std::shared_ptr<const vm::Code> code[2];  // [planned]
};

// What a folded object looked like. The object that holds the cache itself must not be kept by it: no `keep` there.
struct Witness {
  ObjectBox* object;
  Ref<ObjectBox> keep;
  std::uint32_t version;
};
struct MethodCache {
  struct Entry {
    std::shared_ptr<const vm::Code> code[2];
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
};

// In the graph and in the bodies of its tasks.
void form_all_regions(ir::Graph& g) {
  g.for_each_deep(g.top(), [&](ir::NodeId n) {
    if (g.node(n).kind != ir::sym::fork) return;
    if (const auto body = ir::task_body(g, n)) form_all_regions(*body);
  });
  plan::form_regions(g);
}

Result<std::shared_ptr<const vm::Code>> lower(std::shared_ptr<ir::Graph> g, std::string name, bool planned) {
  if (planned) form_all_regions(*g);
  return vm::lower(std::move(g), std::move(name));
}

}  // namespace

Result<std::shared_ptr<const vm::Code>> FunctionCode::code(ir::Function& f) {
  {
    std::lock_guard lock(f.extension_mutex);
    if (const auto* c = static_cast<const FunctionCache*>(f.extension.get()); c && c->code[planned_]) return c->code[planned_];
  }
  FACULA_TRY(const ir::Graph* compiled, f.graph());
  std::shared_ptr<ir::Graph> g = compiled->clone();
  FACULA_TRY_VOID(ir::inline_calls(*g));
  FACULA_TRY_VOID(ir::prepare_tasks(*g));
  FACULA_TRY_VOID(ir::optimize(*g));
  FACULA_TRY(auto code, lower(std::move(g), std::string(f.name()), planned_));
  std::lock_guard lock(f.extension_mutex);
  if (!f.extension) f.extension = std::make_shared<FunctionCache>();
  static_cast<FunctionCache*>(f.extension.get())->code[planned_] = code;
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

Result<std::shared_ptr<const vm::Code>> method_code(const Ref<ObjectBox>& self, ir::Function& f, bool planned) {
  std::lock_guard lock(self->extension_mutex);
  if (!self->extension) self->extension = std::make_shared<MethodCache>();
  auto& cache = *static_cast<MethodCache*>(self->extension.get());
  auto& entry = cache.entries[&f];
  if (!entry.fresh()) entry = {};
  if (entry.code[planned]) return entry.code[planned];
  std::vector<Ref<ObjectBox>> used;
  ir::FoldRecorder recorder;
  FACULA_TRY(auto g, specialise(self, f, &used));
  FACULA_TRY(auto code, lower(std::move(g), std::string(f.name()), planned));
  entry.witnesses.clear();
  for (const auto& o : used) entry.witnesses.push_back({o.get(), o == self ? Ref<ObjectBox>() : o, o->version()});
  // Both forms of the code were compiled from the same bytes, or the entry would not have been fresh.
  entry.folded.insert(entry.folded.end(), recorder.folded.begin(), recorder.folded.end());
  entry.code[planned] = code;
  return code;
}

}  // namespace fac
