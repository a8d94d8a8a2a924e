// Attention. Scores are worked out for blocks of query rows, so that memory grows with the number of keys only:
//   for each batch and group of heads, each block of rows:  P = softmax(scale * Q_block K^T + mask);  out_block = P V
// Longer than most files: the ways to call attention share checks and blocks.
#include <algorithm>
#include <cmath>
#include <limits>

#include "base/thread_pool.h"
#include "kernels/gemm.h"
#include "kernels/softmax.h"
#include "ops/call.h"
#include "ops/copy.h"
#include "ops/elementwise.h"
#include "ops/functions.h"
#include "ops/matmul.h"
#include "ops/op.h"
#include "ops/reduction.h"

namespace fac {
namespace {

using ops::binary;
using ops::BinaryOp;
using ops::UnaryOp;

// q [B, H, L, E], k [B, G, S, E], v [B, G, S, F], out [B, H, L, F], each dense along its last dimension; G divides H.
// mask: undefined, or [B, H, L, S] of the same dtype, added to the scores; its last stride is 1.
struct Attention {
  Tensor q, k, v, mask, out;
  double scale = 1;
  bool causal = false;
};

constexpr std::int64_t kScoreBytes = std::int64_t{512} << 10;  // of one block: well inside an L2 cache
constexpr std::int64_t kLeastRows = 32;

// A task is one head of one element of the batch. Where several blocks of rows use the same keys and values, these are
// packed once. Tasks share the threads if there are enough of them, else the products inside a task do.
template <class T>
class Attender {
 public:
  explicit Attender(const Attention& a)
      : a_(a), heads_(a.q.size(1)), queries_(a.q.size(2)), keys_(a.k.size(2)), depth_(a.q.size(3)), width_(a.v.size(3)),
        tasks_(a.q.size(0) * heads_), heads_per_group_(heads_ / a.k.size(1)) {
    rows_ = std::min(queries_, std::max(kLeastRows, kScoreBytes / static_cast<std::int64_t>(sizeof(T)) / keys_));
    packed_ = rows_ < queries_ && !a.causal;
  }

  Status run() {
    const int threads = thread_count();
    const std::int64_t workers = tasks_ >= threads ? threads : 1;
    const int inner = workers > 1 ? 1 : threads;
    const auto bytes = [&](const kernels::Gemm& g) { return kernels::gemm_scratch_bytes<T>(g, packed_, inner); };
    Layout l;
    l.scores = round(std::max(bytes(scores_product(rows_, keys_)), bytes(values_product(rows_, keys_))));
    l.empty = l.scores + round(static_cast<std::size_t>(rows_ * pitch(keys_)) * sizeof(T));
    l.block_q = l.empty + round(static_cast<std::size_t>(rows_));
    l.packed_k = l.block_q + round(static_cast<std::size_t>(rows_ * depth_) * sizeof(T));
    l.packed_v = l.packed_k + (packed_ ? round(kernels::gemm_packed_b_bytes<T>(keys_, depth_)) : 0);
    const std::size_t each = l.packed_v + (packed_ ? round(kernels::gemm_packed_b_bytes<T>(width_, keys_)) : 0);
    FACULA_TRY(Ref<Storage> scratch, allocate_storage(each * static_cast<std::size_t>(workers)));
    char* base = static_cast<char*>(scratch->data());
    parallel_for(workers, 1, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t w = begin; w < end; ++w)
        for (std::int64_t t = w * tasks_ / workers; t < (w + 1) * tasks_ / workers; ++t)
          task(t / heads_, t % heads_, l, base + each * static_cast<std::size_t>(w));
    });
    return {};
  }

