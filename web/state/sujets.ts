/**
 * What the club's ids are called: asked for when a sentence first needs it, once, and kept. A title never changes, so what is kept is never wrong.
 */
import { signal, type Signal } from '@preact/signals';
import { lire, Refus, toutLire } from './api';
import { ecouter, type Fait } from './flux';

/** What an aggregate is called; of a loan also what it is of, and whose. */
export interface Sujet {
  readonly titre?: string | undefined;
  readonly fuseau?: string | undefined;
  readonly ouvrageId?: string | undefined;
  readonly membreId?: string | undefined;
}

/** Grows when a title has come: whoever searched in sentences searches again. */
export const appris = signal(0);

const sujets = new Map<string, Signal<Sujet | undefined>>();

/** What is known of this aggregate now; it is asked for if nothing is. Whoever draws it is drawn anew when it has come. */
export function sujetDe(genre: string, id: string): Sujet | undefined {
  const one = place(id);
  if (one.value === undefined) demander(genre, id);
  return one.value;
}

/** What is known of it by now; nobody is asked. */
export const connuDe = (id: string): Sujet | undefined => sujets.get(id)?.peek();

/** « Soirée Polar », of a loan the title lent; undefined until it is known. */
export function titreDe(genre: string, id: string): string | undefined {
  const sujet = sujetDe(genre, id);
  return genre === 'pret' && sujet?.ouvrageId !== undefined ? sujetDe('ouvrage', sujet.ouvrageId)?.titre : sujet?.titre;
}

/** What a fact tells of titles and loans by itself spares the question. */
export function apprendre({ agregat, genre, type, donnees }: Pick<Fait, 'agregat' | 'genre' | 'type' | 'donnees'>): void {
  const { titre, fuseau, ouvrageId, membreId } = donnees as Record<string, string | undefined>;
  if (type === 'SeancePlanifiee' || type === 'OuvrageAjoute') savoir(agregat, { titre, fuseau });
  else if (genre === 'pret' && ouvrageId !== undefined && membreId !== undefined) savoir(agregat, { ouvrageId, membreId });
}

ecouter('seance', ({ id, titre, fuseau }) => savoir(id, { titre, fuseau }));

function place(id: string): Signal<Sujet | undefined> {
  let one = sujets.get(id);
  if (one === undefined) sujets.set(id, (one = signal<Sujet | undefined>(undefined)));
  return one;
}

function savoir(id: string, sujet: Sujet): void {
  const one = place(id);
  if (one.peek() === undefined) one.value = sujet;
}

interface Source {
  un(id: string): Promise<Sujet>;
  tous(): Promise<readonly (Sujet & { readonly id: string })[]>;
}

const SOURCES: Readonly<Record<string, Source>> = {
  seance: { un: (id) => lire('/api/v1/seances/{id}', { id }), tous: () => toutLire('/api/v1/seances') },
  ouvrage: { un: (id) => lire('/api/v1/ouvrages/{id}', { id }), tous: () => toutLire('/api/v1/ouvrages') },
  pret: { un: (id) => lire('/api/v1/prets/{id}', { id }), tous: () => toutLire('/api/v1/prets') },
};
/** From so many of one kind on, the whole list is fewer questions. */
const PLUTOT_TOUS = 8;
const BIENTOT_MS = 50;
const voulus = new Map<string, Set<string>>();
let lecture: Promise<void> | undefined;

function demander(genre: string, id: string): void {
  if (SOURCES[genre] === undefined) return;
  const ids = voulus.get(genre) ?? new Set();
  voulus.set(genre, ids.add(id));
  lecture ??= new Promise((resolve) => setTimeout(resolve, BIENTOT_MS)).then(puiser).finally(() => (lecture = undefined));
}

/** Reads what is wanted, until nothing is. What cannot be read now is asked for by the next sentence that needs it. */
async function puiser(): Promise<void> {
  for (let next = voulus.entries().next().value; next !== undefined; next = voulus.entries().next().value) {
    const [genre, ids] = next;
    voulus.delete(genre);
    await lireSujets(SOURCES[genre]!, [...ids]).catch(() => undefined);
    appris.value++;
  }
}

async function lireSujets(source: Source, ids: readonly string[]): Promise<void> {
  if (ids.length >= PLUTOT_TOUS) for (const one of await source.tous()) savoir(one.id, retenu(one));
  for (const id of ids) {
    if (place(id).peek() === undefined) savoir(id, await source.un(id).then(retenu, inconnu));
  }
}

/** It is not there: nor will it be. Any other refusal is of the moment. */
function inconnu(error: unknown): Sujet {
  if (error instanceof Refus && error.statut === 404) return {};
  throw error;
}

const retenu = ({ titre, fuseau, ouvrageId, membreId }: Sujet): Sujet => ({ titre, fuseau, ouvrageId, membreId });
