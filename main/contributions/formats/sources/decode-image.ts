import type { Sharp, SharpOptions } from 'sharp';
import { UserError } from '../../../contract/wire/index.ts';
import { formatInteger } from '../../../domain/numbers/index.ts';
import { changeChannels, createResampler, imageLength, type ImageSize } from '../../../domain/data/index.ts';
import { largest } from '../../../files/index.ts';

export type Color = readonly [red: number, green: number, blue: number];

export interface DecodedImage extends ImageSize {
  channels: 3;
  /** uint8 [height, width, 3], sRGB. */
  pixels: Uint8Array;
  isTransparent: boolean;
}

/** Why an image cannot be used, in words that follow "is left out: ". */
export class UnusableImage extends Error {
  override readonly name = 'UnusableImage';
}

const damaged = 'it is damaged or cut short';

type Format = 'jpeg' | 'png' | 'webp' | 'tiff' | 'gif';

/** By the first bytes. libvips reads more formats, which are not meant: SVG and PDF can name other files. */
function formatOf(bytes: Buffer): Format | null {
  const text = bytes.toString('latin1', 0, 12);
  if (text.startsWith('\xff\xd8\xff')) return 'jpeg';
  if (text.startsWith('\x89PNG\r\n\x1a\n')) return 'png';
  if (text.startsWith('RIFF') && text.endsWith('WEBP')) return 'webp';
  if (['II*\0', 'MM\0*', 'II+\0', 'MM\0+'].includes(text.slice(0, 4))) return 'tiff';
  return text.startsWith('GIF87a') || text.startsWith('GIF89a') ? 'gif' : null;
}

/** JPEGs of fewer bytes seldom have more pixels than `largePixels`: they are tried without reading their header first. */
const smallJpeg = 64 * 1024;

/**
 * The pixels of a JPEG, PNG, WebP, TIFF or GIF as 8-bit sRGB:
 * - of several pictures in one file (GIF, WebP, TIFF) the first;
 * - turned as EXIF's orientation says;
 * - an embedded color profile is applied, as viewers do; CMYK without a profile is read as coated paper;
 * - 16-bit samples become round(v / 257); gray images have three equal values;
 * - transparent pixels are laid over `background`, round((alpha c + (255 - alpha) background) / 255).
 *
 * A file that ends early or is damaged is refused: libvips would fill the rest with gray.
 * @param allow gets the number of pixels, from the header before a large image is decoded; what it throws is thrown
 * @throws UnusableImage
 */
export async function decodeImage(
  bytes: Buffer,
  background: Color,
  allow: (pixels: number) => Promise<void> = () => Promise.resolve(),
): Promise<DecodedImage> {
  const format = formatOf(bytes);
  if (!format) throw new UnusableImage('its content is not a JPEG, PNG, WebP, TIFF or GIF image');
  if (format === 'png') checkPngEnd(bytes);
  const sharp = await loadSharp();
  const decode = async (depth: Header['depth'], limitInputPixels: number): Promise<DecodedImage> => {
    const image = sharp(bytes, { failOn: 'error', limitInputPixels }).autoOrient();
    const { width, height, channels, values } = await readSamples(image, depth);
    const { pixels, isTransparent } = flatten(values, channels, background);
    return { width, height, channels: 3, pixels, isTransparent };
  };
  try {
    if (format === 'jpeg' && bytes.length < smallJpeg) {
      const decoded = await decode('uchar', largePixels).catch(() => null);
      if (decoded) {
        await allow(decoded.width * decoded.height);
        return decoded;
      }
    }
    const { depth, pixels } = await readHeader(sharp(bytes, sizeless));
    await allow(pixels);
    const decodeAny = (): Promise<DecodedImage> => decode(depth, largest.imagePixels);
    return await (pixels > largePixels ? oneAtATime(decodeAny) : decodeAny());
  } catch (error) {
    if (error instanceof UnusableImage || error instanceof UserError) throw error;
    // Without libvips' words: images that are decoded at once share them, so they may be another one's.
    throw new UnusableImage(damaged);
  }
}

const sizeless: SharpOptions = { failOn: 'error', limitInputPixels: false };

interface Header {
  depth: 'uchar' | 'ushort';
  pixels: number;
}

async function readHeader(image: Sharp): Promise<Header> {
  const { width, height, depth } = await image.metadata();
  if (width * height > largest.imagePixels) {
    const most = `at most ${largest.imagePixels / 1e6} million are read`;
    throw new UnusableImage(`it has ${width} × ${height} pixels, and ${most}`);
  }
  if (Math.max(width, height) > largest.imageSide) {
    throw new UnusableImage(
      `it has ${width} × ${height} pixels, and at most ${formatInteger(largest.imageSide)} a side are read`,
    );
  }
  if (depth === 'uchar' || depth === 'ushort') return { depth, pixels: width * height };
  throw new UnusableImage(`its samples are of type ${depth}, not of 8 or 16 bits`);
}

interface Samples {
  width: number;
  height: number;
  /** 3, or 4 with alpha. */
  channels: number;
  values: Uint8Array;
}

/** Larger images take hundreds of megabytes: one is decoded at a time. */
const largePixels = 16_000_000;
let lastLarge: Promise<unknown> = Promise.resolve();

