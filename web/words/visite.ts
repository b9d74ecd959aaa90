import { words } from '../state/langue';

export const VISITE = words({
  titre: { fr: 'Visite guidée', en: 'Guided tour' },
  intro: {
    fr: 'Six gestes pour voir ce que le club promet, et un juge à part qui le vérifie : il ne lit que l’histoire, les listes, les paiements et les avis, et leur confronte les réponses reçues.',
    en: 'Six things to do to see what the club promises, and a judge of its own that checks it: it reads the history, the lists, the payments and the notices only, and holds the answers against them.',
  },
  garde: {
    fr: 'La visite agit pour de bon sur ce club : elle crée ses lecteurs « Lecteur 1 … 50 (visite) », ses séances « … (visite) », inscrit des membres de la démonstration, et fait planter des processus. Elle n’efface rien ; npm run demo:raz remet tout à neuf.',
    en: 'The tour really acts on this club: it makes its readers “Lecteur 1 … 50 (visite)”, its séances “… (visite)”, registers members of the demo club, and crashes processes. It erases nothing; npm run demo:raz resets everything.',
  },
  pas_la_demo: {
    fr: 'Ce club n’est pas le club de démonstration : la visite ne s’y joue pas. Lancez MonClub dans un dossier neuf (npm start) pour la suivre.',
    en: 'This club is not the demo club: the tour is not played here. Start MonClub in a new folder (npm start) to take it.',
  },
  pas_de_plantages: {
    fr: 'Cette instance n’accepte pas les plantages (DEMO=false) : la visite ne s’y joue pas.',
    en: 'This instance allows no crashes (DEMO=false): the tour is not played here.',
  },
  quoi: { fr: 'Ce qui va se passer', en: 'What will happen' },
  terminal: { fr: 'La même chose dans un terminal', en: 'The same in a terminal' },
  lignes_de: { fr: 'Lignes à copier : {titre}', en: 'Lines to copy: {titre}' },
  copier: { fr: 'Copier', en: 'Copy' },
  copie: { fr: 'Copié.', en: 'Copied.' },
  copie_impossible: {
    fr: 'Le navigateur ne permet pas de copier : sélectionnez le texte.',
    en: 'The browser does not let this be copied: select the text.',
  },
  voir_seance: { fr: 'Voir cette séance', en: 'See this séance' },
  verdict: { fr: 'Verdict : {titre}', en: 'Verdict: {titre}' },
  verification: { fr: 'Vérification', en: 'Check' },
  constate: { fr: 'Constaté', en: 'Found' },
  tenu: { fr: 'Tenu', en: 'Kept' },
  oui: { fr: 'oui', en: 'yes' },
  non: { fr: 'non', en: 'no' },
  tout_tenu: {
    fr: { one: 'Tenu : {n} vérification.', other: 'Tout est tenu : {n} vérifications sur {n}.' },
    en: { one: 'Kept: {n} check.', other: 'All kept: {n} checks out of {n}.' },
  },
  pas_tenu: {
    fr: 'Pas tenu : {n} sur {total} ne vont pas. Voir le tableau.',
    en: 'Not kept: {n} out of {total} are wrong. See the table.',
  },
  resume_ruee: {
    fr: '{places} inscrits, {attente} en attente, 0 place en trop, 0 doublon, ordre respecté, {total} réponses sur {total}.',
    en: '{places} registered, {attente} waiting, 0 places too many, 0 duplicates, order respected, {total} answers out of {total}.',
  },
  resume_plantage: {
    fr: {
      one: '{places} inscrits, {attente} en attente, 0 place en trop, 0 doublon, ordre respecté, {n} redémarrage en {ms} ms au plus, {total} réponses sur {total}.',
      other:
        '{places} inscrits, {attente} en attente, 0 place en trop, 0 doublon, ordre respecté, {n} redémarrages en {ms} ms au plus, {total} réponses sur {total}.',
    },
    en: {
      one: '{places} registered, {attente} waiting, 0 places too many, 0 duplicates, order respected, {n} restart in {ms} ms at most, {total} answers out of {total}.',
      other:
        '{places} registered, {attente} waiting, 0 places too many, 0 duplicates, order respected, {n} restarts in {ms} ms at most, {total} answers out of {total}.',
    },
  },

  derniere_titre: { fr: 'La dernière place', en: 'The last place' },
  derniere_quoi: {
    fr: 'Vous (ou un membre de la démonstration) prenez la dernière place de la Soirée Polar. Un paiement et un avis en naissent d’eux-mêmes. Le lecteur suivant rejoint la file.',
    en: 'You (or a member of the demo club) take the last place of Soirée Polar. A payment and a notice follow by themselves. The next reader joins the queue.',
  },
  derniere_bouton: { fr: 'Prendre la dernière place', en: 'Take the last place' },
  ruee_titre: { fr: 'La ruée', en: 'The rush' },
  ruee_quoi: {
    fr: 'Une séance neuve de 12 places, et 50 lecteurs au même instant (le navigateur en laisse partir quelques-uns à la fois). Douze auront une place, les autres un rang.',
    en: 'A fresh séance of 12 places, and 50 readers at the same instant (the browser lets a few leave at a time). Twelve get a place, the others a rank.',
  },
  ruee_bouton: { fr: 'Lancer la ruée', en: 'Start the rush' },
  plantage_titre: { fr: 'La ruée, et on la fait planter au milieu', en: 'The rush, crashed in the middle' },
  plantage_quoi: {
    fr: 'La même ruée, mais le processus de la séance plante deux fois pendant qu’elle dure. Il revient de la base, et ce qui attendait dans sa boîte est décidé ensuite : rien ne se perd, rien ne se fait deux fois.',
    en: 'The same rush, but the process of the séance crashes twice while it lasts. It comes back from the database, and what waited in its mailbox is decided then: nothing is lost, nothing is done twice.',
  },
  plantage_bouton: { fr: 'Lancer la ruée et la faire planter', en: 'Start the rush and crash it' },
  promotion_titre: { fr: 'Une place se libère', en: 'A place frees' },
  promotion_quoi: {
    fr: 'Un inscrit d’une séance complète se désiste. Le premier de la file monte dans la même écriture, et reçoit un avis.',
    en: 'Someone registered for a full séance withdraws. The first of the queue rises in the same write, and gets a notice.',
  },
  promotion_bouton: { fr: 'Désister un inscrit', en: 'Withdraw someone' },
  leader_titre: { fr: 'On arrête le leader', en: 'The leader is stopped' },
  leader_quoi: {
    fr: 'L’instance qui mène la grappe est arrêtée net, comme par kill -9. Les autres élisent un nouveau leader, sous un terme plus grand ; pendant ce temps, les inscriptions continuent. L’instance arrêtée ne revient que si vous la relancez.',
    en: 'The instance that leads the cluster is ended at once, as by kill -9. The others elect another leader, under a greater term; registrations go on meanwhile. The ended instance only comes back when you start it again.',
  },
  leader_bouton: { fr: 'Arrêter le leader', en: 'Stop the leader' },
  coupure_titre: { fr: 'On coupe cette instance des autres', en: 'This instance is cut off' },
  coupure_quoi: {
    fr: 'Pendant huit secondes, cette instance n’entend plus les autres et ne leur parle plus (la base reste jointe). On compte des jetons des deux côtés, et les séances, gardées par la base, continuent. Puis les deux côtés se retrouvent : rien de perdu, rien compté deux fois.',
    en: 'For eight seconds this instance neither hears the others nor speaks to them (the database stays within reach). Tokens are counted on both sides, and séances, guarded by the database, go on. Then both sides meet: nothing lost, nothing counted twice.',
  },
  coupure_bouton: { fr: 'Couper, puis rétablir', en: 'Cut off, then heal' },

  prepare: { fr: 'Préparation…', en: 'Preparing…' },
  juge: { fr: 'Le juge relit tout…', en: 'The judge reads everything…' },
  inscrit: { fr: '{nom} s’inscrit…', en: '{nom} registers…' },
  desiste: { fr: '{nom} se désiste…', en: '{nom} withdraws…' },
  reponses_recues: { fr: '{n} réponses sur {total}', en: '{n} answers out of {total}' },
  sans_leader: { fr: '{noeud} est arrêtée ; {n} inscriptions depuis.', en: '{noeud} is stopped; {n} registrations since.' },
  coupee: { fr: '{noeud} est coupée des autres…', en: '{noeud} is cut off…' },
  se_retrouvent: { fr: 'Les deux côtés se retrouvent…', en: 'Both sides meet…' },
  seule: {
    fr: 'Cette étape demande au moins deux instances vivantes, et celle-ci est seule. Arrêtez-la, puis lancez npm run grappe : trois instances, sur les ports 3000 à 3002.',
    en: 'This step needs at least two living instances, and this one is alone. Stop it, then run npm run grappe: three instances, on ports 3000 to 3002.',
  },
  ici_leader: {
    fr: 'Le leader est {noeud}, l’instance même à qui cette page parle : arrêtée, elle ne pourrait plus rien montrer. Ouvrez cette page sur une autre instance (un autre port).',
    en: 'The leader is {noeud}, the very instance this page speaks to: once stopped it could show nothing. Open this page on another instance (another port).',
  },
  election_en_cours: {
    fr: 'Une élection est en cours : attendez qu’un leader soit connu.',
    en: 'An election is going on: wait until a leader is known.',
  },
  personne_de_libre: {
    fr: 'Personne n’est libre pour cette étape : npm run demo:raz remet la démonstration à neuf.',
    en: 'Nobody is free for this step: npm run demo:raz resets the demo club.',
  },
  pas_ici: {
    fr: 'Aucune séance n’est venue vivre sur cette instance : essayez encore.',
    en: 'No séance came to live on this instance: try again.',
  },
  pas_reunis: {
    fr: 'Les instances ne comptent pas encore la même chose : attendez un instant, puis essayez encore.',
    en: 'The instances do not count the same yet: wait a moment, then try again.',
  },
});
