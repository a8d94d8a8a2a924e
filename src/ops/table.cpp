#include "ops/table.h"

#include <algorithm>
#include <deque>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "source/did_you_mean.h"

namespace fac {

#define FAMILY(name) std::span<const Op> name##_ops();
#include "ops/families.def"
#undef FAMILY

namespace ops {
namespace {

// "aten::add.Tensor(Tensor self, ...) -> Tensor"  ->  "aten::add_.Tensor(Tensor(a!) self, ...) -> Tensor(a!)"
std::string in_place_text(std::string_view text) {
  const auto open = text.find('(');
  const auto dot = std::min(text.find('.'), open);
  std::string out(text.substr(0, dot));
  out += '_';
  out += text.substr(dot, open - dot);
  const auto args = text.substr(open);                 // "(Tensor self, ...) -> Tensor"
  const auto arrow = args.rfind(") -> ");
  out += "(Tensor(a!)";
  out += args.substr(std::string_view("(Tensor").size(), arrow - std::string_view("(Tensor").size());
  out += ") -> Tensor(a!)";
  return out;
}

std::string out_text(std::string_view text, std::string_view out_name) {
  const auto open = text.find('(');
  const auto dot = text.find('.') < open ? text.find('.') : open;
  std::string out(text.substr(0, dot));
  out += '.';
  if (!out_name.empty()) out += out_name;
  else if (dot != open) out += std::string(text.substr(dot + 1, open - dot - 1)) + "_out";
  else out += "out";
  const auto args = text.substr(open);
  const auto arrow = args.rfind(") -> ");
  const auto inner = args.substr(1, arrow - 1);
  out += '(';
  out += inner;
  const bool has_star = inner.find(", *,") != std::string_view::npos || inner.starts_with("*,");
  out += inner.empty() ? "*, Tensor(a!) out) -> Tensor(a!)"
                       : has_star ? ", Tensor(a!) out) -> Tensor(a!)" : ", *, Tensor(a!) out) -> Tensor(a!)";
  return out;
}

struct Table {
  std::deque<Overload> overloads;
  std::vector<const Overload*> sorted;
  std::unordered_map<std::string_view, std::vector<const Overload*>> by_name;

  Table() {
#define FAMILY(name) add_family(name##_ops());
#include "ops/families.def"
#undef FAMILY
    for (const auto& o : overloads) sorted.push_back(&o);
    std::sort(sorted.begin(), sorted.end(),
              [](const Overload* a, const Overload* b) { return a->schema_text() < b->schema_text(); });
  }
  void add(const Op& row, OpFn fn, std::string text) {
    overloads.emplace_back(&row, fn, std::move(text));
    by_name[overloads.back().name()].push_back(&overloads.back());
  }
  void add_family(std::span<const Op> rows) {
    for (const Op& row : rows) {
      add(row, row.fn, std::string(row.schema_text));
      if (row.in_place) add(row, row.in_place, in_place_text(row.schema_text));
      if (row.out) add(row, row.out, out_text(row.schema_text, row.facts.out_name));
    }
  }
};

const Table& table() {
  static const Table t;
  return t;
}

}  // namespace

const Schema& Overload::schema() const {
  if (const Schema* s = schema_.load(std::memory_order_acquire)) return *s;
  auto parsed = parse_schema(text_);
  // Rows are checked by a test that parses each of them, so this cannot fail for a released table.
  auto fresh = parsed.ok() ? std::make_unique<Schema>(std::move(*parsed)) : std::make_unique<Schema>();
  const Schema* expected = nullptr;
  if (schema_.compare_exchange_strong(expected, fresh.get(), std::memory_order_acq_rel)) return *fresh.release();
  return *expected;
}

std::string_view Overload::overload() const {
  const std::string_view t = text_;
  const auto open = t.find('('), dot = t.find('.');
  return dot < open ? t.substr(dot + 1, open - dot - 1) : std::string_view{};
}

std::span<const Overload* const> find(std::string_view name) {
  const auto it = table().by_name.find(name);
  if (it == table().by_name.end()) return {};
  return it->second;
}

const Overload* find(std::string_view name, std::string_view overload) {
  for (const Overload* o : find(name))
    if (o->overload() == overload) return o;
  return nullptr;
}

std::span<const Overload* const> all() { return table().sorted; }

std::vector<std::string> similar_names(std::string_view name, std::size_t most) {
  std::vector<std::pair<std::size_t, std::string>> found;
  for (const auto& [known, overloads] : table().by_name) {
    const std::size_t most_edits = 1 + name.size() / 5;
    const std::size_t d = edit_distance(name, known, most_edits);
    if (d <= most_edits) found.emplace_back(d, std::string(known));
  }
  std::sort(found.begin(), found.end());
  std::vector<std::string> out;
  for (auto& f : found)
    if (out.size() < most) out.push_back(std::move(f.second));
  return out;
}

}  // namespace ops

}  // namespace fac
