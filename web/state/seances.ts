/**
 * The séances of the club as they are now: read once, then kept so by the stream. However many change at once, they are drawn once a frame.
 */
import { batch, type Signal, signal } from '@preact/signals';
import { lire, type Read, toutLire } from './api';
import { ecouter } from './flux';
import { tour } from './tour';

export type Seance = Read<'/api/v1/seances/{id}'>;

const MOST = 2_000;
const known = new Map<string, Signal<Seance | undefined>>();
/** Every séance known, by beginning. Whoever reads this is drawn anew when one comes or moves, not when one fills. */
export const parDate = signal<readonly string[]>([]);

/** The séance of this id; undefined until it is known. */
export function seanceDe(id: string): Signal<Seance | undefined> {
  let one = known.get(id);
  if (one === undefined) known.set(id, (one = signal<Seance | undefined>(undefined)));
  return one;
}

/** True when it stands elsewhere in the agenda than before. What is older than what is known changes nothing. */
function put(one: Seance): boolean {
  const kept = seanceDe(one.id);
  const old = kept.peek();
  if (old !== undefined && old.version > one.version) {
    if (one.perime) kept.value = { ...old, perime: true };
    return false;
  }
  if (old?.version === one.version && old.perime === one.perime) return false;
  kept.value = one;
  return old === undefined || old.debut !== one.debut || old.fin !== one.fin;
}

/** Takes them as they are now. */
export function apprendre(all: Iterable<Seance>): void {
  batch(() => {
    let moved = false;
    for (const one of all) moved = put(one) || moved;
    if (moved) order();
  });
}

function order(): void {
  const begins: (readonly [number, string])[] = [];
  for (const [id, { value }] of peeked()) if (value !== undefined) begins.push([Date.parse(value.debut), id]);
  parDate.value = begins.toSorted(([a, x], [b, y]) => a - b || (x < y ? -1 : 1)).map(([, id]) => id);
}

function* peeked(): Generator<readonly [string, { readonly value: Seance | undefined }]> {
  for (const [id, one] of known) yield [id, { value: one.peek() }];
}

let whole: Promise<void> | undefined;

/** Resolves when every séance is known; reads them only if something was missed. */
export function connaitreLesSeances(): Promise<void> {
  whole ??= readAll().catch((error: unknown) => {
    whole = undefined;
    throw error;
  });
  return whole;
}

async function readAll(): Promise<void> {
  const before = parDate.peek();
  const all = await toutLire('/api/v1/seances', {}, MOST);
  const found = new Set(all.map(({ id }) => id));
  batch(() => {
    apprendre(all);
    const gone = before.filter((id) => !found.has(id));
    for (const id of gone) seanceDe(id).value = undefined;
    if (gone.length > 0) order();
  });
}

/** Reads one; it may be `perime`. */
export async function connaitreUneSeance(id: string): Promise<void> {
  apprendre([await lire('/api/v1/seances/{id}', { id })]);
}

const news = new Map<string, Seance>();
const missed = new Set<string>();
let catching: ReturnType<typeof setTimeout> | undefined;
/** What was passed over is gathered so long; more of it than that is read as a list. */
const [GATHERED_MS, ONE_BY_ONE] = [2_000, 5];

ecouter('seance', (one) => {
  if (news.size === 0) requestAnimationFrame(draw);
  news.set(one.id, one);
});

function draw(): void {
  const all = [...news.values()];
  news.clear();
  apprendre(all);
}

ecouter('relire', ({ sujet, genre, faits }) => {
  if (faits === true || (genre !== undefined && genre !== 'seance')) return;
  if (sujet === undefined) return void (whole = undefined);
  missed.add(sujet);
  // Not every page in the same moment.
  catching ??= setTimeout(catchUp, GATHERED_MS * (0.5 + Math.random()));
});

async function catchUp(): Promise<void> {
  const ids = [...missed];
  missed.clear();
  const work = ids.length > ONE_BY_ONE ? [readAll()] : ids.map((id) => tour(() => connaitreUneSeance(id)));
  await Promise.all(work).catch(() => undefined);
  catching = missed.size === 0 ? undefined : setTimeout(catchUp, GATHERED_MS);
}

/** The time of day for what depends on it: good to half a minute. */
export const maintenant = signal(Date.now());
setInterval(() => (maintenant.value = Date.now()), 30_000);
