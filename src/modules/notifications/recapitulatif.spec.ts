import { beforeEach, describe, expect, it } from 'vitest';
import { BoiteDAvis, FauxCourrier } from '../../../test/support/boite-d-avis.js';
import type { RowTransaction } from '../../runtime/outbox/storage.js';
import { matin } from './jour.js';
import type { Courriel } from './lectures.envoi.js';
import { REUNION_MS } from './recapitulatif.envoi.js';
import type { Transact } from './registre.envoi.js';

const MINUTE = 60_000;
const HEURE = 60 * MINUTE;
const JOUR = 24 * HEURE;
const PARIS = 'Europe/Paris';

let boite: BoiteDAvis;
let courrier: FauxCourrier;
beforeEach(async () => {
  [boite, courrier] = [await BoiteDAvis.duMatin(), new FauxCourrier()];
});
const demarrer = (avec: FauxCourrier | undefined = courrier) => boite.envoyeur(avec).start();
const recapitulatifs = () => boite.rows.rows('notification').filter((row) => row['gabarit'] === 'recapitulatif');

const du = (membreId: string, livre: string, niveau?: 0 | 1 | 2 | 3): Promise<string> => boite.du(membreId, livre, niveau);

describe('le récapitulatif', () => {
  it('dit en un seul courriel tous les prêts du membre dus le même jour', async () => {
    demarrer();
    const ids = [await du('mem_ana', 'Dune'), await du('mem_ana', 'Emma', 1)];
    await boite.clock.pass(MINUTE);
    ids.push(await du('mem_ana', 'Ulysse', 3), await du('mem_bo', 'Nana'));
    await boite.clock.pass(5 * MINUTE);
    expect(courrier.recus.map(({ adresse }) => adresse).toSorted()).toEqual(['ana@example.org', 'bo@example.org']);
    const { sujet, texte } = courrier.recus.find(({ adresse }) => adresse === 'ana@example.org')!;
    expect(sujet).toBe('À rapporter : 3 livres');
    expect(['« Dune »', '« Emma »', '« Ulysse »'].map((livre) => texte.includes(livre))).toEqual([true, true, true]);
    expect(texte).toMatch(/suspendus jusqu’à son retour/);
    expect(ids.map((id) => boite.statut(id))).toEqual(['envoyee', 'envoyee', 'envoyee', 'envoyee']);
    expect(recapitulatifs().map((row) => row['statut'])).toEqual(['envoyee', 'envoyee']);
  });

  it('il n’en part jamais deux le même jour : ce qui vient ensuite attend celui du lendemain', async () => {
    demarrer();
    await du('mem_ana', 'Dune');
    await boite.clock.pass(5 * MINUTE);
    const tard = await du('mem_ana', 'Emma');
    await boite.clock.pass(12 * HEURE);
    expect([courrier.recus.length, boite.statut(tard)]).toEqual([1, 'a_grouper']);
    await boite.clock.pass(matin(boite.clock.now(), 1, PARIS) + 5 * MINUTE - boite.clock.now());
    expect([courrier.recus.length, boite.statut(tard)]).toEqual([2, 'envoyee']);
  });

  it('celui que ses essais ont retardé ne part pas le jour d’un autre', async () => {
    courrier.refus = ({ texte }) => (texte.includes('Dune') && courrier.vus.length < 12 ? new Error('450 later') : undefined);
    demarrer();
    await du('mem_ana', 'Dune');
    const jours = new Set<number>();
    const envoyer = courrier.envoyer.bind(courrier);
    let partis = 0;
    courrier.envoyer = async (un) => {
      await envoyer(un);
      partis++;
      jours.add(matin(boite.clock.now(), 0, PARIS));
    };
    await boite.clock.pass(JOUR);
    await du('mem_ana', 'Emma');
    await boite.clock.pass(5 * JOUR);
    expect([partis, jours.size]).toEqual([2, 2]);
  });

  it('rien ne part la nuit', async () => {
    demarrer();
    await boite.clock.pass(15 * HEURE);
    await du('mem_ana', 'Dune');
    await boite.clock.pass(3 * HEURE);
    expect(courrier.recus).toEqual([]);
    await boite.clock.pass(5 * HEURE);
    expect(courrier.recus).toHaveLength(1);
  });

  it('ne dit rien d’un prêt rendu ou prolongé entre-temps, et ne part pas s’il ne reste rien à dire', async () => {
    const [rendu, prolonge] = [await du('mem_ana', 'Dune'), await du('mem_ana', 'Emma')];
    const reste = await du('mem_ana', 'Nana', 1);
    const seul = await du('mem_bo', 'Ulysse');
    for (const livre of ['Dune', 'Ulysse']) boite.prets.set(`pre_${livre}`, { ...boite.prets.get(`pre_${livre}`)!, enCours: false });
    boite.prets.set('pre_Emma', { ...boite.prets.get('pre_Emma')!, echeance: new Date(boite.clock.now() + 24 * JOUR).toISOString() });
    demarrer();
    await boite.clock.pass(5 * MINUTE);
    expect(courrier.recus.map(({ sujet }) => sujet)).toEqual(['À rapporter : Nana']);
    expect([rendu, prolonge, reste, seul].map((id) => boite.statut(id))).toEqual(['sans_objet', 'sans_objet', 'envoyee', 'sans_objet']);
  });

  it('sans courrier, il est montré, une fois', async () => {
    const ids = [await du('mem_ana', 'Dune'), await du('mem_ana', 'Emma')];
    boite.envoyeur(undefined).start();
    boite.envoyeur(undefined).start();
    await boite.clock.pass(10 * MINUTE);
    expect(recapitulatifs().map((row) => [row['statut'], row['membre_id']])).toEqual([['affichee', 'mem_ana']]);
    expect(ids.map((id) => boite.ligne(id))).toMatchObject(
      ids.map(() => ({ statut: 'affichee', recapitulatif_id: recapitulatifs()[0]!['id'] })),
    );
  });

  it('deux envoyeurs n’en font qu’un', async () => {
    const autre = new FauxCourrier();
    const livres = ['a', 'b', 'c'];
    for (let n = 0; n < 40; n++) for (const livre of livres) await du(`mem_${n}`, `${livre}${n}`);
    demarrer();
    demarrer(autre);
    await boite.clock.pass(10 * MINUTE);
    const partis = [...courrier.recus, ...autre.recus];
    expect([partis.length, new Set(partis.map(({ id }) => id)).size, new Set(partis.map(({ adresse }) => adresse)).size]).toEqual([
      40, 40, 40,
    ]);
  });

  it('mourir à n’importe quelle attente de l’envoi ne perd ni ne double rien', async () => {
    for (let mort = 0; ; mort++) {
      boite = new BoiteDAvis();
      await boite.clock.pass(matin(boite.clock.now(), 1, PARIS) - boite.clock.now());
      const ids = [await du('mem_ana', 'Dune'), await du('mem_ana', 'Emma', 2)];
      await boite.clock.pass(REUNION_MS);
      const [premier, second] = [new Mortel(mort), new FauxCourrier()];
      boite.envoyeur(premier, premier.transact(boite.rows.transact)).start();
      await boite.clock.pass(1000);
      demarrer(second);
      await boite.clock.pass(16 * MINUTE);
      const partis = [...premier.recus, ...second.recus];
      expect([new Set(partis.map(({ id }) => id)).size, new Set(partis.map(({ texte }) => texte)).size], `mort à ${mort}`).toEqual([1, 1]);
      // Seul le bail d'un mort dont le courriel est parti peut le faire repartir, sous le même Message-ID.
      expect([second.recus.length <= 1, premier.recus.length <= 1, recapitulatifs().length], `mort à ${mort}`).toEqual([true, true, 1]);
      expect(
        ids.map((id) => boite.statut(id)),
        `mort à ${mort}`,
      ).toEqual(['envoyee', 'envoyee']);
      // Parti et écrit avant de mourir : au-delà, plus rien ne se passe.
      if (second.recus.length === 0) return expect([mort > 15, premier.recus.length]).toEqual([true, 1]);
    }
  });
});

