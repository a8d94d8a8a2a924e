// The intermediate representation: a Graph of nodes in nested blocks over SSA values, in TorchScript's own notation
//
//   graph(%self : __torch__.M, %x.1 : Tensor):
//     %2 : int = prim::Constant[value=1]()
//     %3 : Tensor = aten::add(%x.1, %x.1, %2)
//     return (%3)
//
// Nodes, values and blocks are dense 32-bit ids into vectors of one Graph: a copy is cheap, printing is stable and
// nothing dangles silently. Ids of removed nodes and values are not used again. Control flow is structured: prim::If
// has two blocks without parameters, prim::Loop one block (iteration, carried...) -> (continue?, carried...).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/symbol.h"
#include "ops/table.h"
#include "source/source_file.h"
#include "value/value.h"

namespace fac::ir {

template <class Tag>
struct Id {
  std::uint32_t index = ~0u;
  explicit operator bool() const { return index != ~0u; }
  friend bool operator==(Id, Id) = default;
  friend auto operator<=>(Id, Id) = default;
};
using NodeId = Id<struct NodeTag>;
using ValueId = Id<struct ValueTag>;
using BlockId = Id<struct BlockTag>;

class Graph;

// An attribute of a node: prim::Constant[value=...], prim::GetAttr[name="weight"], a nested graph (prim::fork).
// None is a constant without attributes. A function constant has value = Value::function(f), type FunctionType, and is
// printed as [name="f"].
using Attr = std::variant<Value, std::string, std::vector<std::string>, TypePtr, std::vector<TypePtr>, std::shared_ptr<Graph>>;

// Where a node stood before it was inlined: the chain of calls that led to it.
struct InlineScope {
  std::string function;  // the inlined function's name
  Range call;            // the call in its caller
  std::int32_t parent;   // index into Graph::scopes(), -1: the graph's own function
};

struct Use {
  NodeId user;  // none: a block's returns
  BlockId block;  // set for returns
  std::uint32_t operand;
  friend bool operator==(const Use&, const Use&) = default;
};

struct Node {
  Symbol kind;                            // "aten::add", "prim::If"
  const ops::Overload* op = nullptr;      // the operator, where kind names one; null for structural prim:: nodes
  std::vector<ValueId> inputs, outputs;
  std::vector<BlockId> blocks;
  std::vector<std::pair<Symbol, Attr>> attrs;
  Range range;
  std::int32_t scope = -1;                // inline scope, index into Graph::scopes()
  BlockId parent;
  NodeId prev, next;                      // order within the block
  bool alive = true;

  const Attr* attr(Symbol name) const;
};

struct ValueInfo {
  TypePtr type;
  std::string name;      // debug name, unique in the graph; empty: printed by number
  std::uint32_t number;  // counts up in order of creation; never used twice
  NodeId producer;       // none for block parameters
  BlockId block;         // set for block parameters
  std::uint32_t index;   // among the producer's outputs or the block's parameters
  std::vector<Use> uses;
};

struct Block {
  std::vector<ValueId> params, returns;
  NodeId first, last;
  NodeId owner;          // the node that holds it; none for the top block
};

class Graph {
 public:
  Graph();
  Graph(const Graph&) = delete;
  Graph& operator=(const Graph&) = delete;
  ~Graph();
  BlockId top() const { return BlockId{0}; }

  // --- reading
  const Node& node(NodeId n) const { return nodes_[n.index]; }
  Node& node(NodeId n) { return nodes_[n.index]; }
  const ValueInfo& value(ValueId v) const { return values_[v.index]; }
  ValueInfo& value(ValueId v) { return values_[v.index]; }
  const Block& block(BlockId b) const { return blocks_[b.index]; }
  const TypePtr& type(ValueId v) const { return values_[v.index].type; }
  void set_type(ValueId v, TypePtr t) { values_[v.index].type = std::move(t); }
  std::span<const ValueId> inputs() const { return block(top()).params; }
  std::span<const ValueId> outputs() const { return block(top()).returns; }
  std::span<const Use> uses(ValueId v) const { return values_[v.index].uses; }
  std::size_t node_count() const { return nodes_.size(); }    // bounds for side tables, removed ones included
  std::size_t value_count() const { return values_.size(); }
  std::size_t block_count() const { return blocks_.size(); }
  const std::vector<InlineScope>& scopes() const { return scopes_; }
  std::int32_t add_scope(InlineScope s);
  // Nodes of a block in order; a node may be erased or moved while it is visited (its successor is read first).
  template <class F>
  void for_each(BlockId b, F&& f) const {
    for (NodeId n = block(b).first; n;) {
      const NodeId next = node(n).next;
      f(n);
      n = next;
    }
  }
  // The same with nested blocks, outer node first.
  void for_each_deep(BlockId b, const std::function<void(NodeId)>& f) const;
  // The constant a value holds (prim::Constant), or null.
  const Value* constant(ValueId v) const;
  std::optional<std::string> attr_string(NodeId n, Symbol name) const;

  // Whether removing, merging or moving the node may be seen: writes, prints, raises, random numbers, or a nested node
  // that does. Calls of functions and methods count as effects.
  bool has_effect(NodeId n) const;

