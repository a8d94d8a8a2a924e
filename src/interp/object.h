// The objects of the Python interpreter that runs a model's `__init__` while it is compiled.
//
// A Python value is a fac::Value. None, bool, int, float, complex, str, torch.device and tensors are Values of their own
// kind; everything else is an Obj behind Tag::kCapsule. Python's int is 64 bits wide here: what would not fit raises
// OverflowError.
//
// Objects are counted, so tensors and texts go when their last user goes; cycles (a class and its methods, a module and
// its functions) are cut when the Heap ends. Destruction never recurses with the depth of a stranger's data: contents go
// to a list first (bury).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/symbol.h"
#include "frontend/script/tree.h"
#include "value/value.h"

namespace fac::interp {

class Interp;
class Class;
class Dict;
class Obj;

enum class Kind : std::uint8_t {
  kClass, kInstance, kFunction, kNative, kMethod, kModule, kList, kTuple, kDict, kSet, kRange, kSlice, kIterator,
  kProperty, kStaticMethod, kClassMethod, kSuper, kConstant, kInert, kScope,
};

// Every object that is alive; the owner of cycles.
class Heap {
 public:
  Heap() = default;
  Heap(const Heap&) = delete;
  Heap& operator=(const Heap&) = delete;
  ~Heap();

 private:
  friend class Obj;
  Obj* first_ = nullptr;
};

void bury(std::vector<Value>& values);
void bury(Value& value);

class Obj : public RefCounted {
 public:
  Obj(Heap& heap, Kind kind, Class* cls);
  ~Obj() override;
  // Lets go of everything that may lead back here.
  virtual void clear();

  const Kind kind;
  Ref<Class> cls;   // type(self)
  Ref<Dict> attrs;  // __dict__; null until something is set

 private:
  friend class Heap;
  Heap& heap_;
  Obj *previous_ = nullptr, *next_ = nullptr;
};

inline Value value_of(Ref<Obj> o) { return Value(Tag::kCapsule, Ref<RefCounted>(std::move(o))); }
inline Obj* object(const Value& v) { return v.tag() == Tag::kCapsule ? static_cast<Obj*>(v.box_ptr()) : nullptr; }
template <class T>
T* as(const Value& v) {
  Obj* o = object(v);
  return o && T::is(o->kind) ? static_cast<T*>(o) : nullptr;
}

// list and tuple.
class Seq final : public Obj {
 public:
  Seq(Heap& h, Kind k, Class* c, std::vector<Value> v) : Obj(h, k, c), items(std::move(v)) {}
  ~Seq() override { bury(items); }
  void clear() override {
    Obj::clear();
    bury(items);
  }
  static bool is(Kind k) { return k == Kind::kList || k == Kind::kTuple; }
  std::vector<Value> items;
};

// dict and (with None as values) set: insertion order, Python's equality of keys.
class Dict final : public Obj {
 public:
  Dict(Heap& h, Kind k, Class* c) : Obj(h, k, c) {}
  ~Dict() override { drop(); }
  void clear() override {
    Obj::clear();
    drop();
  }
  static bool is(Kind k) { return k == Kind::kDict || k == Kind::kSet; }

  struct Entry {
    Value key, value;
    std::uint64_t hash = 0;
    bool live = false;
  };
  std::size_t size() const { return live_; }
  // Keys that are str, without asking the interpreter.
  Value* find(std::string_view key);
  void set(std::string_view key, Value v);
  bool erase(std::string_view key);
  // Any key. errors: unhashable, or what a user's __hash__ or __eq__ raises.
  Result<Value*> find(Interp& in, const Value& key);
  Status set(Interp& in, const Value& key, Value v);
  Result<bool> erase(Interp& in, const Value& key);
  void drop();
  // Entries by position; holes have live == false. The vector may grow while it is walked by index.
  const std::vector<Entry>& entries() const { return entries_; }
  std::vector<std::pair<Value, Value>> items() const;

