// Marks the objects in a picture with a TorchScript archive of a segmentation network (torchvision's DeepLabV3, FCN,
// LRASPP, which return {"out": scores}). An ordinary libtorch program: nothing in it knows of Facula.
#include <torch/script.h>

#include <iostream>
#include <map>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <string>

int main(int argc, const char* argv[]) {
  if (argc != 4) {
    std::cerr << "usage: segment_opencv model.pt picture mask.png\n";
    return 2;
  }
  const char* const classes[] = {"background", "aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat",
                                 "chair", "cow", "dining table", "dog", "horse", "motorbike", "person", "potted plant",
                                 "sheep", "sofa", "train", "tv"};
  try {
    torch::jit::Module module = torch::jit::load(argv[1]);
    module.eval();
    cv::Mat img = cv::imread(argv[2]);
    if (img.empty()) {
      std::cerr << "cannot read " << argv[2] << "\n";
      return 1;
    }
    cv::Mat rgb;
    cv::cvtColor(img, rgb, cv::COLOR_BGR2RGB);

    c10::InferenceMode guard;
    auto input = torch::from_blob(rgb.data, {1, rgb.rows, rgb.cols, 3}, torch::TensorOptions(torch::kByte))
                     .to(torch::kFloat)
                     .permute({0, 3, 1, 2})
                     .div(255.0);
    input[0][0].sub_(0.485).div_(0.229);
    input[0][1].sub_(0.456).div_(0.224);
    input[0][2].sub_(0.406).div_(0.225);

    auto result = module.forward({input.contiguous()}).toGenericDict();
    at::Tensor scores = result.at("out").toTensor();  // 1 x classes x rows x cols
    at::Tensor best = scores.argmax(1).squeeze(0).to(torch::kByte).contiguous();

    cv::Mat labels(static_cast<int>(best.size(0)), static_cast<int>(best.size(1)), CV_8UC1, best.data_ptr<uint8_t>());
    std::map<int, int> pixels;
    cv::Mat mask(labels.size(), CV_8UC3);
    for (int y = 0; y < labels.rows; ++y)
      for (int x = 0; x < labels.cols; ++x) {
        const int c = labels.at<uint8_t>(y, x);
        ++pixels[c];
        // A colour for each class, from the bits of its number, as the data set's own pictures have it.
        int colour[3] = {0, 0, 0};
        for (int bits = c, shift = 7; bits; bits >>= 3, --shift)
          for (int channel = 0; channel < 3; ++channel) colour[channel] |= (bits >> channel & 1) << shift;
        mask.at<cv::Vec3b>(y, x) = cv::Vec3b(static_cast<uint8_t>(colour[2]), static_cast<uint8_t>(colour[1]), static_cast<uint8_t>(colour[0]));
      }
    cv::imwrite(argv[3], mask);
    for (const auto& [c, n] : pixels)
      std::printf("%-12s %6.2f %%\n", c < 21 ? classes[c] : "?", 100.0 * n / static_cast<double>(labels.total()));
  } catch (const c10::Error& e) {
    std::cerr << e.what() << "\n";
    return 1;
  }
  return 0;
}
