// List and Dict: typed views of the language's containers, shared by reference as in Python. A part of ivalue.h.
#pragma once

#ifndef FACULA_IVALUE_PARTS
#error "include facula/ivalue.h"
#endif

namespace facula {

// --- List ----------------------------------------------------------------------------------------------------------------

namespace detail {
// What l[i] gives: reads as T, writes into the list.
template <class T>
class ListElement {
 public:
  ListElement(void* list, std::size_t i) : list_(list), i_(i) {}
  IValue value() const {
    abi::Slot s;
    abi::list_get(list_, i_, &s);
    return IValue::adopt(s);
  }
  T get() const { return value().template to<T>(); }
  operator T() const { return get(); }
  ListElement& operator=(const T& v) {
    const IValue x(v);
    abi::list_set(list_, i_, &x.slot());
    return *this;
  }
  ListElement& operator=(const ListElement& o) { return *this = o.get(); }
  ListElement(const ListElement&) = default;
  friend std::ostream& operator<<(std::ostream& out, const ListElement& e) { return out << e.value(); }
  friend bool operator==(const ListElement& a, const T& b) { return a.value() == IValue(b); }
  friend bool operator==(const T& a, const ListElement& b) { return b == a; }

  // The methods of an IValue, where the list is of any kind.
  Tensor toTensor() const { return value().toTensor(); }
  std::int64_t toInt() const { return value().toInt(); }
  double toDouble() const { return value().toDouble(); }
  bool toBool() const { return value().toBool(); }
  auto toTuple() const { return value().toTuple(); }
  List<IValue> toList() const;
  Dict<IValue, IValue> toGenericDict() const;
  std::string toStringRef() const { return value().toStringRef(); }
  std::vector<Tensor> toTensorVector() const { return value().toTensorVector(); }
  bool isTensor() const { return value().isTensor(); }
  bool isTuple() const { return value().isTuple(); }
  bool isList() const { return value().isList(); }
  bool isInt() const { return value().isInt(); }
  bool isNone() const { return value().isNone(); }

 private:
  void* list_;
  std::size_t i_;
};

template <class T>
class ListIterator {
 public:
  using iterator_category = std::random_access_iterator_tag;
  using value_type = T;
  using difference_type = std::ptrdiff_t;
  using pointer = ListElement<T>*;
  using reference = ListElement<T>;
  ListIterator(void* list, std::size_t i) : list_(list), i_(i) {}
  ListElement<T> operator*() const { return {list_, i_}; }
  ListElement<T> operator[](std::ptrdiff_t n) const { return *(*this + n); }
  ListIterator& operator++() {
    ++i_;
    return *this;
  }
  ListIterator operator++(int) { return {list_, i_++}; }
  ListIterator& operator--() {
    --i_;
    return *this;
  }
  ListIterator& operator+=(std::ptrdiff_t n) {
    i_ += static_cast<std::size_t>(n);
    return *this;
  }
  friend ListIterator operator+(ListIterator a, std::ptrdiff_t n) { return a += n; }
  friend ListIterator operator-(ListIterator a, std::ptrdiff_t n) { return a += -n; }
  friend std::ptrdiff_t operator-(const ListIterator& a, const ListIterator& b) {
    return static_cast<std::ptrdiff_t>(a.i_) - static_cast<std::ptrdiff_t>(b.i_);
  }
  friend bool operator==(const ListIterator& a, const ListIterator& b) { return a.i_ == b.i_; }
  friend bool operator!=(const ListIterator& a, const ListIterator& b) { return a.i_ != b.i_; }
  friend bool operator<(const ListIterator& a, const ListIterator& b) { return a.i_ < b.i_; }
  std::size_t position() const { return i_; }

