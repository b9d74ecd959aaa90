/** The walls of the house (ARCHITECTURE, "Walls"), as tables. Every rule first proves that it matches a file: one that guards nothing is a lie. */
import { describe, expect, it } from 'vitest';
import { type Ban, breaches, cycles, matches, type Room, roomOf, type Source, sources } from './support/walls.js';

const NEST = '@nestjs/[a-z/-]+|rxjs';
/** What a module or the door may know of the machine. */
const PUBLIC_RUNTIME =
  'src/runtime/(?:clock|ids|machine|runtime\\.module|aggregate/aggregate|aggregate/outcome|outbox/rows|outbox/listener|pubsub/pubsub)\\.ts';
/** The write lane of rows: its types, and the one failure of it that a module may cause on purpose. */
const ROW_LANE = 'src/runtime/outbox/(?:row-lane|storage)\\.ts';
const CONTENDED = 'src/runtime/outbox/storage\\.ts#Contended';
const DOOR = 'src/http/[a-z.-]+\\.ts';
const FIELDS = 'src/http/(?:cursor|fields|history)\\.ts';
/** What a file of many things is, and how it is taken in. */
const FILES = 'src/http/csv-import\\.ts';
const MEMBRE_ID = 'src/modules/membres/membre-id\\.ts';
const PURE = 'OWN/(?!index)[a-z-]+\\.ts|OWN/[a-z-]+\\.rows\\.ts';
/** The folder without its doors and wiring: what is behind them never looks back. */
const INSIDE = 'OWN/(?!.*\\.(?:http|module)\\.ts$)[a-z.-]+\\.ts';
const OTHER_INDEX = 'src/modules/[a-z]+/index\\.ts';

