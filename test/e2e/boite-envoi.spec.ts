import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OutboxFact } from '../../src/runtime/outbox/storage.js';
import { engines } from '../support/databases.js';
import { startInstance, type TestInstance } from '../support/instance.js';

const B = '/api/v1/boite-envoi';
const FICHE = { titre: 'Germinal', debut: '2036-01-15T19:00:00+01:00', fin: '2036-01-15T21:00:00+01:00', places: 2 };

describe.each(engines)('la boîte d’envoi, sur %s', (engine) => {
  let club: TestInstance;
  let poison: (fact: OutboxFact) => boolean;
  const heard: string[] = [];
  beforeEach(async () => {
    club = await startInstance(engine);
    heard.length = 0;
    poison = () => false;
    club.machine.listen({
      name: 'essai',
      kinds: ['seance'],
      react(fact) {
        if (poison(fact)) throw new Error(`illisible : ${fact.type}`);
        heard.push(`${fact.stream}:${fact.version}`);
        return [];
      },
    });
  });
  afterEach(() => club.end());

  const planifier = async (): Promise<string> => (await club.send('/api/v1/seances', FICHE)).body.id;
  const letters = async () => (await club.get(B)).body.lettresMortes;

  it('vide quand tout est publié, avec la dernière position', async () => {
    await planifier();
    await expect
      .poll(async () => (await club.get(B)).body)
      .toEqual({ nonPublies: 0, estimation: false, plusAncien: null, position: 1, lettresMortes: [] });
  });

  it('dit ce qui attend, et depuis quand', async () => {
    // Who was just elected starts it a moment later.
    await expect.poll(() => club.machine.relay.running).toBe(true);
    club.machine.relay.stop();
    const id = await planifier();
    await club.send(`/api/v1/seances/${id}/fermeture`);
    const { body } = await club.get(B);
    expect([body.nonPublies, body.position]).toEqual([2, 0]);
    expect(body.plusAncien).toEqual({ instant: expect.stringMatching(/Z$/), ageMs: expect.any(Number) });
    expect(body.plusAncien.ageMs).toBeGreaterThanOrEqual(0);
  });

  it('ce qu’un écouteur ne peut pas prendre se voit, se rejoue une fois réparé, et le reste suit', async () => {
    poison = (fact) => fact.version === 1;
    const id = await planifier();
    await club.send(`/api/v1/seances/${id}/fermeture`);
    await expect.poll(async () => (await club.get(B)).body).toMatchObject({ nonPublies: 0, lettresMortes: [{ version: 1 }] });
    const [letter] = await letters();
    expect(letter).toMatchObject({
      id: `essai:${id}:1`,
      ecouteur: 'essai',
      agregat: id,
      version: 1,
      erreur: 'illisible : SeancePlanifiee',
      morte: false,
    });
    expect(letter.essais).toBeGreaterThanOrEqual(1);
    poison = () => false;
    const replayed = await club.send(`${B}/${letter.id}/rejeu`);
    expect([replayed.status, replayed.body.lettresMortes]).toEqual([200, []]);
    expect(heard).toEqual([`${id}:1`, `${id}:2`]);
  });

  it('un rejeu qui échoue encore la laisse là, avec un essai de plus', async () => {
    poison = () => true;
    const id = await planifier();
    await expect.poll(letters).toHaveLength(1);
    const before = (await letters())[0].essais;
    const { status, body } = await club.send(`${B}/essai:${id}:1/rejeu`);
    expect([status, body.lettresMortes.length, body.lettresMortes[0].essais > before]).toEqual([200, 1, true]);
  });

  it('un abandon passe ce fait et lui seul ; le même deux fois, ou trop tard, ne touche pas le suivant', async () => {
    poison = () => true;
    const id = await planifier();
    await club.send(`/api/v1/seances/${id}/fermeture`);
    // Both published: the second fact waits behind the first, and takes its place as soon as that one is passed.
    await expect.poll(async () => (await club.get(B)).body).toMatchObject({ nonPublies: 0, lettresMortes: [{ version: 1 }] });
    const headers = { 'idempotency-key': `abandon-${engine}-000001` };
    const first = await club.send(`${B}/essai:${id}:1/abandon`, undefined, headers);
    expect([first.status, first.body.lettresMortes[0].id]).toEqual([200, `essai:${id}:2`]);
    const again = await club.send(`${B}/essai:${id}:1/abandon`, undefined, headers);
    expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([200, 'true']);
    expect((await club.send(`${B}/essai:${id}:1/abandon`)).body.code).toBe('lettre_inconnue');
    expect((await letters())[0].id).toBe(`essai:${id}:2`);
  });

  it('une lettre qui n’est pas : 404', async () => {
    for (const id of ['essai:sea_x:1', 'n%27importe', 'a%00b', 'x'.repeat(9000)]) {
      for (const act of ['rejeu', 'abandon']) expect((await club.send(`${B}/${id}/${act}`)).body.code).toBe('lettre_inconnue');
    }
  });
});
