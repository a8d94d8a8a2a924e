// The C++ form of tensors (tensor_text). The layout follows ATen's printer: everything is shown as double; one width
// and one number style for a whole matrix.
#include "tensor/print.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <vector>

#include "tensor/element.h"

namespace fac {
namespace {

struct Style {
  enum Kind { kPlain, kFixed, kScientific } kind = kPlain;  // %.6g, %.4f, %.4e
  int width = 0;
  double scale = 1;
};

std::string number_text(Style::Kind kind, double d) {
  if (std::isnan(d)) return std::signbit(d) ? "-nan" : "nan";
  char buffer[400];
  const char* format = kind == Style::kPlain ? "%.6g" : kind == Style::kFixed ? "%.4f" : "%.4e";
  std::snprintf(buffer, sizeof buffer, format, d);
  return buffer;
}

// The shortest digits that read back as `d`; an exponent outside of 1e-4 .. 1e16.
std::string shortest_text(double d) {
  const double m = std::fabs(d);
  const bool scientific = std::isfinite(d) && m != 0 && (m < 1e-4 || m >= 1e16);
  char buffer[400];
  const auto format = scientific ? std::chars_format::scientific : std::chars_format::fixed;
  return {buffer, std::to_chars(buffer, buffer + sizeof buffer, d, format).ptr};
}

// Exponent of the leading digit plus one; 1 for zero.
double exponent(double magnitude) { return magnitude == 0 ? 1 : std::floor(std::log10(magnitude)) + 1; }

Style choose_style(const std::vector<double>& values) {
  bool whole = true, any = false;
  double least = 0, most = 0;
  for (const double z : values) {
    if (!std::isfinite(z)) continue;
    const double m = std::fabs(z);
    whole = whole && z == std::ceil(z);
    if (!any) least = most = m;
    any = true;
    if (m < least) least = m;
    if (m > most) most = m;
  }
  const double low = any ? exponent(least) : 1, high = any ? exponent(most) : 1;
  const int digits = static_cast<int>(high);
  if (whole) return high > 9 ? Style{Style::kScientific, 11, 1} : Style{Style::kPlain, digits + 1, 1};
  if (high - low > 4) return {Style::kScientific, std::fabs(high) > 99 || std::fabs(low) > 99 ? 12 : 11, 1};
  if (high > 5 || high < 0) return {Style::kFixed, 7, std::pow(10, high - 1)};
  return {Style::kFixed, high == 0 ? 7 : digits + 6, 1};
}

class Printer {
 public:
  Printer(const Tensor& t, std::int64_t line_size) : t_(t), line_size_(line_size) {}

  std::string print() {
    if (t_.dim() == 0) out_ = shortest_text(element_as_double(t_, {})) + "\n";
    else if (t_.numel() == 0) out_.clear();
    else if (t_.dim() == 1) vector();
    else if (t_.dim() == 2) matrix({}, 0);
    else stack();
    out_ += "[ " + type_name() + "{";
    for (std::int64_t d = 0; d < t_.dim(); ++d) out_ += (d ? "," : "") + std::to_string(t_.size(d));
    return out_ + "} ]";
  }

 private:
  std::string type_name() const {
    const char* backend = t_.device().type == DeviceType::kCUDA ? "CUDA" : t_.device().type == DeviceType::kMeta ? "Meta" : "CPU";
    return backend + std::string(dtype_name(t_.dtype())) + "Type";
  }
  void indent(std::int64_t n) { out_.append(static_cast<std::size_t>(std::max<std::int64_t>(n, 0)), ' '); }
  void scale_line(const Style& s) {
    if (s.scale != 1) out_ += shortest_text(s.scale) + " *\n";
  }
  void number(const Style& s, double d) {
    const std::string text = number_text(s.kind, d / s.scale);
    indent(s.width - static_cast<std::int64_t>(text.size()));
    out_ += text;
  }

  void vector() {
    std::vector<double> values;
    for (std::int64_t i = 0; i < t_.size(0); ++i) values.push_back(element_as_double(t_, {&i, 1}));
    const Style s = choose_style(values);
    scale_line(s);
    for (const double d : values) {
      number(s, d);
      out_ += '\n';
    }
  }

  // The matrix of the last two dimensions at `index` of the others. Its first row has no margin (as in PyTorch 2).
  void matrix(Dims index, std::int64_t margin) {
    const std::int64_t rows = t_.size(t_.dim() - 2), columns = t_.size(t_.dim() - 1);
    std::vector<double> values;
    index.push_back(0);
    index.push_back(0);
    for (std::int64_t r = 0; r < rows; ++r)
      for (std::int64_t c = 0; c < columns; ++c) {
        index[index.size() - 2] = r;
        index[index.size() - 1] = c;
        values.push_back(element_as_double(t_, index));
      }
    const Style s = choose_style(values);
    const std::int64_t per_line = std::max<std::int64_t>(1, (line_size_ - margin) / (s.width + 1));
    for (std::int64_t first = 0; first < columns; first += per_line) {
      const std::int64_t last = std::min(first + per_line, columns) - 1;
      if (per_line < columns) {
        if (first != 0) out_ += '\n';
        out_ += "Columns " + std::to_string(first + 1) + " to " + std::to_string(last + 1);
        indent(margin);
      }
      if (s.scale != 1) {
        scale_line(s);
        indent(margin);
      }
      for (std::int64_t r = 0; r < rows; ++r) {
        for (std::int64_t c = first; c <= last; ++c) {
          number(s, values[static_cast<std::size_t>(r * columns + c)]);
          out_ += c == last ? '\n' : ' ';
        }
        if (r != rows - 1) indent(margin + (s.scale != 1 ? 1 : 0));
      }
    }
  }

  // Matrices one below the other; the first index runs fastest.
  void stack() {
    const std::size_t outer = static_cast<std::size_t>(t_.dim() - 2);
    Dims index(outer);
    for (bool first = true;; first = false) {
      if (!first) out_ += '\n';
      out_ += '(';
      for (const auto i : index) out_ += std::to_string(i + 1) + ",";
      out_ += ".,.) = \n";
      matrix(index, 1);
      std::size_t d = 0;
      while (d < outer && ++index[d] == t_.size(static_cast<std::int64_t>(d))) index[d++] = 0;
      if (d == outer) return;
    }
  }

  const Tensor& t_;
  std::int64_t line_size_;
  std::string out_;
};

}  // namespace

std::string tensor_text(const Tensor& t, std::int64_t line_size) {
  if (!t.defined()) return "[ Tensor (undefined) ]";
  return Printer(t, line_size).print();
}

}  // namespace fac