 private:
  struct Layout {  // of a worker's scratch: the product's own comes first
    std::size_t scores, empty, block_q, packed_k, packed_v;
  };
  static std::size_t round(std::size_t n) { return (n + 63) / 64 * 64; }
  // Elements from one row of scores to the next: whole vectors, as ragged rows would slow the softmax down.
  static std::int64_t pitch(std::int64_t keys) { return (keys + 15) / 16 * 16; }
  kernels::Gemm scores_product(std::int64_t rows, std::int64_t keys) const {
    kernels::Gemm g;
    g.m = rows, g.n = keys, g.k = depth_;
    g.lda = depth_, g.ldb = a_.k.stride(2), g.ldc = pitch(keys);
    g.trans_b = true;
    return g;
  }
  kernels::Gemm values_product(std::int64_t rows, std::int64_t keys) const {
    kernels::Gemm g;
    g.m = rows, g.n = width_, g.k = keys;
    g.lda = pitch(keys), g.ldb = a_.v.stride(2), g.ldc = a_.out.stride(2);
    return g;
  }
  static T* at(const Tensor& t, std::int64_t b, std::int64_t h, std::int64_t row) {
    return t.data_as<T>() + b * t.stride(0) + h * t.stride(1) + row * t.stride(2);
  }

  void task(std::int64_t b, std::int64_t head, const Layout& l, char* scratch) const {
    auto* scores = reinterpret_cast<T*>(scratch + l.scores);
    auto* empty = reinterpret_cast<bool*>(scratch + l.empty);
    auto* q = reinterpret_cast<T*>(scratch + l.block_q);
    const T* k = at(a_.k, b, head / heads_per_group_, 0);
    const T* v = at(a_.v, b, head / heads_per_group_, 0);
    if (packed_) {
      auto* packed_k = reinterpret_cast<T*>(scratch + l.packed_k);
      auto* packed_v = reinterpret_cast<T*>(scratch + l.packed_v);
      kernels::gemm_pack_b(keys_, depth_, k, a_.k.stride(2), true, packed_k);
      kernels::gemm_pack_b(width_, keys_, v, a_.v.stride(2), false, packed_v);
      k = packed_k, v = packed_v;
    }
    const auto multiply = [&](const kernels::Gemm& g, const T* x, const T* y, const kernels::GemmEpilogue<T>& e, T* to) {
      if (packed_) kernels::gemm_run_packed(g, x, y, e, to, scratch, l.scores);
      else kernels::gemm_run(g, x, y, e, to, scratch, l.scores);
    };
    kernels::GemmEpilogue<T> scaled;
    scaled.alpha = static_cast<T>(a_.scale);
    for (std::int64_t first = 0; first < queries_; first += rows_) {
      const std::int64_t rows = std::min(rows_, queries_ - first);
      const std::int64_t keys = a_.causal ? std::min(keys_, first + rows) : keys_;  // no row of the block sees later ones
      // Rows of all heads lie interleaved, often 4 KiB apart: as they are, they would fall into one set of the L1 cache.
      for (std::int64_t r = 0; r < rows; ++r) std::copy_n(at(a_.q, b, head, first + r), depth_, q + r * depth_);
      multiply(scores_product(rows, keys), q, k, scaled, scores);
      const bool any_empty = mask_rows(b, head, first, rows, keys, scores, empty);
      const std::int64_t sizes[] = {rows, pitch(keys)}, strides[] = {pitch(keys) * static_cast<std::int64_t>(sizeof(T)), sizeof(T)};
      kernels::Strided s;
      s.rank = 2;
      s.sizes = sizes;
      s.add(scores, strides, kernels::kind_of<T>());
      s.add(scores, strides, kernels::kind_of<T>());
      (void)kernels::softmax(s, 1);  // always defined for float and double
      if (any_empty)
        for (std::int64_t r = 0; r < rows; ++r)
          if (empty[r]) std::fill_n(scores + r * pitch(keys), keys, T(0));
      multiply(values_product(rows, keys), scores, v, {}, at(a_.out, b, head, first));
    }
  }

