// One hop between two processes, seen from either end: messages go out, messages come in. Each way of
// making the hop (raw TCP, a hub, a direct link) gives such a pair of ends.

export interface Duct {
  /** Resolves when there is room for the next. */
  send(payload: Uint8Array): Promise<void>;
  onMessage: (payload: Uint8Array) => void;
  close(): Promise<void>;
}

export interface Way {
  /** As goals name it. */
  readonly name: string;
  /** The hub that must run between the two, by the name of hubs.ts. */
  readonly hub: string | null;
  /** In the receiver's process. The address is what the sender needs beyond the hub's. */
  listen(hubUrl: string): Promise<{ readonly duct: Duct; readonly address: string }>;
  /** In the sender's process. */
  connect(hubUrl: string, address: string): Promise<Duct>;
}

export function noListener(): void {}
