// dtype, device and generator as Python objects, and what torch's and NumPy's own objects of the kind mean.
#pragma once

#include <optional>

#include "binding.h"
#include "ops/generator.h"

namespace fac::python {

struct PyDType {
  DType dtype;
};

// Objects of our class or of torch's, exactly; strings and Python types are not looked at.
std::optional<DType> dtype_object(nb::handle h);
std::optional<Device> device_object(nb::handle h);
Ref<ops::Generator> generator_object(nb::handle h);  // null: none
// torch.strided, torch.contiguous_format, torch.per_tensor_affine: the number that TorchScript knows them by.
std::optional<std::int64_t> enumerator_of_torch(nb::handle h);

nb::object dtype_to_python(DType d);
// The module `torch`, if the program has imported it; this package never does.
nb::handle torch_if_loaded();

}  // namespace fac::python