  // Hides the padding and later keys, adds the mask. Marks rows that see no key: they give zeros, where a plain softmax would give NaN.
  bool mask_rows(std::int64_t b, std::int64_t head, std::int64_t first, std::int64_t rows, std::int64_t keys, T* scores, bool* empty) const {
    constexpr T kNever = -std::numeric_limits<T>::infinity();
    for (std::int64_t r = 0; r < rows; ++r) {
      const std::int64_t seen = a_.causal ? std::min(keys, first + r + 1) : keys;
      std::fill(scores + r * pitch(keys) + seen, scores + (r + 1) * pitch(keys), kNever);
    }
    if (!a_.mask.defined()) return false;
    bool any = false;
    for (std::int64_t r = 0; r < rows; ++r) {
      const T* mask = at(a_.mask, b, head, first + r);
      T* row = scores + r * pitch(keys);
      T seen = 0;  // counted, not tested: such a loop becomes vector instructions
      for (std::int64_t c = 0; c < keys; ++c) {
        row[c] += mask[c];
        seen += row[c] != kNever ? T(1) : T(0);
      }
      empty[r] = seen == 0;
      any |= empty[r];
    }
    return any;
  }

  const Attention& a_;
  std::int64_t heads_, queries_, keys_, depth_, width_, tasks_, heads_per_group_;
  std::int64_t rows_ = 1;
  bool packed_ = false;
};

Result<Tensor> dense_last(const Tensor& t) { return t.stride(t.dim() - 1) == 1 ? Result<Tensor>(t) : contiguous(t); }

// The mask as numbers to add: booleans become 0 and -inf.
Result<Tensor> additive_mask(const Tensor& mask, DType dtype) {
  if (mask.dtype() != DType::kBool) return cast(mask, dtype);
  FACULA_TRY(Tensor zero, ops::scalar_tensor(0.0, dtype));
  FACULA_TRY(Tensor never, ops::scalar_tensor(-std::numeric_limits<double>::infinity(), dtype));
  return ops::where(mask, zero, never);
}

// Batch dimensions broadcast and folded into two; the last two stay. Keeps strides where it can.
Result<Tensor> fold(const Tensor& t, Ints batch) {
  Dims sizes(batch);
  sizes.push_back(t.size(t.dim() - 2)), sizes.push_back(t.size(t.dim() - 1));
  FACULA_TRY(Tensor y, ops::expand_to(t, sizes));
  while (y.dim() < 4) {
    FACULA_TRY(y, ops::unsqueeze(y, 0));
  }
  if (y.dim() > 4) {
    const std::int64_t outer = product(batch.first(batch.size() - 1));
    FACULA_TRY(y, ops::reshape(y, Dims{outer, batch.back(), y.size(y.dim() - 2), y.size(y.dim() - 1)}));
  }
  return y;
}

// Dropout needs the weights: they are made whole.
Result<Tensor> attention_with_dropout(const Tensor& q, const Tensor& k, const Tensor& v, const Tensor& mask, double p, bool causal, double scale) {
  FACULA_TRY(Tensor kt, ops::transpose(k, k.dim() - 2, k.dim() - 1));
  FACULA_TRY(Tensor s, ops::matmul(q, kt));
  FACULA_TRY(s, binary(s, Scalar(scale), BinaryOp::mul));
  if (causal) {
    FACULA_TRY(Tensor never, ops::full(Dims{q.size(q.dim() - 2), k.size(k.dim() - 2)}, -std::numeric_limits<double>::infinity(), s.dtype()));
    FACULA_TRY(never, ops::call("aten::triu", "", {never, 1}));
    FACULA_TRY(s, binary(s, never, BinaryOp::add));
  }
  if (mask.defined()) {
    FACULA_TRY(Tensor m, additive_mask(mask, s.dtype()));
    FACULA_TRY(s, binary(s, m, BinaryOp::add));
  }
  FACULA_TRY(s, ops::softmax(s, -1));
  FACULA_TRY(s, ops::call("aten::dropout", "", {s, p, true}));
  return ops::matmul(s, v);
}

