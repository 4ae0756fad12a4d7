import type { Ops, Tfjs } from './engine.ts';

/**
 * The ops that networks are written in: those of an engine, or those of several networks trained side by side
 * (`stacked.ts`). There the batches of all networks follow one another along the batch axis, and each parameter has
 * a leading axis of networks. So a network must not mix the examples of a batch by itself, and may change only the last
 * axes of a parameter before passing it to an op.
 */
export type NetworkOps = Omit<
  Ops,
  'adam' | 'softmax' | 'softmaxCrossEntropy' | 'softCrossEntropy' | 'sigmoidCrossEntropy'
>;

/**
 * What of tfjs a network may use besides: only these functions are also known to the export to ONNX (contributions/weights/network), which
 * runs the network once to record it. A further one is added to both.
 */
export type NetworkTf = Pick<
  Tfjs,
  | 'add'
  | 'mean'
  | 'mul'
  | 'neg'
  | 'pad'
  | 'reshape'
  | 'rsqrt'
  | 'slice'
  | 'sub'
  | 'tensor'
  | 'tidy'
  | 'transpose'
  | 'variable'
>;

export interface NetworkEngine {
  readonly tf: NetworkTf;
  readonly ops: NetworkOps;
}
