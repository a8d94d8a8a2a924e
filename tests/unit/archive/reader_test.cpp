#include <doctest/doctest.h>

#include <sstream>

#include "permissive_resolver.h"
#include "samples.h"

using namespace fac;
using namespace fac::archive;

namespace {

const Value& attribute(const Value& object, const char* name) {
  const Value* v = object.object().find(name);
  REQUIRE_MESSAGE(v, "no attribute " << name);
  return *v;
}

template <class T>
std::vector<T> elements(const Tensor& t) {
  REQUIRE(t.dim() <= 2);
  std::vector<T> out;
  if (t.dim() == 0) return {*t.data_as<T>()};
  const std::int64_t rows = t.dim() == 2 ? t.size(0) : 1, columns = t.size(t.dim() - 1);
  for (std::int64_t r = 0; r < rows; ++r)
    for (std::int64_t c = 0; c < columns; ++c)
      out.push_back(t.data_as<T>()[(t.dim() == 2 ? r * t.stride(0) : 0) + c * t.stride(t.dim() - 1)]);
  return out;
}

template <class T>
std::string message(Result<T> r) {
  return r.ok() ? "no error" : r.error().message;
}

#define CHECK_MENTIONS(text, part) CHECK_MESSAGE(std::string(text).find(part) != std::string::npos, text)

void check_sample(Archive& a) {
  CHECK(a.expect_torchscript().ok());
  PermissiveResolver resolver;
  auto constants = a.constants();
  REQUIRE_MESSAGE(constants.ok(), message(std::move(constants)));
  CHECK(constants->empty());  // small tensors are written as lists in the code
  auto data = a.data(resolver);
  REQUIRE_MESSAGE(data.ok(), message(std::move(data)));
  const Value& m = *data;
  REQUIRE(m.is_object());
  CHECK(m.object().type().name().find("Sample") != std::string::npos);

  const Tensor weight = attribute(attribute(attribute(m, "inner"), "linear"), "weight").tensor();
  CHECK(elements<float>(weight) == std::vector<float>{0, 1, 2, 3, 4, 5});
  CHECK(weight.impl()->requires_grad);
  const Tensor whole = attribute(m, "whole").tensor(), view = attribute(m, "view").tensor();
  CHECK(whole.storage() == view.storage());
  CHECK(attribute(m, "tensors").list().get(0).tensor().storage() == whole.storage());
  CHECK(elements<std::int64_t>(view) == std::vector<std::int64_t>{1, 5, 9, 2, 6, 10, 3, 7, 11});
  CHECK(elements<float>(attribute(m, "spread").tensor()) == std::vector<float>{1, 1, 1, 1});
  CHECK(elements<double>(attribute(m, "scalar").tensor()) == std::vector<double>{2.5});
  CHECK(attribute(m, "empty").tensor().numel() == 0);

  CHECK(attribute(m, "ints").list().ints() == std::vector<std::int64_t>{1, 2, 300, -70000, std::int64_t{1} << 40});
  CHECK(attribute(m, "floats").list().floats() == std::vector<double>{0.5, -1e300});
  CHECK(attribute(m, "bools").list().bools() == std::vector<std::uint8_t>{1, 0});
  CHECK(attribute(m, "strings").list().element_type()->kind() == TypeKind::kStr);
  CHECK(attribute(m, "strings").list().get(1).str() == "\xC3\xA4");
  const DictBox& table = attribute(m, "table").dict();
  CHECK(table.value_type()->annotation() == "List[int]");
  CHECK(table.find(Value("one"))->list().ints() == std::vector<std::int64_t>{1});
  CHECK(table.find(Value("none"))->list().is_ints());
  CHECK(attribute(m, "pair").tuple().values[1].str() == "two");
  CHECK(attribute(m, "point").tuple().values[1].d() == 4.5);
  CHECK(attribute(m, "z").c() == std::complex<double>(1, -2));
  CHECK(attribute(m, "device").device() == Device{});
  CHECK(attribute(m, "nothing").is_none());
  CHECK(attribute(m, "training").b());

  CHECK(a.extra_files() == std::vector<std::string>{"notes/hello.txt"});
  CHECK(a.extra_file("notes/hello.txt").value() == "hello, facula");
  auto text = a.source("__torch__");
  REQUIRE((text.ok() && text->has_value()));
  CHECK_MENTIONS(**text, "class Sample(Module):");
  CHECK(a.source("__torch__.torch.nn.modules.linear").value().has_value());
  CHECK(!a.source("__torch__.nowhere").value().has_value());

  auto debug = a.debug_records("__torch__");
  REQUIRE(debug.ok());
  const std::size_t at = (*text)->find("torch.tensor(");
  REQUIRE(at != std::string::npos);
  const DebugRecord* r = debug->find(static_cast<std::int64_t>(at));
  REQUIRE(r != nullptr);
  CHECK_MENTIONS(r->source->file, "make_samples.py");
  CHECK_MENTIONS(r->source->text.substr(static_cast<std::size_t>(r->start)), "torch.tensor([1.0, 2.0, 3.0])");
  CHECK(r->end > r->start);
}

}  // namespace

