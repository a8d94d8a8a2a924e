// Types and schemas taken apart, standard containers printed, what the context says.
#include <torch/script.h>
#include <torch/jit.h>

static void show(const c10::FunctionSchema& s) {
  std::cout << s.name() << " " << s.arguments().size() << " -> " << s.returns().size() << "\n";
  for (const auto& a : s.arguments()) {
    std::cout << "  " << a.name() << ": " << a.type()->str() << " | " << a.type()->annotation_str();
    if (a.default_value()) std::cout << " = " << *a.default_value();
    std::cout << "\n";
  }
  for (const auto& r : s.returns()) std::cout << "  -> " << r.type()->annotation_str() << "\n";
}

static void show(const c10::TypePtr& t, int depth = 0) {
  std::cout << std::string(static_cast<std::size_t>(2 * depth), ' ') << t->str() << " | " << t->repr_str() << " | "
            << c10::typeKindToString(t->kind()) << "\n";
  for (const auto& inner : t->containedTypes()) show(inner, depth + 1);
}
int main(int, char** argv) {
  const auto unit = torch::jit::compile(R"(
def f(x, n: int = 3, s: str = "a, b", f: float = 0.5, xs: Optional[List[int]] = None, flag: bool = True) -> Tuple[Tensor, int]:
    return x, n
def g(d: Dict[str, List[Tensor]], t: Tuple[int, Optional[str]]) -> List[Tuple[int, float]]:
    return [(1, 2.0)]
def h(x):
    print(x)
)");
  for (const char* name : {"f", "g", "h"}) show(unit->get_function(c10::QualifiedName(name)).getSchema());
  for (const auto& method : torch::jit::load(argv[1]).get_methods()) show(method.function().getSchema());
  show(c10::DictType::create(c10::StringType::get(), c10::ListType::create(c10::OptionalType::create(c10::TensorType::get()))));
  show(c10::TupleType::create({c10::IntType::get(), c10::TupleType::create({c10::FloatType::get(), c10::BoolType::get()}),
                               c10::ListType::ofStrings()}));
  for (const c10::IValue& v : std::vector<c10::IValue>{at::ones({2}), 3, 2.5, true, "text", c10::IValue(), std::vector<int64_t>{1, 2},
                                                       std::make_tuple(at::ones({1}), int64_t{3}), at::Device("cpu")})
    show(v.type());
  const auto list = c10::ListType::ofInts();
  std::cout << list->getElementType()->str() << " " << (list->cast<c10::DictType>() == nullptr) << " "
            << list->expect<c10::ListType>()->getElementType()->isSubtypeOf(*c10::IntType::get()) << "\n";
  const auto optional = c10::OptionalType::create(c10::TensorType::get());
  std::cout << c10::TensorType::get()->isSubtypeOf(*optional) << c10::NoneType::get()->isSubtypeOf(*optional)
            << optional->isSubtypeOf(*c10::TensorType::get()) << c10::IntType::get()->isSubtypeOf(*optional)
            << optional->isSubtypeOf(*c10::AnyType::get()) << "\n";
  std::cout << std::vector<int64_t>{1, 2, 3} << "|" << at::IntArrayRef({1, 2}) << "|" << std::vector<std::string>{"a", "b"} << "|"
            << std::map<std::string, int>{{"x", 1}, {"y", 2}} << "|" << std::set<float>{0.5F, 1.5F} << "|" << std::vector<double>(102, 1)
            << "|" << std::vector<float>{} << "\n";
  std::cout << std::vector<at::Tensor>{at::ones({2}), at::zeros({1, 2})} << "\n";
  std::cout << at::globalContext().deterministicAlgorithms() << at::globalContext().hasCUDA() << "\n";
}
