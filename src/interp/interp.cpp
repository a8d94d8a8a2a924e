#include "interp/interp.h"

#include <algorithm>

#include "ops/host.h"

namespace fac::interp {

void install_builtins(Interp& in);

Interp::Interp(RunLimits limits) : limits_(limits) { install_builtins(*this); }

Interp::~Interp() {
  // Everything goes before the heap does.
  pending_ = attribute_error_ = Value();
  handling_.clear();
  ellipsis = not_implemented = Value();
  dtypes.clear();
  modules_.clear();
  inert_.clear();
  builtins_ = nullptr;
  classes_.clear();
}

Status Interp::tick() {
  if (++steps_ > limits_.steps) return error(ErrorKind::kLimit, "the program ran more than {} steps while its module was made", limits_.steps);
  return {};
}

Status Interp::charge(std::uint64_t bytes) {
  text_bytes_ += bytes;
  if (bytes > limits_.text_bytes || text_bytes_ > limits_.text_bytes)
    return error(ErrorKind::kLimit, "the program made more than {} MiB of texts and lists while its module was made", limits_.text_bytes >> 20);
  return {};
}

Status Interp::charge_tensor(const Tensor& t) {
  if (!t.defined()) return {};
  tensor_bytes_ += static_cast<std::uint64_t>(t.numel()) * t.element_bytes();
  if (tensor_bytes_ > limits_.tensor_bytes)
    return error(ErrorKind::kLimit, "the program made more than {} MiB of tensors while its module was made", limits_.tensor_bytes >> 20);
  return {};
}

Interp::Depth::Depth(Interp& i) : in(i) {
  if (!in.stack_base_) in.stack_base_ = static_cast<const char*>(__builtin_frame_address(0));
}

Status Interp::Depth::ok() const {
  const auto* here = static_cast<const char*>(__builtin_frame_address(0));
  const auto used = in.stack_base_ > here ? static_cast<std::uint64_t>(in.stack_base_ - here) : 0;
  if (used > in.limits_.stack_bytes) return in.raise("RecursionError", "maximum recursion depth exceeded");
  return {};
}

// --- making ------------------------------------------------------------------------------------------------------------

Value Interp::list(std::vector<Value> items) { return value_of(make_ref<Seq>(heap_, Kind::kList, known.list, std::move(items))); }
Value Interp::tuple(std::vector<Value> items) { return value_of(make_ref<Seq>(heap_, Kind::kTuple, known.tuple, std::move(items))); }
Ref<Dict> Interp::dict() { return make_ref<Dict>(heap_, Kind::kDict, known.dict); }
Ref<Dict> Interp::set() { return make_ref<Dict>(heap_, Kind::kSet, known.set); }
Value Interp::iterator(Iter::Step step, std::vector<Value> held) {
  return value_of(make_ref<Iter>(heap_, known.iterator, step, std::move(held)));
}
Value Interp::native(std::string name, NativeFn fn, bool is_method) {
  auto n = make_ref<Native>(heap_, known.native, std::move(name), fn);
  n->is_method = is_method;
  return value_of(n);
}

Value Interp::inert(std::string name, std::string why) {
  if (name.size() > 4096) name = name.substr(0, 4096);
  if (inert_.size() > 20000) return value_of(make_ref<Inert>(heap_, known.inert, std::move(name), std::move(why)));
  auto& slot = inert_[name];
  if (slot.is_none()) {
    auto o = make_ref<Inert>(heap_, known.inert, name, std::move(why));
    slot = value_of(o);
  }
  return slot;
}

Value Interp::instance_of(Class* c) {
  switch (c->layout) {
    case Layout::kList:
    case Layout::kTuple:
      return value_of(make_ref<Seq>(heap_, c->layout == Layout::kList ? Kind::kList : Kind::kTuple, c, std::vector<Value>()));
    case Layout::kDict:
    case Layout::kSet: return value_of(make_ref<Dict>(heap_, c->layout == Layout::kDict ? Kind::kDict : Kind::kSet, c));
    default: return value_of(make_ref<Instance>(heap_, c));
  }
}

Ref<Class> Interp::make_builtin(std::string name, Layout layout, Class* base) {
  auto c = make_ref<Class>(heap_, known.type, name);
  c->is_builtin = true;
  c->layout = layout;
  c->qualified_name = name;
  c->members = make_ref<Dict>(heap_, Kind::kDict, known.dict);
  c->mro.push_back(c);
  if (base) {
    c->bases.emplace_back(base);
    for (const auto& b : base->mro) c->mro.push_back(b);
  }
  classes_.push_back(c);
  return c;
}

Class* Interp::builtin_class(std::string_view name) {
  const Value* v = builtins_->attrs->find(name);
  return v ? as<Class>(*v) : nullptr;
}

Ref<Module> Interp::new_module(std::string name) {
  auto m = make_ref<Module>(heap_, known.module, std::move(name));
  m->attrs = dict();
  m->package = m->name;
  modules_[m->name] = m;
  return m;
}

Ref<Module> Interp::find_module(std::string_view name) const {
  const auto it = modules_.find(name);
  return it == modules_.end() ? Ref<Module>() : it->second;
}

// --- errors ------------------------------------------------------------------------------------------------------------

ErrorPtr Interp::raise(std::string_view type, std::string message) {
  Class* c = builtin_class(type);
  Value v = instance_of(c ? c : known.exception);
  set_attr_raw(*object(v), "args", tuple(message.empty() ? std::vector<Value>{} : std::vector<Value>{Value(message)}));
  pending_ = std::move(v);
  Error e;
  e.kind = ErrorKind::kRaised;
  e.python_class = std::string(type);
  e.message = std::move(message);
  return ErrorPtr(std::move(e));
}

ErrorPtr Interp::raise_object(Value exception) {
  Error e;
  e.kind = ErrorKind::kRaised;
  e.python_class = type_of(exception)->name;
  Result<std::string> message = text(exception);
  e.message = message.ok() ? std::move(*message) : std::string("(its text cannot be made)");
  pending_ = std::move(exception);
  return ErrorPtr(std::move(e));
}

std::optional<Value> Interp::caught(Error& e) {
  switch (e.kind) {
    case ErrorKind::kLimit:
    case ErrorKind::kInternal: return std::nullopt;
    case ErrorKind::kRaised:
      if (!pending_.is_none()) return std::exchange(pending_, Value());
      break;
    default: break;
  }
  const std::string_view type = e.kind == ErrorKind::kIndex            ? "IndexError"
                                : e.kind == ErrorKind::kKey            ? "KeyError"
                                : e.kind == ErrorKind::kValue          ? "ValueError"
                                : e.kind == ErrorKind::kType           ? "TypeError"
                                : e.kind == ErrorKind::kNotImplemented ? "NotImplementedError"
                                                                       : "RuntimeError";
  (void)raise(type, std::string(e.message));
  e.kind = ErrorKind::kRaised;
  e.python_class = std::string(type);
  return std::exchange(pending_, Value());
}

ErrorPtr Interp::explained(ErrorPtr e) const {
  Error out;
  out.kind = e->kind == ErrorKind::kLimit ? ErrorKind::kLimit : ErrorKind::kCompile;
  if (!e->frames.empty()) {
    out.message = "Traceback (most recent call last):\n";
    for (std::size_t i = e->frames.size(); i-- > 0;) out.message += e->frames[i].text + "\n";
  }
  if (e->kind == ErrorKind::kRaised) {
    out.message += e->python_class;
    if (!e->message.empty()) out.message += ": " + e->message;
  } else {
    out.message += e->message;
  }
  return ErrorPtr(std::move(out));
}

void Interp::warn(std::string text) {
  if (std::find(warnings_.begin(), warnings_.end(), text) != warnings_.end() || warnings_.size() > 100) return;
  warnings_.push_back(std::move(text));
}

}  // namespace fac::interp
