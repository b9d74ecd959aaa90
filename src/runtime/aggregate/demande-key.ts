/** One text for the pair (scope, id): neither may contain a line feed. */
export function demandeKey(scope: string, id: string): string {
  return `${scope}\n${id}`;
}
