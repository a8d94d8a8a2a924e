#include "ir/passes.h"

namespace fac::ir {
namespace {

constexpr PassInfo kPasses[] = {
#define PASS(name, what) {#name, what, &name, false},
#define WEIGHT_PASS(name, what) {#name, what, &name, true},
#include "ir/passes.def"
#undef PASS
};

// Each round may open work for the next (a folded branch, a shorter loop); real programs settle in a handful.
constexpr int kMostRounds = 20;

Status check(const Graph& g, std::string_view pass) {
#ifndef NDEBUG
  if (auto ok = verify(g); !ok.ok())
    return error(ErrorKind::kInternal, "after pass {}: {}", pass, ok.error().message);
#else
  (void)g;
  (void)pass;
#endif
  return {};
}

}  // namespace

std::span<const PassInfo> all_passes() { return kPasses; }

const PassInfo* find_pass(std::string_view name) {
  for (const PassInfo& p : kPasses)
    if (p.name == name) return &p;
  return nullptr;
}

Status optimize(Graph& g, const DumpSink& dump) {
  FACULA_TRY_VOID(check(g, "(input)"));
  for (int round = 0; round < kMostRounds; ++round) {
    bool changed = false;
    for (const PassInfo& p : kPasses) {
      if (p.makes_weights || !p.run(g)) continue;
      changed = true;
      if (dump) dump(p.name, g);
      FACULA_TRY_VOID(check(g, p.name));
    }
    if (!changed) break;
  }
  return {};
}

}  // namespace fac::ir
