import { describe, expect, it } from 'vitest';
import { openLog } from './log.js';

const lines: Record<string, unknown>[] = [];
const to = { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) };
const said = (log: (logger: ReturnType<typeof openLog>['logger']) => void): string => {
  lines.length = 0;
  log(openLog({ instanceId: 'monclub-3000', logLevel: 'info' }, to).logger);
  return JSON.stringify(lines);
};

describe('the log', () => {
  it('names its instance in each line, and hides what is below its level', () => {
    said((logger) => {
      logger.info('one');
      logger.debug('two');
    });
    expect(lines).toMatchObject([{ instance: 'monclub-3000', msg: 'one' }]);
  });

  it('keeps of an error what happened, and nothing of whom it happened to', () => {
    const error = Object.assign(new Error('insert failed for jeanne.dupont@example.org'), {
      code: '23505',
      constraint: 'membre_pkey',
      detail: 'Key (nom)=(Jeanne Dupont) already exists',
      parameters: ['Jeanne Dupont'],
      cause: new Error('the table is full'),
    });
    const text = said((logger) => logger.error({ msg: 'The database refuses', err: error }));
    expect(text).not.toMatch(/Jeanne|jeanne/);
    expect(lines[0]).toMatchObject({
      err: { type: 'Error', message: 'insert failed for …@…: the table is full', code: '23505', constraint: 'membre_pkey' },
    });
    expect(text).toContain('log.spec.ts');
  });
});
