// Writing x[...]: x[i] = v, x[i] += v, del x[i].
#include "frontend/nn/everyday.h"
#include "frontend/script/emitter.h"

namespace fac::script {
namespace {

constexpr Diag<std::string_view> kCannotAssign{"subscript-assign", "'{}' object does not support item assignment: no subscripted assignment to it"};
constexpr Diag<std::string_view> kAugmentedItem{"augmented-item", "an item of {} does not support augmented assignment"};
constexpr Diag<> kDeleteSlice{"delete-slice", "del statements only support deletion at a single index, slicing is not supported "
                                         "(see https://github.com/pytorch/pytorch/issues/31430)"};
constexpr Diag<> kNoDelete{"no-delitem", "Class does not define __delitem__"};
constexpr Diag<> kGlobalItem{"global-item-changed", "an item of a list or dict of the module cannot be changed by a compiled function"};
constexpr Diag<> kMultiAssign{"multi-index-assign", "Sliced expression not yet supported for subscripted assignment. File a bug if you want this"};

}  // namespace

void Emitter::assign_subscript(const Subscript& target, ValueId value, Range at) {
  const MeaningPtr owner = meaning(*target.object);
  if (owner && owner->kind() == "global container") {
    error(target.range, kGlobalItem);
    return;
  }
  const ValueId object = owner ? owner->value(*this, target.object->range) : ValueId{};
  if (!object || !value) return;
  if (type(object)->kind() == TypeKind::kTensor) {
    const auto parts = index_parts(object, target.indices, target.range);
    if (!parts) return;
    if (parts->indices.empty() && !parts->list) {
      // A number fills, anything else is copied with broadcasting.
      const TypeKind k = type(value)->kind();
      const bool number = k == TypeKind::kInt || k == TypeKind::kFloat || k == TypeKind::kBool || k == TypeKind::kComplex ||
                          k == TypeKind::kNumber;
      const ValueId source = number ? tensor_like(value, object, at) : value;
      call_operator("aten::copy_", {parts->tensor, source, constant(Value(false), at)}, at);
      return;
    }
    const ValueId list = index_list(*parts, at);
    const ValueId source = tensor_like(value, object, at);
    call_operator("aten::index_put_", {parts->tensor, list, source, constant(Value(false), at)}, at);
    return;
  }
  if (everyday() && assign_slice(target, object, value, at)) return;
  if (target.indices.size() != 1 || target.indices[0]->kind == ExprKind::kSlice) {
    error(target.range, kMultiAssign);
    return;
  }
  ValueId index = expression(*target.indices[0]);
  if (const ClassType* cls = as_class(type(object))) {
    if (cls->find_method("__setitem__")) {
      call_method(object, "__setitem__", {{at, {}, index}, {at, {}, value}}, at);
      return;
    }
    error(target.range, kCannotAssign, type(object)->annotation());
    return;
  }
  const TypePtr t = type(object);
  const bool settled = everyday() && !is_open(object);
  if (t->kind() == TypeKind::kList) value = settled ? convert(value, t->element(), false, at) : value;
  else if (t->kind() == TypeKind::kDict) value = settled ? convert(value, t->element(1), false, at) : value;
  else {
    error(target.range, kCannotAssign, t->annotation());
    return;
  }
  call_operator("aten::_set_item", {object, index, value}, at);
}

// xs[a:b] = ys on a list.
bool Emitter::assign_slice(const Subscript& target, ValueId list, ValueId values, Range at) {
  const auto* s = target.indices.size() == 1 ? target.indices[0]->try_as<Slice>() : nullptr;
  if (!s || s->step || type(list)->kind() != TypeKind::kList) return false;
  const ValueId lower = s->lower ? expression(*s->lower) : constant(Value(std::int64_t{0}), at);
  const ValueId upper = s->upper ? expression(*s->upper) : call_operator("aten::len", {list}, at);
  if (!values) values = make_list(type(list)->element(), {}, at);
  nn::call_everyday(*this, "assign_slice", {list, lower, upper, coerce(values, type(list), at)}, at);
  return true;
}

// A number as a tensor of the target's dtype and device.
ValueId Emitter::tensor_like(ValueId v, ValueId like, Range at) {
  if (!v || type(v)->kind() == TypeKind::kTensor) return v;
  const ValueId dtype = call_operator("prim::dtype", {like}, at), device = call_operator("prim::device", {like}, at);
  return call_operator("aten::tensor", {{at, {}, v}, {at, Symbol("dtype"), dtype}, {at, Symbol("device"), device}}, at);
}

void Emitter::augmented_subscript(const Subscript& target, BinaryOp op, ValueId value, Range at) {
  const MeaningPtr owner = meaning(*target.object);
  if (owner && owner->kind() == "global container") {
    error(target.range, kGlobalItem);
    return;
  }
  const ValueId object = owner ? owner->value(*this, target.object->range) : ValueId{};
  if (!object || !value) return;
  if (type(object)->kind() == TypeKind::kTensor) {
    const auto parts = index_parts(object, target.indices, target.range);
    if (!parts) return;
    const std::string in_place = std::string(operator_name(op)) + "_";
    if (parts->indices.empty() && !parts->list) {
      call_operator(in_place, {parts->tensor, value}, at);
      return;
    }
    const ValueId list = index_list(*parts, at);
    const ValueId old = call_operator("aten::index", {parts->tensor, list}, at);
    const ValueId fresh = call_operator(in_place, {old, value}, at);
    call_operator("aten::index_put_", {parts->tensor, list, fresh, constant(Value(false), at)}, at);
    return;
  }
  if (target.indices.size() != 1 || target.indices[0]->kind == ExprKind::kSlice) {
    error(target.range, kMultiAssign);
    return;
  }
  if (type(object)->kind() == TypeKind::kTuple) {
    error(target.range, kAugmentedItem, type(object)->annotation());
    return;
  }
  const ValueId index = expression(*target.indices[0]);
  const MeaningPtr old = ValueMeaning(object).item(*this, target.range, index, nullptr);
  const ValueId old_value = old ? old->value(*this, at) : ValueId{};
  if (!old_value) return;
  ValueId fresh;
  if (type(old_value)->kind() == TypeKind::kTensor) {
    call_operator(std::string(operator_name(op)) + "_", {old_value, value}, at);  // the item itself changes
    return;
  }
  fresh = binary(op, old_value, value, at);
  if (!fresh) return;
  if (as_class(type(object))) call_method(object, "__setitem__", {{at, {}, index}, {at, {}, fresh}}, at);
  else call_operator("aten::_set_item", {object, index, fresh}, at);
}

void Emitter::delete_subscript(const Subscript& target) {
  const ValueId object = expression(*target.object);
  if (!object) return;
  if (everyday() && assign_slice(target, object, {}, target.range)) return;
  if (target.indices.size() != 1 || target.indices[0]->kind == ExprKind::kSlice) {
    error(target.range, kDeleteSlice);
    return;
  }
  const ValueId index = expression(*target.indices[0]);
  if (const ClassType* cls = as_class(type(object)); cls && cls->find_method("__delitem__"))
    call_method(object, "__delitem__", {{target.range, {}, index}}, target.range);
  else if (as_class(type(object))) error(target.range, kNoDelete);
  else call_operator("aten::Delete", {object, index}, target.range);
}

}  // namespace fac::script
