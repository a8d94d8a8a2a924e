#include "archive/restore_types.h"

#include <vector>

namespace fac::archive {

namespace {

ErrorPtr mismatch(const Type& wanted, const Value& v) {
  return error(ErrorKind::kArchive, "a value of type {} is expected, but the archive has one of type {}",
               wanted.annotation(), tag_name(v.tag()));
}

enum class Rep { kInts, kFloats, kBools, kValues };
Rep rep_of(const Type& element) {
  switch (element.kind()) {
    case TypeKind::kInt: return Rep::kInts;
    case TypeKind::kFloat: return Rep::kFloats;
    case TypeKind::kBool: return Rep::kBools;
    default: return Rep::kValues;
  }
}
Rep rep_of(const ListBox& list) {
  return list.is_ints() ? Rep::kInts : list.is_floats() ? Rep::kFloats : list.is_bools() ? Rep::kBools : Rep::kValues;
}

// A list that already says what it holds keeps saying it: others may rely on that.
Status retype(ListBox& list, const TypePtr& element) {
  if (list.element_type()->kind() != TypeKind::kAny && !same(list.element_type(), element))
    return error(ErrorKind::kArchive, "a list of {} is expected, but the archive has one of {}", element->annotation(),
                 list.element_type()->annotation());
  if (rep_of(list) == rep_of(*element)) {
    list.set_element_type(element);
    return {};
  }
  std::vector<Value> values = list.to_values();
  for (const Value& v : values)
    if (!value_matches(v, *element)) return mismatch(*element, v);
  list = ListBox(element, std::move(values));
  return {};
}

}  // namespace

void TypeRestorer::seal(const Value& root) {
  std::vector<Value> work{root};
  while (!work.empty()) {
    const Value v = std::move(work.back());
    work.pop_back();
    if (!(v.is_list() || v.is_dict() || v.is_tuple()) || !sealed_.try_emplace(v.box_ptr(), v).second) continue;
    if (v.is_tuple()) {
      work.insert(work.end(), v.tuple().values.begin(), v.tuple().values.end());
    } else if (v.is_list()) {
      if (v.list().element_type()->kind() != TypeKind::kAny) continue;  // it says what it holds
      seen_.try_emplace(v.box_ptr(), Given{types::list(types::any()), v});
      for (const Value& item : v.list().values()) work.push_back(item);
    } else if (v.dict().value_type()->kind() == TypeKind::kAny) {
      seen_.try_emplace(v.box_ptr(), Given{types::dict(v.dict().key_type(), v.dict().value_type()), v});
      v.dict().for_each([&](const Value&, const Value& item) { work.push_back(item); });
    }
  }
}

Status TypeRestorer::restore(const Value& root, const TypePtr& root_type) {
  struct Work {
    Value value;
    TypePtr type;
  };
  std::vector<Work> work;
  work.push_back({root, root_type});
  // A container that is met again must be wanted with the same type; tuples are immutable and may have several.
  const auto first_time = [this](const Value& v, const TypePtr& type) -> Result<bool> {
    const auto [it, fresh] = seen_.try_emplace(v.box_ptr(), Given{type, v});
    if (!fresh && !same(it->second.type, type))
      return error(ErrorKind::kArchive, "one {} is used both as {} and as {}", tag_name(v.tag()),
                   it->second.type->annotation(), type->annotation());
    return fresh;
  };
  while (!work.empty()) {
    const Work w = std::move(work.back());
    work.pop_back();
    switch (w.type->kind()) {
      case TypeKind::kList: {
        if (!w.value.is_list()) return mismatch(*w.type, w.value);
        FACULA_TRY(const bool fresh, first_time(w.value, w.type));
        if (!fresh) break;
        ListBox& list = w.value.list();
        FACULA_TRY_VOID(retype(list, w.type->element()));
        if (rep_of(list) == Rep::kValues)
          for (const Value& v : list.values()) work.push_back({v, w.type->element()});
        break;
      }
      case TypeKind::kDict: {
        if (!w.value.is_dict()) return mismatch(*w.type, w.value);
        FACULA_TRY(const bool fresh, first_time(w.value, w.type));
        if (!fresh) break;
        w.value.dict().set_types(w.type->element(0), w.type->element(1));
        w.value.dict().for_each([&](const Value& k, const Value& v) {
          work.push_back({k, w.type->element(0)});
          work.push_back({v, w.type->element(1)});
        });
        break;
      }
      case TypeKind::kTuple: {
        if (!w.value.is_tuple() || w.value.tuple().values.size() != w.type->elements().size())
          return mismatch(*w.type, w.value);
        TupleBox& tuple = w.value.tuple();
        if (!w.type->name().empty() && !tuple.type) tuple.type = w.type;
        for (std::size_t i = 0; i < tuple.values.size(); ++i) work.push_back({tuple.values[i], w.type->element(i)});
        break;
      }
      case TypeKind::kOptional:
        if (!w.value.is_none()) work.push_back({w.value, w.type->element()});
        break;
      case TypeKind::kAny: case TypeKind::kAnyList: case TypeKind::kAnyTuple: seal(w.value); break;
      default:
        if (!value_matches(w.value, *w.type)) return mismatch(*w.type, w.value);
    }
  }
  return {};
}

}  // namespace fac::archive
