// freeze_attributes — attributes of a known `self` that nothing in reach changes become constants.
//   Needs: inline_calls.  Keeps: order of effects; identity of tensors and containers.
//   In two steps: numbers, strings and the like first, and with them the branches that they decide (`if self.training`);
//   only then is it asked which tensors and containers are written.
//   errors: a body that does not compile.  Cost: O(nodes) here and in other methods of the reachable objects' classes.
#include <algorithm>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "ir/alias.h"
#include "ir/passes.h"
#include "ir/passes/attribute_writes.h"
#include "ir/passes/support.h"
#include "ir/symbols.h"

namespace fac::ir {
namespace {

using Objects = std::vector<Ref<ObjectBox>>;

void add_reachable(const Value& v, Objects& out, std::unordered_set<const void*>& seen) {
  switch (v.tag()) {
    case Tag::kObject:
      if (!seen.insert(v.box_ptr()).second) return;
      out.emplace_back(Ref<ObjectBox>(&v.object()));
      for (const Value& slot : v.object().slots) add_reachable(slot, out, seen);
      break;
    case Tag::kTuple:
      for (const Value& e : v.tuple().values) add_reachable(e, out, seen);
      break;
    case Tag::kList:
      if (seen.insert(v.box_ptr()).second)
        for (const Value& e : v.list().to_values()) add_reachable(e, out, seen);
      break;
    case Tag::kDict:
      if (seen.insert(v.box_ptr()).second) v.dict().for_each([&](const Value&, const Value& e) { add_reachable(e, out, seen); });
      break;
    default: break;
  }
}

// Memory that is reached through a value: storages of tensors, boxes of containers.
void add_memory(const Value& v, std::unordered_set<const void*>& out) {
  switch (v.tag()) {
    case Tag::kTensor: out.insert(v.tensor_impl()->storage.get()); break;
    case Tag::kTuple:
      for (const Value& e : v.tuple().values) add_memory(e, out);
      break;
    case Tag::kList:
      if (out.insert(v.box_ptr()).second)
        for (const Value& e : v.list().to_values()) add_memory(e, out);
      break;
    case Tag::kDict:
      if (out.insert(v.box_ptr()).second)
        v.dict().for_each([&](const Value& k, const Value& e) {
          add_memory(k, out);
          add_memory(e, out);
        });
      break;
    default: break;
  }
}

// The objects that the graph reads from `self`, and their attributes as constants.
class Freezer {
 public:
  Freezer(Graph& g, const Ref<ObjectBox>& self, const AttributeSet& assigned) : g_(g), self_(self), assigned_(assigned) {}

  Objects used;

  // Replaces attributes for which `accept` holds. True if something changed.
  template <class Accept>
  bool replace(Accept accept) {
    known_.clear();
    known_.emplace(g_.inputs()[0].index, std::pair{Value(self_), std::string("self")});
    if (const std::string& name = g_.value(g_.inputs()[0]).name; !name.empty()) known_.begin()->second.second = name;
    bool changed = false;
    g_.for_each_deep(g_.top(), [&](NodeId n) {
      if (g_.node(n).kind != sym::GetAttr) return;
      const auto owner = known_.find(g_.node(n).inputs[0].index);
      const auto name = g_.attr_string(n, sym::name);
      if (owner == known_.end() || !name) return;
      ObjectBox& object = owner->second.first.object();
      if (assigned_.contains({&object.type(), *name})) return;
      const Value* found = object.find(*name);
      if (!found) return;
      note_used(object);
      const ValueId out = g_.node(n).outputs[0];
      const std::string path = owner->second.second + "." + *name;
      const Value held = *found;
      if (held.is_object()) {
        changed = narrow(out, held.object()) || changed;
        known_.insert_or_assign(out.index, std::pair{held, path});
        return;
      }
      if (!can_be_constant(held) || !accept(object.type(), *name, held)) return;
      const ValueId constant = constant_before(g_, n, held, g_.type(out));
      replace_node(g_, n, constant);
      if (AliasInfo::is_mutable(g_.type(constant))) g_.set_name(constant, path);
      changed = true;
    });
    return changed;
  }

 private:
  // An attribute declared as interface has the class of the object that it holds.
  bool narrow(ValueId v, const ObjectBox& held) {
    if (as_class(g_.type(v))) return false;
    g_.set_type(v, held.type_ref());
    return true;
  }

  void note_used(ObjectBox& object) {
    if (seen_.insert(&object).second) used.emplace_back(&object);
  }