Result<Tensor> attention(const Tensor& q_in, const Tensor& k_in, const Tensor& v_in, const Tensor& mask, double dropout_p, bool causal,
                         std::optional<double> scale, bool enable_gqa) {
  FACULA_CHECK(q_in.dtype() == k_in.dtype() && q_in.dtype() == v_in.dtype(),
               "Expected query, key, and value to have the same dtype, but got query.dtype: {} key.dtype: {} and value.dtype: {} instead.",
               dtype_python(q_in.dtype()), dtype_python(k_in.dtype()), dtype_python(v_in.dtype()));
  FACULA_CHECK(q_in.dim() >= 2 && k_in.dim() >= 2 && v_in.dim() >= 2,
               "Expected query, key, and value to all be  at least 2 dimensional, but got query.dim: {}, key.dim: {} and value.dim: {} instead.",
               q_in.dim(), k_in.dim(), v_in.dim());
  const DType dtype = q_in.dtype();
  FACULA_CHECK(is_floating(dtype), "\"softmax\" not implemented for '{}'", dtype_name(dtype));
  FACULA_CHECK(!mask.defined() || mask.dtype() == DType::kBool || mask.dtype() == dtype || mask.dtype() == DType::kFloat,
               "Expected attn_mask dtype to be bool or float or to match query dtype, but got attn_mask.dtype: {} and  query.dtype: {} instead.",
               mask.defined() ? dtype_python(mask.dtype()) : "", dtype_python(dtype));
  FACULA_CHECK(!mask.defined() || !causal, "_scaled_dot_product_attention: Explicit attn_mask should not be set when is_causal=True");
  if (dtype == DType::kHalf || dtype == DType::kBFloat16) {
    FACULA_TRY(Tensor q, cast(q_in, DType::kFloat));
    FACULA_TRY(Tensor k, cast(k_in, DType::kFloat));
    FACULA_TRY(Tensor v, cast(v_in, DType::kFloat));
    Tensor m = mask;
    if (mask.defined() && mask.dtype() != DType::kBool) {
      FACULA_TRY(m, cast(mask, DType::kFloat));
    }
    FACULA_TRY(Tensor y, attention(q, k, v, m, dropout_p, causal, scale, enable_gqa));
    return cast(y, dtype);
  }
  const std::int64_t rank = q_in.dim(), queries = q_in.size(rank - 2), depth = q_in.size(rank - 1);
  const std::int64_t keys = k_in.size(k_in.dim() - 2), width = v_in.size(v_in.dim() - 1);
  FACULA_CHECK(k_in.size(k_in.dim() - 1) == depth, "mat1 and mat2 shapes cannot be multiplied ({}x{} and {}x{})", queries, depth, k_in.size(k_in.dim() - 1), keys);
  FACULA_CHECK(v_in.size(v_in.dim() - 2) == keys, "mat1 and mat2 shapes cannot be multiplied ({}x{} and {}x{})", queries, keys, v_in.size(v_in.dim() - 2), width);
  const double factor = scale.value_or(1.0 / std::sqrt(static_cast<double>(std::max<std::int64_t>(depth, 1))));
  if (dropout_p > 0) return attention_with_dropout(q_in, k_in, v_in, mask, dropout_p, causal, factor);

  const auto batch_of = [](const Tensor& t) { return Ints(t.sizes()).first(t.sizes().size() - 2); };
  Dims batch(batch_of(q_in)), shared(batch_of(k_in));
  const bool grouped = enable_gqa && rank >= 3 && k_in.dim() == rank && v_in.dim() == rank && k_in.size(rank - 3) != q_in.size(rank - 3);
  if (grouped) {
    const std::int64_t heads = q_in.size(rank - 3), groups = k_in.size(rank - 3);
    FACULA_CHECK(groups > 0 && heads % groups == 0 && v_in.size(rank - 3) == groups, "Number of heads in key and value must divide the number of heads in query");
    shared.back() = heads;
  }
  FACULA_TRY_VOID(ops::broadcast_into(batch, shared));
  if (!grouped) FACULA_TRY_VOID(ops::broadcast_into(batch, batch_of(v_in)));
  shared = batch;
  if (grouped) shared.back() = k_in.size(rank - 3);

  Dims sizes = batch;
  sizes.push_back(queries), sizes.push_back(width);
  // As PyTorch's fused kernel, the result has the queries' order of dimensions: [B, L, H, E] in memory is common, and
  // what follows often view()s it so.
  const bool heads_inside = rank == 4 && k_in.dim() == 4 && v_in.dim() == 4 && depth == width && q_in.stride(1) < q_in.stride(2) && q_in.stride(2) <= q_in.stride(0);
  Tensor y;
  if (heads_inside) {
    FACULA_TRY(y, Tensor::empty(Dims{sizes[0], sizes[2], sizes[1], sizes[3]}, dtype));
    FACULA_TRY(y, ops::transpose(y, 1, 2));
  } else {
    FACULA_TRY(y, Tensor::empty(sizes, dtype));
  }
  if (y.numel() == 0) return y;
  if (keys == 0) {
    FACULA_TRY_VOID(ops::fill(y, 0));
    return y;
  }
  Attention a;
  a.scale = factor;
  a.causal = causal;
  FACULA_TRY(Tensor q, dense_last(q_in));
  FACULA_TRY(Tensor k, dense_last(k_in));
  FACULA_TRY(Tensor v, dense_last(v_in));
  FACULA_TRY(a.q, fold(q, batch));
  FACULA_TRY(a.k, fold(k, shared));
  FACULA_TRY(a.v, fold(v, shared));
  if (mask.defined()) {
    FACULA_TRY(Tensor m, additive_mask(mask, dtype));
    if (m.dim() < 2) {
      FACULA_TRY(m, ops::reshape(m, Dims{1, m.numel()}));
    }
    if (m.size(m.dim() - 1) != keys || m.stride(m.dim() - 1) != 1) {
      Dims whole(m.sizes());
      whole.back() = keys;
      FACULA_TRY(m, ops::expand_to(m, whole));
      FACULA_TRY(m, contiguous(m));
    }
    Dims rows(m.sizes());
    rows[rows.size() - 2] = queries;
    FACULA_TRY(m, ops::expand_to(m, rows));
    FACULA_TRY(a.mask, fold(m, batch));
  }
  FACULA_TRY(a.out, fold(y, batch));
  if (dtype == DType::kFloat) FACULA_TRY_VOID(Attender<float>(a).run());
  else FACULA_TRY_VOID(Attender<double>(a).run());
  return y;
}

