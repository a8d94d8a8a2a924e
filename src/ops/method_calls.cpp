#include "ops/method_calls.h"

#include <utility>

namespace fac::ops {
namespace {
thread_local MethodCaller* t_caller = nullptr;
}  // namespace

MethodCallerScope::MethodCallerScope(MethodCaller& caller) : saved_(std::exchange(t_caller, &caller)) {}
MethodCallerScope::~MethodCallerScope() { t_caller = saved_; }

Result<Value> call_method(Callable& method, std::span<Value> args) {
  if (!t_caller) return error(ErrorKind::kInternal, "`{}` was needed where no code runs", method.qualified_name());
  return t_caller->call_method(method, args);
}

}  // namespace fac::ops
