import { z } from 'zod';
import { UserError } from '../contract/wire/errors.ts';
import type { StimulusSource } from '../contract/stimuli/stimuli.ts';
import { bytesOf } from '../domain/numbers/arrays.ts';
import { canonicalJson } from '../domain/plans/identity.ts';
import { type ImageSize, sizeOf } from '../domain/data/images.ts';
import { anchorsOf, hasAnchors, type StimulusImage } from '../domain/stimuli/stimulus-set.ts';
import type { Database } from './database.ts';

/** `z`: its latent, null if it was imported without. The true class is in sets as `get` gives them. */
export type StimulusRecord = StimulusImage & { z: Float32Array | null };

/** A frozen set. Pixel blobs: uint8 [images, height, width, channels], images in id order. */
export interface StimulusSetHeader extends ImageSize {
  hash: string;
  classes: string[];
  source: StimulusSource;
  /** Its origin: generator, seeds, anchors, file names... Plain JSON. */
  provenance: unknown;
  pixels: string;
  /** The images at the generator's size, where that is another one, in as many channels. */
  original: (ImageSize & { pixels: string }) | null;
}

export interface StimulusSetRecord extends StimulusSetHeader {
  /** By id. */
  images: StimulusRecord[];
}

interface HeaderRow extends ImageSize {
  hash: string;
  classes: string;
  imageCount: number;
  source: StimulusSource;
  provenance: string;
  pixels: string;
  originalPixels: string | null;
  originalWidth: number | null;
  originalHeight: number | null;
}

interface ImageRow extends Omit<StimulusRecord, 'z'> {
  z: Buffer | null;
}

const sourceColumn = `CASE WHEN provenance ->> '$.source' IN ('blended', 'test-images') THEN provenance ->> '$.source' ELSE source END`;

const headerColumns = `hash, width, height, channels, classes, image_count AS imageCount, ${sourceColumn} AS source, provenance, pixels,
  original_pixels AS originalPixels, original_width AS originalWidth, original_height AS originalHeight`;

export class StimulusSets {
  readonly #db: Database;
  readonly #ofTestImages = new Set<string>();

  constructor(database: Database) {
    this.#db = database;
  }

  /**
   * Freezes a set. Freezing the same set again changes nothing, even if its classes have other names.
   * @throws UserError `stimuli.conflict` if another set (other pairs, alphas, anchors or number of classes) has the same hash.
   */
  put(set: StimulusSetRecord, now: number): void {
    this.#db.transaction(() => {
      const known = this.get(set.hash);
      if (known) return refuseOther(known, set);
      for (const image of set.images) this.#putImage(set.hash, image);
      const { hash, classes, images, source, provenance, pixels, original } = set;
      this.#db.insert('stimulus_set', {
        ...sizeOf(set),
        hash,
        pixels,
        classes: canonicalJson(classes),
        imageCount: images.length,
        // The column has known two sources from its beginning; the provenance tells the others.
        source: source === 'imported' ? 'imported' : 'generated',
        provenance: canonicalJson(provenance),
        originalPixels: original?.pixels ?? null,
        originalWidth: original?.width ?? null,
        originalHeight: original?.height ?? null,
        frozenAt: now,
      });
    });
  }

  #putImage(setHash: string, { id, pairI, pairJ, alpha, anchorI = null, anchorJ = null, z }: StimulusRecord): void {
    this.#db.insert('stimulus', { setHash, imageId: id, pairI, pairJ, alpha, anchorI, anchorJ, z: z && bytesOf(z) });
  }

  get(hash: string): StimulusSetRecord | undefined {
    const header = this.header(hash);
    if (!header) return undefined;
    const truth = provenanceTruth(header);
    const images = this.images(hash);
    return { ...header, images: truth ? images.map((image, at) => ({ ...image, truth: truth[at] ?? null })) : images };
  }

  header(hash: string): StimulusSetHeader | undefined {
    const row = this.#db.get<HeaderRow>(`SELECT ${headerColumns} FROM stimulus_set WHERE hash = ?`, hash);
    return row && toHeader(row);
  }

  /** Whether these are the pixels of a set of the data set's own test images. @param pixels hash */
  areTestImages(pixels: string): boolean {
    if (this.#ofTestImages.has(pixels)) return true;
    const sql = `SELECT 1 AS found FROM stimulus_set WHERE pixels = ? AND ${sourceColumn} = 'test-images' LIMIT 1`;
    const isFound = this.#db.get<{ found: number }>(sql, pixels) !== undefined;
    // A set never changes, and a table of runs asks for each row.
    if (isFound) this.#ofTestImages.add(pixels);
    return isFound;
  }

  /** Milliseconds since 1970; null: there is no such set. */
  frozenAt(hash: string): number | null {
    const row = this.#db.get<{ at: number }>('SELECT frozen_at AS at FROM stimulus_set WHERE hash = ?', hash);
    return row?.at ?? null;
  }

  /** By id. */
  images(hash: string): StimulusRecord[] {
    return this.#db
      .all<ImageRow>(
        `SELECT image_id AS id, pair_i AS pairI, pair_j AS pairJ, alpha, anchor_i AS anchorI, anchor_j AS anchorJ, z
         FROM stimulus WHERE set_hash = ? ORDER BY image_id`,
        hash,
      )
      .map(({ id, pairI, pairJ, alpha, z, ...anchors }) => ({
        id,
        pairI,
        pairJ,
        alpha,
        ...anchorsOf(anchors),
        z: z && toFloats(z),
      }));
  }

  /** Ids of a set's images, ascending. */
  ids(hash: string): number[] {
    return this.#db
      .all<{ id: number }>('SELECT image_id AS id FROM stimulus WHERE set_hash = ? ORDER BY image_id', hash)
      .map(({ id }) => id);
  }

  /** Number of a set's images, and of those at an end of their pair (alpha 0 or 1). */
  counts(hash: string): { images: number; ends: number } {
    const sql = 'SELECT count(*) AS images, coalesce(sum(alpha IN (0, 1)), 0) AS ends FROM stimulus WHERE set_hash = ?';
    return this.#db.get<{ images: number; ends: number }>(sql, hash) ?? { images: 0, ends: 0 };
  }

  /** Number of a set's images and pairs, and its source. */
  summary(hash: string): { images: number; pairs: number; source: StimulusSource } {
    const row = this.#db.get<ReturnType<StimulusSets['summary']>>(
      `SELECT image_count AS images, ${sourceColumn} AS source, (SELECT count(DISTINCT pair_i || '-' || pair_j) FROM stimulus
       WHERE set_hash = hash) AS pairs FROM stimulus_set WHERE hash = ?`,
      hash,
    );
    if (!row) throw new Error(`no stimulus set ${hash}`);
    return row;
  }

  /** All sets, in the order in which they were frozen, with their number of images. */
  list(): (StimulusSetHeader & { imageCount: number })[] {
    return this.#db
      .all<HeaderRow>(`SELECT ${headerColumns} FROM stimulus_set ORDER BY frozen_at, hash`)
      .map((row) => ({ ...toHeader(row), imageCount: row.imageCount }));
  }
}

