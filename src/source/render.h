// Source ranges and diagnostics as text. Nothing here prints: callers get strings.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "source/diag.h"
#include "source/source_file.h"

namespace fac {

// The marked range as TorchScript shows it, two lines of context on either side:
//     File "code/__torch__/foo.py", line 4, in forward
//       return torch.add(x, y)
//              ~~~~~~~~~ <--- HERE
// Where the file's debug record knows the original Python source, that comes first and the serialized code after it.
// `function` may be empty. Without a range the result is empty.
std::string highlight(Range range, std::string_view function = {});

// One stack entry, without the original source put before it.
std::string highlight_plain(Range range, std::string_view function = {});

// "model.py:4:12"; "<unknown>" without a range.
std::string location(Range range);

struct RenderOptions {
  bool colour = false;  // ANSI escapes
};

// The compact form of our own tools:
//   model.py:4:12: error[not-indexable]: type `int` has no index
//      4 |     return x[0]
//        |            ^^^^
//        = hint: index a Tensor, List, Dict, Tuple or str
std::string render(const Diagnostic& diagnostic, RenderOptions options = {});
std::string render(const DiagSink& sink, RenderOptions options = {});

// A JSON array with one object per diagnostic: id, severity, message, file, line, column, end_line, end_column,
// labels, hints.
std::string render_json(const DiagSink& sink);

// All errors of the sink as one Error of kind kCompile, worded and marked as TorchScript does.
// Needs: sink.has_errors().
ErrorPtr to_error(const DiagSink& sink);

}  // namespace fac
