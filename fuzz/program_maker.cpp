#include "program_maker.h"

#include <algorithm>
#include <array>

namespace fac::fuzz {
namespace {

constexpr std::array<std::string_view, 20> kTypes = {
    "int", "Tensor", "float", "bool", "str", "List[int]", "List[float]", "List[Tensor]", "List[str]", "Dict[str, int]",
    "Dict[str, Tensor]", "Tuple[int, Tensor]", "Optional[int]", "Optional[Tensor]", "__torch__.Box", "Any", "List[__torch__.Box]",
    "Optional[List[int]]", "List[List[int]]", "__torch__.Pair"};

constexpr std::string_view kClasses = R"(class Pair(NamedTuple):
  a : Tensor
  b : int
class Box:
  i : int
  t : Tensor
  l : List[int]
  q : List[Tensor]
  o : Optional[int]
  def __init__(self: __torch__.Box,
    i: int,
    t: Tensor) -> NoneType:
    self.i = i
    self.t = t
    self.l = [i, 2]
    self.q = [t]
    self.o = i
    return None
def box(i: int,
    t: Tensor) -> __torch__.Box:
  b = __torch__.Box.__new__(__torch__.Box)
  u = (b).__init__(i, t)
  return b
)";

constexpr std::string_view kModule = R"(class M(Module):
  __parameters__ = []
  __buffers__ = []
  i : int
  f : float
  l : List[int]
  d : Dict[str, int]
  o : Optional[int]
)";

std::string element(const std::string& list) { return list.substr(5, list.size() - 6); }

}  // namespace

ProgramMaker::ProgramMaker(std::span<const std::uint8_t> bytes) : bytes_(bytes), hostile_(below(2) == 1) {}

std::size_t ProgramMaker::below(std::size_t n) {
  if (at_ >= bytes_.size()) return 0;
  return bytes_[at_++] % n;
}

std::string ProgramMaker::any_type() { return std::string(kTypes[below(kTypes.size())]); }
std::string ProgramMaker::fresh() { return "v" + std::to_string(names_++); }
void ProgramMaker::line(const std::string& text) { code_ += std::string(static_cast<std::size_t>(indent_) * 2, ' ') + text + "\n"; }

std::string ProgramMaker::variable(const std::string& type) {
  std::vector<const Variable*> fit;
  for (const Variable& v : scope_)
    if (v.type == type) fit.push_back(&v);
  return fit.empty() ? std::string() : fit[fit.size() - 1 - below(fit.size())]->name;
}

std::string ProgramMaker::literal(const std::string& type, int depth) {
  const auto number = [&] { return std::to_string(static_cast<int>(below(9)) - 3); };
  if (type == "int" || type == "Optional[int]") return number();
  if (type == "float") return number() + ".5";
  if (type == "bool") return below(2) ? "True" : "False";
  if (type == "str") return std::array<std::string, 4>{"\"a\"", "\"b\"", "\"\"", "\"xyz\""}[below(4)];
  if (type == "Tensor") return below(2) ? "torch.full([2, 3], " + number() + ".)" : "torch.arange(" + std::to_string(below(5)) + ")";
  if (type.starts_with("Optional")) return "annotate(" + type + ", None)";
  if (type.starts_with("List[")) {
    std::string items;
    for (std::size_t n = below(8) == 7 ? 0 : 1 + below(3); n > 0; --n) items += (items.empty() ? "" : ", ") + expression(element(type), depth + 1);
    return "annotate(" + type + ", [" + items + "])";
  }
  if (type.starts_with("Dict[str")) return "{\"a\": " + expression(type == "Dict[str, int]" ? "int" : "Tensor", depth + 1) + "}";
  if (type == "Tuple[int, Tensor]") return "(" + expression("int", depth + 1) + ", " + expression("Tensor", depth + 1) + ")";
  if (type == "__torch__.Box") {
    if (hostile_ && one_in(4)) return "__torch__.Box.__new__(__torch__.Box)";
    return "__torch__.box(" + expression("int", depth + 1) + ", " + expression("Tensor", depth + 1) + ")";
  }
  if (type == "__torch__.Pair") return "__torch__.Pair(" + expression("Tensor", depth + 1) + ", " + expression("int", depth + 1) + ")";
  return "annotate(Any, " + expression(std::string(kTypes[below(11)]), depth + 1) + ")";
}

