// Longer than most files: one lowering, a function for each kind of node.
#include <algorithm>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "exec/plan/lean.h"
#include "exec/plan/plan.h"
#include "exec/vm/code.h"
#include "exec/vm/registers.h"
#include "exec/vm/run.h"
#include "exec/vm/unset.h"
#include "ir/implicit_calls.h"
#include "ir/passes/support.h"
#include "ir/symbols.h"
#include "ir/tasks.h"
#include "ops/tiny_element.h"

namespace fac::vm {
namespace {

using ir::BlockId;
using ir::NodeId;
using ir::ValueId;

enum class Swap : bool { kNo, kYes };
struct Direct {
  std::string_view op;  // "aten::add.int"
  Opcode code;
  std::string_view operands;
  Swap swap = Swap::kNo;  // a > b is lowered as b < a
};

// Operators with an instruction of their own. `operands` is what the instruction reads: i int, b bool, f float, l list,
// d dict, s str, * anything; an int where it reads a float is converted first.
constexpr Direct kDirect[] = {
    {"aten::add.int", Opcode::k_add_int, "ii"}, {"aten::sub.int", Opcode::k_sub_int, "ii"},
    {"aten::mul.int", Opcode::k_mul_int, "ii"}, {"aten::floordiv.int", Opcode::k_floordiv_int, "ii"},
    {"aten::remainder.int", Opcode::k_mod_int, "ii"}, {"aten::neg.int", Opcode::k_neg_int, "i"},
    {"aten::__and__.int", Opcode::k_and_int, "ii"}, {"aten::__or__.int", Opcode::k_or_int, "ii"},
    {"aten::__xor__.int", Opcode::k_xor_int, "ii"}, {"aten::lt.int", Opcode::k_lt_int, "ii"},
    {"aten::le.int", Opcode::k_le_int, "ii"}, {"aten::gt.int", Opcode::k_lt_int, "ii", Swap::kYes},
    {"aten::ge.int", Opcode::k_le_int, "ii", Swap::kYes}, {"aten::eq.int", Opcode::k_eq_int, "ii"},
    {"aten::ne.int", Opcode::k_ne_int, "ii"}, {"prim::min.int", Opcode::k_min_int, "ii"},
    {"prim::max.int", Opcode::k_max_int, "ii"},
    {"aten::add.float", Opcode::k_add_float, "ff"}, {"aten::add.int_float", Opcode::k_add_float, "ff"},
    {"aten::add.float_int", Opcode::k_add_float, "ff"}, {"aten::sub.float", Opcode::k_sub_float, "ff"},
    {"aten::sub.int_float", Opcode::k_sub_float, "ff"}, {"aten::sub.float_int", Opcode::k_sub_float, "ff"},
    {"aten::mul.float", Opcode::k_mul_float, "ff"}, {"aten::mul.int_float", Opcode::k_mul_float, "ff"},
    {"aten::mul.float_int", Opcode::k_mul_float, "ff"}, {"aten::div.float", Opcode::k_div_float, "ff"},
    {"aten::div.int", Opcode::k_div_float, "ff"}, {"aten::neg.float", Opcode::k_neg_float, "f"},
    {"aten::lt.float", Opcode::k_lt_float, "ff"}, {"aten::lt.int_float", Opcode::k_lt_float, "ff"},
    {"aten::lt.float_int", Opcode::k_lt_float, "ff"}, {"aten::le.float", Opcode::k_le_float, "ff"},
    {"aten::le.int_float", Opcode::k_le_float, "ff"}, {"aten::le.float_int", Opcode::k_le_float, "ff"},
    {"aten::gt.float", Opcode::k_lt_float, "ff", Swap::kYes}, {"aten::gt.int_float", Opcode::k_lt_float, "ff", Swap::kYes},
    {"aten::gt.float_int", Opcode::k_lt_float, "ff", Swap::kYes}, {"aten::ge.float", Opcode::k_le_float, "ff", Swap::kYes},
    {"aten::ge.int_float", Opcode::k_le_float, "ff", Swap::kYes}, {"aten::ge.float_int", Opcode::k_le_float, "ff", Swap::kYes},
    {"aten::eq.float", Opcode::k_eq_float, "ff"}, {"aten::eq.int_float", Opcode::k_eq_float, "ff"},
    {"aten::eq.float_int", Opcode::k_eq_float, "ff"}, {"aten::ne.float", Opcode::k_ne_float, "ff"},
    {"aten::ne.int_float", Opcode::k_ne_float, "ff"}, {"aten::ne.float_int", Opcode::k_ne_float, "ff"},
    {"aten::__not__", Opcode::k_not_bool, "b"}, {"aten::__and__.bool", Opcode::k_and_bool, "bb"},
    {"aten::__or__.bool", Opcode::k_or_bool, "bb"}, {"aten::__xor__.bool", Opcode::k_ne_bool, "bb"},
    {"aten::eq.bool", Opcode::k_eq_bool, "bb"}, {"aten::ne.bool", Opcode::k_ne_bool, "bb"},
    {"aten::Float.int", Opcode::k_int_to_float, "i"}, {"aten::Float.Scalar", Opcode::k_int_to_float, "i"},
    {"aten::Float.Scalar", Opcode::k_move, "f"}, {"aten::Int.float", Opcode::k_float_to_int, "f"},
    {"aten::Int.Scalar", Opcode::k_float_to_int, "f"}, {"aten::Int.Scalar", Opcode::k_move, "i"},
    {"aten::Bool.int", Opcode::k_int_to_bool, "i"}, {"aten::Int.bool", Opcode::k_bool_to_int, "b"},
    {"aten::len.Dict_str", Opcode::k_dict_len, "d"}, {"aten::len.Dict_int", Opcode::k_dict_len, "d"},
    {"aten::__contains__.str", Opcode::k_dict_contains, "ds"}, {"aten::__contains__.int", Opcode::k_dict_contains, "di"},
    {"aten::__contains__.float", Opcode::k_dict_contains, "df"},
    {"aten::__getitem__.Dict_str", Opcode::k_dict_get, "ds"}, {"aten::__getitem__.Dict_int", Opcode::k_dict_get, "di"},
    {"aten::__getitem__.Dict_float", Opcode::k_dict_get, "df"},
    {"aten::_set_item.str", Opcode::k_dict_set, "ds*"}, {"aten::_set_item.int", Opcode::k_dict_set, "di*"},
    {"aten::_set_item.float", Opcode::k_dict_set, "df*"},
    {"aten::len.str", Opcode::k_str_len, "s"}, {"aten::add.str", Opcode::k_str_add, "ss"},
};

bool reads(char operand, const TypePtr& t) {
  switch (operand) {
    case 'i': return register_kind(t) == RegisterKind::kInt;
    case 'b': return register_kind(t) == RegisterKind::kBool;
    case 'f': return t->kind() == TypeKind::kFloat || t->kind() == TypeKind::kInt;
    case 'd': return t->kind() == TypeKind::kDict;
    case 's': return t->kind() == TypeKind::kStr;
    default: return true;
  }
}

// The instruction trusts its operands' types, so they must be exactly what it names.
const Direct* find_direct(const ir::Graph& g, const ir::Node& node) {
  static const auto index = [] {
    std::unordered_multimap<std::string_view, const Direct*> m;
    for (const auto& d : kDirect) m.emplace(d.op, &d);
    return m;
  }();
  std::string key(node.kind.str());
  if (const auto overload = node.op->overload(); !overload.empty()) key.append(".").append(overload);
  const auto [first, last] = index.equal_range(key);
  for (auto it = first; it != last; ++it) {
    const Direct& d = *it->second;
    bool fits = d.operands.size() == node.inputs.size();
    for (std::size_t i = 0; fits && i < d.operands.size(); ++i) fits = reads(d.operands[i], g.type(node.inputs[i]));
    if (fits) return &d;
  }
  return nullptr;
}

// The instruction for list.__getitem__, _set_item and append by the list's element type.
struct ListOps {
  Opcode get, set, append;
  std::uint16_t shift;  // an element has 1 << shift bytes
};
ListOps list_ops(const TypePtr& list) {
  switch (list->element()->kind()) {
    case TypeKind::kFloat: return {Opcode::k_floats_get, Opcode::k_floats_set, Opcode::k_floats_append, 3};
    case TypeKind::kBool: return {Opcode::k_bools_get, Opcode::k_bools_set, Opcode::k_bools_append, 0};
    case TypeKind::kInt:
    case TypeKind::kDtype:
    case TypeKind::kLayout:
    case TypeKind::kMemoryFormat: return {Opcode::k_ints_get, Opcode::k_ints_set, Opcode::k_ints_append, 3};
    case TypeKind::kQScheme: return {Opcode::k_list_get, Opcode::k_list_set, Opcode::k_list_append, 3};
    default: return {Opcode::k_list_get, Opcode::k_list_set, Opcode::k_list_append, 4};
  }
}

// Runs a region operator by operator. Its code is made when it is first needed.
plan::Plan::Fallback region_fallback(std::shared_ptr<const ir::Graph> region, std::string name) {
  struct NoCalls final : CodeSource {
    Result<std::shared_ptr<const Code>> code(ir::Function&) override {
      return error(ErrorKind::kInternal, "a planned region calls no functions");
    }
  };
  struct Lazy {
    std::once_flag once;
    Status status;
    std::shared_ptr<const Code> code;
  };
  return [region = std::move(region), name = std::move(name), lazy = std::make_shared<Lazy>()](
             std::span<Value> args, std::span<Value> results) -> Status {
    std::call_once(lazy->once, [&] {
      // One result: the region's output, or several as a tuple.
      std::shared_ptr<ir::Graph> g = region->clone();
      if (const std::vector<ValueId> outputs(g->outputs().begin(), g->outputs().end()); outputs.size() != 1) {
        std::vector<TypePtr> types;
        for (auto v : outputs) types.push_back(g->type(v));
        const NodeId tuple = g->create(Symbol("prim::TupleConstruct"), outputs, {});
        const ValueId all = g->add_output(tuple, types::tuple(std::move(types)));
        g->append(g->top(), tuple);
        g->set_returns(g->top(), {all});
      }
      auto made = lower(std::move(g), name);
      if (made.ok()) lazy->code = std::move(*made);
      else lazy->status = made.take_error();
    });
    if (!lazy->code) return error(ErrorKind::kInternal, "{}", lazy->status.error().message);
    NoCalls none;
    RunContext context(none);
    FACULA_TRY(Value all, vm::run(*lazy->code, args, context));
    if (results.size() == 1) results[0] = std::move(all);
    else for (std::size_t i = 0; i < results.size(); ++i) results[i] = std::move(all.tuple().values[i]);
    return {};
  };
}

class Lowering {
 public:
  Lowering(const ir::Graph& g, Code& code, Allocation a) : g_(g), code_(code), a_(std::move(a)), unset_(maybe_unset(g)) {}

