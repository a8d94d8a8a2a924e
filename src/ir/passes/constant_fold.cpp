// constant_fold — computes nodes whose inputs are constants; takes branches and loops apart whose condition is known;
// answers questions about types (isinstance, is None); looks through construction and taking apart of tuples and lists.
//   Needs: verified graph.  Keeps: order of effects; errors (a node that fails stays, and fails when it is executed).
//   Never folded: results that somebody may write or keep, results above kMostBytes.
//   Cost: O(nodes) and the folded computations.
#include <algorithm>
#include <array>
#include <cstring>

#include "ir/alias.h"
#include "ir/passes.h"
#include "ir/passes/fold_recorder.h"
#include "ir/passes/support.h"
#include "ir/symbols.h"

namespace fac::ir {
namespace {

constexpr std::int64_t kMostBytes = 1 << 20;  // larger tensors would make programs grow in memory

class Folder {
 public:
  explicit Folder(Graph& g) : g_(g), alias_(g) {}

  bool run() {
    block(g_.top());
    return changed_;
  }

 private:
  using Values = std::vector<Value>;

  void block(BlockId b) {
    for (NodeId n = g_.block(b).first; n;) n = node(n);
  }

  // Gives the node to go on with.
  NodeId node(NodeId n) {
    const NodeId before = g_.node(n).prev;
    const NodeId after = g_.node(n).next;
    const BlockId parent = g_.node(n).parent;
    const Symbol kind = g_.node(n).kind;
    bool changed = false;
    if (kind == sym::Constant) return after;
    if (kind == sym::If) changed = branch(n);
    else if (kind == sym::Loop) changed = loop(n);
    else changed = cast(n) || question(n) || taken_apart(n) || construction(n) || computed(n);
    if (changed) {
      changed_ = true;
      // A spliced branch is looked at in its turn.
      return before ? g_.node(before).next : g_.block(parent).first;
    }
    const auto blocks = g_.node(n).blocks;
    for (BlockId b : blocks) block(b);
    return g_.node(n).next;
  }

  void become(NodeId n, Value v) {
    const ValueId out = g_.node(n).outputs[0];
    replace_node(g_, n, constant_before(g_, n, std::move(v), g_.type(out)));
  }

  // --- control flow

  bool branch(NodeId n) {
    const ValueId condition = g_.node(n).inputs[0];
    if (const auto known = constant_bool(g_, condition)) {
      const BlockId taken = g_.node(n).blocks[*known ? 0 : 1];
      const auto returns = g_.block(taken).returns;
      splice_before(g_, n, taken);
      for (std::size_t i = 0; i < returns.size(); ++i) g_.replace_uses(g_.node(n).outputs[i], returns[i]);
      g_.erase(n);
      return true;
    }
    bool changed = false;
    const Node at = g_.node(n);
    for (std::size_t i = 0; i < at.outputs.size(); ++i) {
      if (g_.uses(at.outputs[i]).empty()) continue;
      const ValueId yes = g_.block(at.blocks[0]).returns[i], no = g_.block(at.blocks[1]).returns[i];
      ValueId same;
      if (yes == no) {
        same = yes;
      } else if (const Value *a = g_.constant(yes), *b = g_.constant(no); a && b) {
        if (a->is_bool() && b->is_bool() && a->b() && !b->b()) same = condition;
        else if (equal_scalars(*a, *b)) same = constant_before(g_, n, *a, g_.type(at.outputs[i]));
      }
      if (!same) continue;
      g_.replace_uses(at.outputs[i], same);
      changed = true;
    }
    return changed;
  }

  static bool equal_scalars(const Value& a, const Value& b) {
    if (a.tag() != b.tag()) return false;
    switch (a.tag()) {
      case Tag::kNone: return true;
      case Tag::kBool:
      case Tag::kInt: return a.i() == b.i();
      case Tag::kFloat: return std::memcmp(std::array{a.d()}.data(), std::array{b.d()}.data(), sizeof(double)) == 0;
      case Tag::kStr: return a.str() == b.str();
      default: return false;
    }
  }

