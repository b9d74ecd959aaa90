import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { derouler, histoire, type Club, type Ecrit } from '../../../test/support/histoires-de-pret.js';
import { HEURE, JOUR, usages } from '../../../test/support/prets.js';
import { runs } from '../../../test/support/runs.js';
import type { Cell, RowChange } from '../../runtime/outbox/rows.js';
import type { Etat } from './etat.js';
import { premiers } from './file-attente.js';
import type { Fait, Regles } from './mots.js';
import { creerOuvrage } from './ouvrage.js';

const vrai = (regles: Regles) => creerOuvrage({ regles: () => regles });
const parJson = <T>(valeur: T): T => JSON.parse(JSON.stringify(valeur)) as T;

/** L’état, repris comme après une coupure : un cliché quelque part, la fin du journal, puis les prêts vivants. */
function reprendre(club: Club, racine: string, ou: number): Etat {
  const { agregat, journaux } = club;
  const journal = parJson(journaux.get(racine)!);
  const replier = (etat: Etat, faits: readonly Fait[], flux: string) =>
    faits.reduce((suite, fait) => agregat.evolve(suite, fait, flux), etat);
  const coupe = Math.floor((ou * journal.length) / 8);
  const debut = replier(agregat.initial(), journal.slice(0, coupe), racine);
  const etat = replier(agregat.snapshot!.decode(parJson(agregat.snapshot!.encode(debut))), journal.slice(coupe), racine);
  for (const pret of agregat.companions!.living(etat)) replier(etat, parJson(journaux.get(pret)!), pret);
  return etat;
}

/** Les cases vides d’une file ne disent rien. */
const lisible = ({ ouvrage, prets }: Etat) => ({
  ...ouvrage,
  libres: [...ouvrage!.libres],
  attente: premiers(ouvrage!.attente, Infinity),
  prets: new Map([...prets].filter(([, pret]) => pret.statut === 'en_cours')),
});

describe('un ouvrage et ses prêts, quoi qu’on leur demande', () => {
  it('tiennent P1 à P9, refusent dans l’ordre, et n’ont que les réveils de leurs échéances', () => {
    fc.assert(
      fc.property(histoire, (une) => void derouler(vrai, une)),
      { numRuns: runs(80) },
    );
  }, 60_000);

  it('vivent une année entière, nuits de changement d’heure comprises, en tenant les mêmes promesses', () => {
    const regles: Regles = { fuseau: 'Europe/Paris', reglement: usages, fermetures: { jours: [7], dates: ['2026-12-25'] } };
    const heures = fc.integer({ min: 1, max: 30 * HEURE });
    const annee = fc.tuple(histoire, fc.array(heures, { minLength: 60, maxLength: 60 })).map(([une, delais]) => ({
      regles,
      depart: Date.parse('2026-03-28T22:00:00Z'),
      pas: Array.from({ length: 60 }, (_, i) => ({ ...une.pas[i % une.pas.length]!, delai: 5 * JOUR + delais[i]! })),
    }));
    fc.assert(
      fc.property(annee, (une) => void derouler(vrai, une)),
      { numRuns: runs(20) },
    );
  }, 60_000);

  it('se retrouvent en relisant leurs journaux, d’un cliché pris n’importe où', () => {
    const couper = (club: Club, racine: string, n: number) => {
      const repris = reprendre(club, racine, n);
      expect(lisible(repris)).toEqual(lisible(club.etats.get(racine)!));
      club.etats.set(racine, repris);
    };
    fc.assert(
      fc.property(histoire, (une) => {
        const [directe, coupee] = [derouler(vrai, une), derouler(vrai, une, couper)];
        expect(coupee.ecrits).toEqual(directe.ecrits);
      }),
      { numRuns: runs(30) },
    );
  }, 60_000);

  it('écrivent des lignes qui disent la même chose que leur état', () => {
    fc.assert(
      fc.property(histoire, (une) => {
        const club = derouler(vrai, une);
        const tables = new Tables();
        for (const ecrit of club.ecrits) tables.ecrire(vrai(une.regles).rows(ecrit.fait, ecrit.place), ecrit);
        for (const [id, etat] of club.etats) tables.disent(id, etat);
        tables.disentTout(club);
      }),
      { numRuns: runs(30) },
    );
  }, 60_000);
});

class Tables {
  private readonly lignes = new Map<string, Record<string, Cell>>();

  ecrire(lignes: readonly RowChange[], { flux, place }: Ecrit): void {
    for (const ligne of lignes) {
      const cle = `${ligne.table} ${JSON.stringify(ligne.key)}`;
      expect(this.lignes.has(cle), `${ligne.op} ${cle}`).toBe(ligne.op !== 'insert');
      const valeurs = ligne.op === 'delete' ? {} : ligne.values;
      // Une mise à jour garde ce qu’un vide effacerait.
      const gardees = Object.entries(valeurs).filter(([, valeur]) => ligne.op === 'insert' || valeur !== null);
      this.lignes.set(cle, { ...this.lignes.get(cle), ...ligne.key, ...Object.fromEntries(gardees) });
    }
    const [tete] = [...this.de('ouvrage'), ...this.de('pret')].filter((ligne) => ligne['id'] === flux);
    expect(tete!['version']).toBe(place.version);
  }

  private de(table: string): Record<string, Cell>[] {
    return [...this.lignes].filter(([cle]) => cle.startsWith(`${table} `)).map(([, ligne]) => ligne);
  }

  disent(id: string, { ouvrage }: Etat): void {
    const miens = this.de('exemplaire').filter((ligne) => ligne['ouvrage_id'] === id);
    const presents = miens.filter((ligne) => ligne['statut'] !== 'retire').map((ligne) => [ligne['id'], ligne['statut']]);
    expect(presents).toEqual(Array.from(ouvrage!.exemplaires, ([exemplaireId, place]) => [exemplaireId, place.statut]));
    expect(miens.map((ligne) => ligne['numero'])).toEqual(miens.map((_, i) => i + 1));
    const file = this.de('reservation').filter((ligne) => ligne['ouvrage_id'] === id && ligne['statut'] === 'en_attente');
    const enAttente = file.map((ligne) => ({ membreId: ligne['membre_id'], rang: ligne['rang'] }));
    expect(enAttente.sort((a, b) => Number(a.rang) - Number(b.rang))).toEqual(premiers(ouvrage!.attente, Infinity));
    const pretes = this.de('reservation').filter((ligne) => ligne['ouvrage_id'] === id && ligne['statut'] === 'mise_de_cote');
    expect(new Map(pretes.map((ligne) => [ligne['membre_id'], ligne['exemplaire_id']]))).toEqual(ouvrage!.misesDeCote);
  }

  disentTout({ registre }: Club): void {
    const dits = this.de('pret').map((ligne) => [
      ligne['id'],
      ligne['statut'],
      ligne['echeance'],
      ligne['relance'],
      ligne['prolongations'],
    ]);
    expect(dits).toEqual(Array.from(registre.prets, ([id, p]) => [id, p.statut, p.echeance, p.relance, p.prolongations]));
  }
}
