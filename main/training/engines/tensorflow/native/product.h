/** Products of matrices that stay in the caches. */
#pragma once

#include <vector>

#include "vectors.h"

namespace boundary {

/** `count` rounded up to whole vectors. */
constexpr int64_t padded(int64_t count) { return (count + lanes - 1) / lanes * lanes; }

/** Where a matrix lies: value (i, j) is at values[i * row + j * column]. */
struct Matrix {
  const float* values;
  int64_t row;
  int64_t column = 1;

  Matrix from(int64_t i) const { return {values + i * row, row, column}; }
};

/** Vectors of columns, and rows, that a tile of C has at most: as many as the registers hold beside a row of B. */
constexpr int tileWidth = lanes == 16 ? 4 : 2;
constexpr int tileRows = 6;

/** What a product is added to: nothing, what C holds, or the same row for all. */
enum class Start { nothing, held, row };

template <Start start, int rows, int width>
inline void productTile(float* c, int64_t cRow, Matrix a, const float* b, int64_t bRow, int64_t depth, const float* first) {
  Vector sums[rows][width] = {};
#pragma GCC unroll 8
  for (int i = 0; i < rows && start != Start::nothing; i++) {
#pragma GCC unroll 8
    for (int j = 0; j < width; j++) sums[i][j] = load((start == Start::row ? first : c + i * cRow) + j * lanes);
  }
  for (int64_t k = 0; k < depth; k++) {
    Vector line[width];
#pragma GCC unroll 8
    for (int j = 0; j < width; j++) line[j] = load(b + k * bRow + j * lanes);
#pragma GCC unroll 8
    for (int i = 0; i < rows; i++) {
      const float factor = a.values[i * a.row + k * a.column];
#pragma GCC unroll 8
      for (int j = 0; j < width; j++) sums[i][j] += factor * line[j];
    }
  }
#pragma GCC unroll 8
  for (int i = 0; i < rows; i++) {
#pragma GCC unroll 8
    for (int j = 0; j < width; j++) store(c + i * cRow + j * lanes, sums[i][j]);
  }
}

/** All rows of `width` vectors of columns. */
template <Start start, int width>
inline void productColumns(
    float* c, int64_t cRow, Matrix a, const float* b, int64_t bRow, int64_t m, int64_t depth, const float* first) {
  int64_t i = 0;
  for (; i + tileRows <= m; i += tileRows) {
    productTile<start, tileRows, width>(c + i * cRow, cRow, a.from(i), b, bRow, depth, first);
  }
  c += i * cRow;
  a = a.from(i);
  switch (m - i) {
    case 5: return productTile<start, 5, width>(c, cRow, a, b, bRow, depth, first);
    case 4: return productTile<start, 4, width>(c, cRow, a, b, bRow, depth, first);
    case 3: return productTile<start, 3, width>(c, cRow, a, b, bRow, depth, first);
    case 2: return productTile<start, 2, width>(c, cRow, a, b, bRow, depth, first);
    case 1: return productTile<start, 1, width>(c, cRow, a, b, bRow, depth, first);
  }
}

/**
 * C [m, n] = A [m, depth] B [depth, n] + what `start` says. Rows of C and B are `cRow` and `bRow` floats apart; columns
 * are read and written in whole vectors, so both need room for padded(n).
 * @param bColumns floats from the first of `tileWidth` vectors of columns of B to the next ones
 */
template <Start start = Start::nothing>
inline void product(
    float* c, int64_t cRow, Matrix a, const float* b, int64_t bRow, int64_t m, int64_t n, int64_t depth,
    const float* first = nullptr, int64_t bColumns = tileWidth * lanes) {
  int64_t j = 0;
  for (; j + tileWidth * lanes <= padded(n); j += tileWidth * lanes, b += bColumns, first += tileWidth * lanes) {
    productColumns<start, tileWidth>(c + j, cRow, a, b, bRow, m, depth, first);
  }
  for (; j < n; j += lanes, b += lanes, first += lanes) {
    productColumns<start, 1>(c + j, cRow, a, b, bRow, m, depth, first);
  }
}

typedef float Four __attribute__((vector_size(16)));
typedef float UnalignedFour __attribute__((vector_size(16), aligned(4), may_alias));

/** `to` [columns, rows] from `from` [rows, columns]; rows are `toRow` and `fromRow` floats apart. */
inline void transpose(float* to, int64_t toRow, const float* from, int64_t fromRow, int64_t rows, int64_t columns) {
  typedef int32_t Order __attribute__((vector_size(16)));
  const auto line = [&](int64_t i, int64_t j) -> Four {
    return *reinterpret_cast<const UnalignedFour*>(from + i * fromRow + j);
  };
  const auto put = [&](int64_t j, int64_t i, Four v) { *reinterpret_cast<UnalignedFour*>(to + j * toRow + i) = v; };
  int64_t i = 0;
  for (; i + 4 <= rows; i += 4) {
    int64_t j = 0;
    for (; j + 4 <= columns; j += 4) {
      const Four a = line(i, j), b = line(i + 1, j), c = line(i + 2, j), d = line(i + 3, j);
      const Four lowAb = __builtin_shuffle(a, b, Order{0, 4, 1, 5}), highAb = __builtin_shuffle(a, b, Order{2, 6, 3, 7});
      const Four lowCd = __builtin_shuffle(c, d, Order{0, 4, 1, 5}), highCd = __builtin_shuffle(c, d, Order{2, 6, 3, 7});
      put(j, i, __builtin_shuffle(lowAb, lowCd, Order{0, 1, 4, 5}));
      put(j + 1, i, __builtin_shuffle(lowAb, lowCd, Order{2, 3, 6, 7}));
      put(j + 2, i, __builtin_shuffle(highAb, highCd, Order{0, 1, 4, 5}));
      put(j + 3, i, __builtin_shuffle(highAb, highCd, Order{2, 3, 6, 7}));
    }
    for (; j < columns; j++) {
      for (int64_t k = i; k < i + 4; k++) to[j * toRow + k] = from[k * fromRow + j];
    }
  }
  for (; i < rows; i++) {
    for (int64_t j = 0; j < columns; j++) to[j * toRow + i] = from[i * fromRow + j];
  }
}

/** A matrix of our own with rows of whole vectors and zeros behind their ends. */
class Block {
 public:
  Block(int64_t rows, int64_t columns)
      : rows_(rows), columns_(columns), row_(padded(columns)), values_(rows * row_, 0.0f) {}

