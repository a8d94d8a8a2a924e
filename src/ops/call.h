// Calls operators by name, for operators that are made of others and run too seldom for the look-up to matter.
#pragma once

#include <initializer_list>

#include "ops/op.h"
#include "ops/table.h"

namespace fac::ops {

// args: all of the schema's arguments in order, defaults included; None where an optional one is absent.
// errors: the operator's own; an unknown name is our mistake, reported rather than hidden.
inline Result<Tensor> call(std::string_view name, std::string_view overload, std::initializer_list<Value> args) {
  const Overload* o = find(name, overload);
  FACULA_CHECK(o, "operator {} is missing", name);
  std::vector<Value> values(args);
  FACULA_CHECK(values.size() == o->schema().arguments.size(), "operator {} takes {} arguments, not {}", name, o->schema().arguments.size(), values.size());
  Value results[4];
  FACULA_TRY_VOID(o->call(values, std::span<Value>(results, o->schema().returns.size())));
  return results[0].tensor_or_undefined();
}

inline Result<Tensor> softmax(const Tensor& x, std::int64_t dim) { return call("aten::softmax", "int", {x, dim, Value()}); }
inline Result<Tensor> log_softmax(const Tensor& x, std::int64_t dim) { return call("aten::log_softmax", "int", {x, dim, Value()}); }

}  // namespace fac::ops
