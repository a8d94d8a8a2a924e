// Calls from Python: arguments to values, runs without the GIL, Ctrl-C.
#include <atomic>
#include <csignal>

#include "binding.h"
#include "frontend/script/schema_from_tree.h"

namespace fac::python {
namespace {

std::string repr_text(nb::handle h) { return nb::cast<std::string>(nb::repr(h)); }

ErrorPtr mismatch(const Schema& schema, const Argument& a, std::size_t position, nb::handle given, const std::string& details) {
  const bool inferred = script::is_inferred_tensor(*a.type);
  std::string text = fmt("{}() Expected a value of type '{}' for argument '{}' but instead found type '{}'.\n", schema.name,
                         inferred ? "Tensor (inferred)" : a.type->annotation(), a.name, friendly_type_name(given));
  if (inferred)
    text += fmt("Inferred '{}' to be of type 'Tensor' because it was not annotated with an explicit type.\n", a.name);
  text += fmt("Position: {}\nValue: {}\nDeclaration: {}\nCast error details: {}", position, repr_text(given), schema.str(), details);
  return make_error(ErrorKind::kRuntime, std::move(text));
}

Result<Value> convert(const Schema& schema, std::size_t position, nb::handle given) {
  const Argument& a = schema.arguments[position];
  auto v = to_value(given, a.type);
  const TypePtr list = optional_element(a.type) ? optional_element(a.type) : a.type;
  if (!v.ok() && a.fixed_size && list->kind() == TypeKind::kList)  // BroadcastingList2[int]: one number stands for all
    if (auto one = to_value(given, list->element()); one.ok()) {
      auto all = make_ref<ListBox>(list->element());
      for (std::int64_t i = 0; i < *a.fixed_size; ++i) all->append(*one);
      return Value(std::move(all));
    }
  if (v.ok() || v.error().kind != ErrorKind::kType) return v;
  return mismatch(schema, a, position, given, v.error().message);
}

ErrorPtr call_error(std::string text) { return make_error(ErrorKind::kRuntime, std::move(text)); }

// A default list or dict must not be shared between calls.
Value fresh_default(const Value& v) { return v.is_list() ? Value(make_ref<ListBox>(v.list())) : v; }

}  // namespace

Result<std::vector<Value>> bind_python_arguments(const Schema& schema, const Value* self, nb::args args, nb::kwargs kwargs) {
  const std::size_t hidden = self ? 1 : 0, given = hidden + args.size();
  const auto& params = schema.arguments;
  if (given + kwargs.size() > params.size())
    return call_error(fmt("{}() expected at most {} argument(s) but received {} argument(s). Declaration: {}", schema.name,
                          params.size(), given + kwargs.size(), schema.str()));
  std::vector<Value> out;
  out.reserve(params.size());
  if (self) out.push_back(*self);
  for (nb::handle a : args) {
    if (params[out.size()].keyword_only)
      return call_error(fmt("{}() takes {} positional argument(s) but {} was/were given. Declaration: {}", schema.name,
                            out.size(), given, schema.str()));
    FACULA_TRY(Value v, convert(schema, out.size(), a));
    out.push_back(std::move(v));
  }
  std::size_t used = 0;
  for (std::size_t i = out.size(); i < params.size(); ++i) {
    if (kwargs.size() && kwargs.contains(params[i].name.c_str())) {
      FACULA_TRY(Value v, convert(schema, i, kwargs[params[i].name.c_str()]));
      out.push_back(std::move(v));
      ++used;
    } else if (params[i].default_value) {
      out.push_back(fresh_default(*params[i].default_value));
    } else {
      return call_error(fmt("{}() is missing value for argument '{}'. Declaration: {}", schema.name, params[i].name, schema.str()));
    }
  }
  if (used == kwargs.size()) return out;
  for (auto [key, value] : kwargs) {
    const std::string name = nb::cast<std::string>(key);
    const auto at = std::find_if(params.begin(), params.end(), [&](const Argument& p) { return p.name == name; });
    if (at == params.end())
      return call_error(fmt("Unknown keyword argument '{}' for operator '{}'. Schema: {}", name, schema.name, schema.str()));
    if (static_cast<std::size_t>(at - params.begin()) < given)
      return call_error(fmt("Argument '{}' specified both as positional and keyword argument. Schema: {}", name, schema.str()));
  }
  return call_error(fmt("Unknown keyword argument for operator '{}'. Schema: {}", schema.name, schema.str()));
}

// --- Ctrl-C ------------------------------------------------------------------------------------------------------------
// Python's own handler only takes note of the signal; the interpreter acts on it when it runs again. While a program runs
// on the main thread a second handler in front of it sets the flag that the VM polls.

namespace {

std::atomic<bool> stop_requested{false};
int depth = 0;  // of runs on the main thread, which alone changes it
#ifdef _WIN32
using Handler = void (*)(int);
Handler previous = SIG_DFL;
#else
struct sigaction previous;
#endif

extern "C" void on_interrupt(int number) {
  stop_requested.store(true, std::memory_order_relaxed);
#ifdef _WIN32
  if (previous != SIG_DFL && previous != SIG_IGN) previous(number);
#else
  if (previous.sa_handler != SIG_DFL && previous.sa_handler != SIG_IGN) previous.sa_handler(number);
#endif
}

unsigned long main_thread() {
  static const unsigned long id = [] {
    nb::gil_scoped_acquire gil;
    return nb::cast<unsigned long>(nb::module_::import_("threading").attr("main_thread")().attr("ident"));
  }();
  return id;
}

}  // namespace

Running::Running() {
  if (PyThread_get_thread_ident() != main_thread()) return;
  watches_ = true;
  options.stop = &stop_requested;
  if (depth++ > 0) return;
  stop_requested.store(false, std::memory_order_relaxed);
#ifdef _WIN32
  previous = std::signal(SIGINT, on_interrupt);
#else
  struct sigaction ours {};
  ours.sa_handler = on_interrupt;
  sigemptyset(&ours.sa_mask);
  ours.sa_flags = SA_ONSTACK;
  sigaction(SIGINT, &ours, &previous);
  if (previous.sa_handler == SIG_DFL || previous.sa_handler == SIG_IGN || (previous.sa_flags & SA_SIGINFO)) {
    sigaction(SIGINT, &previous, nullptr);  // Python does not handle the signal: neither do we
    watches_ = false;
    --depth;
    options.stop = nullptr;
  }
#endif
}

Running::~Running() {
  if (!watches_ || --depth > 0) return;
#ifdef _WIN32
  std::signal(SIGINT, previous);
#else
  sigaction(SIGINT, &previous, nullptr);
#endif
}

bool Running::interrupted() const { return stop_requested.load(std::memory_order_relaxed); }

}  // namespace fac::python
