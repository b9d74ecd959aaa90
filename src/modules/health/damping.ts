/** Who is steady enough to be given the lead. Pure: time is an argument, milliseconds of a clock that never goes back. */
import { STABLE_MAX_MS, STABLE_MS, SUSPECT_MS } from '../../runtime/cluster/timing.js';
import type { Sender } from '../../runtime/cluster/transport-port.js';

/** What is remembered of one higher instance. */
interface Standing {
  readonly incarnation: string;
  /** Since when it has been heard without a gap. */
  readonly since: number;
  readonly heard: number;
  /** How often it went away and came back. */
  readonly flaps: number;
}

/** By INSTANCE_ID, so that a restart does not wash a flap away. */
export type Standings = ReadonlyMap<string, Standing>;

/** Ids remembered; the one that has been silent longest gives way. */
const REMEMBERED = 256;

/** A sign of life. Silence longer than `SUSPECT_MS` before it, or another incarnation, is a flap; the longest back-off without one washes all away. */
export function heardFrom(standings: Standings, { id, incarnation }: Sender, now: number): Standings {
  const before = standings.get(id);
  const next = new Map(standings);
  next.delete(id);
  next.set(id, before === undefined ? { incarnation, since: now, heard: now, flaps: 0 } : again(before, incarnation, now));
  // A Map keeps the order of insertion: the first one was heard longest ago.
  if (next.size > REMEMBERED) next.delete(next.keys().next().value!);
  return next;
}

function again(before: Standing, incarnation: string, now: number): Standing {
  const flapped = before.incarnation !== incarnation || now - before.heard > SUSPECT_MS;
  if (flapped) return { incarnation, since: now, heard: now, flaps: before.flaps + 1 };
  return { ...before, heard: now, flaps: now - before.since >= STABLE_MAX_MS ? 0 : before.flaps };
}

/** How long an instance that flapped so often must be steady: twice as long each time, up to `STABLE_MAX_MS`. */
export function backOffMs(flaps: number): number {
  return Math.min(STABLE_MS * 2 ** flaps, STABLE_MAX_MS);
}

/** True when it may be given the lead: this very incarnation, heard of late, and for long enough. */
export function isSteady(standings: Standings, { id, incarnation }: Sender, now: number): boolean {
  const standing = standings.get(id);
  if (standing?.incarnation !== incarnation || now - standing.heard > SUSPECT_MS) return false;
  return now - standing.since >= backOffMs(standing.flaps);
}
