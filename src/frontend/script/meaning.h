// Meaning: what an expression stands for while it is compiled. Most are plain values (SSA); others exist only at
// compile time: functions, classes, namespaces, `range(n)`, a method not yet called.
// Every operation reports its own error and answers null (no value), which later operations pass on in silence.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "frontend/script/resolver.h"
#include "ir/host_function.h"
#include "ir/unit.h"

namespace fac::script {

class Emitter;

struct CallArg {
  Range range;
  Symbol name;  // empty: positional
  ir::ValueId value;
  MeaningPtr meaning = nullptr;  // a function or lambda given as an argument: no value
};

// What the place of a call knows about its result.
struct Wanted {
  TypePtr type;            // from an annotation; may be null
  std::size_t targets = 1;  // names that the result is unpacked into
};

class Meaning {
 public:
  virtual ~Meaning() = default;
  virtual std::string kind() const = 0;  // "builtin function", for messages

  virtual ir::ValueId value(Emitter& e, Range at);
  virtual MeaningPtr attribute(Emitter& e, Range at, std::string_view name);
  virtual bool has_attribute(Emitter& e, Range at, std::string_view name);
  virtual void set_attribute(Emitter& e, Range at, std::string_view name, ir::ValueId to);
  // A function, method or class: what an argument may be where call() takes meanings.
  virtual bool is_function() const {
    const std::string k = kind();
    return k == "function" || k == "lambda" || k == "closure" || k == "method" || k == "builtin" || meant_type();
  }
  virtual bool is_bound() const { return kind() == "method"; }      // to a value of the function that made it
  virtual bool keeps_values() const { return is_bound(); }          // which need not exist where another branch goes on
  virtual TypePtr meant_type() const { return nullptr; }            // the class whose name it is
  virtual const std::string* meant_exception() const { return nullptr; }
  virtual bool is_empty_context() const { return false; }           // `with` it: the body alone
  // Whether call() understands arguments that are no values.
  virtual bool takes_meanings() const { return false; }
  // args: positional ones first, then keywords.
  virtual MeaningPtr call(Emitter& e, Range at, std::vector<CallArg> args, const Wanted& wanted);
  virtual MeaningPtr item(Emitter& e, Range at, ir::ValueId index, const TypePtr& wanted);
  // The elements, where their number is known while compiling. `count`: how many the place needs (lists).
  virtual std::optional<std::vector<MeaningPtr>> elements(Emitter& e, Range at, std::optional<std::size_t> count);

  // Iteration: what a `for` runs over (itself for lists; the keys of a dict). Elements come from item().
  virtual MeaningPtr iterable(Emitter& e, Range at);
  virtual ir::ValueId length(Emitter& e, Range at);
  virtual std::optional<std::int64_t> known_length() const { return std::nullopt; }
  // The body is compiled once for each element (tuples, module lists): their types differ.
  virtual bool is_unrolled() const { return false; }
};

// An SSA value.
class ValueMeaning final : public Meaning {
 public:
  explicit ValueMeaning(ir::ValueId v) : value_(v) {}
  ir::ValueId get() const { return value_; }
  std::string kind() const override { return "value"; }
  ir::ValueId value(Emitter&, Range) override { return value_; }
  MeaningPtr attribute(Emitter& e, Range at, std::string_view name) override;
  bool has_attribute(Emitter& e, Range at, std::string_view name) override;
  void set_attribute(Emitter& e, Range at, std::string_view name, ir::ValueId to) override;
  MeaningPtr call(Emitter& e, Range at, std::vector<CallArg> args, const Wanted& wanted) override;
  MeaningPtr item(Emitter& e, Range at, ir::ValueId index, const TypePtr& wanted) override;
  std::optional<std::vector<MeaningPtr>> elements(Emitter& e, Range at, std::optional<std::size_t> count) override;
  MeaningPtr iterable(Emitter& e, Range at) override;
  ir::ValueId length(Emitter& e, Range at) override;

