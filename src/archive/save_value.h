// A single value as torch.save stores one: a zip container with data.pkl and its tensors, and no program.
#pragma once

#include "archive/byte_sink.h"
#include "base/limits.h"
#include "value/value.h"

namespace fac::archive {

// read_saved (reader.h) and torch.load read it. errors: as PickleWriter; objects and enums need a program and are refused.
Status save_value(const Value& v, ByteSink& sink, const Limits& limits);

}  // namespace fac::archive
