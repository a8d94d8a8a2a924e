// SourceImporter: the program of an archive. Classes, functions, enums and named tuples are defined when something asks
// for them; bodies are compiled at their first use.
//   source of what the files hold: torch/csrc/jit/serialization/python_print.cpp, described in docs/archive_format.md
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/limits.h"
#include "frontend/script/resolver.h"
#include "frontend/script/schema_from_tree.h"
#include "ir/unit.h"

namespace fac::script {

class SourceImporter : public std::enable_shared_from_this<SourceImporter> {
 public:
  // The file of a qualifier ("__torch__.nets"), with the origins of its code set; null when there is none.
  using Loader = std::function<Result<Ref<const SourceFile>>(std::string_view qualifier)>;

  // The unit must outlive the importer; it keeps the importer alive through its functions. `constants` is CONSTANTS.c0,
  // c1 ... and may be filled after this call. version: of the archive's operators, 0 = today's.
  SourceImporter(ir::Unit& unit, std::shared_ptr<const std::vector<Value>> constants, Loader loader, std::int64_t version,
                 const Limits& limits);

  // A class, interface, enum or named tuple; null when the program has none of that name. errors: it does not parse, its
  // annotations have no meaning.
  Result<TypePtr> type(std::string_view qualified_name);
  Result<ir::Function*> function(std::string_view qualified_name);  // null: unknown

  const std::vector<Value>& constants() const { return *constants_; }
  ir::Unit& unit() { return unit_; }
  std::int64_t version() const { return version_; }
  std::shared_ptr<const std::vector<Value>> constant_list() const { return constants_; }

 private:
  struct File {
    Ref<Tree> tree;
    std::unordered_map<std::string_view, const Stmt*> definitions;  // by unqualified name
  };
  Result<const File*> file(std::string_view qualifier);
  // The `def` or `class` of a qualified name, and its file; nulls when there is none.
  Result<std::pair<const Stmt*, const File*>> find(std::string_view qualified_name);

  Result<TypePtr> define_class(const ClassDef& def, const File& file, std::string name);
  Result<TypePtr> define_named_tuple(const ClassDef& def, std::string name);
  Result<TypePtr> define_enum(const ClassDef& def, std::string name);
  Result<TypePtr> define_interface(const ClassDef& def, std::string name, bool is_module);
  Result<TypePtr> define_object(const ClassDef& def, const File& file, std::string name, bool is_module, std::string base);
  Result<ir::Function*> add_function(const FunctionDef& def, const File& file, std::string name, const TypePtr& self);

  std::shared_ptr<Resolver> resolver();
  ConstantNames constant_names();

  ir::Unit& unit_;
  std::shared_ptr<const std::vector<Value>> constants_;
  Loader loader_;
  std::int64_t version_;
  Limits limits_;
  std::unordered_map<std::string, std::unique_ptr<File>> files_;
  std::weak_ptr<Resolver> resolver_;
  std::uint32_t depth_ = 0;
};

}  // namespace fac::script
