// TorchScript's types. A TypePtr is shared and immutable, except that a class gains attributes and methods while it is
// being defined. Types compare structurally; classes, interfaces and enums compare by identity.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ref.h"

namespace fac {

class Type;
class ClassType;
class InterfaceType;
class EnumType;
class Value;
class Callable;
struct Schema;
using TypePtr = Ref<const Type>;

enum class TypeKind : std::uint8_t {
  kAny, kTensor, kInt, kFloat, kBool, kComplex, kNumber, kNone, kStr, kDevice, kGenerator, kStorage, kStream,
  kCapsule, kPyObject,
  kDtype, kLayout, kMemoryFormat, kQScheme,  // `int` in the language; kept apart in operator schemas only
  kOptional, kUnion, kList, kDict, kTuple, kFuture, kAwait, kRRef,
  kFunction,    // a function constant
  kClass,       // user classes and modules
  kInterface, kEnum,
  kAnyClass, kAnyEnum, kAnyList, kAnyTuple,
  kVar,         // `t`, `tVal` in operator schemas
};

class Type : public RefCounted {
 public:
  explicit Type(TypeKind kind, std::vector<TypePtr> elements = {}, std::string name = {})
      : kind_(kind), elements_(std::move(elements)), name_(std::move(name)) {}

  TypeKind kind() const { return kind_; }
  // List, Optional, Future: 1; Dict: key, value; Tuple, Union: the members (Union sorted, without duplicates).
  std::span<const TypePtr> elements() const { return elements_; }
  const TypePtr& element(std::size_t i = 0) const { return elements_[i]; }
  // Var: its name. Class, interface, enum, named tuple: the qualified name.
  const std::string& name() const { return name_; }

  // "Optional[List[Tensor]]": source text as archives write it (qualified class names).
  std::string annotation() const;
  // "int[]?": as printed in graphs and schemas.
  std::string str() const;
  bool has_free_variables() const;

 protected:
  TypeKind kind_;
  std::vector<TypePtr> elements_;
  std::string name_;
};

// NamedTuples are tuples with field names (and defaults); a plain tuple has none.
class TupleType final : public Type {
 public:
  // Not a default argument: clang wants Value complete for it.
  explicit TupleType(std::vector<TypePtr> elements, std::string name = {}, std::vector<std::string> fields = {});
  TupleType(std::vector<TypePtr> elements, std::string name, std::vector<std::string> fields,
            std::vector<Value> defaults);
  ~TupleType() override;
  const std::vector<std::string>& fields() const { return fields_; }
  std::span<const Value> defaults() const;  // of the last fields
  std::optional<std::size_t> field_index(std::string_view field) const;

 private:
  std::vector<std::string> fields_;
  std::vector<Value> defaults_;
};

// A user class or a module. Built once by the front end or the API, then only read.
class ClassType final : public Type {
 public:
  struct Attribute {
    std::string name;
    TypePtr type;
    bool is_parameter = false;
    bool is_buffer = false;
  };
  struct Property {
    std::string name;
    Callable* getter = nullptr;
    Callable* setter = nullptr;  // may be null
  };

  ClassType(std::string qualified_name, bool is_module);
  ~ClassType() override;

  bool is_module() const { return is_module_; }
  const std::vector<Attribute>& attributes() const { return attributes_; }
  std::optional<std::size_t> find_attribute(std::string_view name) const;  // slot index
  std::size_t add_attribute(Attribute a);                                  // returns its slot
  void set_attribute_type(std::size_t slot, TypePtr type) { attributes_[slot].type = std::move(type); }
  void remove_attribute(std::size_t slot);

  // Class constants (`Final`, __constants__): part of the type, not of the object.
  const std::vector<std::pair<std::string, Value>>& constants() const { return constants_; }
  const Value* find_constant(std::string_view name) const;
  void add_constant(std::string name, Value v);

  // Methods are owned by the compilation unit; the pointers live as long as it does.
  const std::vector<Callable*>& methods() const { return methods_; }
  Callable* find_method(std::string_view name) const;  // by last name component; null if absent
  void add_method(Callable* f) { methods_.push_back(f); }
  void remove_method(std::string_view name);
  const std::vector<Callable*>& forward_pre_hooks() const { return pre_hooks_; }
  const std::vector<Callable*>& forward_hooks() const { return hooks_; }
  void add_forward_pre_hook(Callable* f) { pre_hooks_.push_back(f); }
  void add_forward_hook(Callable* f) { hooks_.push_back(f); }
  const std::vector<Property>& properties() const { return properties_; }
  const Property* find_property(std::string_view name) const;
  void add_property(Property p) { properties_.push_back(std::move(p)); }

