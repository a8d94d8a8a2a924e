#include "interp/object.h"

namespace fac::interp {

Heap::~Heap() {
  // Contents are cut first, so that cycles fall apart; whoever still holds an object afterwards holds an empty one.
  std::vector<Ref<Obj>> all;
  for (Obj* o = first_; o; o = o->next_) all.emplace_back(o);
  for (auto& o : all) o->clear();
  for (auto& o : all) o->cls = nullptr;  // `type` is its own class
}

void bury(std::vector<Value>& values) {
  thread_local std::vector<Value>* pending = nullptr;
  if (values.empty()) return;
  if (pending) {
    for (Value& v : values)
      if (v.is_ref()) pending->push_back(std::move(v));
    values.clear();
    return;
  }
  std::vector<Value> work;
  pending = &work;
  work.swap(values);
  while (!work.empty()) {
    Value v = std::move(work.back());
    work.pop_back();
  }
  pending = nullptr;
}

void bury(Value& value) {
  if (value.tag() != Tag::kCapsule) {
    value = Value();
    return;
  }
  std::vector<Value> one;
  one.push_back(std::move(value));
  bury(one);
}

Obj::Obj(Heap& heap, Kind k, Class* c) : kind(k), cls(c), heap_(heap) {
  next_ = heap_.first_;
  if (next_) next_->previous_ = this;
  heap_.first_ = this;
}

Obj::~Obj() {
  if (previous_) previous_->next_ = next_;
  else heap_.first_ = next_;
  if (next_) next_->previous_ = previous_;
}

void Obj::clear() {
  attrs = nullptr;
  if (kind != Kind::kClass) cls = nullptr;
}

void Class::clear() {
  Obj::clear();
  bases.clear();
  mro.clear();
  members = nullptr;
}

Value* Class::find(std::string_view attribute, const Class* behind) const {
  bool on = behind == nullptr;
  for (const auto& c : mro) {
    if (on && c->members)
      if (Value* v = c->members->find(attribute)) return v;
    if (c.get() == behind) on = true;
  }
  return nullptr;
}

bool Class::is_subclass_of(const Class* other) const {
  for (const auto& c : mro)
    if (c.get() == other) return true;
  return false;
}

bool Scope::erase(Symbol name) {
  for (std::size_t i = 0; i < variables.size(); ++i)
    if (variables[i].first == name) {
      variables.erase(variables.begin() + static_cast<std::ptrdiff_t>(i));
      return true;
    }
  return false;
}

void Scope::drop() {
  std::vector<Value> values;
  for (auto& [n, v] : variables) values.push_back(std::move(v));
  variables.clear();
  bury(values);
  function = nullptr;
  parent = nullptr;
}

std::int64_t RangeObj::length() const {
  const auto width = step > 0 ? static_cast<std::uint64_t>(stop) - static_cast<std::uint64_t>(start)
                              : static_cast<std::uint64_t>(start) - static_cast<std::uint64_t>(stop);
  if (step > 0 ? start >= stop : start <= stop) return 0;
  const auto by = step > 0 ? static_cast<std::uint64_t>(step) : 0 - static_cast<std::uint64_t>(step);
  return static_cast<std::int64_t>((width - 1) / by + 1);
}

}  // namespace fac::interp
