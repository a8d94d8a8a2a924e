// Hints: what one attempt to compile a function learned for the next (everyday dialect only). `xs = []` takes its element
// type from what is appended later, a variable that starts as None or as an int may become more in a loop. The compiler
// notes the wider type, throws the graph away and starts again; types only grow, so this ends.
#pragma once

#include <cstdint>
#include <map>
#include <utility>

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

// The type that holds both, as Python's reader expects it: int and float join to float, None and T to Optional[T],
// containers by their elements. Null: there is none.
TypePtr join_types(const TypePtr& a, const TypePtr& b);

}  // namespace fac::script
