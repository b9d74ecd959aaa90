import { expect, it } from 'vitest';
import { readConfig } from './config.js';
import { welcome } from './welcome.js';

it('says where the club is, where its data are, and how to stop', () => {
  const text = welcome(readConfig({}), 'http://127.0.0.1:3000');
  expect(text.split('\n')[0]).toBe('MonClub est ouvert : http://127.0.0.1:3000');
  for (const told of ['http://127.0.0.1:3000/visite', 'http://127.0.0.1:3000/api/docs', 'data/monclub.sqlite', 'DEMO=false', 'Ctrl-C'])
    expect(text).toContain(told);
});

it('shows a server without its password', () => {
  const config = readConfig({ DATABASE_URL: 'postgres://club:tres-secret@db.example.org:5432/monclub', DEMO: 'false' });
  const text = welcome(config, 'http://127.0.0.1:3000');
  expect(text).toContain('PostgreSQL, db.example.org:5432/monclub');
  expect(text).toContain('DEMO=true');
  expect(text).not.toMatch(/secret|club:/);
});
