// Compiled code of functions and of methods on particular modules, kept with the function or the object.
//
// A method called on a module is compiled for that module: attributes that nothing assigns become constants, so that
// weights can be folded and packed on the first call. What was folded is checked at each call by the objects'
// versions (ObjectBox::version) and by the versions of packed tensors (plan::Variant).
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "exec/vm/run.h"
#include "ir/unit.h"
#include "module/module.h"

namespace fac {

// Code of a function for any arguments (`self` is a parameter like others). One instance serves all threads.
class FunctionCode final : public vm::CodeSource {
 public:
  explicit FunctionCode(bool planned, Precision precision = Precision::kFloat32) : planned_(planned), precision_(precision) {}
  Result<std::shared_ptr<const vm::Code>> code(ir::Function& f) override;

 private:
  bool planned_;
  Precision precision_;  // of the plans
};

// Code of a method specialised to `self`, or the general code where specialising fails.
Result<std::shared_ptr<const vm::Code>> method_code(const Ref<ObjectBox>& self, ir::Function& f, bool planned,
                                                    Precision precision = Precision::kFloat32);

// The graph after all passes; `used` receives the objects whose attributes were folded.
Result<std::shared_ptr<ir::Graph>> specialise(const Ref<ObjectBox>& self, ir::Function& f,
                                              std::vector<Ref<ObjectBox>>* used);

}  // namespace fac
