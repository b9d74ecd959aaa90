import { cpus, totalmem } from 'node:os';
import { median } from './load.js';

/** Figures of one comparison, round by round: the ratio quoted is the median of the rounds' own ratios. */
export class Comparison {
  private readonly rounds: { readonly ours: number; readonly theirs: number }[] = [];

  add(ours: number, theirs: number): void {
    this.rounds.push({ ours, theirs });
  }

  get ours(): number {
    return median(this.rounds.map((round) => round.ours));
  }
  get theirs(): number {
    return median(this.rounds.map((round) => round.theirs));
  }
  get ratio(): number {
    return median(this.rounds.map((round) => round.ours / round.theirs));
  }
}

export interface Line {
  readonly what: string;
  readonly figures: string;
  readonly ratio: number;
  readonly unit?: string;
  readonly floor?: number;
  readonly goal?: number;
}

const results: Line[] = [];

export function title(text: string): void {
  console.log(`\n${text}`);
}

/** Prints one line, with the floor that it must reach and the goal that it aims at. */
export function line(one: Line): void {
  results.push(one);
  const { what, figures, ratio, unit = '×', floor, goal } = one;
  const bounds = floor === undefined ? '' : `floor ${floor}${goal === undefined ? '' : ` · goal ${goal}`}`;
  console.log(`  ${what.padEnd(46)} ${`${show(ratio)} ${unit}`.padStart(10)}  ${verdict(one).padEnd(6)} ${bounds.padEnd(22)} ${figures}`);
}

function verdict({ ratio, floor, goal }: Line): string {
  if (floor === undefined) return '';
  if (ratio < floor) return 'BELOW';
  return goal !== undefined && ratio < goal ? 'floor' : 'goal';
}

function show(value: number): string {
  return value >= 20 ? value.toFixed(0) : value.toFixed(2);
}

export function machineLine(): string {
  return `Node ${process.versions.node}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GB; medians; full durability on both sides`;
}

/** Which part is asked for on the command line; undefined: all. Ends the process when there is no such part. */
export function onlyPart(parts: readonly string[]): string | undefined {
  const only = process.argv[2];
  if (only === undefined || parts.includes(only)) return only;
  console.error(`There is no part "${only}": ${parts.join(', ')}`);
  process.exit(2);
}

/** The number of lines below their floor. */
export function failures(): number {
  return results.filter((one) => verdict(one) === 'BELOW').length;
}

export const thousands = (rate: number): string => (rate >= 1000 ? `${(rate / 1000).toFixed(1)}k/s` : `${Math.round(rate)}/s`);
