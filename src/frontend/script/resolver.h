// Resolver: what does a name mean here? The compiler is one; archives, plain .py files and live Python differ in this.
#pragma once

#include <memory>
#include <string_view>

#include "frontend/script/tree.h"
#include "source/diag.h"
#include "value/value.h"

namespace fac::script {

class Meaning;
using MeaningPtr = std::shared_ptr<Meaning>;  // null: no meaning (unknown, or an error has been reported)

class Resolver {
 public:
  virtual ~Resolver() = default;
  // A name that no local variable and no builtin of the language has. Null: unknown.
  virtual MeaningPtr value(std::string_view name, Range range) = 0;
  // A type by its (dotted) name: classes, interfaces, enums, named tuples. Null: unknown.
  virtual TypePtr type(std::string_view qualified_name, Range range) = 0;
  // The code comes from PyTorch's own printer: it matched when it was written, so a call that fits no overload means an
  // operator that Facula lacks. Such a call is kept and fails when it is executed, not when the archive is loaded.
  virtual bool keeps_unknown_operators() const { return false; }
  // Version of the operator set that the code was written for; 0: today's.
  virtual std::int64_t operator_version() const { return 0; }
};

}  // namespace fac::script
