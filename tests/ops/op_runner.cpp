// Runs operators on cases that tests/ops/compare.py writes, and writes what came out. No torch in here.
//   op_runner --list                 one line an overload: schema text, form, trait bits, samples (tab-separated)
//   op_runner CASES RESULTS [FIRST]  runs the cases from number FIRST on, appending to RESULTS
//   op_runner --time N SCHEMA_NAME   nanoseconds a call of aten::add.Tensor and the like on tensors of N elements
// Format, little-endian: case = str name, str overload, u32 count, values. value = u8 tag and payload, see read_value.
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>

#include "ops/generator.h"
#include "ops/table.h"

using namespace fac;

namespace {

struct Reader {
  const char* p;
  const char* end;
  template <class T>
  T get() {
    T v;
    std::memcpy(&v, p, sizeof v);
    p += sizeof v;
    return v;
  }
  std::string text() {
    const auto n = get<std::uint32_t>();
    std::string s(p, n);
    p += n;
    return s;
  }
};

enum Kind : std::uint8_t { kNone, kBool, kInt, kFloat, kComplex, kStr, kTensor, kInts, kFloats, kBools, kTensors, kList, kCpu };

Tensor read_tensor(Reader& r) {
  const auto dtype = static_cast<DType>(r.get<std::int8_t>());
  const auto rank = r.get<std::uint8_t>();
  Dims sizes, strides;
  for (int i = 0; i < rank; ++i) sizes.push_back(r.get<std::int64_t>());
  for (int i = 0; i < rank; ++i) strides.push_back(r.get<std::int64_t>());
  const auto offset = r.get<std::int64_t>();
  const auto bytes = r.get<std::uint64_t>();
  auto storage = allocate_storage(bytes);
  if (bytes > 0) std::memcpy((*storage)->data(), r.p, bytes);
  r.p += bytes;
  return Tensor::from_storage(*storage, offset, sizes, strides, dtype);
}

Value read_value(Reader& r) {
  switch (r.get<std::uint8_t>()) {
    case kBool: return Value(r.get<std::uint8_t>() != 0);
    case kInt: return Value(r.get<std::int64_t>());
    case kFloat: return Value(r.get<double>());
    case kComplex: {
      const double re = r.get<double>(), im = r.get<double>();
      return Value(std::complex<double>(re, im));
    }
    case kStr: return Value(r.text());
    case kTensor: return Value(read_tensor(r));
    case kInts: {
      std::vector<std::int64_t> v(r.get<std::uint32_t>());
      for (auto& x : v) x = r.get<std::int64_t>();
      return Value(ListBox::of_ints(v));
    }
    case kFloats: {
      std::vector<double> v(r.get<std::uint32_t>());
      for (auto& x : v) x = r.get<double>();
      return Value(ListBox::of_floats(v));
    }
    case kBools: {
      auto list = make_ref<ListBox>(types::bool_());
      const auto n = r.get<std::uint32_t>();
      for (std::uint32_t i = 0; i < n; ++i) list->append(Value(r.get<std::uint8_t>() != 0));
      return Value(std::move(list));
    }
    case kTensors: {
      std::vector<Value> v(r.get<std::uint32_t>());
      for (auto& x : v) x = read_value(r);
      return Value(make_ref<ListBox>(types::tensor(), std::move(v)));
    }
    case kCpu: return Value(Device{});
    default: return Value();
  }
}

struct Writer {
  std::string out;
  template <class T>
  void put(T v) {
    out.append(reinterpret_cast<const char*>(&v), sizeof v);
  }
  void text(std::string_view s) {
    put(static_cast<std::uint32_t>(s.size()));
    out += s;
  }
};

// A tensor: dtype, sizes, strides, which argument's storage it shares (-1: none), whether it is that argument itself,
// and its elements in row-major order.
void write_tensor(Writer& w, const Tensor& t, std::span<const Tensor> arguments) {
  w.put(static_cast<std::int8_t>(t.dtype()));
  w.put(static_cast<std::uint8_t>(t.dim()));
  for (auto s : t.sizes()) w.put(s);
  for (auto s : t.strides()) w.put(s);
  std::int32_t shares = -1;
  std::uint8_t is_argument = 0;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (!arguments[i].defined() || arguments[i].storage() != t.storage()) continue;
    if (shares < 0 || arguments[i].is_same(t)) shares = static_cast<std::int32_t>(i);
    is_argument |= arguments[i].is_same(t);
  }
  w.put(shares);
  w.put(is_argument);
  const auto width = static_cast<std::int64_t>(t.element_bytes());
  w.put(static_cast<std::uint64_t>(t.numel() * width));
  Dims at(t.sizes().size(), 0);
  const char* base = static_cast<const char*>(t.data());
  for (std::int64_t n = 0; n < t.numel(); ++n) {
    std::int64_t offset = 0;
    for (std::size_t d = 0; d < at.size(); ++d) offset += at[d] * t.strides()[d];
    w.out.append(base + offset * width, static_cast<std::size_t>(width));
    for (std::size_t d = at.size(); d-- > 0;) {
      if (++at[d] < t.sizes()[d]) break;
      at[d] = 0;
    }
  }
}

void write_value(Writer& w, const Value& v, std::span<const Tensor> arguments) {
  switch (v.tag()) {
    case Tag::kBool: w.put<std::uint8_t>(kBool); w.put<std::uint8_t>(v.b()); break;
    case Tag::kInt: w.put<std::uint8_t>(kInt); w.put(v.i()); break;
    case Tag::kFloat: w.put<std::uint8_t>(kFloat); w.put(v.d()); break;
    case Tag::kComplex: w.put<std::uint8_t>(kComplex); w.put(v.c().real()); w.put(v.c().imag()); break;
    case Tag::kStr: w.put<std::uint8_t>(kStr); w.text(v.str()); break;
    case Tag::kTensor: w.put<std::uint8_t>(kTensor); write_tensor(w, v.tensor(), arguments); break;
    case Tag::kList:
      w.put<std::uint8_t>(kList);
      w.put(static_cast<std::uint32_t>(v.list().size()));
      for (std::size_t i = 0; i < v.list().size(); ++i) write_value(w, v.list().get(i), arguments);
      break;
    case Tag::kDevice: w.put<std::uint8_t>(kCpu); break;
    default: w.put<std::uint8_t>(kNone);
  }
}

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

int run_cases(const char* cases, const char* results, std::uint32_t first) {
  std::ifstream in(cases, std::ios::binary);
  const std::string data((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
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
      std::vector<Value> got(op->schema().returns.size());
      const Status s = op->call(args, got);
      w.put<std::uint8_t>(s.ok() ? 0 : 1);
      if (!s.ok()) {
        w.text(s.error().message);
      } else {
        w.put(static_cast<std::uint32_t>(got.size()));
        for (const auto& v : got) write_value(w, v, tensors);
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
