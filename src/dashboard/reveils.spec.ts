import { describe, expect, it } from 'vitest';
import { writtenIn } from './reveils.js';

describe('un instant, à l’heure du club', () => {
  it.each([
    ['Europe/Paris', '2027-01-15T07:00:00Z', '2027-01-15T08:00:00+01:00'],
    ['Europe/Paris', '2027-07-15T06:00:00.250Z', '2027-07-15T08:00:00.250+02:00'],
    // L’heure qui revient : le décalage dit laquelle des deux.
    ['Europe/Paris', '2026-10-25T00:30:00Z', '2026-10-25T02:30:00+02:00'],
    ['Europe/Paris', '2026-10-25T01:30:00Z', '2026-10-25T02:30:00+01:00'],
    ['UTC', '2027-01-15T07:00:00Z', '2027-01-15T07:00:00+00:00'],
    ['America/St_Johns', '2027-01-15T07:00:00Z', '2027-01-15T03:30:00-03:30'],
    ['Asia/Kathmandu', '2027-01-15T20:00:00Z', '2027-01-16T01:45:00+05:45'],
  ])('%s, %s : %s', (zone, instant, written) => {
    expect(writtenIn(zone)(Date.parse(instant))).toBe(written);
    expect(Date.parse(written)).toBe(Date.parse(instant));
  });
});
