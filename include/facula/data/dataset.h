// torch::data's datasets: examples by number or as a stream, changed by a transform, shared between copies.
#pragma once

#include "facula/nn/serialize.h"

namespace facula {
namespace data {

namespace example {
using NoTarget = void;
}
template <class Data = Tensor, class Target = Tensor>
struct Example {
  using DataType = Data;
  using TargetType = Target;
  Example() = default;
  Example(Data d, Target t) : data(std::move(d)), target(std::move(t)) {}
  Data data;
  Target target;
};
template <class Data>
struct Example<Data, example::NoTarget> {
  using DataType = Data;
  using TargetType = example::NoTarget;
  Example() = default;
  Example(Data d) : data(std::move(d)) {}
  operator Data&() { return data; }
  operator const Data&() const { return data; }
  Data data;
};
using TensorExample = Example<Tensor, example::NoTarget>;

namespace datasets {

namespace detail {
template <class T>
struct Batches {  // what a dataset's batches are made of, and whether it may run out of them
  using Type = T;
  static constexpr bool kMayEnd = false;
};
template <class T>
struct Batches<std::optional<T>> {
  using Type = T;
  static constexpr bool kMayEnd = true;
};
}  // namespace detail

template <class Source, class Transform>
class MapDataset;

template <class Self, class Batch = std::vector<Example<>>, class BatchRequest = ArrayRef<std::size_t>>
class BatchDataset {
 public:
  using SelfType = Self;
  using BatchType = Batch;
  using BatchRequestType = BatchRequest;
  static constexpr bool is_stateful = detail::Batches<Batch>::kMayEnd;

  virtual ~BatchDataset() = default;
  virtual Batch get_batch(BatchRequest request) = 0;
  virtual std::optional<std::size_t> size() const = 0;

  template <class Transform>
  MapDataset<Self, Transform> map(Transform transform) & {
    return {static_cast<Self&>(*this), std::move(transform)};
  }
  template <class Transform>
  MapDataset<Self, Transform> map(Transform transform) && {
    return {std::move(static_cast<Self&>(*this)), std::move(transform)};
  }
};

template <class Self, class SingleExample = Example<>>
class Dataset : public BatchDataset<Self, std::vector<SingleExample>> {
 public:
  using ExampleType = SingleExample;
  virtual ExampleType get(std::size_t index) = 0;
  std::vector<ExampleType> get_batch(ArrayRef<std::size_t> indices) override {
    std::vector<ExampleType> batch;
    batch.reserve(indices.size());
    for (const std::size_t i : indices) batch.push_back(get(i));
    return batch;
  }
};

template <class Self, class Batch = std::vector<Example<>>>
using StreamDataset = BatchDataset<Self, Batch, std::size_t>;

// Gives nothing when it is through, and starts again on reset().
template <class Self, class Batch = std::vector<Example<>>, class BatchRequest = std::size_t>
class StatefulDataset : public BatchDataset<Self, std::optional<Batch>, BatchRequest> {
 public:
  virtual void reset() = 0;
  virtual void save(serialize::OutputArchive& archive) const = 0;
  virtual void load(serialize::InputArchive& archive) = 0;
};

template <class Source, class Transform>
using MappedBatch = std::conditional_t<Source::is_stateful, std::optional<typename Transform::OutputBatchType>,
                                       typename Transform::OutputBatchType>;
template <class Source, class Transform>
class MapDataset : public BatchDataset<MapDataset<Source, Transform>, MappedBatch<Source, Transform>,
                                       typename Source::BatchRequestType> {
  static_assert(std::is_same_v<typename detail::Batches<typename Source::BatchType>::Type, typename Transform::InputBatchType>,
                "the transform does not take what the dataset gives");

 public:
  using DatasetType = Source;
  using TransformType = Transform;
  using BatchRequestType = typename Source::BatchRequestType;
  using OutputBatchType = MappedBatch<Source, Transform>;

  MapDataset(Source dataset, Transform transform) : dataset_(std::move(dataset)), transform_(std::move(transform)) {}
  OutputBatchType get_batch(BatchRequestType request) override {
    if constexpr (Source::is_stateful) {
      auto batch = dataset_.get_batch(std::move(request));
      if (!batch) return std::nullopt;
      return transform_.apply_batch(std::move(*batch));
    } else {
      return transform_.apply_batch(dataset_.get_batch(std::move(request)));
    }
  }
  std::optional<std::size_t> size() const noexcept override { return dataset_.size(); }
  void reset() { dataset_.reset(); }
  const Source& dataset() noexcept { return dataset_; }
  const Transform& transform() noexcept { return transform_; }

 private:
  Source dataset_;
  Transform transform_;
};
template <class Source, class Transform>
MapDataset<Source, Transform> map(Source dataset, Transform transform) {
  return {std::move(dataset), std::move(transform)};
}

// One dataset for all copies; the workers of a loader use it at the same time.
template <class Inner>
class SharedBatchDataset
    : public BatchDataset<SharedBatchDataset<Inner>, typename Inner::BatchType, typename Inner::BatchRequestType> {
 public:
  using BatchType = typename Inner::BatchType;
  using BatchRequestType = typename Inner::BatchRequestType;
  SharedBatchDataset(std::shared_ptr<Inner> shared) : shared_(std::move(shared)) {}
  BatchType get_batch(BatchRequestType request) override { return shared_->get_batch(std::move(request)); }
  std::optional<std::size_t> size() const override { return shared_->size(); }
  Inner& operator*() { return *shared_; }
  const Inner& operator*() const { return *shared_; }
  Inner* operator->() { return shared_.get(); }
  const Inner* operator->() const { return shared_.get(); }
  void reset() { shared_->reset(); }

 private:
  std::shared_ptr<Inner> shared_;
};
template <class Inner, class... Args>
SharedBatchDataset<Inner> make_shared_dataset(Args&&... args) {
  return std::make_shared<Inner>(std::forward<Args>(args)...);
}

struct TensorDataset : Dataset<TensorDataset, TensorExample> {
  explicit TensorDataset(const std::vector<Tensor>& tensors) : TensorDataset(stack(tensors)) {}
  explicit TensorDataset(Tensor t) : tensor(std::move(t)) {}
  TensorExample get(std::size_t index) override { return tensor[static_cast<std::int64_t>(index)]; }
  std::optional<std::size_t> size() const override { return static_cast<std::size_t>(tensor.size(0)); }
  Tensor tensor;
};

}  // namespace datasets
using datasets::BatchDataset;
using datasets::Dataset;

}  // namespace data
}  // namespace facula
