// Instructions of the pickle machine. Names and numbers are those of Python's pickletools.
// Longer than most files: one machine, a case for each instruction.
#include "archive/pickle.h"

#include <bit>
#include <charconv>
#include <cstring>

#include "archive/pickle_machine.h"

namespace fac::archive {

namespace {

enum Op : std::uint8_t {
  kMark = '(', kStop = '.', kPop = '0', kPopMark = '1', kDup = '2', kFloat = 'F', kInt = 'I', kBinInt = 'J',
  kBinInt1 = 'K', kLong = 'L', kBinInt2 = 'M', kNone = 'N', kBinPersId = 'Q', kReduce = 'R', kBinString = 'T',
  kShortBinString = 'U', kUnicode = 'V', kBinUnicode = 'X', kAppend = 'a', kBuild = 'b', kGlobal = 'c', kDict = 'd',
  kEmptyDict = '}', kAppends = 'e', kGet = 'g', kBinGet = 'h', kLongBinGet = 'j', kList = 'l', kEmptyList = ']',
  kPut = 'p', kBinPut = 'q', kLongBinPut = 'r', kSetItem = 's', kTuple = 't', kEmptyTuple = ')', kSetItems = 'u',
  kBinFloat = 'G', kProto = 0x80, kNewObj = 0x81, kTuple1 = 0x85, kTuple2 = 0x86, kTuple3 = 0x87, kNewTrue = 0x88,
  kNewFalse = 0x89, kLong1 = 0x8a, kLong4 = 0x8b, kBinBytes = 'B', kShortBinBytes = 'C', kShortBinUnicode = 0x8c,
  kBinUnicode8 = 0x8d, kBinBytes8 = 0x8e, kStackGlobal = 0x93, kMemoize = 0x94, kFrame = 0x95,
};
constexpr std::uint8_t kNewestProtocol = 5;

bool is_key(const Value& v) {
  switch (v.tag()) {
    case Tag::kBool: case Tag::kInt: case Tag::kFloat: case Tag::kDevice: case Tag::kTensor: case Tag::kComplex:
    case Tag::kStr: case Tag::kEnum:
      return true;
    default:
      return false;
  }
}

}  // namespace

const RawBox* as_raw(const Value& v) {
  return v.tag() == Tag::kCapsule ? static_cast<const RawBox*>(v.box_ptr()) : nullptr;
}

ErrorPtr Machine::located(ErrorKind kind, std::string_view text) const {
  return error(kind, "archive member '{}', offset {}: {}", in_.member, instruction_, text);
}

ErrorPtr Machine::located(ErrorPtr e) const {
  e->message = fmt("archive member '{}', offset {}: {}", in_.member, instruction_, e->message);
  return e;
}

Result<const std::uint8_t*> Machine::take(std::uint64_t bytes) {
  if (bytes > in_.bytes.size() - at_)
    return fail("the pickle ends in the middle of an instruction ({} bytes wanted, {} left)", bytes,
                in_.bytes.size() - at_);
  const std::uint8_t* p = in_.bytes.data() + at_;
  at_ += bytes;
  return p;
}

Result<std::uint64_t> Machine::take_uint(int bytes) {
  FACULA_TRY(const std::uint8_t* p, take(static_cast<std::uint64_t>(bytes)));
  std::uint64_t v = 0;
  for (int i = bytes; i-- > 0;) v = v << 8 | p[i];
  return v;
}

Result<std::string_view> Machine::take_line() {
  const std::uint8_t* from = in_.bytes.data() + at_;
  const std::size_t left = in_.bytes.size() - at_;
  const void* end = left == 0 ? nullptr : std::memchr(from, '\n', left);
  if (!end) return fail("a line of text has no end");
  const auto length = static_cast<std::size_t>(static_cast<const std::uint8_t*>(end) - from);
  at_ += length + 1;
  return std::string_view(reinterpret_cast<const char*>(from), length);
}

Result<std::string_view> Machine::take_counted(int length_bytes) {
  FACULA_TRY(const std::uint64_t length, take_uint(length_bytes));
  FACULA_TRY(const std::uint8_t* p, take(length));
  return std::string_view(reinterpret_cast<const char*>(p), length);
}

Status Machine::push(Value v, std::uint32_t node) {
  if (++items_ > in_.limits->pickle_items)
    return located(ErrorKind::kLimit, fmt("more than {} values", in_.limits->pickle_items));
  stack_.push_back({std::move(v), node});
  return {};
}

Status Machine::push_text_int(std::string_view digits) {
  std::int64_t i = 0;
  if (!digits.empty() && digits.back() == 'L') digits.remove_suffix(1);
  const auto [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), i);
  if (ec != std::errc() || end != digits.data() + digits.size()) return fail("'{}' is not a 64-bit integer", digits);
  return push(i);
}

