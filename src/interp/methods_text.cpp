// The methods of str.
#include <algorithm>

#include "interp/install.h"
#include "interp/number_text.h"
#include "interp/utf8.h"

namespace fac::interp {

Status expect_count(Interp& in, const Args& args, std::size_t least, std::size_t most, std::string_view name) {
  if (args.pos.size() < least || args.pos.size() > most)
    return in.raise("TypeError", "{}() takes {} arguments but {} were given", name,
                    least == most ? std::to_string(least) : std::to_string(least) + " to " + std::to_string(most), args.pos.size());
  return {};
}

Result<std::string> text_arg(Interp& in, const Args& args, std::size_t position, std::string_view function) {
  if (position >= args.pos.size()) return in.raise("TypeError", "{}() misses an argument", function);
  const Value& v = in.plain(args.pos[position]);
  if (!v.is_str()) return in.raise("TypeError", "{}() argument must be str, not {}", function, type_name(in, v));
  return v.str();
}

namespace {

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return is_lower(c) || is_upper(c) || static_cast<unsigned char>(c) >= 0x80; }

using R = Result<Value>;

template <class F>
R map_text(Interp& in, Args& a, const char* name, F f) {
  FACULA_TRY(std::string s, text_arg(in, a, 0, name));
  FACULA_TRY_VOID(in.charge(s.size()));
  return Value(f(std::move(s)));
}
template <class F>
R test_text(Interp& in, Args& a, const char* name, F f) {
  FACULA_TRY(const std::string s, text_arg(in, a, 0, name));
  return Value(!s.empty() && std::all_of(s.begin(), s.end(), f));
}

char lower(char c) { return is_upper(c) ? static_cast<char>(c + 32) : c; }
char upper(char c) { return is_lower(c) ? static_cast<char>(c - 32) : c; }

R strip(Interp& in, Args& a, bool left, bool right) {
  FACULA_TRY(const std::string s, text_arg(in, a, 0, "strip"));
  std::string set;
  const bool given = a.pos.size() > 1 && !a.pos[1].is_none();
  if (given) {
    FACULA_TRY(set, text_arg(in, a, 1, "strip"));
  }
  const auto cut = [&](char c) { return given ? set.find(c) != std::string::npos : is_space(c); };
  std::size_t b = 0, e = s.size();
  while (left && b < e && cut(s[b])) ++b;
  while (right && e > b && cut(s[e - 1])) --e;
  return Value(s.substr(b, e - b));
}

R split(Interp& in, Args& a, bool from_right) {
  FACULA_TRY(const std::string s, text_arg(in, a, 0, "split"));
  const Value* sep = arg(a, 1, "sep");
  std::int64_t most = -1;
  if (const Value* m = arg(a, 2, "maxsplit")) {
    FACULA_TRY(most, in.index(*m));
  }
  std::vector<Value> out;
  FACULA_TRY_VOID(in.charge(s.size() * 4));
  if (!sep || sep->is_none()) {
    std::vector<std::string> parts;
    if (!from_right) {
      std::size_t i = 0;
      while (true) {
        while (i < s.size() && is_space(s[i])) ++i;
        if (i >= s.size()) break;
        if (most >= 0 && static_cast<std::int64_t>(parts.size()) == most) {
          std::size_t e = s.size();
          while (e > i && is_space(s[e - 1])) --e;
          parts.push_back(s.substr(i, e - i));
          break;
        }
        std::size_t e = i;
        while (e < s.size() && !is_space(s[e])) ++e;
        parts.push_back(s.substr(i, e - i));
        i = e;
      }
    } else {
      std::size_t e = s.size();
      while (true) {
        while (e > 0 && is_space(s[e - 1])) --e;
        if (e == 0) break;
        if (most >= 0 && static_cast<std::int64_t>(parts.size()) == most) {
          std::size_t b = 0;
          while (b < e && is_space(s[b])) ++b;
          parts.push_back(s.substr(b, e - b));
          break;
        }
        std::size_t b = e;
        while (b > 0 && !is_space(s[b - 1])) --b;
        parts.push_back(s.substr(b, e - b));
        e = b;
      }
      std::reverse(parts.begin(), parts.end());
    }
    for (auto& p : parts) out.emplace_back(std::move(p));
    return in.list(std::move(out));
  }
  if (!in.plain(*sep).is_str()) return in.raise("TypeError", "must be str or None, not {}", type_name(in, *sep));
  const std::string by = in.plain(*sep).str();
  if (by.empty()) return in.raise("ValueError", "empty separator");
  if (!from_right) {
    std::size_t start = 0;
    for (std::size_t at; (most < 0 || static_cast<std::int64_t>(out.size()) < most) && (at = s.find(by, start)) != std::string::npos; start = at + by.size())
      out.emplace_back(s.substr(start, at - start));
    out.emplace_back(s.substr(start));
  } else {
    std::size_t end = s.size();
    while (most < 0 || static_cast<std::int64_t>(out.size()) < most) {
      if (end < by.size()) break;
      const std::size_t at = s.rfind(by, end - by.size());
      if (at == std::string::npos) break;
      out.emplace_back(s.substr(at + by.size(), end - at - by.size()));
      end = at;
      if (end == 0) break;
    }
    out.emplace_back(s.substr(0, end));
    std::reverse(out.begin(), out.end());
  }
  return in.list(std::move(out));
}

R join(Interp& in, Args& a) {
  FACULA_TRY(const std::string by, text_arg(in, a, 0, "join"));
  FACULA_TRY_VOID(expect_count(in, a, 2, 2, "join"));
  FACULA_TRY(const auto items, in.gather(a.pos[1]));
  std::string out;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const Value& v = in.plain(items[i]);
    if (!v.is_str()) return in.raise("TypeError", "sequence item {}: expected str instance, {} found", i, type_name(in, v));
    FACULA_TRY_VOID(in.charge(v.str().size() + by.size()));
    if (i) out += by;
    out += v.str();
  }
  return Value(std::move(out));
}