// --- the layers of torch.nn's fast path ------------------------------------------------------------------------------

enum MaskType : std::int64_t { kSourceMask = 0, kPaddingMask = 1, kDefaultMask = 2 };

// A mask of any dtype (non-zero = hidden) as a boolean of what is seen, broadcastable to [B, H, T, T].
Result<Tensor> seen_mask(const Tensor& mask, std::int64_t batch, std::int64_t tokens, std::optional<std::int64_t> type) {
  FACULA_TRY(Tensor seen, ops::unary(mask, UnaryOp::logical_not, ops::Rule::kBool));
  if (mask.dim() == 4) return seen;
  FACULA_CHECK(type.has_value(), "Mask Type should be defined");
  if (*type == kPaddingMask) {
    FACULA_CHECK(mask.dim() == 2 && mask.size(0) == batch && mask.size(1) == tokens, "Mask shape should match input. mask: {} input: [{}, {}]", ints_text(mask.sizes()), batch, tokens);
    return ops::view(seen, Dims{batch, 1, 1, tokens});
  }
  FACULA_CHECK(mask.dim() == 2 && mask.size(0) == tokens && mask.size(1) == tokens, "Mask shape should match input. mask: {} input: [{}, {}]", ints_text(mask.sizes()), tokens, tokens);
  return seen;
}

