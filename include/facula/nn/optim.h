// torch::optim: named so that programs which also train compile; making an optimiser is an error that says why.
#pragma once

#include "facula/nn/options.h"

namespace facula {
namespace optim {

namespace detail {
[[noreturn]] inline void no_training() {
  fail("Facula runs models and computes no gradients: torch::optim is not supported. Train with PyTorch, save with torch::save or "
       "torch.jit.save, and load the result here.");
}
}  // namespace detail

class OptimizerOptions {
 public:
  virtual ~OptimizerOptions() = default;
};
class OptimizerParamGroup {
 public:
  OptimizerParamGroup(std::vector<Tensor> params) : params_(std::move(params)) {}
  std::vector<Tensor>& params() { return params_; }
  OptimizerOptions& options() { detail::no_training(); }

 private:
  std::vector<Tensor> params_;
};
class Optimizer {
 public:
  template <class... A>
  explicit Optimizer(A&&...) {
    detail::no_training();
  }
  virtual ~Optimizer() = default;
  virtual Tensor step(std::function<Tensor()> = nullptr) { detail::no_training(); }
  void zero_grad(bool = true) {}
  std::vector<OptimizerParamGroup>& param_groups() { detail::no_training(); }
};

#define FACULA_OPTIMIZER(Name, ...)                                              \
  struct Name##Options : OptimizerOptions {                                      \
    Name##Options(double lr = 1e-3) : lr_(lr) {}                                 \
    TORCH_ARG(double, lr);                                                       \
    TORCH_ARG(double, weight_decay) = 0;                                         \
    TORCH_ARG(double, momentum) = 0;                                             \
    TORCH_ARG(double, eps) = 1e-8;                                               \
    __VA_ARGS__                                                                  \
  };                                                                             \
  class Name : public Optimizer {                                                \
   public:                                                                       \
    explicit Name(std::vector<Tensor> params, Name##Options = {}) : Optimizer(params) {}              \
    explicit Name(std::vector<OptimizerParamGroup> groups, Name##Options = {}) : Optimizer(groups) {} \
  }
using Betas = std::tuple<double, double>;
FACULA_OPTIMIZER(SGD, TORCH_ARG(double, dampening) = 0; TORCH_ARG(bool, nesterov) = false;);
FACULA_OPTIMIZER(Adam, TORCH_ARG(Betas, betas) = {0.9, 0.999}; TORCH_ARG(bool, amsgrad) = false;);
FACULA_OPTIMIZER(AdamW, TORCH_ARG(Betas, betas) = {0.9, 0.999}; TORCH_ARG(bool, amsgrad) = false;);
FACULA_OPTIMIZER(RMSprop, TORCH_ARG(double, alpha) = 0.99; TORCH_ARG(bool, centered) = false;);
FACULA_OPTIMIZER(Adagrad, TORCH_ARG(double, lr_decay) = 0;);
FACULA_OPTIMIZER(LBFGS, TORCH_ARG(std::int64_t, max_iter) = 20; TORCH_ARG(std::int64_t, history_size) = 100;);
#undef FACULA_OPTIMIZER

class LRScheduler {
 public:
  template <class... A>
  explicit LRScheduler(A&&...) {
    detail::no_training();
  }
  void step() {}
};
class StepLR : public LRScheduler {
 public:
  StepLR(Optimizer& o, unsigned step_size, double gamma = 0.1) : LRScheduler(o, step_size, gamma) {}
};

}  // namespace optim
}  // namespace facula
