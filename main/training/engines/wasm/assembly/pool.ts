/** 2x2 maximum pooling, stride 2, NHWC; an odd last row or column is left out. */
import { clear, FLOAT, Pointer, VECTOR } from './vector';

/** y [images, height / 2, width / 2, channels] */
export function maxPool(y: Pointer, x: Pointer, images: i32, height: i32, width: i32, channels: i32): void {
  const right = (<usize>channels) * FLOAT;
  const down = (<usize>width) * right;
  for (let row = 0; row < images * (height >> 1); row++) {
    const image = row / (height >> 1);
    let a = x + (<usize>(image * height + 2 * (row - image * (height >> 1)))) * down;
    for (let column = 0; column < width >> 1; column++) {
      let i = 0;
      for (; i + 4 <= channels; i += 4, a += VECTOR, y += VECTOR) {
        const above = f32x4.pmax(v128.load(a), v128.load(a + right));
        const below = f32x4.pmax(v128.load(a + down), v128.load(a + down + right));
        v128.store(y, f32x4.pmax(above, below));
      }
      for (; i < channels; i++, a += FLOAT, y += FLOAT) {
        const above = max(load<f32>(a), load<f32>(a + right));
        store<f32>(y, max(above, max(load<f32>(a + down), load<f32>(a + down + right))));
      }
      a += right;
    }
  }
}

/** dx: each dy goes to the place of its window's maximum; of equal ones to the first, row by row. */
export function maxPoolBack(
  dx: Pointer, dy: Pointer, x: Pointer, images: i32, height: i32, width: i32, channels: i32,
): void {
  const right = (<usize>channels) * FLOAT;
  const down = (<usize>width) * right;
  if ((height | width) & 1) clear(dx, images * height * width * channels);
  for (let row = 0; row < images * (height >> 1); row++) {
    const image = row / (height >> 1);
    const start = (<usize>(image * height + 2 * (row - image * (height >> 1)))) * down;
    let a = x + start;
    let d = dx + start;
    for (let column = 0; column < width >> 1; column++) {
      let i = 0;
      for (; i + 4 <= channels; i += 4, a += VECTOR, d += VECTOR, dy += VECTOR) {
        const g = v128.load(dy);
        const v0 = v128.load(a);
        const v1 = v128.load(a + right);
        const v2 = v128.load(a + down);
        const v3 = v128.load(a + down + right);
        const best = f32x4.pmax(f32x4.pmax(v0, v1), f32x4.pmax(v2, v3));
        const is0 = f32x4.eq(v0, best);
        const is1 = v128.andnot(f32x4.eq(v1, best), is0);
        const above = v128.or(is0, is1);
        const is2 = v128.andnot(f32x4.eq(v2, best), above);
        v128.store(d, v128.and(g, is0));
        v128.store(d + right, v128.and(g, is1));
        v128.store(d + down, v128.and(g, is2));
        v128.store(d + down + right, v128.andnot(g, v128.or(above, is2)));
      }
      for (; i < channels; i++, a += FLOAT, d += FLOAT, dy += FLOAT) {
        let place: usize = 0;
        if (load<f32>(a + right) > load<f32>(a)) place = right;
        if (load<f32>(a + down) > load<f32>(a + place)) place = down;
        if (load<f32>(a + down + right) > load<f32>(a + place)) place = down + right;
        store<f32>(d, 0);
        store<f32>(d + right, 0);
        store<f32>(d + down, 0);
        store<f32>(d + down + right, 0);
        store<f32>(d + place, load<f32>(dy));
      }
      a += right;
      d += right;
    }
  }
}