  // --- building
  ValueId add_param(BlockId b, TypePtr type, std::string name = {});
  void remove_param(BlockId b, std::size_t i);           // must have no uses
  BlockId add_block(NodeId owner);
  void remove_block(NodeId owner, std::size_t i);
  void add_return(BlockId b, ValueId v);
  void set_returns(BlockId b, std::vector<ValueId> vs);
  void remove_return(BlockId b, std::size_t i);
  // Creates a node that stands nowhere yet; place it with append / insert_before / insert_after.
  NodeId create(Symbol kind, std::vector<ValueId> inputs, Range range);
  NodeId create(const ops::Overload& op, std::vector<ValueId> inputs, Range range);  // outputs typed by the caller
  ValueId add_output(NodeId n, TypePtr type, std::string name = {});
  void remove_output(NodeId n, std::size_t i);           // must have no uses
  void set_attr(NodeId n, Symbol name, Attr a);
  void append(BlockId b, NodeId n);
  void prepend(BlockId b, NodeId n);
  void insert_before(NodeId at, NodeId n);
  void insert_after(NodeId at, NodeId n);
  void move_before(NodeId at, NodeId n);                 // takes n out of its place first
  void move_to_end(BlockId b, NodeId n);
  void add_input(NodeId n, ValueId v);
  void set_input(NodeId n, std::size_t i, ValueId v);
  void remove_input(NodeId n, std::size_t i);
  void replace_uses(ValueId from, ValueId to);           // everywhere
  void erase(NodeId n);                                  // outputs must have no uses; nested blocks go with it
  // Names stay unique: as in TorchScript, a value that held the name before gives way ("x" -> "x.1", "x.2" ...).
  void set_name(ValueId v, std::string name);
  void set_number(ValueId v, std::uint32_t number);      // for the parser: keep the number that the text gave

  // Copies nodes of `from`'s block to the end of `into` (or before `at`), mapping values; returns the mapped returns.
  // `map` (by index in `from`) must hold the outer values and the block's parameters; it is extended. The copies stand
  // in inline scope `scope`; those without a range get `call`. `from` may be this graph.
  std::vector<ValueId> copy_block(const Graph& from, BlockId block, BlockId into, NodeId at,
                                  std::vector<ValueId>& map, std::int32_t scope = -1, Range call = {});
  std::unique_ptr<Graph> clone() const;

  // Files that ranges point into, kept alive.
  void keep_file(Ref<const SourceFile> f);

 private:
  ValueId new_value(TypePtr type, std::string name);
  NodeId copy_node(const Graph& from, NodeId n, BlockId into, NodeId at, std::vector<ValueId>& map,
                   const std::function<std::int32_t(std::int32_t)>& scope_of, Range call);
  void forget_value(ValueId v);
  void erase_contents(BlockId b);
  void link(NodeId n, BlockId b, NodeId before);
  void unlink(NodeId n);
  void add_use(ValueId v, Use u);
  void drop_use(ValueId v, Use u);

  std::vector<Node> nodes_;
  std::vector<ValueInfo> values_;
  std::vector<Block> blocks_;
  std::vector<InlineScope> scopes_;
  std::vector<Ref<const SourceFile>> files_;
  struct Names;
  std::shared_ptr<Names> names_;
};

// Inserts nodes at a place and gives their results: how front end and passes write code.
class Builder {
 public:
  Builder(Graph& g, BlockId b) : g_(g), block_(b) {}
  Graph& graph() { return g_; }
  BlockId block() const { return block_; }
  void set_block(BlockId b) { block_ = b; before_ = {}; }       // append to the end of b
  void set_before(NodeId n) { block_ = g_.node(n).parent; before_ = n; }
  void set_range(Range r) { range_ = r; }
  Range range() const { return range_; }
  void set_scope(std::int32_t s) { scope_ = s; }

  ValueId constant(Value v);                    // prim::Constant; None, numbers, str, device, tensors, lists of those
  ValueId constant(Value v, TypePtr type);
  NodeId node(Symbol kind, std::vector<ValueId> inputs);
  ValueId value(Symbol kind, std::vector<ValueId> inputs, TypePtr type);                 // one output
  ValueId op(std::string_view name, std::string_view overload, std::vector<ValueId> inputs);  // one output, type from schema
  NodeId insert(NodeId n);

 private:
  Graph& g_;
  BlockId block_;
  NodeId before_;
  Range range_;
  std::int32_t scope_ = -1;
};

// Text form. Constants, attributes and blocks as PyTorch prints them; `ranges` adds "# file:line:column" comments.
std::string print(const Graph& g, bool ranges = false);
std::string print_node(const Graph& g, NodeId n);
// Parses the text form; print(parse(text)) == text. `resolve` finds classes by qualified name and gives the FunctionType
// of a function constant (may be empty); a class that it does not know becomes a placeholder without attributes.
// Tensors that print as <Tensor> come back as zeros. errors: line and column.
using TypeResolver = std::function<TypePtr(std::string_view)>;
Result<std::unique_ptr<Graph>> parse_graph(std::string_view text, const TypeResolver& resolve = {});
// Every rule of well-formed graphs: dominance, uses, block arities, types of operator inputs. errors: the first violation.
Status verify(const Graph& g);

}  // namespace fac::ir
