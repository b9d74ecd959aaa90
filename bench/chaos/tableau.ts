/** Une ligne du verdict : un chiffre par acte ; `bon` absent : un chiffre sans jugement. */
export interface Ligne {
  readonly quoi: string;
  readonly valeurs: readonly string[];
  readonly bon?: boolean;
}

/** Les codes de couleur du terminal ; vides quand ce n'en est pas un. */
interface Encre {
  readonly vert: string;
  readonly rouge: string;
  readonly gras: string;
  readonly pale: string;
  readonly fin: string;
}

const COULEURS: Encre = { vert: '\u001b[32m', rouge: '\u001b[31m', gras: '\u001b[1m', pale: '\u001b[2m', fin: '\u001b[0m' };
const SANS: Encre = { vert: '', rouge: '', gras: '', pale: '', fin: '' };

/** Le tableau, en une chaîne : ✓ ou ✗ devant ce qui est jugé. */
export function tableau(titre: string, actes: readonly string[], lignes: readonly Ligne[], couleur: boolean): string {
  const { vert, rouge, gras, pale, fin } = couleur ? COULEURS : SANS;
  const large = Math.max(...lignes.map(({ quoi }) => quoi.length)) + 2;
  const colonne = Math.max(...actes.map((acte) => acte.length), ...lignes.flatMap(({ valeurs }) => valeurs.map((v) => v.length))) + 2;
  const trait = `${pale}${'─'.repeat(4 + large + colonne * actes.length)}${fin}`;
  const entete = `${gras}${' '.repeat(4 + large)}${actes.map((acte) => acte.padStart(colonne)).join('')}${fin}`;
  const corps = lignes.map(({ quoi, valeurs, bon }) => {
    const signe = bon === undefined ? ' ' : bon ? `${vert}✓${fin}` : `${rouge}✗${fin}`;
    const chiffres = valeurs.map((valeur) => valeur.padStart(colonne)).join('');
    return `  ${signe} ${quoi.padEnd(large)}${bon === false ? rouge : ''}${chiffres}${fin}`;
  });
  const chiffres = corps.filter((_, i) => lignes[i]?.bon === undefined);
  const jugements = corps.filter((_, i) => lignes[i]?.bon !== undefined);
  return ['', `  ${gras}${titre}${fin}`, '', entete, trait, ...chiffres, trait, ...jugements, trait].join('\n');
}

export function conclusion(bon: boolean, couleur: boolean): string {
  const { vert, rouge, gras, fin } = couleur ? COULEURS : SANS;
  return bon
    ? `  ${vert}✓${fin} ${gras}Rien de perdu, rien en double, personne en trop.${fin}`
    : `  ${rouge}✗${fin} ${gras}Une promesse n’a pas tenu : voir les lignes ✗.${fin}`;
}
