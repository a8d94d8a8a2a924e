// `facula bench --callers N`: many requests on one module, as a server has them.
#pragma once

#include "command.h"

namespace cli {

struct Load {
  int callers = 0;
  std::vector<double> ms;  // each call's, sorted
  double seconds = 0;      // from the first call to the last one's end
  double per_second() const { return static_cast<double>(ms.size()) / seconds; }
};
// For `seconds`, `callers` threads call the method at the same time, again and again, each with arguments of its own.
// errors: the first one of any call.
fac::Result<Load> load_with(const fac::Ref<fac::ObjectBox>& module, const std::string& method, const std::vector<fac::Value>& args,
                            const fac::RunOptions& options, int callers, double seconds);

struct Throughput {
  Load alone, together;
  int threads = 1;  // of each call
  double scaling() const { return together.per_second() / alone.per_second(); }
};
// One caller and several, in turn; the calls of each are put together. The module has been called before.
fac::Result<Throughput> throughput(const fac::Ref<fac::ObjectBox>& module, const std::string& method, const std::vector<fac::Value>& args,
                                   const fac::RunOptions& options, int callers, double seconds);
std::string text_of(const Throughput& t);  // several lines
nlohmann::json json_of(const Throughput& t);

}  // namespace cli
