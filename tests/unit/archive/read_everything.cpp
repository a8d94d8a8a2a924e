#include "permissive_resolver.h"
#include "samples.h"

namespace fac::archive {

namespace {

// Touches each byte of each tensor, so that a wrong view is seen by the sanitizers.
std::uint64_t touch(const Value& v) {
  std::uint64_t sum = 0;
  switch (v.tag()) {
    case Tag::kTensor: {
      const Tensor t = v.tensor();
      if (t.numel() == 0) break;
      std::int64_t last = 0;
      for (std::int64_t d = 0; d < t.dim(); ++d) last += (t.size(d) - 1) * t.stride(d);
      const auto* p = static_cast<const std::uint8_t*>(t.data());
      const std::size_t bytes = static_cast<std::size_t>(last + 1) * t.element_bytes();
      for (std::size_t i = 0; i < bytes; ++i) sum += p[i];
      break;
    }
    case Tag::kList:
      for (const Value& e : v.list().to_values()) sum += touch(e);
      break;
    case Tag::kDict:
      v.dict().for_each([&](const Value& k, const Value& e) { sum += touch(k) + touch(e); });
      break;
    default: break;
  }
  return sum;
}

}  // namespace

Status read_everything(ByteSource source, const OpenOptions& options) {
  if (!Archive::open(source, options).ok()) {
    Result<Value> saved = read_saved(source, options);
    if (!saved.ok()) return saved.take_error();
    touch(*saved);
    return {};
  }
  FACULA_TRY(const std::unique_ptr<Archive> a, Archive::open(std::move(source), options));
  for (const std::string& name : a->sources()) {
    FACULA_TRY([[maybe_unused]] auto text, a->source(name));
    FACULA_TRY(const DebugRecords debug, a->debug_records(name));
    if (const DebugRecord* r = debug.find(100)) touch(Value(r->source->text.substr(static_cast<std::size_t>(r->start))));
  }
  for (const std::string& name : a->extra_files()) {
    FACULA_TRY([[maybe_unused]] auto text, a->extra_file(name));
  }
  PermissiveResolver resolver;
  FACULA_TRY(const std::vector<Value> constants, a->constants(&resolver));
  for (const Value& v : constants) touch(v);
  FACULA_TRY(const Value data, a->data(resolver));
  touch(data);
  if (data.is_object())
    for (const Value& v : data.object().slots) touch(v);
  return {};
}

}  // namespace fac::archive
