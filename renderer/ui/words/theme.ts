import { type CSSVariablesResolver, createTheme, type MantineColorsTuple, rem } from '@mantine/core';
import { architectureKinds } from '../../../main/contract/recipes/recipes.ts';
import { architectureLook } from '../../../main/domain/networks/architectures.ts';

/** The accent: a green distinct from people's red, networks' blue and the architectures' hues. */
const moss: MantineColorsTuple = [
  '#f2f7ea',
  '#e3eed2',
  '#c9dfaa',
  '#accd7e',
  '#94bd5d',
  '#79a441',
  '#5f8a2d',
  '#47701d',
  '#385917',
  '#294210',
];

/** For what cannot be undone: neither the accent nor people's red. */
const ember: MantineColorsTuple = [
  '#fdf1e7',
  '#f8dfc8',
  '#f0c39b',
  '#e8a670',
  '#df8c4a',
  '#c8702c',
  '#aa5b1d',
  '#8a4b12',
  '#6d3a0c',
  '#4f2a08',
];

/** Neutral grays, so that images keep their tone beside them. */
const dark: MantineColorsTuple = [
  '#e7e8ea',
  '#c9ccd0',
  '#a8adb4',
  '#7b8188',
  '#4a4f55',
  '#34383d',
  '#26292d',
  '#1b1d20',
  '#141618',
  '#0d0e10',
];

const sizes = (xs: number, sm: number, md: number, lg: number, xl: number) => ({
  xs: rem(xs),
  sm: rem(sm),
  md: rem(md),
  lg: rem(lg),
  xl: rem(xl),
});

const closeButtonProps = { 'aria-label': 'Close' };

/** Mantine's <header> in dialogs is not a banner landmark. */
const dialog = {
  attributes: { header: { role: 'presentation' } },
  closeButtonProps,
  transitionProps: { duration: 100 },
};

const small = { defaultProps: { size: 'xs' } };

/** Titles of dialogs and drawers look like section headings. */
const titled = { title: { fontSize: rem(16), fontWeight: 600 } };

/** Mantine's theme. Colors with a meaning are CSS variables: see theme.css. */
export const theme = createTheme({
  primaryColor: 'moss',
  // White text has enough contrast on this shade in both themes.
  primaryShade: 7,
  autoContrast: true,
  colors: { moss, dark, ember },
  fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', 'Cascadia Mono', 'DejaVu Sans Mono', Menlo, Consolas, monospace",
  fontSizes: sizes(12, 13, 14, 16, 18),
  lineHeights: { xs: '1.35', sm: '1.4', md: '1.45', lg: '1.4', xl: '1.35' },
  spacing: sizes(4, 8, 12, 16, 24),
  radius: sizes(2, 4, 6, 8, 12),
  defaultRadius: 'sm',
  cursorType: 'pointer',
  respectReducedMotion: true,
  headings: {
    fontWeight: '600',
    sizes: {
      h1: { fontSize: rem(20), lineHeight: '1.3' },
      h2: { fontSize: rem(16), lineHeight: '1.35' },
      h3: { fontSize: rem(14), lineHeight: '1.4' },
      h4: { fontSize: rem(13), lineHeight: '1.4' },
      h5: { fontSize: rem(13), lineHeight: '1.4' },
      h6: { fontSize: rem(12), lineHeight: '1.4' },
    },
  },
  components: {
    // The one button that a screen is for says that it is filled.
    Button: { defaultProps: { size: 'xs', variant: 'default' } },
    TextInput: small,
    NumberInput: small,
    Select: small,
    MultiSelect: small,
    Textarea: small,
    FileInput: small,
    PasswordInput: small,
    TagsInput: small,
    Checkbox: small,
    Radio: small,
    Switch: { defaultProps: { size: 'sm' } },
    SegmentedControl: small,
    Tabs: { styles: { tab: { padding: '6px 12px' } }, vars: () => ({ root: { '--tabs-color': 'var(--accent)' } }) },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray' } },
    Tooltip: { defaultProps: { openDelay: 300, withArrow: true, multiline: true, maw: 320 } },
    Drawer: {
      defaultProps: { ...dialog, position: 'right', overlayProps: { backgroundOpacity: 0.3 } },
      styles: titled,
    },
    Modal: { defaultProps: dialog, styles: titled },
    Notification: { defaultProps: { closeButtonProps }, styles: { description: { color: 'var(--ink-soft)' } } },
    Menu: { defaultProps: { transitionProps: { duration: 0 }, shadow: 'md' } },
    Popover: { defaultProps: { transitionProps: { duration: 0 }, shadow: 'md' } },
    Table: { defaultProps: { verticalSpacing: 4, horizontalSpacing: 8 } },
    Skeleton: { defaultProps: { animate: false } },
  },
});

/** Variables of the architectures' colors. */
export const cssVariables: CSSVariablesResolver = () => {
  const colors = architectureKinds.map((kind) => {
    const look = architectureLook(kind);
    return [`--${kind}`, `light-dark(${look.light}, ${look.dark})`];
  });
  return { variables: Object.fromEntries(colors), light: {}, dark: {} };
};
