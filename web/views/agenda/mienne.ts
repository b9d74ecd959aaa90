/** What the member who sits here has at each séance that is shown: read once each, then again when a fact says that it may have changed. */
import { effect, type Signal, signal } from '@preact/signals';
import { type Read, toutLire } from '../../state/api';
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
  void tour(() => toutLire('/api/v1/seances/{id}/inscriptions', { id }))
    .then(
      (all) => {
        if (me === moi.peek()?.id) mienneDe(id).value = all.find(({ membreId }) => membreId === me) ?? { statut: 'rien' };
      },
      () => setTimeout(() => known.has(id) && read(id), AGAIN_MS),
    )
    .then(() => {
      const again = reading.get(id);
      reading.delete(id);
      if (again) read(id);
    });
}

effect(() => {
  void moi.value;
  for (const [id, one] of known) {
    one.value = undefined;
    if (reading.has(id)) reading.set(id, true);
  }
});

ecouter('fait', (fact) => {
  const mine = known.get(fact.agregat)?.peek();
  if (mine === undefined) return;
  const about = fact.donnees['membreId'];
  const toMe = about === moi.peek()?.id;
  // Who leaves the queue moves those behind; a postponement may shorten an offer.
  if (toMe || about === undefined || mine.statut === 'en_attente') read(fact.agregat);
  if (toMe) tell(fact);
});

ecouter('relire', ({ sujet }) => {
  for (const id of sujet === undefined ? known.keys() : known.has(sujet) ? [sujet] : []) if (known.get(id)?.peek() !== undefined) read(id);
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
