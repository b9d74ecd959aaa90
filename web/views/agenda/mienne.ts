/** What the member who sits here has at each séance that is shown: read once each, then again when a fact says that it may have changed. */
import { effect, type Signal, signal } from '@preact/signals';
import { lire, type Read } from '../../state/api';
import { ecouter, type Fait } from '../../state/flux';
import { say } from '../../state/langue';
import { moi } from '../../state/moi';
import { seanceDe } from '../../state/seances';
import { tour } from '../../state/tour';
import { annoncer } from '../../ui/annonce';
import { AGENDA } from '../../words/agenda';
import { limite } from './mots';

export type Inscription = Read<'/api/v1/seances/{id}/inscriptions'>['elements'][number];
/** `rien`: neither a place nor a wait. */
export type Mienne = { readonly statut: 'rien' } | Omit<Inscription, 'membreId'>;

const AGAIN_MS = 5_000;
const known = new Map<string, Signal<Mienne | undefined>>();
/** Those being read, and whether they must be once more. */
const reading = new Map<string, boolean>();
/** How the séance was known when that was asked. */
const asOf = new Map<string, number>();

/** Undefined until it is known. */
export function mienneDe(id: string): Signal<Mienne | undefined> {
  let one = known.get(id);
  if (one === undefined) known.set(id, (one = signal<Mienne | undefined>(undefined)));
  return one;
}

/** Reads it unless it is known. */
export function connaitreLaMienne(id: string): void {
  if (mienneDe(id).peek() === undefined) read(id);
}

function read(id: string): void {
  const me = moi.peek()?.id;
  if (me === undefined) return;
  if (reading.has(id)) return void reading.set(id, true);
  reading.set(id, false);
  const version = versionOf(id);
  void tour(() => lire('/api/v1/seances/{id}/inscriptions', { id, membreId: me }))
    .then(
      ({ elements: [mine] }) => {
        if (me !== moi.peek()?.id) return;
        mienneDe(id).value = mine ?? { statut: 'rien' };
        asOf.set(id, version);
      },
      () => setTimeout(() => known.has(id) && read(id), AGAIN_MS),
    )
    .then(() => {
      const again = reading.get(id);
      reading.delete(id);
      if (again) read(id);
    });
}

const versionOf = (id: string): number => seanceDe(id).peek()?.version ?? 0;

effect(() => {
  void moi.value;
  for (const [id, one] of known) {
    one.value = undefined;
    if (reading.has(id)) reading.set(id, true);
  }
});

/** These leave every other member's place as it was: who comes, comes behind. */
const OF_ONE: ReadonlySet<string> = new Set(['MembreInscrit', 'MembreMisEnAttente', 'PresenceConstatee', 'AbsenceConstatee']);
const GATHERED_MS = 500;
const moved = new Set<string>();

ecouter('fait', (fact) => {
  const { agregat: id, type, donnees } = fact;
  const mine = known.get(id)?.peek();
  if (mine === undefined) return;
  const about = donnees['membreId'];
  const toMe = about === moi.peek()?.id;
  // A postponement may shorten an offer; who leaves the queue moves those behind.
  if (toMe || about === undefined) read(id);
  else if (mine.statut === 'en_attente' && !OF_ONE.has(type)) soon(id);
  if (toMe) tell(fact);
});

/** A queue that moves often is read now and then, and not by every page in the same moment. */
function soon(id: string): void {
  if (moved.size === 0) setTimeout(() => [...moved].forEach((one) => moved.delete(one) && read(one)), GATHERED_MS * (0.5 + Math.random()));
  moved.add(id);
}

ecouter('relire', ({ sujet, faits }) => {
  // A state that was passed over is no fact that was.
  if (sujet !== undefined) return;
  for (const [id, one] of known) if (one.peek() !== undefined && (faits !== true || versionOf(id) !== asOf.get(id))) read(id);
});

/** What happens to this member without their doing is said aloud. */
function tell({ agregat, type, donnees }: Fait): void {
  const seance = seanceDe(agregat).peek();
  if (seance === undefined) return;
  const { titre, fuseau } = seance;
  if (type === 'MembrePromu') annoncer(say(AGENDA.neuf_promu, { titre }));
  if (type === 'OffreExpiree') annoncer(say(AGENDA.neuf_expiree, { titre }));
  const until = donnees['expireLe'];
  if (type === 'PlaceOfferte' && typeof until === 'string') annoncer(say(AGENDA.neuf_offerte, { titre, limite: limite(until, fuseau) }));
}
