// Graph: a program that can be printed and walked. Read-only; PyTorch's names for what there is to see.
#include "functions.h"
#include "types.h"
#include "source/render.h"

namespace fac::python {
namespace {

using Shared = std::shared_ptr<const ir::Graph>;

struct NodeHandle {
  Shared graph;
  ir::NodeId id;
  const ir::Node& node() const { return graph->node(id); }
};
struct ValueHandle {
  Shared graph;
  ir::ValueId id;
};
struct BlockHandle {
  Shared graph;
  ir::BlockId id;
};

std::vector<ValueHandle> values(const Shared& g, std::span<const ir::ValueId> ids) {
  std::vector<ValueHandle> out;
  for (const auto id : ids) out.push_back({g, id});
  return out;
}
std::vector<NodeHandle> nodes(const Shared& g, ir::BlockId block) {
  std::vector<NodeHandle> out;
  g->for_each(block, [&](ir::NodeId n) { out.push_back({g, n}); });
  return out;
}
std::vector<NodeHandle> find_all(const Shared& g, ir::BlockId block, std::string_view kind, bool recurse) {
  std::vector<NodeHandle> out;
  const auto look = [&](ir::NodeId n) {
    if (g->node(n).kind.str() == kind) out.push_back({g, n});
  };
  if (recurse) g->for_each_deep(block, look);
  else g->for_each(block, look);
  return out;
}
nb::object attribute(const ir::Attr& a) {
  if (const auto* v = std::get_if<Value>(&a)) return to_python(*v);
  if (const auto* s = std::get_if<std::string>(&a)) return nb::cast(*s);
  if (const auto* s = std::get_if<std::vector<std::string>>(&a)) return nb::cast(*s);
  if (const auto* t = std::get_if<TypePtr>(&a)) return nb::cast(TypeHandle{*t});
  if (const auto* g = std::get_if<std::shared_ptr<ir::Graph>>(&a)) return nb::cast(GraphHandle{*g});
  return nb::none();
}

}  // namespace

std::string_view type_kind_name(TypeKind kind) {
  switch (kind) {
    case TypeKind::kAny: return "AnyType";
    case TypeKind::kTensor: return "TensorType";
    case TypeKind::kInt:
    case TypeKind::kDtype:
    case TypeKind::kLayout:
    case TypeKind::kMemoryFormat:
    case TypeKind::kQScheme: return "IntType";
    case TypeKind::kFloat: return "FloatType";
    case TypeKind::kBool: return "BoolType";
    case TypeKind::kComplex: return "ComplexType";
    case TypeKind::kNumber: return "NumberType";
    case TypeKind::kNone: return "NoneType";
    case TypeKind::kStr: return "StringType";
    case TypeKind::kDevice: return "DeviceObjType";
    case TypeKind::kOptional: return "OptionalType";
    case TypeKind::kUnion: return "UnionType";
    case TypeKind::kList: return "ListType";
    case TypeKind::kDict: return "DictType";
    case TypeKind::kTuple: return "TupleType";
    case TypeKind::kFuture: return "FutureType";
    case TypeKind::kFunction: return "FunctionType";
    case TypeKind::kClass: return "ClassType";
    case TypeKind::kInterface: return "InterfaceType";
    case TypeKind::kEnum: return "EnumType";
    case TypeKind::kGenerator: return "GeneratorType";
    default: return "Type";
  }
}

void bind_graphs(nb::module_& m) {
  nb::class_<ValueHandle>(m, "Value", "A value of a graph.")
      .def("debugName", [](const ValueHandle& v) {
        const auto& info = v.graph->value(v.id);
        return info.name.empty() ? std::to_string(info.number) : info.name;
      })
      .def("type", [](const ValueHandle& v) -> nb::object {
        nb::object own = nb::cast(TypeHandle{v.graph->type(v.id)});
        if (!torch_if_loaded()) return own;
        nb::object of_torch = nb::module_::import_("facula._script.torch_types").attr("to_torch")(own);
        return of_torch.is_none() ? own : of_torch;
      }, "The type; torch's own type object where torch is loaded and has an equal one.")
      .def("node", [](const ValueHandle& v) -> std::optional<NodeHandle> {
        const auto producer = v.graph->value(v.id).producer;
        if (!producer) return std::nullopt;
        return NodeHandle{v.graph, producer};
      })
      .def("uses", [](const ValueHandle& v) { return v.graph->uses(v.id).size(); })
      .def("toIValue", [](const ValueHandle& v) {
        const Value* c = v.graph->constant(v.id);
        return c ? to_python(*c) : nb::none();
      })
      .def("__str__", [](const ValueHandle& v) {
        const auto& info = v.graph->value(v.id);
        return (info.name.empty() ? std::to_string(info.number) : info.name) + " : " + v.graph->type(v.id)->str();
      });
  nb::class_<NodeHandle>(m, "Node", "An operation of a graph.")
      .def("kind", [](const NodeHandle& n) { return std::string(n.node().kind.str()); })
      .def("inputs", [](const NodeHandle& n) { return values(n.graph, n.node().inputs); })
      .def("outputs", [](const NodeHandle& n) { return values(n.graph, n.node().outputs); })
      .def("inputsSize", [](const NodeHandle& n) { return n.node().inputs.size(); })
      .def("outputsSize", [](const NodeHandle& n) { return n.node().outputs.size(); })
      .def("output", [](const NodeHandle& n) {
        if (n.node().outputs.size() != 1) throw nb::value_error("the node does not have exactly one output");
        return ValueHandle{n.graph, n.node().outputs[0]};
      })
      .def("blocks", [](const NodeHandle& n) {
        std::vector<BlockHandle> out;
        for (const auto b : n.node().blocks) out.push_back({n.graph, b});
        return out;
      })
      .def("attributeNames", [](const NodeHandle& n) {
        std::vector<std::string> out;
        for (const auto& a : n.node().attrs) out.emplace_back(a.first.str());
        return out;
      })
      .def("hasAttribute", [](const NodeHandle& n, std::string_view name) { return n.node().attr(Symbol(name)) != nullptr; })
      .def("attribute", [](const NodeHandle& n, std::string_view name) {
        const ir::Attr* a = n.node().attr(Symbol(name));
        if (!a) throw nb::key_error(std::string(name).c_str());
        return attribute(*a);
      })
      .def("sourceRange", [](const NodeHandle& n) { return highlight(n.node().range); })
      .def("__str__", [](const NodeHandle& n) { return ir::print_node(*n.graph, n.id); })
      .def("__repr__", [](const NodeHandle& n) { return ir::print_node(*n.graph, n.id); });
  for (const char* letter : {"s", "i", "f", "t", "ival", "g", "ss"})
    m.attr("Node").attr(letter) = m.attr("Node").attr("attribute");
  nb::class_<BlockHandle>(m, "Block", "A block of a graph: the body of a branch or a loop.")
      .def("nodes", [](const BlockHandle& b) { return nodes(b.graph, b.id); })
      .def("inputs", [](const BlockHandle& b) { return values(b.graph, b.graph->block(b.id).params); })
      .def("outputs", [](const BlockHandle& b) { return values(b.graph, b.graph->block(b.id).returns); })
      .def("findNode", [](const BlockHandle& b, std::string_view kind, bool recurse) -> std::optional<NodeHandle> {
        auto found = find_all(b.graph, b.id, kind, recurse);
        if (found.empty()) return std::nullopt;
        return found[0];
      }, nb::arg("kind"), nb::arg("recurse") = true)
      .def("findAllNodes", [](const BlockHandle& b, std::string_view kind, bool recurse) {
        return find_all(b.graph, b.id, kind, recurse);
      }, nb::arg("kind"), nb::arg("recurse") = true);
  nb::class_<GraphHandle>(m, "Graph", nb::is_weak_referenceable(), "A compiled program; str() prints it as PyTorch does.")
      .def("__bool__", [](const GraphHandle&) { return true; })
      .def("nodes", [](const GraphHandle& g) { return nodes(g.graph, g.graph->top()); })
      .def("inputs", [](const GraphHandle& g) { return values(g.graph, g.graph->inputs()); })
      .def("outputs", [](const GraphHandle& g) { return values(g.graph, g.graph->outputs()); })
      .def("findNode", [](const GraphHandle& g, std::string_view kind, bool recurse) -> std::optional<NodeHandle> {
        auto found = find_all(g.graph, g.graph->top(), kind, recurse);
        if (found.empty()) return std::nullopt;
        return found[0];
      }, nb::arg("kind"), nb::arg("recurse") = true)
      .def("findAllNodes", [](const GraphHandle& g, std::string_view kind, bool recurse) {
        return find_all(g.graph, g.graph->top(), kind, recurse);
      }, nb::arg("kind"), nb::arg("recurse") = true)
      .def("copy", [](const GraphHandle& g) { return GraphHandle{std::shared_ptr<const ir::Graph>(g.graph->clone())}; })
      .def("str", [](const GraphHandle& g, bool ranges) { return ir::print(*g.graph, ranges); }, nb::arg("print_source_ranges") = true)
      .def("__str__", [](const GraphHandle& g) { return ir::print(*g.graph, true); })
      .def("__repr__", [](const GraphHandle& g) { return ir::print(*g.graph, true); });
}

}  // namespace fac::python
