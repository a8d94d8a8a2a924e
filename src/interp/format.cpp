// f-strings, format() and its mini-language, str.format, and the % operator.
// Longer than most files: the four spellings share one mini-language.
#include <charconv>
#include <cmath>
#include <cstdio>

#include "interp/interp.h"
#include "interp/number_text.h"
#include "interp/utf8.h"

namespace fac::interp {

namespace {

constexpr std::int64_t kMostWidth = 1 << 20;

struct Spec {
  std::string fill = " ";
  char align = 0, sign = '-', type = 0, grouping = 0;
  bool alternate = false, zero = false;
  std::int64_t width = 0, precision = -1;
};

Result<Spec> parse_spec(Interp& in, std::string_view s) {
  Spec out;
  std::size_t i = 0;
  const auto is_align = [](char c) { return c == '<' || c == '>' || c == '=' || c == '^'; };
  if (!s.empty()) {
    const std::size_t n = sequence_length(static_cast<unsigned char>(s[0]));
    if (s.size() > n && is_align(s[n])) {
      out.fill = std::string(s.substr(0, n));
      out.align = s[n];
      i = n + 1;
    } else if (is_align(s[0])) {
      out.align = s[0];
      i = 1;
    }
  }
  if (i < s.size() && (s[i] == '+' || s[i] == '-' || s[i] == ' ')) out.sign = s[i++];
  if (i < s.size() && s[i] == '#') {
    out.alternate = true;
    ++i;
  }
  if (i < s.size() && s[i] == '0') {
    out.zero = true;
    ++i;
  }
  const auto number = [&](std::int64_t& to) {
    to = 0;
    for (; i < s.size() && s[i] >= '0' && s[i] <= '9'; ++i) to = std::min(kMostWidth, to * 10 + (s[i] - '0'));
  };
  if (i < s.size() && s[i] >= '0' && s[i] <= '9') number(out.width);
  if (i < s.size() && (s[i] == ',' || s[i] == '_')) out.grouping = s[i++];
  if (i < s.size() && s[i] == '.') {
    ++i;
    if (i >= s.size() || s[i] < '0' || s[i] > '9') return in.raise("ValueError", "Format specifier missing precision");
    number(out.precision);
  }
  if (i < s.size()) out.type = s[i++];
  if (i != s.size()) return in.raise("ValueError", "Invalid format specifier '{}'", s);
  if (out.width >= kMostWidth || out.precision >= kMostWidth) return in.raise("ValueError", "width or precision too large");
  return out;
}

std::string pad(const std::string& text, const Spec& s, char default_align) {
  const auto have = static_cast<std::int64_t>(count_points(text));
  if (have >= s.width) return text;
  const std::int64_t room = s.width - have;
  const char align = s.align ? s.align : default_align;
  const std::int64_t left = align == '<' ? 0 : align == '^' ? room / 2 : room;
  std::string out;
  for (std::int64_t i = 0; i < left; ++i) out += s.fill;
  out += text;
  for (std::int64_t i = left; i < room; ++i) out += s.fill;
  return out;
}

// Digits with separators, the sign in front, zeros or the fill between them.
std::string number_text(std::string digits, bool negative, std::string prefix, const Spec& s) {
  std::string sign = negative ? "-" : s.sign == '-' ? "" : std::string(1, s.sign);
  std::string whole = digits, rest;
  if (const auto dot = digits.find_first_of(".e"); dot != std::string::npos) {
    whole = digits.substr(0, dot);
    rest = digits.substr(dot);
  }
  const bool zeros = s.zero && !s.align;
  if (s.grouping) {
    const std::size_t group = s.type == 'x' || s.type == 'b' || s.type == 'o' || s.type == 'X' ? 4 : 3;
    std::string out;
    for (std::size_t i = 0; i < whole.size(); ++i) {
      if (i && (whole.size() - i) % group == 0) out += s.grouping;
      out += whole[i];
    }
    whole = out;
  }
  std::string body = whole + rest;
  if (zeros || s.align == '=') {
    const auto have = static_cast<std::int64_t>(sign.size() + prefix.size() + body.size());
    std::string fill;
    for (std::int64_t i = have; i < s.width; ++i) fill += zeros ? "0" : s.fill;
    return sign + prefix + fill + body;
  }
  return pad(sign + prefix + body, s, '>');
}

std::string trim_zeros(std::string digits) {
  const auto e = digits.find('e');
  std::string exponent = e == std::string::npos ? "" : digits.substr(e);
  if (e != std::string::npos) digits.resize(e);
  if (digits.find('.') != std::string::npos) {
    while (digits.ends_with('0')) digits.pop_back();
    if (digits.ends_with('.')) digits.pop_back();
  }
  return digits + exponent;
}

Result<std::string> format_float(Interp& in, double d, const Spec& s) {
  char type = s.type;
  const bool negative = std::signbit(d) && !std::isnan(d);
  const double a = std::fabs(d);
  if (type == 0 && s.precision < 0) {
    std::string digits = python_float(a);
    return number_text(digits, negative, "", s);
  }
  const std::int64_t precision = s.precision < 0 ? 6 : s.precision;
  if (precision > 5000) return in.raise("ValueError", "precision too large");
  const bool upper = type == 'E' || type == 'F' || type == 'G';
  std::string digits(static_cast<std::size_t>(precision) + 400, '\0');
  const auto print = [&](const char* pattern, std::int64_t p, double x) {
    const int n = std::snprintf(digits.data(), digits.size(), pattern, static_cast<int>(p), x);
    digits.resize(static_cast<std::size_t>(n));
  };
  if (std::isnan(a) || std::isinf(a)) digits = std::isnan(a) ? "nan" : "inf";
  else switch (type) {
      case 'e': case 'E': print("%.*e", precision, a); break;
      case 'f': case 'F': print("%.*f", precision, a); break;
      case '%': print("%.*f", precision, a * 100); break;
      case 'g': case 'G': case 'n': case 0: {
        print(s.alternate ? "%#.*g" : "%.*g", precision == 0 ? 1 : precision, a);
        if (type == 0) {
          if (digits.find('e') == std::string::npos && digits.find('.') == std::string::npos) {
            // Without a type, one digit stands behind the point, unless that is one too many.
            std::int64_t whole = static_cast<std::int64_t>(digits.size());
            if (whole < precision) digits += ".0";
            else print("%.*e", precision - 1, a), digits = trim_zeros(digits);
          }
        }
        break;
      }
      default: return in.raise("ValueError", "Unknown format code '{}' for object of type 'float'", std::string(1, type));
    }
  if (upper)
    for (char& c : digits) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  if (type == '%') digits += '%';
  return number_text(digits, negative, "", s);
}

std::string in_base(std::uint64_t v, unsigned base, bool upper) {
  std::string out;
  do {
    const auto d = static_cast<char>(v % base);
    out.insert(out.begin(), static_cast<char>(d < 10 ? '0' + d : (upper ? 'A' : 'a') + d - 10));
    v /= base;
  } while (v);
  return out;
}

Result<std::string> format_int(Interp& in, std::int64_t v, const Spec& s) {
  const bool negative = v < 0;
  const std::uint64_t a = negative ? 0 - static_cast<std::uint64_t>(v) : static_cast<std::uint64_t>(v);
  switch (s.type) {
    case 0: case 'd': case 'n':
      if (s.precision >= 0) return in.raise("ValueError", "Precision not allowed in integer format specifier");
      return number_text(std::to_string(a), negative, "", s);
    case 'x': case 'X': return number_text(in_base(a, 16, s.type == 'X'), negative, s.alternate ? (s.type == 'x' ? "0x" : "0X") : "", s);
    case 'o': return number_text(in_base(a, 8, false), negative, s.alternate ? "0o" : "", s);
    case 'b': return number_text(in_base(a, 2, false), negative, s.alternate ? "0b" : "", s);
    case 'c': return pad(encode_point(static_cast<std::uint32_t>(a)), s, '<');
    case 'e': case 'E': case 'f': case 'F': case 'g': case 'G': case '%': return format_float(in, static_cast<double>(v), s);
    default: return in.raise("ValueError", "Unknown format code '{}' for object of type 'int'", std::string(1, s.type));
  }
}

}  // namespace

Result<std::string> Interp::format(const Value& v, std::string_view spec) {
  FACULA_TRY(const auto own, try_special(v, "__format__", {Value(spec)}));
  if (own && own->is_str()) return own->str();
  if (spec.empty()) return text(v);
  const Value& p = plain(v);
  FACULA_TRY(Spec s, parse_spec(*this, spec));
  FACULA_TRY_VOID(charge(static_cast<std::uint64_t>(s.width)));
  if (p.is_int() || (p.is_bool() && s.type != 0)) return format_int(*this, p.i(), s);
  if (p.is_float()) return format_float(*this, p.d(), s);
  if (p.is_tensor() && p.tensor_impl()->numel == 1) {
    Args args{{p}, {}};
    FACULA_TRY(const Value item, call_operator("aten::item", args));
    return format(item, spec);
  }
  if (p.is_str() || p.is_bool()) {
    if (s.type != 0 && s.type != 's') return raise("ValueError", "Unknown format code '{}' for object of type 'str'", std::string(1, s.type));
    FACULA_TRY(std::string t, text(p));
    if (s.precision >= 0) {
      const auto points = code_points(t);
      if (static_cast<std::size_t>(s.precision) + 1 < points.size()) t.resize(points[static_cast<std::size_t>(s.precision)]);
    }
    if (s.zero && !s.align) s.fill = "0";
    return pad(t, s, '<');
  }
  return raise("TypeError", "unsupported format string passed to {}.__format__", type_name(*this, v));
}

Result<std::string> Interp::format_parts(const script::FString& e, Frame& f) {
  std::string out;
  for (const auto& part : e.parts) {
    if (!part.value) {
      out += part.text;
      continue;
    }
    FACULA_TRY(Value v, eval(*part.value, f));
    if (part.conversion == 'r' || part.conversion == 'a') {
      FACULA_TRY(std::string r, repr(v));
      v = Value(std::move(r));
    } else if (part.conversion == 's') {
      FACULA_TRY(std::string r, text(v));
      v = Value(std::move(r));
    }
    std::string spec;
    if (part.spec) {
      FACULA_TRY(spec, format_parts(*part.spec, f));
    }
    FACULA_TRY(const std::string piece, format(v, spec));
    FACULA_TRY_VOID(charge(piece.size()));
    out += piece;
  }
  return out;
}

// "{} {0} {name} {x.y} {x[0]} {:>8} {!r}".format(...)
Result<std::string> Interp::format_braces(std::string_view pattern, const Args& args) {
  const Depth depth(*this);
  FACULA_TRY_VOID(depth.ok());
  std::string out;
  std::size_t automatic = 1;  // args.pos[0] is the pattern itself
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c == '{' || c == '}') {
      if (i + 1 < pattern.size() && pattern[i + 1] == c) {
        out += c;
        ++i;
        continue;
      }
      if (c == '}') return raise("ValueError", "Single '}' encountered in format string");
      int level = 1;
      std::size_t end = i + 1;
      for (; end < pattern.size(); ++end) {
        if (pattern[end] == '{') ++level;
        if (pattern[end] == '}' && --level == 0) break;
      }
      if (end >= pattern.size()) return raise("ValueError", "expected '}' before end of string");
      std::string_view field = pattern.substr(i + 1, end - i - 1), spec;
      i = end;
      if (const auto colon = field.find(':'); colon != std::string_view::npos) {
        spec = field.substr(colon + 1);
        field = field.substr(0, colon);
      }
      char conversion = 0;
      if (field.size() >= 2 && field[field.size() - 2] == '!') {
        conversion = field.back();
        field.remove_suffix(2);
      }
      const std::size_t head_end = std::min(field.find_first_of(".["), field.size());
      const std::string_view head = field.substr(0, head_end);
      Value v;
      if (head.empty() || (head[0] >= '0' && head[0] <= '9')) {
        std::size_t n = 0;
        if (head.empty()) n = automatic++;
        else if (std::from_chars(head.data(), head.data() + head.size(), n).ptr != head.data() + head.size() || n > 1000000)
          return raise("ValueError", "bad field '{}' in format string", field);
        else ++n;
        if (n >= args.pos.size()) return raise("IndexError", "Replacement index {} out of range for positional args tuple", n - 1);
        v = args.pos[n];
      } else {
        const Value* found = arg(args, args.pos.size(), head);
        if (!found) return raise("KeyError", "{}", head);
        v = *found;
      }
      for (std::size_t at = head_end; at < field.size();) {
        if (field[at] == '.') {
          const std::size_t stop = std::min(field.find_first_of(".[", at + 1), field.size());
          FACULA_TRY(v, get_attr(v, field.substr(at + 1, stop - at - 1)));
          at = stop;
        } else {
          const std::size_t stop = field.find(']', at);
          if (stop == std::string_view::npos) return raise("ValueError", "expected ']' in format string");
          const std::string_view key = field.substr(at + 1, stop - at - 1);
          std::int64_t n = 0;
          const bool number = !key.empty() && std::from_chars(key.data(), key.data() + key.size(), n).ptr == key.data() + key.size();
          FACULA_TRY(v, get_item(v, number ? Value(n) : Value(key)));
          at = stop + 1;
        }
      }
      if (conversion == 'r' || conversion == 's') {
        FACULA_TRY(std::string t, conversion == 'r' ? repr(v) : text(v));
        v = Value(std::move(t));
      }
      std::string inner(spec);
      if (spec.find('{') != std::string_view::npos) {
        FACULA_TRY(inner, format_braces(spec, args));
      }
      FACULA_TRY(const std::string piece, format(v, inner));
      FACULA_TRY_VOID(charge(piece.size()));
      out += piece;
      continue;
    }
    out += c;
  }
  return out;
}

