// torch::jit: modules loaded from archives, their methods, parameters and attributes; functions compiled from text.
// Longer than most files: the API has few headers.
#pragma once

#include <map>

#include "facula/ivalue.h"
#include "facula/schema.h"

namespace facula {

using Kwargs = std::unordered_map<std::string, IValue>;

class QualifiedName {
 public:
  QualifiedName(std::string name) : name_(std::move(name)) {}
  const std::string& qualifiedName() const { return name_; }
  std::string name() const { return name_.substr(name_.rfind('.') + 1); }
  std::string prefix() const { return name_.substr(0, name_.rfind('.') == std::string::npos ? 0 : name_.rfind('.')); }
  friend std::ostream& operator<<(std::ostream& out, const QualifiedName& n) {
    abi::write_text(out, n.name_.data(), n.name_.size());
    return out;
  }

 private:
  std::string name_;
};

// A graph as its text: people and tests read it.
class Graph {
 public:
  explicit Graph(std::string text) : text_(std::move(text)) {}
  const std::string& toString(bool = true) const { return text_; }
  void dump() const { abi::print_text({text_.data(), text_.size()}, false); }
  friend std::ostream& operator<<(std::ostream& out, const Graph& g) {
    abi::write_text(out, g.text_.data(), g.text_.size());
    return out;
  }

 private:
  std::string text_;
};
namespace detail {
// Positional and keyword arguments as the boundary takes them.
struct Arguments {
  std::vector<IValue> values;
  std::vector<abi::Text> names;
  Arguments(std::vector<IValue> args, const Kwargs& kwargs) : values(std::move(args)) {
    for (const auto& [name, v] : kwargs) {
      values.push_back(v);
      names.push_back({name.data(), name.size()});
    }
  }
  abi::Slot* slots() { return reinterpret_cast<abi::Slot*>(values.data()); }
};
inline abi::Text text_of(const std::string& s) { return {s.data(), s.size()}; }
// Extra files with their contents.
struct ExtraContents {
  std::vector<IValue> contents;
  std::vector<abi::ExtraFile> files;
  explicit ExtraContents(const std::unordered_map<std::string, std::string>& extra) {
    contents.reserve(extra.size());
    for (const auto& [name, content] : extra) {
      contents.emplace_back(content);
      files.push_back({text_of(name), contents.back().slot()});
    }
  }
};
}  // namespace detail

namespace jit {

using facula::IValue;
using facula::Kwargs;
using Stack = std::vector<IValue>;
using ExtraFilesMap = std::unordered_map<std::string, std::string>;

// `raise` in the program that ran.
class FACULA_API JITException : public Error {
 public:
  using Error::Error;
  ~JITException() override;
};
using ErrorReport = Error;

class Method;

template <class T>
struct Named {
  std::string name;
  T value;
};

// What parameters(), children() and the like give: a snapshot with size() and iterators.
template <class T>
class NamedList : public std::vector<T> {
 public:
  using std::vector<T>::vector;
};

class Object {
 public:
  Object() = default;
  explicit Object(IValue v) : value_(std::move(v)) {
    if (!value_.isObject()) fail("Expected Object but got " + value_.tagKind());
  }
  IValue attr(const std::string& name) const {
    abi::Slot s;
    abi::module_get(ref(), detail::text_of(name), &s);
    return IValue::adopt(s);
  }
  IValue attr(const std::string& name, IValue or_else) const {
    return hasattr(name) ? attr(name) : std::move(or_else);
  }
  bool hasattr(const std::string& name) const { return abi::module_has(ref(), detail::text_of(name), false); }
  void setattr(const std::string& name, IValue v) const {
    abi::module_set(ref(), detail::text_of(name), &v.slot(), 0);
  }
  const IValue& _ivalue() const { return value_; }
  bool operator==(const Object& o) const { return value_.is(o.value_); }
  std::size_t num_slots() const;
  Method get_method(const std::string& name) const;
  std::optional<Method> find_method(const std::string& name) const;
  std::vector<Method> get_methods() const;
  bool has_method(const std::string& name) const { return abi::module_has(ref(), detail::text_of(name), true); }
  IValue run(const std::string& method, std::vector<IValue> args, const Kwargs& kwargs = {}) const {
    detail::Arguments a(std::move(args), kwargs);
    abi::Slot out;
    abi::module_call(ref(), detail::text_of(method), a.slots(), a.values.size(), a.names.data(), a.names.size(), &out);
    return IValue::adopt(out);
  }
  template <class... A>
  IValue run_method(const std::string& method, A&&... args) const {
    return run(method, std::vector<IValue>{IValue(std::forward<A>(args))...});
  }
  // type()->name()->qualifiedName()
  class ObjectType {
   public:
    explicit ObjectType(Type t) : type_(std::move(t)) {}
    std::optional<QualifiedName> name() const { return QualifiedName(type_.str()); }
    const std::string& str() const { return type_.str(); }
    const std::string& repr_str() const { return type_.repr_str(); }

