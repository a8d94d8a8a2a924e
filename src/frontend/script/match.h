// Choosing an overload: TorchScript's rules for arguments. Matching looks at types only; the conversions that the chosen
// schema needs are emitted afterwards, so that a failed attempt leaves nothing behind.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "frontend/script/meaning.h"
#include "value/schema.h"

namespace fac::script {

using Bindings = std::map<std::string, TypePtr, std::less<>>;  // type variables

// Replaces bound variables; null when one is free.
TypePtr substitute(const TypePtr& t, const Bindings& bindings);
// Binds the variables of `formal` from `actual`. False with the reason in `why`.
bool bind_variables(const TypePtr& formal, const TypePtr& actual, Bindings& bindings, std::string* why);

// The type that a value has after the implicit conversions towards `to` (Emitter::convert does them).
TypePtr converted_type(const TypePtr& from, bool is_empty_list, const TypePtr& to, bool numbers,
                       bool everyday);

// Where a schema's argument comes from.
struct BoundArg {
  enum class From { kGiven, kDefault, kGathered } from = From::kGiven;  // kGathered: zeros(2, 3) for zeros(int[] size)
  std::size_t index = 0, count = 1;  // into the given arguments
  TypePtr type;                      // as asked, variables replaced
  std::int64_t repeat = 0;           // one number for int[N]: how often
};
struct Match {
  std::vector<BoundArg> args;
  std::vector<std::size_t> varargs;  // given arguments beyond the schema's
  std::vector<TypePtr> returns;
};

// `given`: positional arguments first, then keywords. `self`: goes to the argument of that name.
// `why`, where given, receives the reason of a failure in PyTorch's words.
std::optional<Match> match_schema(Emitter& e, const Schema& schema, std::span<const CallArg> given,
                                  const std::optional<CallArg>& self, bool conversions, std::string* why);
// The graph inputs for a match.
std::vector<ir::ValueId> bind_arguments(Emitter& e, const Schema& schema, const Match& m, std::span<const CallArg> given,
                                        const std::optional<CallArg>& self, bool conversions, Range at);

// "Expected a value of type 'Tensor' for argument 'x' but instead found type 'int'."
std::string type_mismatch(const Argument& arg, const TypePtr& found);

}  // namespace fac::script
