// LOG, VLOG, CHECK and the like, which libtorch's headers bring along and programs use. What a program or glog has defined
// before stays. They print to standard error and throw c10::Error on FATAL.
#pragma once

#include <cstring>
#include <iostream>
#include <sstream>

#include "facula/types.h"

namespace facula {

enum : int { GLOG_INFO = 0, GLOG_WARNING = 1, GLOG_ERROR = 2, GLOG_FATAL = 3 };
#ifndef CAFFE2_LOG_THRESHOLD
#define CAFFE2_LOG_THRESHOLD ::facula::GLOG_WARNING
#endif

// One message: a line when it is complete.
class MessageLogger {
 public:
  MessageLogger(const char* file, int line, int severity) : severity_(severity) {
    const char* name = std::strrchr(file, '/');
    text_ << '[' << (severity < 0 ? 'V' : "IWEF"[severity]) << ' ' << (name ? name + 1 : file) << ':' << line << "] ";
  }
  ~MessageLogger() noexcept(false) {
    const std::string text = text_.str();
    if (severity_ == GLOG_FATAL) fail(text);
    std::cerr << text << '\n';
  }
  std::stringstream& stream() { return text_; }

 private:
  int severity_;
  std::stringstream text_;
};
struct LoggerVoidify {
  void operator&(const std::ostream&) {}
};

}  // namespace facula

#define FACULA_LOG(severity) ::facula::MessageLogger(__FILE__, __LINE__, severity).stream()
#ifndef LOG
#define LOG(n) \
  if (::facula::GLOG_##n >= CAFFE2_LOG_THRESHOLD) FACULA_LOG(::facula::GLOG_##n)
#define LOG_IF(n, condition) \
  if (::facula::GLOG_##n >= CAFFE2_LOG_THRESHOLD && (condition)) FACULA_LOG(::facula::GLOG_##n)
#endif
#ifndef VLOG
#define VLOG(n) \
  if (-(n) >= CAFFE2_LOG_THRESHOLD) FACULA_LOG(-(n))
#define VLOG_IF(n, condition) \
  if (-(n) >= CAFFE2_LOG_THRESHOLD && (condition)) FACULA_LOG(-(n))
#define VLOG_IS_ON(n) (CAFFE2_LOG_THRESHOLD <= -(n))
#endif
#define FACULA_CHECKED(condition, text) \
  (condition) ? (void)0 : ::facula::LoggerVoidify() & FACULA_LOG(::facula::GLOG_FATAL) << "Check failed: " text " "
#ifndef CHECK
#define CHECK(condition) FACULA_CHECKED(condition, #condition)
#endif
#ifndef CHECK_EQ
#define CHECK_EQ(a, b) FACULA_CHECKED((a) == (b), #a " == " #b)
#define CHECK_NE(a, b) FACULA_CHECKED((a) != (b), #a " != " #b)
#define CHECK_LT(a, b) FACULA_CHECKED((a) < (b), #a " < " #b)
#define CHECK_LE(a, b) FACULA_CHECKED((a) <= (b), #a " <= " #b)
#define CHECK_GT(a, b) FACULA_CHECKED((a) > (b), #a " > " #b)
#define CHECK_GE(a, b) FACULA_CHECKED((a) >= (b), #a " >= " #b)
#endif
#ifndef DCHECK
#ifdef NDEBUG
#define DCHECK(condition) \
  while (false) CHECK(condition)
#else
#define DCHECK(condition) CHECK(condition)
#endif
#endif
#ifndef DLOG
#define DLOG(n) LOG(n)
#endif