  Status run() {
    code_.ints = a_.ints;
    code_.bools = a_.bools;
    code_.floats = a_.floats;
    code_.references = a_.references;
    for (auto v : g_.inputs()) {
      code_.params.push_back(reg(v));
      code_.param_types.push_back(g_.type(v));
    }
    Status hoisted;
    g_.for_each_deep(g_.top(), [&](NodeId n) {
      if (a_.hoisted[n.index] && hoisted.ok()) hoisted = constant_node(n);
    });
    FACULA_TRY_VOID(std::move(hoisted));
    FACULA_TRY_VOID(block(g_.top()));
    if (g_.outputs().size() != 1)
      return error(ErrorKind::kInternal, "a function's graph must have one result, found {}", g_.outputs().size());
    look_at(g_.outputs());
    emit(Opcode::k_ret, reg(g_.outputs()[0]));
    return {};
  }

 private:
  std::uint16_t reg(ValueId v) const { return static_cast<std::uint16_t>(a_.reg[v.index]); }
  bool scalar(ValueId v) const { return is_scalar_type(g_.type(v)); }
  std::size_t here() const { return code_.words.size(); }

  Word& emit(Opcode op, std::uint16_t a = 0, std::uint16_t b = 0, std::uint16_t c = 0) {
    code_.words.push_back({op, 0, a, b, c});
    return code_.words.back();
  }
  std::size_t emit_jump(Opcode op, std::uint16_t condition = 0) {
    emit(op, condition);
    return here() - 1;
  }
  void land(std::size_t jump) {
    code_.words[jump].set_wide(static_cast<std::uint32_t>(here()));
    landed_ = here();
  }
  void jump_to(Opcode op, std::size_t target, std::uint16_t condition = 0) {
    emit(op, condition).set_wide(static_cast<std::uint32_t>(target));
  }

