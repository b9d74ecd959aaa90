/**
 * One event stream for the whole page, which resumes by itself. A view says what it wants to hear; what it missed is told by `relire`.
 */
import { signal } from '@preact/signals';
import type { Read } from './api';

/** One fact, as it was published. */
export interface Fait {
  readonly position: number;
  readonly agregat: string;
  readonly genre: string;
  readonly version: number;
  readonly type: string;
  readonly instant: string;
  readonly donnees: Readonly<Record<string, unknown>>;
}

/** What the stream says, by the name of its event. */
export interface Nouvelles {
  fait: Fait;
  seance: Read<'/api/v1/seances/{id}'>;
  compteurs: Read<'/api/v1/compteurs'>;
  grappe: Read<'/api/v1/grappe'>;
  /** Too much at once: read that again. `sujet` undefined: everything; `faits`: only facts were passed over, states were told all the same. */
  relire: { readonly sujet?: string; readonly genre?: string; readonly faits?: true };
}

/** How the page hangs on to its instance. */
export type Lien = 'connexion' | 'direct' | 'reprise' | 'refus' | 'hors_ligne';
export const lien = signal<Lien>('connexion');
/** Since when nothing is certain any more; undefined while the stream flows. */
export const perimeDepuis = signal<number | undefined>(undefined);
/** Why this instance refuses, in its own words. */
export const pourquoi = signal('');

const ears: { [E in keyof Nouvelles]: Set<(news: Nouvelles[E]) => void> } = {
  fait: new Set(),
  seance: new Set(),
  compteurs: new Set(),
  grappe: new Set(),
  relire: new Set(),
};

/** Calls `hear` from now on; the function returned ends that. */
export function ecouter<E extends keyof Nouvelles>(event: E, hear: (news: Nouvelles[E]) => void): () => void {
  ears[event].add(hear);
  return () => ears[event].delete(hear);
}

const tell = <E extends keyof Nouvelles>(event: E, news: Nouvelles[E]): void => ears[event].forEach((hear) => hear(news));

const AGAIN_MS = 2_000;
/** The instance says something every 15 s. Longer than two of these, and nobody is at the other end though nothing has been closed: a frozen process, a phone that changed networks. */
const SILENCE_MS = 35_000;
let source: EventSource | undefined;
let silence: ReturnType<typeof setTimeout> | undefined;

function heard(): void {
  clearTimeout(silence);
  silence = setTimeout(deaf, SILENCE_MS);
}

function deaf(): void {
  perimeDepuis.value ??= Date.now() - SILENCE_MS;
  lien.value = navigator.onLine ? 'reprise' : 'hors_ligne';
  suivre();
}

/** Opens the stream. Once per page. */
export function suivre(): void {
  source?.close();
  heard();
  source = new EventSource('/api/v1/flux');
  source.addEventListener('open', () => {
    heard();
    const missed = perimeDepuis.value !== undefined;
    lien.value = 'direct';
    perimeDepuis.value = undefined;
    pourquoi.value = '';
    // States are not told again, and a stream that had heard no fact cannot say where it stopped.
    if (missed) tell('relire', {});
  });
  for (const event of ['fait', 'seance', 'compteurs', 'grappe', 'relire'] as const)
    source.addEventListener(event, ({ data }: MessageEvent<string>) => {
      heard();
      tell(event, JSON.parse(data) as never);
    });
  source.addEventListener('battement', heard);
  source.addEventListener('relire_tout', passedOver);
  source.addEventListener('error', lost);
}

/** However often the stream says so, everything is read again at most so often. */
const PAUSE_MS = 10_000;
/** Of facts that were passed over one reads when the rush is over, or has lasted so long: to read in a rush is to slow it down. */
const [LULL_MS, PATIENCE_MS] = [3_000, 20_000];
/** Not every open page in the same moment. */
const spreadMs = Math.random() * 1_000;
let owed: Nouvelles['relire'] | undefined;
let [since, paid] = [0, -Infinity];
let paying: ReturnType<typeof setTimeout> | undefined;

function passedOver({ data }: MessageEvent<string>): void {
  heard();
  const { raison } = JSON.parse(data) as { readonly raison: string };
  const now = performance.now();
  if (owed === undefined) since = now;
  owed = raison === 'trop_de_faits' && (owed ?? { faits: true }).faits === true ? { faits: true } : {};
  const due = owed.faits === true ? Math.min(now + LULL_MS, since + PATIENCE_MS) : Math.max(since, paid + PAUSE_MS);
  clearTimeout(paying);
  paying = setTimeout(pay, due + spreadMs - now);
}

function pay(): void {
  const news = owed ?? {};
  [owed, paid] = [undefined, performance.now()];
  tell('relire', news);
}

function lost(this: EventSource): void {
  perimeDepuis.value ??= Date.now();
  if (!navigator.onLine) lien.value = 'hors_ligne';
  else if (this.readyState === EventSource.CONNECTING) lien.value = 'reprise';
  else void refused();
}

/** The browser has given up: this instance answered, and not with a stream. It says why under `/health/ready`. */
async function refused(): Promise<void> {
  lien.value = 'refus';
  const said = (await fetch('/health/ready')
    .then((one) => one.json())
    .catch(() => ({}))) as { error?: Record<string, unknown> };
  pourquoi.value = Object.keys(said.error ?? {}).join(', ');
  setTimeout(suivre, AGAIN_MS);
}

addEventListener('online', suivre);
