import type { NodeRow, Reading } from './node-port.js';
import { compareIds } from './order.js';
import type { Peer, View } from './peer.js';

export function living({ nodes = [] }: Reading): readonly NodeRow[] {
  return nodes.filter(({ state }) => state === 'alive');
}

export function viewOf(reading: Reading): View {
  const members = living(reading).map(({ id, incarnation, address }): Peer => ({ id, incarnation, address }));
  return { version: reading.view, members: members.toSorted((a, b) => compareIds(a.id, b.id)) };
}