  void mark_source(const ir::Node& n) {
    code_.sources.push_back({static_cast<std::uint32_t>(here()), n.range, n.scope});
  }

  // Operands of a call; the last reader of a value takes it, once.
  std::vector<Operand> operands(NodeId n, std::span<const ValueId> inputs) const {
    std::vector<Operand> out;
    const std::uint32_t at = a_.position[n.index];
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const ValueId v = inputs[i];
      const bool again = std::find(inputs.begin() + static_cast<std::ptrdiff_t>(i) + 1, inputs.end(), v) != inputs.end();
      out.push_back({reg(v), !scalar(v) && !again && a_.last_use[v.index] == at});
    }
    return out;
  }

  // References whose last reader does not take them are released behind it.
  void drop_inputs(NodeId n, bool moved, bool outputs = true) {
    const std::uint32_t at = a_.position[n.index];
    const auto& node = g_.node(n);
    if (!moved)
      for (std::size_t i = 0; i < node.inputs.size(); ++i) {
        const ValueId v = node.inputs[i];
        const auto rest = node.inputs.begin() + static_cast<std::ptrdiff_t>(i) + 1;
        if (!scalar(v) && a_.last_use[v.index] == at && std::find(rest, node.inputs.end(), v) == node.inputs.end())
          emit(Opcode::k_drop, reg(v));
      }
    for (auto v : node.outputs)
      if (outputs && !scalar(v) && a_.last_use[v.index] == at) drop(v);
  }

  void drop(ValueId v) { emit(Opcode::k_drop, reg(v)); }

  // The same for instructions that drop by themselves: flags by field, inputs stand from field `first` on.
  void drop_by_flags(NodeId n, std::size_t first) {
    const std::uint32_t at = a_.position[n.index];
    const auto& node = g_.node(n);
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      const ValueId v = node.inputs[i];
      const auto rest = node.inputs.begin() + static_cast<std::ptrdiff_t>(i) + 1;
      if (!scalar(v) && a_.last_use[v.index] == at && std::find(rest, node.inputs.end(), v) == node.inputs.end())
        code_.words.back().flags = static_cast<std::uint8_t>(code_.words.back().flags | 1u << (first + i));
    }
    drop_inputs(n, true, first > 0);
  }

  std::uint16_t constant(Value v) {
    code_.constants.push_back(std::move(v));
    return static_cast<std::uint16_t>(code_.constants.size() - 1);
  }

  // Tensors that cannot be None for the operator, alone and in lists: another operator may have given none.
  void mark_present(Call& c, const ops::Overload& op, std::span<const ValueId> inputs) const {
    const auto& arguments = op.schema().arguments;
    for (std::size_t i = 0; i < std::min<std::size_t>({inputs.size(), arguments.size(), 32}); ++i) {
      const TypePtr& t = arguments[i].type;
      const std::uint32_t bit = std::uint32_t{1} << i;
      if (t->kind() == TypeKind::kTensor) c.present |= bit;
      if (t->kind() == TypeKind::kList && t->element()->kind() == TypeKind::kTensor) c.present_items |= bit;
    }
  }

  // What may never have been set is looked at before its first reader in a block; blocks inside need not look again.
  void look_at(std::span<const ValueId> read) {
    for (const ValueId v : read)
      if (unset_[v.index]) {
        emit(Opcode::k_present, reg(v));
        unset_[v.index] = false;
        looked_at_.push_back(v);
      }
  }

  // What a region reads of its inputs; others it hands on only, if at all, as the result of a branch.
  std::vector<ValueId> read_by_region(NodeId n) const {
    const auto& node = g_.node(n);
    const auto* attr = node.attr(ir::sym::Subgraph);
    const auto* region = attr ? std::get_if<std::shared_ptr<ir::Graph>>(attr) : nullptr;
    if (!region || !*region) return {node.inputs.begin(), node.inputs.end()};
    const ir::Graph* sub = region->get();
    const auto& params = sub->block(sub->top()).params;
    std::vector<ValueId> out;
    for (std::size_t i = 0; i < std::min(node.inputs.size(), params.size()); ++i) {
      const auto& uses = sub->uses(params[i]);
      if (std::any_of(uses.begin(), uses.end(), [](const auto& use) { return bool(use.user); })) out.push_back(node.inputs[i]);
    }
    return out;
  }

  // A value of this type has this tag, and nothing else needs to be looked at to know that it is of the type.
  static std::optional<Tag> telling_tag(const TypePtr& t) {
    switch (t->kind()) {
      case TypeKind::kTensor: return Tag::kTensor;
      case TypeKind::kInt:
      case TypeKind::kDtype:
      case TypeKind::kLayout:
      case TypeKind::kMemoryFormat: return Tag::kInt;
      case TypeKind::kBool: return Tag::kBool;
      case TypeKind::kFloat: return Tag::kFloat;
      case TypeKind::kComplex: return Tag::kComplex;
      case TypeKind::kStr: return Tag::kStr;
      case TypeKind::kDevice: return Tag::kDevice;
      default: return std::nullopt;
    }
  }
  // The same, of a value that is known to be either of this type or None.
  static std::optional<Tag> telling_tag_or_none(const TypePtr& t) {
    switch (t->kind()) {
      case TypeKind::kList: return Tag::kList;
      case TypeKind::kDict: return Tag::kDict;
      case TypeKind::kTuple: return Tag::kTuple;
      case TypeKind::kClass:
      case TypeKind::kInterface: return Tag::kObject;
      case TypeKind::kEnum: return Tag::kEnum;
      case TypeKind::kFuture: return Tag::kFuture;
      default: return telling_tag(t);
    }
  }

  Status cast_node(NodeId n) {
    const auto& node = g_.node(n);
    const ValueId from = node.inputs.at(0), to = node.outputs.at(0);
    const TypePtr &source = g_.type(from), &target = g_.type(to);
    const bool optional = source->kind() == TypeKind::kOptional && is_subtype(*source->element(), *target);
    if (is_subtype(*source, *target)) {
      emit(Opcode::k_move, reg(to), reg(from));
    } else if (const auto tag = optional ? telling_tag_or_none(target) : telling_tag(target)) {
      emit(Opcode::k_cast_tag, reg(to), reg(from), static_cast<std::uint16_t>(*tag));
    } else {
      if (code_.types.size() >= 0xffff) return error(ErrorKind::kLimit, "a function has more than 65535 casts");
      code_.types.push_back(target);
      emit(Opcode::k_cast, reg(to), reg(from), static_cast<std::uint16_t>(code_.types.size() - 1));
    }
    drop_inputs(n, false);
    return {};
  }

