// Tensors across libraries without copying: torch tensors by their Python attributes, everything else by DLPack.
#include "tensor_exchange.h"

#include <map>
#include <unordered_map>

#include "dlpack.h"
#include "ops/copy.h"
#include "shared_memory.h"
#include "types.h"

namespace fac::python {
namespace {

ErrorPtr type_error(std::string text) { return make_error(ErrorKind::kType, std::move(text)); }

thread_local SharedStorages* sharing = nullptr;

Result<Tensor> torch_tensor(nb::handle h) {
  static auto* dtypes = new std::unordered_map<PyObject*, DType>;
  const bool requires_grad = nb::cast<bool>(h.attr("requires_grad"));
  // The detached one is a handle of its own: assignments to the original's .data do not reach it.
  nb::object t = h.attr("detach")();
  if (!nb::cast<bool>(t.attr("is_cpu")))
    return runtime_error("Facula computes on the CPU, but a tensor is on device {}", nb::cast<std::string>(nb::str(t.attr("device"))));
  if (nb::cast<bool>(t.attr("is_conj")()) || nb::cast<bool>(t.attr("is_neg")())) t = t.attr("resolve_conj")().attr("resolve_neg")();
  const nb::object dtype = t.attr("dtype");
  auto known = dtypes->find(dtype.ptr());
  if (known == dtypes->end()) {
    const auto d = dtype_object(dtype);
    if (!d) return type_error(fmt("tensors of {} have no counterpart in Facula", nb::cast<std::string>(nb::str(dtype))));
    known = dtypes->emplace(dtype.inc_ref().ptr(), *d).first;  // dtypes live as long as torch
  }
  const Dims sizes = [&] {
    Dims d;
    for (nb::handle n : t.attr("shape")) d.push_back(nb::cast<std::int64_t>(n));
    return d;
  }();
  nb::object storage_object = t.attr("untyped_storage")();  // raises for sparse and meta tensors
  Dims strides;
  for (nb::handle n : t.attr("stride")()) strides.push_back(nb::cast<std::int64_t>(n));
  const auto offset = nb::cast<std::int64_t>(t.attr("storage_offset")());
  void* data = reinterpret_cast<void*>(nb::cast<std::uintptr_t>(storage_object.attr("data_ptr")()));
  const auto bytes = nb::cast<std::size_t>(storage_object.attr("nbytes")());
  Ref<Storage> storage = sharing ? sharing->find(data, bytes) : nullptr;
  if (!storage) {
    auto memory = std::make_shared<TorchMemory>(t, data, bytes);
    storage = borrow_storage(data, bytes, [memory] {});
    memory->set_storage(storage.get());
    if (sharing && data) sharing->add(data, bytes, storage);
  }
  Tensor out = Tensor::from_storage(std::move(storage), offset, sizes, strides, known->second);
  out.impl()->requires_grad = requires_grad;
  return out;
}

std::optional<DType> dtype_of(dlpack::DataType t) {
  if (t.lanes != 1) return std::nullopt;
  switch (t.code) {
    case dlpack::kInt:
      switch (t.bits) {
        case 8: return DType::kInt8;
        case 16: return DType::kInt16;
        case 32: return DType::kInt32;
        case 64: return DType::kInt64;
        default: return std::nullopt;
      }
    case dlpack::kUInt: return t.bits == 8 ? std::optional(DType::kUInt8) : std::nullopt;
    case dlpack::kFloat:
      return t.bits == 16 ? std::optional(DType::kHalf) : t.bits == 32 ? std::optional(DType::kFloat)
             : t.bits == 64 ? std::optional(DType::kDouble) : std::nullopt;
    case dlpack::kBfloat: return t.bits == 16 ? std::optional(DType::kBFloat16) : std::nullopt;
    case dlpack::kComplex:
      return t.bits == 32 ? std::optional(DType::kComplexHalf) : t.bits == 64 ? std::optional(DType::kComplexFloat)
             : t.bits == 128 ? std::optional(DType::kComplexDouble) : std::nullopt;
    case dlpack::kBool: return t.bits == 8 ? std::optional(DType::kBool) : std::nullopt;
    default: return std::nullopt;
  }
}

dlpack::DataType code_of(DType d) {
  const auto bits = static_cast<std::uint8_t>(item_size(d) * 8);
  if (d == DType::kBool) return {dlpack::kBool, bits, 1};
  if (d == DType::kBFloat16) return {dlpack::kBfloat, bits, 1};
  if (d == DType::kUInt8) return {dlpack::kUInt, bits, 1};
  if (is_complex(d)) return {dlpack::kComplex, bits, 1};
  if (is_floating(d)) return {dlpack::kFloat, bits, 1};
  return {dlpack::kInt, bits, 1};
}

// `release` gives the memory back; it runs even where the tensor is refused.
Result<Tensor> from_dlpack(const dlpack::Tensor& t, std::function<void()> release) {
  auto give_back = std::shared_ptr<void>(nullptr, [release = std::move(release)](void*) { release(); });
  if (t.device.type != 1) return runtime_error("Facula computes on the CPU, but a tensor is on another device");
  const auto dtype = dtype_of(t.dtype);
  if (!dtype) return type_error("the element type of a tensor has no counterpart in Facula");
  if (t.ndim < 0 || t.ndim > 64) return type_error("a tensor of that many dimensions cannot be taken");
  const Ints sizes(t.shape, static_cast<std::size_t>(t.ndim));
  Dims strides = contiguous_strides(sizes);
  if (t.strides) strides = Dims(t.strides, t.strides + t.ndim);
  std::int64_t last = 0;
  bool empty = false;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    if (sizes[i] == 0) empty = true;
    if (strides[i] < 0 && sizes[i] > 1) return type_error("negative strides");
    if (strides[i] < 0) strides[i] = 1;
    last += (sizes[i] - 1) * strides[i];
  }
  if (empty) strides = contiguous_strides(sizes);
  const std::size_t bytes = empty ? 0 : static_cast<std::size_t>(last + 1) * item_size(*dtype);
  auto watch = std::make_shared<std::unique_ptr<UncountedMemory>>();
  auto storage = borrow_storage(static_cast<char*>(t.data) + t.byte_offset, bytes, [give_back, watch] { watch->reset(); });
  *watch = std::make_unique<UncountedMemory>(storage.get());
  return Tensor::from_storage(std::move(storage), 0, sizes, strides, *dtype);
}

Result<Tensor> from_capsule(nb::handle capsule) {
  if (PyCapsule_IsValid(capsule.ptr(), "dltensor_versioned")) {
    auto* m = static_cast<dlpack::ManagedTensorVersioned*>(PyCapsule_GetPointer(capsule.ptr(), "dltensor_versioned"));
    PyCapsule_SetName(capsule.ptr(), "used_dltensor_versioned");
    return from_dlpack(m->tensor, [m] {
      if (m->deleter) m->deleter(m);
    });
  }
  if (!PyCapsule_IsValid(capsule.ptr(), "dltensor"))
    return type_error("from_dlpack: expected an object with __dlpack__, or a capsule that was not taken before");
  auto* m = static_cast<dlpack::ManagedTensor*>(PyCapsule_GetPointer(capsule.ptr(), "dltensor"));
  PyCapsule_SetName(capsule.ptr(), "used_dltensor");
  return from_dlpack(m->tensor, [m] {
    if (m->deleter) m->deleter(m);
  });
}

bool is_numpy_array(nb::handle h) { return std::string_view(Py_TYPE(h.ptr())->tp_name) == "numpy.ndarray"; }

// What cannot be lent (read-only memory, negative strides, foreign byte order) is copied.
nb::object lendable_array(nb::handle array) {
  bool lend = nb::cast<bool>(array.attr("flags").attr("writeable"));
  for (nb::handle s : array.attr("strides")) lend = lend && nb::cast<std::int64_t>(s) >= 0;
  const std::string order = nb::cast<std::string>(array.attr("dtype").attr("byteorder"));
  if (lend && order != ">") return nb::borrow(array);
  nb::object copy = array.attr("copy")();
  if (order == ">") copy = copy.attr("astype")(copy.attr("dtype").attr("newbyteorder")("="));
  return copy;
}

// What the receiver of a capsule owns.
template <class Managed>
struct Lent {
  Managed managed{};
  Tensor tensor;
  Dims sizes, strides;
  std::unique_ptr<UncountedMemory> watch;  // the receiver may write
};

template <class Managed>
nb::object make_capsule(const Tensor& t, const char* name) {
  auto* lent = new Lent<Managed>;
  lent->tensor = t;
  lent->watch = std::make_unique<UncountedMemory>(t.storage().get());
  lent->sizes = Dims(t.sizes().begin(), t.sizes().end());
  lent->strides = Dims(t.strides().begin(), t.strides().end());
  auto& d = lent->managed.tensor;
  d = {t.data(), {1, 0}, static_cast<std::int32_t>(t.dim()), code_of(t.dtype()), lent->sizes.data(), lent->strides.data(), 0};
  lent->managed.context = lent;
  lent->managed.deleter = [](Managed* m) { delete static_cast<Lent<Managed>*>(m->context); };
  if constexpr (std::is_same_v<Managed, dlpack::ManagedTensorVersioned>) {
    lent->managed.major = 1;
    lent->managed.minor = 0;
  }
  nb::object capsule = nb::steal(PyCapsule_New(&lent->managed, name, [](PyObject* c) {
    // Nobody took the tensor: the capsule still has its first name.
    const char* own = PyCapsule_GetName(c);
    if (!own || std::string_view(own).starts_with("used_")) return;
    auto* m = static_cast<Managed*>(PyCapsule_GetPointer(c, own));
    m->deleter(m);
  }));
  if (!capsule.is_valid()) {
    delete lent;
    throw nb::python_error();
  }
  return capsule;
}

}  // namespace

