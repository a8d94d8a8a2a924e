// Classifies a picture with a TorchScript archive of an ImageNet network. An ordinary libtorch program: nothing in it
// knows of Facula.
#include <torch/script.h>

#include <fstream>
#include <iostream>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <string>
#include <vector>

int main(int argc, const char* argv[]) {
  if (argc < 3) {
    std::cerr << "usage: classify_opencv model.pt picture [labels.txt]\n";
    return 2;
  }
  torch::jit::script::Module module;
  try {
    module = torch::jit::load(argv[1]);
  } catch (const c10::Error& e) {
    std::cerr << "cannot load the model: " << e.what() << "\n";
    return 1;
  }
  module.eval();

  cv::Mat img = cv::imread(argv[2]);
  if (img.empty()) {
    std::cerr << "cannot read " << argv[2] << "\n";
    return 1;
  }
  cv::cvtColor(img, img, cv::COLOR_BGR2RGB);
  // The short side to 256 pixels, then the middle 224 x 224, as the networks were trained.
  const double scale = 256.0 / std::min(img.rows, img.cols);
  cv::resize(img, img, cv::Size(), scale, scale, cv::INTER_AREA);
  const cv::Rect middle((img.cols - 224) / 2, (img.rows - 224) / 2, 224, 224);
  img = img(middle).clone();

  torch::NoGradGuard no_grad;
  torch::Tensor input = torch::from_blob(img.data, {img.rows, img.cols, 3}, torch::kByte);
  input = input.permute({2, 0, 1}).toType(torch::kFloat).div(255);
  input = input.sub(torch::tensor({0.485, 0.456, 0.406}).view({3, 1, 1}))
              .div(torch::tensor({0.229, 0.224, 0.225}).view({3, 1, 1}));
  input = input.unsqueeze(0);

  torch::Tensor output = module.forward({input}).toTensor();
  torch::Tensor probabilities = torch::softmax(output, 1).contiguous();
  const float* p = probabilities.data_ptr<float>();
  int best = 0;
  for (int i = 1; i < probabilities.size(1); ++i)
    if (p[i] > p[best]) best = i;

  std::string label = std::to_string(best);
  if (argc > 3) {
    std::ifstream labels(argv[3]);
    std::string line;
    for (int i = 0; std::getline(labels, line); ++i)
      if (i == best) label = line;
  }
  std::printf("%s %.4f\n", label.c_str(), p[best]);
  return 0;
}
