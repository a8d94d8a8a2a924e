// From an object that the interpreter has made to a compiled module: its class, its state, its methods.
//
// Objects that are alike share one class, whose methods are compiled once: the same Python class, the same types of
// attributes, values of constants and classes of sub-modules. Names inside a method mean what they mean where Python
// defined it: the enclosing functions' variables, the module's globals; functions and classes compile as they are met.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "frontend/script/hints.h"
#include "frontend/script/resolver.h"
#include "frontend/script/specialise.h"
#include "frontend/script/types_from_tree.h"
#include "interp/interp.h"
#include "ir/unit.h"

namespace fac::interp {

class Compiler {
 public:
  // attributes: what an earlier attempt learned of the classes' attributes; after a failed one, grown() says that another may do.
  explicit Compiler(Interp& in, script::Dialect dialect = script::Dialect::kEveryday, script::AttributeHints* attributes = nullptr)
      : in_(in), dialect_(dialect), attributes_(dialect == script::Dialect::kEveryday ? attributes : nullptr), unit_(std::make_shared<ir::Unit>()) {}
  Compiler(const Compiler&) = delete;
  Compiler& operator=(const Compiler&) = delete;

  // An nn.Module and everything below it; every method that is reached is compiled.
  Result<Ref<ObjectBox>> module(const Value& object);
  const std::shared_ptr<ir::Unit>& unit() const { return unit_; }

  // --- what the resolvers ask ---
  struct ModuleInfo {
    Class* cls = nullptr;
    Ref<ClassType> type;
    Value sample;  // an instance: attributes that are no part of the compiled class
    std::optional<script::ModuleContainer> container;
    std::map<std::string, std::string, std::less<>> failed;  // attribute -> why it has no type
    std::vector<Ref<Function>> pre_hooks, hooks;             // of forward, in the order of their calls
    std::map<std::string, ir::Function*, std::less<>> declared;  // methods that are no part of the class yet
  };
  ModuleInfo* info(const ClassType& type);
  Result<ir::Function*> function(Function& fn);
  // A method of an object's class, declared when it is first asked for. Null with an error in `why`.
  Result<ir::Function*> method(ModuleInfo& m, std::string name, Function& fn, const script::FunctionDef* head = nullptr);
  // The method's signature; calls with other types than it says compile copies (copy_method gives a copy's name).
  Result<ir::Function*> declared_method(ModuleInfo& m, const std::string& name, Function& fn);
  Result<std::string> copy_method(ModuleInfo& m, const std::string& name, Function& fn, script::Specialised special);
  // Enums, named tuples, plain classes; null: no type of the language.
  Result<TypePtr> class_type(Class& c);
  Result<TypePtr> annotation_type(const Value& annotation);  // of what an annotation evaluates to; null: none
  Result<TypePtr> infer(const Value& v, std::string& why);   // null with the reason
  // The value in the compiled program; nullopt where it does not fit the type.
  Result<std::optional<Value>> convert(const Value& v, const TypePtr& type);
  script::MeaningPtr meaning(const Value& v, script::Emitter* e, Range at, const std::string& name);
  script::MeaningPtr user_function(Function& fn);
  script::Resolver* resolver(Function& fn);  // of the names in the function's body; lives as long as this
  Result<ir::Function*> copy(const ir::Function& general, Function& fn, script::Specialised special);
  std::vector<Function*> overloads(Class& c, std::string_view name, const Function& fn);
  Interp& interp() { return in_; }
  script::Dialect dialect() const { return dialect_; }
  script::AttributeHints* attributes() { return attributes_; }
  static std::string mark(const Function& fn);  // "ignore", "unused", "export", ""

 private:
  Result<Value> object_of(const Value& v);
  Result<Ref<ClassType>> type_of_module(const Value& v);
  Result<ModuleInfo> describe(const Value& v, std::string& key);
  Result<TypePtr> plain_class(Class& c, std::string name);
  Status fill_class(ModuleInfo& info);
  // compile_interfaces.cpp
  Result<TypePtr> interface_type(Class& c, const std::string& name);  // of a class marked @torch.jit.interface
  Status declare_for_interfaces(ModuleInfo& info);                    // the methods by which a class may stand for one
  Result<TypePtr> module_interface(const Value& annotation);          // null: the annotation is no interface
  Status dataclass_methods(Class& c);                                 // __init__, __eq__ and the like as text that compiles
  Result<std::optional<Value>> convert_object(const Value& v, const ClassType& type);
  std::vector<std::string> index_attributes(const Class& c) const;
  Result<std::vector<Ref<Function>>> hooks_of(const Value& object, std::string_view list);
  Status add_hooks(ModuleInfo& m);
  Status check_hooks(const ModuleInfo& m) const;
  Result<ir::Function*> declare(std::string name, const TypePtr& self, Function& fn, const script::FunctionDef& head,
                                const std::vector<TypePtr>& without_annotation = {});
  bool is_module(const Value& v);
  const Value* method_of(const Class& c, std::string_view name) const;
  std::string qualified_name(const Class& c) const;

  Interp& in_;
  script::Dialect dialect_;
  script::AttributeHints* attributes_;
  std::shared_ptr<ir::Unit> unit_;
  std::map<std::string, std::unique_ptr<ModuleInfo>> by_key_;
  std::unordered_map<const ClassType*, ModuleInfo*> by_type_;
  std::unordered_map<const Obj*, Ref<ClassType>> type_of_object_;
  std::unordered_map<const Obj*, Value> objects_;
  std::unordered_map<const Function*, ir::Function*> functions_;
  std::unordered_map<const Class*, TypePtr> classes_;
  std::unordered_map<const TensorImpl*, Value> flat_;
  std::unordered_map<const Function*, std::shared_ptr<script::Resolver>> resolvers_;
  std::vector<Ref<InterfaceType>> interfaces_;
  std::vector<Ref<script::Tree>> made_trees_;
  std::map<const Class*, std::map<std::string, Value>> made_methods_;  // of dataclasses
  std::map<std::string, ir::Function*> copies_;  // by script::Specialised::key
  std::set<const Callable*> abandoned_;  // methods of classes that did not compile
  int depth_ = 0;
};

// What the names of one Python function mean while it is compiled.
class FunctionResolver final : public script::Resolver {
 public:
  FunctionResolver(Compiler& c, Function& fn) : compiler_(c), fn_(&fn) {}
  script::MeaningPtr value(std::string_view name, Range range) override;
  script::MeaningPtr value_in(script::Emitter& e, std::string_view name, Range at) override;
  bool defines(std::string_view name) override;
  script::MeaningPtr super_of(script::Emitter& e, Range at) override;
  script::Dialect dialect() const override;
  script::AttributeHints* attribute_hints() override { return compiler_.attributes(); }
  TypePtr type(std::string_view name, Range range) override;
  TypePtr annotation(std::string_view text, Range range) override;
  script::MeaningPtr member(script::Emitter& e, Range at, ir::ValueId self, const ClassType& cls, std::string_view name) override;
  bool has_member(const ClassType& cls, std::string_view name) override;
  std::optional<std::string> missing_member(const ClassType& cls, std::string_view name) override;
  const script::ModuleContainer* container(const ClassType& cls) override;
  Status outcome() override;

 private:
  friend class Compiler;
  std::optional<Value> find(std::string_view name, bool with_builtins = true);
  void fail(ErrorPtr e) {
    if (!failed_) failed_ = std::make_unique<ErrorPtr>(std::move(e));
  }
  Compiler& compiler_;
  Ref<Function> fn_;
  std::unique_ptr<ErrorPtr> failed_;
};

}  // namespace fac::interp
