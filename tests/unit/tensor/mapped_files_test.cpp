// Weights are read through a mapping of their own only where that shows what the tensor holds.
#include <doctest/doctest.h>

#if defined(__linux__)
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tensor/mapped_files.h"

using namespace fac;

TEST_CASE("a mapped file is read through another mapping until somebody writes") {
  constexpr std::size_t kBytes = (std::size_t{1} << 20) + 123, kPiece = std::size_t{300} << 10;
  const std::filesystem::path path = std::filesystem::temp_directory_path() / ("facula_mapped_" + std::to_string(::getpid()));
  std::vector<char> content(kBytes);
  for (std::size_t i = 0; i < kBytes; ++i) content[i] = static_cast<char>(i * 7 + i / 251);
  std::ofstream(path, std::ios::binary).write(content.data(), static_cast<std::streamsize>(kBytes));
  const int fd = ::open(path.c_str(), O_RDONLY);
  REQUIRE(fd >= 0);
  void* const mapping = ::mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
  ::close(fd);
  REQUIRE(mapping != MAP_FAILED);
  auto* const base = static_cast<char*>(mapping);
  char* const piece = base + 5001;  // not at a page
  const auto own_mapping = [&](const char* at, std::size_t bytes) {
    const FileReading r(at, bytes);
    CHECK(std::memcmp(r.as<char>(), at, bytes) == 0);
    return r.as<char>() != at;
  };

  CHECK_FALSE(own_mapping(piece, kPiece));  // not known yet
  remember_mapped_file(base, kBytes, path.string());
  {
    const FileReading r(piece, kPiece);
    CHECK(r.as<char>() != piece);
    CHECK(std::memcmp(r.as<char>(), content.data() + 5001, kPiece) == 0);
  }
  CHECK(own_mapping(base + kBytes - kPiece, kPiece));           // up to the end of the file
  CHECK_FALSE(own_mapping(piece, 1000));                        // too little to be worth it
  {
    const FileReading beyond(base + kBytes - 1000, kPiece);     // not wholly inside: left alone
    CHECK(beyond.as<char>() == base + kBytes - 1000);
  }
  piece[kPiece / 2] ^= 1;  // a page of the process's own: the file does not show it
  CHECK_FALSE(own_mapping(piece, kPiece));
  CHECK(own_mapping(base + kBytes - kPiece, kPiece));           // elsewhere nothing changed

  std::filesystem::last_write_time(path, std::filesystem::file_time_type::clock::now() + std::chrono::hours(1));
  CHECK_FALSE(own_mapping(base + kBytes - kPiece, kPiece));     // perhaps another content
  forget_mapped_file(base);
  CHECK_FALSE(own_mapping(base + kBytes - kPiece, kPiece));
  ::munmap(mapping, kBytes);
  std::filesystem::remove(path);
}
#endif