  std::uint16_t add_call(NodeId n) {
    const auto& node = g_.node(n);
    Call c;
    c.args = operands(n, node.inputs);
    for (auto v : node.outputs) c.results.push_back(reg(v));
    code_.calls.push_back(std::move(c));
    return static_cast<std::uint16_t>(code_.calls.size() - 1);
  }
  Call& last_call() { return code_.calls.back(); }

  Status simple_call(NodeId n, Opcode op) {
    const std::uint16_t index = add_call(n);
    if (code_.calls.size() > 0xffff) return error(ErrorKind::kLimit, "a function has more than 65535 calls");
    emit(op, index);
    drop_inputs(n, true);
    return {};
  }

  Status block(BlockId b) {
    Status status;
    const std::size_t before = looked_at_.size();
    g_.for_each(b, [&](NodeId n) {
      if (status.ok()) status = node(n);
    });
    for (; looked_at_.size() > before; looked_at_.pop_back()) unset_[looked_at_.back().index] = true;
    return status;
  }

  // dst[i] = src[i] for all i at once: ordered so that nothing is overwritten before it is read; cycles go through the
  // scratch registers.
  void parallel_moves(std::vector<std::pair<std::uint16_t, std::uint16_t>> moves) {
    std::erase_if(moves, [](const auto& m) { return m.first == m.second; });
    while (!moves.empty()) {
      const auto free = std::find_if(moves.begin(), moves.end(), [&](const auto& m) {
        return std::none_of(moves.begin(), moves.end(), [&](const auto& o) { return o.second == m.first; });
      });
      if (free != moves.end()) {
        emit(Opcode::k_move, free->first, free->second);
        moves.erase(free);
        continue;
      }
      const std::uint16_t from = moves.front().second;
      const auto scratch = static_cast<std::uint16_t>(a_.scratch_of(from));
      emit(Opcode::k_move, scratch, from);
      for (auto& m : moves)
        if (m.second == from) m.second = scratch;
    }
  }
  void move_all(std::span<const ValueId> to, std::span<const ValueId> from) {
    std::vector<std::pair<std::uint16_t, std::uint16_t>> moves;
    for (std::size_t i = 0; i < to.size(); ++i) moves.emplace_back(reg(to[i]), reg(from[i]));
    parallel_moves(std::move(moves));
  }

  // Releases what lived only inside a block; the merged results have been copied out.
  void drop_returns(BlockId b, std::span<const ValueId> kept) {
    for (auto v : g_.block(b).returns) {
      if (scalar(v)) continue;
      const auto producer = g_.value(v).producer;
      const bool local = producer && g_.node(producer).parent == b;
      const bool is_result = std::any_of(kept.begin(), kept.end(), [&](ValueId k) { return reg(k) == reg(v); });
      if (local && !is_result) drop_moved_value(reg(v));
    }
  }

  // Where the value has just been moved on, the last of these moves takes it.
  void drop_moved_value(std::uint16_t r) {
    for (std::size_t i = here(); i-- > landed_;) {
      Word& w = code_.words[i];
      const bool move = w.op == Opcode::k_move || w.op == Opcode::k_move_last;
      if ((!move && w.op != Opcode::k_drop) || w.a == r) break;
      if (w.op == Opcode::k_move_last && w.b == r) return;  // returned twice: the last copy has taken it already
      if (w.op == Opcode::k_move && w.b == r) {
        w.op = Opcode::k_move_last;
        return;
      }
    }
    emit(Opcode::k_drop, r);
  }

  Status if_node(NodeId n) {
    const auto& node = g_.node(n);
    if (node.inputs.size() != 1 || node.blocks.size() != 2)
      return error(ErrorKind::kInternal, "prim::If needs one condition and two blocks");
    const std::size_t to_else = emit_jump(Opcode::k_jump_unless, reg(node.inputs[0]));
    FACULA_TRY_VOID(block(node.blocks[0]));
    move_all(node.outputs, g_.block(node.blocks[0]).returns);
    drop_returns(node.blocks[0], node.outputs);
    const bool has_else = g_.block(node.blocks[1]).first || !node.outputs.empty();
    std::size_t to_end = 0;
    if (has_else) to_end = emit_jump(Opcode::k_jump);
    land(to_else);
    if (has_else) {
      FACULA_TRY_VOID(block(node.blocks[1]));
      move_all(node.outputs, g_.block(node.blocks[1]).returns);
      drop_returns(node.blocks[1], node.outputs);
      land(to_end);
    }
    return {};
  }

