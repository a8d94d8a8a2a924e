// Emitter: compiles one function body from its tree to a graph. Its member functions are spread over forms/ (one file a
// form) and builtins/; this header is their common ground.
//
// Errors go to the sink at once. A failed expression gives no value (ValueId{} / null Meaning): poison, which every
// helper passes on without a further report. A graph is only used when the sink has no errors.
//
// Control flow becomes structured: `return`, `break` and `continue` set hidden variables ($value, $left, $stop,
// $returned; no program can name them), the statements after a branch that left move into the other branch or under a
// test of $left, and joins make them outputs of prim::If and carried values of prim::Loop like any other variable.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "frontend/script/environment.h"
#include "frontend/script/hints.h"
#include "frontend/script/meaning.h"
#include "frontend/script/scan.h"
#include "frontend/script/types_from_tree.h"
#include "ir/graph.h"

namespace fac::script {

using ir::BlockId;
using ir::NodeId;
using ir::ValueId;

// How control leaves a statement.
enum class Flow : std::uint8_t {
  kFalls,     // on to the next statement
  kMayLeave,  // return, break or continue may have happened: $left tells
  kLeaves,    // it has happened
  kThrows,
};

struct Refinement {
  Symbol name;
  TypePtr type;
  const Expr* path = nullptr;  // an attribute: its name is its path, the type what it is besides None
};
// A tested condition: what it says about variables, and its value where that is known from types alone (then only one
// branch is compiled).
struct Condition {
  ValueId value;
  std::vector<Refinement> when_true, when_false;
  std::optional<bool> known;
};

struct SliceBounds {
  ValueId lower, upper, step;  // none where not written
};
// A tensor after its ints, slices and Nones; `indices` are left for one aten::index (empty: nothing is left).
struct IndexedTensor {
  ValueId tensor;
  std::vector<ValueId> indices;
  ValueId list;  // the indices as a list that is made when it runs; then `indices` is not all
};

// A function body that is compiled into the place of its call.
struct InlineBody {
  std::span<const Param> params;
  const FunctionDef* def = nullptr;    // its statements, or
  const Expr* expression = nullptr;    // a lambda's body
  Emitter* home = nullptr;             // the function around it, whose variables it sees
  Resolver* resolver = nullptr;        // of the names at module level, without home
  std::string name;
};

struct SymbolByText {
  bool operator()(Symbol a, Symbol b) const { return a.str() < b.str(); }
};

class CellMeaning;

// What a dict gives for a key that it lacks: the values of a defaultdict's factory, which it keeps; the 0 of a Counter, which it does not.
enum class MissingItem : std::uint8_t { kNothing, kInt, kFloat, kComplex, kStr, kBool, kList, kDict, kSet, kCount, kFunction };
struct Missing {
  MissingItem item = MissingItem::kNothing;
  MeaningPtr function;  // kFunction
  Hints::Key key;       // of the containers that it makes
};

class Emitter {
 public:
  // `outer`: the function around a nested one, whose variables it captures. `hints`: of the attempts so far; without them
  // nothing is inferred from later uses.
  Emitter(ir::Graph& graph, Resolver& resolver, DiagSink& sink, std::string function_name, Emitter* outer = nullptr,
          Hints* hints = nullptr);

  ir::Graph& graph() { return graph_; }
  ir::Builder& builder() { return builder_; }
  Resolver& resolver() { return *resolver_; }
  DiagSink& sink() { return sink_; }
  TypeReader& types() { return types_; }
  const std::string& function_name() const { return function_name_; }

  bool everyday() const { return resolver_->dialect() == Dialect::kEveryday; }

  // The whole body. `schema` has the arguments; its return type is filled in where the program did not annotate it.
  void function(const FunctionDef& def, Schema& schema);

