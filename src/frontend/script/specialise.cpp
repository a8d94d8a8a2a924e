#include "frontend/script/specialise.h"

#include <algorithm>

namespace fac::script {

std::optional<Specialised> specialise(Emitter& e, const ir::Function& general, const FunctionDef& def, const std::vector<CallArg>& args,
                                      const std::function<bool(const TypePtr&, const TypePtr&)>& derived) {
  Specialised out{general.schema(), general.qualified_name()};
  Schema& schema = out.schema;
  if (!def.returns) schema.returns.clear();  // of the general copy, where that is compiled already
  bool differs = false;
  std::size_t position = 0;
  for (const CallArg& a : args) {
    if (!a.value) return std::nullopt;
    std::size_t i = position;
    if (a.name) {
      i = 0;
      while (i < schema.arguments.size() && schema.arguments[i].name != a.name.str()) ++i;
    } else {
      ++position;
    }
    if (i >= schema.arguments.size() || i >= def.params.size()) return std::nullopt;
    Argument& wanted = schema.arguments[i];
    const TypePtr given = e.type(a.value);
    if (def.params[i].annotation && !(derived && derived(given, wanted.type))) continue;
    if (is_subtype(given, wanted.type)) continue;
    if (const TypePtr both = wanted.default_value ? join_types(given, wanted.type) : nullptr; both && same(both, wanted.type)) continue;
    wanted.type = given;
    if (wanted.default_value && !value_matches(*wanted.default_value, *given)) wanted.default_value.reset();
    out.key += "|" + std::to_string(i) + given->annotation();
    differs = true;
  }
  if (!differs) return std::nullopt;
  return out;
}

bool inlines(const FunctionDef& def, const std::vector<CallArg>& args) {
  return std::any_of(args.begin(), args.end(), [](const CallArg& a) { return a.meaning != nullptr; }) ||
         std::any_of(def.params.begin(), def.params.end(), [](const Param& p) {
           return (p.kind == ParamKind::kStar && p.name) || p.kind == ParamKind::kDoubleStar;
         });
}

}  // namespace fac::script
