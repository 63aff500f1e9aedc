// What has come for a node, and when by its board's clock. On a real board that is now; an emulated one may have got
// something that, there, is still on its way: it is kept until the board has nothing else to do, or is as far.

/** A message, and where boards are emulated when it came by the computer's own clock. */
export type Timed<Message> = Message & { readonly atMs?: number | undefined };

/** What an emulated board has of a clock. */
export interface BoardTime {
  readonly nowMs: number;
  idleUntil(hostMs: number): void;
  cameLate(hostMs: number): void;
}

export class Arrivals<Message extends object> {
  private readonly ahead: Timed<Message>[] = [];

  constructor(
    /** Undefined at a real board. */
    private readonly time: BoardTime | undefined,
    private readonly deliver: (message: Message) => void,
  ) {}

  put(message: Timed<Message>): void {
    const { time, ahead } = this;
    const { atMs } = message;
    if (time === undefined || atMs === undefined) {
      this.deliver(message);
      return;
    }
    if (atMs < time.nowMs) time.cameLate(atMs);
    let place = ahead.length;
    while (place > 0 && (ahead[place - 1]?.atMs as number) > atMs) place--;
    ahead.splice(place, 0, message);
    this.deliverUntil(time.nowMs);
  }

  /** Lets the time come at which the next one is there; false when there is none. */
  awaitNext(): boolean {
    const atMs = this.ahead[0]?.atMs;
    if (this.time === undefined || atMs === undefined) return false;
    this.time.idleUntil(atMs);
    this.deliverUntil(this.time.nowMs);
    return true;
  }

  /** What came while the board was busy. */
  deliverDue(): void {
    if (this.time) this.deliverUntil(this.time.nowMs);
  }

  private deliverUntil(nowMs: number): void {
    while (this.ahead.length > 0 && (this.ahead[0]?.atMs as number) <= nowMs) {
      this.deliver(this.ahead.shift() as Message);
    }
  }
}
