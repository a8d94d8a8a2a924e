#include "ops/op_call.h"

namespace fac::detail {

ErrorPtr not_a_tensor(std::size_t index, const Value& found) {
  return error(ErrorKind::kType, "argument {} must be a Tensor, but `{}` was given", index, tag_name(found.tag()));
}

namespace {
// Moves what the operator computed, results[0], into the tensor that the caller gave.
Status give_back(Out& out, std::span<Value> results) {
  out.set(std::move(results[0]).take_tensor());
  FACULA_TRY(Tensor t, out.finish());
  results[0] = Value(std::move(t));
  return {};
}
Status write_into(OutFn write, Out& out, std::span<Value> args, std::span<Value> results) {
  FACULA_TRY_VOID(write(out, args));
  FACULA_TRY(Tensor t, out.finish());
  results[0] = Value(std::move(t));
  return {};
}
}  // namespace

Status call_in_place(OpFn call, std::span<Value> args, std::span<Value> results) {
  Out out(Out::Form::kInPlace, args[0].tensor_or_undefined());
  FACULA_TRY_VOID(call(args, results));
  return give_back(out, results);
}
Status call_out(OpFn call, std::span<Value> args, std::span<Value> results) {
  Out out(Out::Form::kOut, args.back().tensor_or_undefined());
  FACULA_TRY_VOID(call(args.first(args.size() - 1), results));
  return give_back(out, results);
}

Status write_fresh(OutFn write, std::span<Value> args, std::span<Value> results) {
  Out out;
  return write_into(write, out, args, results);
}
Status write_in_place(OutFn write, std::span<Value> args, std::span<Value> results) {
  Out out(Out::Form::kInPlace, args[0].tensor_or_undefined());
  return write_into(write, out, args, results);
}
Status write_out(OutFn write, std::span<Value> args, std::span<Value> results) {
  Out out(Out::Form::kOut, args.back().tensor_or_undefined());
  return write_into(write, out, args.first(args.size() - 1), results);
}

}  // namespace fac::detail
