// Einstein sums and other contractions, as permutations around batched matrix products.
#include <algorithm>
#include <cctype>
#include <limits>

#include "ops/copy.h"
#include "ops/dims.h"
#include "ops/elementwise.h"
#include "ops/functions.h"
#include "ops/matmul.h"
#include "ops/op.h"
#include "ops/reduction.h"

namespace fac {
namespace {

// A label is 0..51 for 'A'..'Z', 'a'..'z', in this order; the dimensions of an ellipsis follow, the last one highest.
constexpr int kLetters = 52;
constexpr int kEllipsis = -1;
constexpr int kLabels = kLetters + 64;
int letter(char c) { return c >= 'a' ? c - 'a' + 26 : c - 'A'; }
char letter_text(int label) { return static_cast<char>(label >= 26 ? 'a' + label - 26 : 'A' + label); }

struct Operand {
  Tensor t;
  std::vector<int> labels;  // one a dimension
  bool has(int label) const { return std::find(labels.begin(), labels.end(), label) != labels.end(); }
  std::int64_t dim_of(int label) const { return std::find(labels.begin(), labels.end(), label) - labels.begin(); }
};

struct Equation {
  std::vector<std::vector<int>> inputs;  // kEllipsis stands for any number of dimensions
  std::vector<int> output;
  bool explicit_output = false;
};

Result<std::vector<int>> parse_labels(std::string_view text, std::string_view where) {
  std::vector<int> labels;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == ' ') continue;
    if (c == '.') {
      FACULA_CHECK(std::find(labels.begin(), labels.end(), kEllipsis) == labels.end(), "einsum(): found '.' for {} for which an ellipsis was already found", where);
      FACULA_CHECK(text.substr(i, 3) == "...", "einsum(): found '.' for {} that is not part of any ellipsis", where);
      i += 2;
      labels.push_back(kEllipsis);
      continue;
    }
    FACULA_CHECK(std::isalpha(static_cast<unsigned char>(c)), "einsum(): invalid subscript given at index {} in the equation string, subscripts must be in [a-zA-Z]", i);
    labels.push_back(letter(c));
  }
  return labels;
}

Result<Equation> parse(std::string_view text) {
  Equation e;
  const auto arrow = text.find("->");
  const auto left = text.substr(0, arrow);
  for (std::size_t start = 0;;) {
    const auto comma = left.find(',', start);
    FACULA_TRY(auto labels, parse_labels(left.substr(start, comma - start), fmt("operand {}", e.inputs.size())));
    e.inputs.push_back(std::move(labels));
    if (comma == std::string_view::npos) break;
    start = comma + 1;
  }
  if (arrow == std::string_view::npos) return e;
  e.explicit_output = true;
  FACULA_TRY(e.output, parse_labels(text.substr(arrow + 2), "the output"));
  for (std::size_t i = 0; i < e.output.size(); ++i)
    FACULA_CHECK(std::count(e.output.begin(), e.output.end(), e.output[i]) == 1, "einsum(): output subscript {} appears more than once in the output", letter_text(e.output[i]));
  return e;
}

// Labels the operand's dimensions, with repeated labels replaced by diagonals. most: the longest ellipsis of all.
Result<Operand> label(const Tensor& t, const std::vector<int>& labels, std::size_t index, std::int64_t most) {
  const bool open = std::find(labels.begin(), labels.end(), kEllipsis) != labels.end();
  const std::int64_t named = static_cast<std::int64_t>(labels.size()) - (open ? 1 : 0), extra = t.dim() - named;
  Operand o{t, {}};
  for (int l : labels) {
    if (l == kEllipsis)
      for (std::int64_t i = 0; i < extra; ++i) o.labels.push_back(static_cast<int>(kLetters + most - extra + i));
    else o.labels.push_back(l);
  }
  for (std::size_t i = 0; i < o.labels.size(); ++i)
    for (std::size_t j = i + 1; j < o.labels.size();) {
      if (o.labels[i] != o.labels[j]) {
        ++j;
        continue;
      }
      const auto a = static_cast<std::int64_t>(i), b = static_cast<std::int64_t>(j);
      FACULA_CHECK(o.t.size(a) == o.t.size(b), "einsum(): subscript {} is repeated for operand {} but the sizes don't match, {} != {}", letter_text(o.labels[i]), index, o.t.size(b), o.t.size(a));
      FACULA_TRY(o.t, ops::diagonal(o.t, 0, a, b));  // its dimension comes last
      const std::int64_t last = o.t.dim() - 1;
      FACULA_TRY(o.t, ops::movedim(o.t, Ints(&last, 1), Ints(&a, 1)));
      o.labels.erase(o.labels.begin() + b);
    }
  return o;
}

