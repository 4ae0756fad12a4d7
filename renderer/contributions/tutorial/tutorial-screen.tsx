import { Box } from '@mantine/core';
import text from '../../../docs/tutorial.md?raw';
import { Markdown } from './markdown.tsx';
import './tutorial.css';

/** Addresses of the pictures by their path in the document. They are files of the page, so no network is needed. */
const pictures: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(
    import.meta.glob<string>('../../../docs/tutorial/*.png', { eager: true, query: '?url', import: 'default' }),
  ).map(([path, address]) => [path.replace(/^.*docs\//, ''), address]),
);

/** docs/tutorial.md, as it was when the program was built. */
export function TutorialScreen() {
  return (
    <Box component="article" className="screen tutorial" maw="76ch" fz="md" lh="1.55">
      <Markdown text={text} pictures={pictures} />
    </Box>
  );
}
