// Python text -> Tree. One parser for archives' code, live functions and plain .py files.
// Errors go to the sink; the parser resumes at the next statement, so one run reports them all, and the statements it
// could not read become Bad nodes.
#pragma once

#include "base/limits.h"
#include "base/ref.h"
#include "frontend/script/tree.h"
#include "source/diag.h"
#include "source/source_file.h"

namespace fac::script {

struct ParseOptions {
  Limits limits;
  // In an archive's code (PyTorch's own dialect) `\303` and `\xc3` in a string mean that byte of its UTF-8, in Python
  // that code point.
  bool byte_escapes = false;
};

// The text may be indented as a whole (a method cut out of its class).
Ref<Tree> parse_module(Ref<const SourceFile> file, DiagSink& sink, const ParseOptions& options = {});

// One expression, e.g. the text of a string annotation: `within` is a stretch of tree.file's text, or of any other file
// that the caller keeps alive. Null after an error. The nodes join the tree's arena and ids.
const Expr* parse_expression(Tree& tree, Range within, DiagSink& sink, const ParseOptions& options = {});

}  // namespace fac::script