  float* values() { return values_.data(); }
  /** Floats from a row to the next. */
  int64_t row() const { return row_; }
  float* line(int64_t i) { return values_.data() + i * row_; }
  Matrix matrix() const { return {values_.data(), row_}; }
  Matrix transposed() const { return {values_.data(), 1, row_}; }

  /** Takes its rows from where they lie `step` apart. */
  void take(const float* from, int64_t step) {
    for (int64_t i = 0; i < rows_; i++) std::memcpy(line(i), from + i * step, columns_ * sizeof(float));
  }
  /** Takes the transpose of a matrix [columns, rows]. */
  void takeTransposed(const float* from, int64_t step) { transpose(values_.data(), row_, from, step, columns_, rows_); }
  void give(float* to, int64_t step) const {
    for (int64_t i = 0; i < rows_; i++) std::memcpy(to + i * step, &values_[i * row_], columns_ * sizeof(float));
  }

 private:
  int64_t rows_, columns_, row_;
  std::vector<float> values_;
};

/**
 * A matrix laid out as tiles read it: for each `tileWidth` vectors of columns all rows side by side, zeros behind the last
 * column.
 */
class Panels {
 public:
  static constexpr int64_t columnsEach = tileWidth * lanes;

  Panels(int64_t rows, int64_t columns)
      : rows_(rows), columns_(columns), values_((columns + columnsEach - 1) / columnsEach * rows * columnsEach, 0.0f) {}

  /** The panel that begins with this column, a multiple of `columnsEach`. */
  float* at(int64_t column) { return values_.data() + column * rows_; }
  const float* values() const { return values_.data(); }
  /** Floats from a panel to the next. */
  int64_t step() const { return rows_ * columnsEach; }

  void take(const float* from) {
    each([&](int64_t column, int64_t i, int64_t count) {
      std::memcpy(at(column) + i * columnsEach, from + i * columns_ + column, count * sizeof(float));
    });
  }
  void give(float* to) {
    each([&](int64_t column, int64_t i, int64_t count) {
      std::memcpy(to + i * columns_ + column, at(column) + i * columnsEach, count * sizeof(float));
    });
  }

 private:
  template <typename Work>
  void each(Work work) {
    for (int64_t column = 0; column < columns_; column += columnsEach) {
      const int64_t count = columns_ - column < columnsEach ? columns_ - column : columnsEach;
      for (int64_t i = 0; i < rows_; i++) work(column, i, count);
    }
  }

  int64_t rows_, columns_;
  std::vector<float> values_;
};

}  // namespace boundary
