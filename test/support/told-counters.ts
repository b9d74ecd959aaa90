import { readDelta } from '../../src/modules/crdt/counter-text.js';
import type { Delta } from '../../src/modules/crdt/counters.js';
import type { Transport } from '../../src/runtime/cluster/transport-port.js';
import { intercept } from '../guards/intercept.js';
import type { FakeNetwork } from './fake-network.js';

/** Every kind that replication says, for a transcript that tells it in its own words. */
export const COUNTER_KINDS = [
  'delta',
  'digest',
  'versions',
  'read',
  'holds',
  'products',
  'rights',
  'witness',
  'undo',
  'fingerprint',
  'values',
].map((kind) => `COUNTERS.${kind.toUpperCase()}`);

/** Slots by the name of their instance, in the order in which they are first spoken of: `n1#1`. */
export class SlotNames {
  private readonly names = new Map<string, string>();
  private readonly counts = new Map<string, number>();

  of(slot: string, owner = '?'): string {
    const known = this.names.get(slot);
    if (known !== undefined && !known.startsWith('?')) return known;
    const nth = (this.counts.get(owner) ?? 0) + 1;
    this.counts.set(owner, nth);
    this.names.set(slot, `${owner}#${nth}`);
    return `${owner}#${nth}`;
  }
}

/** A transport whose deltas, readings and questions read as lines of a play. */
export function toldCounters(honest: Transport, network: FakeNetwork, names: SlotNames, me: string): Transport {
  const shown = (text: unknown): string => {
    const { slot, replica, from, to, entries }: Delta = readDelta(text as string);
    const tallies = entries.map(([product, { plus, minus, given }]) => {
      const gifts = [...given].map(([other, amount]) => ` →${names.of(other)} ${amount}`).join('');
      return `${product} +${plus}${minus > 0n ? ` -${minus}` : ''}${gifts}`;
    });
    return `${names.of(slot, replica)} ${from}..${to}: ${tallies.join(', ')}`;
  };
  return intercept(honest, {
    call: (to, kind, data, options) => {
      const says = (words: string): void => network.note(`${me} → ${to.id} ${words}`);
      const fields = data as Record<string, string & string[]>;
      if (kind === 'counters.delta') says(shown(data));
      if (kind === 'counters.read') says(`what did ${names.of((data as string[])[0]!)} do after ${(data as string[])[1]}?`);
      if (kind === 'counters.rights') {
        names.of(fields['to']!, me);
        says(`rights, please: ${fields['needed']} of ${fields['wanted']} ${fields['product']} now`);
      }
      if (kind === 'counters.witness') says(`what was seen of ${fields['slots']!.map((slot) => names.of(slot, me)).join(', ')}?`);
      if (kind === 'counters.undo') says(`undo ${fields['id']}`);
      const onPiece = (piece: unknown): void => {
        const hears = (words: string): void => network.note(`${me} ← ${to.id} ${words}`);
        if (kind === 'counters.read' || kind === 'counters.rights') hears(shown(piece));
        if (kind === 'counters.witness') hears(`seen: ${(piece as { known: unknown[] }).known.join(', ')}`);
        if (kind === 'counters.undo') hears((piece as { is: string }).is);
        options.onPiece(piece);
      };
      return honest.call(to, kind, data, { ...options, onPiece });
    },
  });
}
