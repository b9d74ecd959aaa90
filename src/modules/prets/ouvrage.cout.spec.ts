import { performance } from 'node:perf_hooks';
import { describe, expect, it } from 'vitest';
import { ajoute, lundi, ouvrage } from '../../../test/support/prets.js';
import { isBeside, isRefusal } from '../../runtime/aggregate/aggregate.js';
import { lireMembreId, type MembreId } from '../membres/membre-id.js';
import type { Demande } from './mots.js';

const TOURS = 40;

/** Un ouvrage d’un exemplaire, tant de lecteurs en attente et tant de prêts passés ; chaque tour, il revient, la tête l’emporte, et se remet en queue. */
function manege(attente: number, passe: number) {
  const membres = Array.from({ length: attente + 1 }, (_, i) => lireMembreId(`mem_${i}`)!);
  let etat = ouvrage.evolve(ouvrage.initial(), ajoute('exe_1'), 'ouv_1');
  let prets = 0;
  const demander = (demande: Demande) => {
    const faits = ouvrage.decide(etat, demande, lundi);
    if (isRefusal(faits)) throw new Error(faits.refusal);
    for (const dit of faits) {
      const [flux, fait] = isBeside(dit) ? [dit.beside, dit.fact] : ['ouv_1', dit];
      etat = ouvrage.evolve(etat, fait, flux);
      const place = { stream: flux, version: 1, instant: lundi, demande };
      ouvrage.rows(fait, place);
      ouvrage.timers!(fait, place);
    }
    ouvrage.answer(etat, [], demande);
    ouvrage.view(etat);
    ouvrage.companions!.forget!(etat);
  };
  const membre = (membreId: MembreId) => ({ membre: { membreId, prets: 0, reservations: 0, suspendu: false } });
  const emprunter = (qui: MembreId) => demander({ type: 'emprunter', pretId: `pre_${(prets += 1)}`, ...membre(qui) });
  const rendre = () => demander({ type: 'rendre', pretId: `pre_${prets}` });
  emprunter(membres[0]!);
  for (let i = 0; i < passe; i += 1) {
    rendre();
    emprunter(membres[0]!);
  }
  membres.slice(1).forEach((qui) => demander({ type: 'reserver', ...membre(qui) }));
  let prochain = 0;
  const tour = () => {
    const lecteur = membres[prochain % membres.length]!;
    prochain += 1;
    rendre();
    emprunter(membres[prochain % membres.length]!);
    demander({ type: 'reserver', ...membre(lecteur) });
  };
  return (tours: number) => {
    const depuis = performance.now();
    for (let i = 0; i < tours; i += 1) tour();
    return performance.now() - depuis;
  };
}

describe('le coût d’une demande', () => {
  it('est le même avec 100 ou 5 000 lecteurs en attente, aucun ou mille prêts passés, à un facteur 2 près', () => {
    const [petit, grand] = [manege(100, 0), manege(5_000, 1000)];
    petit(TOURS);
    grand(TOURS);
    let [meilleurPetit, meilleurGrand] = [Infinity, Infinity];
    for (let essai = 0; essai < 60 && (essai < 6 || meilleurGrand > 2 * meilleurPetit); essai += 1) {
      meilleurPetit = Math.min(meilleurPetit, petit(TOURS));
      meilleurGrand = Math.min(meilleurGrand, grand(TOURS));
    }
    expect(meilleurGrand).toBeLessThanOrEqual(2 * meilleurPetit);
  }, 60_000);
});