  // --- values (emitter.cpp) ---
  const TypePtr& type(ValueId v) const;  // Any for poison
  ValueId constant(Value v, Range at);
  ValueId constant(Value v, TypePtr type, Range at);
  ValueId none(Range at) { return constant(Value(), at); }
  // One node with one output; poison where an input is.
  ValueId emit(std::string_view kind, std::vector<ValueId> inputs, TypePtr type, Range at);
  // The same for an operator whose schema says less than the place knows (prim::tolist, prim::EnumValue).
  ValueId emit_row(std::string_view kind, std::vector<ValueId> inputs, TypePtr type, Range at);
  NodeId emit_node(std::string_view kind, std::vector<ValueId> inputs, Range at);  // no check of inputs, no outputs
  ValueId unchecked_cast(ValueId v, TypePtr type, Range at);
  ValueId make_list(TypePtr element, std::vector<ValueId> items, Range at);
  ValueId make_tuple(std::vector<ValueId> items, Range at, TypePtr named = nullptr);
  std::vector<ValueId> unpack_tuple(ValueId v, Range at);  // reuses the items of a tuple made here
  bool is_none_constant(ValueId v) const;
  // The result of an operator that the table lacks (archives keep such calls): its type is a guess and gives way to
  // whatever its place asks for.
  bool is_guess(ValueId v) const;
  // --- everyday types (everyday.cpp) ---
  // v as a value of type `to` where Python's reader sees no difference: int as float, None as Optional, tuples by their
  // elements; v itself otherwise. Only in the everyday dialect.
  ValueId coerce(ValueId v, const TypePtr& to, Range at);
  // `[]` or `{}` whose element type is taken from its uses; keys: the literals it may be.
  void open_container(ValueId v, const Hints::Key& key) { open_.emplace_back(v, key); }
  // The value of an attribute that began as an empty list or dict.
  void open_attribute(ValueId v, std::string cls, std::string name) { open_attributes_.push_back({v, std::move(cls), std::move(name)}); }
  // Attributes by the text of their path ("self.cache"), known not to be None here: read through an unwrapping, so that a
  // wrong belief is an error when the program runs.
  bool attribute_is_set(const Expr& path) const;
  void note_attribute(const Expr& path, ValueId given, ValueId owner);
  void forget_attributes_of(Symbol variable);
  // --- dicts with a meaning for missing keys (meanings/collections.cpp) ---
  const Missing* missing_of(ValueId dict) const;
  ValueId item_or_missing(ValueId dict, ValueId key, const Missing& m, Range at);
  void settle_counter(ValueId dict, const TypePtr& key);
  void note_missing_attribute(const ClassType& cls, std::string_view name, ValueId given, Range at);
  void recall_missing_attribute(const ClassType& cls, std::string_view name, ValueId read);
  bool is_open(ValueId v) const;
  void settle(ValueId v, const TypePtr& type);
  void hold_open(ValueId container, ValueId element);       // the element may be an open container
  void share_elements(ValueId container, ValueId element);  // an element read out of a container of open ones
  void share_open(ValueId from, ValueId to);  // `to` may be the same container
  // What a container's method says about its element type; converts elements to it.
  void learn_from_call(std::string_view op, std::vector<CallArg>& args, std::optional<CallArg>& self);
  Hints::Key hint_key(const void* node, Symbol name = {}) const { return {node, name, path_}; }
  TypePtr hinted(const void* node, Symbol name = {}) const { return hints_ ? hints_->find(hint_key(node, name)) : nullptr; }

  bool is_empty_list_literal(ValueId v) const;  // `[]` without annotation: takes any list type
  std::optional<std::int64_t> int_constant(ValueId v) const;
  void set_name(ValueId v, Symbol name);

  template <class... Args>
  DiagBuilder error(Range at, const Diag<Args...>& diag, const std::type_identity_t<Args>&... args) {
    return sink_.error(at, diag, args...);
  }

  // --- calls (call.cpp, match.cpp) ---
  // An operator by qualified name; the overload is chosen by the arguments. A result of several values is a tuple; of
  // none, None.
  ValueId call_operator(std::string_view qualified_name, std::vector<CallArg> args, Range at, const Wanted& wanted = {},
                        std::optional<CallArg> self = std::nullopt);
  ValueId call_operator(std::string_view qualified_name, std::vector<ValueId> args, Range at);
  ValueId call_function(ir::Function& f, std::vector<CallArg> args, Range at);
  ValueId enter_context(ValueId object, Range at);  // prim::Enter; the object's class has __enter__
  ValueId call_method(ValueId self, std::string_view name, std::vector<CallArg> args, Range at);
  // PyTorch's implicit conversions towards `to`; the value itself where none applies. `numbers`: also Tensor -> number.
  ValueId convert(ValueId v, const TypePtr& to, bool numbers, Range at);
  ValueId to_bool(ValueId v, Range at);
  // No signature fits: `reasons` as match_schema gathered them.
  void report_no_overload(Range at, const std::string& reasons, bool several);