 private:
  ir::ValueId value_;
};
// Null stays null.
MeaningPtr value_meaning(ir::ValueId v);
// The value where `m` is a plain one; none otherwise.
ir::ValueId plain_value(const MeaningPtr& m);

// Forms whose arguments are not evaluated as a call's usually are.
enum class SpecialForm : std::uint8_t {
  kAnnotate, kUncheckedCast, kUninitialized, kIsInstance, kGetAttr, kHasAttr, kFork, kAwaitable, kTuple, kList, kDict,
  kRange, kEnumerate, kZip, kReversed, kSet, kToList, kNew, kSlice, kSuper, kTensorIndex,
  kDefaultDict, kCounter, kDeque
};
MeaningPtr special_form(SpecialForm form);
// The form of `m`, if it is one. For kNew, kToList: what it was taken from.
struct SpecialFormOf {
  SpecialForm form;
  MeaningPtr self;
};
const SpecialFormOf* special_form_of(const MeaningPtr& m);
MeaningPtr special_form(SpecialForm form, MeaningPtr self);

// `torch`, `ops.prim`: every attribute is an operator of the namespace, except for the constants and types that `torch`
// has. nested: torch.nn.functional and the like, whose names fall back to the same namespace.
MeaningPtr builtin_module(std::string_view name_space);
// `math`: its functions are operators, its constants numbers.
MeaningPtr math_module();
// `ops`, `torch.ops`: its attributes are builtin modules.
MeaningPtr ops_module();
MeaningPtr builtin_function(std::string qualified_name, std::optional<CallArg> self = std::nullopt);
// `int(x)`: an operator that does nothing where x has the type already.
MeaningPtr cast_function(TypePtr type, std::string qualified_name);
// A magic method on objects (`__len__`), else `otherwise`.
MeaningPtr magic_function(std::string method, MeaningPtr otherwise);
MeaningPtr print_function();
MeaningPtr set_method(Emitter& e, ir::ValueId self, std::string_view name);  // null: no set, or no such method
MeaningPtr everyday_attribute(Emitter& e, ir::ValueId self, std::string_view name, Range at);  // methods that TorchScript lacks; null: none
// A member of an object of one of several classes, which is told when the program runs; null: the classes do not all have it.
MeaningPtr union_member(Emitter& e, ir::ValueId self, std::string_view name, Range at);
MeaningPtr standard_name(std::string_view name);  // "string.digits", "operator.itemgetter"; null: none
MeaningPtr everyday_torch(std::string_view name);  // functions of torch that TorchScript lacks; null: none
MeaningPtr collection_class(std::string_view name);  // "collections.defaultdict"; null: none of those
MeaningPtr deque_method(Emitter& e, ir::ValueId self, std::string_view name);
MeaningPtr counter_method(Emitter& e, ir::ValueId self, std::string_view name);
MeaningPtr function_meaning(ir::Function* f);
// Several functions behind one name: the first that fits the arguments is called. self: given to each as its first one.
MeaningPtr overloaded_meaning(std::vector<ir::Function*> functions, ir::ValueId self = {});
// torch.jit.is_scripting() and the like: a question that has one answer while compiling.
MeaningPtr answered_question(bool answer);
// A function outside of the program (Python's, the host's), called when the program runs. self: its first argument.
MeaningPtr host_function_meaning(Ref<ir::HostFunction> f, ir::ValueId self = {});
// A function in two versions; a constant bool among the arguments says which is meant (F.max_pool2d's return_indices).
struct BooleanDispatch {
  std::size_t index;
  std::string argument;
  bool otherwise;  // without the argument
  std::function<MeaningPtr(bool)> version;
};
MeaningPtr boolean_dispatch(BooleanDispatch d);
MeaningPtr method_meaning(ir::ValueId self, std::string name);
MeaningPtr class_meaning(TypePtr type);  // classes, named tuples, enums: constructors and their attributes
TypePtr meant_class(const MeaningPtr& m);   // null: no class
MeaningPtr exception_meaning(std::string class_name);  // Exception("text"): `raise` takes it apart
const std::string* exception_name(const MeaningPtr& m);  // null: no exception class
MeaningPtr constant_meaning(Value v, TypePtr type = nullptr);  // becomes a prim::Constant where it is used
MeaningPtr tuple_meaning(std::vector<MeaningPtr> items);
MeaningPtr range_meaning(Emitter& e, Range at, std::vector<ir::ValueId> bounds);
MeaningPtr zip_meaning(std::vector<MeaningPtr> parts);
MeaningPtr enumerate_meaning(Emitter& e, Range at, MeaningPtr part, ir::ValueId start);
// CONSTANTS.c0, c1, …; the table may still grow after this call.
MeaningPtr constant_table(std::shared_ptr<const std::vector<Value>> constants);

// Names that every program has: print, len, int, range, annotate of old archives, … Null: none of them.
std::optional<Value> math_number(std::string_view name);  // pi, e, tau, inf, nan
// "nn", "linalg", "nn.functional": torch's own modules.
MeaningPtr torch_submodule(std::string_view path);
// A lambda: compiled into its place at each call. home: the function around it; null: a module, whose names `resolver` knows.
MeaningPtr lambda_meaning(const Lambda& e, Emitter* home, Resolver* resolver);
MeaningPtr partial_function();  // functools.partial
MeaningPtr language_builtin(std::string_view name);

}  // namespace fac::script
