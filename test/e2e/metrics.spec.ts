import { expect, it } from 'vitest';
import { ClubHttp, jusqua } from '../support/club-instance.js';
import { startInstance } from '../support/instance.js';
import { JOUR, PretsHttp } from '../support/prets-http.js';

const FICHE = { titre: 'Germinal', debut: '2036-01-15T19:00:00+01:00', fin: '2036-01-15T21:00:00+01:00', places: 2 };

it('les chiffres de chaque instance, à elle seule, deux dans un même processus', async () => {
  const [club, other] = [await startInstance(), await startInstance()];
  const { body: seance } = await club.send('/api/v1/seances', FICHE);
  await club.send(`/api/v1/seances/${seance.id}/inscriptions`, { membreId: 'mem_inconnu' });
  await club.get('/api/v1/nulle-part/1');
  await club.send(`/api/v1/seances/${seance.id}/fermeture`);
  await club.send(`/api/v1/seances/${seance.id}/fermeture`);
  const scrape = await club.get('/metrics');
  expect([scrape.status, scrape.headers.get('content-type')]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
  const figure = (text: string, name: string): number | undefined => {
    const line = text.split('\n').find((one) => one.startsWith(`${name} `));
    return line === undefined ? undefined : Number(line.slice(name.length + 1));
  };
  const of = (name: string) => figure(scrape.body, name);
  expect(of('monclub_facts_written_total')).toBe(2);
  expect(of('monclub_demandes_total{genre="seance",issue="done"}')).toBeGreaterThanOrEqual(2);
  expect(of('monclub_aggregates_living{genre="seance"}')).toBe(1);
  expect(of('monclub_aggregate_crashes_total{genre="seance"}')).toBe(0);
  expect(of('monclub_demandes_outstanding')).toBe(0);
  expect(of('monclub_sse_clients')).toBe(0);
  expect(of('monclub_relay_lag_seconds')).toBeLessThan(30);
  expect(of('monclub_http_request_duration_seconds_count{route="/api/v1/seances",method="POST",status="201"}')).toBe(1);
  expect(of('monclub_http_request_duration_seconds_count{route="aucune",method="GET",status="404"}')).toBe(1);
  expect(scrape.body).toMatch(/^nodejs_eventloop_lag_p99_seconds /m);
  // An address, an id or a name never becomes a label: the number of series is bounded.
  expect(scrape.body).not.toContain(seance.id);
  for (const line of scrape.body.split('\n').filter((one: string) => one.startsWith('# HELP monclub_')))
    expect(line.split(' ').length).toBeGreaterThan(4);
  expect(figure((await other.get('/metrics')).body, 'monclub_facts_written_total')).toBe(0);
  await Promise.all([club.end(), other.end()]);
});

it('les réveils que l’instance a appliqués, par sorte et par ce qu’ils ont fait', async () => {
  const club = await ClubHttp.ouvrir('sqlite');
  const figure = async (demande: string, genre = 'ouvrage'): Promise<number> => {
    const { body } = await club.http.get('/metrics');
    return Number(new RegExp(`^monclub_timers_applied_total\\{genre="${genre}",demande="${demande}"\\} (\\d+)$`, 'm').exec(body)?.[1] ?? 0);
  };
  const prets = new PretsHttp(club);
  const [[ana, bo], seance] = [(await club.membres(2)) as [string, string], await club.planifier(2)];
  for (const membre of [ana, bo]) await prets.emprunter(await prets.ajouter(), membre);
  expect([await figure('rappelerEcheance'), await figure('cloturer', 'seance')]).toEqual([0, 0]);
  club.clock.jump(20 * JOUR);
  await jusqua('deux rappels et une clôture', async () => {
    const figures = [await figure('rappelerEcheance'), await figure('cloturer', 'seance'), (await seance.lire()).body.statut];
    return figures.join() === '2,1,cloturee';
  });
  expect(await figure('relancer')).toBe(0);
  await club.fermer();
});
