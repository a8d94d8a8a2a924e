// Kinds and attribute names that the compiler itself knows; everything else is found in the operator table.
#pragma once

#include "base/symbol.h"

namespace fac::ir::sym {

inline const Symbol Constant{"prim::Constant"};
inline const Symbol If{"prim::If"};
inline const Symbol Loop{"prim::Loop"};
inline const Symbol ListConstruct{"prim::ListConstruct"};
inline const Symbol ListUnpack{"prim::ListUnpack"};
inline const Symbol TupleConstruct{"prim::TupleConstruct"};
inline const Symbol TupleUnpack{"prim::TupleUnpack"};
inline const Symbol TupleIndex{"prim::TupleIndex"};
inline const Symbol TupleSlice{"prim::TupleSlice"};
inline const Symbol DictConstruct{"prim::DictConstruct"};
inline const Symbol GetAttr{"prim::GetAttr"};
inline const Symbol SetAttr{"prim::SetAttr"};
inline const Symbol CallFunction{"prim::CallFunction"};
inline const Symbol CallMethod{"prim::CallMethod"};
inline const Symbol PythonOp{"prim::PythonOp"};
inline const Symbol CreateObject{"prim::CreateObject"};
inline const Symbol Enter{"prim::Enter"};
inline const Symbol Exit{"prim::Exit"};
inline const Symbol fork{"prim::fork"};
inline const Symbol RaiseException{"prim::RaiseException"};
inline const Symbol Print{"prim::Print"};
inline const Symbol Uninitialized{"prim::Uninitialized"};
inline const Symbol unchecked_cast{"prim::unchecked_cast"};
inline const Symbol unchecked_unwrap_optional{"prim::unchecked_unwrap_optional"};
inline const Symbol isinstance{"prim::isinstance"};

inline const Symbol value{"value"};
inline const Symbol name{"name"};
inline const Symbol Subgraph{"Subgraph"};

}  // namespace fac::ir::sym