Result<Operand> sum_out(const Operand& o, const std::vector<int>& labels) {
  if (labels.empty()) return o;
  Dims dims;
  for (int l : labels) dims.push_back(o.dim_of(l));
  Operand out;
  FACULA_TRY(out.t, ops::sum(o.t, dims, false, o.t.dtype()));
  for (int l : o.labels)
    if (std::find(labels.begin(), labels.end(), l) == labels.end()) out.labels.push_back(l);
  return out;
}

Result<Tensor> arranged(const Operand& o, std::initializer_list<const std::vector<int>*> order) {
  Dims dims;
  for (const auto* group : order)
    for (int l : *group) dims.push_back(o.dim_of(l));
  return ops::permute(o.t, dims);
}
std::int64_t extent(const Operand& o, const std::vector<int>& labels) {
  std::int64_t n = 1;
  for (int l : labels) n *= o.t.size(o.dim_of(l));
  return n;
}

// kept: labels that the result or another operand still needs.
template <class Kept>
Result<Operand> contract(Operand a, Operand b, Kept&& kept) {
  // A dimension of size 1 repeats against the other operand's: it plays no part.
  std::vector<int> drop_a, drop_b;
  for (int l : a.labels) {
    if (b.has(l)) {
      const std::int64_t m = a.t.size(a.dim_of(l)), n = b.t.size(b.dim_of(l));
      if (m == n) continue;
      if (m == 1 || !kept(l)) drop_a.push_back(l);
      if (n == 1 || !kept(l)) drop_b.push_back(l);
    } else if (!kept(l)) {
      drop_a.push_back(l);
    }
  }
  for (int l : b.labels)
    if (!a.has(l) && !kept(l)) drop_b.push_back(l);
  FACULA_TRY(a, sum_out(a, drop_a));
  FACULA_TRY(b, sum_out(b, drop_b));
  std::vector<int> batch, shared, only_a, only_b;
  for (int l : a.labels) (!b.has(l) ? only_a : kept(l) ? batch : shared).push_back(l);
  for (int l : b.labels)
    if (!a.has(l)) only_b.push_back(l);
  FACULA_TRY(Tensor x, arranged(a, {&batch, &only_a, &shared}));
  FACULA_TRY(Tensor y, arranged(b, {&batch, &shared, &only_b}));
  Operand out;
  Dims sizes;
  for (const auto* group : {&batch, &only_a, &only_b})
    for (int l : *group) {
      out.labels.push_back(l);
      sizes.push_back(a.has(l) ? a.t.size(a.dim_of(l)) : b.t.size(b.dim_of(l)));
    }
  if (shared.empty()) {  // an outer product
    for (std::size_t i = 0; i < only_b.size(); ++i) {
      FACULA_TRY(x, ops::unsqueeze(x, x.dim()));
    }
    for (std::size_t i = 0; i < only_a.size(); ++i) {
      FACULA_TRY(y, ops::unsqueeze(y, static_cast<std::int64_t>(batch.size())));
    }
    FACULA_TRY(out.t, ops::binary(x, y, ops::BinaryOp::mul));
    return out;
  }
  const std::int64_t n_batch = extent(a, batch), n_shared = extent(a, shared);
  FACULA_TRY(x, ops::reshape(x, Dims{n_batch, extent(a, only_a), n_shared}));
  FACULA_TRY(y, ops::reshape(y, Dims{n_batch, n_shared, extent(b, only_b)}));
  FACULA_TRY(out.t, ops::bmm(x, y));
  FACULA_TRY(out.t, ops::view(out.t, sizes));
  return out;
}

