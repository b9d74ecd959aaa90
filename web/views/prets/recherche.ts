/** Finding a title or a member by what somebody types or scans. */
import type { Exemplaire, Ouvrage } from '../../state/prets';

/** Without accents, ligatures and case: « Cœur » is found by « coeur ». */
export const simple = (text: string): string =>
  text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replaceAll('œ', 'oe').replaceAll('æ', 'ae').replaceAll('’', "'").trim();

const prepared = new WeakMap<Ouvrage, string>();

function textOf(ouvrage: Ouvrage): string {
  let text = prepared.get(ouvrage);
  if (text === undefined) prepared.set(ouvrage, (text = simple(`${ouvrage.titre} ${ouvrage.auteur ?? ''} ${ouvrage.isbn ?? ''}`)));
  return text;
}

/** Ten digits name the same book as the thirteen that hold nine of them. */
function hasIsbn({ isbn }: Ouvrage, digits: string): boolean {
  if (isbn === null || !/^\d{4,13}x?$/.test(digits)) return false;
  return isbn.startsWith(digits) || (digits.length === 10 && isbn.slice(3, 12) === digits.slice(0, 9));
}

/** The copy whose id this is, or ends with this. */
export function exemplaireDit({ exemplaires }: Ouvrage, typed: string): Exemplaire | undefined {
  const text = typed.trim().toLowerCase();
  return text.length < 6 ? undefined : exemplaires.find(({ id }) => id.toLowerCase().endsWith(text));
}

/** Every word typed is in it: those that begin so come first. */
export function trouverOuvrages(ouvrages: readonly Ouvrage[], typed: string): readonly Ouvrage[] {
  const query = simple(typed);
  if (query === '') return ouvrages;
  const parts = query.split(/\s+/);
  const digits = query.replace(/[-\s]/g, '');
  const found = ouvrages.filter(
    (one) => parts.every((part) => textOf(one).includes(part)) || hasIsbn(one, digits) || exemplaireDit(one, query) !== undefined,
  );
  return found.toSorted((a, b) => Number(textOf(b).startsWith(query)) - Number(textOf(a).startsWith(query)));
}
