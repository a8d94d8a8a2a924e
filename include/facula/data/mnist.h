// The MNIST data set from its four unpacked idx files: pictures [n, 1, 28, 28] in 0..1, classes [n].
#pragma once

#include <fstream>

#include "facula/data/dataset.h"

namespace facula {
namespace data {
namespace datasets {

class MNIST : public Dataset<MNIST> {
 public:
  enum class Mode { kTrain, kTest };
  explicit MNIST(const std::string& root, Mode mode = Mode::kTrain) : train_(mode == Mode::kTrain) {
    const std::string start = root + (root.empty() || root.back() == '/' ? "" : "/") + (train_ ? "train" : "t10k");
    const std::int64_t n = train_ ? 60000 : 10000;
    images_ = read(start + "-images-idx3-ubyte", 2051, {n, 28, 28}).to(kFloat32).div(255).unsqueeze(1);
    targets_ = read(start + "-labels-idx1-ubyte", 2049, {n}).to(kInt64);
  }
  Example<> get(std::size_t index) override {
    const auto i = static_cast<std::int64_t>(index);
    return {images_[i], targets_[i]};
  }
  std::optional<std::size_t> size() const override { return static_cast<std::size_t>(images_.size(0)); }
  bool is_train() const noexcept { return train_; }
  const Tensor& images() const { return images_; }
  const Tensor& targets() const { return targets_; }

 private:
  // A number of 32 bits that tells the kind of file, the sizes likewise (big end first), then the bytes.
  static Tensor read(const std::string& path, std::uint32_t magic, const std::vector<std::int64_t>& sizes) {
    std::ifstream file(path, std::ios::binary);
    if (!file) fail("Error opening images file at " + path);
    const auto number = [&] {
      unsigned char b[4] = {};
      file.read(reinterpret_cast<char*>(b), 4);
      return std::uint32_t{b[0]} << 24 | std::uint32_t{b[1]} << 16 | std::uint32_t{b[2]} << 8 | b[3];
    };
    if (number() != magic) fail(path + " is not a file of MNIST: it begins with another number than " + std::to_string(magic));
    for (const std::int64_t size : sizes)
      if (number() != size) fail(path + " has not the sizes of MNIST: " + std::to_string(size) + " was expected");
    Tensor bytes = empty(sizes, kUInt8);
    file.read(reinterpret_cast<char*>(bytes.data_ptr()), bytes.numel());
    if (!file) fail(path + " ends before its last byte");
    return bytes;
  }
  bool train_;
  Tensor images_, targets_;
};

}  // namespace datasets
}  // namespace data
}  // namespace facula