Status Machine::push_long(std::uint64_t bytes) {
  FACULA_TRY(const std::uint8_t* p, take(bytes));
  if (bytes > 8) return fail("an integer of {} bytes does not fit into 64 bits", bytes);
  std::uint64_t v = 0;
  for (std::uint64_t i = bytes; i-- > 0;) v = v << 8 | p[i];
  if (bytes > 0 && bytes < 8 && (p[bytes - 1] & 0x80)) v |= ~std::uint64_t{0} << (8 * bytes);
  return push(static_cast<std::int64_t>(v));
}

Result<Machine::Item*> Machine::top() {
  const std::size_t floor = marks_.empty() ? 0 : marks_.back();
  if (stack_.size() <= floor) return fail("an operand is missing");
  return &stack_.back();
}

Result<Machine::Item> Machine::pop() {
  FACULA_TRY(Item* t, top());
  Item item = std::move(*t);
  stack_.pop_back();
  return item;
}

Result<std::size_t> Machine::pop_mark() {
  if (marks_.empty()) return fail("a mark is missing");
  const std::size_t m = marks_.back();
  marks_.pop_back();
  if (m > stack_.size()) return fail("an operand is missing");
  return m;
}

std::uint32_t Machine::new_node(std::uint32_t depth, bool complete, bool raw) {
  nodes_.push_back({depth, complete, raw});  // at most pickle_items of them
  return static_cast<std::uint32_t>(nodes_.size() - 1);
}

Status Machine::hold(const Item& child, std::uint32_t& depth, bool raw_allowed, bool* raw) {
  Node& n = nodes_[child.node];
  n.complete = true;
  if (n.raw && !raw_allowed) {
    const RawBox* box = as_raw(child.value);
    if (box && box->kind == RawBox::Kind::kUnbuilt)
      return fail("an object of class '{}' is used before it has its attributes", box->name);
    return fail("'{}' is used where a value is expected", box ? box->name : std::string("a class or function"));
  }
  if (raw && n.raw) *raw = true;
  depth = std::max(depth, n.depth + 1);
  if (depth > in_.limits->pickle_depth)
    return located(ErrorKind::kLimit, fmt("values nested deeper than {}", in_.limits->pickle_depth));
  return {};
}

Status Machine::make_tuple(std::size_t first) {
  if (first > stack_.size() || first < (marks_.empty() ? 0 : marks_.back())) return fail("an operand is missing");
  std::uint32_t depth = 1;
  bool raw = false;
  std::vector<Value> values;
  values.reserve(stack_.size() - first);
  for (std::size_t i = first; i < stack_.size(); ++i) {
    FACULA_TRY_VOID(hold(stack_[i], depth, true, &raw));
    values.push_back(std::move(stack_[i].value));
  }
  stack_.resize(first);
  return push(make_ref<TupleBox>(std::move(values)), new_node(depth, true, raw));
}

Status Machine::append(std::size_t list, std::size_t first) {
  if (list >= first || first > stack_.size() || !stack_[list].value.is_list()) return fail("there is no list to append to");
  const std::uint32_t node = stack_[list].node;
  if (nodes_[node].complete) return fail("a list is changed after something else holds it (self-reference?)");
  std::vector<Value>& values = stack_[list].value.list().values();
  std::uint32_t depth = nodes_[node].depth;
  for (std::size_t i = first; i < stack_.size(); ++i) {
    if (stack_[i].node == node) return fail("a list that contains itself");
    FACULA_TRY_VOID(hold(stack_[i], depth, false));
    values.push_back(std::move(stack_[i].value));
  }
  nodes_[node].depth = depth;
  stack_.resize(first);
  return {};
}