  bool loop(NodeId n) {
    const Node at = g_.node(n);
    const auto trips = constant_int(g_, at.inputs[0]);
    const auto enters = constant_bool(g_, at.inputs[1]);
    if ((trips && *trips <= 0) || (enters && !*enters)) {
      for (std::size_t i = 0; i < at.outputs.size(); ++i) g_.replace_uses(at.outputs[i], at.inputs[i + 2]);
      g_.erase(n);
      return true;
    }
    // Carried but never changed.
    bool changed = false;
    const Block body = g_.block(at.blocks[0]);
    for (std::size_t i = 0; i < at.outputs.size(); ++i) {
      const ValueId carried = body.params[i + 1], next = body.returns[i + 1];
      if (next != carried && next != at.inputs[i + 2]) continue;
      const bool read = g_.uses(carried).size() > (next == carried ? 1u : 0u) || !g_.uses(at.outputs[i]).empty();
      if (!read) continue;
      g_.replace_uses(at.outputs[i], at.inputs[i + 2]);
      g_.replace_uses(carried, at.inputs[i + 2]);
      changed = true;
    }
    return changed;
  }

  // --- types

  bool cast(NodeId n) {
    const Node& at = g_.node(n);
    const bool unwraps = at.kind.str() == "aten::_unwrap_optional" || at.kind == sym::unchecked_unwrap_optional;
    if (at.kind != sym::unchecked_cast && !unwraps) return false;
    const TypePtr& from = g_.type(at.inputs[0]);
    if (unwraps ? may_be_none(from) : !is_subtype(from, g_.type(at.outputs[0]))) return false;
    replace_node(g_, n, at.inputs[0]);
    return true;
  }

  bool question(NodeId n) {
    const Node& at = g_.node(n);
    const std::string_view name = at.kind.str();
    if (name == "aten::__is__" || name == "aten::__isnot__") {
      const TypePtr &a = g_.type(at.inputs[0]), &b = g_.type(at.inputs[1]);
      const bool a_none = a->kind() == TypeKind::kNone, b_none = b->kind() == TypeKind::kNone;
      std::optional<bool> is;
      if (a_none && b_none) is = true;
      else if ((a_none && !may_be_none(b)) || (b_none && !may_be_none(a))) is = false;
      if (!is) return false;
      become(n, *is == (name == "aten::__is__"));
      return true;
    }
    if (at.kind == sym::isinstance) {
      const Attr* attr = at.attr(Symbol("types"));
      const auto* asked = attr ? std::get_if<std::vector<TypePtr>>(attr) : nullptr;
      if (!asked) return false;
      const auto known = is_instance(g_.type(at.inputs[0]), *asked);
      if (!known) return false;
      become(n, *known);
      return true;
    }
    return false;
  }

  static std::optional<bool> is_instance(const TypePtr& t, const std::vector<TypePtr>& asked) {
    if (t->kind() == TypeKind::kOptional || t->kind() == TypeKind::kUnion) {
      const TypePtr none = types::none();
      std::vector<TypePtr> members(t->elements().begin(), t->elements().end());
      if (t->kind() == TypeKind::kOptional) members.push_back(none);
      const auto first = is_instance(members[0], asked);
      for (const auto& m : members)
        if (is_instance(m, asked) != first) return std::nullopt;
      return first;
    }
    if (std::any_of(asked.begin(), asked.end(), [&](const TypePtr& a) { return is_subtype(t, a); })) return true;
    switch (t->kind()) {
      case TypeKind::kAny:
      case TypeKind::kNumber:
      case TypeKind::kInterface:
      case TypeKind::kAnyClass:
      case TypeKind::kAnyEnum:
      case TypeKind::kAnyList:
      case TypeKind::kAnyTuple:
      case TypeKind::kTuple:
      case TypeKind::kVar: return std::nullopt;
      default: break;
    }
    if (std::any_of(asked.begin(), asked.end(), [&](const TypePtr& a) { return is_subtype(a, t); })) return std::nullopt;
    return false;
  }

  // --- tuples, lists, dicts

  // The constructing node, where the container still holds what it was made of.
  NodeId unchanged(ValueId container, Symbol kind) const {
    const NodeId made = producer_of_kind(g_, container, kind);
    if (!made) return {};
    return !alias_.container_may_be_written(container) || is_private_and_unwritten(g_, container) ? made : NodeId{};
  }

