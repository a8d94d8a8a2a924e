// What is written can be read again, in the layout that PyTorch asks for; what cannot be written is refused.
#include <doctest/doctest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>

#include "archive/byte_sink.h"
#include "archive/debug_records.h"
#include "archive/pickle_writer.h"
#include "archive/reader.h"
#include "archive/save_value.h"
#include "archive/zip.h"
#include "archive/zip_writer.h"

using namespace fac;
using namespace fac::archive;
namespace fs = std::filesystem;

namespace {

Bytes bytes_of(std::string_view s) { return {reinterpret_cast<const std::uint8_t*>(s.data()), s.size()}; }

std::string saved(const Value& v) {
  StringSink sink;
  REQUIRE(save_value(v, sink, Limits()).ok());
  return sink.take();
}
Value loaded(const std::string& file) {
  auto source = ByteSource::copy(file.data(), file.size());
  REQUIRE(source.ok());
  auto v = read_saved(std::move(*source));
  REQUIRE_MESSAGE(v.ok(), v.error().message);
  return *v;
}
std::string why_not(const Value& v, const Limits& limits = {}) {
  StringSink sink;
  const Status s = save_value(v, sink, limits);
  return s.ok() ? "saved" : s.error().message;
}

struct Folder {
  fs::path path = fs::temp_directory_path() / ("facula_writer_test_" + std::to_string(::getpid()));
  Folder() { fs::create_directories(path); }
  ~Folder() { fs::remove_all(path); }
  std::string file(const char* name) const { return (path / name).string(); }
  std::size_t count() const { return static_cast<std::size_t>(std::distance(fs::directory_iterator(path), fs::directory_iterator())); }
};
std::string text_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

}  // namespace

TEST_CASE("plain values come back") {
  for (const std::int64_t i : {std::int64_t{0}, std::int64_t{255}, std::int64_t{256}, std::int64_t{65535}, std::int64_t{65536}, std::int64_t{-1},
                               std::int64_t{2147483647}, std::int64_t{2147483648}, std::int64_t{-2147483648LL}, std::int64_t{-2147483649LL},
                               std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()})
    CHECK(loaded(saved(Value(i))).i() == i);
  CHECK(loaded(saved(Value(-0.1))).d() == -0.1);
  CHECK(std::signbit(loaded(saved(Value(-0.0))).d()));
  CHECK(loaded(saved(Value(true))).b());
  CHECK(loaded(saved(Value())).is_none());
  CHECK(loaded(saved(Value(std::complex<double>(1, -2)))).c() == std::complex<double>(1, -2));
  const std::string odd("a\0b\n\xc3\xa9", 6);
  CHECK(loaded(saved(Value(odd))).str() == odd);
  CHECK(loaded(saved(Value(Device{DeviceType::kCUDA, 1}))).device() == Device{DeviceType::kCUDA, 1});
}

TEST_CASE("lists keep their element types, dictionaries their order") {
  const Value ints = loaded(saved(Value(ListBox::of_ints(std::vector<std::int64_t>{1, -70000}))));
  REQUIRE((ints.is_list() && ints.list().is_ints()));
  CHECK(ints.list().ints()[1] == -70000);
  auto nested = make_ref<ListBox>(types::list(types::optional(types::int_())));
  const Value v = loaded(saved(Value(nested)));
  CHECK(v.list().element_type()->annotation() == "List[Optional[int]]");
  auto dict = make_ref<DictBox>(types::str(), types::float_());
  dict->set(Value("z"), Value(1.0));
  dict->set(Value("a"), Value(2.0));
  const Value d = loaded(saved(Value(dict)));
  CHECK(d.dict().items()[0].first.str() == "z");
  CHECK(d.dict().value_type()->annotation() == "float");
  std::vector<Value> five(5, Value("x"));
  CHECK(loaded(saved(Value(make_ref<TupleBox>(five)))).tuple().values.size() == 5);
}

TEST_CASE("what is shared stays shared") {
  auto list = ListBox::of_ints(std::vector<std::int64_t>{1});
  const Value pair = loaded(saved(Value(make_ref<TupleBox>(std::vector<Value>{Value(list), Value(list)}))));
  CHECK(pair.tuple().values[0].box_ptr() == pair.tuple().values[1].box_ptr());
  auto whole = Tensor::empty(Dims{4, 2}, DType::kFloat);
  REQUIRE(whole.ok());
  for (int i = 0; i < 8; ++i) whole->data_as<float>()[i] = static_cast<float>(i);
  const Tensor part = whole->as_view(Dims{2}, Dims{2}, 3);
  const Value tensors = loaded(saved(Value(ListBox::of_tensors({*whole, part, *whole}))));
  const Tensor a = tensors.list().values()[0].tensor(), b = tensors.list().values()[1].tensor();
  CHECK(a.storage() == b.storage());
  CHECK(b.offset() == 3);
  CHECK(b.stride(0) == 2);
  CHECK(tensors.list().values()[2].box_ptr() == tensors.list().values()[0].box_ptr());
  CHECK(b.data_as<float>()[2] == 5);
  const Tensor as_ints = Tensor::from_storage(whole->storage(), 0, Dims{8}, Dims{1}, DType::kInt32);
  const Value two = loaded(saved(Value(ListBox::of_tensors({*whole, as_ints}))));
  CHECK(two.list().values()[1].tensor().dtype() == DType::kInt32);
}

