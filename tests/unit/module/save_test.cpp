// Modules and functions written and read back: equal results, equal bytes the second time, nothing half done.
#include "module/save.h"

#include <doctest/doctest.h>

#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "../source_root.h"
#include "archive/reader.h"
#include "module/module.h"

using namespace fac;
namespace fs = std::filesystem;

namespace {

Ref<ObjectBox> load(const std::string& bytes) {
  auto source = archive::ByteSource::copy(bytes.data(), bytes.size());
  REQUIRE(source.ok());
  auto m = load_module(std::move(*source));
  REQUIRE_MESSAGE(m.ok(), m.error().full());
  return *m;
}
Ref<ObjectBox> load_file(const std::string& path) {
  auto source = archive::ByteSource::map_file(path);
  REQUIRE(source.ok());
  auto m = load_module(std::move(*source));
  REQUIRE_MESSAGE(m.ok(), m.error().full());
  return *m;
}
std::string save(const Ref<ObjectBox>& m, const SaveOptions& options = {}) {
  archive::StringSink sink;
  Status s = save_module(m, sink, options);
  REQUIRE_MESSAGE(s.ok(), s.error().full());
  return sink.take();
}
std::string code(const std::string& source, const std::string& function) {
  auto unit = compile_source(source, "test.py");
  REQUIRE_MESSAGE(unit.ok(), unit.error().full());
  ir::Function* f = (*unit)->find_function(function);
  REQUIRE(f);
  auto text = code_of_function(*f);
  REQUIRE_MESSAGE(text.ok(), text.error().full());
  return text->text;
}
std::string text_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}
struct Folder {
  fs::path path = fs::temp_directory_path() / ("facula_save_test_" + std::to_string(::getpid()));
  Folder() { fs::create_directories(path); }
  ~Folder() { fs::remove_all(path); }
};

}  // namespace

TEST_CASE("a network saved and loaded gives equal results, and equal bytes the second time") {
  const auto m = load_file(source_path("examples/data/mobilenet_v2.pt"));
  SaveOptions options;
  options.extra_files["labels"] = "cat";
  const std::string first = save(m, options);
  const auto again = load(first);
  CHECK(save(again, options) == first);
  auto x = Tensor::empty(Dims{1, 3, 32, 32}, DType::kFloat);
  for (std::int64_t i = 0; i < x->numel(); ++i) x->data_as<float>()[i] = static_cast<float>(std::sin(static_cast<double>(i)));
  const auto before = run_method(m, "forward", {Value(*x)}), after = run_method(again, "forward", {Value(*x)});
  REQUIRE((before.ok() && after.ok()));
  for (int i = 0; i < 1000; ++i) CHECK(before->tensor().data_as<float>()[i] == after->tensor().data_as<float>()[i]);
  // Without the author's lines the program is the same, and smaller.
  options.debug_records = false;
  CHECK(save(again, options).size() < first.size());
}

TEST_CASE("a stopped save leaves the old file whole and nothing beside it") {
  const Folder folder;
  const std::string path = (folder.path / "model.pt").string();
  std::ofstream(path) << "old";
  const auto m = load_file(source_path("examples/data/mobilenet_v2.pt"));
  SaveOptions options;
  std::uint64_t last = 0, all = 0;
  int calls = 0;
  options.progress = [&](std::uint64_t done, std::uint64_t total) {
    CHECK(done >= last);
    last = done;
    all = total;
    return ++calls < 20;
  };
  const Status stopped = save_module(m, path, options);
  REQUIRE_FALSE(stopped.ok());
  CHECK(stopped.error().message.find("stopped") != std::string::npos);
  CHECK(text_of(path) == "old");
  CHECK(std::distance(fs::directory_iterator(folder.path), fs::directory_iterator()) == 1);
  calls = -1000000;
  last = 0;
  REQUIRE(save_module(m, path, options).ok());
  CHECK(last == all);
  auto archive = archive::Archive::open(*archive::ByteSource::map_file(path));
  REQUIRE(archive.ok());
  CHECK((*archive)->name() == "model");
}

