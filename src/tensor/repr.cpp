// The Python form of tensors (tensor_repr). The rules of width, scientific notation and summarising are those that
// PyTorch documents under torch.set_printoptions.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <vector>

#include "tensor/element.h"
#include "tensor/print.h"

namespace fac {
namespace {

std::string formatted(const char* format, std::int64_t precision, double d) {
  if (std::isnan(d)) return "nan";
  char buffer[400];
  std::snprintf(buffer, sizeof buffer, format, static_cast<int>(precision), d);
  return buffer;
}

std::string right_aligned(std::string text, std::size_t width) {
  if (text.size() < width) text.insert(0, width - text.size(), ' ');
  return text;
}

// The shared style of the floating elements shown.
struct FloatStyle {
  FloatStyle(const std::vector<double>& shown, std::int64_t precision) : precision(precision) {
    double least = 0, most = 0;
    bool any = false;
    for (const double d : shown) {
      if (!std::isfinite(d) || d == 0) continue;
      const double m = std::fabs(d);
      least = any ? std::min(least, m) : m;
      most = any ? std::max(most, m) : m;
      any = true;
      whole = whole && d == std::ceil(d);
    }
    if (!any) return;
    scientific = most / least > 1000.0 || most > 1e8 || least < 1e-4;
    for (const double d : shown) {
      if (!std::isfinite(d) || d == 0) continue;
      const std::string text = bare(d);
      width = std::max(width, text.size() + (whole && !scientific ? 1 : 0));
    }
  }

  std::string bare(double d) const {
    if (scientific) return formatted("%.*e", precision, d);
    return formatted("%.*f", whole ? 0 : precision, d);
  }
  std::string text(double d) const {
    std::string s = bare(d);
    if (whole && !scientific && std::isfinite(d)) s += '.';
    return right_aligned(std::move(s), width);
  }

  std::int64_t precision;
  bool whole = true, scientific = false;
  std::size_t width = 1;
};

class Printer {
 public:
  Printer(const Tensor& t, const ReprOptions& options)
      : t_(t), options_(options), summarised_(t.numel() > options.threshold) {
    if (t.numel() == 0) return;
    std::vector<double> real, imag;
    Dims index(t.sizes().size());
    visit_shown(index, 0, [&] {
      const void* p = element_address(t_, index);
      if (is_floating(t_.dtype())) {
        real.push_back(load_double(p, t_.dtype()));
      } else if (is_complex(t_.dtype())) {
        const auto c = load_complex(p, t_.dtype());
        real.push_back(c.real());
        imag.push_back(c.imag());
      } else {
        integer_width_ = std::max(integer_width_, integer_text(p).size());
      }
    });
    real_ = FloatStyle(real, options.precision);
    imag_ = FloatStyle(imag, options.precision);
  }

  std::string body(std::int64_t indent) {
    Dims index(t_.sizes().size());
    return t_.numel() == 0 ? "[]" : block(index, 0, indent);
  }

 private:
  bool cut(std::size_t d) const { return summarised_ && t_.sizes()[d] > 2 * options_.edge_items; }

  template <class F>
  void visit_shown(Dims& index, std::size_t d, F&& f) {
    if (d == index.size()) return f();
    for (std::int64_t i = 0; i < t_.sizes()[d]; ++i) {
      if (cut(d) && i == options_.edge_items) i = t_.sizes()[d] - options_.edge_items;
      index[d] = i;
      visit_shown(index, d + 1, f);
    }
  }

  std::string integer_text(const void* p) const {
    const std::int64_t i = load_integer(p, t_.dtype());
    if (t_.dtype() == DType::kBool) return i ? "True" : "False";
    return std::to_string(i);
  }

