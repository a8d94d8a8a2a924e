// Interp: runs Python at compile time: the top level of a model's file and the `__init__` of its classes.
//
// Nothing a program does here reaches outside: no file is read but modules that `import` finds below the given folders,
// nothing is written but what `print` hands to the host. Steps, depth, and bytes are bounded (RunLimits), since the
// program may come from a stranger.
//
// Python exceptions travel as errors of kind kRaised, with the exception object in `pending_`; errors of operators become
// exceptions where a program catches them; errors of kind kLimit cannot be caught.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/limits.h"
#include "interp/object.h"

namespace fac::interp {

struct RunLimits {
  std::uint64_t steps = 200'000'000;          // statements and expressions
  std::uint32_t calls = 1000;                 // Python calls on the stack, as CPython's recursion limit
  std::uint64_t stack_bytes = 5u << 20;       // of the C++ stack below the first call
  std::uint64_t text_bytes = 1ull << 31;      // texts and containers made, all together
  std::uint64_t tensor_bytes = 1ull << 37;    // tensors made, all together
  std::uint64_t source_bytes = 1u << 28;      // all source files
};

// The variables of what runs now.
struct Frame {
  Ref<Scope> scope;  // null at the top level of a module
  Ref<Module> module;
  Ref<const script::Tree> tree;
  Range at;
  Value returned;
  const std::string* function = nullptr;  // for tracebacks; null: <module>
};

enum class Flow : std::uint8_t { kNext, kBreak, kContinue, kReturn };

class Interp {
  Heap heap_;  // first: outlives every other member

 public:
  explicit Interp(RunLimits limits = {});
  ~Interp();
  Interp(const Interp&) = delete;
  Interp& operator=(const Interp&) = delete;

  // --- the outside (interp.cpp, import.cpp) ---
  // Folders in which `import` looks for packages and files.
  void add_path(std::string folder) { paths_.push_back(std::move(folder)); }
  // A file by its path; its place below a folder with __init__.py gives it its package.
  Result<Ref<Module>> run_file(const std::string& path);
  Result<Ref<Module>> run_text(std::string text, std::string name);
  // One expression in the names of `module`; `text` like `num_classes=10, 3`: arguments of a call.
  Result<Args> read_arguments(Module& module, std::string_view text);
  // The error with Python's traceback in its message.
  ErrorPtr explained(ErrorPtr e) const;
  const std::vector<std::string>& warnings() const { return warnings_; }
  void warn(std::string text);

  // --- making objects (make.cpp) ---
  Heap& heap() { return heap_; }
  Value list(std::vector<Value> items);
  Value tuple(std::vector<Value> items);
  Ref<Dict> dict();
  Ref<Dict> set();
  Value native(std::string name, NativeFn fn, bool is_method = false);
  Ref<Class> make_builtin(std::string name, Layout layout, Class* base = nullptr);
  Value iterator(Iter::Step step, std::vector<Value> held);
  Value method(const Value& self, const Value& function);
  Value inert(std::string name, std::string why);
  Value instance_of(Class* c);
  void set_attr_raw(Obj& o, std::string_view name, Value v);
  Class* builtin_class(std::string_view name);  // null if unknown
  void hold_class(Ref<Class> c) { classes_.push_back(std::move(c)); }
  void start_builtins() { builtins_ = new_module("builtins"); }

  // --- errors ---
  ErrorPtr raise(std::string_view type, std::string message);
  template <class... A>
  ErrorPtr raise(std::string_view type, std::string_view format, const A&... args) {
    return raise(type, fmt(format, args...));
  }
  ErrorPtr raise_object(Value exception);
  // The exception object behind an error that a handler may catch; none for limits.
  std::optional<Value> caught(Error& e);
  Status tick();  // one step
  Status charge(std::uint64_t bytes);
  Status charge_tensor(const Tensor& t);
  struct Depth {  // a level of C++ recursion; ok() before going on
    explicit Depth(Interp& in);
    Status ok() const;
    Interp& in;
  };

