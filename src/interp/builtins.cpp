// The builtin classes: how they are made, their constructors, and the exceptions.
// Longer than most files: the classes refer to each other.
#include <charconv>
#include <cmath>

#include "interp/install.h"
#include "interp/utf8.h"

namespace fac::interp {

Status fill_dict(Interp& in, Dict& d, const Value& from);

namespace {

using R = Result<Value>;

// A subclass's instance around a native value.
Value wrapped(Interp& in, const Value& cls, Value payload) {
  Class* c = as<Class>(cls);
  if (!c || c->is_builtin) return payload;
  auto i = make_ref<Instance>(in.heap(), c);
  i->payload = std::move(payload);
  return value_of(i);
}

std::string stripped(std::string s) {
  const auto b = s.find_first_not_of(" \t\n\r\f\v");
  if (b == std::string::npos) return {};
  s = s.substr(b, s.find_last_not_of(" \t\n\r\f\v") - b + 1);
  std::erase(s, '_');
  return s;
}

R make_int(Interp& in, Args& a) {
  FACULA_TRY_VOID(expect_count(in, a, 1, 3, "int"));
  if (a.pos.size() == 1) return wrapped(in, a.pos[0], Value(0));
  const Value v = in.plain(a.pos[1]);
  if (v.is_int() || v.is_bool()) return wrapped(in, a.pos[0], Value(v.i()));
  if (v.is_float()) {
    if (std::isnan(v.d())) return in.raise("ValueError", "cannot convert float NaN to integer");
    if (!(std::fabs(v.d()) < 9223372036854775807.0)) return in.raise("OverflowError", "the float is too large for a 64-bit integer");
    return wrapped(in, a.pos[0], Value(static_cast<std::int64_t>(v.d())));
  }
  if (v.is_str()) {
    std::string s = stripped(v.str());
    std::int64_t base = 10;
    if (const Value* b = arg(a, 2, "base")) {
      FACULA_TRY(base, in.index(*b));
    }
    if (base < 0 || base == 1 || base > 36) return in.raise("ValueError", "int() base must be >= 2 and <= 36, or 0");
    const bool negative = s.starts_with("-");
    std::string_view digits = s;
    if (negative || s.starts_with("+")) digits.remove_prefix(1);
    if (digits.size() > 2 && digits[0] == '0') {
      const char p = static_cast<char>(digits[1] | 32);
      const int of = p == 'x' ? 16 : p == 'o' ? 8 : p == 'b' ? 2 : 0;
      if (of && (base == 0 || base == of)) {
        base = of;
        digits.remove_prefix(2);
      }
    }
    if (base == 0) base = 10;
    std::int64_t out = 0;
    const std::string text = (negative ? "-" : "") + std::string(digits);
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), out, static_cast<int>(base));
    if (code == std::errc::result_out_of_range) return in.raise("OverflowError", "the integer does not fit 64 bits");
    if (code != std::errc() || end != text.data() + text.size() || digits.empty() || digits[0] == '-' || digits[0] == '+') {
      FACULA_TRY(const std::string r, in.repr(v));
      return in.raise("ValueError", "invalid literal for int() with base {}: {}", base, r);
    }
    return wrapped(in, a.pos[0], Value(out));
  }
  for (const std::string_view name : {"__int__", "__index__", "__trunc__"}) {
    FACULA_TRY(const auto own, in.try_special(a.pos[1], name, {}));
    if (own && own->is_int()) return wrapped(in, a.pos[0], *own);
  }
  if (v.is_tensor()) {
    Args item{{v}, {}};
    FACULA_TRY(const Value n, in.call_operator("aten::item", item));
    Args again{{a.pos[0], n}, {}};
    return make_int(in, again);
  }
  return in.raise("TypeError", "int() argument must be a string, a bytes-like object or a real number, not '{}'", type_name(in, a.pos[1]));
}

