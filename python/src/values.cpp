// Future, ScriptList and ScriptDict: values whose state is shared with compiled code.
#include "values.h"

#include "functions.h"

namespace fac::python {
namespace {

std::size_t index_in(const ListBox& list, std::int64_t i) {
  const auto n = static_cast<std::int64_t>(list.size());
  if (i < 0) i += n;
  if (i < 0 || i >= n) throw nb::index_error("list index out of range");
  return static_cast<std::size_t>(i);
}

Value item_for(const ListBox& list, nb::handle v) {
  auto r = to_value(v, list.element_type());
  if (!r.ok()) throw nb::type_error(r.error().message.c_str());
  return take(std::move(r));
}

template <class Key>
Value cast_or_type_error(nb::handle v, const Key& type) {
  auto r = to_value(v, type);
  if (!r.ok()) throw nb::type_error(r.error().message.c_str());
  return take(std::move(r));
}

// Looking for a key of another type is a KeyError, as in Python, where any key may be looked for.
Value key_or_key_error(const DictBox& dict, nb::handle key) {
  auto r = to_value(key, dict.key_type());
  if (r.ok()) return std::move(*r);
  PyErr_SetObject(PyExc_KeyError, key.ptr());
  throw nb::python_error();
}

void bind_list(nb::module_& m) {
  nb::class_<ListHandle>(m, "ScriptList", nb::is_weak_referenceable(),
                         "A list that compiled code takes without copying: changes are seen on both sides.")
      .def("__init__", [](ListHandle* self, nb::handle items, nb::handle type) {
        const TypePtr wanted = nb::isinstance<TypeHandle>(type) ? nb::cast<TypeHandle>(type).type : nullptr;
        auto v = to_value(items, wanted);
        if (!v.ok() && v.error().kind == ErrorKind::kType) throw nb::type_error(v.error().message.c_str());
        new (self) ListHandle{take(std::move(v))};
      }, nb::arg("items"), nb::arg("type") = nb::none())
      .def("__len__", [](const ListHandle& l) { return l.list.list().size(); })
      .def("__bool__", [](const ListHandle& l) { return l.list.list().size() > 0; })
      .def("__getitem__", [](const ListHandle& l, nb::slice s) {
        ListBox& list = l.list.list();
        auto [start, stop, step, length] = s.compute(list.size());
        auto out = make_ref<ListBox>(list.element_type());
        for (std::size_t i = 0; i < length; ++i, start += step) out->append(list.get(static_cast<std::size_t>(start)));
        return ListHandle{Value(std::move(out))};
      })
      .def("__getitem__", [](const ListHandle& l, std::int64_t i) {
        return to_python(l.list.list().get(index_in(l.list.list(), i)));
      })
      .def("__setitem__", [](ListHandle& l, nb::slice s, nb::list values) {
        ListBox& list = l.list.list();
        auto [start, stop, step, length] = s.compute(list.size());
        if (length != values.size()) throw nb::type_error("Left and right hand size of slice assignment have different sizes");
        for (std::size_t i = 0; i < length; ++i, start += step) list.set(static_cast<std::size_t>(start), item_for(list, values[i]));
      })
      .def("__setitem__", [](ListHandle& l, std::int64_t i, nb::handle v) {
        ListBox& list = l.list.list();
        const std::size_t at = index_in(list, i);
        list.set(at, item_for(list, v));
      }, nb::arg("index"), nb::arg("value").none())
      .def("__delitem__", [](ListHandle& l, std::int64_t i) { l.list.list().erase(index_in(l.list.list(), i)); })
      .def("__contains__", [](const ListHandle& l, nb::handle v) {
        const Value wanted = item_for(l.list.list(), v);
        for (const Value& item : l.list.list().to_values())
          if (equal(item, wanted)) return true;
        return false;
      }, nb::arg("value").none())
      .def("append", [](ListHandle& l, nb::handle v) { l.list.list().append(item_for(l.list.list(), v)); }, nb::arg("value").none())
      .def("insert", [](ListHandle& l, std::int64_t i, nb::handle v) {
        ListBox& list = l.list.list();
        const auto n = static_cast<std::int64_t>(list.size());
        i = std::clamp<std::int64_t>(i < 0 ? i + n : i, 0, n);
        list.insert(static_cast<std::size_t>(i), item_for(list, v));
      }, nb::arg("index"), nb::arg("value").none())
      .def("extend", [](ListHandle& l, nb::handle items) {
        ListBox& list = l.list.list();
        if (Value* other = held_list(items)) {
          for (const Value& v : other->list().to_values()) {
            if (!value_matches(v, *list.element_type()))
              throw nb::type_error("the elements of the two lists have different types");
            list.append(v);
          }
          return;
        }
        std::vector<Value> converted;  // all or nothing
        for (nb::handle v : nb::iter(items)) converted.push_back(item_for(list, v));
        for (Value& v : converted) list.append(std::move(v));
      })
      .def("pop", [](ListHandle& l, std::int64_t i) {
        ListBox& list = l.list.list();
        if (list.size() == 0) throw nb::index_error("Pop from empty list");
        const std::size_t at = index_in(list, i);
        nb::object out = to_python(list.get(at));
        list.erase(at);
        return out;
      }, nb::arg("index") = -1)
      .def("remove", [](ListHandle& l, nb::handle v) {
        ListBox& list = l.list.list();
        const Value wanted = item_for(list, v);
        for (std::size_t i = 0; i < list.size(); ++i)
          if (equal(list.get(i), wanted)) return list.erase(i);
        throw nb::value_error("list.remove(x): x not in list");
      }, nb::arg("value").none())
      .def("count", [](const ListHandle& l, nb::handle v) {
        const Value wanted = item_for(l.list.list(), v);
        std::size_t n = 0;
        for (const Value& item : l.list.list().to_values()) n += equal(item, wanted);
        return n;
      }, nb::arg("value").none())
      .def("clear", [](ListHandle& l) { l.list.list().clear(); })
      .def("copy", [](const ListHandle& l) { return ListHandle{Value(make_ref<ListBox>(l.list.list()))}; })
      .def("_to_python", [](const ListHandle& l) { return to_python(l.list); })
      .def_prop_ro("_type", [](const ListHandle& l) { return TypeHandle{type_of(l.list)}; });
}

void bind_dict(nb::module_& m) {
  nb::class_<DictHandle>(m, "ScriptDict", nb::is_weak_referenceable(),
                         "A dictionary that compiled code takes without copying: changes are seen on both sides.")
      .def("__init__", [](DictHandle* self, nb::handle items, nb::handle type) {
        const TypePtr wanted = nb::isinstance<TypeHandle>(type) ? nb::cast<TypeHandle>(type).type : nullptr;
        auto v = to_value(items, wanted);
        if (!v.ok() && v.error().kind == ErrorKind::kType) throw nb::type_error(v.error().message.c_str());
        new (self) DictHandle{take(std::move(v))};
      }, nb::arg("items"), nb::arg("type") = nb::none())
      .def("__len__", [](const DictHandle& d) { return d.dict.dict().size(); })
      .def("__bool__", [](const DictHandle& d) { return d.dict.dict().size() > 0; })
      .def("__contains__", [](const DictHandle& d, nb::handle key) {
        return d.dict.dict().find(key_or_key_error(d.dict.dict(), key)) != nullptr;
      }, nb::arg("key").none())
      .def("__getitem__", [](const DictHandle& d, nb::handle key) {
        const Value k = key_or_key_error(d.dict.dict(), key);
        const Value* v = d.dict.dict().find(k);
        if (!v) {
          PyErr_SetObject(PyExc_KeyError, key.ptr());
          throw nb::python_error();
        }
        return to_python(*v);
      }, nb::arg("key").none())
      .def("__setitem__", [](DictHandle& d, nb::handle key, nb::handle value) {
        DictBox& dict = d.dict.dict();
        Value k = cast_or_type_error(key, dict.key_type());
        dict.set(std::move(k), cast_or_type_error(value, dict.value_type()));
      }, nb::arg("key").none(), nb::arg("value").none())
      .def("__delitem__", [](DictHandle& d, nb::handle key) {
        const Value k = cast_or_type_error(key, d.dict.dict().key_type());
        if (!d.dict.dict().erase(k)) {
          PyErr_SetObject(PyExc_KeyError, key.ptr());
          throw nb::python_error();
        }
      }, nb::arg("key").none())
      .def("keys", [](const DictHandle& d) {
        nb::list out;
        for (const auto& [k, v] : d.dict.dict().items()) out.append(to_python(k));
        return out;
      })
      .def("values", [](const DictHandle& d) {
        nb::list out;
        for (const auto& [k, v] : d.dict.dict().items()) out.append(to_python(v));
        return out;
      })
      .def("items", [](const DictHandle& d) {
        nb::list out;
        for (const auto& [k, v] : d.dict.dict().items()) out.append(nb::make_tuple(to_python(k), to_python(v)));
        return out;
      })
      .def("clear", [](DictHandle& d) { d.dict.dict().clear(); })
      .def("_to_python", [](const DictHandle& d) { return to_python(d.dict); })
      .def_prop_ro("_type", [](const DictHandle& d) { return TypeHandle{type_of(d.dict)}; });
}

}  // namespace

FutureHandle* as_future(nb::handle h) { return nb::isinstance<FutureHandle>(h) ? nb::inst_ptr<FutureHandle>(h) : nullptr; }
Value* held_list(nb::handle h) { return nb::isinstance<ListHandle>(h) ? &nb::inst_ptr<ListHandle>(h)->list : nullptr; }
Value* held_dict(nb::handle h) { return nb::isinstance<DictHandle>(h) ? &nb::inst_ptr<DictHandle>(h)->dict : nullptr; }

void bind_values(nb::module_& m) {
  nb::class_<FutureHandle>(m, "Future", nb::is_weak_referenceable(), "The result of fork(), now or later.")
      .def("__init__", [](FutureHandle* self) { new (self) FutureHandle{make_ref<FutureBox>(types::any())}; })
      .def("set_result", [](const FutureHandle& f, nb::handle value) {
        if (f.future->done()) throw std::runtime_error("the future is completed already");
        f.future->complete(take(to_value(value)));
      }, nb::arg("result").none())
      .def("wait", [](const FutureHandle& f) {
        return to_python(run_released([&](const RunOptions&) { return f.future->wait(); }));
      })
      .def("value", [](const FutureHandle& f) {
        if (!f.future->done()) throw std::runtime_error("the future is not completed yet");
        return to_python(take(f.future->wait()));
      })
      .def("done", [](const FutureHandle& f) { return f.future->done(); })
      .def_static("_completed", [](nb::handle value) {
        Value v = take(to_value(value));
        auto future = make_ref<FutureBox>(type_of(v));
        future->complete(std::move(v));
        return FutureHandle{future};
      }, nb::arg("value").none())
      .def_static("_run", [](nb::handle function, nb::args args, nb::kwargs kwargs) {
        auto future = make_ref<FutureBox>(types::any());
        try {
          future->complete(take(to_value(function(*args, **kwargs))));
        } catch (nb::python_error& e) {
          future->complete(from_python_error(e));
        }
        return FutureHandle{future};
      });
  bind_list(m);
  bind_dict(m);
}

}  // namespace fac::python
