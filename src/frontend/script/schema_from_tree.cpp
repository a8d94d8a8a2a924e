#include "frontend/script/schema_from_tree.h"

namespace fac::script {
namespace {

constexpr Diag<> kVarArgs{"variable-arguments", "Compiled functions can't take variable number of arguments or use keyword-only arguments with defaults"};
// BroadcastingList2[int], also inside Optional[...]: a list for which one number may stand.
std::optional<std::int64_t> broadcast_size(const Expr& annotation) {
  const auto* s = annotation.try_as<Subscript>();
  if (!s || s->indices.size() != 1) return std::nullopt;
  const std::string name = dotted_name(*s->object);
  if (name == "Optional") return broadcast_size(*s->indices[0]);
  constexpr std::string_view kName = "BroadcastingList";
  if (name.size() != kName.size() + 1 || !name.starts_with(kName)) return std::nullopt;
  const char digit = name.back();
  return digit >= '1' && digit <= '9' ? std::optional<std::int64_t>(digit - '0') : std::nullopt;
}

// torch.nn.common_types names them: `_size_2_t` stands for BroadcastingList2[int].
std::optional<std::int64_t> size_alias(const Expr& annotation) {
  const std::string name = dotted_name(annotation);
  const std::string_view last = std::string_view(name).substr(name.rfind('.') + 1);
  if (last.size() != 9 || !last.starts_with("_size_") || !last.ends_with("_t") || last[6] < '1' || last[6] > '6') return std::nullopt;
  return last[6] - '0';
}

constexpr Diag<std::string_view, std::string_view> kInferredDefault{
    "default-of-inferred",
    "Expected a default value of type Tensor (inferred) on parameter \"{}\". Because \"{}\" was not annotated with an explicit "
    "type it is assumed to be type 'Tensor'."};
constexpr Diag<std::string_view, std::string_view> kDefault{"default-not-constant", "Expected a default value of type {} on parameter \"{}\""};
constexpr Diag<std::string_view, std::string_view> kMutableDefault{
    "mutable-default",
    "Mutable default parameters are not supported because Python binds them to the function and they persist across function "
    "calls.\nAs a workaround, make the default None and instantiate the default parameter within the body of the function. "
    "Found {} on parameter {}."};

bool is_mutable(const Value& v) {
  if (v.is_list() || v.tag() == Tag::kDict) return true;
  if (!v.is_tuple()) return false;
  for (const Value& item : v.tuple().values)
    if (is_mutable(item)) return true;
  return false;
}

}  // namespace

const TypePtr& inferred_tensor() {
  static const TypePtr type = make_ref<Type>(TypeKind::kTensor);  // equal to types::tensor(), and yet another one
  return type;
}
bool is_inferred_tensor(const Type& t) { return &t == inferred_tensor().get(); }

std::optional<Schema> schema_of(const FunctionDef& def, std::string qualified_name, const TypePtr& self_type, TypeReader& types,
                                DiagSink& sink, const ConstantNames& names, Dialect dialect, const KnownDefaults& known) {
  Schema s;
  s.name = std::move(qualified_name);
  bool ok = true;
  for (std::size_t i = 0; i < def.params.size(); ++i) {
    const Param& p = def.params[i];
    if (p.kind == ParamKind::kStar || p.kind == ParamKind::kDoubleStar) {
      if (p.kind == ParamKind::kStar && !p.name) continue;  // a bare `*`
      sink.error(p.range, kVarArgs);
      return std::nullopt;
    }
    Argument a;
    a.name = std::string(p.name.str());
    a.keyword_only = p.kind == ParamKind::kKeywordOnly;
    if (i == 0 && self_type) {
      a.type = self_type;  // also where it is annotated: an archive repeats the class's own name
    } else if (p.annotation) {
      a.type = size_alias(*p.annotation) ? fac::types::list(fac::types::int_()) : types.read(*p.annotation);
      if (!a.type) {
        ok = false;
        a.type = fac::types::tensor();
      }
      a.fixed_size = broadcast_size(*p.annotation);
      if (const auto size = size_alias(*p.annotation)) a.fixed_size = size;
    } else {
      a.type = inferred_tensor();
      // The default says what the parameter is.
      const auto v = dialect == Dialect::kEveryday && p.default_value ? constant_of(*p.default_value, nullptr, names) : std::nullopt;
      if (v) {
        a.type = v->is_none() ? fac::types::optional(fac::types::tensor()) : type_of(*v);
      } else if (dialect == Dialect::kStrict && p.default_value && known && !constant_of(*p.default_value, nullptr, names) &&
                 known(a).has_value()) {
        // A tensor of the program around: what the parameter takes.
      } else if (dialect == Dialect::kStrict && p.default_value) {
        if (const auto any = constant_of(*p.default_value, nullptr, names); any && is_mutable(*any))
          sink.error(p.default_value->range, kMutableDefault, type_of(*any)->annotation(), a.name);
        sink.error(p.default_value->range, kInferredDefault, a.name, a.name);
        ok = false;
      }
    }
    if (p.default_value && ok) {
      if (known) a.default_value = known(a);
      if (!a.default_value) a.default_value = constant_of(*p.default_value, a.type, names);
      if (!a.default_value && a.fixed_size && a.type->kind() == TypeKind::kList)
        if (const auto one = constant_of(*p.default_value, a.type->element(), names)) {
          auto list = make_ref<ListBox>(a.type->element());
          for (std::int64_t k = 0; k < *a.fixed_size; ++k) list->append(*one);
          a.default_value = Value(std::move(list));
        }
      // `padding: BroadcastingList2[int] = 0` became a list here; what was written is a number.
      // A tuple that became a list is none that can change.
      const auto written = dialect == Dialect::kStrict ? constant_of(*p.default_value, nullptr, names) : std::nullopt;
      if (a.default_value && dialect == Dialect::kStrict && !a.fixed_size && is_mutable(written ? *written : *a.default_value)) {
        sink.error(p.default_value->range, kMutableDefault, a.type->annotation(), a.name);
        ok = false;
      }
      if (!a.default_value) {
        sink.error(p.default_value->range, kDefault, a.type->annotation(), a.name);
        ok = false;
      }
    }
    s.arguments.push_back(std::move(a));
  }
  if (def.returns) {
    Argument r;
    r.type = types.read(*def.returns);
    if (!r.type) ok = false;
    else s.returns.push_back(std::move(r));
  }
  if (!ok) return std::nullopt;
  return s;
}

}  // namespace fac::script
