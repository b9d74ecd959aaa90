import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { engines } from '../support/databases.js';
import { startInstance, type TestInstance } from '../support/instance.js';

const R = '/api/v1/reveils';
const PLUS_TARD = Date.UTC(2036, 0, 15, 7);

describe.each(engines)('les réveils, sur %s', (engine) => {
  let club: TestInstance;
  beforeEach(async () => void (club = await startInstance(engine)));
  afterEach(() => club.end());

  /** Comme le fait d’un agrégat l’aurait armé ; `absente` : une sorte que personne n’héberge, et qui reste donc due. */
  const armer = (...reveils: readonly (readonly [nom: string, du: number, racine?: string])[]) =>
    club.machine.storage.transact((tx) =>
      tx.insert(
        'timer',
        reveils.map(([name, due, root = 'ouv_a']) => ({ stream: `pre_${name}`, name, root, kind: 'absente', due, demande: '{}' })),
      ),
    );

  it('rien d’armé : une liste vide', async () => expect((await club.get(R)).body).toEqual({ elements: [] }));

  it('par échéance, à l’heure du club, page après page', async () => {
    await armer(['retrait:exe_2', PLUS_TARD + 1], ['pret', PLUS_TARD], ['b', PLUS_TARD + 1, 'ouv_0'], ['du', 1_000]);
    const { status, body, headers } = await club.get(`${R}?limite=2`);
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-cache']);
    expect(body.elements).toEqual([
      { flux: 'pre_du', nom: 'du', racine: 'ouv_a', sorte: 'absente', du: '1970-01-01T01:00:01+01:00' },
      { flux: 'pre_pret', nom: 'pret', racine: 'ouv_a', sorte: 'absente', du: '2036-01-15T08:00:00+01:00' },
    ]);
    const link = /^<(.+)>; rel="next"$/.exec(headers.get('link') ?? '')![1]!;
    const next = await club.get(link);
    expect(next.body.elements.map(({ nom }: { nom: string }) => nom)).toEqual(['b', 'retrait:exe_2']);
    expect(next.headers.get('link')).toBeNull();
    const parUn: string[] = [];
    for (let page: string | undefined = `${R}?limite=1`; page !== undefined;) {
      const one = await club.get(page);
      parUn.push(...one.body.elements.map(({ nom }: { nom: string }) => nom));
      page = /^<(.+)>/.exec(one.headers.get('link') ?? '')?.[1];
    }
    expect(parUn).toEqual(['du', 'pret', 'b', 'retrait:exe_2']);
  });

  it('un curseur, une limite ou un paramètre qui n’en sont pas', async () => {
    for (const [query, code] of [
      ['apres=x', 'curseur_invalide'],
      [`apres=${Buffer.from('["a","b","c","d"]').toString('base64url')}`, 'curseur_invalide'],
      [`apres=${Buffer.from('[1,"b"]').toString('base64url')}`, 'curseur_invalide'],
      ['limite=0', 'demande_invalide'],
      ['limite=101', 'demande_invalide'],
      ['du=1', 'demande_invalide'],
    ]) {
      const { status, body } = await club.get(`${R}?${query}`);
      expect([status, body.code]).toEqual([422, code]);
    }
    const { body } = await club.get(`${R}?limite=0`, { 'accept-language': 'en' });
    expect(body.champs).toEqual([{ champ: 'limite', probleme: 'must be a whole number from 1 to 100' }]);
  });

  it('ce qui est dû et n’a pas pu être présenté se compte, et rend prêt tant que le leader continue d’essayer', async () => {
    const figure = async (name: string): Promise<number> =>
      Number(new RegExp(`^${name} (\\S+)$`, 'm').exec((await club.get('/metrics')).body)?.[1]);
    await expect.poll(() => figure('monclub_timers_due')).toBe(0);
    await armer(['vieux', Date.now() - 3_600_000], ['demain', Date.now() + 86_400_000]);
    await expect.poll(() => figure('monclub_timers_due'), { timeout: 5_000 }).toBe(1);
    expect(await figure('monclub_timers_lateness_seconds')).toBeGreaterThan(3_599);
    expect((await club.get('/health/ready')).body.details.reveils).toEqual({ status: 'up' });
    expect([await figure('monclub_timers_woken_total'), await figure('monclub_timers_retried_total')]).toEqual([0, 0]);
  });

  it('la feuille de l’arbre : une fonction du leader', async () => {
    const { body } = await club.get('/api/v1/supervision?sous=coeur.fonctions.reveils');
    expect([body.nom, body.etat]).toEqual(['reveils', 'en_marche']);
  });
});
