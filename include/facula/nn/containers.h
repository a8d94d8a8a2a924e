// torch::nn::Sequential, ModuleList, ModuleDict and Functional.
#pragma once

#include "facula/nn/any.h"

namespace facula {
namespace nn {

class SequentialImpl : public Cloneable<SequentialImpl> {
 public:
  using Iterator = std::vector<AnyModule>::iterator;
  using ConstIterator = std::vector<AnyModule>::const_iterator;
  SequentialImpl() = default;
  template <class... M, class = std::enable_if_t<(sizeof...(M) > 0) && (!std::is_same_v<std::decay_t<M>, SequentialImpl> && ...)>>
  explicit SequentialImpl(M&&... modules) {
    (push_back(std::forward<M>(modules)), ...);
  }
  explicit SequentialImpl(OrderedDict<std::string, AnyModule>&& named) {
    for (auto& m : named) push_back(m.key(), std::move(m.value()));
  }
  explicit SequentialImpl(std::initializer_list<NamedAnyModule> named) {
    for (const auto& m : named) push_back(m.name(), m.module());
  }

  std::shared_ptr<Module> clone(const std::optional<Device>& device = std::nullopt) const override {
    auto copy = std::make_shared<SequentialImpl>();
    for (std::size_t i = 0; i < modules_.size(); ++i) copy->push_back(children_[i].key(), modules_[i].clone(device));
    copy->train(is_training());
    return copy;
  }
  void reset() override {}
  void pretty_print(std::ostream& out) const override { out << "torch::nn::Sequential"; }

  template <class R = Tensor, class... A>
  R forward(A&&... args) {
    if (is_empty()) fail("Cannot call forward() on an empty Sequential");
    AnyValue v = modules_[0].any_forward(std::forward<A>(args)...);
    for (std::size_t i = 1; i < modules_.size(); ++i) v = modules_[i].any_forward_value(std::move(v));
    if (R* r = v.template try_get<R>()) return std::move(*r);
    fail("The type of the return value is " + detail::class_name(v.type_info()) +
         ", but you asked for type " + detail::class_name(typeid(R)));
  }

  template <class M>
  void push_back(M&& m) {
    push_back(std::to_string(modules_.size()), std::forward<M>(m));
  }
  template <class M>
  void push_back(std::string name, M&& m) {
    if constexpr (std::is_same_v<std::decay_t<M>, AnyModule>) modules_.push_back(std::forward<M>(m));
    else modules_.emplace_back(std::forward<M>(m));
    register_module(std::move(name), modules_.back().ptr());
  }
  void push_back(const NamedAnyModule& m) { push_back(m.name(), m.module()); }
  template <class Container>
  void extend(const Container& c) {
    for (const auto& m : c) push_back(m);
  }

  Iterator begin() { return modules_.begin(); }
  Iterator end() { return modules_.end(); }
  ConstIterator begin() const { return modules_.begin(); }
  ConstIterator end() const { return modules_.end(); }
  template <class T>
  T& at(std::size_t i) {
    return *ptr<T>(i);
  }
  template <class T>
  const T& at(std::size_t i) const {
    return *ptr<T>(i);
  }
  std::shared_ptr<Module> ptr(std::size_t i) const { return checked(i).ptr(); }
  template <class T>
  auto ptr(std::size_t i) const {
    if constexpr (is_module_holder<T>) return checked(i).template ptr<typename T::ContainedType>();
    else return checked(i).template ptr<T>();
  }
  std::shared_ptr<Module> operator[](std::size_t i) const { return ptr(i); }
  std::size_t size() const noexcept { return modules_.size(); }
  bool is_empty() const noexcept { return modules_.empty(); }

 private:
  const AnyModule& checked(std::size_t i) const {
    if (i >= modules_.size()) fail("Index out of range");
    return modules_[i];
  }
  std::vector<AnyModule> modules_;
};
class Sequential : public ModuleHolder<SequentialImpl> {
 public:
  using ModuleHolder<SequentialImpl>::ModuleHolder;
  using Impl = SequentialImpl;
  Sequential() = default;
  Sequential(std::initializer_list<NamedAnyModule> named) : ModuleHolder(std::make_shared<SequentialImpl>(named)) {}
  template <class... A>
  Tensor operator()(A&&... args) {
    return get()->forward(std::forward<A>(args)...);
  }
};

class ModuleListImpl : public Cloneable<ModuleListImpl> {
 public:
  using Iterator = std::vector<std::shared_ptr<Module>>::iterator;
  using ConstIterator = std::vector<std::shared_ptr<Module>>::const_iterator;
  ModuleListImpl() = default;
  template <class... M, class = std::enable_if_t<(sizeof...(M) > 0) && (!std::is_same_v<std::decay_t<M>, ModuleListImpl> && ...)>>
  explicit ModuleListImpl(M&&... modules) {
    (push_back(std::forward<M>(modules)), ...);
  }
  std::shared_ptr<Module> clone(const std::optional<Device>& device = std::nullopt) const override {
    auto copy = std::make_shared<ModuleListImpl>();
    for (const auto& m : modules_) copy->push_back(m->clone(device));
    copy->train(is_training());
    return copy;
  }
  void reset() override {}
  void pretty_print(std::ostream& out) const override { out << "torch::nn::ModuleList"; }

