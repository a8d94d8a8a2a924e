// Reads the text form of graphs (print.cpp writes it).
//   graph(%x : Tensor, ...):  nodes  return (%a, ...)  { with <kind>_<i> = graph(...)... }
//   node:  %a : T, %b : U = kind[attr=..., ...](%x, ...)  { block<i>(%p : T, ...):  nodes  -> (%r, ...) }
// Indentation means nothing; blocks end with their `->`.
#include <charconv>
#include <map>

#include "ir/match.h"
#include "ir/symbols.h"
#include "ir/text_reader.h"

namespace fac::ir {
namespace {

class GraphReader {
 public:
  explicit GraphReader(TextReader& in) : in_(in) {}

  Result<std::unique_ptr<Graph>> read() {
    FACULA_TRY_VOID(in_.expect("graph("));
    FACULA_TRY_VOID(params(g_->top()));
    FACULA_TRY_VOID(nodes(g_->top()));
    FACULA_TRY_VOID(in_.expect("return"));
    FACULA_TRY_VOID(in_.expect("("));
    FACULA_TRY(auto returns, operands());
    g_->set_returns(g_->top(), std::move(returns));
    renumber_named();
    while (in_.accept("with")) FACULA_TRY_VOID(nested_graph());
    return std::move(g_);
  }

 private:
  struct Declared {
    std::string name;
    TextReader::TypeText type;
  };

  Result<Declared> declaration() {
    FACULA_TRY_VOID(in_.expect("%"));
    Declared d{std::string(in_.value_name()), {}};
    if (d.name.empty()) return in_.fail("expected a value's name");
    if (values_.contains(d.name)) return in_.fail(fmt("%{} is defined twice", d.name));
    FACULA_TRY_VOID(in_.expect(":"));
    FACULA_TRY(d.type, in_.type());
    return d;
  }

  Status name(ValueId v, const std::string& name) {
    values_.emplace(name, v);
    if (name.find_first_not_of("0123456789") != std::string::npos) {
      g_->set_name(v, name);
      return {};
    }
    std::uint32_t number = 0;
    const auto r = std::from_chars(name.data(), name.data() + name.size(), number);
    if (r.ec != std::errc() || number > (1u << 30)) return in_.fail("value number too large");
    g_->set_number(v, number);
    return {};
  }

  // Named values took numbers that the text may give to others.
  void renumber_named() {
    for (std::uint32_t i = 0; i < g_->value_count(); ++i) {
      const ValueId v{i};
      if (!g_->value(v).name.empty()) g_->set_number(v, next_free_number());
    }
  }
  std::uint32_t next_free_number() {
    if (!next_number_)
      for (std::uint32_t i = 0; i < g_->value_count(); ++i)
        next_number_ = std::max(next_number_, g_->value(ValueId{i}).number + 1);
    return next_number_++;
  }

  Status params(BlockId b) {
    bool first = true;
    while (!in_.accept(")")) {
      if (!first) FACULA_TRY_VOID(in_.expect(","));
      first = false;
      FACULA_TRY(const Declared d, declaration());
      FACULA_TRY_VOID(name(g_->add_param(b, d.type.type), d.name));
    }
    return in_.expect(":");
  }

  Result<std::vector<ValueId>> operands() {
    std::vector<ValueId> out;
    while (!in_.accept(")")) {
      if (!out.empty()) FACULA_TRY_VOID(in_.expect(","));
      FACULA_TRY_VOID(in_.expect("%"));
      const std::string name(in_.value_name());
      const auto found = values_.find(name);
      if (found == values_.end()) return in_.fail(fmt("%{} is not defined", name));
      out.push_back(found->second);
    }
    return out;
  }

  Status nodes(BlockId b) {
    while (in_.looking_at("%") || in_.looking_at("=")) FACULA_TRY_VOID(node(b));
    return {};
  }

  Status node(BlockId b) {
    const TextReader::Depth nested(in_);
    FACULA_TRY_VOID(in_.check_depth());
    std::vector<Declared> outputs;
    while (!in_.accept("=")) {
      if (!outputs.empty()) FACULA_TRY_VOID(in_.expect(","));
      FACULA_TRY(Declared d, declaration());
      outputs.push_back(std::move(d));
    }
    const std::string kind(in_.word());
    if (kind.empty()) return in_.fail("expected a node's kind");
    std::vector<std::pair<Symbol, Attr>> attrs;
    if (in_.accept("[")) {
      while (!in_.accept("]")) {
        if (!attrs.empty()) FACULA_TRY_VOID(in_.expect(","));
        const Symbol key(in_.word());
        FACULA_TRY_VOID(in_.expect("="));
        FACULA_TRY(Attr a, attribute(kind, key, outputs));
        attrs.emplace_back(key, std::move(a));
      }
    }
    FACULA_TRY_VOID(in_.expect("("));
    FACULA_TRY(auto inputs, operands());

    std::vector<TypePtr> input_types;
    for (ValueId v : inputs) input_types.push_back(g_->type(v));
    const NodeId n = g_->create(Symbol(kind), std::move(inputs), {});
    g_->node(n).op = match_overload(kind, input_types);
    g_->node(n).attrs = std::move(attrs);
    g_->append(b, n);
    FACULA_TRY_VOID(function_constant(n, outputs));
    while (in_.looking_at("block")) FACULA_TRY_VOID(block(n));
    for (const Declared& d : outputs) FACULA_TRY_VOID(name(g_->add_output(n, d.type.type), d.name));
    return {};
  }

