/**
 * The hourly totals that usage events leave behind. The events are made within the database, one by one, and grouped as
 * the poster groups them (`book_rollups`); they themselves are not stored, because no report reads them. Each key has a
 * project, a member, a source and two models that it uses at all hours, and one tag in five values.
 */
const EVENTS = `
  SELECT 'org_' || key % $2 AS organization_id,
    timestamptz '2026-01-01T00:00:00Z' + (event * 7919 % 744) * interval '1 hour' AS hour,
    'prj_' || key % ($2 * 3) AS project_id, 'key_' || key AS api_key_id, 'mem_' || key % 97 AS member_id,
    'provider_' || (key + pick) % 6 AS provider_id, 'vendor/model-' || (key * 3 + pick) % 40 AS model_id,
    'source_' || key % 11 AS source, 'team_' || key % 5 AS team, (event % 1000 * 1234567)::numeric / 1e12 AS amount,
    event % 3000 AS prompt, event % 700 AS completion
  FROM (SELECT event, (hashint8(event) & 1048575) % $3 AS key, (event >> 3) % 2 AS pick
    FROM generate_series(1, $1::bigint) AS event) AS made`;

const FIGURES = `count(*), sum(prompt), sum(completion), sum(prompt / 4), sum(completion / 3), sum(amount), 0,
  sum(amount)`;
const FIGURE_COLUMNS = `requests, prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens, amount,
  uncharged_amount, provider_cost`;

/** Makes the totals of this many events. Gives how many rows they are. */
export async function fillTotals(client, { events, organizations, keys }) {
  await client.query(
    `INSERT INTO organization (id, name) SELECT 'org_' || n, 'Organization ' || n FROM generate_series(0, $1::int - 1) AS n`,
    [organizations],
  );
  const values = [events, organizations, keys];
  const hourly = await client.query(
    `INSERT INTO usage_hourly (organization_id, hour, project_id, api_key_id, member_id, provider_id, model_id, source,
       ${FIGURE_COLUMNS})
     SELECT organization_id, hour, project_id, api_key_id, member_id, provider_id, model_id, source, ${FIGURES}
     FROM (${EVENTS}) AS event GROUP BY 1, 2, 3, 4, 5, 6, 7, 8`,
    values,
  );
  const tagged = await client.query(
    `INSERT INTO usage_hourly_tag (organization_id, hour, tag_name, tag_value, ${FIGURE_COLUMNS})
     SELECT organization_id, hour, 'team', team, ${FIGURES} FROM (${EVENTS}) AS event GROUP BY 1, 2, 4`,
    values,
  );
  await client.query('VACUUM (ANALYZE) usage_hourly, usage_hourly_tag');
  return { hourly: hourly.rowCount, tagged: tagged.rowCount };
}