Status Machine::set_items(std::size_t dict, std::size_t first) {
  if (dict >= first || first > stack_.size() || !stack_[dict].value.is_dict()) return fail("there is no dictionary to fill");
  if ((stack_.size() - first) % 2 != 0) return fail("a key has no value");
  const std::uint32_t node = stack_[dict].node;
  if (nodes_[node].complete) return fail("a dictionary is changed after something else holds it (self-reference?)");
  DictBox& box = stack_[dict].value.dict();
  std::uint32_t depth = nodes_[node].depth;
  for (std::size_t i = first; i < stack_.size(); i += 2) {
    if (stack_[i + 1].node == node) return fail("a dictionary that contains itself");
    if (!is_key(stack_[i].value)) return fail("a dictionary key of type {} is not supported", tag_name(stack_[i].value.tag()));
    FACULA_TRY_VOID(hold(stack_[i], depth, false));
    FACULA_TRY_VOID(hold(stack_[i + 1], depth, false));
    box.set(std::move(stack_[i].value), std::move(stack_[i + 1].value));
  }
  nodes_[node].depth = depth;
  stack_.resize(first);
  return {};
}

// Identifiers are dense where Python or PyTorch wrote them; the bound keeps a stranger from asking for gigabytes.
Status Machine::put(std::uint64_t id) {
  FACULA_TRY(Item* t, top());
  if (id > at_) return fail("memo identifier {} is out of range", id);
  if (id >= memo_.size()) memo_.resize(id + 1, {Value(), kNoMemo});
  memo_[id] = *t;
  return {};
}

Status Machine::get(std::uint64_t id) {
  if (id >= memo_.size() || memo_[id].node == kNoMemo) return fail("memo identifier {} was never stored", id);
  return push(memo_[id].value, memo_[id].node);
}

