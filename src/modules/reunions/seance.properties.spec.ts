import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { derouler, histoire, type Agregat } from '../../../test/support/histoires-de-seance.js';
import { seance } from '../../../test/support/seances.js';
import type { Cell, RowChange } from '../../runtime/outbox/rows.js';
import { premiers } from './file-attente.js';
import type { Fait, Planifiee, Seance } from './seance.js';
import { runs } from '../../../test/support/runs.js';

const copie = (etat: Seance): Seance => seance.snapshot!.decode(JSON.parse(JSON.stringify(seance.snapshot!.encode(etat))));

describe('une séance, quoi qu’on lui demande', () => {
  it('tient S1 à S6 après chaque fait', () => {
    fc.assert(
      fc.property(histoire, (pas) => void derouler(seance, pas)),
      { numRuns: runs(1500) },
    );
  });

  it('se retrouve en relisant son journal', () => {
    fc.assert(
      fc.property(histoire, (pas) => {
        const { journal, etat } = derouler(seance, pas);
        const relu = (JSON.parse(JSON.stringify(journal)) as Fait[]).reduce<Seance>(seance.evolve, seance.initial());
        expect(relu).toEqual(etat);
      }),
    );
  });

  it('décide pareil quand on la reprend d’un cliché', () => {
    const reprise: Agregat = { ...seance, evolve: (etat, fait) => seance.evolve(copie(etat), fait) };
    fc.assert(
      fc.property(histoire, (pas) => {
        const [directe, reprises] = [derouler(seance, pas), derouler(reprise, pas)];
        expect(reprises.journal).toEqual(directe.journal);
        expect(copie(reprises.etat)).toEqual(copie(directe.etat));
      }),
    );
  });

  it('écrit des lignes qui disent la même chose que son état', () => {
    fc.assert(
      fc.property(histoire, (pas) => {
        const tables = new Tables();
        let version = 0;
        const { etat } = derouler(seance, pas, (fait, quoi, instant) => {
          version += 1;
          for (const ligne of seance.rows(fait, { stream: 'sea_1', version, instant, demande: quoi })) tables.ecrire(ligne);
          expect(tables.de('seance')[0]!['version']).toBe(version);
        });
        tables.disent(etat!);
      }),
    );
  });
});

class Tables {
  private readonly lignes = new Map<string, Record<string, Cell>>();

  ecrire(ligne: RowChange): void {
    const cle = `${ligne.table} ${JSON.stringify(ligne.key)}`;
    expect(this.lignes.has(cle), `${ligne.op} ${cle}`).toBe(ligne.op !== 'insert');
    if (ligne.op === 'delete') return void this.lignes.delete(cle);
    expect(Object.keys(ligne.values)).not.toEqual(expect.arrayContaining(['prises']));
    const gardees = Object.entries(ligne.values).filter(([, valeur]) => ligne.op === 'insert' || valeur !== null);
    this.lignes.set(cle, { ...this.lignes.get(cle), ...ligne.key, ...Object.fromEntries(gardees) });
  }

  de(table: string): Record<string, Cell>[] {
    return [...this.lignes].filter(([cle]) => cle.startsWith(`${table} `)).map(([, ligne]) => ligne);
  }

  disent({ fiche: f, statut, debutMs, finMs, inscrits, presences, attente }: Planifiee): void {
    const { places: nombre, debut, fin } = f;
    expect(this.de('seance')).toMatchObject([{ statut, places: nombre, debut, fin, debut_ms: debutMs, fin_ms: finMs }]);
    const vivantes = this.de('inscription').filter((ligne) => ligne['statut'] !== 'annulee');
    const assises = vivantes.filter((ligne) => ligne['statut'] !== 'en_attente');
    expect(assises).toHaveLength(inscrits.size);
    expect(new Map(assises.map((l) => [l['membre_id'], [l['entree'], l['statut']]]))).toEqual(
      new Map(Array.from(inscrits, ([membre, entree]) => [membre, [entree, presences.get(membre) ?? 'inscrite']])),
    );
    const enAttente = vivantes.filter((ligne) => ligne['statut'] === 'en_attente').sort((a, b) => Number(a['rang']) - Number(b['rang']));
    expect(enAttente.map((l) => ({ membreId: l['membre_id'], entree: l['entree'] }))).toEqual(premiers(attente, Infinity));
    this.de('motif').forEach((ligne) => expect(ligne).toMatchObject({ stream: 'sea_1', texte: 'parce que' }));
  }
}
