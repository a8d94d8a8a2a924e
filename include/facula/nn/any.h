// AnyModule: a module of any class behind one type, called with whatever its forward() takes. Sequential holds these.
#pragma once

#include <any>

#include "facula/nn/module.h"

namespace facula {
namespace nn {

// What goes into and comes out of AnyModule::any_forward.
class AnyValue {
 public:
  AnyValue() = default;
  template <class T, std::enable_if_t<!std::is_same_v<std::decay_t<T>, AnyValue>, int> = 0>
  explicit AnyValue(T&& v) : value_(std::decay_t<T>(std::forward<T>(v))) {}
  template <class T>
  T* try_get() {
    return std::any_cast<T>(&value_);
  }
  template <class T>
  T get() {
    if (T* v = try_get<T>()) return *v;
    fail("Attempted to cast AnyValue to " + detail::class_name(typeid(T)) + ", but its actual type is " +
         detail::class_name(value_.type()));
  }
  const std::type_info& type_info() const { return value_.type(); }

 private:
  std::any value_;
};

namespace detail {

template <class T>
struct ForwardTraits;
template <class R, class C, class... A>
struct ForwardTraits<R (C::*)(A...)> {
  using Result = R;
  using Arguments = std::tuple<std::decay_t<A>...>;
};
template <class R, class C, class... A>
struct ForwardTraits<R (C::*)(A...) const> : ForwardTraits<R (C::*)(A...)> {};
template <class R, class C, class... A>
struct ForwardTraits<R (C::*)(A...) noexcept> : ForwardTraits<R (C::*)(A...)> {};
template <class R, class C, class... A>
struct ForwardTraits<R (C::*)(A...) const noexcept> : ForwardTraits<R (C::*)(A...)> {};

// m.forward(args...) compiles: the arguments left away have defaults.
template <class M, class = void, class... A>
struct CanForward : std::false_type {};
template <class M, class... A>
struct CanForward<M, std::void_t<decltype(std::declval<M&>().forward(std::declval<A>()...))>, A...> : std::true_type {};

// Types for which a module has a forward() that is one function.
template <class M, class = void>
inline constexpr bool has_forward = false;
template <class M>
inline constexpr bool has_forward<M, std::void_t<decltype(&M::forward)>> = true;

struct AnyModuleBase {
  virtual ~AnyModuleBase() = default;
  virtual AnyValue forward(std::vector<AnyValue>&& args) = 0;
  virtual std::shared_ptr<Module> ptr() const = 0;
  virtual std::unique_ptr<AnyModuleBase> clone_module(const std::optional<Device>& device) const = 0;
  virtual std::unique_ptr<AnyModuleBase> copy() const = 0;
};

template <class M>
struct AnyModuleOf final : AnyModuleBase {
  explicit AnyModuleOf(std::shared_ptr<M> m) : module(std::move(m)) {}
  AnyValue forward(std::vector<AnyValue>&& args) override {
    if constexpr (has_forward<M>) {
      using Traits = ForwardTraits<decltype(&M::forward)>;
      return call<typename Traits::Arguments, typename Traits::Result>(
          args, std::make_index_sequence<std::tuple_size_v<typename Traits::Arguments>>());
    } else {
      fail(class_name(typeid(M)) + " has no forward() that could be called with values found while the program runs: it is "
           "missing, a template or overloaded");
    }
  }
  std::shared_ptr<Module> ptr() const override { return module; }
  std::unique_ptr<AnyModuleBase> clone_module(const std::optional<Device>& device) const override {
    return std::make_unique<AnyModuleOf>(std::dynamic_pointer_cast<M>(module->clone(device)));
  }
  std::unique_ptr<AnyModuleBase> copy() const override { return std::make_unique<AnyModuleOf>(module); }

  std::shared_ptr<M> module;

