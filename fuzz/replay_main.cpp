// Runs a fuzz target over files and folders of files, without libFuzzer:  replay_archive fuzz/corpus/archive
// `--random SEED COUNT BYTES`: over random bytes, the same for the same seed.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

int replay(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  return 1;
}

// Shows which input it was, should it not come back.
int replay_random(std::uint64_t seed, std::uint64_t count, std::size_t most) {
  for (std::uint64_t i = 0; i < count; ++i) {
    std::mt19937_64 random(seed + i);
    std::vector<std::uint8_t> bytes(random() % most + 1);
    for (auto& b : bytes) b = static_cast<std::uint8_t>(random());
    std::fprintf(stderr, "\r%llu", static_cast<unsigned long long>(seed + i));
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
  }
  std::fprintf(stderr, "\n");
  return static_cast<int>(count);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 5 && std::string_view(argv[1]) == "--random") {
    std::printf("%d inputs tried\n", replay_random(std::stoull(argv[2]), std::stoull(argv[3]), std::stoull(argv[4])));
    return 0;
  }
  int count = 0;
  for (int i = 1; i < argc; ++i) {
    if (std::filesystem::is_directory(argv[i]))
      for (const auto& entry : std::filesystem::directory_iterator(argv[i])) count += replay(entry.path());
    else
      count += replay(argv[i]);
  }
  std::printf("%d inputs replayed\n", count);
  return count > 0 ? 0 : 1;
}
