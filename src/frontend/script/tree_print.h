// The tree as text: s-expressions for tests, Python source for archives and round trips.
#pragma once

#include <string>

#include "frontend/script/tree.h"

namespace fac::script {

// (assign (name y) (add (name x) (int 1))), one statement a line, blocks indented by two spaces. No ranges.
std::string print_tree(const Expr& expr);
std::string print_tree(const Stmt& stmt);
std::string print_tree(const Tree& tree);

// Python source that parses to an equal tree (equal print_tree). Comments and layout are not kept; `# type:` comments
// become annotations, four spaces indent.
std::string to_source(const Expr& expr);
std::string to_source(const Stmt& stmt, int indent = 0);
std::string to_source(const Tree& tree);

}  // namespace fac::script
