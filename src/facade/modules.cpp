// Modules and compiled text across the boundary.
#include <istream>

#include "archive/reader.h"
#include "archive/save_value.h"
#include "facade/boundary.h"
#include "module/compile_module.h"
#include "module/module.h"
#include "module/program.h"
#include "module/save.h"

namespace facula::abi {

using namespace fac::facade;
using fac::ObjectBox;
using fac::Ref;
using fac::TupleBox;
using fac::Value;

namespace {

Ref<ObjectBox> as_object(const void* self) {
  if (!self) ::facula::fail("this torch::jit::Module is empty: no archive was loaded into it");
  return Ref<ObjectBox>(&as_box<ObjectBox>(const_cast<void*>(self)));
}

std::vector<Value> positional(Slot* args, std::size_t count) {
  std::vector<Value> v;
  for (std::size_t i = 0; i < count; ++i) v.push_back(as_value(&args[i]));
  return v;
}
fac::Kwargs keywords(Slot* args, std::size_t count, const Text* names, std::size_t named) {
  fac::Kwargs v;
  for (std::size_t i = 0; i < named; ++i) v.emplace_back(view(names[i]), as_value(&args[count - named + i]));
  return v;
}

std::string dotted(const std::string& prefix, const std::string& name) {
  return prefix.empty() ? name : prefix + "." + name;
}

// Whether an attribute belongs to a list of module_parts. As in libtorch, a buffer is any tensor that is no parameter.
bool belongs(const fac::ClassType::Attribute& a, const Value& v, ModulePart what) {
  switch (what) {
    case ModulePart::kParameters:
    case ModulePart::kOwnParameters: return a.is_parameter && v.is_tensor();
    case ModulePart::kBuffers:
    case ModulePart::kOwnBuffers:
      return !a.is_parameter && v.is_tensor() && a.type->kind() == fac::TypeKind::kTensor;
    case ModulePart::kChildren: return v.is_object() && v.object().type().is_module();
    default: return true;
  }
}
bool is_recursive(ModulePart what) {
  return what == ModulePart::kParameters || what == ModulePart::kBuffers || what == ModulePart::kAttributes;
}

fac::ir::Function* as_function(const fac::Callable* c) {
  return dynamic_cast<fac::ir::Function*>(const_cast<fac::Callable*>(c));
}

// A class gains an attribute only while nothing else is made of it: other objects' slots would no longer fit.
void add_attribute(ObjectBox& o, std::string_view name, const Value& v, int define) {
  auto& type = const_cast<fac::ClassType&>(o.type());
  if (type.use_count() > 1 || !type.methods().empty())
    ::facula::fail("an attribute can be added only to a module made by Module(name), before anything shares its type");
  type.add_attribute({std::string(name), fac::type_of(v), define == 2, define == 3});
  o.slots.push_back(v);
  o.bump_version();
}

Value text_value(std::string s) { return Value(std::move(s)); }

Value function_text(fac::ir::Function& f, MethodText what) {
  if (what == MethodText::kSchema) return text_value(f.schema().str());
  if (what == MethodText::kCode) return text_value(take(fac::code_of_function(f)).text);
  return text_value(fac::ir::print(*take(f.graph())));
}

}  // namespace

void module_load(const LoadRequest* r, Slot* out) {
  guarded([&] {
    install_host();
    std::map<std::string, std::string> extra;
    for (std::size_t i = 0; i < r->extra_count; ++i) extra.emplace(view(r->extra[i].name), std::string());
    fac::LoadOptions options;
    options.device = {static_cast<fac::DeviceType>(r->device >> 8), static_cast<std::int8_t>(r->device & 0xff)};
    if (extra.size()) options.extra_files = &extra;
    auto source = r->stream ? take(fac::archive::ByteSource::read_stream(*r->stream))
                  : r->data ? fac::archive::ByteSource::borrow(r->data, r->size)
                            : take(fac::archive::ByteSource::map_file(std::string(view(r->path))));
    Value module(take(fac::load_module(std::move(source), options)));
    for (std::size_t i = 0; i < r->extra_count; ++i) {
      auto& content = extra[std::string(view(r->extra[i].name))];
      as_value(&r->extra[i].content) = text_value(content);
    }
    as_value(out) = std::move(module);
  });
}

namespace {

template <class Save>
void save_as(const SaveRequest& r, Save save) {
  fac::SaveOptions options;
  for (std::size_t i = 0; i < r.extra_count; ++i)
    options.extra_files[std::string(view(r.extra[i].name))] = as_value(&r.extra[i].content).str();
  if (r.stream) {
    fac::archive::StreamSink sink(*r.stream);
    check(save(sink, options));
  } else {
    check(save(std::string(view(r.path)), options));
  }
}

}  // namespace

void module_save(const void* self, const SaveRequest* r) {
  guarded([&] { save_as(*r, [&](auto&& to, const auto& options) { return fac::save_module(as_object(self), to, options); }); });
}

void module_compile(const CompileRequest* r, Slot* out) {
  guarded([&] {
    install_host();
    fac::ModuleSource s;
    s.file = std::string(view(r->file));
    s.class_name = std::string(view(r->class_name));
    s.factory = std::string(view(r->factory));
    s.arguments = std::string(view(r->arguments));
    s.weights = std::string(view(r->weights));
    s.strip_prefix = std::string(view(r->strip_prefix));
    for (std::size_t i = 0; i < r->path_count; ++i) s.paths.emplace_back(view(r->paths[i]));
    s.allow_missing = r->allow_missing;
    s.allow_unexpected = r->allow_unexpected;
    s.training = r->training;
    as_value(out) = Value(take(fac::compile_module(s)).module);
  });
}

void module_call(void* self, Text method, Slot* args, std::size_t count, const Text* names, std::size_t named,
                 Slot* out) {
  guarded([&] {
    as_value(out) = take(fac::run_method(as_object(self), view(method), positional(args, count - named),
                                         keywords(args, count, names, named)));
  });
}

void module_parts(const void* self, ModulePart what, Slot* out) {
  guarded([&] {
    const auto root = as_object(self);
    std::vector<Value> items;
    const auto add = [&](std::string name, Value v) {
      items.push_back(text_value(std::move(name)));
      items.push_back(std::move(v));
    };
    const auto add_attributes = [&](const std::string& prefix, const ObjectBox& o) {
      const auto& attributes = o.type().attributes();
      for (std::size_t i = 0; i < attributes.size() && i < o.slots.size(); ++i)
        if (belongs(attributes[i], o.slots[i], what)) add(dotted(prefix, attributes[i].name), o.slots[i]);
    };
    if (what == ModulePart::kMethods) {
      for (const auto* m : root->type().methods()) items.push_back(text_value(std::string(m->name())));
    } else if (what == ModulePart::kModules) {
      for (auto& m : fac::named_modules(root)) add(m.name, Value(m.module));
    } else if (is_recursive(what)) {
      for (const auto& m : fac::named_modules(root)) add_attributes(m.name, *m.module);
    } else {
      add_attributes("", *root);
    }
    as_value(out) = Value(fac::make_ref<TupleBox>(std::move(items)));
  });
}

bool module_has(const void* self, Text name, bool method) noexcept {
  if (!self) return false;
  const auto& o = as_box<ObjectBox>(self);
  if (method) return o.type().find_method(view(name)) != nullptr;
  return o.find(view(name)) || o.type().find_constant(view(name));
}
void module_get(const void* self, Text name, Slot* out) {
  guarded([&] { as_value(out) = take(fac::get_attr(*as_object(self), view(name))); });
}
void module_set(void* self, Text name, const Slot* v, int define) {
  guarded([&] {
    const auto o = as_object(self);
    if (define && !o->type().find_attribute(view(name))) add_attribute(*o, view(name), as_value(v), define);
    else check(fac::set_attr(*o, view(name), as_value(v)));
  });
}
void module_train(void* self, bool on) {
  guarded([&] { check(fac::train(as_object(self), on)); });
}
void module_to(void* self, std::int8_t dtype, std::int64_t device) {
  guarded([&] {
    if (device >= 0 && device >> 8 != static_cast<std::int64_t>(fac::DeviceType::kCPU))
      ::facula::fail("cannot move a module to device " + Device::unpacked(device).str() +
                     ": this build of Facula runs on the CPU");
    if (dtype >= 0) check(fac::to_dtype(as_object(self), static_cast<fac::DType>(dtype)));
    else as_object(self);
  });
}
void module_clone(const void* self, bool tensors, Slot* out) {
  guarded([&] { as_value(out) = Value(take(fac::clone_module(as_object(self), tensors))); });
}
void module_freeze(const void* self, const Text* preserved, std::size_t n, Slot* out) {
  guarded([&] {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < n; ++i) names.emplace_back(view(preserved[i]));
    as_value(out) = Value(take(fac::freeze(as_object(self), names)));
  });
}
void module_set_precision(void* self, Text name) {
  guarded([&] { fac::set_precision(as_object(self), take(fac::precision_named(view(name)))); });
}
void module_precision(void* self, Slot* out) {
  guarded([&] { as_value(out) = text_value(std::string(fac::precision_name(fac::precision_of(as_object(self))))); });
}
void module_new(Text name, Slot* out) {
  guarded([&] {
    auto type = fac::make_ref<fac::ClassType>(std::string(view(name)), true);
    type->add_attribute({"training", fac::types::bool_(), false, false});
    auto o = fac::make_ref<ObjectBox>(std::move(type), nullptr);
    o->slots.assign(1, Value(true));
    as_value(out) = Value(std::move(o));
  });
}
void method_text(const void* self, Text method, MethodText what, Slot* out) {
  guarded([&] {
    const auto o = as_object(self);
    auto* f = as_function(o->type().find_method(view(method)));
    if (!f) ::facula::fail("Method '" + std::string(view(method)) + "' is not defined.");
    if (what == MethodText::kInlinedGraph)
      as_value(out) = text_value(fac::ir::print(*take(fac::method_graph(o, view(method), fac::GraphStage::kInlined))));
    else if (what == MethodText::kCode)
      as_value(out) = text_value(take(fac::code_of_method(*o, view(method))).text);
    else
      as_value(out) = function_text(*f, what);
  });
}