R make_float(Interp& in, Args& a) {
  FACULA_TRY_VOID(expect_count(in, a, 1, 2, "float"));
  if (a.pos.size() == 1) return wrapped(in, a.pos[0], Value(0.0));
  const Value v = in.plain(a.pos[1]);
  if (v.is_int() || v.is_bool()) return wrapped(in, a.pos[0], Value(static_cast<double>(v.i())));
  if (v.is_float()) return wrapped(in, a.pos[0], v);
  if (v.is_str()) {
    std::string s = stripped(v.str());
    std::string low = s;
    for (char& c : low) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    const bool negative = low.starts_with("-");
    if (negative || low.starts_with("+")) low.erase(0, 1);
    double d = 0;
    if (low == "inf" || low == "infinity") d = std::numeric_limits<double>::infinity();
    else if (low == "nan") d = std::numeric_limits<double>::quiet_NaN();
    else {
      const auto [end, code] = std::from_chars(low.data(), low.data() + low.size(), d);
      if (low.empty() || low[0] == '-' || end != low.data() + low.size() || (code != std::errc() && code != std::errc::result_out_of_range)) {
        FACULA_TRY(const std::string r, in.repr(v));
        return in.raise("ValueError", "could not convert string to float: {}", r);
      }
    }
    return wrapped(in, a.pos[0], Value(negative ? -d : d));
  }
  FACULA_TRY(const auto own, in.try_special(a.pos[1], "__float__", {}));
  if (own && own->is_float()) return *own;
  if (v.is_tensor()) {
    Args item{{v}, {}};
    FACULA_TRY(const Value n, in.call_operator("aten::item", item));
    Args again{{a.pos[0], n}, {}};
    return make_float(in, again);
  }
  return in.raise("TypeError", "float() argument must be a string or a real number, not '{}'", type_name(in, a.pos[1]));
}

R make_bool(Interp& in, Args& a) {
  FACULA_TRY_VOID(expect_count(in, a, 1, 2, "bool"));
  if (a.pos.size() == 1) return Value(false);
  FACULA_TRY(const bool t, in.truth(a.pos[1]));
  return Value(t);
}

R make_str(Interp& in, Args& a) {
  if (a.pos.size() < 2) return wrapped(in, a.pos.empty() ? Value() : a.pos[0], Value(""));
  FACULA_TRY(std::string s, in.text(a.pos[1]));
  return wrapped(in, a.pos[0], Value(std::move(s)));
}

R make_complex(Interp& in, Args& a) {
  std::complex<double> c;
  for (std::size_t i = 1; i < std::min<std::size_t>(a.pos.size(), 3); ++i) {
    const Value& v = in.plain(a.pos[i]);
    const std::complex<double> part = v.is_complex() ? v.c() : v.is_float() ? v.d() : v.is_scalar() ? static_cast<double>(v.i()) : 0.0;
    if (!v.is_scalar()) return in.raise("TypeError", "complex() arguments must be numbers");
    c += i == 1 ? part : part * std::complex<double>(0, 1);
  }
  return Value(c);
}

