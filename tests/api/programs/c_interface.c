/* The C interface: load, run, read the result, errors. */
#include <facula.h>
#include <stdio.h>

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  char* error = NULL;
  facula_module* m = facula_load(argv[1], &error);
  if (!m) {
    fprintf(stderr, "%s\n", error);
    return 1;
  }
  float data[2] = {1, 2};
  int64_t sizes[1] = {2};
  facula_tensor input = {data, sizes, 1, FACULA_FLOAT32};
  facula_value* v = facula_run(m, "parts", &input, 1, &error);
  if (!v) {
    fprintf(stderr, "%s\n", error);
    return 1;
  }
  facula_tensor t;
  printf("%zu tensors\n", facula_value_tensor_count(v));
  if (facula_value_tensor(v, 2, &t)) printf("%g %g\n", ((float*)t.data)[0], ((float*)t.data)[1]);
  facula_value_free(v);
  printf("%d\n", facula_run(m, "nothing", &input, 1, &error) == NULL);
  printf("%s\n", error);
  facula_free(error);
  facula_module_free(m);
  return 0;
}
