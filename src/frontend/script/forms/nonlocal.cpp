// `nonlocal` in the everyday dialect. Functions inside functions are compiled into their calls, which may stand in loops, branches
// and comprehensions; so a variable that they write lives in a list of one element: `n = 0` is `n = [0]` and each use `n[0]`.
#include <algorithm>

#include "frontend/script/cell.h"
#include "frontend/script/emitter.h"

namespace fac::script {
namespace {

constexpr Diag<std::string_view> kNoBinding{"nonlocal-binding", "no binding for nonlocal '{}' found"};
constexpr Diag<std::string_view> kInBranch{
    "nonlocal-branch", "'{}' is written by a function inside this one: give it its first value before any branch or loop"};
constexpr Diag<std::string_view, std::string_view> kNoValue{"nonlocal-value", "'{}' is written by a function inside this one, so it has to be a value, no {}"};
constexpr Diag<std::string_view, std::string_view, std::string_view> kType{
    "nonlocal-type", "Variable '{}' is written by an inner function; it has type {} and cannot take a value of type {}"};

bool among(const std::vector<Symbol>& names, Symbol name) { return std::find(names.begin(), names.end(), name) != names.end(); }

}  // namespace

void Emitter::begin_cells(const FunctionDef& def) {
  if (!everyday()) return;
  cells_ = nonlocals_below(def);
  for (const Param& p : def.params)
    if (among(cells_, p.name))
      if (const Variable* v = env_.find(p.name); v && v->meaning) set_variable(p.name, v->meaning, p.range);
}

void Emitter::declare_nonlocal(const Nonlocal& s) {
  for (const Symbol name : s.names) {
    bool found = false;
    for (const Emitter* e = outer_; e && !found; e = e->outer_) {
      const Variable* v = e->env_.find(name);
      found = v && dynamic_cast<const CellMeaning*>(v->meaning.get());
    }
    if (!found) error(s.range, kNoBinding, name.str()).hint("assign it in the function around, before the inner function is called");
    nonlocals_.push_back(name);
  }
}

ValueId Emitter::read_cell(Emitter& home, const CellMeaning& cell, Range at) {
  const ValueId list = &home == this ? cell.list : import_value(home, cell.list);
  return list ? call_operator("aten::__getitem__", {list, constant(Value(std::int64_t{0}), at)}, at) : ValueId{};
}

bool Emitter::assign_cell(Symbol name, const MeaningPtr& value, Range at) {
  Emitter* home = nullptr;
  const CellMeaning* cell = nullptr;
  const bool own = among(cells_, name) && !among(nonlocals_, name);
  if (!own && !among(nonlocals_, name)) return false;
  for (Emitter* e = own ? this : outer_; e && !cell; e = own ? nullptr : e->outer_)
    if (const Variable* v = e->env_.find(name); v && (cell = dynamic_cast<const CellMeaning*>(v->meaning.get()))) home = e;
  if (!cell && !own) return true;  // reported where it was declared
  if (!value) return true;
  ValueId v = plain_value(value);
  if (!v) {
    if (value->is_function()) {
      error(at, kNoValue, name.str(), value->kind());
      return true;
    }
    v = value->value(*this, at);
  }
  if (!v) return true;
  if (!cell) {
    if (builder_.block() != graph_.top()) {
      error(at, kInBranch, name.str());
      return true;
    }
    const Hints::Key key = hint_key(return_key_, name);
    const TypePtr wider = hints_ ? hints_->find(key) : nullptr;
    if (wider) v = coerce(v, wider, at);
    env_.set(name, std::make_shared<CellMeaning>(make_list(wider ? wider : type(v), {v}, at), key));
    return true;
  }
  const TypePtr held = home->type(cell->list)->element();
  v = coerce(v, held, at);
  if (!is_subtype(type(v), held)) {
    const TypePtr both = hints_ ? join_types(held, type(v)) : nullptr;
    if (both) hints_->note(cell->key, both);
    else error(at, kType, name.str(), held->annotation(), type(v)->annotation());
    return true;
  }
  const ValueId list = home == this ? cell->list : import_value(*home, cell->list);
  if (list) call_operator("aten::_set_item", {list, constant(Value(std::int64_t{0}), at), v}, at);
  return true;
}

}  // namespace fac::script