std::string ProgramMaker::key(int depth) { return below(4) ? "\"a\"" : expression("str", depth + 1); }

// Mostly one that is there.
std::string ProgramMaker::index(int depth) {
  const std::size_t choice = below(8);
  return choice < 5 ? "0" : choice < 6 ? "-1" : choice < 7 ? "1" : expression("int", depth + 1);
}

std::string ProgramMaker::tensor_operation(int depth) {
  const auto t = [&] { return expression("Tensor", depth + 1); };
  const auto n = [&] { return expression("int", depth + 1); };
  const auto at = [&] { return index(depth); };
  switch (below(40)) {
    case 0: return "torch.add(" + t() + ", " + t() + ")";
    case 1: return "torch.mul(" + t() + ", " + t() + ")";
    case 2: return "torch.sub(" + t() + ", " + n() + ")";
    case 3: return "torch.relu(" + t() + ")";
    case 4: return "torch.neg(" + t() + ")";
    case 5: return "torch.cat(" + expression("List[Tensor]", depth + 1) + ")";
    case 6: return "torch.slice(" + t() + ", 0, " + n() + ", " + n() + ")";
    case 7: return "torch.select(" + t() + ", 0, " + at() + ")";
    case 8: return "torch.t(" + t() + ")";
    case 9: return "torch.view(" + t() + ", [-1])";
    case 10: return "torch.reshape(" + t() + ", " + expression("List[int]", depth + 1) + ")";
    case 11: return "torch.unsqueeze(" + t() + ", " + at() + ")";
    case 12: return "torch.sum(" + t() + ")";
    case 13: return "torch.where(torch.gt(" + t() + ", 0), " + t() + ", " + t() + ")";
    case 14: return "torch.clamp(" + t() + ", -2, 3)";
    case 15: return "torch.maximum(" + t() + ", " + t() + ")";
    case 16: return "torch.stack(" + expression("List[Tensor]", depth + 1) + ", " + at() + ")";
    case 17: return "torch.to(" + t() + ", " + std::to_string(std::array{6, 7, 3, 4, 11}[below(5)]) + ")";
    case 18: return "torch.expand(" + t() + ", " + expression("List[int]", depth + 1) + ")";
    case 19: return "torch.clone(" + t() + ")";
    case 20: return "torch.flip(" + t() + ", [0])";
    case 21: return "torch.index_select(" + t() + ", 0, torch.tensor([0, 1]))";
    case 22: return "torch.abs(torch.mul(" + t() + ", " + n() + "))";
    case 23: return "torch.permute(" + t() + ", " + expression("List[int]", depth + 1) + ")";
    case 24: return "torch.narrow(" + t() + ", 0, " + at() + ", " + at() + ")";
    case 25: return "torch.zeros(" + expression("List[int]", depth + 1) + ")";
    case 26: return "torch.matmul(" + t() + ", torch.t(" + t() + "))";
    case 27: return "torch.sigmoid(" + t() + ")";
    case 28: return "torch.mean(" + t() + ", [0])";
    case 29: return "torch.select(" + t() + ", -1, " + at() + ")";
    case 30: return "torch.slice(" + t() + ", 0, 1)";
    case 31: return "torch.add(" + t() + ", " + t() + ", alpha=" + at() + ")";
    case 32: return "torch.tanh(" + t() + ")";
    default: return "torch." + std::string(below(2) ? "mul" : "add") + "(" + t() + ", " + n() + ")";
  }
}

