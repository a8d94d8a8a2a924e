// Futures and the containers that share their state with compiled code (ScriptList, ScriptDict).
#pragma once

#include "binding.h"

namespace fac::python {

struct FutureHandle {
  Ref<FutureBox> future;
};
FutureHandle* as_future(nb::handle h);  // null: none

struct ListHandle {
  Value list;
};
struct DictHandle {
  Value dict;
};
Value* held_list(nb::handle h);  // the list behind a ScriptList, or null
Value* held_dict(nb::handle h);

// What keeps a class's methods alive: the unit it was registered with (registry.cpp).
std::shared_ptr<void> owner_of_class(const TypePtr& type);
// The EnumType of a Python Enum class, made and registered on first use.
Result<TypePtr> enum_type_of(nb::handle python_class);

}  // namespace fac::python