Result<std::tuple<Tensor, Tensor>> multi_head_attention(const Tensor& query, const Tensor& key, const Tensor& value, std::int64_t embed_dim, std::int64_t heads,
                                                        const Tensor& qkv_weight, const Tensor& qkv_bias, const Tensor& proj_weight, const Tensor& proj_bias,
                                                        const Tensor& mask, bool need_weights, bool average, std::optional<std::int64_t> mask_type) {
  FACULA_CHECK(query.dim() == 3, "expected 3-D `query`, got {}-D tensor", query.dim());
  FACULA_CHECK(query.size(2) == embed_dim, "passed-in embed_dim {} didn't match last dim of query {}", embed_dim, query.size(2));
  FACULA_CHECK(key.dim() == 3, "expected 3-D `key`, got {}-D tensor", key.dim());
  FACULA_CHECK(value.dim() == 3, "expected 3-D `value`, got {}-D tensor", value.dim());
  FACULA_CHECK(ops::same_sizes(query.sizes(), key.sizes()) && ops::same_sizes(key.sizes(), value.sizes()), "expected `query`/`key`/`value` shapes to match");
  FACULA_CHECK(qkv_weight.dim() == 2, "expected 2-D `qkv_weight`, got {}-D tensor", qkv_weight.dim());
  FACULA_CHECK(embed_dim * 3 == qkv_weight.size(0), "expected `qkv_weight` first dim to be 3x embed_dim");
  FACULA_CHECK(embed_dim == qkv_weight.size(1), "expected `qkv_weight` second dim to be embed_Dim");
  FACULA_CHECK(qkv_bias.dim() == 1 && qkv_bias.size(0) == 3 * embed_dim, "expected `qkv_bias` first dim and first dim of query to be equal");
  FACULA_CHECK(heads > 0 && embed_dim % heads == 0, "`embed_dim` must divide evenly by `num_heads`");
  const std::int64_t batch = query.size(0), tokens = query.size(1);
  if (query.numel() == 0) {
    FACULA_TRY(Tensor y, Tensor::empty_like(query));
    return std::tuple(y, Tensor());
  }
  Tensor part[3];
  if (query.is_same(key) && key.is_same(value)) {
    FACULA_TRY(Tensor all, ops::linear(query, qkv_weight, qkv_bias));
    for (int i = 0; i < 3; ++i) {
      FACULA_TRY(part[i], ops::narrow(all, 2, i * embed_dim, embed_dim));
    }
  } else {
    const Tensor* inputs[] = {&query, &key, &value};
    for (int i = 0; i < 3; ++i) {
      FACULA_TRY(Tensor w, ops::narrow(qkv_weight, 0, i * embed_dim, embed_dim));
      FACULA_TRY(Tensor b, ops::narrow(qkv_bias, 0, i * embed_dim, embed_dim));
      FACULA_TRY(part[i], ops::linear(*inputs[i], w, b));
    }
  }
  for (Tensor& t : part) {
    FACULA_TRY(t, ops::view(t, Dims{batch, tokens, heads, embed_dim / heads}));
    FACULA_TRY(t, ops::transpose(t, 1, 2));
  }
  Tensor seen;
  if (mask.defined()) {
    FACULA_TRY(seen, seen_mask(mask, batch, tokens, mask_type));
  }
  Tensor context, weights;
  if (need_weights) {
    FACULA_TRY(Tensor q, binary(part[0], Scalar(1.0 / std::sqrt(static_cast<double>(embed_dim / heads))), BinaryOp::mul));
    FACULA_TRY(Tensor kt, ops::transpose(part[1], 2, 3));
    FACULA_TRY(Tensor scores, ops::matmul(q, kt));
    if (seen.defined()) {
      FACULA_TRY(Tensor add, additive_mask(seen, scores.dtype()));
      FACULA_TRY(scores, binary(scores, add, BinaryOp::add));
    }
    FACULA_TRY(weights, ops::softmax(scores, -1));
    FACULA_TRY(context, ops::matmul(weights, part[2]));
    if (average) {
      const Dims dims{1};
      FACULA_TRY(weights, ops::mean(weights, dims, false));
    }
  } else {
    FACULA_TRY(context, attention(part[0], part[1], part[2], seen, 0, false, std::nullopt, false));
  }
  FACULA_TRY(context, ops::transpose(context, 1, 2));
  FACULA_TRY(context, ops::reshape(context, Dims{batch, tokens, embed_dim}));
  FACULA_TRY(Tensor y, ops::linear(context, proj_weight, proj_bias));
  return std::tuple(y, weights);
}

