// Topic filters: what `+` and `#` match (MQTT 3.1.1, section 4.7). A filter is compiled once, because
// every message that arrives is held against every wildcard filter.

import { ConfigurationError } from '../errors.js';

export type TopicPredicate = (topic: string) => boolean;

const MAX_BYTES = 65_535;

export function matches(filter: string, topic: string): boolean {
  return compileFilter(filter)(topic);
}

export function hasWildcard(filter: string): boolean {
  return filter.includes('+') || filter.includes('#');
}

/** @throws ConfigurationError when it is not a filter */
export function compileFilter(filter: string): TopicPredicate {
  checkFilter(filter);
  if (!hasWildcard(filter)) return (topic) => topic === filter;
  const pattern = patternOf(filter);
  return (topic) => pattern.test(topic);
}

/** `+` stands for one level, `#` for the level before it and all below [MQTT-4.7.1-2, MQTT-4.7.1-3]. */
function patternOf(filter: string): RegExp {
  const levels = filter.split('/');
  const open = levels.at(-1) === '#';
  const fixed = (open ? levels.slice(0, -1) : levels).map((level) => (level === '+' ? '[^/]*' : escapeLevel(level)));
  const tail = open ? (fixed.length === 0 ? '.*' : '(?:/.*)?') : '';
  // Topics of the broker's own ($SYS) are not for those who ask for everything [MQTT-4.7.2-1].
  const head = /^[+#]/.test(filter) ? '(?!\\$)' : '';
  return new RegExp(`^${head}${fixed.join('/')}${tail}$`, 's');
}

function escapeLevel(level: string): string {
  return level.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

/** @throws ConfigurationError unless wildcards fill a level each, and `#` is the last [MQTT-4.7.1] */
export function checkFilter(filter: string): string {
  checkLength('topic filter', filter);
  const levels = filter.split('/');
  levels.forEach((level, index) => {
    const misplaced = level === '#' ? index < levels.length - 1 : level !== '+' && hasWildcard(level);
    if (!misplaced) return;
    throw new ConfigurationError(
      `topic filter ${JSON.stringify(filter)} has a wildcard within a level or before the end`,
      {
        remedy: 'Let "+" stand for one whole level, and "#" for the last one.',
      },
    );
  });
  return filter;
}

/** @throws ConfigurationError when it holds a wildcard: one cannot publish to many topics [MQTT-3.3.2-2] */
export function checkTopic(topic: string): string {
  checkLength('topic', topic);
  if (!hasWildcard(topic)) return topic;
  throw new ConfigurationError(`topic ${JSON.stringify(topic)} holds a wildcard`, {
    remedy: 'Publish to one topic; only subscriptions take "+" and "#".',
  });
}

/** Both are UTF-8 of 1 to 65535 bytes without the null character [MQTT-4.7.3-1 to MQTT-4.7.3-3]. */
function checkLength(kind: string, text: string): void {
  const tooLong = text.length > MAX_BYTES / 4 && Buffer.byteLength(text) > MAX_BYTES;
  if (text.length > 0 && !tooLong && !text.includes('\0')) return;
  throw new ConfigurationError(`${kind} ${JSON.stringify(text.slice(0, 80))} is empty, too long or holds a null`, {
    remedy: `Use 1 to ${MAX_BYTES} bytes without the null character.`,
  });
}
