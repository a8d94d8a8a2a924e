// Makes a program of the bytes (program_maker.h), loads it as an archive and runs it within limits: with and without plans, with
// and without native code. Findings: crashes, undefined behaviour, and ways to run that do not agree.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "exec/vm/native/native.h"
#include "hostile_archive.h"
#include "module/module.h"
#include "ops/host.h"
#include "program_maker.h"

namespace {

using namespace fac;

Tensor ramp(Dims sizes) {
  Tensor t = Tensor::empty(sizes, DType::kFloat).value();
  for (std::int64_t i = 0; i < t.numel(); ++i) t.data_as<float>()[i] = static_cast<float>(i % 7 - 3);
  return t;
}

std::vector<Value> arguments(int call) {
  const Tensor x = ramp(call == 1 ? Dims{3, 2} : Dims{2, 3});
  return {Value(x), Value(call + 1), Value(call == 2 ? "b" : "a"), Value(ListBox::of_ints(Dims{2, 3})), call == 1 ? Value() : Value(ramp(Dims{2}))};
}

bool near(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)) || std::abs(a - b) <= 1e-4 * (1 + std::abs(a)); }

bool same_tensors(const Tensor& a, const Tensor& b) {
  if (a.dtype() != b.dtype() || !std::equal(a.sizes().begin(), a.sizes().end(), b.sizes().begin(), b.sizes().end())) return false;
  if (a.dtype() != DType::kFloat || !a.is_contiguous() || !b.is_contiguous()) return true;
  for (std::int64_t i = 0; i < a.numel(); ++i)
    if (!near(a.data_as<float>()[i], b.data_as<float>()[i])) return false;
  return true;
}

// Boxes may hold each other: only so deep.
bool same(const Value& a, const Value& b, int depth = 0) {
  if (a.tag() != b.tag()) return false;
  if (depth > 6) return true;
  const auto all = [&](const std::vector<Value>& x, const std::vector<Value>& y) {
    return std::equal(x.begin(), x.end(), y.begin(), y.end(), [&](const Value& p, const Value& q) { return same(p, q, depth + 1); });
  };
  switch (a.tag()) {
    case Tag::kTensor: return same_tensors(a.tensor(), b.tensor());
    case Tag::kFloat: return near(a.d(), b.d());
    case Tag::kList: return all(a.list().to_values(), b.list().to_values());
    case Tag::kTuple: return all(a.tuple().values, b.tuple().values);
    case Tag::kObject: return all(a.object().slots, b.object().slots);
    case Tag::kDict: {
      const auto x = a.dict().items(), y = b.dict().items();
      return std::equal(x.begin(), x.end(), y.begin(), y.end(), [&](const auto& p, const auto& q) {
        return same(p.first, q.first, depth + 1) && same(p.second, q.second, depth + 1);
      });
    }
    default: return equal(a, b);
  }
}

struct Outcome {
  std::vector<Value> results;
  std::string error;
  bool limited = false;
};

Outcome run(const std::string& archive, bool plan, bool native) {
  vm::set_native_enabled(native);
  Outcome out;
  LoadOptions load;
  load.limits.instructions = 20000;
  auto module = load_module(archive::ByteSource::copy(archive.data(), archive.size()).value(), load);
  if (!module.ok()) {
    out.error = module.error().message;
    return out;
  }
  RunOptions options;
  options.plan = plan;
  options.threads = 1;
  options.limits.instructions = 20000;
  options.limits.milliseconds = 2000;
  options.limits.call_depth = 60;
  // Plans run without a limit of memory: what needs too much has been found before, without them.
  if (!plan) options.limits.memory_bytes = 1 << 24;
  for (int call = 0; call < 4; ++call) {
    auto r = run_method(*module, "forward", arguments(call % 3), {}, options);
    out.limited = out.limited || (!r.ok() && r.error().kind == ErrorKind::kLimit);
    if (!r.ok() && std::getenv("FACULA_FUZZ_SHOW")) std::printf("call %d: %s\n", call, r.error().full().c_str());
    out.results.push_back(r.ok() ? std::move(*r) : Value(r.error().message));
    if (out.limited) break;
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const bool quiet = (set_host({[](std::string_view) {}, nullptr}), true);
  static_cast<void>(quiet);
  fuzz::ProgramMaker maker({data, size});
  const std::string code = maker.code();
  if (std::getenv("FACULA_FUZZ_SHOW")) std::printf("%s\n", code.c_str());
  const std::string names[] = {"i", "f", "l", "d", "o"};
  auto counts = make_ref<DictBox>(types::str(), types::int_());
  counts->set(Value("a"), Value(4));
  const Value values[] = {Value(3), Value(0.5), Value(ListBox::of_ints(Dims{1, 2, 3})), Value(std::move(counts)), Value()};
  const std::string archive = hostile_archive(code, names, values);
  const Outcome plain = run(archive, false, false);
  if (std::getenv("FACULA_FUZZ_SHOW") && !plain.error.empty()) std::printf("%s\n", plain.error.c_str());
  for (const bool plan : {true, false})
    for (const bool native : {true, false}) {
      if ((!plan && !native) || plain.limited) continue;
      const Outcome other = run(archive, plan, native);
      const bool agree = other.limited || (other.error == plain.error && std::equal(plain.results.begin(), plain.results.end(), other.results.begin(), other.results.end(),
                                                                 [](const Value& a, const Value& b) { return same(a, b); }));
      if (agree) continue;
      std::printf("%s\nplans %s, native code %s: not what it gives without\n", code.c_str(), plan ? "on" : "off", native ? "on" : "off");
      std::abort();
    }
  return 0;
}
