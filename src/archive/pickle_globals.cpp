// The allow-list: what the globals of a pickle stand for. Anything else is refused by name, never looked up.
#include <algorithm>
#include <array>
#include <optional>

#include "archive/pickle_machine.h"
#include "archive/tensors.h"

namespace fac::archive {

namespace {

struct GlobalRow {
  std::string_view module, name;
  GlobalKind kind;
};
constexpr GlobalRow kGlobals[] = {
    {"torch._utils", "_rebuild_tensor", GlobalKind::kRebuildTensor},
    {"torch._utils", "_rebuild_tensor_v2", GlobalKind::kRebuildTensorV2},
    {"torch._utils", "_rebuild_tensor_v3", GlobalKind::kRebuildTensorV3},
    {"torch._utils", "_rebuild_parameter", GlobalKind::kRebuildParameter},
    {"torch._utils", "_rebuild_parameter_with_state", GlobalKind::kRebuildParameter},
    {"torch._tensor", "_rebuild_from_type_v2", GlobalKind::kRebuildFromType},
    {"torch.jit._pickle", "build_intlist", GlobalKind::kBuildIntList},
    {"torch.jit._pickle", "build_doublelist", GlobalKind::kBuildFloatList},
    {"torch.jit._pickle", "build_boollist", GlobalKind::kBuildBoolList},
    {"torch.jit._pickle", "build_tensorlist", GlobalKind::kBuildTensorList},
    {"torch.jit._pickle", "restore_type_tag", GlobalKind::kRestoreTypeTag},
    {"collections", "OrderedDict", GlobalKind::kOrderedDict},
    {"torch", "device", GlobalKind::kDevice},
    {"torch", "Size", GlobalKind::kSize},
    {"torch", "Tensor", GlobalKind::kTensorClass},
    {"torch.nn.parameter", "Parameter", GlobalKind::kTensorClass},
    {"builtins", "complex", GlobalKind::kComplex},
    {"__builtin__", "complex", GlobalKind::kComplex},
    {"_codecs", "encode", GlobalKind::kEncode},
};

struct StorageRow {
  std::string_view name;
  DType dtype;
};
constexpr StorageRow kStorages[] = {
    {"ByteStorage", DType::kUInt8}, {"CharStorage", DType::kInt8}, {"ShortStorage", DType::kInt16},
    {"IntStorage", DType::kInt32}, {"LongStorage", DType::kInt64}, {"HalfStorage", DType::kHalf},
    {"FloatStorage", DType::kFloat}, {"DoubleStorage", DType::kDouble}, {"BoolStorage", DType::kBool},
    {"BFloat16Storage", DType::kBFloat16}, {"ComplexHalfStorage", DType::kComplexHalf},
    {"ComplexFloatStorage", DType::kComplexFloat}, {"ComplexDoubleStorage", DType::kComplexDouble},
    {"QInt8Storage", DType::kQInt8}, {"QUInt8Storage", DType::kQUInt8}, {"QInt32Storage", DType::kQInt32},
    {"UntypedStorage", DType::kUInt8},
};

// Known, but not run yet: the message says so instead of calling them unknown.
struct LaterRow {
  std::string_view name, what;
};
constexpr LaterRow kLater[] = {
    {"_rebuild_qtensor", "quantized tensors"},
    {"_rebuild_sparse_tensor", "sparse tensors"},
    {"_rebuild_sparse_csr_tensor", "sparse tensors"},
    {"_rebuild_nested_tensor", "nested tensors"},
    {"_rebuild_meta_tensor_no_storage", "meta tensors"},
    {"_rebuild_device_tensor_from_numpy", "tensors of other devices"},
    {"_rebuild_wrapper_subclass", "tensor subclasses"},
};
constexpr std::string_view kLaterDTypes[] = {"uint16", "uint32", "uint64", "float8_e4m3fn", "float8_e5m2",
                                             "float8_e4m3fnuz", "float8_e5m2fnuz", "float8_e8m0fnu"};

// Appends the integers of a list or tuple; false when there is something else in it.
bool read_ints(const Value& v, Dims& out) {
  std::vector<Value> values;
  if (v.is_tuple()) values = v.tuple().values;
  else if (v.is_list()) values = v.list().to_values();
  else return false;
  for (const Value& i : values) {
    if (!i.is_int()) return false;
    out.push_back(i.i());
  }
  return true;
}

bool flag(const Value& metadata, const char* name) {
  if (!metadata.is_dict()) return false;
  const Value* v = metadata.dict().find(Value(name));
  return v && v->is_bool() && v->b();
}

}  // namespace

Status Machine::push_raw(RawBox raw) {
  return push(Value(Tag::kCapsule, Ref<RefCounted>(new RawBox(std::move(raw)))), new_node(0, true, true));
}

Status Machine::push_global(std::string_view module, std::string_view name) {
  RawBox raw;
  raw.name = fmt("{}.{}", module, name);
  for (const GlobalRow& row : kGlobals)
    if (row.module == module && row.name == name) {
      raw.global = row.kind;
      return push_raw(std::move(raw));
    }
  if (module == "torch" || module == "torch.storage" || module == "torch.cuda") {
    for (const StorageRow& row : kStorages)
      if (row.name == name) {
        raw.global = GlobalKind::kStorageType;
        raw.dtype = row.dtype;
        return push_raw(std::move(raw));
      }
  }
  if (module == "torch") {
    if (const std::optional<DType> dtype = dtype_from_python(name)) return push(*dtype);
    if (std::find(std::begin(kLaterDTypes), std::end(kLaterDTypes), name) != std::end(kLaterDTypes))
      return located(ErrorKind::kNotImplemented, fmt("dtype torch.{} is not supported yet", name));
  }
  for (const LaterRow& row : kLater)
    if (module.starts_with("torch.") && row.name == name)
      return located(ErrorKind::kNotImplemented, fmt("{} are not supported yet ('{}')", row.what, raw.name));
  if (module == "torch._utils" || module == "torch.jit._pickle" || module == "torch")
    return fail("global '{}' is not known; was the file written by a newer PyTorch?", raw.name);
  // In a program every other name is a class of that program, most of them below __torch__.
  if (in_.classes) {
    auto [it, fresh] = classes_.try_emplace(raw.name);
    if (fresh) {
      Result<TypePtr> type = in_.classes->resolve(raw.name);
      if (!type.ok()) return std::move(type).take_error();  // the compiler's message says where
      it->second = std::move(type).value();
    }
    if (!it->second) return fail("class '{}' is not defined in the archive", raw.name);
    raw.type = it->second;
    return push_raw(std::move(raw));
  }
  if (module == "__torch__" || module.starts_with("__torch__."))
    return fail("class '{}' belongs to a TorchScript program; only plain values are expected here", raw.name);
  return fail("global '{}' is refused: it would import and run Python code. This file holds a pickled Python object; "
              "save model.state_dict() or torch.jit.script(model).save(path) instead",
              raw.name);
}

Status Machine::reduce() {
  FACULA_TRY(Item args, pop());
  FACULA_TRY(Item callee, pop());
  const RawBox* f = as_raw(callee.value);
  if (!f || f->kind != RawBox::Kind::kGlobal) return fail("something that is not a function is called");
  bool fresh = false;
  FACULA_TRY(Value result, call(*f, args.value, fresh));
  // Lists that were among the arguments keep their depth; as their element types are settled, they are complete.
  const bool container = result.is_list() || result.is_dict() || result.is_tuple();
  const std::uint32_t depth = fresh ? 1 : std::max(nodes_[args.node].depth, 1u);
  return push(std::move(result), container ? new_node(depth, !fresh, false) : 0);
}

// `fresh`: the result is a container that nothing else holds and that may still be filled.
Result<Value> Machine::call(const RawBox& f, const Value& args, bool& fresh) {
  if (f.global == GlobalKind::kClass && as_enum(f.type)) return enum_member(f, args);
  if (!args.is_tuple()) return fail("'{}' is called without a tuple of arguments", f.name);
  return call_on_tuple(f, args.tuple().values, fresh);
}

Result<Value> Machine::call_on_tuple(const RawBox& f, const std::vector<Value>& args, bool& fresh) {
  const auto wrong = [&] { return fail("'{}' is called with arguments that do not fit", f.name); };
  const auto typed_list = [&](const TypePtr& element) -> Result<Value> {
    if (args.size() != 1 || !args[0].is_list()) return wrong();
    Status s = restorer_.restore(args[0], types::list(element));
    if (!s.ok()) return located(s.take_error());
    return args[0];
  };
  switch (f.global) {
    case GlobalKind::kRebuildTensor: case GlobalKind::kRebuildTensorV2: case GlobalKind::kRebuildTensorV3:
      return rebuild_tensor(f, args);
    case GlobalKind::kRebuildParameter: return rebuild_parameter(args);
    case GlobalKind::kRebuildFromType: {  // (function, class, arguments, attributes): the attributes are Python's
      const RawBox* inner = args.size() == 4 ? as_raw(args[0]) : nullptr;
      const RawBox* type = args.size() == 4 ? as_raw(args[1]) : nullptr;
      if (!inner || inner->kind != RawBox::Kind::kGlobal || inner->global > GlobalKind::kRebuildParameter || !type ||
          type->global != GlobalKind::kTensorClass || !args[2].is_tuple())
        return wrong();
      return call_on_tuple(*inner, args[2].tuple().values, fresh);
    }
    case GlobalKind::kBuildIntList: return typed_list(types::int_());
    case GlobalKind::kBuildFloatList: return typed_list(types::float_());
    case GlobalKind::kBuildBoolList: return typed_list(types::bool_());
    case GlobalKind::kBuildTensorList: return typed_list(types::tensor());
    case GlobalKind::kRestoreTypeTag: {
      if (args.size() != 2 || !(args[0].is_list() || args[0].is_dict()) || !args[1].is_str()) return wrong();
      auto [it, first_time] = classes_.try_emplace(args[1].str());
      if (first_time) {
        Result<TypePtr> type = parse_annotation(args[1].str(), in_.classes, *in_.limits);
        if (!type.ok()) return located(type.take_error());
        it->second = std::move(type).value();
      }
      const TypePtr type = it->second;
      if (type->kind() != (args[0].is_list() ? TypeKind::kList : TypeKind::kDict)) return wrong();
      Status s = restorer_.restore(args[0], type);
      if (!s.ok()) return located(s.take_error());
      return args[0];
    }
    case GlobalKind::kOrderedDict: fresh = true; return ordered_dict(args);
    case GlobalKind::kDevice: {
      if (args.empty() || args.size() > 2 || !args[0].is_str()) return wrong();
      std::optional<Device> d = device_from_text(args[0].str());
      if (!d) return fail("'{}' is not a known device", args[0].str());
      if (args.size() == 2 && args[1].is_int()) d->index = static_cast<std::int8_t>(std::clamp<std::int64_t>(args[1].i(), -1, 127));
      return Value(*d);
    }
    case GlobalKind::kComplex: {
      if (args.size() != 2 || !args[0].is_float() || !args[1].is_float()) return wrong();
      return Value(std::complex<double>(args[0].d(), args[1].d()));
    }
    case GlobalKind::kSize: {
      Dims sizes;
      if (args.size() != 1 || !read_ints(args[0], sizes)) return wrong();
      return Value(ListBox::of_ints(sizes));
    }
    case GlobalKind::kEncode: return encode(args);
    case GlobalKind::kClass:
      if (as_tuple(f.type)) return named_tuple(f, args);
      break;
    case GlobalKind::kStorageType: case GlobalKind::kTensorClass: break;
  }
  return fail("'{}' is called like a function", f.name);
}

// ("storage", type, key, location, number of elements [, view]); the location is ignored: everything goes to the CPU.
Status Machine::persistent_id() {
  FACULA_TRY(const Item item, pop());
  const std::vector<Value> none;
  const std::vector<Value>& id = item.value.is_tuple() ? item.value.tuple().values : none;
  const RawBox* type = id.size() >= 5 ? as_raw(id[1]) : nullptr;
  if (!type || type->kind != RawBox::Kind::kGlobal || type->global != GlobalKind::kStorageType || !id[0].is_str() ||
      id[0].str() != "storage" || !id[2].is_str() || !id[4].is_int())
    return fail("a persistent identifier does not describe a storage");
  if (!in_.storages) return fail("tensors are not expected here");
  if (id[4].i() < 0) return fail("storage '{}' has {} elements", id[2].str(), id[4].i());
  if (id.size() > 5 && !id[5].is_none())
    return located(ErrorKind::kNotImplemented, "views of storages (a format of PyTorch 0.1) are not supported");
  Result<Ref<Storage>> storage = in_.storages->load(id[2].str(), type->dtype, id[4].i());
  if (!storage.ok()) return located(storage.take_error());
  RawBox raw;
  raw.kind = RawBox::Kind::kStorage;
  raw.dtype = type->dtype;
  raw.storage = std::move(storage).value();
  raw.name = fmt("storage {}", id[2].str());
  return push_raw(std::move(raw));
}

// v1: (storage, offset, sizes, strides); v2: + requires_grad, hooks [, bits]; v3: + … dtype [, bits], untyped storage
Result<Value> Machine::rebuild_tensor(const RawBox& f, const std::vector<Value>& args) {
  const bool v1 = f.global == GlobalKind::kRebuildTensor, v3 = f.global == GlobalKind::kRebuildTensorV3;
  const std::size_t required = v1 ? 4 : v3 ? 7 : 6;
  const RawBox* storage = args.size() >= required ? as_raw(args[0]) : nullptr;
  Dims sizes, strides;
  if (!storage || storage->kind != RawBox::Kind::kStorage || !args[1].is_int() || !read_ints(args[2], sizes) ||
      !read_ints(args[3], strides) || (!v1 && !args[4].is_bool()))
    return fail("'{}' is called with arguments that do not fit", f.name);
  DType dtype = storage->dtype;
  if (v3) {
    if (!args[6].is_int() || !is_valid_dtype(args[6].i())) return fail("a tensor has no valid dtype");
    dtype = static_cast<DType>(args[6].i());
  }
  if (dtype == DType::kQInt8 || dtype == DType::kQUInt8 || dtype == DType::kQInt32)
    return located(ErrorKind::kNotImplemented, "quantized tensors are not supported yet");
  Result<Tensor> made = checked_view(storage->storage, args[1].i(), sizes, strides, dtype);
  if (!made.ok()) return located(made.take_error());
  Tensor t = std::move(made).value();
  const Value bits = args.size() > required ? args[required] : Value();
  if (flag(bits, "conj") || flag(bits, "neg")) {
    Result<Tensor> plain = resolve_bits(t, flag(bits, "conj"), flag(bits, "neg"));
    if (!plain.ok()) return located(plain.take_error());
    t = std::move(plain).value();
  }
  t.impl()->requires_grad = !v1 && args[4].b();
  return Value(std::move(t));
}

Result<Value> Machine::rebuild_parameter(const std::vector<Value>& args) {
  if (args.size() < 2 || !args[0].is_tensor() || !args[1].is_bool()) return fail("a parameter is not made of a tensor");
  Tensor t = args[0].tensor().alias();
  t.impl()->requires_grad = args[1].b();
  t.impl()->is_parameter = true;
  return Value(std::move(t));
}

// Either empty and filled by instructions that follow, or made of one list of [key, value] pairs (protocols 0 and 1).
Result<Value> Machine::ordered_dict(const std::vector<Value>& args) {
  if (!args.empty()) return fail("an ordered dictionary made of pairs is not supported");
  return Value(make_ref<DictBox>(types::any(), types::any()));
}

// Protocol 2 writes bytes as text in which each character is one byte.
Result<Value> Machine::encode(const std::vector<Value>& args) {
  if (args.size() != 2 || !args[0].is_str() || !args[1].is_str() || args[1].str() != "latin1")
    return fail("'_codecs.encode' is called with arguments that do not fit");
  const std::string& text = args[0].str();
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c < 0x80) {
      bytes.push_back(text[i]);
    } else {
      const unsigned next = i + 1 < text.size() ? static_cast<unsigned char>(text[++i]) : 0;
      if ((c != 0xC2 && c != 0xC3) || (next & 0xC0) != 0x80) return fail("text stands where bytes are expected");
      bytes.push_back(static_cast<char>((c & 3u) << 6 | (next & 0x3Fu)));
    }
  }
  return Value(std::move(bytes));
}

}  // namespace fac::archive