  // --- expressions (forms/) ---
  ValueId expression(const Expr& e, const TypePtr& wanted = nullptr);
  // n: how many names the result will be unpacked into.
  MeaningPtr meaning(const Expr& e, const Wanted& wanted = {});
  MeaningPtr lookup(Symbol name, Range at);
  Condition condition(const Expr& e);
  ValueId logical_value(const Logical& e);  // `x or y` as Python's value (forms/logical.cpp)
  ValueId truth(ValueId v, Range at);       // bool(v), of an Optional, too
  ValueId binary(BinaryOp op, ValueId left, ValueId right, Range at);
  ValueId list_literal(const List& e, const TypePtr& wanted);
  ValueId dict_literal(const Dict& e, const TypePtr& wanted);
  ValueId tuple_literal(const Tuple& e, const TypePtr& wanted);
  ValueId comprehension(const Comprehension& e, const TypePtr& wanted);  // forms/comprehension.cpp
  MeaningPtr tuple_comprehension(const Comprehension& e);
  ValueId set_literal(const Set& e);                                     // meanings/set.cpp
  ValueId set_call(const Call& e);
  ValueId set_operation(int code, ValueId self, ValueId other, Range at);
  ValueId set_binary(BinaryOp op, ValueId left, ValueId right, Range at);
  ValueId format_string(const FString& e);
  ValueId formatted(ValueId v, char conversion, ValueId spec, Range at);          // forms/format.cpp
  ValueId format_text(std::string_view pattern, const std::vector<CallArg>& args, Range at);
  ValueId percent_text(std::string_view pattern, ValueId right, Range at);
  MeaningPtr subscript(const Subscript& e, const TypePtr& wanted);       // forms/subscript.cpp
  MeaningPtr call(const Call& e, const Wanted& wanted);
  MeaningPtr special_call(const SpecialFormOf& form, const Call& e, const Wanted& wanted);
  // meanings: functions and lambdas are handed on as they are.
  // spreads_lists: `*xs` of a list joins the arguments around it to one list (everyday).
  std::vector<CallArg> call_args(std::span<const Arg> args, bool meanings = false, bool spreads_lists = true);
  // forms/splat.cpp: lists of unknown length among items, `[*xs, 1]`, `f(*sizes, -1)`, `a, *rest = xs`
  bool is_list_like(const MeaningPtr& m) const;
  void merge_splats(std::vector<CallArg>& positional, std::vector<std::size_t> splats);
  ValueId splat_list(const std::vector<std::pair<ValueId, bool>>& items, const TypePtr& element, Range at);
  std::optional<std::vector<MeaningPtr>> split_list(ValueId list, std::size_t before, std::size_t after, Range at);
  ValueId splat_dict(const Dict& e, const TypePtr& wanted);
  ValueId list_call(const Call& e, const TypePtr& wanted);
  ValueId dict_call(const Call& e, const TypePtr& wanted);
  ValueId collection_call(SpecialForm form, const Call& e, const TypePtr& wanted);
  ValueId gather_list(const MeaningPtr& source, const TypePtr& wanted, Range at);  // every element, in a new list
  MeaningPtr slice_object(const std::vector<CallArg>& args, Range at);              // slice(1, 3)
  bool python_text_differs(const TypePtr& t) const;
  ValueId python_text(ValueId v, Range at);
  ValueId ternary(const Ternary& e, const TypePtr& wanted);
  // Functions that a condition chooses (forms/choice.cpp); null: they are none.
  MeaningPtr chosen(ValueId condition, const MeaningPtr& yes, const MeaningPtr& no);
  MeaningPtr chosen_by(const Ternary& e);
  // prim::If with one result; the branches are compiled by the callbacks.
  ValueId branch_value(const Condition& c, const std::function<ValueId()>& then_value,
                       const std::function<ValueId()>& else_value, Range at);

