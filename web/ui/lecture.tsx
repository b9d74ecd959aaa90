/** Reads what a view shows, and says so while it comes, when it cannot come, and when there is nothing. */
import { type Signal, useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { say } from '../state/langue';
import { ecouter } from '../state/flux';
import { COMMUN } from '../words/commun';
import { phrase } from './acte';

export interface Lu<T> {
  readonly valeur: Signal<T | undefined>;
  readonly erreur: Signal<string>;
  /** Reads again. */
  relire(): void;
}

/** What is missed together is read again together. */
const TOGETHER_MS = 200;

/** Reads at once, when `of` changes, and whenever the stream says that something was missed. An answer that comes late changes nothing. */
export function useLu<T>(read: () => Promise<T>, of: readonly unknown[] = []): Lu<T> {
  const [valeur, erreur, turn] = [useSignal<T | undefined>(undefined), useSignal(''), useSignal(0)];
  const relire = (): void => {
    const mine = ++turn.value;
    read().then(
      (found) => {
        if (mine === turn.peek()) [valeur.value, erreur.value] = [found, ''];
      },
      (error: unknown) => {
        if (mine === turn.peek()) erreur.value = phrase(error);
      },
    );
  };
  useEffect(() => {
    relire();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const soon = (): void => {
      timer = undefined;
      relire();
    };
    // A séance that was passed over is read again where séances are kept.
    const enough = ecouter('relire', ({ genre }) => {
      if (genre !== 'seance') timer ??= setTimeout(soon, TOGETHER_MS);
    });
    return () => {
      clearTimeout(timer);
      turn.value++;
      enough();
    };
  }, of);
  return { valeur, erreur, relire };
}

interface LectureProps<T> {
  readonly de: Lu<T>;
  readonly children: (found: T) => ComponentChildren;
}

export function Lecture<T>({ de: { valeur, erreur, relire }, children }: LectureProps<T>) {
  return (
    <>
      {erreur.value !== '' && (
        <p class="refus" role="alert">
          {erreur}{' '}
          <button type="button" onClick={relire}>
            {say(COMMUN.relire)}
          </button>
        </p>
      )}
      {valeur.value === undefined ? erreur.value === '' && <p class="attente">{say(COMMUN.lecture)}</p> : children(valeur.value)}
    </>
  );
}
