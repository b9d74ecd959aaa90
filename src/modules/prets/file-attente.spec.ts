import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lireMembreId, type MembreId } from '../membres/membre-id.js';
import { attendre, fileVide, premiers, quitter } from './file-attente.js';

describe('la file des lecteurs', () => {
  it('reste par rang, sa tête occupée et ses cases vides bornées, qu’on y entre, qu’on en parte ou qu’on y revienne', () => {
    const gestes = fc.array(fc.tuple(fc.constantFrom('entrer', 'entrer', 'servir', 'partir', 'revenir'), fc.nat()), {
      minLength: 100,
      maxLength: 400,
    });
    fc.assert(
      fc.property(gestes, fc.nat(5), (suite, combien) => {
        const file = fileVide();
        let [naive, servis, rang] = [[] as { membreId: MembreId; rang: number }[], [] as { membreId: MembreId; rang: number }[], 0];
        for (const [geste, n] of suite) {
          if (geste === 'entrer') {
            naive.push({ membreId: lireMembreId(`mem_${(rang += 1)}`)!, rang });
            attendre(file, naive.at(-1)!);
          } else if (geste === 'revenir' && servis.length > 0) {
            const [revenu] = servis.splice(n % servis.length, 1);
            naive = [...naive, revenu!].sort((a, b) => a.rang - b.rang);
            attendre(file, revenu!);
          } else if (geste !== 'revenir' && naive.length > 0) {
            const [parti] = naive.splice(geste === 'servir' ? 0 : n % naive.length, 1);
            if (geste === 'servir') servis.push(parti!);
            quitter(file, parti!.membreId);
          }
          expect(premiers(file, combien)).toEqual(naive.slice(0, combien));
          if (naive.length > 0) expect(file.cases[file.tete]).toEqual(naive[0]);
          expect(file.cases.length).toBeLessThanOrEqual(2 * naive.length + 65);
        }
        expect(premiers(file, Infinity)).toEqual(naive);
      }),
      { numRuns: 60 },
    );
  });
});