 private:
  // Calls with as many arguments as were given, if the others have defaults.
  template <class Args, class R, std::size_t... I>
  AnyValue call(std::vector<AnyValue>& args, std::index_sequence<I...>) {
    constexpr std::size_t n = sizeof...(I);
    if constexpr (CanForward<M, void, std::tuple_element_t<I, Args>...>::value)
      if (args.size() == n) {
        if constexpr (std::is_void_v<R>) {
          module->forward(cast<std::tuple_element_t<I, Args>>(args[I], I)...);
          return AnyValue();
        } else {
          return AnyValue(module->forward(cast<std::tuple_element_t<I, Args>>(args[I], I)...));
        }
      }
    if constexpr (n > 0) {
      if constexpr (CanForwardPrefix<Args, n - 1>::value)
        if (args.size() < n) return call<Args, R>(args, std::make_index_sequence<n - 1>());
    }
    fail(facula::detail::text(class_name(typeid(M)), "'s forward() method expects ",
                              std::tuple_size_v<typename ForwardTraits<decltype(&M::forward)>::Arguments>,
                              " argument(s), but received ", args.size(), "."));
  }
  template <class Args, std::size_t N, class = std::make_index_sequence<N>>
  struct CanForwardPrefix;
  template <class Args, std::size_t N, std::size_t... I>
  struct CanForwardPrefix<Args, N, std::index_sequence<I...>> : CanForward<M, void, std::tuple_element_t<I, Args>...> {};
  template <class T>
  T cast(AnyValue& v, std::size_t i) {
    if (T* p = v.try_get<T>()) return std::move(*p);
    fail(facula::detail::text("Expected argument #", i, " to be of type ", class_name(typeid(T)), ", but received value of type ",
                              class_name(v.type_info())));
  }
};
}  // namespace detail

class AnyModule {
 public:
  AnyModule() = default;
  template <class M, std::enable_if_t<is_module<M>, int> = 0>
  explicit AnyModule(std::shared_ptr<M> m) : content_(std::make_unique<detail::AnyModuleOf<M>>(std::move(m))) {}
  template <class M, std::enable_if_t<is_module<M>, int> = 0>
  explicit AnyModule(M&& m) : AnyModule(std::make_shared<std::decay_t<M>>(std::forward<M>(m))) {}
  template <class H, std::enable_if_t<is_module_holder<H>, int> = 0>
  explicit AnyModule(const H& holder) : AnyModule(holder.ptr()) {}
  AnyModule(const AnyModule& o) : content_(o.content_ ? o.content_->copy() : nullptr) {}
  AnyModule(AnyModule&&) = default;
  AnyModule& operator=(const AnyModule& o) {
    if (this != &o) content_ = o.content_ ? o.content_->copy() : nullptr;
    return *this;
  }
  AnyModule& operator=(AnyModule&&) = default;
  template <class M, std::enable_if_t<is_module<M>, int> = 0>
  AnyModule& operator=(std::shared_ptr<M> m) {
    return *this = AnyModule(std::move(m));
  }
  AnyModule clone(std::optional<Device> device = std::nullopt) const {
    AnyModule m;
    if (content_) m.content_ = content_->clone_module(device);
    return m;
  }

  template <class... A>
  AnyValue any_forward(A&&... args) {
    std::vector<AnyValue> values;
    values.reserve(sizeof...(A));
    (values.push_back(AnyValue(std::forward<A>(args))), ...);
    return checked().forward(std::move(values));
  }
  // With a value that another module gave.
  AnyValue any_forward_value(AnyValue v) {
    std::vector<AnyValue> values;
    values.push_back(std::move(v));
    return checked().forward(std::move(values));
  }
  template <class R = Tensor, class... A>
  R forward(A&&... args) {
    return any_forward(std::forward<A>(args)...).template get<R>();
  }
  std::shared_ptr<Module> ptr() const { return checked().ptr(); }
  template <class T>
  std::shared_ptr<T> ptr() const {
    return checked_as<T>();
  }
  template <class T>
  auto get() const {
    if constexpr (is_module_holder<T>) return T(checked_as<typename T::ContainedType>());
    else return *checked_as<T>();
  }
  const std::type_info& type_info() const {
    const auto m = ptr();
    const Module& ref = *m;
    return typeid(ref);
  }
  bool is_empty() const noexcept { return !content_; }

 private:
  detail::AnyModuleBase& checked() const {
    if (!content_) fail("Cannot call forward() on an empty AnyModule");
    return *content_;
  }
  template <class T>
  std::shared_ptr<T> checked_as() const {
    if (auto m = std::dynamic_pointer_cast<T>(ptr())) return m;
    fail("Attempted to cast module of type " + detail::class_name(type_info()) + " to type " + detail::class_name(typeid(T)));
  }
  std::unique_ptr<detail::AnyModuleBase> content_;
};

class NamedAnyModule {
 public:
  template <class M>
  NamedAnyModule(std::string name, M&& m) : name_(std::move(name)) {
    if constexpr (std::is_same_v<std::decay_t<M>, AnyModule>) module_ = std::forward<M>(m);
    else module_ = AnyModule(std::forward<M>(m));
  }
  const std::string& name() const noexcept { return name_; }
  AnyModule& module() noexcept { return module_; }
  const AnyModule& module() const noexcept { return module_; }

 private:
  std::string name_;
  AnyModule module_;
};

// Facula finds default arguments of forward() by itself.
#define FORWARD_HAS_DEFAULT_ARGS(...)

}  // namespace nn
}  // namespace facula
