import type { Fait } from '../../src/modules/reunions/seance.js';
import { newId } from '../../src/runtime/ids.js';
import { applyEffects, type Effect, type Listener } from '../../src/runtime/outbox/listener.js';
import type { OutboxFact } from '../../src/runtime/outbox/storage.js';
import type { MemoryRows } from './memory-rows.js';
import { VirtualClock } from './virtual-clock.js';

const clock = new VirtualClock();

/** Les faits d’une séance tels que le relais les donne : numérotés, à une heure d’écart. */
export function publies(faits: readonly Fait[], stream = 'sea_1'): OutboxFact[] {
  return faits.map(({ type, ...data }, i) => ({
    stream,
    kind: 'seance',
    version: i + 1,
    type,
    data: JSON.parse(JSON.stringify(data)) as Record<string, unknown>,
    demande: `dem_${i}`,
    acteur: null,
    instant: clock.now() + i * 3_600_000,
    format: 1,
    position: i + 1,
  }));
}

/** Ce que l’écouteur écrirait, fait par fait. */
export function effets(listener: Listener, faits: readonly OutboxFact[]): Effect[] {
  const context = { now: clock.now(), newId: (prefix: string) => newId(clock, prefix) };
  return faits.flatMap((fait) => [...listener.react(fait, context)]);
}

/** Donne un lot de faits à l’écouteur, comme le relais : une transaction. */
export function livrer(rows: MemoryRows, listener: Listener, faits: readonly OutboxFact[]): Promise<void> {
  return rows.transact((tx) => applyEffects(tx, effets(listener, faits)));
}
