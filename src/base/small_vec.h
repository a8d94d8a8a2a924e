// SmallVec<T, N>: a vector of trivially copyable T with room for N in place. Sizes and strides of tensors live in it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <initializer_list>
#include <span>
#include <type_traits>

namespace fac {

template <class T, std::size_t N>
class SmallVec {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  using value_type = T;
  SmallVec() = default;
  explicit SmallVec(std::size_t n, T fill = T()) { resize(n, fill); }
  SmallVec(std::initializer_list<T> xs) { assign(xs.begin(), xs.size()); }
  SmallVec(std::span<const T> xs) { assign(xs.data(), xs.size()); }
  template <class It>
    requires(!std::is_integral_v<It>)
  SmallVec(It first, It last) {
    for (; first != last; ++first) push_back(static_cast<T>(*first));
  }
  SmallVec(const SmallVec& o) { assign(o.data(), o.size_); }
  SmallVec(SmallVec&& o) noexcept { steal(o); }
  ~SmallVec() {
    if (data_ != inline_) delete[] data_;
  }
  SmallVec& operator=(const SmallVec& o) {
    if (this != &o) assign(o.data(), o.size_);
    return *this;
  }
  SmallVec& operator=(SmallVec&& o) noexcept {
    if (this != &o) {
      if (data_ != inline_) delete[] data_;
      steal(o);
    }
    return *this;
  }

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  T* data() { return data_; }
  const T* data() const { return data_; }
  T* begin() { return data_; }
  T* end() { return data_ + size_; }
  const T* begin() const { return data_; }
  const T* end() const { return data_ + size_; }
  T& operator[](std::size_t i) { return data_[i]; }
  const T& operator[](std::size_t i) const { return data_[i]; }
  T& back() { return data_[size_ - 1]; }
  const T& back() const { return data_[size_ - 1]; }
  T& front() { return data_[0]; }
  const T& front() const { return data_[0]; }

  void reserve(std::size_t n) {
    if (n <= capacity_) return;
    const std::size_t cap = std::max(n, capacity_ * 2);
    T* fresh = new T[cap];
    std::copy_n(data_, size_, fresh);
    if (data_ != inline_) delete[] data_;
    data_ = fresh;
    capacity_ = cap;
  }
  void resize(std::size_t n, T fill = T()) {
    reserve(n);
    for (std::size_t i = size_; i < n; ++i) data_[i] = fill;
    size_ = n;
  }
  void push_back(T x) {
    if (size_ == capacity_) reserve(size_ + 1);
    data_[size_++] = x;
  }
  void pop_back() { --size_; }
  void clear() { size_ = 0; }
  T* insert(const T* at, T x) {
    const auto i = static_cast<std::size_t>(at - data_);
    push_back(x);
    std::rotate(data_ + i, data_ + size_ - 1, data_ + size_);
    return data_ + i;
  }
  T* erase(const T* at) {
    const auto i = static_cast<std::size_t>(at - data_);
    std::copy(data_ + i + 1, data_ + size_, data_ + i);
    --size_;
    return data_ + i;
  }
  friend bool operator==(const SmallVec& a, const SmallVec& b) { return std::equal(a.begin(), a.end(), b.begin(), b.end()); }

 private:
  void assign(const T* src, std::size_t n) {
    size_ = 0;
    reserve(n);
    std::copy_n(src, n, data_);
    size_ = n;
  }
  void steal(SmallVec& o) {
    if (o.data_ == o.inline_) {
      std::copy_n(o.inline_, o.size_, inline_);
      data_ = inline_;
      capacity_ = N;
    } else {
      data_ = o.data_;
      capacity_ = o.capacity_;
    }
    size_ = o.size_;
    o.data_ = o.inline_;
    o.size_ = 0;
    o.capacity_ = N;
  }

  T* data_ = inline_;
  std::size_t size_ = 0;
  std::size_t capacity_ = N;
  T inline_[N] = {};
};

}  // namespace fac