R replace(Interp& in, Args& a) {
  FACULA_TRY(const std::string s, text_arg(in, a, 0, "replace"));
  FACULA_TRY(const std::string from, text_arg(in, a, 1, "replace"));
  FACULA_TRY(const std::string to, text_arg(in, a, 2, "replace"));
  std::int64_t most = -1;
  if (const Value* m = arg(a, 3, "count")) {
    FACULA_TRY(most, in.index(*m));
  }
  std::string out;
  std::size_t start = 0;
  std::int64_t done = 0;
  if (from.empty()) {
    for (std::size_t i = 0; i <= s.size();) {
      if (most >= 0 && done++ >= most) {
        out += s.substr(i);
        return Value(std::move(out));
      }
      FACULA_TRY_VOID(in.charge(to.size() + 1));
      out += to;
      if (i == s.size()) break;
      const std::size_t n = sequence_length(static_cast<unsigned char>(s[i]));
      out += s.substr(i, n);
      i += n;
    }
    return Value(std::move(out));
  }
  for (std::size_t at; (most < 0 || done < most) && (at = s.find(from, start)) != std::string::npos; start = at + from.size(), ++done) {
    FACULA_TRY_VOID(in.charge(at - start + to.size()));
    out += s.substr(start, at - start) + to;
  }
  out += s.substr(start);
  return Value(std::move(out));
}

// Offsets in code points; texts that are not ASCII are converted.
R find(Interp& in, Args& a, bool last, bool must) {
  FACULA_TRY(std::string s, text_arg(in, a, 0, "find"));
  FACULA_TRY(const std::string what, text_arg(in, a, 1, "find"));
  const auto points = code_points(s);
  const auto n = static_cast<std::int64_t>(points.size()) - 1;
  std::int64_t from = 0, to = n;
  if (a.pos.size() > 2 && !a.pos[2].is_none()) {
    FACULA_TRY(from, in.index(a.pos[2]));
  }
  if (a.pos.size() > 3 && !a.pos[3].is_none()) {
    FACULA_TRY(to, in.index(a.pos[3]));
  }
  if (from < 0) from = std::max<std::int64_t>(0, from + n);
  if (to < 0) to = std::max<std::int64_t>(0, to + n);
  to = std::min(to, n);
  std::int64_t found = -1;
  if (from <= to) {
    const std::size_t b = points[static_cast<std::size_t>(from)], e = points[static_cast<std::size_t>(to)];
    const std::string_view part = std::string_view(s).substr(b, e - b);
    const std::size_t at = last ? part.rfind(what) : part.find(what);
    if (at != std::string_view::npos) found = std::lower_bound(points.begin(), points.end(), at + b) - points.begin();
  }
  if (found < 0 && must) return in.raise("ValueError", "substring not found");
  return Value(found);
}

R affix(Interp& in, Args& a, bool front) {
  FACULA_TRY(const std::string s, text_arg(in, a, 0, "startswith"));
  FACULA_TRY_VOID(expect_count(in, a, 2, 4, "startswith"));
  std::vector<Value> options{a.pos[1]};
  if (const Seq* t = as<Seq>(a.pos[1]); t && t->kind == Kind::kTuple) options = t->items;
  for (const Value& o : options) {
    const Value& p = in.plain(o);
    if (!p.is_str()) return in.raise("TypeError", "startswith first arg must be str or a tuple of str, not {}", type_name(in, o));
    if (front ? s.starts_with(p.str()) : s.ends_with(p.str())) return Value(true);
  }
  return Value(false);
}

