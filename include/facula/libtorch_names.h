// libtorch's namespaces as other names of facula's: at::Tensor, c10::IValue and torch::jit::Module are facula's own.
// Also brings in the standard headers that libtorch's have always brought and programs have come to rely on.
#pragma once

#include <algorithm>
#include <atomic>
#include <bitset>
#include <cassert>
#include <chrono>
#include <climits>
#include <cmath>
#include <complex>
#include <condition_variable>
#include <ctime>
#include <deque>
#include <fstream>
#include <functional>
#include <iomanip>
#include <iostream>
#include <iterator>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <numeric>
#include <queue>
#include <set>
#include <sstream>
#include <stack>
#include <thread>
#include <typeindex>
#include <unordered_set>
#include <variant>

#include "facula/dispatch.h"
#include "facula/functional.h"
#include "facula/log_macros.h"

// The version of libtorch whose names these are.
#define TORCH_VERSION_MAJOR 2
#define TORCH_VERSION_MINOR 13
#define TORCH_VERSION_PATCH 0
#define TORCH_VERSION "2.13.0"

namespace facula {
namespace autograd {
using facula::AutoGradMode;
using facula::GradMode;
using facula::Variable;
using variable_list = std::vector<Variable>;
inline variable_list grad(const variable_list&, const variable_list&, const variable_list& = {},
                          std::optional<bool> = std::nullopt, bool = false, bool = false) {
  fail("Facula runs models and computes no gradients: torch::autograd::grad() is not supported");
}
inline void backward(const variable_list&, const variable_list& = {}, std::optional<bool> = std::nullopt, bool = false) {
  fail("Facula runs models and computes no gradients: torch::autograd::backward() is not supported");
}
}  // namespace autograd
}  // namespace facula

namespace c10 {
using namespace ::facula;
template <class T>
using complex = ::facula::Complex<T>;  // at::complex is a function
}
namespace at {
using namespace ::facula;
}
namespace torch {
using namespace ::facula;
}
namespace caffe2 {
using ::facula::TypeMeta;
}

// libtorch prints standard containers; what a program declares by itself for std::vector<T> is the better match.
namespace facula {
namespace detail {
template <class It>
std::ostream& print_sequence(std::ostream& out, It begin, It end) {
  for (int i = 0; begin != end && i < 100; ++i, ++begin) out << (i ? " " : "") << *begin;
  return begin != end ? out << " ..." : out;
}
}  // namespace detail
}  // namespace facula
namespace std {
template <class First, class Second>
inline ostream& operator<<(ostream& out, const pair<First, Second>& p) {
  return out << '(' << p.first << ", " << p.second << ')';
}
template <class... T>
ostream& operator<<(ostream& out, const vector<T...>& v) {
  return ::facula::detail::print_sequence(out, v.begin(), v.end());
}
template <class... T>
ostream& operator<<(ostream& out, const map<T...>& v) {
  return ::facula::detail::print_sequence(out, v.begin(), v.end());
}
template <class... T>
ostream& operator<<(ostream& out, const set<T...>& v) {
  return ::facula::detail::print_sequence(out, v.begin(), v.end());
}
}  // namespace std

#define AT_CHECK(...) TORCH_CHECK(__VA_ARGS__)
#define AT_ASSERT(...) TORCH_CHECK(__VA_ARGS__)
#define AT_ERROR(...) ::facula::fail(::facula::detail::text(__VA_ARGS__))
