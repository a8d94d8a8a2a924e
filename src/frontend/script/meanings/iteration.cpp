// What `for` runs over besides values: range, zip, enumerate, and tuples of any meanings.
#include <algorithm>
#include <limits>

#include "frontend/script/emitter.h"

namespace fac::script {
namespace {

constexpr Diag<std::string_view> kRangeArgs{"range-arguments", "range expected {}"};
constexpr Diag<std::string_view, std::uint64_t> kRangeTypes{"range-types", "all inputs of range must be ints, found {} in argument {}"};
constexpr Diag<> kMixedLengths{"mixed-iteration",
                               "Can not iterate over a module list or tuple with a value that does not have a statically "
                               "determinable length\n"};
constexpr Diag<> kIndexLiteral{"module-list-index",
                               "Expected integer literal for index but got a variable or non-integer. ModuleList/Sequential indexing is only supported with "
                               "integer literals. Enumeration is supported, e.g. 'for index, v in enumerate(self): ...'"};
constexpr Diag<std::int64_t, std::uint64_t> kIndexRange{"index-out-of-range", "Index {} out of range of length {}"};

class TupleMeaning final : public Meaning, public std::enable_shared_from_this<TupleMeaning> {
 public:
  explicit TupleMeaning(std::vector<MeaningPtr> items) : items_(std::move(items)) {}
  std::string kind() const override { return "Tuple"; }
  ValueId value(Emitter& e, Range at) override {
    std::vector<ValueId> values;
    for (const auto& m : items_) values.push_back(m ? m->value(e, at) : ValueId{});
    return e.make_tuple(std::move(values), at);
  }
  std::optional<std::vector<MeaningPtr>> elements(Emitter&, Range, std::optional<std::size_t>) override { return items_; }
  MeaningPtr item(Emitter& e, Range at, ValueId index, const TypePtr&) override {
    const auto i = e.int_constant(index);
    if (!i) {
      e.error(at, kIndexLiteral);
      return nullptr;
    }
    const auto size = static_cast<std::int64_t>(items_.size());
    const std::int64_t at_index = *i < 0 ? *i + size : *i;
    if (at_index < 0 || at_index >= size) {
      e.error(at, kIndexRange, *i, items_.size());
      return nullptr;
    }
    return items_[static_cast<std::size_t>(at_index)];
  }
  MeaningPtr iterable(Emitter&, Range) override { return shared_from_this(); }
  ValueId length(Emitter& e, Range at) override { return e.constant(Value(static_cast<std::int64_t>(items_.size())), at); }
  std::optional<std::int64_t> known_length() const override { return static_cast<std::int64_t>(items_.size()); }
  bool is_unrolled() const override { return true; }

 private:
  std::vector<MeaningPtr> items_;
};

class RangeMeaning final : public Meaning, public std::enable_shared_from_this<RangeMeaning> {
 public:
  // start null: counts from 0 by 1.
  RangeMeaning(ValueId start, ValueId end, ValueId step) : start_(start), end_(end), step_(step) {}
  std::string kind() const override { return "range"; }
  MeaningPtr iterable(Emitter&, Range) override { return shared_from_this(); }
  ValueId length(Emitter& e, Range at) override {
    return start_ ? e.call_operator("aten::__range_length", {start_, end_, step_}, at) : end_;
  }
  MeaningPtr item(Emitter& e, Range at, ValueId index, const TypePtr&) override {
    return value_meaning(start_ ? e.call_operator("aten::__derive_index", {index, start_, step_}, at) : index);
  }

