// The `**kwargs` of a function that is compiled into its call.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "frontend/script/meaning.h"

namespace fac::script {

class KeywordsMeaning final : public Meaning, public std::enable_shared_from_this<KeywordsMeaning> {
 public:
  using Items = std::vector<std::pair<Symbol, MeaningPtr>>;
  KeywordsMeaning(Items items, Emitter& home) : items_(std::move(items)), home_(home) {}
  std::string kind() const override { return "keyword arguments"; }
  const Items& items() const { return items_; }
  MeaningPtr find(Emitter& e, std::string_view name) const;  // null: not given

  ir::ValueId value(Emitter& e, Range at) override;
  MeaningPtr attribute(Emitter& e, Range at, std::string_view name) override;
  MeaningPtr item(Emitter& e, Range at, ir::ValueId index, const TypePtr& wanted) override;
  std::optional<std::vector<MeaningPtr>> elements(Emitter& e, Range at, std::optional<std::size_t> count) override;
  MeaningPtr iterable(Emitter& e, Range at) override;
  ir::ValueId length(Emitter& e, Range at) override;
  std::optional<std::int64_t> known_length() const override { return static_cast<std::int64_t>(items_.size()); }
  bool is_unrolled() const override { return true; }

 private:
  MeaningPtr keys(Emitter& e, Range at) const;
  Items items_;
  Emitter& home_;  // whose graph the values are in
};

}  // namespace fac::script
