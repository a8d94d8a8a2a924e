// How the builtin classes and modules get their members; only the files that install some include this.
#pragma once

#include "interp/interp.h"

namespace fac::interp {

struct MethodRow {
  std::string_view name;
  NativeFn fn;
};

class Installer {
 public:
  explicit Installer(Interp& i) : in(i) {}
  void methods(Class* c, std::span<const MethodRow> rows) {
    for (const auto& r : rows) c->members->set(r.name, in.native(std::string(r.name), r.fn, true));
  }
  void static_method(Class* c, std::string_view name, NativeFn fn) {
    c->members->set(name, value_of(make_ref<Descriptor>(in.heap(), Kind::kStaticMethod, in.known.staticmethod, in.native(std::string(name), fn))));
  }
  void functions(Module& m, std::span<const MethodRow> rows) {
    for (const auto& r : rows) m.attrs->set(r.name, in.native(std::string(r.name), r.fn));
  }
  Interp& in;
};

void install_text_methods(Interp& in);       // str
void install_container_methods(Interp& in);  // list, tuple, dict, set
void install_functions(Interp& in);          // print, len, …
void install_math(Interp& in);
void install_torch(Interp& in);

// Checked access to a native function's arguments.
Status expect_count(Interp& in, const Args& args, std::size_t least, std::size_t most, std::string_view name);
// None where there is no argument.
inline const Value& first(const Args& args) {
  static const Value none;
  return args.pos.empty() ? none : args.pos[0];
}
Result<std::string> text_arg(Interp& in, const Args& args, std::size_t position, std::string_view function);

}  // namespace fac::interp