R fill_list(Interp& in, Args& a) {
  FACULA_TRY_VOID(expect_count(in, a, 1, 2, "list"));
  Seq* s = as<Seq>(a.pos[0]);
  if (!s) return in.raise("TypeError", "list.__init__ needs a list");
  if (a.pos.size() > 1) {
    FACULA_TRY(s->items, in.gather(a.pos[1]));
    FACULA_TRY_VOID(in.charge(s->items.size() * sizeof(Value)));
  }
  return Value();
}
R make_tuple(Interp& in, Args& a) {
  FACULA_TRY_VOID(expect_count(in, a, 1, 2, "tuple"));
  std::vector<Value> items;
  if (a.pos.size() > 1) {
    FACULA_TRY(items, in.gather(a.pos[1]));
    FACULA_TRY_VOID(in.charge(items.size() * sizeof(Value)));
  }
  Class* c = as<Class>(a.pos[0]);
  return value_of(make_ref<Seq>(in.heap(), Kind::kTuple, c ? c : in.known.tuple, std::move(items)));
}
R make_set(Interp& in, Args& a) {
  FACULA_TRY_VOID(expect_count(in, a, 1, 2, "set"));
  Ref<Dict> s = in.set();
  s->cls = Ref<Class>(as<Class>(a.pos[0]));
  if (a.pos.size() > 1) {
    FACULA_TRY(const auto items, in.gather(a.pos[1]));
    FACULA_TRY_VOID(in.charge(items.size() * 64));
    for (const Value& v : items) FACULA_TRY_VOID(s->set(in, v, Value()));
  }
  return value_of(s);
}
R make_range(Interp& in, Args& a) {
  FACULA_TRY_VOID(expect_count(in, a, 2, 4, "range"));
  std::int64_t v[3] = {0, 0, 1};
  for (std::size_t i = 1; i < a.pos.size(); ++i) {
    FACULA_TRY(v[a.pos.size() == 2 ? 1 : i - 1], in.index(a.pos[i]));
  }
  if (v[2] == 0) return in.raise("ValueError", "range() arg 3 must not be zero");
  return value_of(make_ref<RangeObj>(in.heap(), in.known.range, v[0], v[1], v[2]));
}
R make_slice(Interp& in, Args& a) {
  FACULA_TRY_VOID(expect_count(in, a, 2, 4, "slice"));
  const bool one = a.pos.size() == 2;
  return value_of(make_ref<SliceObj>(in.heap(), in.known.slice, one ? Value() : a.pos[1], one ? a.pos[1] : a.pos[2], a.pos.size() > 3 ? a.pos[3] : Value()));
}
R make_type(Interp& in, Args& a) {
  if (a.pos.size() == 2) return value_of(Ref<Obj>(in.type_of(a.pos[1])));
  if (a.pos.size() < 4 || !a.pos[1].is_str()) return in.raise("TypeError", "type() takes 1 or 3 arguments");
  FACULA_TRY(auto bases, in.gather(a.pos[2]));
  Dict* members = as<Dict>(a.pos[3]);
  if (!members) return in.raise("TypeError", "type() argument 3 must be dict");
  Ref<Dict> copy = in.dict();
  for (auto& [k, v] : members->items()) FACULA_TRY_VOID(copy->set(in, k, v));
  Args keywords{{}, a.kw};
  if (Class* meta = as<Class>(a.pos[0]); meta && meta != in.known.type) keywords.kw.emplace_back("metaclass", a.pos[0]);
  return in.make_class(a.pos[1].str(), std::move(bases), copy, std::move(keywords));
}
R make_property(Interp& in, Args& a) {
  const Value* get = arg(a, 1, "fget");
  const Value* set = arg(a, 2, "fset");
  auto d = make_ref<Descriptor>(in.heap(), Kind::kProperty, in.known.property, get ? *get : Value());
  if (set) d->set = *set;
  return value_of(d);
}
template <Kind K>
R make_descriptor(Interp& in, Args& a) {
  FACULA_TRY_VOID(expect_count(in, a, 2, 2, "staticmethod"));
  return value_of(make_ref<Descriptor>(in.heap(), K, K == Kind::kStaticMethod ? in.known.staticmethod : in.known.classmethod, a.pos[1]));
}
R make_super(Interp& in, Args& a) {
  FACULA_TRY_VOID(expect_count(in, a, 3, 3, "super"));
  Class* c = as<Class>(a.pos[1]);
  if (!c) return in.raise("TypeError", "super() argument 1 must be a type");
  return value_of(make_ref<Super>(in.heap(), in.known.super, Ref<Class>(c), a.pos[2]));
}

R property_with(Interp& in, Args& a, bool setter) {
  FACULA_TRY_VOID(expect_count(in, a, 2, 2, "setter"));
  const auto* old = as<Descriptor>(a.pos[0]);
  if (!old) return in.raise("TypeError", "a property is needed");
  auto d = make_ref<Descriptor>(in.heap(), Kind::kProperty, in.known.property, setter ? old->get : a.pos[1]);
  d->set = setter ? a.pos[1] : old->set;
  return value_of(d);
}

