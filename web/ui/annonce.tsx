/** One polite voice for who does not see the page: what concerns the person before it, at most once in three seconds. */
import { signal } from '@preact/signals';

const PAUSE_MS = 3_000;
const said = signal('');
let waiting: string[] = [];
let resting = false;

export function annoncer(sentence: string): void {
  waiting.push(sentence);
  if (!resting) speak();
}

function speak(): void {
  if (waiting.length === 0) return void (resting = false);
  said.value = waiting.join(' ');
  waiting = [];
  resting = true;
  setTimeout(speak, PAUSE_MS);
}

export function Annonce() {
  return (
    <p class="invisible" role="status" aria-live="polite">
      {said}
    </p>
  );
}