R partition(Interp& in, Args& a, bool last) {
  FACULA_TRY(const std::string s, text_arg(in, a, 0, "partition"));
  FACULA_TRY(const std::string by, text_arg(in, a, 1, "partition"));
  if (by.empty()) return in.raise("ValueError", "empty separator");
  const std::size_t at = last ? s.rfind(by) : s.find(by);
  if (at == std::string::npos) return last ? in.tuple({Value(""), Value(""), Value(s)}) : in.tuple({Value(s), Value(""), Value("")});
  return in.tuple({Value(s.substr(0, at)), Value(by), Value(s.substr(at + by.size()))});
}

R justify(Interp& in, Args& a, char where) {
  FACULA_TRY(const std::string s, text_arg(in, a, 0, "just"));
  FACULA_TRY_VOID(expect_count(in, a, 2, 3, "just"));
  FACULA_TRY(const std::int64_t width, in.index(a.pos[1]));
  std::string fill = where == 'z' ? "0" : " ";
  if (a.pos.size() > 2) {
    FACULA_TRY(fill, text_arg(in, a, 2, "just"));
  }
  const auto n = static_cast<std::int64_t>(count_points(s));
  if (width <= n) return Value(s);
  FACULA_TRY_VOID(in.charge(static_cast<std::uint64_t>(width)));
  const std::int64_t room = width - n;
  // CPython's rule for the odd cell of center().
  const std::int64_t left = where == 'l' ? 0 : where == 'c' ? room / 2 + (room & width & 1) : room;
  std::string before, after;
  for (std::int64_t i = 0; i < left; ++i) before += fill;
  for (std::int64_t i = left; i < room; ++i) after += fill;
  if (where == 'z' && !s.empty() && (s[0] == '-' || s[0] == '+')) return Value(s.substr(0, 1) + before + s.substr(1));
  return Value(before + s + after);
}

R count(Interp& in, Args& a) {
  FACULA_TRY(const std::string s, text_arg(in, a, 0, "count"));
  FACULA_TRY(const std::string what, text_arg(in, a, 1, "count"));
  if (what.empty()) return Value(static_cast<std::int64_t>(count_points(s)) + 1);
  std::int64_t n = 0;
  for (std::size_t at = 0; (at = s.find(what, at)) != std::string::npos; at += what.size()) ++n;
  return Value(n);
}

R splitlines(Interp& in, Args& a) {
  FACULA_TRY(const std::string s, text_arg(in, a, 0, "splitlines"));
  std::vector<Value> out;
  for (std::size_t start = 0; start < s.size();) {
    std::size_t end = s.find_first_of("\r\n", start);
    if (end == std::string::npos) end = s.size();
    out.emplace_back(s.substr(start, end - start));
    start = end + (s.substr(end, 2) == "\r\n" ? 2 : 1);
  }
  return in.list(std::move(out));
}

std::string capitalized(std::string s) {
  for (std::size_t i = 0; i < s.size(); ++i) s[i] = i == 0 ? upper(s[i]) : lower(s[i]);
  return s;
}