// --- object, exceptions ------------------------------------------------------------------------------------------------

constexpr MethodRow kObject[] = {
    {"__init__", [](Interp&, Args&) -> R { return Value(); }},
    {"__init_subclass__", [](Interp&, Args&) -> R { return Value(); }},
    {"__setattr__", [](Interp& in, Args& a) -> R {  // past a class's own __setattr__
       FACULA_TRY_VOID(expect_count(in, a, 3, 3, "__setattr__"));
       Obj* o = object(a.pos[0]);
       if (!o || !a.pos[1].is_str()) return in.raise("TypeError", "can't set attributes of this object");
       if (Class* c = as<Class>(a.pos[0])) {
         c->members->set(a.pos[1].str(), a.pos[2]);
         return Value();
       }
       const Value* d = o->cls ? o->cls->find(a.pos[1].str()) : nullptr;
       if (d && object(*d) && object(*d)->kind == Kind::kProperty) {
         const Value setter = static_cast<Descriptor*>(object(*d))->set;
         if (setter.is_none()) return in.raise("AttributeError", "property '{}' of '{}' object has no setter", a.pos[1].str(), o->cls->name);
         return in.call(setter, std::vector<Value>{a.pos[0], a.pos[2]});
       }
       in.set_attr_raw(*o, a.pos[1].str(), a.pos[2]);
       return Value();
     }},
    {"__delattr__", [](Interp& in, Args& a) -> R {
       FACULA_TRY_VOID(expect_count(in, a, 2, 2, "__delattr__"));
       Obj* o = object(a.pos[0]);
       if (!o || !a.pos[1].is_str() || !o->attrs || !o->attrs->erase(a.pos[1].str())) return in.raise("AttributeError", "no such attribute");
       return Value();
     }},
    {"__getattribute__", [](Interp& in, Args& a) -> R {
       FACULA_TRY(const std::string name, text_arg(in, a, 1, "__getattribute__"));
       return in.get_attr(a.pos[0], name);
     }},
    {"__dir__", [](Interp& in, Args& a) -> R {
       Ref<Dict> names = in.set();
       if (const Obj* o = object(first(a)); o && o->attrs)
         for (const auto& [k, v] : o->attrs->items()) FACULA_TRY_VOID(names->set(in, k, Value()));
       for (const auto& c : in.type_of(first(a))->mro)
         for (const auto& [k, v] : c->members->items()) FACULA_TRY_VOID(names->set(in, k, Value()));
       FACULA_TRY(auto all, in.gather(value_of(names)));
       return in.list(std::move(all));
     }},
};

R make_object(Interp& in, Args& a) {
  Class* c = a.pos.empty() ? nullptr : as<Class>(a.pos[0]);
  if (!c) return in.raise("TypeError", "object.__new__(X): X is not a type object");
  FACULA_TRY_VOID(in.charge(128));
  return in.instance_of(c);
}

constexpr MethodRow kException[] = {
    {"__init__", [](Interp& in, Args& a) -> R {
       if (a.pos.empty() || !object(a.pos[0])) return in.raise("TypeError", "an exception is needed");
       std::vector<Value> rest(a.pos.begin() + 1, a.pos.end());
       in.set_attr_raw(*object(a.pos[0]), "args", in.tuple(std::move(rest)));
       return Value();
     }},
    {"with_traceback", [](Interp&, Args& a) -> R { return first(a); }},
};
// Also keeps `args` for classes whose __init__ never calls super().__init__.
R make_exception(Interp& in, Args& a) {
  FACULA_TRY(Value v, make_object(in, a));
  std::vector<Value> rest(a.pos.begin() + 1, a.pos.end());
  in.set_attr_raw(*object(v), "args", in.tuple(std::move(rest)));
  return v;
}

