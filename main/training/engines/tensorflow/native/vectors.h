/** Vectors of float32 as wide as this processor has them, and functions of them to float32's precision. */
#pragma once

#include <cstdint>
#include <cstring>

namespace boundary {

#if defined(__AVX512F__)
constexpr int lanes = 16;
#elif defined(__AVX__)
constexpr int lanes = 8;
#else
constexpr int lanes = 4;
#endif

typedef float Vector __attribute__((vector_size(lanes * 4)));
typedef int32_t Integers __attribute__((vector_size(lanes * 4)));
typedef float Unaligned __attribute__((vector_size(lanes * 4), aligned(4), may_alias));

inline Vector load(const float* from) { return *reinterpret_cast<const Unaligned*>(from); }

inline void store(float* to, Vector v) { *reinterpret_cast<Unaligned*>(to) = v; }

/** The first `count` numbers; the others are 0 and not read. */
inline Vector loadPart(const float* from, int64_t count) {
  float all[lanes] = {};
  std::memcpy(all, from, count * sizeof(float));
  return load(all);
}

inline void storePart(float* to, Vector v, int64_t count) { std::memcpy(to, &v, count * sizeof(float)); }

inline Vector splat(float x) { return Vector{} + x; }

inline float sumLanes(Vector v) {
  float sum = 0;
  for (int i = 0; i < lanes; i++) sum += v[i];
  return sum;
}

inline Vector largest(Vector a, Vector b) { return a > b ? a : b; }

/** The nearest whole numbers; |x| must be below 2^22. */
inline Vector nearest(Vector x) {
  const Vector shift = splat(12582912.0f);  // 1.5 * 2^23: a sum has no room for fractions.
  return (x + shift) - shift;
}

/**
 * e^x, relative error below 2e-7; x is taken into [-87, 88], NaN stays. As in Cephes: e^x = 2^n e^r with |r| <= ln 2 / 2,
 * the second by a polynomial, and n through the bits of the exponent.
 */
inline Vector exponential(Vector x) {
  x = x < -87.0f ? splat(-87.0f) : x;
  x = x > 88.0f ? splat(88.0f) : x;
  const Vector n = nearest(x * 1.44269504f);
  // ln 2 in two parts, so that n times the first is exact.
  const Vector r = (x - n * 0.693359375f) - n * -2.12194440e-4f;
  Vector p = 1.9875691500e-4f * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  const Integers power = (__builtin_convertvector(n, Integers) + 127) << 23;
  return p * (Vector)power;
}

/** The error function, absolute error below 2e-7: a rational approximation on [-4, 4] (as in Eigen), 1 beyond. */
inline Vector errorFunction(Vector x) {
  x = x < -4.0f ? splat(-4.0f) : x;
  x = x > 4.0f ? splat(4.0f) : x;
  const Vector square = x * x;
  Vector p = -2.72614225801306e-10f * square + 2.77068142495902e-08f;
  p = p * square - 2.10102402082508e-06f;
  p = p * square - 5.69250639462346e-05f;
  p = p * square - 7.34990630326855e-04f;
  p = p * square - 2.95459980854025e-03f;
  p = p * square - 1.60960333262415e-02f;
  Vector q = -1.45660718464996e-05f * square - 2.13374055278905e-04f;
  q = q * square - 1.68282697438203e-03f;
  q = q * square - 7.37332916720468e-03f;
  q = q * square - 1.42647390514189e-02f;
  return x * p / q;
}

}  // namespace boundary