 private:
  Result<std::size_t> locate(Interp& in, const Value& key, std::uint64_t hash);  // slot
  std::size_t locate(std::string_view key, std::uint64_t hash);
  void insert(std::size_t slot, Value key, Value v, std::uint64_t hash);
  void erase_at(std::size_t slot);
  void grow();
  std::vector<Entry> entries_;
  std::vector<std::uint32_t> slots_;  // 0: free, else index + 1; erased entries keep their slot
  std::size_t live_ = 0;
};
std::uint64_t hash_text(std::string_view text);

// What a class's instances are built on.
enum class Layout : std::uint8_t {
  kObject, kType, kNone, kBool, kInt, kFloat, kComplex, kStr, kList, kTuple, kDict, kSet, kTensor, kException, kOther
};

class Class final : public Obj {
 public:
  Class(Heap& h, Class* metaclass, std::string n) : Obj(h, Kind::kClass, metaclass), name(std::move(n)) {}
  void clear() override;
  static bool is(Kind k) { return k == Kind::kClass; }
  // Along the method resolution order; null if absent. `from`: starts behind that class (super).
  Value* find(std::string_view attribute, const Class* behind = nullptr) const;
  bool is_subclass_of(const Class* other) const;

  std::string name, module_name, qualified_name;
  std::vector<Ref<Class>> bases, mro;  // mro starts with this class
  Ref<Dict> members;
  Layout layout = Layout::kObject;
  bool is_builtin = false;
  const script::ClassDef* def = nullptr;
  Ref<const script::Tree> tree;
};

// An instance of a class; of a subclass of str, int, float or Tensor, with its native value as payload.
class Instance final : public Obj {
 public:
  Instance(Heap& h, Class* c) : Obj(h, Kind::kInstance, c) {}
  ~Instance() override { bury(payload); }
  void clear() override {
    Obj::clear();
    bury(payload);
  }
  static bool is(Kind k) { return k == Kind::kInstance; }
  Value payload;
};

class Module final : public Obj {
 public:
  Module(Heap& h, Class* c, std::string n) : Obj(h, Kind::kModule, c), name(std::move(n)) {}
  static bool is(Kind k) { return k == Kind::kModule; }
  std::string name;     // "torchvision.models.resnet"
  std::string path;     // of the file; for packages of __init__.py; empty: ours
  std::string package;  // what relative imports start from
  std::string folder;   // packages only
  bool has_run = false; // a package's __init__.py runs when a name is asked for that no submodule has
  Ref<const script::Tree> tree;
};

// Variables of a function call, a class body or a comprehension.
class Scope final : public Obj {
 public:
  Scope(Heap& h, Ref<Scope> p) : Obj(h, Kind::kScope, nullptr), parent(std::move(p)) {}
  ~Scope() override { drop(); }
  void clear() override {
    Obj::clear();
    drop();
  }
  static bool is(Kind k) { return k == Kind::kScope; }
  Value* find(Symbol name) {
    for (auto& [n, v] : variables)
      if (n == name) return &v;
    return nullptr;
  }
  void set(Symbol name, Value v) {
    if (Value* old = find(name)) *old = std::move(v);
    else variables.emplace_back(name, std::move(v));
  }
  bool erase(Symbol name);
  void drop();

