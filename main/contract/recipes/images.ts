import { z } from 'zod';

/** Values of a pixel: 1 is gray, 3 are red, green and blue. Stored data of earlier versions lack it: `.default(1)`. */
export const channelsSchema = z.literal([1, 3]);

/** Size of images in pixels. Their values are interleaved: [height, width, channels], row by row. */
export const imageSizeSchema = z.strictObject({ width: z.int(), height: z.int(), channels: channelsSchema });
export type ImageSize = z.infer<typeof imageSizeSchema>;

const mean = z.number();
const std = z.number().gt(0);

/**
 * Channels of images, and the mean and the deviation of each, as files store them. Gray images have no `channels` there
 * and plain numbers, as in all files of earlier versions; in memory the number of channels is always present.
 */
export const storedStatistics = {
  channels: channelsSchema.default(1),
  mean: z.union([mean.transform((value) => [value]), z.array(mean).length(3)]).readonly(),
  std: z.union([std.transform((value) => [value]), z.array(std).length(3)]).readonly(),
};

interface Statistics {
  channels: z.infer<typeof channelsSchema>;
  mean: readonly number[];
  std: readonly number[];
}

/** Whether there is a number for each channel. */
export const suitsChannels = ({ channels, mean, std }: Statistics): boolean =>
  mean.length === channels && std.length === channels;

/** What a file stores, for `storedStatistics`. Undefined values are left out of JSON. */
export const toStoredStatistics = <Form extends Statistics>({ channels, mean, std, ...others }: Form) => ({
  ...others,
  channels: channels === 1 ? undefined : channels,
  mean: storedChannels(mean),
  std: storedChannels(std),
});

/** One number for gray images, else an array. */
export const storedChannels = (values: readonly number[]): number | readonly number[] => {
  const [first] = values;
  return values.length === 1 && first !== undefined ? first : values;
};