  // --- statements (forms/) ---
  Flow statements(Block body);
  void assign(const Assign& s);
  void assign_annotated(const AnnAssign& s);
  TypePtr take_declared(const Expr& target);
  // Any target. statement: the whole assignment, where there is no pattern around the target.
  void assign_to(const Expr& target, MeaningPtr value, Range value_range, Range statement = {});
  // Checks against the type that enclosing blocks gave the variable. `declared`: its annotation, may be null.
  void set_variable(Symbol name, MeaningPtr value, Range at, TypePtr declared = nullptr);
  void augmented(const AugAssign& s);
  ValueId augmented_value(BinaryOp op, ValueId old, ValueId by, Range at);
  void assign_subscript(const Subscript& target, ValueId value, Range at);                       // subscript_assign.cpp
  void augmented_subscript(const Subscript& target, BinaryOp op, ValueId value, Range at);
  void delete_subscript(const Subscript& target);
  bool assign_slice(const Subscript& target, ValueId list, ValueId values, Range at);  // no values: deletes; false: no slice of a list
  Flow with(const With& s);
  Flow raise(const Raise& s);
  Flow assertion(const Assert& s);
  // The loop of `for target in iterable`; `body` compiles what is repeated. Comprehensions use it, too.
  Flow for_loop(const Expr& target, const MeaningPtr& iterable, const BodyScan& scan, const std::function<Flow()>& body,
                Range at);

  // The name of the operator behind an augmented assignment: "aten::add_" for tensors, "aten::add" otherwise.
  static std::string_view operator_name(BinaryOp op);     // "aten::add"
  static std::string_view magic_name(BinaryOp op);        // "__add__"

  // --- frames (forms/branch.cpp) ---
  void push_frame() { env_.push(); }
  Environment& env() { return env_; }
  void refine(const std::vector<Refinement>& what, Range at);

  // fork: the nested function as a graph of its own; captured values become inputs.
  MeaningPtr fork(const Call& e, std::string_view kind);
  // forms/closure.cpp
  MeaningPtr inline_call(const InlineBody& body, std::vector<CallArg> args, Range at);
  Emitter& outermost() { return caller_ ? caller_->outermost() : *this; }  // into whose graph all inlined calls go
  // A value of `home` (this function or one around it, through any calls between) in this graph.
  ValueId reachable(Emitter& home, ValueId v) { return import_value(home, v); }
  // Compiles with the names of another module in view, none of this function's.
  MeaningPtr in_scope_of(Resolver& resolver, const std::function<MeaningPtr(Emitter&)>& f);
  void nested_function(const FunctionDef& def);
  // Variables that inner functions write (forms/nonlocal.cpp)
  void begin_cells(const FunctionDef& def);   // the parameters are set
  void declare_nonlocal(const Nonlocal& s);
  bool assign_cell(Symbol name, const MeaningPtr& value, Range at);  // false: no such variable
  ValueId read_cell(Emitter& home, const CellMeaning& cell, Range at);

 private:
  Flow statement(const Stmt& s);
  Flow if_statement(const If& s, Block rest, bool& took_rest);
  // The statements that follow one which may have left.
  Flow guarded(const std::function<Flow()>& rest, Range at);
  Flow for_statement(const For& s);
  Flow while_statement(const While& s);
  Flow try_statement(const Try& s);
  Flow return_statement(const Return& s);
  Flow leave_loop(bool stop, Range at);
  // `key`: tells this loop from others in the hints; may be null.
  Flow loop(ValueId limit, const Expr* condition, const BodyScan& scan, const std::function<Flow(ValueId index)>& body,
            Range at, const void* key);
  // The body where the condition holds; nothing otherwise.
  Flow when(ValueId condition, const std::function<Flow()>& body, Range at);
  // One of the two, each a branch of its own.
  Flow either(ValueId condition, const std::function<Flow()>& yes, const std::function<Flow()>& no, Range at);
  ValueId carry(ValueId value, ValueId param, const void* key, Symbol name, Range at);
  Flow with_else(BodyScan scan, Block else_body, Range at, const std::function<Flow(const BodyScan&)>& repeat);
  Flow unrolled_with_exits(const Expr& target, const std::vector<MeaningPtr>& items, std::size_t first, const BodyScan& scan, Symbol flag,
                           const std::function<Flow()>& body, Range at);
  Flow unrolled(const Expr& target, const std::vector<MeaningPtr>& items, std::size_t first,
                const std::function<Flow()>& body, Range at);
  void join(NodeId branch, Frame then_frame, Flow then_flow, Frame else_frame, Flow else_flow, Range at);
  ValueId hidden(Symbol name) const;
  void finish(const FunctionDef& def, Flow flow, Schema& schema);
  void tidy();