struct ExceptionRow {
  std::string_view name, base;
};
constexpr ExceptionRow kExceptions[] = {
    {"Exception", "BaseException"}, {"KeyboardInterrupt", "BaseException"}, {"SystemExit", "BaseException"},
    {"ArithmeticError", "Exception"}, {"OverflowError", "ArithmeticError"}, {"ZeroDivisionError", "ArithmeticError"},
    {"AssertionError", "Exception"}, {"AttributeError", "Exception"}, {"BufferError", "Exception"}, {"EOFError", "Exception"},
    {"ImportError", "Exception"}, {"ModuleNotFoundError", "ImportError"}, {"LookupError", "Exception"},
    {"IndexError", "LookupError"}, {"KeyError", "LookupError"}, {"MemoryError", "Exception"}, {"NameError", "Exception"},
    {"UnboundLocalError", "NameError"}, {"OSError", "Exception"}, {"IOError", "OSError"}, {"FileNotFoundError", "OSError"}, {"RuntimeError", "Exception"},
    {"NotImplementedError", "RuntimeError"}, {"RecursionError", "RuntimeError"}, {"StopIteration", "Exception"},
    {"SyntaxError", "Exception"}, {"TypeError", "Exception"}, {"ValueError", "Exception"},
    {"UnicodeError", "ValueError"}, {"Warning", "Exception"}, {"UserWarning", "Warning"}, {"DeprecationWarning", "Warning"},
    {"FutureWarning", "Warning"}, {"RuntimeWarning", "Warning"}, {"ImportWarning", "Warning"}, {"PendingDeprecationWarning", "Warning"},
    {"SyntaxWarning", "Warning"}, {"ResourceWarning", "Warning"}};

}  // namespace

