/**
 * Multi-head self-attention (Vaswani et al. 2017) with the projection before it: qkv = x w + b, p = softmax(q kT / sqrt(d)),
 * out = p v. The projection is eight times as large as anything else in a Vision Transformer; so an image at a time is
 * taken from x to out, and its projection stays in the cache.
 */
#include <algorithm>
#include <cmath>

#include "operation.h"
#include "product.h"
#include "vectors.h"

namespace boundary {

namespace {

struct Sizes {
  int64_t images, tokens, width, heads, d;
  float scale;

  Sizes(const Array& x, const Array& w, const Settings& settings) : tokens(settings.tokens), heads(settings.heads) {
    require(heads > 0 && tokens > 0, "there must be heads and tokens");
    require(x.rank() == 2 && x.shape[0] % tokens == 0, "x must be [images tokens, width]");
    require(w.rank() == 2 && w.shape[0] == x.shape[1] && w.shape[1] % (3 * heads) == 0, "w must be [width, 3 heads d]");
    images = x.shape[0] / tokens;
    width = x.shape[1];
    d = w.shape[1] / 3 / heads;
    scale = 1 / std::sqrt(static_cast<float>(d));
  }

  /** Columns of all heads together. */
  int64_t inner() const { return heads * d; }
  /** Columns of the projection: q, k and v of all heads. */
  int64_t all() const { return 3 * inner(); }
  /** Where q (0), k (1) or v (2) of a head begins in a row of the projection. */
  int64_t column(int64_t part, int64_t head) const { return part * inner() + head * d; }
};

/** One row of scores, scaled, to its softmax; what lies behind the row's end becomes 0. */
void softmaxRow(float* row, int64_t count, float scale) {
  const float highest = *std::max_element(row, row + count);
  for (int64_t j = 0; j < count; j += lanes) store(row + j, exponential((load(row + j) - highest) * scale));
  for (int64_t j = count; j < padded(count); j++) row[j] = 0;
  Vector sums = {};
  for (int64_t j = 0; j < count; j += lanes) sums += load(row + j);
  const float factor = 1 / sumLanes(sums);
  for (int64_t j = 0; j < count; j += lanes) store(row + j, load(row + j) * factor);
}

/** With g the gradient of p: that of the scores is p (g - sum(p g)), times the scale. */
void softmaxRowBack(float* gradient, const float* p, int64_t count, float scale) {
  Vector sums = {};
  for (int64_t j = 0; j < count; j += lanes) sums += load(gradient + j) * load(p + j);
  const float sum = sumLanes(sums);
  for (int64_t j = 0; j < count; j += lanes) store(gradient + j, load(p + j) * (load(gradient + j) - sum) * scale);
}

/** With `keep`, qkv and softmax are kept for the gradient; else they have no rows, and no memory is spent on them. */
void selfAttention(Call& call, const Settings& settings) {
  const Array x = call.input(0), w = call.input(1), b = call.input(2);
  const Sizes s(x, w, settings);
  require(b.count() == s.all(), "b must be [3 heads d]");
  const Array out = call.output(0, {x.shape[0], s.inner()});
  const Array qkv = call.output(1, {settings.keep ? x.shape[0] : 0, s.all()});
  const Array softmax = call.output(2, {settings.keep ? s.images : 0, s.heads, s.tokens, s.tokens});
  Panels weights(s.width, s.all());
  weights.take(w.values);
  Block bias(1, s.all()), projection(s.tokens, s.all());
  bias.take(b.values, 0);
  Block keys(s.d, s.tokens), values(s.tokens, s.d), p(s.tokens, s.tokens), result(s.tokens, s.d);
  for (int64_t image = 0; image < s.images; image++) {
    const Matrix rows{x.values + image * s.tokens * s.width, s.width};
    product<Start::row>(projection.values(), projection.row(), rows, weights.values(), Panels::columnsEach, s.tokens,
                        s.all(), s.width, bias.values(), weights.step());
    if (settings.keep) projection.give(qkv.values + image * s.tokens * s.all(), s.all());
    for (int64_t head = 0; head < s.heads; head++) {
      keys.takeTransposed(projection.values() + s.column(1, head), projection.row());
      values.take(projection.values() + s.column(2, head), projection.row());
      const Matrix queries{projection.values() + s.column(0, head), projection.row()};
      product(p.values(), p.row(), queries, keys.values(), keys.row(), s.tokens, s.tokens, s.d);
      for (int64_t i = 0; i < s.tokens; i++) softmaxRow(p.line(i), s.tokens, s.scale);
      product(result.values(), result.row(), p.matrix(), values.values(), values.row(), s.tokens, s.d, s.tokens);
      if (settings.keep) p.give(softmax.values + (image * s.heads + head) * s.tokens * s.tokens, s.tokens);
      result.give(out.values + image * s.tokens * s.inner() + head * s.d, s.inner());
    }
  }
}

/** The gradient of one image's projection, head by head. */
class ProjectionGradient {
 public:
  explicit ProjectionGradient(const Sizes& s)
      : s_(s), queries_(s.tokens, s.d), keys_(s.tokens, s.d), values_(s.d, s.tokens), outward_(s.tokens, s.d),
        p_(s.tokens, s.tokens), scores_(s.tokens, s.tokens), result_(s.tokens, s.d) {}