  // prim::Loop(max, initial condition, carried...): block (i, carried...) -> (condition, carried...).
  Status loop_node(NodeId n) {
    const auto& node = g_.node(n);
    const BlockId body = node.blocks.at(0);
    const auto& params = g_.block(body).params;
    const auto& returns = g_.block(body).returns;
    if (node.inputs.size() < 2 || params.size() != node.inputs.size() - 1 || returns.size() != params.size())
      return error(ErrorKind::kInternal, "prim::Loop's carried values do not agree in number");
    const std::uint16_t trip = reg(params[0]), limit = reg(node.inputs[0]);
    const auto carried_in = std::span(node.inputs).subspan(2);
    const auto carried = std::span(params).subspan(1);
    const Value* known_condition = g_.constant(returns[0]);
    const bool always = known_condition && known_condition->is_bool() && known_condition->b();

    move_all(carried, carried_in);
    emit(Opcode::k_constant, trip, constant(Value(std::int64_t{0})));
    const auto scratch = static_cast<std::uint16_t>(a_.scratch_of(a_.ints));  // a bool
    code_.has_loops = true;
    const std::size_t skip = emit_jump(Opcode::k_jump_unless, reg(node.inputs[1]));
    emit(Opcode::k_lt_int, scratch, trip, limit);
    const std::size_t none = emit_jump(Opcode::k_jump_unless, scratch);
    const std::size_t head = landed_ = here();
    emit(Opcode::k_poll);
    FACULA_TRY_VOID(block(body));
    // The condition is read after the carried values have moved: keep it where they cannot overwrite it.
    std::vector<std::pair<std::uint16_t, std::uint16_t>> moves;
    for (std::size_t i = 0; i < carried.size(); ++i) moves.emplace_back(reg(carried[i]), reg(returns[i + 1]));
    std::size_t stop = 0;
    if (!always) {
      // Leaving the loop needs the moved values too, so the moves come first on both ways.
      const std::size_t leave = emit_jump(Opcode::k_jump_unless, reg(returns[0]));
      parallel_moves(moves);
      drop_moved(body, carried);
      emit(Opcode::k_add_int_imm, trip, trip, 1);
      emit(Opcode::k_lt_int, scratch, trip, limit);
      jump_to(Opcode::k_jump_if, head, scratch);
      stop = emit_jump(Opcode::k_jump);
      land(leave);
      parallel_moves(moves);
      drop_moved(body, carried);
      land(stop);
    } else {
      parallel_moves(moves);
      drop_moved(body, carried);
      emit(Opcode::k_add_int_imm, trip, trip, 1);
      emit(Opcode::k_lt_int, scratch, trip, limit);
      jump_to(Opcode::k_jump_if, head, scratch);
    }
    land(skip);
    land(none);
    move_all(node.outputs, carried);
    for (auto v : carried)
      if (!scalar(v)) {
        const bool is_result =
            std::any_of(node.outputs.begin(), node.outputs.end(), [&](ValueId o) { return reg(o) == reg(v); });
        if (!is_result) emit(Opcode::k_drop, reg(v));
      }
    return {};
  }
  void drop_moved(BlockId body, std::span<const ValueId> carried) { drop_returns(body, carried); }

  Status constant_node(NodeId n) {
    const auto& node = g_.node(n);
    const ValueId out = node.outputs.at(0);
    const Value* v = g_.constant(out);
    Value value = v ? *v : Value();
    // An int may be given where a float is declared; the register's tag stays.
    if (register_kind(g_.type(out)) == RegisterKind::kFloat && value.is_int()) value = Value(static_cast<double>(value.i()));
    if (code_.constants.size() >= 0xffff) return error(ErrorKind::kLimit, "a function has more than 65535 constants");
    emit(Opcode::k_constant, reg(out), constant(std::move(value)));
    drop_inputs(n, true);
    return {};
  }

  Status attr_node(NodeId n, bool set) {
    const auto& node = g_.node(n);
    const auto name = g_.attr_string(n, Symbol("name"));
    const ClassType* cls = as_class(g_.type(node.inputs.at(0)));
    const auto slot = cls && name ? cls->find_attribute(*name) : std::nullopt;
    if (!slot) return error(ErrorKind::kInternal, "no attribute `{}` in `{}`", name.value_or("?"), g_.type(node.inputs[0])->str());
    const auto s = static_cast<std::uint16_t>(*slot);
    const ValueId value = set ? node.inputs.at(1) : node.outputs.at(0);
    if (set) emit(Opcode::k_set_attr, reg(node.inputs[0]), reg(value), s);
    else emit(Opcode::k_get_attr, reg(value), reg(node.inputs[0]), s);
    const TypePtr& slot_type = cls->attributes()[*slot].type;
    const bool same_scalar = scalar(value) && register_kind(slot_type) == register_kind(g_.type(value));
    const bool may_lack = !set && !scalar(value) && !ir::may_be_none(slot_type);
    code_.words.back().flags = static_cast<std::uint8_t>((same_scalar ? 1 : 0) | (may_lack ? 2 : 0));
    drop_inputs(n, false);
    return {};
  }

  Status method_node(NodeId n) {
    const auto name = g_.attr_string(n, Symbol("name"));
    const auto& node = g_.node(n);
    const ClassType* cls = as_class(g_.type(node.inputs.at(0)));
    if (auto* f = cls && name ? dynamic_cast<ir::Function*>(cls->find_method(*name)) : nullptr) {
      FACULA_TRY_VOID(simple_call_with(n, Opcode::k_call_function, [&](Call& c) { c.function = f; }));
      return {};
    }
    return simple_call_with(n, Opcode::k_call_method, [&](Call& c) { c.name = name.value_or(""); });
  }

  template <class F>
  Status simple_call_with(NodeId n, Opcode op, F&& fill) {
    const std::uint16_t index = add_call(n);
    if (code_.calls.size() > 0xffff) return error(ErrorKind::kLimit, "a function has more than 65535 calls");
    fill(last_call());
    emit(op, index);
    drop_inputs(n, true);
    return {};
  }

  // The next node in the block that does something.
  NodeId next_node(NodeId n) const {
    do n = g_.node(n).next;
    while (n && g_.node(n).kind.str() == "prim::Constant");
    return n;
  }
  // Constants between two nodes that are made together are loaded only where the second node is: nobody else may read them.
  bool only_for(NodeId end, NodeId n) const {
    for (NodeId m = g_.node(n).next; m && m != end; m = g_.node(m).next)
      for (const ir::Use& u : g_.uses(g_.node(m).outputs[0]))
        if (!a_.hoisted[m.index] && u.user != end) return false;
    return true;
  }
  Status constants_between(NodeId n, NodeId end) {
    for (NodeId m = g_.node(n).next; m && m != end; m = g_.node(m).next) FACULA_TRY_VOID(node(m));
    for (NodeId m = g_.node(n).next; m && m != end; m = g_.node(m).next) made_.insert(m.index);
    made_.insert(end.index);
    return {};
  }
  // The words that follow, up to land(), are left out where the attempt has done their work. The call's results end with the
  // flag that says so.
  std::size_t emit_attempt(Call c) {
    const auto flag = static_cast<std::uint16_t>(a_.scratch_of(a_.ints));  // a bool
    c.results.push_back(flag);
    code_.calls.push_back(std::move(c));
    emit(Opcode::k_attempt, static_cast<std::uint16_t>(code_.calls.size() - 1));
    return emit_jump(Opcode::k_jump_if, flag);
  }
  bool unread(ValueId v) const { return g_.uses(v).empty(); }
  static bool contains(std::span<const ValueId> list, ValueId v) { return std::find(list.begin(), list.end(), v) != list.end(); }