Result<Tensor> encoder_layer(const Tensor& src, std::int64_t embed_dim, std::int64_t heads, const Tensor& qkv_weight, const Tensor& qkv_bias, const Tensor& proj_weight,
                             const Tensor& proj_bias, bool use_gelu, bool norm_first, double eps, const Tensor& norm_weight_1, const Tensor& norm_bias_1,
                             const Tensor& norm_weight_2, const Tensor& norm_bias_2, const Tensor& ffn_weight_1, const Tensor& ffn_bias_1, const Tensor& ffn_weight_2,
                             const Tensor& ffn_bias_2, const Tensor& mask, std::optional<std::int64_t> mask_type) {
  if (src.numel() == 0) return clone(src);
  const auto norm = [&](const Tensor& x, const Tensor& w, const Tensor& b) {
    const Dims shape{embed_dim};
    return ops::call("aten::layer_norm", "", {x, ListBox::of_ints(shape), w, b, eps, true});
  };
  Tensor x = src;
  if (norm_first) {
    FACULA_TRY(x, norm(x, norm_weight_1, norm_bias_1));
  }
  FACULA_TRY(auto attended, multi_head_attention(x, x, x, embed_dim, heads, qkv_weight, qkv_bias, proj_weight, proj_bias, mask, false, true, mask_type));
  FACULA_TRY(x, binary(std::get<0>(attended), src, BinaryOp::add));
  if (!norm_first) {
    FACULA_TRY(x, norm(x, norm_weight_1, norm_bias_1));
  }
  const Tensor residual = x;
  if (norm_first) {
    FACULA_TRY(x, norm(x, norm_weight_2, norm_bias_2));
  }
  FACULA_TRY(x, ops::linear(x, ffn_weight_1, ffn_bias_1));
  FACULA_TRY(x, ops::unary(x, use_gelu ? UnaryOp::gelu : UnaryOp::relu));
  FACULA_TRY(x, ops::linear(x, ffn_weight_2, ffn_bias_2));
  FACULA_TRY(x, binary(x, residual, BinaryOp::add));
  if (norm_first) return x;
  return norm(x, norm_weight_2, norm_bias_2);
}

// Whether each row of a mask [N, L] is a run of true values followed by false ones only: sequences padded at their ends.
Result<bool> left_aligned(const Tensor& t, const Tensor& mask) {
  FACULA_CHECK(mask.dtype() == DType::kBool, "Expected mask to be of ScalarType Bool, but got {} instead.", dtype_name(mask.dtype()));
  FACULA_CHECK(mask.dim() == 2, "Padding mask should be 2D");
  FACULA_CHECK(t.dim() == 3, "Input should be a 3D tensor, N * L * D");
  FACULA_CHECK(mask.size(0) == t.size(0) && mask.size(1) == t.size(1), "Mask size should match input size");
  FACULA_TRY(const Tensor dense, contiguous(mask));
  const bool* at = dense.data_as<bool>();
  for (std::int64_t n = 0; n < mask.size(0); ++n, at += mask.size(1)) {
    if (std::adjacent_find(at, at + mask.size(1), [](bool a, bool b) { return !a && b; }) != at + mask.size(1)) return false;
  }
  return true;
}