#define CHECK_SAMPLE_WITH(name) \
  auto a = open_sample(name);   \
  REQUIRE_MESSAGE(a.ok(), message(std::move(a)))

TEST_CASE("a TorchScript archive is read whole") {
  SUBCASE("as PyTorch writes it") {
    CHECK_SAMPLE_WITH("sample.pt");
    CHECK((*a)->version() == 3);
    check_sample(**a);
  }
  SUBCASE("deflated, behind a prefix and before a comment") {
    CHECK_SAMPLE_WITH("deflated.pt");
    check_sample(**a);
  }
  SUBCASE("zip64 fields, unaligned") {
    CHECK_SAMPLE_WITH("zip64.pt");
    check_sample(**a);
  }
  SUBCASE("from borrowed memory, which may go away afterwards") {
    std::string bytes = sample_bytes("sample.pt");
    auto a = Archive::open(ByteSource::borrow(bytes.data(), bytes.size()));
    REQUIRE(a.ok());
    check_sample(**a);
    PermissiveResolver resolver;
    const Value m = (*a)->data(resolver).value();
    a = error(ErrorKind::kIo, "closed");
    bytes.assign(bytes.size(), '\xff');
    CHECK(attribute(m, "whole").tensor().data_as<std::int64_t>()[11] == 11);
  }
  SUBCASE("from a stream") {
    std::istringstream in("head" + sample_bytes("sample.pt"));
    in.seekg(4);
    auto source = ByteSource::read_stream(in);
    REQUIRE(source.ok());
    auto a = Archive::open(*source);
    REQUIRE_MESSAGE(a.ok(), message(std::move(a)));
    check_sample(**a);
  }
}

TEST_CASE("streams that were read before") {
  std::istringstream in(sample_bytes("sample.pt"));
  in.seekg(0, std::ios::end);
  auto rewound = ByteSource::read_stream(in);
  REQUIRE(rewound.ok());
  CHECK(Archive::open(*rewound).ok());
  std::istringstream nothing("");
  CHECK_MENTIONS(message(ByteSource::read_stream(nothing)), "no bytes left");
}

TEST_CASE("tensors outlive the archive, and writing to them leaves the file alone") {
  const std::string before = sample_bytes("sample.pt");
  Value m;
  {
    auto a = open_sample("sample.pt", {.verify = true});
    REQUIRE(a.ok());
    PermissiveResolver resolver;
    m = (*a)->data(resolver).value();
  }
  const Tensor t = attribute(m, "whole").tensor();
  t.data_as<std::int64_t>()[0] = 42;
  CHECK(attribute(m, "tensors").list().get(0).tensor().data_as<std::int64_t>()[0] == 42);
  CHECK(sample_bytes("sample.pt") == before);
}

TEST_CASE("every dtype, in both byte orders") {
  for (const char* name : {"dtypes.pt", "dtypes_big_endian.pt"}) {
    CAPTURE(name);
    auto a = open_sample(name);
    REQUIRE(a.ok());
    PermissiveResolver resolver;
    auto m = (*a)->data(resolver);
    REQUIRE_MESSAGE(m.ok(), message(std::move(m)));
    const auto t = [&](const char* n) { return attribute(*m, n).tensor(); };
    CHECK(elements<std::uint8_t>(t("t_uint8")) == std::vector<std::uint8_t>{0, 1, 2, 100});
    CHECK(elements<std::int16_t>(t("t_int16")) == std::vector<std::int16_t>{0, 1, 2, 100});
    CHECK(elements<std::int32_t>(t("t_int32")) == std::vector<std::int32_t>{0, 1, 2, 100});
    CHECK(elements<std::int64_t>(t("t_int64")) == std::vector<std::int64_t>{0, 1, 2, 100});
    CHECK(elements<std::uint16_t>(t("t_float16"))[3] == 0x5640);
    CHECK(elements<std::uint16_t>(t("t_bfloat16"))[3] == 0x42C8);
    CHECK(elements<double>(t("t_float64")) == std::vector<double>{0, 1, 2, 100});
    CHECK(elements<std::complex<float>>(t("t_complex64"))[2] == std::complex<float>(2, 0));
    CHECK(elements<std::complex<double>>(t("t_complex128"))[3] == std::complex<double>(100, 0));
    CHECK(t("t_complex32").dtype() == DType::kComplexHalf);
    CHECK(t("t_bool").dtype() == DType::kBool);
  }
}

