import { z } from 'zod';
import { setting } from '../../../contract/settings/index.ts';

/**
 * What the page of a labeling session is sent of its plan. The page does not import this module: kits are files that
 * anybody can read, and titles and help of settings are for researchers.
 */

/** What is known of the stimuli of a session where a default depends on them. */
export interface SessionContext {
  /** Names of the classes. */
  readonly classes: readonly string[];
  /** Number of images. */
  readonly images: number;
}

export const text = (longest: number) => z.string().trim().min(1).max(longest);
export const whole = (least: number, most: number) => z.int().min(least).max(most);

/** Parts of the form of sessions. */
export const planCards = ['display', 'order', 'trials'] as const;
const [display] = planCards;

/** What the page of a session may know of its plan, setting by setting. */
export const shownPlanSchema = z.strictObject({
  question: setting(text(500), {
    title: 'Question',
    help: 'Shown beside each image, e.g. "What is this?"',
    isHidden: true,
    usual: ({ classes }: SessionContext) => proposeQuestion(classes),
  }),
  instructions: setting(
    z
      .string()
      .trim()
      .max(20_000)
      .default(
        'You will see some images. Say what you see in each image. If you are not sure, choose the answer that fits best.',
      ),
    {
      title: 'Instructions',
      help: 'Use words that a child understands. Do not mention the aim of the study or how the images were made',
      isHidden: true,
    },
  ),
  consent: setting(text(20_000).nullable().default(null), {
    title: 'Consent',
    help: 'The text that people accept before any image is shown. If a person declines, no data is stored. `null`: consent is obtained elsewhere',
    isHidden: true,
  }),
  mode: setting(z.enum(['grid', 'single']).default('grid'), {
    title: 'Images',
    help: 'Pages with one image in focus, or one image at a time',
    names: { grid: 'pages of images', single: 'one at a time' },
    choiceHelp: {
      grid: 'Fast. The image in focus is large',
      single: 'A cross comes before each image. Measures response times',
    },
    card: display,
  }),
  grid: setting(
    z
      .strictObject({
        columns: setting(whole(1, 20).default(5), { title: 'Columns', help: 'Images in a row' }),
        rows: setting(whole(1, 20).default(3), { title: 'Rows', help: 'Rows of images on a page' }),
      })
      .prefault({}),
    { title: 'Images on a page', help: 'Columns and rows', onlyWith: { mode: 'grid' }, card: display },
  ),
  fixationMs: setting(whole(0, 10_000).default(500), {
    title: 'Cross before an image',
    unit: 'ms',
    help: 'How long a cross is shown before each image',
    onlyWith: { mode: 'single' },
    card: display,
    step: 50,
  }),
  size: setting(
    z
      .strictObject({
        value: setting(z.number().min(1).max(2000).default(40), {
          title: 'Image size',
          help: 'Longer side of an image. On pages: of the image in focus; the others are smaller',
        }),
        unit: setting(z.enum(['mm', 'px']).default('mm'), {
          title: 'Unit',
          help: 'Of the image size',
          names: { mm: 'millimeters', px: 'pixels' },
        }),
      })
      .prefault({}),
    { title: 'Image size', help: 'How large images are shown', card: display },
  ),
  interpolation: setting(z.enum(['smooth', 'pixelated']).default('smooth'), {
    title: 'Enlargement',
    help: 'How small images are enlarged',
    names: { pixelated: 'pixelated, as models see it' },
    card: display,
  }),
  timeLimit: setting(
    z
      .strictObject({
        imageSeconds: setting(z.number().min(0.1).max(3600).nullable().default(null), {
          title: 'Time limit per image',
          unit: 's',
          help: 'When the time is up, the image stays without an answer',
          absent: 'no limit',
        }),
        sessionMinutes: setting(z.number().min(1).max(1440).nullable().default(null), {
          title: 'Time limit per session',
          unit: 'min',
          help: 'Starts with the first image, practice included, and stops in breaks. When the time is up, the session ends',
          absent: 'no limit',
        }),
      })
      .prefault({}),
    { title: 'Time limit', help: 'Of an image and of a session', card: display },
  ),
});

function proposeQuestion(classes: readonly string[]): string {
  if (classes.every((name) => /^\p{Nd}$/u.test(name))) return 'Which digit is this?';
  if (classes.every((name) => /^\p{L}$/u.test(name))) return 'Which letter is this?';
  return 'What is this?';
}