 private:
  void* list_;
  std::size_t i_;
};
}  // namespace detail

template <class T>
class List {
 public:
  using value_type = T;
  using size_type = std::size_t;
  using iterator = detail::ListIterator<T>;
  List() : List(std::vector<T>()) {}
  explicit List(const TypePtr& element) {
    abi::Slot s;
    abi::make_list(&s, nullptr, 0, element->str().c_str());
    value_ = IValue::adopt(s);
  }
  List(std::initializer_list<T> items) : List(std::vector<T>(items)) {}
  explicit List(ArrayRef<T> items) : List(items.vec()) {}
  explicit List(const std::vector<T>& items) {
    std::vector<IValue> values;
    for (const auto& i : items) values.push_back(IValue(static_cast<const T&>(i)));
    const std::string type = std::is_same_v<T, IValue> ? (items.empty() ? "Any" : "") : detail::TypeText<T>::get();
    abi::Slot s;
    abi::make_list(&s, reinterpret_cast<const abi::Slot*>(values.data()), values.size(),
                   type.empty() ? nullptr : type.c_str());
    value_ = IValue::adopt(s);
  }
  explicit List(IValue list) : value_(std::move(list)) {
    if (!value_.isList()) fail("Expected GenericList but got " + value_.tagKind());
  }
  const IValue& value() const { return value_; }

  std::size_t size() const { return abi::list_size(box()); }
  bool empty() const { return size() == 0; }
  T get(std::size_t i) const { return at(i).get(); }
  T extract(std::size_t i) const { return get(i); }
  detail::ListElement<T> operator[](std::size_t i) const { return at(i); }
  void set(std::size_t i, const T& v) const { at(i) = v; }
  void push_back(const T& v) const { insert_at(size(), v); }
  template <class... A>
  void emplace_back(A&&... a) const {
    push_back(T(std::forward<A>(a)...));
  }
  iterator insert(iterator at, const T& v) const {
    insert_at(at.position(), v);
    return at;
  }
  void append(const List& o) const {
    for (std::size_t i = 0, n = o.size(); i < n; ++i) push_back(o.get(i));
  }
  iterator erase(iterator at) const {
    abi::list_erase(box(), at.position());
    return at;
  }
  void pop_back() const { abi::list_erase(box(), size() - 1); }
  void clear() const { abi::list_clear(box()); }
  void reserve(std::size_t) const {}
  iterator begin() const { return {box(), 0}; }
  iterator end() const { return {box(), size()}; }
  std::vector<T> vec() const {
    std::vector<T> v;
    for (std::size_t i = 0, n = size(); i < n; ++i) v.push_back(get(i));
    return v;
  }
  List copy() const { return List(vec()); }
  bool is(const List& o) const { return value_.is(o.value_); }
  TypePtr elementType() const { return std::make_shared<Type>(value_.text(abi::TextOf::kElementType)); }
  friend bool operator==(const List& a, const List& b) { return a.value_ == b.value_; }

 private:
  void* box() const { return value_.slot().p; }
  detail::ListElement<T> at(std::size_t i) const {
    if (i >= size()) fail("list index out of range", abi::ErrorClass::kIndex);
    return {box(), i};
  }
  void insert_at(std::size_t i, const T& v) const {
    const IValue x(v);
    abi::list_insert(box(), i, &x.slot());
  }
  IValue value_;
};

// --- Dict ----------------------------------------------------------------------------------------------------------------

template <class K, class V>
class DictEntry {
 public:
  DictEntry(void* dict, IValue key, IValue value) : dict_(dict), key_(std::move(key)), value_(std::move(value)) {}
  K key() const { return key_.template to<K>(); }
  V value() const { return value_.template to<V>(); }
  void setValue(const V& v) const {
    const IValue x(v);
    abi::dict_set(dict_, &key_.slot(), &x.slot());
  }

 private:
  void* dict_;
  IValue key_, value_;
};

// Walks a snapshot of the entries, in order of insertion.
template <class K, class V>
class DictIterator {
 public:
  using iterator_category = std::forward_iterator_tag;
  using value_type = DictEntry<K, V>;
  using difference_type = std::ptrdiff_t;
  using pointer = const DictEntry<K, V>*;
  using reference = const DictEntry<K, V>&;
  using Entries = std::shared_ptr<std::vector<DictEntry<K, V>>>;
  DictIterator() = default;  // the end
  DictIterator(Entries e, std::size_t i) : entries_(std::move(e)), i_(i) {}
  reference operator*() const { return (*entries_)[i_]; }
  pointer operator->() const { return &(*entries_)[i_]; }
  DictIterator& operator++() {
    ++i_;
    return *this;
  }
  DictIterator operator++(int) {
    DictIterator old = *this;
    ++i_;
    return old;
  }
  friend bool operator==(const DictIterator& a, const DictIterator& b) {
    return a.at_end() == b.at_end() && (a.at_end() || a.i_ == b.i_);
  }
  friend bool operator!=(const DictIterator& a, const DictIterator& b) { return !(a == b); }

