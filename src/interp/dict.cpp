#include "interp/interp.h"

namespace fac::interp {

std::uint64_t hash_text(std::string_view text) {
  std::uint64_t h = 1469598103934665603ull;  // FNV-1a, mixed once more for the low bits
  for (const char c : text) h = (h ^ static_cast<std::uint8_t>(c)) * 1099511628211ull;
  return h ^ (h >> 29);
}

std::size_t Dict::locate(std::string_view key, std::uint64_t hash) {
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t s = hash & mask;; s = (s + 1) & mask) {
    const std::uint32_t index = slots_[s];
    if (index == 0) return s;
    const Entry& e = entries_[index - 1];
    if (!e.live || e.hash != hash) continue;
    const Instance* i = as<Instance>(e.key);  // of a subclass of str
    const Value& k = i ? i->payload : e.key;
    if (k.is_str() && k.str() == key) return s;
  }
}

Result<std::size_t> Dict::locate(Interp& in, const Value& key, std::uint64_t hash) {
  if (key.is_str()) return locate(key.str(), hash);
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t s = hash & mask;; s = (s + 1) & mask) {
    const std::uint32_t index = slots_[s];
    if (index == 0) return s;
    if (!entries_[index - 1].live || entries_[index - 1].hash != hash) continue;
    const Value other = entries_[index - 1].key;
    FACULA_TRY(const bool same, in.same_key(other, key));
    // A user's __eq__ may have changed this very dictionary.
    if (slots_.size() - 1 != mask) return in.raise("RuntimeError", "dictionary changed during a look-up");
    if (same) return s;
  }
}

void Dict::grow() {
  if (!slots_.empty() && entries_.size() * 2 < slots_.size()) return;
  std::vector<Entry> kept;
  kept.reserve(live_ + 1);
  for (Entry& e : entries_)
    if (e.live) kept.push_back(std::move(e));
  entries_ = std::move(kept);
  std::size_t size = 8;
  while (size < entries_.size() * 4) size *= 2;
  slots_.assign(size, 0);
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    std::size_t s = entries_[i].hash & (size - 1);
    while (slots_[s] != 0) s = (s + 1) & (size - 1);
    slots_[s] = static_cast<std::uint32_t>(i + 1);
  }
}

void Dict::insert(std::size_t slot, Value key, Value v, std::uint64_t hash) {
  if (slots_[slot] != 0) {
    std::swap(entries_[slots_[slot] - 1].value, v);
    bury(v);
    return;
  }
  entries_.push_back({std::move(key), std::move(v), hash, true});
  slots_[slot] = static_cast<std::uint32_t>(entries_.size());
  ++live_;
}

void Dict::erase_at(std::size_t slot) {
  Entry& e = entries_[slots_[slot] - 1];
  e.live = false;
  --live_;
  Value key = std::move(e.key), value = std::move(e.value);
  bury(key);
  bury(value);
}

Value* Dict::find(std::string_view key) {
  if (slots_.empty()) return nullptr;
  const std::size_t s = locate(key, hash_text(key));
  return slots_[s] ? &entries_[slots_[s] - 1].value : nullptr;
}

void Dict::set(std::string_view key, Value v) {
  grow();
  const std::uint64_t h = hash_text(key);
  insert(locate(key, h), Value(key), std::move(v), h);
}

bool Dict::erase(std::string_view key) {
  if (slots_.empty()) return false;
  const std::size_t s = locate(key, hash_text(key));
  if (!slots_[s]) return false;
  erase_at(s);
  return true;
}

Result<Value*> Dict::find(Interp& in, const Value& key) {
  FACULA_TRY(const std::uint64_t h, in.hash_of(key));
  if (slots_.empty()) return static_cast<Value*>(nullptr);
  FACULA_TRY(const std::size_t s, locate(in, key, h));
  return slots_[s] ? &entries_[slots_[s] - 1].value : nullptr;
}

Status Dict::set(Interp& in, const Value& key, Value v) {
  FACULA_TRY(const std::uint64_t h, in.hash_of(key));
  grow();
  FACULA_TRY(const std::size_t s, locate(in, key, h));
  insert(s, key, std::move(v), h);
  return {};
}

Result<bool> Dict::erase(Interp& in, const Value& key) {
  FACULA_TRY(const std::uint64_t h, in.hash_of(key));
  if (slots_.empty()) return false;
  FACULA_TRY(const std::size_t s, locate(in, key, h));
  if (!slots_[s]) return false;
  erase_at(s);
  return true;
}

void Dict::drop() {
  std::vector<Value> values;
  for (Entry& e : entries_) {
    if (e.key.tag() == Tag::kCapsule) values.push_back(std::move(e.key));
    if (e.value.is_ref()) values.push_back(std::move(e.value));
  }
  entries_.clear();
  slots_.clear();
  live_ = 0;
  bury(values);
}

std::vector<std::pair<Value, Value>> Dict::items() const {
  std::vector<std::pair<Value, Value>> out;
  out.reserve(live_);
  for (const Entry& e : entries_)
    if (e.live) out.emplace_back(e.key, e.value);
  return out;
}

}  // namespace fac::interp
