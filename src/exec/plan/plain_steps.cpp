#include "exec/plan/plain_steps.h"

#include "kernels/layout.h"
#include "ops/copy.h"

namespace fac::plan {
namespace {

class OpStep final : public Step {
 public:
  OpStep(const ops::Overload* op, std::vector<Slot> in, std::vector<Slot> out)
      : op_(op), in_(std::move(in)), out_(std::move(out)) {}
  Status run(Frame& f) const override {
    constexpr std::size_t kInline = 16;
    Value small[kInline];
    std::vector<Value> large;
    Value* at = small;
    if (in_.size() + out_.size() > kInline) {
      large.resize(in_.size() + out_.size());
      at = large.data();
    }
    for (std::size_t i = 0; i < in_.size(); ++i) at[i] = f.slots[in_[i]];
    FACULA_TRY_VOID(op_->call({at, in_.size()}, {at + in_.size(), out_.size()}));
    for (std::size_t i = 0; i < out_.size(); ++i) f.slots[out_[i]] = std::move(at[in_.size() + i]);
    return {};
  }
  std::string text() const override { return op_->schema_text().substr(0, op_->schema_text().find('(')); }
  Traffic traffic() const override {
    Traffic t{in_, 0};
    t.slots.insert(t.slots.end(), out_.begin(), out_.end());
    return t;
  }

 private:
  const ops::Overload* op_;
  std::vector<Slot> in_, out_;
};

enum class Pack : std::uint8_t { kTuple, kUntuple, kUnlist };
class PackStep final : public Step {
 public:
  PackStep(Pack what, std::vector<Slot> in, std::vector<Slot> out, TypePtr type)
      : what_(what), in_(std::move(in)), out_(std::move(out)), type_(std::move(type)) {}
  Status run(Frame& f) const override {
    if (what_ == Pack::kTuple) {
      std::vector<Value> items;
      for (Slot s : in_) items.push_back(f.slots[s]);
      f.slots[out_[0]] = Value(make_ref<TupleBox>(std::move(items), type_));
      return {};
    }
    const Value v = f.slots[in_[0]];
    const std::size_t count = what_ == Pack::kUnlist ? v.list().size() : v.tuple().values.size();
    if (count != out_.size()) return runtime_error("Expected {} elements in a list but found {}", out_.size(), count);
    for (std::size_t i = 0; i < count; ++i)
      f.slots[out_[i]] = what_ == Pack::kUnlist ? v.list().get(i) : v.tuple().values[i];
    return {};
  }
  std::string text() const override {
    return what_ == Pack::kTuple ? "tuple" : what_ == Pack::kUntuple ? "unpack tuple" : "unpack list";
  }

 private:
  Pack what_;
  std::vector<Slot> in_, out_;
  TypePtr type_;
};

class ListStep final : public Step {
 public:
  ListStep(std::vector<Slot> items, Slot out, TypePtr element)
      : items_(std::move(items)), out_(out), element_(std::move(element)) {}
  Status run(Frame& f) const override {
    auto list = make_ref<ListBox>(element_);
    for (Slot s : items_) list->append(f.slots[s]);
    f.slots[out_] = Value(std::move(list));
    return {};
  }
  std::string text() const override { return "list"; }

 private:
  std::vector<Slot> items_;
  Slot out_;
  TypePtr element_;
};

class ListCopyStep final : public Step {
 public:
  ListCopyStep(Slot in, Slot out) : in_(in), out_(out) {}
  Status run(Frame& f) const override {
    f.slots[out_] = Value(make_ref<ListBox>(f.slots[in_].list()));
    return {};
  }
  std::string text() const override { return "copy list"; }

 private:
  Slot in_, out_;
};

class ContiguousStep final : public Step {
 public:
  explicit ContiguousStep(Slot s) : slot_(s) {}
  Status run(Frame& f) const override {
    FACULA_TRY(Tensor t, contiguous(f.slots[slot_].tensor()));
    f.slots[slot_] = Value(std::move(t));
    return {};
  }
  std::string text() const override { return "contiguous"; }

