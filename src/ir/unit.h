// Function: a callable with a graph. Unit: what one program defines (functions, classes, enums, interfaces) by
// qualified name; PyTorch's CompilationUnit.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "ir/graph.h"
#include "value/schema.h"
#include "value/value.h"

namespace fac::ir {

class Unit;

// A function or method. The signature is known at once; the body may be compiled on first use (`define`), so that an
// archive with a thousand functions loads without compiling those that nobody calls.
class Function final : public Callable {
 public:
  using Define = std::function<Status(Function&)>;  // calls set_graph (and may refine set_schema)
  Function(std::string qualified_name, Schema schema, Unit* unit)
      : Callable(std::move(qualified_name)), schema_(std::move(schema)), unit_(unit) {}

  const Schema& schema() const override { return schema_; }
  void set_schema(Schema s) { schema_ = std::move(s); }
  Unit* unit() const { return unit_; }
  void set_define(Define d) { define_ = std::move(d); }
  void set_graph(std::shared_ptr<Graph> g);
  bool is_defined() const { return defined_.load(std::memory_order_acquire); }
  // The graph as compiled (nothing inlined), compiling it now if need be. Thread-safe; recursion is reported.
  // The shared graph must not be changed by callers: passes work on a clone.
  Result<const Graph*> graph();
  // The source text that the body came from, where known.
  Range range;

  // What exec/ attaches (bytecode). Guarded by its own mutex.
  std::mutex extension_mutex;
  std::shared_ptr<void> extension;

 private:
  Schema schema_;
  Unit* unit_;
  Define define_;
  std::shared_ptr<Graph> graph_;
  std::unique_ptr<Error> failed_;
  std::atomic<bool> defined_{false};
  bool compiling_ = false;  // guarded by the unit's compile_mutex
};

class Unit {
 public:
  Unit() = default;
  Unit(const Unit&) = delete;
  Unit& operator=(const Unit&) = delete;
  ~Unit();

  Function* find_function(std::string_view qualified_name) const;
  TypePtr find_type(std::string_view qualified_name) const;  // class, interface, enum, named tuple
  // errors: the name exists already.
  Result<Function*> add_function(std::string qualified_name, Schema schema);
  Status add_type(TypePtr t);
  // "__torch__.M" -> "__torch__.___torch_mangle_0.M" until the name is free.
  std::string unique_name(std::string_view qualified_name);
  std::vector<Function*> functions() const;  // in order of definition
  std::vector<TypePtr> types() const;

  // Compiling a body may define further functions and classes; one compiler runs per unit at a time.
  std::recursive_mutex& compile_mutex() { return compile_mutex_; }
  // Anything the definers need to stay alive (source importer, archive).
  void keep(std::shared_ptr<void> p) { kept_.push_back(std::move(p)); }

 private:
  mutable std::recursive_mutex mutex_;
  std::recursive_mutex compile_mutex_;
  std::vector<Ref<Function>> functions_;
  std::vector<TypePtr> types_;
  std::unordered_map<std::string, Function*> function_index_;
  std::unordered_map<std::string, TypePtr> type_index_;
  std::vector<std::shared_ptr<void>> kept_;
  std::uint64_t next_mangle_ = 0;
};

}  // namespace fac::ir
