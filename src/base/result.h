// Result<T>: a value or an Error. The library reports every failure through it; only facade/ throws.
//   FACULA_TRY(auto x, compute(...));   // x is the value, or the enclosing function returns the error
//   FACULA_TRY_VOID(check(...));        // the same for Status
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace fac {

enum class ErrorKind : std::uint8_t {
  kRuntime,         // a user's mistake at run time: shapes, dtypes, values   (RuntimeError)
  kIndex,           // index out of range                                     (IndexError)
  kKey,             // missing dictionary key                                 (KeyError)
  kValue,           // ValueError
  kType,            // TypeError
  kNotImplemented,  // known operator or feature that Facula does not run yet
  kCompile,         // the program text was rejected
  kArchive,         // malformed, truncated or unsupported archive
  kIo,              // a file could not be read or written
  kLimit,           // a bound of Limits was exceeded (memory, instructions, time, depth, entries)
  kRaised,          // `raise` executed by the user's program; python_class names the exception class
  kInternal,        // a defect of Facula
};

// One line of the call chain that led to an error, innermost first; text is already rendered
// (function name, file:line, marked source range).
struct ErrorFrame {
  std::string function;
  std::string text;
};

struct Error {
  ErrorKind kind = ErrorKind::kRuntime;
  std::string message;       // lower-level text, without the frames
  std::string python_class;  // kRaised only: e.g. "torch.jit.Error" or "__torch__.MyError"
  std::vector<ErrorFrame> frames;

  // As TorchScript reports a failure: the traceback, outermost call first, then the message. Without frames: the message.
  std::string full() const;
};

class [[nodiscard]] ErrorPtr {
 public:
  explicit ErrorPtr(Error e) : error_(std::make_unique<Error>(std::move(e))) {}
  Error& operator*() const { return *error_; }
  Error* operator->() const { return error_.get(); }

 private:
  std::unique_ptr<Error> error_;
};

inline ErrorPtr make_error(ErrorKind kind, std::string message) {
  return ErrorPtr(Error{kind, std::move(message), {}, {}});
}

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(ErrorPtr error) : state_(std::in_place_index<1>, std::move(error)) {}
  template <class U>
    requires(std::is_convertible_v<U &&, T> && !std::is_same_v<std::decay_t<U>, Result> &&
             !std::is_same_v<std::decay_t<U>, ErrorPtr> && !std::is_same_v<std::decay_t<U>, T>)
  Result(U&& value) : state_(std::in_place_index<0>, T(std::forward<U>(value))) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }
  T& value() & { return *std::get_if<0>(&state_); }
  const T& value() const& { return *std::get_if<0>(&state_); }
  T&& value() && { return std::move(*std::get_if<0>(&state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  ErrorPtr&& take_error() { return std::move(*std::get_if<1>(&state_)); }
  const Error& error() const { return **std::get_if<1>(&state_); }
  Error& error() { return **std::get_if<1>(&state_); }

 private:
  std::variant<T, ErrorPtr> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(ErrorPtr error) : error_(std::make_unique<ErrorPtr>(std::move(error))) {}
  bool ok() const { return error_ == nullptr; }
  explicit operator bool() const { return ok(); }
  ErrorPtr&& take_error() { return std::move(*error_); }
  const Error& error() const { return **error_; }
  Error& error() { return **error_; }

 private:
  std::unique_ptr<ErrorPtr> error_;
};
using Status = Result<void>;

// Formats like std::format would ("{}" holes only); g++ 12 has no <format>.
namespace detail {
std::string to_text(std::int64_t v);
std::string to_text(std::uint64_t v);
std::string to_text(double v);
inline std::string to_text(bool v) { return v ? "true" : "false"; }
inline std::string to_text(char v) { return std::string(1, v); }
inline std::string to_text(const char* v) { return v; }
inline std::string to_text(std::string_view v) { return std::string(v); }
inline std::string to_text(const std::string& v) { return v; }
template <class I>
  requires(std::is_integral_v<I> && !std::is_same_v<I, bool> && !std::is_same_v<I, char>)
std::string to_text(I v) {
  if constexpr (std::is_signed_v<I>) return to_text(static_cast<std::int64_t>(v));
  else return to_text(static_cast<std::uint64_t>(v));
}
std::string fill_holes(std::string_view format, const std::string* parts, std::size_t count);
}  // namespace detail

template <class... A>
std::string fmt(std::string_view format, const A&... args) {
  const std::string parts[sizeof...(A) + 1] = {detail::to_text(args)...};
  return detail::fill_holes(format, parts, sizeof...(A));
}

// The common case: a run-time error with a formatted message.
template <class... A>
ErrorPtr error(ErrorKind kind, std::string_view format, const A&... args) {
  return make_error(kind, fmt(format, args...));
}
template <class... A>
ErrorPtr runtime_error(std::string_view format, const A&... args) {
  return make_error(ErrorKind::kRuntime, fmt(format, args...));
}

}  // namespace fac

#define FACULA_CONCAT_(a, b) a##b
#define FACULA_CONCAT(a, b) FACULA_CONCAT_(a, b)
#define FACULA_TRY_(tmp, decl, ...)      \
  auto tmp = (__VA_ARGS__);              \
  if (!tmp.ok()) [[unlikely]]            \
    return tmp.take_error();             \
  decl = std::move(tmp).value()
#define FACULA_TRY(decl, ...) FACULA_TRY_(FACULA_CONCAT(facula_try_, __COUNTER__), decl, __VA_ARGS__)
#define FACULA_TRY_VOID_(tmp, ...)       \
  do {                                   \
    auto tmp = (__VA_ARGS__);            \
    if (!tmp.ok()) [[unlikely]]          \
      return tmp.take_error();           \
  } while (0)
#define FACULA_TRY_VOID(...) FACULA_TRY_VOID_(FACULA_CONCAT(facula_try_, __COUNTER__), __VA_ARGS__)

// FACULA_CHECK(cond, "format {}", args...): a user's mistake; returns a run-time error from the function.
#define FACULA_CHECK(cond, ...)                       \
  do {                                                \
    if (!(cond)) [[unlikely]]                         \
      return ::fac::runtime_error(__VA_ARGS__);       \
  } while (0)
#define FACULA_CHECK_KIND(cond, kind, ...)                             \
  do {                                                                 \
    if (!(cond)) [[unlikely]]                                          \
      return ::fac::error(::fac::ErrorKind::kind, __VA_ARGS__);        \
  } while (0)

// FACULA_ASSERT: our own mistake; compiled in debug and sanitizer builds only.
#ifdef NDEBUG
#define FACULA_ASSERT(cond) ((void)0)
#else
#include <cassert>
#define FACULA_ASSERT(cond) assert(cond)
#endif
