#include "interp/embedded.h"

#include "frontend/nn/embedded.h"

namespace fac::interp {

std::span<const unsigned char> compressed_files();  // generated
extern const std::size_t kInflatedBytes;

const std::string_view* embedded_module(std::string_view name) {
  static const nn::EmbeddedFiles* const files = nn::inflate_files(compressed_files(), kInflatedBytes);
  const auto it = files->by_name.find(name);
  return it == files->by_name.end() ? nullptr : &it->second;
}

}  // namespace fac::interp
