/**
 * Batch norm (Ioffe and Szegedy 2015) with the batch's own statistics over rows [rows, channels]. Takes two passes over
 * memory, which is what it costs: one for the sums, one for the result.
 */
#include <cmath>

#include "operation.h"
#include "vectors.h"

namespace boundary {

namespace {

/** Rows whose sums are added up in float32, before they join those of all rows in float64. */
constexpr int64_t together = 256;

/**
 * Sums over all rows of two numbers a channel, which `add(row, channel, first, second)` adds for a vector of channels.
 * Channels behind the last whole vector are taken with `part` lanes less than a vector.
 */
template <typename Add>
void sumRows(std::vector<double>& first, std::vector<double>& second, int64_t rows, int64_t channels, Add add) {
  const int64_t vectors = (channels + lanes - 1) / lanes;
  std::vector<float> sums(2 * vectors * lanes);
  for (int64_t from = 0; from < rows; from += together) {
    const int64_t to = from + together < rows ? from + together : rows;
    std::fill(sums.begin(), sums.end(), 0.0f);
    for (int64_t row = from; row < to; row++) {
      for (int64_t at = 0; at < vectors; at++) {
        float* place = &sums[2 * at * lanes];
        Vector a = load(place), b = load(place + lanes);
        add(row, at * lanes, a, b);
        store(place, a);
        store(place + lanes, b);
      }
    }
    for (int64_t channel = 0; channel < channels; channel++) {
      const int64_t place = 2 * (channel / lanes) * lanes + channel % lanes;
      first[channel] += sums[place];
      second[channel] += sums[place + lanes];
    }
  }
}

/** A row's vector of channels that begins with `channel`. */
struct Rows {
  float* values;
  int64_t channels;

  int64_t count(int64_t channel) const { return channels - channel < lanes ? channels - channel : lanes; }
  float* at(int64_t row, int64_t channel) const { return values + row * channels + channel; }
  Vector read(int64_t row, int64_t channel) const {
    return count(channel) == lanes ? load(at(row, channel)) : loadPart(at(row, channel), count(channel));
  }
  void write(int64_t row, int64_t channel, Vector v) const {
    if (count(channel) == lanes) store(at(row, channel), v);
    else storePart(at(row, channel), v, count(channel));
  }
};

/** Numbers a channel, as rows of one. */
Rows asRow(std::vector<float>& values) { return {values.data(), static_cast<int64_t>(values.size())}; }

void requireRows(const Array& x, const Array& gamma) {
  require(x.rank() > 0 && x.count() > 0 && gamma.count() == x.shape.back(), "x must be [..., channels], and not empty");
}

/** u = x factor + term, for each channel. */
struct Line {
  std::vector<float> factor, term;

  explicit Line(int64_t channels) : factor(channels), term(channels) {}

  void set(int64_t channel, double mean, double scale, double gamma, double beta) {
    factor[channel] = static_cast<float>(scale * gamma);
    term[channel] = static_cast<float>(beta - mean * scale * gamma);
  }
};

/**
 * u = (x - mean) scale gamma + beta with scale = 1 / sqrt(variance + epsilon); y = u where it is positive, slope u
 * elsewhere. Gives the unbiased variance too.
 */
void batchNorm(Call& call, const Settings& settings) {
  const Array x = call.input(0), gamma = call.input(1), beta = call.input(2);
  requireRows(x, gamma);
  const int64_t channels = gamma.count(), rows = x.count() / channels;
  const Array y = call.output(0, x.shape);
  const Array mean = call.output(1, {channels}), unbiased = call.output(2, {channels}), scale = call.output(3, {channels});
  const Rows from{x.values, channels}, to{y.values, channels};
  // Squares of distances to the first row are small where those to 0 might cancel.
  std::vector<double> sums(channels), squares(channels);
  sumRows(sums, squares, rows, channels, [&](int64_t row, int64_t channel, Vector& a, Vector& b) {
    const Vector distance = from.read(row, channel) - from.read(0, channel);
    a += distance;
    b += distance * distance;
  });
  Line line(channels);
  for (int64_t channel = 0; channel < channels; channel++) {
    const double shift = sums[channel] / rows;
    const double variance = std::fmax(0, squares[channel] / rows - shift * shift);
    const double inverse = 1 / std::sqrt(variance + settings.epsilon);
    mean.values[channel] = static_cast<float>(x.values[channel] + shift);
    unbiased.values[channel] = static_cast<float>(rows > 1 ? variance * rows / (rows - 1) : variance);
    scale.values[channel] = static_cast<float>(inverse);
    line.set(channel, mean.values[channel], scale.values[channel], gamma.values[channel], beta.values[channel]);
  }
  const Rows factors = asRow(line.factor), terms = asRow(line.term);
  for (int64_t row = 0; row < rows; row++) {
    for (int64_t channel = 0; channel < channels; channel += lanes) {
      const Vector u = from.read(row, channel) * factors.read(0, channel) + terms.read(0, channel);
      to.write(row, channel, u > 0.0f ? u : u * settings.slope);
    }
  }
}

/** The gradient of u, from which side of 0 it was on: u is computed again, which costs less than reading it. */
struct Rectifier {
  Rows from, gradient, factors, terms;
  float slope;

