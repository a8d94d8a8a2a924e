#include <cmath>

#include "command.h"
#include "ops/copy.h"
#include "value/print.h"

namespace cli {

using fac::Value;
using nlohmann::json;

namespace {

json number(double d) {
  if (std::isfinite(d)) return d;
  return std::isnan(d) ? "nan" : d > 0 ? "inf" : "-inf";
}

json tensor_json(const fac::Tensor& t, std::size_t most) {
  json out{{"dtype", fac::dtype_python(t.dtype())}, {"shape", std::vector<std::int64_t>(t.sizes().begin(), t.sizes().end())}};
  if (static_cast<std::size_t>(t.numel()) > most || fac::is_complex(t.dtype())) return out;
  auto wide = fac::cast(t, fac::is_integral(t.dtype(), true) ? fac::DType::kInt64 : fac::DType::kDouble);
  if (!wide.ok()) return out;
  auto dense = fac::contiguous(*wide);
  if (!dense.ok()) return out;
  json data = json::array();
  for (std::int64_t i = 0; i < t.numel(); ++i) {
    if (dense->dtype() == fac::DType::kInt64) data.push_back(dense->data_as<std::int64_t>()[i]);
    else data.push_back(number(dense->data_as<double>()[i]));
  }
  out["data"] = std::move(data);
  return out;
}

void collect(const Value& v, const std::string& name, std::vector<std::pair<std::string, fac::Tensor>>& out) {
  const auto sub = [&](const std::string& part) { return name.empty() ? part : name + "." + part; };
  if (v.is_tensor()) {
    out.emplace_back(name, v.tensor());
  } else if (v.is_tuple()) {
    for (std::size_t i = 0; i < v.tuple().values.size(); ++i) collect(v.tuple().values[i], sub(std::to_string(i)), out);
  } else if (v.is_list()) {
    for (std::size_t i = 0; i < v.list().size(); ++i) collect(v.list().get(i), sub(std::to_string(i)), out);
  } else if (v.is_dict()) {
    for (const auto& [key, item] : v.dict().items()) collect(item, sub(fac::value_text(key)), out);
  }
}

}  // namespace

json to_json(const Value& v, std::size_t most) {
  switch (v.tag()) {
    case fac::Tag::kNone: return nullptr;
    case fac::Tag::kBool: return v.b();
    case fac::Tag::kInt: return v.i();
    case fac::Tag::kFloat: return number(v.d());
    case fac::Tag::kStr: return v.str();
    case fac::Tag::kTensor: return tensor_json(v.tensor(), most);
    case fac::Tag::kTuple: {
      json out = json::array();
      for (const Value& item : v.tuple().values) out.push_back(to_json(item, most));
      return out;
    }
    case fac::Tag::kList: {
      json out = json::array();
      for (std::size_t i = 0; i < v.list().size(); ++i) out.push_back(to_json(v.list().get(i), most));
      return out;
    }
    case fac::Tag::kDict: {
      json out = json::object();
      for (const auto& [key, item] : v.dict().items()) out[fac::value_text(key)] = to_json(item, most);
      return out;
    }
    default: return fac::value_text(v);
  }
}

std::vector<std::pair<std::string, fac::Tensor>> named_outputs(const Value& v) {
  std::vector<std::pair<std::string, fac::Tensor>> tensors;
  collect(v, "", tensors);
  return tensors;
}

std::string describe(const Value& v) {
  switch (v.tag()) {
    case fac::Tag::kTensor: return fac::fmt("Tensor {} {}", fac::dtype_python(v.tensor().dtype()), fac::ints_text(v.tensor().sizes()));
    case fac::Tag::kTuple: {
      std::string out = "(";
      for (std::size_t i = 0; i < v.tuple().values.size(); ++i) out += (i ? ", " : "") + describe(v.tuple().values[i]);
      return out + ")";
    }
    case fac::Tag::kList: return fac::fmt("list of {}", v.list().size());
    case fac::Tag::kDict: {
      std::string out = "{";
      for (const auto& [key, item] : v.dict().items()) out += (out.size() > 1 ? ", " : "") + fac::value_text(key) + ": " + describe(item);
      return out + "}";
    }
    default: return fac::fmt("{} {}", fac::tag_name(v.tag()), fac::value_text(v));
  }
}

fac::Status save_outputs(const Value& v, const std::string& path) {
  const auto tensors = named_outputs(v);
  if (tensors.empty()) return fac::runtime_error("the result holds no tensor that could be saved");
  if (tensors.size() == 1) return write_npy(path, tensors[0].second);
  std::string stem = path, ending;
  if (const auto dot = path.rfind('.'); dot != std::string::npos && path.find('/', dot) == std::string::npos) {
    stem = path.substr(0, dot);
    ending = path.substr(dot);
  }
  for (const auto& [name, t] : tensors) FACULA_TRY_VOID(write_npy(stem + "." + name + ending, t));
  return {};
}

}  // namespace cli
