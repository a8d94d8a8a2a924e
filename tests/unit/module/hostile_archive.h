// Archives as a stranger would write them: any code text, and attributes that nobody has compared with their types.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "archive/pickle_stream.h"
#include "archive/zip_writer.h"
#include "value/value.h"

namespace fac {

// Values as plain pickle writes them: containers do not say what they hold. Tensors become None.
inline void pickle_plainly(archive::PickleStream& out, const Value& v) {
  switch (v.tag()) {
    case Tag::kBool: out.boolean(v.b()); return;
    case Tag::kInt: out.integer(v.i()); return;
    case Tag::kFloat: out.real(v.d()); return;
    case Tag::kStr: out.text(v.str()); return;
    case Tag::kList:
      out.empty_list().mark();
      for (const Value& item : v.list().to_values()) pickle_plainly(out, item);
      out.appends();
      return;
    case Tag::kDict:
      out.empty_dict().mark();
      v.dict().for_each([&](const Value& key, const Value& item) {
        pickle_plainly(out, key);
        pickle_plainly(out, item);
      });
      out.set_items();
      return;
    case Tag::kTuple:
      out.mark();
      for (const Value& item : v.tuple().values) pickle_plainly(out, item);
      out.tuple();
      return;
    default: out.none();
  }
}

// names.size() == values.size(): attributes of `__torch__.M`. No names and one value: what its __setstate__ is given.
inline std::string hostile_archive(std::string_view code, std::span<const std::string> names, std::span<const Value> values) {
  archive::PickleStream data;
  data.global("__torch__", "M").tuple_of(0).new_object();
  if (names.empty() && values.size() == 1) {
    pickle_plainly(data, values[0]);
  } else {
    data.empty_dict().mark();
    for (std::size_t i = 0; i < names.size(); ++i) {
      data.text(names[i]);
      pickle_plainly(data, values[i]);
    }
    data.set_items();
  }
  data.build().stop();
  archive::PickleStream constants;
  constants.tuple_of(0).stop();
  archive::StringSink sink;
  archive::ZipWriter zip(sink, "m");
  const auto add = [&](std::string_view name, std::string_view text) { static_cast<void>(zip.add(name, text).ok()); };
  add("data.pkl", data.take());
  add("code/__torch__.py", code);
  add("constants.pkl", constants.take());
  static_cast<void>(zip.finish(3).ok());
  return sink.take();
}

}  // namespace fac
