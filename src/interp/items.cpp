// Subscripts, slices, lengths and iteration.
// Longer than most files: one case for each builtin container.
#include <algorithm>

#include "interp/interp.h"
#include "interp/utf8.h"

namespace fac::interp {

namespace {

struct Bounds {
  std::int64_t start = 0, step = 1, count = 0;
};

Result<Bounds> bounds_of(Interp& in, const SliceObj& s, std::int64_t length) {
  Bounds b;
  if (!s.step.is_none()) {
    FACULA_TRY(b.step, in.index(s.step));
    if (b.step == 0) return in.raise("ValueError", "slice step cannot be zero");
    b.step = std::max<std::int64_t>(b.step, -(std::int64_t{1} << 62));
  }
  const auto clip = [&](const Value& v, std::int64_t absent, bool is_stop) -> Result<std::int64_t> {
    (void)is_stop;
    if (v.is_none()) return absent;
    FACULA_TRY(std::int64_t i, in.index(v));
    if (i < 0) i = i < -length ? (b.step < 0 ? -1 : 0) : i + length;
    else if (i >= length) i = b.step < 0 ? length - 1 : length;
    return i;
  };
  FACULA_TRY(b.start, clip(s.start, b.step < 0 ? length - 1 : 0, false));
  FACULA_TRY(const std::int64_t stop, clip(s.stop, b.step < 0 ? -1 : length, true));
  if (b.step > 0 && b.start < stop) b.count = (stop - b.start - 1) / b.step + 1;
  if (b.step < 0 && b.start > stop) b.count = (b.start - stop - 1) / -b.step + 1;
  return b;
}

Result<std::size_t> position(Interp& in, const Value& index, std::size_t size, const char* what) {
  FACULA_TRY(std::int64_t i, in.index(index, what));
  const auto n = static_cast<std::int64_t>(size);
  if (i < 0) i += n;
  if (i < 0 || i >= n) return in.raise("IndexError", "{} index out of range", what);
  return static_cast<std::size_t>(i);
}

// x[int, slice, None, ..., bool tensor, list] of a tensor.
Result<Value> tensor_item(Interp& in, Value t, const Value& given) {
  std::vector<Value> indices{given};
  if (const Seq* s = as<Seq>(given); s && s->kind == Kind::kTuple) indices = s->items;
  const auto op = [&](std::string_view name, std::vector<Value> args) {
    Args a{std::move(args), {}};
    return in.call_operator(name, a);
  };
  std::int64_t specified = 0;
  for (const Value& i : indices)
    if (!i.is_none() && !i.is_same(in.ellipsis) && !i.is_bool()) ++specified;
  std::int64_t dim = 0;
  std::vector<Value> advanced;
  bool has_advanced = false;
  for (const Value& i : indices) {
    if (i.is_same(in.ellipsis)) {
      const std::int64_t skip = t.tensor().dim() - dim - specified;
      for (std::int64_t k = 0; k < skip; ++k) advanced.emplace_back();
      dim += std::max<std::int64_t>(skip, 0);
      continue;
    }
    if (i.is_none()) {
      FACULA_TRY(t, op("aten::unsqueeze", {t, Value(dim)}));
      advanced.emplace_back();
      ++dim;
      continue;
    }
    --specified;
    if (i.is_int()) {
      FACULA_TRY(t, op("aten::select", {t, Value(dim), i}));
      continue;
    }
    if (const SliceObj* s = as<SliceObj>(i)) {
      FACULA_TRY(t, op("aten::slice", {t, Value(dim), s->start, s->stop, s->step.is_none() ? Value(1) : s->step}));
      advanced.emplace_back();
      ++dim;
      continue;
    }
    Value index = i;
    if (as<Seq>(i)) {
      Args a{{i}, {}};
      FACULA_TRY(index, in.call_operator("aten::tensor", a));
    }
    if (!index.is_tensor()) return in.raise("TypeError", "a tensor cannot be indexed with '{}'", type_name(in, i));
    advanced.push_back(index);
    has_advanced = true;
    dim += index.tensor().dtype() == DType::kBool ? index.tensor().dim() : 1;
  }
  if (!has_advanced) return t;
  while (!advanced.empty() && advanced.back().is_none()) advanced.pop_back();
  return op("aten::index", {t, in.list(std::move(advanced))});
}

}  // namespace

Result<std::int64_t> Interp::index(const Value& given, std::string_view what) {
  const Value& v = plain(given);
  if (v.is_int() || v.is_bool()) return v.i();
  FACULA_TRY(const auto own, try_special(given, "__index__", {}));
  if (own && own->is_int()) return own->i();
  if (v.is_tensor() && v.tensor_impl()->numel == 1 && fac::is_integral(v.tensor().dtype(), true)) {
    Args args{{v}, {}};
    FACULA_TRY(const Value item, call_operator("aten::item", args));
    if (item.is_int()) return item.i();
  }
  if (!what.empty()) return raise("TypeError", "{} indices must be integers or slices, not {}", what, type_name(*this, given));
  return raise("TypeError", "'{}' object cannot be interpreted as an integer", type_name(*this, given));
}

Result<Value> Interp::get_item(const Value& v, const Value& index) {
  const Depth depth(*this);
  FACULA_TRY_VOID(depth.ok());
  if (Class* c = as<Class>(v)) {
    if (c->cls && c->cls.get() != known.type && c->cls->find("__getitem__")) {
      const Value f = *c->cls->find("__getitem__");
      FACULA_TRY(const Value bound, bind(f, v, c->cls.get()));
      return call(bound, std::vector<Value>{index});
    }
    if (const Value* hook = c->find("__class_getitem__")) {
      Value f = *hook;
      if (const auto* d = as<Descriptor>(f)) f = d->get;
      return call(f, std::vector<Value>{v, index});
    }
    // list[int], dict[str, int]: an annotation.
    if (const Ref<Module> typing = find_module("typing"))
      if (const Value* alias = typing->attrs->find("_alias_of_class")) return call(*alias, std::vector<Value>{v, index});
    return raise("TypeError", "type '{}' is not subscriptable", c->name);
  }
  if (const Inert* i = as<Inert>(v)) return inert(i->name + "[...]", i->why);
  FACULA_TRY(auto own, try_special(v, "__getitem__", {index}));
  if (own) return std::move(*own);
  const Value& p = plain(v);
  if (p.is_tensor()) return tensor_item(*this, p, index);
  const SliceObj* slice = as<SliceObj>(index);
  if (p.is_str()) {
    const std::string& s = p.str();
    const auto points = code_points(s);
    const std::size_t n = points.size() - 1;
    if (slice) {
      FACULA_TRY(const Bounds b, bounds_of(*this, *slice, static_cast<std::int64_t>(n)));
      std::string out;
      for (std::int64_t k = 0, at = b.start; k < b.count; ++k, at += b.step) {
        const auto i = static_cast<std::size_t>(at);
        out.append(s, points[i], points[i + 1] - points[i]);
      }
      FACULA_TRY_VOID(charge(out.size()));
      return Value(std::move(out));
    }
    FACULA_TRY(const std::size_t i, position(*this, index, n, "string"));
    return Value(s.substr(points[i], points[i + 1] - points[i]));
  }
  if (const Seq* s = as<Seq>(p)) {
    if (slice) {
      FACULA_TRY(const Bounds b, bounds_of(*this, *slice, static_cast<std::int64_t>(s->items.size())));
      std::vector<Value> out;
      for (std::int64_t k = 0, at = b.start; k < b.count; ++k, at += b.step) out.push_back(s->items[static_cast<std::size_t>(at)]);
      FACULA_TRY_VOID(charge(out.size() * sizeof(Value)));
      if (s->kind == Kind::kTuple && s->cls.get() == known.size) return value_of(make_ref<Seq>(heap_, Kind::kTuple, known.size, std::move(out)));
      return s->kind == Kind::kList ? list(std::move(out)) : tuple(std::move(out));
    }
    FACULA_TRY(const std::size_t i, position(*this, index, s->items.size(), s->kind == Kind::kList ? "list" : "tuple"));
    return s->items[i];
  }
  if (Dict* d = as<Dict>(p); d && d->kind == Kind::kDict) {
    FACULA_TRY(const Value* found, d->find(*this, index));
    if (found) return *found;
    FACULA_TRY(auto missing, try_special(v, "__missing__", {index}));
    if (missing) return std::move(*missing);
    Value e = instance_of(builtin_class("KeyError"));
    set_attr_raw(*object(e), "args", tuple({index}));
    return raise_object(std::move(e));
  }
  if (const RangeObj* r = as<RangeObj>(p)) {
    if (slice) {
      FACULA_TRY(const Bounds b, bounds_of(*this, *slice, r->length()));
      const std::int64_t start = r->start + b.start * r->step, step = r->step * b.step;
      return value_of(make_ref<RangeObj>(heap_, known.range, start, start + b.count * step, step));
    }
    FACULA_TRY(const std::size_t i, position(*this, index, static_cast<std::size_t>(r->length()), "range object"));
    return Value(r->start + static_cast<std::int64_t>(i) * r->step);
  }
  return raise("TypeError", "'{}' object is not subscriptable", type_name(*this, v));
}

Status Interp::set_item(const Value& v, const Value& index, Value to) {
  FACULA_TRY_VOID(charge(64));
  FACULA_TRY(const auto own, try_special(v, "__setitem__", {index, to}));
  if (own) return {};
  const Value& p = plain(v);
  if (Dict* d = as<Dict>(p); d && d->kind == Kind::kDict) return d->set(*this, index, std::move(to));
  if (Seq* s = as<Seq>(p); s && s->kind == Kind::kList) {
    if (const SliceObj* slice = as<SliceObj>(index)) {
      FACULA_TRY(auto values, gather(to));
      FACULA_TRY(const Bounds b, bounds_of(*this, *slice, static_cast<std::int64_t>(s->items.size())));
      if (b.step == 1) {
        std::vector<Value> old(s->items.begin() + b.start, s->items.begin() + b.start + b.count);
        s->items.erase(s->items.begin() + b.start, s->items.begin() + b.start + b.count);
        s->items.insert(s->items.begin() + b.start, values.begin(), values.end());
        bury(old);
        return {};
      }
      if (static_cast<std::int64_t>(values.size()) != b.count)
        return raise("ValueError", "attempt to assign sequence of size {} to extended slice of size {}", values.size(), b.count);
      for (std::int64_t k = 0, at = b.start; k < b.count; ++k, at += b.step) s->items[static_cast<std::size_t>(at)] = values[static_cast<std::size_t>(k)];
      return {};
    }
    FACULA_TRY(const std::size_t i, position(*this, index, s->items.size(), "list assignment"));
    std::swap(s->items[i], to);
    bury(to);
    return {};
  }
  if (p.is_tensor()) {
    // A view by plain indices, which is then overwritten; masks and index lists go through index_put_.
    std::vector<Value> parts{index};
    if (const Seq* s = as<Seq>(index); s && s->kind == Kind::kTuple) parts = s->items;
    for (const Value& part : parts)
      if (part.is_tensor() || as<Seq>(part)) {
        if (!to.is_tensor()) {
          Args a{{to}, {}};
          FACULA_TRY(to, call_operator("aten::scalar_tensor", a));
          Args same{{to, p}, {}};
          FACULA_TRY(to, call_operator("aten::to", same));
        }
        for (Value& item : parts) {
          if (as<Seq>(item)) {
            Args a{{item}, {}};
            FACULA_TRY(item, call_operator("aten::tensor", a));
          }
          if (!item.is_tensor()) return raise("NotImplementedError", "assignment by index lists beside slices is not supported here");
        }
        Args a{{p, list(parts), to}, {}};
        FACULA_TRY_VOID(call_operator("aten::index_put_", a));
        return {};
      }
    FACULA_TRY(const Value view, tensor_item(*this, p, index));
    Args a{{view, to}, {}};
    FACULA_TRY_VOID(call_operator(to.is_tensor() ? "aten::copy_" : "aten::fill_", a));
    return {};
  }
  return raise("TypeError", "'{}' object does not support item assignment", type_name(*this, v));
}

Status Interp::delete_item(const Value& v, const Value& index) {
  FACULA_TRY(const auto own, try_special(v, "__delitem__", {index}));
  if (own) return {};
  const Value& p = plain(v);
  if (Dict* d = as<Dict>(p); d && d->kind == Kind::kDict) {
    FACULA_TRY(const bool gone, d->erase(*this, index));
    if (gone) return {};
    Value e = instance_of(builtin_class("KeyError"));
    set_attr_raw(*object(e), "args", tuple({index}));
    return raise_object(std::move(e));
  }
  if (Seq* s = as<Seq>(p); s && s->kind == Kind::kList) {
    if (const SliceObj* slice = as<SliceObj>(index)) {
      FACULA_TRY(const Bounds b, bounds_of(*this, *slice, static_cast<std::int64_t>(s->items.size())));
      std::vector<Value> kept, gone;
      std::vector<bool> drop(s->items.size(), false);
      for (std::int64_t k = 0, at = b.start; k < b.count; ++k, at += b.step) drop[static_cast<std::size_t>(at)] = true;
      for (std::size_t i = 0; i < s->items.size(); ++i) (drop[i] ? gone : kept).push_back(std::move(s->items[i]));
      s->items = std::move(kept);
      bury(gone);
      return {};
    }
    FACULA_TRY(const std::size_t i, position(*this, index, s->items.size(), "list assignment"));
    Value gone = std::move(s->items[i]);
    s->items.erase(s->items.begin() + static_cast<std::ptrdiff_t>(i));
    bury(gone);
    return {};
  }
  return raise("TypeError", "'{}' object doesn't support item deletion", type_name(*this, v));
}

Result<std::int64_t> Interp::length(const Value& v) {
  FACULA_TRY(const auto own, try_special(v, "__len__", {}));
  if (own) return index(*own);
  if (Class* c = as<Class>(v); c && c->cls && c->cls.get() != known.type && c->cls->find("__len__")) {
    FACULA_TRY(const Value bound, bind(*c->cls->find("__len__"), v, c->cls.get()));
    FACULA_TRY(const Value n, call(bound, std::vector<Value>{}));
    return index(n);
  }
  const Value& p = plain(v);
  if (p.is_str()) return static_cast<std::int64_t>(count_points(p.str()));
  if (const Seq* s = as<Seq>(p)) return static_cast<std::int64_t>(s->items.size());
  if (const Dict* d = as<Dict>(p)) return static_cast<std::int64_t>(d->size());
  if (const RangeObj* r = as<RangeObj>(p)) return r->length();
  if (p.is_tensor()) {
    if (p.tensor().dim() == 0) return raise("TypeError", "len() of a 0-d tensor");
    return p.tensor().size(0);
  }
  return raise("TypeError", "object of type '{}' has no len()", type_name(*this, v));
}

// --- iteration ---------------------------------------------------------------------------------------------------------

namespace {

Result<bool> step_seq(Interp&, Iter& it, Value& out) {
  const Seq* s = as<Seq>(it.held[0]);
  if (static_cast<std::size_t>(it.at) >= s->items.size()) return false;
  out = s->items[static_cast<std::size_t>(it.at++)];
  return true;
}
Result<bool> step_dict(Interp&, Iter& it, Value& out) {
  const Dict* d = as<Dict>(it.held[0]);
  const auto& entries = d->entries();
  while (static_cast<std::size_t>(it.at) < entries.size()) {
    const auto& e = entries[static_cast<std::size_t>(it.at++)];
    if (!e.live) continue;
    out = e.key;
    return true;
  }
  return false;
}
Result<bool> step_str(Interp&, Iter& it, Value& out) {
  const std::string& s = it.held[0].str();
  const auto at = static_cast<std::size_t>(it.at);
  if (at >= s.size()) return false;
  const std::size_t n = sequence_length(static_cast<unsigned char>(s[at]));
  out = Value(s.substr(at, n));
  it.at += static_cast<std::int64_t>(n);
  return true;
}
Result<bool> step_range(Interp&, Iter& it, Value& out) {
  const RangeObj* r = as<RangeObj>(it.held[0]);
  if (it.at >= r->length()) return false;
  out = Value(r->start + it.at++ * r->step);
  return true;
}
Result<bool> step_tensor(Interp& in, Iter& it, Value& out) {
  const Tensor t = it.held[0].tensor();
  if (it.at >= t.size(0)) return false;
  Args args{{it.held[0], Value(0), Value(it.at++)}, {}};
  FACULA_TRY(out, in.call_operator("aten::select", args));
  return true;
}
// Objects with __getitem__ alone: until IndexError.
Result<bool> step_items(Interp& in, Iter& it, Value& out) {
  Result<Value> v = in.get_item(it.held[0], Value(it.at++));
  if (v.ok()) {
    out = std::move(*v);
    return true;
  }
  ErrorPtr e = v.take_error();
  const auto exception = in.caught(*e);
  if (!exception) return e;
  if (in.is_instance(*exception, in.builtin_class("IndexError"))) return false;
  return in.raise_object(*exception);
}

}  // namespace

Result<Value> Interp::iterate(const Value& v) {
  const Depth depth(*this);
  FACULA_TRY_VOID(depth.ok());
  if (as<Iter>(v)) return v;
  if (Class* c = as<Class>(v); c && c->cls && c->cls.get() != known.type && c->cls->find("__iter__")) {
    FACULA_TRY(const Value bound, bind(*c->cls->find("__iter__"), v, c->cls.get()));
    return call(bound, std::vector<Value>{});
  }
  FACULA_TRY(auto own, try_special(v, "__iter__", {}));
  if (own) return std::move(*own);
  const Value& p = plain(v);
  if (as<Seq>(p)) return iterator(step_seq, {p});
  if (as<Dict>(p)) return iterator(step_dict, {p});
  if (p.is_str()) return iterator(step_str, {p});
  if (as<RangeObj>(p)) return iterator(step_range, {p});
  if (p.is_tensor()) {
    if (p.tensor().dim() == 0) return raise("TypeError", "iteration over a 0-d tensor");
    return iterator(step_tensor, {p});
  }
  if (const Inert* i = as<Inert>(v)) return raise("ImportError", "`{}` is not available: {}", i->name, i->why);
  if (!type_of(v)->is_builtin && type_of(v)->find("__getitem__")) return iterator(step_items, {v});
  return raise("TypeError", "'{}' object is not iterable", type_name(*this, v));
}

Result<bool> Interp::next(const Value& it, Value& out) {
  const Depth depth(*this);
  FACULA_TRY_VOID(depth.ok());
  FACULA_TRY_VOID(tick());
  if (Iter* i = as<Iter>(it)) {
    const Ref<Iter> keep(i);
    return i->step(*this, *i, out);
  }
  Result<Value> v = call_method(it, "__next__", {});
  if (v.ok()) {
    out = std::move(*v);
    return true;
  }
  ErrorPtr e = v.take_error();
  const auto exception = caught(*e);
  if (!exception) return e;
  if (is_instance(*exception, builtin_class("StopIteration"))) return false;
  return raise_object(*exception);
}

Result<std::vector<Value>> Interp::gather(const Value& iterable) {
  if (const Seq* s = as<Seq>(iterable); s && s->cls->is_builtin) return s->items;
  FACULA_TRY(const Value it, iterate(iterable));
  std::vector<Value> out;
  Value v;
  while (true) {
    FACULA_TRY(const bool more, next(it, v));
    if (!more) return out;
    FACULA_TRY_VOID(charge(sizeof(Value)));
    out.push_back(std::move(v));
  }
}

}  // namespace fac::interp
