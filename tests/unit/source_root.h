// Where the tests' data lies. ctest sets FACULA_SOURCE; by hand, run the tests from the top of the checkout.
// Not __FILE__: the compiler cache makes it relative.
#pragma once

#include <cstdlib>
#include <string>

// The checkout's root and `path` below it ("tests/ir").
inline std::string source_path(const std::string& path) {
  const char* root = std::getenv("FACULA_SOURCE");
  return std::string(root ? root : ".") + "/" + path;
}
