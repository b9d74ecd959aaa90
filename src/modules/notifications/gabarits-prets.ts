// Les textes des prêts, en français et en anglais : aimables, et clairs sur ce qu'il y a à faire.
import { type AvisGroupe, type ContenuDePret, groupe, niveau, type PretSuivi } from './avis-prets.js';
import type { Langue, Message } from './langue.js';

export interface OuvrageNomme {
  readonly titre: string;
  readonly auteur: string | null;
}

/** Ce que l'on sait au moment d'écrire. */
export interface ContexteDePret {
  readonly nom: string;
  readonly langue: Langue;
  /** Les jours sont ceux du club. */
  readonly fuseau: string;
  readonly ouvrages: ReadonlyMap<string, OuvrageNomme>;
  readonly prets: ReadonlyMap<string, PretSuivi>;
}

type Avis = ContenuDePret & { readonly id: string; readonly stream: string };

/** Le texte d'un avis ; d'un rappel ou d'une relance, celui d'un récapitulatif qui ne dirait que lui. */
export function rendrePret(avis: Avis, contexte: ContexteDePret): Message {
  const { bonjour, signature } = MOTS[contexte.langue];
  const paragraphes = [bonjour(contexte.nom), ...corps(avis, contexte), signature];
  return { sujet: sujetDePret(avis, contexte), texte: `${paragraphes.join('\n\n')}\n` };
}

export function sujetDePret(avis: Avis, { langue, ouvrages }: Pick<ContexteDePret, 'langue' | 'ouvrages'>): string {
  const sujets = MOTS[langue].sujets;
  const titre = (id: string): string => ouvrages.get(id)?.titre ?? '…';
  const suite = langue === 'fr' ? ' :' : ':';
  if (avis.gabarit !== 'recapitulatif' && !groupe(avis.gabarit)) return `${sujets[avis.gabarit]}${suite} ${titre(avis.stream)}`;
  const dits = ditsPar(avis);
  const sorte = dits.some((un) => niveau(un) > 0) ? sujets.relance : sujets.rappel;
  const quoi = dits.length === 1 ? titre(dits[0]!.donnees.ouvrageId) : sujets.livres(dits.length);
  return `${sorte}${suite} ${quoi}`;
}

function ditsPar(avis: Avis): readonly AvisGroupe[] {
  if (avis.gabarit === 'recapitulatif') return avis.donnees.avis;
  return groupe(avis.gabarit) ? [avis as AvisGroupe] : [];
}

function corps(avis: Avis, contexte: ContexteDePret): string[] {
  const mots = MOTS[contexte.langue];
  switch (avis.gabarit) {
    case 'mise_de_cote':
      return mots.miseDeCote(nommer(avis.stream, contexte), jour(avis.donnees.retraitAvant, contexte));
    case 'retrait_expire':
      return mots.retraitExpire(nommer(avis.stream, contexte));
    case 'attente_reprise':
      return mots.attenteReprise(nommer(avis.stream, contexte));
    case 'rappel':
    case 'relance':
    case 'recapitulatif':
      return recapituler(ditsPar(avis), contexte);
  }
}

/** Les plus en retard d'abord. */
function recapituler(dits: readonly AvisGroupe[], contexte: ContexteDePret): string[] {
  const mots = MOTS[contexte.langue];
  const echeance = ({ stream }: AvisGroupe): string => contexte.prets.get(stream)?.echeance ?? '';
  const ordre = dits.toSorted((un, autre) => niveau(autre) - niveau(un) || echeance(un).localeCompare(echeance(autre)));
  const ligne = (un: AvisGroupe): string => {
    const livre = nommer(un.donnees.ouvrageId, contexte);
    return un.gabarit === 'rappel'
      ? `- ${mots.aRendre(livre, jour(un.donnees.echeance, contexte))}`
      : `- ${mots.enRetard(livre, jour(echeance(un), contexte), un.donnees.niveau)}`;
  };
  const [retards, bientot] = [ordre.filter((un) => niveau(un) > 0), ordre.filter((un) => niveau(un) === 0)];
  const derniers = retards.filter((un) => niveau(un) === 3).map((un) => nommer(un.donnees.ouvrageId, contexte));
  return [
    ...(retards.length === 0 ? [] : [`${mots.retards(retards.length)}\n${retards.map(ligne).join('\n')}`]),
    ...(derniers.length === 0 ? [] : [mots.suspendu(derniers.join(', '))]),
    ...(bientot.length === 0 ? [] : [`${mots.bientot(bientot.length)}\n${bientot.map(ligne).join('\n')}`]),
    retards.length === 0 ? mots.prolonger : mots.prevenir,
  ];
}

function nommer(ouvrageId: string, { ouvrages, langue }: ContexteDePret): string {
  const ouvrage = ouvrages.get(ouvrageId);
  const titre = ouvrage?.titre ?? '…';
  const entre = langue === 'fr' ? `« ${titre} »` : `“${titre}”`;
  return ouvrage?.auteur ? `${entre} (${ouvrage.auteur})` : entre;
}

