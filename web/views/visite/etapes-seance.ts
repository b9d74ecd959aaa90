/** The first four steps: what one séance promises. */
import { lire, toutLire } from '../../state/api';
import { connaitreLesMembres, moi, nomDe } from '../../state/moi';
import { VISITE } from '../../words/visite';
import {
  demander,
  fiche,
  gensDeLaDemo,
  insister,
  lecteurs,
  LECTEURS,
  PLACES,
  planifier,
  planifierIci,
  presents,
  type Seance,
} from './club';
import { desisterParCurl, inscrireParCurl, planifierParCurl } from './curl';
import { type Dire, type Etape, Impossible, type Montrer, type Resultat } from './etape';
import type { Constat } from './juge';
import { verdict } from './releve';
import { cheminDe, ruer } from './ruer';

const POLAR = 'Soirée Polar';
const CRASHES = 2;

/** The séance of the last step that left a queue behind. */
let derniere: string | undefined;

const attente = (s: Seance): boolean => s.enAttente > 0 && s.offertes === 0 && s.paiement === 'sur_place' && Date.parse(s.gel) > Date.now();
const deLaVisite = ({ titre, lieu }: Seance): boolean => titre === POLAR || lieu === fiche('').lieu;

async function trouver(wanted: (seance: Seance) => boolean): Promise<Seance | undefined> {
  return (await insister(() => toutLire('/api/v1/seances', { statut: 'ouverte' }, 500))).find((one) => deLaVisite(one) && wanted(one));
}

/** Soirée Polar while one place is left, else one like it. */
async function presquePleine(dire: Dire): Promise<Seance> {
  const polar = await trouver(({ titre, placesRestantes, enAttente }) => titre === POLAR && placesRestantes === 1 && enAttente === 0);
  if (polar !== undefined) return polar;
  dire(VISITE.prepare);
  const [seance, ids] = [await planifier('Soirée Polar (visite)'), await lecteurs()];
  await Promise.all(ids.slice(0, PLACES - 1).map((membreId) => demander('inscrire', seance.id, membreId)));
  return seance;
}

async function derniereFois(dire: Dire, montrer: Montrer): Promise<Resultat> {
  const { id } = await presquePleine(dire);
  montrer(id);
  await connaitreLesMembres();
  const there = await presents(id);
  const free = [...(moi.value === undefined ? [] : [moi.value]), ...gensDeLaDemo()].filter((one) => !there.has(one.id));
  const [un, deux] = [...new Set(free.map((one) => one.id))];
  if (un === undefined || deux === undefined) throw new Impossible(VISITE.personne_de_libre);
  dire(VISITE.inscrit, { nom: nomDe(un) });
  const premiere = await demander('inscrire', id, un);
  const seconde = await demander('inscrire', id, deux);
  derniere = id;
  const { constats, releve } = await verdict(id, [premiere, seconde]);
  const entree = (membreId: string): string =>
    releve.inscriptions.findLast((one) => one.membreId === membreId && one.statut !== 'annulee')?.statut ?? '';
  const pleine = releve.seance.inscrits + releve.seance.offertes === releve.seance.places;
  const own: Constat[] = [
    {
      quoi: 'derniere_place',
      bon: entree(un) === 'inscrite' && pleine,
      valeurs: { nom: nomDe(un), n: releve.seance.inscrits, places: releve.seance.places },
    },
    { quoi: 'suivant', bon: entree(deux) === 'en_attente', valeurs: { nom: nomDe(deux) } },
  ];
  return { constats: [...own, ...constats], seance: id };
}

