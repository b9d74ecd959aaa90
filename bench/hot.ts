import { BenchClub, envelope } from './support/club.js';
import { Classic } from './support/classic.js';
import type { BenchPostgres } from './support/databases.js';
import { closedLoop, type Measure } from './support/load.js';
import { Comparison, line, thousands, title } from './support/report.js';

const MEMBERS = 12_000;

interface Sides {
  readonly sqlite: BenchClub;
  readonly postgres: BenchClub;
  readonly classic: Classic;
  readonly members: readonly string[];
}

let names = 0;
const seanceId = (): string => `sea_${String(++names).padStart(26, '0')}`;

/** Inside the process: the living séance against `SELECT … FOR UPDATE` per request, on the same tables and constraints. */
export async function hot(server: BenchPostgres, rounds: number): Promise<void> {
  const url = await server.database();
  const [sqlite, postgres] = [await BenchClub.open(), await BenchClub.open(url)];
  const members = await sqlite.membres(MEMBERS);
  await postgres.membres(MEMBERS);
  const sides: Sides = { sqlite, postgres, classic: new Classic(url), members };
  title('Inside the process, against SELECT … FOR UPDATE per request (PostgreSQL, pool 20)');
  for (const callers of [64, 512]) await oneSeance(sides, callers, rounds);
  await thousandSeances(sides, rounds);
  await sides.classic.close();
  await sqlite.close();
  await postgres.close();
}

async function oneSeance(sides: Sides, callers: number, rounds: number): Promise<void> {
  const [onSqlite, onPostgres] = [new Comparison(), new Comparison()];
  for (let round = 0; round <= rounds; round++) {
    const classic = await classically(sides, callers, [await planned(sides.postgres)]);
    const sqlite = await living(sides.sqlite, sides.members, callers, [await planned(sides.sqlite)]);
    const postgres = await living(sides.postgres, sides.members, callers, [await planned(sides.postgres)]);
    if (round === 0) continue; // warm-up
    onSqlite.add(sqlite.rate, classic.rate);
    onPostgres.add(postgres.rate, classic.rate);
  }
  say(`one hot séance, ${callers} callers, SQLite`, onSqlite, 40, 90);
  say(`one hot séance, ${callers} callers, PostgreSQL`, onPostgres, 30, 70);
}

async function thousandSeances(sides: Sides, rounds: number): Promise<void> {
  const [onSqlite, onPostgres] = [new Comparison(), new Comparison()];
  const many = async (club: BenchClub): Promise<string[]> => Promise.all(Array.from({ length: 1000 }, () => planned(club)));
  const [a, b, c] = [await many(sides.sqlite), await many(sides.postgres), await many(sides.postgres)];
  for (let round = 0; round <= rounds; round++) {
    // Each round another slice of members, so that nobody is inscribed twice.
    const members = sides.members.slice(round * 12, round * 12 + 12);
    const classic = await classically({ ...sides, members: members.slice(0, 4) }, 512, c);
    const sqlite = await living(sides.sqlite, members, 512, a);
    const postgres = await living(sides.postgres, members, 512, b);
    if (round === 0) continue;
    onSqlite.add(sqlite.rate, classic.rate);
    onPostgres.add(postgres.rate, classic.rate);
  }
  say('1 000 séances, 512 callers, SQLite', onSqlite, 8, 16);
  say('1 000 séances, 512 callers, PostgreSQL', onPostgres, 8, 16);
}

function say(what: string, { ours, theirs, ratio }: Comparison, floor: number, goal: number): void {
  line({ what, ratio, floor, goal, figures: `${thousands(ours)} against ${thousands(theirs)}` });
}

async function planned(club: BenchClub): Promise<string> {
  const id = seanceId();
  await club.planifier(id, MEMBERS / 2);
  return id;
}

/** Half of the members find a place, the others wait. With many séances, each demande goes to the next one. */
function living(club: BenchClub, members: readonly string[], callers: number, seances: readonly string[]): Promise<Measure> {
  return closedLoop(callers, seances.length === 1 ? members.length : members.length * seances.length, async (n) => {
    const seance = seances[n % seances.length]!;
    const membre = members[Math.floor(n / seances.length)]!;
    const outcome = await club.inscrire(seance, membre, envelope(`${seance}\n${membre}`));
    if (outcome.is !== 'done') throw new Error(`refused: ${JSON.stringify(outcome)}`);
  });
}

function classically({ classic, members }: Sides, callers: number, seances: readonly string[]): Promise<Measure> {
  const total = seances.length === 1 ? Math.min(1500, members.length) : members.length * seances.length;
  return closedLoop(callers, total, async (n) => {
    const seance = seances[n % seances.length]!;
    const membre = members[Math.floor(n / seances.length)]!;
    await classic.inscrire(seance, membre, `classic-${seance}-${membre}`, 'abcdefghijklmnopqrstuv');
  });
}