  Result<Attr> attribute(std::string_view kind, Symbol key, const std::vector<Declared>& outputs) {
    if (kind == sym::Constant.str() && key == sym::value && outputs.size() == 1) {
      FACULA_TRY(Value v, in_.literal(outputs[0].type));
      return Attr(std::move(v));
    }
    if (key.str() == "types" && in_.accept("[")) {
      std::vector<TypePtr> types;
      while (!in_.accept("]")) {
        if (!types.empty()) FACULA_TRY_VOID(in_.expect(","));
        FACULA_TRY(auto t, in_.type());
        types.push_back(std::move(t.type));
      }
      return Attr(std::move(types));
    }
    if (in_.looking_at("\"")) {
      FACULA_TRY(std::string s, in_.quoted_string());
      return Attr(std::move(s));
    }
    if (in_.looking_at("[\"")) {
      FACULA_TRY_VOID(in_.expect("["));
      std::vector<std::string> strings;
      while (!in_.accept("]")) {
        if (!strings.empty()) FACULA_TRY_VOID(in_.expect(","));
        FACULA_TRY(std::string s, in_.quoted_string());
        strings.push_back(std::move(s));
      }
      return Attr(std::move(strings));
    }
    FACULA_TRY(Value v, in_.literal({}));
    return Attr(std::move(v));
  }

  // %f : Function = prim::Constant[name="f"]()
  Status function_constant(NodeId n, std::vector<Declared>& outputs) {
    if (g_->node(n).kind != sym::Constant || outputs.size() != 1) return {};
    if (outputs[0].type.type->kind() != TypeKind::kFunction) return {};
    const auto name = g_->attr_string(n, sym::name);
    TypePtr type = name ? in_.resolve_function(*name) : nullptr;
    if (!type || type->kind() != TypeKind::kFunction) return in_.fail("unknown function");
    g_->node(n).attrs.clear();
    g_->set_attr(n, sym::value, Value::function(static_cast<const FunctionType&>(*type).function()));
    outputs[0].type.type = std::move(type);
    return {};
  }

  Status block(NodeId owner) {
    in_.word();  // "block0"
    FACULA_TRY_VOID(in_.expect("("));
    const BlockId b = g_->add_block(owner);
    FACULA_TRY_VOID(params(b));
    FACULA_TRY_VOID(nodes(b));
    FACULA_TRY_VOID(in_.expect("->"));
    FACULA_TRY_VOID(in_.expect("("));
    FACULA_TRY(auto returns, operands());
    g_->set_returns(b, std::move(returns));
    return {};
  }

  // with prim::fork_0 = graph(...): the graph belongs to the node that was read as `prim::fork_0`.
  Status nested_graph() {
    const std::string label(in_.word());
    FACULA_TRY_VOID(in_.expect("="));
    const Symbol kind(std::string_view(label).substr(0, label.rfind('_')));
    std::vector<NodeId> owners;
    g_->for_each_deep(g_->top(), [&](NodeId n) {
      if (g_->node(n).kind.str() == label) owners.push_back(n);
    });
    if (owners.size() != 1) return in_.fail(fmt("no node `{}`", label));
    GraphReader inner(in_);
    FACULA_TRY(auto graph, inner.read());
    g_->node(owners[0]).kind = kind;
    g_->set_attr(owners[0], Symbol("Subgraph"), std::shared_ptr<Graph>(std::move(graph)));
    return {};
  }

  TextReader& in_;
  std::unique_ptr<Graph> g_ = std::make_unique<Graph>();
  std::map<std::string, ValueId, std::less<>> values_;
  std::uint32_t next_number_ = 0;
};

}  // namespace

Result<std::unique_ptr<Graph>> parse_graph(std::string_view text, const TypeResolver& resolve) {
  TextReader in(text, resolve);
  FACULA_TRY(auto g, GraphReader(in).read());
  if (!in.at_end()) return in.fail("unexpected text after the graph");
  return g;
}

}  // namespace fac::ir
