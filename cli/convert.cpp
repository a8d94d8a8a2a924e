// facula convert: an archive read and written anew, by this version's rules.
#include <cstdio>
#include <filesystem>
#include <iostream>

#include "archive/reader.h"
#include "command.h"
#include "module/save.h"

namespace cli {
namespace {

struct Options {
  std::string from, to;
  std::vector<std::string> extra;
  bool strip = false;
};

fac::Status convert(const Options& o, const Global& global) {
  FACULA_TRY(auto bytes, fac::archive::ByteSource::map_file(o.from));
  fac::SaveOptions save;
  fac::LoadOptions load;
  {
    FACULA_TRY(auto archive, fac::archive::Archive::open(bytes));
    for (const std::string& name : archive->extra_files()) {
      FACULA_TRY(save.extra_files[name], archive->extra_file(name));
    }
  }
  for (const std::string& e : o.extra) {
    const auto equals = e.find('=');
    if (equals == e.npos || equals == 0) return usage_error("--extra wants NAME=FILE, not '{}'", e);
    FACULA_TRY(auto file, fac::archive::ByteSource::map_file(e.substr(equals + 1)));
    save.extra_files[e.substr(0, equals)] = std::string(reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size());
  }
  save.debug_records = !o.strip;
  if (!global.json)
    save.progress = [last = 0](std::uint64_t done, std::uint64_t total) mutable {
      const int percent = total < (64u << 20) ? 0 : static_cast<int>(done * 100 / total);
      if (percent != last) std::fprintf(stderr, "\r%3d %%", last = percent);
      if (percent == 100) std::fprintf(stderr, "\r      \r");
      return true;
    };
  FACULA_TRY(auto module, fac::load_module(std::move(bytes), load));
  FACULA_TRY_VOID(fac::save_module(module, o.to, save));
  if (global.json) {
    std::error_code ignored;
    std::cout << nlohmann::json{{"file", o.to}, {"bytes", std::filesystem::file_size(o.to, ignored)}}.dump(2) << "\n";
  }
  return {};
}

}  // namespace

void add_convert(CLI::App& app, Global& global, int& exit) {
  auto* c = app.add_subcommand("convert", "Read an archive and write it anew");
  c->footer("The new archive has today's format; PyTorch loads it as well.\nExample: facula convert old.pt new.pt --strip");
  auto o = std::make_shared<Options>();
  c->add_option("from", o->from, "the archive to read (.pt)")->required();
  c->add_option("to", o->to, "the archive to write; it appears whole or not at all")->required();
  c->add_option("--extra", o->extra, "add NAME=FILE as an extra file");
  c->add_flag("--strip", o->strip, "leave out the records of the author's source lines");
  c->callback([o, &global, &exit] {
    const fac::Status done = convert(*o, global);
    exit = done.ok() ? kOk : report(done.error(), global);
  });
}

}  // namespace cli