Result<Tensor> einsum(std::string_view text, TensorList tensors, std::optional<Ints> path) {
  FACULA_CHECK(!tensors.empty(), "einsum(): must provide at least one operand");
  FACULA_TRY(Equation e, parse(text));
  FACULA_CHECK(e.inputs.size() <= tensors.size(), "einsum(): fewer operands were provided than specified in the equation");
  FACULA_CHECK(e.inputs.size() >= tensors.size(), "einsum(): more operands were provided than specified in the equation");

  std::int64_t most = 0;
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const auto& labels = e.inputs[i];
    const bool open = std::find(labels.begin(), labels.end(), kEllipsis) != labels.end();
    const std::int64_t named = static_cast<std::int64_t>(labels.size()) - (open ? 1 : 0), rank = tensors[i].dim();
    FACULA_CHECK(open ? rank >= named : rank == named,
                 "einsum(): the number of subscripts in the equation ({}) does not match the number of dimensions ({}) for operand {}{}", named, rank, i, open ? "" : " and no ellipsis was given");
    if (open) most = std::max(most, rank - named);
  }
  FACULA_CHECK(most <= 64, "einsum(): too many dimensions under an ellipsis");
  std::vector<Operand> operands;
  std::vector<std::int64_t> extents(kLabels, -1);
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    FACULA_TRY(Operand o, label(tensors[i], e.inputs[i], i, most));
    for (int l : o.labels) {
      std::int64_t& n = extents[static_cast<std::size_t>(l)];
      const std::int64_t m = o.t.size(o.dim_of(l));
      FACULA_CHECK(n < 0 || n == 1 || m == 1 || n == m, "einsum(): operands do not broadcast with remapped shapes [original->remapped]: size {} of operand {} does not match {}", m, i, n);
      if (n < 0 || n == 1) n = m;
    }
    operands.push_back(std::move(o));
  }

  std::vector<int> output;
  const auto add_ellipsis = [&] {
    for (std::int64_t i = 0; i < most; ++i) output.push_back(static_cast<int>(kLetters + i));
  };
  if (e.explicit_output) {
    for (int l : e.output) {
      if (l == kEllipsis) {
        add_ellipsis();
        continue;
      }
      FACULA_CHECK(extents[static_cast<std::size_t>(l)] >= 0, "einsum(): output subscript {} does not appear in the equation for any input operand", letter_text(l));
      output.push_back(l);
    }
  } else {
    add_ellipsis();
    for (int l = 0; l < kLetters; ++l) {
      std::ptrdiff_t times = 0;
      for (const auto& labels : e.inputs) times += std::count(labels.begin(), labels.end(), l);
      if (times == 1) output.push_back(l);
    }
  }

  const auto in_output = [&](int l) { return std::find(output.begin(), output.end(), l) != output.end(); };
  FACULA_CHECK(!path || path->size() == 2 * (operands.size() - 1) || operands.size() == 1, "einsum(): expected contraction path given in path parameter to have size {}", 2 * (operands.size() - 1));
  for (std::size_t step = 0; operands.size() > 1; ++step) {
    std::size_t i = 0, j = 1;
    if (path) {
      const auto n = static_cast<std::int64_t>(operands.size());
      const std::int64_t first = (*path)[2 * step], second = (*path)[2 * step + 1];
      FACULA_CHECK(first != second && first >= 0 && second >= 0 && first < n && second < n, "einsum(): invalid contraction path ({}, {})", first, second);
      i = static_cast<std::size_t>(std::min(first, second)), j = static_cast<std::size_t>(std::max(first, second));
    }
    Operand a = std::move(operands[i]), b = std::move(operands[j]);
    operands.erase(operands.begin() + static_cast<std::ptrdiff_t>(j));
    operands.erase(operands.begin() + static_cast<std::ptrdiff_t>(i));
    const auto kept = [&](int l) { return in_output(l) || std::any_of(operands.begin(), operands.end(), [&](const Operand& o) { return o.has(l); }); };
    FACULA_TRY(Operand c, contract(std::move(a), std::move(b), kept));
    operands.push_back(std::move(c));
  }
  std::vector<int> rest;
  for (int l : operands[0].labels)
    if (!in_output(l)) rest.push_back(l);
  FACULA_TRY(Operand last, sum_out(operands[0], rest));
  return arranged(last, {&output});
}

