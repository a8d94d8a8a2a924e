// Writes the C++ API's generated headers from the operator table: gen_api METHODS_H FUNCTIONS_H NAMESPACES_H.
//
// Conventions are ATen's: `int[]` is IntArrayRef, dtype/layout/device/pin_memory are packed into TensorOptions (and an
// overload takes them one by one), out arguments come first in name_out, several results are a
// tuple. (name_outf, with the out arguments last, is not made: it would double what a program parses.) A row whose types have no C++ form (lists of `t`, dictionaries) is a built-in of the language and is left out.
#include <cstdio>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "ops/table.h"

namespace fac {
namespace {

constexpr std::string_view kMethodOnly[] = {
#define METHOD(name) #name,
#include "gen_api_variants.def"
};
constexpr std::string_view kFunctionOnly[] = {
#define FUNCTION(name) #name,
#include "gen_api_variants.def"
};
constexpr std::string_view kByHand[] = {
#define BY_HAND(name) #name,
#include "gen_api_variants.def"
};
constexpr std::pair<std::string_view, std::string_view> kRequired[] = {
#define REQUIRED(overload, argument) {overload, argument},
#include "gen_api_variants.def"
};
bool has(std::span<const std::string_view> list, std::string_view name) {
  for (const auto n : list)
    if (n == name) return true;
  return false;
}

struct Param {
  std::string type, name;
  std::string put;       // the function of abi::Call that takes it
  std::string fallback;  // the default argument, empty if there is none
  bool is_self = false, is_out = false;
  std::string text(bool with_default) const {
    return type + " " + name + (with_default && !fallback.empty() ? " = " + fallback : "");
  }
};

std::string safe_name(const std::string& name) {
  static const std::set<std::string> words{"default", "from", "and", "or", "not", "class", "new", "delete", "union",
                                           "else", "for", "if", "int", "float", "double", "bool", "char", "template"};
  return words.count(name) && name != "from" ? name + "_" : name;
}

// The parameter type for a schema type, empty if it has none.
std::string cpp_type(const Type& t) {
  switch (t.kind()) {
    case TypeKind::kTensor: return "const Tensor&";
    case TypeKind::kInt: return "std::int64_t";
    case TypeKind::kFloat: return "double";
    case TypeKind::kBool: return "bool";
    case TypeKind::kNumber: return "const Scalar&";
    case TypeKind::kStr: return "std::string_view";
    case TypeKind::kDtype: return "ScalarType";
    case TypeKind::kLayout: return "Layout";
    case TypeKind::kMemoryFormat: return "MemoryFormat";
    case TypeKind::kDevice: return "Device";
    case TypeKind::kGenerator: return "Generator";
    case TypeKind::kList:
      switch (t.element()->kind()) {
        case TypeKind::kTensor: return "TensorList";
        case TypeKind::kInt: return "IntArrayRef";
        case TypeKind::kFloat: return "ArrayRef<double>";
        case TypeKind::kOptional:
          return t.element()->element()->kind() == TypeKind::kTensor ? "const List<std::optional<Tensor>>&" : "";
        default: return {};
      }
    case TypeKind::kOptional: {
      const Type& e = *t.element();
      if (e.kind() == TypeKind::kTensor) return "const std::optional<Tensor>&";
      if (e.kind() == TypeKind::kNumber) return "const std::optional<Scalar>&";
      const std::string inner = cpp_type(e);
      if (inner == "IntArrayRef") return "OptionalIntArrayRef";
      if (inner.empty() || inner == "TensorList") return {};
      return "std::optional<" + inner + ">";
    }
    default: return {};
  }
}

std::string put_of(const std::string& type) {
  static const std::map<std::string, std::string> names{
      {"const Tensor&", "tensor"}, {"const std::optional<Tensor>&", "opt_tensor"}, {"TensorList", "tensors"},
      {"const List<std::optional<Tensor>>&", "opt_tensors"}, {"std::int64_t", "integer"}, {"double", "real"},
      {"bool", "boolean"}, {"const Scalar&", "scalar"}, {"const std::optional<Scalar>&", "opt_scalar"},
      {"std::string_view", "str"}, {"ScalarType", "dtype"}, {"Layout", "layout"}, {"MemoryFormat", "format"},
      {"Device", "device"}, {"Generator", "generator"}, {"IntArrayRef", "ints"}, {"OptionalIntArrayRef", "opt_ints"},
      {"ArrayRef<double>", "reals"}};
  if (const auto it = names.find(type); it != names.end()) return it->second;
  constexpr std::string_view optional = "std::optional<";  // of a type with a name above
  return "opt_" + names.at(type.substr(optional.size(), type.size() - optional.size() - 1));
}

std::string number_text(double d) {
  char text[40];
  std::snprintf(text, sizeof text, "%.17g", d);
  return text;
}

// The default argument in C++; `?` for one that cannot be written.
std::string cpp_default(const Type& t, const Value& v) {
  const Type& bare = t.kind() == TypeKind::kOptional ? *t.element() : t;
  if (v.is_none()) return bare.kind() == TypeKind::kTensor ? "{}" : "std::nullopt";
  switch (bare.kind()) {
    case TypeKind::kBool: return v.b() ? "true" : "false";
    case TypeKind::kInt: return std::to_string(v.i());
    case TypeKind::kFloat: return number_text(v.is_float() ? v.d() : static_cast<double>(v.i()));
    case TypeKind::kNumber:
      return v.is_bool() ? (v.b() ? "true" : "false") : v.is_int() ? std::to_string(v.i()) : number_text(v.d());
    case TypeKind::kStr: return "\"" + v.str() + "\"";
    case TypeKind::kDtype: return "static_cast<ScalarType>(" + std::to_string(v.i()) + ")";
    case TypeKind::kLayout: return "static_cast<Layout>(" + std::to_string(v.i()) + ")";
    case TypeKind::kMemoryFormat: return "static_cast<MemoryFormat>(" + std::to_string(v.i()) + ")";
    case TypeKind::kList: {
      if (v.is_int()) return std::to_string(v.i());
      if (!v.is_list()) return "?";
      if (v.list().size() == 0) return "{}";
      if (!v.list().is_ints()) return "?";
      const auto& ints = v.list().ints();
      bool equal = true;
      for (const auto i : ints) equal = equal && i == ints[0];
      if (equal) return std::to_string(ints[0]);  // int[2] stride=1
      std::string text = "{";
      for (const auto i : ints) text += (text.size() > 1 ? ", " : "") + std::to_string(i);
      return text + "}";
    }
    default: return "?";
  }
}

struct Function {
  std::string name, overload;  // without "aten::"
  std::vector<Param> params;   // in the schema's order
  std::string result;          // C++ type
  std::string take;            // ends the call: "tensor()", "discard(1)"
  std::size_t options_at = 0, out_count = 0;
  bool has_options = false, has_self = false, in_place = false;
};

// False: the row has no place in the C++ API.
bool describe(const ops::Overload& op, Function& f) {
  const Schema& s = op.schema();
  if (s.name.compare(0, 6, "aten::") != 0 || s.is_vararg || s.is_varret) return false;
  f.name = s.name.substr(6);
  f.overload = s.overload;
  if (f.name.empty() || (f.name[0] >= 'A' && f.name[0] <= 'Z') || f.name[0] == '_' || has(kByHand, f.name)) return false;
  if (f.overload.find("hacked_twin") != std::string::npos || f.overload.find("prim_") != std::string::npos) return false;
  if (f.name == "copy_" && !f.overload.empty()) return false;  // copy_.int and the like: assignments of the language
  bool sees_tensor = false;
  for (std::size_t i = 0; i < s.arguments.size(); ++i) {
    const Argument& a = s.arguments[i];
    Param p;
    p.name = safe_name(a.name);
    const bool written = a.alias && a.alias->writes;
    const TypeKind kind = a.type->kind();
    if (i + 3 < s.arguments.size() && a.name == "dtype" && s.arguments[i + 1].name == "layout" &&
        s.arguments[i + 2].name == "device" && s.arguments[i + 3].name == "pin_memory") {
      f.has_options = true;
      f.options_at = i;
    }
    p.type = cpp_type(*a.type);
    if (p.type.empty()) return false;
    if (kind == TypeKind::kTensor || p.type == "TensorList" || p.type == "const std::optional<Tensor>&") sees_tensor = true;
    if (a.default_value) {
      p.fallback = cpp_default(*a.type, *a.default_value);
      if (p.fallback == "?") return false;
    }
    if (a.name == "self" && kind == TypeKind::kTensor) {
      p.is_self = f.has_self = true;
      f.in_place = f.in_place || written;
    } else if (written) {
      if (!a.keyword_only) return false;
      p.is_out = true;
      ++f.out_count;
    }
    p.put = put_of(p.type);
    if (written) p.type = "Tensor&";
    f.params.push_back(std::move(p));
  }
  const std::string full = f.overload.empty() ? f.name : f.name + "." + f.overload;
  for (const auto& [name, argument] : kRequired) {
    if (name != full) continue;
    for (std::size_t i = f.params.size(), found = 0; i-- > 0;) {
      found |= f.params[i].name == argument;
      if (found) f.params[i].fallback.clear();
    }
  }
  const std::size_t returns = s.returns.size();
  bool all_tensors = returns > 0;
  for (const auto& r : s.returns) all_tensors = all_tensors && r.type->kind() == TypeKind::kTensor;
  if (f.in_place || f.out_count) {
    if (!all_tensors && returns != 0) return false;
    f.take = "discard(" + std::to_string(returns) + ")";
  } else if (returns == 0) {
    f.result = "void";
    f.take = "discard(0)";
  } else if (all_tensors && returns == 1) {
    f.result = "Tensor";
    f.take = "take_tensor()";
  } else if (all_tensors && returns <= 5) {
    f.result = "std::tuple<Tensor";
    for (std::size_t i = 1; i < returns; ++i) f.result += ", Tensor";
    f.result += ">";
    f.take = "take_tensor" + std::to_string(returns) + "()";
  } else if (returns == 1) {
    const Type& r = *s.returns[0].type;
    switch (r.kind()) {
      case TypeKind::kBool: f.result = "bool", f.take = "take_bool()"; break;
      case TypeKind::kInt: f.result = "std::int64_t", f.take = "take_int()"; break;
      case TypeKind::kFloat: f.result = "double", f.take = "take_real()"; break;
      case TypeKind::kNumber: f.result = "Scalar", f.take = "take_scalar()"; break;
      case TypeKind::kDtype: f.result = "ScalarType", f.take = "take_dtype()"; break;
      case TypeKind::kList:
        if (r.element()->kind() == TypeKind::kTensor) f.result = "std::vector<Tensor>", f.take = "take_tensors()";
        else if (r.element()->kind() == TypeKind::kInt) f.result = "std::vector<std::int64_t>", f.take = "take_ints()";
        else return false;
        break;
      default: return false;
    }
  } else {
    return false;
  }
  return sees_tensor || f.has_options;
}

// Forms of one function: what is written once for a method and once or more for functions.
enum class Form { kMethod, kFunction, kOut };

std::string parameters(const Function& f, Form form, bool packed) {
  std::vector<std::string> texts;
  std::string outs;
  for (const Param& p : f.params)
    if (p.is_out) {
      if (form == Form::kOut) texts.push_back(p.text(false));
    }
  for (std::size_t i = 0; i < f.params.size(); ++i) {
    const Param& p = f.params[i];
    if (p.is_out || (form == Form::kMethod && p.is_self)) continue;
    if (f.has_options && i == f.options_at && packed) {
      const std::string& d = p.fallback;
      std::string text = "const TensorOptions& options";
      if (!d.empty()) text += d == "std::nullopt" ? " = {}" : " = " + d;
      texts.push_back(text);
      i += 3;
      continue;
    }
    texts.push_back(p.text(packed || !f.has_options));
  }
  std::string joined;
  for (const auto& t : texts) joined += (joined.empty() ? "" : ", ") + t;
  return joined;
}

std::string arguments(const Function& f, Form form, bool packed) {
  std::string text;
  for (std::size_t i = 0; i < f.params.size(); ++i) {
    if (f.has_options && i == f.options_at && packed) {
      text += ".options(options)";
      i += 3;
      continue;
    }
    const Param& p = f.params[i];
    text += "." + p.put + "(" + (form == Form::kMethod && p.is_self ? "*this" : p.name) + ")";
  }
  return text;
}

// `as`: the function's name, where it is not the operator's.
void write(std::ostream& out, const Function& f, Form form, bool packed, const std::string& as = {}) {
  std::string result = f.result, name = as.empty() ? f.name : as, before, back;
  if (f.in_place && form == Form::kMethod) {
    result = "Tensor&";
    back = " return const_cast<Tensor&>(*this);";
  } else if (f.in_place) {
    result = "Tensor&";
    back = " return self;";
  } else if (f.out_count) {
    name += "_out";
    std::string refs, names;
    for (const Param& p : f.params)
      if (p.is_out) {
        refs += (refs.empty() ? "" : ", ") + std::string("Tensor&");
        names += (names.empty() ? "" : ", ") + p.name;
      }
    result = f.out_count == 1 ? refs : "std::tuple<" + refs + ">";
    back = " return " + (f.out_count == 1 ? names : result + "(" + names + ")") + ";";
  } else if (result != "void") {
    before = "return ";
  }
  out << (form == Form::kMethod ? "  " : "inline ") << result << " " << name << "(" << parameters(f, form, packed) << ")"
      << (form == Form::kMethod ? " const" : "") << " { FACULA_CALL(\"aten::" << f.name << "\", \"" << f.overload << "\"); "
      << before << "facula_call" << arguments(f, form, packed) << "." << f.take << ";" << back << " }\n";
}

// torch::fft::rfft is aten::fft_rfft, and so on.
constexpr std::string_view kNamespaces[] = {"fft", "linalg", "special"};

int generate(const char* methods_path, const char* functions_path, const char* namespaces_path) {
  std::ofstream methods(methods_path), functions(functions_path), namespaces(namespaces_path);
  std::map<std::string_view, std::ostringstream> of_namespace;
  methods << "// Generated from the operator table; included inside class Tensor.\n";
  functions << "// Generated from the operator table.\n#pragma once\n\n#include \"facula/ivalue.h\"\n\nnamespace facula {\n\n";
  std::set<std::string> seen;  // signatures: rows that differ in the program's types only meet here
  const auto once = [&](const Function& f, Form form, bool packed) {
    std::string key = std::to_string(static_cast<int>(form)) + f.name + (f.out_count ? "_out(" : "(");
    for (std::size_t i = 0; i < f.params.size(); ++i) {
      if (form == Form::kMethod && f.params[i].is_self) continue;
      if (f.has_options && i == f.options_at && packed) {
        key += "options,";
        i += 3;
        continue;
      }
      key += f.params[i].type + ",";
    }
    return seen.insert(key).second;
  };
  for (const ops::Overload* op : ops::all()) {
    Function f;
    if (!describe(*op, f)) continue;
    const bool can_be_method = f.has_self && f.out_count == 0 && !has(kFunctionOnly, f.name);
    const bool can_be_function = !has(kMethodOnly, f.name);
    for (const bool packed : {true, false}) {
      if (!packed && !f.has_options) continue;
      if (can_be_method && once(f, Form::kMethod, packed)) write(methods, f, Form::kMethod, packed);
      if (!can_be_function) continue;
      const Form form = f.out_count == 0 ? Form::kFunction : Form::kOut;
      if (!once(f, form, packed)) continue;
      write(functions, f, form, packed);
      for (const std::string_view space : kNamespaces)
        if (f.name.size() > space.size() && f.name.compare(0, space.size(), space) == 0 && f.name[space.size()] == '_')
          write(of_namespace[space], f, form, packed, f.name.substr(space.size() + 1));
    }
  }
  functions << "\n}  // namespace facula\n";
  namespaces << "// Generated from the operator table: torch::fft, torch::linalg and torch::special.\n#pragma once\n\n"
                "#include \"facula/generated_functions.h\"\n\n";
  for (const auto& [space, text] : of_namespace)
    namespaces << "namespace facula::" << space << " {\n" << text.str() << "}  // namespace facula::" << space << "\n";
  return methods.good() && functions.good() && namespaces.good() ? 0 : 1;
}

}  // namespace
}  // namespace fac

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fputs("usage: gen_api METHODS_H FUNCTIONS_H NAMESPACES_H\n", stderr);
    return 2;
  }
  return fac::generate(argv[1], argv[2], argv[3]);
}
