import { ActionIcon, Menu } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { toRefusal } from '../../client/context.tsx';
import { showToast } from '../toasts.tsx';
import { useRehearsal } from '../rehearsal.tsx';
import { toCsv, type ExportTable, markRehearsal, toTabSeparated } from './csv.ts';
import { type PictureWords, svgToPng, standaloneSvg, type SvgText } from './picture.ts';
import { fileName, saveFile } from '../../client/files.ts';

export interface ExportMenuProps {
  /** Of the chart or table; files are named after it. */
  title: string;
  /** The drawing, when it is asked for. */
  svg?: () => SVGSVGElement | null;
  /** What it is drawn from. */
  table?: () => ExportTable;
  legend?: PictureWords['legend'];
  /** How many of what, under the title. */
  n?: string | undefined;
}

/** Copies or saves a chart, a grid of images or a table: PNG, SVG, CSV. Simulated labels are marked in each of them. */
export function ExportMenu({ title, svg, table, legend, n }: ExportMenuProps) {
  const rehearsal = useRehearsal();
  const name = fileName(rehearsal ? `rehearsal ${title}` : title);
  const drawing = (): SvgText => {
    const drawn = svg?.();
    if (!drawn) throw new Error('There is no picture yet');
    return standaloneSvg(drawn, { title, n, rehearsal, ...(legend && { legend }) });
  };
  const png = async (): Promise<Blob> => svgToPng(drawing());
  const asTable = (): ExportTable => {
    const plain = table?.() ?? { columns: [], rows: [] };
    return rehearsal ? markRehearsal(plain) : plain;
  };
  return (
    <Menu position="bottom-end" keepMounted={false}>
      <Menu.Target>
        <ActionIcon aria-label={`Copy or save: ${title}`} title="Copy or save" size="sm">
          <IconDownload size={16} stroke={1.5} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {svg && (
          <>
            <Menu.Item onClick={() => tried(() => copyPng(png()), 'Picture copied')}>Copy picture</Menu.Item>
            <Menu.Item onClick={() => tried(async () => saveFile(`${name}.png`, await png()))}>Save as PNG</Menu.Item>
            <Menu.Item
              onClick={() => tried(async () => saveFile(`${name}.svg`, drawing().text, 'image/svg+xml;charset=utf-8'))}
            >
              Save as SVG
            </Menu.Item>
          </>
        )}
        {table && (
          <>
            <Menu.Item
              onClick={() => tried(() => navigator.clipboard.writeText(toTabSeparated(asTable())), 'Table copied')}
            >
              Copy table
            </Menu.Item>
            <Menu.Item
              onClick={() => tried(async () => saveFile(`${name}.csv`, toCsv(asTable()), 'text/csv;charset=utf-8'))}
            >
              Save as CSV
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

/** The clipboard takes a promise, so that the click still counts as the user's once the picture is drawn. */
const copyPng = (png: Promise<Blob>): Promise<void> =>
  navigator.clipboard.write([new ClipboardItem({ 'image/png': png })]);

/** @param done what is said of a copy that was made; a file that was saved shows itself */
async function tried(action: () => Promise<void>, done?: string): Promise<void> {
  try {
    await action();
    if (done !== undefined) showToast({ title: done });
  } catch (error) {
    const { what } = toRefusal(error);
    showToast({
      title: 'That did not work',
      message: done === undefined ? what : `${what}. Saving it as a file may work instead.`,
    });
  }
}