  // Exception classes (`class E(Exception)`) are classes whose base is recorded by name.
  std::string base_name;

 private:
  bool is_module_;
  std::vector<Attribute> attributes_;
  std::vector<std::pair<std::string, Value>> constants_;
  std::vector<Callable*> methods_, pre_hooks_, hooks_;
  std::vector<Property> properties_;
};

class InterfaceType final : public Type {
 public:
  InterfaceType(std::string qualified_name, bool is_module);
  ~InterfaceType() override;
  bool is_module() const { return is_module_; }
  const std::vector<Schema>& methods() const { return methods_; }
  const Schema* find_method(std::string_view name) const;
  void add_method(Schema s);

 private:
  bool is_module_;
  std::vector<Schema> methods_;
};

class EnumType final : public Type {
 public:
  EnumType(std::string qualified_name, TypePtr value_type, std::vector<std::pair<std::string, Value>> members);
  ~EnumType() override;
  const TypePtr& value_type() const { return element(0); }
  const std::vector<std::pair<std::string, Value>>& members() const { return members_; }
  std::optional<std::size_t> find_member(std::string_view name) const;

 private:
  std::vector<std::pair<std::string, Value>> members_;
};

// Function type of a function constant.
class FunctionType final : public Type {
 public:
  explicit FunctionType(Callable* f);
  Callable* function() const { return function_; }

 private:
  Callable* function_;
};

namespace types {
// Simple types are singletons.
const TypePtr& any();
const TypePtr& tensor();
const TypePtr& int_();
const TypePtr& float_();
const TypePtr& bool_();
const TypePtr& complex_();
const TypePtr& number();
const TypePtr& none();
const TypePtr& str();
const TypePtr& device();
const TypePtr& generator();
const TypePtr& storage();
const TypePtr& simple(TypeKind kind);  // any kind without elements or name
TypePtr list(TypePtr element);
TypePtr optional(TypePtr element);     // flattens: Optional[Optional[T]] is Optional[T], Optional[None] is None
TypePtr union_of(std::vector<TypePtr> members);  // flattens, removes subtypes; may give Optional or a single type
TypePtr dict(TypePtr key, TypePtr value);
TypePtr tuple(std::vector<TypePtr> elements);
TypePtr named_tuple(std::string qualified_name, std::vector<std::string> fields, std::vector<TypePtr> elements);
TypePtr named_tuple(std::string qualified_name, std::vector<std::string> fields, std::vector<TypePtr> elements,
                    std::vector<Value> defaults);
TypePtr future(TypePtr element);
TypePtr var(std::string name);
// A class that C++ libraries register (`__torch__.torch.classes.quantized.…`); one type per name.
TypePtr custom_class(std::string_view qualified_name);
}  // namespace types

bool same(const Type& a, const Type& b);
inline bool same(const TypePtr& a, const TypePtr& b) { return a == b || (a && b && same(*a, *b)); }
// Whether a value of type `sub` may stand where `super` is asked (None <: Optional, int <: number, module <: interface
// with equal schemas, List invariant …). `why`, when given, receives the reason for a surprising "no".
bool is_subtype(const Type& sub, const Type& super, std::string* why = nullptr);
inline bool is_subtype(const TypePtr& a, const TypePtr& b, std::string* why = nullptr) { return is_subtype(*a, *b, why); }
// The smallest type that holds both, as PyTorch's unifyTypes (default_to_union: Union instead of failure); null if none.
TypePtr unify(const TypePtr& a, const TypePtr& b, bool default_to_union = false);

// Casts by kind; null when the kind differs.
const ClassType* as_class(const TypePtr& t);
const TupleType* as_tuple(const TypePtr& t);
const EnumType* as_enum(const TypePtr& t);
const InterfaceType* as_interface(const TypePtr& t);
// T for Optional[T] (a two-member Union with None included), else null.
TypePtr optional_element(const TypePtr& t);

}  // namespace fac
