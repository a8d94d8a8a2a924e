// Function and operator schemas: names, types, defaults and alias marks, and the parser of their text form
//   aten::add.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor
//   aten::add_.Tensor(Tensor(a!) self, Tensor other, *, Scalar alpha=1) -> Tensor(a!)
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "value/type.h"
#include "value/value.h"

namespace fac {

struct AliasMark {
  std::string before, after;  // alias sets: "a", "a|b", "*" (wildcard); after = before unless written `a -> *`
  bool writes = false;        // (a!)
};

struct Argument {
  std::string name;  // may be empty for returns
  TypePtr type;
  std::optional<Value> default_value;
  std::optional<std::int64_t> fixed_size;  // int[2]: a single int is broadcast to this many
  bool keyword_only = false;
  std::optional<AliasMark> alias;
  std::optional<AliasMark> element_alias;  // Tensor(a!)[]: the mark of a list's elements
  bool is_symbolic = false;                // its int is spelled SymInt in the text (bool: SymBool); the type is the same
};

struct Schema {
  std::string name;      // "aten::add" or a qualified function name
  std::string overload;  // "Tensor", may be empty
  std::vector<Argument> arguments;
  std::vector<Argument> returns;
  bool is_vararg = false;  // `...` after the arguments
  bool is_varret = false;

  std::string str() const;  // the text form, byte-identical to PyTorch's where it came from a row
  bool writes() const;      // some argument, or an element of one, is marked (x!)
};

// errors: position and what was expected.
Result<Schema> parse_schema(std::string_view text);
// "int[]?", "Dict(str, t)", "(Tensor, Tensor)": the type notation of schemas and printed graphs.
Result<TypePtr> parse_schema_type(std::string_view text);

}  // namespace fac
