import type { Protocol } from './types.js';

/** What the sandbox knows about one call: the truth a gateway's records are compared with. */
export interface TallyEntry {
  /** The `id` directive, else the id of the response. */
  readonly id: string;
  /** The id of the response. */
  readonly answerId: string;
  readonly protocol: Protocol | 'embeddings' | 'search';
  readonly model: string;
  /** The HTTP status answered. */
  status: number;
  promptTokens: number;
  cachedTokens: number;
  /** Generated and written so far, reasoning included. */
  completionTokens: number;
  reasoningTokens: number;
  readonly stream: boolean;
  /** The whole response was handed to the network. */
  finished: boolean;
  /** The client went away before that. */
  aborted: boolean;
  /** Milliseconds since the epoch. */
  abortedAt?: number;
  /** What it was later told to have cost, decimal USD. */
  reportedCost?: string;
  readonly startedAt: number;
}

type Predicate = (entry: TallyEntry) => boolean;

interface Waiter {
  readonly predicate: Predicate;
  readonly resolve: (entry: TallyEntry) => void;
}

const CAPACITY = 100_000;

/** The newest calls, in the order in which they arrived. */
export class Tally {
  // A ring: removing from the front of a long array on every call would cost more than the call.
  private ring: TallyEntry[] = [];
  private next = 0;
  private waiters: Waiter[] = [];

  constructor(private readonly capacity = CAPACITY) {}

  add(entry: TallyEntry): TallyEntry {
    this.ring[this.next] = entry;
    this.next = (this.next + 1) % this.capacity;
    this.changed(entry);
    return entry;
  }

  /** To be called after an entry was modified. */
  changed(entry: TallyEntry): void {
    if (this.waiters.length === 0) return;
    const due = this.waiters.filter((waiter) => waiter.predicate(entry));
    this.waiters = this.waiters.filter((waiter) => !due.includes(waiter));
    for (const waiter of due) waiter.resolve({ ...entry });
  }

  /** Copies of the entries, oldest first; of one id only if one is given. */
  list(id?: string): TallyEntry[] {
    const ordered =
      this.ring.length < this.capacity
        ? this.ring
        : [...this.ring.slice(this.next), ...this.ring.slice(0, this.next)];
    const wanted = id === undefined ? ordered : ordered.filter((entry) => entry.id === id);
    return wanted.map((entry) => ({ ...entry }));
  }

  /** The call that was answered under this id. */
  ofAnswer(answerId: string): TallyEntry | undefined {
    return this.ring.find((entry) => entry.answerId === answerId);
  }

  clear(): void {
    this.ring = [];
    this.next = 0;
  }

  /** The first entry, present or future, that fits. Never resolves after `cancel` was called. */
  waitFor(predicate: Predicate): { entry: Promise<TallyEntry>; cancel: () => void } {
    const present = this.list().find(predicate);
    if (present !== undefined) return { entry: Promise.resolve(present), cancel: () => {} };
    let waiter: Waiter | undefined;
    const entry = new Promise<TallyEntry>((resolve) => {
      waiter = { predicate, resolve };
      this.waiters.push(waiter);
    });
    const cancel = (): void => {
      this.waiters = this.waiters.filter((other) => other !== waiter);
    };
    return { entry, cancel };
  }
}
