#include "archive/pickle_writer.h"

namespace fac::archive {
namespace {

// Shared by reference, so that being reached twice means something.
bool is_shared_kind(const Value& v) {
  switch (v.tag()) {
    case Tag::kTensor:
    case Tag::kList:
    case Tag::kDict:
    case Tag::kTuple:
    case Tag::kObject:
    case Tag::kEnum: return true;
    default: return false;
  }
}

std::pair<std::string_view, std::string_view> split_name(std::string_view qualified) {
  const auto dot = qualified.rfind('.');
  return dot == qualified.npos ? std::pair(std::string_view(), qualified) : std::pair(qualified.substr(0, dot), qualified.substr(dot + 1));
}

}  // namespace

Result<std::string> PickleWriter::write(const Value& root) {
  out_ = PickleStream();
  FACULA_TRY_VOID(count(root, 0));
  FACULA_TRY_VOID(value(root));
  out_.stop();
  return out_.take();
}

// How often each box is reached, before anything is written. Asks objects for their state, too.
Status PickleWriter::count(const Value& v, std::uint32_t depth) {
  if (!is_shared_kind(v)) return {};
  if (depth > limits_.pickle_depth)
    return error(ErrorKind::kLimit, "a value is nested more than {} deep and cannot be saved", limits_.pickle_depth);
  Seen& seen = seen_[v.box_ptr()];
  if (seen.open) return runtime_error("a {} that contains itself cannot be saved", tag_name(v.tag()));
  if (++seen.references > 1) return {};
  seen.open = true;
  FACULA_TRY_VOID(count_inside(v, depth + 1));
  seen_[v.box_ptr()].open = false;  // the table may have grown meanwhile
  return {};
}

Status PickleWriter::count_inside(const Value& v, std::uint32_t depth) {
  switch (v.tag()) {
    case Tag::kList: {
      ListBox& l = v.list();
      if (l.is_ints() || l.is_floats() || l.is_bools()) return {};
      for (const Value& item : l.values()) FACULA_TRY_VOID(count(item, depth));
      return {};
    }
    case Tag::kDict:
      for (const auto& [key, item] : v.dict().items()) {
        FACULA_TRY_VOID(count(key, depth));
        FACULA_TRY_VOID(count(item, depth));
      }
      return {};
    case Tag::kTuple:
      for (const Value& item : v.tuple().values) FACULA_TRY_VOID(count(item, depth));
      return {};
    case Tag::kObject: {
      if (!namer_) return runtime_error("an object of class '{}' cannot be pickled without its program", v.object().type().name());
      FACULA_TRY(std::optional<Value> state, namer_->state(Ref<ObjectBox>(&v.object())));
      states_[v.box_ptr()] = state;
      if (state) return count(*state, depth);
      for (const Value& item : v.object().slots) FACULA_TRY_VOID(count(item, depth));
      return {};
    }
    case Tag::kEnum: return count(v.enum_().value(), depth);
    default: return {};
  }
}

Status PickleWriter::value(const Value& v) {
  if (!is_shared_kind(v)) return unshared(v);
  const Seen seen = seen_[v.box_ptr()];
  if (seen.memo) {
    out_.get(*seen.memo);
    return {};
  }
  FACULA_TRY_VOID(unshared(v));
  // PyTorch remembers what something else holds besides. Modules and their tensors are always held by the program that
  // saves them; of the rest, what is reached twice.
  const bool held = (v.is_object() && v.object().type().is_module()) || (v.is_tensor() && !in_state_);
  if (held || seen.references > 1) seen_[v.box_ptr()].memo = out_.put();
  return {};
}

Status PickleWriter::unshared(const Value& v) {
  switch (v.tag()) {
    case Tag::kNone: return out_.none(), Status();
    case Tag::kBool: return out_.boolean(v.b()), Status();
    case Tag::kInt: return out_.integer(v.i()), Status();
    case Tag::kFloat: return out_.real(v.d()), Status();
    case Tag::kStr:
      if (v.str().size() > 0xFFFFFFFFu) return error(ErrorKind::kLimit, "a string of {} bytes cannot be saved", v.str().size());
      return out_.text(v.str()), Status();
    case Tag::kComplex:
      out_.global("builtins", "complex").real(v.c().real()).real(v.c().imag()).tuple_of(2).reduce();
      return {};
    case Tag::kDevice: {
      const std::string text = device_text(v.device());
      if (const auto known = devices_.find(text); known != devices_.end()) return out_.get(known->second), Status();
      out_.global("torch", "device").text(text).tuple_of(1).reduce();
      devices_[text] = out_.put();
      return {};
    }
    case Tag::kTensor: return tensor(v.tensor());
    case Tag::kList: return list(v.list());
    case Tag::kDict: return dict(v.dict());
    case Tag::kTuple: {
      const auto& items = v.tuple().values;
      if (items.size() > 3) out_.mark();
      for (const Value& item : items) FACULA_TRY_VOID(value(item));
      if (items.size() > 3) out_.tuple();
      else out_.tuple_of(items.size());
      return {};
    }
    case Tag::kObject: return object(v);
    case Tag::kEnum: {
      if (!namer_) return runtime_error("an enum cannot be pickled without its program");
      const std::string name = namer_->name(TypePtr(v.enum_().type));
      const auto [module, last] = split_name(name);
      out_.global(module, last);
      // Not in a tuple of arguments: so TorchScript writes it, and so its reader takes it.
      FACULA_TRY_VOID(value(v.enum_().value()));
      out_.reduce();
      return {};
    }
    default: return runtime_error("Unknown IValue type for pickling: {}", tag_name(v.tag()));
  }
}

void PickleWriter::storage(const Tensor& t) {
  const Ref<Storage>& s = t.storage();
  const auto [it, fresh] = storage_keys_.try_emplace(s.get(), StorageKey{storages_.size(), {}});
  if (fresh) storages_.push_back(s);
  for (const auto& [dtype, memo] : it->second.memos)
    if (dtype == t.dtype()) {
      out_.get(memo);
      return;
    }
  out_.mark().text("storage").global("torch", std::string(dtype_name(t.dtype())) + "Storage");
  out_.text(std::to_string(it->second.number)).text("cpu");
  out_.integer(static_cast<std::int64_t>(s->bytes() / t.element_bytes())).tuple().persistent_id();
  it->second.memos.emplace_back(t.dtype(), out_.put());
}

Status PickleWriter::tensor(const Tensor& t) {
  out_.global("torch._utils", "_rebuild_tensor_v2").mark();
  storage(t);
  out_.integer(t.offset()).mark();
  for (const std::int64_t i : t.sizes()) out_.integer(i);
  out_.tuple().mark();
  for (const std::int64_t i : t.strides()) out_.integer(i);
  out_.tuple().boolean(t.impl()->requires_grad);
  out_.global("collections", "OrderedDict").tuple_of(0).reduce();  // backward hooks: none
  out_.tuple().reduce();
  return {};
}

Status PickleWriter::list(const ListBox& constant_list) {
  auto& l = const_cast<ListBox&>(constant_list);  // reading only: its accessors are not const
  const auto special = [&](std::string_view builder, auto items) -> Status {
    out_.global("torch.jit._pickle", builder).mark().empty_list().mark();
    FACULA_TRY_VOID(items());
    out_.appends().tuple().reduce();
    return {};
  };
  if (l.is_ints())
    return special("build_intlist", [&]() -> Status {
      for (const std::int64_t i : l.ints()) out_.integer(i);
      return {};
    });
  if (l.is_floats())
    return special("build_doublelist", [&]() -> Status {
      for (const double d : l.floats()) out_.real(d);
      return {};
    });
  if (l.is_bools())
    return special("build_boollist", [&]() -> Status {
      for (const std::uint8_t b : l.bools()) out_.boolean(b != 0);
      return {};
    });
  if (l.element_type()->kind() == TypeKind::kTensor)
    return special("build_tensorlist", [&]() -> Status {
      for (const Value& v : l.values()) FACULA_TRY_VOID(value(v));
      return {};
    });
  out_.global("torch.jit._pickle", "restore_type_tag").empty_list().mark();
  for (const Value& v : l.values()) FACULA_TRY_VOID(value(v));
  const TypePtr type = types::list(l.element_type());
  out_.appends().text(namer_ ? namer_->annotation(type) : type->annotation()).tuple_of(2).reduce();
  return {};
}

Status PickleWriter::dict(const DictBox& d) {
  out_.global("torch.jit._pickle", "restore_type_tag").empty_dict().mark();
  for (const auto& [key, item] : d.items()) {
    FACULA_TRY_VOID(value(key));
    FACULA_TRY_VOID(value(item));
  }
  const TypePtr type = types::dict(d.key_type(), d.value_type());
  out_.set_items().text(namer_ ? namer_->annotation(type) : type->annotation()).tuple_of(2).reduce();
  return {};
}

Status PickleWriter::object(const Value& v) {
  const ObjectBox& o = v.object();
  const TypePtr type = o.type_ref();
  if (o.type().name().starts_with("__torch__.torch.classes."))
    return runtime_error("Cannot serialize custom bound C++ class {}. Please define serialization methods via def_pickle() for this class.", o.type().name());
  classes_.push_back(type);
  const std::string name = namer_->name(type);
  const auto [module, last] = split_name(name);
  out_.global(module, last).tuple_of(0).new_object();
  if (const auto& state = states_[v.box_ptr()]) {
    if (is_shared_kind(*state)) ++seen_[state->box_ptr()].references;  // PyTorch's interpreter holds it, too
    const bool outer = std::exchange(in_state_, true);
    FACULA_TRY_VOID(value(*state));
    in_state_ = outer;
  } else {
    out_.empty_dict().mark();
    for (std::size_t i = 0; i < o.slots.size(); ++i) {
      out_.text(o.type().attributes()[i].name);
      FACULA_TRY_VOID(value(o.slots[i]));
    }
    out_.set_items();
  }
  out_.build();
  return {};
}

}  // namespace fac::archive
