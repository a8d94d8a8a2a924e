// The variables of a function under compilation: frames as control flow nests.
// A frame holds what was assigned in its block; lookups go outwards. Joins (forms/branch.cpp, forms/loop.cpp) merge a
// closed frame into its parent, so that a variable always names one SSA value.
#pragma once

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "frontend/script/meaning.h"

namespace fac::script {

struct Variable {
  MeaningPtr meaning;    // null: an error was reported where it was assigned
  bool removed = false;  // `del x`
};

class Frame {
 public:
  std::unordered_map<Symbol, Variable> variables;
  // What follows a branch that left stands in the other branch's block, but in the program it is no nested scope.
  bool continues = false;
  // A comprehension: what it assigns are variables of its own, whatever the function's are called.
  bool own_scope = false;
};

class Environment {
 public:
  void push() { frames_.emplace_back(); }
  Frame pop() {
    Frame f = std::move(frames_.back());
    frames_.pop_back();
    return f;
  }
  void restore(Frame f) { frames_.push_back(std::move(f)); }

  const Variable* find(Symbol name) const { return find_between(name, 0, frames_.size()); }
  // As the enclosing blocks have it, the innermost one left out.
  const Variable* find_in_parents(Symbol name) const;
  void continue_frame() { frames_.back().continues = true; }
  void push_scope() {
    push();
    frames_.back().own_scope = true;
  }
  void set(Symbol name, MeaningPtr m) { frames_.back().variables[name] = Variable{std::move(m), false}; }
  void remove(Symbol name) { frames_.back().variables[name] = Variable{nullptr, true}; }

  // Names visible here, for spelling hints.
  std::vector<std::string_view> names() const;

  // Why a name that some branch defined has no value after it.
  std::unordered_map<Symbol, std::string> undefined_because;

 private:
  const Variable* find_between(Symbol name, std::size_t first, std::size_t end) const;  // frames [first, end)
  std::vector<Frame> frames_;
};

}  // namespace fac::script
