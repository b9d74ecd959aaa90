/** What is done for others, with the sentence to say of it and what undoes it. */
import { poster, retirer } from '../../state/api';
import { say } from '../../state/langue';
import { nomDe } from '../../state/moi';
import { SEANCE } from '../../words/seance';
import { promus } from '../agenda/gestes';
import { rang } from '../agenda/mots';

export interface Acquis {
  readonly texte: string;
  readonly contraire?: () => Promise<Acquis>;
}

export async function inscrirePour(id: string, membreId: string, siComplet: 'attendre' | 'refuser'): Promise<Acquis> {
  const { statut, position = 0 } = await poster('/api/v1/seances/{id}/inscriptions', { id }, { membreId, siComplet });
  const nom = nomDe(membreId);
  const waiting = statut === 'en_attente';
  return {
    texte: waiting ? say(SEANCE.dit_attend, { nom, rang: rang(position) }) : say(SEANCE.dit_inscrit, { nom }),
    contraire: () => desisterPour(id, membreId, waiting),
  };
}

export async function desisterPour(id: string, membreId: string, waiting: boolean): Promise<Acquis> {
  const { promu, offerteA } = await retirer('/api/v1/seances/{id}/inscriptions/{membreId}', { id, membreId }, undefined);
  const left = say(waiting ? SEANCE.dit_retire : SEANCE.dit_desiste, { nom: nomDe(membreId) });
  return { texte: [left, ...promus(promu, offerteA)].join(' '), contraire: () => inscrirePour(id, membreId, 'attendre') };
}

export async function repondrePour(id: string, membreId: string, answer: 'acceptation' | 'declin'): Promise<Acquis> {
  const nom = nomDe(membreId);
  if (answer === 'declin') {
    await poster('/api/v1/seances/{id}/offres/{membreId}/declin', { id, membreId }, undefined);
    return { texte: say(SEANCE.dit_decline, { nom }), contraire: () => inscrirePour(id, membreId, 'attendre') };
  }
  await poster('/api/v1/seances/{id}/offres/{membreId}/acceptation', { id, membreId }, undefined);
  return { texte: say(SEANCE.dit_accepte, { nom }), contraire: () => desisterPour(id, membreId, false) };
}
