#define STB_IMAGE_IMPLEMENTATION
#define STBI_FAILURE_USERMSG
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
#include <stb/stb_image.h>
#pragma GCC diagnostic pop

#include <cmath>
#include <memory>

#include "command.h"

namespace cli {
namespace {

// Pillow's antialiased bilinear resampling of bytes: a triangle as wide as the scale, weights in fixed point with 22
// bits, one pass along each axis, rounded to bytes between. torchvision's Resize on PIL pictures does the same.
//   source: Pillow's documentation, "Resampling filters"
struct Taps {
  std::vector<int> first;
  std::vector<std::vector<std::int32_t>> weights;
};
constexpr int kBits = 22;

Taps triangle(int in, int out) {
  Taps t;
  const double scale = static_cast<double>(in) / out, support = std::max(scale, 1.0);
  for (int o = 0; o < out; ++o) {
    const double center = (o + 0.5) * scale;
    const int from = std::max(0, static_cast<int>(center - support + 0.5));
    const int to = std::min(in, static_cast<int>(center + support + 0.5));
    std::vector<double> w;
    double sum = 0;
    for (int i = from; i < to; ++i) {
      const double x = std::abs((i - center + 0.5) / support);
      w.push_back(x < 1.0 ? 1.0 - x : 0.0);
      sum += w.back();
    }
    std::vector<std::int32_t> fixed;
    for (double v : w) fixed.push_back(static_cast<std::int32_t>(std::floor(v / sum * (1 << kBits) + 0.5)));
    t.first.push_back(from);
    t.weights.push_back(std::move(fixed));
  }
  return t;
}

std::uint8_t to_byte(std::int64_t sum) {
  const std::int64_t v = (sum + (1 << (kBits - 1))) >> kBits;
  return static_cast<std::uint8_t>(std::clamp<std::int64_t>(v, 0, 255));
}

using Pixels = std::vector<std::uint8_t>;  // rows of RGB triples

Pixels resize_columns(const Pixels& in, int w, int h, int out_w) {
  const Taps taps = triangle(w, out_w);
  Pixels out(static_cast<std::size_t>(out_w) * static_cast<std::size_t>(h) * 3);
  for (int y = 0; y < h; ++y)
    for (int x = 0; x < out_w; ++x)
      for (int c = 0; c < 3; ++c) {
        std::int64_t sum = 0;
        const auto& k = taps.weights[static_cast<std::size_t>(x)];
        for (std::size_t i = 0; i < k.size(); ++i)
          sum += static_cast<std::int64_t>(k[i]) * in[(static_cast<std::size_t>(y) * static_cast<std::size_t>(w) + static_cast<std::size_t>(taps.first[static_cast<std::size_t>(x)]) + i) * 3 + static_cast<std::size_t>(c)];
        out[(static_cast<std::size_t>(y) * static_cast<std::size_t>(out_w) + static_cast<std::size_t>(x)) * 3 + static_cast<std::size_t>(c)] = to_byte(sum);
      }
  return out;
}
Pixels resize_rows(const Pixels& in, int w, int h, int out_h) {
  const Taps taps = triangle(h, out_h);
  const std::size_t row = static_cast<std::size_t>(w) * 3;
  Pixels out(row * static_cast<std::size_t>(out_h));
  for (int y = 0; y < out_h; ++y) {
    const auto& k = taps.weights[static_cast<std::size_t>(y)];
    const std::size_t first = static_cast<std::size_t>(taps.first[static_cast<std::size_t>(y)]);
    for (std::size_t x = 0; x < row; ++x) {
      std::int64_t sum = 0;
      for (std::size_t i = 0; i < k.size(); ++i) sum += static_cast<std::int64_t>(k[i]) * in[(first + i) * row + x];
      out[static_cast<std::size_t>(y) * row + x] = to_byte(sum);
    }
  }
  return out;
}

constexpr float kMean[3] = {0.485f, 0.456f, 0.406f}, kStd[3] = {0.229f, 0.224f, 0.225f};

}  // namespace

fac::Result<fac::Tensor> read_picture(const std::string& path, const PictureOptions& options) {
  int w = 0, h = 0, channels = 0;
  std::unique_ptr<unsigned char, void (*)(void*)> raw(stbi_load(path.c_str(), &w, &h, &channels, 3), stbi_image_free);
  if (!raw) return fac::error(fac::ErrorKind::kIo, "cannot read the picture {}: {}", path, stbi_failure_reason());
  Pixels pixels(raw.get(), raw.get() + static_cast<std::size_t>(w) * static_cast<std::size_t>(h) * 3);
  raw.reset();
  int left = 0, top = 0, crop_w = w, crop_h = h;
  if (options.size > 0) {
    const int shorter = options.resize > 0 ? options.resize : options.size * 256 / 224;
    const int new_w = w <= h ? shorter : static_cast<int>(static_cast<std::int64_t>(shorter) * w / h);
    const int new_h = w <= h ? static_cast<int>(static_cast<std::int64_t>(shorter) * h / w) : shorter;
    if (new_w != w) pixels = resize_columns(pixels, w, h, new_w);
    w = new_w;
    if (new_h != h) pixels = resize_rows(pixels, w, h, new_h);
    h = new_h;
    if (w < options.size || h < options.size)
      return fac::runtime_error("a crop of {} does not fit into the resized picture of {} x {}", options.size, w, h);
    // Half pixels round to even, as Python's round() in torchvision's center_crop.
    left = static_cast<int>(std::nearbyint((w - options.size) / 2.0));
    top = static_cast<int>(std::nearbyint((h - options.size) / 2.0));
    crop_w = crop_h = options.size;
  }
  FACULA_TRY(fac::Tensor t, fac::Tensor::empty(fac::Dims{1, 3, crop_h, crop_w}, fac::DType::kFloat));
  float* out = t.data_as<float>();
  for (int c = 0; c < 3; ++c)
    for (int y = 0; y < crop_h; ++y)
      for (int x = 0; x < crop_w; ++x) {
        const auto at = (static_cast<std::size_t>(y + top) * static_cast<std::size_t>(w) + static_cast<std::size_t>(x + left)) * 3 + static_cast<std::size_t>(c);
        const float v = static_cast<float>(pixels[at]) / 255.0f;
        *out++ = options.normalise ? (v - kMean[c]) / kStd[c] : v;
      }
  return t;
}

}  // namespace cli