  bool taken_apart(NodeId n) {
    const Node at = g_.node(n);
    const std::string_view name = at.kind.str();
    if (at.inputs.empty()) return false;
    const ValueId from = at.inputs[0];
    const Value* constant = g_.constant(from);

    if (at.kind == sym::TupleUnpack || at.kind == sym::ListUnpack) {
      const bool tuple = at.kind == sym::TupleUnpack;
      if (tuple && constant && constant->is_tuple()) {
        const Values parts = constant->tuple().values;
        if (parts.size() != at.outputs.size() || alias_.may_be_written(from)) return false;
        for (std::size_t i = 0; i < parts.size(); ++i)
          g_.replace_uses(at.outputs[i], constant_before(g_, n, parts[i], g_.type(at.outputs[i])));
        g_.erase(n);
        return true;
      }
      const NodeId made = tuple ? producer_of_kind(g_, from, sym::TupleConstruct) : unchanged(from, sym::ListConstruct);
      if (!made || g_.node(made).inputs.size() != at.outputs.size()) return false;
      const auto parts = g_.node(made).inputs;
      for (std::size_t i = 0; i < parts.size(); ++i) g_.replace_uses(at.outputs[i], parts[i]);
      g_.erase(n);
      return true;
    }
    if (at.kind == sym::TupleIndex || name == "aten::__getitem__") {
      std::optional<std::int64_t> index;
      if (at.inputs.size() == 2) index = constant_int(g_, at.inputs[1]);
      NodeId made = producer_of_kind(g_, from, sym::TupleConstruct);
      if (!made) made = unchanged(from, sym::ListConstruct);
      if (made && index) {
        const auto& parts = g_.node(made).inputs;
        const auto size = static_cast<std::int64_t>(parts.size());
        const std::int64_t i = *index < 0 ? *index + size : *index;
        if (i < 0 || i >= size) return false;
        replace_node(g_, n, parts[static_cast<std::size_t>(i)]);
        return true;
      }
      if (at.kind == sym::TupleIndex && constant && constant->is_tuple() && index) {
        const Values& parts = constant->tuple().values;
        const auto size = static_cast<std::int64_t>(parts.size());
        const std::int64_t i = *index < 0 ? *index + size : *index;
        if (i < 0 || i >= size) return false;
        become(n, Value(parts[static_cast<std::size_t>(i)]));
        return true;
      }
      return name == "aten::__getitem__" && looked_up(n);
    }
    if (at.kind == sym::TupleSlice) return sliced(n);
    if (name == "aten::len") {
      const NodeId made = unchanged(from, sym::ListConstruct);
      if (!made) return false;
      become(n, static_cast<std::int64_t>(g_.node(made).inputs.size()));
      return true;
    }
    return false;
  }

  // d["k"] of a dictionary display whose keys are all constants.
  bool looked_up(NodeId n) {
    const Node at = g_.node(n);
    const NodeId made = unchanged(at.inputs[0], sym::DictConstruct);
    const Value* key = made && at.inputs.size() == 2 ? g_.constant(at.inputs[1]) : nullptr;
    if (!key) return false;
    const auto& entries = g_.node(made).inputs;
    ValueId found;
    for (std::size_t i = 0; i + 1 < entries.size(); i += 2) {
      const Value* k = g_.constant(entries[i]);
      if (!k || k->tag() != key->tag() || k->is_float()) return false;
      if (equal_scalars(*k, *key)) found = entries[i + 1];
    }
    if (!found) return false;
    replace_node(g_, n, found);
    return true;
  }

  bool sliced(NodeId n) {
    const Node at = g_.node(n);
    const NodeId made = producer_of_kind(g_, at.inputs[0], sym::TupleConstruct);
    const Attr *begin = at.attr(Symbol("beg")), *end = at.attr(Symbol("end"));
    const Value* b = begin ? std::get_if<Value>(begin) : nullptr;
    const Value* e = end ? std::get_if<Value>(end) : nullptr;
    if (!made || !b || !e || !b->is_int() || !e->is_int()) return false;
    const auto parts = g_.node(made).inputs;
    if (b->i() < 0 || b->i() > e->i() || e->i() > static_cast<std::int64_t>(parts.size())) return false;
    const NodeId slice = g_.create(sym::TupleConstruct, std::vector(parts.begin() + b->i(), parts.begin() + e->i()), at.range);
    g_.node(slice).scope = at.scope;
    g_.insert_before(n, slice);
    replace_node(g_, n, g_.add_output(slice, g_.type(at.outputs[0])));
    return true;
  }

