import type { Clock } from '../../runtime/clock.js';
import { newId } from '../../runtime/ids.js';
import type { Agenda } from './lectures.envoi.js';
import type { Registre } from './registre.envoi.js';

/** Avis écrits dans une transaction : elle tient la file d'écriture le temps de deux instructions. */
const PAGE = 500;

/**
 * Écrit les avis d'un report, page par page : un par membre qui était là quand le fait est arrivé et qui l'est encore.
 * Une inscription porte le numéro du fait qui l'a ouverte : celles d'après le report connaissent déjà la nouvelle date.
 * Rend vrai quand il reste à faire. Deux instances au même travail n'écrivent rien deux fois.
 */
export async function developper(registre: Registre, agenda: Agenda, clock: Clock, statut: 'a_envoyer' | 'affichee'): Promise<boolean> {
  const travail = await registre.travail();
  if (travail === undefined) return false;
  const { debut, apres } = JSON.parse(travail.donnees) as { debut: string; apres: number };
  const page = await agenda.presents(travail.stream, { apres, avant: travail.version }, PAGE);
  const avis = page.map(({ membreId }) => ({
    id: newId(clock, 'not'),
    stream: travail.stream,
    version: travail.version,
    membre_id: membreId,
    gabarit: 'report',
    donnees: JSON.stringify({ debut }),
    statut,
    essais: 0,
    prochain_essai: clock.now(),
    creee_le: travail.creeeLe,
    envoyee_le: null,
    erreur: null,
  }));
  const derniere = page.length < PAGE;
  await registre.developper(travail, avis, derniere ? null : JSON.stringify({ debut, apres: page.at(-1)!.entree }));
  return true;
}
