/** Ways in which models spoil a JSON answer. */
const DAMAGES = {
  bom: (json: string) => `\uFEFF${json}`,
  think: (json: string) => `<think>They want JSON.</think>\n${json}`,
  fence: (json: string) => `\`\`\`json\n${json}\n\`\`\``,
  prose: (json: string) => `Here is the JSON:\n${json}\nI hope that helps.`,
  comment: (json: string) => json.replace(/[}\]]$/, ' // as asked\n$&'),
  comma: (json: string) => json.replace(/[}\]]$/, ',$&'),
  quotes: (json: string) => json.replace(/"(\w+)":/g, "'$1':"),
  cut: (json: string) => json.replace(/"?[}\]]+$/, ''),
  twice: (json: string) => `${json}\n${json}`,
  beyond: () => 'I cannot say that in JSON.',
} as const;

export type JsonDamage = keyof typeof DAMAGES;

export const JSON_DAMAGES = Object.keys(DAMAGES) as readonly JsonDamage[];

/** A JSON text as a careless model would write it. */
export function damagedJson(json: string, damage: JsonDamage | undefined): string {
  return damage === undefined ? json : DAMAGES[damage](json);
}
