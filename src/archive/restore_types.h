// Pickles keep no element types of lists and dictionaries; the declared type of the attribute or parameter that receives
// the value says what they are.
#pragma once

#include <string_view>
#include <unordered_map>

#include "base/limits.h"
#include "base/result.h"
#include "value/value.h"

namespace fac::archive {

class ClassResolver;

class TypeRestorer {
 public:
  // Gives the containers in `value` the element types that `type` asks for. Iterative, each container once.
  // errors (kArchive): a value that does not fit; one container wanted with two types
  Status restore(const Value& value, const TypePtr& type);

 private:
  struct Given {
    TypePtr type;
    Value container;  // kept, so that its address is not used again
  };
  // What a program may read as containers of anything stays that: given other types later, it would break that program.
  void seal(const Value& value);

  std::unordered_map<const void*, Given> seen_;
  std::unordered_map<const void*, Value> sealed_;
};

// "Dict[str, List[int]]", "__torch__.Net": a type in the notation of annotations; class names go to `classes`
// (null: refused).
Result<TypePtr> parse_annotation(std::string_view text, ClassResolver* classes, const Limits& limits);

}  // namespace fac::archive