  /** `qkv`, `dOut` and `softmax` begin with the image; `to` gets dQkv. */
  void compute(Block& to, const float* qkv, const float* dOut, const float* softmax) {
    for (int64_t head = 0; head < s_.heads; head++) {
      queries_.take(qkv + s_.column(0, head), s_.all());
      keys_.take(qkv + s_.column(1, head), s_.all());
      values_.takeTransposed(qkv + s_.column(2, head), s_.all());
      outward_.take(dOut + head * s_.d, s_.inner());
      p_.take(softmax + head * s_.tokens * s_.tokens, s_.tokens);
      product(scores_.values(), scores_.row(), outward_.matrix(), values_.values(), values_.row(), s_.tokens, s_.tokens, s_.d);
      for (int64_t i = 0; i < s_.tokens; i++) softmaxRowBack(scores_.line(i), p_.line(i), s_.tokens, s_.scale);
      give(to, 0, head, scores_.matrix(), keys_);
      give(to, 1, head, scores_.transposed(), queries_);
      give(to, 2, head, p_.transposed(), outward_);
    }
  }

 private:
  void give(Block& to, int64_t part, int64_t head, Matrix a, Block& b) {
    product(result_.values(), result_.row(), a, b.values(), b.row(), s_.tokens, s_.d, s_.tokens);
    result_.give(to.values() + s_.column(part, head), to.row());
  }

  const Sizes& s_;
  Block queries_, keys_, values_, outward_, p_, scores_, result_;
};

/** dx = dQkv wT, dw = xT dQkv, db = sum(dQkv), with dQkv one image at a time. */
void selfAttentionBack(Call& call, const Settings& settings) {
  const Array dOut = call.input(0), x = call.input(1), w = call.input(2), qkv = call.input(3), softmax = call.input(4);
  const Sizes s(x, w, settings);
  require(dOut.count() == x.shape[0] * s.inner(), "d_out must be [images tokens, heads d]");
  require(qkv.count() == x.shape[0] * s.all(), "qkv must be [images tokens, 3 heads d]");
  require(softmax.count() == s.images * s.heads * s.tokens * s.tokens, "softmax must be [images, heads, tokens, tokens]");
  const Array dx = call.output(0, x.shape), dw = call.output(1, w.shape), db = call.output(2, {s.all()});
  Block turned(s.all(), s.width), dQkv(s.tokens, s.all()), dBias(1, s.all()), dRows(s.tokens, s.width);
  turned.takeTransposed(w.values, s.all());
  Panels dWeights(s.width, s.all());
  ProjectionGradient gradient(s);
  for (int64_t image = 0; image < s.images; image++) {
    const int64_t token = image * s.tokens;
    gradient.compute(dQkv, qkv.values + token * s.all(), dOut.values + token * s.inner(),
                     softmax.values + token * s.heads * s.tokens);
    product(dRows.values(), dRows.row(), dQkv.matrix(), turned.values(), turned.row(), s.tokens, s.width, s.all());
    dRows.give(dx.values + token * s.width, s.width);
    const Matrix columns{x.values + token * s.width, 1, s.width};
    for (int64_t j = 0; j < s.all(); j += Panels::columnsEach) {
      product<Start::held>(dWeights.at(j), Panels::columnsEach, columns, dQkv.values() + j, dQkv.row(), s.width,
                           std::min(Panels::columnsEach, s.all() - j), s.tokens);
    }
    for (int64_t i = 0; i < s.tokens; i++) {
      for (int64_t j = 0; j < s.all(); j += lanes) store(dBias.values() + j, load(dBias.values() + j) + load(dQkv.line(i) + j));
    }
  }
  dWeights.give(dw.values);
  dBias.give(db.values, 0);
}

}  // namespace

void registerSelfAttention() {
  registerOperation<selfAttention>({"BoundarySelfAttention",
                                    {"x: float", "w: float", "b: float"},
                                    {"out: float", "qkv: float", "softmax: float"},
                                    {"tokens: int", "heads: int", "keep: bool"}});
  registerOperation<selfAttentionBack>({"BoundarySelfAttentionGrad",
                                        {"d_out: float", "x: float", "w: float", "qkv: float", "softmax: float"},
                                        {"dx: float", "dw: float", "db: float"},
                                        {"tokens: int", "heads: int"}});
}

}  // namespace boundary