std::string ProgramMaker::operation(const std::string& type, int depth) {
  const auto e = [&](const char* t) { return expression(t, depth + 1); };
  if (type == "Tensor") {
    switch (below(10)) {
      case 0: return "(" + e("__torch__.Box") + ").t";
      case 1: return "(" + e("Tuple[int, Tensor]") + ")[1]";
      case 2: return "(" + e("__torch__.Pair") + ").a";
      case 3: return e("Dict[str, Tensor]") + "[" + key(depth) + "]";
      case 4: return e("List[Tensor]") + "[" + index(depth) + "]";
      default: return tensor_operation(depth);
    }
  }
  if (type == "int") switch (below(16)) {
      case 0: return "torch.add(" + e("int") + ", " + e("int") + ")";
      case 1: return "torch.mul(" + e("int") + ", " + e("int") + ")";
      case 2: return "torch.floordiv(" + e("int") + ", " + e("int") + ")";
      case 3: return "torch.remainder(" + e("int") + ", " + e("int") + ")";
      case 4: return "torch.len(" + e(std::array{"List[int]", "str", "List[Tensor]", "Dict[str, int]"}[below(4)]) + ")";
      case 5: return e("List[int]") + "[" + index(depth) + "]";
      case 6: return "(" + e("__torch__.Box") + ").i";
      case 7: return e("Dict[str, int]") + "[" + key(depth) + "]";
      case 8: return "torch.size(" + e("Tensor") + ", " + index(depth) + ")";
      case 9: return "(" + e("Tuple[int, Tensor]") + ")[0]";
      case 10: return "torch.dim(" + e("Tensor") + ")";
      case 11: return "self.i";
      case 12: return "ops.prim.min(" + e("int") + ", " + e("int") + ")";
      case 13: return loops_ == 0 ? "(self).g(" + e("Tensor") + ", " + e("int") + ")" : "torch.neg(" + e("int") + ")";
      case 14: return "int(" + e("float") + ")";
      default: return "torch.sub(" + e("int") + ", " + e("int") + ")";
    }
  if (type == "float") switch (below(5)) {
      case 0: return "torch.add(" + e("float") + ", " + e("int") + ")";
      case 1: return "torch.mul(" + e("float") + ", " + e("float") + ")";
      case 2: return e("List[float]") + "[" + index(depth) + "]";
      case 3: return "self.f";
      default: return "float(" + e("int") + ")";
    }
  if (type == "bool") switch (below(6)) {
      case 0: return "torch.lt(" + e("int") + ", " + e("int") + ")";
      case 1: return "torch.__not__(" + e("bool") + ")";
      case 2: return "torch.eq(" + e("str") + ", " + e("str") + ")";
      case 3: return "torch.__contains__(" + e("Dict[str, int]") + ", " + e("str") + ")";
      case 4: return "torch.__is__(" + e(std::array{"Optional[int]", "Optional[Tensor]", "Optional[List[int]]"}[below(3)]) + ", None)";
      default: return "torch.ge(" + e("float") + ", " + e("float") + ")";
    }
  if (type == "str") return below(2) ? "torch.add(" + e("str") + ", " + e("str") + ")" : "torch.slice(" + e("str") + ", " + e("int") + ", " + e("int") + ")";
  if (type == "List[int]") switch (below(7)) {
      case 0: return "torch.add(" + e("List[int]") + ", " + e("List[int]") + ")";
      case 1: return "torch.slice(" + e("List[int]") + ", " + e("int") + ", " + e("int") + ")";
      case 2: return "torch.size(" + e("Tensor") + ")";
      case 3: return "self.l";
      case 4: return "(" + e("__torch__.Box") + ").l";
      case 5: return e("List[List[int]]") + "[" + index(depth) + "]";
      default: return "torch.copy(" + e("List[int]") + ")";
    }
  if (type == "List[Tensor]") return below(2) ? "torch.unbind(" + e("Tensor") + ")" : "(" + e("__torch__.Box") + ").q";
  if (type == "List[str]") return "torch.keys(" + e("Dict[str, int]") + ")";
  if (type == "Dict[str, int]") return "self.d";
  if (type == "Optional[int]") return below(2) ? "self.o" : "(" + e("__torch__.Box") + ").o";
  if (type == "Optional[Tensor]") return "annotate(Optional[Tensor], " + e("Tensor") + ")";
  if (type == "Optional[List[int]]") return "annotate(Optional[List[int]], " + e("List[int]") + ")";
  if (type == "__torch__.Box") return e("List[__torch__.Box]") + "[" + index(depth) + "]";
  return literal(type, depth);
}

