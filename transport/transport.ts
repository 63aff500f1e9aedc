// What the project needs of a message bus: publish, subscribe, close. Two implementations pass one
// contract test: MQTT, and a twin inside one process. A link between neighbours needs less: outlet.ts.

export type QualityOfService = 0 | 1;

export interface PublishOptions {
  readonly qos: QualityOfService;
  /** Kept by the broker for later subscribers; the transport publishes it again after a reconnect. */
  readonly retain?: boolean;
  /** The payload is the transport's from now on: it need not copy what outlives the call. */
  readonly owned?: boolean;
}

export type MessageHandler = (topic: string, payload: Uint8Array) => void;

export interface Subscription {
  close(): Promise<void>;
}

export interface Transport {
  /** This machine's address on the way to the broker, by which others of its network reach it; null if unknown. */
  readonly localAddress: string | null;
  /**
   * Resolves when the message was handed over (QoS 0) or acknowledged (QoS 1), and no sooner than
   * there is room in the window of messages in flight: awaiting it is the backpressure.
   * @throws ConnectionError when the transport is closed, or offline at QoS 0
   */
  publish(topic: string, payload: Uint8Array | string, options: PublishOptions): Promise<void>;
  /**
   * Resolves when the broker has granted it; survives reconnects. Filters may hold `+` and `#`.
   * The handler borrows the payload: copy what must outlive the call.
   * @throws ConnectionError when the broker denies it
   */
  subscribe(filter: string, handler: MessageHandler, qos?: QualityOfService): Promise<Subscription>;
  /** Told of each loss of the connection and each return; not of the first connect nor of `close`. */
  onConnection(handler: (connected: boolean) => void): void;
  /** Disconnects cleanly (the will is not sent); waits for what is in flight, at most a second. */
  close(): Promise<void>;
}

/** The message that the broker publishes on our behalf when we vanish without `close`. */
export interface Will {
  readonly topic: string;
  readonly payload: string;
  readonly qos: QualityOfService;
  readonly retain: boolean;
}
