// Looking operators up: every overload of every row and its derived forms, under its qualified name.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ops/op.h"

namespace fac::ops {

// One callable overload: a row, or a form derived from it. Lives as long as the process.
class Overload {
 public:
  Overload(const Op* row, OpFn fn, std::string schema_text) : row_(row), fn_(fn), text_(std::move(schema_text)) {}
  ~Overload() { delete schema_.load(std::memory_order_acquire); }
  Overload(const Overload&) = delete;
  Overload& operator=(const Overload&) = delete;
  const Op& row() const { return *row_; }
  const std::string& schema_text() const { return text_; }
  const Schema& schema() const;  // parsed on first use; thread-safe
  std::string_view name() const { return std::string_view(text_).substr(0, text_.find_first_of(".(")); }
  std::string_view overload() const;
  bool has(Traits t) const { return (row_->facts.traits & t) != 0; }
  // An effect that orders it: writes an argument, prints, raises, draws random numbers.
  bool has_effect() const { return has(kSideEffect) || has(kRandom) || schema().writes(); }

  // args: as the schema's arguments, defaults filled in; results: one slot per return.
  Status call(std::span<Value> args, std::span<Value> results) const { return fn_(args, results); }

 private:
  const Op* row_;
  OpFn fn_;
  std::string text_;
  mutable std::atomic<const Schema*> schema_{nullptr};
};

// Overloads of a qualified name ("aten::add") in matching order; empty if unknown.
std::span<const Overload* const> find(std::string_view qualified_name);
// "aten::add" + "Tensor"; null if unknown.
const Overload* find(std::string_view qualified_name, std::string_view overload);
// Every overload, sorted by schema text.
std::span<const Overload* const> all();
// Names within edit distance of `name`, nearest first: for "unknown operator" messages.
std::vector<std::string> similar_names(std::string_view qualified_name, std::size_t most = 3);

}  // namespace fac::ops
