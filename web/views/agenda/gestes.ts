/** What a member may do at a séance now, and what to say once it is done. */
import { poster, retirer } from '../../state/api';
import { say } from '../../state/langue';
import { nomDe } from '../../state/moi';
import type { Seance } from '../../state/seances';
import { AGENDA } from '../../words/agenda';
import { type Mienne, mienneDe } from './mienne';
import { rang } from './mots';

export type Geste = 'inscrire' | 'attendre' | 'accepter' | 'decliner' | 'desister';
type Fiche = Pick<Seance, 'id' | 'titre'>;

/** The one thing to do next; undefined when there is none, or it is not known yet. */
export function gesteDe(seance: Seance, mine: Mienne | undefined, now: number): Geste | undefined {
  const over = seance.statut === 'annulee' || seance.statut === 'cloturee' || Date.parse(seance.debut) <= now;
  if (mine === undefined || over) return undefined;
  if (mine.statut === 'offerte') return 'accepter';
  if (mine.statut === 'inscrite' || mine.statut === 'en_attente') return 'desister';
  if (seance.statut === 'fermee') return undefined;
  if (seance.placesRestantes > 0 && seance.enAttente === 0) return 'inscrire';
  return pleine(seance) ? undefined : 'attendre';
}

/** Nobody more may even wait. */
export const pleine = ({ enAttente, listeAttenteMax }: Seance): boolean => listeAttenteMax !== null && enAttente >= listeAttenteMax;

const OPPOSITE: Readonly<Record<Geste, Geste>> = {
  inscrire: 'desister',
  attendre: 'desister',
  accepter: 'desister',
  decliner: 'attendre',
  desister: 'attendre',
};

/** What was done: what to say, what one has now, and what undoes it. */
export interface Suite {
  readonly texte: string;
  readonly statut: Mienne['statut'];
  readonly contraire?: Geste;
}

/** Does it, once. Rejects with `Refus`. */
export async function agir(geste: Geste, seance: Fiche, membreId: string): Promise<Suite> {
  const before = mienneDe(seance.id).peek();
  const [mine, texte] = await ACTS[geste](seance, membreId, before);
  mienneDe(seance.id).value = mine;
  return { texte, statut: mine.statut, contraire: OPPOSITE[geste] };
}

type Act = (seance: Fiche, membreId: string, before: Mienne | undefined) => Promise<readonly [Mienne, string]>;

/** « S’inscrire » takes a place or is refused: it does not put on a list of which the button did not speak. */
const register =
  (siComplet: 'attendre' | 'refuser'): Act =>
  async ({ id, titre }, membreId) => {
    const { statut, position = 0 } = await poster('/api/v1/seances/{id}/inscriptions', { id }, { membreId, siComplet });
    if (statut === 'inscrite') return [{ statut }, say(AGENDA.dit_inscrite, { titre })];
    return [{ statut, position }, say(AGENDA.dit_attente, { titre, rang: rang(position) })];
  };

const answer =
  (path: '/api/v1/seances/{id}/offres/{membreId}/acceptation' | '/api/v1/seances/{id}/offres/{membreId}/declin'): Act =>
  async ({ id, titre }, membreId) => {
    await poster(path, { id, membreId }, undefined);
    const yes = path.endsWith('acceptation');
    return [{ statut: yes ? 'inscrite' : 'rien' }, say(yes ? AGENDA.dit_accepte : AGENDA.dit_decline, { titre })];
  };

const ACTS: Readonly<Record<Geste, Act>> = {
  inscrire: register('refuser'),
  attendre: register('attendre'),
  accepter: answer('/api/v1/seances/{id}/offres/{membreId}/acceptation'),
  decliner: answer('/api/v1/seances/{id}/offres/{membreId}/declin'),
  async desister({ id, titre }, membreId, before) {
    const { promu, offerteA } = await retirer('/api/v1/seances/{id}/inscriptions/{membreId}', { id, membreId }, undefined);
    const left = say(before?.statut === 'en_attente' ? AGENDA.dit_quitte : AGENDA.dit_desiste, { titre });
    return [{ statut: 'rien' }, [left, ...promus(promu, offerteA)].join(' ')];
  },
};

/** Who gets the place that came free. */
export function promus(promu: string | null, offerteA: string | undefined): string[] {
  if (promu !== null) return [say(AGENDA.revient_a, { nom: nomDe(promu) })];
  return offerteA === undefined ? [] : [say(AGENDA.offerte_a, { nom: nomDe(offerteA) })];
}
