// Reading the text tests of tests/lang: cases of a title, a source and an expected part.
//   === what is tested
//   Python text
//   --- tree        (or graph, errors, ...: what the expected part is)
//   the expected part; FACULA_BLESS=1 in the environment rewrites it
#pragma once

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
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

struct Outcome {
  std::string kind, text;
};
// Runs every case of tests/lang/<name>: `outcome(source)` gives what stands behind `---`, kind and text.
template <class F>
void check_folder(const char* name, F outcome) {
  const bool bless = std::getenv("FACULA_BLESS") != nullptr;
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder(name))) {
    ++files;
    std::ostringstream blessed;
    for (const auto& c : read_cases(entry.path())) {
      INFO(entry.path().filename().string() << ": " << c.title);
      const std::string text = without_trailing_blank_lines(c.source);
      Outcome o = outcome(text);
      if (!o.text.ends_with('\n')) o.text += '\n';
      o.text = without_trailing_blank_lines(o.text);
      blessed << "=== " << c.title << "\n" << text << "--- " << o.kind << "\n" << o.text << "\n";
      if (bless) continue;
      CHECK(o.kind == c.kind);
      CHECK(o.text == without_trailing_blank_lines(c.expected));
    }
    if (bless) std::ofstream(entry.path()) << blessed.str();
  }
  CHECK(files > 0);
}

}  // namespace text_cases
