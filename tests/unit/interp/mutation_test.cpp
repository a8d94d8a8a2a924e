// Damaged programs: whatever a stranger writes, the interpreter answers with a result or an error.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "../source_root.h"
#include "interp/interp.h"

using namespace fac;

TEST_CASE("mutated programs neither crash nor hang") {
  std::vector<std::string> texts;
  for (const auto& e : std::filesystem::directory_iterator(source_path("tests/interp"))) {
    if (e.path().extension() != ".py" || e.path().filename() == "expect.py") continue;
    std::ifstream in(e.path());
    std::ostringstream out;
    out << in.rdbuf();
    texts.push_back(out.str());
  }
  REQUIRE(!texts.empty());
  std::sort(texts.begin(), texts.end());
  static const char* const kPieces[] = {"9223372036854775807", "-1", "0", "None", "[]", "()", "{}", "''", "self", "*", "**", "lambda: 0", "1.5", "True",
                                        "type", "object", "super()", "...", ":", ",", "(", ")", "[", "]", ".__class__", ".__dict__", "[0]", "()()",
                                        "int", "str.join", "dict.update", "list.sort", "__import__('torch')", "@property\n", "1j", "print", "next"};
  std::mt19937 random(20240611);
  interp::RunLimits limits;
  limits.steps = 30'000;
  limits.text_bytes = 1 << 22;
  limits.tensor_bytes = 1 << 22;
  int ran = 0;
  for (int round = 0; round < 1500; ++round) {
    std::string text = texts[random() % texts.size()];
    // A stretch of lines, so that each mutation is reached within the limits.
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    std::string program;
    const std::size_t first = random() % lines.size(), count = 1 + random() % 25;
    for (std::size_t i = first; i < std::min(lines.size(), first + count); ++i) program += lines[i] + "\n";
    for (int k = 1 + static_cast<int>(random() % 3); k > 0 && !program.empty(); --k) {
      const std::size_t at = random() % program.size();
      switch (random() % 4) {
        case 0: program.erase(at, 1 + random() % 4); break;
        case 1: program.insert(at, kPieces[random() % std::size(kPieces)]); break;
        case 2: program.replace(at, std::min<std::size_t>(1 + random() % 3, program.size() - at), kPieces[random() % std::size(kPieces)]); break;
        default: {
          const std::size_t from = random() % program.size();
          program.insert(at, program.substr(from, random() % 40));
        }
      }
    }
    interp::Interp interp(limits);
    auto m = interp.run_text(program, "mutated.py");
    ran += m.ok();
    if (!m.ok()) CHECK(!interp.explained(m.take_error())->message.empty());
  }
  CHECK(ran > 50);  // some are still programs
}
