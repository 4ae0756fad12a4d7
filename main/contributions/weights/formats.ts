import { z } from 'zod';

/**
 * Formats for networks outside of the program: `onnx` runs by itself; `safetensors` has all parameters and comes with Python
 * that loads them in PyTorch.
 */
export const networkFormats = ['onnx', 'safetensors'] as const;
export type NetworkFormat = (typeof networkFormats)[number];

/** `stored`: the weights as they are in the data folder. */
export const weightFormats = ['stored', ...networkFormats] as const;
export type WeightFormat = (typeof weightFormats)[number];

/** `loader`: Python that loads a safetensors file in PyTorch, also in the zip; null for other formats. */
export const offeredWeightsSchema = z.strictObject({ address: z.string(), loader: z.string().nullable() });
export type OfferedWeights = z.infer<typeof offeredWeightsSchema>;
