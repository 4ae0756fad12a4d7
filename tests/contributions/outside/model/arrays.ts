import { BlobStore } from '../../../../main/files/blobs.ts';
import type { MappedPredictions } from '../../../../main/contributions/outside/model/mapping.ts';
import type { ModelProcess } from '../../../../main/contributions/outside/model/model-process.ts';

/** Predicts, and reads what the model's process stored. @param folder of the blob store */
export const arrays =
  (model: ModelProcess, folder: string) =>
  async (...question: Parameters<ModelProcess['predict']>): Promise<MappedPredictions> => {
    const { softmax, labels, other } = await model.predict(...question);
    const blobs = new BlobStore(folder);
    const bytesOf = (hash: string): ArrayBuffer => Uint8Array.from(blobs.get(hash)).buffer;
    return {
      softmax: new Float32Array(bytesOf(softmax)),
      labels: new Uint16Array(bytesOf(labels)),
      other: other === null ? null : new Float32Array(bytesOf(other)),
    };
  };
