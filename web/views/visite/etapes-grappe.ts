/** The last two steps: what several instances promise. This page speaks to one of them only. */
import { lire, nouvelleCle, poster, type Read, toutLire } from '../../state/api';
import { VISITE } from '../../words/visite';
import { attendre, demander, dormir, insister, lecteurs, planifier } from './club';
import { JSON_HEADER, posterParCurl } from './curl';
import { type Dire, type Etape, Impossible, type Montrer, type Resultat } from './etape';
import type { Constat, Reponse } from './juge';
import { verdict } from './releve';

type Grappe = Read<'/api/v1/grappe'>;
type Compteur = Read<'/api/v1/compteurs/{produit}'>;
type Convergence = Read<'/api/v1/convergence'>;

const LEADER_MS = 20_000;
const CUT_MS = 8_000;
const MEET_MS = 20_000;
const PRODUIT = 'jetons-de-la-visite';
const HERE = 3;
const THERE = 5;

const vivants = ({ noeuds }: Grappe): string[] => noeuds.filter(({ etat }) => etat === 'vivant').map(({ id }) => id);

async function plusieurs(): Promise<Grappe> {
  const grappe = await insister(() => lire('/api/v1/grappe'));
  if (vivants(grappe).length < 2) throw new Impossible(VISITE.seule);
  return grappe;
}

async function sansLeader(dire: Dire, montrer: Montrer): Promise<Resultat> {
  const avant = await plusieurs();
  const { leader, moi } = avant;
  if (leader === null) throw new Impossible(VISITE.election_en_cours);
  if (leader === moi) throw new Impossible(VISITE.ici_leader, { noeud: moi });
  dire(VISITE.prepare);
  const ids = await lecteurs();
  const { id } = await planifier('Sans leader (visite)');
  montrer(id);
  const cle = nouvelleCle();
  await insister(() => poster('/api/v1/epreuves/arret', {}, { noeud: leader }, cle));
  const since = performance.now();
  const other = async (): Promise<readonly [Grappe, number] | undefined> => {
    const now = await lire('/api/v1/grappe').catch(() => undefined);
    return now === undefined || now.leader === null || now.leader === leader ? undefined : [now, performance.now() - since];
  };
  const reponses: Reponse[] = [];
  let found: readonly [Grappe, number] | undefined;
  for (const membreId of ids) {
    reponses.push(await demander('inscrire', id, membreId));
    dire(VISITE.sans_leader, { n: reponses.length, noeud: leader });
    found = await other();
    if (found !== undefined) break;
    await dormir(100);
  }
  found ??= await attendre(other, LEADER_MS);
  const { constats } = await verdict(id, reponses);
  return { constats: [...succession(avant, found), ...constats], seance: id };
}

function succession(avant: Grappe, found: readonly [Grappe, number] | undefined): Constat[] {
  const [apres, ms] = found ?? [undefined, 0];
  const terms = { avant: avant.terme, apres: apres?.terme ?? avant.terme };
  return [
    { quoi: 'leader', bon: apres !== undefined, valeurs: { avant: avant.leader ?? '–', apres: apres?.leader ?? '–', ms: Math.ceil(ms) } },
    { quoi: 'terme', bon: terms.apres > terms.avant, valeurs: terms },
  ];
}

async function compter(): Promise<void> {
  const cle = nouvelleCle();
  await insister(() => poster('/api/v1/compteurs/{produit}/increments', { produit: PRODUIT }, { quantite: 1 }, cle));
}

/** The tour's own product, known to everybody with the same count. */
async function jetons(): Promise<Compteur> {
  const known = await insister(() => toutLire('/api/v1/compteurs'));
  const cle = nouvelleCle();
  const fiche = { produit: PRODUIT, nom: 'Jetons de la visite', unite: 'jeton', seuil: null, borne: false };
  if (!known.some(({ produit }) => produit === PRODUIT)) await insister(() => poster('/api/v1/compteurs', {}, fiche, cle));
  await compter();
  if ((await attendre(reunis, MEET_MS)) === undefined) throw new Impossible(VISITE.pas_reunis);
  return lu();
}

const lu = (): Promise<Compteur> => insister(() => lire('/api/v1/compteurs/{produit}', { produit: PRODUIT }));

/** Everybody who lives knows the same. */
async function reunis(): Promise<Convergence | undefined> {
  const [seen, grappe] = await Promise.all([insister(() => lire('/api/v1/convergence')), insister(() => lire('/api/v1/grappe'))]);
  const ids = vivants(grappe);
  const ones = seen.noeuds.filter(({ id }) => ids.includes(id));
  const same = new Set(ones.map(({ empreinte }) => empreinte)).size === 1;
  return ids.length > 1 && ones.length === ids.length && same && ones.every(({ joignable, empreinte }) => joignable && empreinte !== null)
    ? seen
    : undefined;
}

