// What types are called in printed programs, and which of them a program needs.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "value/type.h"
#include "value/value.h"

namespace fac::script {

// The name under which a class, interface, enum, named tuple or function is printed; empty: its own.
using TypeNames = std::function<std::string(const TypePtr&)>;

// Type::annotation with other names.
std::string annotation(const TypePtr& t, const TypeNames& names);

// Whether a value's type has a name of its own, so that a program must define it.
bool is_named(const Type& t);
// Whether a reader of [a, b] can tell the list's element type from a and b.
bool shows_in_members(const Type& element);

// `v` as a literal of the language. `special` answers first, for `v` and for everything inside it: a text instead of the
// literal, or nullopt.
using SpecialLiteral = std::function<std::optional<std::string>(const Value&)>;
std::string literal(const Value& v, const TypeNames& names, const SpecialLiteral& special);

// The named types that a program refers to, in the order in which they were met. Two classes of one name are two types.
class Dependencies {
 public:
  void add(const TypePtr& t);       // t itself, which has a name
  void add_all(const TypePtr& t);   // every named type inside t
  std::size_t size() const { return table_.size(); }
  const TypePtr& operator[](std::size_t i) const { return table_[i]; }

 private:
  std::vector<TypePtr> table_;
  std::unordered_set<const void*> seen_;  // by identity of the class or function, else of the type
  std::vector<TypePtr> keep_;
};

// Gives each type a name that no other type of the archive has: the second `__torch__.M` becomes
// `__torch__.___torch_mangle_0.M`.
class UniqueNames {
 public:
  std::string name(const TypePtr& t);

 private:
  std::string mangled(const std::string& name);

  std::unordered_map<const void*, std::string> given_;             // by identity
  std::unordered_map<std::string, std::vector<std::pair<TypePtr, std::string>>> tuples_;  // named tuples, by structure
  std::unordered_set<std::string> used_;
  std::vector<TypePtr> keep_;
  std::uint64_t next_ = 0;
};

}  // namespace fac::script
