// repr() and str() of every object, as CPython prints them.
#include <charconv>
#include <cmath>

#include "interp/interp.h"
#include "interp/number_text.h"
#include "interp/utf8.h"
#include "tensor/print.h"

namespace fac::interp {

std::string python_float(double d) {
  if (std::isnan(d)) return "nan";
  if (std::isinf(d)) return d < 0 ? "-inf" : "inf";
  char buffer[64];
  // The shortest digits that read back as d; CPython writes them plainly for exponents from -4 to 15.
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, d, std::chars_format::scientific).ptr;
  std::string text(buffer, end);
  const auto e = text.find('e');
  const int exponent = std::atoi(text.c_str() + e + 1);
  if (exponent < -4 || exponent >= 16) return text;
  const auto plain = std::to_chars(buffer, buffer + sizeof buffer, d, std::chars_format::fixed).ptr;
  text.assign(buffer, plain);
  if (text.find('.') == std::string::npos) text += ".0";
  return text;
}

std::string python_complex(std::complex<double> c) {
  const auto part = [](double d) {
    std::string s = python_float(d);
    if (s.ends_with(".0")) s.resize(s.size() - 2);
    return s;
  };
  std::string imaginary = part(c.imag()) + "j";
  if (c.real() == 0 && !std::signbit(c.real())) return imaginary;
  if (imaginary[0] != '-') imaginary = "+" + imaginary;
  return "(" + part(c.real()) + imaginary + ")";
}

