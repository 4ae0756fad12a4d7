import { Fragment, type ReactNode } from 'react';

interface MarkdownProps {
  text: string;
  /** Addresses of pictures by their path in the text. */
  pictures: Readonly<Record<string, string>>;
}

/**
 * The part of Markdown that our documents for the screen use: headings, paragraphs, lists of one level, notes (`>`),
 * pictures, and within them `code`, **strong** and links. Links are shown as their words, as other documents are not
 * shipped.
 */
export function Markdown({ text, pictures }: MarkdownProps) {
  const blocks = text.trim().split(/\n{2,}/);
  return blocks.map((block) => <Block key={block} block={block} pictures={pictures} />);
}

function Block({ block, pictures }: { block: string; pictures: MarkdownProps['pictures'] }) {
  const words = block.replace(/\s*\n\s*/g, ' ');
  const [, marks = '', title = ''] = /^(#{1,3}) (.*)$/.exec(words) ?? [];
  if (marks !== '') {
    const Heading = (['h1', 'h2', 'h3'] as const)[marks.length - 1] ?? 'h3';
    return <Heading>{inline(title)}</Heading>;
  }
  const [, shown, path = ''] = /^!\[(.*)\]\((.*)\)$/.exec(words) ?? [];
  if (shown !== undefined) return <img src={pictures[path]} alt={shown} />;
  if (/^\d+\. /.test(block)) {
    const [first = '1'] = block.split('.', 1);
    return <ol start={Number(first)}>{items(block, /^\d+\. /m)}</ol>;
  }
  if (block.startsWith('- ')) return <ul>{items(block, /^- /m)}</ul>;
  if (block.startsWith('> ')) return <blockquote>{inline(block.replace(/^> ?/gm, '').replace(/\n/g, ' '))}</blockquote>;
  return <p>{inline(words)}</p>;
}

const items = (block: string, mark: RegExp): ReactNode[] =>
  block
    .split(mark)
    .slice(1)
    .map((item) => <li key={item}>{inline(item.trim().replace(/\s*\n\s*/g, ' '))}</li>);

/** `code`, **strong**, [words](address). */
const spans = /`([^`]+)`|\*\*([^*]+)\*\*|\[([^\]]+)\]\([^)]*\)/g;

function inline(text: string): ReactNode[] {
  const parts: ReactNode[] = [];
  let end = 0;
  for (const span of text.matchAll(spans)) {
    const [all, code, strong, link] = span;
    parts.push(text.slice(end, span.index));
    parts.push(
      <Fragment key={span.index}>
        {code !== undefined ? <code>{code}</code> : strong !== undefined ? <strong>{strong}</strong> : link}
      </Fragment>,
    );
    end = span.index + all.length;
  }
  return [...parts, text.slice(end)];
}
