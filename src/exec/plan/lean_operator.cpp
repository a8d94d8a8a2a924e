// Found by watching the operator work on a few numbers, as in pointwise_chain.cpp.
#include "exec/plan/lean_operator.h"

#include <cstring>

#include "ops/elementwise.h"

namespace fac::plan::lean {
namespace {

using kernels::BinaryOp;
using kernels::UnaryOp;

constexpr std::size_t kCount = 6;
constexpr float kNumbers[2][kCount] = {{-1.75f, -0.25f, 0.0f, 0.5f, 1.25f, 3.0f}, {0.75f, -2.5f, 1.5f, -0.125f, 2.0f, 0.25f}};
constexpr bool kTruths[2][kCount] = {{false, true, false, true, true, false}, {true, true, false, false, true, false}};
// What stands for a number that is known only when the program runs: two rounds tell it from a constant.
constexpr std::int64_t kInts[2] = {7, 11};
constexpr double kFloats[2] = {1.375, -2.625};

// Bools are numbers 0 and 1 in a chain.
std::optional<BinaryOp> on_truth(BinaryOp op) {
  switch (op) {
    case BinaryOp::bitwise_and:
    case BinaryOp::logical_and: return BinaryOp::logical_and;
    case BinaryOp::bitwise_or:
    case BinaryOp::logical_or: return BinaryOp::logical_or;
    case BinaryOp::bitwise_xor:
    case BinaryOp::logical_xor: return BinaryOp::logical_xor;
    case BinaryOp::eq:
    case BinaryOp::ne: return op;
    default: return std::nullopt;
  }
}
std::optional<UnaryOp> on_truth(UnaryOp op) {
  if (op == UnaryOp::bitwise_not || op == UnaryOp::logical_not) return UnaryOp::logical_not;
  return std::nullopt;
}
// Worth computing again for each row that it is repeated in.
bool is_cheap(UnaryOp op) {
  return op == UnaryOp::abs || op == UnaryOp::neg || op == UnaryOp::relu || op == UnaryOp::clamp || op == UnaryOp::square ||
         op == UnaryOp::logical_not;
}
bool is_cheap(BinaryOp op) {
  return op <= BinaryOp::mul || op == BinaryOp::maximum || op == BinaryOp::minimum || (op >= BinaryOp::eq && op <= BinaryOp::logical_xor);
}

struct Sample {
  std::vector<Value> args;
  std::vector<const TensorImpl*> tensors;  // by input; null: none
  std::vector<std::vector<float>> numbers; // by input: what the chain would hold
};
std::optional<Sample> sample(std::span<const OperandKind> inputs, int round) {
  Sample s;
  std::size_t tensors = 0;
  for (const OperandKind& in : inputs) {
    s.tensors.push_back(nullptr);
    s.numbers.emplace_back();
    switch (in.kind) {
      case OperandKind::kKnown: s.args.push_back(*in.known); continue;
      case OperandKind::kInt: s.args.emplace_back(kInts[round]); continue;
      case OperandKind::kFloat: s.args.emplace_back(kFloats[round]); continue;
      default: break;
    }
    if (tensors == 2) return std::nullopt;
    const bool truth = in.kind == OperandKind::kTruth;
    auto t = Tensor::empty(Dims{static_cast<std::int64_t>(kCount)}, truth ? DType::kBool : DType::kFloat);
    if (!t.ok()) return std::nullopt;
    if (truth) std::memcpy(t->data(), kTruths[tensors], sizeof kTruths[0]);
    else std::memcpy(t->data(), kNumbers[tensors], sizeof kNumbers[0]);
    for (std::size_t i = 0; i < kCount; ++i)
      s.numbers.back().push_back(truth ? (kTruths[tensors][i] ? 1.0f : 0.0f) : kNumbers[tensors][i]);
    ++tensors;
    s.args.emplace_back(*t);
    s.tensors.back() = s.args.back().tensor_impl();
  }
  return s;
}

std::optional<Operation> watch(const ir::Node& node, std::span<const OperandKind> inputs, int round) {
  auto s = sample(inputs, round);
  if (!s) return std::nullopt;
  AllocHookGuard heap(nullptr);
  std::vector<Value> args = s->args;  // the call may consume its arguments
  Value result;
  ops::ElementwiseWatch watched;
  if (!node.op->call(args, {&result, 1}).ok() || watched.calls.size() != 1 || !result.is_tensor()) return std::nullopt;
  const ops::ElementwiseCall& call = watched.calls[0];
  const Tensor got = result.tensor();
  const bool on_floats = call.compute == DType::kFloat, on_bools = call.compute == DType::kBool;
  if ((!on_floats && !on_bools) || got.dtype() != call.result || got.numel() != kCount || !got.is_contiguous()) return std::nullopt;
  if (call.result != DType::kFloat && call.result != DType::kBool) return std::nullopt;

  Operation op;
  op.truth = call.result == DType::kBool;
  op.args.p = call.params;
  const auto find = [&](const ops::ElementwiseCall::Operand& o) -> std::optional<Operation::Operand> {
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      if (o.tensor && s->tensors[i] == o.tensor) return Operation::Operand{i, 0};
      const bool open = inputs[i].kind == OperandKind::kInt || inputs[i].kind == OperandKind::kFloat;
      if (!o.tensor && open && !o.number.is_complex() &&
          o.number.to_double() == (inputs[i].kind == OperandKind::kInt ? static_cast<double>(kInts[round]) : kFloats[round]))
        return Operation::Operand{i, 0};
    }
    if (o.tensor || o.number.is_complex()) return std::nullopt;
    return Operation::Operand{std::nullopt, static_cast<float>(on_bools ? o.number.to_bool() : o.number.to_double())};
  };
  const auto x = find(call.x);
  if (!x) return std::nullopt;
  op.x = *x;
  if (call.unary) {
    const auto kernel = on_bools ? on_truth(*call.unary) : call.unary;
    if (!kernel) return std::nullopt;
    op.unary = kernel;
    op.fn = kernels::unary_block_f32(*kernel);
    op.cheap = is_cheap(*kernel);
    op.name = ops::name_of(*kernel);
  } else if (call.binary) {
    const auto kernel = on_bools ? on_truth(*call.binary) : call.binary;
    const auto y = find(call.y);
    if (!kernel || !y) return std::nullopt;
    op.is_binary = true;
    op.y = *y;
    op.binary = kernel;
    op.fn = kernels::binary_block_f32(*kernel);
    op.cheap = is_cheap(*kernel);
    op.name = ops::name_of(*kernel);
  }
  if (!op.fn) return std::nullopt;