constexpr Op kAttention[] = {
    row<attention>("aten::scaled_dot_product_attention(Tensor query, Tensor key, Tensor value, Tensor? attn_mask=None, float dropout_p=0., bool is_causal=False, *, float? scale=None, bool enable_gqa=False) -> Tensor", {.samples = {"randn(2,3,5,4), randn(2,3,5,4), randn(2,3,5,4), None, 0.0, True", "randn(3,5,4), randn(3,7,4), randn(3,7,6), randn(5,7)", "randn(5,4), randn(7,4), randn(7,4), rand(5,7) > 0.7", "randn(1,2,400,8), randn(1,1,400,8), randn(1,1,400,8), scale=0.3, enable_gqa=True", "randn(2,6,70,4), randn(2,2,70,4), randn(2,2,70,4), None, 0.0, True, enable_gqa=True", "randn(1,2,400,8), randn(1,2,400,8), randn(1,2,400,8), randn(400,400)", "randn(2,3,5,4), randn(2,3,7,4), randn(2,3,7,4), rand(2,1,1,7) > 0.5", "randn(2,5,3,4).transpose(1,2), randn(2,7,3,4).transpose(1,2), randn(2,7,3,4).transpose(1,2)"}}),
    row<multi_head_attention>("aten::_native_multi_head_attention(Tensor query, Tensor key, Tensor value, int embed_dim, int num_head, Tensor qkv_weight, Tensor qkv_bias, Tensor proj_weight, Tensor proj_bias, Tensor? mask=None, bool need_weights=True, bool average_attn_weights=True, int? mask_type=None) -> (Tensor, Tensor)", {.samples = {"randn(2,5,8), randn(2,5,8), randn(2,5,8), 8, 2, randn(24,8), randn(24), randn(8,8), randn(8)", "randn(2,5,8), randn(2,5,8), randn(2,5,8), 8, 2, randn(24,8), randn(24), randn(8,8), randn(8), tensor([[False,False,False,True,True],[False,False,False,False,False]]), False, True, 1", "randn(2,5,8), randn(2,5,8), randn(2,5,8), 8, 2, randn(24,8), randn(24), randn(8,8), randn(8), ones(5,5).triu(1) > 0, True, False, 0"}}),
    row<encoder_layer>("aten::_transformer_encoder_layer_fwd(Tensor src, int embed_dim, int num_heads, Tensor qkv_weight, Tensor qkv_bias, Tensor proj_weight, Tensor proj_bias, bool use_gelu, bool norm_first, float eps, Tensor norm_weight_1, Tensor norm_bias_1, Tensor norm_weight_2, Tensor norm_bias_2, Tensor ffn_weight_1, Tensor ffn_bias_1, Tensor ffn_weight_2, Tensor ffn_bias_2, Tensor? mask=None, int? mask_type=None) -> Tensor", {.samples = {"randn(2,5,8), 8, 2, randn(24,8), randn(24), randn(8,8), randn(8), True, False, 1e-5, randn(8), randn(8), randn(8), randn(8), randn(16,8), randn(16), randn(8,16), randn(8)", "randn(2,5,8), 8, 2, randn(24,8), randn(24), randn(8,8), randn(8), False, True, 1e-5, randn(8), randn(8), randn(8), randn(8), randn(16,8), randn(16), randn(8,16), randn(8), tensor([[False,False,False,True,True],[False,False,False,False,False]]), 1"}}),
    row<left_aligned>("aten::_nested_tensor_from_mask_left_aligned(Tensor t, Tensor mask) -> bool", {.samples = {"randn(2,3,4), tensor([[True,True,False],[True,False,False]])", "randn(2,3,4), tensor([[True,True,False],[True,False,True]])", "randn(2,3,4), tensor([[False,False,False],[True,True,True]])"}}),
};

}  // namespace

FACULA_FAMILY(attention, kAttention)

}  // namespace fac
