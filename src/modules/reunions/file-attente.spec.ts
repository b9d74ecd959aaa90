import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lireMembreId } from '../membres/membre-id.js';
import { fileVide, premiers, quitter, rejoindre } from './file-attente.js';

describe('la file d’attente', () => {
  it('garde l’ordre d’arrivée, sa tête occupée et ses cases vides bornées, qu’on y entre ou qu’on en parte', () => {
    const membre = fc.nat(200).map((n) => lireMembreId(`mem_${n}`)!);
    fc.assert(
      fc.property(fc.array(membre, { minLength: 200, maxLength: 600 }), fc.nat(5), (passages, combien) => {
        const file = fileVide();
        let naive: { membreId: string; entree: number }[] = [];
        passages.forEach((membreId, i) => {
          if (file.entrees.has(membreId)) {
            quitter(file, membreId);
            naive = naive.filter((autre) => autre.membreId !== membreId);
          } else {
            rejoindre(file, membreId, i);
            naive.push({ membreId, entree: i });
          }
          expect(premiers(file, combien)).toEqual(naive.slice(0, combien));
          if (naive.length > 0) expect(file.cases[file.tete]).toBe(naive[0]!.membreId);
          expect(file.cases.length).toBeLessThanOrEqual(2 * naive.length + 65);
        });
        expect(premiers(file, Infinity)).toEqual(naive);
      }),
      { numRuns: 60 },
    );
  });

  it('ne reste pas grande pour une tête qui attend toujours', () => {
    const file = fileVide();
    rejoindre(file, lireMembreId('mem_fidele')!, 0);
    for (let i = 1; i < 10_000; i += 1) {
      rejoindre(file, lireMembreId('mem_hesitant')!, i);
      quitter(file, lireMembreId('mem_hesitant')!);
    }
    expect(file.cases.length).toBeLessThan(100);
  });
});
