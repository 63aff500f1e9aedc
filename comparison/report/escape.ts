// Text on its way into a page. A template inserts values as text, whatever they hold: names of runs and errors
// come from files and from other machines. Only what such a template made goes in as it is.

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A line must not end between a figure and its unit. */
const BEFORE_A_UNIT = /(\d) (?=(?:%|[kMGT]?[BJs]|min|h|boards?)(?![\w-]))/g;

export class Html {
  constructor(readonly text: string) {}
}

type Value = Html | string | number | readonly (Html | string | number)[];

/** `html\`<p>${name}</p>\`` */
export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Html {
  return new Html(
    strings.map((string, index) => string + (index < values.length ? inserted(values[index]) : '')).join(''),
  );
}

/** Of what was made here and holds nobody's text but what is escaped already. */
export function trusted(text: string): Html {
  return new Html(text);
}

function inserted(value: Value | undefined): string {
  if (value instanceof Html) return value.text;
  if (Array.isArray(value)) return value.map(inserted).join('');
  const text = String(value).replaceAll(/[&<>"']/g, (character) => ENTITIES[character] as string);
  return text.replaceAll(BEFORE_A_UNIT, '$1\u00a0');
}

/** Text in Markdown, also within a table. */
export function markdown(text: string): string {
  return text
    .replaceAll(/[\\`*_[\]<>|]/g, (character) => `\\${character}`)
    .replaceAll(/\s*\n\s*/g, ' ')
    .replace(/^([#+-])/, '\\$1')
    .replace(/^(\d+)\.(?=\s|$)/, '$1\\.');
}