  template <class M>
  void push_back(M&& m) {
    insert_at(modules_.size(), pointer(std::forward<M>(m)));
  }
  template <class M>
  void insert(std::size_t i, M&& m) {
    if (i > modules_.size()) fail("Index out of range");
    insert_at(i, pointer(std::forward<M>(m)));
  }
  template <class Container>
  void extend(const Container& c) {
    for (const auto& m : c) push_back(m);
  }
  Iterator begin() { return modules_.begin(); }
  Iterator end() { return modules_.end(); }
  ConstIterator begin() const { return modules_.begin(); }
  ConstIterator end() const { return modules_.end(); }
  std::shared_ptr<Module> ptr(std::size_t i) const {
    if (i >= modules_.size()) fail("Index out of range");
    return modules_[i];
  }
  template <class T>
  auto ptr(std::size_t i) const {
    if constexpr (is_module_holder<T>) return std::dynamic_pointer_cast<typename T::ContainedType>(ptr(i));
    else return std::dynamic_pointer_cast<T>(ptr(i));
  }
  template <class T>
  auto& at(std::size_t i) const {
    const auto m = ptr<T>(i);
    if (!m) fail("Unable to cast module[" + std::to_string(i) + "] to " + detail::class_name(typeid(T)));
    return *m;
  }
  std::shared_ptr<Module> operator[](std::size_t i) const { return ptr(i); }
  std::size_t size() const noexcept { return modules_.size(); }
  bool is_empty() const noexcept { return modules_.empty(); }

 private:
  template <class M>
  static std::shared_ptr<Module> pointer(M&& m) {
    if constexpr (is_module_holder<M>) return m.ptr();
    else if constexpr (is_module<M>) return std::make_shared<std::decay_t<M>>(std::forward<M>(m));
    else return m;
  }
  void insert_at(std::size_t i, std::shared_ptr<Module> m) {
    modules_.insert(modules_.begin() + static_cast<std::ptrdiff_t>(i), std::move(m));
    for (std::size_t k = i; k + 1 < modules_.size(); ++k) replace_module(std::to_string(k), modules_[k]);
    register_module(std::to_string(modules_.size() - 1), modules_.back());
  }
  std::vector<std::shared_ptr<Module>> modules_;
};
TORCH_MODULE(ModuleList);

class ModuleDictImpl : public Cloneable<ModuleDictImpl> {
 public:
  ModuleDictImpl() = default;
  explicit ModuleDictImpl(const std::vector<std::pair<std::string, std::shared_ptr<Module>>>& modules) { update(modules); }
  explicit ModuleDictImpl(const OrderedDict<std::string, std::shared_ptr<Module>>& modules) { update(modules.pairs()); }
  std::shared_ptr<Module> clone(const std::optional<Device>& device = std::nullopt) const override {
    auto copy = std::make_shared<ModuleDictImpl>();
    for (const auto& m : children_) copy->register_module(m.key(), m.value()->clone(device));
    copy->train(is_training());
    return copy;
  }
  void reset() override {}
  void pretty_print(std::ostream& out) const override { out << "torch::nn::ModuleDict"; }
  std::vector<std::pair<std::string, std::shared_ptr<Module>>> items() const { return children_.pairs(); }
  std::vector<std::string> keys() const { return children_.keys(); }
  std::vector<std::shared_ptr<Module>> values() const { return children_.values(); }
  auto begin() { return children_.begin(); }
  auto end() { return children_.end(); }
  std::size_t size() const noexcept { return children_.size(); }
  bool empty() const noexcept { return children_.is_empty(); }
  bool contains(const std::string& key) const { return children_.contains(key); }
  void clear() { children_.clear(); }
  template <class M>
  void insert(std::string key, M&& m) {
    register_module(std::move(key), std::forward<M>(m));
  }
  std::shared_ptr<Module> pop(const std::string& key) {
    auto m = children_[key];
    children_.erase(key);
    return m;
  }
  void update(const std::vector<std::pair<std::string, std::shared_ptr<Module>>>& modules) {
    for (const auto& [key, m] : modules) {
      if (contains(key)) replace_module(key, m);
      else register_module(key, m);
    }
  }
  std::shared_ptr<Module> operator[](const std::string& key) const { return children_[key]; }
  template <class T>
  T& at(const std::string& key) {
    return dynamic_cast<T&>(*children_[key]);
  }
  template <class T>
  auto ptr(const std::string& key) const {
    if constexpr (is_module_holder<T>) return std::dynamic_pointer_cast<typename T::ContainedType>(children_[key]);
    else return std::dynamic_pointer_cast<T>(children_[key]);
  }
};
TORCH_MODULE(ModuleDict);

// A function as a module: Functional(torch::relu), Functional([](Tensor x) {...}), Functional(torch::elu, 1, 0, 1).
class FunctionalImpl : public Cloneable<FunctionalImpl> {
 public:
  using Function = std::function<Tensor(Tensor)>;
  explicit FunctionalImpl(Function f) : function_(std::move(f)) {}
  template <class F, class... A, class = std::enable_if_t<(sizeof...(A) > 0)>>
  explicit FunctionalImpl(F f, A&&... args) : function_(std::bind(f, std::placeholders::_1, std::forward<A>(args)...)) {}
  void reset() override {}
  void pretty_print(std::ostream& out) const override { out << "torch::nn::Functional()"; }
  Tensor forward(Tensor x) { return function_(std::move(x)); }
  Tensor operator()(Tensor x) { return function_(std::move(x)); }
  bool is_serializable() const override { return false; }

 private:
  Function function_;
};
TORCH_MODULE(Functional);

}  // namespace nn
}  // namespace facula
