/** GELU (Hendrycks and Gimpel 2016), exact: x times the normal distribution function. */
#include "operation.h"
#include "vectors.h"

namespace boundary {

namespace {

/** The standard normal distribution function. */
inline Vector cumulative(Vector x) { return (errorFunction(x * 0.7071067812f) + 1.0f) * 0.5f; }

inline Vector apply(Vector x) { return x * cumulative(x); }

/** The derivative is Phi(x) + x phi(x). */
inline Vector applyBack(Vector dy, Vector x) {
  const Vector density = exponential(x * x * -0.5f) * 0.3989422804f;
  return dy * (cumulative(x) + x * density);
}

void gelu(Call& call, const Settings&) {
  const Array x = call.input(0);
  const Array y = call.output(0, x.shape);
  const int64_t count = x.count();
  int64_t i = 0;
  for (; i + lanes <= count; i += lanes) store(y.values + i, apply(load(x.values + i)));
  if (i < count) storePart(y.values + i, apply(loadPart(x.values + i, count - i)), count - i);
}

void geluBack(Call& call, const Settings&) {
  const Array dy = call.input(0);
  const Array x = call.input(1);
  require(dy.count() == x.count(), "dy and x must be of one size");
  const Array dx = call.output(0, x.shape);
  const int64_t count = x.count();
  int64_t i = 0;
  for (; i + lanes <= count; i += lanes) store(dx.values + i, applyBack(load(dy.values + i), load(x.values + i)));
  const int64_t rest = count - i;
  if (rest > 0) storePart(dx.values + i, applyBack(loadPart(dy.values + i, rest), loadPart(x.values + i, rest)), rest);
}

}  // namespace

void registerGelu() {
  registerOperation<gelu>({"BoundaryGelu", {"x: float"}, {"y: float"}, {}});
  registerOperation<geluBack>({"BoundaryGeluGrad", {"dy: float", "x: float"}, {"dx: float"}, {}});
}

}  // namespace boundary
