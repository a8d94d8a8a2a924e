#include "ir/literal.h"

#include <algorithm>
#include <cstdio>

#include "base/half.h"
#include "tensor/element.h"
#include "tensor/print.h"
#include "value/print.h"

namespace fac::ir {
namespace {

// Whether a reader can tell a container's type from its elements.
bool shows_in_members(const TypePtr& t) {
  switch (t->kind()) {
    case TypeKind::kUnion:
    case TypeKind::kOptional:
    case TypeKind::kNumber:
    case TypeKind::kInterface:
    case TypeKind::kAny: return false;
    default: return true;
  }
}

std::string joined(const std::vector<Value>& vs) {
  std::string out;
  for (std::size_t i = 0; i < vs.size(); ++i) {
    if (i) out += ", ";
    out += literal(vs[i]);
  }
  return out;
}

std::string list_literal(const ListBox& l) {
  if (l.element_type()->kind() == TypeKind::kTensor && l.size()) return "[<Tensors>]";
  const std::string text = "[" + joined(l.to_values()) + "]";
  if (l.size() && shows_in_members(l.element_type())) return text;
  return "annotate(" + types::list(l.element_type())->annotation() + ", " + text + ")";
}

std::string dict_literal(const DictBox& d) {
  std::string text = "{";
  d.for_each([&](const Value& k, const Value& v) {
    if (text.size() > 1) text += ", ";
    text += literal(k) + ": " + literal(v);
  });
  text += "}";
  if (d.size() && shows_in_members(d.value_type())) return text;
  return "annotate(" + types::dict(d.key_type(), d.value_type())->annotation() + ", " + text + ")";
}

void* element_at(const Tensor& t, std::int64_t i) {
  std::int64_t offset = 0;
  for (std::int64_t d = t.dim() - 1; d >= 0; --d) {
    offset += i % t.size(d) * t.stride(d);
    i /= t.size(d);
  }
  return static_cast<char*>(t.data()) + offset * static_cast<std::int64_t>(t.element_bytes());
}

template <class T>
void store(void* p, T x) {
  std::memcpy(p, &x, sizeof x);
}

std::string printf_text(const char* format, double d) {
  char text[64];
  const int n = std::snprintf(text, sizeof text, format, d);
  return {text, static_cast<std::size_t>(n)};
}

}  // namespace

void set_element(const Tensor& t, std::int64_t i, double d) {
  void* p = element_at(t, i);
  switch (t.dtype()) {
    case DType::kUInt8:
    case DType::kQUInt8: return store(p, static_cast<std::uint8_t>(d));
    case DType::kBool: return store(p, static_cast<std::uint8_t>(d != 0));
    case DType::kInt8:
    case DType::kQInt8: return store(p, static_cast<std::int8_t>(d));
    case DType::kInt16: return store(p, static_cast<std::int16_t>(d));
    case DType::kInt32:
    case DType::kQInt32: return store(p, static_cast<std::int32_t>(d));
    case DType::kInt64: return store(p, static_cast<std::int64_t>(d));
    case DType::kFloat: return store(p, static_cast<float>(d));
    case DType::kDouble: return store(p, d);
    case DType::kComplexFloat: return store(p, std::complex<float>(static_cast<float>(d)));
    case DType::kComplexDouble: return store(p, std::complex<double>(d));
    case DType::kHalf: return store(p, Half(static_cast<float>(d)));
    case DType::kBFloat16: return store(p, BFloat16(static_cast<float>(d)));
    default: return;
  }
}

std::string type_text(const TypePtr& t) {
  switch (t->kind()) {
    case TypeKind::kList: return type_text(t->element()) + "[]";
    case TypeKind::kOptional: return type_text(t->element()) + "?";
    case TypeKind::kFuture: return "Future[" + type_text(t->element()) + "]";
    case TypeKind::kRRef: return "RRef[" + type_text(t->element()) + "]";
    case TypeKind::kTuple: {
      const auto& fields = as_tuple(t)->fields();
      const auto defaults = as_tuple(t)->defaults();
      const std::size_t plain = t->elements().size() - defaults.size();
      std::string out = fields.empty() ? "(" : "NamedTuple(";
      for (std::size_t i = 0; i < t->elements().size(); ++i) {
        if (i) out += ", ";
        if (!fields.empty()) out += fields[i] + " : ";
        out += type_text(t->element(i));
        if (i >= plain) out += " = " + value_text(defaults[i - plain]);
      }
      return out + ")";
    }
    default: return t->str();
  }
}

std::string tensor_type_text(const Tensor& t) {
  std::string out = std::string(dtype_name(t.dtype())) + "(";
  for (std::int64_t n : t.sizes()) out += std::to_string(n) + ", ";
  if (t.dim()) out += "strides=" + ints_text(t.strides()) + ", ";
  return out + "requires_grad=" + (t.impl()->requires_grad ? "1" : "0") + ", device=" + device_text(t.device()) + ")";
}

std::string tensor_literal(const Tensor& t) {
  static constexpr std::int64_t kMostElements = 10;  // as PyTorch's max_tensor_display_size
  if (t.device().type == DeviceType::kMeta || t.numel() > kMostElements) return "<Tensor>";
  if (t.numel() == 1) {
    const Dims first(static_cast<std::size_t>(t.dim()), 0);
    const double d = fac::element_as_double(t, first);
    return "{" + (is_floating(t.dtype()) ? printf_text("%g", d) : printf_text("%.0f", d)) + "}";
  }
  std::string text = tensor_text(t);
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

std::string literal(const Value& v) {
  switch (v.tag()) {
    case Tag::kTensor: return tensor_literal(v.tensor());
    case Tag::kList: return list_literal(v.list());
    case Tag::kDict: return dict_literal(v.dict());
    case Tag::kTuple: return "(" + joined(v.tuple().values) + (v.tuple().values.size() == 1 ? ",)" : ")");
    case Tag::kObject: return "object(" + v.object().type().name() + ")";
    default: return value_repr(v);
  }
}

}  // namespace fac::ir