std::string ProgramMaker::expression(const std::string& type, int depth) {
  if (hostile_ && depth > 0) {
    if (one_in(40)) return "unchecked_cast(" + type + ", " + expression(any_type(), depth + 1) + ")";
    if (one_in(60)) return "uninitialized(" + type + ")";
  }
  const std::size_t choice = depth > 4 || at_ >= bytes_.size() ? 0 : below(4);
  if (choice < 2)
    if (std::string v = variable(type); !v.empty()) return v;
  if (choice == 3 && depth < 4) return operation(type, depth);
  if (depth > 6 && (type.starts_with("List") || type.starts_with("__torch__.Box") || type == "Any"))
    return type == "Any" ? "annotate(Any, 1)" : type == "__torch__.Box" ? "__torch__.box(1, torch.zeros([2]))" : "annotate(" + type + ", [])";
  return literal(type, depth);
}

void ProgramMaker::effect() {
  const auto e = [&](const char* t) { return expression(t, 1); };
  const std::string name = fresh();
  switch (below(18)) {
    case 0: line(name + " = torch.append(" + e("List[int]") + ", " + e("int") + ")"); break;
    case 1: line(name + " = torch.append(" + e("List[Tensor]") + ", " + e("Tensor") + ")"); break;
    case 2: line(name + " = torch._set_item(" + e("List[int]") + ", " + index(1) + ", " + e("int") + ")"); break;
    case 3: line("torch._set_item(" + e("Dict[str, int]") + ", " + e("str") + ", " + e("int") + ")"); break;
    case 4: line("torch._set_item(" + e("Dict[str, Tensor]") + ", " + e("str") + ", " + e("Tensor") + ")"); break;
    case 5: line(name + " = torch.add_(" + e("Tensor") + ", " + (below(2) ? e("Tensor") : e("int")) + ")"); break;
    case 6: line(name + " = torch.mul_(" + e("Tensor") + ", " + e("int") + ")"); break;
    case 7: line(name + " = torch.copy_(" + e("Tensor") + ", torch.sum(" + e("Tensor") + "))"); break;
    case 8: line(name + " = torch.fill_(torch.select(" + e("Tensor") + ", 0, " + index(1) + "), " + e("int") + ")"); break;
    case 9: line(name + " = torch.relu_(torch.slice(" + e("Tensor") + ", 0, " + index(1) + "))"); break;
    case 10: line("self.i = " + e("int")); break;
    case 11: line("self.l = " + e("List[int]")); break;
    case 12: line("self.o = " + e("Optional[int]")); break;
    case 13:
    case 14:
    case 15:
      if (const std::string box = variable("__torch__.Box"); !box.empty()) {
        const std::size_t which = below(4);
        line(box + "." + std::array{"i", "t", "l", "o"}[which] + " = " + e(std::array{"int", "Tensor", "List[int]", "Optional[int]"}[which]));
      }
      break;
    case 16: line(name + " = torch.pop(" + e("List[int]") + ")"); break;
    default: line(name + " = torch.append(" + e("List[__torch__.Box]") + ", " + e("__torch__.Box") + ")"); break;
  }
}

void ProgramMaker::branch(int depth) {
  const std::size_t kind = below(4);
  if (kind == 0) {  // an Optional is looked at
    const std::string inner = std::array{"int", "Tensor", "List[int]"}[below(3)];
    const std::string o = fresh(), v = fresh();
    line(o + " = " + expression("Optional[" + inner + "]", 1));
    line("if torch.__isnot__(" + o + ", None):");
    const std::size_t before = scope_.size();
    ++indent_;
    line(v + " = unchecked_cast(" + inner + ", " + o + ")");
    scope_.push_back({v, inner, true});
    block(depth + 1, 2);
    scope_.resize(before);
    --indent_;
  } else if (kind == 1) {
    const std::string inner = any_type();
    if (inner == "Any" || inner.starts_with("Optional")) return;
    const std::string a = fresh(), v = fresh();
    line(a + " = " + expression("Any", 1));
    line("if isinstance(" + a + ", " + inner + "):");
    const std::size_t before = scope_.size();
    ++indent_;
    line(v + " = unchecked_cast(" + inner + ", " + a + ")");
    scope_.push_back({v, inner, true});
    block(depth + 1, 2);
    scope_.resize(before);
    --indent_;
  } else {
    line("if " + expression("bool", 1) + ":");
    ++indent_;
    block(depth + 1, 3);
    --indent_;
  }
  line("else:");
  ++indent_;
  block(depth + 1, 2);
  --indent_;
}

