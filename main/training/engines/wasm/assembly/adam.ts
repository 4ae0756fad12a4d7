/** Adam (Kingma & Ba 2015, algorithm 1) with PyTorch's epsilon and weight decay. */
import { loadPart, multiplyAdd, Pointer, splat, storePart, VECTOR } from './vector';

/**
 * One step in place. Per element: g = gradient + `added` w; m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g^2;
 * w = `keptWeight` w - `step` m / (sqrt(v) * `correction` + epsilon). @param next where the new weights go; may be `w`
 * @param rest1, rest2 1 - beta1 and 1 - beta2, given because float32 would lose half of their digits
 */
export function adam(
  next: Pointer, w: Pointer, gradient: Pointer, m: Pointer, v: Pointer, count: i32, beta1: f32, rest1: f32, beta2: f32,
  rest2: f32, step: f32, correction: f32, epsilon: f32, added: f32, keptWeight: f32,
): void {
  for (let i = 0; i < count; i += 4) {
    const rest = count - i;
    const full = rest >= 4;
    const weights = full ? v128.load(w) : loadPart(w, rest);
    const g = multiplyAdd(splat(added), weights, full ? v128.load(gradient) : loadPart(gradient, rest));
    const oldM = full ? v128.load(m) : loadPart(m, rest);
    const oldV = full ? v128.load(v) : loadPart(v, rest);
    const newM = multiplyAdd(splat(rest1), g, f32x4.mul(splat(beta1), oldM));
    const newV = multiplyAdd(f32x4.mul(splat(rest2), g), g, f32x4.mul(splat(beta2), oldV));
    const divisor = multiplyAdd(f32x4.sqrt(newV), splat(correction), splat(epsilon));
    const change = f32x4.div(f32x4.mul(splat(step), newM), divisor);
    const result = f32x4.sub(f32x4.mul(splat(keptWeight), weights), change);
    if (full) {
      v128.store(m, newM);
      v128.store(v, newV);
      v128.store(next, result);
    } else {
      storePart(m, newM, rest);
      storePart(v, newV, rest);
      storePart(next, result, rest);
    }
    next += VECTOR;
    w += VECTOR;
    gradient += VECTOR;
    m += VECTOR;
    v += VECTOR;
  }
}
