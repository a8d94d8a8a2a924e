#include <algorithm>
#include <charconv>
#include <filesystem>

#include "command.h"
#include "ops/table.h"

namespace cli {
namespace {

bool ends_with(const std::string& s, std::initializer_list<const char*> endings) {
  for (const char* e : endings)
    if (s.size() >= std::string_view(e).size() && std::equal(s.end() - static_cast<std::ptrdiff_t>(std::string_view(e).size()), s.end(), e,
        [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; }))
      return true;
  return false;
}

std::optional<std::vector<std::int64_t>> parse_ints(std::string_view text) {
  std::vector<std::int64_t> out;
  while (!text.empty()) {
    while (!text.empty() && (text.front() == ' ' || text.front() == ',')) text.remove_prefix(1);
    if (text.empty()) break;
    std::int64_t v = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), v);
    if (ec != std::errc()) return std::nullopt;
    out.push_back(v);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (!text.empty() && text.front() != ',' && text.front() != ' ') return std::nullopt;
  }
  return out;
}

std::optional<fac::Value> parse_doubles(std::string_view text) {
  auto list = fac::make_ref<fac::ListBox>(fac::types::float_());
  while (true) {
    while (text.starts_with(' ')) text.remove_prefix(1);
    double v = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), v);
    if (ec != std::errc()) return std::nullopt;
    list->append(fac::Value(v));
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    while (text.starts_with(' ')) text.remove_prefix(1);
    if (text.empty()) return fac::Value(std::move(list));
    if (!text.starts_with(',')) return std::nullopt;
    text.remove_prefix(1);
  }
}

// rand, randn, zeros, ones and arange by the operators of those names.
fac::Result<fac::Value> make(const std::string& function, const std::vector<std::int64_t>& numbers) {
  constexpr std::string_view kMakers[] = {"rand", "randn", "zeros", "ones", "arange"};
  const fac::ops::Overload* op = std::find(std::begin(kMakers), std::end(kMakers), function) == std::end(kMakers)
                                     ? nullptr : fac::ops::find("aten::" + function, "");
  if (!op) return usage_error("unknown input maker `{}`: use rand, randn, zeros, ones or arange", function);
  std::vector<fac::Value> args(op->schema().arguments.size());
  if (function == "arange") {
    if (numbers.size() != 1) return usage_error("arange takes one number, as in arange(10)");
    args[0] = fac::Value(numbers[0]);
  } else {
    args[0] = fac::Value(fac::ListBox::of_ints(numbers));
  }
  fac::Value result;
  if (auto made = op->call(args, {&result, 1}); !made.ok()) return usage_error("{}: {}", function, made.error().message);
  return result;
}

}  // namespace

fac::Result<fac::Value> parse_input(const std::string& text, const PictureOptions& picture) {
  if (ends_with(text, {".npy"})) {
    FACULA_TRY(fac::Tensor t, read_npy(text));
    return fac::Value(std::move(t));
  }
  if (ends_with(text, {".png", ".jpg", ".jpeg", ".bmp", ".tga", ".gif", ".ppm", ".pgm"})) {
    FACULA_TRY(fac::Tensor t, read_picture(text, picture));
    return fac::Value(std::move(t));
  }
  if (text == "None") return fac::Value();
  if (text == "True" || text == "False") return fac::Value(text == "True");
  if (text.size() >= 2 && (text.front() == '\'' || text.front() == '"') && text.back() == text.front())
    return fac::Value(text.substr(1, text.size() - 2));
  if (text.size() >= 2 && text.front() == '[' && text.back() == ']')
    if (const auto ints = parse_ints(std::string_view(text).substr(1, text.size() - 2)))
      return fac::Value(fac::ListBox::of_ints(*ints));
  if (text.size() >= 2 && text.front() == '[' && text.back() == ']')
    if (auto doubles = parse_doubles(std::string_view(text).substr(1, text.size() - 2))) return std::move(*doubles);
  std::int64_t i = 0;
  if (auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), i); ec == std::errc() && end == text.data() + text.size())
    return fac::Value(i);
  double d = 0;
  if (auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), d); ec == std::errc() && end == text.data() + text.size())
    return fac::Value(d);
  if (const auto open = text.find('('); open != std::string::npos && text.back() == ')') {
    const auto numbers = parse_ints(std::string_view(text).substr(open + 1, text.size() - open - 2));
    if (!numbers) return usage_error("the sizes in `{}` are not a list of integers", text);
    return make(text.substr(0, open), *numbers);
  }
  if (std::filesystem::exists(text))
    return usage_error("`{}`: give a .npy file or a picture (.png, .jpg, .bmp ...)", text);
  return usage_error(
      "cannot read the input `{}`: give a .npy file, a picture, rand(1,3,224,224), a number, True, None, 'text' or [1,2]", text);
}

}  // namespace cli