async function coupure(dire: Dire, montrer: Montrer): Promise<Resultat> {
  const autres = vivants(await plusieurs());
  dire(VISITE.prepare);
  const [ids, { id }, avant] = [await lecteurs(), await planifier('Pendant la coupure (visite)'), await jetons()];
  montrer(id);
  const cle = nouvelleCle();
  const enFace = { produit: PRODUIT, quantite: THERE };
  const cut = await insister(() => poster('/api/v1/epreuves/isolement', {}, { dureeMs: CUT_MS, enFace }, cle));
  const since = performance.now();
  dire(VISITE.coupee, { noeud: cut.noeud });
  const reponses: Reponse[] = [];
  for (let n = 0; n < HERE; n++) {
    await dormir(500);
    await compter();
    reponses.push(await demander('inscrire', id, ids[n]!));
  }
  // After the other side has counted, before both meet again.
  await dormir(Math.max(0, CUT_MS * 0.8 - (performance.now() - since)));
  const [pendant, seen] = await Promise.all([lu(), insister(() => lire('/api/v1/convergence'))]);
  const inTime = performance.now() - since < CUT_MS;
  await dormir(Math.max(0, CUT_MS - (performance.now() - since)));
  dire(VISITE.se_retrouvent);
  const met = await attendre(reunis, MEET_MS);
  const ms = Math.ceil(performance.now() - since - CUT_MS);
  const { constats } = await verdict(id, reponses);
  const away = seen.noeuds.filter((one) => one.id !== seen.moi && autres.includes(one.id) && !one.joignable).length;
  const own: Constat[] = [{ quoi: 'coupee', bon: inTime && away === autres.length - 1, valeurs: { n: away, total: autres.length - 1 } }];
  return {
    constats: [...own, ...comptes(avant, pendant, await lu(), cut), { quoi: 'meme', bon: met !== undefined, valeurs: { ms } }, ...constats],
    seance: id,
  };
}

/** What one instance has counted, as this one knows it. */
const part = ({ parReplique }: Compteur, id: string | null): number =>
  parReplique.filter(({ replique }) => replique === id).reduce((sum, { plus, moins }) => sum + Number(plus) - Number(moins), 0);

function comptes(
  avant: Compteur,
  pendant: Compteur,
  apres: Compteur,
  cut: { readonly noeud: string; readonly enFace: string | null },
): Constat[] {
  const start = Number(avant.valeur);
  const there = part(apres, cut.enFace) - part(avant, cut.enFace);
  return [
    {
      quoi: 'ici',
      bon: Number(pendant.valeur) === start + HERE,
      valeurs: { noeud: cut.noeud, avant: start, valeur: Number(pendant.valeur) },
    },
    { quoi: 'en_face', bon: there === THERE, valeurs: { noeud: cut.enFace ?? '–', n: there, attendus: THERE } },
    {
      quoi: 'somme',
      bon: Number(apres.valeur) === start + HERE + THERE,
      valeurs: { valeur: Number(apres.valeur), avant: start, ici: HERE, la: THERE },
    },
  ];
}

export const ETAPES_DE_GRAPPE: readonly Etape[] = [
  {
    nom: 'leader',
    titre: VISITE.leader_titre,
    quoi: VISITE.leader_quoi,
    bouton: VISITE.leader_bouton,
    grappe: true,
    jouer: sansLeader,
    curl: (origine) =>
      [
        `LEADER=$(curl -s ${origine}/api/v1/grappe | grep -o '"leader":"[^"]*"' | cut -d'"' -f4)`,
        `curl -X POST ${origine}/api/v1/epreuves/arret ${JSON_HEADER} -d "{\\"noeud\\":\\"$LEADER\\"}"`,
        `curl -s ${origine}/api/v1/grappe`,
      ].join('\n'),
  },
  {
    nom: 'coupure',
    titre: VISITE.coupure_titre,
    quoi: VISITE.coupure_quoi,
    bouton: VISITE.coupure_bouton,
    grappe: true,
    jouer: coupure,
    curl: (origine) =>
      [
        posterParCurl(`${origine}/api/v1/epreuves/isolement`, { dureeMs: CUT_MS, enFace: { produit: 'cafe', quantite: THERE } }),
        posterParCurl(`${origine}/api/v1/compteurs/cafe/increments`, { quantite: HERE }),
        `curl -s ${origine}/api/v1/convergence`,
      ].join('\n'),
  },
];
