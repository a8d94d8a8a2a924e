// torch::data::samplers: which examples make the next batch.
#pragma once

#include "facula/data/dataset.h"

namespace facula {
namespace data {
namespace samplers {

template <class BatchRequest = std::vector<std::size_t>>
class Sampler {
 public:
  using BatchRequestType = BatchRequest;
  virtual ~Sampler() = default;
  virtual void reset(std::optional<std::size_t> new_size) = 0;
  virtual std::optional<BatchRequest> next(std::size_t batch_size) = 0;
  virtual void save(serialize::OutputArchive& archive) const = 0;
  virtual void load(serialize::InputArchive& archive) = 0;
};

class SequentialSampler : public Sampler<> {
 public:
  explicit SequentialSampler(std::size_t size) : size_(size) {}
  void reset(std::optional<std::size_t> new_size = std::nullopt) override {
    size_ = new_size.value_or(size_);
    index_ = 0;
  }
  std::optional<std::vector<std::size_t>> next(std::size_t batch_size) override {
    const std::size_t n = std::min(batch_size, size_ - index_);
    if (n == 0) return std::nullopt;
    std::vector<std::size_t> batch(n);
    for (std::size_t& i : batch) i = index_++;
    return batch;
  }
  void save(serialize::OutputArchive& archive) const override {
    archive.write("index", tensor(static_cast<std::int64_t>(index_), kInt64), true);
  }
  void load(serialize::InputArchive& archive) override {
    Tensor t = empty({1}, kInt64);
    archive.read("index", t, true);
    index_ = static_cast<std::size_t>(t.item<std::int64_t>());
  }
  std::size_t index() const noexcept { return index_; }

 private:
  std::size_t size_, index_ = 0;
};

class RandomSampler : public Sampler<> {
 public:
  explicit RandomSampler(std::int64_t size, ScalarType index_dtype = kInt64) : indices_(randperm(size, index_dtype)) {}
  void reset(std::optional<std::size_t> new_size = std::nullopt) override {
    const std::int64_t n = new_size ? static_cast<std::int64_t>(*new_size) : indices_.numel();
    indices_ = randperm(n, indices_.scalar_type());
    index_ = 0;
  }
  std::optional<std::vector<std::size_t>> next(std::size_t batch_size) override {
    const std::int64_t n = std::min(static_cast<std::int64_t>(batch_size), indices_.numel() - index_);
    if (n == 0) return std::nullopt;
    const Tensor part = indices_.slice(0, index_, index_ + n).to(kInt64);
    const std::int64_t* p = part.data_ptr<std::int64_t>();
    index_ += n;
    return std::vector<std::size_t>(p, p + n);
  }
  void save(serialize::OutputArchive& archive) const override {
    archive.write("index", tensor(index_, kInt64), true);
    archive.write("indices", indices_, true);
  }
  void load(serialize::InputArchive& archive) override {
    Tensor t = empty({1}, kInt64);
    archive.read("index", t, true);
    index_ = t.item<std::int64_t>();
    archive.read("indices", indices_, true);
  }
  std::size_t index() const noexcept { return static_cast<std::size_t>(index_); }

 private:
  Tensor indices_;
  std::int64_t index_ = 0;
};

// How many examples of a stream make the next batch.
struct CustomBatchRequest {
  virtual ~CustomBatchRequest() = default;
  virtual std::size_t size() const = 0;
};
struct BatchSize : CustomBatchRequest {
  explicit BatchSize(std::size_t n) : size_(n) {}
  std::size_t size() const noexcept override { return size_; }
  operator std::size_t() const noexcept { return size_; }
  std::size_t size_;
};
class StreamSampler : public Sampler<BatchSize> {
 public:
  explicit StreamSampler(std::size_t epoch_size) : epoch_size_(epoch_size) {}
  void reset(std::optional<std::size_t> new_size = std::nullopt) override {
    epoch_size_ = new_size.value_or(epoch_size_);
    done_ = 0;
  }
  std::optional<BatchSize> next(std::size_t batch_size) override {
    const std::size_t n = std::min(batch_size, epoch_size_ - done_);
    if (n == 0) return std::nullopt;
    done_ += n;
    return BatchSize(n);
  }
  void save(serialize::OutputArchive& archive) const override {
    archive.write("examples_retrieved_so_far", tensor(static_cast<std::int64_t>(done_), kInt64), true);
  }
  void load(serialize::InputArchive& archive) override {
    Tensor t = empty({1}, kInt64);
    archive.read("examples_retrieved_so_far", t, true);
    done_ = static_cast<std::size_t>(t.item<std::int64_t>());
  }

 private:
  std::size_t done_ = 0, epoch_size_;
};

}  // namespace samplers
}  // namespace data
}  // namespace facula
