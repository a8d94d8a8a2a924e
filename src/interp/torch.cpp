// `torch`: tensors, dtypes and the operators by name. What can be said in Python is in py/torch*.py.
#include <algorithm>

#include "frontend/nn/library.h"
#include "interp/install.h"
#include "ops/functions.h"
#include "ops/generator.h"
#include "ops/table.h"

namespace fac::interp {

namespace {

using R = Result<Value>;

// --- torch.tensor(data) ------------------------------------------------------------------------------------------------

struct Shape {
  std::vector<std::int64_t> sizes;
  bool has_float = false, has_int = false, has_bool = false, has_complex = false;
};

Status measure(Interp& in, const Value& given, std::size_t depth, Shape& s, std::vector<Value>& flat) {
  const Value v = in.plain(given);
  if (depth > 32) return in.raise("ValueError", "too many dimensions");
  if (const Seq* list = as<Seq>(v)) {
    const auto n = static_cast<std::int64_t>(list->items.size());
    if (s.sizes.size() == depth) {
      if (!flat.empty()) return in.raise("ValueError", "expected sequences of equal lengths");
      s.sizes.push_back(n);
    } else if (s.sizes[depth] != n) {
      return in.raise("ValueError", "expected sequence of length {} at dim {} (got {})", s.sizes[depth], depth, n);
    }
    for (const Value& item : list->items) FACULA_TRY_VOID(measure(in, item, depth + 1, s, flat));
    return {};
  }
  if (as<Dict>(v) || as<RangeObj>(v) || as<Iter>(v)) {
    FACULA_TRY(auto items, in.gather(v));
    return measure(in, in.list(std::move(items)), depth, s, flat);
  }
  Value leaf = v;
  if (v.is_tensor() && v.tensor_impl()->numel == 1) {
    Args a{{v}, {}};
    FACULA_TRY(leaf, in.call_operator("aten::item", a));
  }
  if (!leaf.is_scalar()) return in.raise("TypeError", "'{}' object cannot be an element of a tensor", type_name(in, v));
  if (depth != s.sizes.size()) return in.raise("ValueError", "expected sequences of equal depths");
  s.has_float |= leaf.is_float();
  s.has_int |= leaf.is_int();
  s.has_bool |= leaf.is_bool();
  s.has_complex |= leaf.is_complex();
  flat.push_back(leaf);
  return {};
}

}  // namespace

R make_tensor(Interp& in, Args& args) {
  if (args.pos.empty()) return in.raise("TypeError", "tensor() misses its data");
  std::optional<DType> dtype;
  if (const Value* d = arg(args, 1, "dtype"); d && !d->is_none())
    if (auto n = in.to_native(*d, types::simple(TypeKind::kDtype), std::nullopt)) dtype = static_cast<DType>(n->i());
  bool requires_grad = false;
  if (const Value* r = arg(args, ~0u, "requires_grad")) {
    FACULA_TRY(requires_grad, in.truth(*r));
  }
  const Value data = in.plain(args.pos[0]);
  if (data.is_tensor()) {
    FACULA_TRY(Tensor copy, ops::clone_as(data.tensor(), MemoryFormat::kPreserve));
    Value v(copy);
    if (dtype) {
      Args to{{v, in.dtypes.at(static_cast<std::int64_t>(*dtype))}, {}};
      FACULA_TRY(v, in.call_operator("aten::to", to));
    }
    v.tensor_impl()->requires_grad = requires_grad;
    v.tensor_impl()->is_parameter = false;
    return v;
  }
  Shape s;
  std::vector<Value> flat;
  FACULA_TRY_VOID(measure(in, data, 0, s, flat));
  const DType natural = s.has_complex ? complex_dtype(default_dtype()) : s.has_float ? default_dtype() : s.has_int ? DType::kInt64 : s.has_bool ? DType::kBool : default_dtype();
  const DType work = s.has_complex ? DType::kComplexDouble : s.has_float ? DType::kDouble : DType::kInt64;
  FACULA_TRY(Tensor t, Tensor::empty(s.sizes, work));
  FACULA_TRY_VOID(in.charge_tensor(t));
  for (std::size_t i = 0; i < flat.size(); ++i) {
    const Value& v = flat[i];
    if (work == DType::kInt64) t.data_as<std::int64_t>()[i] = v.i();
    else if (work == DType::kDouble) t.data_as<double>()[i] = v.is_float() ? v.d() : static_cast<double>(v.i());
    else t.data_as<std::complex<double>>()[i] = v.is_complex() ? v.c() : v.is_float() ? v.d() : static_cast<double>(v.i());
  }
  Value out(t);
  Args to{{out, in.dtypes.at(static_cast<std::int64_t>(dtype.value_or(natural)))}, {}};
  FACULA_TRY(out, in.call_operator("aten::to", to));
  if (requires_grad) out.tensor_impl()->requires_grad = true;
  return out;
}

namespace {

// (name, arguments …). "F::relu" is what torch.nn.functional calls relu: the operator where there is one; compiled
// programs mean the library's function.
R run_operator(Interp& in, Args& args) {
  if (args.pos.empty() || !args.pos[0].is_str()) return in.raise("TypeError", "an operator's name is missing");
  std::string name = args.pos[0].str();
  if (name.starts_with("F::")) {
    name = "aten::" + name.substr(3);
    if (!in.has_operator(name)) return in.raise("NotImplementedError", "torch.nn.functional.{} runs in compiled methods only", name.substr(6));
  }
  args.pos.erase(args.pos.begin());
  return in.call_operator(name, args);
}

Result<Tensor> self_tensor(Interp& in, const Args& args) {
  if (args.pos.empty() || !in.plain(args.pos[0]).is_tensor()) return in.raise("TypeError", "a tensor is needed");
  return in.plain(args.pos[0]).tensor();
}

R to_list(Interp& in, const Tensor& t, std::int64_t dim) {
  if (t.dim() == 0) {
    Args a{{Value(t)}, {}};
    return in.call_operator("aten::item", a);
  }
  std::vector<Value> out;
  FACULA_TRY_VOID(in.charge(static_cast<std::uint64_t>(t.size(0)) * sizeof(Value)));
  for (std::int64_t i = 0; i < t.size(0); ++i) {
    FACULA_TRY(const Tensor row, ops::select(t, 0, i));
    FACULA_TRY(Value v, to_list(in, row, dim + 1));
    out.push_back(std::move(v));
  }
  return in.list(std::move(out));
}

R cast_to(Interp& in, const Args& args, DType d) {
  Args to{{first(args), in.dtypes.at(static_cast<std::int64_t>(d))}, {}};
  return in.call_operator("aten::to", to);
}

constexpr MethodRow kProperties[] = {
    {"shape", [](Interp& in, Args& a) -> R { return in.call_operator("aten::size", a); }},
    {"dtype", [](Interp& in, Args& a) -> R {
       FACULA_TRY(const Tensor t, self_tensor(in, a));
       return in.dtypes.at(static_cast<std::int64_t>(t.dtype()));
     }},
    {"device", [](Interp& in, Args& a) -> R {
       FACULA_TRY(const Tensor t, self_tensor(in, a));
       return Value(t.device());
     }},
    {"ndim", [](Interp& in, Args& a) -> R {
       FACULA_TRY(const Tensor t, self_tensor(in, a));
       return Value(t.dim());
     }},
    {"data", [](Interp& in, Args& a) -> R {
       FACULA_TRY(const Tensor t, self_tensor(in, a));
       return Value(t.alias());
     }},
    {"T", [](Interp& in, Args& a) -> R { return in.call_operator("aten::t", a); }},
    {"requires_grad", [](Interp& in, Args& a) -> R {
       FACULA_TRY(const Tensor t, self_tensor(in, a));
       return Value(t.impl()->requires_grad);
     }},
    {"is_leaf", [](Interp&, Args&) -> R { return Value(true); }},
    {"grad", [](Interp&, Args&) -> R { return Value(); }},
    {"grad_fn", [](Interp&, Args&) -> R { return Value(); }},
    {"is_cuda", [](Interp&, Args&) -> R { return Value(false); }},
    {"is_meta", [](Interp&, Args&) -> R { return Value(false); }},
    {"itemsize", [](Interp& in, Args& a) -> R {
       FACULA_TRY(const Tensor t, self_tensor(in, a));
       return Value(static_cast<std::int64_t>(t.element_bytes()));
     }},
};
constexpr MethodRow kMethods[] = {
    {"$operator", run_operator},
    {"tolist", [](Interp& in, Args& a) -> R {
       FACULA_TRY(const Tensor t, self_tensor(in, a));
       return to_list(in, t, 0);
     }},
    {"float", [](Interp& in, Args& a) -> R { return cast_to(in, a, DType::kFloat); }},
    {"double", [](Interp& in, Args& a) -> R { return cast_to(in, a, DType::kDouble); }},
    {"half", [](Interp& in, Args& a) -> R { return cast_to(in, a, DType::kHalf); }},
    {"bfloat16", [](Interp& in, Args& a) -> R { return cast_to(in, a, DType::kBFloat16); }},
    {"long", [](Interp& in, Args& a) -> R { return cast_to(in, a, DType::kInt64); }},
    {"int", [](Interp& in, Args& a) -> R { return cast_to(in, a, DType::kInt32); }},
    {"bool", [](Interp& in, Args& a) -> R { return cast_to(in, a, DType::kBool); }},
    {"cpu", [](Interp&, Args& a) -> R { return first(a); }},
    {"cuda", [](Interp&, Args& a) -> R { return first(a); }},
    {"requires_grad_", [](Interp& in, Args& a) -> R {
       FACULA_TRY(const Tensor t, self_tensor(in, a));
       bool on = true;
       if (const Value* v = arg(a, 1, "requires_grad")) {
         FACULA_TRY(on, in.truth(*v));
       }
       t.impl()->requires_grad = on;
       return a.pos[0];
     }},
    {"numpy", [](Interp& in, Args&) -> R { return in.raise("ImportError", "numpy is not available while a model is compiled"); }},
    {"backward", [](Interp& in, Args&) -> R { return in.raise("NotImplementedError", "gradients are not available while a model is compiled"); }},
    {"__len__", [](Interp& in, Args& a) -> R {
       FACULA_TRY(const std::int64_t n, in.length(first(a)));
       return Value(n);
     }},
};

R make_parameter(Interp& in, Args& a) {
  Tensor t;
  if (const Value* data = arg(a, 1, "data"); data && !data->is_none()) {
    if (!in.plain(*data).is_tensor()) return in.raise("TypeError", "Parameter data must be a tensor, not {}", type_name(in, *data));
    t = in.plain(*data).tensor().alias();
  } else {
    FACULA_TRY(t, Tensor::empty({}, default_dtype()));
  }
  bool grad = true;
  if (const Value* g = arg(a, 2, "requires_grad")) {
    FACULA_TRY(grad, in.truth(*g));
  }
  t.impl()->is_parameter = true;
  t.impl()->requires_grad = grad;
  return Value(t);
}

R make_legacy_tensor(Interp& in, Args& a) {  // torch.Tensor(2, 3), torch.Tensor([1., 2.])
  if (a.pos.size() == 2 && !a.pos[1].is_int()) {
    Args data{{a.pos[1]}, {{"dtype", in.dtypes.at(static_cast<std::int64_t>(default_dtype()))}}};
    return make_tensor(in, data);
  }
  Args sizes{{in.list({a.pos.begin() + (a.pos.empty() ? 0 : 1), a.pos.end()})}, {}};
  return in.call_operator("aten::empty", sizes);
}

R make_device(Interp& in, Args& a) {
  const Value* type = arg(a, 1, "type");
  if (type && type->is_device()) return *type;
  if (!type || !type->is_str()) return in.raise("TypeError", "device() takes a text");
  auto d = device_from_text(type->str());
  if (!d) return in.raise("RuntimeError", "Expected one of cpu, cuda, … device type, but got '{}'", type->str());
  if (const Value* i = arg(a, 2, "index"); i && i->is_int()) d->index = static_cast<std::int8_t>(std::clamp<std::int64_t>(i->i(), -1, 127));
  return Value(*d);
}

constexpr MethodRow kTorch[] = {
    {"manual_seed", [](Interp& in, Args& a) -> R {
       FACULA_TRY_VOID(expect_count(in, a, 1, 1, "manual_seed"));
       FACULA_TRY(const std::int64_t seed, in.index(a.pos[0]));
       ops::default_generator().set_seed(static_cast<std::uint64_t>(seed));
       return Value();
     }},
    {"tensor", make_tensor},
    {"as_tensor", [](Interp& in, Args& a) -> R {
       if (!a.pos.empty() && a.pos[0].is_tensor() && a.pos.size() == 1 && a.kw.empty()) return a.pos[0];
       return make_tensor(in, a);
     }},
    {"is_tensor", [](Interp& in, Args& a) -> R { return Value(!a.pos.empty() && in.plain(a.pos[0]).is_tensor()); }},
    {"_warn", [](Interp& in, Args& a) -> R {
       FACULA_TRY(std::string text, text_arg(in, a, 0, "warn"));
       in.warn(std::move(text));
       return Value();
     }},
    // For inspect: (name, kind[, default]) of each parameter.
    {"_parameters", [](Interp& in, Args& a) -> R {
       FACULA_TRY_VOID(expect_count(in, a, 1, 1, "signature"));
       Value f = a.pos[0];
       bool bound = false;
       while (Method* m = as<Method>(f)) {
         f = m->function;
         bound = true;
       }
       std::vector<Value> rows;
       if (const Function* fn = as<Function>(f))
         for (std::size_t i = bound ? 1 : 0; i < fn->params.size(); ++i) {
           const auto& p = fn->params[i];
           if (!p.name) continue;
           std::int64_t kind = 1;
           switch (p.kind) {
             case script::ParamKind::kPositionalOnly: kind = 0; break;
             case script::ParamKind::kPositional: kind = 1; break;
             case script::ParamKind::kStar: kind = 2; break;
             case script::ParamKind::kKeywordOnly: kind = 3; break;
             case script::ParamKind::kDoubleStar: kind = 4; break;
           }
           std::vector<Value> row{Value(p.name.str()), Value(kind)};
           if (fn->has_default[i]) row.push_back(fn->defaults[i]);
           rows.push_back(in.tuple(std::move(row)));
         }
       return in.list(std::move(rows));
     }},
    {"_is_kind", [](Interp& in, Args& a) -> R {
       FACULA_TRY(const std::string kind, text_arg(in, a, 1, "is"));
       const Obj* o = object(a.pos[0]);
       return Value(o && ((kind == "module" && o->kind == Kind::kModule) || (kind == "function" && o->kind == Kind::kFunction) ||
                          (kind == "method" && o->kind == Kind::kMethod)));
     }},
    {"_meshgrid", [](Interp& in, Args& a) -> R { return in.call_operator("aten::meshgrid", a); }},
    {"get_default_dtype", [](Interp& in, Args&) -> R { return in.dtypes.at(static_cast<std::int64_t>(default_dtype())); }},
};

}  // namespace

Result<std::optional<Value>> Interp::torch_member(Module& m, std::string_view name) {
  using Found = std::optional<Value>;
  if (m.name == "torch" || m.name == "torch.nn.functional" || m.name == "torch.linalg" || m.name == "torch.fft" || m.name == "torch.special" ||
      m.name == "torch.ops.aten" || m.name == "torch._C._nn" || m.name == "torch._VF") {
    std::string full = "aten::" + std::string(name);
    if (m.name == "torch.linalg" || m.name == "torch.fft" || m.name == "torch.special") full = "aten::" + m.name.substr(6) + "_" + std::string(name);
    const bool functional = m.name == "torch.nn.functional";
    if (has_operator(full) || (functional && !nn::functional(name).empty())) {
      if (functional) full = "F::" + std::string(name);
      auto n = make_ref<Native>(heap_, known.native, std::string(name), run_operator);
      n->has_data = true;
      n->data = Value(full);
      m.attrs->set(name, value_of(n));
      return Found(value_of(n));
    }
  }
  return Found();
}

void install_torch(Interp& in) {
  Installer to(in);
  for (const auto& p : kProperties)
    in.known.tensor->members->set(p.name, value_of(make_ref<Descriptor>(in.heap(), Kind::kProperty, in.known.property, in.native(std::string(p.name), p.fn))));
  to.methods(in.known.tensor, kMethods);
  to.static_method(in.known.tensor, "__new__", make_legacy_tensor);
  to.static_method(in.known.parameter, "__new__", make_parameter);
  to.static_method(in.known.device, "__new__", make_device);
  const Ref<Module> c = in.new_module("_torch");
  to.functions(*c, kTorch);
  Dict& names = *c->attrs;
  for (std::int64_t n = 0; n < 16; ++n) {
    if (!is_valid_dtype(n)) continue;
    const std::string_view text = dtype_python(static_cast<DType>(n));
    if (text.empty()) continue;
    in.dtypes[n] = value_of(make_ref<Constant>(in.heap(), in.known.dtype, "torch." + std::string(text), n));
    names.set(text, in.dtypes[n]);
  }
  for (const std::string_view alias : {"float", "double", "half", "long", "int", "short", "cfloat", "cdouble"})
    if (const auto d = dtype_from_python(alias))
      if (const auto it = in.dtypes.find(static_cast<std::int64_t>(*d)); it != in.dtypes.end()) names.set(alias, it->second);
  const auto constant = [&](std::string_view name, Class* cls, std::int64_t n) {
    names.set(name, value_of(make_ref<Constant>(in.heap(), cls, "torch." + std::string(name), n)));
  };
  constant("strided", in.known.layout, 0);
  constant("sparse_coo", in.known.layout, 1);
  constant("contiguous_format", in.known.memory_format, 0);
  constant("preserve_format", in.known.memory_format, 1);
  constant("channels_last", in.known.memory_format, 2);
  constant("channels_last_3d", in.known.memory_format, 3);
  names.set("inf", Value(std::numeric_limits<double>::infinity()));
  names.set("nan", Value(std::numeric_limits<double>::quiet_NaN()));
  names.set("Tensor", value_of(Ref<Obj>(in.known.tensor)));
  names.set("Parameter", value_of(Ref<Obj>(in.known.parameter)));
  names.set("Size", value_of(Ref<Obj>(in.known.size)));
  names.set("device", value_of(Ref<Obj>(in.known.device)));
  names.set("dtype", value_of(Ref<Obj>(in.known.dtype)));
  names.set("layout", value_of(Ref<Obj>(in.known.layout)));
  names.set("memory_format", value_of(Ref<Obj>(in.known.memory_format)));
}

}  // namespace fac::interp
