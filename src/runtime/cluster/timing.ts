/**
 * The times of the cluster, in milliseconds, on one page because they lean on each other:
 *
 *     HEARTBEAT < SUSPECT < DEAD        silence is first doubted, then judged
 *     PULSE     < LEASE   < DEAD        a leader that cannot renew has stopped before it can be judged
 *     ANSWER    < COORDINATOR < SUSPECT an election ends before its members fall under suspicion
 */

/** A beat to every member. Raising it slows the news of a death. */
export const HEARTBEAT_MS = 500;
/** Silence after which a member is doubted and routed around. Raising it costs waiting callers, lowering it costs false doubts on a busy machine. */
export const SUSPECT_MS = 2_000;
/** Age of a doubted member's last touch, by the database's clock, after which it may be declared dead. */
export const DEAD_MS = 4_500;
/** Between two touches of the own row, and between two renewals of the lease. Raising it raises the time in which an own death is not noticed. */
export const PULSE_MS = 750;
/** Life of the leader's lease after its last renewal, by the database's clock. */
export const LEASE_MS = 3_000;
/** How long a candidate waits for an answer from above. */
export const ANSWER_MS = 300;
/** How long one that was answered waits for the coordinator. */
export const COORDINATOR_MS = 1_000;
/** How long a higher instance must be stable before it takes the lead from a lower one; doubled when it flaps. */
export const STABLE_MS = 10_000;
export const STABLE_MAX_MS = 300_000;

/** The loop of membership: how fine silence, pauses and lags are measured. */
export const TICK_MS = 250;
/** A tick this late doubles the own patience, up to `MAX_FACTOR` times. */
export const LAG_MS = 250;
export const MAX_FACTOR = 8;
/** Between two tries to have the same silent member declared dead, and how long its witnesses have to answer. */
export const JUDGE_MS = 500;
