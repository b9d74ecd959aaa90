/** Une personne du club de démonstration. Les adresses sont sur example.org : aucun courrier n'atteint jamais quelqu'un. */
export interface MembreDeDemo {
  readonly nom: string;
  readonly courriel: string | null;
}

const membre = (nom: string, adresse: string | null): MembreDeDemo => ({
  nom,
  courriel: adresse === null ? null : `${adresse}@example.org`,
});

/** Des noms comme les gens en portent : accents, apostrophes, homonymes, autres écritures, un très long, et parfois pas d'adresse. */
export const MEMBRES: readonly MembreDeDemo[] = [
  membre('Zoë Le Goff', 'zoe.legoff'),
  membre("Maël D'Almeida", 'mael.dalmeida'),
  membre('Nguyễn Thị Lan', 'lan.nguyen'),
  membre('Loïc Cœurderoy', null),
  membre('Marie Martin', 'marie.martin'),
  membre('Marie Martin', 'm.martin.1987'),
  membre("Siobhán O'Connor", 'siobhan'),
  membre('ليلى بن يوسف', 'leila.benyoussef'),
  membre('李小龍', 'li.xiaolong'),
  membre('María de los Ángeles Fernández-Villaverde y Martínez de Irujo, née de La Rochefoucauld-Liancourt', 'maria.angeles'),
  membre('Ægir Þórsson', 'aegir'),
  membre('Jean-Noël Étienne-Lefèvre', null),
  membre('Łucja Wiśniewska', 'lucja'),
  membre('Søren Ødegård', 'soren+lecture'),
  membre('Anaïs N’Diaye', 'anais.ndiaye'),
  membre('Ōe Kenzaburō', 'oe'),
  membre('Çelik Güneş', 'gunes.celik'),
  membre('Gwenaëlle du Plessis-Bellière', 'gwen'),
  membre('Иван Тургенев', null),
  membre('Ève Œuvrard', 'eve'),
  membre('Bo Li', 'bo'),
  membre('François-Xavier de la Tour', 'fx'),
  membre('Aïssatou Bâ', 'aissatou'),
  membre('X Æ', null),
];
