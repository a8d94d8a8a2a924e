#include "shared_memory.h"

#include <cstring>
#include <unordered_set>

#include "tensor/baked.h"

namespace fac::python {
namespace {

struct Shared {
  std::unordered_set<TorchMemory*> torch;
  std::unordered_set<UncountedMemory*> uncounted;
};
Shared& shared() {
  static auto* s = new Shared;  // guarded by the GIL
  return *s;
}

constexpr std::uint64_t kPrime = 0x9E3779B185EBCA87ull;

// Four independent chains: bound by memory, not by the multiplications.
std::uint64_t sum_of(const void* data, std::size_t bytes) {
  const auto* p = static_cast<const unsigned char*>(data);
  std::uint64_t lanes[4] = {1, 2, 3, 4};
  std::size_t i = 0;
  for (; i + 32 <= bytes; i += 32)
    for (std::size_t k = 0; k < 4; ++k) {
      std::uint64_t word;
      std::memcpy(&word, p + i + 8 * k, 8);
      lanes[k] = (lanes[k] ^ word) * kPrime;
      lanes[k] ^= lanes[k] >> 29;
    }
  for (; i < bytes; ++i) lanes[i % 4] = (lanes[i % 4] ^ p[i]) * kPrime;
  return ((lanes[0] * kPrime + lanes[1]) * kPrime + lanes[2]) * kPrime + lanes[3];
}

// All of a small block, eight lines of a large one.
std::uint64_t sample_of(const void* data, std::size_t bytes) {
  constexpr std::size_t kSmall = 4096, kLine = 64, kLines = 8;
  if (bytes <= kSmall) return sum_of(data, bytes);
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < kLines; ++i)
    out = out * kPrime + sum_of(static_cast<const char*>(data) + (bytes - kLine) / (kLines - 1) * i, kLine);
  return out;
}

std::int64_t torch_version(PyObject* tensor) {
  static PyObject* name = PyUnicode_InternFromString("_version");
  nb::object v = nb::steal(PyObject_GetAttr(tensor, name));
  if (!v.is_valid()) {
    PyErr_Clear();  // inference tensors do not count
    return 0;
  }
  return PyLong_AsLongLong(v.ptr());
}

}  // namespace

TorchMemory::TorchMemory(nb::object tensor, void* data, std::size_t bytes)
    : tensor_(tensor.release().ptr()), data_(data), bytes_(bytes), version_(torch_version(tensor_)) {
  shared().torch.insert(this);
}
TorchMemory::~TorchMemory() {
  if (!Py_IsInitialized()) return;
  nb::gil_scoped_acquire gil;
  shared().torch.erase(this);
  Py_DECREF(tensor_);
}

UncountedMemory::UncountedMemory(Storage* s) : storage_(s) { shared().uncounted.insert(this); }
UncountedMemory::~UncountedMemory() {
  if (!Py_IsInitialized()) return;
  nb::gil_scoped_acquire gil;
  // The last chance to see what the borrower wrote.
  if (is_baked(storage_)) storage_->bump_version();
  shared().uncounted.erase(this);
}

void notice_outside_writes() {
  for (TorchMemory* m : shared().torch) {
    if (!m->storage_ || !is_baked(m->storage_)) continue;
    const std::int64_t version = torch_version(m->tensor_);
    const std::uint64_t sample = sample_of(m->data_, m->bytes_);
    if (version == m->version_ && sample == m->sample_) continue;
    m->version_ = version;
    m->sample_ = sample;
    m->storage_->bump_version();
  }
  for (UncountedMemory* m : shared().uncounted) {
    if (!is_baked(m->storage_)) continue;
    const std::uint64_t sum = sum_of(m->storage_->data(), m->storage_->bytes());
    if (m->compared_ && sum == m->sum_) continue;
    m->compared_ = true;
    m->sum_ = sum;
    m->storage_->bump_version();
  }
}

}  // namespace fac::python
