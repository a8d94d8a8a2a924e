// The text form of graphs, as PyTorch's Graph::str.
#include "ir/graph.h"
#include "ir/literal.h"
#include "ir/symbols.h"
#include "value/print.h"

namespace fac::ir {
namespace {

class Printer {
 public:
  Printer(const Graph& g, bool ranges) : g_(g), ranges_(ranges) {}

  std::string graph() {
    out_ += "graph(";
    typed(g_.inputs(), ",\n      ");
    out_ += "):\n";
    g_.for_each(g_.top(), [&](NodeId n) { node(n, 1); });
    out_ += "  return (";
    refs(g_.outputs());
    out_ += ")\n";
    for (std::size_t i = 0; i < groups_.size(); ++i)
      out_ += "with " + groups_[i].first + " = " + Printer(*groups_[i].second, ranges_).graph();
    return std::move(out_);
  }

  void node(NodeId n, int level) {
    const Node& at = g_.node(n);
    indent(level);
    typed(at.outputs, ", ");
    out_ += " = ";
    if (at.kind == sym::PythonOp) {  // as TorchScript shows a call of Python
      out_ += "^" + g_.attr_string(n, sym::name).value_or("") + "()";
    } else {
      out_ += at.kind.str();
      attributes(at);
    }
    out_ += "(";
    refs(at.inputs);
    out_ += ")";
    if (ranges_) place(at.range);
    out_ += "\n";
    for (std::size_t i = 0; i < at.blocks.size(); ++i) {
      const Block& b = g_.block(at.blocks[i]);
      indent(level + 1);
      out_ += "block" + std::to_string(i) + "(";
      typed(b.params, ", ");
      out_ += "):\n";
      g_.for_each(at.blocks[i], [&](NodeId inner) { node(inner, level + 2); });
      indent(level + 2);
      out_ += "-> (";
      refs(b.returns);
      out_ += ")\n";
    }
  }
  std::string take() { return std::move(out_); }

 private:
  void indent(int level) { out_.append(static_cast<std::size_t>(level) * 2, ' '); }

  void ref(ValueId v) {
    const ValueInfo& info = g_.value(v);
    out_ += '%';
    out_ += info.name.empty() ? std::to_string(info.number) : info.name;
  }
  void refs(std::span<const ValueId> vs) {
    for (std::size_t i = 0; i < vs.size(); ++i) {
      if (i) out_ += ", ";
      ref(vs[i]);
    }
  }
  void typed(std::span<const ValueId> vs, std::string_view delimiter) {
    for (std::size_t i = 0; i < vs.size(); ++i) {
      if (i) out_ += delimiter;
      ref(vs[i]);
      out_ += " : ";
      const Value* c = g_.constant(vs[i]);
      out_ += c && c->is_tensor() ? tensor_type_text(c->tensor()) : type_text(g_.type(vs[i]));
    }
  }

  void attributes(const Node& n) {
    std::string text;
    for (const auto& [name, attr] : n.attrs) {
      if (const auto* graph = std::get_if<std::shared_ptr<Graph>>(&attr)) {
        groups_.emplace_back(std::string(n.kind.str()) + "_" + std::to_string(groups_.size()), *graph);
        out_ += "_" + std::to_string(groups_.size() - 1);
        continue;
      }
      if (!text.empty()) text += ", ";
      text += attribute(n, name, attr);
    }
    if (!text.empty()) out_ += "[" + text + "]";
  }

  std::string attribute(const Node& n, Symbol name, const Attr& attr) const {
    const std::string key = std::string(name.str()) + "=";
    if (const auto* v = std::get_if<Value>(&attr)) {
      // A constant of its own is stored by PyTorch in attributes of few kinds: bool as int, Device as str.
      const bool own = n.kind == sym::Constant;
      if (own && v->is_bool()) return key + (v->b() ? "1" : "0");
      if (own && v->is_device()) return key + quoted(device_text(v->device()));
      if (v->is_function()) return "name=" + quoted(std::string(v->function()->name()));
      return key + literal(*v);
    }
    if (const auto* s = std::get_if<std::string>(&attr)) return key + quoted(*s);
    if (const auto* t = std::get_if<TypePtr>(&attr)) return key + type_text(*t);
    std::string list;
    const auto add = [&](const std::string& item) { list += (list.empty() ? "" : ", ") + item; };
    if (const auto* strings = std::get_if<std::vector<std::string>>(&attr))
      for (const auto& s : *strings) add(quoted(s));
    if (const auto* types = std::get_if<std::vector<TypePtr>>(&attr))
      for (const auto& t : *types) add(type_text(t));
    return key + "[" + list + "]";
  }

  void place(Range r) {
    if (!r) return;
    if (const Range original = r.file->origin(r)) r = original;
    const Position p = r.file->position(r.begin);
    out_ += " # " + r.file->name() + ":" + std::to_string(p.line) + ":" + std::to_string(p.column - 1);
  }

  const Graph& g_;
  const bool ranges_;
  std::string out_;
  std::vector<std::pair<std::string, std::shared_ptr<Graph>>> groups_;
};

}  // namespace

std::string print(const Graph& g, bool ranges) { return Printer(g, ranges).graph(); }

std::string print_node(const Graph& g, NodeId n) {
  Printer p(g, false);
  p.node(n, 0);
  return p.take();
}

}  // namespace fac::ir
