// Classes and interfaces that name themselves, or one another in a circle, hold each other's counts above zero: nothing would ever
// delete them. Their compilation unit takes the circles apart when it goes, as long as nobody outside holds one of them.
#pragma once

#include <vector>

#include "value/type.h"

namespace fac::ir {

// `types`: what a unit has defined; nothing else of the unit may hold a type any more. Types that somebody else still holds,
// and whatever these name, stay whole. Time and memory: linear in the types reached.
void release_type_cycles(std::vector<TypePtr> types);

}  // namespace fac::ir
