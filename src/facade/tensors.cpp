// Tensors and operators across the boundary.
#include <iostream>

#include "facade/boundary.h"
#include "ops/table.h"
#include "tensor/print.h"

namespace facula::abi {

using namespace fac::facade;
using fac::DType;
using fac::Ints;
using fac::TensorImpl;
using fac::Value;

namespace {

const fac::ops::Overload& as_overload(const Operator* op) { return *reinterpret_cast<const fac::ops::Overload*>(op); }

fac::Tensor as_tensor(const void* impl) {
  return fac::Tensor(fac::Ref<TensorImpl>(&as_box<TensorImpl>(const_cast<void*>(impl))));
}

// The types of a C++ call hold already, but a Tensor may be undefined.
void expect_defined(const fac::Schema& schema, const Slot* args, std::size_t count) {
  for (std::size_t i = 0; i < count && i < schema.arguments.size(); ++i) {
    const fac::Type& t = *schema.arguments[i].type;
    const Value& v = as_value(&args[i]);
    if (t.kind() == fac::TypeKind::kTensor && !v.is_tensor())
      ::facula::fail(fac::fmt("Expected a proper Tensor but got None (or an undefined Tensor in C++) for argument #{} '{}'", i,
                    schema.arguments[i].name));
    if (t.kind() != fac::TypeKind::kList || t.element()->kind() != fac::TypeKind::kTensor || !v.is_list()) continue;
    std::size_t at = 0;
    for (const Value& item : v.list().values()) {
      if (!item.is_tensor())
        ::facula::fail(fac::fmt("Expected a proper Tensor but got None (or an undefined Tensor in C++) for sequence element {} of "
                      "sequence argument #{} '{}'", at, i, schema.arguments[i].name));
      ++at;
    }
  }
}

}  // namespace

const Operator* find_operator(const char* name, const char* overload) {
  return guarded([&] {
    install_host();
    const auto* o = fac::ops::find(name, overload);
    if (!o) ::facula::fail(fac::fmt("operator {}{}{} is not part of this version of Facula", name, *overload ? "." : "", overload),
                 ErrorClass::kNotImplemented);
    return reinterpret_cast<const Operator*>(o);
  });
}

void call_operator(const Operator* op, Slot* args, std::size_t count, Slot* results, std::size_t result_count) {
  guarded([&] {
    const auto& o = as_overload(op);
    expect_defined(o.schema(), args, count);
    check(o.call({&as_value(args), count}, {&as_value(results), result_count}));
  });
}

void tensor_info(const void* impl, TensorInfo* out) noexcept {
  const auto& t = as_box<TensorImpl>(impl);
  const std::size_t bytes = fac::item_size(t.dtype);
  *out = {t.sizes.data(),
          t.strides.data(),
          t.sizes.size(),
          t.numel,
          t.offset,
          static_cast<char*>(t.storage->data()) + t.offset * static_cast<std::int64_t>(bytes),
          t.storage->data(),
          t.storage->bytes(),
          t.storage->version(),
          static_cast<std::int8_t>(t.dtype),
          static_cast<std::int8_t>(t.storage->device().type),
          t.contiguous,
          t.requires_grad};
}
void tensor_will_change(void* impl) noexcept { as_box<TensorImpl>(impl).storage->bump_version(); }
bool tensor_is_contiguous(const void* impl, std::int8_t memory_format) noexcept {
  return as_tensor(impl).is_contiguous(static_cast<fac::MemoryFormat>(memory_format));
}
std::int8_t tensor_memory_format(const void* impl) noexcept {
  return static_cast<std::int8_t>(as_tensor(impl).suggest_memory_format());
}
void tensor_set_requires_grad(void* impl, bool on) noexcept { as_box<TensorImpl>(impl).requires_grad = on; }
void tensor_assign(void* impl, const void* from) {
  guarded([&] {
    auto& t = as_box<TensorImpl>(impl);
    const auto& o = as_box<TensorImpl>(from);
    t.storage->bump_version();
    t.storage = o.storage;
    t.offset = o.offset;
    t.sizes = o.sizes;
    t.strides = o.strides;
    t.dtype = o.dtype;
    t.refresh();
  });
}

void tensor_from_blob(Slot* out, void* data, const std::int64_t* sizes, const std::int64_t* strides, std::size_t dim,
                      std::int8_t dtype, Deleter release, void* context) {
  guarded([&] {
    // The memory is the caller's; he is told even if what follows fails.
    struct Owner {
      Deleter release = nullptr;
      void* context = nullptr;
      ~Owner() {
        if (release) release(context);
      }
    };
    auto owner = std::make_shared<Owner>();
    owner->release = release;
    owner->context = context;
    const auto type = static_cast<DType>(dtype);
    if (!fac::is_valid_dtype(dtype)) ::facula::fail("from_blob: unknown dtype");
    const Ints shape(sizes, dim);
    for (const auto n : shape)
      if (n < 0) ::facula::fail("from_blob: negative size " + fac::ints_text(shape));
    const fac::Dims dense = fac::contiguous_strides(shape);
    const Ints steps = strides ? Ints(strides, dim) : Ints(dense);
    std::int64_t last = 0;  // greatest offset in elements
    bool overflow = false, empty = false;
    for (std::size_t i = 0; i < dim; ++i) {
      if (steps[i] < 0) ::facula::fail("from_blob: negative stride " + fac::ints_text(steps));
      if (shape[i] == 0) empty = true;
      else {
        std::int64_t reach = 0;
        overflow |= __builtin_mul_overflow(shape[i] - 1, steps[i], &reach);
        overflow |= __builtin_add_overflow(last, reach, &last);
      }
    }
    std::int64_t bytes = 0;
    overflow |= __builtin_mul_overflow(last + 1, static_cast<std::int64_t>(fac::item_size(type)), &bytes);
    if (overflow && !empty) ::facula::fail("from_blob: the sizes " + fac::ints_text(shape) + " are too large");
    auto storage = fac::borrow_storage(data, empty ? 0 : static_cast<std::size_t>(bytes), [owner] {});
    as_value(out) = Value(fac::Tensor::from_storage(std::move(storage), 0, shape, steps, type));
  });
}

void tensor_write(std::ostream& out, const void* impl, std::int64_t line_size) {
  guarded([&] {
    if (impl) out << fac::tensor_text(as_tensor(impl), line_size);
    else out << "[ Tensor (undefined) ]";
  });
}
void tensor_print(const void* impl, std::int64_t line_size) { tensor_write(std::cout, impl, line_size); }

}  // namespace facula::abi
