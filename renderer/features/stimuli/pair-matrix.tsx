import { Checkbox } from '@mantine/core';
import type { PairGraphProps } from './pair-graph.tsx';

/** The same design as a table of boxes to tick: for the keyboard, and to read. */
export function PairMatrix({ names, pairs, balance, disabled, onToggle }: PairGraphProps) {
  const joined = new Set(pairs.map(([i, j]) => `${i}-${j}`));
  return (
    <table className="pairs-matrix">
      <caption className="sr">Pairs: a box for each two classes</caption>
      <thead>
        <tr>
          <td />
          {names.slice(1).map((name) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
          <th scope="col">Pairs</th>
        </tr>
      </thead>
      <tbody>
        {names.map((name, i) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            {names.slice(1).map((other, column) => {
              const j = column + 1;
              return (
                <td key={other}>
                  {j > i && (
                    <Checkbox
                      aria-label={`${name} and ${other}`}
                      checked={joined.has(`${i}-${j}`)}
                      disabled={disabled}
                      onChange={() => onToggle(i, j)}
                    />
                  )}
                </td>
              );
            })}
            <td className="pairs-number">{balance.counts[i]}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
