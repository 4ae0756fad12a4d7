import { expect, it } from 'vitest';
import { largest, parser } from '../../main/files/limits.ts';

it('the limits are those that docs/security.md lists', () => {
  expect(largest).toEqual({
    studyFile: 4_194_304,
    manifest: 33_554_432,
    study: 67_108_864,
    run: 134_217_728,
    stimulusSet: 268_435_456,
    responses: 536_870_912,
    labeling: 67_108_864,
    session: 268_435_456,
    archive: 68_719_476_736,
    blob: 2_147_483_648,
    candidates: 33_554_432,
    kitResult: 67_108_864,
    kitEvents: 100_000,
    labelsJson: 536_870_912,
    array: 536_870_912,
    kitHead: 65_536,
    csv: 1_000_000_000,
    imagePixels: 100_000_000,
    imageSide: 65_535,
    pixelsPerByte: 1000,
    sparePixels: 150_000_000,
    pngSide: 1024,
    stimuliPixels: 1_073_741_824,
  });
  expect(parser).toEqual({ heap: 4_294_967_296, patience: 120_000, parquetPatience: 20_000 });
});
