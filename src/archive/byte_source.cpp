#include "archive/byte_source.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <istream>
#include <vector>

#include "tensor/mapped_files.h"
#include "tensor/storage.h"

#if defined(__unix__) || defined(__APPLE__)
#define FACULA_HAS_MMAP 1
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file_descriptor.h"
#endif

namespace fac::archive {

namespace {

// Collects bytes of unknown number; the result is aligned as tensor memory is, since tensors will point into it.
class Gatherer {
 public:
  Result<std::uint8_t*> room(std::size_t bytes) {
    if (!storage_ || storage_->bytes() - used_ < bytes) {
      const std::size_t wanted = std::max(used_ + bytes, used_ * 2);
      FACULA_TRY(Ref<Storage> bigger, allocate_storage(wanted));
      if (used_ != 0) std::memcpy(bigger->data(), storage_->data(), used_);
      storage_ = std::move(bigger);
    }
    return static_cast<std::uint8_t*>(storage_->data()) + used_;
  }
  void add(std::size_t bytes) { used_ += bytes; }
  std::size_t size() const { return used_; }
  const std::uint8_t* data() const { return storage_ ? static_cast<const std::uint8_t*>(storage_->data()) : nullptr; }
  std::shared_ptr<const void> owner() const { return std::make_shared<const Ref<Storage>>(storage_); }

 private:
  Ref<Storage> storage_;
  std::size_t used_ = 0;
};

constexpr std::size_t kChunk = 1u << 20;

ErrorPtr io_error(const std::string& path, const char* what) {
  return error(ErrorKind::kIo, "cannot {} '{}': {}", what, path, std::strerror(errno));
}

}  // namespace

#ifdef FACULA_HAS_MMAP

Result<ByteSource> ByteSource::map_file(const std::string& path) {
  const FileDescriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd.get() < 0) return io_error(path, "open");
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) return io_error(path, "look at");
  if (S_ISDIR(info.st_mode))
    return error(ErrorKind::kIo, "'{}' is a directory, not an archive file", path);

  ByteSource s;
  s.name_ = path;
  if (!S_ISREG(info.st_mode)) {
    Gatherer all;
    for (;;) {
      FACULA_TRY(std::uint8_t* to, all.room(kChunk));
      const ssize_t n = ::read(fd.get(), to, kChunk);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return io_error(path, "read");
      if (n == 0) break;
      all.add(static_cast<std::size_t>(n));
    }
    s.bytes_ = {all.data(), all.size()};
    s.owner_ = all.owner();
    return s;
  }
  const auto size = static_cast<std::size_t>(info.st_size);
  if (size == 0) return s;
  int flags = MAP_PRIVATE;
#ifdef MAP_NORESERVE
  flags |= MAP_NORESERVE;  // most pages are only ever read: do not count them as memory
#endif
  void* at = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, flags, fd.get(), 0);
  if (at == MAP_FAILED) return io_error(path, "map");
  s.bytes_ = {static_cast<const std::uint8_t*>(at), size};
  remember_mapped_file(at, size, path);
  s.owner_ = std::shared_ptr<const void>(at, [size](const void* p) {
    forget_mapped_file(p);
    ::munmap(const_cast<void*>(p), size);
  });
  return s;
}

#else

Result<ByteSource> ByteSource::map_file(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), &std::fclose);
  if (!file) return io_error(path, "open");
  Gatherer all;
  for (;;) {
    FACULA_TRY(std::uint8_t* to, all.room(kChunk));
    const std::size_t n = std::fread(to, 1, kChunk, file.get());
    all.add(n);
    if (n < kChunk) break;
  }
  if (std::ferror(file.get())) return io_error(path, "read");
  ByteSource s;
  s.name_ = path;
  s.bytes_ = {all.data(), all.size()};
  s.owner_ = all.owner();
  return s;
}

#endif

ByteSource ByteSource::borrow(const void* data, std::size_t bytes, std::shared_ptr<const void> keep_alive) {
  ByteSource s;
  s.bytes_ = {static_cast<const std::uint8_t*>(data), bytes};
  s.keep_alive_ = std::move(keep_alive);
  s.name_ = "memory";
  return s;
}

Result<ByteSource> ByteSource::copy(const void* data, std::size_t bytes) {
  Gatherer all;
  FACULA_TRY(std::uint8_t* to, all.room(bytes));
  if (bytes != 0) std::memcpy(to, data, bytes);
  all.add(bytes);
  ByteSource s;
  s.bytes_ = {all.data(), bytes};
  s.owner_ = all.owner();
  s.name_ = "memory";
  return s;
}

namespace {

Status read_rest(std::istream& in, Gatherer& all) {
  for (;;) {
    FACULA_TRY(std::uint8_t* to, all.room(kChunk));
    in.read(reinterpret_cast<char*>(to), static_cast<std::streamsize>(kChunk));
    const auto n = static_cast<std::size_t>(in.gcount());
    all.add(n);
    if (n < kChunk) break;
  }
  if (in.bad()) return error(ErrorKind::kIo, "reading the stream failed after {} bytes", all.size());
  return {};
}

bool starts_archive(const Gatherer& all) {
  if (all.size() < 4) return false;
  const std::uint8_t* p = all.data();
  return std::memcmp(p, "PK\3\4", 4) == 0 || p[0] == 0x80;  // a member, or a pickle of torch.save's old format
}

}  // namespace

Result<ByteSource> ByteSource::read_stream(std::istream& in) {
  const bool at_end = in.eof();
  if (in.fail() && !at_end) return error(ErrorKind::kIo, "the stream is in a failed state: was the file opened?");
  in.clear();
  const std::istream::pos_type start = in.tellg();
  in.clear();  // a stream that cannot tell is still one that can be read
  Gatherer all;
  FACULA_TRY_VOID(read_rest(in, all));
  const bool can_rewind = start > std::istream::pos_type(0);
  if (!starts_archive(all) && can_rewind) {
    in.clear();
    in.seekg(0, std::ios::beg);
    if (in) {
      all = Gatherer();
      FACULA_TRY_VOID(read_rest(in, all));
    }
  }
  in.clear();
  if (all.size() == 0)
    return error(ErrorKind::kArchive,
                 "the stream has no bytes left{}",
                 at_end ? ": it had been read to its end before; rewind it (seekg(0)) or open it again" : "");
  ByteSource s;
  s.bytes_ = {all.data(), all.size()};
  s.owner_ = all.owner();
  s.name_ = "stream";
  return s;
}

}  // namespace fac::archive
