// Runs lean programs.
#include "exec/plan/lean_parts.h"

#include <algorithm>

namespace fac::plan::lean {

namespace {

class Program final : public LeanProgram {
 public:
  explicit Program(Parts parts) : p_(std::move(parts)) {}

  bool run(std::span<const Value* const> args, std::span<Value> results) const override {
    std::int64_t r[kMostIntegers];
    std::copy(p_.integers.begin(), p_.integers.end(), r);
    if (!bind(args, r)) return false;
    for (const IntStep& s : p_.steps)
      if (!run_step(s, r)) return false;
    for (const Pass& pass : p_.passes) {
      std::int64_t n = 1;
      for (const Reg s : pass.sizes)
        if (r[s] > kMost || (n *= r[s]) > kMost) return false;
    }
    if (p_.write && !may_write(*p_.write, args, r)) return false;
    // Nothing can fail from here on but memory: results that are made already are then dropped.
    Value made[kMostOutputs];
    for (std::size_t i = 0; i < p_.outputs.size(); ++i)
      if (!make(p_.outputs[i], args, r, made[i])) return false;
    for (std::size_t i = 0; i < p_.outputs.size(); ++i) results[i] = std::move(made[i]);
    if (p_.write) write(*p_.write, args, r);
    return true;
  }
  std::string text() const override { return p_.text; }

  static constexpr std::size_t kMostOutputs = LeanRegion::kMostResults;

 private:
  bool bind(std::span<const Value* const> args, std::int64_t* r) const {
    for (std::size_t i = 0; i < p_.arguments.size(); ++i) {
      const Argument& a = p_.arguments[i];
      const Value& v = *args[i];
      if (a.kind == Argument::kInt) {
        if (!v.is_int()) return false;
        r[a.first] = v.i();
      } else if (a.kind == Argument::kTensor) {
        if (!v.is_tensor()) return false;
        const TensorImpl& t = *v.tensor_impl();
        if (t.dtype != a.dtype || t.sizes.size() != a.rank || t.requires_grad) return false;
        std::int64_t* to = r + a.first;
        *to++ = t.offset;
        std::copy_n(t.sizes.data(), a.rank, to);
        std::copy_n(t.strides.data(), a.rank, to + a.rank);
        // Row-major, maybe with gaps: then what is computed from it is dense and row-major.
        for (std::size_t d = 0; d + 1 < a.rank; ++d)
          if (t.strides[d] < t.strides[d + 1] * t.sizes[d + 1]) return false;
      } else if (!v.is_float()) {
        return false;
      }
    }
    return true;
  }

  const TensorImpl& tensor(std::size_t i, std::span<const Value* const> args) const {
    return i < p_.arguments.size() ? *args[i]->tensor_impl() : *p_.constants[i - p_.arguments.size()].tensor_impl();
  }

  // Whether elements can be written as they are computed: other operands that share the memory are the same view, or all of
  // them are read before the first is written.
  bool may_write(const Write& w, std::span<const Value* const> args, const std::int64_t* r) const {
    const Pass& pass = p_.passes.back();
    const Storage& to = *tensor(w.argument, args).storage;
    std::int64_t n = 1;
    for (std::size_t d = 0; d < w.sizes.size(); ++d) {
      n *= r[w.sizes[d]];
      if (r[w.strides[d]] == 0 && r[w.sizes[d]] > 1) return false;  // several places are one
    }
    const bool at_once = w.copies && n <= kernels::kStridedBlock && w.sizes.size() <= 1;
    for (const Input& in : pass.inputs) {
      const Storage& from = *tensor(in.argument, args).storage;
      const auto *a = static_cast<const char*>(to.data()), *b = static_cast<const char*>(from.data());
      if (at_once || a + to.bytes() <= b || b + from.bytes() <= a) continue;
      if (&to != &from || r[in.offset] != r[w.offset]) return false;
      for (std::size_t d = 0; d < w.sizes.size(); ++d)
        if (r[in.strides[d]] != r[w.strides[d]]) return false;
    }
    return true;
  }
  void write(const Write& w, std::span<const Value* const> args, const std::int64_t* r) const {
    const TensorImpl& t = tensor(w.argument, args);
    std::int64_t strides[kMostRank];
    for (std::size_t d = 0; d < w.strides.size(); ++d) strides[d] = r[w.strides[d]];
    char* to = static_cast<char*>(t.storage->data()) + r[w.offset] * static_cast<std::int64_t>(item_size(t.dtype));
    compute(p_.passes.back(), args, r, to, strides);
    t.storage->bump_version();
  }

  bool make(const Output& o, std::span<const Value* const> args, const std::int64_t* r, Value& result) const {
    if (o.kind == Output::kInt) {
      result = Value(r[o.from]);
      return true;
    }
    auto t = make_ref<TensorImpl>();
    t->dtype = o.dtype;
    const std::size_t rank = o.sizes.size();
    t->sizes.resize(rank);
    t->strides.resize(rank);
    for (std::size_t d = 0; d < rank; ++d) t->sizes[d] = r[o.sizes[d]];
    if (o.kind == Output::kView) {
      for (std::size_t d = 0; d < rank; ++d) t->strides[d] = r[o.strides[d]];
      t->storage = tensor(o.from, args).storage;
      t->offset = r[o.offset];
      t->refresh();
    } else {
      std::int64_t n = 1;
      for (std::size_t d = rank; d-- > 0;) {
        t->strides[d] = n;
        n *= std::max<std::int64_t>(t->sizes[d], 1);
      }
      for (std::size_t d = 0; d < rank; ++d)
        if (t->sizes[d] == 0) n = 0;
      t->numel = n;
      auto storage = allocate_storage(static_cast<std::size_t>(n) * item_size(o.dtype));
      if (!storage.ok()) return false;
      t->storage = std::move(*storage);
      compute(p_.passes[o.from], args, r, t->storage->data(), t->strides.data());
    }
    result = Value(Tensor(std::move(t)));
    return true;
  }

  // strides: of the result, in elements.
  void compute(const Pass& pass, std::span<const Value* const> args, const std::int64_t* r, void* out, const std::int64_t* strides) const {
    kernels::StridedOperands o;
    const std::size_t rank = pass.sizes.size();
    std::copy_n(strides, rank, o.out_strides);
    for (std::size_t d = 0; d < rank; ++d) o.sizes[d] = r[pass.sizes[d]];
    for (std::size_t k = 0; k < pass.inputs.size(); ++k) {
      const Input& in = pass.inputs[k];
      const char* base = static_cast<const char*>(tensor(in.argument, args).storage->data());
      o.data[k] = base + r[in.offset] * (pass.chain.truth[k] ? 1 : static_cast<std::int64_t>(sizeof(float)));
      for (std::size_t d = 0; d < rank; ++d) o.strides[k][d] = r[in.strides[d]];
    }
    for (std::size_t k = 0; k < pass.numbers.size(); ++k) {
      const Number& n = pass.numbers[k];
      o.numbers[k] = n.kind == Number::kConstant   ? n.value
                     : n.kind == Number::kArgument ? static_cast<float>(args[n.from]->d())
                                                   : static_cast<float>(static_cast<double>(r[n.from]));
    }
    o.out = out;
    kernels::run_strided_chain(pass.chain, o);
  }

  const Parts p_;
};

}  // namespace

std::unique_ptr<const LeanProgram> make_program(Parts parts) {
  if (parts.outputs.size() > Program::kMostOutputs) return nullptr;
  return std::make_unique<const Program>(std::move(parts));
}

}  // namespace fac::plan::lean
