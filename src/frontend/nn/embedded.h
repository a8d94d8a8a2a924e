// Text files that are part of the library, compressed (cmake/embed_compressed.cmake).
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>

namespace fac::nn {

struct EmbeddedFiles {
  std::string text;                                            // of all
  std::map<std::string_view, std::string_view> by_name;        // without ".py"; views of `text`
};
// Never destroyed: programs may refer to what was made of it to the end. size: of the inflated text.
const EmbeddedFiles* inflate_files(std::span<const unsigned char> stream, std::size_t size);

}  // namespace fac::nn
