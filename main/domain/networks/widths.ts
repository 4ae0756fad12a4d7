import { type Architecture, architectureSchema } from '../../contract/recipes/recipes.ts';
import { canonicalJson } from '../plans/identity.ts';

/** The settings of an architecture that are its width. */
const widthKeys: Readonly<Record<Architecture['kind'], readonly string[]>> = {
  mlp: ['hidden'],
  cnn: ['channels', 'hidden'],
  vit: ['width', 'mlp'],
  resnet: ['width'],
  lenet: [],
  mixer: ['width', 'mlp'],
};

/** An architecture of `times` the width; null: its width is fixed, has no such share, or would be none that it can have. */
export function scaledWidth(architecture: Architecture, times: number): Architecture | null {
  const keys = widthKeys[architecture.kind];
  const scale = (value: unknown): unknown =>
    Array.isArray(value) ? value.map(scale) : typeof value === 'number' ? Math.round(value * times) : value;
  const entries = Object.entries(architecture).map(([key, value]) => [key, keys.includes(key) ? scale(value) : value]);
  const { success, data } = architectureSchema.safeParse(Object.fromEntries(entries));
  return success && canonicalJson(data) !== canonicalJson(architecture) ? data : null;
}