  // --- running (eval*.cpp, exec*.cpp, define.cpp) ---
  Result<Value> eval(const script::Expr& e, Frame& f);
  Result<Flow> exec(script::Block body, Frame& f);
  Result<Value> make_function(const script::FunctionDef* def, const script::Lambda* lambda, Frame& f);
  Result<Value> call(const Value& callee, Args args);
  Result<Value> call(const Value& callee, std::vector<Value> args) { return call(callee, Args{std::move(args), {}}); }
  Result<Value> call_method(const Value& self, std::string_view name, std::vector<Value> args);
  // The special method of the object's class, where it has one: nullopt otherwise.
  Result<std::optional<Value>> try_special(const Value& self, std::string_view name, std::vector<Value> args);
  Result<Value> make_class(std::string name, std::vector<Value> bases, Ref<Dict> members, Args keywords);

  // --- what objects do ---
  Class* type_of(const Value& v);
  bool is_instance(const Value& v, const Class* c) { return type_of(v)->is_subclass_of(c); }
  Result<bool> is_instance_of(const Value& v, const Value& class_info);
  Result<bool> is_subclass_of(Class* c, const Value& class_info);
  Result<Value> get_attr(const Value& v, std::string_view name);
  Result<std::optional<Value>> find_attr(const Value& v, std::string_view name);  // nullopt: AttributeError
  Status set_attr(const Value& v, std::string_view name, Value to);
  Status delete_attr(const Value& v, std::string_view name);
  // Function -> bound method, property -> its value, …; `owner`: where it was found.
  Result<Value> bind(const Value& member, const Value& self, Class* owner);
  Result<Value> get_item(const Value& v, const Value& index);
  Status set_item(const Value& v, const Value& index, Value to);
  Status delete_item(const Value& v, const Value& index);
  Result<bool> truth(const Value& v);
  Result<std::int64_t> length(const Value& v);
  Result<bool> contains(const Value& container, const Value& item);
  Result<bool> equal(const Value& a, const Value& b);
  Result<bool> same_key(const Value& a, const Value& b);  // identity or equality
  Result<std::uint64_t> hash_of(const Value& v);
  Result<bool> less(const Value& a, const Value& b);
  Result<Value> compare(script::CompareOp op, const Value& a, const Value& b);
  Result<Value> binary(script::BinaryOp op, const Value& a, const Value& b);
  Result<Value> in_place(script::BinaryOp op, const Value& a, const Value& b);
  Result<Value> unary(script::UnaryOp op, const Value& v);
  Result<Value> iterate(const Value& v);                       // an Iter, or what __iter__ gives
  Result<bool> next(const Value& iterator, Value& out);
  Result<std::vector<Value>> gather(const Value& iterable);    // every element
  Result<std::string> repr(const Value& v);
  Result<std::string> text(const Value& v);                    // str()
  Result<std::string> format(const Value& v, std::string_view spec);
  Result<std::string> format_percent(std::string_view pattern, const Value& args);
  Result<std::string> format_braces(std::string_view pattern, const Args& args);
  Result<std::int64_t> index(const Value& v, std::string_view what = {});  // an int where one is asked
  // The native value of instances of int, str, list, … subclasses; the value itself otherwise.
  const Value& plain(const Value& v) const;

  // --- torch (torch*.cpp) ---
  // An operator by name ("aten::add") with Python arguments: overloads are tried in order.
  Result<Value> call_operator(std::string_view name, Args& args);
  bool has_operator(std::string_view name) const;
  Result<std::optional<Value>> torch_member(Module& m, std::string_view name);
  // Values of operators: lists, tuples and dtypes become the interpreter's, and the other way round.
  Value from_native(Value v);
  std::optional<Value> to_native(const Value& v, const TypePtr& type, std::optional<std::int64_t> repeat);

  // --- modules ---
  Result<Value> import_module(std::string_view name, const Frame* importer);  // absolute, dotted
  Ref<Module> new_module(std::string name);
  Result<Ref<Module>> run_embedded(std::string name, std::string_view text);
  Ref<Module> find_module(std::string_view name) const;
  Ref<Module> builtins() { return builtins_; }
  const NameInfo* names_of(const script::FunctionDef* def, const script::Lambda* lambda);
  // Text of an f-string, shared with format specs.
  Result<std::string> format_parts(const script::FString& e, Frame& f);

