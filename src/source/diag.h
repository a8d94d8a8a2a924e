// Diagnostics are declared beside their use, typed and named:
//   static constexpr Diag<std::string_view> kNoSuchName{"no-such-name", "name `{}` is not defined"};
//   sink.error(range, kNoSuchName, name)
//       .label(other, "a similar name is assigned here")
//       .hint(did_you_mean(name, visible));
// The number of holes is checked against the argument types when compiling.
// Wording: lower case, no full stop, code in back-ticks; what was found before what to do.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/result.h"
#include "base/symbol.h"
#include "source/source_file.h"

namespace fac {

template <class... Args>
struct Diag {
  std::string_view id;      // kebab-case, unique; tests and --explain name it
  std::string_view format;  // one {} for each of Args

  consteval Diag(const char* diag_id, const char* diag_format) : id(diag_id), format(diag_format) {
    std::size_t holes = 0;
    for (std::size_t i = 0; i + 1 < format.size(); ++i)
      if (format[i] == '{' && format[i + 1] == '}') ++holes;
    if (holes != sizeof...(Args)) throw "a diagnostic needs one {} for each of its argument types";
  }
};

// How an argument reads inside a message. Other types join by a function `diag_text` found by argument-dependent lookup.
inline std::string diag_text(Symbol symbol) { return std::string(symbol.str()); }
template <class T>
  requires(std::is_arithmetic_v<T> || std::convertible_to<T, std::string_view>)
std::string diag_text(const T& value) {
  return detail::to_text(value);
}

enum class Severity : std::uint8_t { kError, kWarning };

struct Label {
  Range range;
  std::string text;
};

struct Diagnostic {
  std::string_view id;
  Severity severity = Severity::kError;
  Range range;
  std::string message;
  std::vector<Label> labels;       // second places that belong to the story
  std::vector<std::string> hints;  // how to mend it
};

class DiagSink;

// Adds to the diagnostic just reported; does nothing when that one was suppressed (duplicate, or too many).
class DiagBuilder {
 public:
  template <class... A>
  DiagBuilder& label(Range range, std::string_view format, const A&... args) {
    return add_label(range, fmt(format, diag_text(args)...));
  }
  DiagBuilder& hint(std::string text);  // an empty text adds nothing

 private:
  friend class DiagSink;
  DiagBuilder(DiagSink& sink, std::size_t index) : sink_(sink), index_(index) {}
  DiagBuilder& add_label(Range range, std::string text);

  DiagSink& sink_;
  std::size_t index_;  // kSuppressed or an index: the sink's vector may grow meanwhile
};

// Gathers diagnostics, so that one run reports all that is wrong. Keeps the files alive that they point into.
class DiagSink {
 public:
  static constexpr std::size_t kMaxKept = 100;  // further ones are only counted

  template <class... Args>
  DiagBuilder error(Range range, const Diag<Args...>& diag, const std::type_identity_t<Args>&... args) {
    return add(Severity::kError, range, diag.id, fmt(diag.format, diag_text(args)...));
  }
  template <class... Args>
  DiagBuilder warning(Range range, const Diag<Args...>& diag, const std::type_identity_t<Args>&... args) {
    return add(Severity::kWarning, range, diag.id, fmt(diag.format, diag_text(args)...));
  }
  DiagBuilder add(Severity severity, Range range, std::string_view id, std::string message);

  bool has_errors() const { return error_count_ != 0; }
  std::size_t error_count() const { return error_count_; }
  const std::vector<Diagnostic>& diagnostics() const { return diagnostics_; }

 private:
  friend class DiagBuilder;
  std::vector<Diagnostic> diagnostics_;
  std::vector<Ref<const SourceFile>> files_;
  std::size_t error_count_ = 0;
};

}  // namespace fac
