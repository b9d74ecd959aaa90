import { beforeEach, describe, expect, it } from 'vitest';
import { BoiteDAvis, FauxCourrier } from '../../../test/support/boite-d-avis.js';
import type { Cell } from '../../runtime/outbox/rows.js';
import type { RowTransaction } from '../../runtime/outbox/storage.js';
import { A_DEVELOPPER } from './avis.js';
import { matin } from './jour.js';
import { Registre, type Transact } from './registre.envoi.js';

const MINUTE = 60_000;
const HEURE = 60 * MINUTE;
const PARIS = 'Europe/Paris';

let boite: BoiteDAvis;
let courrier: FauxCourrier;
beforeEach(async () => {
  [boite, courrier] = [await BoiteDAvis.duMatin(), new FauxCourrier()];
});

const recapitulatif = (membreId: string, version: number): Promise<string> =>
  boite.avis(membreId, { stream: membreId, version, gabarit: 'recapitulatif', donnees: '{}' });
const ecrire = (id: string, valeurs: Readonly<Record<string, Cell>>): Promise<number> => boite.rows.update('notification', valeurs, { id });

type Lecture = 'select' | 'hold';
type Quoi = Parameters<RowTransaction['hold']>[1];

/** Quelqu’un d’autre écrit entre ce qu’une transaction vient de lire, la première fois que c’est `quand`, et ce qu’elle en fera. */
function entreTemps(quand: (lecture: Lecture, quoi: Quoi) => boolean, quelquun: () => Promise<unknown>): Transact {
  let reste = true;
  const lire =
    (tx: RowTransaction, lecture: Lecture): RowTransaction['select'] =>
    async (table, quoi, combien) => {
      const lignes = await tx[lecture](table, quoi, combien!);
      if (reste && quand(lecture, quoi)) {
        reste = false;
        await quelquun();
      }
      return lignes;
    };
  const croiser = (tx: RowTransaction): RowTransaction =>
    new Proxy(tx, {
      get: (vrai, nom: keyof RowTransaction) =>
        nom === 'select' || nom === 'hold' ? lire(vrai, nom) : (vrai[nom] as (...args: never[]) => unknown).bind(vrai),
    });
  return (work) => boite.rows.transact((tx) => work(croiser(tx)));
}
/** Tout ce qui peut entrer dans le récapitulatif de quelques membres. */
const tousLesSiens = (_: Lecture, { statut, membre_id }: Quoi): boolean => statut === 'a_grouper' && membre_id !== undefined;

describe('pendant que naît un récapitulatif', () => {
  it('ce que l’on abandonne n’y entre pas', async () => {
    const [dune, emma] = [await boite.du('mem_ana', 'Dune', 1), await boite.du('mem_ana', 'Emma', 1)];
    const transact = entreTemps(tousLesSiens, () => ecrire(dune, { statut: 'abandonnee' }));
    boite.envoyeur(courrier, transact).start();
    await boite.clock.pass(5 * MINUTE);
    expect(courrier.recus.map(({ texte }) => [texte.includes('« Dune »'), texte.includes('« Emma »')])).toEqual([[false, true]]);
    expect([dune, emma].map((id) => boite.statut(id))).toEqual(['abandonnee', 'envoyee']);
  });

  it('ce que l’on abandonne au moment où il est remis à demain reste comme on l’a laissé', async () => {
    const premier = boite.envoyeur(courrier).start();
    await boite.du('mem_ana', 'Dune', 1);
    await boite.clock.pass(5 * MINUTE);
    await premier.stop();
    expect(courrier.recus).toHaveLength(1);
    const tard = await boite.du('mem_ana', 'Emma', 1);
    const avant = boite.ligne(tard);
    const transact = entreTemps(tousLesSiens, () => ecrire(tard, { statut: 'abandonnee' }));
    boite.envoyeur(courrier, transact).start();
    await boite.clock.pass(12 * HEURE);
    expect(boite.ligne(tard)).toEqual({ ...avant, statut: 'abandonnee' });
  });
});