  struct Known {  // classes that the interpreter itself asks for
    Class *object, *type, *none, *boolean, *integer, *floating, *complex, *str, *list, *tuple, *dict, *set, *frozenset,
        *function, *native, *method, *module, *range, *slice, *iterator, *property, *staticmethod, *classmethod, *super,
        *constant, *dtype, *layout, *memory_format, *ellipsis, *not_implemented, *inert, *tensor, *parameter, *buffer, *device,
        *size, *exception, *base_exception;
  } known{};
  Value ellipsis, not_implemented;
  std::map<std::int64_t, Value> dtypes;
  Module* class_module = nullptr;  // of the class statement that runs

 private:
  friend class Installer;
  // eval*.cpp
  Result<Value> name(Symbol name, Range at, Frame& f);
  Result<Value> eval_call(const script::Call& e, Frame& f);
  Result<Value> subscript(const script::Subscript& e, Frame& f);
  Result<Value> index_of(const script::Subscript& e, Frame& f);
  Result<Value> comprehension(const script::Comprehension& e, Frame& f);
  Status comprehension_level(const script::Comprehension& e, std::size_t level, Value first, Frame& f,
                             const std::function<Status()>& element);
  Result<Value> compare_chain(const script::Compare& e, Frame& f);
  Result<std::vector<Value>> items(script::Exprs exprs, Frame& f);
  Status arguments(std::span<const script::Arg> args, Frame& f, Args& out);
  // exec*.cpp
  Result<Flow> statement(const script::Stmt& s, Frame& f);
  Result<Flow> for_loop(const script::For& s, Frame& f);
  Result<Flow> while_loop(const script::While& s, Frame& f);
  Result<Flow> try_statement(const script::Try& s, Frame& f);
  Result<Flow> handle(const script::Try& s, ErrorPtr error, Frame& f);
  Result<Flow> with(const script::With& s, std::size_t item, Frame& f);
  Status raise_statement(const script::Raise& s, Frame& f);
  Status assign(const script::Expr& target, Value v, Frame& f);
  Status assign_name(Symbol name, Value v, Frame& f);
  Status unpack(script::Exprs targets, const Value& v, Range at, Frame& f);
  Status augment(const script::AugAssign& s, Frame& f);
  Status delete_target(const script::Expr& target, Frame& f);
  Status annotate(const script::AnnAssign& s, Frame& f);
  Status import(const script::Import& s, Frame& f);
  Status import_from(const script::ImportFrom& s, Frame& f);
  Status class_statement(const script::ClassDef& s, Frame& f);
  Status define(const script::FunctionDef& s, Frame& f);
  Status decorate(script::Exprs decorators, Value& v, Frame& f);
  // call.cpp
  Result<Value> call_function(Function& fn, Args args);
  Status bind_parameters(Function& fn, Args& args, Scope& scope);
  Result<Value> construct(Class& c, Args args);
  // import.cpp
  Result<Ref<Module>> load(const std::string& name);  // null: there is no such module
  Status run_body(Module& m, std::string text, const std::string& file_name);
  void run_guarded(Module& m, const std::string& path);
  Result<std::string> read_source(const std::string& path);
  Result<std::optional<Value>> member_of(Module& m, std::string_view name);
  std::string find_file(const std::string& name, bool& is_package) const;
  std::string find_folder(const std::string& name) const;
  int import_guard_ = 0;  // inside a `try` that handles ImportError: what is missing raises it

  RunLimits limits_;
  std::uint64_t steps_ = 0, text_bytes_ = 0, tensor_bytes_ = 0, source_bytes_ = 0;
  std::uint32_t calls_ = 0;
  const char* stack_base_ = nullptr;
  Value pending_;                     // the exception of the error that travels
  Value attribute_error_;             // what a class's own __getattr__ has raised
  std::vector<Value> handling_;       // exceptions that `except` blocks handle now
  std::vector<std::string> paths_, warnings_;
  std::map<std::string, Ref<Module>, std::less<>> modules_;
  std::map<const void*, std::unique_ptr<NameInfo>> names_;
  std::map<std::string, Value, std::less<>> inert_;
  std::vector<Ref<Class>> classes_;  // what `known` points to
  Ref<Module> builtins_;
};

// Positional or keyword argument; null if absent.
const Value* arg(const Args& args, std::size_t position, std::string_view name = {});
std::string type_name(Interp& in, const Value& v);

}  // namespace fac::interp
