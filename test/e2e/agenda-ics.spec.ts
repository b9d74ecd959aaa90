import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HEURE, type MovableClock, movableClock } from '../support/club-instance.js';
import { engines } from '../support/databases.js';
import { startInstance, type TestInstance } from '../support/instance.js';

const AGENDA = '/api/v1/agenda.ics';
const JOUR = 24 * HEURE;

/** Les événements d’un calendrier, lignes dépliées. */
function evenements(ics: string): Record<string, string>[] {
  const lignes = ics.replaceAll('\r\n ', '').split('\r\n');
  const tous: Record<string, string>[] = [];
  for (const ligne of lignes) {
    const fin = ligne.search(/[;:]/);
    if (ligne === 'BEGIN:VEVENT') tous.push({});
    else if (tous.length > 0) tous.at(-1)![ligne.slice(0, fin)] ??= ligne.slice(fin);
  }
  return tous;
}

describe.each(engines)('l’agenda pour les calendriers, sur %s', (engine) => {
  let club: TestInstance;
  let clock: MovableClock;
  beforeAll(async () => {
    clock = movableClock();
    club = await startInstance(engine, {}, { clock });
  });
  afterAll(() => club.end());

  const planifier = async (dans: number, fiche: object = {}): Promise<string> => {
    const [debut, fin] = [dans, dans + 2 * HEURE].map((ms) => new Date(clock.now() + ms).toISOString());
    return (await club.send('/api/v1/seances', { titre: 'Germinal', debut, fin, places: 3, ...fiche })).body.id;
  };
  const trouver = async (id: string) => evenements((await club.get(AGENDA)).body).find((un) => un['UID'] === `:${id}@monclub`);

  it('dit une séance à l’heure de son fuseau, avec un VTIMEZONE, des lignes pliées et des signes échappés', async () => {
    const titre = 'Zola ; Balzac, Hugo \\ et bien d’autres, lus à voix haute par des élèves très émus de Saint-Étienne';
    const id = await planifier(0, {
      titre,
      lieu: 'Salle Zola',
      debut: '2037-07-15T17:00:00Z',
      fin: '2037-07-15T19:30:00Z',
      fuseau: 'Europe/Kiev',
    });
    const { status, headers, body } = await club.get(AGENDA);
    expect([status, headers.get('content-type')]).toEqual([200, 'text/calendar; charset=utf-8']);
    expect(body.endsWith('END:VCALENDAR\r\n')).toBe(true);
    expect(body.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    for (const ligne of body.split('\r\n')) expect(Buffer.byteLength(ligne)).toBeLessThanOrEqual(75);
    expect(body).toMatch(/BEGIN:VTIMEZONE\r\nTZID:Europe\/Kyiv\r\n/);
    expect(await trouver(id)).toMatchObject({
      SUMMARY: `:${titre.replaceAll(/[\\;,]/g, (signe) => `\\${signe}`)}`,
      LOCATION: ':Salle Zola',
      DTSTART: ';TZID=Europe/Kyiv:20370715T200000',
      DTEND: ';TZID=Europe/Kyiv:20370715T223000',
      STATUS: ':CONFIRMED',
      SEQUENCE: ':1',
      DTSTAMP: expect.stringMatching(/^:\d{8}T\d{6}Z$/) as string,
    });
  });

  it('une séance reportée ou annulée garde son UID, et sa SEQUENCE monte', async () => {
    const id = await planifier(7 * JOUR);
    const avant = await trouver(id);
    await club.send(`/api/v1/seances/${id}/report`, {
      debut: new Date(clock.now() + 8 * JOUR).toISOString(),
      fin: new Date(clock.now() + 8 * JOUR + HEURE).toISOString(),
    });
    const reportee = await trouver(id);
    expect([avant!['SEQUENCE'], reportee!['SEQUENCE'], reportee!['STATUS']]).toEqual([':1', ':2', ':CONFIRMED']);
    expect(reportee!['DTSTART']).not.toBe(avant!['DTSTART']);
    await club.send(`/api/v1/seances/${id}/annulation`, { motif: 'Salle fermée' });
    expect(await trouver(id)).toMatchObject({ STATUS: ':CANCELLED', SEQUENCE: ':3', SUMMARY: ':Annulée : Germinal' });
  });

  it('garde les trente derniers jours, et rien de plus vieux', async () => {
    const id = await planifier(HEURE);
    clock.jump(29 * JOUR);
    expect(await trouver(id)).toBeDefined();
    clock.jump(2 * JOUR);
    expect(await trouver(id)).toBeUndefined();
    expect(evenements((await club.get(`/api/v1/seances/${id}/agenda.ics`)).body)).toHaveLength(1);
  });

  it('ne change pas tant que rien ne change, et le dit : 304', async () => {
    const id = await planifier(3 * JOUR);
    const premier = await club.get(AGENDA);
    const etag = premier.headers.get('etag')!;
    expect((await club.get(AGENDA)).body).toBe(premier.body);
    expect(await club.get(AGENDA, { 'if-none-match': etag })).toMatchObject({ status: 304, body: '' });
    await club.send(`/api/v1/seances/${id}`, { places: 5 }, {}, 'PATCH');
    expect((await club.get(AGENDA, { 'if-none-match': etag })).status).toBe(200);
  });

  it('d’une séance seule, ou d’une inconnue', async () => {
    const id = await planifier(3 * JOUR);
    const { body, headers } = await club.get(`/api/v1/seances/${id}/agenda.ics`);
    expect(evenements(body).map((un) => un['UID'])).toEqual([`:${id}@monclub`]);
    expect((await club.get(`/api/v1/seances/${id}/agenda.ics`, { 'if-none-match': headers.get('etag')! })).status).toBe(304);
    expect((await club.get('/api/v1/seances/sea_inconnue/agenda.ics')).body.code).toBe('seance_inconnue');
  });

  it('ne nomme personne', async () => {
    const membreId = (await club.send('/api/v1/membres', { nom: 'Ana Anonyme' })).body.id;
    const id = await planifier(3 * JOUR);
    await club.send(`/api/v1/seances/${id}/inscriptions`, { membreId });
    const { body } = await club.get(AGENDA);
    expect([body.includes(membreId), body.includes('Anonyme')]).toEqual([false, false]);
  });
});