constexpr MethodRow kMethods[] = {
    {"lower", [](Interp& in, Args& a) -> R { return map_text(in, a, "lower", [](std::string s) { for (char& c : s) c = lower(c); return s; }); }},
    {"casefold", [](Interp& in, Args& a) -> R { return map_text(in, a, "casefold", [](std::string s) { for (char& c : s) c = lower(c); return s; }); }},
    {"upper", [](Interp& in, Args& a) -> R { return map_text(in, a, "upper", [](std::string s) { for (char& c : s) c = upper(c); return s; }); }},
    {"swapcase", [](Interp& in, Args& a) -> R { return map_text(in, a, "swapcase", [](std::string s) { for (char& c : s) c = is_lower(c) ? upper(c) : lower(c); return s; }); }},
    {"capitalize", [](Interp& in, Args& a) -> R { return map_text(in, a, "capitalize", capitalized); }},
    {"title", [](Interp& in, Args& a) -> R {
       return map_text(in, a, "title", [](std::string s) {
         bool fresh = true;
         for (char& c : s) {
           c = fresh ? upper(c) : lower(c);
           fresh = !is_letter(c);
         }
         return s;
       });
     }},
    {"strip", [](Interp& in, Args& a) -> R { return strip(in, a, true, true); }},
    {"lstrip", [](Interp& in, Args& a) -> R { return strip(in, a, true, false); }},
    {"rstrip", [](Interp& in, Args& a) -> R { return strip(in, a, false, true); }},
    {"split", [](Interp& in, Args& a) -> R { return split(in, a, false); }},
    {"rsplit", [](Interp& in, Args& a) -> R { return split(in, a, true); }},
    {"splitlines", splitlines},
    {"join", join},
    {"replace", replace},
    {"find", [](Interp& in, Args& a) -> R { return find(in, a, false, false); }},
    {"rfind", [](Interp& in, Args& a) -> R { return find(in, a, true, false); }},
    {"index", [](Interp& in, Args& a) -> R { return find(in, a, false, true); }},
    {"rindex", [](Interp& in, Args& a) -> R { return find(in, a, true, true); }},
    {"count", count},
    {"startswith", [](Interp& in, Args& a) -> R { return affix(in, a, true); }},
    {"endswith", [](Interp& in, Args& a) -> R { return affix(in, a, false); }},
    {"partition", [](Interp& in, Args& a) -> R { return partition(in, a, false); }},
    {"rpartition", [](Interp& in, Args& a) -> R { return partition(in, a, true); }},
    {"ljust", [](Interp& in, Args& a) -> R { return justify(in, a, 'l'); }},
    {"rjust", [](Interp& in, Args& a) -> R { return justify(in, a, 'r'); }},
    {"center", [](Interp& in, Args& a) -> R { return justify(in, a, 'c'); }},
    {"zfill", [](Interp& in, Args& a) -> R { return justify(in, a, 'z'); }},
    {"isdigit", [](Interp& in, Args& a) -> R { return test_text(in, a, "isdigit", is_digit); }},
    {"isdecimal", [](Interp& in, Args& a) -> R { return test_text(in, a, "isdecimal", is_digit); }},
    {"isnumeric", [](Interp& in, Args& a) -> R { return test_text(in, a, "isnumeric", is_digit); }},
    {"isalpha", [](Interp& in, Args& a) -> R { return test_text(in, a, "isalpha", is_letter); }},
    {"isalnum", [](Interp& in, Args& a) -> R { return test_text(in, a, "isalnum", [](char c) { return is_letter(c) || is_digit(c); }); }},
    {"isspace", [](Interp& in, Args& a) -> R { return test_text(in, a, "isspace", is_space); }},
    {"isidentifier", [](Interp& in, Args& a) -> R {
       FACULA_TRY(const std::string s, text_arg(in, a, 0, "isidentifier"));
       return Value(!s.empty() && !is_digit(s[0]) && std::all_of(s.begin(), s.end(), [](char c) { return is_letter(c) || is_digit(c) || c == '_'; }));
     }},
    {"isupper", [](Interp& in, Args& a) -> R {
       FACULA_TRY(const std::string s, text_arg(in, a, 0, "isupper"));
       return Value(std::any_of(s.begin(), s.end(), is_upper) && std::none_of(s.begin(), s.end(), is_lower));
     }},
    {"islower", [](Interp& in, Args& a) -> R {
       FACULA_TRY(const std::string s, text_arg(in, a, 0, "islower"));
       return Value(std::any_of(s.begin(), s.end(), is_lower) && std::none_of(s.begin(), s.end(), is_upper));
     }},
    {"removeprefix", [](Interp& in, Args& a) -> R {
       FACULA_TRY(const std::string s, text_arg(in, a, 0, "removeprefix"));
       FACULA_TRY(const std::string p, text_arg(in, a, 1, "removeprefix"));
       return Value(s.starts_with(p) ? s.substr(p.size()) : s);
     }},
    {"removesuffix", [](Interp& in, Args& a) -> R {
       FACULA_TRY(const std::string s, text_arg(in, a, 0, "removesuffix"));
       FACULA_TRY(const std::string p, text_arg(in, a, 1, "removesuffix"));
       return Value(s.ends_with(p) ? s.substr(0, s.size() - p.size()) : s);
     }},
    {"format", [](Interp& in, Args& a) -> R {
       FACULA_TRY(const std::string s, text_arg(in, a, 0, "format"));
       FACULA_TRY(std::string out, in.format_braces(s, a));
       return Value(std::move(out));
     }},
    {"encode", [](Interp& in, Args& a) -> R { return map_text(in, a, "encode", [](std::string s) { return s; }); }},
    {"expandtabs", [](Interp& in, Args& a) -> R { return map_text(in, a, "expandtabs", [](std::string s) { return s; }); }},
};

}  // namespace

void install_text_methods(Interp& in) { Installer(in).methods(in.known.str, kMethods); }

}  // namespace fac::interp
