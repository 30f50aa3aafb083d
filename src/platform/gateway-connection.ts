const EVERY_ORGANIZATION = '-c osm.organization=*';

/**
 * A database's address for the gateway's own work: its connections begin with the rows of every organization in view
 * (row-level security, migration row_security). Options that the address has already are kept.
 */
export function everyOrganization(url: string): string {
  const [address = '', query] = splitOnce(url, '?');
  const parameters = new URLSearchParams(query);
  const options = parameters.get('options');
  parameters.set('options', options ? `${options} ${EVERY_ORGANIZATION}` : EVERY_ORGANIZATION);
  return `${address}?${parameters.toString()}`;
}

function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}
