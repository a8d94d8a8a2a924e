// Runs operators on cases that tests/ops/compare.py writes, and writes what came out. No torch in here.
//   op_runner --list                 one line an overload: schema text, form, trait bits, samples (tab-separated)
//   op_runner CASES RESULTS [FIRST]  runs the cases from number FIRST on, appending to RESULTS
//   op_runner --time N SCHEMA_NAME   nanoseconds a call of aten::add.Tensor and the like on tensors of N elements
// Format (wire.h): case = str name, str overload, u32 count, values.
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>
#include <stdexcept>

#include "ops/generator.h"
#include "ops/table.h"
#include "wire.h"

using namespace fac;
using namespace fac::wire;

namespace {

void list_overloads() {
  for (const auto* o : ops::all()) {
    const Facts& f = o->row().facts;
    const bool derived = o->schema_text() != o->row().schema_text;
    std::cout << o->schema_text() << '\t' << (derived ? o->row().schema_text : std::string_view("")) << '\t' << f.traits;
    for (auto s : f.samples)
      if (!s.empty()) std::cout << '\t' << s;
    std::cout << '\n';
  }
}

void call(const ops::Overload& op, std::span<Value> args, const std::vector<Tensor>& tensors, Writer& w) {
  std::vector<Value> got(op.schema().returns.size());
  const Status s = op.call(args, got);
  w.put<std::uint8_t>(s.ok() ? 0 : 1);
  if (!s.ok()) return w.text(s.error().message);
  w.put(static_cast<std::uint32_t>(got.size()));
  for (const auto& v : got) {
    if (v.is_tensor() && v.tensor_or_undefined().defined() && v.tensor_or_undefined().numel() > 1 << 24) throw std::length_error("a result too large to be written");  // expanded views
    write_value(w, v, tensors);
  }
}

int run_cases(const char* cases, const char* results, std::uint32_t first) {
  std::ifstream in(cases, std::ios::binary | std::ios::ate);
  std::string data(static_cast<std::size_t>(in.tellg()), '\0');
  in.seekg(0).read(data.data(), static_cast<std::streamsize>(data.size()));
  std::ofstream out(results, std::ios::binary | std::ios::app);
  Reader r{data.data(), data.data() + data.size()};
  for (std::uint32_t number = 0; r.p < r.end; ++number) {
    const auto length = r.get<std::uint32_t>();
    Reader c{r.p, r.p + length};
    r.p += length;
    if (number < first) continue;
    const std::string name = c.text(), overload = c.text();
    std::vector<Value> args(c.get<std::uint32_t>());
    for (auto& v : args) v = read_value(c);
    std::vector<Tensor> tensors;
    for (const auto& v : args) {
      if (v.is_list() && !v.list().is_ints() && !v.list().is_floats() && !v.list().is_bools()) {
        tensors.push_back(v.list().size() > 0 ? v.list().get(0).tensor_or_undefined() : Tensor());
      } else {
        tensors.push_back(v.tensor_or_undefined());
      }
    }
    ops::default_generator().set_seed(0);
    Writer w;
    const auto* op = ops::find(name, overload);
    if (!op) {
      w.put<std::uint8_t>(2);
      w.text("unknown operator");
    } else {
      try {
        call(*op, args, tensors, w);
      } catch (const std::exception& e) {  // no memory: the facade turns it into an error likewise
        w.out.clear();
        w.put<std::uint8_t>(1);
        w.text(e.what());
      }
    }
    const auto size = static_cast<std::uint32_t>(w.out.size());
    out.write(reinterpret_cast<const char*>(&size), sizeof size);
    out << w.out;
    out.flush();
  }
  return 0;
}

int time_op(std::int64_t n, std::string_view full_name) {
  const auto dot = full_name.find('.');
  const auto* op = ops::find(full_name.substr(0, dot), dot == std::string_view::npos ? "" : full_name.substr(dot + 1));
  if (!op) return 1;
  std::vector<Value> args;
  for (const auto& a : op->schema().arguments) {
    if (a.type->kind() == TypeKind::kTensor) {
      auto t = Tensor::empty({&n, 1}, DType::kFloat);
      std::fill_n(t->data_as<float>(), n, 1.0f);
      args.emplace_back(*t);
    } else {
      args.push_back(a.default_value.value_or(Value(1)));
    }
  }
  std::vector<Value> got(op->schema().returns.size());
  const int calls = 200000;
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < calls; ++i)
    if (!op->call(args, got).ok()) return 1;
  const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
  std::printf("%.0f ns\n", took.count() / calls);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 2 && std::string_view(argv[1]) == "--list") {
    list_overloads();
    return 0;
  }
  if (argc == 4 && std::string_view(argv[1]) == "--time") return time_op(std::atoll(argv[2]), argv[3]);
  if (argc < 3) return 2;
  return run_cases(argv[1], argv[2], argc > 3 ? static_cast<std::uint32_t>(std::atoi(argv[3])) : 0);
}