  // A region whose results are written into one of its views by the next operator (`alive[i + 1:] &= ...`): a lean program
  // may do both at once, without the tensors in between. none: not such a pair.
  std::optional<Call> region_and_write(NodeId n, const ir::Graph& region) {
    const auto& node = g_.node(n);
    const NodeId tail = next_node(n);
    if (!tail || code_.calls.size() > 0xfff0) return std::nullopt;
    const auto& last = g_.node(tail);
    if (!last.op || !plan::LeanRegion::may_be_last(*last.op) || last.outputs.size() != 1 || !unread(last.outputs[0])) return std::nullopt;
    if (!contains(node.outputs, last.inputs[0]) || !only_for(tail, n)) return std::nullopt;
    std::shared_ptr<ir::Graph> both = region.clone();
    const std::vector<ValueId> results(both->outputs().begin(), both->outputs().end());
    Call c;
    c.args = operands(n, node.inputs);
    std::vector<ValueId> inputs, kept;
    for (std::size_t i = 0; i < last.inputs.size(); ++i) {
      const ValueId v = last.inputs[i];
      const auto at = std::find(node.outputs.begin(), node.outputs.end(), v);
      if (at != node.outputs.end()) {
        inputs.push_back(results.at(static_cast<std::size_t>(at - node.outputs.begin())));
      } else if (const Value* k = g_.constant(v)) {
        ir::Builder b(*both, both->top());
        inputs.push_back(b.constant(*k, g_.type(v)));
      } else {
        if (contains(node.inputs, v) || contains(std::span(last.inputs).first(i), v)) return std::nullopt;
        inputs.push_back(both->add_param(both->top(), g_.type(v)));
        c.args.push_back({reg(v), !scalar(v) && a_.last_use[v.index] == a_.position[tail.index]});
      }
    }
    for (std::size_t i = 0; i < node.outputs.size(); ++i) {
      const auto uses = g_.uses(node.outputs[i]);
      if (std::all_of(uses.begin(), uses.end(), [&](const ir::Use& u) { return u.user == tail; })) continue;
      kept.push_back(results[i]);
      c.results.push_back(reg(node.outputs[i]));
    }
    if (c.args.size() > kMostLeanArguments || kept.size() > plan::LeanRegion::kMostResults) return std::nullopt;
    const NodeId copy = both->create(*last.op, std::move(inputs), last.range);
    both->add_output(copy, g_.type(last.outputs[0]));
    both->append(both->top(), copy);
    both->set_returns(both->top(), std::move(kept));
    c.lean = plan::LeanRegion::create(std::move(both));
    if (!c.lean) return std::nullopt;
    return c;
  }

  // A number read out of a tensor: views and reader together. errors: the words behind say what is wrong.
  struct ElementRead {
    Call call;
    std::vector<NodeId> nodes;
  };
  std::optional<ElementRead> element_read(NodeId n) const {
    ElementRead e;
    e.call.args = operands(n, g_.node(n).inputs);
    e.nodes.push_back(n);
    for (;;) {
      const auto& view = g_.node(e.nodes.back());
      const NodeId next = next_node(e.nodes.back());
      if (!next || g_.uses(view.outputs.at(0)).size() != 1 || g_.uses(view.outputs[0])[0].user != next) return std::nullopt;
      for (NodeId m = view.next; m != next; m = g_.node(m).next)
        if (!a_.hoisted[m.index]) return std::nullopt;  // not loaded yet
      const auto& reader = g_.node(next);
      e.nodes.push_back(next);
      if (!reader.op || reader.inputs[0] != view.outputs[0] || reader.outputs.size() != 1) return std::nullopt;
      if (is_select(reader)) {
        for (std::size_t i = 1; i < 3; ++i) e.call.args.push_back({reg(reader.inputs[i]), false});
        if (e.nodes.size() > ops::kMostSelects) return std::nullopt;
        continue;
      }
      e.call.tiny = ops::element_form(*reader.op, static_cast<int>(e.nodes.size()) - 1);
      if (!e.call.tiny || code_.calls.size() > 0xfff0) return std::nullopt;
      e.call.results.push_back(reg(reader.outputs[0]));
      return e;
    }
  }
  static bool is_select(const ir::Node& n) { return n.op && n.kind.str() == "aten::select" && n.op->overload() == "int"; }
  Status element_node(ElementRead e) {
    const std::size_t skip = emit_attempt(std::move(e.call));
    for (const NodeId n : e.nodes) {
      FACULA_TRY_VOID(node(n, true));
      made_.insert(n.index);
    }
    land(skip);
    return {};
  }

  Status plan_node(NodeId n) {
    const auto& node = g_.node(n);
    const auto* attr = node.attr(Symbol("Subgraph"));
    const auto* sub = attr ? std::get_if<std::shared_ptr<ir::Graph>>(attr) : nullptr;
    if (!sub) return error(ErrorKind::kInternal, "facula::Plan without its graph");
    if (auto both = region_and_write(n, **sub)) {
      const NodeId tail = next_node(n);
      const std::size_t skip = emit_attempt(std::move(*both));
      FACULA_TRY_VOID(plain_plan_node(n, *sub));
      FACULA_TRY_VOID(constants_between(n, tail));
      FACULA_TRY_VOID(this->node(tail, true));
      land(skip);
      return {};
    }
    return plain_plan_node(n, *sub);
  }
  Status plain_plan_node(NodeId n, const std::shared_ptr<ir::Graph>& region) {
    const auto& node = g_.node(n);
    const auto* sub = &region;
    FACULA_TRY(auto made, plan::Plan::create(*sub, region_fallback(*sub, code_.function_name), code_.precision));
    PlanCall p{std::move(made), operands(n, node.inputs), {}};
    for (auto v : node.outputs) p.results.push_back(reg(v));
    code_.plans.push_back(std::move(p));
    emit(Opcode::k_plan, static_cast<std::uint16_t>(code_.plans.size() - 1));
    drop_inputs(n, true);
    return {};
  }

  Status fork_node(NodeId n) {
    const auto graph = ir::task_body(g_, n);
    if (!graph) return error(ErrorKind::kInternal, "prim::fork without its graph");
    FACULA_TRY(auto body, lower(graph, code_.function_name + ".<fork>", code_.precision));
    code_.has_tasks = true;
    return simple_call_with(n, Opcode::k_fork, [&](Call& c) {
      c.body = std::move(body);
      c.isolated = ir::is_isolated(g_, n);
      c.type = g_.type(g_.node(n).outputs.at(0));
    });
  }

