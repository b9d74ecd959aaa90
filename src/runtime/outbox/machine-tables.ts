import type { TableSchema } from './rows.js';

/** Armed timers: rows that facts write, like those of a module. `root` and `kind` say where what is due is delivered. */
export const timerTable: TableSchema = {
  name: 'timer',
  columns: { stream: 'text', name: 'text', root: 'text', kind: 'text', due: 'bigint', demande: 'text' },
  key: ['stream', 'name'],
};

/** The machine's own tables, as row transactions (relay, inbox, housekeeping) may write them. */
export const machineTables: readonly TableSchema[] = [
  {
    name: 'stream',
    columns: {
      id: 'text',
      kind: 'text',
      version: 'integer',
      published: 'integer',
      instant: 'bigint',
      quarantined_until: 'bigint',
      failures: 'integer',
    },
    key: ['id'],
  },
  {
    name: 'outbox',
    columns: {
      stream: 'text',
      version: 'integer',
      type: 'text',
      data: 'text',
      demande: 'text',
      acteur: 'text',
      instant: 'bigint',
      format: 'integer',
      position: 'bigint',
    },
    key: ['stream', 'version'],
  },
  {
    name: 'demande',
    columns: { scope: 'text', id: 'text', stream: 'text', hash: 'text', answer: 'text', instant: 'bigint' },
    key: ['scope', 'id'],
  },
  { name: 'snapshot', columns: { stream: 'text', version: 'integer', format: 'integer', state: 'text' }, key: ['stream'] },
  { name: 'inbox', columns: { listener: 'text', stream: 'text', version: 'integer' }, key: ['listener', 'stream'] },
  {
    name: 'dead_letter',
    columns: {
      listener: 'text',
      stream: 'text',
      version: 'integer',
      attempts: 'integer',
      next_try: 'bigint',
      error: 'text',
      dead: 'integer',
      since: 'bigint',
    },
    key: ['listener', 'stream'],
  },
  timerTable,
  { name: 'publication', columns: { id: 'integer', position: 'bigint', term: 'bigint' }, key: ['id'] },
  { name: 'marker', columns: { name: 'text', instant: 'bigint' }, key: ['name'] },
  {
    name: 'node',
    columns: {
      incarnation: 'text',
      id: 'text',
      address: 'text',
      state: 'text',
      since: 'bigint',
      seen: 'bigint',
      host: 'text',
      pid: 'bigint',
      started: 'text',
      boot: 'text',
    },
    key: ['incarnation'],
  },
  { name: 'cluster', columns: { id: 'integer', view: 'bigint' }, key: ['id'] },
  {
    name: 'lease',
    columns: { name: 'text', holder: 'text', incarnation: 'text', term: 'bigint', expires: 'bigint' },
    key: ['name'],
  },
  {
    name: 'election',
    columns: { term: 'bigint', holder: 'text', incarnation: 'text', cause: 'text', since: 'bigint', took_ms: 'bigint' },
    key: ['term'],
  },
];