   private:
    Type type_;
  };
  std::shared_ptr<ObjectType> type() const { return std::make_shared<ObjectType>(*value_.type()); }

 protected:
  void* ref() const {
    if (!value_.isObject()) fail("this torch::jit::Module is empty: no archive was loaded into it");
    return value_.slot().p;
  }
  std::vector<Named<IValue>> parts(abi::ModulePart what) const {
    abi::Slot s;
    abi::module_parts(ref(), what, &s);
    const auto flat = IValue::adopt(s).toTuple()->elements();
    std::vector<Named<IValue>> v;
    for (std::size_t i = 0; i + 1 < flat.size(); i += 2) v.push_back({flat[i].toStringRef(), flat[i + 1]});
    return v;
  }
  IValue value_;
};

class Method {
 public:
  Method(Object owner, std::string name) : owner_(std::move(owner)), name_(std::move(name)) {}
  IValue operator()(std::vector<IValue> args, const Kwargs& kwargs = {}) const {
    return owner_.run(name_, std::move(args), kwargs);
  }
  const std::string& name() const { return name_; }
  Object owner() const { return owner_; }
  std::shared_ptr<Graph> graph() const { return std::make_shared<Graph>(text(abi::MethodText::kGraph)); }
  FunctionSchema getSchema() const { return text(abi::MethodText::kSchema); }
  std::string code() const { return text(abi::MethodText::kCode); }  // TorchScript text, as in Python
  const Method& function() const { return *this; }
  std::size_t num_inputs() const {  // with self
    const std::string s = text(abi::MethodText::kSchema);
    const auto open = s.find('('), close = s.rfind(") -> ");
    std::size_t n = close > open + 1 ? 1 : 0;
    int depth = 0;
    for (std::size_t i = open + 1; i < close; ++i) {
      if (s[i] == '(' || s[i] == '[') ++depth;
      if (s[i] == ')' || s[i] == ']') --depth;
      if (s[i] == ',' && depth == 0) ++n;
    }
    return n;
  }

 private:
  std::string text(abi::MethodText what) const {
    abi::Slot s;
    abi::method_text(owner_._ivalue().slot().p, detail::text_of(name_), what, &s);
    return IValue::adopt(s).toStringRef();
  }
  Object owner_;
  std::string name_;
};
inline Method Object::get_method(const std::string& name) const {
  if (!has_method(name)) fail("Method '" + name + "' is not defined.");
  return {*this, name};
}
inline std::optional<Method> Object::find_method(const std::string& name) const {
  if (!has_method(name)) return std::nullopt;
  return Method(*this, name);
}
inline std::vector<Method> Object::get_methods() const {
  abi::Slot s;
  abi::module_parts(ref(), abi::ModulePart::kMethods, &s);
  std::vector<Method> v;
  for (const auto& n : IValue::adopt(s).toTuple()->elements()) v.emplace_back(*this, n.toStringRef());
  return v;
}
inline std::size_t Object::num_slots() const { return parts(abi::ModulePart::kOwnAttributes).size(); }

class Module : public Object {
 public:
  // As torch::jit::load of libtorch 1.0 gave it.
  operator std::shared_ptr<Module>() const { return std::make_shared<Module>(*this); }
  Module() = default;  // empty
  explicit Module(std::string qualified_name) {
    // A name without a package is put below the one that all classes of archives share.
    if (qualified_name.find('.') == std::string::npos) qualified_name = "__torch__." + qualified_name;
    abi::Slot s;
    abi::module_new(detail::text_of(qualified_name), &s);
    value_ = IValue::adopt(s);
  }
  explicit Module(const char* qualified_name) : Module(std::string(qualified_name)) {}
  explicit Module(IValue v) : Object(std::move(v)) {}

