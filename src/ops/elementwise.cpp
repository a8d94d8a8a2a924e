#include "ops/elementwise.h"

#include <cstring>

#include "base/checked.h"
#include "ops/copy.h"

namespace fac::ops {

NumberCell::NumberCell(const Scalar& s, DType compute) {
  const auto put = [&](auto v) { std::memcpy(bytes, &v, sizeof v); };
  switch (compute) {
    case DType::kHalf:
    case DType::kBFloat16:
    case DType::kFloat: kind = ScalarKind::kFloat; put(static_cast<float>(s.to_double())); break;
    case DType::kDouble: kind = ScalarKind::kDouble; put(s.to_double()); break;
    case DType::kComplexHalf:
    case DType::kComplexFloat:
      kind = ScalarKind::kComplexFloat;
      put(std::complex<float>(s.to_complex()));
      break;
    case DType::kComplexDouble: kind = ScalarKind::kComplexDouble; put(s.to_complex()); break;
    case DType::kBool: kind = ScalarKind::kBool; put(s.to_bool()); break;
    case DType::kUInt8: kind = ScalarKind::kUInt8; put(static_cast<std::uint8_t>(s.to_int())); break;
    case DType::kInt8: kind = ScalarKind::kInt8; put(static_cast<std::int8_t>(s.to_int())); break;
    case DType::kInt16: kind = ScalarKind::kInt16; put(static_cast<std::int16_t>(s.to_int())); break;
    case DType::kInt32: kind = ScalarKind::kInt32; put(static_cast<std::int32_t>(s.to_int())); break;
    default: kind = ScalarKind::kInt64; put(s.to_int()); break;
  }
}

void Operands::add(const Tensor& t) {
  const int k = s_.operands;
  const auto width = static_cast<std::int64_t>(t.element_bytes());
  const Ints sizes = t.sizes(), strides = t.strides();
  s_.add(t.data(), strides_[k], kind_of(t.dtype()));
  if (t.dim() == 0) {
    flat_strides_[k] = 0;
  } else if (flat_ && t.is_contiguous() && same_sizes(sizes, sizes_)) {
    flat_strides_[k] = width;
  } else {
    flat_ = false;
  }
  const std::size_t shift = sizes_.size() - sizes.size();
  for (std::size_t i = 0; i < shift; ++i) strides_[k][i] = 0;
  for (std::size_t i = 0; i < sizes.size(); ++i)
    strides_[k][shift + i] = sizes[i] == 1 && sizes_[shift + i] != 1 ? 0 : wrap_mul(strides[i], width);  // of a size of 1 it may be anything
}

void Operands::add_cell(const void* p, ScalarKind kind) {
  const int k = s_.operands;
  flat_strides_[k] = 0;
  for (std::size_t i = 0; i < sizes_.size(); ++i) strides_[k][i] = 0;
  s_.add(p, strides_[k], kind);
}

void Operands::add_raw(const void* p, Ints byte_strides, ScalarKind kind) {
  const int k = s_.operands;
  flat_ = false;
  std::copy(byte_strides.begin(), byte_strides.end(), strides_[k]);
  s_.add(p, strides_[k], kind);
}

const kernels::Strided& Operands::get() {
  if (!flat_) return by_dim();
  flat_size_ = product(sizes_);
  s_.rank = 1;
  s_.sizes = &flat_size_;
  for (int k = 0; k < s_.operands; ++k) s_.strides[k] = &flat_strides_[k];
  return s_;
}

const kernels::Strided& Operands::by_dim() {
  s_.rank = static_cast<int>(sizes_.size());
  s_.sizes = sizes_.data();
  for (int k = 0; k < s_.operands; ++k) s_.strides[k] = strides_[k];
  return s_;
}

Status check(Outcome o, std::string_view name, DType t) {
  if (o == Outcome::kDone) return {};
  FACULA_CHECK(o != Outcome::kZeroDivision, "ZeroDivisionError");
  return error(ErrorKind::kRuntime, "\"{}_cpu\" not implemented for '{}'", name, dtype_name(t));
}

Status check_writable(const Tensor& t) {
  for (std::int64_t d = 0; d < t.dim(); ++d)
    FACULA_CHECK(t.size(d) <= 1 || t.stride(d) != 0,
                 "unsupported operation: more than one element of the written-to tensor refers to a single memory "
                 "location. Please clone() the tensor before performing the operation.");
  return {};
}

Result<Tensor> unaliased(const Tensor& out, const Tensor& in) {
  if (out.storage() != in.storage() || !may_overlap(out, in)) return in;
  if (out.data() == in.data() && out.dtype() == in.dtype() && same_sizes(out.sizes(), in.sizes()) &&
      same_sizes(out.strides(), in.strides()))
    return in;
  FACULA_CHECK(!(out.is_non_overlapping_and_dense() && in.is_non_overlapping_and_dense() && in.numel() > 1),
               "unsupported operation: some elements of the input tensor and the written-to tensor refer to a single "
               "memory location. Please clone() the tensor before performing the operation.");
  return clone(in);
}

namespace {

Status check_rank(Ints sizes) {
  FACULA_CHECK(sizes.size() <= 64, "only tensors with up to 64 dims are supported");
  return {};
}

struct Types {
  DType compute, result;
};
Result<Types> types_of(DType common, Rule rule, std::string_view name) {
  switch (rule) {
    case Rule::kSame: return Types{common, common};
    case Rule::kFloating: return Types{to_floating(common), to_floating(common)};
    case Rule::kBool: return Types{common, DType::kBool};
    case Rule::kIntegral:
      FACULA_CHECK(is_integral(common, true), "\"{}_cpu\" not implemented for '{}'", name, dtype_name(common));
      return Types{common, common};
    case Rule::kReal:
      FACULA_CHECK(!is_complex(common), "\"{}_cpu\" not implemented for '{}'", name, dtype_name(common));
      return Types{common, common};
    case Rule::kFloatOnly:
      FACULA_CHECK(!is_integral(common, true), "\"{}_cpu\" not implemented for '{}'", name, dtype_name(common));
      return Types{common, common};
  }
  return Types{common, common};
}

Status present(Arg a) {
  FACULA_CHECK(!a.tensor || a.tensor->defined(), "expected a Tensor but got None");
  return {};
}

// Tensors that decide the memory order of a fresh result: the first one of full size.
const Tensor* order_giver(std::span<const Arg> args, Ints sizes) {
  for (const Arg& a : args)
    if (a.tensor && a.tensor->dim() > 0 && same_sizes(a.tensor->sizes(), sizes)) return a.tensor;
  return nullptr;
}

thread_local ElementwiseWatch* t_watch = nullptr;

void tell(std::optional<UnaryOp> unary, std::optional<BinaryOp> binary, const PointwiseParams& p, std::span<const Arg> args,
          DType compute, DType result) {
  ElementwiseCall call;
  call.unary = unary;
  call.binary = binary;
  call.params = p;
  call.compute = compute;
  call.result = result;
  const auto operand = [](const Arg& a) {
    return a.tensor ? ElementwiseCall::Operand{a.tensor->impl(), {}} : ElementwiseCall::Operand{nullptr, *a.number};
  };
  call.x = operand(args[0]);
  if (args.size() > 1) call.y = operand(args[1]);
  t_watch->calls.push_back(std::move(call));
}

template <class Call>
Status run(Out& out, std::span<const Arg> args, DType compute, DType result, std::string_view name, Call&& call) {
  Dims sizes;
  bool first = true;
  for (const Arg& a : args) {
    if (!a.tensor) continue;
    if (first) sizes = Dims(a.tensor->sizes());
    else if (!same_sizes(sizes, a.tensor->sizes())) FACULA_TRY_VOID(broadcast_into(sizes, a.tensor->sizes()));
    first = false;
  }
  FACULA_TRY_VOID(check_rank(sizes));
  const Tensor* like = order_giver(args, sizes);
  FACULA_TRY(const Tensor y, out.make(sizes, result, like ? *like : Tensor()));
  if (out.writes_given()) FACULA_TRY_VOID(check_writable(y));
  Operands operands(sizes);
  operands.add(y);
  NumberCell cells[3];
  Tensor copies[3];  // keep copies of overlapping inputs alive
  int k = 0;
  for (const Arg& a : args) {
    if (a.tensor) {
      if (out.writes_given()) {
        FACULA_TRY(copies[k], unaliased(y, *a.tensor));
        operands.add(copies[k]);
      } else {
        operands.add(*a.tensor);
      }
    } else {
      cells[k] = NumberCell(*a.number, compute);
      operands.add(cells[k]);
    }
    ++k;
  }
  if (y.numel() == 0) return {};
  return check(call(operands.get()), name, compute);
}

DType common_dtype(std::span<const Arg> args) {
  ResultType r;
  for (const Arg& a : args) {
    if (a.tensor) r.add(*a.tensor);
    else r.add(*a.number);
  }
  return r.get();
}

}  // namespace

ElementwiseWatch::ElementwiseWatch() : outer_(t_watch) { t_watch = this; }
ElementwiseWatch::~ElementwiseWatch() { t_watch = outer_; }

#define FACULA_NAME(name) #name,
std::string_view name_of(UnaryOp op) {
  static constexpr std::string_view kNames[] = {FACULA_UNARY_OPS(FACULA_NAME)};
  return kNames[static_cast<std::size_t>(op)];
}
std::string_view name_of(BinaryOp op) {
  static constexpr std::string_view kNames[] = {FACULA_BINARY_OPS(FACULA_NAME)};
  return kNames[static_cast<std::size_t>(op)];
}
std::string_view name_of(TernaryOp op) {
  static constexpr std::string_view kNames[] = {FACULA_TERNARY_OPS(FACULA_NAME)};
  return kNames[static_cast<std::size_t>(op)];
}
#undef FACULA_NAME

Status unary_as(Out& out, const Tensor& self, UnaryOp op, DType compute, DType result,
                const PointwiseParams& p) {
  FACULA_TRY_VOID(present(self));
  const Arg args[] = {self};
  if (t_watch) tell(op, std::nullopt, p, args, compute, result);
  return run(out, args, compute, result, name_of(op),
             [&](const kernels::Strided& s) { return kernels::unary(op, kind_of(compute), s, p); });
}

Status unary(Out& out, const Tensor& self, UnaryOp op, Rule rule, const PointwiseParams& p) {
  FACULA_TRY_VOID(present(self));
  FACULA_TRY(const Types t, types_of(self.dtype(), rule, name_of(op)));
  return unary_as(out, self, op, t.compute, t.result, p);
}

namespace {

// An operand as an operation on halves sees it: rounded to them first. What a half is multiplied with or divided by is read in
// float32 where it is one number.
struct HalfOperand {
  Tensor tensor;
  Scalar number;
  Result<Arg> of(Arg a, DType compute, bool exact_number) {
    if (a.tensor && (a.tensor->dtype() == compute || (exact_number && a.tensor->dim() == 0))) return a;
    if (a.tensor) {
      FACULA_TRY(tensor, cast(*a.tensor, compute));
      return Arg(tensor);
    }
    if (exact_number || a.number->is_complex()) return a;
    const auto x = static_cast<float>(a.number->to_double());
    number = Scalar(static_cast<double>(compute == DType::kHalf ? static_cast<float>(Half(x)) : static_cast<float>(BFloat16(x))));
    return Arg(number);
  }
};

}  // namespace

Status binary_as(Out& out, Arg a, Arg b, BinaryOp op, DType compute, DType result,
                 const PointwiseParams& p) {
  FACULA_TRY_VOID(present(a));
  FACULA_TRY_VOID(present(b));
  HalfOperand first, second;
  if (compute == DType::kHalf || compute == DType::kBFloat16) {
    const bool scales = op == BinaryOp::mul || op == BinaryOp::div || op == BinaryOp::div_floor || op == BinaryOp::div_trunc;
    FACULA_TRY(a, first.of(a, compute, false));
    FACULA_TRY(b, second.of(b, compute, scales));
  }
  const Arg args[] = {a, b};
  if (t_watch) tell(std::nullopt, op, p, args, compute, result);
  return run(out, args, compute, result, name_of(op),
             [&](const kernels::Strided& s) { return kernels::binary(op, kind_of(compute), s, p); });
}

Status binary(Out& out, Arg a, Arg b, BinaryOp op, Rule rule, const PointwiseParams& p) {
  FACULA_TRY_VOID(present(a));
  FACULA_TRY_VOID(present(b));
  const Arg args[] = {a, b};
  FACULA_TRY(const Types t, types_of(common_dtype(args), rule, name_of(op)));
  return binary_as(out, a, b, op, t.compute, t.result, p);
}

Status ternary(Out& out, Arg a, Arg b, Arg c, TernaryOp op, Rule rule,
               const PointwiseParams& p) {
  FACULA_TRY_VOID(present(a));
  FACULA_TRY_VOID(present(b));
  FACULA_TRY_VOID(present(c));
  const Arg args[] = {a, b, c};
  // The condition of `where` has no say in the dtype.
  const std::span<const Arg> typed = op == TernaryOp::where ? std::span<const Arg>(args).subspan(1) : args;
  FACULA_TRY(const Types t, types_of(common_dtype(typed), rule, name_of(op)));
  if (t_watch) tell(std::nullopt, std::nullopt, p, args, t.compute, t.result);
  return run(out, args, t.compute, t.result, name_of(op),
             [&](const kernels::Strided& s) { return kernels::ternary(op, kind_of(t.compute), s, p); });
}

Result<Tensor> unary(const Tensor& self, UnaryOp op, Rule rule, const PointwiseParams& p) {
  Out out;
  FACULA_TRY_VOID(unary(out, self, op, rule, p));
  return out.finish();
}

Result<Tensor> binary(Arg a, Arg b, BinaryOp op, Rule rule, const PointwiseParams& p) {
  Out out;
  FACULA_TRY_VOID(binary(out, a, b, op, rule, p));
  return out.finish();
}

}  // namespace fac::ops
