// Runs methods of archives on cases that tests/oracle/opinfo.py writes, and writes what came out. No torch in here.
//   archive_runner CASES RESULTS [FIRST]   runs the cases from number FIRST on, appending to RESULTS
// FACULA_PRECISION names the precision of planned runs (docs/reduced_precision.md).
// Format (tests/ops/wire.h): case = str archive, str method, u32 count, values. Every case runs twice: planned and operator
// by operator; the results of both are written.
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>

#include "../ops/wire.h"
#include "module/module.h"
#include "ops/generator.h"

using namespace fac;
using namespace fac::wire;

namespace {

Status run_case(Reader c, std::map<std::string, Ref<ObjectBox>>& modules, bool plan, Writer& w) {
  const std::string path = c.text(), method = c.text();
  std::vector<Value> args(c.get<std::uint32_t>());
  for (auto& v : args) v = read_value(c);
  std::vector<Tensor> tensors;
  for (const auto& v : args) tensors.push_back(v.tensor_or_undefined());
  auto& module = modules[path];
  if (!module) {
    FACULA_TRY(auto source, archive::ByteSource::map_file(path));
    FACULA_TRY(module, load_module(std::move(source)));
  }
  ops::default_generator().set_seed(1);
  RunOptions options;
  options.plan = plan;
  if (const char* precision = std::getenv("FACULA_PRECISION")) {
    FACULA_TRY(options.precision, plan::precision_named(precision));
  }
  FACULA_TRY(const Value result, run_method(module, method, args, {}, options));
  w.put<std::uint8_t>(0);
  write_value(w, result, tensors);
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  const std::uint32_t first = argc > 3 ? static_cast<std::uint32_t>(std::atoi(argv[3])) : 0;
  std::ifstream in(argv[1], std::ios::binary);
  const std::string data((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  std::ofstream out(argv[2], std::ios::binary | std::ios::app);
  Reader r{data.data(), data.data() + data.size()};
  std::map<std::string, Ref<ObjectBox>> modules;
  for (std::uint32_t number = 0; r.p < r.end; ++number) {
    const auto length = r.get<std::uint32_t>();
    const Reader c{r.p, r.p + length};
    r.p += length;
    if (number < first) continue;
    Writer all;
    for (const bool plan : {false, true}) {
      Writer w;
      if (const Status s = run_case(c, modules, plan, w); !s.ok()) {
        w.out.clear();
        w.put<std::uint8_t>(1);
        w.text(s.error().message);
      }
      all.out += w.out;
    }
    const auto size = static_cast<std::uint32_t>(all.out.size());
    out.write(reinterpret_cast<const char*>(&size), sizeof size);
    out << all.out;
    out.flush();
  }
  return 0;
}