  IValue forward(std::vector<IValue> inputs, const Kwargs& kwargs = {}) const {
    return run("forward", std::move(inputs), kwargs);
  }
  IValue operator()(std::vector<IValue> inputs, const Kwargs& kwargs = {}) const {
    return forward(std::move(inputs), kwargs);
  }

  // What torch.jit.load and torch::jit::load read. A file appears whole or not at all.
  void save(const std::string& path, const ExtraFilesMap& extra = {}) const {
    abi::SaveRequest r;
    r.path = detail::text_of(path);
    save_to(r, extra);
  }
  void save(std::ostream& out, const ExtraFilesMap& extra = {}) const {
    abi::SaveRequest r;
    r.stream = &out;
    save_to(r, extra);
  }

  void _save_for_mobile(const std::string&, const ExtraFilesMap& = {}, bool = false, bool = true) const {
    fail("Facula writes no bytecode for PyTorch's mobile interpreter; save() writes an archive that Facula and torch::jit::load read");
  }

  void train(bool on = true) const { abi::module_train(ref(), on); }
  void eval() const { train(false); }
  bool is_training() const { return attr("training", IValue(true)).toBool(); }
  void to(Device device, ScalarType dtype, bool = false) const {
    abi::module_to(ref(), static_cast<std::int8_t>(dtype), device.packed());
  }
  void to(ScalarType dtype, bool = false) const { abi::module_to(ref(), static_cast<std::int8_t>(dtype), -1); }
  void to(Device device, bool = false) const { abi::module_to(ref(), -1, device.packed()); }
  // Of calls of this module's methods from now on: "float32" (the default), "int8-dynamic", "bf16", "bf16-emulated". Products with
  // constant weights then use fewer bits where that is faster (docs/reduced_precision.md). Neither saved nor cloned. Throws for other
  // names, and for bf16 on a CPU without its instructions.
  void set_precision(const std::string& name) const { abi::module_set_precision(ref(), detail::text_of(name)); }
  std::string precision() const {
    abi::Slot s;
    abi::module_precision(ref(), &s);
    return IValue::adopt(s).toStringRef();
  }
  bool is_optimized() const { return true; }
  void set_optimized(bool) const {}

  NamedList<Tensor> parameters(bool recurse = true) const {
    return tensors(recurse ? abi::ModulePart::kParameters : abi::ModulePart::kOwnParameters);
  }
  NamedList<Named<Tensor>> named_parameters(bool recurse = true) const {
    return named_tensors(recurse ? abi::ModulePart::kParameters : abi::ModulePart::kOwnParameters);
  }
  NamedList<Tensor> buffers(bool recurse = true) const {
    return tensors(recurse ? abi::ModulePart::kBuffers : abi::ModulePart::kOwnBuffers);
  }
  NamedList<Named<Tensor>> named_buffers(bool recurse = true) const {
    return named_tensors(recurse ? abi::ModulePart::kBuffers : abi::ModulePart::kOwnBuffers);
  }
  NamedList<Module> modules() const { return plain(named(abi::ModulePart::kModules)); }
  NamedList<Named<Module>> named_modules() const { return named(abi::ModulePart::kModules); }
  NamedList<Module> children() const { return plain(named(abi::ModulePart::kChildren)); }
  NamedList<Named<Module>> named_children() const { return named(abi::ModulePart::kChildren); }
  NamedList<Named<IValue>> named_attributes(bool recurse = true) const {
    NamedList<Named<IValue>> v;
    for (auto& p : parts(recurse ? abi::ModulePart::kAttributes : abi::ModulePart::kOwnAttributes)) v.push_back(p);
    return v;
  }
  NamedList<IValue> attributes(bool recurse = true) const {
    NamedList<IValue> v;
    for (auto& p : named_attributes(recurse)) v.push_back(p.value);
    return v;
  }

  void register_parameter(const std::string& name, Tensor v, bool is_buffer) const {
    const IValue x(v);
    abi::module_set(ref(), detail::text_of(name), &x.slot(), is_buffer ? 3 : 2);
  }
  void register_buffer(const std::string& name, Tensor v) const { register_parameter(name, std::move(v), true); }
  void register_attribute(const std::string& name, const TypePtr&, IValue v, bool is_param = false,
                          bool is_buffer = false) const {
    abi::module_set(ref(), detail::text_of(name), &v.slot(), is_param ? 2 : is_buffer ? 3 : 1);
  }
  void register_module(const std::string& name, const Module& m) const {
    abi::module_set(ref(), detail::text_of(name), &m.value_.slot(), 1);
  }

