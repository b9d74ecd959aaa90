import { newDatabase, type Engine, type TestDatabase } from './databases.js';
import { on, type TestInstance } from './instance.js';
import { LeapingClock } from './leaping-clock.js';
import { JOUR, O, P } from './prets-http.js';

/** Il y a tant de jours, quelqu’un a empli le club ; depuis, il n’y avait personne. */
const DORMI_JOURS = 40;
const OUVRAGES = 20;
const EXEMPLAIRES = 5;
const MIS_DE_COTE = 20;
const OFFRES = 15;
const CLOTURES = 15;

export interface ClubEndormi {
  readonly database: TestDatabase;
  /** Prêts dont le rappel et la première relance sont dus : deux effets chacun, l’un après l’autre. */
  readonly prets: readonly string[];
  /** Ouvrages dont un exemplaire attend quelqu’un qui n’est pas venu ; une autre personne attend derrière. */
  readonly misDeCote: readonly string[];
  /** Séances dont la place est offerte à quelqu’un qui n’a pas répondu ; une autre personne attend derrière. */
  readonly offertes: readonly string[];
  /** Séances finies. */
  readonly finies: readonly string[];
}

/** Un club où tout est dû, que personne n’a encore réveillé. */
export async function clubEndormi(engine: Engine): Promise<ClubEndormi> {
  const database = await newDatabase(engine);
  const instance = await on(database, { INSTANCE_ID: 'semeur' }, { clock: new LeapingClock(Date.now() - DORMI_JOURS * JOUR) });
  try {
    const club = new Semis(instance);
    const prets = await club.prets();
    return { database, prets, misDeCote: await club.misDeCote(), offertes: await club.offertes(), finies: await club.finies() };
  } finally {
    await instance.close();
  }
}

class Semis {
  constructor(private readonly instance: TestInstance) {}

  async prets(): Promise<string[]> {
    const [membres, ouvrages] = [await this.membres((OUVRAGES * EXEMPLAIRES) / 5), await this.ouvrages(OUVRAGES, EXEMPLAIRES)];
    const voulus = ouvrages.flatMap((ouvrageId) => Array.from({ length: EXEMPLAIRES }, () => ouvrageId));
    return this.chacun(voulus, (ouvrageId, i) => this.cree(P, { ouvrageId, membreId: membres[i % membres.length] }));
  }

  async misDeCote(): Promise<string[]> {
    const [membres, ouvrages] = [await this.membres(MIS_DE_COTE), await this.ouvrages(MIS_DE_COTE, 1)];
    await this.chacun(ouvrages, async (ouvrageId, i) => {
      const [lecteur, suivant, apres] = [0, 1, 2].map((n) => membres[(i + n) % membres.length]);
      const pret = await this.cree(P, { ouvrageId, membreId: lecteur });
      for (const membreId of [suivant, apres]) await this.demande(`${O}/${ouvrageId}/reservations`, { membreId });
      await this.demande(`${P}/${pret}/retour`, {});
    });
    return ouvrages;
  }

  async offertes(): Promise<string[]> {
    const membres = await this.membres(3);
    return this.chacun(Array.from({ length: OFFRES }), async () => {
      const seance = await this.seance(DORMI_JOURS + 10, { paiement: 'avant', prixCentimes: 500 });
      for (const membreId of membres) await this.demande(`/api/v1/seances/${seance}/inscriptions`, { membreId });
      await this.demande(`/api/v1/seances/${seance}/inscriptions/${membres[0]}`, undefined, 'DELETE');
      return seance;
    });
  }

  finies(): Promise<string[]> {
    return this.chacun(Array.from({ length: CLOTURES }), () => this.seance(5, {}));
  }

  private membres(combien: number): Promise<string[]> {
    return this.chacun(Array.from({ length: combien }), () => this.cree('/api/v1/membres', { nom: 'Ana' }));
  }

  private ouvrages(combien: number, exemplaires: number): Promise<string[]> {
    return this.chacun(Array.from({ length: combien }), () => this.cree(O, { titre: 'Germinal', exemplaires }));
  }

  /** D’une heure, dans tant de jours. */
  private seance(jours: number, fiche: object): Promise<string> {
    const debut = this.instance.machine.clock.now() + jours * JOUR;
    const dates = { debut: new Date(debut).toISOString(), fin: new Date(debut + 3_600_000).toISOString() };
    return this.cree('/api/v1/seances', { titre: 'Nana', places: 1, ...dates, ...fiche });
  }

  private async cree(path: string, corps: object): Promise<string> {
    return String((await this.demande(path, corps))['id']);
  }

  private async demande(path: string, corps: object | undefined, methode = 'POST'): Promise<Record<string, unknown>> {
    const { status, body } = await this.instance.send(path, corps, {}, methode);
    if (status >= 300) throw new Error(`${path} : ${status} ${JSON.stringify(body)}`);
    return body as Record<string, unknown>;
  }

  /** Quelques-uns à la fois. */
  private async chacun<T, R>(tous: readonly T[], faire: (un: T, i: number) => Promise<R>): Promise<R[]> {
    const faits: R[] = [];
    let prochain = 0;
    const un = async (): Promise<void> => {
      for (let i = prochain++; i < tous.length; i = prochain++) faits[i] = await faire(tous[i]!, i);
    };
    await Promise.all(Array.from({ length: 16 }, un));
    return faits;
  }
}
