// Damaged archives give an error or a result, never a crash; most useful under the sanitizers.
#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>

#include "samples.h"

using namespace fac;
using namespace fac::archive;

namespace {

constexpr OpenOptions kVerified = {.verify = true};

Status read(const std::string& bytes) {
  Result<ByteSource> source = ByteSource::copy(bytes.data(), bytes.size());
  if (!source.ok()) return source.take_error();
  return read_everything(std::move(source).value(), kVerified);
}

}  // namespace

TEST_CASE("a truncated archive is an error at every length") {
  for (const char* name : {"state.pt", "no_crc.pth", "saved_legacy.pth"}) {
    const std::string whole = sample_bytes(name);
    REQUIRE(read(whole).ok());
    for (std::size_t n = 0; n < whole.size(); n += 1 + n / 700) {
      CAPTURE(n);
      REQUIRE(!read(whole.substr(0, n)).ok());
    }
  }
}

TEST_CASE("flipping any byte is survived") {
  std::size_t errors = 0, tried = 0;
  for (const char* name : {"state.pt", "saved_legacy.pth"}) {
    std::string bytes = sample_bytes(name);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      for (const unsigned mask : {0x01u, 0x80u, 0xffu}) {
        const char old = bytes[i];
        bytes[i] = static_cast<char>(static_cast<unsigned char>(old) ^ mask);
        errors += read(bytes).ok() ? 0 : 1;
        ++tried;
        bytes[i] = old;
      }
    }
  }
  // What goes unnoticed is padding, time stamps and, in the old format, the data themselves.
  CHECK(errors * 2 > tried);
}

// FACULA_ARCHIVES: a text file with one path a line.
TEST_CASE("third-party archives open") {
  const char* list = std::getenv("FACULA_ARCHIVES");
  if (!list) {
    MESSAGE("skipped: FACULA_ARCHIVES does not name a list of archives");
    return;
  }
  std::ifstream in(list);
  std::string path;
  std::size_t count = 0;
  while (std::getline(in, path)) {
    Result<ByteSource> source = ByteSource::map_file(path);
    REQUIRE_MESSAGE(source.ok(), path);
    const Status s = read_everything(std::move(source).value(), kVerified);
    const bool later = !s.ok() && s.error().kind == ErrorKind::kNotImplemented;
    CHECK_MESSAGE((s.ok() || later), path << ": " << (s.ok() ? "" : s.error().message));
    ++count;
  }
  CHECK(count > 0);
}