  Status node(NodeId n, bool again = false) {
    if (!again && made_.contains(n.index)) return {};
    const auto& node = g_.node(n);
    const std::string_view kind = node.kind.str();
    mark_source(node);
    if (kind == "facula::Plan") look_at(read_by_region(n));
    else if (node.blocks.empty()) look_at(node.inputs);
    if (kind.starts_with("prim::")) {
      const std::string_view k = kind.substr(6);
      if (k == "Constant") return a_.hoisted[n.index] ? Status() : constant_node(n);
      if (k == "If") return if_node(n);
      if (k == "Loop") return loop_node(n);
      if (k == "GetAttr") return attr_node(n, false);
      if (k == "SetAttr") return attr_node(n, true);
      if (k == "CallMethod") return method_node(n);
      if (k == "fork") return fork_node(n);
      if (k == "Enter") return simple_call(n, Opcode::k_enter);
      if (k == "Exit") {
        emit(Opcode::k_exit);
        drop_inputs(n, false);
        return {};
      }
      if (k == "PythonOp") {
        const auto* attr = node.attr(ir::sym::value);
        const Value* f = attr ? std::get_if<Value>(attr) : nullptr;
        auto* host = f && f->is_function() ? dynamic_cast<ir::HostFunction*>(f->function()) : nullptr;
        if (!host) return error(ErrorKind::kInternal, "prim::PythonOp without its function");
        return simple_call_with(n, Opcode::k_call_host, [&](Call& c) { c.host = Ref<ir::HostFunction>(host); });
      }
      if (k == "TupleConstruct")
        return simple_call_with(n, Opcode::k_make_tuple, [&](Call& c) {
          const auto& t = g_.type(node.outputs[0]);
          const TupleType* tuple = as_tuple(t);
          if (tuple && !tuple->fields().empty()) c.type = t;
        });
      if (k == "ListConstruct")
        return simple_call_with(n, Opcode::k_make_list, [&](Call& c) { c.type = g_.type(node.outputs[0])->element(); });
      if (k == "DictConstruct")
        return simple_call_with(n, Opcode::k_make_dict, [&](Call& c) { c.type = g_.type(node.outputs[0]); });
      if (k == "CreateObject")
        return simple_call_with(n, Opcode::k_make_object, [&](Call& c) { c.type = g_.type(node.outputs[0]); });
      if (k == "TupleUnpack") return simple_call(n, Opcode::k_unpack_tuple);
      if (k == "ListUnpack") return simple_call(n, Opcode::k_unpack_list);
      if (k == "RaiseException") return simple_call(n, Opcode::k_raise);
      if (k == "isinstance")
        return simple_call_with(n, Opcode::k_is_instance, [&](Call& c) {
          if (const auto* a = node.attr(Symbol("types")))
            if (const auto* ts = std::get_if<std::vector<TypePtr>>(a)) c.types = *ts;
        });
      if (k == "TupleIndex") {
        const Value* i = g_.constant(node.inputs.at(1));
        if (i && i->is_int()) {
          const auto count = static_cast<std::int64_t>(g_.type(node.inputs[0])->elements().size());
          const std::int64_t at = i->i() < 0 ? i->i() + count : i->i();
          emit(Opcode::k_tuple_get, reg(node.outputs[0]), reg(node.inputs[0]), static_cast<std::uint16_t>(at));
          drop_inputs(n, false);
          return {};
        }
        return error(ErrorKind::kInternal, "prim::TupleIndex needs a constant index");
      }
      if (k == "unchecked_cast") return cast_node(n);
      if (k == "Uninitialized") {
        // None: `present` tells. Scalars are 0, so that two runs agree.
        const std::uint16_t out = reg(node.outputs[0]);
        switch (register_kind(g_.type(node.outputs[0]))) {
          case RegisterKind::kInt: emit(Opcode::k_constant, out, constant(Value(0))); break;
          case RegisterKind::kBool: emit(Opcode::k_constant, out, constant(Value(false))); break;
          case RegisterKind::kFloat: emit(Opcode::k_constant, out, constant(Value(0.0))); break;
          case RegisterKind::kReference: emit(Opcode::k_drop, out); break;
        }
        drop_inputs(n, true);
        return {};
      }
      if (k == "CallFunction") {
        const auto producer = g_.value(node.inputs.at(0)).producer;
        const Value* f = g_.constant(node.inputs[0]);
        auto* function = f && f->is_function() ? dynamic_cast<ir::Function*>(f->function()) : nullptr;
        if (!function && producer)
          if (const auto* ft = dynamic_cast<const FunctionType*>(g_.type(node.inputs[0]).get()))
            function = dynamic_cast<ir::Function*>(ft->function());
        if (!function) return error(ErrorKind::kInternal, "prim::CallFunction of a value that is no function");
        return simple_call_with(n, Opcode::k_call_function, [&](Call& c) {
          c.function = function;
          c.args.erase(c.args.begin());
        });
      }
    }
    if (kind == "facula::Plan") return plan_node(n);
    if (!again && is_select(node))
      if (auto read = element_read(n)) return element_node(std::move(*read));
    if (node.op) {
      if (const Direct* d = find_direct(g_, node)) return direct_node(n, *d);
      if (kind == "aten::__is__" || kind == "aten::__isnot__") {
        if (g_.type(node.inputs[1])->kind() == TypeKind::kNone && !scalar(node.inputs[0])) {
          emit(kind == "aten::__is__" ? Opcode::k_is_none : Opcode::k_is_not_none, reg(node.outputs[0]),
               reg(node.inputs[0]));
          drop_inputs(n, false);
          return {};
        }
      }
      if (!node.inputs.empty() && g_.type(node.inputs[0])->kind() == TypeKind::kList) {
        const ListOps ops = list_ops(g_.type(node.inputs[0]));
        if (kind == "aten::__getitem__" && node.inputs.size() == 2) return list_node(n, ops.get);
        if (kind == "aten::len") {
          emit(Opcode::k_list_len, reg(node.outputs.at(0)), reg(node.inputs[0]), ops.shift);
          drop_inputs(n, false);
          return {};
        }
        // The list that they return is seldom asked for.
        const bool unread = node.outputs.empty() || g_.uses(node.outputs[0]).empty();
        if (kind == "aten::_set_item" && unread && same_element(node, 2)) return list_node(n, ops.set);
        if (kind == "aten::append" && unread && same_element(node, 1)) return list_node(n, ops.append);
      }
      if (kind == "aten::__range_length" && g_.constant(node.inputs.at(2)) && g_.constant(node.inputs[2])->i() == 1) {
        emit(Opcode::k_range_len, reg(node.outputs.at(0)), reg(node.inputs[0]), reg(node.inputs[1]));
        drop_inputs(n, false);
        return {};
      }
      if (kind == "aten::__derive_index") {  // start + index * step
        const Value* step = g_.constant(node.inputs.at(2));
        const std::uint16_t out = reg(node.outputs.at(0));
        std::uint16_t scaled = reg(node.inputs[0]);
        if (!step || step->i() != 1) {
          emit(Opcode::k_mul_int, out, scaled, reg(node.inputs[2]));
          scaled = out;
        }
        emit(Opcode::k_add_int, out, reg(node.inputs[1]), scaled);
        drop_inputs(n, false);
        return {};
      }
      if (kind == "aten::warn") return simple_call_with(n, Opcode::k_warn, [&](Call& c) {
          if (!node.range) return;
          const Range call = node.scope < 0 ? Range{} : g_.scopes()[static_cast<std::size_t>(node.scope)].call;
          c.where = fmt("{}:{}", node.range.file->name(), node.range.file->position(node.range.begin).line);
          c.place = std::hash<std::string>()(fmt("{} {} {}", c.where, node.range.begin, call.begin));
        });
      if (kind == "aten::wait" && node.inputs.size() == 1) return simple_call(n, Opcode::k_wait);
      return simple_call_with(n, Opcode::k_call_op, [&](Call& c) {
        c.op = node.op;
        mark_present(c, *node.op, node.inputs);
        c.calls_methods = !ir::implicit_callees(g_, n).empty();
        c.tiny = c.args.size() <= kMostTinyArguments && c.results.size() == 1 ? ops::tiny_form(*node.op) : nullptr;
        const auto is_number = [&](ValueId v) { return scalar(v) || g_.type(v)->kind() == TypeKind::kStr; };
        c.brief = std::all_of(node.inputs.begin(), node.inputs.end(), is_number);
      });
    }
    // Unknown operators may stand in dead branches: they fail when they are reached, not before.
    return simple_call_with(n, Opcode::k_call_op, [&](Call& c) { c.name = std::string(kind); });
  }