  // Shares the tensors; deepcopy() has its own.
  Module copy() const { return cloned(false); }
  Module clone(bool = false) const { return cloned(false); }
  Module deepcopy() const { return cloned(true); }

  std::string dump_to_str(bool methods = true, bool attributes = true, bool params = true) const {
    std::string s = "module " + type()->str() + " {\n";
    if (params) {
      s += "  parameters {\n";
      for (const auto& p : named_parameters(false)) s += "    " + p.name + " = ...\n";
      s += "  }\n";
    }
    if (attributes) {
      s += "  attributes {\n";
      for (const auto& a : named_attributes(false))
        s += "    " + a.name + " = " +
             (a.value.isTensor() || a.value.isObject() ? "..." : a.value.text(abi::TextOf::kValue)) + "\n";
      s += "  }\n";
    }
    if (methods) {
      s += "  methods {\n";
      for (const auto& m : get_methods()) s += "    " + m.getSchema().toString() + "\n";
      s += "  }\n";
    }
    s += "  submodules {\n";
    for (const auto& c : named_children()) s += "    " + c.name + ": " + c.value.type()->str() + "\n";
    return s + "  }\n}\n";
  }
  void dump(bool methods = true, bool attributes = true, bool params = true) const {
    const std::string s = dump_to_str(methods, attributes, params);
    abi::print_text({s.data(), s.size()}, false);
  }

