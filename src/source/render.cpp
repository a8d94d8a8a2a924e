#include "source/render.h"

#include <algorithm>

namespace fac {
namespace {

constexpr std::uint32_t kContextLines = 2;  // on either side; what TorchScript's "context of 3" amounts to

void append_line(std::string& out, const SourceFile& file, std::uint32_t line) {
  out += file.line_text(line);
  out += '\n';
}

bool is_blank(std::string_view text) { return text.find_first_not_of(" \n") == std::string_view::npos; }

// Marks [begin, end) of one line, leading spaces left out; whether anything was marked.
bool append_tildes(std::string& out, std::string_view line, std::uint32_t begin, std::uint32_t end) {
  std::uint32_t from = begin;
  while (from < end && line[from] == ' ') ++from;
  if (from >= end) return false;
  out.append(from, ' ');
  out.append(end - from, '~');
  return true;
}

// JSON string literal, quotes included.
void append_json(std::string& out, std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (byte < 0x20) {
      out += "\\u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

void append_json_range(std::string& out, Range range) {
  if (!range) {
    out += "\"file\":null";
    return;
  }
  const Position begin = range.file->position(range.begin), end = range.file->position(range.end);
  out += "\"file\":";
  append_json(out, range.file->name());
  out += fmt(",\"line\":{},\"column\":{},\"end_line\":{},\"end_column\":{}", begin.line, begin.column, end.line,
             end.column);
}

constexpr std::string_view kRed = "\x1b[1;31m", kYellow = "\x1b[1;33m", kBlue = "\x1b[1;34m", kPlain = "\x1b[0m";

// The first line of the range with a row of carets (or dashes) below it, and the text of a label.
void append_snippet(std::string& out, Range range, char mark, std::string_view text, std::string_view colour,
                    bool use_colour) {
  const SourceFile& file = *range.file;
  const std::uint32_t line = file.line_index(range.begin);
  const std::string_view line_text = file.line_text(line);
  const std::string number = fmt("{}", file.first_line() + line);
  const std::string gutter(number.size() < 5 ? 5 - number.size() : 0, ' ');
  out += gutter + number + " | ";
  out += line_text;
  out += '\n';
  out.append(std::max<std::size_t>(number.size(), 5), ' ');
  out += " | ";
  const std::uint32_t begin = range.begin - file.line_begin(line);
  const std::uint32_t line_size = static_cast<std::uint32_t>(line_text.size());
  const std::uint32_t end = std::max(std::min(range.end - file.line_begin(line), line_size), begin + 1);
  for (std::uint32_t i = 0; i < begin; ++i) out += i < line_size && line_text[i] == '\t' ? '\t' : ' ';
  if (use_colour) out += colour;
  // One mark per character, not per UTF-8 continuation byte.
  for (std::uint32_t i = begin; i < end; ++i)
    if (i >= line_size || (static_cast<unsigned char>(line_text[i]) & 0xC0) != 0x80) out += mark;
  if (!text.empty()) {
    out += ' ';
    out += text;
  }
  if (use_colour) out += kPlain;
  out += '\n';
}

}  // namespace

std::string highlight_plain(Range range, std::string_view function) {
  if (!range || range.begin > range.file->size()) return {};
  const SourceFile& file = *range.file;
  const std::uint32_t range_end = std::clamp(range.end, range.begin, file.size());
  // A range over a whole text stands for an already rendered one (a Python stack), which is shown as it is.
  if (range.begin == 0 && range_end == file.size()) return std::string(file.text());

  const std::uint32_t first = file.line_index(range.begin);
  const std::uint32_t last = range_end > range.begin ? file.line_index(range_end - 1) : first;
  std::string out = fmt("  File \"{}\", line {}", file.name(), file.first_line() + first);
  if (!function.empty()) out += fmt(", in {}", function);
  out += '\n';
  for (std::uint32_t line = first - std::min(first, kContextLines); line < first; ++line) append_line(out, file, line);
  for (std::uint32_t line = first; line <= last; ++line) {
    append_line(out, file, line);
    const std::uint32_t begin = file.line_begin(line);
    const std::uint32_t line_end = begin + static_cast<std::uint32_t>(file.line_text(line).size());
    const std::uint32_t marked_begin = std::max(range.begin, begin) - begin;
    const std::uint32_t marked_end = std::min(std::max(range_end, range.begin + 1), line_end) - begin;
    if (!append_tildes(out, file.line_text(line), marked_begin, marked_end)) continue;
    const bool more = line_end < range_end && !is_blank(file.text().substr(line_end, range_end - line_end));
    out += more ? "\n" : " <--- HERE\n";
  }
  // The empty line after a final newline is no line.
  const std::uint32_t lines = file.line_count() - (file.text().ends_with('\n') ? 1u : 0u);
  for (std::uint32_t line = last + 1; line < std::min(lines, last + 1 + kContextLines); ++line)
    append_line(out, file, line);
  return out;
}

std::string highlight(Range range, std::string_view function) {
  if (!range) return {};
  const Range original = range.file->origin(range);
  if (!original) return highlight_plain(range, function);
  return highlight_plain(original, function) + "Serialized " + highlight_plain(range, function);
}

std::string location(Range range) {
  if (!range) return "<unknown>";
  const Position at = range.file->position(range.begin);
  return fmt("{}:{}:{}", range.file->name(), at.line, at.column);
}

std::string render(const Diagnostic& diagnostic, RenderOptions options) {
  const bool is_error = diagnostic.severity == Severity::kError;
  const std::string_view colour = is_error ? kRed : kYellow;
  std::string out = location(diagnostic.range) + ": ";
  if (options.colour) out += colour;
  out += fmt("{}[{}]", is_error ? "error" : "warning", diagnostic.id);
  if (options.colour) out += kPlain;
  out += ": " + diagnostic.message + "\n";
  if (diagnostic.range) append_snippet(out, diagnostic.range, '^', {}, colour, options.colour);
  for (const Label& label : diagnostic.labels) {
    if (!label.range) {
      out += "      = " + label.text + "\n";
      continue;
    }
    if (label.range.file != diagnostic.range.file) out += "      " + location(label.range) + ":\n";
    append_snippet(out, label.range, '-', label.text, kBlue, options.colour);
  }
  for (const std::string& hint : diagnostic.hints) out += "      = hint: " + hint + "\n";
  return out;
}

std::string render(const DiagSink& sink, RenderOptions options) {
  std::string out;
  for (const Diagnostic& d : sink.diagnostics()) out += render(d, options);
  return out;
}

std::string render_json(const DiagSink& sink) {
  std::string out = "[";
  for (const Diagnostic& d : sink.diagnostics()) {
    if (out.size() > 1) out += ",\n ";
    out += fmt("{\"id\":\"{}\",\"severity\":\"{}\",\"message\":", d.id,
               d.severity == Severity::kError ? "error" : "warning");
    append_json(out, d.message);
    out += ',';
    append_json_range(out, d.range);
    out += ",\"labels\":[";
    for (const Label& label : d.labels) {
      if (&label != d.labels.data()) out += ',';
      out += "{\"text\":";
      append_json(out, label.text);
      out += ',';
      append_json_range(out, label.range);
      out += '}';
    }
    out += "],\"hints\":[";
    for (const std::string& hint : d.hints) {
      if (&hint != d.hints.data()) out += ',';
      append_json(out, hint);
    }
    out += "]}";
  }
  return out + "]\n";
}

ErrorPtr to_error(const DiagSink& sink) {
  std::string text;
  for (const Diagnostic& d : sink.diagnostics()) {
    if (d.severity != Severity::kError) continue;
    if (!text.empty()) text += '\n';
    text += d.message;
    for (const std::string& hint : d.hints) text += "\n" + hint;
    if (const std::string marked = highlight(d.range); !marked.empty()) text += ":\n" + marked;
    for (const Label& label : d.labels) {
      text += (text.ends_with('\n') ? "" : "\n") + label.text;
      if (const std::string marked = highlight(label.range); !marked.empty()) text += ":\n" + marked;
    }
  }
  if (sink.error_count() > sink.diagnostics().size())
    text += fmt("\nand {} more errors", sink.error_count() - sink.diagnostics().size());
  return make_error(ErrorKind::kCompile, std::move(text));
}

}  // namespace fac
