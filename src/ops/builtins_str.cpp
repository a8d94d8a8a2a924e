// Methods of str. As in libtorch a string is a sequence of bytes: len("é") is 2, and case and classes are ASCII's.
// Where libtorch departs from Python (noted below) it is followed, because models were tested against it; where it
// loops for ever or crashes, Python is.
#include <algorithm>
#include <cctype>
#include <utility>

#include "ops/builtins.h"
#include "ops/op.h"

namespace fac::ops {
namespace {

using Int = std::int64_t;
using Text = std::string_view;
constexpr auto kNone = Text::npos;

bool is_alpha(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
char to_upper(char c) { return is_lower(c) ? static_cast<char>(c - 'a' + 'A') : c; }
char to_lower(char c) { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; }

Value str_list(const std::vector<std::string>& parts) {
  auto list = make_ref<ListBox>(types::str());
  for (const auto& p : parts) list->values().emplace_back(p);
  return Value(std::move(list));
}

// --- classes and case ---------------------------------------------------------------------------------------------------

template <int (*Is)(int)>
Result<bool> all_are(Text s) {
  return !s.empty() && std::all_of(s.begin(), s.end(), [](char c) { return Is(static_cast<unsigned char>(c)) != 0; });
}
Result<bool> is_printable(Text s) {
  return std::all_of(s.begin(), s.end(), [](char c) { return c >= ' ' && c <= '~'; });
}
// As in Python 2 and libtorch, `_` is not taken.
Result<bool> is_identifier(Text s) {
  return !s.empty() && !(s[0] >= '0' && s[0] <= '9') &&
         std::all_of(s.begin(), s.end(), [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; });
}
template <bool (*Is)(char)>
Result<bool> letters_are(Text s) {
  bool any = false;
  for (const char c : s) {
    if (!is_alpha(c)) continue;
    any = true;
    if (!Is(c)) return false;
  }
  return any;
}
Result<bool> is_title(Text s) {
  bool inside = false, any = false;
  for (const char c : s) {
    if (inside ? is_upper(c) : is_lower(c)) return false;
    inside = is_alpha(c);
    any = any || inside;
  }
  return any;
}
template <char (*To)(char)>
Result<std::string> mapped(Text s) {
  std::string out(s);
  std::transform(out.begin(), out.end(), out.begin(), To);
  return out;
}
char swapped(char c) { return is_upper(c) ? to_lower(c) : to_upper(c); }
Result<std::string> title(Text s) {
  std::string out(s);
  bool inside = false;
  for (char& c : out) {
    c = inside ? to_lower(c) : to_upper(c);
    inside = is_alpha(c);
  }
  return out;
}
Result<std::string> capitalize(Text s) {
  std::string out = *mapped<to_lower>(s);
  if (!out.empty()) out[0] = to_upper(out[0]);
  return out;
}

// --- searching ----------------------------------------------------------------------------------------------------------

// [start, end) of a search; -1 as end means the whole rest, so -2 leaves one byte out (libtorch's reading).
struct Window {
  std::size_t start, end;
};
Window window(Text s, Int start, Int end) {
  const auto size = static_cast<Int>(s.size());
  if (start < 0) start = std::max<Int>(0, size + start);
  if (end < 0) end = std::max<Int>(0, size + end + 1);
  start = std::min(start, size);
  return {static_cast<std::size_t>(start), static_cast<std::size_t>(std::clamp(end, start, size))};
}
// An empty part is found at `start` even where that lies past the end (libtorch).
std::size_t locate(Text s, Text part, Int start, Int end, bool last) {
  const Window w = window(s, start, end);
  const Text inside = s.substr(w.start, w.end - w.start);
  const auto at = last ? inside.rfind(part) : inside.find(part);
  return at == kNone ? kNone : at + std::max(w.start, static_cast<std::size_t>(std::max<Int>(start, 0)));
}
template <bool Last>
Result<Int> find(Text s, Text part, Int start, Int end) {
  const auto at = locate(s, part, start, end, Last);
  return at == kNone ? -1 : static_cast<Int>(at);
}
template <bool Last>
Result<Int> index(Text s, Text part, Int start, Int end) {
  const auto at = locate(s, part, start, end, Last);
  FACULA_CHECK(at != kNone, "ValueError: substring not found");
  return static_cast<Int>(at);
}
// Occurrences that begin inside the window, without overlap.
Result<Int> count(Text s, Text part, Int start, Int end) {
  if (start > static_cast<Int>(s.size())) return Int{0};
  const Window w = window(s, start, end);
  if (part.empty()) return static_cast<Int>(w.end - w.start) + 1;
  Int n = 0;
  for (std::size_t at = w.start; (at = s.find(part, at)) < w.end; at += part.size()) ++n;
  return n;
}
// An end before the start means the whole rest here (libtorch).
Text rest_or_window(Text s, Int start, Int end) {
  const auto size = static_cast<Int>(s.size());
  const Window w = window(s, start, end);
  const Int stop = end < 0 ? std::max<Int>(0, size + end + 1) : end;
  return stop < static_cast<Int>(w.start) ? s.substr(w.start) : s.substr(w.start, w.end - w.start);
}
Result<bool> starts_with(Text s, Text part, Int start, Int end) {
  return rest_or_window(s, start, end).starts_with(part);
}
Result<bool> ends_with(Text s, Text part, Int start, Int end) { return rest_or_window(s, start, end).ends_with(part); }

// --- cutting and joining ------------------------------------------------------------------------------------------------

template <bool Left, bool Right>
Result<std::string> strip(Text s, Text chars) {
  if (Left) s.remove_prefix(std::min(s.find_first_not_of(chars), s.size()));
  if (Right) s = s.substr(0, s.find_last_not_of(chars) + 1);
  return std::string(s);
}

// The bytes of libtorch's set of white space; the two multi-byte line separators are in it byte by byte.
constexpr Text kLineEnds = "\n\r\v\f\x1c\x1d\x1e\x85\xe2\x80\xa8\xa9";

// Without a separator: at runs of white space. libtorch ignores `max` here.
std::vector<std::string> split_words(Text s) {
  std::vector<std::string> parts;
  const std::string space = " \t" + std::string(kLineEnds);
  for (std::size_t at = 0; (at = s.find_first_not_of(space, at)) != kNone;) {
    const auto stop = std::min(s.find_first_of(space, at), s.size());
    parts.emplace_back(s.substr(at, stop - at));
    at = stop;
  }
  return parts;
}
Result<Value> split(Text s, std::optional<Text> separator, Int max) {
  if (!separator) return str_list(split_words(s));
  FACULA_CHECK(!separator->empty(), "ValueError: empty separator");
  std::vector<std::string> parts;
  std::size_t start = 0, at;
  while ((max < 0 || static_cast<Int>(parts.size()) < max) && (at = s.find(*separator, start)) != kNone) {
    parts.emplace_back(s.substr(start, at - start));
    start = at + separator->size();
  }
  parts.emplace_back(s.substr(start));
  return str_list(parts);
}
Result<Value> rsplit(Text s, Text separator, Int max) {
  FACULA_CHECK(!separator.empty(), "ValueError: empty separator");
  std::vector<std::string> parts;
  std::size_t at;
  while ((max < 0 || static_cast<Int>(parts.size()) < max) && (at = s.rfind(separator)) != kNone) {
    parts.emplace_back(s.substr(at + separator.size()));
    s = s.substr(0, at);
  }
  parts.emplace_back(s);
  std::reverse(parts.begin(), parts.end());
  return str_list(parts);
}
// Each line-end byte ends a line of its own; kept ends stand as elements of their own (libtorch, unlike Python).
Result<Value> split_lines(Text s, bool keep_ends) {
  std::vector<std::string> parts;
  std::size_t start = 0, at;
  while ((at = s.find_first_of(kLineEnds, start)) != kNone) {
    parts.emplace_back(s.substr(start, at - start));
    if (keep_ends) parts.emplace_back(s.substr(at, 1));
    start = at + 1;
  }
  if (start != s.size()) parts.emplace_back(s.substr(start));
  return str_list(parts);
}
template <bool Last>
Result<std::tuple<std::string, std::string, std::string>> partition(Text s, Text separator) {
  auto at = Last ? s.rfind(separator) : s.find(separator);
  if (at == kNone) {
    at = Last ? 0 : s.size();
    separator = {};
  }
  return std::tuple(std::string(s.substr(0, at)), std::string(separator), std::string(s.substr(at + separator.size())));
}
Result<std::string> join(Text s, const Value& parts) {
  std::string out;
  bool first = true;
  for (const auto& p : parts.list().values()) {
    if (!std::exchange(first, false)) out += s;
    out += p.str();
  }
  return out;
}
Result<std::string> replace(Text s, Text old, Text fresh, Int max) {
  std::string out;
  std::size_t start = 0;
  for (Int n = 0; max < 0 || n < max; ++n) {
    const auto at = s.find(old, start);
    if (at == kNone) break;
    out += s.substr(start, at - start);
    out += fresh;
    start = at + old.size();
    if (!old.empty()) continue;
    if (start == s.size()) break;  // an empty `old` stands before every byte and at the end
    out += s[start++];
  }
  return out + std::string(s.substr(start));
}
Result<std::string> concatenate(Text a, Text b) { return std::string(a) + std::string(b); }

constexpr Int kMostBytes = Int{1} << 31;  // a string that a program builds by padding

Result<std::string> expand_tabs(Text s, Int size) {
  std::string out;
  for (const char c : s) {
    if (c != '\t') {
      out += c;
    } else if (size > 0) {
      const Int gap = size - static_cast<Int>(out.size()) % size;
      FACULA_CHECK_KIND(gap < kMostBytes, kLimit, "expandtabs() would make a string of {} bytes", gap);
      out.append(static_cast<std::size_t>(gap), ' ');
    }
  }
  return out;
}

// --- padding ------------------------------------------------------------------------------------------------------------

Result<std::string> pad(Text s, Int left, Int right, Text fill) {
  FACULA_CHECK(fill.size() == 1, "TypeError: The fill character must be exactly one character long");
  FACULA_CHECK_KIND(left < kMostBytes && right < kMostBytes, kLimit, "padding would make a string of {} bytes", left + right);
  return std::string(static_cast<std::size_t>(std::max<Int>(left, 0)), fill[0]) + std::string(s) +
         std::string(static_cast<std::size_t>(std::max<Int>(right, 0)), fill[0]);
}
Int missing(Text s, Int width) { return width - static_cast<Int>(s.size()); }
Result<std::string> ljust(Text s, Int width, Text fill) { return pad(s, 0, missing(s, width), fill); }
Result<std::string> rjust(Text s, Int width, Text fill) { return pad(s, missing(s, width), 0, fill); }
Result<std::string> zfill(Text s, Int width) { return pad(s, missing(s, width), 0, "0"); }  // before a sign, too
Result<std::string> center(Text s, Int width, Text fill) {
  const Int gap = std::max<Int>(missing(s, width), 0);
  // The odd byte goes left for an odd width, right for an even one.
  const Int left = width % 2 != 0 ? (gap + 1) / 2 : gap / 2;
  return pad(s, left, gap - left, fill);
}

// --- as a sequence ------------------------------------------------------------------------------------------------------

Result<Int> length(Text s) { return static_cast<Int>(s.size()); }
Result<std::string> item(Text s, Int i) {
  const Int at = from_end(i, s.size());
  FACULA_CHECK_KIND(at >= 0 && at < static_cast<Int>(s.size()), kIndex, "string index out of range");
  return std::string(1, s[static_cast<std::size_t>(at)]);
}
Result<std::string> slice(Text s, std::optional<Int> start, std::optional<Int> end, Int step) {
  FACULA_TRY(const SliceRange r, slice_range(static_cast<Int>(s.size()), start, end, step));
  std::string out;
  for (Int k = 0, i = r.start; k < r.count; ++k, i += r.step) out += s[static_cast<std::size_t>(i)];
  return out;
}
Result<Value> characters(Text s) {
  std::vector<std::string> parts;
  for (const char c : s) parts.emplace_back(1, c);
  return str_list(parts);
}

constexpr Op kStr[] = {
    row<concatenate>("aten::add.str(str a, str b) -> str"),
    row<length>("aten::len.str(str s) -> int"),
    row<item>("aten::__getitem__.str(str s, int index) -> str"),
    row<item>("prim::StringIndex(str string, int index) -> str"),
    row<slice>("aten::slice.str(str string, int? start=None, int? end=None, int step=1) -> str"),
    row<characters>("aten::list(str t) -> str[]"),
    row<all_are<std::isdigit>>("aten::isdigit(str self) -> bool"),
    row<all_are<std::isspace>>("aten::isspace(str self) -> bool"),
    row<all_are<std::isalnum>>("aten::isalnum(str self) -> bool"),
    row<all_are<std::isalpha>>("aten::isalpha(str self) -> bool"),
    row<all_are<std::isdigit>>("aten::isdecimal(str self) -> bool"),
    row<all_are<std::isdigit>>("aten::isnumeric(str self) -> bool"),
    row<is_printable>("aten::isprintable(str self) -> bool"),
    row<is_identifier>("aten::isidentifier(str self) -> bool"),
    row<letters_are<is_upper>>("aten::isupper(str self) -> bool"),
    row<letters_are<is_lower>>("aten::islower(str self) -> bool"),
    row<is_title>("aten::istitle(str self) -> bool"),
    row<mapped<to_upper>>("aten::upper(str self) -> str"),
    row<mapped<to_lower>>("aten::lower(str self) -> str"),
    row<mapped<swapped>>("aten::swapcase(str self) -> str"),
    row<title>("aten::title(str self) -> str"),
    row<capitalize>("aten::capitalize(str self) -> str"),
    row<find<false>>("aten::find(str self, str substr, int start=0, int end=-1) -> int"),
    row<find<true>>("aten::rfind(str self, str substr, int start=0, int end=-1) -> int"),
    row<index<false>>("aten::index.str(str self, str substr, int start=0, int end=-1) -> int"),
    row<index<true>>("aten::rindex(str self, str substr, int start=0, int end=-1) -> int"),
    row<count>("aten::count(str self, str substr, int start=0, int end=-1) -> int"),
    row<starts_with>("aten::startswith(str self, str substr, int start=0, int end=-1) -> bool"),
    row<ends_with>("aten::endswith(str self, str substr, int start=0, int end=-1) -> bool"),
    row<strip<true, true>>("aten::strip(str self, str chars=\" \\n\\t\\f\\v\") -> str"),
    row<strip<true, false>>("aten::lstrip(str self, str chars=\" \\n\\t\\f\\v\") -> str"),
    row<strip<false, true>>("aten::rstrip(str self, str chars=\" \\n\\t\\f\\v\") -> str"),
    row<split>("aten::split.str(str self, str? separator=None, int max=-1) -> str[]"),
    row<rsplit>("aten::rsplit(str self, str separator=\" \", int max=-1) -> str[]"),
    row<split_lines>("aten::splitlines(str self, bool keepends=False) -> str[]"),
    row<partition<false>>("aten::partition(str self, str separator) -> (str, str, str)"),
    row<partition<true>>("aten::rpartition(str self, str separator) -> (str, str, str)"),
    row<join>("aten::join(str self, str[] values) -> str"),
    row<replace>("aten::replace(str self, str old, str new, int max=-1) -> str"),
    row<expand_tabs>("aten::expandtabs(str self, int tabsize=8) -> str"),
    row<ljust>("aten::ljust(str self, int width, str fillchar=\" \") -> str"),
    row<rjust>("aten::rjust(str self, int width, str fillchar=\" \") -> str"),
    row<center>("aten::center(str self, int width, str fillchar=\" \") -> str"),
    row<zfill>("aten::zfill(str self, int width) -> str"),
};

}  // namespace

}  // namespace fac::ops

namespace fac {
FACULA_FAMILY(builtins_str, ops::kStr)
}
