// What the server of a star knows of one worker: the pushes that came of it, the clocks that it has data for, and which
// pieces of which clock's parameters it was sent. A worker that is ahead of its parameters may push while some of them are
// still to be sent: then these go first.

export interface WorkerClockOptions {
  readonly position: number;
  /** Samples of a push. */
  readonly share: number;
  /** Pieces of all parameters. */
  readonly pieces: number;
  /** Clocks that it may be ahead of its parameters. */
  readonly beyond: number;
}

export class WorkerClock {
  /** Pushes taken in. */
  clock = 0;
  /** Clocks for which the worker has its data. */
  shares = 0;
  /** The clock that it is to have parameters for: one more once these are sent and its next push begins to come in. */
  goal = 0;
  /** Pieces that it was sent for that. */
  sent = 0;
  /** Pushes that have begun to come in. */
  private begun = 0;
  /** Of the clocks from `clock` on that it has data for: their local steps. */
  private readonly stepsOfClocks: number[] = [];
  /** By clock: all pushes that its parameters had seen. */
  private readonly pushesSeen = new Map<number, number>();

  constructor(private readonly options: WorkerClockOptions) {}

  get position(): number {
    return this.options.position;
  }

  get share(): number {
    return this.options.share;
  }

  get hasAll(): boolean {
    return this.sent === this.options.pieces;
  }

  /** The first clock that it may not begin with the parameters that it is to have: nobody goes on without data. */
  get until(): number {
    return Math.min(this.goal + 1 + this.options.beyond, this.shares);
  }

  /** Of the goal; undefined where its push has come already, as it may where all clocks are alike. */
  get localSteps(): number | undefined {
    return this.stepsOfClocks[this.goal - this.clock];
  }

  /** Data for one more clock. */
  give(localSteps: number): void {
    this.shares++;
    this.stepsOfClocks.push(localSteps);
  }

  /** Samples of the push that is being completed. */
  takeSamples(): number {
    return this.share * (this.stepsOfClocks.shift() as number);
  }

  beginPush(): void {
    this.begun++;
    this.advance();
  }

  /** Of its own pushes all those before the goal are in a piece that it is sent, be the last of them half in or not. */
  noteSent(pushes: number): void {
    if (this.sent === 0) this.pushesSeen.set(this.goal, pushes + Math.max(0, this.goal - this.clock));
    this.sent++;
    this.advance();
  }

  /**
   * @param basis the clock of the parameters that the push was computed at
   * @param pushes of all workers before it
   * @returns how many of them these parameters had not seen
   */
  completePush(basis: number, pushes: number): number {
    const unseen = pushes - (this.pushesSeen.get(basis) as number);
    for (const clock of this.pushesSeen.keys()) if (clock < basis) this.pushesSeen.delete(clock);
    this.clock++;
    return unseen;
  }

  private advance(): void {
    if (!this.hasAll || this.begun === this.goal) return;
    this.goal++;
    this.sent = 0;
  }
}
