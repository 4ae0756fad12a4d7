/** Names as they stand in a sentence, the first of many: `a, b and 3 more`. @param most so many are named */
export function listed(names: readonly (string | number)[], most = 10): string {
  const rest = names.length > most ? ` and ${names.length - most} more` : '';
  return `${names.slice(0, most).join(', ')}${rest}`;
}
