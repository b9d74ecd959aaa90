import { performance } from 'node:perf_hooks';
import { describe, expect, it } from 'vitest';
import { seance, uneSeanceDe, veille } from '../../../test/support/seances.js';
import { isRefusal } from '../../runtime/aggregate/aggregate.js';
import { lireMembreId, type MembreId } from '../membres/membre-id.js';
import type { Demande, Seance } from './seance.js';

const PLACES = 50;
const TOURS = 4_000;

/** Une séance pleine où `attente` personnes attendent ; chaque tour, un inscrit part, puis revient en queue. */
function manege(attente: number) {
  const membres = Array.from({ length: PLACES + attente }, (_, i) => lireMembreId(`mem_${i}`)!);
  let etat: Seance = seance.evolve(seance.initial(), uneSeanceDe(PLACES));
  const demander = (demande: Demande, instant: number) => {
    const faits = seance.decide(etat, demande, instant);
    if (isRefusal(faits)) throw new Error(faits.refusal);
    faits.forEach((fait) => {
      etat = seance.evolve(etat, fait);
      seance.rows(fait, { stream: 'sea_1', version: etat!.version, instant, demande });
    });
    seance.answer(etat, faits, demande);
  };
  const inscrire = (membreId: MembreId) => demander({ type: 'inscrire', membreId, siComplet: 'attendre' }, veille);
  membres.forEach(inscrire);
  let prochain = 0;
  return (tours: number) => {
    const depuis = performance.now();
    for (let i = 0; i < tours; i += 1) {
      const membreId = membres[prochain++ % membres.length]!;
      demander({ type: 'desister', membreId }, veille);
      inscrire(membreId);
    }
    return performance.now() - depuis;
  };
}

describe('le coût d’une demande', () => {
  it('est le même avec 10 ou 100 000 personnes en attente, à un facteur 2 près', () => {
    const [petit, grand] = [manege(10), manege(100_000)];
    petit(TOURS);
    grand(TOURS);
    let [meilleurPetit, meilleurGrand] = [Infinity, Infinity];
    for (let essai = 0; essai < 200 && (essai < 20 || meilleurGrand > 2 * meilleurPetit); essai += 1) {
      meilleurPetit = Math.min(meilleurPetit, petit(TOURS));
      meilleurGrand = Math.min(meilleurGrand, grand(TOURS));
    }
    expect(meilleurGrand).toBeLessThanOrEqual(2 * meilleurPetit);
  });
});
