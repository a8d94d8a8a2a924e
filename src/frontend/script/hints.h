// Hints: what one attempt to compile a function learned for the next (everyday dialect only). `xs = []` takes its element
// type from what is appended later, a variable that starts as None or as an int may become more in a loop. The compiler
// notes the wider type, throws the graph away and starts again; types only grow, so this ends.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/symbol.h"
#include "value/type.h"

namespace fac::script {

class Hints {
 public:
  // A place of the program: a literal, a loop with one of its variables, a function's result. `path` tells apart the
  // copies of a nested function's body.
  struct Key {
    const void* node = nullptr;
    Symbol name;
    std::uint64_t path = 0;
    auto operator<=>(const Key& o) const {
      if (const auto c = node <=> o.node; c != 0) return c;
      if (const auto c = path <=> o.path; c != 0) return c;
      return name.str() <=> o.name.str();
    }
    bool operator==(const Key& o) const { return node == o.node && path == o.path && name == o.name; }
  };

  TypePtr find(const Key& key) const {
    const auto it = types_.find(key);
    return it == types_.end() ? nullptr : it->second;
  }
  // Notes a wider type; false where nothing changed.
  bool note(const Key& key, const TypePtr& type);
  bool grown() const { return grown_; }
  void start_attempt() { grown_ = false; }

 private:
  std::map<Key, TypePtr> types_;
  bool grown_ = false;
};

// The same for attributes of a program's classes: `self.xs = []` and `self.best = None` in __init__ say little, what methods and
// functions do with them later says more. The whole program is compiled again with the wider types, under the same names.
class AttributeHints {
 public:
  TypePtr find(std::string_view cls, std::string_view name) const;
  // A type with classes in it, as text: each attempt makes its classes anew. Empty: none.
  std::string find_text(std::string_view cls, std::string_view name) const;
  // Notes a wider type; false where nothing changed, or the type is annotated.
  bool note(std::string_view cls, std::string_view name, const TypePtr& type);
  void fix(std::string_view cls, std::string_view name) { fixed_.insert(key(cls, name)); }  // annotated
  void open(std::string_view cls, std::string_view name) { open_.insert(key(cls, name)); }  // an empty list or dict at first
  bool is_open(std::string_view cls, std::string_view name) const { return open_.contains(key(cls, name)); }
  // Begins as a defaultdict or a Counter: a MissingItem; 0: neither.
  void set_missing(std::string_view cls, std::string_view name, int item) { missing_[key(cls, name)] = item; }
  int missing(std::string_view cls, std::string_view name) const {
    const auto it = missing_.find(key(cls, name));
    return it == missing_.end() ? 0 : it->second;
  }
  bool is_fixed(std::string_view cls, std::string_view name) const { return fixed_.contains(key(cls, name)); }
  bool grown() const { return grown_; }
  void start_attempt() { grown_ = false; }

 private:
  static std::string key(std::string_view cls, std::string_view name);
  std::map<std::string, TypePtr> types_;
  std::set<std::string> fixed_, open_;
  std::map<std::string, int> missing_;
  std::map<std::string, std::vector<std::string>> texts_;  // the last one holds
  bool grown_ = false;
};

// The type that holds both, as Python's reader expects it: int and float join to float, None and T to Optional[T],
// containers by their elements. Null: there is none.
TypePtr join_types(const TypePtr& a, const TypePtr& b);

}  // namespace fac::script
