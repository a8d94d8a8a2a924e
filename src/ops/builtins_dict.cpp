// Methods and operators of dictionaries. One row per key type, as PyTorch has it; one function serves all.
#include "ops/op.h"
#include "value/print.h"

namespace fac::ops {
namespace {

using Int = std::int64_t;

ErrorPtr missing(const Value& key) { return error(ErrorKind::kKey, "KeyError: {}", value_text(key)); }

Value copy_of(const DictBox& d) {
  auto out = make_ref<DictBox>(d.key_type(), d.value_type());
  d.for_each([&](const Value& k, const Value& v) { out->set(k, v); });
  return Value(std::move(out));
}
Value pair_of(const Value& key, const Value& value) {
  return Value(make_ref<TupleBox>(std::vector<Value>{key, value}));
}

Result<Int> length(const Value& d) { return static_cast<Int>(d.dict().size()); }
Result<bool> contains(const Value& d, const Value& key) { return d.dict().find(key) != nullptr; }
Result<Value> item(const Value& d, const Value& key) {
  const Value* v = d.dict().find(key);
  if (!v) return missing(key);
  return *v;
}
Result<Value> get(const Value& d, const Value& key) {
  const Value* v = d.dict().find(key);
  return v ? *v : Value();
}
Result<Value> get_default(const Value& d, const Value& key, const Value& fallback) {
  const Value* v = d.dict().find(key);
  return v ? *v : fallback;
}
Result<Value> set_default(const Value& d, const Value& key, const Value& fallback) {
  if (const Value* v = d.dict().find(key)) return *v;
  d.dict().set(key, fallback);
  return fallback;
}
Status set_item(const Value& d, const Value& key, const Value& value) {
  d.dict().set(key, value);
  return {};
}
Result<Value> pop(const Value& d, const Value& key) {
  const Value* found = d.dict().find(key);
  if (!found) return missing(key);
  Value v = *found;
  d.dict().erase(key);
  return v;
}
Result<Value> pop_default(const Value& d, const Value& key, const Value& fallback) {
  return d.dict().find(key) ? pop(d, key) : Result<Value>(fallback);
}
Status delete_item(const Value& d, const Value& key) {
  if (!d.dict().erase(key)) return missing(key);
  return {};
}
// The oldest entry, as libtorch does it (Python takes the youngest).
Result<Value> pop_item(const Value& d) {
  FACULA_CHECK_KIND(d.dict().size() != 0, kKey, "popitem(): dictionary is empty");
  const auto [key, value] = d.dict().items().front();
  d.dict().erase(key);
  return pair_of(key, value);
}
Status clear(const Value& d) {
  d.dict().clear();
  return {};
}
Status update(const Value& d, const Value& other) {
  for (auto& [key, value] : other.dict().items()) d.dict().set(key, value);
  return {};
}
Result<Value> copy(const Value& d) { return copy_of(d.dict()); }
Result<Value> keys(const Value& d) {
  auto out = make_ref<ListBox>(d.dict().key_type());
  d.dict().for_each([&](const Value& k, const Value&) { out->append(k); });
  return Value(std::move(out));
}
Result<Value> values(const Value& d) {
  auto out = make_ref<ListBox>(d.dict().value_type());
  d.dict().for_each([&](const Value&, const Value& v) { out->append(v); });
  return Value(std::move(out));
}
Result<Value> items(const Value& d) {
  auto out = make_ref<ListBox>(types::tuple({d.dict().key_type(), d.dict().value_type()}));
  d.dict().for_each([&](const Value& k, const Value& v) { out->append(pair_of(k, v)); });
  return Value(std::move(out));
}
Result<Value> from_pairs(const Value& pairs) {
  const TypePtr pair = pairs.list().element_type();
  const bool known = pair->kind() == TypeKind::kTuple && pair->elements().size() == 2;
  auto out = make_ref<DictBox>(known ? pair->element(0) : types::any(), known ? pair->element(1) : types::any());
  for (const auto& p : pairs.list().values()) out->set(p.tuple().values[0], p.tuple().values[1]);
  return Value(std::move(out));
}
Result<Value> empty_dict() { return Value(make_ref<DictBox>(types::str(), types::tensor())); }

constexpr Op kDict[] = {
    row<length>("aten::len.Dict_str(Dict(str, t) self) -> int"),
    row<length>("aten::len.Dict_int(Dict(int, t) self) -> int"),
    row<length>("aten::len.Dict_bool(Dict(bool, t) self) -> int"),
    row<length>("aten::len.Dict_float(Dict(float, t) self) -> int"),
    row<length>("aten::len.Dict_complex(Dict(complex, t) self) -> int"),
    row<length>("aten::len.Dict_Tensor(Dict(Tensor, t) self) -> int"),
    row<contains>("aten::__contains__.str(Dict(str, t) dict, str key) -> bool"),
    row<contains>("aten::__contains__.int(Dict(int, t) dict, int key) -> bool"),
    row<contains>("aten::__contains__.bool(Dict(bool, t) dict, bool key) -> bool"),
    row<contains>("aten::__contains__.float(Dict(float, t) dict, float key) -> bool"),
    row<contains>("aten::__contains__.complex(Dict(complex, t) dict, complex key) -> bool"),
    row<contains>("aten::__contains__.Tensor(Dict(Tensor, t) dict, Tensor key) -> bool"),
    row<item>("aten::__getitem__.Dict_str(Dict(str, t) self, str key) -> t(*)"),
    row<item>("aten::__getitem__.Dict_int(Dict(int, t) self, int key) -> t(*)"),
    row<item>("aten::__getitem__.Dict_bool(Dict(bool, t) self, bool key) -> t(*)"),
    row<item>("aten::__getitem__.Dict_float(Dict(float, t) self, float key) -> t(*)"),
    row<item>("aten::__getitem__.Dict_complex(Dict(complex, t) self, complex key) -> t(*)"),
    row<item>("aten::__getitem__.Dict_Tensor(Dict(Tensor, t) self, Tensor key) -> t(*)"),
    row<get>("aten::get.str(Dict(str, t) self, str key) -> t(*)?"),
    row<get>("aten::get.int(Dict(int, t) self, int key) -> t(*)?"),
    row<get>("aten::get.bool(Dict(bool, t) self, bool key) -> t(*)?"),
    row<get>("aten::get.float(Dict(float, t) self, float key) -> t(*)?"),
    row<get>("aten::get.complex(Dict(complex, t) self, complex key) -> t(*)?"),
    row<get>("aten::get.Tensor(Dict(Tensor, t) self, Tensor key) -> t(*)?"),
    row<get_default>("aten::get.default_str(Dict(str, t) self, str key, t default_value) -> t(*)"),
    row<get_default>("aten::get.default_int(Dict(int, t) self, int key, t default_value) -> t(*)"),
    row<get_default>("aten::get.default_bool(Dict(bool, t) self, bool key, t default_value) -> t(*)"),
    row<get_default>("aten::get.default_float(Dict(float, t) self, float key, t default_value) -> t(*)"),
    row<get_default>("aten::get.default_complex(Dict(complex, t) self, complex key, t default_value) -> t(*)"),
    row<get_default>("aten::get.default_Tensor(Dict(Tensor, t) self, Tensor key, t default_value) -> t(*)"),
    row<set_default>("aten::setdefault.str(Dict(str, t)(a!) self, str(b -> *) key, t(c -> *) default_value) -> t(*)"),
    row<set_default>("aten::setdefault.int(Dict(int, t)(a!) self, int(b -> *) key, t(c -> *) default_value) -> t(*)"),
    row<set_default>("aten::setdefault.bool(Dict(bool, t)(a!) self, bool(b -> *) key, t(c -> *) default_value) -> t(*)"),
    row<set_default>("aten::setdefault.float(Dict(float, t)(a!) self, float(b -> *) key, t(c -> *) default_value) -> t(*)"),
    row<set_default>("aten::setdefault.complex(Dict(complex, t)(a!) self, complex(b -> *) key, t(c -> *) default_value) -> t(*)"),
    row<set_default>("aten::setdefault.Tensor(Dict(Tensor, t)(a!) self, Tensor(b -> *) key, t(c -> *) default_value) -> t(*)"),
    row<set_item>("aten::_set_item.str(Dict(str, t)(a!) l, str(b -> *) idx, t(c -> *) v) -> ()"),
    row<set_item>("aten::_set_item.int(Dict(int, t)(a!) l, int(b -> *) idx, t(c -> *) v) -> ()"),
    row<set_item>("aten::_set_item.bool(Dict(bool, t)(a!) l, bool(b -> *) idx, t(c -> *) v) -> ()"),
    row<set_item>("aten::_set_item.float(Dict(float, t)(a!) l, float(b -> *) idx, t(c -> *) v) -> ()"),
    row<set_item>("aten::_set_item.complex(Dict(complex, t)(a!) l, complex(b -> *) idx, t(c -> *) v) -> ()"),
    row<set_item>("aten::_set_item.Tensor(Dict(Tensor, t)(a!) l, Tensor(b -> *) idx, t(c -> *) v) -> ()"),
    row<pop>("aten::pop.Dict_str(Dict(str, t)(a!) self, str key) -> t(*)"),
    row<pop>("aten::pop.Dict_int(Dict(int, t)(a!) self, int key) -> t(*)"),
    row<pop>("aten::pop.Dict_bool(Dict(bool, t)(a!) self, bool key) -> t(*)"),
    row<pop>("aten::pop.Dict_float(Dict(float, t)(a!) self, float key) -> t(*)"),
    row<pop>("aten::pop.Dict_complex(Dict(complex, t)(a!) self, complex key) -> t(*)"),
    row<pop>("aten::pop.Dict_Tensor(Dict(Tensor, t)(a!) self, Tensor key) -> t(*)"),
    row<pop_default>("aten::pop.Dict_default_str(Dict(str, t)(a!) self, str key, t default_value) -> t(*)"),
    row<pop_default>("aten::pop.Dict_default_int(Dict(int, t)(a!) self, int key, t default_value) -> t(*)"),
    row<pop_default>("aten::pop.Dict_default_bool(Dict(bool, t)(a!) self, bool key, t default_value) -> t(*)"),
    row<pop_default>("aten::pop.Dict_default_float(Dict(float, t)(a!) self, float key, t default_value) -> t(*)"),
    row<pop_default>("aten::pop.Dict_default_complex(Dict(complex, t)(a!) self, complex key, t default_value) -> t(*)"),
    row<pop_default>("aten::pop.Dict_default_Tensor(Dict(Tensor, t)(a!) self, Tensor key, t default_value) -> t(*)"),
    row<delete_item>("aten::Delete.Dict_str(Dict(str, t)(a!) self, str key) -> ()"),
    row<delete_item>("aten::Delete.Dict_int(Dict(int, t)(a!) self, int key) -> ()"),
    row<delete_item>("aten::Delete.Dict_bool(Dict(bool, t)(a!) self, bool key) -> ()"),
    row<delete_item>("aten::Delete.Dict_float(Dict(float, t)(a!) self, float key) -> ()"),
    row<delete_item>("aten::Delete.Dict_complex(Dict(complex, t)(a!) self, complex key) -> ()"),
    row<delete_item>("aten::Delete.Dict_Tensor(Dict(Tensor, t)(a!) self, Tensor key) -> ()"),
    row<pop_item>("aten::popitem.str(Dict(str, t)(a!) self) -> ((str, t))"),
    row<pop_item>("aten::popitem.int(Dict(int, t)(a!) self) -> ((int, t))"),
    row<pop_item>("aten::popitem.bool(Dict(bool, t)(a!) self) -> ((bool, t))"),
    row<pop_item>("aten::popitem.float(Dict(float, t)(a!) self) -> ((float, t))"),
    row<pop_item>("aten::popitem.complex(Dict(complex, t)(a!) self) -> ((complex, t))"),
    row<pop_item>("aten::popitem.Tensor(Dict(Tensor, t)(a!) self) -> ((Tensor, t))"),
    row<clear>("aten::clear.str(Dict(str, t)(a!) self) -> ()"),
    row<clear>("aten::clear.int(Dict(int, t)(a!) self) -> ()"),
    row<clear>("aten::clear.bool(Dict(bool, t)(a!) self) -> ()"),
    row<clear>("aten::clear.float(Dict(float, t)(a!) self) -> ()"),
    row<clear>("aten::clear.complex(Dict(complex, t)(a!) self) -> ()"),
    row<clear>("aten::clear.Tensor(Dict(Tensor, t)(a!) self) -> ()"),
    row<update>("aten::update.str(Dict(str, t)(a!) self, Dict(str, t)(a!) to_add) -> ()"),
    row<update>("aten::update.int(Dict(int, t)(a!) self, Dict(int, t)(a!) to_add) -> ()"),
    row<update>("aten::update.bool(Dict(bool, t)(a!) self, Dict(bool, t)(a!) to_add) -> ()"),
    row<update>("aten::update.float(Dict(float, t)(a!) self, Dict(float, t)(a!) to_add) -> ()"),
    row<update>("aten::update.complex(Dict(complex, t)(a!) self, Dict(complex, t)(a!) to_add) -> ()"),
    row<update>("aten::update.Tensor(Dict(Tensor, t)(a!) self, Dict(Tensor, t)(a!) to_add) -> ()"),
    row<copy>("aten::copy.Dict_str(Dict(str, t)(a) self) -> Dict(str, t)"),
    row<copy>("aten::copy.Dict_int(Dict(int, t)(a) self) -> Dict(int, t)"),
    row<copy>("aten::copy.Dict_bool(Dict(bool, t)(a) self) -> Dict(bool, t)"),
    row<copy>("aten::copy.Dict_float(Dict(float, t)(a) self) -> Dict(float, t)"),
    row<copy>("aten::copy.Dict_complex(Dict(complex, t)(a) self) -> Dict(complex, t)"),
    row<copy>("aten::copy.Dict_Tensor(Dict(Tensor, t)(a) self) -> Dict(Tensor, t)"),
    row<keys>("aten::keys.str(Dict(str, t) self) -> str[](*)"),
    row<keys>("aten::keys.int(Dict(int, t) self) -> int[](*)"),
    row<keys>("aten::keys.bool(Dict(bool, t) self) -> bool[](*)"),
    row<keys>("aten::keys.float(Dict(float, t) self) -> float[](*)"),
    row<keys>("aten::keys.complex(Dict(complex, t) self) -> complex[](*)"),
    row<keys>("aten::keys.Tensor(Dict(Tensor, t) self) -> Tensor[](*)"),
    row<values>("aten::values.str(Dict(str, t) self) -> t[](*)"),
    row<values>("aten::values.int(Dict(int, t) self) -> t[](*)"),
    row<values>("aten::values.bool(Dict(bool, t) self) -> t[](*)"),
    row<values>("aten::values.float(Dict(float, t) self) -> t[](*)"),
    row<values>("aten::values.complex(Dict(complex, t) self) -> t[](*)"),
    row<values>("aten::values.Tensor(Dict(Tensor, t) self) -> t[](*)"),
    row<items>("aten::items.str(Dict(str, t) self) -> ((str, t)[])"),
    row<items>("aten::items.int(Dict(int, t) self) -> ((int, t)[])"),
    row<items>("aten::items.bool(Dict(bool, t) self) -> ((bool, t)[])"),
    row<items>("aten::items.float(Dict(float, t) self) -> ((float, t)[])"),
    row<items>("aten::items.complex(Dict(complex, t) self) -> ((complex, t)[])"),
    row<items>("aten::items.Tensor(Dict(Tensor, t) self) -> ((Tensor, t)[])"),
    row<from_pairs>("aten::dict.str((str, tVal)[] inputs) -> Dict(str, tVal)"),
    row<from_pairs>("aten::dict.int((int, tVal)[] inputs) -> Dict(int, tVal)"),
    row<from_pairs>("aten::dict.bool((bool, tVal)[] inputs) -> Dict(bool, tVal)"),
    row<from_pairs>("aten::dict.float((float, tVal)[] inputs) -> Dict(float, tVal)"),
    row<from_pairs>("aten::dict.complex((complex, tVal)[] inputs) -> Dict(complex, tVal)"),
    row<from_pairs>("aten::dict.Tensor((Tensor, tVal)[] inputs) -> Dict(Tensor, tVal)"),
    row<copy>("aten::dict.Dict_str(Dict(str, t)(a) self) -> Dict(str, t)"),
    row<copy>("aten::dict.Dict_int(Dict(int, t)(a) self) -> Dict(int, t)"),
    row<copy>("aten::dict.Dict_bool(Dict(bool, t)(a) self) -> Dict(bool, t)"),
    row<copy>("aten::dict.Dict_float(Dict(float, t)(a) self) -> Dict(float, t)"),
    row<copy>("aten::dict.Dict_complex(Dict(complex, t)(a) self) -> Dict(complex, t)"),
    row<copy>("aten::dict.Dict_Tensor(Dict(Tensor, t)(a) self) -> Dict(Tensor, t)"),
    row<empty_dict>("aten::dict() -> Dict(str, Tensor)"),
};

}  // namespace

}  // namespace fac::ops

namespace fac {
FACULA_FAMILY(builtins_dict, ops::kDict)
}
