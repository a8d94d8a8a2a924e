#include <functional>

#include "value/value.h"

namespace fac {

std::size_t DictBox::Hash::operator()(const Value& v) const {
  switch (v.tag()) {
    case Tag::kBool:
    case Tag::kInt: return std::hash<std::int64_t>()(v.i());
    case Tag::kFloat: return std::hash<double>()(v.d());  // 0.0 and -0.0 hash alike
    case Tag::kComplex: return std::hash<double>()(v.c().real()) * 31 + std::hash<double>()(v.c().imag());
    case Tag::kStr: return std::hash<std::string>()(v.str());
    case Tag::kDevice:
      return static_cast<std::size_t>(v.device().type) * 256 + static_cast<std::uint8_t>(v.device().index);
    case Tag::kEnum: return std::hash<const void*>()(v.enum_().type.get()) + v.enum_().member;
    case Tag::kTuple: {
      std::size_t h = 17;
      for (const auto& e : v.tuple().values) h = h * 31 + (*this)(e);
      return h;
    }
    case Tag::kNone: return 0;
    default: return std::hash<const void*>()(v.box_ptr());
  }
}

bool DictBox::Equal::operator()(const Value& a, const Value& b) const {
  if (a.tag() == Tag::kTuple && b.tag() == Tag::kTuple) return equal(a, b);
  return a.is_same(b);  // keys of one dictionary have one type, so 1 and 1.0 never meet
}

namespace {

// `if k in d: d[k] = d[k] + 1` asks for one key three times, and loops ask for the same keys again: each thread remembers where it
// found keys last, by the address of the dictionary and of the key (a number by itself). Any place is right as a hint, since
// the entry's own key decides.
thread_local std::uint32_t t_hints[256];

std::uint32_t& hint_of(const DictBox* dict, const Value& key) {
  const auto where = reinterpret_cast<std::uintptr_t>(dict) >> 4;
  const auto what = key.is_ref() ? reinterpret_cast<std::uintptr_t>(key.box_ptr()) >> 4 : static_cast<std::uintptr_t>(key.i());
  const std::uint64_t mixed = (where ^ what) * 0x9e3779b97f4a7c15u;
  return t_hints[mixed >> 56];
}

}  // namespace

const Value* DictBox::find(const Value& key) const {
  std::uint32_t& hint = hint_of(this, key);
  if (hint < entries_.size() && entries_[hint].live && Equal()(entries_[hint].key, key)) return &entries_[hint].value;
  const auto at = index_.find(key);
  if (at == index_.end()) return nullptr;
  hint = static_cast<std::uint32_t>(at->second);
  return &entries_[at->second].value;
}

void DictBox::set(Value key, Value value) {
  if (const std::uint32_t hint = hint_of(this, key);
      hint < entries_.size() && entries_[hint].live && Equal()(entries_[hint].key, key)) {
    entries_[hint].value = std::move(value);
    return;
  }
  const auto at = index_.find(key);
  if (at != index_.end()) {
    entries_[at->second].value = std::move(value);
    return;
  }
  index_.emplace(key, entries_.size());
  entries_.push_back({std::move(key), std::move(value), true});
  ++live_;
}

bool DictBox::erase(const Value& key) {
  const auto at = index_.find(key);
  if (at == index_.end()) return false;
  Entry gone = std::move(entries_[at->second]);  // destroyed last: `key` may live in it
  entries_[at->second] = Entry{Value(), Value(), false};
  index_.erase(at);
  --live_;
  while (!entries_.empty() && !entries_.back().live) entries_.pop_back();
  if (entries_.size() > 2 * live_ + 8) compact();
  return true;
}

void DictBox::clear() {
  index_.clear();
  live_ = 0;
  const auto gone = std::move(entries_);
  entries_.clear();
}

std::vector<std::pair<Value, Value>> DictBox::items() const {
  std::vector<std::pair<Value, Value>> out;
  out.reserve(live_);
  for_each([&out](const Value& k, const Value& v) { out.emplace_back(k, v); });
  return out;
}

// Erased entries leave holes so that order and indices stand; this closes them.
void DictBox::compact() {
  std::size_t to = 0;
  for (auto& e : entries_) {
    if (!e.live) continue;
    index_[e.key] = to;
    if (&entries_[to] != &e) entries_[to] = std::move(e);
    ++to;
  }
  entries_.resize(to);
}

}  // namespace fac