Result<Tensor> tensordot(const Tensor& a, const Tensor& b, Ints dims_a, Ints dims_b) {
  FACULA_CHECK(dims_a.size() == dims_b.size(), "both dimension lists should have same length");
  FACULA_CHECK(a.dtype() == b.dtype(), "both inputs should have same dtype");
  FACULA_CHECK(dims_a.empty() || (a.dim() > 0 && b.dim() > 0), "tensordot: a tensor without dimensions has none to contract");
  Operand x{a, {}}, y{b, {}};
  for (std::int64_t d = 0; d < a.dim(); ++d) x.labels.push_back(static_cast<int>(d));
  for (std::int64_t d = 0; d < b.dim(); ++d) y.labels.push_back(static_cast<int>(a.dim() + d));
  for (std::size_t i = 0; i < dims_a.size(); ++i) {
    FACULA_TRY(const std::int64_t da, ops::wrap_dim(dims_a[i], a.dim()));
    FACULA_TRY(const std::int64_t db, ops::wrap_dim(dims_b[i], b.dim()));
    FACULA_CHECK(y.labels[static_cast<std::size_t>(db)] >= a.dim() && std::count(y.labels.begin(), y.labels.end(), static_cast<int>(da)) == 0, "dim appears multiple times in the list of dims");
    const std::int64_t m = a.size(da), n = b.size(db);
    FACULA_CHECK(m == n || m == 1 || n == 1, "contracted dimensions need to match, but first has size {} in dim {} and second has size {} in dim {}", m, dims_a[i], n, dims_b[i]);
    y.labels[static_cast<std::size_t>(db)] = static_cast<int>(da);
  }
  std::vector<int> output;
  for (int l : x.labels)
    if (!y.has(l)) output.push_back(l);
  for (int l : y.labels)
    if (!x.has(l)) output.push_back(l);
  FACULA_TRY(Operand z, contract(x, y, [&](int l) { return std::find(output.begin(), output.end(), l) != output.end(); }));
  return arranged(z, {&output});
}

Result<Tensor> kron(const Tensor& a, const Tensor& b) {
  const std::int64_t rank = std::max(a.dim(), b.dim());
  Dims left, right, sizes;
  for (std::int64_t d = 0; d < rank; ++d) {
    const std::int64_t m = d < rank - a.dim() ? 1 : a.size(d - rank + a.dim()), n = d < rank - b.dim() ? 1 : b.size(d - rank + b.dim());
    left.push_back(m), left.push_back(1);
    right.push_back(1), right.push_back(n);
    sizes.push_back(m * n);
  }
  FACULA_TRY(Tensor x, ops::reshape(a, left));
  FACULA_TRY(Tensor y, ops::reshape(b, right));
  FACULA_TRY(Tensor z, ops::binary(x, y, ops::BinaryOp::mul));
  return ops::reshape(z, sizes);
}

// The product of matrices [first, last] in the order that needs the fewest multiplications.
Result<Tensor> chain(const std::vector<Tensor>& m) {
  const std::size_t n = m.size();
  std::vector<double> cost(n * n, 0);
  std::vector<std::size_t> split(n * n, 0);
  for (std::size_t length = 1; length < n; ++length)
    for (std::size_t i = 0; i + length < n; ++i) {
      const std::size_t j = i + length;
      double best = std::numeric_limits<double>::infinity();
      for (std::size_t k = i; k < j; ++k) {
        const double c = cost[i * n + k] + cost[(k + 1) * n + j] + static_cast<double>(m[i].size(0)) * static_cast<double>(m[k].size(1)) * static_cast<double>(m[j].size(1));
        if (c < best) best = c, split[i * n + j] = k;
      }
      cost[i * n + j] = best;
    }
  struct Multiply {
    const std::vector<Tensor>& m;
    const std::vector<std::size_t>& split;
    Result<Tensor> operator()(std::size_t i, std::size_t j) const {
      if (i == j) return m[i];
      const std::size_t k = split[i * m.size() + j];
      FACULA_TRY(Tensor a, (*this)(i, k));
      FACULA_TRY(Tensor b, (*this)(k + 1, j));
      return ops::mm(a, b);
    }
  };
  return Multiply{m, split}(0, n - 1);
}