 private:
  void save_to(abi::SaveRequest& r, const ExtraFilesMap& extra) const {
    detail::ExtraContents files(extra);
    r.extra = files.files.data();
    r.extra_count = files.files.size();
    abi::module_save(ref(), &r);
  }
  Module cloned(bool tensors) const {
    abi::Slot s;
    abi::module_clone(ref(), tensors, &s);
    return Module(IValue::adopt(s));
  }
  NamedList<Named<Module>> named(abi::ModulePart what) const {
    NamedList<Named<Module>> v;
    for (auto& p : parts(what)) v.push_back({p.name, Module(p.value)});
    return v;
  }
  static NamedList<Module> plain(const NamedList<Named<Module>>& named) {
    NamedList<Module> v;
    for (const auto& m : named) v.push_back(m.value);
    return v;
  }
  NamedList<Named<Tensor>> named_tensors(abi::ModulePart what) const {
    NamedList<Named<Tensor>> v;
    for (auto& p : parts(what)) v.push_back({p.name, p.value.toTensor()});
    return v;
  }
  NamedList<Tensor> tensors(abi::ModulePart what) const {
    NamedList<Tensor> v;
    for (auto& p : parts(what)) v.push_back(p.value.toTensor());
    return v;
  }
};
using NameTensor = Named<Tensor>;
using NameModule = Named<Module>;
using NameValue = Named<IValue>;
using parameter_list = NamedList<Tensor>;
using named_parameter_list = NamedList<Named<Tensor>>;
using buffer_list = NamedList<Tensor>;
using named_buffer_list = NamedList<Named<Tensor>>;
using module_list = NamedList<Module>;
using named_module_list = NamedList<Named<Module>>;
using attribute_list = NamedList<IValue>;
using named_attribute_list = NamedList<Named<IValue>>;

// --- loading -------------------------------------------------------------------------------------------------------------

namespace detail_load {
inline Module run(abi::LoadRequest& r, std::optional<Device> device, ExtraFilesMap* extra) {
  if (device) r.device = device->packed();
  std::vector<abi::ExtraFile> files;
  if (extra)
    for (auto& [name, content] : *extra) files.push_back({detail::text_of(name), {}});
  r.extra = files.data();
  r.extra_count = files.size();
  abi::Slot s;
  abi::module_load(&r, &s);
  Module m(IValue::adopt(s));
  for (auto& f : files) {
    const IValue content = IValue::adopt(f.content);
    if (content.isString()) (*extra)[std::string(f.name.data, f.name.size)] = content.toStringRef();
  }
  return m;
}
}  // namespace detail_load

inline Module load(const std::string& path, std::optional<Device> device, ExtraFilesMap& extra, bool = true) {
  abi::LoadRequest r;
  r.path = detail::text_of(path);
  return detail_load::run(r, device, &extra);
}
inline Module load(const std::string& path, std::optional<Device> device = std::nullopt, bool = true) {
  abi::LoadRequest r;
  r.path = detail::text_of(path);
  return detail_load::run(r, device, nullptr);
}
inline Module load(std::istream& in, std::optional<Device> device, ExtraFilesMap& extra, bool = true) {
  abi::LoadRequest r;
  r.stream = &in;
  return detail_load::run(r, device, &extra);
}
inline Module load(std::istream& in, std::optional<Device> device = std::nullopt, bool = true) {
  abi::LoadRequest r;
  r.stream = &in;
  return detail_load::run(r, device, nullptr);
}
// From memory, which may be given back when load() returns.
inline Module load(const void* data, std::size_t size, std::optional<Device> device = std::nullopt) {
  abi::LoadRequest r;
  r.data = data;
  r.size = size;
  return detail_load::run(r, device, nullptr);
}

inline void save(const Module& m, const std::string& path, const ExtraFilesMap& extra = {}) { m.save(path, extra); }
inline void save(const Module& m, std::ostream& out, const ExtraFilesMap& extra = {}) { m.save(out, extra); }
// libtorch's name for it.
inline void ExportModule(const Module& m, const std::string& path, const ExtraFilesMap& extra = {}) { m.save(path, extra); }
inline void ExportModule(const Module& m, std::ostream& out, const ExtraFilesMap& extra = {}) { m.save(out, extra); }
// A module from the Python source of its class; no Python runs: Facula's own interpreter makes the object.
//   facula::jit::ModuleSource source;
//   source.file = "resnet.py"; source.factory = "resnet34"; source.weights = "resnet34.pth";
//   facula::jit::Module m = facula::jit::compile_module(source);
struct ModuleSource {
  std::string file;                 // model.py
  std::vector<std::string> paths;   // folders in which imported packages are looked for
  std::string class_name, factory;  // one of them: a class of the file, or a function that gives a module
  std::string arguments;            // as Python writes them: "num_classes=10"
  std::string weights;              // a state dict: .pth or .safetensors
  std::string strip_prefix;         // taken off the names of the weights
  bool allow_missing = false, allow_unexpected = false;
  bool training = false;            // false: eval() is called first
};
inline Module compile_module(const ModuleSource& source) {
  abi::CompileRequest r;
  std::vector<abi::Text> paths;
  for (const auto& p : source.paths) paths.push_back(detail::text_of(p));
  r.file = detail::text_of(source.file);
  r.class_name = detail::text_of(source.class_name);
  r.factory = detail::text_of(source.factory);
  r.arguments = detail::text_of(source.arguments);
  r.weights = detail::text_of(source.weights);
  r.strip_prefix = detail::text_of(source.strip_prefix);
  r.paths = paths.data();
  r.path_count = paths.size();
  r.allow_missing = source.allow_missing;
  r.allow_unexpected = source.allow_unexpected;
  r.training = source.training;
  abi::Slot s;
  abi::module_compile(&r, &s);
  return Module(IValue::adopt(s));
}

// precision: see Module::set_precision.
inline Module freeze(const Module& m, const std::optional<std::vector<std::string>>& preserved = std::nullopt,
                     bool = true, const std::string& precision = "float32") {
  std::vector<abi::Text> names;
  if (preserved)
    for (const auto& n : *preserved) names.push_back(detail::text_of(n));
  abi::Slot s;
  abi::module_freeze(m._ivalue().slot().p, names.data(), names.size(), &s);
  Module frozen(IValue::adopt(s));
  frozen.set_precision(precision);
  return frozen;
}
// Every module is optimised when it first runs.
inline Module optimize_for_inference(Module& m, const std::vector<std::string>& other_methods = {}) {
  return m.is_training() ? m : freeze(m, other_methods);
}

// The pass by its own name, and those that a frozen graph got beside it: methods are optimised when they first run.
inline Module freeze_module(const Module& m, std::vector<std::string> preserved = {}, bool = true, bool = false) {
  return freeze(m, preserved);
}
inline void OptimizeFrozenGraph(std::shared_ptr<Graph>&, bool = true) {}
inline void Inline(Graph&) {}

// --- values as bytes: what torch.load reads --------------------------------------------------------------------------------

inline std::vector<char> pickle_save(const IValue& v) {
  abi::Slot s;
  abi::pickle_save(&v.slot(), &s);
  const IValue bytes = IValue::adopt(s);
  const std::string& text = bytes.toStringRef();
  return {text.begin(), text.end()};
}
inline IValue pickle_load(const std::vector<char>& bytes) {
  abi::Slot s;
  abi::pickle_load(bytes.data(), bytes.size(), &s);
  return IValue::adopt(s);
}

// --- program text ----------------------------------------------------------------------------------------------------------

class GraphFunction {
 public:
  GraphFunction(std::shared_ptr<abi::Unit> unit, std::string name) : unit_(std::move(unit)), name_(std::move(name)) {}
  IValue operator()(std::vector<IValue> args, const Kwargs& kwargs = {}) const {
    facula::detail::Arguments a(std::move(args), kwargs);
    abi::Slot out;
    abi::unit_call(unit_.get(), facula::detail::text_of(name_), a.slots(), a.values.size(), a.names.data(),
                   a.names.size(), &out);
    return IValue::adopt(out);
  }
  const std::string& name() const { return name_; }
  std::shared_ptr<Graph> graph() const { return std::make_shared<Graph>(text(abi::MethodText::kGraph)); }
  FunctionSchema getSchema() const { return text(abi::MethodText::kSchema); }
  std::string code() const { return text(abi::MethodText::kCode); }
  // As the `forward` of a module, which is how archives hold functions.
  void save(const std::string& path, const ExtraFilesMap& extra = {}) const {
    abi::SaveRequest r;
    r.path = facula::detail::text_of(path);
    facula::detail::ExtraContents files(extra);
    r.extra = files.files.data();
    r.extra_count = files.files.size();
    abi::unit_save(unit_.get(), facula::detail::text_of(name_), &r);
  }

