import { words } from '../state/langue';

export const FLUX = words({
  chapeau: {
    fr: 'Chaque fait du club, une phrase par fait, au moment où il est publié. Choisissez-en un pour remonter à la demande et voir ce qu’elle a entraîné.',
    en: 'Each fact of the club, one sentence per fact, as it is published. Choose one to go back to its request and see what came of it.',
  },
  barre: { fr: 'Choisir les faits', en: 'Choose the facts' },
  genre: { fr: 'Genre', en: 'Kind' },
  tous: { fr: 'tous', en: 'all' },
  texte: { fr: 'Texte, type ou identifiant', en: 'Text, type or id' },
  pause: { fr: 'Mettre en pause', en: 'Pause' },
  reprendre: { fr: 'Reprendre', en: 'Resume' },
  direct: { fr: 'en direct', en: 'live' },
  en_pause: { fr: 'en pause', en: 'paused' },
  tenu: { fr: 'immobile pendant que vous lisez', en: 'held still while you read' },
  nouveaux: {
    fr: { one: '{n} nouveau fait', other: '{n} nouveaux faits' },
    en: { one: '{n} new fact', other: '{n} new facts' },
  },
  liste: { fr: 'Les 200 derniers faits, le plus récent d’abord', en: 'The last 200 facts, newest first' },
  touches: {
    fr: 'Flèches pour aller d’un fait à l’autre, Entrée pour le suivre.',
    en: 'Arrows to go from fact to fact, Enter to follow one.',
  },
  rien: {
    fr: 'Rien ne s’est encore passé dans ce club : inscrivez quelqu’un à une séance, et sa phrase paraît ici.',
    en: 'Nothing has happened in this club yet: register someone for a séance, and its sentence appears here.',
  },
  aucun: { fr: 'Aucun des derniers faits ne correspond à ce choix.', en: 'None of the last facts matches this choice.' },
  montrer_tout: { fr: 'Tout montrer', en: 'Show all' },
  suite_de: { fr: 'De la demande au courrier', en: 'From the request to the mail' },
  sans_suite: {
    fr: 'L’histoire de ce fait ne se lit pas ici : son genre n’en a pas, ou elle est trop longue.',
    en: 'The history of this fact cannot be read here: its kind has none, or it is too long.',
  },
  demande: { fr: 'Demande', en: 'Request' },
  par_machine: {
    fr: 'De la machine elle-même, à {heure} : un réveil, ou une suite.',
    en: 'By the machine itself, at {heure}: a timer, or a consequence.',
  },
  par_quelqu_un: { fr: 'Par l’interface, à {heure}.', en: 'Through the API, at {heure}.' },
  reponse: { fr: 'Ce qui fut répondu', en: 'What was answered' },
  sans_reponse: {
    fr: 'À {heure}. Sa réponse n’est pas gardée : la demande est ancienne, ou vient du club d’exemple.',
    en: 'At {heure}. Its answer is not kept: the request is old, or comes from the demo club.',
  },
  faits: { fr: 'Faits', en: 'Facts' },
  celui_ci: { fr: 'celui-ci', en: 'this one' },
  version: { fr: 'fait n° {version}', en: 'fact no. {version}' },
  paiement: { fr: 'Paiement', en: 'Payment' },
  sans_paiement: { fr: 'Aucun : rien n’est dû, ni rendu, pour ces faits.', en: 'None: nothing is due or given back for these facts.' },
  paie: { fr: '{nom} : {prix}, {statut}', en: '{nom}: {prix}, {statut}' },
  courrier: { fr: 'Courrier', en: 'Mail' },
  sans_courrier: { fr: 'Aucun avis : ces faits n’apprennent rien à personne.', en: 'No notice: these facts tell nobody anything new.' },
  avis: { fr: 'à {nom} : {statut}', en: 'to {nom}: {statut}' },
  retenu: {
    fr: 'L’écouteur {ecouteur} n’a pas encore pris ces faits : {erreur}',
    en: 'The listener {ecouteur} has not taken these facts yet: {erreur}',
  },
  voir_boite: { fr: 'Voir la boîte d’envoi', en: 'See the outbox' },
  autres: {
    fr: { one: 'Et {n} autre membre, dont rien n’est lu ici.', other: 'Et {n} autres membres, dont rien n’est lu ici.' },
    en: { one: 'And {n} more member, not read here.', other: 'And {n} more members, not read here.' },
  },
});

export const PAIEMENTS = words({
  du: { fr: 'dû', en: 'due' },
  encaisse: { fr: 'encaissé', en: 'cashed' },
  annule: { fr: 'annulé', en: 'cancelled' },
  a_rembourser: { fr: 'à rembourser', en: 'to refund' },
  rembourse: { fr: 'remboursé', en: 'refunded' },
  conserve: { fr: 'conservé', en: 'kept' },
});

export const AVIS = words({
  a_envoyer: { fr: 'à envoyer', en: 'to be sent' },
  en_envoi: { fr: 'en cours d’envoi', en: 'being sent' },
  envoyee: { fr: 'envoyé', en: 'sent' },
  affichee: { fr: 'montré dans Courriers', en: 'shown under Letters' },
  morte: { fr: 'mort, tous les essais ont échoué', en: 'dead, every try failed' },
  sans_adresse: { fr: 'sans adresse', en: 'without an address' },
  abandonnee: { fr: 'abandonné', en: 'discarded' },
  a_grouper: { fr: 'attend le récapitulatif', en: 'waits for the digest' },
  groupee: { fr: 'dit par le récapitulatif', en: 'told by the digest' },
  sans_objet: { fr: 'sans objet', en: 'no longer true' },
});
