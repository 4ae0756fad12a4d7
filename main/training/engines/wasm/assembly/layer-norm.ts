/** Layer norm over rows of `width` floats. */
import { clear, FLOAT, multiplyAdd, Pointer, splat, sumLanes, VECTOR, zeros } from './vector';

/** y = (x - mean) / sqrt(variance + epsilon) * gamma + beta; `statistics` [rows, 2]: mean, 1 / sqrt(...). */
export function layerNorm(
  y: Pointer, statistics: Pointer, x: Pointer, gamma: Pointer, beta: Pointer, rows: i32, width: i32, epsilon: f32,
): void {
  const bytes = (<usize>width) * FLOAT;
  const vectorBytes = bytes & ~15;
  for (let row = 0; row < rows; row++, x += bytes, y += bytes, statistics += 8) {
    let sums = zeros();
    for (let o: usize = 0; o < vectorBytes; o += VECTOR) sums = f32x4.add(sums, v128.load(x + o));
    let sum = sumLanes(sums);
    for (let o = vectorBytes; o < bytes; o += FLOAT) sum += load<f32>(x + o);
    const mean = sum / <f32>width;
    sums = zeros();
    for (let o: usize = 0; o < vectorBytes; o += VECTOR) {
      const distance = f32x4.sub(v128.load(x + o), splat(mean));
      sums = multiplyAdd(distance, distance, sums);
    }
    sum = sumLanes(sums);
    for (let o = vectorBytes; o < bytes; o += FLOAT) {
      const distance = load<f32>(x + o) - mean;
      sum += distance * distance;
    }
    const scale: f32 = <f32>1 / sqrt<f32>(sum / <f32>width + epsilon);
    for (let o: usize = 0; o < vectorBytes; o += VECTOR) {
      const normal = f32x4.mul(f32x4.sub(v128.load(x + o), splat(mean)), splat(scale));
      v128.store(y + o, multiplyAdd(normal, v128.load(gamma + o), v128.load(beta + o)));
    }
    for (let o = vectorBytes; o < bytes; o += FLOAT) {
      store<f32>(y + o, (load<f32>(x + o) - mean) * scale * load<f32>(gamma + o) + load<f32>(beta + o));
    }
    store<f32>(statistics, mean);
    store<f32>(statistics, scale, 4);
  }
}

/** With h the normalized row and g = dy gamma: dx = scale (g - mean(g) - h mean(g h)), dGamma = sum dy h. */
export function layerNormBack(
  dx: Pointer, dGamma: Pointer, dBeta: Pointer, dy: Pointer, x: Pointer, statistics: Pointer, gamma: Pointer, rows: i32,
  width: i32,
): void {
  const bytes = (<usize>width) * FLOAT;
  const vectorBytes = bytes & ~15;
  clear(dGamma, width);
  clear(dBeta, width);
  for (let row = 0; row < rows; row++, x += bytes, dy += bytes, dx += bytes, statistics += 8) {
    const mean = load<f32>(statistics);
    const scale = load<f32>(statistics, 4);
    let sums = zeros();
    let alongs = zeros();
    for (let o: usize = 0; o < vectorBytes; o += VECTOR) {
      const d = v128.load(dy + o);
      const normal = f32x4.mul(f32x4.sub(v128.load(x + o), splat(mean)), splat(scale));
      const g = f32x4.mul(d, v128.load(gamma + o));
      v128.store(dBeta + o, f32x4.add(v128.load(dBeta + o), d));
      v128.store(dGamma + o, multiplyAdd(d, normal, v128.load(dGamma + o)));
      sums = f32x4.add(sums, g);
      alongs = multiplyAdd(g, normal, alongs);
    }
    let sum = sumLanes(sums);
    let along = sumLanes(alongs);
    for (let o = vectorBytes; o < bytes; o += FLOAT) {
      const d = load<f32>(dy + o);
      const normal = (load<f32>(x + o) - mean) * scale;
      const g = d * load<f32>(gamma + o);
      store<f32>(dBeta + o, load<f32>(dBeta + o) + d);
      store<f32>(dGamma + o, load<f32>(dGamma + o) + d * normal);
      sum += g;
      along += g * normal;
    }
    sum /= <f32>width;
    along /= <f32>width;
    for (let o: usize = 0; o < vectorBytes; o += VECTOR) {
      const normal = f32x4.mul(f32x4.sub(v128.load(x + o), splat(mean)), splat(scale));
      const g = f32x4.mul(v128.load(dy + o), v128.load(gamma + o));
      const rest = f32x4.sub(f32x4.sub(g, splat(sum)), f32x4.mul(normal, splat(along)));
      v128.store(dx + o, f32x4.mul(rest, splat(scale)));
    }
    for (let o = vectorBytes; o < bytes; o += FLOAT) {
      const normal = (load<f32>(x + o) - mean) * scale;
      const g = load<f32>(dy + o) * load<f32>(gamma + o);
      store<f32>(dx + o, (g - sum - normal * along) * scale);
    }
  }
}