  Vector at(int64_t row, int64_t channel) const {
    const Vector d = gradient.read(row, channel);
    const Vector u = from.read(row, channel) * factors.read(0, channel) + terms.read(0, channel);
    return u > 0.0f ? d : d * slope;
  }
};

/**
 * With h the normalised x and d the gradient of u: dGamma = sum(d h), dBeta = sum(d), dx = gamma scale (d - mean(d) - h
 * mean(d h)).
 */
void batchNormBack(Call& call, const Settings& settings) {
  const Array dy = call.input(0), x = call.input(1), gamma = call.input(2), beta = call.input(3), mean = call.input(4),
              scale = call.input(5);
  requireRows(x, gamma);
  require(dy.count() == x.count() && beta.count() == gamma.count() && mean.count() == gamma.count() &&
              scale.count() == gamma.count(),
          "sizes must agree");
  const int64_t channels = gamma.count(), rows = x.count() / channels;
  const Array dx = call.output(0, x.shape), dGamma = call.output(1, {channels}), dBeta = call.output(2, {channels});
  const Rows from{x.values, channels}, to{dx.values, channels}, means{mean.values, channels};
  Line line(channels);
  for (int64_t channel = 0; channel < channels; channel++) {
    line.set(channel, mean.values[channel], scale.values[channel], gamma.values[channel], beta.values[channel]);
  }
  const Rectifier gradient{from, {dy.values, channels}, asRow(line.factor), asRow(line.term), settings.slope};
  std::vector<double> sums(channels), alongs(channels);
  sumRows(sums, alongs, rows, channels, [&](int64_t row, int64_t channel, Vector& a, Vector& b) {
    const Vector d = gradient.at(row, channel);
    a += d;
    b += d * (from.read(row, channel) - means.read(0, channel));
  });
  // dx = factor d + tilt (x - mean) + term
  std::vector<float> factor(channels), tilt(channels), term(channels);
  for (int64_t channel = 0; channel < channels; channel++) {
    const double inverse = scale.values[channel], all = inverse * gamma.values[channel];
    const double along = alongs[channel] * inverse;
    dBeta.values[channel] = static_cast<float>(sums[channel]);
    dGamma.values[channel] = static_cast<float>(along);
    factor[channel] = static_cast<float>(all);
    tilt[channel] = static_cast<float>(-all * inverse * along / rows);
    term[channel] = static_cast<float>(-all * sums[channel] / rows);
  }
  const Rows factors = asRow(factor), tilts = asRow(tilt), terms = asRow(term);
  for (int64_t row = 0; row < rows; row++) {
    for (int64_t channel = 0; channel < channels; channel += lanes) {
      const Vector distance = from.read(row, channel) - means.read(0, channel);
      const Vector rest = tilts.read(0, channel) * distance + terms.read(0, channel);
      to.write(row, channel, factors.read(0, channel) * gradient.at(row, channel) + rest);
    }
  }
}

}  // namespace

void registerBatchNorm() {
  registerOperation<batchNorm>({"BoundaryBatchNorm",
                                {"x: float", "gamma: float", "beta: float"},
                                {"y: float", "mean: float", "variance: float", "scale: float"},
                                {"epsilon: float", "slope: float"}});
  registerOperation<batchNormBack>({"BoundaryBatchNormGrad",
                                    {"dy: float", "x: float", "gamma: float", "beta: float", "mean: float", "scale: float"},
                                    {"dx: float", "d_gamma: float", "d_beta: float"},
                                    {"slope: float"}});
}

}  // namespace boundary