TEST_CASE("what no archive can hold is refused") {
  auto list = make_ref<ListBox>(types::any());
  list->append(Value(list));
  CHECK(why_not(Value(list)).find("contains itself") != std::string::npos);
  list->clear();
  Value deep = Value(1);
  for (int i = 0; i < 3000; ++i) deep = Value(make_ref<TupleBox>(std::vector<Value>{deep}));
  CHECK(why_not(deep).find("nested more than 2000 deep") != std::string::npos);
  CHECK(why_not(Value(make_ref<FutureBox>(types::int_()))).find("Unknown IValue type for pickling") != std::string::npos);
  auto type = make_ref<ClassType>("__torch__.C", false);
  CHECK(why_not(Value(make_ref<ObjectBox>(type, nullptr))).find("without its program") != std::string::npos);
}

TEST_CASE("the container: aligned, stored or deflated, no name twice") {
  StringSink sink;
  ZipWriter zip(sink, "model");
  const std::string code(5000, 'x');
  REQUIRE(zip.add("data/0", "0123").ok());
  REQUIRE(zip.add("code/a.py", code, true).ok());
  REQUIRE(zip.add("a rather long name, so that padding differs", "").ok());
  CHECK_FALSE(zip.add("data/0", "again").ok());
  REQUIRE(zip.finish(3).ok());
  const std::string file = sink.take();
  auto source = ByteSource::copy(file.data(), file.size());
  auto read = Zip::open(*source, Limits());
  REQUIRE_MESSAGE(read.ok(), read.error().message);
  CHECK(read->members().size() == 6);
  for (const Member& m : read->members()) {
    CHECK(m.data_offset % 64 == 0);
    CHECK(read->extract(m).ok());
  }
  CHECK(read->find("model/code/a.py")->deflated);
  CHECK(*read->extract(*read->find("model/code/a.py")) == code);
  CHECK(*read->extract(*read->find("model/version")) == "3\n");
  CHECK(read->extract(*read->find("model/.data/serialization_id"))->size() == 40);
}

TEST_CASE("a file appears whole or not at all") {
  const Folder folder;
  const std::string path = folder.file("model.pt");
  {
    auto sink = FileSink::create(path);
    REQUIRE(sink.ok());
    REQUIRE((*sink)->write(bytes_of("first")).ok());
    CHECK_FALSE(fs::exists(path));
    REQUIRE((*sink)->commit().ok());
  }
  CHECK(text_of(path) == "first");
  {
    auto sink = FileSink::create(path);
    REQUIRE((*sink)->write(bytes_of("second, unfinished")).ok());
  }
  CHECK(text_of(path) == "first");
  CHECK(folder.count() == 1);
  fs::create_symlink(path, folder.file("link.pt"));
  {
    auto sink = FileSink::create(folder.file("link.pt"));
    REQUIRE((*sink)->write(bytes_of("third")).ok());
    REQUIRE((*sink)->commit().ok());
  }
  CHECK(fs::is_symlink(folder.file("link.pt")));
  CHECK(text_of(path) == "third");
  CHECK(folder.count() == 2);
  auto nowhere = FileSink::create(folder.file("no/such/model.pt"));
  REQUIRE_FALSE(nowhere.ok());
  CHECK(nowhere.error().kind == ErrorKind::kIo);
  CHECK(nowhere.error().message.find("Parent directory") != std::string::npos);
  CHECK_FALSE(FileSink::create(folder.path.string()).ok());
}

TEST_CASE("a full disk is an error") {
  if (!fs::exists("/dev/full")) return;
  auto sink = FileSink::create("/dev/full");
  REQUIRE(sink.ok());
  const std::string much(1 << 20, 'x');
  Status s = (*sink)->write(bytes_of(much));
  if (s.ok()) s = (*sink)->commit();
  REQUIRE_FALSE(s.ok());
  CHECK(s.error().kind == ErrorKind::kIo);
  CHECK(fs::exists("/dev/full"));
}

TEST_CASE("debug records come back") {
  auto source = std::make_shared<OriginalSource>();
  source->file = "nets.py";
  source->text = "def f(x):\n  return x\n";
  source->starting_line = 41;
  DebugRecords records;
  records.records.push_back({0, nullptr, 0, 0});
  records.records.push_back({17, source, 12, 20});
  records.records.push_back({300, source, 0, 3});
  records.records.push_back({70000, source, 12, 20});
  const std::string pickle = write_debug_records(records, {0, 1, 2, 1});
  const Limits limits;
  auto read = read_debug_records(bytes_of(pickle), "test", limits);
  REQUIRE_MESSAGE(read.ok(), read.error().message);
  REQUIRE(read->records.size() == 4);
  CHECK(read->find(5) == nullptr);
  const DebugRecord* r = read->find(100);
  REQUIRE(r);
  CHECK(r->source->text == source->text);
  CHECK(r->source->file == "nets.py");
  CHECK(r->source->starting_line == 41);
  CHECK(r->start == 12);
  CHECK(read->find(70001)->source == read->find(301)->source);
}
