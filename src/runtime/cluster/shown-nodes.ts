import type { NodeRow } from './node-port.js';
import { compareIds } from './order.js';

/** How long an instance that ended is shown, ms. */
export const SHOWN_MS = 3_600_000;

/** A node as `GET /grappe` shows it. `since`: when it took that state, ms since 1970. */
export interface ShownNode {
  readonly id: string;
  readonly incarnation: string;
  readonly address: string;
  readonly state: 'alive' | 'suspect' | 'left' | 'dead';
  readonly since: number;
}

/** The current incarnation of each id: the living one, else the one that ended last, within the hour. In the order of the ids. */
export function shownNodes(
  nodes: readonly NodeRow[],
  suspectSince: (incarnation: string) => number | undefined,
  now: number,
): readonly ShownNode[] {
  const current = new Map<string, NodeRow>();
  for (const node of nodes) {
    const known = current.get(node.id);
    if (known === undefined || rank(node) > rank(known)) current.set(node.id, node);
  }
  return [...current.values()]
    .filter(({ state, since }) => state === 'alive' || now - since < SHOWN_MS)
    .toSorted((a, b) => compareIds(a.id, b.id))
    .map(({ id, incarnation, address, state, since }) => {
      const suspect = state === 'alive' ? suspectSince(incarnation) : undefined;
      return suspect === undefined
        ? { id, incarnation, address, state, since }
        : { id, incarnation, address, state: 'suspect', since: Math.round(suspect) };
    });
}

const rank = ({ state, since }: NodeRow): number => (state === 'alive' ? Infinity : since);
