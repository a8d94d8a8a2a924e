// Nodes as expressions.
#include <algorithm>

#include "frontend/unparse/writer.h"
#include "ops/table.h"
#include "value/print.h"

namespace fac::script {
namespace {

const Symbol kScalarImplicit{"aten::ScalarImplicit"}, kFloatImplicit{"aten::FloatImplicit"}, kIntImplicit{"aten::IntImplicit"},
    kGetItem{"aten::__getitem__"}, kUnwrapOptional{"aten::_unwrap_optional"}, kToList{"prim::tolist"},
    kEnumValue{"prim::EnumValue"}, kEnumName{"prim::EnumName"}, kPythonOp{"prim::PythonOp"}, kTypes{"types"},
    kKeywords{"keywords"};

// Operators that have a name of their own in the language.
std::string_view plain_name(Symbol kind) {
  static const std::unordered_map<Symbol, std::string_view> kNames = {
      {Symbol("aten::Int"), "int"},     {Symbol("aten::Float"), "float"}, {Symbol("aten::Bool"), "bool"},
      {Symbol("aten::str"), "str"},     {Symbol("prim::Print"), "print"}, {Symbol("aten::sorted"), "sorted"}};
  const auto found = kNames.find(kind);
  return found == kNames.end() ? std::string_view() : found->second;
}

// "aten::add" -> "torch.add", "prim::dtype" -> "ops.prim.dtype".
std::string operator_text(std::string_view kind) {
  if (kind == "aten::backward" || kind == "aten::grad") return "torch.autograd." + std::string(kind.substr(6));
  const auto colons = kind.find("::");
  const std::string_view space = kind.substr(0, colons), name = colons == kind.npos ? "" : kind.substr(colons + 2);
  return (space == "aten" ? "torch" : "ops." + std::string(space)) + "." + std::string(name);
}

bool has_wide_text(const Value& v) {
  const auto wide = [](const std::string& s) {
    for (const char c : s)
      if (static_cast<unsigned char>(c) > 0x7f) return true;
    return false;
  };
  switch (v.tag()) {
    case Tag::kStr: return wide(v.str());
    case Tag::kList: {
      if (v.list().is_ints() || v.list().is_floats() || v.list().is_bools()) return false;
      for (const Value& item : v.list().values())
        if (has_wide_text(item)) return true;
      return false;
    }
    case Tag::kTuple:
      for (const Value& item : v.tuple().values)
        if (has_wide_text(item)) return true;
      return false;
    case Tag::kDict: {
      bool found = false;
      v.dict().for_each([&](const Value& k, const Value& item) { found |= has_wide_text(k) || has_wide_text(item); });
      return found;
    }
    default: return false;
  }
}

bool is_out(const Argument& a) { return a.keyword_only && a.alias && a.alias->writes; }

// Whether the literal stands for the default: then it need not be written.
bool same_constant(const Value& a, const Value& b) {
  if (a.tag() != b.tag() || a.is_tensor()) return false;
  return a.is_str() ? a.str() == b.str() : equal(a, b);
}

// How many arguments from the left have to be written, and how many `out` arguments stand at the end.
struct Needed {
  std::size_t left = 0, out = 0;
};
Needed needed_arguments(const ir::Graph& g, const std::vector<Argument>& arguments, std::span<const ValueId> inputs) {
  std::size_t end = arguments.size();
  while (end > 0 && is_out(arguments[end - 1])) --end;
  Needed n{inputs.size(), arguments.size() - end};
  if (inputs.size() > arguments.size()) return n;  // varargs
  for (n.left = std::min(end, inputs.size()); n.left > 0; --n.left) {
    const auto& otherwise = arguments[n.left - 1].default_value;
    const Value* given = g.constant(inputs[n.left - 1]);
    if (!otherwise || !given || !same_constant(*otherwise, *given)) break;
  }
  return n;
}

// The elements of a tensor in row-major order as bytes; copied to `room` where they do not lie so in memory.
std::string_view element_bytes(const Tensor& t, std::string& room) {
  const auto* data = static_cast<const char*>(t.data());
  const std::int64_t bytes = static_cast<std::int64_t>(t.element_bytes());
  if (t.numel() == 0) return {};
  if (t.is_contiguous()) return {data, static_cast<std::size_t>(t.numel() * bytes)};
  std::vector<std::int64_t> index(static_cast<std::size_t>(t.dim()));
  while (true) {
    std::int64_t offset = 0;
    for (std::int64_t d = 0; d < t.dim(); ++d) offset += index[static_cast<std::size_t>(d)] * t.stride(d);
    room.append(data + offset * bytes, static_cast<std::size_t>(bytes));
    std::int64_t d = t.dim() - 1;
    while (d >= 0 && ++index[static_cast<std::size_t>(d)] == t.size(d)) index[static_cast<std::size_t>(d--)] = 0;
    if (d < 0) return room;
  }
}

std::size_t hash_of(const Tensor& t) {
  std::string room;
  std::size_t h = std::hash<std::string_view>{}(element_bytes(t, room)) * 31 + static_cast<std::size_t>(t.dtype());
  for (const std::int64_t s : t.sizes()) h = h * 1000003 + static_cast<std::size_t>(s);
  return h;
}

bool same_tensor(const Tensor& a, const Tensor& b) {
  const Ints x = a.sizes(), y = b.sizes();
  if (a.dtype() != b.dtype() || !std::equal(x.begin(), x.end(), y.begin(), y.end())) return false;
  std::string room, other_room;
  return element_bytes(a, room) == element_bytes(b, other_room);
}

}  // namespace

// Tensors of equal content share an entry.
std::size_t ProgramPrinter::Impl::constant_index(const Value& v) {
  if (!v.is_tensor()) {
    constants_.push_back(v);
    return constants_.size() - 1;
  }
  for (; hashed_constants_ < constants_.size(); ++hashed_constants_)
    if (const Value& c = constants_[hashed_constants_]; c.is_tensor()) constant_hashes_[hash_of(c.tensor())].push_back(hashed_constants_);
  const Tensor t = v.tensor();
  for (const std::size_t i : constant_hashes_[hash_of(t)])
    if (same_tensor(constants_[i].tensor(), t)) return i;
  constants_.push_back(v);
  return constants_.size() - 1;
}

std::string ProgramPrinter::Impl::constant_text(const Value& v) {
  return literal(v, options_.names, [this](const Value& item) -> std::optional<std::string> {
    // What has no literal, or none that every reader takes, goes to constants.pkl.
    if (item.is_tensor() || item.is_object() || has_wide_text(item)) return "CONSTANTS.c" + std::to_string(constant_index(item));
    return std::nullopt;
  });
}

void ProgramPrinter::Impl::put_uses(std::span<const ValueId> vs) { argument_list(out_, vs, "", ""); }

void ProgramPrinter::Impl::argument_list(MarkedText& to, std::span<const ValueId> vs, std::string_view begin,
                                         std::string_view end) {
  to.add(begin, here_);
  for (std::size_t i = 0; i < vs.size(); ++i) {
    if (i) to.add(", ", here_);
    to.add(*use(vs[i]));
  }
  to.add(end, here_);
}

Status ProgramPrinter::Impl::expression(MarkedText& to, NodeId n) {
  const ir::Node& at = g().node(n);
  const auto add = [&](std::string_view text) { to.add(text, here_); };
  const auto operand = [&](std::size_t i) { to.add(*use(at.inputs[i])); };
  const auto result = [&] { return type_text(g().type(at.outputs[0])); };
  const auto wrapped = [&](std::string_view form, std::string_view end = ")") {
    add(std::string(form) + "(" + result() + ", ");
    operand(0);
    add(end);
  };

  if (at.kind == ir::sym::Constant) {
    const Value* v = g().constant(at.outputs[0]);
    if (v && v->is_function()) {
      const TypePtr& t = g().type(at.outputs[0]);
      dependencies_.add(t);
      add(type_text(t));
    } else if ((!v || v->is_none()) && g().type(at.outputs[0])->kind() == TypeKind::kOptional) {
      add("annotate(" + result() + ", None)");  // a variable that is None first and something else later
    } else {
      add(v ? constant_text(*v) : "None");
    }
    return {};
  }
  if (at.kind == ir::sym::Uninitialized) return add("uninitialized(" + result() + ")"), Status();
  if (at.kind == kScalarImplicit || at.kind == kFloatImplicit || at.kind == kIntImplicit) return wrapped("annotate"), Status();
  if (const auto name = plain_name(at.kind); !name.empty()) {
    argument_list(to, at.inputs, std::string(name) + "(", ")");
    return {};
  }
  if (at.kind == kGetItem && at.inputs.size() == 2) {
    const auto object = use(at.inputs[0]);
    add(is_identifier(object->text()) ? object->text() : "(" + object->text() + ")");
    add("[");
    operand(1);
    add("]");
    return {};
  }
  if (at.kind == ir::sym::TupleConstruct) {
    const TypePtr& t = g().type(at.outputs[0]);
    if (!t->name().empty()) add(type_text(t));
    argument_list(to, at.inputs, "(", at.inputs.size() == 1 ? ",)" : ")");
    return {};
  }
  if (at.kind == ir::sym::TupleIndex) {
    add("(");
    operand(0);
    add(")[");
    operand(1);
    add("]");
    return {};
  }
  if (at.kind == ir::sym::ListConstruct) {
    const TypePtr& t = g().type(at.outputs[0]);
    const bool annotated = at.inputs.empty() || !shows_in_members(*t->element());
    if (annotated) add("annotate(" + result() + ", ");
    argument_list(to, at.inputs, "[", "]");
    if (annotated) add(")");
    return {};
  }
  if (at.kind == ir::sym::DictConstruct) {
    const TypePtr& t = g().type(at.outputs[0]);
    const bool annotated = at.inputs.empty() || !shows_in_members(*t->element(0)) || !shows_in_members(*t->element(1));
    if (annotated) add("annotate(" + result() + ", ");
    add("{");
    for (std::size_t i = 0; i + 1 < at.inputs.size(); i += 2) {
      if (i) add(", ");
      operand(i);
      add(": ");
      operand(i + 1);
    }
    add("}");
    if (annotated) add(")");
    return {};
  }
  if (at.kind == ir::sym::CreateObject) return add(result() + ".__new__(" + result() + ")"), Status();
  if (at.kind == ir::sym::GetAttr) {
    const std::string field = g().attr_string(n, ir::sym::name).value_or("");
    if (is_identifier(field)) {
      operand(0);
      add("." + field);
    } else {
      add("getattr(");
      operand(0);
      add(", " + quoted(field) + ")");
    }
    return {};
  }
  if (at.kind == ir::sym::CallFunction || at.kind == ir::sym::CallMethod) {
    if (at.kind == ir::sym::CallFunction) {
      operand(0);
    } else {
      add("(");
      operand(0);
      add(")." + g().attr_string(n, ir::sym::name).value_or(""));
      dependencies_.add(g().type(at.inputs[0]));
    }
    add("(");
    for (std::size_t i = 1; i < at.inputs.size(); ++i) {
      operand(i);
      add(", ");
    }
    add(")");
    return {};
  }
  if (at.kind == kUnwrapOptional) {
    // The type of unwrapping a bare None could not be found again.
    const bool none = g().type(at.inputs[0])->kind() == TypeKind::kNone || (g().constant(at.inputs[0]) && g().constant(at.inputs[0])->is_none());
    add("torch._unwrap_optional(");
    if (none) add("annotate(" + type_text(types::optional(g().type(at.outputs[0]))) + ", ");
    operand(0);
    add(none ? "))" : ")");
    return {};
  }
  if (at.kind == ir::sym::unchecked_cast || at.kind == ir::sym::unchecked_unwrap_optional) return wrapped("unchecked_cast"), Status();
  if (at.kind == ir::sym::isinstance) {
    add("isinstance(");
    operand(0);
    add(", ");
    const ir::Attr* attr = at.attr(kTypes);
    const auto* asked = attr ? std::get_if<std::vector<TypePtr>>(attr) : nullptr;
    std::string text;
    if (asked)
      for (const TypePtr& t : *asked) text += (text.empty() ? "" : ", ") + type_text(t);
    add(asked && asked->size() == 1 ? text : "(" + text + ")");
    add(")");
    return {};
  }
  if (at.kind == kToList) return wrapped("annotate", ".tolist())"), Status();
  if (at.kind == kEnumValue || at.kind == kEnumName) {
    add("(");
    operand(0);
    add(at.kind == kEnumValue ? ").value" : ").name");
    return {};
  }
  if (at.kind == kPythonOp) {
    std::string name = g().attr_string(n, ir::sym::name).value_or("");
    if (name.empty())
      for (const auto& [key, attr] : at.attrs)
        if (const auto* v = std::get_if<Value>(&attr); v && v->is_function()) name = v->function()->name();
    if (options_.importable)
      return error(ErrorKind::kCompile, "Could not export Python function call '{}'. Remove calls to Python functions before export. "
                   "Did you forget to add @script or @script_method annotation? If this is a nn.ModuleList, add it to __constants__", name);
    argument_list(to, at.inputs, "^" + name + "()(", ")");
    return {};
  }
  return call(to, n);
}

Status ProgramPrinter::Impl::call(MarkedText& to, NodeId n) {
  const ir::Node& at = g().node(n);
  const auto add = [&](std::string_view text) { to.add(text, here_); };
  add(operator_text(at.kind.str()));
  add("(");
  if (!at.op) {
    // An operator that the table lacks is written as it was read: the last arguments by their keywords.
    const ir::Attr* attr = at.attr(kKeywords);
    const auto* keywords = attr ? std::get_if<std::vector<std::string>>(attr) : nullptr;
    const std::size_t named = keywords ? std::min(keywords->size(), at.inputs.size()) : 0, plain = at.inputs.size() - named;
    for (std::size_t i = 0; i < at.inputs.size(); ++i) {
      if (i) add(", ");
      if (i >= plain) add((*keywords)[i - plain] + "=");
      to.add(*use(at.inputs[i]));
    }
    add(")");
    return {};
  }
  const auto& arguments = at.op->schema().arguments;
  const Needed needed = needed_arguments(g(), arguments, at.inputs);
  bool first = true;
  const auto argument = [&](std::size_t i) {
    if (!first) add(", ");
    first = false;
    if (i < arguments.size() && arguments[i].keyword_only) add(arguments[i].name + "=");
    to.add(*use(at.inputs[i]));
  };
  for (std::size_t i = 0; i < needed.left; ++i) argument(i);
  if (at.inputs.size() <= arguments.size())
    for (std::size_t i = arguments.size() - needed.out; i < at.inputs.size(); ++i) argument(i);
  add(")");
  return {};
}

}  // namespace fac::script
