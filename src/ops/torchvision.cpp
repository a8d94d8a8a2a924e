// torchvision's own operators: boxes and regions of interest.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "ops/copy.h"
#include "ops/elementwise.h"
#include "ops/functions.h"

namespace fac {
namespace {

using namespace ops;
using I = std::int64_t;
using T = const Tensor&;

Result<Tensor> as_float(T t) {
  FACULA_TRY(const Tensor typed, cast(t, DType::kFloat));
  return contiguous(typed);
}

// Boxes [n, 4] as x1, y1, x2, y2: keeps the best of those that overlap by more than the threshold.
Result<Tensor> nms(T boxes, T scores, double threshold) {
  FACULA_CHECK(boxes.dim() == 2, "boxes should be a 2d tensor, got {}D", boxes.dim());
  FACULA_CHECK(boxes.size(1) == 4, "boxes should have 4 elements in dimension 1, got {}", boxes.size(1));
  FACULA_CHECK(scores.dim() == 1, "scores should be a 1d tensor, got {}D", scores.dim());
  FACULA_CHECK(boxes.size(0) == scores.size(0), "boxes and scores should have same number of elements in dimension 0, got {} and {}",
               boxes.size(0), scores.size(0));
  FACULA_CHECK(boxes.dtype() == scores.dtype(), "dets should have the same type as scores");
  const I n = boxes.size(0);
  if (n == 0) return Tensor::empty(Dims{0}, DType::kInt64);
  FACULA_TRY(const auto sorted, sort(scores, 0, true));
  FACULA_TRY(const Tensor order, contiguous(std::get<1>(sorted)));
  FACULA_TRY(const Tensor dense, as_float(boxes));
  const float* b = dense.data_as<float>();
  const I* rank = order.data_as<I>();
  const auto area = [&](I i) { return (b[4 * i + 2] - b[4 * i]) * (b[4 * i + 3] - b[4 * i + 1]); };
  std::vector<bool> gone(static_cast<std::size_t>(n));
  std::vector<I> kept;
  for (I a = 0; a < n; ++a) {
    const I i = rank[a];
    if (gone[static_cast<std::size_t>(i)]) continue;
    kept.push_back(i);
    for (I c = a + 1; c < n; ++c) {
      const I j = rank[c];
      if (gone[static_cast<std::size_t>(j)]) continue;
      const float w = std::max(0.0f, std::min(b[4 * i + 2], b[4 * j + 2]) - std::max(b[4 * i], b[4 * j]));
      const float h = std::max(0.0f, std::min(b[4 * i + 3], b[4 * j + 3]) - std::max(b[4 * i + 1], b[4 * j + 1]));
      const float both = w * h;
      if (static_cast<double>(both / (area(i) + area(j) - both)) > threshold) gone[static_cast<std::size_t>(j)] = true;
    }
  }
  FACULA_TRY(const Tensor out, Tensor::empty(Dims{static_cast<I>(kept.size())}, DType::kInt64));
  std::copy(kept.begin(), kept.end(), out.data_as<I>());
  return out;
}

struct Regions {
  Tensor input, rois;  // float32, dense
  I channels = 0, height = 0, width = 0, count = 0;
};
Result<Regions> regions(T input, T rois) {
  FACULA_CHECK(input.dim() == 4, "expected a 4d input, got {}D", input.dim());
  FACULA_CHECK(rois.dim() == 2 && rois.size(1) == 5, "Tensor rois should have shape as Tensor[K, 5]");
  FACULA_CHECK(input.dtype() == rois.dtype(), "Expected tensor for argument #1 'input' to have the same type as tensor for argument #2 'rois'");
  FACULA_CHECK(is_floating(input.dtype()), "\"roi_align\" not implemented for '{}'", dtype_name(input.dtype()));
  Regions r;
  FACULA_TRY(r.input, as_float(input));
  FACULA_TRY(r.rois, as_float(rois));
  r.channels = input.size(1);
  r.height = input.size(2);
  r.width = input.size(3);
  r.count = rois.size(0);
  for (I k = 0; k < r.count; ++k) {
    const float batch = r.rois.data_as<float>()[5 * k];
    FACULA_CHECK(batch >= 0 && batch < static_cast<float>(input.size(0)), "roi {} names picture {} of a batch of {}", k, static_cast<double>(batch), input.size(0));
  }
  return r;
}

// Bilinear value at (y, x) of a plane; 0 more than one pixel outside, or where that is not a number.
float sample(const float* plane, I height, I width, float y, float x) {
  if (!(y >= -1 && y <= static_cast<float>(height) && x >= -1 && x <= static_cast<float>(width)) || height == 0 || width == 0) return 0;
  y = std::max(y, 0.0f);
  x = std::max(x, 0.0f);
  I top = static_cast<I>(y), left = static_cast<I>(x), bottom = top + 1, right = left + 1;
  if (top >= height - 1) {
    top = bottom = height - 1;
    y = static_cast<float>(top);
  }
  if (left >= width - 1) {
    left = right = width - 1;
    x = static_cast<float>(left);
  }
  const float dy = y - static_cast<float>(top), dx = x - static_cast<float>(left);
  return (1 - dy) * ((1 - dx) * plane[top * width + left] + dx * plane[top * width + right]) +
         dy * ((1 - dx) * plane[bottom * width + left] + dx * plane[bottom * width + right]);
}

// An integer from a number that may be anything; differences of two do not overflow.
I whole(float v) { return v >= -0x1p60f && v <= 0x1p60f ? static_cast<I>(v) : 0; }

// One region as a grid of bins, each the mean of samples inside it.
struct Grid {
  float x0, y0, bin_w, bin_h;
  I samples_y, samples_x;
  float mean(const float* plane, I height, I width, I ph, I pw) const {
    float total = 0;
    for (I iy = 0; iy < samples_y; ++iy)
      for (I ix = 0; ix < samples_x; ++ix) {
        const float y = y0 + static_cast<float>(ph) * bin_h + (static_cast<float>(iy) + 0.5f) * bin_h / static_cast<float>(samples_y);
        const float x = x0 + static_cast<float>(pw) * bin_w + (static_cast<float>(ix) + 0.5f) * bin_w / static_cast<float>(samples_x);
        total += sample(plane, height, width, y, x);
      }
    return total / std::max(static_cast<float>(samples_y) * static_cast<float>(samples_x), 1.0f);
  }
};
Grid grid_of(const float* roi, float scale, I out_h, I out_w, I ratio, bool aligned) {
  const float offset = aligned ? 0.5f : 0.0f;
  Grid g{};
  g.x0 = roi[1] * scale - offset;
  g.y0 = roi[2] * scale - offset;
  float w = roi[3] * scale - offset - g.x0, h = roi[4] * scale - offset - g.y0;
  if (!aligned) {
    w = std::max(w, 1.0f);
    h = std::max(h, 1.0f);
  }
  g.bin_h = h / static_cast<float>(out_h);
  g.bin_w = w / static_cast<float>(out_w);
  const auto samples = [&](float bin) { return ratio > 0 ? ratio : whole(std::ceil(bin)); };
  g.samples_y = samples(g.bin_h);
  g.samples_x = samples(g.bin_w);
  return g;
}

Result<Tensor> roi_align(T input, T rois, double scale, I out_h, I out_w, I ratio, bool aligned) {
  FACULA_TRY(const Regions r, regions(input, rois));
  FACULA_CHECK(out_h > 0 && out_w > 0, "roi_align: the pooled size must be positive");
  FACULA_TRY(const Tensor out, Tensor::empty(Dims{r.count, r.channels, out_h, out_w}, DType::kFloat));
  float* to = out.data_as<float>();
  for (I k = 0; k < r.count; ++k) {
    const float* roi = r.rois.data_as<float>() + 5 * k;
    const Grid g = grid_of(roi, static_cast<float>(scale), out_h, out_w, ratio, aligned);
    for (I c = 0; c < r.channels; ++c) {
      const float* plane = r.input.data_as<float>() + (static_cast<I>(roi[0]) * r.channels + c) * r.height * r.width;
      for (I ph = 0; ph < out_h; ++ph)
        for (I pw = 0; pw < out_w; ++pw) *to++ = g.mean(plane, r.height, r.width, ph, pw);
    }
  }
  return cast(out, input.dtype());
}

using Two = Result<std::tuple<Tensor, Tensor>>;
// Position-sensitive: each bin has channels of its own.
Two ps_roi_align(T input, T rois, double scale, I out_h, I out_w, I ratio) {
  FACULA_TRY(const Regions r, regions(input, rois));
  I bins = 0;
  FACULA_CHECK(out_h > 0 && out_w > 0 && !__builtin_mul_overflow(out_h, out_w, &bins) && r.channels % bins == 0, "input channels must be a multiple of pooling height * pooling width");
  const I channels = r.channels / bins;
  FACULA_TRY(Tensor out, Tensor::empty(Dims{r.count, channels, out_h, out_w}, DType::kFloat));
  FACULA_TRY(Tensor mapping, Tensor::empty(out.sizes(), DType::kInt32));
  float* to = out.data_as<float>();
  auto* from = mapping.data_as<std::int32_t>();
  for (I k = 0; k < r.count; ++k) {
    const float* roi = r.rois.data_as<float>() + 5 * k;
    Grid g = grid_of(roi, static_cast<float>(scale), out_h, out_w, ratio, true);
    for (I c = 0; c < channels; ++c)
      for (I ph = 0; ph < out_h; ++ph)
        for (I pw = 0; pw < out_w; ++pw) {
          const I source = (c * out_h + ph) * out_w + pw;
          *to++ = g.mean(r.input.data_as<float>() + (static_cast<I>(roi[0]) * r.channels + source) * r.height * r.width, r.height, r.width, ph, pw);
          *from++ = static_cast<std::int32_t>(source);
        }
  }
  FACULA_TRY(out, cast(out, input.dtype()));
  return std::tuple(std::move(out), std::move(mapping));
}

// The largest value of each bin, and where it stands (-1: the bin is empty).
Two roi_pool(T input, T rois, double scale, I out_h, I out_w) {
  FACULA_TRY(const Regions r, regions(input, rois));
  FACULA_CHECK(out_h > 0 && out_w > 0, "roi_pool: the pooled size must be positive");
  FACULA_TRY(Tensor out, Tensor::empty(Dims{r.count, r.channels, out_h, out_w}, DType::kFloat));
  FACULA_TRY(Tensor arg, Tensor::empty(out.sizes(), DType::kInt32));
  float* to = out.data_as<float>();
  auto* at = arg.data_as<std::int32_t>();
  const auto s = static_cast<float>(scale);
  for (I k = 0; k < r.count; ++k) {
    const float* roi = r.rois.data_as<float>() + 5 * k;
    const auto corner = [&](int i) { return whole(std::round(roi[i] * s)); };
    const I x0 = corner(1), y0 = corner(2), x1 = corner(3), y1 = corner(4);
    const float bin_h = static_cast<float>(std::max<I>(y1 - y0 + 1, 1)) / static_cast<float>(out_h);
    const float bin_w = static_cast<float>(std::max<I>(x1 - x0 + 1, 1)) / static_cast<float>(out_w);
    const auto edge = [](float v, I start, I limit) { return std::clamp<I>(static_cast<I>(v) + start, 0, limit); };
    for (I c = 0; c < r.channels; ++c) {
      const float* plane = r.input.data_as<float>() + (static_cast<I>(roi[0]) * r.channels + c) * r.height * r.width;
      for (I ph = 0; ph < out_h; ++ph)
        for (I pw = 0; pw < out_w; ++pw) {
          const I top = edge(std::floor(static_cast<float>(ph) * bin_h), y0, r.height), bottom = edge(std::ceil(static_cast<float>(ph + 1) * bin_h), y0, r.height);
          const I left = edge(std::floor(static_cast<float>(pw) * bin_w), x0, r.width), right = edge(std::ceil(static_cast<float>(pw + 1) * bin_w), x0, r.width);
          const bool none = bottom <= top || right <= left;
          float best = none ? 0 : -std::numeric_limits<float>::max();
          I place = -1;
          for (I y = top; y < bottom; ++y)
            for (I x = left; x < right; ++x)
              if (plane[y * r.width + x] > best) {
                best = plane[y * r.width + x];
                place = y * r.width + x;
              }
          *to++ = best;
          *at++ = static_cast<std::int32_t>(place);
        }
    }
  }
  FACULA_TRY(out, cast(out, input.dtype()));
  return std::tuple(std::move(out), std::move(arg));
}

}  // namespace

constexpr Op kTorchvision[] = {
    row<nms>("torchvision::nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
        {.traits = kDataDependentShape}),
    row<roi_align>("torchvision::roi_align(Tensor input, Tensor rois, float spatial_scale, SymInt pooled_height, SymInt pooled_width, int sampling_ratio, bool aligned) -> Tensor"),
    row<roi_pool>("torchvision::roi_pool(Tensor input, Tensor rois, float spatial_scale, SymInt pooled_height, SymInt pooled_width) -> (Tensor, Tensor)"),
    row<ps_roi_align>("torchvision::ps_roi_align(Tensor input, Tensor rois, float spatial_scale, SymInt pooled_height, SymInt pooled_width, int sampling_ratio) -> (Tensor, Tensor)"),
};
FACULA_FAMILY(torchvision, kTorchvision)

}  // namespace fac