  std::string element(Ints index) const {
    const void* p = element_address(t_, index);
    if (is_floating(t_.dtype())) return real_.text(load_double(p, t_.dtype()));
    if (!is_complex(t_.dtype())) return right_aligned(integer_text(p), integer_width_);
    const auto c = load_complex(p, t_.dtype());
    std::string imag = imag_.text(c.imag()) + "j";
    imag.erase(0, imag.find_first_not_of(' '));
    return real_.text(c.real()) + (imag[0] == '-' ? "" : "+") + imag;
  }

  std::size_t element_width() const {
    if (is_floating(t_.dtype())) return real_.width + 2;
    return is_complex(t_.dtype()) ? real_.width + imag_.width + 3 : integer_width_ + 2;
  }

  std::string block(Dims& index, std::size_t d, std::int64_t indent) {
    if (d == index.size()) return element(index);
    const bool innermost = d + 1 == index.size();
    std::vector<std::string> items;
    for (std::int64_t i = 0; i < t_.sizes()[d]; ++i) {
      if (cut(d) && i == options_.edge_items) {
        items.push_back(innermost ? " ..." : "...");
        i = t_.sizes()[d] - options_.edge_items;
      }
      index[d] = i;
      items.push_back(block(index, d + 1, indent + 1));
    }
    const std::string margin(static_cast<std::size_t>(indent + 1), ' ');
    const std::string new_line = "," + std::string(index.size() - d - (innermost ? 0 : 1), '\n') + margin;
    const std::int64_t room = (options_.line_width - indent) / static_cast<std::int64_t>(element_width());
    const auto per_line = static_cast<std::size_t>(std::max<std::int64_t>(1, room));
    std::string out = "[";
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (i) out += innermost && i % per_line != 0 ? ", " : new_line;
      out += items[i];
    }
    return out + "]";
  }

  const Tensor& t_;
  ReprOptions options_;
  bool summarised_;
  std::size_t integer_width_ = 1;
  FloatStyle real_{{}, 4}, imag_{{}, 4};
};

std::string shape_tuple(Ints sizes) {
  std::string out = "(";
  for (std::size_t i = 0; i < sizes.size(); ++i) out += (i ? ", " : "") + std::to_string(sizes[i]);
  return out + (sizes.size() == 1 ? ",)" : ")");
}

}  // namespace

std::string tensor_repr(const Tensor& t, const ReprOptions& options) {
  constexpr std::int64_t kIndent = 7;  // "tensor("
  if (!t.defined()) return "None";
  const bool meta = t.device().type == DeviceType::kMeta;
  const bool default_dtype_shown = t.dtype() == default_dtype() || t.dtype() == complex_dtype(default_dtype()) ||
                                   t.dtype() == DType::kInt64 || t.dtype() == DType::kBool;
  std::vector<std::string> suffixes;
  if (t.device().type != DeviceType::kCPU) suffixes.push_back("device='" + device_text(t.device()) + "'");
  if (meta || (t.numel() == 0 && t.dim() != 1)) suffixes.push_back("size=" + shape_tuple(t.sizes()));
  if (meta || t.numel() == 0 ? t.dtype() != default_dtype() : !default_dtype_shown)
    suffixes.push_back("dtype=torch." + std::string(dtype_python(t.dtype())));
  if (t.impl()->requires_grad) suffixes.push_back("requires_grad=True");

  std::string out = "tensor(" + (meta ? std::string("...") : Printer(t, options).body(kIndent));
  const auto line_start = out.rfind('\n');
  auto line = static_cast<std::int64_t>(out.size() - (line_start == std::string::npos ? 0 : line_start)) +
              (line_start == std::string::npos ? 2 : 1);
  for (const auto& suffix : suffixes) {
    const auto length = static_cast<std::int64_t>(suffix.size());
    if (line + length + 2 > options.line_width) {
      out += ",\n" + std::string(kIndent, ' ') + suffix;
      line = kIndent + length;
    } else {
      out += ", " + suffix;
      line += length + 2;
    }
  }
  return out + ")";
}

}  // namespace fac
