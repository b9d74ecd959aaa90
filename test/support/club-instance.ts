import type { Environment } from '../../src/config.js';
import type { Overrides } from '../../src/app.js';
import { type Clock, systemClock } from '../../src/runtime/clock.js';
import type { Engine } from './databases.js';
import { type Answer, startInstance, type TestInstance } from './instance.js';

export const S = '/api/v1/seances';
export const M = '/api/v1/membres';
export const HEURE = 3_600_000;

type Headers = Record<string, string>;

/** Real time, whose wall clock the test may move; durations and deadlines do not notice. */
export interface MovableClock extends Clock {
  jump(ms: number): void;
}

export function movableClock(): MovableClock {
  let ahead = 0;
  return { ...systemClock, now: () => Date.now() + ahead, jump: (ms) => void (ahead += ms) };
}

/** Le club par sa porte : ce que dirait une personne, une ligne par phrase. */
export class ClubHttp {
  private constructor(
    public http: TestInstance,
    readonly clock: MovableClock,
  ) {}

  static async ouvrir(engine: Engine, env: Environment = {}, overrides: Overrides = {}): Promise<ClubHttp> {
    const clock = movableClock();
    return new ClubHttp(await startInstance(engine, env, { clock, ...overrides }), clock);
  }

  /** De nouveaux membres ; leurs identifiants, dans l’ordre. */
  async membres(combien: number): Promise<string[]> {
    const ids: string[] = [];
    // Par petits groupes : le plus petit des clubs d'essai n'en laisse pas attendre davantage.
    for (let essais = 0; ids.length < combien; essais++) {
      if (essais > combien + 20) throw new Error(`${ids.length} membres sur ${combien} après ${essais} essais`);
      const groupe = Array.from({ length: Math.min(4, combien - ids.length) }, (_, i) =>
        this.http.send(M, { nom: `Membre ${ids.length + i}` }),
      );
      // Un club d'essai au délai court peut répondre « pas à temps » sur une machine chargée : on en demande d'autres.
      ids.push(...(await Promise.all(groupe)).flatMap(({ status, body }) => (status === 201 ? [body.id as string] : [])));
    }
    return ids;
  }

  /** Une séance d’une heure, dans une semaine. */
  async planifier(places: number, fiche: object = {}): Promise<SeanceHttp> {
    const debut = new Date(this.clock.now() + 168 * HEURE).toISOString();
    const fin = new Date(this.clock.now() + 169 * HEURE).toISOString();
    const planifiee = () => this.http.send(S, { titre: 'Germinal', debut, fin, places, ...fiche });
    let { status, body } = await planifiee();
    for (let essais = 0; status === 503 && essais < 20; essais++) ({ status, body } = await planifiee());
    if (status !== 201) throw new Error(`planifier : ${status} ${JSON.stringify(body)}`);
    return this.seance(body.id);
  }

  seance(id: string): SeanceHttp {
    return new SeanceHttp(this, id);
  }

  /** La même instance, arrêtée puis relancée sur la même base. */
  async relancer(): Promise<void> {
    this.http = await this.http.again();
  }

  fermer(): Promise<void> {
    return this.http.end();
  }
}

/** Une séance par sa porte. */
export class SeanceHttp {
  readonly chemin: string;

  constructor(
    private readonly club: ClubHttp,
    readonly id: string,
  ) {
    this.chemin = `${S}/${id}`;
  }

  inscrire(membreId: string, plus: object = {}, headers: Headers = {}): Promise<Answer> {
    return this.club.http.send(`${this.chemin}/inscriptions`, { membreId, ...plus }, headers);
  }
  desister(membreId: string, headers: Headers = {}): Promise<Answer> {
    return this.club.http.send(`${this.chemin}/inscriptions/${membreId}`, undefined, headers, 'DELETE');
  }
  porterA(places: number, headers: Headers = {}): Promise<Answer> {
    return this.club.http.send(this.chemin, { places }, headers, 'PATCH');
  }
  /** POST sur une sous-route : fermeture, report, annulation… */
  demander(quoi: string, corps?: object, headers: Headers = {}): Promise<Answer> {
    return this.club.http.send(`${this.chemin}/${quoi}`, corps, headers);
  }
  lire(headers: Headers = {}): Promise<Answer> {
    return this.club.http.get(this.chemin, headers);
  }

  /** Les inscriptions, page après page, par les liens donnés. */
  inscriptions(query = ''): Promise<{ membreId: string; statut: string; rang?: number; position?: number }[]> {
    return toutes(this.club.http, `${this.chemin}/inscriptions${query}`);
  }
  faits(query = ''): Promise<{ version: number; type: string; demandeId: string; donnees: Record<string, unknown> }[]> {
    return toutes(this.club.http, `${this.chemin}/faits${query}`);
  }
}

/** Toute une liste, en suivant `Link` jusqu’au bout. */
export async function toutes<T>(http: TestInstance, depuis: string): Promise<T[]> {
  const elements: T[] = [];
  for (let path: string | undefined = depuis; path !== undefined;) {
    const page: Answer = await http.get(path);
    if (page.status !== 200) throw new Error(`${path} : ${page.status}`);
    elements.push(...page.body.elements);
    path = /^<([^>]+)>; rel="next"$/.exec(page.headers.get('link') ?? '')?.[1];
  }
  return elements;
}

/** Attend que `vrai` le soit, sans deviner combien de temps ; au bout de `delaiMs`, dit ce que l’on attendait. */
export async function jusqua(quoi: string, vrai: () => boolean | Promise<boolean>, delaiMs = 10_000): Promise<void> {
  const fin = performance.now() + delaiMs;
  while (!(await vrai())) {
    if (performance.now() > fin) throw new Error(`toujours pas, après ${delaiMs} ms : ${quoi}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