TEST_CASE("a function becomes a module's forward") {
  auto unit = compile_source(
      "def scale(x: Tensor, by: float=2.0) -> Tensor:\n  return x * by\n"
      "def both(x: Tensor, n: int = 3):\n  y = scale(x)\n  for i in range(n):\n    if i == 2:\n      break\n    y = y + i\n  return y, n\n",
      "test.py");
  REQUIRE(unit.ok());
  archive::StringSink sink;
  Status s = save_function(*(*unit)->find_function("both"), sink);
  REQUIRE_MESSAGE(s.ok(), s.error().full());
  const auto m = load(sink.take());
  auto x = Tensor::empty(Dims{1}, DType::kFloat);
  x->data_as<float>()[0] = 10;
  const auto y = run_method(m, "forward", {Value(*x)});
  REQUIRE_MESSAGE(y.ok(), y.error().full());
  CHECK(y->tuple().values[0].tensor().data_as<float>()[0] == 21);
  CHECK(y->tuple().values[1].i() == 3);
}

TEST_CASE("the lines of the author are shown after save and load") {
  auto unit = compile_source("def f(x: Tensor) -> Tensor:\n  # a comment\n  y = x.view([-1, 7])  # does not fit\n  return y\n", "my_file.py");
  REQUIRE(unit.ok());
  archive::StringSink sink;
  REQUIRE(save_function(*(*unit)->find_function("f"), sink).ok());
  auto m = load(sink.take());
  m = load(save(m));  // twice
  auto x = Tensor::empty(Dims{3}, DType::kFloat);
  const auto y = run_method(m, "forward", {Value(*x)});
  REQUIRE_FALSE(y.ok());
  const std::string text = y.error().full();
  CHECK_MESSAGE(text.find("my_file.py\", line 3") != std::string::npos, text);
  CHECK_MESSAGE(text.find("y = x.view([-1, 7])  # does not fit") != std::string::npos, text);
}

TEST_CASE("a large file is cut to the lines that the program needs") {
  std::string source = "def f(x: Tensor) -> Tensor:\n  return x.view([-1, 7])  # does not fit\n";
  for (int i = 0; i < 2000; ++i) source = "# filler, filler, filler\n" + source + "# more\n";
  auto unit = compile_source(source, "large.py");
  REQUIRE(unit.ok());
  archive::StringSink sink;
  REQUIRE(save_function(*(*unit)->find_function("f"), sink).ok());
  const std::string first = sink.take();
  CHECK(first.size() < 8000);
  const auto m = load(first);
  CHECK(save(m) == first);
  auto x = Tensor::empty(Dims{3}, DType::kFloat);
  const auto y = run_method(m, "forward", {Value(*x)});
  REQUIRE_FALSE(y.ok());
  CHECK_MESSAGE(y.error().full().find("large.py\", line 2002") != std::string::npos, y.error().full());
}

TEST_CASE("code is laid out as PyTorch's") {
  CHECK(code("def f(x: Tensor, n: int) -> Tensor:\n  y = x.relu().neg() + n\n  if n > 2:\n    y = y * 2\n  return y.sum()\n", "f") ==
        "def f(x: Tensor,\n"
        "    n: int) -> Tensor:\n"
        "  y = torch.add(torch.neg(torch.relu(x)), n)\n"
        "  if torch.gt(n, 2):\n"
        "    y0 = torch.mul(y, 2)\n"
        "  else:\n"
        "    y0 = y\n"
        "  return torch.sum(y0)\n");
  CHECK(code("def f(n: int) -> float:\n  x = 1e12\n  for i in range(n):\n    x = x * 0.5\n  return x + 3e-5\n", "f") ==
        "def f(n: int) -> float:\n"
        "  x = 1000000000000.\n"
        "  for i in range(n):\n"
        "    x = torch.mul(x, 0.5)\n"
        "  return torch.add(x, 3.0000000000000001e-05)\n");
}

TEST_CASE("modules that contain themselves are refused") {
  auto unit = std::make_shared<ir::Unit>();
  auto type = make_ref<ClassType>("__torch__.M", true);
  type->add_attribute({"me", types::any(), false, false});
  REQUIRE(unit->add_type(type).ok());
  auto m = make_ref<ObjectBox>(type, unit);
  CHECK(set_attr(*m, "me", Value(m)).ok());
  archive::StringSink sink;
  const Status s = save_module(m, sink);
  REQUIRE_FALSE(s.ok());
  CHECK(s.error().message.find("contains itself") != std::string::npos);
  CHECK(set_attr(*m, "me", Value()).ok());  // the circle would keep itself alive
}
