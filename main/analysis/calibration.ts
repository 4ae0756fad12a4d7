/** Bins of confidence: 15, of equal width, closed on the right: (b/15, (b+1)/15] (metrics.md 6). */
export const calibrationBins = 15;

/**
 * The bin of a confidence: with t = 15 conf and r = round(t), bin r - 1 if |t - r| < 1e-9, so that an edge that a sum
 * missed by its last bits still belongs to the bin on its left; else floor(t); clamped to 0..14.
 */
export function calibrationBin(confidence: number, bins = calibrationBins): number {
  const t = bins * confidence;
  const r = Math.round(t);
  const bin = Math.abs(t - r) < 1e-9 ? r - 1 : Math.floor(t);
  return Math.min(bins - 1, Math.max(0, bin));
}

/** How often a model is right, by how sure it is: a reliability diagram in numbers. */
export class Calibration {
  readonly count: Uint32Array;
  /** Of these, right. */
  readonly correct: Uint32Array;
  /** Sum of the confidences. */
  readonly confidence: Float64Array;

  constructor(bins = calibrationBins) {
    this.count = new Uint32Array(bins);
    this.correct = new Uint32Array(bins);
    this.confidence = new Float64Array(bins);
  }

  add(confidence: number, correct: boolean): void {
    const bin = calibrationBin(confidence, this.count.length);
    this.count[bin]!++;
    if (correct) this.correct[bin]!++;
    this.confidence[bin]! += confidence;
  }

  /** |share right - mean confidence| of each bin that has an image, with the bin's share of all images. */
  *#gaps(): Generator<{ gap: number; weight: number }> {
    const n = this.count.reduce((a, b) => a + b, 0);
    for (let bin = 0; bin < this.count.length; bin++) {
      const count = this.count[bin]!;
      if (count > 0) yield { gap: Math.abs(this.correct[bin]! - this.confidence[bin]!) / count, weight: count / n };
    }
  }

  /** Expected calibration error, 0..1: sum over bins of weight * gap (Naeini 2015, Guo 2017). Null without an image. */
  expected(): number | null {
    const gaps = [...this.#gaps()];
    return gaps.length === 0 ? null : gaps.reduce((sum, { gap, weight }) => sum + gap * weight, 0);
  }

  /** Root mean square calibration error: sqrt(sum weight * gap^2). */
  rootMeanSquare(): number | null {
    const gaps = [...this.#gaps()];
    return gaps.length === 0 ? null : Math.sqrt(gaps.reduce((sum, { gap, weight }) => sum + weight * gap ** 2, 0));
  }

  /** The largest gap. */
  largest(): number | null {
    const gaps = [...this.#gaps()];
    return gaps.length === 0 ? null : gaps.reduce((top, { gap }) => Math.max(top, gap), 0);
  }
}