describe('pendant que part un récapitulatif', () => {
  it('un autre du même membre attend le lendemain', async () => {
    const deux = [await recapitulatif('mem_ana', 1), await recapitulatif('mem_ana', 2)];
    const pris = await new Registre(boite.rows.transact, boite.clock, PARIS).prendre(10, MINUTE);
    expect(pris.map(({ id }) => id)).toEqual(deux.slice(0, 1));
    expect(boite.ligne(deux[1]!)).toMatchObject({ statut: 'a_envoyer', prochain_essai: matin(boite.clock.now(), 1, PARIS) });
  });

  it('celui qu’un autre envoyeur vient de prendre n’est pas remis à demain', async () => {
    const deux = [await recapitulatif('mem_ana', 1), await recapitulatif('mem_ana', 2)] as const;
    const bail = boite.clock.now() + MINUTE;
    await ecrire(deux[0], { statut: 'envoyee', envoyee_le: boite.clock.now() });
    const transact = entreTemps(
      (lecture) => lecture === 'hold',
      () => ecrire(deux[1], { statut: 'en_envoi', prochain_essai: bail }),
    );
    expect(await new Registre(transact, boite.clock, PARIS).prendre(10, MINUTE)).toEqual([]);
    expect(boite.ligne(deux[1])).toMatchObject({ statut: 'en_envoi', prochain_essai: bail });
  });

  it('ce que l’on en renvoie à part attend le suivant', async () => {
    const [dune, emma] = [await boite.du('mem_ana', 'Dune', 1), await boite.du('mem_ana', 'Emma', 1)];
    const montre = boite.envoyeur(undefined).start();
    await boite.clock.pass(5 * MINUTE);
    await montre.stop();
    const id = String(boite.ligne(dune)['recapitulatif_id']);
    expect([dune, emma, id].map((un) => boite.statut(un))).toEqual(['affichee', 'affichee', 'affichee']);
    await ecrire(id, { statut: 'a_envoyer', prochain_essai: boite.clock.now() });
    const renvoi = { statut: 'a_grouper', recapitulatif_id: null, prochain_essai: boite.clock.now() };
    courrier.pendant = async () => void (await ecrire(dune, renvoi));
    boite.envoyeur(courrier).start();
    await boite.clock.pass(MINUTE);
    expect([dune, emma, id].map((un) => boite.statut(un))).toEqual(['a_grouper', 'envoyee', 'envoyee']);
  });
});

describe('quand le courrier n’est plus là', () => {
  it('un récapitulatif qui attendait de partir est montré, et avec lui ce qu’il dit', async () => {
    courrier.ouvert = false;
    const dune = await boite.du('mem_ana', 'Dune', 1);
    const avec = boite.envoyeur(courrier).start();
    await boite.clock.pass(5 * MINUTE);
    await avec.stop();
    expect(boite.statut(dune)).toBe('groupee');
    boite.envoyeur(undefined).start();
    await boite.clock.pass(MINUTE);
    expect([boite.statut(dune), boite.statut(String(boite.ligne(dune)['recapitulatif_id']))]).toEqual(['affichee', 'affichee']);
  });
});

describe('le report d’une séance', () => {
  it('qui croit en avoir fini avec ce qu’un autre a fait avancer ne termine rien', async () => {
    const donnees = JSON.stringify({ debut: '2026-03-11T19:00:00+01:00', apres: 0 });
    await boite.avis('mem_ana', { gabarit: 'report', statut: A_DEVELOPPER, donnees });
    const registre = new Registre(boite.rows.transact, boite.clock, PARIS);
    const lu = (await registre.travail())!;
    await registre.developper(lu, [], JSON.stringify({ debut: '2026-03-11T19:00:00+01:00', apres: 500 }));
    await registre.developper(lu, [], null);
    expect(JSON.parse((await registre.travail())!.donnees)).toMatchObject({ apres: 500 });
  });
});
