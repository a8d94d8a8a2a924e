// HostFunction: a function outside of the program, for example Python's, that a program calls by prim::PythonOp.
// The node's attribute `value` holds it; its inputs are the arguments, its output the result.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <utility>

#include "value/schema.h"
#include "value/value.h"

namespace fac::ir {

class HostFunction final : public Callable {
 public:
  using Body = std::function<Result<Value>(std::span<Value>)>;  // may be called from any thread
  HostFunction(std::string name, Schema schema, Body body)
      : Callable(std::move(name)), schema_(std::move(schema)), body_(std::move(body)) {}
  const Schema& schema() const override { return schema_; }
  Result<Value> call(std::span<Value> args) const { return body_(args); }

 private:
  Schema schema_;
  Body body_;
};

}  // namespace fac::ir
