// Operators as plain C++ functions, for operators that are made of others. Each is defined in its family's file.
#pragma once

#include <bitset>
#include <optional>
#include <span>
#include <vector>

#include "ops/op.h"

namespace fac::ops {

// views.cpp. Dimensions may be negative.
Tensor view_of(const Tensor& t, Ints sizes, Ints strides, std::int64_t offset);  // keeps requires_grad clear
Result<Tensor> select(const Tensor& t, std::int64_t dim, std::int64_t index);
Result<Tensor> narrow(const Tensor& t, std::int64_t dim, std::int64_t start, std::int64_t length);
Result<Tensor> slice(const Tensor& t, std::int64_t dim, std::optional<std::int64_t> start,
                     std::optional<std::int64_t> end, std::int64_t step);
Result<Tensor> transpose(const Tensor& t, std::int64_t a, std::int64_t b);
Result<Tensor> permute(const Tensor& t, Ints dims);
Result<Tensor> movedim(const Tensor& t, Ints from, Ints to);
Result<Tensor> unsqueeze(const Tensor& t, std::int64_t dim);
Result<Tensor> squeeze(const Tensor& t, std::int64_t dim);
Tensor squeeze_set(const Tensor& t, const std::bitset<64>& set);  // of these dimensions, those of size 1
Result<Tensor> view(const Tensor& t, Ints sizes);     // errors where strides do not allow it
Result<Tensor> reshape(const Tensor& t, Ints sizes);  // a view where possible, else a copy
Result<Tensor> flatten(const Tensor& t, std::int64_t from, std::int64_t to);
Result<Tensor> diagonal(const Tensor& t, std::int64_t offset, std::int64_t dim1, std::int64_t dim2);
Result<std::vector<Tensor>> broadcast_tensors(std::span<const Tensor> tensors);

// creation.cpp
Result<Tensor> full(Ints sizes, const Scalar& value, DType dtype);
Result<Tensor> zeros(Ints sizes, DType dtype);
Result<Tensor> scalar_tensor(const Scalar& value, DType dtype);
Result<Tensor> arange(const Scalar& start, const Scalar& end, const Scalar& step, DType dtype);
Status fill(const Tensor& t, const Scalar& value);

// conversion.cpp
Result<Scalar> item(const Tensor& t);  // errors: not exactly one element
Result<Tensor> clone_as(const Tensor& t, MemoryFormat format);  // always a copy

// joining.cpp
Result<Tensor> cat(std::span<const Tensor> tensors, std::int64_t dim);
Result<Tensor> stack(std::span<const Tensor> tensors, std::int64_t dim);

// indexing.cpp
Result<Tensor> index_select(const Tensor& t, std::int64_t dim, const Tensor& index);
Result<Tensor> index(const Tensor& t, std::span<const Tensor> indices);  // undefined: all of that dimension
Result<Tensor> gather(const Tensor& t, std::int64_t dim, const Tensor& index);
Result<Tensor> nonzero(const Tensor& t);
Result<Tensor> where(const Tensor& condition, const Tensor& a, const Tensor& b);

// sorting.cpp
Result<std::tuple<Tensor, Tensor>> sort(const Tensor& t, std::int64_t dim, bool descending);

inline std::vector<Tensor> to_vector(const TensorList& list) {
  std::vector<Tensor> out;
  out.reserve(list.size());
  for (std::size_t i = 0; i < list.size(); ++i) out.push_back(list[i]);
  return out;
}

}  // namespace fac::ops
