// Opens any bytes as an archive and reads everything in it. Found errors are results; only crashes, leaks and
// undefined behaviour are findings.
#include <cstddef>
#include <cstdint>

#include "samples.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace fac::archive;
  OpenOptions options;
  // Small enough that one input stays within the fuzzer's memory and time.
  options.limits.inflated_bytes = 1 << 24;
  options.limits.source_bytes = 1 << 22;
  options.limits.pickle_items = 1 << 18;
  fac::Result<ByteSource> source = ByteSource::copy(data, size);
  if (source.ok()) (void)read_everything(std::move(source).value(), options);
  return 0;
}