  // The operator must have done that and nothing else.
  const auto numbers = [&](const Operation::Operand& o) {
    if (!o.input) return std::vector<float>(kCount, o.number);
    if (!s->numbers[*o.input].empty()) return s->numbers[*o.input];
    const Value& v = s->args[*o.input];
    return std::vector<float>(kCount, static_cast<float>(v.is_int() ? static_cast<double>(v.i()) : v.d()));
  };
  const std::vector<float> first = numbers(op.x), second = op.is_binary ? numbers(op.y) : first;
  const float* in[] = {first.data(), second.data()};
  float out[kCount];
  op.fn(out, in, kCount, op.args);
  for (std::size_t i = 0; i < kCount; ++i) {
    const bool same = op.truth ? (out[i] != 0) == got.data_as<bool>()[i] : std::memcmp(out + i, got.data_as<float>() + i, sizeof(float)) == 0;
    if (!same) return std::nullopt;
  }
  return op;
}

}  // namespace

std::optional<Operation> find_operation(const ir::Node& node, std::span<const OperandKind> inputs) {
  auto op = watch(node, inputs, 0);
  bool open = false;
  for (const OperandKind& in : inputs) open = open || in.kind == OperandKind::kInt || in.kind == OperandKind::kFloat;
  if (!op || !open) return op;
  // A number that went into the parameters, or nowhere, would not follow its value.
  const auto again = watch(node, inputs, 1);
  if (!again || again->fn != op->fn || !(again->x == op->x) || !(again->y == op->y) ||
      std::memcmp(&again->args.p, &op->args.p, sizeof op->args.p) != 0)
    return std::nullopt;
  for (std::size_t i = 0; i < inputs.size(); ++i)
    if ((inputs[i].kind == OperandKind::kInt || inputs[i].kind == OperandKind::kFloat) && op->x.input != i && op->y.input != i)
      return std::nullopt;
  return op;
}

}  // namespace fac::plan::lean
