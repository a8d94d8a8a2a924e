// What the option classes of torch::nn are made of: TORCH_ARG, arguments that expand to each dimension, modes by name.
#pragma once

#include <array>

#include "facula/functional.h"

// An option `name` with a getter and a setter that chains. Programs use it for option classes of their own.
#define TORCH_ARG(T, name)                                 \
 public:                                                   \
  inline auto name(const T& v) -> decltype(*this) {        \
    this->name##_ = v;                                     \
    return *this;                                          \
  }                                                        \
  inline auto name(T&& v) -> decltype(*this) {             \
    this->name##_ = std::move(v);                          \
    return *this;                                          \
  }                                                        \
  inline const T& name() const noexcept { return this->name##_; } \
  inline T& name() noexcept { return this->name##_; }      \
                                                           \
 private:                                                  \
  T name##_ /* NOLINT */

namespace facula {

// One number for all of D dimensions, or one for each.
template <std::size_t D, class T = std::int64_t>
class ExpandingArray {
 public:
  ExpandingArray(T one) { values_.fill(one); }
  ExpandingArray(std::initializer_list<T> list) : ExpandingArray(ArrayRef<T>(list)) {}
  ExpandingArray(const std::vector<T>& v) : ExpandingArray(ArrayRef<T>(v)) {}
  ExpandingArray(const std::array<T, D>& v) : values_(v) {}
  ExpandingArray(ArrayRef<T> v) {
    if (v.size() != D) fail(detail::text("Expected ", D, " values, but instead got ", v.size()));
    std::copy(v.begin(), v.end(), values_.begin());
  }
  operator ArrayRef<T>() const { return {values_.data(), D}; }
  std::array<T, D>& operator*() { return values_; }
  const std::array<T, D>& operator*() const { return values_; }
  std::array<T, D>* operator->() { return &values_; }
  const std::array<T, D>* operator->() const { return &values_; }
  std::size_t size() const { return D; }
  T operator[](std::size_t i) const { return values_[i]; }
  bool all(T v) const { return std::all_of(values_.begin(), values_.end(), [v](T x) { return x == v; }); }
  friend std::ostream& operator<<(std::ostream& out, const ExpandingArray& a) {
    if constexpr (D == 1) return out << a[0];
    out << '[';
    for (std::size_t i = 0; i < D; ++i) out << (i ? ", " : "") << a[i];
    return out << ']';
  }

 private:
  std::array<T, D> values_;
};

inline constexpr enumtype::Mode kMean{"mean"}, kSum{"sum"}, kNone{"none"}, kBatchMean{"batchmean"}, kSame{"same"},
    kValid{"valid"}, kReLU{"relu"}, kGELU{"gelu"}, kTanh{"tanh"}, kSigmoid{"sigmoid"}, kSELU{"selu"},
    kLeakyReLU{"leaky_relu"}, kFanIn{"fan_in"}, kFanOut{"fan_out"}, kMax{"max"}, kNearestExact{"nearest-exact"},
    kSiLU{"silu"}, kHardtanh{"hardtanh"}, kLSTM{"lstm"}, kGRU{"gru"};

namespace enumtype {
inline bool operator==(Mode a, Mode b) { return std::string_view(a.name) == b.name; }
inline bool operator!=(Mode a, Mode b) { return !(a == b); }
// "kReflect", as libtorch names it.
inline std::string get_enum_name(Mode m) {
  std::string s = std::string("k") + m.name;
  if (s[1] >= 'a' && s[1] <= 'z') s[1] = static_cast<char>(s[1] - 'a' + 'A');
  return s;
}
}  // namespace enumtype

namespace nn {
inline std::int64_t reduction_number(enumtype::Mode m) {
  return m == kMean ? Reduction::Mean : m == kSum ? Reduction::Sum : Reduction::None;
}
}  // namespace nn

}  // namespace facula
