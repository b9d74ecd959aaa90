/** `ELECTION(term 4)`: how a message reads in a transcript. */
export function spelled(kind: string, data: unknown): string {
  const fields =
    typeof data === 'object' && data !== null ? Object.entries(data).map(([name, value]) => `${name} ${shown(value)}`) : [shown(data)];
  return `${kind.toUpperCase()}(${fields.join(', ')})`;
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}