/** Un serveur de courrier et une base dont le client meurt à sa n-ième attente : plus rien de lui n’arrive, et sa transaction s’évanouit. */
class Mortel extends FauxCourrier {
  mort = false;
  constructor(private reste: number) {
    super();
  }

  override async envoyer(courriel: Courriel): Promise<void> {
    await this.pas();
    await super.envoyer(courriel);
    await this.pas();
  }

  transact(vrai: Transact): Transact {
    return async (work) => {
      await this.pas();
      const tue = new Error('mort');
      const fait = await vrai((tx) => work(this.surveiller(tx, tue))).catch((error: unknown) => {
        if (error === tue) return this.jamais();
        throw error;
      });
      await this.pas();
      return fait;
    };
  }

  private surveiller(tx: RowTransaction, tue: Error): RowTransaction {
    return new Proxy(tx, {
      get:
        (cible, nom: keyof RowTransaction) =>
        async (...args: never[]) => {
          if (this.mourir()) throw tue;
          return (cible[nom] as (...args: never[]) => unknown).apply(cible, args);
        },
    });
  }

  private mourir(): boolean {
    return (this.mort ||= this.reste-- === 0);
  }

  private async pas(): Promise<void> {
    if (this.mourir()) await this.jamais();
  }

  private jamais(): Promise<never> {
    return new Promise(() => undefined);
  }
}
