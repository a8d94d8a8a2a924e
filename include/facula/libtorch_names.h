// libtorch's namespaces as other names of facula's: at::Tensor, c10::IValue and torch::jit::Module are facula's own.
// Also brings in the standard headers that libtorch's have always brought and programs have come to rely on.
#pragma once

#include <algorithm>
#include <cmath>
#include <iostream>
#include <memory>

#include "facula/functional.h"

namespace facula {
namespace autograd {
using facula::AutoGradMode;
using facula::GradMode;
using facula::Variable;
using variable_list = std::vector<Variable>;
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

#define AT_CHECK(...) TORCH_CHECK(__VA_ARGS__)
#define AT_ASSERT(...) TORCH_CHECK(__VA_ARGS__)
#define AT_ERROR(...) ::facula::fail(::facula::detail::text(__VA_ARGS__))
