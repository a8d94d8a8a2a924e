// Nodes as statements.
#include <limits>

#include "frontend/unparse/writer.h"
#include "ops/table.h"

namespace fac::script {
namespace {

const Symbol kFork{"prim::fork"}, kAwaitable{"prim::awaitable"}, kEnter{"prim::Enter"}, kExit{"prim::Exit"},
    kContainerIndex{"prim::ModuleContainerIndex"}, kClosure{"prim::Closure"}, kSubgraph{"Subgraph"};

std::span<const ValueId> rest(const std::vector<ValueId>& v, std::size_t from) {
  return std::span<const ValueId>(v).subspan(from);
}

// The format version that gave the operator its present meaning. An archive with it must not be read by an older
// PyTorch, which would compute something else.   source: torch._C._get_operator_version_map() of PyTorch 2.13
int version_of(std::string_view op) {
  static const std::unordered_map<std::string_view, int> kVersions = {
      {"aten::div.Tensor", 4}, {"aten::div.Tensor_mode", 4}, {"aten::div.Scalar", 4}, {"aten::div.Scalar_mode", 4},
      {"aten::div.out", 4}, {"aten::div.out_mode", 4}, {"aten::div_.Tensor", 4}, {"aten::div_.Tensor_mode", 4},
      {"aten::div_.Scalar", 4}, {"aten::div_.Scalar_mode", 4}, {"aten::full", 5}, {"aten::full.out", 5},
      {"aten::linspace", 8}, {"aten::linspace.out", 8}, {"aten::logspace", 9}, {"aten::logspace.out", 9},
      {"aten::gelu", 10}, {"aten::gelu.out", 10}};
  const auto found = kVersions.find(op);
  return found == kVersions.end() ? 0 : found->second;
}

}  // namespace

Status ProgramPrinter::Impl::body(BlockId b) {
  std::vector<NodeId> constants;
  constants_of(b, constants);
  at_->inlined = find_inlined(g(), b);
  ++level_;
  for (const NodeId n : constants) {
    const Range outer = std::exchange(here_, original(g().node(n).range));
    note_types(n);
    Status done = plain(n);
    here_ = outer;
    if (!done.ok()) return done;
  }
  const auto& returns = g().block(b).returns;
  FACULA_TRY_VOID(block(b, !returns.empty()));
  for (const ValueId v : returns) dependencies_.add_all(g().type(v));
  if (!returns.empty()) {
    const Range outer = std::exchange(here_, Range{});
    indent();
    put("return ");
    put_uses(returns);
    put("\n");
    here_ = outer;
  }
  --level_;
  return {};
}

// Constants come first in a function, in the order of their uses; short ones are written where they are used.
void ProgramPrinter::Impl::constants_of(std::span<const ValueId> vs, std::vector<NodeId>& out) {
  for (const ValueId v : vs) {
    const NodeId n = g().value(v).producer;
    if (!n || g().node(n).kind != ir::sym::Constant || at_->seen_constants[n.index]) continue;
    at_->seen_constants[n.index] = true;
    out.push_back(n);
  }
}

void ProgramPrinter::Impl::constants_of(BlockId b, std::vector<NodeId>& out) {
  g().for_each(b, [&](NodeId n) {
    constants_of(g().node(n).inputs, out);
    for (const BlockId inner : g().node(n).blocks) constants_of(inner, out);
  });
  constants_of(g().block(b).returns, out);
}

Status ProgramPrinter::Impl::block(BlockId b, bool more_follows) {
  if (!more_follows && !g().block(b).first) {
    indent();
    put("pass\n");
  }
  for (NodeId n = g().block(b).first; n; n = g().node(n).next) FACULA_TRY_VOID(node(n));
  return {};
}

void ProgramPrinter::Impl::note_types(NodeId n) {
  const ir::Node& at = g().node(n);
  for (const ValueId v : at.inputs) dependencies_.add_all(g().type(v));
  for (const ValueId v : at.outputs) dependencies_.add_all(g().type(v));
  for (const auto& [name, attr] : at.attrs) {
    if (const auto* t = std::get_if<TypePtr>(&attr)) dependencies_.add_all(*t);
    if (const auto* ts = std::get_if<std::vector<TypePtr>>(&attr))
      for (const auto& t : *ts) dependencies_.add_all(t);
  }
}

void ProgramPrinter::Impl::note_version(const ir::Node& n) {
  if (!n.op) return;
  std::string name(n.op->name());
  if (!n.op->overload().empty()) name.append(".").append(n.op->overload());
  version_ = std::max(version_, version_of(name));
}

Status ProgramPrinter::Impl::node(NodeId n) {
  const ir::Node& at = g().node(n);
  const Range outer = std::exchange(here_, original(at.range));
  note_types(n);
  note_version(at);
  Status done = [&]() -> Status {
    if (at.kind == ir::sym::Constant) return {};
    if (at.kind == ir::sym::If) return branch(n);
    if (at.kind == ir::sym::Loop) return loop(n);
    if (at.kind == kFork || at.kind == kAwaitable) return fork(n);
    if (at.kind == kEnter) return enter(n);
    if (at.kind == kExit) return leave(n), Status();
    if (at.kind == kContainerIndex) return container_index(n), Status();
    if (at.kind == kClosure) return error(ErrorKind::kCompile, "closures are not exportable");
    if (at.kind == ir::sym::TupleUnpack || at.kind == ir::sym::ListUnpack) {
      // `a, b, = x`: the comma asks for an unpacking even where there is one name only.
      name_values(at.outputs);
      indent();
      if (!at.outputs.empty()) {
        put_uses(at.outputs);
        put(", = ");
      }
      put(*use(at.inputs[0]));
      put("\n");
      return {};
    }
    if (at.kind == ir::sym::SetAttr) {
      indent();
      put(*use(at.inputs[0]));
      put(".");
      put(g().attr_string(n, ir::sym::name).value_or(""));
      put(" = ");
      put(*use(at.inputs[1]));
      put("\n");
      return {};
    }
    return plain(n);
  }();
  here_ = outer;
  return done;
}

Status ProgramPrinter::Impl::plain(NodeId n) {
  const auto text = std::make_shared<MarkedText>();
  FACULA_TRY_VOID(expression(*text, n));
  const bool constant = g().node(n).kind == ir::sym::Constant;
  if (!at_->inlined[n.index] || (constant && is_long(text->text()))) {
    define_outputs(n, *text);
    return {};
  }
  const ValueId out = g().node(n).outputs[0];
  at_->expressions[out.index] = text;
  if (is_long(text->text())) split(out);
  return {};
}

void ProgramPrinter::Impl::define_outputs(NodeId n, const MarkedText& expression) {
  name_values(g().node(n).outputs);
  indent();
  if (!g().node(n).outputs.empty()) {
    put_uses(g().node(n).outputs);
    put(" = ");
  }
  put(expression);
  put("\n");
}

void ProgramPrinter::Impl::assignment(std::span<const ValueId> to, std::span<const ValueId> from) {
  if (to.empty()) return;
  indent();
  put_uses(to);
  // A reader would take the type of the first value assigned. Python has no annotation for several targets.
  const TypeKind kind = g().type(to[0])->kind();
  if (to.size() == 1 && (kind == TypeKind::kUnion || kind == TypeKind::kOptional) && !at_->expressions[to[0].index] &&
      !at_->annotated[to[0].index]) {
    put(" : " + type_text(g().type(to[0])));
    at_->annotated[to[0].index] = true;
  }
  put(" = ");
  put_uses(from);
  put("\n");
}

// A line has grown long: the operands of the expression under way get variables, those before it included, since they
// are evaluated first.
void ProgramPrinter::Impl::split(ValueId v) {
  const ir::Use& u = g().uses(v)[0];
  std::vector<ValueId> backwards;
  scan_split(u, u.operand, backwards);
  for (std::size_t i = backwards.size(); i-- > 0;) {
    const auto text = use(backwards[i]);  // before its name is known
    define_outputs(g().value(backwards[i]).producer, *text);
  }
}

void ProgramPrinter::Impl::scan_split(ir::Use u, std::int64_t operand, std::vector<ValueId>& out) {
  while (true) {
    std::int64_t& done = u.user ? at_->split_up_to[u.user.index] : at_->split_returns_up_to[u.block.index];
    const bool seen = done >= 0;
    const auto& operands = u.user ? g().node(u.user).inputs : g().block(u.block).returns;
    for (std::int64_t i = operand; i >= (seen ? done + 1 : 0); --i) {
      const ValueId v = operands[static_cast<std::size_t>(i)];
      const NodeId n = g().value(v).producer;
      if (n && g().node(n).kind != ir::sym::Constant && at_->inlined[n.index]) out.push_back(v);
    }
    done = operand;
    if (seen || !u.user || !at_->inlined[u.user.index]) return;
    u = g().uses(g().node(u.user).outputs[0])[0];
    operand = static_cast<std::int64_t>(u.operand) - 1;  // the operand itself is still being written
  }
}

Status ProgramPrinter::Impl::branch(NodeId n) {
  const ir::Node& at = g().node(n);
  name_values(at.outputs);
  indent();
  put("if ");
  put(*use(at.inputs[0]));
  put(":\n");
  for (const BlockId b : at.blocks) {
    if (b == at.blocks[1]) {
      indent();
      put("else:\n");
    }
    ++level_;
    FACULA_TRY_VOID(block(b, !at.outputs.empty()));
    assignment(at.outputs, g().block(b).returns);
    --level_;
  }
  return {};
}

// Carried values are the loop's outputs, assigned before it and at the end of each turn.
Status ProgramPrinter::Impl::loop(NodeId n) {
  const ir::Node& at = g().node(n);
  const ir::Block& inner = g().block(at.blocks[0]);
  const ValueId limit = at.inputs[0], index = inner.params[0];
  const Value* most = g().constant(limit);
  const Value* first = g().constant(at.inputs[1]);
  const Value* again = g().constant(inner.returns[0]);
  const bool counts = !most || !most->is_int() || most->i() != std::numeric_limits<std::int64_t>::max() || !g().uses(index).empty();
  const bool always = first && first->is_bool() && first->b() && again && again->is_bool() && again->b();
  if (counts && !always)  // canonical_loops() has rewritten those
    return error(ErrorKind::kInternal, "a loop with both a limit and a condition cannot be printed");

  name_values(at.outputs);
  for (std::size_t i = 0; i < at.outputs.size(); ++i) at_->expressions[inner.params[i + 1].index] = use(at.outputs[i]);
  for (std::size_t i = 0; i < at.outputs.size(); ++i) {
    const ValueId to = at.outputs[i], from = at.inputs[i + 2];
    indent();
    put(*use(to));
    if (!same(g().type(to), g().type(from))) put(": " + type_text(g().type(to)));
    put(" = ");
    put(*use(from));
    put("\n");
  }
  name_values(std::span(&index, 1));
  if (counts) {
    indent();
    put("for ");
    put(*use(index));
    put(" in range(");
    put(*use(limit));
    put("):\n");
  } else {
    // The index is not used: its name serves for the condition.
    assignment(std::span(&index, 1), std::span(&at.inputs[1], 1));
    indent();
    put("while ");
    put(*use(index));
    put(":\n");
  }
  ++level_;
  const std::size_t skip = counts ? 1 : 0;
  const std::vector<ValueId> params = inner.params, returns = inner.returns;
  FACULA_TRY_VOID(block(at.blocks[0], params.size() > skip));
  assignment(rest(params, skip), rest(returns, skip));
  --level_;
  return {};
}

// The nested graph becomes a function without arguments that reads the variables around it.
Status ProgramPrinter::Impl::fork(NodeId n) {
  const ir::Node& at = g().node(n);
  const bool lazy = at.kind == kAwaitable;
  const std::string name = fresh_name(lazy ? "__awaitable_function" : "__forked_function");
  const ir::Attr* attr = at.attr(kSubgraph);
  const auto* graph = attr ? std::get_if<std::shared_ptr<ir::Graph>>(attr) : nullptr;
  if (!graph) return error(ErrorKind::kInternal, "a fork without its function cannot be printed");
  indent();
  put("def " + name + "():\n");
  GraphNames inner(**graph, at_);
  for (std::size_t i = 0; i < at.inputs.size() && i < inner.g.inputs().size(); ++i)
    inner.expressions[inner.g.inputs()[i].index] = use(at.inputs[i]);
  GraphNames* outer = std::exchange(at_, &inner);
  Status done = body((*graph)->top());
  at_ = outer;
  FACULA_TRY_VOID(std::move(done));
  MarkedText text;
  text.add((lazy ? "awaitable(" : "fork(") + name + ")", here_);
  define_outputs(n, text);
  return {};
}

Status ProgramPrinter::Impl::enter(NodeId n) {
  const ir::Node& at = g().node(n);
  indent();
  put("with ");
  put(*use(at.inputs[0]));
  if (!at.outputs.empty() && !g().uses(at.outputs[0]).empty()) {
    name_values(at.outputs);
    put(" as ");
    put(*use(at.outputs[0]));
  }
  put(":\n");
  ++level_;
  return {};
}

void ProgramPrinter::Impl::leave(NodeId n) {
  const NodeId before = g().node(n).prev;
  if (before && g().node(before).kind == kEnter) {
    indent();
    put("pass\n");
  }
  --level_;
}

void ProgramPrinter::Impl::container_index(NodeId n) {
  const ir::Node& at = g().node(n);
  name_values(at.outputs);
  indent();
  put(*use(at.outputs[0]));
  put(" : " + type_text(g().type(at.outputs[0])) + " = ");
  put(*use(at.inputs[0]));
  put("[");
  put(*use(at.inputs[1]));
  put("]\n");
}

}  // namespace fac::script
