// Runs the text tests in tests/lang/archive/*.txt: the code of archives, and the graphs that it compiles to or the error
// of what is wrong in it. `#file __torch__.nets` begins another file; everything before is `__torch__`. CONSTANTS.c0 is
// the number 7, CONSTANTS.c1 an empty tensor.
#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

#include "frontend/script/importer.h"
#include "ir/graph.h"
#include "text_cases.h"

namespace fs = std::filesystem;
using namespace fac;

namespace {

using text_cases::Outcome;

using Files = std::map<std::string, std::string, std::less<>>;

Files files_of(const std::string& source) {
  Files files;
  std::string* to = &files["__torch__"];
  std::istringstream lines(source);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("#file ")) to = &files[line.substr(6)];
    else *to += line + "\n";
  }
  return files;
}

// What `text` defines at its outermost level: ("class", "M"), ("def", "f").
std::vector<std::pair<std::string, std::string>> definitions(const std::string& text) {
  std::vector<std::pair<std::string, std::string>> out;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);)
    for (const std::string word : {"class", "def"})
      if (line.starts_with(word + " ")) out.emplace_back(word, line.substr(word.size() + 1, line.find_first_of("(:") - word.size() - 1));
  return out;
}

Status print_graph(Callable* callable, std::string& out) {
  auto* f = static_cast<ir::Function*>(callable);
  FACULA_TRY(const ir::Graph* g, f->graph());
  FACULA_TRY_VOID(ir::verify(*g));
  out += f->qualified_name() + ": " + ir::print(*g);
  return {};
}

Status compile(const Files& files, std::string& out) {
  ir::Unit unit;
  const auto constants = std::make_shared<std::vector<Value>>();
  constants->push_back(Value(std::int64_t{7}));
  constants->push_back(Value(*Tensor::empty(Dims{0}, DType::kFloat)));
  const auto loader = [&files](std::string_view qualifier) -> Result<Ref<const SourceFile>> {
    const auto found = files.find(qualifier);
    if (found == files.end()) return Ref<const SourceFile>();
    return Ref<const SourceFile>(make_ref<SourceFile>("code/" + found->first + ".py", found->second));
  };
  const auto importer = std::make_shared<script::SourceImporter>(unit, constants, loader, 0, Limits{});
  for (const auto& [file, text] : files)
    for (const auto& [kind, name] : definitions(text)) {
      if (kind == "def") {
        FACULA_TRY(ir::Function* f, importer->function(file + "." + name));
        FACULA_TRY_VOID(print_graph(f, out));
        continue;
      }
      FACULA_TRY(const TypePtr t, importer->type(file + "." + name));
      if (const ClassType* c = as_class(t))
        for (Callable* f : c->methods()) FACULA_TRY_VOID(print_graph(f, out));
    }
  return {};
}

Outcome outcome(const std::string& source) {
  std::string out;
  const Status s = compile(files_of(source), out);
  return s.ok() ? Outcome{"graph", out} : Outcome{"errors", s.error().full()};
}

}  // namespace

TEST_CASE("tests/lang/archive") { text_cases::check_folder("archive", outcome); }