Result<Tensor> multi_dot(TensorList tensors) {
  FACULA_CHECK(tensors.size() >= 2, "multi_dot(): expected at least 2 tensors but got {}", tensors.size());
  std::vector<Tensor> m = ops::to_vector(tensors);
  const bool row = m.front().dim() == 1, column = m.back().dim() == 1;
  FACULA_CHECK(row || m.front().dim() == 2, "multi_dot(): the first tensor must be 1D or 2D but got {}D", m.front().dim());
  FACULA_CHECK(column || m.back().dim() == 2, "multi_dot(): the last tensor must be 1D or 2D but got {}D", m.back().dim());
  if (row) {
    FACULA_TRY(m.front(), ops::unsqueeze(m.front(), 0));
  }
  if (column) {
    FACULA_TRY(m.back(), ops::unsqueeze(m.back(), 1));
  }
  for (std::size_t i = 0; i < m.size(); ++i) {
    FACULA_CHECK(m[i].dim() == 2, "multi_dot(): tensor {} must be 2D but got {}D", i, m[i].dim());
    FACULA_CHECK(m[i].dtype() == m[0].dtype(), "multi_dot(): all tensors must have be the same dtype but tensor 0 is {} and tensor {} {}", dtype_name(m[0].dtype()), i, dtype_name(m[i].dtype()));
    FACULA_CHECK(i == 0 || m[i - 1].size(1) == m[i].size(0), "multi_dot(): tensors {} and {} with shapes {} and {} cannot be multiplied", i - 1, i, ints_text(m[i ? i - 1 : 0].sizes()), ints_text(m[i].sizes()));
  }
  FACULA_TRY(Tensor y, chain(m));
  Dims sizes;
  if (!row) sizes.push_back(y.size(0));
  if (!column) sizes.push_back(y.size(1));
  return ops::view(y, sizes);
}
Result<Tensor> chain_matmul(TensorList tensors) {
  FACULA_CHECK(!tensors.empty(), "chain_matmul(): Expected one or more matrices");
  for (std::size_t i = 0; i < tensors.size(); ++i) FACULA_CHECK(tensors[i].dim() == 2, "Tensor #{} must be 2-dimensional, got {}-d", i, tensors[i].dim());
  return tensors.size() == 1 ? clone(tensors[0]) : multi_dot(tensors);
}

constexpr Op kEinsum[] = {
    row<einsum>("aten::einsum(str equation, Tensor[] tensors, *, int[]? path=None) -> Tensor", {.traits = kCompositeAlias, .samples = {"'ij,jk->ik', [randn(3,4), randn(4,5)]", "'bhid,bhjd->bhij', [randn(2,3,4,5), randn(2,3,6,5)]", "'...ij,jk', [randn(2,3,4), randn(4,5)]", "'ii->i', [randn(4,4)]", "'bij,bkj,bl->bkl', [randn(2,3,4), randn(2,5,4), randn(2,6)]", "'i,j', [randn(3), randn(4)]", "'ij->', [randn(3,4)]", "'nctw, cd -> ndtw', [randn(2,3,4,5), randn(3,6)]"}}),
    row<tensordot>("aten::tensordot(Tensor self, Tensor other, int[] dims_self, int[] dims_other) -> Tensor", {.forms = kOut, .samples = {"randn(3,4,5), randn(4,3,2), [1,0], [0,1]", "randn(3,4), randn(5,2), [], []", "randn(3,4,5), randn(5,4), [-1], [0]"}}),
    row<kron>("aten::kron(Tensor self, Tensor other) -> Tensor", {.forms = kOut, .samples = {"randn(2,3), randn(4,5)", "randn(2,3,4), randn(5)"}}),
    row<chain_matmul>("aten::chain_matmul(Tensor[] matrices) -> Tensor", {.samples = {"[randn(3,4), randn(4,5), randn(5,2)]", "[randn(3,4)]"}}),
    row<multi_dot>("aten::linalg_multi_dot(Tensor[] tensors) -> Tensor", {.forms = kOut, .samples = {"[randn(3,4), randn(4,5), randn(5,2)]", "[randn(3), randn(3,5), randn(5)]"}}),
};

}  // namespace

FACULA_FAMILY(einsum, kEinsum)

}  // namespace fac
