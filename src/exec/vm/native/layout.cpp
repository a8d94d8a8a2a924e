#include "exec/vm/native/layout.h"

#include <cstring>

#include "value/value.h"

namespace fac::vm {
namespace {

template <class Box, class Vector>
std::int32_t offset_of(const Box& box, const Vector& v) {
  return static_cast<std::int32_t>(reinterpret_cast<const char*>(&v) - reinterpret_cast<const char*>(&box));
}
template <class T>
bool is_plain(const std::vector<T>& v) {
  const T* raw[3];
  if (sizeof v != sizeof raw) return false;
  std::memcpy(raw, &v, sizeof raw);
  return raw[0] == v.data() && raw[1] == v.data() + v.size() && raw[2] == v.data() + v.capacity();
}

BoxLayout find() {
  BoxLayout l;
  const auto ints = make_ref<ListBox>(types::int_()), floats = make_ref<ListBox>(types::float_());
  const auto bools = make_ref<ListBox>(types::bool_()), values = make_ref<ListBox>(types::str());
  ints->ints().reserve(3);
  ints->ints().push_back(1);
  floats->floats().push_back(1);
  bools->bools().reserve(3);
  bools->bools().push_back(1);
  values->values().reserve(2);
  values->values().emplace_back();
  l.list = offset_of(*ints, ints->ints());
  const auto object = make_ref<ObjectBox>(make_ref<ClassType>("layout", false), nullptr);
  object->slots.reserve(3);
  object->slots.emplace_back();
  l.slots = offset_of(*object, object->slots);
  const bool same = offset_of(*floats, floats->floats()) == l.list && offset_of(*bools, bools->bools()) == l.list &&
                    offset_of(*values, values->values()) == l.list;
  // A Value's payload stands behind its tag; a box pointer is the RefCounted base at offset 0.
  const Value number(std::int64_t{0x0102030405060708});
  std::int64_t payload = 0;
  std::memcpy(&payload, reinterpret_cast<const char*>(&number) + 8, 8);
  l.known = same && is_plain(ints->ints()) && is_plain(floats->floats()) && is_plain(bools->bools()) &&
            is_plain(values->values()) && is_plain(object->slots) && payload == number.i() &&
            static_cast<const void*>(static_cast<const RefCounted*>(ints.get())) == ints.get() &&
            static_cast<const void*>(static_cast<const RefCounted*>(object.get())) == object.get();
  return l;
}

}  // namespace

const BoxLayout& box_layout() {
  static const BoxLayout layout = find();
  return layout;
}

}  // namespace fac::vm
