// The archives in tests/archive/data, which make_samples.py wrote with PyTorch.
#pragma once

#include <fstream>
#include <iterator>
#include <string>

#include "../source_root.h"
#include "archive/reader.h"

namespace fac::archive {

inline std::string sample_path(const std::string& name) {
  return source_path("tests/archive/data/" + name);
}

inline std::string sample_bytes(const std::string& name) {
  std::ifstream in(sample_path(name), std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline Result<std::unique_ptr<Archive>> open_sample(const std::string& name, const OpenOptions& options = {}) {
  FACULA_TRY(ByteSource source, ByteSource::map_file(sample_path(name)));
  return Archive::open(std::move(source), options);
}

// Opens bytes as an archive and reads everything in it; the first error, if any. Also what the fuzzer does.
Status read_everything(ByteSource source, const OpenOptions& options);

}  // namespace fac::archive
