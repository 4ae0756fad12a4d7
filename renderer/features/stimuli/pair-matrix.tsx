import { hasLong, type PairGraphProps } from './pair-ring.tsx';

/** The design as a table of boxes, for the keyboard and screen readers. */
export function PairMatrix({ names, pairs, balance, disabled, onToggle }: PairGraphProps) {
  const joined = new Set(pairs.map(([i, j]) => `${i}-${j}`));
  return (
    <table className="stimuli-matrix" data-long={hasLong(names)}>
      <caption className="sr">Pairs: a box for each two classes</caption>
      <thead>
        <tr>
          <td />
          {names.slice(1).map((name) => (
            <th key={name} scope="col" title={name}>
              <span className="stimuli-upright">{name}</span>
            </th>
          ))}
          <th scope="col">
            <span className="stimuli-upright">Pairs</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {names.map((name, i) => (
          <tr key={name}>
            <th scope="row" title={name}>
              <span className="class-name">{name}</span>
            </th>
            {names.slice(1).map((other, column) => {
              const j = column + 1;
              return (
                <td key={other}>
                  {j > i && (
                    <input
                      type="checkbox"
                      aria-label={`${name} and ${other}`}
                      checked={joined.has(`${i}-${j}`)}
                      disabled={disabled}
                      onChange={() => onToggle(i, j)}
                    />
                  )}
                </td>
              );
            })}
            <td>{balance.counts[i]}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
