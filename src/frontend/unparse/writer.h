// The printer's state while it writes one file of a program. statements.cpp, expressions.cpp and definitions.cpp are its
// parts.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "frontend/unparse/inline_scan.h"
#include "frontend/unparse/marked_text.h"
#include "ir/symbols.h"

namespace fac::script {

// A range of an archive's code leads on to the author's program where the archive's debug records say so.
Range original(Range r);
bool is_identifier(std::string_view name);

// How the values of one graph are written. A nested function has its own.
struct GraphNames {
  GraphNames(const ir::Graph& graph, GraphNames* outer)
      : g(graph), outer(outer), expressions(graph.value_count()), variables(graph.value_count()),
        split_up_to(graph.node_count(), -1), split_returns_up_to(graph.block_count(), -1), seen_constants(graph.node_count()),
        annotated(graph.value_count()) {}

  const ir::Graph& g;
  GraphNames* outer;
  std::vector<std::shared_ptr<const MarkedText>> expressions;  // by value: as it is written where it is used
  std::vector<std::string> variables;                          // by value: assigned already; wins over the expression
  std::vector<bool> inlined;                                   // by node
  // By node, by block: operands and returns up to this index were looked at by a split already; -1: none.
  std::vector<std::int64_t> split_up_to, split_returns_up_to;
  std::vector<bool> seen_constants;
  std::vector<bool> annotated;  // by value: its variable has its Optional or Union type by now
};

struct ProgramPrinter::Impl {
  Impl(std::vector<Value>& constants, Dependencies& dependencies, PrintOptions options)
      : constants_(constants), dependencies_(dependencies), options_(std::move(options)) {}

  // --- definitions.cpp
  Status definition(const TypePtr& t);
  Status class_(const ClassType& c);
  Status function(ir::Function& f, bool annotate_first);
  Status body_of(const ir::Graph& g, std::string_view name, const std::vector<Argument>& arguments, const TypePtr& result,
                 bool annotate_first);
  void attributes(const ClassType& c);
  void name_list(std::string_view what, const std::vector<std::string>& names);
  Status class_function(Callable* f);
  void named_tuple(const TupleType& t);
  void interface(const InterfaceType& t);
  void enum_(const EnumType& t);

  // --- statements.cpp
  Status body(BlockId b);           // of a function: constants, statements, return
  Status block(BlockId b, bool more_follows);
  Status node(NodeId n);
  Status branch(NodeId n);
  Status loop(NodeId n);
  Status fork(NodeId n);
  Status enter(NodeId n);
  void leave(NodeId n);
  void container_index(NodeId n);
  Status plain(NodeId n);
  void assignment(std::span<const ValueId> to, std::span<const ValueId> from);
  void define_outputs(NodeId n, const MarkedText& expression);
  void constants_of(BlockId b, std::vector<NodeId>& out);
  void constants_of(std::span<const ValueId> vs, std::vector<NodeId>& out);
  void split(ValueId v);
  void scan_split(ir::Use u, std::int64_t operand, std::vector<ValueId>& out);
  bool is_long(const std::string& text) const { return text.size() + level_ * 2 >= 40; }
  void note_types(NodeId n);
  void note_version(const ir::Node& n);

  // --- expressions.cpp
  Status expression(MarkedText& to, NodeId n);
  Status call(MarkedText& to, NodeId n);
  std::string constant_text(const Value& v);
  std::size_t constant_index(const Value& v);
  void argument_list(MarkedText& to, std::span<const ValueId> vs, std::string_view begin, std::string_view end);
  std::string type_text(const TypePtr& t) const { return annotation(t, options_.names); }

  // --- names
  std::string fresh_name(const std::string& candidate);
  std::string variable_for(ValueId v);
  void assign(ValueId v, std::string name) { at_->variables[v.index] = std::move(name); }
  void name_values(std::span<const ValueId> vs) {
    for (const ValueId v : vs) assign(v, variable_for(v));
  }
  std::shared_ptr<const MarkedText> use(ValueId v) const;

  void put(std::string_view text) { out_.add(text, here_); }
  void put(const MarkedText& text) { out_.add(text); }
  void put_uses(std::span<const ValueId> vs);
  void indent() {
    for (std::size_t i = 0; i < level_; ++i) put("  ");
  }
  const ir::Graph& g() const { return at_->g; }

  MarkedText out_;
  std::vector<Value>& constants_;
  std::unordered_map<std::size_t, std::vector<std::size_t>> constant_hashes_;  // tensors of constants_, by their bytes
  std::size_t hashed_constants_ = 0;
  Dependencies& dependencies_;
  PrintOptions options_;
  int version_ = 0;

  GraphNames* at_ = nullptr;
  Range here_;
  std::size_t level_ = 0;
  std::unordered_set<std::string> used_names_;                 // of the function
  std::unordered_map<std::string, std::uint64_t> next_suffix_;  // counts on through the whole file, as PyTorch's does
};

}  // namespace fac::script
