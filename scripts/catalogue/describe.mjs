const shown = 20;

/**
 * A plan in words, a line each.
 *
 * @param {object} plan as the admin API gives it
 * @returns {string[]}
 */
export function describePlan(plan) {
  const { models, aliases, offers, prices, unmatched, unknown_keys: unknownKeys } = plan;
  const held = prices.filter((change) => change.held.length > 0);
  return [
    ...section('Models', models, recordLine),
    ...section(
      'Aliases',
      aliases,
      ({ alias, before, after }) => `  ${before ? '~' : '+'} ${alias}: ${before ?? ''} → ${after}`,
    ),
    ...section('Offers', offers, recordLine),
    ...section('Prices', prices, priceLines),
    ...(held.length > 0
      ? [`Held back: ${held.length}. Confirm what is right of it by --confirm.`]
      : []),
    ...some('Prices of no offer here', unmatched),
    ...some(
      'Price keys that are not known',
      unknownKeys.map(({ key, first_at: at }) => `${key} (first at ${at})`),
    ),
    ...([models, aliases, offers, prices].every(({ length }) => length === 0)
      ? ['Nothing changes.']
      : []),
  ];
}

function section(name, changes, lines) {
  if (changes.length === 0) return [];
  const added = changes.filter(({ before }) => before === null).length;
  const counts = [
    added && `${added} new`,
    changes.length - added && `${changes.length - added} changed`,
  ];
  return [`${name}: ${counts.filter(Boolean).join(', ')}`, ...changes.flatMap(lines)];
}

function recordLine({ id, before, after }) {
  if (before === null) return `  + ${id}`;
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const changed = fields.filter((name) => text(before[name]) !== text(after[name]));
  return [
    `  ~ ${id}`,
    ...changed.map((name) => `      ${name}: ${text(before[name])} → ${text(after[name])}`),
  ];
}

function priceLines({ offer_id: id, valid_from: from, before, after, held }) {
  const old = new Map((before ?? []).map((component) => [nameOf(component), component.amount]));
  const now = new Map(after.map((component) => [nameOf(component), component.amount]));
  const names = [...new Set([...old.keys(), ...now.keys()])].filter(
    (name) => old.get(name) !== now.get(name),
  );
  const sign = held.length > 0 ? '!' : before === null ? '+' : '~';
  return [
    `  ${sign} ${id}${from ? ` from ${from}` : ''}`,
    ...names.map(
      (name) => `      ${name}: ${old.get(name) ?? 'none'} → ${now.get(name) ?? 'none'}`,
    ),
    ...held.map((reason) => `      held back: ${reason}`),
  ];
}

function nameOf({ meter, unit, conditions }) {
  const when = Object.entries(conditions ?? {}).map(([name, value]) => `${name} ${text(value)}`);
  const per = unit === 'each' ? 'USD each' : 'USD per million tokens';
  return `${[meter, ...when].join(', ')} (${per})`;
}

function some(name, entries) {
  if (entries.length === 0) return [];
  const rest = entries.length > shown ? `, and ${entries.length - shown} more` : '';
  return [`${name}: ${entries.length}`, `  ${entries.slice(0, shown).join(', ')}${rest}`];
}

function text(value) {
  if (value === undefined) return 'none';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
