import { words } from '../state/langue';

export const COURRIERS = words({
  titre: { fr: 'Courriers', en: 'Letters' },
  intro: {
    fr: 'Chaque avis du club à un membre, le plus récent d’abord, et ce qu’il est devenu.',
    en: 'Every notice of the club to a member, newest first, and what became of it.',
  },
  boite: {
    fr: 'Boîte de démonstration : les avis « montrés ici » ne sont partis nulle part, car il n’y avait pas de serveur de courrier. Cette page prouve qu’ils ont été écrits.',
    en: 'Demo mailbox: the notices “shown here” went nowhere, since there was no mail server. This page proves that they were written.',
  },
  filtres: { fr: 'Filtres', en: 'Filters' },
  etat: { fr: 'État', en: 'State' },
  membre: { fr: 'Membre', en: 'Member' },
  tous_etats: { fr: 'tous', en: 'all' },
  tous_membres: { fr: 'tous', en: 'all' },
  combien: { fr: { one: '{n} avis', other: '{n} avis' }, en: { one: '{n} notice', other: '{n} notices' } },
  derniers: { fr: 'Les {n} avis les plus récents', en: 'The {n} newest notices' },
  aucun: { fr: 'Aucun avis.', en: 'No notice.' },
  aucun_filtre: { fr: 'Aucun avis ne répond à ces filtres.', en: 'No notice matches these filters.' },
  suite: { fr: 'Voir la suite', en: 'Show more' },
  pour: { fr: 'À {nom}', en: 'To {nom}' },
  efface: { fr: 'un membre effacé', en: 'an erased member' },
  ecrit: { fr: 'écrit {quand}', en: 'written {quand}' },
  prochain: { fr: 'prochain essai {quand}', en: 'next try {quand}' },
  essais: { fr: { one: '{n} essai a échoué', other: '{n} essais ont échoué' }, en: { one: '{n} try failed', other: '{n} tries failed' } },
  seance: { fr: 'la séance', en: 'the session' },
  pret: { fr: 'le prêt', en: 'the loan' },
  recapitulatif: { fr: 'le récapitulatif qui le dit', en: 'the digest that says it' },
  sans_sujet: { fr: '(sans sujet)', en: '(no subject)' },
  retour: { fr: 'Tous les courriers', en: 'All letters' },
  texte: { fr: 'Le texte', en: 'The text' },
  sans_texte: {
    fr: 'Le membre s’est effacé : cet avis n’a plus de texte.',
    en: 'The member was erased: this notice has no text any more.',
  },
  contient: { fr: 'Ce que ce récapitulatif dit', en: 'What this digest says' },
  contient_rien: { fr: 'Ce récapitulatif ne dit plus aucun avis.', en: 'This digest says no notice any more.' },
  fiche: { fr: 'Ce que l’on en sait', en: 'What is known of it' },
  sorte: { fr: 'Sorte', en: 'Kind' },
  destinataire: { fr: 'À', en: 'To' },
  propos: { fr: 'À propos de', en: 'About' },
  ecrit_le: { fr: 'Écrit', en: 'Written' },
  parti_le: { fr: 'Parti', en: 'Left' },
  prochain_le: { fr: 'Prochain essai', en: 'Next try' },
  echecs: { fr: 'Essais qui ont échoué', en: 'Tries that failed' },
  erreur: { fr: 'Dernier échec', en: 'Last failure' },
  renvoyer: { fr: 'Renvoyer', en: 'Send again' },
  renvoyer_de: { fr: 'Renvoyer : {sujet}', en: 'Send again: {sujet}' },
  abandonner: { fr: 'Abandonner', en: 'Discard' },
  abandonner_de: { fr: 'Abandonner : {sujet}', en: 'Discard: {sujet}' },
  est_devenu: { fr: '{sujet} : {etat}.', en: '{sujet}: {etat}.' },
});

/** What a state is called, and what it means. */
export const STATUTS = {
  a_envoyer: words({
    nom: { fr: 'à envoyer', en: 'to be sent' },
    sens: { fr: 'Part dès que son tour vient.', en: 'Leaves when its turn comes.' },
  }),
  en_envoi: words({
    nom: { fr: 'en cours d’envoi', en: 'being sent' },
    sens: { fr: 'Le serveur de courrier le reçoit en ce moment.', en: 'The mail server is taking it just now.' },
  }),
  envoyee: words({ nom: { fr: 'envoyé', en: 'sent' }, sens: { fr: 'Le serveur de courrier l’a pris.', en: 'The mail server took it.' } }),
  affichee: words({
    nom: { fr: 'montré ici', en: 'shown here' },
    sens: { fr: 'Sans serveur de courrier, l’avis est seulement montré.', en: 'Without a mail server the notice is only shown.' },
  }),
  morte: words({
    nom: { fr: 'en échec', en: 'failed' },
    sens: { fr: 'Tous les essais ont échoué : à renvoyer, ou à abandonner.', en: 'Every try failed: send it again, or discard it.' },
  }),
  sans_adresse: words({
    nom: { fr: 'sans adresse', en: 'no address' },
    sens: { fr: 'Le membre n’a pas d’adresse de courriel.', en: 'The member has no e-mail address.' },
  }),
  abandonnee: words({
    nom: { fr: 'abandonné', en: 'discarded' },
    sens: { fr: 'Ne partira plus, sauf renvoi.', en: 'Leaves no more, unless it is sent again.' },
  }),
  a_grouper: words({
    nom: { fr: 'attend le récapitulatif', en: 'waits for the digest' },
    sens: {
      fr: 'Partira dans le prochain récapitulatif du membre : un par jour au plus.',
      en: 'Leaves in the member’s next digest: one a day at most.',
    },
  }),
  groupee: words({
    nom: { fr: 'dans un récapitulatif', en: 'in a digest' },
    sens: { fr: 'Un récapitulatif le dit, et il en partage le sort.', en: 'A digest says it, and it shares its fate.' },
  }),
  sans_objet: words({
    nom: { fr: 'sans objet', en: 'no longer true' },
    sens: { fr: 'N’était plus vrai au moment de partir.', en: 'Was no longer true when it was to leave.' },
  }),
};

/** What a notice tells. */
export const GABARITS = words({
  inscription: { fr: 'inscription', en: 'registration' },
  attente: { fr: 'mise en attente', en: 'waiting list' },
  promotion: { fr: 'promotion', en: 'promotion' },
  offre: { fr: 'place offerte', en: 'place offered' },
  offre_raccourcie: { fr: 'offre raccourcie', en: 'offer shortened' },
  offre_expiree: { fr: 'offre expirée', en: 'offer expired' },
  desistement: { fr: 'désistement', en: 'withdrawal' },
  annulation: { fr: 'annulation', en: 'cancellation' },
  report: { fr: 'report', en: 'postponement' },
  rappel: { fr: 'rappel d’échéance', en: 'due soon' },
  relance: { fr: 'relance', en: 'overdue reminder' },
  mise_de_cote: { fr: 'mise de côté', en: 'set aside' },
  retrait_expire: { fr: 'retrait expiré', en: 'pick-up expired' },
  attente_reprise: { fr: 'attente reprise', en: 'back in the queue' },
  recapitulatif: { fr: 'récapitulatif', en: 'digest' },
});