  Ref<Scope> parent;  // the enclosing function's
  std::vector<std::pair<Symbol, Value>> variables;
  const class NameInfo* names = nullptr;  // null: a comprehension, whose walrus targets belong outside
  Ref<Obj> function;                      // being called
  bool is_class = false;
};

// Which names a function's body makes local; found once for each definition.
class NameInfo {
 public:
  std::vector<Symbol> locals, globals, nonlocals;
  bool has(const std::vector<Symbol>& list, Symbol s) const {
    for (Symbol n : list)
      if (n == s) return true;
    return false;
  }
};

class Function final : public Obj {
 public:
  Function(Heap& h, Class* c) : Obj(h, Kind::kFunction, c) {}
  ~Function() override { bury(defaults); }
  void clear() override {
    Obj::clear();
    closure = nullptr;
    module = nullptr;
    owner = nullptr;
    bury(defaults);
  }
  static bool is(Kind k) { return k == Kind::kFunction; }
  std::string name, qualified_name;
  const script::FunctionDef* def = nullptr;  // or
  const script::Lambda* lambda = nullptr;
  std::span<const script::Param> params;
  std::vector<Value> defaults;  // one for each parameter; missing ones are kNoDefault
  std::vector<bool> has_default;
  const NameInfo* names = nullptr;
  Ref<const script::Tree> tree;
  Ref<Scope> closure;  // null: module level
  Ref<Module> module;
  Ref<Class> owner;  // the class whose body defines it: what super() means
};

struct Args {
  std::vector<Value> pos;
  std::vector<std::pair<std::string, Value>> kw;
};
using NativeFn = Result<Value> (*)(Interp& in, Args& args);

class Native final : public Obj {
 public:
  Native(Heap& h, Class* c, std::string n, NativeFn f) : Obj(h, Kind::kNative, c), name(std::move(n)), fn(f) {}
  ~Native() override { bury(data); }
  void clear() override {
    Obj::clear();
    bury(data);
  }
  static bool is(Kind k) { return k == Kind::kNative; }
  std::string name;
  NativeFn fn;
  Value data;           // passed in front where `has_data` (an operator's name, …)
  bool has_data = false;
  bool is_method = false;  // found on a class, it binds to the instance
};

class Method final : public Obj {
 public:
  Method(Heap& h, Class* c, Value s, Value f) : Obj(h, Kind::kMethod, c), self(std::move(s)), function(std::move(f)) {}
  ~Method() override {
    bury(self);
    bury(function);
  }
  void clear() override {
    Obj::clear();
    bury(self);
    bury(function);
  }
  static bool is(Kind k) { return k == Kind::kMethod; }
  Value self, function;
};

// property(fget, fset); staticmethod(f), classmethod(f) use the first only.
class Descriptor final : public Obj {
 public:
  Descriptor(Heap& h, Kind k, Class* c, Value f) : Obj(h, k, c), get(std::move(f)) {}
  ~Descriptor() override {
    bury(get);
    bury(set);
  }
  void clear() override {
    Obj::clear();
    bury(get);
    bury(set);
  }
  static bool is(Kind k) { return k == Kind::kProperty || k == Kind::kStaticMethod || k == Kind::kClassMethod; }
  Value get, set;
};

class Super final : public Obj {
 public:
  Super(Heap& h, Class* c, Ref<Class> b, Value s) : Obj(h, Kind::kSuper, c), behind(std::move(b)), self(std::move(s)) {}
  ~Super() override { bury(self); }
  void clear() override {
    Obj::clear();
    behind = nullptr;
    bury(self);
  }
  static bool is(Kind k) { return k == Kind::kSuper; }
  Ref<Class> behind;
  Value self;
};

class RangeObj final : public Obj {
 public:
  RangeObj(Heap& h, Class* c, std::int64_t a, std::int64_t b, std::int64_t s)
      : Obj(h, Kind::kRange, c), start(a), stop(b), step(s) {}
  static bool is(Kind k) { return k == Kind::kRange; }
  std::int64_t length() const;
  const std::int64_t start, stop, step;
};

class SliceObj final : public Obj {
 public:
  SliceObj(Heap& h, Class* c, Value a, Value b, Value s)
      : Obj(h, Kind::kSlice, c), start(std::move(a)), stop(std::move(b)), step(std::move(s)) {}
  ~SliceObj() override {
    bury(start);
    bury(stop);
    bury(step);
  }
  static bool is(Kind k) { return k == Kind::kSlice; }
  Value start, stop, step;
};

class Iter final : public Obj {
 public:
  using Step = Result<bool> (*)(Interp& in, Iter& self, Value& out);  // false: at the end
  Iter(Heap& h, Class* c, Step s, std::vector<Value> v) : Obj(h, Kind::kIterator, c), step(s), held(std::move(v)) {}
  ~Iter() override { bury(held); }
  void clear() override {
    Obj::clear();
    bury(held);
  }
  static bool is(Kind k) { return k == Kind::kIterator; }
  Step step;
  std::vector<Value> held;
  std::int64_t at = 0;
};

// dtypes, layouts, memory formats, Ellipsis, NotImplemented: a name and (for the first three) PyTorch's number.
class Constant final : public Obj {
 public:
  Constant(Heap& h, Class* c, std::string t, std::int64_t n) : Obj(h, Kind::kConstant, c), text(std::move(t)), number(n) {}
  static bool is(Kind k) { return k == Kind::kConstant; }
  std::string text;
  std::int64_t number;
};

// What stands for an import that could not be resolved, and for everything reached through it: it may be passed about,
// named in annotations, called as a decorator factory or be a base class; doing anything else with it raises.
class Inert final : public Obj {
 public:
  Inert(Heap& h, Class* c, std::string n, std::string w) : Obj(h, Kind::kInert, c), name(std::move(n)), why(std::move(w)) {}
  static bool is(Kind k) { return k == Kind::kInert; }
  std::string name, why;
};

}  // namespace fac::interp