 private:
  Slot slot_;
};

class BlockStep final : public Step {
 public:
  BlockStep(Slot plain, Slot blocked) : plain_(plain), blocked_(blocked) {}
  Status run(Frame& f) const override {
    const Tensor x = f.slots[plain_].tensor();
    const bool picture = x.dim() == 4;  // a signal [N, C, L] lies as a picture of height 1
    FACULA_TRY(Tensor y, empty_blocked(x.size(0), x.size(1), picture ? x.size(2) : 1, x.size(picture ? 3 : 2)));
    const std::int64_t hw = y.size(2) * y.size(3);
    if (x.is_contiguous()) {
      kernels::nchw_to_blocked(x.data_as<float>(), y.data_as<float>(), x.size(0), x.size(1), hw);
    } else if (picture && x.is_contiguous(MemoryFormat::kChannelsLast)) {
      kernels::nhwc_to_blocked(x.data_as<float>(), y.data_as<float>(), x.size(0), x.size(1), hw);
    } else {
      FACULA_TRY(Tensor dense, contiguous(x));
      kernels::nchw_to_blocked(dense.data_as<float>(), y.data_as<float>(), x.size(0), x.size(1), hw);
    }
    f.slots[blocked_] = Value(std::move(y));
    return {};
  }
  std::string text() const override { return "NCHW -> blocked"; }
  Traffic traffic() const override { return {{plain_, blocked_}, 0}; }

 private:
  Slot plain_, blocked_;
};

class UnblockStep final : public Step {
 public:
  UnblockStep(Slot blocked, Slot plain, Dims sizes) : blocked_(blocked), plain_(plain), sizes_(std::move(sizes)) {}
  Status run(Frame& f) const override {
    const Tensor x = f.slots[blocked_].tensor();
    FACULA_TRY(Tensor y, Tensor::empty(sizes_, DType::kFloat));
    kernels::blocked_to_nchw(x.data_as<float>(), y.data_as<float>(), sizes_[0], sizes_[1], x.size(2) * x.size(3));
    f.slots[plain_] = Value(std::move(y));
    return {};
  }
  std::string text() const override { return "blocked -> NCHW " + ints_text(sizes_); }
  Traffic traffic() const override { return {{blocked_, plain_}, 0}; }

 private:
  Slot blocked_, plain_;
  Dims sizes_;
};

}  // namespace

std::unique_ptr<Step> make_plain(const ir::Graph& g, ir::NodeId n, std::vector<Slot> in, std::vector<Slot> out) {
  const auto& node = g.node(n);
  if (node.op) return std::make_unique<OpStep>(node.op, std::move(in), std::move(out));
  const std::string_view kind = node.kind.str();
  if (kind == "prim::TupleConstruct") {
    const auto& t = g.type(node.outputs.at(0));
    const TupleType* tuple = as_tuple(t);
    return std::make_unique<PackStep>(Pack::kTuple, std::move(in), std::move(out),
                                      tuple && !tuple->fields().empty() ? t : nullptr);
  }
  if (kind == "prim::TupleUnpack") return std::make_unique<PackStep>(Pack::kUntuple, std::move(in), std::move(out), nullptr);
  if (kind == "prim::ListUnpack") return std::make_unique<PackStep>(Pack::kUnlist, std::move(in), std::move(out), nullptr);
  if (kind == "prim::ListConstruct") return make_list(std::move(in), out.at(0), g.type(node.outputs.at(0))->element());
  return nullptr;
}
std::unique_ptr<Step> make_list(std::vector<Slot> items, Slot out, TypePtr element) {
  return std::make_unique<ListStep>(std::move(items), out, std::move(element));
}
std::unique_ptr<Step> make_list_copy(Slot in, Slot out) { return std::make_unique<ListCopyStep>(in, out); }
std::unique_ptr<Step> make_contiguous(Slot s) { return std::make_unique<ContiguousStep>(s); }
std::unique_ptr<Step> make_block(Slot plain, Slot blocked) { return std::make_unique<BlockStep>(plain, blocked); }
std::unique_ptr<Step> make_unblock(Slot blocked, Slot plain, Dims sizes) {
  return std::make_unique<UnblockStep>(blocked, plain, std::move(sizes));
}

Result<Tensor> empty_blocked(std::int64_t n, std::int64_t c, std::int64_t h, std::int64_t w) {
  const std::int64_t block = kernels::channel_block();
  return Tensor::empty(Dims{n, kernels::blocks_of(c, block), h, w, block}, DType::kFloat);
}

}  // namespace fac::plan