std::string python_quoted(std::string_view s) {
  const bool has_single = s.find('\'') != std::string_view::npos, has_double = s.find('"') != std::string_view::npos;
  const char quote = has_single && !has_double ? '"' : '\'';
  std::string out(1, quote);
  static constexpr char kHex[] = "0123456789abcdef";
  for (const char c : s) {
    const auto u = static_cast<unsigned char>(c);
    if (c == quote || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') out += "\\n";
    else if (c == '\r') out += "\\r";
    else if (c == '\t') out += "\\t";
    else if (u < 0x20 || u == 0x7f) {
      out += "\\x";
      out += kHex[u >> 4];
      out += kHex[u & 15];
    } else {
      out += c;
    }
  }
  out += quote;
  return out;
}

Result<std::string> Interp::repr(const Value& v) {
  const Depth depth(*this);
  FACULA_TRY_VOID(depth.ok());
  FACULA_TRY_VOID(tick());
  if (!type_of(v)->is_builtin) {
    FACULA_TRY(const auto own, try_special(v, "__repr__", {}));
    if (own && own->is_str()) return own->str();
    if (own) return raise("TypeError", "__repr__ returned non-string");
  }
  const Value& p = plain(v);
  switch (p.tag()) {
    case Tag::kNone: return std::string("None");
    case Tag::kBool: return std::string(p.b() ? "True" : "False");
    case Tag::kInt: return std::to_string(p.i());
    case Tag::kFloat: return python_float(p.d());
    case Tag::kComplex: return python_complex(p.c());
    case Tag::kStr: return python_quoted(p.str());
    case Tag::kDevice: return "device(type='" + device_text(p.device()).substr(0, device_text(p.device()).find(':')) + "'" + (p.device().index >= 0 ? ", index=" + std::to_string(p.device().index) : "") + ")";
    case Tag::kTensor:
      if (p.tensor_impl()->is_parameter) return "Parameter containing:\n" + tensor_repr(p.tensor());
      return tensor_repr(p.tensor());
    default: break;
  }
  Obj* o = object(p);
  if (!o) return std::string("<object>");
  const auto join = [&](const std::vector<Value>& items, std::string_view open, std::string_view close) -> Result<std::string> {
    std::string out(open);
    for (std::size_t i = 0; i < items.size(); ++i) {
      FACULA_TRY(const std::string one, repr(Value(items[i])));
      FACULA_TRY_VOID(charge(one.size()));
      out += (i ? ", " : "") + one;
    }
    return out.append(close);
  };
  switch (o->kind) {
    case Kind::kList: return join(static_cast<Seq*>(o)->items, "[", "]");
    case Kind::kTuple: {
      const auto& items = static_cast<Seq*>(o)->items;
      if (o->cls.get() == known.size) return join(items, "torch.Size([", "])");
      return join(items, "(", items.size() == 1 ? ",)" : ")");
    }
    case Kind::kSet: {
      std::vector<Value> keys;
      for (const auto& [k, x] : static_cast<Dict*>(o)->items()) keys.push_back(k);
      const bool frozen = o->cls.get() == known.frozenset;
      if (keys.empty()) return std::string(frozen ? "frozenset()" : "set()");
      return join(keys, frozen ? "frozenset({" : "{", frozen ? "})" : "}");
    }
    case Kind::kDict: {
      std::string out = "{";
      bool first = true;
      for (const auto& [k, x] : static_cast<Dict*>(o)->items()) {
        FACULA_TRY(const std::string key, repr(k));
        FACULA_TRY(const std::string item, repr(x));
        FACULA_TRY_VOID(charge(key.size() + item.size()));
        out += (first ? "" : ", ") + key + ": " + item;
        first = false;
      }
      return out + "}";
    }
    case Kind::kRange: {
      const auto& r = static_cast<RangeObj&>(*o);
      return "range(" + std::to_string(r.start) + ", " + std::to_string(r.stop) + (r.step == 1 ? ")" : ", " + std::to_string(r.step) + ")");
    }
    case Kind::kSlice: {
      const auto& s = static_cast<SliceObj&>(*o);
      return join({s.start, s.stop, s.step}, "slice(", ")");
    }
    case Kind::kConstant: return static_cast<Constant*>(o)->text;
    case Kind::kClass: {
      const auto& c = static_cast<Class&>(*o);
      const std::string module = c.is_builtin ? "" : c.module_name;
      return "<class '" + (module.empty() || module == "builtins" ? "" : module + ".") + (c.qualified_name.empty() ? c.name : c.qualified_name) + "'>";
    }
    case Kind::kFunction: return "<function " + static_cast<Function*>(o)->qualified_name + ">";
    case Kind::kNative: return "<built-in function " + static_cast<Native*>(o)->name + ">";
    case Kind::kModule: return "<module '" + static_cast<Module*>(o)->name + "'>";
    case Kind::kInert: return "<unavailable '" + static_cast<Inert*>(o)->name + "'>";
    case Kind::kMethod: {
      FACULA_TRY(const std::string f, repr(static_cast<Method*>(o)->function));
      return "<bound method " + f + ">";
    }
    default: break;
  }
  if (o->cls && o->cls->is_subclass_of(known.base_exception)) {
    const Value* args = o->attrs ? o->attrs->find("args") : nullptr;
    std::string inside = "()";
    if (args) {
      FACULA_TRY(inside, repr(Value(*args)));
      if (inside.ends_with(",)")) inside = inside.substr(0, inside.size() - 2) + ")";
    }
    return o->cls->name + inside;
  }
  if (o->kind == Kind::kInstance && !o->cls->is_builtin) return "<" + (o->cls->module_name.empty() ? "" : o->cls->module_name + ".") + o->cls->qualified_name + " object>";
  return "<" + (o->cls ? o->cls->name : std::string("object")) + " object>";
}

Result<std::string> Interp::text(const Value& v) {
  const Depth depth(*this);
  FACULA_TRY_VOID(depth.ok());
  Class* c = type_of(v);
  if (!c->is_builtin) {
    FACULA_TRY(const auto own, try_special(v, "__str__", {}));
    if (own && own->is_str()) return own->str();
    if (own) return raise("TypeError", "__str__ returned non-string");
    // A class of one's own with __repr__ only; subclasses of str print their text.
    if (c->layout != Layout::kStr && c->layout != Layout::kException) return repr(v);
  }
  const Value& p = plain(v);
  if (p.is_str()) return p.str();
  if (p.is_device()) return device_text(p.device());
  if (const Obj* o = object(p); o && o->cls && o->cls->is_subclass_of(known.base_exception)) {
    const Value* args = o->attrs ? o->attrs->find("args") : nullptr;
    const Seq* s = args ? as<Seq>(*args) : nullptr;
    if (!s || s->items.empty()) return std::string();
    if (s->items.size() == 1) return o->cls->name == "KeyError" ? repr(Value(s->items[0])) : text(Value(s->items[0]));
    return repr(Value(*args));
  }
  return repr(v);
}

}  // namespace fac::interp
