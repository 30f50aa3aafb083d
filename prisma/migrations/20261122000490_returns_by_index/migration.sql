-- Leasing leaves its plans no choice either (docs/decisions/0023): what is named by its id is found by it, however many
-- others there are. Joins read all slices of the process for every statement that gave some back, 20 to 30 ms where 10,000
-- organizations had called, and all limits in a session whose plans were made when there were few.

-- As in migration quotas.
CREATE OR REPLACE FUNCTION take_back(holder text, returns jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  back jsonb; -- Quota → amount.
BEGIN
  WITH given AS (
    SELECT item->>0 AS quota_id, (item->>1)::bigint AS period, sum((item->>2)::numeric) AS amount
    FROM jsonb_array_elements(returns) AS item GROUP BY 1, 2
  ), taken AS (
    SELECT given.quota_id, given.period, least(held.granted, amount) AS amount
    FROM given CROSS JOIN LATERAL (
      SELECT granted FROM lease
      WHERE process_id = holder AND lease.quota_id = given.quota_id AND lease.period = given.period LIMIT 1
    ) AS held
  ), lowered AS (
    -- All of them are there, and nobody else may touch them meanwhile; but in this form each is found by its key.
    INSERT INTO lease AS held (process_id, quota_id, period, granted)
    SELECT holder, quota_id, period, amount FROM taken
    ON CONFLICT (process_id, quota_id, period) DO UPDATE SET granted = held.granted - excluded.granted
  )
  SELECT jsonb_object_agg(quota_id, amount) INTO back
  FROM (SELECT quota_id, sum(amount) AS amount FROM taken GROUP BY 1) AS sums;
  UPDATE quota SET leased = leased - (back->>id)::numeric WHERE id = ANY (ARRAY(SELECT jsonb_object_keys(back)));
END $$;

-- As in migration quotas.
CREATE OR REPLACE FUNCTION give_slices(holder text, asked jsonb, extra jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  given jsonb := (
    SELECT jsonb_object_agg(key, amount) FROM (
      SELECT key, sum(value::numeric) AS amount
      FROM (SELECT * FROM jsonb_each_text(asked) UNION ALL SELECT * FROM jsonb_each_text(extra)) AS amounts
      GROUP BY 1 HAVING sum(value::numeric) > 0) AS sums);
BEGIN
  WITH raised AS (
    UPDATE quota SET leased = leased + (given->>id)::numeric WHERE id = ANY (ARRAY(SELECT jsonb_object_keys(given)))
    RETURNING id, period, (given->>id)::numeric AS amount
  )
  INSERT INTO lease AS held (process_id, quota_id, period, granted)
  SELECT holder, id, period, amount FROM raised ORDER BY id
  ON CONFLICT (process_id, quota_id, period) DO UPDATE SET granted = held.granted + excluded.granted;
END $$;

-- As in migration quotas.
CREATE OR REPLACE FUNCTION scarce_room(asked jsonb) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (SELECT coalesce(jsonb_object_agg(key, coalesce(room, 0)), '{}')
    FROM jsonb_each_text(asked) LEFT JOIN LATERAL (
      SELECT spendable(cap, credit_limit, deleted_at) - spent - leased AS room FROM quota WHERE id = key LIMIT 1
    ) AS found ON true
    WHERE room IS NULL OR room < value::numeric);
END $$;

-- As in migration quotas.
CREATE OR REPLACE FUNCTION extra_slices(wants jsonb, asked jsonb, refused jsonb, at timestamptz) RETURNS jsonb
  LANGUAGE plpgsql STABLE AS $$
DECLARE
  processes bigint;
BEGIN
  SELECT greatest(count(*), 1) INTO processes FROM process WHERE state = 'alive' AND deadline > at;
  RETURN (
    WITH wanted AS (
      SELECT item->>0 AS id, max((item->>1)::numeric) AS extra, max((item->>2)::numeric) AS least_useful
      FROM jsonb_array_elements(wants) AS item
      WHERE NOT refused @> jsonb_build_array(jsonb_build_object('quota', item->>0)) GROUP BY 1
    ), offered AS (
      SELECT wanted.id, least_useful, trunc(
        least(extra, (spendable(cap, credit_limit, deleted_at) - spent - leased - coalesce((asked->>wanted.id)::numeric, 0))
          / (2 * processes)),
        CASE WHEN kind IN ('credit', 'budget') THEN 12 ELSE 0 END) AS amount
      FROM wanted CROSS JOIN LATERAL (SELECT * FROM quota WHERE quota.id = wanted.id LIMIT 1) AS found
    )
    SELECT coalesce(jsonb_object_agg(id, trim_scale(amount)::text), '{}') FROM offered
    WHERE amount > 0 AND amount >= least_useful);
END $$;

-- It holds for all that is called by it.
ALTER FUNCTION lease_operation(text, bigint, integer, jsonb, jsonb, jsonb, boolean) SET enable_seqscan = off;
