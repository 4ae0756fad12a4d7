import { Kbd, Modal, Table } from '@mantine/core';
import { useEffect, useState } from 'react';

const asked = 'boundary:shortcuts';

/** Shows the list, from wherever. */
export const openShortcuts = (): void => void window.dispatchEvent(new Event(asked));

const groups: readonly { title: string; keys: readonly (readonly [keys: readonly string[], what: string])[] }[] = [
  {
    title: 'Everywhere',
    keys: [
      [['Ctrl', 'K'], 'Find a screen, study, run or command'],
      [['?'], 'Show this list'],
      [['Esc'], 'Close what is open, and return to where you were'],
    ],
  },
  {
    title: 'Lists and tables',
    keys: [
      [['j', 'k'], 'Down, up; arrows do the same'],
      [['Enter'], 'Open'],
      [['Space'], 'Select'],
      [['/'], 'Filter'],
      [['Home', 'End'], 'First, last'],
    ],
  },
  {
    title: 'Images',
    keys: [
      [['←', '↑', '→', '↓'], 'From image to image'],
      [['Enter'], 'Open, or choose'],
      [['Space'], 'Select'],
    ],
  },
  {
    title: 'Charts',
    keys: [
      [['←', '→'], 'From value to value, once the chart has the focus'],
      [['Enter'], 'Pick the value, where there is something to pick'],
    ],
  },
];

/** `?`: what the keyboard can do. */
export function Shortcuts() {
  const [opened, setOpened] = useState(false);
  useEffect(() => {
    const open = (): void => setOpened(true);
    const pressed = (event: KeyboardEvent): void => {
      if (event.key === '?' && !event.ctrlKey && !event.metaKey && !isTyping(event.target)) open();
    };
    window.addEventListener(asked, open);
    window.addEventListener('keydown', pressed);
    return () => {
      window.removeEventListener(asked, open);
      window.removeEventListener('keydown', pressed);
    };
  }, []);
  return (
    <Modal opened={opened} onClose={() => setOpened(false)} title="Keyboard shortcuts" size="lg">
      {groups.map(({ title, keys }) => (
        <Table key={title} mb="md" layout="fixed">
          <Table.Caption style={{ captionSide: 'top', textAlign: 'left' }}>{title}</Table.Caption>
          <Table.Tbody>
            {keys.map(([combination, what]) => (
              <Table.Tr key={what}>
                <Table.Th scope="row" w={160}>
                  {combination.map((key) => (
                    <Kbd key={key} mr={4}>
                      {key}
                    </Kbd>
                  ))}
                </Table.Th>
                <Table.Td>{what}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      ))}
    </Modal>
  );
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName));
