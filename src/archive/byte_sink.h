// ByteSink: where an archive is written to. Bytes come in order, and nothing is read back.
#pragma once

#include <cstdint>
#include <fstream>
#include <functional>
#include <iosfwd>
#include <memory>
#include <string>

#include "archive/byte_source.h"
#include "base/result.h"

namespace fac::archive {

class ByteSink {
 public:
  virtual ~ByteSink() = default;
  virtual Status write(Bytes bytes) = 0;
};

class StringSink final : public ByteSink {
 public:
  Status write(Bytes bytes) override;
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

class StreamSink final : public ByteSink {  // the stream must outlive it; errors: kIo
 public:
  explicit StreamSink(std::ostream& out) : out_(out) {}
  Status write(Bytes bytes) override;

 private:
  std::ostream& out_;
};

// A file that appears whole or not at all: bytes go to a new file beside the target, which commit() renames. Without
// commit() the target stays as it was and nothing is left behind. Devices and pipes are written directly, and a symbolic
// link keeps pointing where it does. A power cut right after commit() may still lose the file.
class FileSink final : public ByteSink {
 public:
  // errors (kIo): no such folder, not writable
  static Result<std::unique_ptr<FileSink>> create(const std::string& path);
  ~FileSink() override;
  Status write(Bytes bytes) override;
  Status commit();

 private:
  FileSink() = default;
  std::string target_, temporary_;  // temporary_ empty: written directly
  std::ofstream out_;
};

}  // namespace fac::archive