 private:
  std::string text(abi::MethodText what) const {
    abi::Slot s;
    abi::unit_text(unit_.get(), facula::detail::text_of(name_), what, &s);
    return IValue::adopt(s).toStringRef();
  }
  std::shared_ptr<abi::Unit> unit_;
  std::string name_;
};
using Function = GraphFunction;

class CompilationUnit {
 public:
  CompilationUnit() = default;
  explicit CompilationUnit(const std::string& source)
      : unit_(abi::unit_compile(facula::detail::text_of(source)), [](abi::Unit* u) { abi::unit_release(u); }) {}
  // Python source, as facula::compile takes it.
  CompilationUnit(const std::string& source, const std::string& name, bool strict)
      : unit_(abi::unit_compile_python(facula::detail::text_of(source), facula::detail::text_of(name), strict),
              [](abi::Unit* u) { abi::unit_release(u); }) {}
  GraphFunction get_function(const std::string& name) const {
    if (!has(name)) fail("attempted to get undefined function " + name);
    return {unit_, name};
  }
  GraphFunction get_function(const QualifiedName& name) const { return get_function(name.qualifiedName()); }
  // As a pointer, null if there is none.
  std::unique_ptr<GraphFunction> find_function(const QualifiedName& name) const { return find_function(name.qualifiedName()); }
  std::unique_ptr<GraphFunction> find_function(const std::string& name) const {
    return has(name) ? std::make_unique<GraphFunction>(unit_, name) : nullptr;
  }
  std::vector<GraphFunction> get_functions() const {
    std::vector<GraphFunction> v;
    if (!unit_) return v;
    abi::Slot s;
    abi::unit_functions(unit_.get(), &s);
    for (const auto& n : IValue::adopt(s).toTuple()->elements()) v.emplace_back(unit_, n.toStringRef());
    return v;
  }
  template <class... A>
  IValue run_method(const std::string& name, A&&... args) const {
    return get_function(name)(std::vector<IValue>{IValue(std::forward<A>(args))...});
  }

