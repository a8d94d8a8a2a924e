// Native code against the VM: random programs of scalars, lists and attributes must return the same, or fail with the same
// error in the same place. Each runs long enough for its loops to become native.
#include <doctest/doctest.h>

#include <cstdlib>
#include <random>

#include "exec/vm/native/native.h"
#include "module/executor.h"
#include "module/module.h"
#include "module/program.h"
#include "value/print.h"

using namespace fac;

namespace {

// Writes functions over int variables a..d, floats x..z, bools p, q and lists of each kind.
class Program {
 public:
  explicit Program(unsigned seed) : random_(seed) {}

  std::string text() {
    out_ = "class State:\n    def __init__(self, n: int):\n        self.n = n\n        self.total = 0.5\n        self.on = False\n"
           "        self.rows = [[1, 2, 3], [4, 5], [n]]\n\n"
           "def helper(i: int, f: float) -> float:\n    if i % 3 == 0:\n        return f * 0.5\n    return f + float(i)\n\n"
           "def f(n: int):\n";
    for (const char* v : {"a", "b", "c", "d"}) line(1, fmt("{} = {}", v, number()));
    for (const char* v : {"x", "y", "z"}) line(1, fmt("{} = {}", v, real()));
    line(1, "p = True");
    line(1, "q = n > 3");
    line(1, "s = State(n)");
    line(1, "xs = [3, 1, 4, 1, 5]");
    line(1, "fs = [0.5, 1.5, -2.25]");
    line(1, "bs = [True, False, True]");
    line(1, "rows = [[1.0, 2.0], [3.0, 4.0, 5.0]]");
    line(1, "for i in range(n):");
    block(2, 6);
    line(2, "for j in range(2, 70):");
    block(3, 7);
    if (chance(2)) {
      line(2, "k = 0");
      line(2, fmt("while k < {} and {}:", 5 + below(20), boolean(1)));
      line(3, "k += 1");  // first: the block may continue
      block(3, 4);
    }
    line(1, "return (a, b, c, d, x, y, z, p, q, xs, fs, bs, rows, s.n, s.total, s.on, s.rows)");
    return out_;
  }

 private:
  int below(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }
  bool chance(int of) { return below(of) == 0; }
  template <std::size_t N>
  std::string one(const char* const (&of)[N]) { return of[below(N)]; }
  void line(int depth, const std::string& text) { out_ += std::string(static_cast<std::size_t>(depth) * 4, ' ') + text + "\n"; }

  std::string number() {
    static const char* const kNumbers[] = {"0", "1", "2", "3", "7", "-1", "-3", "10", "64", "1000003", "9223372036854775807", "-9223372036854775807", "4294967296"};
    return one(kNumbers);
  }
  std::string real() {
    static const char* const kReals[] = {"0.0", "1.0", "-1.5", "0.1", "1e10", "-0.0", "3.25", "1e308"};
    return one(kReals);
  }
  std::string int_name() { static const char* const k[] = {"a", "b", "c", "d", "i", "n", "s.n"}; return one(k); }
  std::string float_name() { static const char* const k[] = {"x", "y", "z", "s.total"}; return one(k); }
  std::string bool_name() { static const char* const k[] = {"p", "q", "s.on"}; return one(k); }
  // Mostly within the lists, sometimes negative, rarely out of range.
  std::string index(const std::string& list) {
    switch (below(8)) {
      case 0: return "-1";
      case 1: return fmt("{} % len({}) - 1", int_name(), list);
      case 2: return chance(10) ? integer(1) : "0";
      default: return fmt("{} % len({})", int_name(), list);
    }
  }

