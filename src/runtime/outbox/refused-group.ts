import { GroupRefused, type ConstraintViolated } from './storage.js';

/** What a violated constraint says of a whole group: the machine's own guards by their meaning, any other as a guard of the club. */
export function refusedGroup(cause: ConstraintViolated): GroupRefused {
  switch (cause.constraint) {
    case 'fence':
    case 'stream_pkey':
      return new GroupRefused('fence', { cause });
    case 'known':
    case 'demande_pkey':
      return new GroupRefused('known', { cause });
    default:
      return new GroupRefused('guard', { cause });
  }
}