 private:
  bool has(const std::string& name) const { return unit_ && abi::unit_has(unit_.get(), facula::detail::text_of(name)); }
  std::shared_ptr<abi::Unit> unit_;
};
inline std::shared_ptr<CompilationUnit> compile(const std::string& source) {
  return std::make_shared<CompilationUnit>(source);
}

// --- knobs of libtorch's executor, which Facula does not have: accepted, without effect ----------------------------------------

enum class FusionBehavior { STATIC, DYNAMIC };
using FusionStrategy = std::vector<std::pair<FusionBehavior, std::size_t>>;
inline FusionStrategy getFusionStrategy() { return {}; }
inline FusionStrategy setFusionStrategy(const FusionStrategy&) { return {}; }
namespace detail_knobs {
// A flag that remembers what it was set to.
template <int>
inline bool& flag() {
  static bool value = false;
  return value;
}
}  // namespace detail_knobs
inline bool& getProfilingMode() { return detail_knobs::flag<0>(); }
inline bool& getExecutorMode() { return detail_knobs::flag<1>(); }
inline bool getGraphExecutorOptimize() { return true; }
inline void setGraphExecutorOptimize(bool) {}
inline void setTensorExprFuserEnabled(bool) {}
inline bool tensorExprFuserEnabled() { return false; }
inline void overrideCanFuseOnCPU(bool) {}
inline void overrideCanFuseOnGPU(bool) {}
inline bool canFuseOnCPU() { return true; }
inline std::size_t getBailoutDepth() { return 0; }
inline std::size_t setBailoutDepth(std::size_t) { return 0; }
inline std::size_t getNumProfiledRuns() { return 0; }
inline std::size_t setNumProfiledRuns(std::size_t) { return 0; }
struct GraphOptimizerEnabledGuard {
  explicit GraphOptimizerEnabledGuard(bool) {}
  ~GraphOptimizerEnabledGuard() {}
};
namespace tensorexpr {
inline bool& getTEMustUseLLVMOnCPU() { return detail_knobs::flag<2>(); }
inline int& getTECudaPointwiseLoopLevels() {
  static int levels = 0;
  return levels;
}
}  // namespace tensorexpr

namespace script {
using namespace ::facula::jit;
}

// What programs on phones use. A .ptl archive holds the program's text beside its bytecode; Facula reads the text.
namespace mobile {
class Module : public jit::Module {
 public:
  Module() = default;
  explicit Module(jit::Module m) : jit::Module(std::move(m)) {}
  std::string name() const { return type()->name()->name(); }
  std::vector<Tensor> parameters() const { return jit::Module::parameters(); }
  std::map<std::string, Tensor> named_parameters() const {
    std::map<std::string, Tensor> all;
    for (const auto& p : jit::Module::named_parameters()) all.emplace(p.name, p.value);
    return all;
  }
};
}  // namespace mobile
template <class From>
mobile::Module _load_for_mobile(From&& from, std::optional<Device> device = std::nullopt) {
  return mobile::Module(load(std::forward<From>(from), device));
}
template <class From>
mobile::Module _load_for_mobile(From&& from, std::optional<Device> device, ExtraFilesMap& extra) {
  return mobile::Module(load(std::forward<From>(from), device, extra));
}

}  // namespace jit

using jit::pickle_load;
using jit::pickle_save;

// Tensors in a file or stream, as libtorch keeps them: a module with the parameters "0", "1" ... `where`: a path or a stream,
// for load() also a device.
template <class... Where>
void save(const std::vector<Tensor>& tensors, Where&&... where) {
  const jit::Module m(std::string("__torch__.Module"));
  for (std::size_t i = 0; i < tensors.size(); ++i) m.register_parameter(std::to_string(i), tensors[i], false);
  m.save(std::forward<Where>(where)...);
}
template <class... Where>
void save(const Tensor& tensor, Where&&... where) {
  save(std::vector<Tensor>{tensor}, std::forward<Where>(where)...);
}
template <class... Where>
void load(std::vector<Tensor>& tensors, Where&&... where) {
  const jit::Module m = jit::load(std::forward<Where>(where)...);
  tensors.clear();
  for (std::size_t i = 0; m.hasattr(std::to_string(i)); ++i) tensors.push_back(m.attr(std::to_string(i)).toTensor());
}
template <class... Where>
void load(Tensor& tensor, Where&&... where) {
  tensor = jit::load(std::forward<Where>(where)...).attr("0").toTensor();
}

inline IValue::IValue(const jit::Module& m) : IValue(m._ivalue()) {}
inline jit::Module IValue::toModule() const {
  expect(isModule(), "Module");
  return jit::Module(*this);
}
inline Generator IValue::toGenerator() const { fail("a generator held by a value cannot be taken out"); }

struct CompileOptions {
  bool strict = false;            // accept exactly what torch.jit.script accepts
  std::string name = "<string>";  // appears in messages
};
// The functions of a plain .py file's text (docs/language.md). Throws with all errors of the program.
inline std::shared_ptr<jit::CompilationUnit> compile(const std::string& source, const CompileOptions& options = {}) {
  return std::make_shared<jit::CompilationUnit>(source, options.name, options.strict);
}

}  // namespace facula