/** The first room that matches is the file's. */
const rooms: readonly Room[] = [
  {
    room: 'a module shows its facts, at most a read port, and the wiring that goes with it',
    files: /^src\/modules\/[a-z]+\/index\.ts$/,
    may: [INSIDE],
    mayNames: ['OWN/[a-z]+\\.module\\.ts#[A-Za-z]+Module'],
  },
  {
    room: 'the election is pure: its words, the order of ids, the times',
    files: /^src\/modules\/health\/(bully(-[a-z]+)?|damping)\.ts$/,
    may: ['OWN/(?:bully(?:-[a-z]+)?|damping)\\.ts', 'src/runtime/cluster/(?:order|timing)\\.ts'],
    mayTypes: ['src/runtime/cluster/(?:peer|transport-port|lease|leadership)\\.ts'],
  },
  {
    room: 'the elector plays it on the clock, the network and the lease',
    files: /^src\/modules\/health\/(elector(-[a-z]+)?|tenure)\.ts$/,
    may: ['OWN/[a-z-]+\\.ts', 'src/runtime/(?:clock|outbox/storage|cluster/[a-z-]+)\\.ts'],
  },
  {
    room: 'counters are pure: tallies, versions, texts, and nothing else',
    files:
      /^src\/modules\/crdt\/(pn-counter|bounded-counter|counters|counter-(archive|digits|parts|text|values|versions|words)|sync-wire|rights-share)\.ts$/,
    may: ['OWN/(?:pn-counter|bounded-counter|counters|counter-(?:archive|digits|parts|text|values|versions|words))\\.ts'],
  },
  {
    room: 'the counters’ own file: its store is the one place with SQL in a module',
    files: /^src\/modules\/crdt\/[a-z-]+\.sqlite\.ts$/,
    may: [
      'node:fs',
      'node:path',
      'OWN/(?:[a-z-]+\\.sqlite|store|pn-counter)\\.ts',
      'src/runtime/outbox/(?:(?:connection|database-file|failures)\\.sqlite|lane|storage-errors)\\.ts',
    ],
    mayTypes: ['OWN/counter-words\\.ts', 'src/runtime/outbox/dialect\\.ts'],
  },
  {
    room: 'the replica plays it on the clock, the network and its store',
    files: /^src\/modules\/crdt\/(?!(?:operations|staged-counters|store|index)\.ts$)[a-z-]+\.ts$/,
    may: [
      'OWN/[a-z-]+\\.ts',
      'src/runtime/(?:clock|ids|aggregate/aggregate|aggregate/outcome)\\.ts',
      'src/runtime/cluster/transport-port\\.ts',
    ],
    mayTypes: ['src/runtime/cluster/peer\\.ts'],
    mayNames: ['node:crypto#createHash', 'src/runtime/cluster/demande-frames\\.ts#checkPiece'],
  },
  {
    room: 'the days of the club are reckoned in one pure file: the calendar library, and the words of loans',
    files: /^src\/modules\/prets\/jours\.ts$/,
    may: ['luxon'],
    mayTypes: ['OWN/mots\\.ts'],
  },
  {
    room: 'pure rules know the contract, their folder and the id of a member',
    files: /^src\/modules\/[a-z]+\/[a-z-]+(\.rows)?\.ts$/,
    may: [PURE, 'src/runtime/aggregate/aggregate\\.ts', MEMBRE_ID],
    mayTypes: ['src/runtime/outbox/rows\\.ts'],
  },
  {
    room: 'refusals are words: types only',
    files: /^src\/(modules\/[a-z]+|dashboard)\/[a-z-]+\.refus\.ts$/,
    may: [],
    mayTypes: ['src/http/catalogue\\.ts', PURE, OTHER_INDEX],
  },
  {
    room: 'shapes know zod, the fields of the door and their own pure words',
    files: /^src\/modules\/[a-z]+\/[a-z-]+(\.csv)?\.formes\.ts$/,
    may: ['zod', FIELDS, PURE],
  },
  { room: 'tokens are names: types only', files: /\/[a-z-]+\.tokens\.ts$/, may: [], mayTypes: [PURE, PUBLIC_RUNTIME] },
  {
    room: 'tables: TypeORM and their folder',
    files: /^src\/modules\/[a-z]+\/[a-z-]+\.tables\.ts$/,
    may: ['typeorm', INSIDE, 'src/runtime/outbox/rows\\.ts'],
  },
  {
    room: 'the agenda for other calendars has its own libraries',
    files: /^src\/modules\/reunions\/agenda\.ics\.ts$/,
    may: ['ical-generator', 'timezones-ical-library', 'luxon'],
  },
  {
    room: 'reads: TypeORM on the read lane, never a door',
    files: /^src\/modules\/[a-z]+\/[a-z-]+(\.csv)?\.lecture\.ts$/,
    may: ['@nestjs/common', 'typeorm', 'luxon', INSIDE, PUBLIC_RUNTIME, FIELDS, MEMBRE_ID, OTHER_INDEX],
  },
  {
    room: 'writes from a file know what a file is',
    files: /^src\/modules\/[a-z]+\/[a-z-]+\.csv\.ecriture\.ts$/,
    may: ['@nestjs/common', INSIDE, PUBLIC_RUNTIME, FILES],
  },
  {
    room: 'writes: the machine, or its lane of rows; what others write stays theirs',
    files: /^src\/modules\/[a-z]+\/[a-z-]+\.ecriture\.ts$/,
    may: ['@nestjs/common', 'typeorm', INSIDE, PUBLIC_RUNTIME, MEMBRE_ID, OTHER_INDEX, 'src/http/(?:answer|fields)\\.ts'],
    mayTypes: ['zod', ROW_LANE, 'src/http/door\\.ts'],
    mayNames: [CONTENDED],
  },
  {
    room: 'mail has one driver',
    files: /^src\/modules\/[a-z]+\/courrier\.envoi\.ts$/,
    may: ['nodemailer', INSIDE],
    mayTypes: ['src/runtime/clock\\.ts'],
  },
  {
    room: 'sending knows its folder, and of the machine only types and ids',
    files: /^src\/modules\/[a-z]+\/[a-z-]+\.envoi\.ts$/,
    may: [INSIDE, 'src/runtime/ids\\.ts'],
    mayTypes: [PUBLIC_RUNTIME],
  },
  {
    room: 'listeners know the types of others',
    files: /^src\/modules\/[a-z]+\/[a-z-]+\.listener\.ts$/,
    may: [INSIDE, PUBLIC_RUNTIME, MEMBRE_ID],
    mayTypes: [OTHER_INDEX],
  },
  {
    room: 'health also shows what the dashboard shows',
    files: /^src\/modules\/health\/[a-z-]+\.(http|module)\.ts$/,
    may: [NEST, 'zod', 'OWN/.*', PUBLIC_RUNTIME, DOOR, 'src/dashboard/(?:backlog-watch|boite-envoi|noeud|instance|cluster)\\.ts'],
    mayTypes: ['src/dashboard/[a-z.-]+\\.ts', 'src/runtime/supervision/.*'],
  },
  {
    room: 'what the page is told is worked out without Nest',
    files: /^src\/dashboard\/(rate|frames|changes|feed|spectator)\.ts$/,
    may: ['OWN/(?:rate|frames)\\.ts'],
    mayTypes: ['OWN/.*', 'src/runtime/(?:clock|outbox/relay)\\.ts'],
  },
  {
    room: 'the dashboard looks at the machine',
    files: /^src\/dashboard\//,
    may: [NEST, 'zod', 'prom-client', 'node:http', 'OWN/.*', DOOR, PUBLIC_RUNTIME],
    mayTypes: ['fastify', 'src/runtime/(?:supervision/.*|outbox/relay\\.ts|cluster/(?:lease|shown-nodes)\\.ts)'],
    mayNames: ['src/runtime/outbox/inbox\\.ts#fromRow', 'src/runtime/outbox/relay\\.ts#letterId'],
  },
  {
    room: 'doors and wiring: Nest, their folder, the public machine, the index of others',
    files: /^src\/modules\/[a-z]+\/[a-z-]+(\.(?:lecture|csv))?\.(http|module)\.ts$/,
    may: [NEST, 'OWN/.*', PUBLIC_RUNTIME, DOOR, MEMBRE_ID, OTHER_INDEX],
    mayTypes: ['zod', 'src/config\\.ts'],
  },
  {
    room: 'pure machinery knows types only',
    files: /^src\/runtime\/supervision\/(restart-policy|quarantine|spec|family|tree|child)\.ts$/,
    may: ['OWN/(restart-policy|family)\\.ts'],
    mayTypes: ['OWN/.*'],
  },
  {
    room: 'supervision knows the clock and nothing it supervises',
    files: /^src\/runtime\/supervision\//,
    may: ['OWN/.*', 'src/runtime/clock\\.ts'],
  },
  {
    room: 'topics know the clock; what fans facts out reads them from the storage',
    files: /^src\/runtime\/pubsub\//,
    may: ['OWN/.*', 'src/runtime/clock\\.ts'],
    mayTypes: ['src/runtime/outbox/(?:storage|relay)\\.ts'],
  },
  { room: 'SQLite has one driver', files: /^src\/runtime\/.*\.sqlite\.ts$/, may: ['sqlite3', 'node:[a-z/_]+', 'src/runtime/.*'] },
  { room: 'PostgreSQL has one driver', files: /^src\/runtime\/.*\.postgres\.ts$/, may: ['pg', 'node:[a-z/_]+', 'src/runtime/.*'] },
  {
    room: 'the machine meets Nest in one file',
    files: /^src\/runtime\/runtime\.module\.ts$/,
    may: [NEST, 'node:[a-z/_]+', 'src/runtime/.*'],
  },
  {
    room: 'the TCP transport meets Nest',
    files: /^src\/runtime\/cluster\/(transport|listening|peer-(client|server|socket))\.ts$/,
    may: [NEST, 'node:[a-z/_]+', 'src/runtime/.*'],
  },
  {
    room: 'pure protocols know types, each other, the order of ids and the times',
    files:
      /^src\/runtime\/cluster\/(membership(\.words)?|placement|pulses|suspicions|local-health|shown-nodes|rival|view-of|order|timing|peer|demande-frames|json-weight|routing-counts)\.ts$/,
    may: ['OWN/(?:membership(?:\\.words)?|placement|pulses|suspicions|local-health|shown-nodes|rival|view-of|order|timing|peer)\\.ts'],
    mayTypes: ['OWN/.*', 'src/runtime/aggregate/outcome\\.ts'],
  },
  { room: 'ids come from uuid', files: /^src\/runtime\/ids\.ts$/, may: ['uuid', 'src/runtime/clock\\.ts'] },
  { room: 'the machine knows itself and Node', files: /^src\/runtime\//, may: ['node:[a-z/_]+', 'src/runtime/.*'] },
  {
    room: 'CSV has one reader and one writer',
    files: /^src\/http\/csv-table\.ts$/,
    may: ['csv-parse/sync', 'csv-stringify/sync', DOOR],
  },
  {
    room: 'the door knows Nest and the public machine, never a module',
    files: /^src\/http\//,
    may: [NEST, 'zod', 'node:[a-z/_]+', DOOR, PUBLIC_RUNTIME],
    mayTypes: ['fastify', 'pino'],
  },
  {
    room: 'the database knows tables and drivers',
    files: /^src\/database\//,
    may: ['typeorm', 'sqlite3', 'pg', 'node:[a-z/_]+', 'src/database/.*', 'src/runtime/(?:clock|outbox/.*)\\.ts'],
  },
  {
    room: 'the demo clears with the drivers',
    files: /^src\/demo\/raz\.(sqlite|postgres|compteurs)\.ts$/,
    may: ['pg', 'sqlite3', 'node:[a-z/_]+', 'OWN/.*', 'src/database/(?:database-url|data-source)\\.ts'],
  },
  {
    room: 'the demo asks as anybody does: types of the modules, public machine',
    files: /^src\/demo\//,
    may: ['luxon', 'OWN/.*', PUBLIC_RUNTIME, 'src/database/database-url\\.ts'],
    mayTypes: [OTHER_INDEX, 'src/config-variables\\.ts', 'src/runtime/supervision/child\\.ts'],
    mayNames: ['src/runtime/outbox/storage\\.ts#concernsStorage'],
  },
  { room: 'the reset is the demo’s own', files: /^src\/demo-raz\.ts$/, may: ['node:(?:fs|path)', 'src/config\\.ts', 'src/demo/raz\\.ts'] },
  { room: 'the configuration knows zod', files: /^src\/config(-[a-z]+)?\.ts$/, may: ['zod', 'node:[a-z/_]+', 'src/config(-[a-z]+)?\\.ts'] },
  { room: 'signals are read by the clock', files: /^src\/signals\.ts$/, may: [], mayTypes: ['src/runtime/clock\\.ts'] },
  { room: 'the welcome is words', files: /^src\/welcome\.ts$/, may: ['node:path'], mayTypes: ['src/config\\.ts'] },
  { room: 'the log has one driver', files: /^src\/log\.ts$/, may: ['pino'], mayTypes: ['src/config\\.ts'] },
  { room: 'the tree knows supervision', files: /^src\/supervision-tree\.ts$/, may: ['src/runtime/supervision/.*'] },
  {
    room: 'the start reads the environment, the clock and nothing of the club',
    files: /^src\/main\.ts$/,
    may: ['reflect-metadata', 'node:(?:fs|path)', 'src/(?:app|config|signals|welcome|runtime/clock)\\.ts'],
  },
  {
    room: 'the page knows the public interface, and nothing of the server',
    files: /^web\//,
    may: ['preact', 'preact/hooks', '@preact/signals', 'web/(?!api-types).*'],
    mayTypes: ['web/api-types'],
  },
  {
    room: 'the top knows everything',
    files: /^src\/(app|app\.module|ground|planting|grappe|grappe-seen|compteurs|compteurs-seen|epreuves)\.ts$/,
    may: ['.*'],
  },
];

const SPEC = /\.spec\.ts$/;
const source = /^src\/.*(?<!\.spec)\.ts$/;
const CLOCK = { 'src/runtime/clock.ts': 'the only door to time and chance' };

const bans: readonly Ban[] = [
  {
    ban: 'time comes from the clock',
    files: source,
    look: 'code',
    pattern: /\bDate\.now\b|\bnew Date\(\s*\)|\bperformance\.now\b|\bDateTime\.(now|local|utc)\(\s*\)/,
    except: CLOCK,
  },
  {
    ban: 'chance comes from the clock',
    files: source,
    look: 'code',
    pattern: /\bMath\.random\b|\brandom(Bytes|UUID|Int)\b/,
    except: CLOCK,
  },
  {
    ban: 'timers come from the clock',
    files: source,
    look: 'code',
    pattern: /(?<!\.)\bset(Timeout|Interval|Immediate)\b|\btimers\/promises\b/,
    except: CLOCK,
  },
  {
    // But for the counters' own file, which no other table stands in and no other engine holds: a store's statements are the store.
    ban: 'no SQL text in modules',
    files: /^src\/modules\/(?!crdt\/[a-z-]+\.sqlite\.ts$).*(?<!\.spec)\.ts$/,
    look: 'text',
    pattern:
      /\bSELECT\s.*\bFROM\b|\bINSERT\s+(OR\s+\w+\s+)?INTO\b|\bUPDATE\s+["\w]+\s+SET\b|\bDELETE\s+FROM\b|\b(CREATE|ALTER|DROP)\s+(TABLE|INDEX|TRIGGER|VIEW)\b/i,
  },
  {
    ban: 'an agent has a name of its own',
    files: /^(src|test|bench)\/.*\.ts$/,
    look: 'code',
    pattern: /\b(class|interface|type|function|enum|const)\s+\w*(Service|Manager|Helpers?|Utils?)\b/,
  },
  {
    ban: 'a test waits for a condition, never for a duration',
    files: /^(src\/.*\.spec\.ts|test\/(?!cluster\/|support\/).*\.ts)$/,
    look: 'code',
    pattern: /\bsetTimeout\s*\(|\bsleep\s*\(|\btimers\/promises\b/,
  },
  {
    ban: 'the dashboard changes nothing',
    files: /^src\/dashboard\/.*(?<!\.spec)\.ts$/,
    look: 'code',
    pattern: /\.(transact|perform|ask|commit|crash|settle|enqueue|open|host|listen|declare|publish)\(/,
  },
  {
    ban: 'every test runs',
    files: SPEC,
    look: 'code',
    pattern: /\b(it|test|describe|suite)\b[\w.]*\.(only|skip|todo|fails)\b|\bx(it|describe)\s*\(/,
  },
  {
    ban: 'no path of one machine',
    files: /^(?!package-lock).*\.(ts|tsx|mjs|json|md|ya?ml|html)$|^\.ci\/|^\.env\.example$/,
    look: 'all',
    pattern: /(^|[^\w./])\/(work|home|root|Users)\/\w/,
  },
  { ban: 'no comment promises a later change', files: /^(src|test|bench)\/.*\.ts$/, look: 'all', pattern: /\b(TODO|FIXME|XXX)\b/ },
];

const all = sources(/\.(ts|tsx|mjs|json|md|ya?ml|html)$|^\.ci\/|^\.env\.example$/).filter(
  ({ path }) => path !== 'test/architecture.spec.ts',
);
const page = /^web\/(?!api-types).*\.tsx?$/;
const production = all.filter(({ path }) => source.test(path) || page.test(path));

describe('walls', () => {
  it.each(rooms)('$room', (room) => {
    const inside = production.filter(({ path }) => roomOf(path, rooms) === room);
    expect(
      inside.map(({ path }) => path),
      'the rule matches no file',
    ).not.toEqual([]);
    expect(breaches(inside, rooms)).toEqual([]);
  });
  it('every source file stands in a room', () => {
    expect(production.filter(({ path }) => roomOf(path, rooms) === undefined).map(({ path }) => path)).toEqual([]);
  });
  it('no import comes back to where it started', () => expect(cycles(production)).toEqual([]));
});

describe('bans', () => {
  it.each(bans)('$ban', (ban) => {
    expect(all.filter(({ path }) => ban.files.test(path)).length, 'the rule matches no file').toBeGreaterThan(0);
    const found = matches(all, ban);
    expect(found.filter(({ path }) => ban.except?.[path] === undefined)).toEqual([]);
    const needed = new Set(found.map(({ path }) => path));
    expect(
      Object.keys(ban.except ?? {}).filter((path) => !needed.has(path)),
      'an exception nobody needs',
    ).toEqual([]);
  });
});

describe('size', () => {
  const written = all.filter(({ path }) => /^(src|test|bench|scripts|web)\/(?!api-types).*\.(ts|tsx|mjs)$/.test(path));
  const longer = (most: number, files: RegExp): string[] => {
    const those = written.filter(({ path }) => files.test(path)).map(({ path, text }) => [path, text.split('\n').length - 1] as const);
    expect(those.length, 'the rule matches no file').toBeGreaterThan(0);
    return those.filter(([, lines]) => lines > most).map(([path, lines]) => `${path}: ${lines}`);
  };
  it('what runs is at most 200 lines a file', () => expect([...longer(200, source), ...longer(200, page)]).toEqual([]));
  it('what tests and measures is at most 300', () => expect(longer(300, /./)).toEqual([]));
  it('no file is named after nothing', () =>
    expect(written.filter(({ path }) => /(^|[/.-])(utils?|helpers?|manager|service)[/.-]/i.test(path))).toEqual([]));
});

describe('the walls hold: a planted violation is caught', () => {
  const caught = (path: string, text: string): number => {
    const planted: Source = { path, text };
    const exempt = ({ except }: Ban): boolean => except?.[path] !== undefined;
    return (
      breaches(source.test(path) ? [planted] : [], rooms).length +
      bans.filter((ban) => !exempt(ban) && matches([planted], ban).length > 0).length
    );
  };

  it.each<[string, string]>([
    ['src/modules/reunions/seance.ts', "import { Injectable } from '@nestjs/common';"],
    ['src/modules/reunions/seance.ts', "import fs from 'node:fs';"],
    ['src/modules/reunions/seance.ts', "export * from '../prets/pret.js';"],
    ['src/modules/reunions/seance.ts', "import type { Clock } from '../../runtime/clock.js';"],
    ['src/modules/reunions/seance.ts', "import { lignes } from './seance.tables.js';"],
    ['src/modules/prets/prolongation.ts', "import { DateTime } from 'luxon';"],
    ['src/modules/reunions/jours.ts', "import { DateTime } from 'luxon';"],
    ['src/modules/prets/jours.ts', "import { refuse } from '../../runtime/aggregate/aggregate.js';"],
    ['src/modules/reunions/seance.rows.ts', "import { RowChange } from '../../runtime/outbox/rows.js';"],
    ['src/modules/crdt/counters.ts', "import type { Clock } from '../../runtime/clock.js';"],
    ['src/modules/crdt/pn-counter.ts', "import { refuse } from '../../runtime/aggregate/aggregate.js';"],
    ['src/modules/crdt/operations.ts', "import type { Clock } from '../../runtime/clock.js';"],
    ['src/modules/crdt/replica.ts', "import { SqliteStore } from './store.sqlite.js';"],
    ['src/modules/crdt/replica-lane.ts', "import { Journal } from '../../runtime/outbox/journal.js';"],
    ['src/modules/crdt/replica.ts', 'const sql = "select * from slot";'],
    ['src/modules/crdt/store.sqlite.ts', "import { SqliteStorage } from '../../runtime/outbox/storage.sqlite.js';"],
    ['src/modules/crdt/store.sqlite.ts', "import sqlite3 from 'sqlite3';"],
    ['src/modules/crdt/sync.ts', "import { PeerTransport } from '../../runtime/cluster/transport.js';"],
    ['src/modules/crdt/fingerprint.ts', "import { randomBytes } from 'node:crypto';"],
    ['src/modules/crdt/rights-share.ts', "import type { Clock } from '../../runtime/clock.js';"],
    ['src/modules/reunions/reunions.http.ts', "import { pret } from '../prets/pret.js';"],
    ['src/modules/reunions/reunions.http.ts', "const later = await import('../prets/pret.js');"],
    ['src/modules/reunions/reunions.http.ts', "import {\n  Journal,\n} from '../../runtime/outbox/journal.js';"],
    ['src/modules/paiements/paiements.listener.ts', "import { Fait } from '../reunions/index.js';"],
    ['src/modules/paiements/paiements.listener.ts', "import { type Fait, seance } from '../reunions/index.js';"],
    ['src/runtime/outbox/relay.ts', "import type { Fait } from '../../modules/reunions/index.js';"],
    ['src/runtime/outbox/journal.ts', "import sqlite3 from 'sqlite3';"],
    ['src/runtime/machine.ts', "import { Module } from '@nestjs/common';"],
    ['src/runtime/supervision/supervisor.ts', "import '../outbox/journal.js';"],
    ['src/runtime/supervision/restart-policy.ts', "import { systemClock } from '../clock.js';"],
    ['src/http/door.ts', "import { Refus } from '../modules/reunions/index.js';"],
    ['src/modules/reunions/reunions.formes.ts', "import { Injectable } from '@nestjs/common';"],
    ['src/modules/reunions/reunions.refus.ts', "import { FINIE } from './seance.js';"],
    ['src/modules/reunions/reunions.tokens.ts', "import { Machine } from '../../runtime/machine.js';"],
    ['src/modules/reunions/reunions.lecture.ts', "import { ReunionsHttp } from './reunions.http.js';"],
    ['src/modules/reunions/reunions.lecture.ts', "import type { RowLane } from '../../runtime/outbox/row-lane.js';"],
    ['src/modules/reunions/reunions.lecture.http.ts', "import { DataSource } from 'typeorm';"],
    ['src/modules/membres/membres.ecriture.ts', "import { RowLane } from '../../runtime/outbox/row-lane.js';"],
    ['src/modules/membres/membres.ecriture.ts', "import { Contended, CommitUnknown } from '../../runtime/outbox/storage.js';"],
    ['src/modules/membres/membres.ecriture.ts', "import * as storage from '../../runtime/outbox/storage.js';"],
    ['src/modules/membres/membres.ecriture.ts', "import { paiement } from '../paiements/paiement.js';"],
    ['src/modules/notifications/registre.envoi.ts', "import nodemailer from 'nodemailer';"],
    ['src/modules/notifications/notifications.listener.ts', "import { Injectable } from '@nestjs/common';"],
    ['src/dashboard/frames.ts', "import { Injectable } from '@nestjs/common';"],
    ['src/dashboard/board.ts', "import { Replica } from '../modules/crdt/replica.js';"],
    ['src/demo/raz.compteurs.ts', "import { SqliteStore } from '../modules/crdt/store.sqlite.js';"],
    ['src/modules/crdt/temoin.ecriture.ts', "import { Storage } from '../../runtime/outbox/storage.js';"],
    ['src/dashboard/boite-envoi.ts', "import { Relay } from '../runtime/outbox/relay.js';"],
    ['src/demo/semis.ts', "import { SEANCES } from '../modules/reunions/index.js';"],
    ['src/demo/semis.ts', "import sqlite3 from 'sqlite3';"],
    ['src/demo-raz.ts', "import { createInstance } from './app.js';"],
    ['src/signals.ts', "import { systemClock } from './runtime/clock.js';"],
    ['src/main.ts', "import { Machine } from './runtime/machine.js';"],
    ['src/http/server.ts', "import { pino } from 'pino';"],
    ['src/elsewhere/file.ts', ''],
    ['src/http/door.ts', 'const now = Date.now();'],
    ['src/http/door.ts', 'const now = new Date();'],
    ['src/http/door.ts', 'const id = randomUUID();'],
    ['src/http/door.ts', 'setTimeout(run, 5);'],
    ['src/modules/reunions/seance.rows.ts', 'const sql = "select * from seance";'],
    ['src/modules/reunions/seance.ts', 'export class SeanceService {}'],
    ['src/modules/reunions/seance.spec.ts', 'it.only("x", () => {});'],
    ['src/modules/reunions/seance.spec.ts', 'describe.skip("x", () => {});'],
    ['test/e2e/rush.spec.ts', 'await new Promise((go) => setTimeout(go, 5));'],
    ['README.md', 'cd /home/someone'],
    ['test/e2e/rush.spec.ts', '// TODO later'],
  ])('%s: %s', (path, text) => expect(caught(path, text)).toBeGreaterThan(0));

  it.each<[string, string]>([
    [
      'src/modules/paiements/paiements.listener.ts',
      "import type { Fait } from '../reunions/index.js';\nimport { type Refus } from '../reunions/index.js';",
    ],
    [
      'src/modules/membres/membres.ecriture.ts',
      "import { Contended, type RowTransaction } from '../../runtime/outbox/storage.js';\nimport type { Draft } from '../../runtime/outbox/row-lane.js';",
    ],
    ['src/dashboard/boite-envoi.ts', "import { letterId as nameOf } from '../runtime/outbox/relay.js';"],
    ['src/modules/reunions/seance.ts', "import { refuse } from '../../runtime/aggregate/aggregate.js'; // import x from 'node:fs'"],
    ['src/modules/reunions/seance.ts', "/* import x from 'node:fs'; */ const text = `it's Date.now()`;"],
    ['src/runtime/clock.ts', 'export const now = () => Date.now();'],
    ['src/http/door.ts', 'const then = new Date(0); socket.setTimeout(5);'],
    ['test/cluster/kill.spec.ts', 'setTimeout(() => undefined, 5);'],
    ['docs/a.md', 'see https://example.org/home/page and src/root/x'],
  ])('nothing wrong with %s: %s', (path, text) => expect(caught(path, text)).toBe(0));

  it('a cycle is found, unless it is made of types', () => {
    const file = (path: string, text: string): Source => ({ path, text });
    const loop = [file('src/a.ts', "import { b } from './b.js';"), file('src/b.ts', "export { a } from './a.js';")];
    expect(cycles(loop)).toEqual(['src/a.ts > src/b.ts > src/a.ts']);
    expect(cycles([...loop.slice(0, 1), file('src/b.ts', "import type { A } from './a.js';")])).toEqual([]);
  });
});
