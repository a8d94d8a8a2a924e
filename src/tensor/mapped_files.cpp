#include "tensor/mapped_files.h"

#if defined(__linux__)
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>

#include "base/file_descriptor.h"

namespace fac {
namespace {

struct MappedFile {
  std::size_t bytes;
  std::string path;
  struct stat info;
};

std::mutex& mutex() {
  static std::mutex m;
  return m;
}
std::map<std::uintptr_t, MappedFile>& files() {  // by first address
  static auto* const all = new std::map<std::uintptr_t, MappedFile>;  // never destroyed: modules may outlive it at exit
  return *all;
}

bool same_file(const struct stat& a, const struct stat& b) {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino && a.st_size == b.st_size && a.st_mtim.tv_sec == b.st_mtim.tv_sec &&
         a.st_mtim.tv_nsec == b.st_mtim.tv_nsec;
}

// Whether no page of [first, first + bytes) has been written, that is, became the process's own. By the kernel's
// Documentation/admin-guide/mm/pagemap.rst: bit 61 marks pages of a file, 62 swapped and 63 present ones.
bool untouched(std::uintptr_t first, std::size_t bytes, std::size_t page) {
  const FileDescriptor map(::open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC));
  if (map.get() < 0) return false;
  constexpr std::uint64_t kOfFile = std::uint64_t{1} << 61, kSwapped = std::uint64_t{1} << 62, kPresent = std::uint64_t{1} << 63;
  std::uint64_t entries[512];
  for (std::size_t done = 0, pages = bytes / page; done < pages;) {
    const std::size_t count = std::min(pages - done, std::size(entries));
    const auto want = static_cast<ssize_t>(count * sizeof(std::uint64_t));
    if (::pread(map.get(), entries, static_cast<std::size_t>(want), static_cast<off_t>((first / page + done) * sizeof(std::uint64_t))) != want)
      return false;
    for (std::size_t i = 0; i < count; ++i)
      if ((entries[i] & kSwapped) != 0 || ((entries[i] & kPresent) != 0 && (entries[i] & kOfFile) == 0)) return false;
    done += count;
  }
  return true;
}

constexpr std::size_t kWorthwhile = std::size_t{128} << 10;  // below, the system calls cost more than the pages

}  // namespace

void remember_mapped_file(const void* at, std::size_t bytes, const std::string& path) {
  MappedFile f{bytes, path, {}};
  if (::stat(path.c_str(), &f.info) != 0 || static_cast<std::size_t>(f.info.st_size) != bytes) return;
  const std::lock_guard lock(mutex());
  files().insert_or_assign(reinterpret_cast<std::uintptr_t>(at), std::move(f));
}

void forget_mapped_file(const void* at) {
  const std::lock_guard lock(mutex());
  files().erase(reinterpret_cast<std::uintptr_t>(at));
}

FileReading::FileReading(const void* at, std::size_t bytes) : data_(at) {
  if (bytes < kWorthwhile) return;
  const auto begin = reinterpret_cast<std::uintptr_t>(at);
  std::optional<MappedFile> file;
  std::uintptr_t base = 0;
  {
    const std::lock_guard lock(mutex());
    auto next = files().upper_bound(begin);
    if (next == files().begin()) return;
    --next;
    base = next->first;
    if (begin - base > next->second.bytes || bytes > next->second.bytes - (begin - base)) return;
    file = next->second;
  }
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  const std::uintptr_t first = begin / page * page, end = (begin + bytes + page - 1) / page * page;
  const FileDescriptor fd(::open(file->path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat now {};
  if (fd.get() < 0 || ::fstat(fd.get(), &now) != 0 || !same_file(now, file->info) || !untouched(first, end - first, page)) return;
  void* mapping = ::mmap(nullptr, end - first, PROT_READ, MAP_SHARED | MAP_POPULATE, fd.get(), static_cast<off_t>(first - base));
  if (mapping == MAP_FAILED) return;
  mapping_ = mapping;
  mapped_ = end - first;
  data_ = static_cast<const char*>(mapping) + (begin - first);
}

FileReading::~FileReading() {
  if (mapping_ != nullptr) ::munmap(mapping_, mapped_);
}

}  // namespace fac

#else

namespace fac {

void remember_mapped_file(const void*, std::size_t, const std::string&) {}
void forget_mapped_file(const void*) {}
FileReading::FileReading(const void* at, std::size_t) : data_(at) {}
FileReading::~FileReading() = default;

}  // namespace fac

#endif
