// --precision: runs beside float32, and how far they are apart.
#pragma once

#include "command.h"

namespace cli {

void add_precision(CLI::App& command, Global& global);
// errors: reduced precision without plans, of which it is a property.
fac::Status check_precision(const Global& global);

// What the reduced run gave against float32's.
struct Accuracy {
  struct Output {
    std::string name;             // as save_outputs names it; empty: the only one
    double largest = 0, mean = 0;  // differences relative to float32's largest number; infinite: other sizes, or NaN in one of them
  };
  std::string precision;
  std::size_t reduced = 0, steps = 0;  // of the plans
  std::vector<Output> outputs;
};
fac::Result<Accuracy> compare(const fac::Ref<fac::ObjectBox>& module, const std::string& method, const Global& global,
                              const fac::Value& in_float32, const fac::Value& reduced);
std::string text_of(const Accuracy& a);  // several lines
nlohmann::json json_of(const Accuracy& a);

// Before each of two runs that are compared: dropout then leaves out the same.
void restart_random_numbers();
// Arguments of which a run may write into its own: tensors are copied.
fac::Result<std::vector<fac::Value>> copy_arguments(const std::vector<fac::Value>& args);

}  // namespace cli