  bool construction(NodeId n) {
    const Node& at = g_.node(n);
    const bool list = at.kind == sym::ListConstruct, tuple = at.kind == sym::TupleConstruct;
    if (!list && !tuple) return false;
    const TypePtr& type = g_.type(at.outputs[0]);
    Values parts;
    for (ValueId v : at.inputs) {
      const Value* c = g_.constant(v);
      if (!c || !can_be_constant(*c)) return false;
      if (AliasInfo::is_mutable(g_.type(v)) && (list || alias_.may_be_written(v))) return false;
      parts.push_back(*c);
    }
    if (list) {
      if (!is_private_and_unwritten(g_, at.outputs[0])) return false;
      become(n, Value(make_ref<ListBox>(type->element(), std::move(parts))));
    } else {
      const TupleType* t = as_tuple(type);
      become(n, Value(make_ref<TupleBox>(std::move(parts), t && !t->fields().empty() ? type : nullptr)));
    }
    return true;
  }

  // --- operators

  bool computed(NodeId n) {
    const Node& at = g_.node(n);
    if (!at.op || at.inputs.empty() || at.outputs.empty() || !at.blocks.empty() || g_.has_effect(n)) return false;
    Values args, results(at.outputs.size());
    for (ValueId v : at.inputs) {
      const Value* c = g_.constant(v);
      if (!c || alias_.may_be_written(v)) return false;
      args.push_back(*c);
    }
    if (at.op->schema().is_vararg || at.op->schema().is_varret) {
      if (at.op->schema().returns.size() != at.outputs.size()) return false;
    }
    const Values inputs = args;
    if (!at.op->call(args, results).ok()) return false;
    for (std::size_t i = 0; i < results.size(); ++i) {
      if (!can_be_constant(results[i])) return false;
      if (!AliasInfo::is_mutable(g_.type(at.outputs[i]))) continue;
      if (is_private_and_unwritten(g_, at.outputs[i])) {
        if (bytes_of(results[i]) > kMostBytes && !shares_storage(results[i], inputs)) return false;
      } else if (!shares_storage(results[i], inputs) || alias_.may_be_written(at.outputs[i])) {
        return false;
      }
    }
    note_folded(inputs, results);
    const auto outputs = at.outputs;
    for (std::size_t i = 0; i < results.size(); ++i)
      g_.replace_uses(outputs[i], constant_before(g_, n, std::move(results[i]), g_.type(outputs[i])));
    g_.erase(n);
    return true;
  }

  static std::int64_t bytes_of(const Value& v) {
    if (v.is_tensor()) return v.tensor().numel() * static_cast<std::int64_t>(v.tensor().element_bytes());
    if (!v.is_list()) return 0;
    std::int64_t sum = static_cast<std::int64_t>(v.list().size()) * 8;
    if (!v.list().is_ints() && !v.list().is_floats() && !v.list().is_bools())
      for (const Value& e : v.list().values()) sum += bytes_of(e);
    return sum;
  }

  // Views read the constant's own bytes; whatever else was computed is a copy that a write makes stale.
  static void note_folded(const Values& inputs, const Values& results) {
    if (std::all_of(results.begin(), results.end(), [&](const Value& r) { return shares_storage(r, inputs); })) return;
    for (const Value& in : inputs)
      if (in.is_tensor()) FoldRecorder::note(in.tensor());
  }

  // A view of a constant is as good as the constant itself.
  static bool shares_storage(const Value& v, const Values& inputs) {
    return v.is_tensor() && std::any_of(inputs.begin(), inputs.end(), [&](const Value& in) {
             return in.is_tensor() && in.tensor().storage() == v.tensor().storage();
           });
  }

  Graph& g_;
  AliasInfo alias_;
  bool changed_ = false;
};

}  // namespace

bool constant_fold(Graph& g) { return Folder(g).run(); }

}  // namespace fac::ir
