#include "interp/weights.h"

#include <algorithm>
#include <set>
#include <unordered_map>

#include "source/did_you_mean.h"

namespace fac::interp {

namespace {

constexpr std::size_t kMostShown = 20;

struct Place {
  std::string name;
  Dict* table;
  std::string key;
  Value value;
  bool is_parameter;
};

Dict* table(const Value& module, std::string_view name) {
  const Obj* o = object(module);
  const Value* v = o && o->attrs ? o->attrs->find(name) : nullptr;
  return v ? as<Dict>(*v) : nullptr;
}

// Names as state_dict() gives them: parameters, persistent buffers, then the children's.
Status collect(Interp& in, const Value& module, const std::string& prefix, int depth, std::vector<Place>& out) {
  if (depth > 200) return error(ErrorKind::kLimit, "modules are nested more than 200 deep");
  Dict* hidden = table(module, "_non_persistent_buffers_set");
  for (const char* which : {"_parameters", "_buffers"})
    if (Dict* d = table(module, which))
      for (const auto& [k, v] : d->items())
        if (v.is_tensor() && k.is_str() && !(which[1] == 'b' && hidden && hidden->find(k.str())))
          out.push_back({prefix + k.str(), d, k.str(), v, which[1] == 'p'});
  if (Dict* d = table(module, "_modules"))
    for (const auto& [k, v] : d->items())
      if (!v.is_none() && k.is_str()) FACULA_TRY_VOID(collect(in, v, prefix + k.str() + ".", depth + 1, out));
  return {};
}

void list_names(std::string& out, std::string_view title, const std::vector<std::string>& names) {
  if (names.empty()) return;
  out += fmt("\n  {} ({}):", title, names.size());
  for (std::size_t i = 0; i < std::min(names.size(), kMostShown); ++i) out += "\n    " + names[i];
  if (names.size() > kMostShown) out += fmt("\n    … and {} more", names.size() - kMostShown);
}

// `module.` where taking it off (or putting it on) would make more names fit.
std::string prefix_hint(const std::set<std::string>& wanted, const std::vector<std::pair<std::string, Tensor>>& weights) {
  std::map<std::string, std::size_t> fits;
  for (const auto& [name, t] : weights)
    for (std::size_t dot = name.find('.'); dot != std::string::npos; dot = name.find('.', dot + 1))
      if (wanted.contains(name.substr(dot + 1))) ++fits[name.substr(0, dot + 1)];
  const auto best = std::max_element(fits.begin(), fits.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  if (best != fits.end() && best->second * 2 > wanted.size())
    return fmt("\n  {} names of the file fit without the prefix `{}`: give --strip-prefix {}", best->second, best->first, best->first);
  return {};
}

}  // namespace

Status load_weights(Interp& in, const Value& module, const std::vector<std::pair<std::string, Tensor>>& given, const WeightOptions& options) {
  std::vector<Place> places;
  FACULA_TRY_VOID(collect(in, module, "", 0, places));
  std::vector<std::pair<std::string, Tensor>> weights = given;
  if (!options.strip_prefix.empty())
    for (auto& [name, t] : weights)
      if (name.starts_with(options.strip_prefix)) name.erase(0, options.strip_prefix.size());
  std::unordered_map<std::string, const Tensor*> by_name;
  for (const auto& [name, t] : weights) by_name[name] = &t;
  std::set<std::string> wanted;
  for (const Place& p : places) wanted.insert(p.name);

  std::vector<std::string> missing, unexpected, shapes;
  std::vector<std::string_view> free_names;
  for (const auto& [name, t] : weights)
    if (!wanted.contains(name)) free_names.push_back(name);
  for (const Place& p : places) {
    const auto it = by_name.find(p.name);
    if (it == by_name.end()) {
      // Counters of batches came after many files were written, and inference does not read them.
      if (p.name.ends_with("num_batches_tracked")) continue;
      const std::string_view near = nearest_name(p.name, free_names);
      missing.push_back(near.empty() ? p.name : p.name + "  (the file has `" + std::string(near) + "`)");
      continue;
    }
    const Tensor own = p.value.tensor();
    const Ints a = own.sizes(), b = it->second->sizes();
    if (!std::equal(a.begin(), a.end(), b.begin(), b.end()))
      shapes.push_back(fmt("{}: {} in the file, {} in the module", p.name, ints_text(b), ints_text(a)));
  }
  for (const auto name : free_names) unexpected.emplace_back(name);
  if ((!missing.empty() && !options.allow_missing) || (!unexpected.empty() && !options.allow_unexpected) || !shapes.empty()) {
    std::string text = "the weights do not fit the module:";
    if (!options.allow_missing) list_names(text, "missing in the file", missing);
    if (!options.allow_unexpected) list_names(text, "not in the module", unexpected);
    list_names(text, "of another shape", shapes);
    if (!missing.empty()) text += prefix_hint(wanted, weights);
    if (!missing.empty() && !options.allow_missing) text += "\n  --allow-missing keeps the initial values of what is missing";
    if (!unexpected.empty() && !options.allow_unexpected) text += "\n  --allow-unexpected leaves out what the module has no place for";
    return error(ErrorKind::kCompile, "{}", text);
  }

  std::unordered_map<const TensorImpl*, Value> placed;  // tensors that share a parameter go on sharing it
  for (const Place& p : places) {
    const auto it = by_name.find(p.name);
    if (it == by_name.end()) continue;
    Value& v = placed[p.value.tensor_impl()];
    if (v.is_none()) {
      const Tensor own = p.value.tensor();
      v = Value(it->second->alias());
      if (own.dtype() != it->second->dtype()) {
        Args to{{v, in.dtypes.at(static_cast<std::int64_t>(own.dtype()))}, {}};
        FACULA_TRY(v, in.call_operator("aten::to", to));
      }
      if (!v.tensor().is_contiguous()) {
        Args c{{v}, {}};
        FACULA_TRY(v, in.call_operator("aten::contiguous", c));
      }
      v.tensor_impl()->is_parameter = p.is_parameter;
      v.tensor_impl()->requires_grad = own.impl()->requires_grad;
    }
    p.table->set(p.key, v);
  }
  return {};
}

}  // namespace fac::interp