async function ruee(dire: Dire, montrer: Montrer, crashes: number): Promise<Resultat> {
  dire(VISITE.prepare);
  const ids = await lecteurs();
  const titre = crashes === 0 ? 'La ruée (visite)' : 'La ruée qui plante (visite)';
  const seance = crashes === 0 ? await planifier(titre) : await planifierIci(titre);
  if (seance === undefined) throw new Impossible(VISITE.pas_ici);
  const { id } = seance;
  montrer(id);
  const { reponses, coups, ms } = await ruer(id, ids, dire, crashes);
  derniere = id;
  dire(VISITE.juge);
  const { constats } = await verdict(id, reponses);
  const [{ valeurs }] = constats as [Constat];
  const compte: Constat = { quoi: 'compte', bon: valeurs['n'] === PLACES && valeurs['attente'] === LECTEURS - PLACES, valeurs };
  const values = { attente: LECTEURS - PLACES, places: PLACES, total: LECTEURS };
  if (crashes === 0) return { constats: [compte, ...constats], resume: [VISITE.resume_ruee, values], seance: id };
  const { redemarrages } = await insister(() => lire('/api/v1/supervision', { sous: cheminDe(id) }));
  const restarts: Constat = { quoi: 'redemarrages', bon: coups > 0 && redemarrages === coups, valeurs: { n: redemarrages, coups, ms } };
  return { constats: [compte, restarts, ...constats], resume: [VISITE.resume_plantage, { ...values, n: redemarrages, ms }], seance: id };
}

/** A séance where somebody waits, and may still be promoted. */
async function avecUneFile(dire: Dire): Promise<string> {
  const kept = derniere === undefined ? undefined : await insister(() => lire('/api/v1/seances/{id}', { id: derniere! }));
  const found = kept !== undefined && kept.statut === 'ouverte' && attente(kept) ? kept : await trouver(attente);
  if (found !== undefined) return found.id;
  dire(VISITE.prepare);
  const [{ id }, ids] = [await planifier('Une place se libère (visite)', 2), await lecteurs()];
  for (const membreId of ids.slice(0, 4)) await demander('inscrire', id, membreId);
  return id;
}

async function promotion(dire: Dire, montrer: Montrer): Promise<Resultat> {
  const id = await avecUneFile(dire);
  montrer(id);
  await connaitreLesMembres();
  const entrees = await insister(() => toutLire('/api/v1/seances/{id}/inscriptions', { id }));
  const partant = entrees.findLast(({ statut }) => statut === 'inscrite')?.membreId;
  const tete = entrees.find(({ statut }) => statut === 'en_attente')?.membreId;
  if (partant === undefined || tete === undefined) throw new Impossible(VISITE.personne_de_libre);
  dire(VISITE.desiste, { nom: nomDe(partant) });
  const reponse = await demander('desister', id, partant);
  const { constats, releve } = await verdict(id, [reponse], [tete]);
  const seated = releve.inscriptions.some(({ membreId, statut }) => membreId === tete && statut === 'inscrite');
  const promue = seated && reponse.issue.est === 'faite' && reponse.issue.promu === tete;
  const notices = releve.notifications.filter(({ membreId, gabarit }) => membreId === tete && gabarit === 'promotion').length;
  const own: Constat[] = [
    { quoi: 'promue', bon: promue, valeurs: { nom: nomDe(tete), partant: nomDe(partant) } },
    { quoi: 'avisee', bon: notices > 0, valeurs: { nom: nomDe(tete), n: notices } },
  ];
  return { constats: [...own, ...constats], seance: id };
}

export const ETAPES_DE_SEANCE: readonly Etape[] = [
  {
    nom: 'derniere',
    titre: VISITE.derniere_titre,
    quoi: VISITE.derniere_quoi,
    bouton: VISITE.derniere_bouton,
    jouer: derniereFois,
    curl: (origine, seance) => inscrireParCurl(origine, POLAR, seance),
  },
  {
    nom: 'ruee',
    titre: VISITE.ruee_titre,
    quoi: VISITE.ruee_quoi,
    bouton: VISITE.ruee_bouton,
    jouer: (dire, montrer) => ruee(dire, montrer, 0),
    curl: (origine) => planifierParCurl(origine),
  },
  {
    nom: 'plantage',
    titre: VISITE.plantage_titre,
    quoi: VISITE.plantage_quoi,
    bouton: VISITE.plantage_bouton,
    jouer: (dire, montrer) => ruee(dire, montrer, CRASHES),
    curl: (origine) => planifierParCurl(origine, cheminDe('$SEANCE')),
  },
  {
    nom: 'promotion',
    titre: VISITE.promotion_titre,
    quoi: VISITE.promotion_quoi,
    bouton: VISITE.promotion_bouton,
    jouer: promotion,
    curl: desisterParCurl,
  },
];
