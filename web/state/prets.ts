/** What the club lends: every title with its copies and its queue, every live loan; kept of now by the facts that are published. */
import { effect, signal } from '@preact/signals';
import { lire, type Read, toutLire } from './api';
import { ecouter, type Fait } from './flux';
import { connaitreLesMembres, type Membre, membres, moi } from './moi';

export type Ouvrage = Read<'/api/v1/ouvrages/{id}'>;
export type Exemplaire = Ouvrage['exemplaires'][number];
export type Pret = Read<'/api/v1/prets/{id}'>;
export type Reglement = Read<'/api/v1/reglement'>;

export interface Rayons {
  readonly ouvrages: readonly Ouvrage[];
  /** Live ones, the next due first. */
  readonly prets: readonly Pret[];
}

/** What the page knows of them; undefined before the first reading. */
export const rayons = signal<Rayons | undefined>(undefined);

/** Whom one lends to, or holds for: who sits here, until somebody else is chosen. */
export const lecteur = signal<Membre | undefined>(undefined);
effect(() => void (lecteur.value = moi.value));

/** By which « late » is told; moves while somebody looks. */
export const maintenant = signal(Date.now());

/** Titles, and live loans, that the page reads at most. */
const AU_PLUS = 2_000;

export async function lireRayons(): Promise<Rayons> {
  const [ouvrages, prets] = await Promise.all([
    toutLire('/api/v1/ouvrages', {}, AU_PLUS),
    toutLire('/api/v1/prets', { statut: 'en_cours' }, AU_PLUS),
  ]);
  rayons.value = { ouvrages: ouvrages.toSorted(parTitre), prets };
  void rencontrer(rayons.value);
  return rayons.value;
}

/** Reads one title and its live loans again, and puts them in their place. An answer older than what is shown changes nothing. */
export async function relireUn(id: string): Promise<void> {
  const [ouvrage, { elements }] = await Promise.all([
    lire('/api/v1/ouvrages/{id}', { id }),
    lire('/api/v1/prets', { ouvrageId: id, statut: 'en_cours', limite: 100 }),
  ]);
  const { value } = rayons;
  if (value === undefined) return;
  const known = value.ouvrages.find((one) => one.id === id);
  if (known !== undefined && known.version > ouvrage.version) return;
  const others = value.ouvrages.filter((one) => one.id !== id);
  const prets = [...value.prets.filter(({ ouvrageId }) => ouvrageId !== id), ...elements];
  rayons.value = {
    ouvrages: [...others, ouvrage].toSorted(parTitre),
    prets: prets.toSorted((a, b) => Date.parse(a.echeance) - Date.parse(b.echeance) || (a.id < b.id ? -1 : 1)),
  };
  void rencontrer({ ouvrages: [ouvrage], prets: elements });
}

const parTitre = (a: Ouvrage, b: Ouvrage): number => a.titre.localeCompare(b.titre);

const asked = new Set<string>();

/** A reader whom this page does not know yet came after it: the members are read again, once for each. */
async function rencontrer({ ouvrages, prets }: Rayons): Promise<void> {
  await connaitreLesMembres().catch(() => undefined);
  const named = [...prets, ...ouvrages.flatMap(({ reservations }) => reservations)].map(({ membreId }) => membreId);
  const unknown = named.filter((id) => !membres.value.has(id) && !asked.has(id));
  for (const id of unknown) asked.add(id);
  if (unknown.length > 0) await connaitreLesMembres(true).catch(() => undefined);
}

const PAUSE_MS = 1_000;
/** What comes together is read together. */
const RASSEMBLER_MS = 100;

/** Tells which facts about titles and loans came, gathered: at most once a second. The function returned ends that. */
export function suivreLesFaits(hear: (faits: readonly Fait[]) => void): () => void {
  let waiting: Fait[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last = -Infinity;
  const tell = (): void => {
    const faits = waiting;
    [waiting, timer, last] = [[], undefined, performance.now()];
    hear(faits);
  };
  const enough = ecouter('fait', (fait) => {
    if (fait.genre !== 'ouvrage' && fait.genre !== 'pret') return;
    waiting.push(fait);
    timer ??= setTimeout(tell, Math.max(RASSEMBLER_MS, last + PAUSE_MS - performance.now()));
  });
  return () => {
    enough();
    clearTimeout(timer);
  };
}

/** The titles that these facts changed beyond what is shown; undefined when nobody can tell. */
export function touches(faits: readonly Fait[], { ouvrages, prets }: Rayons): readonly string[] | undefined {
  const ids = new Set<string>();
  for (const { genre, agregat, version, donnees } of faits) {
    const known = (genre === 'ouvrage' ? ouvrages : prets).find(({ id }) => id === agregat);
    if (known !== undefined && known.version >= version) continue;
    if (genre === 'ouvrage') ids.add(agregat);
    else if (known !== undefined) ids.add((known as Pret).ouvrageId);
    else if (typeof donnees['ouvrageId'] === 'string') ids.add(donnees['ouvrageId']);
  }
  return ids.size > 5 ? undefined : [...ids];
}

/** The last signs of its id: enough to tell a copy from the others of a shelf. */
export const cote = (exemplaireId: string): string => exemplaireId.slice(-6).toUpperCase();
