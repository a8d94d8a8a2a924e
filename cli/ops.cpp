// facula ops: the table of operators.
#include <iostream>
#include <set>

#include "command.h"
#include "ops/table.h"

namespace cli {

void add_ops(CLI::App& app, Global& global, int& exit) {
  struct Options {
    std::string pattern;
    bool names = false, samples = false;
  };
  auto o = std::make_shared<Options>();
  CLI::App* c = app.add_subcommand("ops", "List the operators that Facula has");
  c->footer("Example: facula ops conv");
  c->add_option("pattern", o->pattern, "only operators whose schema contains this text");
  c->add_flag("--names", o->names, "names without overloads and arguments");
  c->add_flag("--samples", o->samples, "also the rows' sample arguments");
  c->callback([o, &global, &exit] {
    (void)exit;
    std::set<std::string> names;
    nlohmann::json out = nlohmann::json::array();
    std::size_t count = 0;
    for (const fac::ops::Overload* op : fac::ops::all()) {
      if (op->schema_text().find(o->pattern) == std::string::npos) continue;
      ++count;
      if (o->names) {
        if (names.insert(std::string(op->name())).second && !global.json) std::cout << op->name() << "\n";
        continue;
      }
      nlohmann::json samples = nlohmann::json::array();
      for (auto s : op->row().facts.samples)
        if (!s.empty()) samples.push_back(s);
      if (global.json) {
        out.push_back({{"schema", op->schema_text()}, {"pointwise", op->has(fac::kPointwise)}, {"random", op->has(fac::kRandom)}, {"samples", samples}});
      } else {
        std::cout << op->schema_text() << "\n";
        if (o->samples)
          for (const auto& s : samples) std::cout << "    (" << s.get<std::string>() << ")\n";
      }
    }
    if (global.json) std::cout << (o->names ? nlohmann::json(names) : out).dump(2) << "\n";
    else std::cerr << (o->names ? names.size() : count) << (o->names ? " names\n" : " operators\n");
  });
}

}  // namespace cli
