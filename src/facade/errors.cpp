#include <atomic>
#include <iostream>
#include <string>

#include "facade/boundary.h"
#include "facula/module.h"
#include "ops/host.h"

namespace facula {

struct Error::Shared {
  std::atomic<int> users{1};
  std::string text, with_frames;
};

Error::Error(const char* text, std::size_t size) : Error(text, size, text, size) {}
Error::Error(const char* text, std::size_t size, const char* with_frames, std::size_t with_frames_size)
    : shared_(new Shared) {
  shared_->text.assign(text, size);
  shared_->with_frames.assign(with_frames, with_frames_size);
}
Error::Error(const Error& o) noexcept : std::exception(o), shared_(o.shared_) { ++shared_->users; }
Error& Error::operator=(const Error& o) noexcept {
  ++o.shared_->users;
  if (--shared_->users == 0) delete shared_;
  shared_ = o.shared_;
  return *this;
}
Error::~Error() {
  if (--shared_->users == 0) delete shared_;
}
const char* Error::what() const noexcept { return shared_->with_frames.c_str(); }
const char* Error::what_without_backtrace() const noexcept { return shared_->text.c_str(); }

// Here, so that each class has its type information in the library alone.
IndexError::~IndexError() = default;
ValueError::~ValueError() = default;
TypeError::~TypeError() = default;
NotImplementedError::~NotImplementedError() = default;
LinAlgError::~LinAlgError() = default;
OutOfMemoryError::~OutOfMemoryError() = default;
namespace jit {
JITException::~JITException() = default;
}

void abi::fail(const char* text, std::size_t size, ErrorClass kind) {
  fac::facade::raise(kind, {text, size}, {text, size});
}

}  // namespace facula

namespace fac::facade {

void raise(abi::ErrorClass kind, std::string_view m, std::string_view f) {
  switch (kind) {
    case abi::ErrorClass::kIndex: throw ::facula::IndexError(m.data(), m.size(), f.data(), f.size());
    case abi::ErrorClass::kValue: throw ::facula::ValueError(m.data(), m.size(), f.data(), f.size());
    case abi::ErrorClass::kType: throw ::facula::TypeError(m.data(), m.size(), f.data(), f.size());
    case abi::ErrorClass::kNotImplemented: throw ::facula::NotImplementedError(m.data(), m.size(), f.data(), f.size());
    case abi::ErrorClass::kLinAlg: throw ::facula::LinAlgError(m.data(), m.size(), f.data(), f.size());
    case abi::ErrorClass::kOutOfMemory: throw ::facula::OutOfMemoryError(m.data(), m.size(), f.data(), f.size());
    case abi::ErrorClass::kScript: throw ::facula::jit::JITException(m.data(), m.size(), f.data(), f.size());
    default: throw ::facula::Error(m.data(), m.size(), f.data(), f.size());
  }
}

void raise(const Error& e) {
  abi::ErrorClass kind = abi::ErrorClass::kError;
  switch (e.kind) {
    case ErrorKind::kIndex: kind = abi::ErrorClass::kIndex; break;
    case ErrorKind::kValue: kind = abi::ErrorClass::kValue; break;
    case ErrorKind::kType: kind = abi::ErrorClass::kType; break;
    case ErrorKind::kNotImplemented: kind = abi::ErrorClass::kNotImplemented; break;
    case ErrorKind::kRaised: kind = abi::ErrorClass::kScript; break;
    default: break;
  }
  raise(kind, e.message, e.full());
}

void install_host() {
  static const bool once = [] {
    if (host().print || host().warn) return true;
    set_host({[](std::string_view text) { std::cout << text << std::flush; },
              [](std::string_view text, std::string_view where) {
                std::cerr << "[W";
                if (!where.empty()) std::cerr << ' ' << where;
                std::cerr << "] Warning: " << text << std::endl;
              }});
    return true;
  }();
  (void)once;
}

}  // namespace fac::facade
