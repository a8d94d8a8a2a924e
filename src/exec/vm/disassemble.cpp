#include "exec/vm/code.h"

namespace fac::vm {
namespace {

struct Info {
  std::string_view name, operands;
};
constexpr Info kInfo[] = {
#define OP(name, operands, meaning) {#name, operands},
#include "exec/vm/opcodes.def"
#undef OP
};

}  // namespace

std::string disassemble(const Code& code) {
  std::string out = fmt("{}: {} registers ({} scalar), {} words\n", code.function_name, code.registers(),
                        code.scalar_registers(), code.words.size());
  for (std::size_t i = 0; i < code.words.size(); ++i) {
    const Word& w = code.words[i];
    const Info& info = kInfo[static_cast<std::size_t>(w.op)];
    out += fmt("{}\t{}", i, info.name);
    const std::uint16_t fields[3] = {w.a, w.b, w.c};
    for (std::size_t k = 0; k < 3; ++k) {
      const char kind = info.operands[k];
      if (kind == 'd' || kind == 'r') out += fmt(" r{}", fields[k]);
      if (kind == 'k') out += fmt(" k{}", fields[k]);
      if (kind == 'n') out += fmt(" {}", static_cast<std::int16_t>(fields[k]));
      if (kind == 'j') out += fmt(" ->{}", w.wide());
      if (kind == 's') {
        out += fmt(" #{}", fields[k]);
        if (w.op == Opcode::k_call_op)
          out += fmt(" {}", code.calls[w.a].op ? code.calls[w.a].op->schema_text() : code.calls[w.a].name);
      }
    }
    out += '\n';
  }
  return out;
}

}  // namespace fac::vm
