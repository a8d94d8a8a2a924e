// Lists whose length is known only when the program runs, spread among items: `[*xs, 1]`, `x.view(*sizes, -1)`,
// `first, *rest = xs`, `{**d, "a": 1}`. Everyday dialect; TorchScript spreads tuples only.
#include <algorithm>

#include "frontend/nn/everyday.h"
#include "frontend/script/emitter.h"

namespace fac::script {
namespace {

constexpr Diag<std::string_view, std::string_view> kElement{"splat-type", "a list of {} cannot be spread among items of type {}"};
constexpr Diag<std::string_view, std::string_view> kDictType{"dict-splat", "a dict of type {} cannot be spread into one of type {}"};

}  // namespace

bool Emitter::is_list_like(const MeaningPtr& m) const {
  if (!m) return false;
  if (const ValueId v = plain_value(m)) return type(v)->kind() == TypeKind::kList || type(v)->kind() == TypeKind::kDict;
  return m->kind() == "range";
}

// items: values, or (second: true) lists of them.
ValueId Emitter::splat_list(const std::vector<std::pair<ValueId, bool>>& items, const TypePtr& wanted, Range at) {
  TypePtr element = wanted;
  for (const auto& [v, is_list] : items) {
    if (!v) return {};
    const TypePtr t = is_list ? type(v)->element() : type(v);
    if (wanted || (is_list && is_open(v))) continue;
    element = element ? join_types(element, t) : t;
    if (!element) {
      error(at, kElement, t->annotation(), type(items[0].first)->annotation());
      return {};
    }
  }
  if (!element) element = types::tensor();
  ValueId out;
  std::vector<ValueId> run;
  const auto put = [&](ValueId list) { out = out ? call_operator("aten::add", {out, list}, at) : list; };
  const auto flush = [&] {
    if (!run.empty()) put(make_list(element, std::exchange(run, {}), at));
  };
  for (const auto& [v, is_list] : items) {
    if (!is_list) {
      run.push_back(coerce(v, element, at));
      continue;
    }
    flush();
    const TypePtr want = types::list(element);
    if (is_open(v)) settle(v, want);
    else if (!same(type(v), want)) {
      error(at, kElement, type(v)->element()->annotation(), element->annotation());
      return {};
    }
    put(items.size() == 1 ? call_operator("aten::list", {v}, at) : v);  // [*xs] is a new list
  }
  flush();
  return out;
}

// f(a, *xs, b): the arguments of the lists' element type around them become one list, as sizes and dimensions are given.
void Emitter::merge_splats(std::vector<CallArg>& positional, std::vector<std::size_t> splats) {
  const auto element = [&](std::size_t i) { return positional[i].value ? type(positional[i].value)->element() : nullptr; };
  const TypePtr want = element(splats[0]);
  if (!want) return;
  const auto is_splat = [&](std::size_t i) { return std::find(splats.begin(), splats.end(), i) != splats.end(); };
  const auto joins = [&](std::size_t i) {
    if (!positional[i].value) return false;
    return is_splat(i) ? same(element(i), want) : same(type(positional[i].value), want);
  };
  std::size_t first = splats[0], last = splats[0] + 1;
  while (first > 0 && joins(first - 1)) --first;
  while (last < positional.size() && joins(last)) ++last;
  std::vector<std::pair<ValueId, bool>> items;
  for (std::size_t i = first; i < last; ++i) items.emplace_back(positional[i].value, is_splat(i));
  const Range at = positional[splats[0]].range;
  const ValueId merged = items.size() == 1 ? items[0].first : splat_list(items, nullptr, at);
  positional[first] = {at, {}, merged};
  positional.erase(positional.begin() + static_cast<std::ptrdiff_t>(first) + 1, positional.begin() + static_cast<std::ptrdiff_t>(last));
}

// The first `before` elements, the list between, the last `after` elements.
std::optional<std::vector<MeaningPtr>> Emitter::split_list(ValueId list, std::size_t before, std::size_t after, Range at) {
  const auto number = [&](std::size_t n) { return constant(Value(static_cast<std::int64_t>(n)), at); };
  const ValueId length = call_operator("aten::len", {list}, at);
  if (before + after > 0) when(
      call_operator("aten::lt", {length, number(before + after)}, at),
      [&] {
        call_operator("prim::RaiseException",
                      {constant(Value("not enough values to unpack (expected at least " + std::to_string(before + after) + ")"), at),
                       constant(Value("builtins.ValueError"), at)},
                      at);
        return Flow::kFalls;
      },
      at);
  std::vector<MeaningPtr> out;
  for (std::size_t i = 0; i < before; ++i) out.push_back(value_meaning(call_operator("aten::__getitem__", {list, number(i)}, at)));
  const ValueId end = after > 0 ? call_operator("aten::sub", {length, number(after)}, at) : length;
  out.push_back(value_meaning(call_operator("aten::slice", {list, number(before), end, number(1)}, at)));
  for (std::size_t i = 0; i < after; ++i) {
    const ValueId index = call_operator("aten::sub", {length, number(after - i)}, at);
    out.push_back(value_meaning(call_operator("aten::__getitem__", {list, index}, at)));
  }
  return out;
}

// {**d, "z": 9}
ValueId Emitter::splat_dict(const Dict& e, const TypePtr& wanted) {
  TypePtr key = wanted ? wanted->element(0) : nullptr, value = wanted ? wanted->element(1) : nullptr;
  std::vector<std::pair<ValueId, ValueId>> parts;  // a dict, or a key and its value
  for (const DictItem& item : e.items) {
    const ValueId k = item.key ? expression(*item.key, wanted ? key : nullptr) : ValueId{};
    const ValueId v = expression(*item.value, item.key && wanted ? value : nullptr);
    if (!v || (item.key && !k)) return {};
    if (!item.key && type(v)->kind() != TypeKind::kDict) {
      error(item.value->range, kDictType, type(v)->annotation(), "dict");
      return {};
    }
    parts.emplace_back(k, v);
    if (wanted || (!item.key && is_open(v))) continue;
    const TypePtr tk = item.key ? type(k) : type(v)->element(0), tv = item.key ? type(v) : type(v)->element(1);
    const TypePtr both_keys = key ? join_types(key, tk) : tk, both_values = value ? join_types(value, tv) : tv;
    if (!both_keys || !both_values) {
      error(item.value->range, kDictType, types::dict(tk, tv)->annotation(), types::dict(key, value)->annotation());
      return {};
    }
    key = both_keys;
    value = both_values;
  }
  if (!key) key = types::str(), value = types::tensor();
  const TypePtr made = types::dict(key, value);
  const ValueId out = emit("prim::DictConstruct", {}, made, e.range);
  for (const auto& [k, v] : parts) {
    if (k) {
      call_operator("aten::_set_item", {out, coerce(k, key, e.range), coerce(v, value, e.range)}, e.range);
      continue;
    }
    if (is_open(v)) settle(v, made);
    else if (!same(type(v), made)) {
      error(e.range, kDictType, type(v)->annotation(), made->annotation());
      return {};
    }
    call_operator("aten::update", {out, v}, e.range);
  }
  return out;
}

}  // namespace fac::script