 private:
  bool at_end() const { return !entries_ || i_ >= entries_->size(); }
  Entries entries_;
  std::size_t i_ = 0;
};

template <class K, class V>
class Dict {
 public:
  using key_type = K;
  using mapped_type = V;
  using iterator = DictIterator<K, V>;
  Dict() : Dict(detail::TypeText<K>::get(), detail::TypeText<V>::get()) {}
  Dict(const TypePtr& key, const TypePtr& value) : Dict(key->str(), value->str()) {}
  explicit Dict(IValue dict) : value_(std::move(dict)) {
    if (!value_.isGenericDict()) fail("Expected GenericDict but got " + value_.tagKind());
  }
  const IValue& value() const { return value_; }

  std::size_t size() const { return abi::dict_size(box()); }
  bool empty() const { return size() == 0; }
  V at(const K& key) const {
    const IValue k(key);
    abi::Slot s;
    if (!abi::dict_find(box(), &k.slot(), &s)) fail("Argument passed to at() was not in the map.", abi::ErrorClass::kIndex);
    return IValue::adopt(s).template to<V>();
  }
  bool contains(const K& key) const {
    const IValue k(key);
    abi::Slot s;
    const bool found = abi::dict_find(box(), &k.slot(), &s);
    IValue::adopt(s);
    return found;
  }
  iterator find(const K& key) const {
    const IValue k(key);
    const auto e = entries();
    for (std::size_t i = 0; i < e->size(); ++i)
      if (IValue((*e)[i].key()) == k) return {e, i};
    return {};
  }
  std::pair<iterator, bool> insert(const K& key, const V& v) const {
    if (contains(key)) return {find(key), false};
    insert_or_assign(key, v);
    return {find(key), true};
  }
  std::pair<iterator, bool> insert_or_assign(const K& key, const V& v) const {
    const bool fresh = !contains(key);
    const IValue k(key), x(v);
    abi::dict_set(box(), &k.slot(), &x.slot());
    return {find(key), fresh};
  }
  std::size_t erase(const K& key) const {
    const IValue k(key);
    return abi::dict_erase(box(), &k.slot()) ? 1 : 0;
  }
  void clear() const { abi::dict_clear(box()); }
  void reserve(std::size_t) const {}
  iterator begin() const { return {entries(), 0}; }
  iterator end() const { return {}; }
  TypePtr keyType() const { return std::make_shared<Type>(value_.text(abi::TextOf::kKeyType)); }
  TypePtr valueType() const { return std::make_shared<Type>(value_.text(abi::TextOf::kValueType)); }

 private:
  Dict(const std::string& key, const std::string& value) {
    abi::Slot s;
    abi::make_dict(&s, key.empty() ? "Any" : key.c_str(), value.empty() ? "Any" : value.c_str());
    value_ = IValue::adopt(s);
  }
  void* box() const { return value_.slot().p; }
  typename iterator::Entries entries() const {
    std::vector<IValue> flat(2 * size());
    abi::dict_items(box(), reinterpret_cast<abi::Slot*>(flat.data()));
    auto e = std::make_shared<std::vector<DictEntry<K, V>>>();
    for (std::size_t i = 0; i + 1 < flat.size(); i += 2) e->emplace_back(box(), std::move(flat[i]), std::move(flat[i + 1]));
    return e;
  }
  IValue value_;
};

namespace impl {
using facula::GenericDict;
using facula::GenericList;
template <class T>
List<T> toTypedList(const List<IValue>& l) {
  return List<T>(l.value());
}
template <class T>
List<IValue> toList(const List<T>& l) {
  return List<IValue>(l.value());
}
template <class K, class V>
Dict<K, V> toTypedDict(const Dict<IValue, IValue>& d) {
  return Dict<K, V>(d.value());
}
}  // namespace impl

}  // namespace facula
