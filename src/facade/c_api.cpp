// The C interface, over the C++ one.
#include "facula.h"

#include <cstdlib>

#include "facula/facula.h"

struct facula_module {
  facula::jit::Module module;
};
struct facula_value {
  facula::IValue value;
  std::vector<facula::Tensor> tensors;  // contiguous
};

namespace {

char* copy_text(const std::string& s) {
  char* p = static_cast<char*>(std::malloc(s.size() + 1));
  if (p) std::memcpy(p, s.c_str(), s.size() + 1);
  return p;
}

template <class F>
auto caught(char** error, F&& body) -> decltype(body()) {
  try {
    return body();
  } catch (const std::exception& e) {
    if (error) *error = copy_text(e.what());
    return {};
  }
}

void collect(const facula::IValue& v, std::vector<facula::Tensor>& out) {
  if (v.isTensor()) {
    out.push_back(v.toTensor().contiguous());
  } else if (v.isTuple()) {
    for (const auto& e : v.toTuple()->elements()) collect(e, out);
  } else if (v.isList()) {
    for (const auto& e : v.toListRef()) collect(e, out);
  } else if (v.isGenericDict()) {
    for (const auto& e : v.toGenericDict()) collect(e.value(), out);
  }
}

}  // namespace

const char* facula_version(void) { return facula::abi::version().data; }
void facula_free(char* text) { std::free(text); }

facula_module* facula_load(const char* path, char** error) {
  return caught(error, [&] { return new facula_module{facula::jit::load(std::string(path))}; });
}
facula_module* facula_load_memory(const void* data, size_t size, char** error) {
  return caught(error, [&] { return new facula_module{facula::jit::load(data, size)}; });
}
void facula_module_free(facula_module* module) { delete module; }

facula_value* facula_run(const facula_module* module, const char* method, const facula_tensor* inputs, size_t count,
                         char** error) {
  return caught(error, [&]() -> facula_value* {
    if (!module) facula::fail("facula_run: no module");
    std::vector<facula::IValue> args;
    for (size_t i = 0; i < count; ++i)
      args.emplace_back(facula::from_blob(inputs[i].data, {inputs[i].sizes, inputs[i].dim},
                                          static_cast<facula::ScalarType>(inputs[i].dtype)));
    auto result = std::make_unique<facula_value>();
    result->value = module->module.run(method, std::move(args));
    collect(result->value, result->tensors);
    // A tensor that is still the caller's memory gets its own: the value outlives the call.
    for (auto& t : result->tensors)
      for (size_t i = 0; i < count; ++i)
        if (t.storage().data() == inputs[i].data) t = t.clone();
    return result.release();
  });
}
void facula_value_free(facula_value* value) { delete value; }
size_t facula_value_tensor_count(const facula_value* value) { return value ? value->tensors.size() : 0; }
int facula_value_tensor(const facula_value* value, size_t index, facula_tensor* out) {
  if (!value || index >= value->tensors.size()) return 0;
  const auto i = value->tensors[index].info();
  *out = {i.data, i.sizes, i.dim, i.dtype};
  return 1;
}
char* facula_value_text(const facula_value* value) {
  if (!value) return nullptr;
  return caught(nullptr, [&] { return copy_text(value->value.text(facula::abi::TextOf::kValue)); });
}

void facula_set_threads(int count) {
  if (count > 0) facula::abi::set_thread_count(count);
}
