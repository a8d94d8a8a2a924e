/* The stable C interface, for programs in other languages: load a TorchScript archive, run it on raw buffers.
 *
 *   char* error = NULL;
 *   facula_module* m = facula_load("model.pt", &error);
 *   facula_value* out = facula_run(m, "forward", inputs, 1, &error);
 *   facula_tensor t;
 *   if (out && facula_value_tensor(out, 0, &t)) ...
 *   facula_value_free(out); facula_module_free(m);
 *
 * Functions that can fail return NULL (or 0) and, where `error` is not NULL, a text there; free it with facula_free.
 * One module may run in many threads at once. */
#ifndef FACULA_H
#define FACULA_H

#include <stddef.h>
#include <stdint.h>

#ifdef FACULA_STATIC
#define FACULA_C_API
#elif defined(_WIN32)
#ifdef FACULA_BUILDING
#define FACULA_C_API __declspec(dllexport)
#else
#define FACULA_C_API __declspec(dllimport)
#endif
#else
#define FACULA_C_API __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Numbered as in PyTorch. */
enum facula_dtype {
  FACULA_UINT8 = 0, FACULA_INT8 = 1, FACULA_INT16 = 2, FACULA_INT32 = 3, FACULA_INT64 = 4,
  FACULA_FLOAT16 = 5, FACULA_FLOAT32 = 6, FACULA_FLOAT64 = 7,
  FACULA_COMPLEX64 = 9, FACULA_COMPLEX128 = 10, FACULA_BOOL = 11, FACULA_BFLOAT16 = 15
};

/* Row-major, without gaps. */
typedef struct facula_tensor {
  void* data;
  const int64_t* sizes;
  size_t dim;
  int32_t dtype;
} facula_tensor;

typedef struct facula_module facula_module;
typedef struct facula_value facula_value; /* what a method returned */

FACULA_C_API const char* facula_version(void);
FACULA_C_API void facula_free(char* text);

FACULA_C_API facula_module* facula_load(const char* path, char** error);
/* The memory may be given back when the function returns. */
FACULA_C_API facula_module* facula_load_memory(const void* data, size_t size, char** error);
FACULA_C_API void facula_module_free(facula_module* module);

/* The inputs are read in place while the call runs and are not changed by a method that does not write its arguments. */
FACULA_C_API facula_value* facula_run(const facula_module* module, const char* method, const facula_tensor* inputs,
                                      size_t count, char** error);
FACULA_C_API void facula_value_free(facula_value* value);
/* The tensors of a result, in order: of a tensor itself, of (nested) tuples, lists and the values of dictionaries. */
FACULA_C_API size_t facula_value_tensor_count(const facula_value* value);
/* 1 and *out filled in; its data and sizes live as long as the value. 0: no such tensor. */
FACULA_C_API int facula_value_tensor(const facula_value* value, size_t index, facula_tensor* out);
/* The result as text, as print() shows it; free it with facula_free. */
FACULA_C_API char* facula_value_text(const facula_value* value);

FACULA_C_API void facula_set_threads(int count);

#ifdef __cplusplus
}
#endif

#endif
