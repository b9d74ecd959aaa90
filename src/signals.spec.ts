import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../test/support/virtual-clock.js';
import { signalReader } from './signals.js';

describe('les signaux', () => {
  it('le premier demande à partir ; le même, dans les deux secondes, est son écho ; un plus tardif ou un autre force', () => {
    const clock = new VirtualClock();
    const read = signalReader(clock);
    expect([read('SIGINT'), read('SIGINT')]).toEqual(['leave', 'nothing']);
    clock.advance(1999);
    expect(read('SIGINT')).toBe('nothing');
    expect(read('SIGTERM')).toBe('force');
    clock.advance(1);
    expect(read('SIGINT')).toBe('force');
  });
});