/** « mardi 10 mars 2026 » : une échéance est à la fin de ce jour-là. */
function jour(instant: string, { langue, fuseau }: ContexteDePret): string {
  const quand = Date.parse(instant);
  if (Number.isNaN(quand)) return '…';
  return new Intl.DateTimeFormat(langue === 'fr' ? 'fr-FR' : 'en-GB', { dateStyle: 'full', timeZone: fuseau }).format(quand);
}

const FR = {
  bonjour: (nom: string) => `Bonjour ${nom},`,
  signature: 'Le club de lecture',
  sujets: {
    rappel: 'À rendre bientôt',
    relance: 'À rapporter',
    livres: (combien: number) => `${combien} livres`,
    mise_de_cote: 'Votre réservation vous attend',
    retrait_expire: 'Réservation expirée',
    attente_reprise: 'Réservation de nouveau en attente',
  },
  aRendre: (livre: string, date: string) => `${livre}, à rendre le ${date} au plus tard`,
  enRetard: (livre: string, date: string, rang: number) => `${livre}, attendu le ${date} (${rang === 1 ? '1re' : `${rang}e`} relance)`,
  bientot: (n: number): string =>
    n === 1 ? 'Un petit rappel : ce livre est à rendre bientôt.' : 'Un petit rappel : ces livres sont à rendre bientôt.',
  retards: (n: number): string =>
    n === 1
      ? 'Ce livre aurait dû revenir, et d’autres lecteurs l’espèrent peut-être.'
      : 'Ces livres auraient dû revenir, et d’autres lecteurs les espèrent peut-être.',
  suspendu: (livres: string) =>
    `C’est la dernière relance pour ${livres}. Vos emprunts sont suspendus jusqu’à son retour : dès qu’il est rendu, tout redevient possible, et il n’y a rien à payer.`,
  prolonger: 'Il vous faut plus de temps ? Demandez une prolongation avant cette date : elle est accordée si personne n’attend le livre.',
  prevenir: 'Rapportez-le dès que possible. S’il est égaré ou abîmé, dites-le simplement au club : nous trouverons une solution.',
  miseDeCote: (livre: string, date: string) => [
    `Bonne nouvelle : ${livre} est revenu, et mis de côté pour vous.`,
    `Vous pouvez l’emprunter jusqu’au ${date} inclus. Ensuite il ira à la personne suivante.`,
  ],
  retraitExpire: (livre: string) => [
    `${livre} était mis de côté pour vous, et le délai pour le retirer est passé.`,
    'S’il vous intéresse encore, réservez-le de nouveau : vous serez en fin de file.',
  ],
  attenteReprise: (livre: string) => [
    `L’exemplaire de ${livre} mis de côté pour vous ne peut plus être prêté. Nous en sommes désolés.`,
    'Vous gardez votre rang : vous serez prévenu(e) dès qu’un autre exemplaire revient pour vous.',
  ],
};

const EN: typeof FR = {
  bonjour: (nom) => `Hello ${nom},`,
  signature: 'The reading club',
  sujets: {
    rappel: 'Due back soon',
    relance: 'Please bring back',
    livres: (combien) => `${combien} books`,
    mise_de_cote: 'Your hold is ready',
    retrait_expire: 'Hold expired',
    attente_reprise: 'Hold waiting again',
  },
  aRendre: (livre, date) => `${livre}, due by ${date}`,
  enRetard: (livre, date, rang) => `${livre}, expected on ${date} (reminder ${rang} of 3)`,
  bientot: (n) => (n === 1 ? 'A little reminder: this book is due back soon.' : 'A little reminder: these books are due back soon.'),
  retards: (n) =>
    n === 1
      ? 'This book should be back by now, and other readers may be hoping for it.'
      : 'These books should be back by now, and other readers may be hoping for them.',
  suspendu: (livres) =>
    `This is the last reminder for ${livres}. Your borrowing is suspended until it is back: once returned, all is open to you again, and there is nothing to pay.`,
  prolonger: 'Need more time? Ask for a renewal before that date: it is granted if nobody is waiting for the book.',
  prevenir: 'Please bring it back as soon as you can. If it is lost or damaged, just tell the club: we will find a way.',
  miseDeCote: (livre, date) => [
    `Good news: ${livre} is back, and set aside for you.`,
    `You can borrow it until ${date} included. After that it goes to the next person.`,
  ],
  retraitExpire: (livre) => [
    `${livre} was set aside for you, and the time to pick it up has passed.`,
    'If you would still like it, place a new hold: you will be at the end of the queue.',
  ],
  attenteReprise: (livre) => [
    `The copy of ${livre} set aside for you can no longer be lent. We are sorry about that.`,
    'You keep your rank: you will be told as soon as another copy comes back for you.',
  ],
};

const MOTS = { fr: FR, en: EN };
