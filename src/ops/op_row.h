// What a row of the operator table is made of: the row itself, its facts, and where element-wise operators put results.
// Operators' files include ops/op.h, which says how a row is written.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "tensor/tensor.h"
#include "value/value.h"

namespace fac {

using OpFn = Status (*)(std::span<Value> args, std::span<Value> results);
using Floats = std::span<const double>;

// A list of tensors as an argument; absent optional tensors are undefined.
class TensorList {
 public:
  explicit TensorList(const ListBox* list) : list_(list) {}
  std::size_t size() const { return list_ ? list_->size() : 0; }
  bool empty() const { return size() == 0; }
  Tensor operator[](std::size_t i) const { return const_cast<ListBox*>(list_)->values()[i].tensor_or_undefined(); }

 private:
  const ListBox* list_;
};

// Where an element-wise operator puts its result. Functional form: a fresh tensor. In-place and out forms: the given
// tensor itself where dtype and shape agree, else a temporary that is cast and copied afterwards.
// An operator that takes Out& must read element i of its inputs before it writes element i of its result.
class Out {
 public:
  enum class Form : std::uint8_t { kFunctional, kInPlace, kOut };
  Out() = default;
  Out(Form form, Tensor given) : form_(form), given_(std::move(given)) {}
  // The tensor to write: sizes as given; memory order of `like` (may be undefined) where sizes agree.
  Result<Tensor> make(Ints sizes, DType dtype, const Tensor& like = Tensor());
  // Takes an already computed tensor as the result (the given one is overwritten by a copy).
  void set(Tensor t) { result_ = std::move(t); }
  Result<Tensor> finish();  // called by the row's wrapper
  // The result is the caller's own tensor: inputs may share its memory.
  bool is_in_place() const { return form_ == Form::kInPlace; }
  bool writes_given() const { return form_ != Form::kFunctional && result_.is_same(given_); }

 private:
  Form form_ = Form::kFunctional;
  Tensor given_, result_;
};

// Forms derived from a functional row.
enum Forms : std::uint8_t {
  kFunctionalOnly = 0,
  kInPlace = 1,  // aten::name_[.overload](Tensor(a!) self, ...) -> Tensor(a!)
  kOut = 2,      // aten::name.<out_name>(..., *, Tensor(a!) out) -> Tensor(a!)
};
enum Traits : std::uint16_t {
  kPlain = 0,
  kPointwise = 1,         // result element i depends on element i of the (broadcast) inputs
  kRandom = 2,            // two calls differ: never folded, merged or removed with effects kept in order
  kSideEffect = 4,        // beyond writing marked arguments: print, warn, raise, global state
  kDataDependentShape = 8,  // result sizes depend on values (nonzero, unique, nms)
  kCompositeAlias = 16,   // result may alias an input depending on its metadata (reshape, contiguous, to)
};

struct Facts {
  std::uint8_t forms = kFunctionalOnly;
  std::uint16_t traits = kPlain;
  std::string_view out_name = {};          // overload of the out form; default: "out" or "<overload>_out"
  std::array<std::string_view, 8> samples = {};  // Python argument lists; made into tests by tests/ops
};

struct Op {
  std::string_view schema_text;
  OpFn fn = nullptr;        // functional form
  OpFn in_place = nullptr;  // derived forms, where facts.forms asks for them
  OpFn out = nullptr;
  Facts facts;
};

}  // namespace fac
