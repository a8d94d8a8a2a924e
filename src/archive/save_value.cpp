#include "archive/save_value.h"

#include "archive/pickle_writer.h"
#include "archive/zip_writer.h"

namespace fac::archive {

Status save_value(const Value& v, ByteSink& sink, const Limits& limits) {
  constexpr int kVersion = 3;
  PickleWriter pickle(nullptr, limits);
  FACULA_TRY(const std::string text, pickle.write(v));
  ZipWriter zip(sink, "archive");
  FACULA_TRY_VOID(zip.add("data.pkl", text));
  for (std::size_t i = 0; i < pickle.storages().size(); ++i) {
    const Storage& s = *pickle.storages()[i];
    FACULA_TRY_VOID(zip.add("data/" + std::to_string(i), Bytes(static_cast<const std::uint8_t*>(s.data()), s.bytes())));
  }
  return zip.finish(kVersion);
}

}  // namespace fac::archive