Result<std::string> Interp::format_percent(std::string_view pattern, const Value& given) {
  const Seq* many = as<Seq>(given);
  if (many && many->kind != Kind::kTuple) many = nullptr;
  const Ref<Seq> keep(const_cast<Seq*>(many));
  std::size_t used = 0;
  const auto take = [&]() -> Result<Value> {
    if (many) {
      if (used >= many->items.size()) return raise("TypeError", "not enough arguments for format string");
      return many->items[used++];
    }
    if (used++ > 0) return raise("TypeError", "not enough arguments for format string");
    return given;
  };
  std::string out;
  bool named = false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '%') {
      out += pattern[i];
      continue;
    }
    ++i;
    Value v;
    bool have = false;
    if (i < pattern.size() && pattern[i] == '(') {
      const auto close = pattern.find(')', i);
      if (close == std::string_view::npos) return raise("ValueError", "incomplete format key");
      FACULA_TRY(v, get_item(given, Value(pattern.substr(i + 1, close - i - 1))));
      have = named = true;
      i = close + 1;
    }
    Spec s;
    bool left = false;
    for (; i < pattern.size() && std::string_view("-+ #0").find(pattern[i]) != std::string_view::npos; ++i) {
      if (pattern[i] == '-') left = true;
      else if (pattern[i] == '0') s.zero = true;
      else if (pattern[i] == '#') s.alternate = true;
      else s.sign = pattern[i];
    }
    const auto number = [&](std::int64_t& to) -> Status {
      if (i < pattern.size() && pattern[i] == '*') {
        ++i;
        FACULA_TRY(const Value n, take());
        FACULA_TRY(to, index(n));
        return {};
      }
      to = 0;
      for (; i < pattern.size() && pattern[i] >= '0' && pattern[i] <= '9'; ++i) to = std::min(kMostWidth, to * 10 + (pattern[i] - '0'));
      return {};
    };
    FACULA_TRY_VOID(number(s.width));
    if (s.width < 0) {
      left = true;
      s.width = s.width > -kMostWidth ? -s.width : kMostWidth;
    }
    if (i < pattern.size() && pattern[i] == '.') {
      ++i;
      FACULA_TRY_VOID(number(s.precision));
    }
    if (s.width >= kMostWidth || s.precision >= kMostWidth) return raise("ValueError", "width or precision too large");
    FACULA_TRY_VOID(charge(static_cast<std::uint64_t>(s.width)));
    if (i >= pattern.size()) return raise("ValueError", "incomplete format");
    const char code = pattern[i];
    if (code == '%') {
      out += '%';
      continue;
    }
    if (!have) {
      FACULA_TRY(v, take());
    }
    const Value p = plain(v);
    if (left) {
      s.align = '<';
      s.zero = false;
    }
    switch (code) {
      case 's': case 'r': case 'a': {
        FACULA_TRY(std::string t, code == 's' ? text(v) : repr(v));
        if (s.precision >= 0) {
          const auto points = code_points(t);
          if (static_cast<std::size_t>(s.precision) + 1 < points.size()) t.resize(points[static_cast<std::size_t>(s.precision)]);
        }
        out += pad(t, s, '>');
        break;
      }
      case 'c':
        out += pad(p.is_str() ? p.str() : encode_point(static_cast<std::uint32_t>(p.is_int() ? p.i() : 0)), s, '>');
        break;
      case 'd': case 'i': case 'u': case 'x': case 'X': case 'o': {
        if (!p.is_int() && !p.is_bool() && !p.is_float()) return raise("TypeError", "%{} format: a real number is required, not {}", std::string(1, code), type_name(*this, v));
        s.type = code == 'i' || code == 'u' ? 'd' : code;
        const std::int64_t n = p.is_float() ? static_cast<std::int64_t>(p.d()) : p.i();
        const std::int64_t digits = s.precision;
        s.precision = -1;
        FACULA_TRY(std::string t, format_int(*this, n, s));
        while (digits > 0 && static_cast<std::int64_t>(t.size()) < digits) t.insert(t.begin(), '0');
        out += t;
        break;
      }
      case 'e': case 'E': case 'f': case 'F': case 'g': case 'G': {
        if (!p.is_int() && !p.is_bool() && !p.is_float()) return raise("TypeError", "must be real number, not {}", type_name(*this, v));
        s.type = code;
        FACULA_TRY(const std::string t, format_float(*this, p.is_float() ? p.d() : static_cast<double>(p.i()), s));
        out += t;
        break;
      }
      default: return raise("ValueError", "unsupported format character '{}'", std::string(1, code));
    }
  }
  if (!named && !as<Dict>(given) && (many ? used != many->items.size() : used == 0 && !given.is_none() && pattern.find('%') == std::string_view::npos))
    return raise("TypeError", "not all arguments converted during string formatting");
  return out;
}

}  // namespace fac::interp
