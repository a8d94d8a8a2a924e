#include "module/module.h"

namespace fac {

// Methods are specialised to their module when they are first called, whether it was frozen or not; what freezing adds is
// that nobody can change the result any more: it owns its tensors and is in evaluation mode.
Result<Ref<ObjectBox>> freeze(const Ref<ObjectBox>& root, std::span<const std::string> preserved) {
  FACULA_CHECK(!is_training(*root), "Freezing is currently only implemented for modules in eval mode. Please call .eval() on your module before freezing.");
  for (const std::string& name : preserved)
    FACULA_CHECK(root->find(name) || root->type().find_method(name), "Unknown name: {}. `preserved_attrs` must name attributes or methods of the module", name);
  return clone_module(root, true);
}

}  // namespace fac
