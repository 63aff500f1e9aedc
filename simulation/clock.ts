// Time that stands still between two happenings: a queue of what happens next, earliest first (a binary heap).

/** What happens after all else of the same moment: who decides then knows all that has arrived. */
const LAST = 1;
const IN_TURN = 0;

interface Happening {
  readonly atMs: number;
  readonly rank: typeof LAST | typeof IN_TURN;
  /** Of equals, what was planned first happens first: so a simulation always takes the same course. */
  readonly order: number;
  happen(): void;
}

export class SimulatedClock {
  private readonly heap: Happening[] = [];
  private planned = 0;
  private currentMs = 0;

  get nowMs(): number {
    return this.currentMs;
  }

  /** @param atMs not in the past */
  at(atMs: number, happen: () => void): void {
    this.plan({ atMs, rank: IN_TURN, order: this.planned++, happen });
  }

  /** Now, but when everything else of this moment has happened. */
  atLast(happen: () => void): void {
    this.plan({ atMs: this.currentMs, rank: LAST, order: this.planned++, happen });
  }

  /** Lets everything happen, until nothing is left. */
  run(): void {
    for (let next = this.take(); next !== undefined; next = this.take()) {
      this.currentMs = next.atMs;
      next.happen();
    }
  }

  private plan(happening: Happening): void {
    const { heap } = this;
    let place = heap.length;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = heap[parent] as Happening;
      if (!isBefore(happening, above)) break;
      heap[place] = above;
      place = parent;
    }
    heap[place] = happening;
  }

  private take(): Happening | undefined {
    const { heap } = this;
    const first = heap[0];
    const last = heap.pop();
    if (last !== undefined && heap.length > 0) this.sinkFromTop(last);
    return first;
  }

  private sinkFromTop(happening: Happening): void {
    const { heap } = this;
    let place = 0;
    for (let child = 1; child < heap.length; child = 2 * place + 1) {
      const right = heap[child + 1];
      if (right !== undefined && isBefore(right, heap[child] as Happening)) child++;
      const below = heap[child] as Happening;
      if (!isBefore(below, happening)) break;
      heap[place] = below;
      place = child;
    }
    heap[place] = happening;
  }
}

function isBefore(a: Happening, b: Happening): boolean {
  if (a.atMs !== b.atMs) return a.atMs < b.atMs;
  return a.rank !== b.rank ? a.rank < b.rank : a.order < b.order;
}
