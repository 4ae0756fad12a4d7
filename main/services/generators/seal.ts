import type { GeneratorProvenance } from '../../contract/generator.ts';
import { canonicalJson } from '../../domain/identity.ts';
import { sha256 } from '../../files/blobs.ts';

/**
 * SHA-256 of a provenance's canonical JSON. It stands in the file beside it, so that a slip of the editor is seen. It is
 * no signature: who means to forge one can make the seal too.
 */
export const sealOf = (provenance: GeneratorProvenance): string => sha256(canonicalJson(provenance));

/** The text of the file: readable, and the same for the same provenance. */
export const provenanceText = (provenance: GeneratorProvenance): string =>
  `${JSON.stringify({ ...provenance, seal: sealOf(provenance) }, null, 2)}\n`;
