#include "exec/vm/frames.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "source/render.h"

namespace fac::vm {

const WordSource* Code::source_of(std::size_t word) const {
  auto it = std::upper_bound(sources.begin(), sources.end(), word,
                             [](std::size_t w, const WordSource& s) { return w < s.first_word; });
  return it == sources.begin() ? nullptr : &*std::prev(it);
}

namespace {

// "forward" of "__torch__.net.Net.forward": the file and the marked line say the rest.
std::string short_name(std::string_view name) {
  constexpr std::string_view kTask = ".<fork>";
  const bool task = name.ends_with(kTask);
  if (task) name.remove_suffix(kTask.size());
  return std::string(name.substr(name.rfind('.') + 1)) + std::string(task ? kTask : "");
}

}  // namespace

void add_frames(Error& e, const Code& code, std::size_t word) {
  const WordSource* at = code.source_of(word);
  if (!at) return;
  Range range = at->range;
  for (std::int32_t scope = at->scope; scope >= 0;) {
    const auto& s = code.scopes[static_cast<std::size_t>(scope)];
    e.frames.push_back({s.function, highlight(range, short_name(s.function))});
    range = s.call;
    scope = s.parent;
  }
  e.frames.push_back({code.function_name, highlight(range, short_name(code.function_name))});
}

std::string known_alternatives(std::string_view op) {
  const auto near = ops::similar_names(op, 1);
  return near.empty() ? std::string() : fmt(", did you mean `{}`?", near[0]);
}

std::int64_t float_to_int(double d) {
  constexpr double kLimit = 9223372036854775808.0;
  if (!(d >= -kLimit && d < kLimit)) return std::numeric_limits<std::int64_t>::min();
  return static_cast<std::int64_t>(d);
}

}  // namespace fac::vm