  std::string integer(int depth) {
    if (depth <= 0) return chance(2) ? number() : int_name();
    const std::string l = integer(depth - 1), r = integer(depth - 1);
    switch (below(16)) {
      case 0: return fmt("({} + {})", l, r);
      case 1: return fmt("({} - {})", l, r);
      case 2: return fmt("({} * {})", l, r);
      case 3: return chance(30) ? fmt("({} // {})", l, r) : fmt("({} // {})", l, chance(2) ? "7" : "(abs(b % 50) + 1)");
      case 4: return chance(30) ? fmt("({} % {})", l, r) : fmt("({} % {})", l, chance(2) ? "1000" : "(abs(c % 9) - 10)");
      case 5: return fmt("({} & {})", l, r);
      case 6: return fmt("({} | {})", l, r);
      case 7: return fmt("({} ^ {})", l, r);
      case 8: return fmt("min({}, {})", l, r);
      case 9: return fmt("max({}, {})", l, r);
      case 10: return fmt("(-{})", l);
      case 11: return fmt("int({})", boolean(depth - 1));
      case 12: return fmt("xs[{}]", index("xs"));
      case 13: return "len(fs)";
      case 14: return fmt("int({})", floating(depth - 1));
      default: return fmt("s.rows[i % 3][{} % len(s.rows[i % 3])]", int_name());
    }
  }
  std::string floating(int depth) {
    if (depth <= 0) return chance(2) ? real() : float_name();
    const std::string l = floating(depth - 1), r = floating(depth - 1);
    switch (below(12)) {
      case 0: return fmt("({} + {})", l, r);
      case 1: return fmt("({} - {})", l, r);
      case 2: return fmt("({} * {})", l, r);
      case 3: return fmt("({} / {})", l, r);
      case 4: return fmt("(-{})", l);
      case 5: return fmt("float({})", integer(depth - 1));
      case 6: return fmt("({} * {})", l, integer(depth - 1));
      case 7: return fmt("({} / {})", integer(depth - 1), integer(0));
      case 8: return fmt("fs[{}]", index("fs"));
      case 9: return fmt("rows[{} % 2][{}]", int_name(), chance(20) ? "2" : "1");
      case 10: return fmt("helper({}, {})", integer(0), l);
      default: return fmt("({} + {})", integer(0), l);
    }
  }
  std::string boolean(int depth) {
    if (depth <= 0) return chance(3) ? "True" : bool_name();
    static const char* const kCompare[] = {"<", "<=", ">", ">=", "==", "!="};
    switch (below(7)) {
      case 0: return fmt("({} {} {})", integer(depth - 1), one(kCompare), integer(depth - 1));
      case 1: return fmt("({} {} {})", floating(depth - 1), one(kCompare), floating(depth - 1));
      case 2: return fmt("(not {})", boolean(depth - 1));
      case 3: return fmt("({} and {})", boolean(depth - 1), boolean(depth - 1));
      case 4: return fmt("({} or {})", boolean(depth - 1), boolean(depth - 1));
      case 5: return fmt("({} {} {})", integer(depth - 1), one(kCompare), floating(depth - 1));
      default: return fmt("bs[{}]", index("bs"));
    }
  }

  void block(int depth, int statements) {
    for (int k = 0; k < statements; ++k) statement(depth);
  }
  void statement(int depth) {
    static const char* const kInts[] = {"a", "b", "c", "d", "s.n"};
    static const char* const kFloats[] = {"x", "y", "z", "s.total"};
    static const char* const kBools[] = {"p", "q", "s.on"};
    switch (below(14)) {
      case 0:
      case 1:
      case 2: return line(depth, fmt("{} = {}", one(kInts), integer(2)));
      case 3:
      case 4: return line(depth, fmt("{} = {}", one(kFloats), floating(2)));
      case 5: return line(depth, fmt("{} = {}", one(kBools), boolean(2)));
      case 6: return line(depth, fmt("xs[{}] = {}", index("xs"), integer(1)));
      case 7: return line(depth, fmt("fs[{}] = {}", index("fs"), floating(1)));
      case 8: return line(depth, fmt("bs[{}] = {}", index("bs"), boolean(1)));
      case 9:
        line(depth, "if len(xs) < 40:");
        line(depth + 1, fmt("xs.append({})", integer(1)));
        line(depth + 1, fmt("fs.append({})", floating(1)));
        return line(depth + 1, fmt("bs.append({})", boolean(1)));
      case 10:
        line(depth, fmt("rows[{} % 2][0] = {}", int_name(), floating(1)));
        return line(depth, "a, b = b, a");
      case 11: return line(depth, fmt("rows[0].append({})\n{}if len(rows[0]) > 30:\n{}rows[0] = [1.0, 2.0, 3.0]", floating(1),
                                      std::string(static_cast<std::size_t>(depth) * 4, ' '), std::string(static_cast<std::size_t>(depth) * 4 + 4, ' ')));
      default:
        if (depth > 4) return line(depth, "c += 1");
        line(depth, fmt("if {}:", boolean(2)));
        block(depth + 1, 2);
        if (chance(6)) line(depth + 1, chance(2) ? "break" : "continue");
        line(depth, "else:");
        return block(depth + 1, 2);
    }
  }

  std::mt19937 random_;
  std::string out_;
};

std::string run(const CompiledProgram& program, bool native) {
  vm::set_native_enabled(native);
  RunOptions options;
  auto result = run_function(*program.find("f"), {Value(60)}, {}, options);
  vm::set_native_enabled(true);
  return result.ok() ? value_text(*result) : result.error().full();
}

}  // namespace

TEST_CASE("random programs: native code and the VM agree") {
  const char* count = std::getenv("FACULA_RANDOM_PROGRAMS");
  const unsigned programs = count ? static_cast<unsigned>(std::atoi(count)) : 150;
  unsigned failed = 0, native_ones = 0;
  for (unsigned seed = 0; seed < programs; ++seed) {
    const std::string text = Program(seed).text();
    auto program = compile_program(text, "random.py");
    REQUIRE_MESSAGE(program.ok(), text << (program.ok() ? "" : program.error().full()));
    const std::string plain = run(**program, false);
    const std::string native = run(**program, true);
    if (plain.find("HERE") != plain.npos) ++failed;
    CHECK_MESSAGE(plain == native, "seed " << seed << "\n" << text);
    FunctionCode source(true);
    auto code = source.code(*(*program)->find("f"));
    native_ones += code.ok() && (*code)->native.load();
  }
  if (vm::native_enabled()) CHECK(native_ones > programs / 2);
  CHECK(failed > 0);             // some raise, so that places of errors are compared
  CHECK(failed < programs / 2);  // most run to their end
}