TEST_CASE("enums come from the resolver") {
  class WithEnum final : public ClassResolver {
   public:
    Result<TypePtr> resolve(std::string_view name) override {
      if (!name.ends_with("Color")) return below_.resolve(name);
      using Members = std::vector<std::pair<std::string, Value>>;
      return TypePtr(make_ref<EnumType>(std::string(name), types::int_(), Members{{"RED", Value(1)}, {"BLUE", Value(2)}}));
    }
    bool has_set_state(const ClassType&) override { return true; }
    Status set_state(const Ref<ObjectBox>& o, Value s, TypeRestorer& t) override { return below_.set_state(o, s, t); }

   private:
    PermissiveResolver below_;
  } resolver;
  auto a = open_sample("enum.pt");
  REQUIRE(a.ok());
  auto m = (*a)->data(resolver);
  REQUIRE_MESSAGE(m.ok(), message(std::move(m)));
  CHECK(attribute(*m, "color").enum_().name() == "BLUE");
}

TEST_CASE("what torch.save wrote, in its formats") {
  for (const char* name : {"saved.pth", "saved_legacy.pth", "saved_protocol4.pth", "saved_legacy_protocol4.pth"}) {
    CAPTURE(name);
    auto v = read_saved(ByteSource::map_file(sample_path(name)).value());
    REQUIRE_MESSAGE(v.ok(), message(std::move(v)));
    REQUIRE(v->is_dict());
    const auto get = [&](const char* key) { return *v->dict().find(Value(key)); };
    CHECK(elements<float>(get("weight").tensor()) == std::vector<float>{0, 1, 2, 3, 4, 5});
    CHECK(get("weight").tensor_impl()->is_parameter);
    CHECK(elements<float>(get("view").tensor()) == std::vector<float>{1, 3, 5});
    CHECK(get("weight").tensor().storage() == get("view").tensor().storage());
    CHECK(elements<std::complex<float>>(get("conj").tensor())[0] == std::complex<float>(1, -2));
    CHECK(get("dtype").i() == static_cast<std::int64_t>(DType::kInt64));
    CHECK(get("size").list().ints() == std::vector<std::int64_t>{2, 3});
    const Value nested = get("nested");
    CHECK(nested.dict().find(Value(7))->i() == -1);
    CHECK(nested.dict().find(Value("names"))->list().get(1).tuple().values[2].b());
  }
  CHECK(read_saved(ByteSource::map_file(sample_path("no_crc.pth")).value()).ok());
}

TEST_CASE("files that are something else are told what they are") {
  const auto of = [](std::string bytes) { return message(Archive::open(ByteSource::borrow(bytes.data(), bytes.size()))); };
  CHECK_MENTIONS(of(""), "empty");
  CHECK_MENTIONS(of("<!DOCTYPE html><html>"), "HTML page");
  CHECK_MENTIONS(of(std::string("\x10\0\0\0\0\0\0\0{\"a\": 12345678}", 24)), "safetensors");
  CHECK_MENTIONS(of("\x08\x07\x12\x07pytorch"), "ONNX");
  CHECK_MENTIONS(of("version https://git-lfs.github.com/spec/v1\n"), "git lfs pull");
  CHECK_MENTIONS(of("random text"), "72 61 6e 64 6f 6d");
  CHECK_MENTIONS(of(sample_bytes("saved_legacy.pth")), "pickle");
  CHECK_MENTIONS(of(sample_bytes("sample.pt").substr(0, 3000)), "truncated");
  CHECK_MENTIONS(message(ByteSource::map_file("/nowhere/model.pt")), "No such file");
  CHECK_MENTIONS(message(ByteSource::map_file("/")), "directory");

  CHECK_MENTIONS(message(open_sample("exported.pt2").value()->expect_torchscript()), "torch.export");
  CHECK_MENTIONS(message(open_sample("saved.pth").value()->expect_torchscript()), "state dict");
  CHECK_MENTIONS(message(read_saved(ByteSource::map_file(sample_path("pickled_module.pth")).value())),
                 "torch.nn.modules.linear.Linear");
  CHECK_MENTIONS(message(read_saved(ByteSource::map_file(sample_path("quantized.pth")).value())), "quantized tensors");
  CHECK_MENTIONS(message(open_sample("sample.pt").value()->data(nullptr)), "belongs to a TorchScript program");
}
