import { TermOver } from './fence.js';
import type { RowTransaction } from './storage.js';

/** Where publication stands, as a relay last saw or wrote it. */
export interface Place {
  readonly position: number;
  /** The term of the relay that published last: it never decreases. */
  readonly term: number;
}

/** Another relay published since the place was read. */
export class LostRace extends Error {}

/** Reads it for a relay of `term`; throws `TermOver` when a later one has published. */
export async function readPlace(tx: RowTransaction, term: number): Promise<Place> {
  const [row] = await tx.select('publication', { id: 1 });
  const place = { position: Number(row?.['position'] ?? 0), term: Number(row?.['term'] ?? 0) };
  if (place.term > term) throw new TermOver(`term ${place.term} has published already, this is ${term}`);
  return place;
}

/** Moves it by compare-and-set; throws `LostRace` when it stands elsewhere. Queues whoever else would move it until the transaction ends. */
export async function movePlace(tx: RowTransaction, from: Place, to: Place): Promise<void> {
  if ((await tx.update('publication', { ...to }, { id: 1, ...from })) === 0) throw new LostRace();
}