// --- values as bytes ---

void pickle_save(const Slot* v, Slot* out) {
  guarded([&] {
    fac::archive::StringSink sink;
    check(fac::archive::save_value(as_value(v), sink, fac::Limits()));
    as_value(out) = text_value(sink.take());
  });
}
void pickle_load(const void* data, std::size_t size, Slot* out) {
  guarded([&] { as_value(out) = take(fac::archive::read_saved(fac::archive::ByteSource::borrow(data, size))); });
}

// --- program text ---

class Unit {
 public:
  std::shared_ptr<fac::ir::Unit> unit;
  fac::ir::Function* find(Text name) const {
    for (auto* f : unit->functions())
      if (f->name() == view(name) || f->qualified_name() == view(name)) return f;
    return nullptr;
  }
  fac::ir::Function& get(Text name) const {
    auto* f = find(name);
    if (!f) ::facula::fail("attempted to get undefined function " + std::string(view(name)));
    return *f;
  }
};

Unit* unit_compile(Text source) {
  return guarded([&] {
    install_host();
    return new Unit{take(fac::compile_source(std::string(view(source)), "<string>"))};
  });
}
Unit* unit_compile_python(Text source, Text name, bool strict) {
  return guarded([&] {
    install_host();
    fac::CompileOptions options;
    options.strict = strict;
    return new Unit{take(fac::compile_program(std::string(view(source)), std::string(view(name)), options))->unit()};
  });
}
void unit_release(Unit* unit) noexcept { delete unit; }
bool unit_has(const Unit* unit, Text function) noexcept { return unit->find(function) != nullptr; }
void unit_call(Unit* unit, Text function, Slot* args, std::size_t count, const Text* names, std::size_t named,
               Slot* out) {
  guarded([&] {
    as_value(out) = take(fac::run_function(unit->get(function), positional(args, count - named),
                                           keywords(args, count, names, named)));
  });
}
void unit_text(const Unit* unit, Text function, MethodText what, Slot* out) {
  guarded([&] { as_value(out) = function_text(unit->get(function), what); });
}
void unit_save(const Unit* unit, Text function, const SaveRequest* r) {
  guarded([&] { save_as(*r, [&](auto&& to, const auto& options) { return fac::save_function(unit->get(function), to, options); }); });
}
void unit_functions(const Unit* unit, Slot* out) {
  guarded([&] {
    std::vector<Value> names;
    for (auto* f : unit->unit->functions()) names.push_back(text_value(std::string(f->name())));
    as_value(out) = Value(fac::make_ref<TupleBox>(std::move(names)));
  });
}

}  // namespace facula::abi
