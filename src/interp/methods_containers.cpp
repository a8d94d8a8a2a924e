// The methods of list, tuple, dict, set.
#include <algorithm>

#include "interp/install.h"

namespace fac::interp {

Status sort_values(Interp& in, std::vector<Value>& items, const Value* key, bool reverse);

namespace {

using R = Result<Value>;

Result<Seq*> seq(Interp& in, const Args& a, std::string_view name) {
  Seq* s = a.pos.empty() ? nullptr : as<Seq>(in.plain(a.pos[0]));
  if (!s) return in.raise("TypeError", "descriptor '{}' needs a list", name);
  return s;
}
Result<Dict*> table(Interp& in, const Args& a, std::string_view name) {
  Dict* d = a.pos.empty() ? nullptr : as<Dict>(in.plain(a.pos[0]));
  if (!d) return in.raise("TypeError", "descriptor '{}' needs a dict or a set", name);
  return d;
}
ErrorPtr key_error(Interp& in, const Value& key) {
  Value e = in.instance_of(in.builtin_class("KeyError"));
  in.set_attr_raw(*object(e), "args", in.tuple({key}));
  return in.raise_object(std::move(e));
}

Result<std::size_t> find_in(Interp& in, const Seq& s, const Value& v) {
  for (std::size_t i = 0; i < s.items.size(); ++i) {
    FACULA_TRY(const bool same, in.same_key(Value(s.items[i]), v));
    if (same) return i;
  }
  return s.items.size();
}

constexpr MethodRow kList[] = {
    {"append", [](Interp& in, Args& a) -> R {
       FACULA_TRY(Seq* s, seq(in, a, "append"));
       FACULA_TRY_VOID(expect_count(in, a, 2, 2, "append"));
       FACULA_TRY_VOID(in.charge(sizeof(Value)));
       s->items.push_back(a.pos[1]);
       return Value();
     }},
    {"extend", [](Interp& in, Args& a) -> R {
       FACULA_TRY(Seq* s, seq(in, a, "extend"));
       FACULA_TRY_VOID(expect_count(in, a, 2, 2, "extend"));
       FACULA_TRY(auto more, in.gather(a.pos[1]));
       FACULA_TRY_VOID(in.charge(more.size() * sizeof(Value)));
       s->items.insert(s->items.end(), more.begin(), more.end());
       return Value();
     }},
    {"insert", [](Interp& in, Args& a) -> R {
       FACULA_TRY(Seq* s, seq(in, a, "insert"));
       FACULA_TRY_VOID(expect_count(in, a, 3, 3, "insert"));
       FACULA_TRY(std::int64_t i, in.index(a.pos[1]));
       const auto n = static_cast<std::int64_t>(s->items.size());
       if (i < 0) i = std::max<std::int64_t>(0, i + n);
       FACULA_TRY_VOID(in.charge(sizeof(Value)));
       s->items.insert(s->items.begin() + std::min(i, n), a.pos[2]);
       return Value();
     }},
    {"pop", [](Interp& in, Args& a) -> R {
       FACULA_TRY(Seq* s, seq(in, a, "pop"));
       std::int64_t i = -1;
       if (a.pos.size() > 1) {
         FACULA_TRY(i, in.index(a.pos[1]));
       }
       const auto n = static_cast<std::int64_t>(s->items.size());
       if (n == 0) return in.raise("IndexError", "pop from empty list");
       if (i < 0) i += n;
       if (i < 0 || i >= n) return in.raise("IndexError", "pop index out of range");
       Value v = s->items[static_cast<std::size_t>(i)];
       s->items.erase(s->items.begin() + i);
       return v;
     }},
    {"remove", [](Interp& in, Args& a) -> R {
       FACULA_TRY(Seq* s, seq(in, a, "remove"));
       FACULA_TRY_VOID(expect_count(in, a, 2, 2, "remove"));
       FACULA_TRY(const std::size_t i, find_in(in, *s, a.pos[1]));
       if (i >= s->items.size()) return in.raise("ValueError", "list.remove(x): x not in list");
       s->items.erase(s->items.begin() + static_cast<std::ptrdiff_t>(i));
       return Value();
     }},
    {"clear", [](Interp& in, Args& a) -> R {
       FACULA_TRY(Seq* s, seq(in, a, "clear"));
       bury(s->items);
       return Value();
     }},
    {"copy", [](Interp& in, Args& a) -> R {
       FACULA_TRY(Seq* s, seq(in, a, "copy"));
       FACULA_TRY_VOID(in.charge(s->items.size() * sizeof(Value)));
       return in.list(s->items);
     }},
    {"reverse", [](Interp& in, Args& a) -> R {
       FACULA_TRY(Seq* s, seq(in, a, "reverse"));
       std::reverse(s->items.begin(), s->items.end());
       return Value();
     }},
    {"sort", [](Interp& in, Args& a) -> R {
       FACULA_TRY(Seq* s, seq(in, a, "sort"));
       bool reverse = false;
       if (const Value* r = arg(a, 99, "reverse")) {
         FACULA_TRY(reverse, in.truth(*r));
       }
       std::vector<Value> items = s->items;
       FACULA_TRY_VOID(sort_values(in, items, arg(a, 99, "key"), reverse));
       s->items = std::move(items);
       return Value();
     }},
};
constexpr MethodRow kSequence[] = {  // list and tuple
    {"index", [](Interp& in, Args& a) -> R {
       FACULA_TRY(Seq* s, seq(in, a, "index"));
       FACULA_TRY_VOID(expect_count(in, a, 2, 4, "index"));
       FACULA_TRY(const std::size_t i, find_in(in, *s, a.pos[1]));
       if (i >= s->items.size()) {
         FACULA_TRY(const std::string r, in.repr(a.pos[1]));
         return in.raise("ValueError", "{} is not in {}", r, s->kind == Kind::kList ? "list" : "tuple");
       }
       return Value(static_cast<std::int64_t>(i));
     }},
    {"count", [](Interp& in, Args& a) -> R {
       FACULA_TRY(Seq* s, seq(in, a, "count"));
       FACULA_TRY_VOID(expect_count(in, a, 2, 2, "count"));
       std::int64_t n = 0;
       for (std::size_t i = 0; i < s->items.size(); ++i) {
         FACULA_TRY(const bool same, in.same_key(Value(s->items[i]), a.pos[1]));
         n += same;
       }
       return Value(n);
     }},
    {"__len__", [](Interp& in, Args& a) -> R {
       FACULA_TRY(Seq* s, seq(in, a, "__len__"));
       return Value(static_cast<std::int64_t>(s->items.size()));
     }},
};

// Pairs or a mapping, as dict() and update() take them.
Status fill(Interp& in, Dict& d, const Value& from) {
  if (Dict* other = as<Dict>(in.plain(from)); other && other->kind == Kind::kDict) {
    for (auto& [k, v] : other->items()) FACULA_TRY_VOID(d.set(in, k, v));
    return {};
  }
  FACULA_TRY(const auto keys, in.find_attr(from, "keys"));
  if (keys && !as<Inert>(from)) {
    FACULA_TRY(const Value all, in.call(*keys, std::vector<Value>{}));
    FACULA_TRY(const auto names, in.gather(all));
    for (const Value& k : names) {
      FACULA_TRY(Value v, in.get_item(from, k));
      FACULA_TRY_VOID(d.set(in, k, std::move(v)));
    }
    return {};
  }
  FACULA_TRY(const auto pairs, in.gather(from));
  for (const Value& pair : pairs) {
    FACULA_TRY(const auto two, in.gather(pair));
    if (two.size() != 2) return in.raise("ValueError", "dictionary update sequence element has length {}; 2 is required", two.size());
    FACULA_TRY_VOID(in.charge(64));
    FACULA_TRY_VOID(d.set(in, two[0], two[1]));
  }
  return {};
}

R update(Interp& in, Args& a) {
  FACULA_TRY(Dict* d, table(in, a, "update"));
  const Ref<Dict> keep(d);
  if (d->kind == Kind::kSet) {
    for (std::size_t i = 1; i < a.pos.size(); ++i) {
      FACULA_TRY(const auto items, in.gather(a.pos[i]));
      for (const Value& v : items) FACULA_TRY_VOID(d->set(in, v, Value()));
    }
    return Value();
  }
  if (a.pos.size() > 1) FACULA_TRY_VOID(fill(in, *d, a.pos[1]));
  for (auto& [k, v] : a.kw) d->set(k, v);
  return Value();
}

enum class View { kKeys, kValues, kItems };
R view(Interp& in, Args& a, View what) {
  FACULA_TRY(Dict* d, table(in, a, "items"));
  std::vector<Value> out;
  FACULA_TRY_VOID(in.charge(d->size() * sizeof(Value)));
  if (what == View::kKeys) {  // a set: keys() takes part in set operations
    Ref<Dict> keys = in.set();
    for (auto& [k, v] : d->items()) FACULA_TRY_VOID(keys->set(in, k, Value()));
    keys->cls = Ref<Class>(in.builtin_class("dict_keys"));
    return value_of(keys);
  }
  for (auto& [k, v] : d->items()) out.push_back(what == View::kValues ? v : in.tuple({k, v}));
  return in.list(std::move(out));
}

constexpr MethodRow kDict[] = {
    {"get", [](Interp& in, Args& a) -> R {
       FACULA_TRY(Dict* d, table(in, a, "get"));
       FACULA_TRY_VOID(expect_count(in, a, 2, 3, "get"));
       FACULA_TRY(const Value* v, d->find(in, a.pos[1]));
       if (v) return *v;
       const Value* otherwise = arg(a, 2, "default");
       return otherwise ? *otherwise : Value();
     }},
    {"keys", [](Interp& in, Args& a) -> R { return view(in, a, View::kKeys); }},
    {"values", [](Interp& in, Args& a) -> R { return view(in, a, View::kValues); }},
    {"items", [](Interp& in, Args& a) -> R { return view(in, a, View::kItems); }},
    {"update", update},
    {"setdefault", [](Interp& in, Args& a) -> R {
       FACULA_TRY(Dict* d, table(in, a, "setdefault"));
       FACULA_TRY_VOID(expect_count(in, a, 2, 3, "setdefault"));
       FACULA_TRY(const Value* v, d->find(in, a.pos[1]));
       if (v) return *v;
       Value fresh = a.pos.size() > 2 ? a.pos[2] : Value();
       FACULA_TRY_VOID(d->set(in, a.pos[1], fresh));
       return fresh;
     }},
    {"pop", [](Interp& in, Args& a) -> R {
       FACULA_TRY(Dict* d, table(in, a, "pop"));
       FACULA_TRY_VOID(expect_count(in, a, 2, 3, "pop"));
       FACULA_TRY(const Value* v, d->find(in, a.pos[1]));
       if (!v) {
         if (a.pos.size() > 2) return a.pos[2];
         return key_error(in, a.pos[1]);
       }
       Value out = *v;
       FACULA_TRY(const bool gone, d->erase(in, a.pos[1]));
       (void)gone;
       return out;
     }},
    {"popitem", [](Interp& in, Args& a) -> R {
       FACULA_TRY(Dict* d, table(in, a, "popitem"));
       auto items = d->items();
       if (items.empty()) return in.raise("KeyError", "popitem(): dictionary is empty");
       FACULA_TRY(const bool gone, d->erase(in, items.back().first));
       (void)gone;
       return in.tuple({items.back().first, items.back().second});
     }},
    {"clear", [](Interp& in, Args& a) -> R {
       FACULA_TRY(Dict* d, table(in, a, "clear"));
       d->drop();
       return Value();
     }},
    {"copy", [](Interp& in, Args& a) -> R {
       FACULA_TRY(Dict* d, table(in, a, "copy"));
       Ref<Dict> out = make_ref<Dict>(in.heap(), d->kind, d->cls.get());
       for (auto& [k, v] : d->items()) FACULA_TRY_VOID(out->set(in, k, v));
       return value_of(out);
     }},
    // What subclasses reach through super().
    {"__getitem__", [](Interp& in, Args& a) -> R {
       FACULA_TRY(Dict* d, table(in, a, "__getitem__"));
       FACULA_TRY_VOID(expect_count(in, a, 2, 2, "__getitem__"));
       FACULA_TRY(const Value* v, d->find(in, a.pos[1]));
       if (v) return *v;
       FACULA_TRY(auto missing, in.try_special(a.pos[0], "__missing__", {a.pos[1]}));
       if (missing) return std::move(*missing);
       return key_error(in, a.pos[1]);
     }},
    {"__setitem__", [](Interp& in, Args& a) -> R {
       FACULA_TRY(Dict* d, table(in, a, "__setitem__"));
       FACULA_TRY_VOID(expect_count(in, a, 3, 3, "__setitem__"));
       FACULA_TRY_VOID(d->set(in, a.pos[1], a.pos[2]));
       return Value();
     }},
    {"__delitem__", [](Interp& in, Args& a) -> R {
       FACULA_TRY(Dict* d, table(in, a, "__delitem__"));
       FACULA_TRY_VOID(expect_count(in, a, 2, 2, "__delitem__"));
       FACULA_TRY(const bool gone, d->erase(in, a.pos[1]));
       if (!gone) return key_error(in, a.pos[1]);
       return Value();
     }},
    {"__contains__", [](Interp& in, Args& a) -> R {
       FACULA_TRY(Dict* d, table(in, a, "__contains__"));
       FACULA_TRY_VOID(expect_count(in, a, 2, 2, "__contains__"));
       FACULA_TRY(const Value* v, d->find(in, a.pos[1]));
       return Value(v != nullptr);
     }},
    {"__init__", update},
};

R set_method(Interp& in, Args& a, script::BinaryOp op) {
  FACULA_TRY(Dict* d, table(in, a, "union"));
  Value out = value_of(Ref<Obj>(d));
  if (a.pos.size() == 1) {
    FACULA_TRY(const Value empty, Result<Value>(value_of(in.set())));
    return in.binary(script::BinaryOp::kBitOr, out, empty);
  }
  for (std::size_t i = 1; i < a.pos.size(); ++i) {
    Ref<Dict> other = in.set();
    FACULA_TRY(const auto items, in.gather(a.pos[i]));
    for (const Value& v : items) FACULA_TRY_VOID(other->set(in, v, Value()));
    FACULA_TRY(out, in.binary(op, out, value_of(other)));
  }
  return out;
}
R subset(Interp& in, Args& a, bool super) {
  FACULA_TRY(Dict* d, table(in, a, "issubset"));
  FACULA_TRY_VOID(expect_count(in, a, 2, 2, "issubset"));
  Ref<Dict> other = in.set();
  FACULA_TRY(const auto items, in.gather(a.pos[1]));
  for (const Value& v : items) FACULA_TRY_VOID(other->set(in, v, Value()));
  Dict &small = super ? *other : *d, &large = super ? *d : *other;
  for (const auto& [k, v] : small.items()) {
    FACULA_TRY(const Value* found, large.find(in, k));
    if (!found) return Value(false);
  }
  return Value(true);
}

constexpr MethodRow kSet[] = {
    {"add", [](Interp& in, Args& a) -> R {
       FACULA_TRY(Dict* d, table(in, a, "add"));
       FACULA_TRY_VOID(expect_count(in, a, 2, 2, "add"));
       FACULA_TRY_VOID(in.charge(64));
       FACULA_TRY_VOID(d->set(in, a.pos[1], Value()));
       return Value();
     }},
    {"discard", [](Interp& in, Args& a) -> R {
       FACULA_TRY(Dict* d, table(in, a, "discard"));
       FACULA_TRY_VOID(expect_count(in, a, 2, 2, "discard"));
       FACULA_TRY_VOID(d->erase(in, a.pos[1]));
       return Value();
     }},
    {"remove", [](Interp& in, Args& a) -> R {
       FACULA_TRY(Dict* d, table(in, a, "remove"));
       FACULA_TRY_VOID(expect_count(in, a, 2, 2, "remove"));
       FACULA_TRY(const bool gone, d->erase(in, a.pos[1]));
       if (!gone) return key_error(in, a.pos[1]);
       return Value();
     }},
    {"pop", [](Interp& in, Args& a) -> R {
       FACULA_TRY(Dict* d, table(in, a, "pop"));
       auto items = d->items();
       if (items.empty()) return in.raise("KeyError", "pop from an empty set");
       FACULA_TRY_VOID(d->erase(in, items[0].first));
       return items[0].first;
     }},
    {"update", update},
    {"clear", [](Interp& in, Args& a) -> R {
       FACULA_TRY(Dict* d, table(in, a, "clear"));
       d->drop();
       return Value();
     }},
    {"copy", [](Interp& in, Args& a) -> R { return set_method(in, a, script::BinaryOp::kBitOr); }},
    {"union", [](Interp& in, Args& a) -> R { return set_method(in, a, script::BinaryOp::kBitOr); }},
    {"intersection", [](Interp& in, Args& a) -> R { return set_method(in, a, script::BinaryOp::kBitAnd); }},
    {"difference", [](Interp& in, Args& a) -> R { return set_method(in, a, script::BinaryOp::kSub); }},
    {"symmetric_difference", [](Interp& in, Args& a) -> R { return set_method(in, a, script::BinaryOp::kBitXor); }},
    {"issubset", [](Interp& in, Args& a) -> R { return subset(in, a, false); }},
    {"issuperset", [](Interp& in, Args& a) -> R { return subset(in, a, true); }},
};

}  // namespace

Status fill_dict(Interp& in, Dict& d, const Value& from) { return fill(in, d, from); }

// Stable, with errors: a merge sort, since std::sort has no place for them.
Status sort_values(Interp& in, std::vector<Value>& items, const Value* key, bool reverse) {
  std::vector<std::pair<Value, Value>> work;
  for (const Value& v : items) {
    if (key && !key->is_none()) {
      FACULA_TRY(Value k, in.call(*key, std::vector<Value>{v}));
      work.emplace_back(std::move(k), v);
    } else {
      work.emplace_back(v, v);
    }
  }
  if (reverse) std::reverse(work.begin(), work.end());
  std::vector<std::pair<Value, Value>> spare(work.size());
  for (std::size_t width = 1; width < work.size(); width *= 2) {
    for (std::size_t lo = 0; lo < work.size(); lo += 2 * width) {
      const std::size_t mid = std::min(lo + width, work.size()), hi = std::min(lo + 2 * width, work.size());
      std::size_t a = lo, b = mid, to = lo;
      while (a < mid && b < hi) {
        FACULA_TRY(const bool right_first, in.less(work[b].first, work[a].first));
        spare[to++] = right_first ? work[b++] : work[a++];
      }
      while (a < mid) spare[to++] = work[a++];
      while (b < hi) spare[to++] = work[b++];
    }
    work.swap(spare);
  }
  if (reverse) std::reverse(work.begin(), work.end());
  for (std::size_t i = 0; i < items.size() && i < work.size(); ++i) items[i] = work[i].second;
  return {};
}

void install_container_methods(Interp& in) {
  Installer to(in);
  to.methods(in.known.list, kList);
  to.methods(in.known.list, kSequence);
  to.methods(in.known.tuple, kSequence);
  to.methods(in.known.dict, kDict);
  to.methods(in.known.set, kSet);
  to.methods(in.known.frozenset, kSet);
}

}  // namespace fac::interp
