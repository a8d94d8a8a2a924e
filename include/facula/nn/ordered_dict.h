// torch::OrderedDict: pairs in order of insertion, found by key. Small; it looks through them one by one.
#pragma once

#include "facula/facula.h"

namespace facula {

template <class Key, class Value>
class OrderedDict {
 public:
  class Item {
   public:
    Item(Key key, Value value) : pair_(std::move(key), std::move(value)) {}
    Value& operator*() { return pair_.second; }
    const Value& operator*() const { return pair_.second; }
    Value* operator->() { return &pair_.second; }
    const Value* operator->() const { return &pair_.second; }
    const Key& key() const noexcept { return pair_.first; }
    Value& value() noexcept { return pair_.second; }
    const Value& value() const noexcept { return pair_.second; }
    const std::pair<Key, Value>& pair() const noexcept { return pair_; }

   private:
    friend class OrderedDict;
    std::pair<Key, Value> pair_;
  };
  using Iterator = typename std::vector<Item>::iterator;
  using ConstIterator = typename std::vector<Item>::const_iterator;

  explicit OrderedDict(std::string key_description = "Key") : what_(std::move(key_description)) {}
  OrderedDict(std::initializer_list<Item> items) : what_("Key") {
    for (const Item& i : items) insert(i.key(), i.value());
  }

  const std::string& key_description() const noexcept { return what_; }
  std::size_t size() const noexcept { return items_.size(); }
  bool is_empty() const noexcept { return items_.empty(); }
  Item& front() { return checked(0); }
  Item& back() { return checked(items_.size() - 1); }
  Item& operator[](std::size_t i) { return checked(i); }
  const Item& operator[](std::size_t i) const { return const_cast<OrderedDict*>(this)->checked(i); }
  Value& operator[](const Key& key) {
    if (Value* v = find(key)) return *v;
    fail(detail::text(what_, " '", key, "' is not defined"));
  }
  const Value& operator[](const Key& key) const { return (*const_cast<OrderedDict*>(this))[key]; }
  Value* find(const Key& key) noexcept {
    for (Item& i : items_)
      if (i.key() == key) return &i.value();
    return nullptr;
  }
  const Value* find(const Key& key) const noexcept { return const_cast<OrderedDict*>(this)->find(key); }
  bool contains(const Key& key) const noexcept { return find(key) != nullptr; }
  Iterator begin() { return items_.begin(); }
  Iterator end() { return items_.end(); }
  ConstIterator begin() const { return items_.begin(); }
  ConstIterator end() const { return items_.end(); }

  template <class K, class V>
  Value& insert(K&& key, V&& value) {
    Key k(std::forward<K>(key));
    if (contains(k)) fail(detail::text(what_, " '", k, "' already defined"));
    items_.emplace_back(std::move(k), Value(std::forward<V>(value)));
    return items_.back().value();
  }
  Value& insert(Key key, Value&& value) { return insert<Key, Value>(std::move(key), std::move(value)); }
  void update(const OrderedDict& other) {
    for (const Item& i : other.items_) insert(i.key(), i.value());
  }
  void erase(const Key& key) {
    for (auto i = items_.begin(); i != items_.end(); ++i)
      if (i->key() == key) {
        items_.erase(i);
        return;
      }
    fail(detail::text(what_, " '", key, "' doesn't exist"));
  }
  void clear() { items_.clear(); }
  void reserve(std::size_t n) { items_.reserve(n); }
  const std::vector<Item>& items() const noexcept { return items_; }
  std::vector<Key> keys() const {
    std::vector<Key> v;
    for (const Item& i : items_) v.push_back(i.key());
    return v;
  }
  std::vector<Value> values() const {
    std::vector<Value> v;
    for (const Item& i : items_) v.push_back(i.value());
    return v;
  }
  std::vector<std::pair<Key, Value>> pairs() const {
    std::vector<std::pair<Key, Value>> v;
    for (const Item& i : items_) v.push_back(i.pair());
    return v;
  }

 private:
  Item& checked(std::size_t i) {
    if (i >= items_.size()) fail(detail::text("Index ", i, " is out of bounds"));
    return items_[i];
  }
  std::string what_;
  std::vector<Item> items_;
};

}  // namespace facula