Status Machine::step(std::uint8_t op) {
  switch (op) {
    case kProto: {
      FACULA_TRY(const std::uint64_t protocol, take_uint(1));
      if (protocol > kNewestProtocol) return fail("pickle protocol {} is not known (newest: {})", protocol, kNewestProtocol);
      return {};
    }
    case kFrame: {
      FACULA_TRY(const std::uint64_t length, take_uint(8));
      if (length > in_.bytes.size() - at_) return fail("a frame of {} bytes reaches beyond the end", length);
      return {};
    }
    case kMark:
      if (marks_.size() >= in_.limits->pickle_items) return fail("too many marks");
      marks_.push_back(stack_.size());
      return {};
    case kPop: {
      if (!marks_.empty() && stack_.size() == marks_.back()) {
        marks_.pop_back();
        return {};
      }
      FACULA_TRY([[maybe_unused]] const Item dropped, pop());
      return {};
    }
    case kPopMark: {
      FACULA_TRY(const std::size_t first, pop_mark());
      stack_.resize(first);
      return {};
    }
    case kDup: {
      FACULA_TRY(Item* t, top());
      Item copy = *t;
      return push(std::move(copy.value), copy.node);
    }

    case kNone: return push(Value());
    case kNewTrue: return push(true);
    case kNewFalse: return push(false);
    case kBinInt1: {
      FACULA_TRY(const std::uint64_t v, take_uint(1));
      return push(static_cast<std::int64_t>(v));
    }
    case kBinInt2: {
      FACULA_TRY(const std::uint64_t v, take_uint(2));
      return push(static_cast<std::int64_t>(v));
    }
    case kBinInt: {
      FACULA_TRY(const std::uint64_t v, take_uint(4));
      return push(static_cast<std::int64_t>(static_cast<std::int32_t>(v)));
    }
    case kInt: {
      FACULA_TRY(const std::string_view line, take_line());
      if (line == "00" || line == "01") return push(line == "01");  // booleans before protocol 2
      return push_text_int(line);
    }
    case kLong: {
      FACULA_TRY(const std::string_view line, take_line());
      return push_text_int(line);
    }
    case kLong1: {
      FACULA_TRY(const std::uint64_t length, take_uint(1));
      return push_long(length);
    }
    case kLong4: {
      FACULA_TRY(const std::uint64_t length, take_uint(4));
      return push_long(length);
    }
    case kFloat: {
      FACULA_TRY(const std::string_view line, take_line());
      double d = 0;
      const auto [end, ec] = std::from_chars(line.data(), line.data() + line.size(), d);
      if (ec != std::errc() || end != line.data() + line.size()) return fail("'{}' is not a number", line);
      return push(d);
    }
    case kBinFloat: {  // big-endian
      FACULA_TRY(const std::uint8_t* p, take(8));
      std::uint64_t bits = 0;
      for (int i = 0; i < 8; ++i) bits = bits << 8 | p[i];
      return push(std::bit_cast<double>(bits));
    }

    // Python 2's byte strings and bytes objects become str: TorchScript has no other type for them.
    case kBinString: case kBinUnicode: case kBinBytes: {
      FACULA_TRY(const std::string_view text, take_counted(4));
      return push(text);
    }
    case kShortBinString: case kShortBinUnicode: case kShortBinBytes: {
      FACULA_TRY(const std::string_view text, take_counted(1));
      return push(text);
    }
    case kBinUnicode8: case kBinBytes8: {
      FACULA_TRY(const std::string_view text, take_counted(8));
      return push(text);
    }
    case kUnicode: {
      FACULA_TRY(const std::string_view text, take_line());
      return push(text);
    }

    case kEmptyTuple: return make_tuple(stack_.size());
    case kTuple1: case kTuple2: case kTuple3: {
      const std::size_t count = static_cast<std::size_t>(op - kTuple1) + 1;
      return make_tuple(stack_.size() - std::min(count, stack_.size() + 1));
    }
    case kTuple: {
      FACULA_TRY(const std::size_t first, pop_mark());
      return make_tuple(first);
    }
    case kEmptyList: return push(make_ref<ListBox>(types::any()), new_node(1, false, false));
    case kList: {
      FACULA_TRY(const std::size_t first, pop_mark());
      stack_.insert(stack_.begin() + static_cast<std::ptrdiff_t>(first),
                    Item{make_ref<ListBox>(types::any()), new_node(1, false, false)});
      return append(first, first + 1);
    }
    case kAppend:
      if (stack_.size() < 2) return fail("an operand is missing");
      return append(stack_.size() - 2, stack_.size() - 1);
    case kAppends: {
      FACULA_TRY(const std::size_t first, pop_mark());
      if (first == 0) return fail("there is no list to append to");
      return append(first - 1, first);
    }
    case kEmptyDict: return push(make_ref<DictBox>(types::any(), types::any()), new_node(1, false, false));
    case kDict: {
      FACULA_TRY(const std::size_t first, pop_mark());
      stack_.insert(stack_.begin() + static_cast<std::ptrdiff_t>(first),
                    Item{make_ref<DictBox>(types::any(), types::any()), new_node(1, false, false)});
      return set_items(first, first + 1);
    }
    case kSetItem:
      if (stack_.size() < 3) return fail("an operand is missing");
      return set_items(stack_.size() - 3, stack_.size() - 2);
    case kSetItems: {
      FACULA_TRY(const std::size_t first, pop_mark());
      if (first == 0) return fail("there is no dictionary to fill");
      return set_items(first - 1, first);
    }

    case kBinPut: case kLongBinPut: {
      FACULA_TRY(const std::uint64_t id, take_uint(op == kBinPut ? 1 : 4));
      return put(id);
    }
    case kMemoize: return put(memo_.size());
    case kPut: case kGet: {
      FACULA_TRY(const std::string_view line, take_line());
      std::uint64_t id = 0;
      const auto [end, ec] = std::from_chars(line.data(), line.data() + line.size(), id);
      if (ec != std::errc() || end != line.data() + line.size()) return fail("'{}' is not a memo identifier", line);
      return op == kPut ? put(id) : get(id);
    }
    case kBinGet: case kLongBinGet: {
      FACULA_TRY(const std::uint64_t id, take_uint(op == kBinGet ? 1 : 4));
      return get(id);
    }

    case kGlobal: {
      FACULA_TRY(const std::string_view module, take_line());
      FACULA_TRY(const std::string_view name, take_line());
      return push_global(module, name);
    }
    case kStackGlobal: {
      FACULA_TRY(const Item name, pop());
      FACULA_TRY(const Item module, pop());
      if (!name.value.is_str() || !module.value.is_str()) return fail("a global's name is not text");
      return push_global(module.value.str(), name.value.str());
    }
    case kReduce: return reduce();
    case kNewObj: return new_object();
    case kBuild: return build();
    case kBinPersId: return persistent_id();
    default:
      return fail("instruction {} is not supported in archives", static_cast<int>(op));
  }
}

Result<Value> Machine::run() {
  for (;;) {
    instruction_ = at_;
    FACULA_TRY(const std::uint64_t op, take_uint(1));
    if (op == kStop) break;
    FACULA_TRY_VOID(step(static_cast<std::uint8_t>(op)));
  }
  if (stack_.size() != 1 || !marks_.empty()) return fail("the pickle ends with {} values instead of one", stack_.size());
  std::uint32_t depth = 0;
  FACULA_TRY_VOID(hold(stack_[0], depth, false));
  return std::move(stack_[0].value);
}

Result<Value> unpickle(const PickleInput& input, std::size_t* used) {
  Machine machine(input);
  Result<Value> result = machine.run();
  if (used) *used = machine.used();
  return result;
}

}  // namespace fac::archive
