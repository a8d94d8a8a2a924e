#include "source/diag.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace fac {
namespace {

constexpr std::size_t kSuppressed = std::numeric_limits<std::size_t>::max();

}  // namespace

DiagBuilder& DiagBuilder::add_label(Range range, std::string text) {
  if (index_ != kSuppressed) sink_.diagnostics_[index_].labels.push_back({range, std::move(text)});
  return *this;
}

DiagBuilder& DiagBuilder::hint(std::string text) {
  if (index_ != kSuppressed && !text.empty()) sink_.diagnostics_[index_].hints.push_back(std::move(text));
  return *this;
}

DiagBuilder DiagSink::add(Severity severity, Range range, std::string_view id, std::string message) {
  if (severity == Severity::kError) ++error_count_;
  // What several ways lead to (a class that many places ask for) is said once.
  const bool repeated = std::any_of(diagnostics_.begin(), diagnostics_.end(), [&](const Diagnostic& d) {
    return d.range == range && d.id == id && d.message == message;
  });
  if (repeated || diagnostics_.size() >= kMaxKept) return {*this, kSuppressed};
  const auto same = [&](const Ref<const SourceFile>& f) { return f.get() == range.file; };
  if (range && std::none_of(files_.begin(), files_.end(), same)) files_.emplace_back(range.file);
  diagnostics_.push_back({id, severity, range, std::move(message), {}, {}});
  return {*this, diagnostics_.size() - 1};
}

}  // namespace fac
