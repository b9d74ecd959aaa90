import { Logger } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newDatabase } from '../support/databases.js';
import { startInstance, type TestInstance } from '../support/instance.js';
import { realPlace } from '../support/real-instance.js';

type Line = Readonly<Record<string, unknown>>;

/** The log lines of an instance, as they were written. */
class Lines {
  readonly all: Line[] = [];
  readonly write = (text: string): void => void this.all.push(JSON.parse(text) as Line);
  get requests(): Line[] {
    return this.all.filter(({ route }) => route !== undefined);
  }
}

const KEY = 'une-demande-a-moi-0001';

describe('at LOG_LEVEL=info', () => {
  const lines = new Lines();
  let club: TestInstance;
  beforeAll(async () => {
    club = await startInstance('sqlite', { LOG_LEVEL: 'info' }, { logTo: lines });
    const membre = await club.send('/api/v1/membres', { nom: 'Jeanne Dupont', courriel: 'jeanne@example.org' }, { 'idempotency-key': KEY });
    await club.get('/api/v1/membres');
    await club.send(`/api/v1/membres/${membre.body.id}`, { courriel: 'pas une adresse' }, {}, 'PATCH');
    await club.send('/api/v1/membres/Jeanne-Dupont', undefined, {}, 'DELETE');
    await club.send('/api/v1/rien/jeanne@example.org');
    const err = Object.assign(new Error('refused for jeanne@example.org'), { parameters: ['Jeanne Dupont'], query: 'INSERT …' });
    new Logger('machine').error({ msg: 'The database refuses', err });
    await club.end();
  });

  it('each write is one line: the demande, what was asked, what became of it', () => {
    expect(lines.all.at(-1)).toMatchObject({ level: 50, context: 'machine', err: { message: 'refused for …@…' } });
    expect(lines.requests).toMatchObject([
      { demande: KEY, method: 'POST', route: '/api/v1/membres', status: 201 },
      { method: 'PATCH', route: '/api/v1/membres/:id', status: 422 },
      { method: 'DELETE', route: '/api/v1/membres/:id', status: 404 },
      { method: 'POST', route: null, status: 404 },
    ]);
    for (const { demande, ms, level } of lines.requests) expect([typeof demande, typeof ms, level]).toEqual(['string', 'number', 30]);
  });

  it('a line has no name, no e-mail, no address as it was typed', () => expect(JSON.stringify(lines.all)).not.toMatch(/jeanne|dupont/i));

  it('nothing tells how Nest puts the application together', () => {
    expect(lines.all.filter(({ context }) => /Router|Loader|Nest/.test(String(context)))).toEqual([]);
  });
});

it.each([
  ['debug', ['GET', 'POST']],
  ['warn', []],
])('at LOG_LEVEL=%s the requests told are %j', async (level, told) => {
  const lines = new Lines();
  const club = await startInstance('sqlite', { LOG_LEVEL: level }, { logTo: lines });
  await club.get('/api/v1/membres');
  await club.send('/api/v1/membres', { nom: 'Jeanne' });
  await club.end();
  expect(lines.requests.map(({ method }) => method)).toEqual(told);
});

describe('a process at its terminal', () => {
  const ends: (() => Promise<void>)[] = [];
  afterAll(async () => {
    for (const end of ends) await end();
  });

  it('says where it is, then logs, and loses no line when it is stopped', async () => {
    const database = await newDatabase('sqlite', { migrated: false });
    const place = await realPlace(database);
    ends.push(place.clear, database.drop);
    const one = place.start({ LOG_LEVEL: 'info' });
    await one.ready();
    const asked = Array.from({ length: 50 }, (_, i) => {
      const headers = { 'content-type': 'application/json', 'idempotency-key': `la-demande-numero-${i}` };
      return fetch(`${place.url}/api/v1/membres`, { method: 'POST', headers, body: JSON.stringify({ nom: `Membre ${i}` }) });
    });
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual(asked.map(() => 201));
    await one.stop();
    const said = one.said.split('\n');
    expect(said[0]).toBe(`MonClub est ouvert : ${place.url}`);
    const logged = said.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Line);
    expect(new Set(logged.flatMap(({ demande }) => demande ?? [])).size).toBe(50);
    expect(one.said).not.toContain('Membre ');
  }, 200_000);
});
