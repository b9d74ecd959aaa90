import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { histoire, type Agregat } from '../../../test/support/histoires-de-seance.js';
import { derouler } from '../../../test/support/recit-de-seance.js';
import { seance } from '../../../test/support/seances.js';
import type { Cell, RowChange } from '../../runtime/outbox/rows.js';
import { premiers } from './file-attente.js';
import type { Demande, Fait, Planifiee, Seance } from './seance.js';
import { runs } from '../../../test/support/runs.js';

const copie = (etat: Seance): Seance => seance.snapshot!.decode(JSON.parse(JSON.stringify(seance.snapshot!.encode(etat))));

describe('une séance, quoi qu’on lui demande', () => {
  it('tient S1 à S9 après chaque fait', () => {
    fc.assert(
      fc.property(histoire, (pas) => void derouler(seance, pas)),
      { numRuns: runs(1500) },
    );
  });

  it('n’accepte jamais une offre après son heure, même si personne ne s’est réveillé', () => {
    fc.assert(
      fc.property(histoire, (pas) => {
        const sansCloture = pas.filter(([, quoi]) => quoi.type !== 'cloturer');
        derouler(seance, sansCloture, undefined, { reveils: false });
      }),
      { numRuns: runs(500) },
    );
  });

  it('finit chaque offre une fois, et se clôt d’elle-même, si longtemps que l’on attende', () => {
    const plusTard: Demande = { type: 'fermerInscriptions' };
    fc.assert(
      fc.property(histoire, (pas) => {
        const { journal, registre, reveils, etat } = derouler(seance, [...pas, [2_000 * 3_600_000, plusTard]]);
        const fins = journal.flatMap((fait) =>
          ['OffreAcceptee', 'OffreDeclinee', 'OffreExpiree'].includes(fait.type) && 'entree' in fait
            ? [fait.entree]
            : fait.type === 'SeanceAnnulee'
              ? (fait.offertes ?? []).map(({ entree }) => entree)
              : [],
        );
        expect(fins.toSorted((a, b) => a - b)).toEqual([...registre.dejaOffertes].toSorted((a, b) => a - b));
        expect(reveils.noms).toEqual([]);
        expect(['annulee', 'cloturee']).toContain(etat!.statut);
      }),
    );
  });

  it('se réveille pour chaque offre en cours et pour sa clôture, et pour rien d’autre', () => {
    fc.assert(
      fc.property(histoire, (pas) => {
        const { etat, reveils } = derouler(seance, pas);
        const attendus = [...etat!.offertes.keys()].map((membreId) => `offre:${membreId}`);
        const finale = etat!.statut === 'annulee' || etat!.statut === 'cloturee';
        expect(reveils.noms).toEqual([...(finale ? [] : ['cloture']), ...attendus].sort());
      }),
    );
  });

  it('se retrouve en relisant son journal', () => {
    fc.assert(
      fc.property(histoire, (pas) => {
        const { journal, etat } = derouler(seance, pas);
        const relu = (JSON.parse(JSON.stringify(journal)) as Fait[]).reduce<Seance>(
          (etat, fait) => seance.evolve(etat, fait),
          seance.initial(),
        );
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

  disent({ fiche: f, statut, debutMs, finMs, inscrits, offertes, presences, attente }: Planifiee): void {
    const { places: nombre, debut, fin } = f;
    expect(this.de('seance')).toMatchObject([{ statut, places: nombre, debut, fin, debut_ms: debutMs, fin_ms: finMs }]);
    const vivantes = this.de('inscription').filter((ligne) => !['annulee', 'expiree'].includes(String(ligne['statut'])));
    const assises = vivantes.filter((ligne) => !['en_attente', 'offerte'].includes(String(ligne['statut'])));
    const gardees = vivantes.filter((ligne) => ligne['statut'] === 'offerte');
    expect(new Map(gardees.map((l) => [l['membre_id'], { entree: l['entree'], expireMs: l['expire_le'] }]))).toEqual(offertes);
    expect(assises).toHaveLength(inscrits.size);
    expect(new Map(assises.map((l) => [l['membre_id'], [l['entree'], l['statut']]]))).toEqual(
      new Map(Array.from(inscrits, ([membre, entree]) => [membre, [entree, presences.get(membre) ?? 'inscrite']])),
    );
    const enAttente = vivantes.filter((ligne) => ligne['statut'] === 'en_attente').sort((a, b) => Number(a['rang']) - Number(b['rang']));
    expect(enAttente.map((l) => ({ membreId: l['membre_id'], entree: l['entree'] }))).toEqual(premiers(attente, Infinity));
    this.de('motif').forEach((ligne) => expect(ligne).toMatchObject({ stream: 'sea_1', texte: 'parce que' }));
  }
}
