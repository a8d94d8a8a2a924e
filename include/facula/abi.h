// The boundary between a program and the library: everything that crosses it. The classes of the other headers are thin
// and live in the program; they hold what is declared here and call these functions. Nothing of the standard library's
// own layout crosses (no std::string, no std::vector), so that a program may be built with another ABI or mode of it.
//
// Every function may throw Error (types.h), unless it is noexcept.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iosfwd>

#if defined(FACULA_STATIC)
#define FACULA_API
#elif defined(_WIN32)
#ifdef FACULA_BUILDING
#define FACULA_API __declspec(dllexport)
#else
#define FACULA_API __declspec(dllimport)
#endif
#else
#define FACULA_API __attribute__((visibility("default")))
#endif

namespace facula::abi {

// What a Slot holds. From kTensor on, `p` is a counted reference.
enum class Tag : std::uint8_t {
  kNone, kBool, kInt, kFloat, kDevice,
  kTensor, kComplex, kStr, kList, kDict, kTuple, kObject, kEnum, kFuture, kFunction, kGenerator, kStorage, kCapsule,
};

// A value in transit and at rest: 16 bytes. The library's own values have this layout.
struct Slot {
  Tag tag = Tag::kNone;
  union {
    std::int64_t i = 0;  // also bool (0, 1) and Device (type * 256 + the byte of the index)
    double d;
    void* p;
  };
  bool is_ref() const { return tag >= Tag::kTensor; }
};

struct Text {  // borrowed
  const char* data = nullptr;
  std::size_t size = 0;
};

FACULA_API void retain(void* reference) noexcept;
FACULA_API void release(void* reference) noexcept;
FACULA_API std::uint32_t use_count(const void* reference) noexcept;

// --- errors ---
enum class ErrorClass : std::uint8_t { kError, kIndex, kValue, kType, kNotImplemented, kLinAlg, kOutOfMemory, kScript };
[[noreturn]] FACULA_API void fail(const char* text, std::size_t size, ErrorClass kind);

// --- operators ---
class Operator;
FACULA_API const Operator* find_operator(const char* name, const char* overload);
// `args` are the schema's arguments, all of them; the callee may change them, the caller releases them. `results` are
// empty slots, one for each result.
FACULA_API void call_operator(const Operator* op, Slot* args, std::size_t count, Slot* results, std::size_t result_count);

// --- making values: `out` is an empty slot ---
FACULA_API void make_str(Slot* out, const char* text, std::size_t size);
FACULA_API void make_complex(Slot* out, double re, double im);
FACULA_API void make_ints(Slot* out, const std::int64_t* v, std::size_t n);
FACULA_API void make_floats(Slot* out, const double* v, std::size_t n);
// Types in the notation of schemas: "Tensor", "int[]", "Dict(str, Tensor)"; null: found from the items.
FACULA_API void make_list(Slot* out, const Slot* items, std::size_t n, const char* element_type);
FACULA_API void make_dict(Slot* out, const char* key_type, const char* value_type);
FACULA_API void make_tuple(Slot* out, const Slot* items, std::size_t n);
FACULA_API void make_generator(Slot* out, std::uint64_t seed);

// --- reading values: `ref` is the p of a slot with the tag that the name says ---
FACULA_API Text str_text(const void* ref) noexcept;
FACULA_API void complex_parts(const void* ref, double* re_im) noexcept;
FACULA_API std::size_t list_size(const void* ref) noexcept;
FACULA_API void list_get(const void* ref, std::size_t i, Slot* out);
FACULA_API void list_set(void* ref, std::size_t i, const Slot* v);
FACULA_API void list_insert(void* ref, std::size_t i, const Slot* v);
FACULA_API void list_erase(void* ref, std::size_t i);
FACULA_API void list_clear(void* ref);
FACULA_API const std::int64_t* list_ints(const void* ref) noexcept;  // null: not a list of integers
FACULA_API const double* list_floats(const void* ref) noexcept;
FACULA_API std::size_t dict_size(const void* ref) noexcept;
FACULA_API bool dict_find(const void* ref, const Slot* key, Slot* out);
FACULA_API void dict_set(void* ref, const Slot* key, const Slot* v);
FACULA_API bool dict_erase(void* ref, const Slot* key);
FACULA_API void dict_clear(void* ref);
FACULA_API void dict_items(const void* ref, Slot* out);  // dict_size() pairs of key and value, in order of insertion
FACULA_API std::size_t tuple_size(const void* ref) noexcept;
FACULA_API void tuple_get(const void* ref, std::size_t i, Slot* out);
FACULA_API void enum_parts(const void* ref, Slot* name, Slot* value);
FACULA_API void future_wait(void* ref, Slot* out);
FACULA_API bool is_module(const void* object_ref) noexcept;
FACULA_API bool equal(const Slot* a, const Slot* b);
enum class TextOf : std::uint8_t {
  kType,             // "Dict(str, Tensor)"
  kAnnotation,       // "Dict[str, Tensor]"
  kElementType,      // of a list, in the notation of schemas
  kKeyType, kValueType,  // of a dictionary
  kValue,            // as print() shows it
  kTagName,
};
FACULA_API void text_of(const Slot* v, TextOf what, Slot* out);  // out: a str
FACULA_API void write(std::ostream& out, const Slot* v);         // as libtorch's operator<< does
FACULA_API void write_text(std::ostream& out, const char* text, std::size_t size);

// --- tensors: `impl` is the p of a tensor slot ---
struct TensorInfo {
  const std::int64_t* sizes;
  const std::int64_t* strides;  // elements
  std::size_t dim;
  std::int64_t numel;
  std::int64_t offset;  // elements
  void* data;           // first element
  void* storage_data;
  std::size_t storage_bytes;
  std::uint32_t version;
  std::int8_t dtype;
  std::int8_t device_type;
  bool contiguous;
  bool requires_grad;
};
FACULA_API void tensor_info(const void* impl, TensorInfo* out) noexcept;
// Before anything is written through a pointer: packed copies of the tensor become stale.
FACULA_API void tensor_will_change(void* impl) noexcept;
FACULA_API bool tensor_is_contiguous(const void* impl, std::int8_t memory_format) noexcept;
FACULA_API std::int8_t tensor_memory_format(const void* impl) noexcept;  // the one that its strides suggest
FACULA_API void tensor_set_requires_grad(void* impl, bool on) noexcept;
FACULA_API void tensor_assign(void* impl, const void* from);  // set_data: shape, dtype and memory of another tensor
using Deleter = void (*)(void* context);
// strides may be null (row-major). `release` (may be null) runs with `context` when the last user has gone.
FACULA_API void tensor_from_blob(Slot* out, void* data, const std::int64_t* sizes, const std::int64_t* strides,
                                 std::size_t dim, std::int8_t dtype, Deleter release, void* context);
FACULA_API void tensor_write(std::ostream& out, const void* impl, std::int64_t line_size);
FACULA_API void tensor_print(const void* impl, std::int64_t line_size);  // to the standard output

// --- modules: `self` is the p of an object slot ---
struct ExtraFile {
  Text name;
  Slot content;  // filled in with a str
};
struct LoadRequest {
  Text path;                  // either this,
  const void* data = nullptr;  // or memory,
  std::size_t size = 0;
  std::istream* stream = nullptr;  // or a stream
  std::int64_t device = 0;         // as in Slot
  ExtraFile* extra = nullptr;
  std::size_t extra_count = 0;
};
FACULA_API void module_load(const LoadRequest* request, Slot* out);
struct SaveRequest {
  Text path;                       // either this,
  std::ostream* stream = nullptr;  // or a stream
  ExtraFile* extra = nullptr;      // content: a str
  std::size_t extra_count = 0;
};
FACULA_API void module_save(const void* self, const SaveRequest* request);
// A module from the Python source of its class, without Python; see ModuleSource in facula/module.h.
struct CompileRequest {
  Text file, class_name, factory, arguments, weights, strip_prefix;
  const Text* paths = nullptr;
  std::size_t path_count = 0;
  bool allow_missing = false, allow_unexpected = false, training = false;
};
FACULA_API void module_compile(const CompileRequest* request, Slot* out);
// The last `named` of the arguments are keyword arguments with these names.
FACULA_API void module_call(void* self, Text method, Slot* args, std::size_t count, const Text* names, std::size_t named,
                            Slot* out);
enum class ModulePart : std::uint8_t {
  kModules, kChildren, kParameters, kBuffers, kAttributes,  // [name, value, name, value, ...]
  kOwnParameters, kOwnBuffers, kOwnAttributes,              // the same, without the children's
  kMethods,                                                 // [name, ...]
};
FACULA_API void module_parts(const void* self, ModulePart what, Slot* out);  // out: a tuple
FACULA_API bool module_has(const void* self, Text name, bool method) noexcept;
FACULA_API void module_get(const void* self, Text name, Slot* out);
// `define`: 0 the attribute must exist; 1 it is added if need be; 2 added as a parameter; 3 as a buffer.
FACULA_API void module_set(void* self, Text name, const Slot* v, int define);
FACULA_API void module_train(void* self, bool on);
FACULA_API void module_to(void* self, std::int8_t dtype, std::int64_t device);  // dtype or device -1: as it is
FACULA_API void module_clone(const void* self, bool tensors, Slot* out);
FACULA_API void module_freeze(const void* self, const Text* preserved, std::size_t n, Slot* out);
FACULA_API void module_set_precision(void* self, Text name);
FACULA_API void module_precision(void* self, Slot* out);  // out: a str
FACULA_API void module_new(Text name, Slot* out);
enum class MethodText : std::uint8_t { kSchema, kGraph, kInlinedGraph, kCode };
FACULA_API void method_text(const void* self, Text method, MethodText what, Slot* out);  // out: a str

// --- program text ---
class Unit;
FACULA_API Unit* unit_compile(Text source);
// A plain .py file's text, in the everyday dialect or as torch.jit.script takes it.
FACULA_API Unit* unit_compile_python(Text source, Text name, bool strict);
FACULA_API void unit_release(Unit* unit) noexcept;
FACULA_API bool unit_has(const Unit* unit, Text function) noexcept;
FACULA_API void unit_call(Unit* unit, Text function, Slot* args, std::size_t count, const Text* names, std::size_t named,
                          Slot* out);
FACULA_API void unit_text(const Unit* unit, Text function, MethodText what, Slot* out);
FACULA_API void unit_functions(const Unit* unit, Slot* out);  // out: a tuple of names
FACULA_API void unit_save(const Unit* unit, Text function, const SaveRequest* request);

// --- values as bytes ---
FACULA_API void pickle_save(const Slot* v, Slot* out);                           // torch.load reads it; out: a str
FACULA_API void pickle_load(const void* data, std::size_t size, Slot* out);

// --- the process ---
FACULA_API int thread_count() noexcept;
FACULA_API void set_thread_count(int n) noexcept;
FACULA_API void manual_seed(std::uint64_t seed);
FACULA_API std::int8_t default_dtype() noexcept;
FACULA_API void set_default_dtype(std::int8_t dtype) noexcept;
using RangeFn = void (*)(void* context, std::int64_t begin, std::int64_t end);
FACULA_API void parallel_for(std::int64_t n, std::int64_t grain, RangeFn fn, void* context) noexcept;
// Of this thread. Facula computes no gradients; programs set and ask the mode nevertheless.
enum class Mode : std::uint8_t { kGrad, kInference };
FACULA_API bool mode(Mode which) noexcept;
FACULA_API void set_mode(Mode which, bool on) noexcept;
FACULA_API Text version() noexcept;
FACULA_API void print_text(Text text, bool to_standard_error);

}  // namespace facula::abi