SharedStorages::SharedStorages() : before_(std::exchange(sharing, this)) {}
SharedStorages::~SharedStorages() { sharing = before_; }
Ref<Storage> SharedStorages::find(void* data, std::size_t bytes) const {
  const auto it = storages_.find(data);
  return it != storages_.end() && it->second->bytes() == bytes ? it->second : nullptr;
}
void SharedStorages::add(void* data, std::size_t, Ref<Storage> s) { storages_[data] = std::move(s); }

bool is_torch_tensor(nb::handle h) {
  nb::handle torch = torch_if_loaded();
  if (!torch) return false;
  static PyObject* base = nullptr;
  if (!base) base = nb::object(torch.attr("Tensor")).release().ptr();
  return PyObject_TypeCheck(h.ptr(), reinterpret_cast<PyTypeObject*>(base));
}

bool is_tensor_like(nb::handle h) {
  if (nb::isinstance<Tensor>(h)) return true;
  if (!h || PyType_Check(h.ptr())) return false;
  static PyObject* name = PyUnicode_InternFromString("__dlpack__");
  return PyObject_HasAttr(reinterpret_cast<PyObject*>(Py_TYPE(h.ptr())), name) != 0;
}

Result<Tensor> to_tensor(nb::handle h) {
  if (nb::isinstance<Tensor>(h)) return nb::cast<Tensor>(h);
  if (is_torch_tensor(h)) return torch_tensor(h);
  if (is_numpy_array(h)) return from_capsule(lendable_array(h).attr("__dlpack__")());
  if (PyCapsule_CheckExact(h.ptr())) return from_capsule(h);
  if (!is_tensor_like(h)) return type_error(fmt("a {} is no tensor", friendly_type_name(h)));
  return from_capsule(h.attr("__dlpack__")());
}

nb::object tensor_object(Tensor t) { return nb::cast(std::move(t)); }

nb::object dlpack_capsule(const Tensor& t, bool versioned) {
  return versioned ? make_capsule<dlpack::ManagedTensorVersioned>(t, "dltensor_versioned")
                   : make_capsule<dlpack::ManagedTensor>(t, "dltensor");
}

}  // namespace fac::python
