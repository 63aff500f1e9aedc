// YAML, and so JSON too, that people write: a fault is told with its place.

import { parseDocument, stringify } from 'yaml';
import { ConfigurationError } from '../errors.js';

/**
 * @param what the text is, for the words
 * @throws ConfigurationError that names it and the place
 */
export function parseYaml(what: string, text: string): unknown {
  const document = parseDocument(text, { prettyErrors: false });
  const [error] = document.errors;
  if (!error) return document.toJS();
  const { line, column } = position(text, error.pos[0]);
  throw new ConfigurationError(`${what}, line ${line}, column ${column}: ${error.message}`, {
    remedy: 'Correct the YAML there: indent with spaces, and put quotes round text that holds ": " or "#".',
    cause: error,
  });
}

export function formatYaml(value: object): string {
  return stringify(value);
}

function position(text: string, offset: number): { line: number; column: number } {
  const lines = text.slice(0, offset).split('\n');
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}
