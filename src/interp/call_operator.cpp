// Operators of the table with Python arguments.
#include <algorithm>

#include "interp/interp.h"
#include "ops/table.h"

namespace fac::interp {

bool Interp::has_operator(std::string_view name) const { return !ops::find(name).empty(); }

Value Interp::from_native(Value v) {
  switch (v.tag()) {
    case Tag::kList: {
      std::vector<Value> items;
      for (Value& item : v.list().to_values()) items.push_back(from_native(std::move(item)));
      return list(std::move(items));
    }
    case Tag::kTuple: {
      std::vector<Value> items;
      for (const Value& item : v.tuple().values) items.push_back(from_native(item));
      return tuple(std::move(items));
    }
    default: return v;
  }
}

// The value as an operator's parameter takes it; nullopt where it does not fit.
std::optional<Value> Interp::to_native(const Value& given, const TypePtr& type, std::optional<std::int64_t> repeat) {
  const Value& v = plain(given);
  switch (type->kind()) {
    case TypeKind::kTensor:
      if (v.is_tensor()) return v;
      return std::nullopt;
    case TypeKind::kInt:
      if (v.is_int()) return v;
      if (v.is_bool()) return Value(v.i());
      if (const Constant* c = as<Constant>(v)) return Value(c->number);
      return std::nullopt;
    case TypeKind::kDtype:
    case TypeKind::kLayout:
    case TypeKind::kMemoryFormat:
    case TypeKind::kQScheme:
      if (const Constant* c = as<Constant>(v)) return Value(c->number);
      if (const Class* c = as<Class>(v); c && type->kind() == TypeKind::kDtype) {  // dtype=float
        if (c == known.floating) return Value(default_dtype());
        if (c == known.integer) return Value(DType::kInt64);
        if (c == known.boolean) return Value(DType::kBool);
      }
      return std::nullopt;
    case TypeKind::kFloat:
      if (v.is_float()) return v;
      if (v.is_int() || v.is_bool()) return Value(static_cast<double>(v.i()));
      return std::nullopt;
    case TypeKind::kBool: return v.is_bool() ? std::optional<Value>(v) : std::nullopt;
    case TypeKind::kNumber: return v.is_scalar() ? std::optional<Value>(v) : std::nullopt;
    case TypeKind::kComplex:
      if (v.is_complex()) return v;
      if (v.is_float()) return Value(std::complex<double>(v.d(), 0));
      if (v.is_int()) return Value(std::complex<double>(static_cast<double>(v.i()), 0));
      return std::nullopt;
    case TypeKind::kStr: return v.is_str() ? std::optional<Value>(v) : std::nullopt;
    case TypeKind::kDevice:
      if (v.is_device()) return v;
      if (v.is_str())
        if (const auto d = device_from_text(v.str())) return Value(*d);
      return std::nullopt;
    case TypeKind::kNone: return v.is_none() ? std::optional<Value>(v) : std::nullopt;
    case TypeKind::kGenerator: return v.tag() == Tag::kGenerator ? std::optional<Value>(v) : std::nullopt;
    case TypeKind::kOptional:
      if (v.is_none()) return Value();
      return to_native(v, type->element(), repeat);
    case TypeKind::kList: {
      const TypePtr& element = type->element();
      auto out = make_ref<ListBox>(element);
      if (const Seq* s = as<Seq>(v)) {
        for (const Value& item : s->items) {
          auto one = to_native(item, element, std::nullopt);
          if (!one) return std::nullopt;
          out->append(std::move(*one));
        }
        return Value(std::move(out));
      }
      if (repeat) {  // int[2]: one number stands for both
        if (auto one = to_native(v, element, std::nullopt)) {
          for (std::int64_t i = 0; i < *repeat; ++i) out->append(*one);
          return Value(std::move(out));
        }
      }
      return std::nullopt;
    }
    case TypeKind::kAny: return v.tag() == Tag::kCapsule ? std::nullopt : std::optional<Value>(v);
    default: return std::nullopt;
  }
}

namespace {

bool takes_ints(const Argument& a) {
  const TypePtr& t = a.type->kind() == TypeKind::kOptional ? a.type->element() : a.type;
  return t->kind() == TypeKind::kList && t->element()->kind() == TypeKind::kInt;
}

// The overload's arguments from Python's; nullopt where they do not fit.
std::optional<std::vector<Value>> match_arguments(Interp& in, const Schema& schema, const Args& args) {
  std::vector<Value> out;
  std::size_t next = 0, used = 0;
  for (std::size_t i = 0; i < schema.arguments.size(); ++i) {
    const Argument& a = schema.arguments[i];
    const Value* given = nullptr;
    Value gathered;
    if (!a.keyword_only && next < args.pos.size()) {
      given = &args.pos[next];
      // zeros(2, 3), x.view(-1, 4): the last list of ints takes all that is left.
      const bool ints_left = std::all_of(args.pos.begin() + static_cast<std::ptrdiff_t>(next), args.pos.end(),
                                         [](const Value& v) { return v.is_int(); });
      if (takes_ints(a) && !a.fixed_size && given->is_int() && ints_left) {
        gathered = in.list({args.pos.begin() + static_cast<std::ptrdiff_t>(next), args.pos.end()});
        given = &gathered;
        next = args.pos.size();
      } else {
        ++next;
      }
    } else {
      for (const auto& [name, v] : args.kw)
        if (name == a.name) {
          given = &v;
          ++used;
        }
    }
    if (given) {
      auto v = in.to_native(*given, a.type, a.fixed_size);
      if (!v) return std::nullopt;
      out.push_back(std::move(*v));
    } else if (a.default_value) {
      out.push_back(a.default_value->is_list() ? Value(make_ref<ListBox>(a.default_value->list())) : *a.default_value);
    } else {
      return std::nullopt;
    }
  }
  if (next < args.pos.size() || used < args.kw.size()) return std::nullopt;
  return out;
}

}  // namespace

Result<Value> make_tensor(Interp& in, Args& args);

Result<Value> Interp::call_operator(std::string_view name, Args& args) {
  if (name == "aten::tensor") return make_tensor(*this, args);
  const auto overloads = ops::find(name);
  bool requires_grad = false;
  std::erase_if(args.kw, [&](const auto& kw) {  // what Python's functions take beyond the operator's own
    if (kw.first == "requires_grad" && name != "aten::requires_grad_") {
      requires_grad = kw.second.is_bool() && kw.second.b();
      return true;
    }
    return kw.first == "out" && kw.second.is_none();
  });
  for (const ops::Overload* o : overloads) {
    auto values = match_arguments(*this, o->schema(), args);
    if (!values) continue;
    std::vector<Value> results(o->schema().returns.size());
    // What a stranger's sizes ask for is looked at before memory is.
    for (std::size_t i = 0; i < o->schema().arguments.size(); ++i)
      if ((*values)[i].is_list() && (*values)[i].list().is_ints() && o->schema().arguments[i].name == "size") {
        double elements = 1;
        for (const std::int64_t n : (*values)[i].list().ints()) elements *= static_cast<double>(n > 0 ? n : 1);
        if (elements > static_cast<double>(limits_.tensor_bytes)) return error(ErrorKind::kLimit, "a tensor of {} elements is too large", elements);
      }
    FACULA_TRY_VOID(o->call(*values, results));
    for (Value& r : results)
      if (r.is_tensor()) {
        FACULA_TRY_VOID(charge_tensor(r.tensor()));
        if (requires_grad) r.tensor_impl()->requires_grad = true;
      }
    if (results.empty()) return Value();
    // An in-place operator gives the very object that it changed.
    if (results.size() == 1 && results[0].is_tensor() && !args.pos.empty() && plain(args.pos[0]).is_same(results[0])) return args.pos[0];
    if (results.size() == 1) {
      Value v = from_native(std::move(results[0]));
      if (name == "aten::size")
        if (Seq* s = as<Seq>(v)) return value_of(make_ref<Seq>(heap_, Kind::kTuple, known.size, std::move(s->items)));
      return v;
    }
    std::vector<Value> items;
    for (Value& r : results) items.push_back(from_native(std::move(r)));
    return tuple(std::move(items));
  }
  std::string types;
  for (const Value& v : args.pos) types += (types.empty() ? "" : ", ") + type_name(*this, v);
  for (const auto& [k, v] : args.kw) types += (types.empty() ? "" : ", ") + k + "=" + type_name(*this, v);
  std::string options;
  for (const ops::Overload* o : overloads) options += "\n * " + o->schema_text();
  if (overloads.empty()) return raise("AttributeError", "there is no operator `{}`", name);
  return raise("TypeError", "{}() received an invalid combination of arguments - got ({}), but expected one of:{}",
               name.substr(name.find("::") + 2), types, options);
}

}  // namespace fac::interp
