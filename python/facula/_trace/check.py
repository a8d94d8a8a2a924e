"""check_trace: the program is traced again and run again, and what differs is reported."""
from __future__ import annotations

import difflib

from . import places


def indent(text):
    return "\n".join("\t" + line for line in text.splitlines())


class TracingCheckError(Exception):
    """Two traces of one program differ, or a run failed. `message` says how."""

    def __init__(self, graph_diff_error, tensor_compare_error, extra_msg=None):
        self.message = "Tracing failed sanity checks!\n"
        if extra_msg is not None:
            self.message += extra_msg + "\n"
        if graph_diff_error is not None:
            self.message += "ERROR: Graphs differed across invocations!\n" + indent(graph_diff_error) + "\n"
        if tensor_compare_error is not None:
            self.message += ("ERROR: Tensor-valued Constant nodes differed in value across invocations. This often indicates that"
                             " the tracer has encountered untraceable code.\n" + indent(tensor_compare_error) + "\n")
        super().__init__(self.message)


def source_of(place):
    """The program's line with its caret, as in error messages."""
    import linecache
    text = linecache.getline(place.file, place.line).rstrip("\n")
    stripped = text.lstrip()
    lead = max(place.column - (len(text) - len(stripped)), 0)
    width = place.end_column - place.column if place.end_column and place.end_line == place.line else len(stripped) - lead
    return "%s\n%s\n%s%s <--- HERE\n" % (place, stripped, " " * lead, "~" * max(width, 1))


def compare_graphs(first, second, close):
    """(what differs between two programs' lines or None, what differs between their constant tensors or None)"""
    graph_error = tensor_error = None
    texts = [[line.text for line in lines] for lines in (first, second)]
    if texts[0] != texts[1]:
        graph_error = "Graph diff:\n" + indent("".join(difflib.ndiff(*texts))) + "\n"
        for a, b in zip(first, second):
            if a.text != b.text:
                graph_error += "First diverging operator:\nNode diff:\n" + indent(
                    "".join(difflib.ndiff([a.text], [b.text]))) + "\n"
                for what, line in (("Trace", a), ("Check", b)):
                    if line.place:   # the line of the results has none
                        graph_error += what + " source location:\n" + indent(source_of(line.place)) + "\n"
                break
    for a, b in zip(first, second):
        if a.text != b.text:
            break
        for x, y in zip(a.tensors, b.tensors):
            difference = close(x, y)
            if difference:
                tensor_error = "Node:\n" + indent(a.text) + "\n"
                if a.place:
                    tensor_error += "Source Location:\n" + indent(source_of(a.place)) + "\n"
                tensor_error += "Comparison exception: " + indent(difference)
                return graph_error, tensor_error
    return graph_error, tensor_error


class Checker:
    """Compares one traced callable with the program. The three callables run: the trace, the program, a second trace."""

    def __init__(self, lines, second_lines, tools, tolerance, nondeterministic):
        self.lines, self.second_lines, self.tools = lines, second_lines, tools
        self.tolerance, self.nondeterministic = tolerance, nondeterministic
        self.warned = False

    def differences(self):
        return compare_graphs(self.lines, self.second_lines, self.tools.difference_of_constants)

    def run(self, function, what):
        try:
            out = function()
        except Exception as e:
            raise TracingCheckError(*self.differences(), extra_msg="encountered an exception while running the %s with test"
                                    " inputs.\nException:\n%s" % (what, indent(str(e)))) from e
        out = out if isinstance(out, tuple) else (out,)
        return [self.tools.to_tensor(o) for o in out if self.tools.is_any_tensor(o)]

    def compare(self, traced, reference, what):
        same = True
        for i, (a, b) in enumerate(zip(traced, reference)):
            difference = self.tools.difference(a, b, self.tolerance)
            if difference:
                self.warn_nondeterministic()
                places.warn("Output nr %d. of the traced function does not match the corresponding output of the %s. Detailed"
                            " error:\n%s" % (i + 1, what, difference))
                same = False
        return same

    def warn_nondeterministic(self):
        if self.warned or not self.nondeterministic:
            return
        self.warned = True
        places.warn("Trace had nondeterministic nodes. Did you forget call .eval() on your model? Nodes:\n%s\nThis may cause"
                    " errors in trace checking. To disable trace checking, pass check_trace=False to facula.trace()"
                    % "\n".join(indent(n) for n in self.nondeterministic[:20]))

    def check(self, traced, program, second):
        mine = self.run(traced, "trace")
        theirs = self.run(program, "Python function")
        if self.compare(mine, theirs, "Python function"):
            self.compare(mine, self.run(second, "repeated trace"), "repeated trace")
        found = self.differences()
        if any(f is not None for f in found):
            raise TracingCheckError(*found)