 private:
  ValueId start_, end_, step_;
};

// zip and enumerate: the shortest part ends the loop.
class ZipMeaning final : public Meaning, public std::enable_shared_from_this<ZipMeaning> {
 public:
  explicit ZipMeaning(std::vector<MeaningPtr> parts) : parts_(std::move(parts)) {
    for (const auto& p : parts_)
      if (const auto n = p->known_length()) unrolled_ = std::min(unrolled_.value_or(*n), *n);
  }
  std::string kind() const override { return "iterable"; }
  MeaningPtr iterable(Emitter&, Range) override { return shared_from_this(); }
  void gather(Emitter& e, Range at, std::vector<ValueId>& lengths) {
    for (const auto& p : parts_) {
      if (auto* inner = dynamic_cast<ZipMeaning*>(p.get())) inner->gather(e, at, lengths);
      else lengths.push_back(p->length(e, at));
    }
  }
  ValueId length(Emitter& e, Range at) override {
    std::vector<ValueId> lengths;
    gather(e, at, lengths);
    return e.call_operator("prim::min", {e.make_list(types::int_(), std::move(lengths), at)}, at);
  }
  MeaningPtr item(Emitter& e, Range at, ValueId index, const TypePtr&) override {
    std::vector<MeaningPtr> items;
    for (const auto& p : parts_) items.push_back(p->item(e, at, index, nullptr));
    return tuple_meaning(std::move(items));
  }
  std::optional<std::int64_t> known_length() const override { return unrolled_; }
  bool is_unrolled() const override { return unrolled_.has_value(); }
  std::optional<std::vector<MeaningPtr>> elements(Emitter& e, Range at, std::optional<std::size_t>) override {
    const bool mixed = std::any_of(parts_.begin(), parts_.end(), [](const MeaningPtr& p) {
      return plain_value(p) && !p->known_length();
    });
    if (!unrolled_ || mixed) {
      e.error(at, kMixedLengths);
      return std::nullopt;
    }
    std::vector<MeaningPtr> out;
    for (std::int64_t i = 0; i < *unrolled_; ++i) out.push_back(item(e, at, e.constant(Value(i), at), nullptr));
    return out;
  }

 private:
  std::vector<MeaningPtr> parts_;
  std::optional<std::int64_t> unrolled_;
};

// The counter of enumerate: as long as needed.
class CounterMeaning final : public Meaning, public std::enable_shared_from_this<CounterMeaning> {
 public:
  explicit CounterMeaning(ValueId start) : start_(start) {}
  std::string kind() const override { return "range"; }
  MeaningPtr iterable(Emitter&, Range) override { return shared_from_this(); }
  ValueId length(Emitter& e, Range at) override { return e.constant(Value(std::numeric_limits<std::int64_t>::max()), at); }
  MeaningPtr item(Emitter& e, Range at, ValueId index, const TypePtr&) override {
    return value_meaning(start_ ? e.call_operator("aten::add", {index, start_}, at) : index);
  }

 private:
  ValueId start_;
};

}  // namespace

MeaningPtr tuple_meaning(std::vector<MeaningPtr> items) { return std::make_shared<TupleMeaning>(std::move(items)); }
MeaningPtr zip_meaning(std::vector<MeaningPtr> parts) { return std::make_shared<ZipMeaning>(std::move(parts)); }
MeaningPtr enumerate_meaning(Emitter&, Range, MeaningPtr part, ValueId start) {
  return zip_meaning({std::make_shared<CounterMeaning>(start), std::move(part)});
}

MeaningPtr range_meaning(Emitter& e, Range at, std::vector<ValueId> bounds) {
  if (bounds.empty() || bounds.size() > 3) {
    e.error(at, kRangeArgs, bounds.empty() ? "at least 1 arguments, got 0" : fmt("at most 3 arguments, got {}", bounds.size()));
    return nullptr;
  }
  for (std::size_t i = 0; i < bounds.size(); ++i) {
    if (!bounds[i]) return nullptr;
    bounds[i] = e.convert(bounds[i], types::int_(), true, at);
    if (e.type(bounds[i])->kind() != TypeKind::kInt) {
      e.error(at, kRangeTypes, e.type(bounds[i])->annotation(), i);
      return nullptr;
    }
  }
  if (bounds.size() == 1) return std::make_shared<RangeMeaning>(ValueId{}, bounds[0], ValueId{});
  const ValueId step = bounds.size() == 3 ? bounds[2] : e.constant(Value(1), at);
  return std::make_shared<RangeMeaning>(bounds[0], bounds[1], step);
}

}  // namespace fac::script
