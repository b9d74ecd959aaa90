/** Ce que voit une personne quand la base va mal : une réponse claire, à temps, et tout revient de soi-même. */
import { rename, rm, writeFile } from 'node:fs/promises';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Answer } from '../support/instance.js';
import { ClubHttp, jusqua, M, type SeanceHttp } from '../support/club-instance.js';
import type { Hand } from '../support/databases.js';

const DELAI = { DEADLINE_MS: '1500' };

/** Le fichier a changé entre l’écriture et sa vérification : on ne peut pas savoir. */
const PEUT_ETRE: unknown = expect.stringMatching(/^(not_executed|unknown)$/);

/** Refusée parce que la base ne peut pas écrire : la réponse dit si rien n’a été fait ou si l’on ne sait pas, et quand revenir. */
function injoignable(reponse: Answer, etat: unknown = 'not_executed'): void {
  const { code, etat: dit } = reponse.body;
  expect([reponse.status, code, dit]).toEqual([503, expect.stringMatching(/^(seance_injoignable|base_indisponible)$/), etat]);
  expect(Number(reponse.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  expect(reponse.body.demandeId).toBe(reponse.headers.get('idempotency-key'));
}

describe('un fichier SQLite en panne', () => {
  let club: ClubHttp;
  let seance: SeanceHttp;
  let membres: string[];
  let hand: Hand;
  const ouvrir = async (env: Record<string, string> = DELAI): Promise<void> => {
    club = await ClubHttp.ouvrir('sqlite', env);
    membres = await club.membres(12);
    seance = await club.planifier(5);
    await seance.inscrire(membres[0]!);
    hand = await club.http.database.hand();
  };
  beforeEach(() => ouvrir());
  afterEach(() => club.fermer());

  /** Ce que la connexion d’écriture se voit imposer, maintenant et à chaque reconnexion : la main du test sur le disque. */
  const imposer = async (pragma: string): Promise<() => Promise<void>> => {
    const { storage } = club.http.machine as unknown as {
      storage: { program: { setup: string[] }; opening: Promise<{ write: { exec(sql: string): Promise<void> } }> };
    };
    const avant = storage.program;
    storage.program = { ...avant, setup: [...avant.setup, pragma] };
    await (await storage.opening).write.exec(pragma);
    return async () => {
      storage.program = avant;
    };
  };

  /** Tout va bien : une demande passe, et tout ce qui avait été accepté est là. */
  const remis = async (acceptees: readonly string[]): Promise<void> => {
    await jusqua('le club sert de nouveau', async () => (await seance.inscrire(membres[11]!)).status !== 503);
    const la = (await seance.inscriptions()).map((une) => une.membreId);
    expect(la).toEqual(expect.arrayContaining([...acceptees]));
  };

  /** Une demande est dans une transaction que la base n’a pas encore rendue. */
  const enRoute = (): Promise<void> =>
    jusqua('une demande est en route vers la base', () => {
      const { journal } = club.http.machine;
      return [...journal.writersInside()].some((une) => journal.ticketsInside(une).sent.length === 1);
    });

  it('verrouillé un instant par un autre : la demande attend et passe', async () => {
    await hand.type('BEGIN IMMEDIATE');
    let repondue = false;
    const demande = seance.inscrire(membres[1]!).finally(() => (repondue = true));
    await jusqua('la demande est prise', () => club.http.machine.journal.outstanding === 1);
    expect(repondue).toBe(false);
    await hand.type('ROLLBACK');
    expect((await demande).status).toBe(201);
  });

  it('verrouillé plus longtemps que le délai : 503, rien n’est fait, et tout revient', async () => {
    await hand.type('BEGIN IMMEDIATE');
    const debut = performance.now();
    const clef = { 'idempotency-key': 'pendant-le-verrou-1' };
    const [inscription, accueil] = await Promise.all([seance.inscrire(membres[1]!, {}, clef), club.http.send(M, { nom: 'Tard' })]);
    expect(performance.now() - debut, 'répondu dans le délai, à la ronde près').toBeLessThan(5_000);
    injoignable(inscription);
    injoignable(accueil);
    expect((await seance.lire()).body).toMatchObject({ inscrits: 1, version: 2 });
    await hand.type('ROLLBACK');
    await remis([membres[0]!]);
    if (inscription.body.etat === 'not_executed')
      expect((await seance.inscriptions()).map((une) => une.membreId)).not.toContain(membres[1]);
    // « On ne sait pas » se lève en redemandant : une fois au plus.
    expect((await seance.inscrire(membres[1]!, {}, clef)).status).toBe(201);
    expect((await seance.inscriptions()).filter((une) => une.membreId === membres[1])).toHaveLength(1);
  });

  it('plein : 503, les lectures continuent, et de la place suffit à repartir', async () => {
    const [pages] = await hand.type('PRAGMA page_count');
    const vider = await imposer(`PRAGMA max_page_count = ${String(pages!['page_count'])}`);
    const fiche = { titre: 'x'.repeat(200), debut: '2036-01-01T10:00:00Z', fin: '2036-01-01T11:00:00Z', places: 5, lieu: 'x'.repeat(200) };
    const acceptees: string[] = [];
    let refusee: Answer | undefined;
    while (refusee === undefined) {
      const reponse = await club.http.send('/api/v1/seances', fiche);
      if (reponse.status === 503) refusee = reponse;
      else acceptees.push(reponse.body.id);
    }
    injoignable(refusee);
    expect((await seance.lire()).status).toBe(200);
    await vider();
    await remis([membres[0]!]);
    for (const id of acceptees) expect((await club.seance(id).lire()).status).toBe(200);
  });

  it.each([
    ['remplacé par une copie vide', async (fichier: string) => (await rename(fichier, `${fichier}.avant`), await writeFile(fichier, ''))],
    ['retiré', (fichier: string) => rename(fichier, `${fichier}.avant`)],
  ])('%s sous le processus : plus aucune écriture, et le journal dit quoi faire', async (_, perdre) => {
    const said: string[] = [];
    const note = (line: unknown): void => void said.push(inspect(line));
    club.http.app.useLogger({ log: note, warn: note, error: note });
    const { file } = club.http.database;
    await perdre(file);
    for (const reponse of await Promise.all([seance.inscrire(membres[1]!), seance.porterA(9), club.http.send(M, { nom: 'Perdu' })]))
      injoignable(reponse, PEUT_ETRE);
    // Remettre un fichier n'y change rien : seul un redémarrage, voulu par une personne, décide lequel est le bon.
    await rm(file, { force: true });
    await rename(`${file}.avant`, file);
    injoignable(await seance.inscrire(membres[2]!), PEUT_ETRE);
    expect((await club.http.get('/health/ready')).status, 'une instance qui n’écrira plus n’est pas prête').toBe(503);
    await club.relancer();
    expect((await seance.inscrire(membres[1]!)).status).toBe(201);
    expect((await seance.inscriptions()).map((une) => une.membreId)).toEqual([membres[0], membres[1]]);
    expect(said.join('\n')).toMatch(/Stop every instance; then either put the former file back/);
  });

  it('en lecture seule : 503 à l’écriture, les lectures continuent, et rien n’est perdu', async () => {
    const rendre = await imposer('PRAGMA query_only = ON');
    injoignable(await seance.porterA(7));
    expect((await seance.lire()).body).toMatchObject({ places: 5, version: 2 });
    await rendre();
    await remis([membres[0]!]);
  });

  it('boîte pleine : 503 surcharge tout de suite ; ce qui était accepté est servi', async () => {
    await club.fermer();
    await ouvrir({ DEADLINE_MS: '10000', MAILBOX_CAPACITY: '3' });
    const { registries } = club.http.machine;
    await hand.type('BEGIN IMMEDIATE');
    const premiere = seance.inscrire(membres[1]!);
    await enRoute();
    // Plantée pendant ce temps, la séance ne renaîtra qu'une fois la base servie : d'ici là, sa boîte se remplit.
    registries.get('seance')!.crash(seance.id);
    const suivantes = membres.slice(2).map((membre) => seance.inscrire(membre));
    await jusqua('la boîte est pleine', () => registries.get('seance')!.outcomes.overloaded === 7);
    await hand.type('ROLLBACK');
    const reponses = await Promise.all([premiere, ...suivantes]);
    expect(reponses.filter(({ status }) => status === 201)).toHaveLength(4);
    for (const reponse of reponses.filter(({ status }) => status !== 201)) {
      expect([reponse.status, reponse.body.code, reponse.body.etat, reponse.headers.get('retry-after')]).toEqual([
        503,
        'surcharge',
        'not_executed',
        '1',
      ]);
    }
    expect((await seance.lire()).body).toMatchObject({ inscrits: 5, enAttente: 0 });
  });

  it('file d’écriture pleine : 503 surcharge au-delà, sans mémoire de plus, et tout revient', async () => {
    await club.fermer();
    await ouvrir({ DEADLINE_MS: '15000', COMMIT_QUEUE: '5' });
    await hand.type('BEGIN IMMEDIATE');
    const tenues = Array.from({ length: 5 }, (_, i) => seance.inscrire(membres[i + 1]!));
    await jusqua('cinq demandes attendent', () => club.http.machine.journal.outstanding === 5);
    const avant = process.memoryUsage().heapUsed;
    for (let vague = 0; vague < 10; vague++) {
      const refusees = await Promise.all(Array.from({ length: 50 }, () => seance.porterA(9)));
      expect(new Set(refusees.map(({ status, body }) => `${status} ${body.code} ${body.etat}`))).toEqual(
        new Set(['503 surcharge not_executed']),
      );
      expect(club.http.machine.journal.outstanding).toBe(5);
    }
    expect(process.memoryUsage().heapUsed - avant).toBeLessThan(64 * 1024 * 1024);
    await hand.type('ROLLBACK');
    await Promise.all(tenues);
    await remis([membres[0]!]);
  });
});
