// Reading the text form of graphs: a cursor that skips blanks and comments, types, and literals. parse.cpp uses it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "ir/graph.h"

namespace fac::ir {

class TextReader {
 public:
  TextReader(std::string_view text, const TypeResolver& resolve) : text_(text), resolve_(resolve) {}

  // A type as written, and what the text of a constant tensor's type says beyond `Tensor`.
  struct TypeText {
    TypePtr type;
    struct TensorShape {
      DType dtype;
      Dims sizes, strides;
      bool requires_grad;
    };
    std::optional<TensorShape> tensor;
  };
  Result<TypeText> type();
  // A literal of the given type. Types steer the reading: "cpu" is a device where a device is asked.
  Result<Value> literal(const TypeText& expected);
  Result<std::string> quoted_string();
  Result<TypePtr> resolve(std::string_view qualified_name);
  TypePtr resolve_function(std::string_view name) const { return resolve_ ? resolve_(name) : nullptr; }

  void skip_blanks();
  bool at_end();
  bool accept(std::string_view token);      // consumes it if it stands here
  bool looking_at(std::string_view token);
  Status expect(std::string_view token);
  // Letters, digits, '_', '.' and ':' pairs: "aten::add", "__torch__.M", "block0". Empty if none stands here.
  std::string_view word();
  std::string_view value_name();            // after '%'
  ErrorPtr fail(std::string_view what) const;

  // Guards against stack overflow by nesting in hostile text.
  class Depth {
   public:
    explicit Depth(TextReader& r) : r_(r) { ++r_.depth_; }
    ~Depth() { --r_.depth_; }
    Depth(const Depth&) = delete;
    Depth& operator=(const Depth&) = delete;

   private:
    TextReader& r_;
  };
  Status check_depth() const;

 private:
  Result<TypeText> simple_type();
  TypePtr placeholder_enum(const std::string& name);
  Result<std::vector<TypePtr>> type_list(std::string_view close);
  Result<TypeText> tensor_type(DType dtype);
  Result<Value> number();
  Result<Value> tensor(const TypeText::TensorShape& shape);
  Result<Value> list(const TypePtr& element);
  Result<Value> dict(const TypePtr& expected);
  Result<Value> tuple(const TypePtr& expected);
  Result<std::int64_t> integer();

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
  const TypeResolver& resolve_;
  std::map<std::string, TypePtr, std::less<>> placeholders_;
};

}  // namespace fac::ir
