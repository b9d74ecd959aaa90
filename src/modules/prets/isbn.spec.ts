import { describe, expect, it } from 'vitest';
import { lireIsbn } from './isbn.js';

describe('un ISBN', () => {
  it('se garde en treize chiffres, sans tirets ni espaces', () => {
    expect(lireIsbn('978-2-07-041142-9')).toBe('9782070411429');
    expect(lireIsbn(' 978 2 07 041142 9 ')).toBe('9782070411429');
    expect(lireIsbn('978–2–07–041142–9')).toBe('9782070411429');
  });
  it('à dix chiffres dit le même livre', () => expect(lireIsbn('2-07-041142-7')).toBe('9782070411429'));
  it('à dix chiffres finit parfois par X', () => expect(lireIsbn('0-8044-2957-x')).toBe('9780804429573'));
  it.each(['978-2-07-041142-8', '2-07-041142-6', '3612345678903', '97820704114', 'X070411425', '', 'Germinal', '978207041142٩'])(
    'n’est pas « %s »',
    (texte) => expect(lireIsbn(texte)).toBeNull(),
  );
});
