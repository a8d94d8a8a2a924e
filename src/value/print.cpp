#include "value/print.h"

#include <cmath>
#include <cstdio>

#include "tensor/print.h"

namespace fac {
namespace {

constexpr double kTwo63 = 9223372036854775808.0;

bool is_whole(double d) {
  return (std::fpclassify(d) == FP_NORMAL || d == 0) && d >= -kTwo63 && d < kTwo63 && std::trunc(d) == d;
}

std::string digits17(double d) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.17g", d);
  return buffer;
}

// A literal must read back: the sign of zero is kept, and large whole numbers take the exponent form.
std::string float_literal(double d) {
  if (!is_whole(d) || std::fabs(d) >= 1e10) return digits17(d);
  return (std::signbit(d) && d == 0 ? "-0" : std::to_string(static_cast<std::int64_t>(d))) + ".";
}

template <class Items, class Print>
std::string listed(const Items& items, std::string_view open, std::string_view close, Print print) {
  std::string out(open);
  bool first = true;
  for (const auto& item : items) {
    if (!first) out += ", ";
    first = false;
    out += print(item);
  }
  return out += close;
}

template <class Print>
std::string dict_text(const DictBox& d, Print print) {
  return listed(d.items(), "{", "}", [&](const auto& e) { return print(e.first) + ": " + print(e.second); });
}

template <class Print>
std::string tuple_text(const TupleBox& t, Print print) {
  return listed(t.values, "(", t.values.size() == 1 ? ",)" : ")", print);
}

std::string_view last_component(std::string_view name) {
  const auto dot = name.rfind('.');
  return dot == std::string_view::npos ? name : name.substr(dot + 1);
}

std::string object_text(const ObjectBox& o) {
  char address[32];
  std::snprintf(address, sizeof address, "%p", static_cast<const void*>(&o));
  return "<" + o.type().name() + " object at " + address + ">";
}

// Whether a literal [a, b] of such elements has the list's own element type.
bool element_type_shows(const TypePtr& t) {
  switch (t->kind()) {
    case TypeKind::kUnion:
    case TypeKind::kOptional:
    case TypeKind::kNumber:
    case TypeKind::kInterface:
    case TypeKind::kAny: return false;
    default:
      for (const auto& e : t->elements())
        if (t->kind() != TypeKind::kEnum && !element_type_shows(e)) return false;
      return true;
  }
}

}  // namespace

std::string float_text(double d) {
  return is_whole(d) ? std::to_string(static_cast<std::int64_t>(d)) + "." : digits17(d);
}

std::string complex_text(std::complex<double> c) {
  return float_text(c.real()) + (c.imag() >= 0 ? "+" : "-") + float_text(std::fabs(c.imag())) + "j";
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    switch (c) {
      case '\\': out += "\\\\"; break;
      case '\'': out += "\\'"; break;
      case '"': out += "\\\""; break;
      case '\a': out += "\\a"; break;
      case '\b': out += "\\b"; break;
      case '\f': out += "\\f"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      case '\v': out += "\\v"; break;
      default:
        if (c > 0x1f && c < 0x7f) {
          out += c;
        } else {
          char octal[8];
          std::snprintf(octal, sizeof octal, "\\%03o", static_cast<unsigned>(static_cast<unsigned char>(c)));
          out += octal;
        }
    }
  }
  return out + "\"";
}

std::string value_text(const Value& v) {
  switch (v.tag()) {
    case Tag::kNone: return "None";
    case Tag::kBool: return v.b() ? "True" : "False";
    case Tag::kInt: return std::to_string(v.i());
    case Tag::kFloat: return float_text(v.d());
    case Tag::kDevice: return device_text(v.device());
    case Tag::kTensor: return tensor_text(v.tensor());
    case Tag::kComplex: return complex_text(v.c());
    case Tag::kStr: return v.str();
    case Tag::kList: return listed(v.list().to_values(), "[", "]", value_text);
    case Tag::kDict: return dict_text(v.dict(), value_text);
    case Tag::kTuple: return tuple_text(v.tuple(), value_text);
    case Tag::kObject: return object_text(v.object());
    case Tag::kEnum:
      return "Enum<" + std::string(last_component(v.enum_().type->name())) + "." + v.enum_().name() + ">";
    case Tag::kFuture: return "Future";
    case Tag::kFunction: return v.function()->qualified_name();
    case Tag::kGenerator: return "Generator";
    case Tag::kStorage: return "Storage";
    case Tag::kCapsule: return "Capsule";
  }
  return "?";
}

std::string value_repr(const Value& v) {
  const auto annotated = [&v](bool ambiguous, const std::string& text) {
    return ambiguous ? "annotate(" + type_of(v)->annotation() + ", " + text + ")" : text;
  };
  switch (v.tag()) {
    case Tag::kFloat: return float_literal(v.d());
    case Tag::kStr: return quoted(v.str());
    case Tag::kDevice: return "torch.device(" + quoted(device_text(v.device())) + ")";
    case Tag::kEnum: return v.enum_().type->name() + "." + v.enum_().name();
    case Tag::kTuple: return tuple_text(v.tuple(), value_repr);
    case Tag::kList:
      return annotated(v.list().size() == 0 || !element_type_shows(v.list().element_type()),
                       listed(v.list().to_values(), "[", "]", value_repr));
    case Tag::kDict:
      return annotated(v.dict().size() == 0 || !element_type_shows(v.dict().value_type()),
                       dict_text(v.dict(), value_repr));
    default: return value_text(v);
  }
}

}  // namespace fac
