#include "frontend/script/types_from_tree.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "frontend/script/parser.h"
#include "value/value.h"

namespace fac::script {
namespace {

constexpr Diag<std::string_view> kUnknownType{"unknown-type", "Unknown type name '{}'"};
constexpr Diag<std::string_view> kBadType{"bad-type", "`{}` is not a type that TorchScript knows"};
constexpr Diag<std::string_view, std::string_view> kTypeArity{"type-arity", "{} takes {} type argument(s)"};
constexpr Diag<> kSubscripted{"subscripted-type", "Subscripted type must be a type identifier"};
constexpr Diag<std::string_view> kUnknownConstructor{"unknown-type-constructor", "Unknown type constructor {}"};
constexpr Diag<std::string_view> kTypeExpression{"type-expression", "Expression of type {} cannot be used in a type expression"};
constexpr Diag<> kTupleLiteral{"tuple-type-literal", "Tuple literal in Tuple type annotation must not have any elements!"};
constexpr Diag<std::string_view, std::string_view> kStrictUnknown{"unknown-type-annotation",
                                                                  "Unknown type name '{}'\nUnknown type annotation: '{}'"};
constexpr Diag<std::string_view, std::string_view> kContained{
    "type-without-contained", "Attempted to use {} without a contained type. Please add a contained type, e.g. {}[int]"};
constexpr Diag<> kContainedDict{"dict-without-contained",
                                "Attempted to use Dict without contained types. Please add contained type, e.g. Dict[int, int]"};
constexpr Diag<> kCallable{"type-callable", "Callable is not supported as a type: pass an object with an interface instead"};
constexpr Diag<std::string_view> kDictKey{"dict-key-type", "Cannot create dict for key type '{}', only int, float, complex, Tensor, device and string keys are supported"};

struct SimpleType {
  std::string_view name;
  TypeKind kind;
};
// Bare names. dtypes, layouts and memory formats are ints in the language.
constexpr SimpleType kSimple[] = {
    {"Tensor", TypeKind::kTensor}, {"int", TypeKind::kInt}, {"float", TypeKind::kFloat}, {"bool", TypeKind::kBool},
    {"str", TypeKind::kStr}, {"complex", TypeKind::kComplex}, {"None", TypeKind::kNone}, {"NoneType", TypeKind::kNone},
    {"Any", TypeKind::kAny}, {"object", TypeKind::kAny}, {"number", TypeKind::kNumber}, {"Scalar", TypeKind::kNumber},
    {"Device", TypeKind::kDevice}, {"device", TypeKind::kDevice}, {"Generator", TypeKind::kGenerator},
    {"Storage", TypeKind::kStorage}, {"Stream", TypeKind::kStream}, {"Capsule", TypeKind::kCapsule},
    {"PyObject", TypeKind::kPyObject}, {"dtype", TypeKind::kInt}, {"layout", TypeKind::kInt},
    {"memory_format", TypeKind::kInt}, {"qscheme", TypeKind::kInt}, {"ScalarType", TypeKind::kInt},
    {"Layout", TypeKind::kInt}, {"MemoryFormat", TypeKind::kInt}, {"QScheme", TypeKind::kInt},
    {"AnyClassType", TypeKind::kAnyClass}, {"AnyEnumType", TypeKind::kAnyEnum}, {"AnyListType", TypeKind::kAnyList},
    {"AnyTupleType", TypeKind::kAnyTuple},
};
// Modules in which those names may be found.
constexpr std::string_view kTypeModules[] = {"torch", "typing", "torch.types", "numbers", "builtins", "torch._C",
                                             "collections", "t", "typing_extensions", "torch.classes", "torch.jit", "torch.futures", "torch.nn",
                                             "torch.nn.parameter", "collections.abc"};
constexpr std::string_view kTensorClasses[] = {"LongTensor", "FloatTensor", "DoubleTensor", "HalfTensor", "IntTensor",
                                               "ShortTensor", "CharTensor", "ByteTensor", "BoolTensor", "Parameter"};

// "typing.List" -> "List": the part behind a module that only holds types.
std::string_view last_part(std::string_view dotted) {
  for (auto m : kTypeModules)
    if (dotted.size() > m.size() + 1 && dotted.starts_with(m) && dotted[m.size()] == '.' &&
        dotted.find('.', m.size() + 1) == std::string_view::npos)
      return dotted.substr(m.size() + 1);
  return dotted;
}

TypePtr simple_type(std::string_view name) {
  const std::string_view last = last_part(name);
  for (const auto& s : kSimple)
    if (s.name == last) return types::simple(s.kind);
  for (auto t : kTensorClasses)
    if (t == last) return types::tensor();
  return nullptr;
}

}  // namespace

std::string dotted_name(const Expr& expr) {
  if (const auto* n = expr.try_as<Name>()) return std::string(n->name.str());
  if (const auto* a = expr.try_as<Attribute>()) {
    std::string left = dotted_name(*a->object);
    if (left.empty()) return {};
    left += '.';
    left += a->name.str();
    return left;
  }
  return {};
}

TypePtr TypeReader::try_read(const Expr& annotation) {
  const bool saved = quiet_;
  quiet_ = true;
  TypePtr t = read(annotation);
  quiet_ = saved;
  return t;
}

TypePtr TypeReader::read(const Expr& e) {
  const auto fail = [&](const auto& diag, const auto&... args) -> TypePtr {
    if (!quiet_) sink_->error(e.range, diag, args...);
    return nullptr;
  };
  switch (e.kind) {
    case ExprKind::kNoneLit: return types::none();
    case ExprKind::kName:
    case ExprKind::kAttribute: {
      const std::string name = dotted_name(e);
      if (name.empty()) return fail(kBadType, e.range.text());
      // The program's own classes come first: one may be called Tensor.
      if (TypePtr t = resolver_->type(name, e.range)) return t;
      const std::string canonical = resolver_->canonical_type(name);
      if (TypePtr t = simple_type(canonical)) return t;
      const std::string_view last = last_part(canonical);
      if (resolver_->dialect() != Dialect::kText) {
        constexpr std::string_view kContainers[] = {"List", "list", "Tuple", "tuple", "Optional", "Future", "Set", "set", "Union"};
        for (const std::string_view c : kContainers)
          if (last == c) {
            std::string word(c);
            word[0] = static_cast<char>(word[0] & ~0x20);
            return fail(kContained, word, word);
          }
        if (last == "Dict" || last == "dict") return fail(kContainedDict);
      }
      // Containers without arguments hold tensors, as TorchScript has it.
      if (last == "List" || last == "list") return types::list(types::tensor());
      if (last == "Dict" || last == "dict") return types::dict(types::str(), types::tensor());
      if (last == "Callable") return fail(kCallable);
      if (TypePtr t = resolver_->annotation(e.range.text(), e.range)) return t;
      if (resolver_->dialect() == Dialect::kStrict) return fail(kStrictUnknown, name, name);
      return fail(kUnknownType, name);
    }
    case ExprKind::kStringLit: {
      // A forward reference. The names in it mean what they would mean outside.
      bool parsed = false;
      TypePtr t = read_text(e.as<StringLit>().value, &parsed);
      return parsed ? t : fail(kBadType, e.range.text());
    }
    case ExprKind::kBinary: {
      const auto& b = e.as<Binary>();
      if (b.op != BinaryOp::kBitOr) return fail(kTypeExpression, spelling(b.op));
      TypePtr left = read(*b.left), right = read(*b.right);
      if (!left || !right) return nullptr;
      return types::union_of({left, right});
    }
    case ExprKind::kSubscript: {
      const auto& s = e.as<Subscript>();
      if (s.object->kind == ExprKind::kSubscript) return fail(kSubscripted);
      const std::string full = resolver_->canonical_type(dotted_name(*s.object));
      std::string_view name = last_part(full);
      // Tuple[(int, str)] and Tuple[int, str] are the same; Tuple[()] is the empty tuple.
      Exprs args = s.indices;
      if (args.size() == 1 && !s.is_tuple && args[0]->kind == ExprKind::kTuple) {
        args = args[0]->as<Tuple>().items;
        if (!args.empty() && resolver_->dialect() == Dialect::kText) return fail(kTupleLiteral);
      }
      const auto arity = [&](std::size_t n) {
        if (args.size() == n) return true;
        fail(kTypeArity, name, std::to_string(n));
        return false;
      };
      if (name == "Callable") return fail(kCallable);
      if (name == "Final" || name == "Annotated" || name == "ClassVar") return args.empty() ? nullptr : read(*args[0]);
      const bool open_tuple = (name == "Tuple" || name == "tuple") && args.size() == 2 && args[1]->kind == ExprKind::kEllipsisLit;
      if (open_tuple && resolver_->dialect() == Dialect::kEveryday) {  // Tuple[int, ...]: as many as there are
        TypePtr element = read(*args[0]);
        return element ? types::list(std::move(element)) : nullptr;
      }
      if (name == "Literal" && resolver_->dialect() == Dialect::kEveryday && !args.empty()) {  // the type of its values
        std::vector<TypePtr> kinds;
        for (const Expr* a : args)
          kinds.push_back(a->kind == ExprKind::kStringLit ? types::str()
                          : a->kind == ExprKind::kBoolLit ? types::bool_()
                          : a->kind == ExprKind::kNoneLit ? types::none()
                                                          : types::int_());
        return types::union_of(std::move(kinds));
      }
      std::vector<TypePtr> inner;
      for (const Expr* a : args) {
        TypePtr t = read(*a);
        if (!t) {  // live Python has its own words for what it cannot resolve
          if (!quiet_ && resolver_->marks_as_pytorch()) (void)resolver_->annotation(e.range.text(), e.range);
          return nullptr;
        }
        inner.push_back(std::move(t));
      }
      if (name == "List" || name == "list" || name == "Sequence" || name.starts_with("BroadcastingList"))
        return arity(1) ? types::list(inner[0]) : nullptr;
      if (resolver_->dialect() == Dialect::kEveryday) {  // what a value of the type certainly is in a compiled program
        if (name == "Iterable" || name == "MutableSequence" || name == "Collection" || name == "Iterator")
          return arity(1) ? types::list(inner[0]) : nullptr;
        if (name == "Deque" || name == "deque") return arity(1) ? types::list(inner[0]) : nullptr;
        if (name == "Counter") return arity(1) ? types::dict(inner[0], types::int_()) : nullptr;
        if (name == "Set" || name == "set" || name == "FrozenSet" || name == "frozenset" || name == "AbstractSet")
          return arity(1) ? types::dict(inner[0], types::bool_()) : nullptr;
        if (name == "Mapping" || name == "MutableMapping" || name == "OrderedDict" || name == "DefaultDict" || name == "defaultdict") name = "Dict";
      }
      if (name == "Optional") return arity(1) ? types::optional(inner[0]) : nullptr;
      if (name == "Tuple" || name == "tuple") return types::tuple(std::move(inner));
      if (name == "Union") return inner.empty() ? fail(kTypeArity, name, std::string_view("at least one")) : types::union_of(std::move(inner));
      if (name == "Future") return arity(1) ? types::future(inner[0]) : nullptr;
      if (name == "Await" || name == "_Await") return arity(1) ? make_ref<const Type>(TypeKind::kAwait, std::vector<TypePtr>{inner[0]}) : nullptr;
      if (name == "RRef") return arity(1) ? make_ref<const Type>(TypeKind::kRRef, std::vector<TypePtr>{inner[0]}) : nullptr;
      if (name == "Dict" || name == "dict") {
        if (!arity(2)) return nullptr;
        switch (inner[0]->kind()) {
          case TypeKind::kInt: case TypeKind::kFloat: case TypeKind::kStr: case TypeKind::kBool: case TypeKind::kTensor:
          case TypeKind::kComplex: case TypeKind::kDevice: break;
          default: return fail(kDictKey, inner[0]->str());
        }
        return types::dict(inner[0], inner[1]);
      }
      if (TypePtr t = resolver_->annotation(e.range.text(), e.range)) return t;
      return fail(kUnknownConstructor, full.empty() ? std::string(s.object->range.text()) : std::string(name));
    }
    default: return fail(kBadType, e.range.text());
  }
}

TypePtr TypeReader::read_text(std::string_view text, bool* parsed) {
  const auto file = make_ref<SourceFile>("<annotation>", std::string(text));
  DiagSink inner;
  const Ref<Tree> tree = parse_module(file, inner);
  const bool ok = tree && !inner.has_errors() && tree->body.size() == 1 && tree->body[0]->kind == StmtKind::kExprStmt;
  if (parsed) *parsed = ok;
  return ok ? read(*tree->body[0]->as<ExprStmt>().value) : nullptr;
}

bool TypeReader::read_class_info(const Expr& info, std::vector<TypePtr>& out, std::span<const TypePtr> members) {
  if (const auto* t = info.try_as<Tuple>()) {
    for (const Expr* item : t->items)
      if (!read_class_info(*item, out, members)) return false;
    return true;
  }
  const std::string name = resolver_->canonical_type(dotted_name(info));
  const std::string_view last = last_part(name);
  // typing.List and typing.Tuple want their contents named, unlike the classes list and tuple.
  const bool generic = (last == "List" || last == "Tuple") && resolver_->dialect() == Dialect::kStrict;
  if (!generic && (last == "list" || last == "List")) out.push_back(types::simple(TypeKind::kAnyList));
  else if (!generic && (last == "tuple" || last == "Tuple")) out.push_back(types::simple(TypeKind::kAnyTuple));
  else if (const bool any = std::any_of(members.begin(), members.end(), [](const TypePtr& m) { return m->kind() == TypeKind::kAny; });
           !any && resolver_->dialect() == Dialect::kEveryday && (last == "dict" || last == "Dict") && info.kind != ExprKind::kSubscript) {
    std::copy_if(members.begin(), members.end(), std::back_inserter(out), [](const TypePtr& m) { return m->kind() == TypeKind::kDict; });
  } else if (TypePtr t = read(info)) {
    // Unions and Optionals are tested member by member.
    if (t->kind() == TypeKind::kUnion) out.insert(out.end(), t->elements().begin(), t->elements().end());
    else if (TypePtr element = optional_element(t)) out.insert(out.end(), {element, types::none()});
    else out.push_back(std::move(t));
  } else {
    return false;
  }
  return true;
}

}  // namespace fac::script
