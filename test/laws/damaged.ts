/** Ways in which models damage the JSON that they were asked for. `seed` picks among equals. */
export const DAMAGES: Readonly<Record<string, (json: string, seed: number) => string>> = {
  'byte order mark': (json) => `\uFEFF${json}`,
  'think tags': (json) => `<think>\nThey want {"a": 1}, I think.\n</think>\n${json}`,
  'closing think tag alone': (json) => `They want an object {so} I write one.</think>${json}`,
  fence: (json) => '```json\n' + json + '\n```',
  'fence on one line': (json) => '```json ' + json + ' ```',
  'fence and prose': (json) => `Here you are:\n\n\`\`\`\n${json}\n\`\`\`\nAnything else?`,
  'prose before': (json) => `Sure! Here is the JSON (see note 1):\n${json}`,
  'prose behind': (json) => `${json}\n\nI hope that {this} helps.`,
  'line comment': (json) => atMember(json, ' // the first\n'),
  'block comment': (json) => atMember(json, ' /* it\'s {"x": 1} */ '),
  'single quotes': (json) => outside(json, (rest) => rest, singleQuoted),
  'typographic quotes': (json) => outside(json, (rest) => rest, typographic),
  'keys without quotes': (json) => json.replace(/"([a-z]\w*)":/g, '$1:'),
  'trailing comma': (json) => json.replace(/([}\]]+)$/, (closers) => `,${closers}`),
  'trailing commas everywhere': (json) =>
    outside(json, (rest) => rest.replace(/(?<![{[])([}\]])/g, ',$1')),
  'closing brackets missing': (json, seed) => withoutClosers(json, seed),
  repeated: (json) => `${json}\n${json}`,
  'another value behind': (json) => `${json}, {"other": [1, 2]}`,
  'Python literals': (json) =>
    outside(json, (rest) =>
      rest.replace(/true/g, 'True').replace(/false/g, 'False').replace(/null/g, 'None'),
    ),
  'line breaks in strings': (json) => json.replaceAll('\\n', '\n'),
};

const STRING = /"(?:[^"\\]|\\.)*"/g;

/** Rewrites what stands outside the strings of a JSON text, and perhaps the strings. */
function outside(
  json: string,
  rest: (part: string) => string,
  string = (part: string): string => part,
): string {
  let text = '';
  let at = 0;
  for (const match of json.matchAll(STRING)) {
    text += rest(json.slice(at, match.index)) + string(match[0]);
    at = match.index + match[0].length;
  }
  return text + rest(json.slice(at));
}

/** Between the opening bracket and what follows. */
function atMember(json: string, comment: string): string {
  return json.charAt(0) + comment + json.slice(1);
}

function singleQuoted(string: string): string {
  return `'${string.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

function typographic(string: string): string {
  return string.includes('\\"') ? string : `\u201c${string.slice(1, -1)}\u201d`;
}

function withoutClosers(json: string, seed: number): string {
  const closers = /[}\]]+$/.exec(json)?.[0].length ?? 0;
  return closers === 0 ? json : json.slice(0, json.length - 1 - (seed % closers));
}
