/**
 * The cluster port under attack: whatever a stranger or an instance gone bad sends, nobody is heard who should not be, memory and event
 * loop stay flat, and the good peers go on talking.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { authority, certify } from '../support/certificates.js';
import { closePeers } from '../support/peers.js';
import { type Attack, damage, recorded, stage } from '../support/port-attacks.js';

afterEach(closePeers);

describe('an attack on the cluster port does nothing', () => {
  it.each<[Attack, string, ('garbage' | 'oversized' | 'unauthenticated' | 'schema' | 'unknown kind')[]]>([
    ['strangers', 'three hundred speak before any handshake', ['unauthenticated']],
    ['garbage', 'three hundred say random bytes', ['garbage']],
    ['http', 'three hundred speak HTTP', ['garbage']],
    ['secret', 'one tries two hundred wrong secrets', ['unauthenticated']],
    ['flood', '200 MB without a delimiter, in one frame, and behind a frame', ['oversized']],
    ['halves', 'a thousand stop in the middle of a frame', ['unauthenticated']],
    ['bombs', 'a hundred send a mebibyte of brackets', ['oversized']],
    ['insider', 'one who knows the secret sends JSON that is all structure', ['garbage']],
    ['nonsense', 'one who knows the secret says what no check lets in', ['schema', 'unknown kind']],
  ])('%s: %s', async (attack, _, reasons) => {
    const set = await stage();
    expect(await damage(set, attack)).toEqual([]);
    const { dropped } = set.attacked.transport.traffic;
    for (const reason of reasons) expect(dropped[reason], reason).toBeGreaterThan(0);
    expect(set.good.transport.traffic.dropped).toMatchObject({ garbage: 0, schema: 0 });
    await expect.poll(() => set.attacked.transport.traffic.inbound).toBe(1);
    // One line for each reason, however many came.
    expect(set.attacked.reports.length).toBeLessThan(10);
  });

  it('replay: a recorded conversation, again and again, also after a restart that forgot it', async () => {
    const set = await stage();
    const parts = await recorded(set.attacked);
    expect(set.alarms.splice(0)).toEqual(['recorded']);
    expect(await damage(set, 'replay', { parts })).toEqual([]);
    expect(set.attacked.transport.traffic.dropped.replayed).toBeGreaterThan(50);
    await closePeers();
    const restarted = await stage();
    expect(await damage(restarted, 'replay', { parts })).toEqual([]);
    const { replayed, unauthenticated } = restarted.attacked.transport.traffic.dropped;
    expect([replayed, unauthenticated > 50]).toEqual([0, true]);
  });

  it.each<Attack>(['strangers', 'flood'])('plain text against TLS: %s', async (attack) => {
    const club = authority();
    const tls = certify(club, 'good', ['attacked']);
    const set = await stage({ both: { tls } });
    expect(await damage(set, attack)).toEqual([]);
    expect(set.attacked.transport.traffic.dropped.unauthenticated).toBeGreaterThan(0);
  });
});