  Graph& g_;
  const Ref<ObjectBox>& self_;
  const AttributeSet& assigned_;
  std::unordered_map<std::uint32_t, std::pair<Value, std::string>> known_;  // objects, and the paths to them
  std::unordered_set<const void*> seen_;
};

bool is_immutable(const Value& v) { return !AliasInfo::is_mutable(type_of(v)); }

// First step; afterwards no branch is left that an attribute decides. errors: as inline_calls.
Status freeze_plain(Graph& g, Freezer& freezer) {
  constexpr int kMostRounds = 50;  // each unlocks calls on one level of interfaces
  for (int round = 0; round < kMostRounds; ++round) {
    const bool changed = freezer.replace([](const ClassType&, const std::string&, const Value& v) { return is_immutable(v); });
    if (!changed) break;
    FACULA_TRY_VOID(inline_calls(g));
    for (bool more = true; more;) {
      more = constant_fold(g);
      if (drop_dead(g)) more = true;
    }
  }
  return {};
}

struct Changes {
  AttributeSet assigned, written;
  bool anything = false;  // writes that could not be followed
};

// What other methods of the reachable objects may do between two runs of this graph.
Changes changes_by_methods(const Graph& g, const Objects& objects, std::string_view own) {
  std::set<std::string_view> inlined;
  for (const InlineScope& s : g.scopes()) inlined.insert(s.function);
  if (!own.empty()) inlined.insert(own);

  Changes out;
  std::set<const ClassType*> classes;
  for (const auto& o : objects) classes.insert(&o->type());
  std::set<Function*> reached, others;
  for (const ClassType* c : classes)
    for (Callable* m : c->methods()) {
      auto* f = dynamic_cast<Function*>(m);
      if (!f || !reached.insert(f).second) continue;
      if (const auto body = f->graph(); body.ok()) add_callees(**body, reached);
      if (!inlined.contains(f->qualified_name())) others.insert(f);
    }
  for (Function* f : reached)
    if (const auto body = f->graph(); body.ok()) add_assigned(**body, out.assigned);

  for (Function* f : others) {
    const auto body = f->graph();
    if (!body.ok()) continue;
    std::set<Function*> callees{f};
    add_callees(**body, callees);
    const bool writes = std::any_of(callees.begin(), callees.end(), [](Function* callee) {
      const auto b = callee->graph();
      return b.ok() && has_writes(**b);
    });
    if (!writes) continue;
    for (const auto& o : objects) {
      if (o->type().find_method(f->name()) != f) continue;
      const auto copy = (*body)->clone();
      if (copy->inputs().empty() || !inline_calls(*copy).ok()) continue;
      Freezer plain(*copy, o, out.assigned);
      if (!freeze_plain(*copy, plain).ok() || !add_written(*copy, out.written)) out.anything = true;
    }
  }
  return out;
}

}  // namespace

Status freeze_attributes(Graph& g, const Ref<ObjectBox>& self, std::vector<Ref<ObjectBox>>* used, std::string_view own) {
  return freeze_attributes_except(g, self, used, own, {});
}

Status freeze_attributes_except(Graph& g, const Ref<ObjectBox>& self, std::vector<Ref<ObjectBox>>* used, std::string_view own,
                                const AttributeSet& kept) {
  if (g.inputs().empty()) return {};
  Objects objects;
  std::unordered_set<const void*> seen;
  add_reachable(Value(self), objects, seen);

  Changes changes = changes_by_methods(g, objects, own);
  changes.assigned.insert(kept.begin(), kept.end());
  add_assigned(g, changes.assigned);
  Freezer freezer(g, self, changes.assigned);
  FACULA_TRY_VOID(freeze_plain(g, freezer));

  add_assigned(g, changes.assigned);
  if (!add_written(g, changes.written)) changes.anything = true;
  if (!changes.anything) {
    // Memory of changing attributes may be shared by others.
    std::unordered_set<const void*> unsteady;
    for (const auto& o : objects) {
      const auto& attributes = o->type().attributes();
      for (std::size_t i = 0; i < attributes.size() && i < o->slots.size(); ++i)
        if (const std::pair key{&o->type(), attributes[i].name}; changes.assigned.contains(key) || changes.written.contains(key))
          add_memory(o->slots[i], unsteady);
    }
    freezer.replace([&](const ClassType& c, const std::string& name, const Value& held) {
      if (changes.written.contains({&c, name})) return false;
      std::unordered_set<const void*> memory;
      add_memory(held, memory);
      return std::none_of(memory.begin(), memory.end(), [&](const void* m) { return unsteady.contains(m); });
    });
  }
  if (used) used->insert(used->end(), freezer.used.begin(), freezer.used.end());
  return {};
}

}  // namespace fac::ir
