// TraceGraph: writes the graph of a traced program, node by node in program order. What a recorder (the Python package's
// facula.trace) saw is put down here as an ordinary ir::Graph; types follow from operators, classes and callees.
//
// Every function that may be used wrongly returns an error rather than a graph that does not hold; finish() verifies.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ir/unit.h"

namespace fac::trace {

using Values = std::vector<ir::ValueId>;

class TraceGraph {
 public:
  TraceGraph() : graph_(std::make_shared<ir::Graph>()), builder_(*graph_, graph_->top()) {}

  // The place in the user's file that the next nodes come from. The graph keeps the file.
  void at(const Ref<const SourceFile>& file, Range range);

  ir::ValueId input(const std::string& name, TypePtr type);
  ir::ValueId constant(Value v, TypePtr type);
  // An operator the table has not is written as well, with outputs of types `wanted`: it fails when it is executed.
  // `wanted` also serves where the schema leaves types open (a list's element); may be empty otherwise.
  Result<Values> op(std::string_view name, std::string_view overload, Values inputs, std::span<const TypePtr> wanted);
  Result<ir::ValueId> list(const TypePtr& element, Values items);
  ir::ValueId tuple(Values items);
  Result<ir::ValueId> dict(const TypePtr& key, const TypePtr& value, Values keys_and_values);
  // The elements of a tuple, or of a list that is known to have `count`.
  Result<Values> unpack(ir::ValueId container, std::size_t count);
  Result<ir::ValueId> get_attr(ir::ValueId object, const std::string& name);
  Result<ir::ValueId> call_method(ir::ValueId object, const std::string& name, Values arguments);
  // `owner` keeps the function's unit alive; finish()'s caller hands it on to the new function's unit.
  Result<ir::ValueId> call_function(const Ref<ir::Function>& f, std::shared_ptr<void> owner, Values arguments);
  Result<ir::ValueId> fork(const std::shared_ptr<ir::Graph>& body, Values arguments);
  Result<ir::ValueId> wait(ir::ValueId future);
  void set_name(ir::ValueId v, const std::string& name);

  const TypePtr& type(ir::ValueId v) const { return graph_->type(v); }
  bool knows(ir::ValueId v) const { return v.index < graph_->value_count(); }

  // Ends the graph. errors: it does not hold (our mistake).
  Result<std::shared_ptr<ir::Graph>> finish(ir::ValueId result);
  const std::shared_ptr<ir::Graph>& graph() const { return graph_; }
  // The signature of a function with this graph; names that are no identifiers become `argument_N`.
  Schema schema(std::string name) const;
  const std::vector<std::shared_ptr<void>>& owners() const { return owners_; }

 private:
  ir::ValueId one(Symbol kind, Values inputs, TypePtr type);

  std::shared_ptr<ir::Graph> graph_;
  ir::Builder builder_;
  std::vector<std::string> input_names_;
  std::vector<std::shared_ptr<void>> owners_;
};

}  // namespace fac::trace
