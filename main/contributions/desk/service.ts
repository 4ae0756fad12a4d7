import { kept } from '../../domain/numbers/index.ts';
import type { Lab } from '../../services/lab/index.ts';
import { LabelingService } from '../../services/labeling/index.ts';
import { readImages } from '../../services/workbench/index.ts';
import type { StimulusSetHeader } from '../../storage/index.ts';
import { PinGuard } from './pins.ts';

/** What the desk adds to the parts of labeling: PINs, and the pixels of the images. */
export class DeskService extends LabelingService {
  readonly pins: PinGuard;
  /** Pixels of the last stimulus set: reading and checking them for every page would be slow. */
  #cached: { hash: string; pixels: Buffer } | null = null;

  constructor(parts: ConstructorParameters<typeof LabelingService>[0]) {
    super(parts);
    this.pins = new PinGuard(parts.workbench);
  }

  /** uint8 [images, height, width, channels], images by id. @throws UserError `blob.*` */
  pixels(set: StimulusSetHeader): Buffer {
    if (this.#cached?.hash !== set.hash)
      this.#cached = { hash: set.hash, pixels: readImages(this.workbench, set).pixels };
    return this.#cached.pixels;
  }
}

const services = new WeakMap<Lab, DeskService>();

/** The desk of an open data folder. */
export const deskOf = (lab: Lab): DeskService => kept(services, lab, () => new DeskService(lab));
