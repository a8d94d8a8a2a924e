// Bytes -> a TorchScript program, as an archive holds it. Each byte decides one thing, so that any bytes give a program that
// parses and mostly type-checks: classes, containers, loops, early exits, exceptions, aliases, writes in place. In hostile ones,
// casts that do not hold and values that were never made.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fac::fuzz {

// `M.forward(self, x: Tensor, n: int, s: str, l: List[int], o: Optional[Tensor])` of code/__torch__.py; M has the attributes that
// kAttributes names.
class ProgramMaker {
 public:
  explicit ProgramMaker(std::span<const std::uint8_t> bytes);
  std::string code();
  bool hostile() const { return hostile_; }

 private:
  struct Variable {
    std::string name, type;
    bool fixed = false;  // loop counters and parameters that calls rely on
  };

  std::size_t below(std::size_t n);  // a decision: 0 .. n-1; 0 when the bytes are used up
  bool one_in(std::size_t n) { return below(n) == 1; }
  std::string any_type();
  std::string expression(const std::string& type, int depth);
  std::string variable(const std::string& type);  // or nothing
  std::string literal(const std::string& type, int depth);
  std::string operation(const std::string& type, int depth);
  std::string tensor_operation(int depth);
  std::string index(int depth);
  std::string key(int depth);
  std::string fresh();
  void line(const std::string& text);
  void block(int depth, int most);
  void statement(int depth);
  void branch(int depth);
  void loop(int depth);
  void effect();
  void method(std::string_view head, std::vector<Variable> parameters, const std::string& returns, int statements);

  std::span<const std::uint8_t> bytes_;
  std::size_t at_ = 0;
  bool hostile_;
  int names_ = 0, indent_ = 0, loops_ = 0, statements_ = 0;
  std::string returns_, code_;
  std::vector<Variable> scope_;
};

}  // namespace fac::fuzz
