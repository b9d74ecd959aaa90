import { words } from '../state/langue';

export const CONVERGENCE = words({
  chapeau: {
    fr: 'Chaque instance compte de son côté, même coupée des autres ; dès qu’elles se parlent, elles savent la même chose. Ici, de combien elles diffèrent.',
    en: 'Each instance counts on its own, even cut off from the others; as soon as they talk, they know the same. Here is by how much they differ.',
  },
  seul: {
    fr: 'Une seule instance compte : il n’y a rien à rejoindre.',
    en: 'A single instance counts: there is nothing to catch up with.',
  },
  arretees: {
    fr: 'Les autres instances sont arrêtées : celle-ci compte seule, elles sauront le reste à leur retour.',
    en: 'The other instances are stopped: this one counts alone, they will learn the rest when they are back.',
  },
  puis: {
    fr: 'Pour en voir trois, sur cette machine :',
    en: 'To see three, on this machine:',
  },
  accord: { fr: 'En accord depuis {duree}.', en: 'In agreement for {duree}.' },
  accord_vu: {
    fr: 'En accord, depuis {duree} au moins : depuis que cette vue regarde.',
    en: 'In agreement, for {duree} at least: since this view has been looking.',
  },
  ecart: {
    fr: { one: 'Écart de {n} mouvement, depuis {duree}.', other: 'Écart de {n} mouvements, depuis {duree}.' },
    en: { one: '{n} movement apart, for {duree}.', other: '{n} movements apart, for {duree}.' },
  },
  incertain: {
    fr: 'Celles qui répondent sont d’accord. De {noms}, on ne sait rien depuis {duree}.',
    en: 'Those that answer agree. Of {noms}, nothing is known for {duree}.',
  },
  dernier: {
    fr: {
      one: 'Le dernier écart, de {n} mouvement au plus, s’est comblé en {duree}.',
      other: 'Le dernier écart, de {n} mouvements au plus, s’est comblé en {duree}.',
    },
    en: {
      one: 'The last gap, of {n} movement at most, closed in {duree}.',
      other: 'The last gap, of {n} movements at most, closed in {duree}.',
    },
  },
  dernier_inconnu: { fr: 'La dernière coupure a duré {duree}.', en: 'The last cut lasted {duree}.' },
  instances: { fr: 'Les instances', en: 'The instances' },
  noeud: { fr: 'Instance', en: 'Instance' },
  etat: { fr: 'État', en: 'State' },
  ecart_titre: { fr: 'Écart', en: 'Gap' },
  fusion: { fr: 'Dernière fusion', en: 'Last merge' },
  empreinte: { fr: 'Empreinte', en: 'Fingerprint' },
  empreinte_dit: {
    fr: 'La même empreinte, c’est savoir la même chose : tous les compteurs, toutes les instances.',
    en: 'The same fingerprint means knowing the same: every counter, every instance.',
  },
  ici: { fr: 'vous êtes ici', en: 'you are here' },
  daccord: { fr: 'en accord', en: 'in agreement' },
  ecart_de: { fr: 'écart de {ecart}', en: '{ecart} apart' },
  injoignable: { fr: 'injoignable', en: 'out of reach' },
  partie: { fr: 'arrêtée', en: 'stopped' },
  mouvements: { fr: { one: '{n} mouvement', other: '{n} mouvements' }, en: { one: '{n} movement', other: '{n} movements' } },
  inconnu: { fr: 'inconnu', en: 'unknown' },
  jamais: { fr: 'jamais entendue', en: 'never heard' },
  elle_meme: { fr: 'elle-même', en: 'itself' },
  compteurs: { fr: 'Les compteurs', en: 'The counters' },
  compteurs_dit: {
    fr: 'Pour chaque instance : la valeur qu’elle voit, puis ce qu’elle a elle-même ajouté (P) et retiré (N). La valeur est la somme des P moins celle des N, sur toutes les instances.',
    en: 'For each instance: the value that it sees, then what it has itself added (P) and taken (N). The value is the sum of the P minus that of the N, over all instances.',
  },
  produit: { fr: 'Compteur', en: 'Counter' },
  ancienne: { fr: 'ne compte plus', en: 'counts no more' },
  pas_vue: { fr: 'pas su', en: 'not told' },
  ajoute: { fr: 'P {plus}', en: 'P {plus}' },
  retire: { fr: 'N {moins}', en: 'N {moins}' },
  rien: {
    fr: 'Le club ne compte encore aucun produit : ajoutez-en un au Comptoir.',
    en: 'The club counts no product yet: add one at the Counter.',
  },
});
