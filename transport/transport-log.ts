// What a transport needs of a logger; pino's fits. Fields first, then the sentence.

type LogLine = (fields: object, message: string) => void;

export interface TransportLog {
  readonly debug: LogLine;
  readonly info: LogLine;
  readonly warn: LogLine;
  readonly error: LogLine;
}
