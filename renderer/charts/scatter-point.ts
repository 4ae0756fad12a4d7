/** A point of a scatter. */
export interface ScatterPoint {
  id: string;
  x: number;
  y: number;
  label: string;
  /** Decides mark and hue: `mlp`, `cnn`, `vit`, or another kind. */
  kind: string;
  /** How many it stands for; its area says so. Left out: one. */
  count?: number;
}
