import { Kbd, Modal, Table } from '@mantine/core';
import { useDisclosure, useHotkeys, useWindowEvent } from '@mantine/hooks';

const openEvent = 'boundary:shortcuts';

export const openShortcuts = (): void => {
  window.dispatchEvent(new Event(openEvent));
};

const groups: readonly { title: string; keys: readonly (readonly [keys: readonly string[], what: string])[] }[] = [
  {
    title: 'Everywhere',
    keys: [
      [['Ctrl', 'K'], 'Find a screen, study, run or command'],
      [['?'], 'Show this list'],
      [['Esc'], 'Close the dialog or drawer'],
    ],
  },
  {
    title: 'Lists and tables',
    keys: [
      [['j', 'k'], 'Move down, up (also with arrow keys)'],
      [['Enter'], 'Open the row'],
      [['Space'], 'Select'],
      [['/'], 'Type a filter'],
      [['Home', 'End'], 'Move to the first, last'],
    ],
  },
  {
    title: 'Images',
    keys: [
      [['←', '↑', '→', '↓'], 'Move between images'],
      [['Enter'], 'Open or choose the image'],
      [['Space'], 'Select'],
    ],
  },
  {
    title: 'Charts',
    keys: [
      [['←', '→'], 'Move between values of a focused chart'],
      [['Enter'], 'Select the value, where a chart supports it'],
    ],
  },
];

/** The list of keyboard shortcuts; opens with `?`. */
export function Shortcuts() {
  const [opened, { open, close }] = useDisclosure();
  useWindowEvent(openEvent, open);
  // On most keyboards `?` needs the Shift key.
  useHotkeys([
    ['?', open],
    ['shift+?', open],
  ]);
  return (
    <Modal opened={opened} onClose={close} title="Keyboard shortcuts" size="lg">
      {groups.map(({ title, keys }) => (
        <Table key={title} mb="md" layout="fixed">
          <Table.Caption ta="left" style={{ captionSide: 'top' }}>
            {title}
          </Table.Caption>
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
