/** Layer norm (Ba et al. 2016) over rows [rows, width]. */
#include <cmath>

#include "operation.h"
#include "vectors.h"

namespace boundary {

namespace {

/** Calls `work(vector, at, count)` for each vector of a row; only the last may have less than `lanes` numbers. */
template <typename Work>
inline void alongRow(int64_t width, Work work) {
  int64_t j = 0;
  for (; j + lanes <= width; j += lanes) work(j, static_cast<int64_t>(lanes));
  if (j < width) work(j, width - j);
}

inline Vector loadSome(const float* from, int64_t count) { return count == lanes ? load(from) : loadPart(from, count); }

inline void storeSome(float* to, Vector v, int64_t count) {
  if (count == lanes) store(to, v);
  else storePart(to, v, count);
}

/** Sum of the squared distances to `mean`. */
inline float squares(const float* x, int64_t width, float mean) {
  Vector sums = {};
  float rest = 0;
  int64_t j = 0;
  for (; j + lanes <= width; j += lanes) {
    const Vector distance = load(x + j) - mean;
    sums += distance * distance;
  }
  for (; j < width; j++) rest += (x[j] - mean) * (x[j] - mean);
  return sumLanes(sums) + rest;
}

/** y = (x - mean) / sqrt(variance + epsilon) * gamma + beta; `statistics` [rows, 2]: mean, 1 / sqrt(...). */
void layerNorm(Call& call, const Settings& settings) {
  const Array x = call.input(0);
  const Array gamma = call.input(1);
  const Array beta = call.input(2);
  require(x.rank() == 2 && gamma.count() == x.shape[1] && beta.count() == x.shape[1], "x must be [rows, width]");
  const int64_t rows = x.shape[0], width = x.shape[1];
  const Array y = call.output(0, x.shape);
  const Array statistics = call.output(1, {rows, 2});
  for (int64_t row = 0; row < rows; row++) {
    const float* from = x.values + row * width;
    float* to = y.values + row * width;
    Vector sums = {};
    alongRow(width, [&](int64_t j, int64_t count) { sums += loadSome(from + j, count); });
    const float mean = sumLanes(sums) / width;
    const float scale = 1 / std::sqrt(squares(from, width, mean) / width + settings.epsilon);
    alongRow(width, [&](int64_t j, int64_t count) {
      const Vector normal = (loadSome(from + j, count) - mean) * scale;
      storeSome(to + j, normal * loadSome(gamma.values + j, count) + loadSome(beta.values + j, count), count);
    });
    statistics.values[2 * row] = mean;
    statistics.values[2 * row + 1] = scale;
  }
}

/**
 * With h the normalised row and g = dy gamma: dx = scale (g - mean(g) - h mean(g h)), dGamma = sum(dy h), dBeta = sum(dy).
 */
void layerNormBack(Call& call, const Settings&) {
  const Array dy = call.input(0);
  const Array x = call.input(1);
  const Array statistics = call.input(2);
  const Array gamma = call.input(3);
  require(x.rank() == 2 && dy.count() == x.count() && gamma.count() == x.shape[1], "dy and x must be [rows, width]");
  require(statistics.count() == 2 * x.shape[0], "statistics must be [rows, 2]");
  const int64_t rows = x.shape[0], width = x.shape[1];
  const Array dx = call.output(0, x.shape);
  const Array dGamma = call.output(1, {width});
  const Array dBeta = call.output(2, {width});
  std::memset(dGamma.values, 0, width * sizeof(float));
  std::memset(dBeta.values, 0, width * sizeof(float));
  for (int64_t row = 0; row < rows; row++) {
    const float* from = x.values + row * width;
    const float* gradient = dy.values + row * width;
    float* to = dx.values + row * width;
    const float mean = statistics.values[2 * row], scale = statistics.values[2 * row + 1];
    Vector sums = {}, alongs = {};
    alongRow(width, [&](int64_t j, int64_t count) {
      const Vector d = loadSome(gradient + j, count);
      // Beyond the row's end d is 0, and so is all that follows from it.
      const Vector normal = (loadSome(from + j, count) - mean) * scale;
      const Vector g = d * loadSome(gamma.values + j, count);
      storeSome(dBeta.values + j, loadSome(dBeta.values + j, count) + d, count);
      storeSome(dGamma.values + j, loadSome(dGamma.values + j, count) + d * normal, count);
      sums += g;
      alongs += g * normal;
    });
    const float middle = sumLanes(sums) / width, along = sumLanes(alongs) / width;
    alongRow(width, [&](int64_t j, int64_t count) {
      const Vector normal = (loadSome(from + j, count) - mean) * scale;
      const Vector g = loadSome(gradient + j, count) * loadSome(gamma.values + j, count);
      storeSome(to + j, (g - middle - normal * along) * scale, count);
    });
  }
}

}  // namespace

void registerLayerNorm() {
  registerOperation<layerNorm>({"BoundaryLayerNorm",
                                {"x: float", "gamma: float", "beta: float"},
                                {"y: float", "statistics: float"},
                                {"epsilon: float"}});
  registerOperation<layerNormBack>({"BoundaryLayerNormGrad",
                                    {"dy: float", "x: float", "statistics: float", "gamma: float"},
                                    {"dx: float", "d_gamma: float", "d_beta: float"},
                                    {}});
}

}  // namespace boundary