void install_builtins(Interp& in) {
  auto& k = in.known;
  // `type` and `dict` come first: classes and their members need them.
  auto type = make_ref<Class>(in.heap(), nullptr, "type");
  type->is_builtin = true;
  type->layout = Layout::kType;
  k.type = type.get();
  type->cls = type;
  k.dict = nullptr;
  type->members = make_ref<Dict>(in.heap(), Kind::kDict, nullptr);
  in.hold_class(type);
  k.object = in.make_builtin("object", Layout::kObject).get();
  type->mro = {type, Ref<Class>(k.object)};
  type->bases = {Ref<Class>(k.object)};
  struct Row {
    std::string_view name;
    Class* Interp::Known::*slot;
    Layout layout;
  };
  constexpr Row kRows[] = {
      {"dict", &Interp::Known::dict, Layout::kDict}, {"NoneType", &Interp::Known::none, Layout::kNone},
      {"int", &Interp::Known::integer, Layout::kInt}, {"float", &Interp::Known::floating, Layout::kFloat},
      {"complex", &Interp::Known::complex, Layout::kComplex}, {"str", &Interp::Known::str, Layout::kStr},
      {"list", &Interp::Known::list, Layout::kList}, {"tuple", &Interp::Known::tuple, Layout::kTuple},
      {"set", &Interp::Known::set, Layout::kSet}, {"frozenset", &Interp::Known::frozenset, Layout::kSet},
      {"function", &Interp::Known::function, Layout::kOther}, {"builtin_function_or_method", &Interp::Known::native, Layout::kOther},
      {"method", &Interp::Known::method, Layout::kOther}, {"module", &Interp::Known::module, Layout::kOther},
      {"range", &Interp::Known::range, Layout::kOther}, {"slice", &Interp::Known::slice, Layout::kOther},
      {"iterator", &Interp::Known::iterator, Layout::kOther}, {"property", &Interp::Known::property, Layout::kOther},
      {"staticmethod", &Interp::Known::staticmethod, Layout::kOther}, {"classmethod", &Interp::Known::classmethod, Layout::kOther},
      {"super", &Interp::Known::super, Layout::kOther}, {"ellipsis", &Interp::Known::ellipsis, Layout::kOther},
      {"NotImplementedType", &Interp::Known::not_implemented, Layout::kOther}, {"unavailable", &Interp::Known::inert, Layout::kOther},
      {"torch.dtype", &Interp::Known::dtype, Layout::kOther}, {"torch.layout", &Interp::Known::layout, Layout::kOther},
      {"torch.memory_format", &Interp::Known::memory_format, Layout::kOther}, {"Tensor", &Interp::Known::tensor, Layout::kTensor},
      {"torch.device", &Interp::Known::device, Layout::kOther}};
  for (const Row& r : kRows) k.*(r.slot) = in.make_builtin(std::string(r.name), r.layout, k.object).get();
  k.boolean = in.make_builtin("bool", Layout::kBool, k.integer).get();
  k.parameter = in.make_builtin("Parameter", Layout::kTensor, k.tensor).get();
  k.size = in.make_builtin("torch.Size", Layout::kTuple, k.tuple).get();
  in.start_builtins();
  Dict& names = *in.builtins()->attrs;
  for (Class* c : {k.object, k.type, k.integer, k.floating, k.boolean, k.complex, k.str, k.list, k.tuple, k.dict, k.set, k.frozenset, k.range,
                   k.slice, k.property, k.staticmethod, k.classmethod, k.super})
    names.set(c->name, value_of(Ref<Obj>(c)));
  const Ref<Class> keys = in.make_builtin("dict_keys", Layout::kSet, k.set);
  names.set("dict_keys", value_of(keys));

  Installer to(in);
  const auto make = [&](Class* c, NativeFn fn) { to.static_method(c, "__new__", fn); };
  make(k.object, make_object);
  make(k.integer, make_int);
  make(k.floating, make_float);
  make(k.boolean, make_bool);
  make(k.complex, make_complex);
  make(k.str, make_str);
  make(k.tuple, make_tuple);
  make(k.set, make_set);
  make(k.frozenset, make_set);
  make(k.range, make_range);
  make(k.slice, make_slice);
  make(k.type, make_type);
  make(k.property, make_property);
  make(k.staticmethod, make_descriptor<Kind::kStaticMethod>);
  make(k.classmethod, make_descriptor<Kind::kClassMethod>);
  make(k.super, make_super);
  to.methods(k.object, kObject);
  const MethodRow list_init[] = {{"__init__", fill_list}};
  to.methods(k.list, list_init);
  const MethodRow of_property[] = {
      {"setter", [](Interp& i, Args& a) -> R { return property_with(i, a, true); }},
      {"getter", [](Interp& i, Args& a) -> R { return property_with(i, a, false); }},
      {"deleter", [](Interp&, Args& a) -> R { return first(a); }}};
  to.methods(k.property, of_property);

  k.base_exception = in.make_builtin("BaseException", Layout::kException, k.object).get();
  make(k.base_exception, make_exception);
  to.methods(k.base_exception, kException);
  names.set("BaseException", value_of(Ref<Obj>(k.base_exception)));
  for (const ExceptionRow& r : kExceptions) {
    const Ref<Class> c = in.make_builtin(std::string(r.name), Layout::kException, in.builtin_class(r.base));
    names.set(r.name, value_of(c));
  }
  k.exception = in.builtin_class("Exception");
  names.set("EnvironmentError", *names.find("OSError"));

  in.ellipsis = value_of(make_ref<Constant>(in.heap(), k.ellipsis, "Ellipsis", 0));
  in.not_implemented = value_of(make_ref<Constant>(in.heap(), k.not_implemented, "NotImplemented", 0));
  names.set("Ellipsis", in.ellipsis);
  names.set("NotImplemented", in.not_implemented);
  names.set("__debug__", Value(true));
  names.set("__name__", Value("builtins"));
  install_text_methods(in);
  install_container_methods(in);
  install_functions(in);
  install_math(in);
  install_torch(in);
}

}  // namespace fac::interp
