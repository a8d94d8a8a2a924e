// Matching a call's arguments to a schema, as Python's call does.
#include "module/module.h"

namespace fac {
namespace {

ErrorPtr declared(const Schema& schema, std::string text) {
  return error(ErrorKind::kRuntime, "{}\nDeclaration: {}", text, schema.str());
}

// The value as the parameter's type wants it: numbers widen, lists take the declared element type, tuples convert item
// by item. Nothing else is converted silently.
Result<Value> convert(Value v, const TypePtr& type) {
  switch (type->kind()) {
    case TypeKind::kFloat:
      if (v.is_int()) return Value(static_cast<double>(v.i()));
      break;
    case TypeKind::kComplex:
      if (v.is_int()) return Value(std::complex<double>(static_cast<double>(v.i()), 0.0));
      if (v.is_float()) return Value(std::complex<double>(v.d(), 0.0));
      break;
    case TypeKind::kOptional:
      if (!v.is_none()) return convert(std::move(v), type->element());
      break;
    case TypeKind::kList:
      if (v.is_list() && !same(v.list().element_type(), type->element())) {
        auto list = make_ref<ListBox>(type->element());
        for (Value& item : v.list().to_values()) {
          FACULA_TRY(Value c, convert(std::move(item), type->element()));
          if (!value_matches(c, *type->element())) return v;  // reported by the caller
          list->append(std::move(c));
        }
        return Value(std::move(list));
      }
      break;
    case TypeKind::kDict:
      if (v.is_dict() && (!same(v.dict().key_type(), type->element(0)) || !same(v.dict().value_type(), type->element(1)))) {
        auto dict = make_ref<DictBox>(type->element(0), type->element(1));
        for (auto& [key, item] : v.dict().items()) {
          FACULA_TRY(Value k, convert(key, type->element(0)));
          FACULA_TRY(Value c, convert(item, type->element(1)));
          if (!value_matches(k, *type->element(0)) || !value_matches(c, *type->element(1))) return v;
          dict->set(std::move(k), std::move(c));
        }
        return Value(std::move(dict));
      }
      break;
    case TypeKind::kTuple:
      if (v.is_tuple() && v.tuple().values.size() == type->elements().size()) {
        std::vector<Value> items;
        for (std::size_t i = 0; i < type->elements().size(); ++i) {
          FACULA_TRY(Value c, convert(v.tuple().values[i], type->element(i)));
          items.push_back(std::move(c));
        }
        const TupleType* t = as_tuple(type);
        return Value(make_ref<TupleBox>(std::move(items), t && !t->fields().empty() ? type : v.tuple().type));
      }
      break;
    default: break;
  }
  return v;
}

Result<Value> check(const Schema& schema, const Argument& a, std::size_t position, Value v) {
  FACULA_TRY(Value c, convert(std::move(v), a.type));
  if (!value_matches(c, *a.type))
    return declared(schema, fmt("{}() Expected a value of type '{}' for argument '{}' but instead found type '{}'.\nPosition: {}",
                                schema.name, a.type->annotation(), a.name, type_of(c)->annotation(), position));
  return c;
}

}  // namespace

Result<std::vector<Value>> bind_arguments(const Schema& schema, std::vector<Value> args, Kwargs kwargs, bool has_self) {
  const std::size_t most = schema.arguments.size();
  const std::size_t hidden = has_self ? 1 : 0;  // `self` is counted in messages as PyTorch counts it
  if (args.size() > most)
    return declared(schema, fmt("{}() expected at most {} argument(s) but received {} argument(s).", schema.name,
                                most - hidden, args.size() + kwargs.size() - hidden));
  std::vector<Value> out;
  out.reserve(most);
  std::vector<bool> used(kwargs.size(), false);
  for (std::size_t i = 0; i < most; ++i) {
    const Argument& a = schema.arguments[i];
    if (i < args.size()) {
      if (i < hidden) {
        out.push_back(std::move(args[i]));
        continue;
      }
      for (const auto& kw : kwargs)
        if (kw.first == a.name) return declared(schema, fmt("{}() got multiple values for argument '{}'", schema.name, a.name));
      FACULA_TRY(Value v, check(schema, a, i, std::move(args[i])));
      out.push_back(std::move(v));
      continue;
    }
    std::size_t k = 0;
    while (k < kwargs.size() && kwargs[k].first != a.name) ++k;
    if (k < kwargs.size()) {
      used[k] = true;
      FACULA_TRY(Value v, check(schema, a, i, std::move(kwargs[k].second)));
      out.push_back(std::move(v));
    } else if (a.default_value) {
      // A default list or dict must not be shared between calls.
      out.push_back(a.default_value->is_list() ? Value(make_ref<ListBox>(a.default_value->list())) : *a.default_value);
    } else {
      return declared(schema, fmt("{}() is missing value for argument '{}'.", schema.name, a.name));
    }
  }
  for (std::size_t k = 0; k < kwargs.size(); ++k)
    if (!used[k])
      return declared(schema, fmt("Unknown keyword argument '{}' for operator '{}'.", kwargs[k].first, schema.name));
  return out;
}

}  // namespace fac
