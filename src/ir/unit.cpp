#include "ir/unit.h"

#include <charconv>

#include "ir/type_cycles.h"

namespace fac::ir {

void Function::set_graph(std::shared_ptr<Graph> g) {
  graph_ = std::move(g);
  if (!compiling_) defined_.store(true, std::memory_order_release);
}

Result<const Graph*> Function::graph() {
  if (is_defined()) return graph_.get();
  std::unique_lock<std::recursive_mutex> lock;
  if (unit_) lock = std::unique_lock(unit_->compile_mutex());
  if (is_defined()) return graph_.get();
  if (failed_) return ErrorPtr(*failed_);
  if (compiling_)
    return error(ErrorKind::kCompile, "function '{}' is called recursively. Recursive calls are not supported", name());
  if (!define_) return error(ErrorKind::kCompile, "function '{}' has no body", qualified_name());

  compiling_ = true;
  Status made = define_(*this);
  compiling_ = false;
  if (made.ok() && !graph_)
    made = error(ErrorKind::kInternal, "compiling '{}' left no graph behind", qualified_name());
  if (!made.ok()) {
    failed_ = std::make_unique<Error>(made.error());
    return made.take_error();
  }
  define_ = nullptr;  // frees the syntax tree it holds
  defined_.store(true, std::memory_order_release);
  return graph_.get();
}

namespace {
// Objects that a program made may outlive the unit of their class: they then find no methods, instead of pointers to nothing.
void forget_functions(const ClassType& type) {
  auto& t = const_cast<ClassType&>(type);  // changed by the unit that made it
  while (!t.methods().empty()) t.remove_method(t.methods().back()->name());
  const_cast<std::vector<ClassType::Property>&>(t.properties()).clear();
}
}  // namespace

Unit::~Unit() {
  for (const TypePtr& t : types_)
    if (const ClassType* c = as_class(t)) forget_functions(*c);
  // Whatever of the unit holds types goes first.
  kept_.clear();
  type_index_.clear();
  function_index_.clear();
  functions_.clear();
  release_type_cycles(std::move(types_));
}

Function* Unit::find_function(std::string_view name) const {
  const std::lock_guard lock(mutex_);
  const auto found = function_index_.find(std::string(name));
  return found == function_index_.end() ? nullptr : found->second;
}

TypePtr Unit::find_type(std::string_view name) const {
  const std::lock_guard lock(mutex_);
  const auto found = type_index_.find(std::string(name));
  return found == type_index_.end() ? nullptr : found->second;
}

Result<Function*> Unit::add_function(std::string name, Schema schema) {
  const std::lock_guard lock(mutex_);
  if (function_index_.contains(name)) return error(ErrorKind::kCompile, "method '{}' already defined.", name);
  auto f = make_ref<Function>(name, std::move(schema), this);
  functions_.push_back(f);
  function_index_.emplace(std::move(name), f.get());
  return f.get();
}

Status Unit::add_type(TypePtr t) {
  const std::lock_guard lock(mutex_);
  if (!type_index_.emplace(t->name(), t).second)
    return error(ErrorKind::kCompile, "class '{}' already defined.", t->name());
  types_.push_back(std::move(t));
  return {};
}

// The number stands in its own component before the last one; a name that carries a number already gets a fresh one.
std::string Unit::unique_name(std::string_view name) {
  static constexpr std::string_view kMangle = "___torch_mangle_";
  const std::lock_guard lock(mutex_);
  std::string prefix, last(name);
  if (const auto dot = name.rfind('.'); dot != std::string_view::npos) {
    prefix = std::string(name.substr(0, dot));
    last = std::string(name.substr(dot + 1));
  }
  if (const auto at = prefix.rfind(kMangle);
      at != std::string::npos && prefix.find('.', at) == std::string::npos && (at == 0 || prefix[at - 1] == '.'))
    prefix.resize(at == 0 ? 0 : at - 1);
  std::string free(name);
  while (function_index_.contains(free) || type_index_.contains(free)) {
    free = prefix.empty() ? "" : prefix + ".";
    free += std::string(kMangle) + std::to_string(next_mangle_++) + "." + last;
  }
  return free;
}

std::vector<Function*> Unit::functions() const {
  const std::lock_guard lock(mutex_);
  std::vector<Function*> out;
  for (const auto& f : functions_) out.push_back(f.get());
  return out;
}

std::vector<TypePtr> Unit::types() const {
  const std::lock_guard lock(mutex_);
  return types_;
}

}  // namespace fac::ir
