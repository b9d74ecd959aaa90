import { expect } from 'vitest';
import { CallFailed, type Transport } from '../../src/runtime/cluster/transport-port.js';
import { intercept } from '../guards/intercept.js';
import { type CounterNode, CounterStage, type Parts, product } from './counters-stage.js';

export interface Setting {
  readonly ids?: readonly string[];
  readonly witness?: boolean;
  readonly parts?: Parts;
}

/** `n1` has brought `amount` tote bags in; rights may still lie with it, or be evened out. */
export async function bags(amount: bigint, { ids = ['n1', 'n2', 'n3'], ...more }: Setting = {}): Promise<CounterStage> {
  const stage = new CounterStage(1, { products: [product('tote', true)], record: true, ...more });
  stage.truth.bounded.add('tote');
  await stage.start(...ids);
  stage.at('n1').change('tote', amount, 'bags');
  await stage.network.pass(50);
  return stage;
}

export async function spend(stage: CounterStage, at: CounterNode, amount: bigint, id: string, deadlineMs = 4_000): Promise<string> {
  const asked = at.change('tote', -amount, id, deadlineMs);
  await stage.network.until(() => asked.outcome !== undefined, deadlineMs);
  return asked.outcome!.is;
}

/** Nobody evens rights out: they stay where the play puts them. */
export function unasked(honest: Transport): Transport {
  const call: Transport['call'] = (to, kind, data, options) =>
    kind === 'counters.rights' && (data as { needed: string }).needed === '0'
      ? Promise.reject(new CallFailed('unsent', 'nobody asks without need'))
      : honest.call(to, kind, data, options);
  return intercept(honest, { call });
}
export const quietly: Parts = { transport: unasked };

/** Nothing bounded was ever below zero. */
export const sound = (stage: CounterStage): void => expect(stage.truth.faults).toEqual([]);
