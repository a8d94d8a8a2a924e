#include "ir/graph.h"
#include "ir/symbols.h"

namespace fac::ir {

NodeId Builder::insert(NodeId n) {
  if (scope_ >= 0) g_.node(n).scope = scope_;
  if (before_) g_.insert_before(before_, n);
  else g_.append(block_, n);
  return n;
}

ValueId Builder::constant(Value v) {
  TypePtr type = type_of(v);
  return constant(std::move(v), std::move(type));
}

ValueId Builder::constant(Value v, TypePtr type) {
  const NodeId n = node(sym::Constant, {});
  if (!v.is_none()) g_.set_attr(n, sym::value, std::move(v));
  return g_.add_output(n, std::move(type));
}

NodeId Builder::node(Symbol kind, std::vector<ValueId> inputs) { return insert(g_.create(kind, std::move(inputs), range_)); }

ValueId Builder::value(Symbol kind, std::vector<ValueId> inputs, TypePtr type) {
  return g_.add_output(node(kind, std::move(inputs)), std::move(type));
}

ValueId Builder::op(std::string_view name, std::string_view overload, std::vector<ValueId> inputs) {
  const ops::Overload* found = ops::find(name, overload);
  if (!found) return value(Symbol(name), std::move(inputs), types::tensor());  // fails when it is executed
  const NodeId n = insert(g_.create(*found, std::move(inputs), range_));
  return g_.add_output(n, found->schema().returns.at(0).type);
}

}  // namespace fac::ir