function oneAtATime<T>(work: () => Promise<T>): Promise<T> {
  const result = lastLarge.then(work, work);
  lastLarge = result.catch(() => undefined);
  return result;
}

async function readSamples(image: Sharp, depth: 'uchar' | 'ushort'): Promise<Samples> {
  const isDeep = depth === 'ushort';
  const { data, info } = await image
    .toColourspace(isDeep ? 'rgb16' : 'srgb')
    .raw({ depth })
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  const values = isDeep
    ? Uint8Array.from(new Uint16Array(data.buffer, data.byteOffset, data.length / 2), (value) =>
        Math.round(value / 257),
      )
    : data;
  if (channels < 3 || values.length !== width * height * channels) throw new Error('its pixels are incomplete');
  return { width, height, channels, values };
}

type Flat = Pick<DecodedImage, 'pixels' | 'isTransparent'>;

function flatten(values: Uint8Array, channels: number, background: Color): Flat {
  if (channels === 3) return { pixels: values, isTransparent: false };
  let isTransparent = false;
  const count = values.length / channels;
  const pixels = new Uint8Array(count * 3);
  for (let k = 0; k < count; k++) {
    const alpha = values[k * channels + 3] as number;
    isTransparent ||= alpha < 255;
    for (let c = 0; c < 3; c++) {
      const sum = alpha * (values[k * channels + c] as number) + (255 - alpha) * (background[c] as number);
      pixels[3 * k + c] = Math.round(sum / 255);
    }
  }
  return { pixels, isTransparent };
}

/** libvips accepts a PNG without its end. The checksums of its parts are checked by libpng. */
function checkPngEnd(file: Buffer): void {
  for (let offset = 8; offset + 12 <= file.length; ) {
    const type = file.toString('latin1', offset + 4, offset + 8);
    offset += 12 + file.readUInt32BE(offset);
    if (type === 'IEND' && offset <= file.length) return;
  }
  throw new UnusableImage(damaged);
}

let loaded: Promise<typeof import('sharp').default> | undefined;

/** Loads libvips with the first image. One thread an image, as many images are decoded at once. */
const loadSharp = (): Promise<typeof import('sharp').default> =>
  (loaded ??= import('sharp').then(({ default: sharp }) => {
    sharp.concurrency(1);
    sharp.cache(false);
    return sharp;
  }));

/** See `folderSourceSchema.resize` in main/contract/studies/study.ts. */
export type Resize = 'fit' | 'fill' | 'pad';

/** The image in another size and with as many channels as `to`. The filter is that of `createResampler`. */
export function toSize(image: DecodedImage, to: ImageSize, resize: Resize, background: Color): Uint8Array {
  const { channels } = to;
  const from: ImageSize = { width: image.width, height: image.height, channels };
  const pixels = changeChannels(image.pixels, 3, channels);
  if (from.width === to.width && from.height === to.height) return pixels;
  const [across, down] = [to.width / from.width, to.height / from.height];
  const scale = resize === 'fill' ? Math.max(across, down) : Math.min(across, down);
  const scaled = (side: number): number => Math.max(1, Math.round(side * scale));
  const inner = resize === 'fit' ? to : { width: scaled(from.width), height: scaled(from.height), channels };
  // What protrudes is not computed: a narrow image would protrude by any length.
  const seen = { ...inner, width: Math.min(inner.width, to.width), height: Math.min(inner.height, to.height) };
  const resized = resample(pixels, from, inner, seen);
  if (seen.width === to.width && seen.height === to.height) return resized;
  return place(resized, seen, to, changeChannels(Uint8Array.from(background), 3, channels));
}

/** Centered; the rest keeps the fill. */
function place(pixels: Uint8Array, from: ImageSize, to: ImageSize, fill: Uint8Array): Uint8Array {
  const { channels } = to;
  const placed = new Uint8Array(imageLength(to));
  for (let k = 0; k < placed.length; k++) placed[k] = fill[k % channels] as number;
  const [left, top] = [Math.floor((to.width - from.width) / 2), Math.floor((to.height - from.height) / 2)];
  const row = from.width * channels;
  for (let y = 0; y < from.height; y++) {
    placed.set(pixels.subarray(y * row, (y + 1) * row), ((y + top) * to.width + left) * channels);
  }
  return placed;
}

const resamplers = new Map<string, ReturnType<typeof createResampler>>();

/** @param seen size of the middle of the target, which alone is made */
function resample(pixels: Uint8Array, from: ImageSize, to: ImageSize, seen: ImageSize): Uint8Array {
  const key = [from.width, from.height, to.width, to.height, seen.width, seen.height, to.channels].join();
  const [left, top] = [Math.ceil((to.width - seen.width) / 2), Math.ceil((to.height - seen.height) / 2)];
  const known = resamplers.get(key) ?? createResampler(from, to, { ...seen, left, top });
  // Photographs of a folder have few sizes.
  if (resamplers.size >= 16) resamplers.clear();
  resamplers.set(key, known);
  const values = new Float32Array(imageLength(seen));
  known(pixels, 0, values, 0);
  return Uint8Array.from(values, (value) => Math.floor(value + 0.5));
}