/** True classes are part of the provenance of an imported set: one for each image, null where it is unknown. */
const truthSchema = z.object({ truth: z.array(z.int().min(0).nullable()) });

const provenanceTruth = ({ provenance }: Pick<StimulusSetHeader, 'provenance'>): (number | null)[] | null =>
  truthSchema.safeParse(provenance).data?.truth ?? null;

/** What contradicts the set in the true classes that its provenance states; null: nothing. */
export function truthFault(
  set: Pick<StimulusSetHeader, 'provenance'> & {
    readonly classes: ArrayLike<unknown>;
    readonly images: ArrayLike<unknown>;
  },
): string | null {
  const truth = provenanceTruth(set);
  const [images, classes] = [set.images.length, set.classes.length];
  if (truth === null) return null;
  if (truth.length !== images) return `it has ${images} images and true classes of ${truth.length}`;
  const other = truth.find((each) => each !== null && each >= classes) ?? null;
  return other === null ? null : `it has ${classes} classes and a true class ${other}`;
}

function toHeader(row: HeaderRow): StimulusSetHeader {
  const { classes, provenance, imageCount: _, originalPixels, originalWidth, originalHeight, ...rest } = row;
  const hasOriginal = originalPixels !== null && originalWidth !== null && originalHeight !== null;
  return {
    ...rest,
    classes: z.array(z.string()).parse(JSON.parse(classes)),
    provenance: JSON.parse(provenance),
    original: hasOriginal
      ? { width: originalWidth, height: originalHeight, channels: row.channels, pixels: originalPixels }
      : null,
  };
}

/** Copied, because SQLite's bytes need not lie on a multiple of four. */
function toFloats(bytes: Buffer): Float32Array {
  return new Float32Array(Uint8Array.from(bytes).buffer);
}

function refuseOther(known: StimulusSetRecord, set: StimulusSetRecord): void {
  // A manifest without anchors says nothing about them.
  const sameAnchors =
    !hasAnchors(set.images) || canonicalJson(known.images.map(anchorsOf)) === canonicalJson(set.images.map(anchorsOf));
  const [own, other] = [provenanceTruth(known), provenanceTruth(set)];
  const sameTruth = other === null || canonicalJson(own) === canonicalJson(other);
  if (identity(known) === identity(set) && sameAnchors && sameTruth) return;
  throw new UserError(
    'stimuli.conflict',
    'A frozen stimulus set with the same pixels has other pairs, alphas, anchors, true classes or number of classes',
    `stimulus set ${set.hash.slice(0, 12)}`,
    'Correct the manifest; a frozen set never changes.',
  );
}

function identity({ width, height, channels, classes, pixels, images }: StimulusSetRecord): string {
  return canonicalJson([
    width,
    height,
    channels,
    classes.length,
    pixels,
    images.map(({ id, pairI, pairJ, alpha }) => [id, pairI, pairJ, alpha]),
  ]);
}
