// Accepts every class name and gives each class the attributes that its objects bring: archives can be looked at without
// compiling their code.
#pragma once

#include <map>
#include <string>

#include "archive/pickle.h"
#include "value/value.h"

namespace fac::archive {

class PermissiveResolver final : public ClassResolver {
 public:
  Result<TypePtr> resolve(std::string_view name) override {
    auto& c = classes_[std::string(name)];
    if (!c) c = make_ref<ClassType>(std::string(name), true);
    return TypePtr(c);
  }
  bool has_set_state(const ClassType&) override { return true; }
  Status set_state(const Ref<ObjectBox>& object, Value state, TypeRestorer&) override {
    ClassType& type = *classes_[object->type().name()];
    if (state.is_dict()) {
      state.dict().for_each([&](const Value& k, const Value& v) { set(type, *object, k.is_str() ? k.str() : "?", v); });
    } else {
      set(type, *object, "state", state);
    }
    object->slots.resize(type.attributes().size());
    return {};
  }

 private:
  static void set(ClassType& type, ObjectBox& object, const std::string& name, const Value& v) {
    auto slot = type.find_attribute(name);
    if (!slot) slot = type.add_attribute({name, types::any()});
    if (object.slots.size() <= *slot) object.slots.resize(*slot + 1);
    object.slots[*slot] = v;
  }
  std::map<std::string, Ref<ClassType>> classes_;
};

}  // namespace fac::archive
