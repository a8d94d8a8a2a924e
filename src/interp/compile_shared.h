// What several files of the compiler say.
#pragma once

#include <string>

#include "source/diag.h"

namespace fac::interp {

inline constexpr Diag<std::string_view, std::string_view> kNoMember{"python-no-member", "{} has no attribute '{}'"};
inline constexpr Diag<std::string_view> kBroken{"python-broken-callee", "{}"};

inline bool is_of_torch(const std::string& module) { return module == "torch" || module == "_torch" || module.starts_with("torch."); }

}  // namespace fac::interp
