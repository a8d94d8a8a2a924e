// Annotations -> types, in every spelling: List[int], typing.List[int], list[int], torch.Tensor, Optional[T], T | None,
// Tuple[()], "forward reference", __torch__.a.b.___torch_mangle_3.C, Dict[str, T], Union[...], Final[T], Future[T],
// torch.dtype / layout / memory_format (int), torch.device, NoneType, Any, number, numbers.Number, typing.Callable (error).
#pragma once

#include <span>

#include "frontend/script/resolver.h"

namespace fac::script {

class TypeReader {
 public:
  TypeReader(Resolver& resolver, DiagSink& sink) : resolver_(&resolver), sink_(&sink) {}

  // Null after an error, which then is in the sink: "Unknown type name 'Foo'", "... is not a type".
  TypePtr read(const Expr& annotation);
  TypePtr read_text(std::string_view text, bool* parsed = nullptr);  // "List[Point]"; parsed: whether it is an expression at all
  // The same without a report; for names that may be types or values.
  TypePtr try_read(const Expr& annotation);
  // The types of an isinstance test: one type, a tuple of them, T | U; `list`, `dict`, `tuple` without arguments are
  // AnyList, AnyTuple, ...
  // members: what the tested value may be (`dict` without arguments is any dict among them).
  bool read_class_info(const Expr& info, std::vector<TypePtr>& out, std::span<const TypePtr> members = {});

 private:
  Resolver* resolver_;
  DiagSink* sink_;
  bool quiet_ = false;
};

// "a.b.c" of Names and Attributes; "" for anything else.
std::string dotted_name(const Expr& expr);

}  // namespace fac::script
