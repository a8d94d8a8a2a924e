#include "frontend/script/define.h"
#include "module/module.h"

namespace fac {

Result<std::shared_ptr<ir::Unit>> compile_source(std::string text, std::string name) {
  return script::compile_text(std::move(text), std::move(name));
}

}  // namespace fac
