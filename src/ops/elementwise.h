// Drivers of element-wise operators: promotion, broadcasting, the result tensor, then one kernel call.
//   Status f(Out& out, const Tensor& self) { return ops::unary(out, self, UnaryOp::exp, Rule::kFloating); }
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "kernels/loop_nest.h"
#include "kernels/pointwise.h"
#include "ops/broadcast.h"
#include "ops/op.h"
#include "ops/promote.h"

namespace fac::ops {

using kernels::BinaryOp;
using kernels::Outcome;
using kernels::PointwiseParams;
using kernels::ScalarKind;
using kernels::TernaryOp;
using kernels::UnaryOp;

inline ScalarKind kind_of(DType t) { return static_cast<ScalarKind>(t); }

// A number in memory as an operand with stride 0, in the precision in which an operation of `compute` works.
struct NumberCell {
  alignas(16) unsigned char bytes[16];
  ScalarKind kind;
  NumberCell() = default;
  NumberCell(const Scalar& s, DType compute);
};

// Up to kMaxOperands tensors broadcast to one shape, as kernels take them. Refers to the tensors' memory.
class Operands {
 public:
  explicit Operands(Ints sizes) : sizes_(sizes) {}
  Operands(const Operands&) = delete;
  Operands& operator=(const Operands&) = delete;
  void add(const Tensor& t);                                 // broadcast to the shape
  void add(const NumberCell& n) { add_cell(n.bytes, n.kind); }
  void add_cell(const void* p, ScalarKind kind);             // one element for all
  void add_raw(const void* p, Ints byte_strides, ScalarKind kind);  // strides for the shape
  const kernels::Strided& get();
  // The same without merging dimensions, where their numbers matter (reductions, gather).
  const kernels::Strided& by_dim();

 private:
  Ints sizes_;
  bool flat_ = true;  // all operands are dense in row-major order or single cells
  std::int64_t flat_size_ = 0;
  std::int64_t flat_strides_[kernels::kMaxOperands];
  std::int64_t strides_[kernels::kMaxOperands][64];
  kernels::Strided s_;
};

// A tensor or a number.
struct Arg {
  const Tensor* tensor = nullptr;
  const Scalar* number = nullptr;
  Arg(const Tensor& t) : tensor(&t) {}
  Arg(const Scalar& s) : number(&s) {}
};

// How result and compute dtypes follow from the operands.
enum class Rule : std::uint8_t {
  kSame,      // the promoted dtype
  kFloating,  // integers become the default floating dtype
  kBool,      // computed in the promoted dtype, bool result
  kIntegral,  // integers and bool only
  kReal,      // as kSame, complex refused
  kFloatOnly, // floating and complex dtypes only
};

std::string_view name_of(UnaryOp op);
std::string_view name_of(BinaryOp op);
std::string_view name_of(TernaryOp op);

Status unary(Out& out, const Tensor& self, UnaryOp op, Rule rule, const PointwiseParams& p = {});
Status binary(Out& out, Arg a, Arg b, BinaryOp op, Rule rule,
              const PointwiseParams& p = {.a = 1, .i = 1});
Status ternary(Out& out, Arg a, Arg b, Arg c, TernaryOp op, Rule rule,
               const PointwiseParams& p = {.a = 1, .i = 1});
// With dtypes given outright.
Status unary_as(Out& out, const Tensor& self, UnaryOp op, DType compute, DType result,
                const PointwiseParams& p = {});
Status binary_as(Out& out, Arg a, Arg b, BinaryOp op, DType compute, DType result,
                 const PointwiseParams& p = {.a = 1, .i = 1});

// What a driver above was asked to do with up to two operands.
struct ElementwiseCall {
  struct Operand {
    const TensorImpl* tensor = nullptr;  // null: a number
    Scalar number;
  };
  std::optional<UnaryOp> unary;
  std::optional<BinaryOp> binary;  // neither: a ternary operation
  PointwiseParams params;
  DType compute{}, result{};
  Operand x, y;
};
// While it lives, the drivers tell it what this thread asks of them. Plans learn so which kernel stands behind an operator,
// from the operator itself: they run it on small tensors and watch.
class ElementwiseWatch {
 public:
  ElementwiseWatch();
  ~ElementwiseWatch();
  ElementwiseWatch(const ElementwiseWatch&) = delete;
  ElementwiseWatch& operator=(const ElementwiseWatch&) = delete;
  std::vector<ElementwiseCall> calls;

 private:
  ElementwiseWatch* outer_;
};

// Functional shorthands for operators that are made of others.
Result<Tensor> unary(const Tensor& self, UnaryOp op, Rule rule = Rule::kSame, const PointwiseParams& p = {});
Result<Tensor> binary(Arg a, Arg b, BinaryOp op, Rule rule = Rule::kSame,
                      const PointwiseParams& p = {.a = 1, .i = 1});
// Any function of the shape Status(Out&, A...) as a plain function.
template <class... P, class... A>
Result<Tensor> fresh(Status (*f)(Out&, P...), A&&... args) {
  Out out;
  FACULA_TRY_VOID(f(out, std::forward<A>(args)...));
  return out.finish();
}

// errors: what a kernel could not do (`name` appears in "\"name_cpu\" not implemented for 'Bool'").
Status check(Outcome o, std::string_view name, DType t);

// errors: a tensor written to that overlaps itself (expanded), or partly overlaps an input.
Status check_writable(const Tensor& t);
// `in` itself, or a copy where it shares memory with `out` in another order.
Result<Tensor> unaliased(const Tensor& out, const Tensor& in);

}  // namespace fac::ops