  // The value put into a list has the register that the instruction reads.
  bool same_element(const ir::Node& node, std::size_t input) const {
    const TypePtr& element = g_.type(node.inputs[0])->element();
    return node.inputs.size() == input + 1 && register_kind(element) == register_kind(g_.type(node.inputs[input]));
  }

  Status direct_node(NodeId n, const Direct& d) {
    const auto& node = g_.node(n);
    std::uint16_t r[3] = {};
    std::size_t k = 0;
    if (!node.outputs.empty()) r[k++] = reg(node.outputs[0]);
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      std::uint16_t x = reg(node.inputs[i]);
      if (d.operands[i] == 'f' && register_kind(g_.type(node.inputs[i])) == RegisterKind::kInt) {
        // Into the result's register, or the scratch register where that is a bool's or already taken.
        const bool free = i == 0 && register_kind(g_.type(node.outputs[0])) == RegisterKind::kFloat;
        const auto to = free ? r[0] : static_cast<std::uint16_t>(a_.scratch_of(a_.ints + a_.bools));
        if (!free && i == 0 && reg_is_int(node, 1)) return error(ErrorKind::kInternal, "two ints compared as floats");
        emit(Opcode::k_int_to_float, to, x);
        x = to;
      }
      r[k++] = x;
    }
    const Value* imm = node.inputs.size() == 2 ? g_.constant(node.inputs[1]) : nullptr;
    if (d.code == Opcode::k_add_int && imm && imm->i() >= -32768 && imm->i() < 32768)
      emit(Opcode::k_add_int_imm, r[0], r[1], static_cast<std::uint16_t>(imm->i()));
    else if (d.swap == Swap::kYes) emit(d.code, r[0], r[2], r[1]);
    else emit(d.code, r[0], r[1], r[2]);
    if (d.code >= Opcode::k_dict_len && d.code <= Opcode::k_str_add) drop_by_flags(n, node.outputs.size());
    else drop_inputs(n, false);
    return {};
  }
  bool reg_is_int(const ir::Node& node, std::size_t input) const {
    return register_kind(g_.type(node.inputs[input])) == RegisterKind::kInt;
  }
  Status list_node(NodeId n, Opcode op) {
    const auto& node = g_.node(n);
    std::uint16_t r[3] = {};
    std::size_t k = 0;
    const bool get = op == Opcode::k_ints_get || op == Opcode::k_floats_get || op == Opcode::k_bools_get || op == Opcode::k_list_get;
    if (get) r[k++] = reg(node.outputs.at(0));
    for (auto v : node.inputs) r[k++] = reg(v);
    emit(op, r[0], r[1], r[2]);
    // Where an element is set or added, the list that the operator gives back is not written.
    if (op == Opcode::k_list_set || op == Opcode::k_list_append) drop_by_flags(n, 0);
    else drop_inputs(n, false, get);
    return {};
  }

  const ir::Graph& g_;
  Code& code_;
  Allocation a_;
  std::vector<bool> unset_;         // by value id: may be unset, and has not been looked at on the way here
  std::vector<ValueId> looked_at_;  // in the blocks around, innermost last
  std::size_t landed_ = 0;          // the last word that is jumped to
  std::unordered_set<std::uint32_t> made_;  // nodes that were made with an earlier one
};

}  // namespace

Result<std::shared_ptr<const Code>> lower(std::shared_ptr<const ir::Graph> graph, std::string function_name, plan::Precision precision) {
  auto code = std::make_shared<Code>();
  code->precision = precision;
  code->function_name = std::move(function_name);
  FACULA_TRY(Allocation a, allocate_registers(*graph));
  FACULA_TRY_VOID(Lowering(*graph, *code, std::move(a)).run());
  code->scopes = graph->scopes();
  code->graph = std::move(graph);
  return std::shared_ptr<const Code>(std::move(code));
}

}  // namespace fac::vm
