// Reading the text tests of tests/lang: cases of a title, a source and an expected part.
//   === what is tested
//   Python text
//   --- tree        (or graph, errors, ...: what the expected part is)
//   the expected part; FACULA_BLESS=1 in the environment rewrites it
#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "../source_root.h"

namespace text_cases {

struct Case {
  std::string title, source, kind, expected;
};

inline std::vector<Case> read_cases(const std::filesystem::path& path) {
  std::vector<Case> cases;
  std::ifstream in(path);
  std::string* to = nullptr;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("=== ")) {
      cases.push_back({line.substr(4), "", "tree", ""});
      to = &cases.back().source;
    } else if (line.starts_with("--- ") && to) {
      cases.back().kind = line.substr(4);
      to = &cases.back().expected;
    } else if (to) {
      *to += line + "\n";
    }
  }
  return cases;
}

inline std::string without_trailing_blank_lines(std::string text) {
  while (text.ends_with("\n\n")) text.pop_back();
  return text == "\n" ? "" : text;
}

// tests/lang/<name>
inline std::filesystem::path folder(const char* name) {
  return source_path(std::string("tests/lang/") + name);
}

}  // namespace text_cases