void ProgramMaker::loop(int depth) {
  if (loops_ >= 2) return;
  ++loops_;
  const std::size_t before = scope_.size();
  if (below(3) == 0) {
    const std::string go = fresh(), left = fresh();
    line(go + " = True");
    line(left + " = " + std::to_string(below(6)));
    line("while " + go + ":");
    ++indent_;
    scope_.push_back({left, "int", true});
    block(depth + 1, 3);
    line(left + " = torch.sub(" + left + ", 1)");
    line(go + " = torch.gt(" + left + ", 0)");
  } else {
    const std::string i = fresh();
    // Some long enough for native code.
    line("for " + i + " in range(" + (loops_ == 1 && one_in(6) ? std::string("3000") : std::to_string(below(6))) + "):");
    ++indent_;
    scope_.push_back({i, "int", true});
    block(depth + 1, 3);
  }
  --indent_;
  scope_.resize(before);
  --loops_;
}

void ProgramMaker::statement(int depth) {
  ++statements_;
  const std::size_t choice = below(20);
  if (choice < 5 || depth > 4) {
    const std::string type = any_type(), value = expression(type, 0), name = fresh();
    line(name + (type == "Any" || type.starts_with("Optional") ? ": " + type : "") + " = " + value);
    scope_.push_back({name, type});
  } else if (choice < 8) {  // an old variable gets a new value
    std::vector<const Variable*> free;
    for (const Variable& v : scope_)
      if (!v.fixed) free.push_back(&v);
    if (free.empty()) return;
    const Variable v = *free[below(free.size())];
    line(v.name + " = " + expression(v.type, 0));
  } else if (choice < 13) {
    effect();
  } else if (choice < 16) {
    branch(depth);
  } else if (choice < 19) {
    loop(depth);
  } else if (depth > 0 && below(2) == 0) {
    if (below(4) == 0) line("ops.prim.RaiseException(" + expression("str", 2) + ")");
    else line("return " + (returns_ == "Any" ? "annotate(Any, " + expression(any_type(), 2) + ")" : expression(returns_, 2)));
  } else {
    line("assert torch.__not__(" + (below(4) ? std::string("False") : expression("bool", 1)) + "), \"no\"");
  }
}

// Names of the block end with it.
void ProgramMaker::block(int depth, int most) {
  const std::size_t before = scope_.size();
  line("pass");
  for (std::size_t n = 1 + below(static_cast<std::size_t>(most)); n > 0 && statements_ < 60; --n) statement(depth);
  scope_.resize(before);
}

void ProgramMaker::method(std::string_view head, std::vector<Variable> parameters, const std::string& returns, int statements) {
  scope_ = std::move(parameters);
  returns_ = returns;
  statements_ = 0;
  indent_ = 2;
  code_ += "  def " + std::string(head) + "(self: __torch__.M";
  for (const Variable& v : scope_) code_ += ",\n    " + v.name + ": " + v.type;
  code_ += ") -> " + returns + ":\n";
  for (int i = 0; i < statements; ++i) statement(0);
  if (returns == "Any") {
    std::string all;
    for (std::size_t i = 0; i < scope_.size() && i < 12; ++i) all += (all.empty() ? "" : ", ") + scope_[scope_.size() - 1 - i].name;
    line("return (" + all + ", self.i, self.l)");
  } else {
    line("return " + expression(returns, 1));
  }
}

std::string ProgramMaker::code() {
  code_ = std::string(kClasses) + std::string(kModule);
  const int statements = 3 + static_cast<int>(below(12));
  method("forward", {{"x", "Tensor"}, {"n", "int"}, {"s", "str"}, {"l", "List[int]"}, {"o", "Optional[Tensor]"}}, "Any", statements);
  loops_ = 1;  // no calls of itself
  method("g", {{"t", "Tensor"}, {"k", "int"}}, "int", static_cast<int>(below(4)));
  loops_ = 0;
  return std::move(code_);
}

}  // namespace fac::fuzz
