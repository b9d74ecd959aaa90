// Le numéro d'un livre : dix ou treize chiffres dont le dernier contrôle les autres ; on n'en garde que la forme à treize.

/** Les treize chiffres, ou null si ce n'est pas un ISBN. */
export function lireIsbn(texte: string): string | null {
  const signes = texte.replaceAll(/[\s\p{Pd}]/gu, '').toUpperCase();
  if (/^\d{9}[\dX]$/.test(signes)) return controle10(signes) ? completer(`978${signes.slice(0, 9)}`) : null;
  return /^97[89]\d{10}$/.test(signes) && completer(signes.slice(0, 12)) === signes ? signes : null;
}

function controle10(signes: string): boolean {
  const somme = Array.from(signes).reduce((total, signe, i) => total + (10 - i) * (signe === 'X' ? 10 : Number(signe)), 0);
  return somme % 11 === 0;
}

function completer(douze: string): string {
  const somme = Array.from(douze).reduce((total, chiffre, i) => total + (i % 2 === 0 ? 1 : 3) * Number(chiffre), 0);
  return `${douze}${(10 - (somme % 10)) % 10}`;
}
