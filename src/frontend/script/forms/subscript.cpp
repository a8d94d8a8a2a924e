// Reading x[...]: tensors become select / slice / unsqueeze / index as PyTorch's frontend writes them.
#include <algorithm>
#include <limits>

#include "frontend/script/emitter.h"
#include "ir/symbols.h"

namespace fac::script {
namespace {

constexpr Diag<> kNotTensor{"multi-index", "Unsupported operation: attempted to use multidimensional indexing on a non-tensor type"};
constexpr Diag<std::string_view> kIndexType{
    "index-type",
    "Unsupported operation: indexing tensor with unsupported index type '{}'. Only ints, slices, lists and tensors are "
    "supported"};
constexpr Diag<> kTwoEllipses{"two-ellipses", "An index can only have a single ellipsis ('...')"};
constexpr Diag<> kTensorAfterEllipsis{"tensor-after-ellipsis",
                                      "Ellipses followed by tensor indexing is currently not supported"};
constexpr Diag<> kTupleIndexType{"tuple-index-type", "tuple index must be an integer"};
constexpr Diag<std::uint64_t, std::int64_t> kTupleRange{"tuple-index-range",
                                                        "Tuple index out of range. Tuple is length {} and index is {}"};
constexpr Diag<std::string_view> kTupleIndexVaries{
    "tuple-index-varies",
    "Cannot index into a {} with a non-integer literal because we cannot resolve the output type"};
constexpr Diag<> kTupleSlice{"tuple-slice", "tuple slice indices must be integer constants"};
constexpr Diag<std::uint64_t> kSliceArgs{"slice-arguments", "slice() takes 1 to 3 arguments, got {}"};

bool is_ellipsis(const Expr& e) {
  const auto* name = e.try_as<Name>();
  return e.kind == ExprKind::kEllipsisLit || (name && name->name.str() == "Ellipsis");
}

class SliceMeaning final : public Meaning {
 public:
  explicit SliceMeaning(SliceBounds b) : bounds(b) {}
  std::string kind() const override { return "Python slice value"; }
  SliceBounds bounds;
};

}  // namespace

MeaningPtr Emitter::slice_object(const std::vector<CallArg>& args, Range at) {
  if (args.empty() || args.size() > 3) {
    error(at, kSliceArgs, args.size());
    return nullptr;
  }
  SliceBounds b;
  if (args.size() == 1) b.upper = args[0].value;
  else b.lower = args[0].value, b.upper = args[1].value;
  if (args.size() == 3) b.step = args[2].value;
  return std::make_shared<SliceMeaning>(b);
}

SliceBounds Emitter::slice_bounds(const Slice& s) {
  SliceBounds b;
  if (s.lower) b.lower = expression(*s.lower);
  if (s.upper) b.upper = expression(*s.upper);
  if (s.step) b.step = expression(*s.step);
  return b;
}

// Tensors have `dim`, other containers none.
ValueId Emitter::slice(ValueId v, ValueId dim, const SliceBounds& b, Range at) {
  if (!v) return {};
  if (type(v)->kind() == TypeKind::kTuple) return tuple_slice(v, b, at);
  const auto bound = [&](ValueId given) { return given ? given : none(at); };
  std::vector<ValueId> args{v};
  if (dim) args.push_back(dim);
  for (ValueId x : {bound(b.lower), bound(b.upper), b.step && !is_none_constant(b.step) ? b.step : constant(Value(1), at)}) args.push_back(x);
  return call_operator("aten::slice", std::move(args), at);
}

ValueId Emitter::tuple_slice(ValueId v, const SliceBounds& b, Range at) {
  const std::vector<ValueId> items = unpack_tuple(v, at);
  const auto size = static_cast<std::int64_t>(items.size());
  std::int64_t values[3] = {0, 0, 1};
  const ValueId given[3] = {b.lower, b.upper, b.step};
  for (int i = 0; i < 3; ++i) {
    if (!given[i] || is_none_constant(given[i])) continue;
    const auto known = int_constant(given[i]);
    if (!known || (i == 2 && *known == 0)) {
      error(at, kTupleSlice);
      return {};
    }
    values[i] = *known;
  }
  const std::int64_t step = values[2];
  const auto is_given = [&](int i) { return given[i] && !is_none_constant(given[i]); };
  const auto place = [&](int i, std::int64_t otherwise) {
    if (!is_given(i)) return otherwise;
    const std::int64_t x = values[i] < 0 ? values[i] + size : values[i];
    return step > 0 ? std::clamp<std::int64_t>(x, 0, size) : std::clamp<std::int64_t>(x, -1, size - 1);
  };
  const std::int64_t from = place(0, step > 0 ? 0 : size - 1), to = place(1, step > 0 ? size : -1);
  std::vector<ValueId> taken;
  for (std::int64_t i = from; step > 0 ? i < to : i > to; i += step) taken.push_back(items[static_cast<std::size_t>(i)]);
  return make_tuple(std::move(taken), at);
}

ValueId Emitter::tuple_item(ValueId tuple, ValueId index, Range at) {
  const TypePtr t = type(tuple);
  if (type(index)->kind() != TypeKind::kInt) {
    error(at, kTupleIndexType);
    return {};
  }
  const auto parts = t->elements();
  if (const auto i = int_constant(index)) {
    const auto size = static_cast<std::int64_t>(parts.size());
    const std::int64_t place = *i < 0 ? *i + size : *i;
    if (place < 0 || place >= size) {
      error(at, kTupleRange, parts.size(), *i);
      return {};
    }
    const NodeId producer = graph_.value(tuple).producer;
    if (producer && graph_.node(producer).kind == ir::sym::TupleConstruct)
      return graph_.node(producer).inputs[static_cast<std::size_t>(place)];
    return emit("prim::TupleIndex", {tuple, index}, parts[static_cast<std::size_t>(place)], at);
  }
  // A variable index: all elements have one type, so a list does.
  if (parts.empty() || !std::all_of(parts.begin(), parts.end(), [&](const TypePtr& p) { return is_subtype(p, parts[0]); })) {
    error(at, kTupleIndexVaries, t->annotation());
    return {};
  }
  const ValueId list = make_list(parts[0], unpack_tuple(tuple, at), at);
  return call_operator("aten::__getitem__", {list, index}, at);
}

MeaningPtr Emitter::subscript(const Subscript& e, const TypePtr& wanted) {
  const MeaningPtr object = meaning(*e.object);
  if (!object) return nullptr;
  if (e.indices.size() == 1 && !e.is_tuple) {
    const Expr& index = *e.indices[0];
    if (!plain_value(object) && index.kind != ExprKind::kSlice) {
      if (object->is_unrolled() || (everyday() && object->meant_type() && as_enum(object->meant_type())))
        return object->item(*this, e.range, expression(index), wanted);
    }
    const ValueId v = object->value(*this, e.object->range);
    if (!v) return nullptr;
    const bool is_tensor = type(v)->kind() == TypeKind::kTensor;
    const ValueId dim = is_tensor ? constant(Value(0), e.range) : ValueId{};
    if (const auto* s = index.try_as<Slice>()) {
      if (const ClassType* cls = as_class(type(v)); cls && cls->is_module()) {  // layers[1:]: a tuple of modules
        auto parts = object->elements(*this, e.range, std::nullopt);
        if (!parts) return nullptr;
        return value_meaning(tuple_slice(tuple_meaning(std::move(*parts))->value(*this, e.range), slice_bounds(*s), e.range));
      }
      return value_meaning(slice(v, dim, slice_bounds(*s), e.range));
    }
    if (is_tensor) return value_meaning(tensor_index(v, e.indices, e.range));
    const MeaningPtr m = meaning(index);
    if (!m) return nullptr;
    if (const auto* s = dynamic_cast<SliceMeaning*>(m.get())) return value_meaning(slice(v, dim, s->bounds, e.range));
    ValueId i = m->value(*this, index.range);
    if (!i) return nullptr;
    // Modules are picked by literals only: a variable is none in PyTorch, also where its value is known here.
    const bool literal = index.kind == ExprKind::kIntLit || index.kind == ExprKind::kStringLit || index.kind == ExprKind::kUnary;
    if (const ClassType* cls = as_class(type(v)); cls && cls->is_module() && !literal && resolver_->marks_as_pytorch())
      i = unchecked_cast(i, type(i), e.range);
    if (type(v)->kind() == TypeKind::kTuple) return value_meaning(tuple_item(v, i, e.range));
    return ValueMeaning(v).item(*this, e.range, i, wanted);
  }
  const ValueId v = object->value(*this, e.object->range);
  if (!v) return nullptr;
  if (type(v)->kind() == TypeKind::kTensor) return value_meaning(tensor_index(v, e.indices, e.range));
  if (type(v)->kind() == TypeKind::kDict || as_class(type(v))) {  // d[a, b] is d[(a, b)]
    std::vector<ValueId> parts;
    for (const Expr* i : e.indices) parts.push_back(expression(*i));
    return ValueMeaning(v).item(*this, e.range, make_tuple(std::move(parts), e.range), wanted);
  }
  error(e.range, kNotTensor);
  return nullptr;
}

// [i, None, None, j] for x[i, ..., j]: how many None stand between is known when it runs.
ValueId Emitter::late_indices(const IndexedTensor& x, std::vector<std::pair<std::int64_t, ValueId>> behind, Range at) {
  const TypePtr element = types::optional(types::tensor());
  std::sort(behind.begin(), behind.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<ValueId> last(static_cast<std::size_t>(-behind[0].first));
  for (const auto& [place, v] : behind) last[last.size() - static_cast<std::size_t>(-place)] = v;
  for (ValueId& v : last)
    if (!v) v = none(at);
  const ValueId rank = call_operator("aten::dim", {x.tensor}, at);
  const ValueId fixed = constant(Value(static_cast<std::int64_t>(x.indices.size() + last.size())), at);
  const ValueId gap = call_operator("aten::mul", {make_list(element, {none(at)}, at), call_operator("aten::sub", {rank, fixed}, at)}, at);
  const ValueId front = call_operator("aten::add", {make_list(element, x.indices, at), gap}, at);
  return call_operator("aten::add", {front, make_list(element, std::move(last), at)}, at);
}

// Ints, slices and None are applied one after the other; what they do not cover is left for one aten::index.
std::optional<IndexedTensor> Emitter::index_parts(ValueId v, Exprs indices, Range at) {
  if (indices.size() == 1 && indices[0]->kind == ExprKind::kTuple && everyday()) indices = indices[0]->as<Tuple>().items;  // t[(0, 1)]
  struct Part {
    bool is_slice = false, is_ellipsis = false;
    SliceBounds bounds;
    ValueId value;
    std::int64_t dim = 0;
  };
  std::vector<Part> parts(indices.size());
  const auto read = [&](std::size_t i, std::int64_t dim, bool reverse) -> std::optional<std::int64_t> {
    Part& p = parts[i];
    p.dim = dim;
    const std::int64_t step = reverse ? -1 : 1;
    if (const auto* s = indices[i]->try_as<Slice>()) {
      p.is_slice = true;
      p.bounds = slice_bounds(*s);
      return dim + step;
    }
    MeaningPtr m = meaning(*indices[i]);
    if (!m) return std::nullopt;
    if (everyday() && m->kind() == "range") m = value_meaning(gather_list(m, nullptr, at));  // t[range(2)]
    if (!m) return std::nullopt;
    if (const auto* s = dynamic_cast<SliceMeaning*>(m.get())) {
      p.is_slice = true;
      p.bounds = s->bounds;
      return dim + step;
    }
    p.value = m->value(*this, indices[i]->range);
    if (!p.value) return std::nullopt;
    if (everyday() && indices[i]->kind == ExprKind::kBoolLit && indices[i]->as<BoolLit>().value) p.value = none(at);  // one dimension more
    if (type(p.value)->kind() == TypeKind::kList && type(p.value)->element()->kind() == TypeKind::kBool)
      p.value = call_operator("aten::tensor", {p.value}, at);  // a mask
    else if (type(p.value)->kind() == TypeKind::kList)
      p.value = call_operator("aten::tensor", {{at, {}, p.value}, {at, Symbol("dtype"), constant(Value(DType::kInt64), at)}}, at);
    if (everyday() && type(p.value)->kind() == TypeKind::kNumber) p.value = call_operator("aten::Int", {p.value}, at);  // x[i.item()]
    if (!p.value) return std::nullopt;
    const TypePtr& t = type(p.value);
    if (t->kind() == TypeKind::kNone) return reverse ? dim : dim + 1;
    if (t->kind() == TypeKind::kInt) return reverse ? dim - 1 : dim;
    if (t->kind() == TypeKind::kBool) {  // x[True] indexes like a 0-dim tensor
      p.value = call_operator("aten::tensor", {p.value}, at);
      return dim + step;
    }
    if (is_subtype(t, types::optional(types::tensor()))) {
      if (!reverse) return dim + 1;
      if (everyday()) return dim - 1;
      error(at, kTensorAfterEllipsis);
      return std::nullopt;
    }
    error(indices[i]->range, kIndexType, t->annotation());
    return std::nullopt;
  };
  std::size_t i = 0;
  std::int64_t dim = 0;
  for (; i < indices.size() && !is_ellipsis(*indices[i]); ++i) {
    const auto next = read(i, dim, false);
    if (!next) return std::nullopt;
    dim = *next;
  }
  std::int64_t from_end = -1;
  for (std::size_t k = indices.size(); k-- > i + 1;) {
    if (is_ellipsis(*indices[k])) {
      error(at, kTwoEllipses);
      return std::nullopt;
    }
    const auto next = read(k, from_end, true);
    if (!next) return std::nullopt;
    from_end = *next;
  }
  if (i < indices.size()) parts[i].is_ellipsis = true;

  IndexedTensor out{v, {}, {}};
  std::vector<std::pair<std::int64_t, ValueId>> from_behind;  // tensors after the ellipsis, by their place from the end
  for (const Part& p : parts) {
    if (p.is_ellipsis) continue;
    const ValueId at_dim = p.is_slice || type(p.value)->kind() != TypeKind::kTensor ? constant(Value(p.dim), at) : ValueId{};
    if (p.is_slice) {
      out.tensor = slice(out.tensor, at_dim, p.bounds, at);
    } else if (type(p.value)->kind() == TypeKind::kNone) {
      out.tensor = call_operator("aten::unsqueeze", {out.tensor, at_dim}, at);
    } else if (type(p.value)->kind() == TypeKind::kInt) {
      out.tensor = call_operator("aten::select", {out.tensor, at_dim, p.value}, at);
    } else if (p.dim < 0) {
      from_behind.emplace_back(p.dim, p.value);
    } else {
      out.indices.resize(static_cast<std::size_t>(p.dim) + 1);
      out.indices[static_cast<std::size_t>(p.dim)] = p.value;
    }
  }
  for (ValueId& x : out.indices)
    if (!x) x = none(at);
  if (!from_behind.empty()) out.list = late_indices(out, from_behind, at);
  return out;
}

ValueId Emitter::index_list(const IndexedTensor& x, Range at) {
  return x.list ? x.list : make_list(types::optional(types::tensor()), x.indices, at);
}

ValueId Emitter::tensor_index(ValueId v, Exprs indices, Range at) {
  const auto parts = index_parts(v, indices, at);
  if (!parts) return {};
  if (parts->indices.empty() && !parts->list) return parts->tensor;
  return call_operator("aten::index", {parts->tensor, index_list(*parts, at)}, at);
}

}  // namespace fac::script
