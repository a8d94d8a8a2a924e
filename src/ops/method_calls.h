// How an operator calls a method of an object that it was given: sorting objects of user classes asks their __lt__.
// The operator table stands below whatever runs code; that puts a caller in place around the operators that need one.
#pragma once

#include <span>

#include "base/result.h"
#include "value/value.h"

namespace fac::ops {

class MethodCaller {
 public:
  virtual ~MethodCaller() = default;
  virtual Result<Value> call_method(Callable& method, std::span<Value> args) = 0;
};

// Puts a caller in place for the operators that this thread runs.
class MethodCallerScope {
 public:
  explicit MethodCallerScope(MethodCaller& caller);
  ~MethodCallerScope();
  MethodCallerScope(const MethodCallerScope&) = delete;
  MethodCallerScope& operator=(const MethodCallerScope&) = delete;

 private:
  MethodCaller* saved_;
};

// errors: what the method raises; nobody is there to call it.
Result<Value> call_method(Callable& method, std::span<Value> args);

}  // namespace fac::ops
