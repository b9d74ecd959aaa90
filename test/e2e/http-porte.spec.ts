import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startInstance, type TestInstance } from '../support/instance.js';

describe('la porte dans l’arbre', () => {
  let club: TestInstance;
  beforeAll(async () => {
    club = await startInstance('sqlite');
  });
  afterAll(() => club.end());

  it('qui plante rouvre à la même adresse, flux compris, et rien n’est perdu', async () => {
    const { body } = await club.send('/api/v1/membres', { nom: 'Jeanne' });
    for (let life = 0; life < 2; life++) {
      expect(club.tree.crash('web')).toBe('crashed');
      await vi.waitFor(async () => expect((await club.get('/health/live')).status).toBe(200), { timeout: 10_000, interval: 20 });
      expect((await club.get(`/api/v1/membres/${body.id}`)).body.nom).toBe('Jeanne');
      const stream = await fetch(`${club.url}/api/v1/flux`);
      expect(stream.status).toBe(200);
      await stream.body?.cancel();
    }
  });

  it('fermer deux fois est fermer une fois', async () => {
    await Promise.all([club.close(), club.close()]);
    await expect(fetch(`${club.url}/health/live`)).rejects.toThrow();
  });
});
