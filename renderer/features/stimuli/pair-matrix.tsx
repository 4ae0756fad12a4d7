import { Text, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { formatCount } from '../../../main/domain/format.ts';
import { hasLong, type PairGraphProps } from './pair-ring.tsx';

/** Up to this number of classes the whole table shows, each pair once. */
const allRows = 26;
/** Rows of more classes that show at once: the search finds the others. */
const mostRows = 12;

/** The design as a table of boxes, for any number of classes, the keyboard and screen readers. */
export function PairMatrix({ names, pairs, balance, disabled, onToggle }: PairGraphProps) {
  const [search, setSearch] = useState('');
  const joined = new Set(pairs.map(([i, j]) => `${i}-${j}`));
  const isLarge = names.length > allRows;
  const matches = [...names.keys()].filter((k) => (names[k] ?? '').toLowerCase().includes(search.trim().toLowerCase()));
  const rows = isLarge ? matches.slice(0, mostRows) : matches;
  const columns = isLarge ? [...names.keys()] : [...names.keys()].slice(1);
  return (
    <div className="stimuli-matrix-part">
      {isLarge && (
        <TextInput
          label="Find a class"
          leftSection={<IconSearch size={14} aria-hidden />}
          value={search}
          w={260}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
      )}
      {isLarge && (
        <Text size="sm" c="dimmed" role="status">
          {matches.length > rows.length
            ? `Rows: ${rows.length} of ${formatCount(matches.length, 'class')}. Search for the others.`
            : `Rows: ${formatCount(rows.length, 'class')}.`}
        </Text>
      )}
      <section className="stimuli-matrix-frame" aria-label="Table of pairs">
        <table className="stimuli-matrix" data-long={hasLong(names)}>
          <caption className="sr">Pairs: a box for each two classes</caption>
          <thead>
            <tr>
              <td />
              {columns.map((j) => (
                <th key={j} scope="col" title={names[j]}>
                  <span className="stimuli-upright">{names[j]}</span>
                </th>
              ))}
              <th scope="col">
                <span className="stimuli-upright">Pairs</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((i) => (
              <tr key={i}>
                <th scope="row" title={names[i]}>
                  <span className="stimuli-row-name">{names[i]}</span>
                </th>
                {columns.map((j) => (
                  <td key={j}>
                    {(isLarge ? j !== i : j > i) && (
                      <input
                        type="checkbox"
                        aria-label={`${names[i]} and ${names[j]}`}
                        checked={joined.has(i < j ? `${i}-${j}` : `${j}-${i}`)}
                        disabled={disabled}
                        onChange={() => onToggle(i, j)}
                      />
                    )}
                  </td>
                ))}
                <td className="stimuli-number">{balance.counts[i]}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </div>
  );
}