  Condition compare(const Compare& e);
  Condition logical(const Logical& e);
  Condition has_attribute(const Expr& object, const Expr& name, Range at);
  ValueId unary(const Unary& e);
  ValueId int_power(ValueId base, ValueId exponent, Range at);
  ValueId compare_tuples(CompareOp op, ValueId left, ValueId right, Range at);
  ValueId compare_lists(CompareOp op, ValueId left, ValueId right, Range at);
  ValueId in_tuple(ValueId item, ValueId tuple, Range at);
  ValueId compare_dicts(CompareOp op, ValueId left, ValueId right, Range at);  // meanings/set.cpp
  SliceBounds slice_bounds(const Slice& s);
  ValueId slice(ValueId v, ValueId dim, const SliceBounds& bounds, Range at);
  ValueId tuple_slice(ValueId v, const SliceBounds& bounds, Range at);
  ValueId tuple_item(ValueId tuple, ValueId index, Range at);
  std::optional<IndexedTensor> index_parts(ValueId v, Exprs indices, Range at);
  ValueId late_indices(const IndexedTensor& x, std::vector<std::pair<std::int64_t, ValueId>> behind, Range at);
  ValueId index_list(const IndexedTensor& x, Range at);
  ValueId tensor_index(ValueId v, Exprs indices, Range at);
  ValueId tensor_like(ValueId v, ValueId like, Range at);
  void filtered(Exprs conditions, const std::function<void()>& body);
  // A value of another emitter's graph inside this one: a parameter of this graph, or a constant.
  ValueId capture_from(Emitter& from, ValueId value, Symbol name);
  MeaningPtr capture_meaning(Emitter& from, const MeaningPtr& m, Symbol name, Range at);
  // The same through all the calls between.
  ValueId import_value(Emitter& from, ValueId v);
  std::optional<std::vector<int>> bind_inline(const InlineBody& body, const std::vector<CallArg>& args, std::vector<int>& rest,
                                              std::vector<int>& keywords, Range at);
  bool sees(Symbol name) const;
  Condition is_none_test(const Expr& left, const Expr& right, bool negated, Range at);
  Condition is_instance(const Expr& object, const Expr& info, Range at);
  ValueId compare_values(CompareOp op, ValueId left, ValueId right, Range at);

  ir::Graph& graph_;
  Resolver* resolver_;
  DiagSink& sink_;
  std::string function_name_;
  Emitter* outer_;
  Hints* hints_;
  std::uint64_t path_ = 0;                               // of inlined calls that lead here
  std::vector<std::pair<ValueId, Hints::Key>> open_;     // see open_container
  struct OpenAttribute {
    ValueId value;
    std::string cls, name;
  };
  std::vector<OpenAttribute> open_attributes_;
  bool raw_attributes_ = false;                          // reads attributes as they are: `self.x is None`
  bool refines_attributes_ = false;                      // some attribute is known not to be None
  std::vector<std::pair<ValueId, Missing>> missing_;
  std::vector<std::pair<ValueId, Hints::Key>> elements_open_;  // containers whose elements are open
  std::map<Symbol, TypePtr, SymbolByText> declared_;     // `x: int` without a value
  std::vector<Symbol> globals_;                          // declared `global`: read, never written
  std::vector<Symbol> cells_;                            // written by functions inside this one: see cell.h
  std::vector<Symbol> nonlocals_;                        // declared `nonlocal`: a variable of a function around this one
  std::vector<Symbol> walrus_names_;                     // assigned inside expressions so far
  std::vector<Symbol> loop_else_;                        // for each loop around: the flag of its `else`, or empty
  ir::Builder builder_;
  Environment env_;
  TypeReader types_;

  TypePtr declared_return_;  // null: not annotated
  const void* return_key_ = nullptr;  // the function, in the hints
  TypePtr merged_return_;    // of the return statements so far
  std::vector<ValueId> return_values_;  // joins and placeholders of $value: get the final type at the end
  int loop_depth_ = 0;
  bool in_unrolled_loop_ = false;
  int continued_ = 0;  // statements after branches that left: each nests one deeper (bounded)

  std::unordered_map<std::string, ValueId> constants_;  // by type and printed value
  NodeId last_constant_;                                 // constants stand first in the top block
  std::vector<ValueId> empty_lists_;
  // Values of other emitters' graphs -> this graph's parameters.
  std::vector<std::pair<std::pair<Emitter*, ValueId>, ValueId>> captures_;
  Emitter* caller_ = nullptr;  // into whose graph this one will be copied
  int inline_depth_ = 0;
  bool stop_names_at_ = false;  // the names of the caller's function are not in view
};

}  // namespace fac::script
