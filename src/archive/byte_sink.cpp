#include "archive/byte_sink.h"

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <ostream>

namespace fac::archive {
namespace {

namespace fs = std::filesystem;

ErrorPtr io_error(const std::string& path, std::string_view what) {
  const int code = errno;
  return error(ErrorKind::kIo, "cannot write '{}': {}{}", path, what, code ? std::string(": ") + std::strerror(code) : "");
}

const char* chars(Bytes b) { return reinterpret_cast<const char*>(b.data()); }

// A name that no other save, in this process or another, uses at the same time.
std::string temporary_name(const fs::path& target) {
  static std::atomic<std::uint64_t> count{0};
  const auto now = std::chrono::steady_clock::now().time_since_epoch().count();
  return (target.parent_path() / fmt(".{}.{}-{}.tmp", target.filename().string(), static_cast<std::int64_t>(now), count++)).string();
}

}  // namespace

Status StringSink::write(Bytes bytes) {
  text_.append(chars(bytes), bytes.size());
  return {};
}

Status StreamSink::write(Bytes bytes) {
  out_.write(chars(bytes), static_cast<std::streamsize>(bytes.size()));
  if (!out_) return error(ErrorKind::kIo, "cannot write the archive: the stream failed");
  return {};
}

Result<std::unique_ptr<FileSink>> FileSink::create(const std::string& path) {
  std::unique_ptr<FileSink> sink(new FileSink());
  std::error_code ec;
  fs::path target = path;
  if (path.empty()) return error(ErrorKind::kIo, "cannot write an archive without a file name");
  if (fs::is_symlink(target, ec)) {
    const fs::path real = fs::weakly_canonical(target, ec);
    if (!ec) target = real;
  }
  if (fs::is_directory(target, ec)) return error(ErrorKind::kIo, "cannot write '{}': it is a folder", path);
  const fs::path folder = target.parent_path();
  if (!folder.empty() && !fs::is_directory(folder, ec))
    return error(ErrorKind::kIo, "cannot write '{}': Parent directory {} does not exist.", path, folder.string());
  const fs::file_status status = fs::status(target, ec);
  const bool direct = fs::exists(status) && !fs::is_regular_file(status);
  sink->target_ = target.string();
  if (!direct) sink->temporary_ = temporary_name(target);
  errno = 0;
  sink->out_.open(direct ? sink->target_ : sink->temporary_, std::ios::binary | std::ios::trunc);
  if (!sink->out_) {
    sink->temporary_.clear();
    return io_error(path, "File cannot be opened");
  }
  if (!direct && fs::exists(status)) fs::permissions(sink->temporary_, status.permissions(), ec);
  return sink;
}

Status FileSink::write(Bytes bytes) {
  errno = 0;
  out_.write(chars(bytes), static_cast<std::streamsize>(bytes.size()));
  if (!out_) return io_error(target_, "writing failed");
  return {};
}

Status FileSink::commit() {
  errno = 0;
  out_.close();
  if (!out_) return io_error(target_, "writing failed");
  if (temporary_.empty()) return {};
  std::error_code ec;
  fs::rename(temporary_, target_, ec);
  if (ec) return error(ErrorKind::kIo, "cannot write '{}': {}", target_, ec.message());
  temporary_.clear();
  return {};
}

FileSink::~FileSink() {
  if (temporary_.empty()) return;
  out_.close();
  std::error_code ec;
  fs::remove(temporary_, ec);
}

}  // namespace fac::archive
