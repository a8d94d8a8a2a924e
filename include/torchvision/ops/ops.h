// torchvision's operators that need no gradient, as functions.
#pragma once

#include "facula/libtorch_names.h"

namespace vision {
namespace ops {

inline at::Tensor nms(const at::Tensor& dets, const at::Tensor& scores, double iou_threshold) {
  FACULA_CALL("torchvision::nms", "");
  return facula_call.tensor(dets).tensor(scores).real(iou_threshold).take_tensor();
}
inline at::Tensor roi_align(const at::Tensor& input, const at::Tensor& rois, double spatial_scale, std::int64_t pooled_height,
                            std::int64_t pooled_width, std::int64_t sampling_ratio, bool aligned) {
  FACULA_CALL("torchvision::roi_align", "");
  return facula_call.tensor(input).tensor(rois).real(spatial_scale).integer(pooled_height).integer(pooled_width)
      .integer(sampling_ratio).boolean(aligned).take_tensor();
}

}  // namespace ops
}  // namespace vision
