// Programs that would use a GPU where there is one, and torchvision's header: libtorch's package for the CPU has none of these.
#include <ATen/cuda/CUDAContext.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAGuard.h>
#include <torch/script.h>
#include <torchvision/vision.h>

static std::string first_line(const std::function<void()>& run) {
  try {
    run();
  } catch (const c10::Error& e) {
    const std::string text = e.what_without_backtrace();
    return text.substr(0, text.find('\n'));
  }
  return "nothing";
}
int main(int, char** argv) {
  const torch::Device device = torch::cuda::is_available() ? torch::Device(torch::kCUDA, 0) : torch::Device(torch::kCPU);
  at::cuda::OptionalCUDAGuard guard(device);
  c10::cuda::CUDACachingAllocator::emptyCache();
  torch::cuda::synchronize();
  std::cout << device << " " << torch::cuda::device_count() << " " << vision::cuda_version() << "\n";
  std::cout << first_line([] { c10::cuda::CUDAGuard g(0); }) << "\n";
  std::cout << first_line([] { at::cuda::getCurrentCUDAStream(); }) << "\n";
  std::cout << first_line([] { torch::ones({1}).to(torch::kCUDA); }) << "\n";
  std::cout << first_line([&] { torch::jit::load(argv[1], torch::kCUDA); }) << "\n";
  const auto boxes = torch::tensor({0.F, 0.F, 10.F, 10.F, 1.F, 1.F, 10.F, 10.F, 20.F, 20.F, 30.F, 30.F}).view({3, 4});
  std::cout << vision::ops::nms(boxes, torch::tensor({0.5F, 0.9F, 0.7F}), 0.5) << "\n";
  LOG(INFO) << "not shown";
  CHECK(boxes.dim() == 2) << "not shown either";
  std::cout << first_line([&] { CHECK_EQ(boxes.size(0), 4) << "boxes"; }) << "\n";
  // libtorch 1.0 gave a pointer.
  std::shared_ptr<torch::jit::script::Module> module = torch::jit::load(argv[1]);
  std::cout << (module != nullptr) << " " << module->is_training() << "\n";
}
